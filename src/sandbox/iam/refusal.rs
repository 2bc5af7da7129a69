//! IAM's refusals in AWS's words.
//!
//! Invariant: code, status and message belong together and stand here once. No decision is made here.

use http::StatusCode;

use super::super::Fault;
use super::super::constraint::{absent, broken, told_alone};

/// The thing is not there (404).
pub(super) fn no_such_entity(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::NOT_FOUND, "NoSuchEntity", message)
}

/// The name is taken (409).
pub(super) fn already_exists(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::CONFLICT, "EntityAlreadyExists", message)
}

/// Something still hangs on it (409).
pub(super) fn delete_conflict(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::CONFLICT, "DeleteConflict", message)
}

/// A quota is used up (409).
pub(super) fn limit_exceeded(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::CONFLICT, "LimitExceeded", message)
}

/// A quota with AWS's usual wording.
pub(super) fn quota(name: &str, value: usize) -> Fault {
    limit_exceeded(format!("Cannot exceed quota for {name}: {value}"))
}

/// A parameter breaks the request's shape (400).
pub(super) fn validation(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, "ValidationError", message)
}

/// A parameter breaks a rule of the operation (400).
pub(super) fn invalid_input(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, "InvalidInput", message)
}

/// The document is not one that IAM takes (400).
pub(super) fn malformed(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, "MalformedPolicyDocument", message)
}

/// Something is still in the making (409).
pub(super) fn unsettled(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::CONFLICT, "EntityTemporarilyUnmodifiable", message)
}

/// The caller may not do this, or what it names is not of this account (403).
pub(super) fn denied(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::FORBIDDEN, "AccessDenied", message)
}

/// The role belongs to a service (400).
pub(super) fn unmodifiable(role: &str) -> Fault {
    let message =
        format!("Cannot perform the operation on the protected role '{role}' - this role is only modifiable by AWS");
    Fault::new(StatusCode::BAD_REQUEST, "UnmodifiableEntity", message)
}

/// A parameter that must be there is not.
pub(super) fn missing(parameter: &str) -> Fault {
    validation(told_alone(&absent(parameter)))
}

/// A constraint of the request's shape, in the words of AWS's validator.
pub(super) fn constraint(value: &str, parameter: &str, rule: &str) -> Fault {
    validation(told_alone(&broken(parameter, value, rule)))
}
