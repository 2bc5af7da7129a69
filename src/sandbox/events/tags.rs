//! Tags of rules and buses; targets have none.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{bus, bus_key, fault, nothing, required, rule_key};
use crate::sandbox::members::{Fields, undecodable};
use crate::sandbox::{Call, Fault, World, constraint};

const MAX_TAGS: usize = 50;

/// Adds a request's `Tags` or overwrites their values.
pub(super) fn merge(tags: &mut BTreeMap<String, String>, fields: &Fields<'_>) -> Result<(), Fault> {
    for tag in fields.list("Tags")?.into_iter().flatten() {
        let tag = Fields::new(tag.as_object().ok_or_else(|| undecodable("Tags"))?);
        let key = required(&tag, "Key", "tags.1.member.key")?;
        let value = required(&tag, "Value", "tags.1.member.value")?;
        constraint::at_most("tags.1.member.key", key, 128)?;
        constraint::at_most("tags.1.member.value", value, 256)?;
        if key.is_empty() || key.to_ascii_lowercase().starts_with("aws:") {
            return Err(fault::invalid("System tags cannot be added/updated by requester"));
        }
        tags.insert(key.into(), value.into());
    }
    if tags.len() > MAX_TAGS {
        return Err(fault::invalid(
            "Tag limit exceeded: a resource can have at most 50 tags.",
        ));
    }
    Ok(())
}

fn check_arn(arn: &str) -> Result<(), Fault> {
    if arn.starts_with("arn:") && arn.split(':').count() >= 6 {
        return Ok(());
    }
    Err(fault::no_arn(arn))
}

/// The tags behind an ARN, to change them. Tagging goes by ARN alone, for buses and rules alike.
fn find_mut<'a>(
    world: &'a mut World,
    call: &Call,
    fields: &Fields<'_>,
) -> Result<&'a mut BTreeMap<String, String>, Fault> {
    let arn = required(fields, "ResourceARN", "resourceARN")?;
    check_arn(arn)?;
    let absent = || fault::not_found(format!("Resource {arn} does not exist."));
    let start = format!("arn:aws:events:{}:{}:", call.region, world.account);
    let resource = arn.strip_prefix(&start).ok_or_else(absent)?;
    if let Some(name) = resource.strip_prefix("event-bus/") {
        return bus::find_mut(world, call, name).map(|bus| &mut bus.tags);
    }
    let place = resource.strip_prefix("rule/").ok_or_else(absent)?;
    let (bus, name) = place.rsplit_once('/').unwrap_or((bus::DEFAULT, place));
    let rule = world.events.rules.get_mut(&rule_key(&call.region, bus, name));
    let rule = rule.ok_or_else(|| fault::no_rule(name, bus))?;
    rule.check_unmanaged()?;
    Ok(&mut rule.tags)
}

pub(super) fn tag(world: &mut World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    fields.list("Tags")?.ok_or_else(|| constraint::missing("tags"))?;
    merge(find_mut(world, call, fields)?, fields)?;
    Ok(nothing())
}

pub(super) fn untag(world: &mut World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let keys = fields.texts("TagKeys")?.ok_or_else(|| constraint::missing("tagKeys"))?;
    find_mut(world, call, fields)?.retain(|key, _| !keys.contains(key));
    Ok(nothing())
}

pub(super) fn list(world: &World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let arn = required(fields, "ResourceARN", "resourceARN")?;
    check_arn(arn)?;
    let absent = || fault::not_found(format!("Resource {arn} does not exist."));
    let start = format!("arn:aws:events:{}:{}:", call.region, world.account);
    let resource = arn.strip_prefix(&start).ok_or_else(absent)?;
    let tags = if let Some(name) = resource.strip_prefix("event-bus/") {
        bus::check(world, call, name)?;
        world
            .events
            .buses
            .get(&bus_key(&call.region, name))
            .map(|bus| &bus.tags)
    } else {
        let place = resource.strip_prefix("rule/").ok_or_else(absent)?;
        let (bus, name) = place.rsplit_once('/').unwrap_or((bus::DEFAULT, place));
        let rule = world.events.rules.get(&rule_key(&call.region, bus, name));
        Some(&rule.ok_or_else(|| fault::no_rule(name, bus))?.tags)
    };
    let shown = tags
        .into_iter()
        .flatten()
        .map(|(key, value)| json!({ "Key": key, "Value": value }));
    Ok(json!({ "Tags": shown.collect::<Vec<_>>() }))
}
