//! `$(` in live texts, which the file would take for a name.
//!
//! Invariant: what is interpolated is the live text again.

use serde_json::{Map, Value as Json};

/// A text in which nothing is a name.
pub(super) fn text(text: &str) -> String {
    text.replace("$(", "$$(")
}

/// A value, its keys included, in which nothing is a name.
pub(super) fn value(value: Json) -> Json {
    match value {
        Json::String(plain) => Json::String(text(&plain)),
        Json::Array(items) => Json::Array(items.into_iter().map(self::value).collect()),
        Json::Object(entries) => Json::Object(map(entries)),
        other @ (Json::Null | Json::Bool(_) | Json::Number(_)) => other,
    }
}

fn map(entries: Map<String, Json>) -> Map<String, Json> {
    entries
        .into_iter()
        .map(|(key, inner)| (text(&key), value(inner)))
        .collect()
}
