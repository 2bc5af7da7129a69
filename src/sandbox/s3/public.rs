//! What a bucket lets everybody do without a signature.
//!
//! Invariant: nobody may do anything but what a policy without conditions or an ACL allows everybody. A bucket that isn't there is
//! told as such, as S3 does.

use http::Method;
use serde_json::Value;

use super::acl::Acl;
use super::address::Address;
use super::policy::{names_everybody, texts};
use crate::sandbox::condition::covers;
use crate::sandbox::{Call, Fault, World};

/// Parameters that ask for no sub-resource.
const PLAIN: [&str; 12] = [
    "continuation-token",
    "delimiter",
    "encoding-type",
    "fetch-owner",
    "list-type",
    "marker",
    "max-keys",
    "partNumber",
    "prefix",
    "start-after",
    "versionId",
    "x-id",
];

/// Refuses an unsigned request that no bucket policy opens (AccessDenied).
pub(in crate::sandbox) fn open_to_all(world: &World, call: &Call) -> Result<(), Fault> {
    // Browsers ask without a signature whether they may send.
    if call.method == Method::OPTIONS {
        return Ok(());
    }
    let (name, key) = match Address::read(call) {
        Address::Service => return Err(super::fault::denied("Access Denied")),
        Address::Bucket(name) => (name, None),
        Address::Object(name, key) => (name, Some(key)),
    };
    let Some(bucket) = world.s3.buckets.get(&name) else {
        return Ok(());
    };
    let resource = match &key {
        Some(key) => format!("arn:aws:s3:::{name}/{key}"),
        None => format!("arn:aws:s3:::{name}"),
    };
    let by_policy = |action: &str| {
        let policy = bucket.policy.as_ref().map(super::policy::Policy::document);
        !world.s3.blocks(bucket, "RestrictPublicBuckets")
            && policy.is_some_and(|policy| is_allowed(policy, action, &resource))
    };
    let by_acl = |action: &str| {
        let acl = match (&key, action) {
            (Some(key), "s3:GetObject") => object_acl(world, &name, key),
            (None, "s3:ListBucket") => Some(&bucket.acl),
            _ => None,
        };
        let counts = !bucket.is_enforced() && !world.s3.blocks(bucket, "IgnorePublicAcls");
        counts && acl.is_some_and(Acl::is_public)
    };
    let allows = |action: &str| by_policy(action) || by_acl(action);
    if action(call, key.is_some()).is_some_and(allows) {
        return Ok(());
    }
    Err(super::fault::denied("Access Denied"))
}

fn object_acl<'a>(world: &'a World, bucket: &str, key: &str) -> Option<&'a Acl> {
    let object = world.s3.objects.get(&super::object_key(bucket, key))?;
    Some(&object.version(None)?.content()?.about.acl)
}

/// The action of the calls that people open to everybody.
fn action(call: &Call, is_object: bool) -> Option<&'static str> {
    let is_plain = call
        .query
        .iter()
        .all(|(name, _)| PLAIN.contains(&name) || name.starts_with("response-"));
    match (&call.method, is_object) {
        (&Method::GET | &Method::HEAD, true) if call.query.has("versionId") => Some("s3:GetObjectVersion"),
        (&Method::GET | &Method::HEAD, true) if is_plain => Some("s3:GetObject"),
        (&Method::PUT, true) if is_plain => Some("s3:PutObject"),
        (&Method::DELETE, true) if is_plain => Some("s3:DeleteObject"),
        (&Method::GET | &Method::HEAD, false) if is_plain => Some("s3:ListBucket"),
        _ => None,
    }
}

/// Whether a statement without conditions has this effect on everybody who does this.
fn has(policy: &Value, effect: &str, action: &str, resource: &str) -> bool {
    let applies = |statement: &Value| {
        let names = |member: &str, text: &str, fold: fn(&str) -> String| {
            let listed = statement.get(member).and_then(texts).unwrap_or_default();
            listed.iter().any(|pattern| covers(&fold(pattern), &fold(text)))
        };
        statement.get("Effect").and_then(Value::as_str) == Some(effect)
            && statement.get("Condition").is_none()
            && names_everybody(statement)
            && names("Action", action, str::to_ascii_lowercase)
            && names("Resource", resource, str::to_owned)
    };
    let statements = policy.get("Statement").and_then(Value::as_array);
    statements.into_iter().flatten().any(applies)
}

/// Refuses to delete a bucket whose policy denies that to everybody, as Elastic Beanstalk's do (AccessDenied; user guide,
/// "Deleting a general purpose bucket").
pub(super) fn refuse_deletion(call: &Call, policy: &Value, name: &str) -> Result<(), Fault> {
    let resource = format!("arn:aws:s3:::{name}");
    if !has(policy, "Deny", "s3:DeleteBucket", &resource) {
        return Ok(());
    }
    Err(super::fault::denied(format!(
        "User: {} is not authorized to perform: s3:DeleteBucket on resource: \"{resource}\" with an explicit deny in a \
         resource-based policy",
        call.caller.arn
    )))
}

fn is_allowed(policy: &Value, action: &str, resource: &str) -> bool {
    let statements = policy.get("Statement").and_then(Value::as_array);
    let of = |effect: &str| has(policy, effect, action, resource);
    let narrowed = statements
        .into_iter()
        .flatten()
        .any(|statement| statement.get("Condition").is_some());
    // Who reads conditions is the evaluator; until then a policy that has any opens nothing.
    !narrowed && of("Allow") && !of("Deny")
}
