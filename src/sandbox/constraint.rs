//! The constraints of the JSON services' API models: lengths, ranges, patterns, sets of values.
//!
//! Each check gives its value back or a `ValidationException` in AWS's words; nothing is corrected on the way.

use std::ops::RangeInclusive;

use http::StatusCode;

use super::Fault;

fn constraint(field: &str, value: &str, rule: &str) -> Fault {
    let message = format!(
        "1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: Member must {rule}"
    );
    Fault::new(StatusCode::BAD_REQUEST, "ValidationException", message)
}

/// A required member is absent.
pub fn missing(field: &str) -> Fault {
    let message = format!(
        "1 validation error detected: Value null at '{field}' failed to satisfy constraint: Member must not be null"
    );
    Fault::new(StatusCode::BAD_REQUEST, "ValidationException", message)
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
