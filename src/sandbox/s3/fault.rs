//! S3's refusals; codes and texts are AWS's own where known, since callers match on them.

use http::StatusCode;

use crate::sandbox::Fault;

/// The codes of a call that reached the wrong Region.
pub(super) const REDIRECTS: [&str; 3] = ["PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed"];

pub(super) fn bad(code: &str, message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, code, message)
}

pub(super) fn absent(code: &str, message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::NOT_FOUND, code, message)
}

pub(super) fn conflict(code: &str, message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::CONFLICT, code, message)
}

pub(super) fn denied(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::FORBIDDEN, "AccessDenied", message)
}

pub(super) fn no_bucket(name: &str) -> Fault {
    absent("NoSuchBucket", "The specified bucket does not exist").with("BucketName", name)
}

pub(super) fn no_key(key: &str) -> Fault {
    absent("NoSuchKey", "The specified key does not exist.").with("Key", key)
}

pub(super) fn no_version(key: &str, version: &str) -> Fault {
    absent("NoSuchVersion", "The specified version does not exist.")
        .with("Key", key)
        .with("VersionId", version)
}

pub(super) fn no_upload(id: &str) -> Fault {
    let message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted \
                   or completed.";
    absent("NoSuchUpload", message).with("UploadId", id)
}

pub(super) fn malformed_xml() -> Fault {
    let message = "The XML you provided was not well-formed or did not validate against our published schema";
    bad("MalformedXML", message)
}

pub(super) fn no_body() -> Fault {
    bad("MissingRequestBodyError", "Request Body is empty")
}

pub(super) fn malformed_policy(message: impl Into<String>) -> Fault {
    bad("MalformedPolicy", message)
}

pub(super) fn invalid_request(message: impl Into<String>) -> Fault {
    bad("InvalidRequest", message)
}

pub(super) fn invalid_argument(name: &str, message: impl Into<String>) -> Fault {
    bad("InvalidArgument", message).with("ArgumentName", name)
}

/// The same, with the value that was no good.
pub(super) fn argument(name: &str, value: &str, message: impl Into<String>) -> Fault {
    invalid_argument(name, message).with("ArgumentValue", value)
}

/// Another call on the same thing has not come to rest yet.
pub(super) fn in_progress() -> Fault {
    let message =
        "A conflicting conditional operation is currently in progress against this resource. Please try again.";
    conflict("OperationAborted", message)
}

pub(super) fn precondition(condition: &str) -> Fault {
    let message = "At least one of the pre-conditions you specified did not hold";
    let fault = Fault::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", message);
    fault.with("Condition", condition)
}

/// A method or sub-resource that the thing does not have.
pub(super) fn not_allowed(method: &str, kind: &str) -> Fault {
    let message = "The specified method is not allowed against this resource.";
    Fault::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
        .with("Method", method)
        .with("ResourceType", kind)
}

pub(super) fn elsewhere(name: &str, region: &str) -> Fault {
    let message = "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all \
                   future requests to this endpoint.";
    Fault::new(StatusCode::MOVED_PERMANENTLY, "PermanentRedirect", message)
        .with("Endpoint", format!("{name}.s3.{region}.amazonaws.com"))
        .with("Bucket", name)
}

/// While a bucket's name is new, its address still leads to us-east-1.
pub(super) fn elsewhere_for_now(name: &str, region: &str) -> Fault {
    let message = "Please re-send this request to the specified temporary endpoint. Continue to use the original request \
                   endpoint for future requests.";
    Fault::new(StatusCode::TEMPORARY_REDIRECT, "TemporaryRedirect", message)
        .with("Endpoint", format!("{name}.s3.{region}.amazonaws.com"))
        .with("Bucket", name)
}

/// The bucket's own address was found, but the signature is for another Region.
pub(super) fn signed_elsewhere(signed: &str, region: &str) -> Fault {
    let message =
        format!("The authorization header is malformed; the region '{signed}' is wrong; expecting '{region}'");
    bad("AuthorizationHeaderMalformed", message).with("Region", region)
}
