//! EventBridge of the simulated account: rules, targets and buses, per Region.
//!
//! Invariant: a rule lives on exactly one bus, the default bus of a Region is always there, and texts (schedules, patterns,
//! inputs) are kept as they came. No event is ever delivered.

mod archive;
mod bus;
mod event;
mod fault;
mod matching;
mod model;
mod pattern;
mod permission;
mod rule;
mod schedule;
mod shape;
mod tags;
mod target;

use serde_json::{Map, Value, json};

use super::constraint;
use super::members::{self, Fields};
use super::paging;
use super::{Call, Fault, Reply, Stored, Table, World};
use archive::Archive;
use bus::Bus;
use rule::Rule;

/// EventBridge's state. Keys begin with the Region, since nothing is shared between Regions.
#[derive(Debug)]
pub struct State {
    archives: Table<Archive>,
    buses: Table<Bus>,
    rules: Table<Rule>,
}

impl State {
    /// Nothing but the default buses.
    #[must_use]
    pub fn new() -> Self {
        Self {
            archives: Table::new("events/archives"),
            buses: Table::new("events/buses"),
            rules: Table::new("events/rules"),
        }
    }

    /// The policy of the bus with this ARN.
    pub(super) fn policy_of(&self, arn: &str) -> Option<String> {
        let mut parts = arn.splitn(6, ':').skip(3);
        let (region, name) = (parts.next()?, parts.nth(1)?.strip_prefix("event-bus/")?);
        self.buses.get(&bus_key(region, name))?.policy()
    }

    /// The tables that the core loads and saves.
    pub fn tables(&mut self) -> Vec<&mut dyn Stored> {
        vec![&mut self.archives, &mut self.buses, &mut self.rules]
    }

    /// The rules of one bus by name.
    fn on_bus<'a>(&'a self, region: &str, bus: &str) -> impl Iterator<Item = &'a Rule> + use<'a> {
        let prefix = rule_key(region, bus, "");
        let rules = self.rules.from(&prefix);
        rules
            .take_while(move |(key, _)| key.starts_with(&prefix))
            .map(|(_, rule)| rule)
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}

fn bus_key(region: &str, bus: &str) -> String {
    format!("{region}/{bus}")
}

fn rule_key(region: &str, bus: &str, rule: &str) -> String {
    format!("{region}/{bus}/{rule}")
}

/// Answers one call.
///
/// # Errors
/// Every refusal, as AWS words it.
pub fn answer(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    let fields = Fields::new(&body);
    let operation = call.operation.as_deref().unwrap_or_default();
    shape::check(model::members(operation), &body)?;
    let shown = match operation {
        "PutRule" => rule::put(world, call, &fields),
        "DescribeRule" => rule::describe(world, call, &fields),
        "DeleteRule" => rule::delete(world, call, &fields),
        "ListRules" => rule::list(world, call, &fields),
        "EnableRule" => rule::switch(world, call, &fields, "ENABLED"),
        "DisableRule" => rule::switch(world, call, &fields, "DISABLED"),
        "PutTargets" => target::put(world, call, &fields),
        "RemoveTargets" => target::remove(world, call, &fields),
        "ListTargetsByRule" => target::list(world, call, &fields),
        "ListRuleNamesByTarget" => target::rule_names(world, call, &fields),
        "TagResource" => tags::tag(world, call, &fields),
        "UntagResource" => tags::untag(world, call, &fields),
        "ListTagsForResource" => tags::list(world, call, &fields),
        "PutEvents" => event::put(world, &fields),
        "TestEventPattern" => event::test(&fields),
        _ => of_buses(world, call, &fields, operation),
    };
    shown.map(|shown| Reply::json11(&shown))
}

fn of_buses(world: &mut World, call: &Call, fields: &Fields<'_>, operation: &str) -> Result<Value, Fault> {
    match operation {
        "CreateEventBus" => bus::create(world, call, fields),
        "DescribeEventBus" => bus::describe(world, call, fields),
        "UpdateEventBus" => bus::update(world, call, fields),
        "DeleteEventBus" => bus::delete(world, call, fields),
        "ListEventBuses" => bus::list(world, call, fields),
        "PutPermission" => permission::put(world, call, fields),
        "RemovePermission" => permission::remove(world, call, fields),
        "CreateArchive" => archive::create(world, call, fields),
        "DescribeArchive" => archive::describe(world, call, fields),
        "UpdateArchive" => archive::update(world, call, fields),
        "DeleteArchive" => archive::delete(world, call, fields),
        "ListArchives" => archive::list(world, call, fields),
        _ => never_there(call, fields, operation),
    }
}

/// Things that EventBridge has and the sandbox's account never holds: their lists are empty.
fn never_there(call: &Call, fields: &Fields<'_>, operation: &str) -> Result<Value, Fault> {
    const LISTS: [(&str, &str); 6] = [
        ("ListApiDestinations", "ApiDestinations"),
        ("ListConnections", "Connections"),
        ("ListEndpoints", "Endpoints"),
        ("ListEventSources", "EventSources"),
        ("ListPartnerEventSources", "PartnerEventSources"),
        ("ListReplays", "Replays"),
    ];
    if let Some((_, list)) = LISTS.iter().find(|(name, _)| *name == operation) {
        return Ok(json!({ *list: [] }));
    }
    let named = fields
        .text("Name")
        .ok()
        .flatten()
        .or(fields.text("ReplayName").ok().flatten());
    let name = named.unwrap_or_default();
    match operation {
        "DescribeConnection" => Err(fault::not_found(format!(
            "Failed to describe the connection(s). Connection '{name}' does not exist."
        ))),
        "DescribeApiDestination" => Err(fault::not_found(format!(
            "Failed to describe the api-destination(s). An api-destination '{name}' does not exist."
        ))),
        "DescribeReplay" => Err(fault::not_found(format!("Replay {name} does not exist."))),
        "DescribeEndpoint" => Err(fault::not_found(format!("Endpoint {name} does not exist."))),
        "DescribeEventSource" | "DescribePartnerEventSource" => {
            Err(fault::not_found(format!("Event source {name} does not exist.")))
        }
        _ => Err(Fault::unknown_operation(call)),
    }
}

/// One page of a list, under the name that the answer gives it; items come with their keys.
fn page(fields: &Fields<'_>, name: &str, all: impl IntoIterator<Item = (String, Value)>) -> Result<Value, Fault> {
    const MOST: usize = 100;
    let size = match fields.number("Limit")? {
        Some(limit) => usize::try_from(constraint::within("limit", limit, 1..=100)?).unwrap_or(MOST),
        None => MOST,
    };
    let page = paging::cut(all, fields.text("NextToken")?, size);
    let page = page.map_err(|_| fault::invalid("Parameter NextToken is not valid."))?;
    let mut shown = json!({ name: page.items });
    if let (Some(next), Some(shown)) = (page.next, shown.as_object_mut()) {
        shown.insert("NextToken".into(), json!(next));
    }
    Ok(shown)
}

/// A required text, by the model's name and the one that messages use.
fn required<'a>(fields: &Fields<'a>, name: &str, spoken: &str) -> Result<&'a str, Fault> {
    fields.text(name)?.ok_or_else(|| constraint::missing(spoken))
}

/// A required name of a rule.
fn rule_name<'a>(fields: &Fields<'a>, member: &str, spoken: &str) -> Result<&'a str, Fault> {
    let name = required(fields, member, spoken)?;
    constraint::matching(spoken, name, model::is_name, r"[\.\-_A-Za-z0-9]+")?;
    constraint::at_most(spoken, name, 64)
}

/// An optional text within the model's length.
fn bounded(fields: &Fields<'_>, member: &str, spoken: &str, most: usize) -> Result<Option<String>, Fault> {
    match fields.text(member)? {
        Some(text) => constraint::at_most(spoken, text, most).map(|text| Some(text.to_owned())),
        None => Ok(None),
    }
}

fn nothing() -> Value {
    Value::Object(Map::new())
}

#[cfg(test)]
mod tests;
