//! Lambda's refusals, and the constraints of its API model that give them.
//!
//! Texts are AWS's own where known, since callers match on fragments of them.

use std::ops::RangeInclusive;

use http::StatusCode;

pub(super) use crate::sandbox::reply::Fault;

pub(super) fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, "InvalidParameterValueException", message)
}

pub(super) fn not_found(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::NOT_FOUND, "ResourceNotFoundException", message)
}

pub(super) fn no_function(arn: &str) -> Fault {
    not_found(format!("Function not found: {arn}"))
}

pub(super) fn conflict(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::CONFLICT, "ResourceConflictException", message)
}

pub(super) fn too_large(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLargeException", message)
}

pub(super) fn undecodable(member: &str) -> Fault {
    let message = format!("Could not parse request body: unexpected value for {member}");
    Fault::new(StatusCode::BAD_REQUEST, "SerializationException", message)
}

/// A RevisionId or CodeSha256 that isn't the live one; `call` is the API that tells the live one.
pub(super) fn precondition(call: &str) -> Fault {
    let message = format!(
        "The Revision Id provided does not match the latest Revision Id. Call the {call} API to retrieve the latest \
         Revision Id"
    );
    Fault::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailedException", message)
}

fn constraint(field: &str, value: &str, rule: &str) -> Fault {
    let message =
        format!("1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: Member must {rule}");
    Fault::new(StatusCode::BAD_REQUEST, "ValidationException", message)
}

pub(super) fn missing(field: &str) -> Fault {
    let message =
        format!("1 validation error detected: Value null at '{field}' failed to satisfy constraint: Member must not be null");
    Fault::new(StatusCode::BAD_REQUEST, "ValidationException", message)
}

/// The text, if the model's pattern lets it pass.
pub(super) fn matching<'a>(
    field: &str,
    text: &'a str,
    passes: impl FnOnce(&str) -> bool,
    pattern: &str,
) -> Result<&'a str, Fault> {
    if passes(text) {
        return Ok(text);
    }
    Err(constraint(field, text, &format!("satisfy regular expression pattern: {pattern}")))
}

/// The text, if it has at most so many characters.
pub(super) fn at_most<'a>(field: &str, text: &'a str, most: usize) -> Result<&'a str, Fault> {
    if text.chars().count() <= most {
        return Ok(text);
    }
    Err(constraint(field, text, &format!("have length less than or equal to {most}")))
}

/// The text, if it is one of the model's values.
pub(super) fn one_of<'a>(field: &str, text: &'a str, values: &[&str]) -> Result<&'a str, Fault> {
    if values.contains(&text) {
        return Ok(text);
    }
    Err(constraint(field, text, &format!("satisfy enum value set: [{}]", values.join(", "))))
}

/// The number, if it lies in the model's range.
pub(super) fn within(field: &str, number: i64, range: RangeInclusive<u64>) -> Result<u64, Fault> {
    match u64::try_from(number) {
        Ok(number) if range.contains(&number) => Ok(number),
        Ok(number) if number > *range.end() => {
            Err(constraint(field, &number.to_string(), &format!("have value less than or equal to {}", range.end())))
        }
        _ => Err(constraint(field, &number.to_string(), &format!("have value greater than or equal to {}", range.start()))),
    }
}
