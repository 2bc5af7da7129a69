//! Archives of events. Nothing is ever in them, but each keeps a rule on its bus that belongs to EventBridge itself.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{bus, bus_key, fault, nothing, page, pattern, required, rule};
use crate::sandbox::members::Fields;
use crate::sandbox::{Call, Fault, Moment, World};

/// The owner of the rules of archives, as `ManagedBy` shows it.
const OWNER: &str = "prod.vhs.events.aws.internal";

/// An archive as the account keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Archive {
    name: String,
    source: String,
    description: Option<String>,
    pattern: Option<String>,
    days: i64,
    kms_key: Option<String>,
    created: Moment,
}

impl Archive {
    fn listed(&self) -> Value {
        json!({
            "ArchiveName": self.name, "EventSourceArn": self.source, "State": "ENABLED", "RetentionDays": self.days,
            "SizeBytes": 0, "EventCount": 0, "CreationTime": self.created.epoch(),
        })
    }
}

fn arn(world: &World, call: &Call, name: &str) -> String {
    format!("arn:aws:events:{}:{}:archive/{name}", call.region, world.account)
}

fn no_archive(name: &str) -> Fault {
    fault::not_found(format!("Archive {name} does not exist."))
}

/// The bus that an archive's source names.
fn source<'a>(world: &World, call: &Call, arn: &'a str) -> Result<&'a str, Fault> {
    let name = arn.strip_prefix(&bus::arn(world, call, ""));
    let name = name.ok_or_else(|| fault::no_bus(arn.rsplit('/').next().unwrap_or(arn)))?;
    bus::check(world, call, name)?;
    Ok(name)
}

fn text(fields: &Fields<'_>, member: &str) -> Result<Option<String>, Fault> {
    Ok(fields.text(member)?.filter(|text| !text.is_empty()).map(str::to_owned))
}

fn state(world: &World, call: &Call, archive: &Archive) -> Value {
    json!({
        "ArchiveArn": arn(world, call, &archive.name), "State": "ENABLED", "CreationTime": archive.created.epoch(),
    })
}

pub(super) fn create(world: &mut World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let name = required(fields, "ArchiveName", "archiveName")?;
    let from = required(fields, "EventSourceArn", "eventSourceArn")?;
    let key = bus_key(&call.region, name);
    if world.events.archives.contains(&key) {
        return Err(super::fault::already_there_as("Archive", name));
    }
    let bus = source(world, call, from)?;
    let archive = Archive {
        name: name.to_owned(),
        source: from.to_owned(),
        description: text(fields, "Description")?,
        pattern: text(fields, "EventPattern")?,
        days: fields.number("RetentionDays")?.unwrap_or(0),
        kms_key: text(fields, "KmsKeyIdentifier")?,
        created: world.clock.now(),
    };
    if let Some(text) = &archive.pattern {
        pattern::judge(text).map_err(fault::bad_pattern)?;
    }
    rule::keep_for_archive(world, call, bus, name, archive.pattern.as_deref(), OWNER);
    let shown = state(world, call, &archive);
    world.events.archives.insert(key, archive);
    Ok(shown)
}

pub(super) fn update(world: &mut World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let name = required(fields, "ArchiveName", "archiveName")?;
    let (description, wanted) = (text(fields, "Description")?, text(fields, "EventPattern")?);
    let days = fields.number("RetentionDays")?;
    if description.is_none() && wanted.is_none() && days.is_none() {
        return Err(fault::invalid(
            "At least one of EventPattern, RetentionDays or Description must be provided.",
        ));
    }
    if let Some(text) = &wanted {
        pattern::judge(text).map_err(fault::bad_pattern)?;
    }
    let archive = world.events.archives.get_mut(&bus_key(&call.region, name));
    let archive = archive.ok_or_else(|| no_archive(name))?;
    archive.description = description.or(archive.description.take());
    archive.pattern = wanted.or(archive.pattern.take());
    archive.days = days.unwrap_or(archive.days);
    let archive = archive.clone();
    Ok(state(world, call, &archive))
}

pub(super) fn describe(world: &World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let name = required(fields, "ArchiveName", "archiveName")?;
    let archive = world.events.archives.get(&bus_key(&call.region, name));
    let archive = archive.ok_or_else(|| no_archive(name))?;
    let mut shown = archive.listed();
    let more = [
        ("ArchiveArn", Some(arn(world, call, name))),
        ("Description", archive.description.clone()),
        ("EventPattern", archive.pattern.clone()),
        ("KmsKeyIdentifier", archive.kms_key.clone()),
    ];
    if let Some(shown) = shown.as_object_mut() {
        let more = more.into_iter();
        shown.extend(more.filter_map(|(name, value)| Some((name.to_owned(), json!(value?)))));
    }
    Ok(shown)
}

pub(super) fn list(world: &World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let (prefix, from, state) = (
        fields.text("NamePrefix")?,
        fields.text("EventSourceArn")?,
        fields.text("State")?,
    );
    if [prefix, from, state].iter().flatten().count() > 1 {
        return Err(fault::invalid(
            "At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.",
        ));
    }
    if let Some(from) = from {
        source(world, call, from)?;
    }
    let region = bus_key(&call.region, "");
    let archives = world.events.archives.iter().filter(|(key, archive)| {
        key.starts_with(&region)
            && prefix.is_none_or(|prefix| archive.name.starts_with(prefix))
            && from.is_none_or(|from| archive.source == from)
            && state.is_none_or(|state| state == "ENABLED")
    });
    let shown: Vec<(String, Value)> = archives
        .map(|(_, archive)| (archive.name.clone(), archive.listed()))
        .collect();
    page(fields, "Archives", shown)
}

pub(super) fn delete(world: &mut World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let name = required(fields, "ArchiveName", "archiveName")?;
    let archive = world.events.archives.remove(&bus_key(&call.region, name));
    let archive = archive.ok_or_else(|| no_archive(name))?;
    let bus = archive.source.rsplit('/').next().unwrap_or_default();
    rule::drop_for_archive(world, call, bus, name);
    Ok(nothing())
}
