//! Bucket policies: what S3 refuses, how it keeps principals, and when it calls a policy public.
//!
//! Invariant: a user or role stands in a kept policy by its unique id, so a principal that was deleted reads back as a raw
//! id even when its name has been used again.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::action::{applies, is_about_lists, is_action, is_key, is_list};
use super::bucket::{self, Bucket};
use super::xml::Element;
use super::{fault, gone};
use crate::sandbox::iam::principal::is_service;
use crate::sandbox::{Call, Fault, Reply, World};

const MAX_BYTES: usize = 20 * 1024;

/// A policy with its principals as ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Policy(Value);

impl Policy {
    /// The document as it is kept.
    pub(super) fn document(&self) -> &Value {
        &self.0
    }
}

pub(super) fn get(world: &World, bucket: &Bucket, name: &str) -> Result<Reply, Fault> {
    let text = shown(world, bucket).ok_or_else(|| absent(name))?;
    Ok(Reply::body(http::StatusCode::OK, "application/json", text))
}

/// The policy with the ARNs of its principals.
pub(super) fn shown(world: &World, bucket: &Bucket) -> Option<String> {
    let Policy(kept) = bucket.policy.as_ref()?;
    let mut shown = kept.clone();
    for statement in statements_mut(&mut shown) {
        let arn = &mut |text: &str| Ok(world.iam.principal_arn(text).unwrap_or_else(|| text.to_owned()));
        // Only a principal that is no text is refused, and such a one is not kept.
        each_principal(statement, arn).ok()?;
        statement.values_mut().for_each(collapse);
    }
    Some(shown.to_string())
}

fn absent(name: &str) -> Fault {
    fault::absent("NoSuchBucketPolicy", "The bucket policy does not exist").with("BucketName", name)
}

pub(super) fn status(bucket: &Bucket, name: &str) -> Result<Element, Fault> {
    let Policy(kept) = bucket.policy.as_ref().ok_or_else(|| absent(name))?;
    Ok(Element::new("PolicyStatus").with_leaf("IsPublic", is_public(kept)))
}

pub(super) fn put(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let text = super::chunked::body(call)?;
    if text.is_empty() {
        return Err(fault::no_body());
    }
    if text.len() > MAX_BYTES {
        return Err(fault::malformed_policy(
            "Policy exceeds the maximum allowed document size.",
        ));
    }
    let policy = checked(world, name, &text)?;
    let bucket = bucket::find(world, call, name)?;
    refuse_foreigners(world, call)?;
    // A block that was just opened goes on refusing for a while.
    let is_blocked = world.s3.blocks(bucket, "BlockPublicPolicy") || !world.has_spread(bucket.opened);
    if is_blocked && is_public(&policy) {
        return Err(fault::denied(format!(
            "User: {} is not authorized to perform: s3:PutBucketPolicy on resource: \"arn:aws:s3:::{name}\" because public \
             policies are blocked by the BlockPublicPolicy block public access setting.",
            call.caller.arn
        )));
    }
    bucket::find_mut(world, call, name)?.policy = Some(Policy(policy));
    Ok(gone())
}

/// Policies are put by identities of the owner's account alone.
fn refuse_foreigners(world: &World, call: &Call) -> Result<(), Fault> {
    match call.caller.arn.split(':').nth(4) == Some(world.account.as_str()) {
        true => Ok(()),
        false => Err(fault::not_allowed(call.method.as_str(), "BUCKETPOLICY")),
    }
}

/// The document with principals as ids, if S3 takes it for this bucket.
fn checked(world: &World, name: &str, text: &[u8]) -> Result<Value, Fault> {
    let refuse = |message: &str| fault::malformed_policy(message);
    let mut policy: Value = serde_json::from_slice(text)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| refuse("Policies must be valid JSON and the first byte must be '{'"))?;
    if let Some(unknown) = policy.as_object().and_then(|all| {
        all.keys()
            .find(|key| !["Version", "Id", "Statement"].contains(&key.as_str()))
    }) {
        return Err(refuse(&format!("Unknown field {unknown}")));
    }
    if !matches!(
        policy.get("Version").map(Value::as_str),
        None | Some(Some("2012-10-17" | "2008-10-17"))
    ) {
        return Err(refuse("The policy must contain a valid version string"));
    }
    match policy.get_mut("Statement") {
        None => return Err(refuse("Missing required field Statement")),
        Some(Value::Array(list)) if list.is_empty() => {
            return Err(refuse("Could not parse the policy: Statement is empty!"));
        }
        Some(Value::Array(list)) if list.iter().all(Value::is_object) => {}
        Some(one @ Value::Object(_)) => *one = Value::Array(vec![one.take()]),
        Some(_) => return Err(refuse("Statement is not an object or a list of objects")),
    }
    for statement in statements_mut(&mut policy) {
        check_statement(statement, name)?;
        adopt_canonical(world, statement)?;
        each_principal(statement, &mut |text| kept_principal(world, text))?;
    }
    Ok(policy)
}

fn statements_mut(policy: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    let list = policy.get_mut("Statement").and_then(Value::as_array_mut);
    list.into_iter().flatten().filter_map(Value::as_object_mut)
}

pub(super) fn texts(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(list) if !list.is_empty() => list.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

const MEMBERS: [&str; 9] = [
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

fn check_statement(statement: &Map<String, Value>, name: &str) -> Result<(), Fault> {
    let refuse = |message: &str| fault::malformed_policy(message);
    if let Some(unknown) = statement.keys().find(|key| !MEMBERS.contains(&key.as_str())) {
        return Err(refuse(&format!("Unknown field {unknown}")));
    }
    match statement.get("Effect").map(Value::as_str) {
        Some(Some("Allow" | "Deny")) => {}
        Some(other) => return Err(refuse(&format!("Invalid effect: {}", other.unwrap_or_default()))),
        None => return Err(refuse("Missing required field Effect")),
    }
    if !statement.contains_key("Principal") && !statement.contains_key("NotPrincipal") {
        return Err(refuse("Missing required field Principal"));
    }
    let either = |plain: &str, not: &str| {
        let value = statement.get(plain).or_else(|| statement.get(not));
        let value = value.ok_or_else(|| refuse(&format!("Missing required field {plain}")))?;
        texts(value).ok_or_else(|| refuse(&format!("Policy has invalid {}", plain.to_ascii_lowercase())))
    };
    let actions = either("Action", "NotAction")?;
    if actions.iter().any(|action| !is_action(action)) {
        return Err(refuse("Policy has invalid action"));
    }
    let resources = either("Resource", "NotResource")?;
    if resources.iter().any(|resource| !is_inside(resource, name)) {
        return Err(refuse("Policy has invalid resource"));
    }
    if let Some(condition) = statement.get("Condition") {
        check_condition(condition)?;
        if statement.contains_key("Action")
            && is_about_lists(condition)
            && !actions.iter().any(|action| is_list(action))
        {
            let message = "Conditions do not apply to combination of actions and resources in statement";
            return Err(refuse(message));
        }
    }
    if statement.get("Sid").is_some_and(|sid| !sid.is_string()) {
        return Err(refuse("Invalid Sid"));
    }
    let fits = |action: &&str| resources.iter().any(|resource| applies(action, resource));
    if statement.contains_key("Action") && statement.contains_key("Resource") && !actions.iter().all(fits) {
        return Err(refuse("Action does not apply to any resource(s) in statement"));
    }
    Ok(())
}

/// Operators of conditions, without `ForAllValues:`, `ForAnyValue:` and `IfExists`.
const OPERATORS: [&str; 26] = [
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "BinaryEquals",
    "Bool",
    "DateEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateNotEquals",
    "IpAddress",
    "NotIpAddress",
    "Null",
    "NumericEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericNotEquals",
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "StringNotEquals",
    "StringNotLike",
];

fn check_condition(condition: &Value) -> Result<(), Fault> {
    let refuse = |message: String| fault::malformed_policy(message);
    let operators = condition
        .as_object()
        .ok_or_else(|| refuse("Invalid policy syntax.".to_owned()))?;
    for (operator, keys) in operators {
        let name = operator
            .strip_prefix("ForAllValues:")
            .or_else(|| operator.strip_prefix("ForAnyValue:"));
        let name = name.unwrap_or(operator);
        let name = name.strip_suffix("IfExists").unwrap_or(name);
        if !OPERATORS.contains(&name) && name != "StringNotEqualsIgnoreCase" {
            return Err(refuse(format!("Invalid Condition type : {operator}")));
        }
        let keys = keys
            .as_object()
            .ok_or_else(|| refuse("Invalid policy syntax.".to_owned()))?;
        if keys.keys().any(|key| !is_key(key)) {
            return Err(refuse("Policy has an invalid condition key".to_owned()));
        }
    }
    Ok(())
}

/// Whether a resource is the bucket or something in it; another bucket's ARN is refused.
fn is_inside(resource: &str, name: &str) -> bool {
    let path = resource
        .strip_prefix("arn:")
        .and_then(|rest| rest.split_once(":s3:::"))
        .map(|(_, path)| path);
    let rest = path.and_then(|path| path.strip_prefix(name));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with('*'))
}

/// Canonical users are turned into the accounts that they are; of other accounts' ids nothing is known here.
fn adopt_canonical(world: &World, statement: &mut Map<String, Value>) -> Result<(), Fault> {
    let root = format!("arn:aws:iam::{}:root", world.account);
    for member in ["Principal", "NotPrincipal"] {
        let Some(kinds) = statement.get_mut(member).and_then(Value::as_object_mut) else {
            continue;
        };
        let Some(users) = kinds.remove("CanonicalUser") else {
            continue;
        };
        let ids = texts(&users).unwrap_or_default();
        if let Some(id) = ids.iter().find(|id| **id != bucket::canonical_id(&world.account)) {
            let detail = format!("\"CanonicalUser\" : \"{id}\"");
            return Err(fault::malformed_policy("Invalid principal in policy").with("Detail", detail));
        }
        let mut names: Vec<Value> = match kinds.remove("AWS") {
            Some(Value::Array(list)) => list,
            Some(one) => vec![one],
            None => vec![],
        };
        if !ids.is_empty() && !names.contains(&Value::from(root.clone())) {
            names.push(root.clone().into());
        }
        kinds.insert("AWS".to_owned(), names.into());
    }
    Ok(())
}

/// Passes every AWS and canonical principal of a statement through `change`.
fn each_principal(
    statement: &mut Map<String, Value>,
    change: &mut impl FnMut(&str) -> Result<String, Fault>,
) -> Result<(), Fault> {
    let invalid = || fault::malformed_policy("Invalid principal in policy");
    for member in ["Principal", "NotPrincipal"] {
        let Some(principal) = statement.get_mut(member) else {
            continue;
        };
        if principal.as_str() == Some("*") {
            continue;
        }
        for (kind, names) in principal.as_object_mut().ok_or_else(invalid)? {
            let listed = texts(names).ok_or_else(invalid)?;
            match kind.as_str() {
                "AWS" => {
                    let changed = listed.into_iter().map(&mut *change).collect::<Result<Vec<_>, _>>()?;
                    *names = changed.into();
                }
                "Service" if listed.iter().all(|name| is_service(name)) => {}
                "Federated" => {}
                _ => return Err(invalid().with("Detail", listed.join(", "))),
            }
        }
    }
    Ok(())
}

/// The form in which S3 keeps a principal: ids for users and roles of this account, root ARNs for account ids.
fn kept_principal(world: &World, text: &str) -> Result<String, Fault> {
    let invalid =
        || fault::malformed_policy("Invalid principal in policy").with("Detail", format!("\"AWS\" : \"{text}\""));
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    if text == "*" {
        return Ok(text.to_owned());
    }
    if is_account(text) {
        return Ok(format!("arn:aws:iam::{text}:root"));
    }
    if !text.starts_with("arn:") {
        // A live unique id is fine, a dead one is what the refusal is for.
        return world
            .iam
            .principal_arn(text)
            .map(|_| text.to_owned())
            .ok_or_else(invalid);
    }
    match text.splitn(6, ':').collect::<Vec<_>>().as_slice() {
        [_, _, "iam", "", account, "root"] if is_account(account) => Ok(text.to_owned()),
        [_, _, "iam", "", account, _] if *account == world.account => {
            world.iam.visible_principal(text, &world.clock).ok_or_else(invalid)
        }
        [_, _, "iam" | "sts", "", account, name] if is_account(account) && name.contains('/') => Ok(text.to_owned()),
        _ => Err(invalid()),
    }
}

/// S3 shows lists of one as plain texts.
fn collapse(value: &mut Value) {
    match value {
        Value::Array(list) if list.len() == 1 && list.iter().all(Value::is_string) => {
            if let Some(only) = list.pop() {
                *value = only;
            }
        }
        Value::Object(members) => members.values_mut().for_each(collapse),
        _ => {}
    }
}

/// Condition keys that, with fixed values, keep a policy from being public.
const NARROWING: [&str; 12] = [
    "aws:sourceip",
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:sourceaccount",
    "aws:userid",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:dataaccesspointaccount",
];

/// Whether S3 calls a policy public: an Allow for everybody that no fixed value narrows.
fn is_public(policy: &Value) -> bool {
    let statements = policy.get("Statement").and_then(Value::as_array);
    statements.into_iter().flatten().any(|statement| {
        let is_allow = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
        is_allow && names_everybody(statement) && !is_narrowed(statement.get("Condition"))
    })
}

pub(super) fn names_everybody(statement: &Value) -> bool {
    match statement.get("Principal") {
        None => statement.get("NotPrincipal").is_some(),
        Some(Value::String(text)) => text == "*",
        Some(Value::Object(kinds)) => kinds
            .get("AWS")
            .and_then(texts)
            .is_some_and(|names| names.contains(&"*")),
        Some(_) => false,
    }
}

fn is_narrowed(condition: Option<&Value>) -> bool {
    let operators = condition.and_then(Value::as_object).into_iter().flatten();
    operators
        .filter(|(operator, _)| !operator.contains("Not") && !operator.ends_with("IfExists"))
        .any(|(_, keys)| {
            keys.as_object().into_iter().flatten().any(|(key, values)| {
                let is_fixed = |value: &&str| !value.contains(['*', '?']) && !is_wide(value);
                let values = texts(values).unwrap_or_default();
                NARROWING.contains(&key.to_ascii_lowercase().as_str())
                    && !values.is_empty()
                    && (values.iter().all(is_fixed) || is_narrow_arn(key, &values))
            })
        })
}

/// Whether a range of addresses counts as everybody: wider than /8, or /32 of version 6 (user guide, The meaning of
/// "public").
fn is_wide(range: &str) -> bool {
    let Some((address, length)) = range.split_once('/') else {
        return false;
    };
    let narrowest = match address.parse() {
        Ok(IpAddr::V4(_)) => 8,
        Ok(IpAddr::V6(_)) => 32,
        Err(_) => return false,
    };
    length.parse::<u8>().is_ok_and(|length| length < narrowest)
}

/// ARNs may have wildcards in the name, as long as the account is fixed or it is a role session of a known role.
fn is_narrow_arn(key: &str, values: &[&str]) -> bool {
    let is_narrow = |arn: &&str| {
        arn.split(':')
            .nth(4)
            .is_some_and(|account| !account.is_empty() && !account.contains('*'))
    };
    key.eq_ignore_ascii_case("aws:sourcearn") && values.iter().all(is_narrow)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn judged(principal: &Value, condition: &Value) -> bool {
        is_public(&json!({ "Statement": [{ "Effect": "Allow", "Principal": principal, "Condition": condition }] }))
    }

    #[test]
    fn everybody_is_public_unless_a_fixed_value_narrows_it() {
        let none = json!({});
        for principal in [
            json!("*"),
            json!({ "AWS": "*" }),
            json!({ "AWS": ["arn:aws:iam::111122223333:root", "*"] }),
        ] {
            assert!(judged(&principal, &none), "{principal}");
        }
        assert!(!judged(&json!({ "AWS": "arn:aws:iam::111122223333:root" }), &none));
        assert!(!judged(&json!({ "Service": "logging.s3.amazonaws.com" }), &none));
        let everybody = json!("*");
        assert!(!judged(
            &everybody,
            &json!({ "StringEquals": { "aws:PrincipalOrgID": "o-abc" } })
        ));
        assert!(!judged(
            &everybody,
            &json!({ "IpAddress": { "aws:SourceIp": ["10.0.0.0/8"] } })
        ));
        assert!(!judged(
            &everybody,
            &json!({ "ArnLike": { "aws:SourceArn": "arn:aws:cloudfront::123456789012:d/*" } })
        ));
        assert!(judged(
            &everybody,
            &json!({ "IpAddress": { "aws:SourceIp": "0.0.0.0/0" } })
        ));
        for (range, public) in [
            ("0.0.0.0/1", true),
            ("128.0.0.0/7", true),
            ("11.0.0.0/8", false),
            ("192.0.2.1", false),
            ("2001::/16", true),
            ("2001:db8::/32", false),
        ] {
            let condition = json!({ "IpAddress": { "aws:SourceIp": range } });
            assert_eq!(judged(&everybody, &condition), public, "{range}");
        }
        assert!(judged(
            &everybody,
            &json!({ "StringLike": { "aws:SourceVpc": "vpc-*" } })
        ));
        assert!(judged(&everybody, &json!({ "StringEquals": { "aws:UserAgent": "x" } })));
        assert!(judged(
            &everybody,
            &json!({ "StringNotEquals": { "aws:SourceVpc": "vpc-1" } })
        ));
    }
}
