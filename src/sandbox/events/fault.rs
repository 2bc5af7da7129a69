//! EventBridge's refusals; codes and texts are AWS's own where known, since callers match on them.

use http::StatusCode;

use crate::sandbox::Fault;

fn refusal(code: &str, message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, code, message)
}

pub(super) fn invalid(message: impl Into<String>) -> Fault {
    refusal("ValidationException", message)
}

pub(super) fn bad_pattern(reason: impl std::fmt::Display) -> Fault {
    refusal(
        "InvalidEventPatternException",
        format!("Event pattern is not valid. Reason: {reason}"),
    )
}

pub(super) fn not_found(message: impl Into<String>) -> Fault {
    refusal("ResourceNotFoundException", message)
}

pub(super) fn no_rule(rule: &str, bus: &str) -> Fault {
    not_found(format!("Rule {rule} does not exist on EventBus {bus}."))
}

pub(super) fn no_bus(bus: &str) -> Fault {
    not_found(format!("Event bus {bus} does not exist."))
}

pub(super) fn already_there(bus: &str) -> Fault {
    refusal(
        "ResourceAlreadyExistsException",
        format!("Event bus {bus} already exists."),
    )
}

/// SDKs take this code for throttling and try again, though it never helps.
pub(super) fn over_limit() -> Fault {
    refusal(
        "LimitExceededException",
        "The requested resource exceeds the maximum number allowed.",
    )
}

pub(super) fn managed(rule: &str, service: &str) -> Fault {
    refusal("ManagedRuleException", format!("Rule {rule} is managed by {service}."))
}

pub(super) fn policy_too_long() -> Fault {
    refusal(
        "PolicyLengthExceededException",
        "The policy size exceeds the limit of 10240 characters.",
    )
}
