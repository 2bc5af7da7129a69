//! How a file brings back a function as it was.
//!
//! Invariant: no value of a live environment is written. Code that is replaced or deleted is saved before, under
//! `code/FUNCTION-HASH.zip` beside the file that names it.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::kind::Regained;

use super::code::Source;
use super::values::PackageType;
use super::{Id, State};

/// Where saved code lies, beside the file that names it.
pub(super) const FOLDER: &str = "code";

pub(super) fn regain(id: &Id, before: &State, after: Option<&State>) -> Regained {
    let mut regained = Regained::default();
    if let Some(code) = code(id, before, after) {
        regained.instead.insert("code", code);
    }
    let (kept, lost) = environment(before, after);
    if !before.environment.is_empty() {
        regained.instead.insert("environment", Json::Object(kept));
    }
    if !lost.is_empty() {
        let lost = format!(
            "the values of its environment that nobody may save: {}",
            lost.join(", ")
        );
        regained.lost.push(lost);
    }
    if after.is_none() {
        regained
            .lost
            .push("its versions and aliases, and the date of its creation".to_owned());
    }
    regained
}

/// What it runs already where that stays; else the zip that is saved before. Images stay in their repository.
fn code(id: &Id, before: &State, after: Option<&State>) -> Option<Json> {
    match (before.code.source(), before.code.package()) {
        (Source::Live, PackageType::Zip) => {}
        _ => return None,
    }
    let stays = |after: &State| after.code == before.code && after.architectures == before.architectures;
    if after.is_some_and(stays) {
        return Some(json!({ "live": true }));
    }
    Some(json!({ "zip": format!("{FOLDER}/{}-{}.zip", id.name, before.code.hex()) }))
}

/// The variables that can be written again, and the names of those whose values are gone.
fn environment(before: &State, after: Option<&State>) -> (serde_json::Map<String, Json>, Vec<String>) {
    let nothing = BTreeMap::new();
    let after = after.map_or(&nothing, |after| &after.environment);
    let mut kept = serde_json::Map::new();
    let mut lost = Vec::new();
    for (name, value) in &before.environment {
        let now = after.get(name);
        if let Some(text) = value.as_written() {
            kept.insert(name.clone(), json!(text));
            continue;
        }
        if now.is_some() {
            kept.insert(name.clone(), json!({ "live": true }));
        }
        if now != Some(value) {
            lost.push(name.clone());
        }
    }
    (kept, lost)
}
