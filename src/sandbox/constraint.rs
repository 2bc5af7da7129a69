//! The constraints of API models: how all services word what a member breaks, and the checks of the JSON services for
//! lengths, ranges, patterns and sets of values.
//!
//! Each check gives its value back or a `ValidationException` in AWS's words; nothing is corrected on the way.

use std::ops::RangeInclusive;

use http::StatusCode;

use super::Fault;

/// How a message begins that tells one violation.
pub(super) const ONE: &str = "1 validation error detected: ";

/// What a member breaks, as messages join it; the value comes as it shall stand there, quotes and all.
pub(super) fn failed(field: &str, value: &str, must: &str) -> String {
    format!("Value {value} at '{field}' failed to satisfy constraint: {must}")
}

/// The same of a plain value.
pub(super) fn broken(field: &str, value: &str, rule: &str) -> String {
    failed(field, &format!("'{value}'"), &format!("Member must {rule}"))
}

/// The same of a required member that is absent.
pub(super) fn absent(field: &str) -> String {
    failed(field, "null", "Member must not be null")
}

/// The message of one violation.
pub(super) fn told_alone(violation: &str) -> String {
    format!("{ONE}{violation}")
}

/// The message that tells all violations at once, if there are any.
pub(super) fn told(violations: &[String]) -> Option<String> {
    match violations {
        [] => None,
        [only] => Some(told_alone(only)),
        more => Some(format!(
            "{} validation errors detected: {}",
            more.len(),
            more.join("; ")
        )),
    }
}

/// A `ValidationException` with this message.
pub(super) fn exception(message: String) -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, "ValidationException", message)
}

fn constraint(field: &str, value: &str, rule: &str) -> Fault {
    exception(told_alone(&broken(field, value, rule)))
}

/// A required member is absent.
pub fn missing(field: &str) -> Fault {
    exception(told_alone(&absent(field)))
}

/// The text, if the model's pattern lets it pass.
pub fn matching<'a>(
    field: &str,
    text: &'a str,
    passes: impl FnOnce(&str) -> bool,
    pattern: &str,
) -> Result<&'a str, Fault> {
    if passes(text) {
        return Ok(text);
    }
    Err(constraint(
        field,
        text,
        &format!("satisfy regular expression pattern: {pattern}"),
    ))
}

/// The text, if it has at most so many characters.
pub fn at_most<'a>(field: &str, text: &'a str, most: usize) -> Result<&'a str, Fault> {
    if text.chars().count() <= most {
        return Ok(text);
    }
    Err(constraint(
        field,
        text,
        &format!("have length less than or equal to {most}"),
    ))
}

/// The text, if it is one of the model's values.
pub fn one_of<'a>(field: &str, text: &'a str, values: &[&str]) -> Result<&'a str, Fault> {
    if values.contains(&text) {
        return Ok(text);
    }
    Err(constraint(
        field,
        text,
        &format!("satisfy enum value set: [{}]", values.join(", ")),
    ))
}

/// The number, if it lies in the model's range.
pub fn within(field: &str, number: i64, range: RangeInclusive<u64>) -> Result<u64, Fault> {
    match u64::try_from(number) {
        Ok(number) if range.contains(&number) => Ok(number),
        Ok(number) if number > *range.end() => Err(constraint(
            field,
            &number.to_string(),
            &format!("have value less than or equal to {}", range.end()),
        )),
        _ => Err(constraint(
            field,
            &number.to_string(),
            &format!("have value greater than or equal to {}", range.start()),
        )),
    }
}
