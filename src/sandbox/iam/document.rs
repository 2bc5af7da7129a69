//! The grammar that IAM holds a policy document to when it is written.
//!
//! Invariant: what passes here, AWS takes; of what AWS refuses, the plain cases are refused with its messages
//! (`MalformedPolicyDocument`), and of several mistakes the one that AWS names. Nothing is judged here about what a
//! document permits, and no principal is looked up. Trust policies go another way through AWS's parser than the others.

use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::super::Fault;
use super::refusal::{constraint, malformed};

mod identity;

/// Where a document will stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a user, group or role.
    Inline,
    /// As a version of a managed policy.
    Managed,
    /// As a role's trust policy.
    Trust,
}

const LONGEST: usize = 131_072;
const MEMBERS: [&str; 3] = ["Version", "Id", "Statement"];
const STATEMENT_MEMBERS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];
const OPERATORS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];

/// Reads a document for the place where it shall stand.
pub(super) fn parse(text: &str, place: Place) -> Result<Value, Fault> {
    if text.len() > LONGEST {
        return Err(constraint(
            text,
            "policyDocument",
            &format!("have length less than or equal to {LONGEST}"),
        ));
    }
    let fits = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}');
    if !text.chars().all(fits) {
        return Err(constraint(
            text,
            "policyDocument",
            r"satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+",
        ));
    }
    let value: Value = serde_json::from_str(text).map_err(|_| match place {
        Place::Trust => malformed("This policy contains invalid Json"),
        Place::Inline | Place::Managed => syntax(),
    })?;
    let document = value.as_object().ok_or_else(syntax)?;
    match place {
        Place::Trust => check_trust(document)?,
        Place::Inline | Place::Managed => identity::check(document, place)?,
    }
    Ok(value)
}

fn syntax() -> Fault {
    malformed("Syntax errors in policy.")
}

/// The statements of a document, which may be one or a list that is not empty.
pub(super) fn statements(document: &Map<String, Value>) -> Option<Vec<&Value>> {
    match document.get("Statement")? {
        Value::Array(list) if list.is_empty() => None,
        Value::Array(list) => Some(list.iter().collect()),
        one => Some(vec![one]),
    }
}

/// Trust policies are parsed like the policies of buckets, with the same words (only the first and the last two of these
/// were met for roles; the rest is S3's).
fn check_trust(document: &Map<String, Value>) -> Result<(), Fault> {
    if let Some(unknown) = document.keys().find(|key| !MEMBERS.contains(&key.as_str())) {
        return Err(malformed(format!("Unknown field {unknown}")));
    }
    match document.get("Version").map(Value::as_str) {
        None | Some(Some("2008-10-17" | "2012-10-17")) => {}
        Some(_) => return Err(malformed("The policy must contain a valid version string")),
    }
    if !document.contains_key("Statement") {
        return Err(malformed("Missing required field Statement"));
    }
    let empty = || malformed("Could not parse the policy: Statement is empty!");
    let mut sids = BTreeSet::new();
    for statement in statements(document).ok_or_else(empty)? {
        let statement = statement.as_object().ok_or_else(syntax)?;
        check_trust_statement(statement)?;
        if !is_new_sid(&mut sids, statement) {
            return Err(malformed("Statement IDs (SID) in a single policy must be unique."));
        }
    }
    Ok(())
}

fn check_trust_statement(statement: &Map<String, Value>) -> Result<(), Fault> {
    let unknown = |key: &&String| !STATEMENT_MEMBERS.contains(&key.as_str());
    if let Some(unknown) = statement.keys().find(unknown) {
        return Err(malformed(format!("Unknown field {unknown}")));
    }
    match statement.get("Effect") {
        Some(Value::String(effect)) if effect == "Allow" || effect == "Deny" => {}
        Some(Value::String(effect)) => return Err(malformed(format!("Invalid effect: {effect}"))),
        Some(_) => return Err(syntax()),
        None => return Err(malformed("Missing required field Effect")),
    }
    if statement.get("Sid").is_some_and(|sid| !sid.is_string()) {
        return Err(syntax());
    }
    if statement.contains_key("Resource") {
        return Err(malformed("Has prohibited field Resource"));
    }
    if statement.contains_key("NotResource") {
        return Err(malformed("Has prohibited field NotResource"));
    }
    one_of(statement, "Principal", "NotPrincipal")?.ok_or_else(|| malformed("Missing required field Principal"))?;
    let actions =
        one_of(statement, "Action", "NotAction")?.ok_or_else(|| malformed("Missing required field Action"))?;
    let actions = texts(actions).ok_or_else(syntax)?;
    let of_sts = |action: &&str| action.to_ascii_lowercase().starts_with("sts:");
    if actions.is_empty() || !actions.iter().all(of_sts) {
        return Err(malformed("AssumeRole policy may only specify STS AssumeRole actions."));
    }
    statement.get("Condition").map_or(Ok(()), check_trust_condition)
}

fn check_trust_condition(condition: &Value) -> Result<(), Fault> {
    for (operator, keys) in condition.as_object().ok_or_else(syntax)? {
        if !is_operator(operator) {
            return Err(malformed(format!("Invalid Condition type : {operator}.")));
        }
        check_condition_values(keys)?;
    }
    Ok(())
}

fn is_operator(operator: &str) -> bool {
    let plain = operator
        .strip_prefix("ForAnyValue:")
        .or_else(|| operator.strip_prefix("ForAllValues:"));
    let plain = plain.unwrap_or(operator);
    let plain = plain.strip_suffix("IfExists").unwrap_or(plain);
    OPERATORS.iter().any(|known| known.eq_ignore_ascii_case(plain))
}

fn check_condition_values(keys: &Value) -> Result<(), Fault> {
    for values in keys.as_object().ok_or_else(syntax)?.values() {
        let is_scalar = |value: &Value| value.is_string() || value.is_boolean() || value.is_number();
        let holds = match values {
            Value::Array(list) => list.iter().all(is_scalar),
            one => is_scalar(one),
        };
        if !holds {
            return Err(syntax());
        }
    }
    Ok(())
}

/// Whether no statement before had this one's id; an empty one is none.
fn is_new_sid<'a>(sids: &mut BTreeSet<&'a str>, statement: &'a Map<String, Value>) -> bool {
    let sid = statement.get("Sid").and_then(Value::as_str);
    sid.is_none_or(|sid| sid.is_empty() || sids.insert(sid))
}

/// One of two members that exclude each other.
fn one_of<'a>(statement: &'a Map<String, Value>, plain: &str, not: &str) -> Result<Option<&'a Value>, Fault> {
    match (statement.get(plain), statement.get(not)) {
        (Some(_), Some(_)) => Err(syntax()),
        (one, other) => Ok(one.or(other)),
    }
}

/// A text or a list of texts.
pub(super) fn texts(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(list) => list.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// A document's size as the quotas count it: without white space.
pub(super) fn size(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A document as IAM hands it out: percent-encoded by RFC 3986.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}
