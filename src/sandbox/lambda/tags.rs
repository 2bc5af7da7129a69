//! Tags: TagResource, UntagResource and ListTags.
//!
//! Functions, event source mappings and code signing configurations have tags; versions and aliases don't.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::json;

use super::fault::{self, Fault};
use super::function::Qualifier;
use super::reference::{Reference, is_account, is_name, is_region};
use super::{mapping, ok, signing};
use crate::sandbox::members::{self, Fields};
use crate::sandbox::{Call, Reply, World, constraint};

const MAX_TAGS: usize = 50;

/// Adds tags or overwrites their values.
pub(super) fn merge(tags: &mut BTreeMap<String, String>, new: BTreeMap<String, String>) -> Result<(), Fault> {
    check(&new)?;
    tags.extend(new);
    if tags.len() > MAX_TAGS {
        return Err(fault::invalid("Number of tags exceeds resource tag limit."));
    }
    Ok(())
}

fn check(new: &BTreeMap<String, String>) -> Result<(), Fault> {
    let pattern = r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)";
    for (key, value) in new {
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(fault::invalid(
                "aws: prefixed tag key names are not allowed for external use.",
            ));
        }
        let wrong = if !is_tag(key, 1, 128) {
            format!(
                "Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have \
                 length greater than or equal to 1, Member must satisfy regular expression pattern: {pattern}]"
            )
        } else if !is_tag(value, 0, 256) {
            format!(
                "Map value must satisfy constraint: [Member must have length less than or equal to 256, Member must have \
                 length greater than or equal to 0, Member must satisfy regular expression pattern: {pattern}]"
            )
        } else {
            continue;
        };
        let shown: Vec<String> = new.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let found = constraint::failed("tags", &format!("'{{{}}}'", shown.join(", ")), &wrong);
        return Err(constraint::exception(constraint::told_alone(&found)));
    }
    Ok(())
}

fn is_tag(text: &str, least: usize, most: usize) -> bool {
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == ' ' || "_.:/=+-@".contains(letter);
    (least..=most).contains(&text.chars().count()) && text.chars().all(is_letter)
}

/// What an ARN in the path names.
enum Target {
    Function(Reference),
    Mapping(String),
    Signing(String),
}

impl Target {
    fn read(world: &World, call: &Call, arn: &str) -> Result<Self, Fault> {
        let parts: Vec<&str> = arn.split(':').collect();
        let ["arn", partition, "lambda", region, account, kind, name, rest @ ..] = parts.as_slice() else {
            return Err(no_arn(arn));
        };
        let is_ours = partition.starts_with("aws") && is_region(region) && is_account(account) && is_name(name);
        let is_qualified = matches!(rest, [qualifier] if is_name(&qualifier.replace('$', "-")));
        match (*kind, rest.is_empty()) {
            ("function", false) if is_ours && is_qualified => Err(fault::invalid(
                "Tags on function aliases and versions are not supported. Please specify a function ARN.",
            )),
            ("function", true) if is_ours => Ok(Self::Function(Reference::read(world, call, arn)?)),
            ("event-source-mapping", true) if is_ours => {
                let key = mapping::key_of(call, arn).unwrap_or_default();
                Ok(Self::Mapping(key))
            }
            ("code-signing-config", true) if is_ours => Ok(Self::Signing(signing::key_of(call, arn))),
            _ => Err(no_arn(arn)),
        }
    }

    fn tags<'a>(&self, world: &'a World, call: &Call, arn: &str) -> Result<&'a BTreeMap<String, String>, Fault> {
        let lambda = &world.lambda;
        match self {
            Self::Function(reference) => Ok(&reference.find(world, call)?.tags),
            Self::Mapping(key) => lambda
                .mappings
                .get(key)
                .map(|found| &found.tags)
                .ok_or_else(|| no_mapping(arn)),
            Self::Signing(key) => lambda
                .signing
                .get(key)
                .map(|found| &found.tags)
                .ok_or_else(|| no_signing(arn)),
        }
    }

    fn tags_mut<'a>(
        &self,
        world: &'a mut World,
        call: &Call,
        arn: &str,
    ) -> Result<&'a mut BTreeMap<String, String>, Fault> {
        match self {
            Self::Function(reference) => {
                let revision = world.ids.uuid();
                let function = reference.find_mut(world, call)?;
                function.revise(&Qualifier::Unqualified, revision);
                Ok(&mut function.tags)
            }
            Self::Mapping(key) => {
                let found = world.lambda.mappings.get_mut(key);
                found.map(|found| &mut found.tags).ok_or_else(|| no_mapping(arn))
            }
            Self::Signing(key) => {
                let found = world.lambda.signing.get_mut(key);
                found.map(|found| &mut found.tags).ok_or_else(|| no_signing(arn))
            }
        }
    }
}

fn no_arn(arn: &str) -> Fault {
    let pattern = r"arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)";
    fault::pattern("resource", arn, pattern)
}

fn no_mapping(arn: &str) -> Fault {
    fault::not_found(format!("Event source mapping not found: {arn}"))
}

fn no_signing(arn: &str) -> Fault {
    fault::not_found(format!("The Lambda code signing configuration {arn} can not be found."))
}

pub(super) fn list(world: &World, call: &Call, arn: &str) -> Result<Reply, Fault> {
    let tags = Target::read(world, call, arn)?.tags(world, call, arn)?;
    Ok(ok(&json!({ "Tags": tags })))
}

pub(super) fn tag(world: &mut World, call: &Call, arn: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    let new = Fields::new(&body)
        .texts_by_name("Tags")?
        .ok_or_else(|| fault::missing("tags"))?;
    let target = Target::read(world, call, arn)?;
    target.tags(world, call, arn)?;
    if new.is_empty() {
        return Err(fault::invalid("An error occurred and the request cannot be processed."));
    }
    merge(target.tags_mut(world, call, arn)?, new)?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

pub(super) fn untag(world: &mut World, call: &Call, arn: &str) -> Result<Reply, Fault> {
    let keys: Vec<&str> = call.query.all("tagKeys").collect();
    if keys.is_empty() {
        return Err(fault::missing("tagKeys"));
    }
    let tags = Target::read(world, call, arn)?.tags_mut(world, call, arn)?;
    tags.retain(|key, _| !keys.contains(&key.as_str()));
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
