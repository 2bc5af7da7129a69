//! Rules: what triggers them, and whether they are on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{bounded, bus, fault, nothing, page, pattern, rule_key, rule_name, schedule, tags};
use crate::sandbox::iam::NotAssumable;
use crate::sandbox::members::Fields;
use crate::sandbox::{Call, Due, Fault, Tempo, World, constraint};

const STATES: &[&str] = &["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"];
const MAX_RULES: usize = 300;

/// A rule as the account keeps it, with its targets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) bus: String,
    pub(super) arn: String,
    trigger: Trigger,
    state: String,
    pub(super) tags: BTreeMap<String, String>,
    /// The service that made the rule and alone may change it.
    pub(super) managed_by: Option<String>,
    /// When removed targets have really gone; until then the rule can't be deleted.
    pub(super) emptied: Option<Due>,
    /// By Id; each as it came.
    pub(super) targets: BTreeMap<String, Map<String, Value>>,
}

/// What PutRule replaces as a whole: a member that isn't sent is gone.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Trigger {
    schedule: Option<String>,
    pattern: Option<String>,
    description: Option<String>,
    role: Option<String>,
}

impl Trigger {
    fn read(fields: &Fields<'_>, bus: &str) -> Result<Self, Fault> {
        let trigger = Self {
            schedule: bounded(fields, "ScheduleExpression", "scheduleExpression", 256)?.filter(|text| !text.is_empty()),
            pattern: bounded(fields, "EventPattern", "eventPattern", 4096)?.filter(|text| !text.is_empty()),
            description: bounded(fields, "Description", "description", 512)?.filter(|text| !text.is_empty()),
            role: bounded(fields, "RoleArn", "roleArn", 1600)?.filter(|text| !text.is_empty()),
        };
        if trigger.schedule.is_none() && trigger.pattern.is_none() {
            return Err(fault::invalid(
                "Parameter(s) EventPattern or ScheduleExpression must be specified.",
            ));
        }
        if let Some(text) = &trigger.schedule {
            if bus != bus::DEFAULT {
                return Err(fault::invalid(
                    "ScheduleExpression is supported only on the default event bus.",
                ));
            }
            if schedule::judge(text) == schedule::Verdict::Refused {
                return Err(fault::invalid("Parameter ScheduleExpression is not valid."));
            }
        }
        if let Some(text) = &trigger.pattern {
            pattern::judge(text).map_err(fault::bad_pattern)?;
        }
        Ok(trigger)
    }
}

impl Rule {
    fn describe(&self) -> Map<String, Value> {
        let mut shown = Map::new();
        let mut put = |name: &str, value: &str| drop(shown.insert(name.into(), value.into()));
        put("Name", &self.name);
        put("Arn", &self.arn);
        put("State", &self.state);
        put("EventBusName", &self.bus);
        let Trigger {
            schedule,
            pattern,
            description,
            role,
        } = &self.trigger;
        let optional = [
            ("ScheduleExpression", schedule),
            ("EventPattern", pattern),
            ("Description", description),
            ("RoleArn", role),
            ("ManagedBy", &self.managed_by),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                put(name, value);
            }
        }
        shown
    }

    /// A rule that belongs to a service.
    fn managed(name: String, bus: &str, arn: String, pattern: String, owner: &str) -> Self {
        Self {
            name,
            bus: bus.to_owned(),
            arn,
            trigger: Trigger {
                schedule: None,
                pattern: Some(pattern),
                description: None,
                role: None,
            },
            state: "ENABLED".to_owned(),
            tags: BTreeMap::new(),
            managed_by: Some(owner.to_owned()),
            emptied: None,
            targets: BTreeMap::new(),
        }
    }

    /// Refuses a change of a rule that belongs to a service (`ManagedRuleException`).
    pub(super) fn check_unmanaged(&self) -> Result<(), Fault> {
        match &self.managed_by {
            Some(service) => Err(fault::managed(&self.name, service)),
            None => Ok(()),
        }
    }
}

/// The rule that a request names by `member`.
pub(super) fn find<'a>(world: &'a World, call: &Call, fields: &Fields<'_>, member: &str) -> Result<&'a Rule, Fault> {
    let key = key(world, call, fields, member)?;
    let rule = world.events.rules.get(&key);
    rule.ok_or_else(|| absent(&key))
}

/// The rule that a request names by `member`, to change it.
pub(super) fn find_mut<'a>(
    world: &'a mut World,
    call: &Call,
    fields: &Fields<'_>,
    member: &str,
) -> Result<&'a mut Rule, Fault> {
    let key = key(world, call, fields, member)?;
    world.events.rules.get_mut(&key).ok_or_else(|| absent(&key))
}

fn key(world: &World, call: &Call, fields: &Fields<'_>, member: &str) -> Result<String, Fault> {
    let spoken = if member == "Name" { "name" } else { "rule" };
    let name = rule_name(fields, member, spoken)?;
    let bus = bus::named(fields, "EventBusName")?;
    bus::check(world, call, bus)?;
    Ok(rule_key(&call.region, bus, name))
}

fn absent(key: &str) -> Fault {
    let mut parts = key.splitn(3, '/').skip(1);
    let (bus, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    fault::no_rule(name, bus)
}

pub(super) fn put(world: &mut World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let key = key(world, call, fields, "Name")?;
    let name = rule_name(fields, "Name", "name")?;
    let bus = bus::named(fields, "EventBusName")?;
    let trigger = Trigger::read(fields, bus)?;
    let state = constraint::one_of("state", fields.text("State")?.unwrap_or("ENABLED"), STATES)?.to_owned();
    if let Some(role) = &trigger.role {
        check_role(world, role)?;
    }
    if let Some(rule) = world.events.rules.get_mut(&key) {
        rule.check_unmanaged()?;
        // Tags of an existing rule are ignored here; TagResource is the way.
        rule.trigger = trigger;
        rule.state = state;
        return Ok(json!({ "RuleArn": rule.arn }));
    }
    if world.events.on_bus(&call.region, bus).count() >= MAX_RULES {
        return Err(fault::over_limit());
    }
    let mut rule = Rule {
        name: name.into(),
        bus: bus.into(),
        arn: arn(world, call, bus, name),
        trigger,
        state,
        tags: BTreeMap::new(),
        managed_by: None,
        emptied: None,
        targets: BTreeMap::new(),
    };
    tags::merge(&mut rule.tags, fields)?;
    let shown = json!({ "RuleArn": rule.arn });
    world.events.rules.insert(key, rule);
    Ok(shown)
}

/// The default bus does not show in the ARNs of its rules.
fn arn(world: &World, call: &Call, bus: &str, name: &str) -> String {
    let start = format!("arn:aws:events:{}:{}:rule", call.region, world.account);
    if bus == bus::DEFAULT {
        format!("{start}/{name}")
    } else {
        format!("{start}/{bus}/{name}")
    }
}

/// Refuses a role that EventBridge can't take on; callers retry this text while a role is new.
pub(super) fn check_role(world: &mut World, role: &str) -> Result<(), Fault> {
    // A new role becomes assumable by calls that take on roles, and this is one.
    world.clock.tick(Tempo::LambdaWrites);
    match world.iam.assumable_by(role, "events.amazonaws.com", &world.clock) {
        Ok(()) => Ok(()),
        Err(NotAssumable::Missing | NotAssumable::Fresh | NotAssumable::Untrusting) => Err(fault::invalid(format!(
            "Provided role '{role}' cannot be assumed by principal 'events.amazonaws.com'."
        ))),
    }
}

pub(super) fn describe(world: &World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let mut shown = find(world, call, fields, "Name")?.describe();
    shown.insert("CreatedBy".into(), json!(world.account));
    Ok(Value::Object(shown))
}

pub(super) fn list(world: &World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let prefix = fields.text("NamePrefix")?.unwrap_or_default();
    let bus = bus::named(fields, "EventBusName")?;
    bus::check(world, call, bus)?;
    let rules = world
        .events
        .on_bus(&call.region, bus)
        .filter(|rule| rule.name.starts_with(prefix));
    page(
        fields,
        "Rules",
        rules.map(|rule| (rule.name.clone(), Value::Object(rule.describe()))),
    )
}

pub(super) fn switch(world: &mut World, call: &Call, fields: &Fields<'_>, state: &str) -> Result<Value, Fault> {
    let rule = find_mut(world, call, fields, "Name")?;
    rule.check_unmanaged()?;
    rule.state = state.into();
    Ok(nothing())
}

pub(super) fn delete(world: &mut World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let key = key(world, call, fields, "Name")?;
    let Some(rule) = world.events.rules.get(&key) else {
        // A rule that isn't there is deleted with success; only an absent bus is an error.
        return Ok(nothing());
    };
    if !fields.flag("Force")? {
        rule.check_unmanaged()?;
    }
    if !rule.targets.is_empty() || !world.has_spread(rule.emptied) {
        return Err(fault::invalid("Rule can't be deleted since it has targets."));
    }
    world.events.rules.remove(&key);
    Ok(nothing())
}

fn of_archive(archive: &str) -> String {
    format!("Events-Archive-{archive}")
}

/// The rule that brings a bus's events into an archive: all that are no replays (EventBridge user guide, "Archiving events").
pub(super) fn keep_for_archive(
    world: &mut World,
    call: &Call,
    bus: &str,
    archive: &str,
    pattern: Option<&str>,
    owner: &str,
) {
    let name = of_archive(archive);
    let mut wanted: Map<String, Value> = pattern
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    wanted.insert("replay-name".into(), json!([{ "exists": false }]));
    let arn = arn(world, call, bus, &name);
    let mut rule = Rule::managed(name.clone(), bus, arn, Value::Object(wanted).to_string(), owner);
    let archive_arn = format!("arn:aws:events:{}:{}:archive/{archive}", call.region, world.account);
    let template = format!(
        "{{\"archive-arn\": \"{archive_arn}\", \"event\": <aws.events.event.json>, \"ingestion-time\": \
         <aws.events.event.ingestion-time>}}"
    );
    let target = json!({
        "Id": name, "Arn": format!("arn:aws:events:{}:::", call.region),
        "InputTransformer": { "InputPathsMap": {}, "InputTemplate": template },
    });
    if let Value::Object(target) = target {
        rule.targets.insert(name.clone(), target);
    }
    world.events.rules.insert(rule_key(&call.region, bus, &name), rule);
}

/// Takes an archive's rule away with it.
pub(super) fn drop_for_archive(world: &mut World, call: &Call, bus: &str, archive: &str) {
    let key = rule_key(&call.region, bus, &of_archive(archive));
    world.events.rules.remove(&key);
}
