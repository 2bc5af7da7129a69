//! JSON that a YAML author writes inside AWS values: event patterns and inputs.
//!
//! Invariant: numbers and the order of keys go out as their author wrote them; only comparisons use another order.

use serde_json::Value as Json;

use super::error::NameError;
use crate::spec::node::{Node, Value};
use crate::spec::source::Span;

/// Compact JSON text of a node.
///
/// # Errors
/// With its place, a number that JSON doesn't have (`.inf`, `0x1F`).
pub(super) fn text_of(node: &Node) -> Result<String, (Span, NameError)> {
    let mut out = String::new();
    write(node, &mut out)?;
    Ok(out)
}

fn write(node: &Node, out: &mut String) -> Result<(), (Span, NameError)> {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => out.push_str(number_text(number).map_err(|error| (node.span, error))?),
        Value::Text(text) => out.push_str(&quoted(text)),
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(index, out);
                write(item, out)?;
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                separate(index, out);
                out.push_str(&quoted(&key.text));
                out.push(':');
                write(value, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn separate(index: usize, out: &mut String) {
    if index > 0 {
        out.push(',');
    }
}

/// A text as a JSON string.
pub(super) fn quoted(text: &str) -> String {
    Json::String(text.to_owned()).to_string()
}

fn number_text(number: &str) -> Result<&str, NameError> {
    match serde_json::from_str::<Json>(number) {
        Ok(Json::Number(_)) => Ok(number.trim()),
        _ => Err(NameError::refused(
            number,
            "JSON has no such number; write decimal digits, or quote it as text",
        )),
    }
}

/// The JSON that `text` spells.
pub(super) fn read(text: &str, what: &str) -> Result<Json, NameError> {
    serde_json::from_str(text)
        .map_err(|error| NameError::refused(text, format!("{what} is JSON, and this is not: {error}")))
}

/// The same with keys in order, so that its text compares without regard to the author's order.
pub(super) fn ordered(json: &Json) -> Json {
    match json {
        Json::Array(items) => Json::Array(items.iter().map(ordered).collect()),
        Json::Object(entries) => {
            let sorted: std::collections::BTreeMap<_, _> = entries.iter().collect();
            Json::Object(
                sorted
                    .into_iter()
                    .map(|(key, value)| (key.clone(), ordered(value)))
                    .collect(),
            )
        }
        scalar => scalar.clone(),
    }
}

/// Equality, order and hash of a type by its field `canonical`.
macro_rules! equal_by_canonical {
    ($name:ident) => {
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.canonical == other.canonical
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.canonical.cmp(&other.canonical)
            }
        }

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.canonical.hash(state);
            }
        }
    };
}

pub(super) use equal_by_canonical;
