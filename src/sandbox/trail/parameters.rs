//! The `requestParameters` of an event.
//!
//! Invariant: passwords, private keys, codes, the values of function environments, code and the inputs of targets never
//! get in. Names begin with a small letter, as CloudTrail writes them.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::title;
use crate::sandbox::{Call, Service, s3};

/// Members that are left out wherever they stand.
const SECRET: [&str; 12] = [
    "Password",
    "OldPassword",
    "NewPassword",
    "PrivateKey",
    "AuthenticationCode1",
    "AuthenticationCode2",
    "Code",
    "ZipFile",
    "Environment",
    "Input",
    "InputTransformer",
    "Content",
];

/// What the call asked for.
pub(super) fn of(call: &Call) -> Map<String, Value> {
    match call.service {
        Service::Iam => form(call),
        Service::Lambda => {
            let mut shown = body(call);
            let segments = call.segments();
            let named = |name: &str, at: usize| Some((name.to_owned(), json!(segments.get(at)?)));
            let more = match segments.get(1).map(String::as_str) {
                Some("functions") => named("functionName", 2),
                Some("tags") => named("resource", 2),
                Some("layers") => named("layerName", 2),
                _ => named("uUID", 2),
            };
            shown.extend(more);
            if segments.get(3).is_some_and(|part| part == "policy") && segments.len() > 4 {
                shown.extend(named("statementId", 4));
            }
            shown
        }
        Service::Events => body(call),
        Service::S3 => bucket(call),
        Service::Sts | Service::Trail => Map::new(),
    }
}

fn small(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_ascii_lowercase().to_string() + letters.as_str()
    })
}

/// The query protocol's `Tags.member.1.Key` as lists and objects.
fn form(call: &Call) -> Map<String, Value> {
    let mut shown = Map::new();
    let parameters = call
        .form
        .iter()
        .filter(|(name, _)| !["Action", "Version"].contains(name));
    for (name, value) in parameters {
        let mut parts = name.split('.');
        let first = parts.next().unwrap_or_default();
        if SECRET.contains(&first) {
            continue;
        }
        let rest: Vec<&str> = parts.filter(|part| *part != "member").collect();
        let slot = shown.entry(small(first)).or_insert(Value::Null);
        place(slot, &rest, value);
    }
    shown
}

fn place(slot: &mut Value, rest: &[&str], text: &str) {
    let [part, rest @ ..] = rest else {
        *slot = json!(text);
        return;
    };
    if let Ok(at) = part.parse::<usize>() {
        if !slot.is_array() {
            *slot = json!([]);
        }
        // A number that no client counts up to must not fill the memory.
        let at = at.saturating_sub(1);
        if let Some(list) = slot.as_array_mut().filter(|_| at < 1000) {
            if list.len() <= at {
                list.resize(at + 1, Value::Null);
            }
            if let Some(item) = list.get_mut(at) {
                place(item, rest, text);
            }
        }
    } else {
        if !slot.is_object() {
            *slot = json!({});
        }
        if let Some(members) = slot.as_object_mut() {
            place(members.entry(small(part)).or_insert(Value::Null), rest, text);
        }
    }
}

/// A JSON body; code in it is passed over without being taken in.
fn body(call: &Call) -> Map<String, Value> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(&call.body).unwrap_or_default();
    let mut shown = Map::new();
    for (name, value) in members {
        let value = match name.as_str() {
            "Environment" | "Code" => json!({}),
            name if SECRET.contains(&name) => continue,
            _ => serde_json::from_str(value.get()).map(spoken).unwrap_or_default(),
        };
        shown.insert(small(&name), value);
    }
    shown
}

fn spoken(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(spoken).collect(),
        Value::Object(members) => {
            let members = members.into_iter().filter(|(name, _)| !SECRET.contains(&name.as_str()));
            members.map(|(name, value)| (small(&name), spoken(value))).collect()
        }
        other => other,
    }
}

fn bucket(call: &Call) -> Map<String, Value> {
    let mut shown = Map::new();
    if let Some(bucket) = s3::bucket_alone(call).filter(|_| !s3::is_of_account(call)) {
        shown.insert("bucketName".to_owned(), json!(bucket));
    }
    shown.insert("Host".to_owned(), json!(call.host));
    if let Some((sub, _)) = title::sub(call) {
        shown.insert(sub.to_owned(), json!(""));
        if sub == "policy"
            && let Ok(policy) = serde_json::from_slice::<Value>(&call.body)
        {
            shown.insert("bucketPolicy".to_owned(), policy);
        }
    }
    shown
}
