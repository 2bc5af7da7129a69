//! Tags of functions: TagResource, UntagResource and ListTags.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::json;

use super::fault::{self, Fault};
use super::ok;
use super::reference::Reference;
use super::update::touch;
use crate::sandbox::members::{self, Fields};
use crate::sandbox::{Call, Reply, World};

const MAX_TAGS: usize = 50;

/// Adds tags or overwrites their values.
pub(super) fn merge(tags: &mut BTreeMap<String, String>, new: BTreeMap<String, String>) -> Result<(), Fault> {
    for (key, value) in new {
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(fault::invalid(format!(
                "The tag key {key} is reserved: it starts with aws:"
            )));
        }
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            return Err(fault::invalid(format!("The tag {key} is too long or empty.")));
        }
        tags.insert(key, value);
    }
    if tags.len() > MAX_TAGS {
        return Err(fault::invalid("The number of tags exceeds the limit of 50."));
    }
    Ok(())
}

/// Only functions have tags, not their versions.
fn target(call: &Call, arn: &str) -> Result<Reference, Fault> {
    let is_arn = |text: &str| text.starts_with("arn:") && text.contains(":lambda:") && text.contains(":function:");
    fault::matching(
        "resource",
        arn,
        is_arn,
        r"arn:(aws[a-zA-Z0-9-]*):lambda:[a-z-]+\d:\d{12}:function:[a-zA-Z0-9-_]+",
    )?;
    let reference = Reference::read(call, arn)?;
    match reference.qualifier {
        None => Ok(reference),
        Some(_) => Err(fault::invalid(
            "Tags on function aliases and versions are not supported. Please specify a function ARN.",
        )),
    }
}

pub(super) fn list(world: &World, call: &Call, arn: &str) -> Result<Reply, Fault> {
    let function = target(call, arn)?.find(world, call)?;
    Ok(ok(&json!({ "Tags": function.tags })))
}

pub(super) fn tag(world: &mut World, call: &Call, arn: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    let new = Fields::new(&body)
        .texts_by_name("Tags")?
        .ok_or_else(|| fault::missing("tags"))?;
    merge(&mut touch(world, call, &target(call, arn)?)?.tags, new)?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

pub(super) fn untag(world: &mut World, call: &Call, arn: &str) -> Result<Reply, Fault> {
    let keys: Vec<&str> = call.query.all("tagKeys").collect();
    if keys.is_empty() {
        return Err(fault::missing("tagKeys"));
    }
    let tags = &mut touch(world, call, &target(call, arn)?)?.tags;
    tags.retain(|key, _| !keys.contains(&key.as_str()));
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
