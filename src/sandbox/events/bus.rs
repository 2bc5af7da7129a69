//! Event buses. The default bus needs no making; a row for it appears once it holds something.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{bounded, bus_key, fault, nothing, page, required, tags};
use crate::sandbox::members::Fields;
use crate::sandbox::{Call, Fault, Moment, World, constraint};

/// The bus that every Region has.
pub(super) const DEFAULT: &str = "default";
const MAX_BUSES: usize = 100;
/// When the default bus came, in seconds since 1970: the day when EventBridge was opened.
const BORN: i64 = 1_562_803_200;

/// A bus as the account keeps it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Bus {
    description: Option<String>,
    kms_key: Option<String>,
    dead_letter: Option<Value>,
    log: Option<Value>,
    /// The statements of its policy.
    pub(super) statements: Vec<Value>,
    pub(super) tags: BTreeMap<String, String>,
    created: Option<Moment>,
    pub(super) modified: Option<Moment>,
}

/// The name of the bus that a request means: none, an empty one and `default` are the same, and an ARN counts too.
pub(super) fn named<'a>(fields: &Fields<'a>, member: &str) -> Result<&'a str, Fault> {
    let text = fields.text(member)?.unwrap_or_default();
    let name = match text.split_once(":event-bus/") {
        Some((_, name)) => name,
        None => text,
    };
    let name = if name.is_empty() { DEFAULT } else { name };
    constraint::matching("eventBusName", name, is_bus_name, r"[/\.\-_A-Za-z0-9]+")?;
    constraint::at_most("eventBusName", name, 256)
}

fn is_bus_name(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'-' | b'_'))
}

pub(super) fn arn(world: &World, call: &Call, name: &str) -> String {
    format!("arn:aws:events:{}:{}:event-bus/{name}", call.region, world.account)
}

/// Refuses a bus that isn't there.
pub(super) fn check(world: &World, call: &Call, name: &str) -> Result<(), Fault> {
    if name == DEFAULT || world.events.buses.contains(&bus_key(&call.region, name)) {
        return Ok(());
    }
    Err(fault::no_bus(name))
}

/// The bus itself, to change it.
pub(super) fn find_mut<'a>(world: &'a mut World, call: &Call, name: &str) -> Result<&'a mut Bus, Fault> {
    let key = bus_key(&call.region, name);
    if name == DEFAULT && !world.events.buses.contains(&key) {
        world.events.buses.insert(key.clone(), Bus::default());
    }
    world.events.buses.get_mut(&key).ok_or_else(|| fault::no_bus(name))
}

/// The bus as it is; the default one may have no row yet.
pub(super) fn find(world: &World, call: &Call, name: &str) -> Result<Bus, Fault> {
    check(world, call, name)?;
    Ok(world
        .events
        .buses
        .get(&bus_key(&call.region, name))
        .cloned()
        .unwrap_or_default())
}

impl Bus {
    fn describe(&self, name: &str, arn: &str) -> Value {
        let mut shown = json!({ "Name": name, "Arn": arn });
        let mut put = |name: &str, value: Value| {
            if let Some(shown) = shown.as_object_mut() {
                shown.insert(name.into(), value);
            }
        };
        if let Some(policy) = self.policy() {
            put("Policy", json!(policy));
        }
        if let Some(description) = &self.description {
            put("Description", json!(description));
        }
        // The default bus is as old as its account; nobody made or changed it.
        put("CreationTime", json!(self.created.map_or(BORN, Moment::epoch)));
        put("LastModifiedTime", json!(self.modified.map_or(BORN, Moment::epoch)));
        shown
    }

    /// The policy text, if there is any statement.
    pub(super) fn policy(&self) -> Option<String> {
        let document = json!({ "Version": "2012-10-17", "Statement": self.statements });
        (!self.statements.is_empty()).then(|| document.to_string())
    }

    fn describe_more(&self, shown: &mut Value) {
        let more = [
            ("KmsKeyIdentifier", self.kms_key.as_ref().map(|key| json!(key))),
            ("DeadLetterConfig", self.dead_letter.clone()),
            ("LogConfig", self.log.clone()),
        ];
        if let Some(shown) = shown.as_object_mut() {
            shown.extend(
                more.into_iter()
                    .filter_map(|(name, value)| Some((name.to_owned(), value?))),
            );
        }
    }
}

pub(super) fn create(world: &mut World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let name = required(fields, "Name", "name")?;
    constraint::matching(
        "name",
        name,
        |text| !text.is_empty() && is_bus_name(text),
        r"[/\.\-_A-Za-z0-9]+",
    )?;
    constraint::at_most("name", name, 256)?;
    // Only the buses of partners have slashes, and those come from an event source.
    if let Some(source) = fields.text("EventSourceName")? {
        return Err(fault::not_found(format!("Event source {source} does not exist.")));
    }
    if name.contains('/') {
        return Err(fault::invalid("Event bus name must not contain '/'."));
    }
    let key = bus_key(&call.region, name);
    if name == DEFAULT || world.events.buses.contains(&key) {
        return Err(fault::already_there(name));
    }
    let region = bus_key(&call.region, "");
    let here = world
        .events
        .buses
        .iter()
        .filter(|(key, _)| key.starts_with(&region) && *key != &bus_key(&call.region, DEFAULT));
    // The quota counts the default bus too (EventBridge user guide, quotas).
    if here.count() + 1 >= MAX_BUSES {
        return Err(fault::over_limit());
    }
    let now = Some(world.clock.now());
    let mut bus = Bus {
        description: bounded(fields, "Description", "description", 512)?,
        kms_key: bounded(fields, "KmsKeyIdentifier", "kmsKeyIdentifier", 2048)?,
        dead_letter: fields
            .object("DeadLetterConfig")?
            .map(|config| Value::Object(config.whole().clone())),
        log: fields
            .object("LogConfig")?
            .map(|config| Value::Object(config.whole().clone())),
        created: now,
        modified: now,
        ..Bus::default()
    };
    tags::merge(&mut bus.tags, fields)?;
    let mut shown = json!({ "EventBusArn": arn(world, call, name) });
    if let (Some(text), Some(shown)) = (&bus.description, shown.as_object_mut()) {
        shown.insert("Description".into(), json!(text));
    }
    bus.describe_more(&mut shown);
    world.events.buses.insert(key, bus);
    Ok(shown)
}

/// What isn't told is kept, but for the key: without one EventBridge goes back to its own. An empty description or
/// dead-letter queue takes the old one away.
pub(super) fn update(world: &mut World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let name = named(fields, "Name")?;
    let description = bounded(fields, "Description", "description", 512)?;
    let kms_key = bounded(fields, "KmsKeyIdentifier", "kmsKeyIdentifier", 2048)?;
    let config = |member: &str| -> Result<Option<Value>, Fault> {
        Ok(fields
            .object(member)?
            .map(|config| Value::Object(config.whole().clone())))
    };
    let (dead_letter, log) = (config("DeadLetterConfig")?, config("LogConfig")?);
    let (now, arn) = (world.clock.now(), arn(world, call, name));
    let bus = find_mut(world, call, name)?;
    bus.description = description.or(bus.description.take()).filter(|text| !text.is_empty());
    bus.kms_key = kms_key.filter(|key| !key.is_empty());
    bus.dead_letter = dead_letter
        .or(bus.dead_letter.take())
        .filter(|config| config.get("Arn").is_some());
    bus.log = log.or(bus.log.take());
    bus.modified = Some(now);
    let mut shown = json!({ "Arn": arn, "Name": name });
    if let (Some(text), Some(shown)) = (&bus.description, shown.as_object_mut()) {
        shown.insert("Description".into(), json!(text));
    }
    bus.describe_more(&mut shown);
    Ok(shown)
}

pub(super) fn describe(world: &World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let name = named(fields, "Name")?;
    let bus = find(world, call, name)?;
    let mut shown = bus.describe(name, &arn(world, call, name));
    bus.describe_more(&mut shown);
    Ok(shown)
}

pub(super) fn delete(world: &mut World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    required(fields, "Name", "name")?;
    let name = named(fields, "Name")?;
    if name == DEFAULT {
        return Err(fault::invalid("Cannot delete event bus default."));
    }
    if world.events.on_bus(&call.region, name).next().is_some() {
        return Err(fault::invalid("Event bus can't be deleted since it has rules."));
    }
    // A bus that isn't there is no error: the model has none for it.
    world.events.buses.remove(&bus_key(&call.region, name));
    Ok(nothing())
}

pub(super) fn list(world: &World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let prefix = fields.text("NamePrefix")?.unwrap_or_default();
    let region = bus_key(&call.region, "");
    let mut names: Vec<&str> = world
        .events
        .buses
        .iter()
        .filter_map(|(key, _)| key.strip_prefix(&region))
        .collect();
    if !names.contains(&DEFAULT) {
        names.push(DEFAULT);
    }
    names.sort_unstable();
    let mut shown = Vec::new();
    for name in names.into_iter().filter(|name| name.starts_with(prefix)) {
        shown.push((
            name.to_owned(),
            find(world, call, name)?.describe(name, &arn(world, call, name)),
        ));
    }
    page(fields, "EventBuses", shown)
}
