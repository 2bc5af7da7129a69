//! EventBridge's refusals; codes and texts are AWS's own where known, since callers match on them.

use http::StatusCode;
use serde_json::Value;

use super::shape::Shape;
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

pub(super) fn no_arn(text: &str) -> Fault {
    invalid(format!(
        "Parameter {text} is not valid. Reason: Provided Arn is not in correct format."
    ))
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

pub(super) fn already_there_as(what: &str, name: &str) -> Fault {
    refusal(
        "ResourceAlreadyExistsException",
        format!("{what} {name} already exists."),
    )
}

/// A member of another type than the model's, in the words of AWS's deserialiser (not confirmed for each pair).
pub(super) fn unreadable(shape: &Shape, value: &Value) -> Fault {
    let wanted = match shape {
        Shape::Text(_) | Shape::OneOf(_) => "String",
        Shape::Number(..) => "Integer",
        Shape::Flag => "Boolean",
        Shape::Time => "Timestamp",
        Shape::List { .. } => return refusal("SerializationException", "Expected list or null"),
        Shape::Map { .. } | Shape::Record(_) => return refusal("SerializationException", "Expected map or null"),
    };
    let found = match value {
        Value::Object(_) => {
            return refusal(
                "SerializationException",
                "Start of structure or map found where not expected.",
            );
        }
        Value::Array(_) => return refusal("SerializationException", "Start of list found where not expected"),
        Value::String(_) => "STRING_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Null => "NULL_VALUE",
    };
    refusal(
        "SerializationException",
        format!(
            "{found} can not be converted to {} {wanted}",
            if wanted == "Integer" { "an" } else { "a" }
        ),
    )
}
