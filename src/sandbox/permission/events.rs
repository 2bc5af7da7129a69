//! What calls to EventBridge ask leave for (service authorization reference, "Actions, resources, and condition keys for
//! Amazon EventBridge").

use serde_json::Value;

use super::asked::{Asked, pass_role};
use crate::sandbox::{Call, World};

pub(super) fn of(world: &World, call: &Call, operation: &str) -> Vec<Asked> {
    if operation.is_empty() {
        return Vec::new();
    }
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let resource = resource(world, call, operation, &body);
    let tags = tags(&body);
    let asked = Asked::new(format!("events:{operation}"), &resource)
        .with("events:TargetArn", targets(&body, "Arn"))
        .with("events:source", sources(&body))
        .tagging(&tags);
    let mut all = vec![asked];
    let is_made = matches!(operation, "PutRule" | "CreateEventBus");
    if is_made && !tags.is_empty() {
        all.push(Asked::new("events:TagResource", resource).tagging(&tags));
    }
    // Rules and targets with a role are handed it (service authorization reference, dependent actions).
    let role = text(&body, "RoleArn").map(str::to_owned);
    let mut roles: Vec<String> = role.into_iter().chain(targets(&body, "RoleArn")).collect();
    roles.sort();
    roles.dedup();
    if matches!(operation, "PutRule" | "PutTargets") {
        all.extend(roles.iter().map(|role| pass_role(role, "events.amazonaws.com")));
    }
    all
}

fn text<'a>(body: &'a Value, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn listed<'a>(body: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    body.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn targets(body: &Value, member: &str) -> Vec<String> {
    let members = listed(body, "Targets").filter_map(|target| text(target, member));
    members.map(str::to_owned).collect()
}

fn sources(body: &Value) -> Vec<String> {
    let members = listed(body, "Entries").filter_map(|entry| text(entry, "Source"));
    members.map(str::to_owned).collect()
}

fn tags(body: &Value) -> Vec<(String, String)> {
    let pair = |tag: &Value| {
        Some((
            text(tag, "Key")?.to_owned(),
            text(tag, "Value").unwrap_or_default().to_owned(),
        ))
    };
    listed(body, "Tags").filter_map(pair).collect()
}

fn resource(world: &World, call: &Call, operation: &str, body: &Value) -> String {
    let start = format!("arn:aws:events:{}:{}", call.region, world.account);
    let bus = |name: Option<&str>| {
        let name = name.map(|name| name.rsplit(":event-bus/").next().unwrap_or(name));
        format!("{start}:event-bus/{}", name.unwrap_or("default"))
    };
    let name = text(body, "Name").or(text(body, "Rule"));
    match operation {
        "PutRule" | "DescribeRule" | "DeleteRule" | "EnableRule" | "DisableRule" | "PutTargets" | "RemoveTargets"
        | "ListTargetsByRule" => rule(&start, text(body, "EventBusName"), name.unwrap_or_default()),
        "ListRules" => rule(&start, text(body, "EventBusName"), "*"),
        "TagResource" | "UntagResource" | "ListTagsForResource" => text(body, "ResourceARN").unwrap_or("*").to_owned(),
        "CreateEventBus" | "DeleteEventBus" | "UpdateEventBus" | "DescribeEventBus" => bus(text(body, "Name")),
        "PutPermission" | "RemovePermission" => bus(text(body, "EventBusName")),
        "ListEventBuses" => format!("{start}:event-bus/*"),
        "PutEvents" => bus(listed(body, "Entries").find_map(|entry| text(entry, "EventBusName"))),
        "CreateArchive" | "DeleteArchive" | "DescribeArchive" | "UpdateArchive" => {
            format!("{start}:archive/{}", text(body, "ArchiveName").unwrap_or_default())
        }
        _ => "*".to_owned(),
    }
}

/// A rule of the default bus has no bus in its ARN.
fn rule(start: &str, bus: Option<&str>, name: &str) -> String {
    let bus = bus.map(|bus| bus.rsplit(":event-bus/").next().unwrap_or(bus));
    match bus.filter(|bus| *bus != "default") {
        Some(bus) => format!("{start}:rule/{bus}/{name}"),
        None => format!("{start}:rule/{name}"),
    }
}
