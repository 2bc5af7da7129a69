//! Lambda's refusals.
//!
//! Texts are AWS's own where known, since callers match on fragments of them.

use http::StatusCode;

pub(super) use crate::sandbox::Fault;
pub(super) use crate::sandbox::constraint::{at_most, matching, missing, one_of, within};
use crate::sandbox::constraint::{broken, exception, told_alone};
pub(super) use crate::sandbox::members::undecodable;

pub(super) fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, "InvalidParameterValueException", message)
}

/// A text that the model's pattern doesn't let pass.
pub(super) fn pattern(field: &str, text: &str, pattern: &str) -> Fault {
    let rule = format!("satisfy regular expression pattern: {pattern}");
    exception(told_alone(&broken(field, text, &rule)))
}

pub(super) fn not_found(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::NOT_FOUND, "ResourceNotFoundException", message)
}

pub(super) fn no_function(arn: &str) -> Fault {
    not_found(format!("Function not found: {arn}"))
}

pub(super) fn no_alias(arn: &str) -> Fault {
    not_found(format!("Cannot find alias arn: {arn}"))
}

/// What many reads say about anything that isn't there; callers can't tell what by its code.
pub(super) fn no_resource() -> Fault {
    not_found("The resource you requested does not exist.")
}

pub(super) fn conflict(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::CONFLICT, "ResourceConflictException", message)
}

pub(super) fn too_large(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLargeException", message)
}

/// A RevisionId or CodeSha256 that isn't the live one; `call` is the API that tells the live one.
pub(super) fn precondition(call: &str) -> Fault {
    let message = format!(
        "The Revision Id provided does not match the latest Revision Id. Call the {call} API to retrieve the latest \
         Revision Id"
    );
    Fault::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailedException", message)
}
