//! The grammar that IAM holds a policy document to when it is written.
//!
//! Invariant: what passes here, AWS takes; of what AWS refuses, the plain cases are refused with its messages
//! (`MalformedPolicyDocument`). Nothing is judged here about what a document permits, and no principal is looked up.

use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::super::Fault;
use super::refusal::{constraint, malformed};

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
const STATEMENT_MEMBERS: [&str; 10] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
    "Conditions",
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
    check_document(document, place)?;
    Ok(value)
}

fn syntax() -> Fault {
    malformed("Syntax errors in policy.")
}

fn check_document(document: &Map<String, Value>, place: Place) -> Result<(), Fault> {
    if document.keys().any(|key| !MEMBERS.contains(&key.as_str())) {
        return Err(syntax());
    }
    match (document.get("Version").map(Value::as_str), place) {
        (Some(Some("2012-10-17")), _) => {}
        (None | Some(Some("2008-10-17")), Place::Managed) => {
            return Err(malformed("Policy document must be version 2012-10-17 or greater."));
        }
        (None | Some(Some("2008-10-17")), Place::Inline | Place::Trust) => {}
        _ => return Err(syntax()),
    }
    let mut sids = BTreeSet::new();
    for statement in statements(document).ok_or_else(syntax)? {
        let statement = statement.as_object().ok_or_else(syntax)?;
        check_statement(statement, place)?;
        if let Some(sid) = statement
            .get("Sid")
            .and_then(Value::as_str)
            .filter(|sid| !sid.is_empty())
            && !sids.insert(sid)
        {
            return Err(malformed("Statement IDs (SID) in a single policy must be unique."));
        }
    }
    Ok(())
}

/// The statements of a document, which may be one or a list that is not empty.
pub(super) fn statements(document: &Map<String, Value>) -> Option<Vec<&Value>> {
    match document.get("Statement")? {
        Value::Array(list) if list.is_empty() => None,
        Value::Array(list) => Some(list.iter().collect()),
        one => Some(vec![one]),
    }
}

fn check_statement(statement: &Map<String, Value>, place: Place) -> Result<(), Fault> {
    if statement
        .keys()
        .any(|key| !STATEMENT_MEMBERS.contains(&key.as_str()) || key == "Conditions")
    {
        return Err(syntax());
    }
    match statement.get("Effect") {
        None => return Err(missing_effect(place)),
        Some(Value::String(effect)) if effect == "Allow" || effect == "Deny" => {}
        Some(_) => return Err(syntax()),
    }
    check_sid(statement.get("Sid"), place)?;
    let actions =
        one_of(statement, "Action", "NotAction")?.ok_or_else(|| malformed("Policy statement must contain actions."))?;
    let actions = texts(actions).ok_or_else(syntax)?;
    if actions.is_empty() {
        return Err(malformed("Policy statement must contain actions."));
    }
    match place {
        Place::Trust => check_trust(statement, &actions)?,
        Place::Inline | Place::Managed => check_identity(statement, &actions)?,
    }
    statement.get("Condition").map_or(Ok(()), check_condition)
}

fn missing_effect(place: Place) -> Fault {
    match place {
        Place::Trust => malformed("Missing required field Effect"),
        Place::Inline | Place::Managed => syntax(),
    }
}

fn check_sid(sid: Option<&Value>, place: Place) -> Result<(), Fault> {
    let Some(sid) = sid else { return Ok(()) };
    let sid = sid.as_str().ok_or_else(syntax)?;
    if place != Place::Trust && !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(malformed(
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression \
             [0-9A-Za-z]*",
        ));
    }
    Ok(())
}

fn check_trust(statement: &Map<String, Value>, actions: &[&str]) -> Result<(), Fault> {
    if statement.contains_key("Resource") {
        return Err(malformed("Has prohibited field Resource"));
    }
    if statement.contains_key("NotResource") {
        return Err(malformed("Has prohibited field NotResource"));
    }
    one_of(statement, "Principal", "NotPrincipal")?.ok_or_else(|| malformed("Missing required field Principal"))?;
    let of_sts = |action: &&str| action.to_ascii_lowercase().starts_with("sts:");
    if !actions.iter().all(of_sts) {
        return Err(malformed("AssumeRole policy may only specify STS AssumeRole actions."));
    }
    Ok(())
}

fn check_identity(statement: &Map<String, Value>, actions: &[&str]) -> Result<(), Fault> {
    if statement.contains_key("Principal") || statement.contains_key("NotPrincipal") {
        return Err(malformed("Policy document should not specify a principal."));
    }
    for action in actions {
        check_action(action)?;
    }
    let resources = one_of(statement, "Resource", "NotResource")?
        .ok_or_else(|| malformed("Policy statement must contain resources."))?;
    let resources = texts(resources).ok_or_else(syntax)?;
    if resources.is_empty() {
        return Err(malformed("Policy statement must contain resources."));
    }
    resources.into_iter().try_for_each(check_resource)
}

fn check_action(action: &str) -> Result<(), Fault> {
    if action == "*" {
        return Ok(());
    }
    let Some((vendor, name)) = action.split_once(':') else {
        return Err(malformed(
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ));
    };
    if vendor.is_empty() || !vendor.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(malformed(format!("Vendor {vendor} is not valid")));
    }
    if name.contains(':') {
        return Err(malformed("Actions/Condition can contain only one colon."));
    }
    if name.is_empty() {
        return Err(syntax());
    }
    Ok(())
}

fn check_resource(resource: &str) -> Result<(), Fault> {
    if resource == "*" {
        return Ok(());
    }
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    let (Some(&"arn"), Some(partition)) = (parts.first(), parts.get(1)) else {
        return Err(malformed(format!(
            "Resource {resource} must be in ARN format or \"*\"."
        )));
    };
    let known = [
        "aws",
        "aws-cn",
        "aws-us-gov",
        "aws-eusc",
        "aws-iso",
        "aws-iso-b",
        "aws-iso-e",
        "aws-iso-f",
    ];
    if !known.contains(partition) && !partition.contains('*') {
        return Err(malformed(format!(
            "Partition \"{partition}\" is not valid for resource \"{resource}\"."
        )));
    }
    // `arn:aws:s3:::bucket` needs all six parts; a wildcard may stand for the later ones.
    if parts.len() < 6 && !resource.contains('*') {
        return Err(malformed("The policy failed legacy parsing"));
    }
    Ok(())
}

fn check_condition(condition: &Value) -> Result<(), Fault> {
    for (operator, keys) in condition.as_object().ok_or_else(syntax)? {
        let plain = operator
            .strip_prefix("ForAnyValue:")
            .or_else(|| operator.strip_prefix("ForAllValues:"));
        let plain = plain.unwrap_or(operator);
        let plain = plain.strip_suffix("IfExists").unwrap_or(plain);
        if !OPERATORS.iter().any(|known| known.eq_ignore_ascii_case(plain)) {
            return Err(malformed(format!("Invalid Condition type : {operator}.")));
        }
        for values in keys.as_object().ok_or_else(syntax)?.values() {
            let list = match values {
                Value::Array(list) => list.iter().collect(),
                one => vec![one],
            };
            if list
                .iter()
                .any(|value| value.is_array() || value.is_object() || value.is_null())
            {
                return Err(syntax());
            }
        }
    }
    Ok(())
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
