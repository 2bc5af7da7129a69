//! What a scalar is: the part of YAML's core schema that means the same to every reader.
//!
//! Invariant: only unquoted scalars become null, booleans or numbers, and a number is one in JSON too.

use std::borrow::Cow;

use saphyr_parser::{ScalarStyle, Tag};

use crate::spec::node::Value;

/// The value of a scalar.
///
/// # Errors
/// Why its tag does not fit, as "`!!int` on `abc`, which is not a whole number".
pub(super) fn resolve(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    match tag {
        None if style == ScalarStyle::Plain => Ok(plain(text)),
        None => Ok(Value::Text(text.into_owned())),
        Some(tag) => tagged(text, tag),
    }
}

fn plain(text: Cow<'_, str>) -> Value {
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        number if is_number(number) => Value::Number(text.into_owned()),
        _ => Value::Text(text.into_owned()),
    }
}

fn tagged(text: Cow<'_, str>, tag: &Tag) -> Result<Value, String> {
    if is_non_specific(tag) || is_core(tag, "str") {
        return Ok(Value::Text(text.into_owned()));
    }
    let refusal = |wanted: &str| format!("`{}` on `{text}`, which is not {wanted}", spelling(tag));
    let value = plain(text.clone());
    match (tag.suffix.as_str(), &value) {
        _ if !tag.is_yaml_core_schema() => Err(unknown(tag)),
        ("int", Value::Number(number)) if is_whole(number) => Ok(value),
        ("int", _) => Err(refusal("a whole number")),
        ("float", Value::Number(_)) => Ok(value),
        ("float", _) => Err(refusal("a number")),
        ("bool", Value::Bool(_)) => Ok(value),
        ("bool", _) => Err(refusal("`true` or `false`")),
        ("null", Value::Null) => Ok(value),
        ("null", _) => Err(refusal("`null`")),
        ("seq", _) => Err(refusal("a list")),
        ("map", _) => Err(refusal("a mapping")),
        _ => Err(unknown(tag)),
    }
}

/// Why a collection's tag is refused, if it is.
pub(super) fn refuse_collection(tag: &Tag, own: &str) -> Option<String> {
    if is_non_specific(tag) || is_core(tag, own) {
        None
    } else if tag.is_yaml_core_schema() && matches!(tag.suffix.as_str(), "str" | "int" | "float" | "bool" | "null") {
        Some(format!("`{}` on what is not a scalar", spelling(tag)))
    } else {
        Some(unknown(tag))
    }
}

/// `!` alone: "take it as it stands".
fn is_non_specific(tag: &Tag) -> bool {
    tag.handle.is_empty() && tag.suffix == "!" || tag.handle == "!" && tag.suffix.is_empty()
}

fn is_core(tag: &Tag, name: &str) -> bool {
    tag.is_yaml_core_schema() && tag.suffix == name
}

fn spelling(tag: &Tag) -> String {
    if tag.is_yaml_core_schema() {
        format!("!!{}", tag.suffix)
    } else {
        format!("{}{}", tag.handle, tag.suffix)
    }
}

fn unknown(tag: &Tag) -> String {
    format!("the tag `{}` has no meaning here", spelling(tag))
}

fn is_whole(number: &str) -> bool {
    !number.contains(['.', 'e', 'E'])
}

/// Whether a text is a number in JSON's grammar, which knows no leading zeros, underscores, hexadecimals or `.5`.
pub(in crate::spec) fn is_number(text: &str) -> bool {
    let rest = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = digits(rest);
    if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
        return false;
    }
    let rest = match rest.strip_prefix('.').map(digits) {
        Some(("", _)) => return false,
        Some((_, rest)) => rest,
        None => rest,
    };
    let Some(exponent) = rest.strip_prefix(['e', 'E']) else {
        return rest.is_empty();
    };
    let (power, rest) = digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    !power.is_empty() && rest.is_empty()
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}
