//! Trust policies: principals kept as unique ids, shown as ARNs.
//!
//! Invariant: a user or role of this account stands in a kept document by its unique id only, so that a principal that
//! was deleted and made anew does not come back into old documents. Shown documents have one-element lists collapsed.

use serde_json::Value;

use super::super::{Clock, Fault};
use super::State;
use super::document::{Place, parse, statements, texts};
use super::principal::is_service;
use super::refusal::{malformed, quota};

const SIZE: usize = 2048;

/// Checks a trust policy and turns its principals into unique ids.
pub(super) fn take(state: &State, clock: &Clock, text: &str) -> Result<Value, Fault> {
    let mut document = parse(text, Place::Trust)?;
    if super::document::size(text) > SIZE {
        return Err(quota("ACLSizePerRole", SIZE));
    }
    if let Some(statement @ Value::Object(_)) = document.get_mut("Statement") {
        *statement = Value::Array(vec![statement.take()]);
    }
    for statement in statements_mut(&mut document) {
        for member in ["Principal", "NotPrincipal"] {
            if let Some(principal) = statement.get_mut(member) {
                resolve(state, clock, principal)?;
            }
        }
        collapse(statement);
    }
    Ok(document)
}

/// Whether a user or role of this account stands in the kept document.
pub(super) fn names_ids(document: &Value) -> bool {
    let statements = document.as_object().and_then(statements).unwrap_or_default();
    let principals = statements.into_iter().flat_map(|statement| {
        let principals = ["Principal", "NotPrincipal"].map(|member| statement.get(member));
        principals.into_iter().flatten()
    });
    let listed = principals.filter_map(|principal| principal.get("AWS").and_then(texts));
    listed
        .flatten()
        .any(|name| name.starts_with("AIDA") || name.starts_with("AROA"))
}

/// The document as it is shown, as compact JSON.
pub(super) fn show(state: &State, document: &Value) -> String {
    if !names_ids(document) {
        return document.to_string();
    }
    let mut shown = document.clone();
    for statement in statements_mut(&mut shown) {
        for member in ["Principal", "NotPrincipal"] {
            let aws = statement.get_mut(member).and_then(|principal| principal.get_mut("AWS"));
            if let Some(aws) = aws {
                each_text(aws, &mut |text| state.principal_arn(text));
            }
        }
    }
    shown.to_string()
}

/// Whether the kept document lets this service take on the role. Conditions of an `Allow` count as fulfilled, those of a
/// `Deny` as not.
pub(super) fn admits_service(document: &Value, service: &str) -> bool {
    let names = |principal: &Value| {
        let listed = principal.get("Service").and_then(texts);
        principal.as_str() == Some("*") || listed.is_some_and(|names| names.contains(&service))
    };
    let listed = document.as_object().and_then(statements).unwrap_or_default();
    let applies = |statement: &Value, effect: &str| {
        statement.get("Effect").and_then(Value::as_str) == Some(effect)
            && covers(statement, "sts:assumerole")
            && statement.get("Principal").is_some_and(names)
    };
    let denies = |statement: &&Value| applies(statement, "Deny") && statement.get("Condition").is_none();
    listed.iter().any(|statement| applies(statement, "Allow")) && !listed.iter().any(denies)
}

fn covers(statement: &Value, action: &str) -> bool {
    let listed = statement.get("Action").and_then(texts).unwrap_or_default();
    listed.iter().any(|listed| {
        let listed = listed.to_ascii_lowercase();
        listed == action || listed.strip_suffix('*').is_some_and(|start| action.starts_with(start))
    })
}

fn statements_mut(document: &mut Value) -> Vec<&mut Value> {
    match document.get_mut("Statement") {
        Some(Value::Array(list)) => list.iter_mut().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    }
}

fn resolve(state: &State, clock: &Clock, principal: &mut Value) -> Result<(), Fault> {
    if principal.as_str() == Some("*") {
        return Ok(());
    }
    let Some(members) = principal.as_object_mut().filter(|members| !members.is_empty()) else {
        return Err(malformed("Invalid principal in policy."));
    };
    for (kind, names) in members {
        let listed = texts(names).filter(|listed| !listed.is_empty());
        let Some(listed) = listed else {
            return Err(malformed("Invalid principal in policy."));
        };
        let mut kept = Vec::new();
        for name in listed {
            let invalid = || {
                malformed(format!(
                    "Invalid principal in policy: \"{}\":\"{name}\"",
                    kind.to_uppercase()
                ))
            };
            kept.push(Value::String(keep(state, clock, kind, name).ok_or_else(invalid)?));
        }
        *names = Value::Array(kept);
    }
    Ok(())
}

/// The form in which a principal is kept, if IAM takes it.
fn keep(state: &State, clock: &Clock, kind: &str, name: &str) -> Option<String> {
    match kind {
        "AWS" => keep_aws(state, clock, name),
        "Service" => is_service(name).then(|| name.to_owned()),
        "Federated" => (name.contains('.') || name.starts_with("arn:aws")).then(|| name.to_owned()),
        "CanonicalUser" => Some(name.to_owned()),
        _ => None,
    }
}

fn keep_aws(state: &State, clock: &Clock, name: &str) -> Option<String> {
    if name == "*" {
        return Some(name.to_owned());
    }
    if name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(format!("arn:aws:iam::{name}:root"));
    }
    if name.starts_with("AIDA") || name.starts_with("AROA") {
        return state.principal_arn(name).map(|_| name.to_owned());
    }
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    let [_, _, service, region, account, rest] = *parts.as_slice() else {
        return None;
    };
    // A principal is written out: wildcards are for conditions.
    if name.contains('*') || !name.starts_with("arn:aws") || !region.is_empty() || account.len() != 12 {
        return None;
    }
    let (sort, _) = rest.split_once('/').unwrap_or((rest, ""));
    match (service, sort) {
        ("iam", "root") if rest == "root" => Some(name.to_owned()),
        ("iam", "user" | "role") if account == state.account => state.trust_principal(name, clock),
        ("iam", "user" | "role") | ("sts", "assumed-role" | "federated-user") => Some(name.to_owned()),
        _ => None,
    }
}

/// A document with the one-element lists of its statements collapsed.
pub(super) fn collapsed(document: &Value) -> Value {
    let mut shown = document.clone();
    statements_mut(&mut shown).into_iter().for_each(collapse);
    shown
}

/// AWS hands one-element lists of a statement back as plain texts.
fn collapse(value: &mut Value) {
    match value {
        Value::Array(list) if list.len() == 1 => {
            if let Some(only) = list.pop() {
                *value = only;
            }
        }
        Value::Object(members) => members.values_mut().for_each(collapse),
        _ => {}
    }
}

fn each_text(value: &mut Value, change: &mut impl FnMut(&str) -> Option<String>) {
    match value {
        Value::String(text) => {
            if let Some(new) = change(text) {
                *text = new;
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|item| each_text(item, change)),
        _ => {}
    }
}
