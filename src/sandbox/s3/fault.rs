//! S3's refusals; codes and texts are AWS's own where known, since callers match on them.

use http::StatusCode;

use crate::sandbox::Fault;

/// The code of a call that reached the wrong Region.
pub(super) const REDIRECT: &str = "PermanentRedirect";

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

pub(super) fn malformed_xml() -> Fault {
    let message = "The XML you provided was not well-formed or did not validate against our published schema";
    bad("MalformedXML", message)
}

pub(super) fn malformed_policy(message: impl Into<String>) -> Fault {
    bad("MalformedPolicy", message)
}

pub(super) fn invalid_argument(name: &str, message: impl Into<String>) -> Fault {
    bad("InvalidArgument", message).with("ArgumentName", name)
}

pub(super) fn elsewhere(name: &str, region: &str) -> Fault {
    let message = "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all \
                   future requests to this endpoint.";
    Fault::new(StatusCode::MOVED_PERMANENTLY, REDIRECT, message)
        .with("Endpoint", format!("{name}.s3.{region}.amazonaws.com"))
        .with("Bucket", name)
}
