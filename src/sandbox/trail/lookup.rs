//! `LookupEvents`.
//!
//! Invariant: newest first, of one Region and the last 90 days, by at most one attribute; a token goes on behind the last
//! event that was shown, also when newer ones have come.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::{Value, json};

use super::record::Event;
use crate::sandbox::members::{Fields, undecodable};
use crate::sandbox::{Call, Fault, World};

/// API reference, LookupEvents: events of the last 90 days.
const DAYS: i64 = 90;

fn invalid(code: &str, message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, code, message)
}

/// What is asked for.
struct Asked<'a> {
    attribute: Option<(&'a str, &'a str)>,
    from: Option<i64>,
    until: Option<i64>,
    size: usize,
    after: Option<String>,
}

pub(super) fn events(world: &mut World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let asked = Asked {
        attribute: attribute(fields)?,
        from: moment(fields, "StartTime")?,
        until: moment(fields, "EndTime")?,
        size: size(fields)?,
        after: after(fields)?,
    };
    if let (Some(from), Some(until)) = (asked.from, asked.until)
        && from > until
    {
        return Err(invalid(
            "InvalidTimeRangeException",
            "Time range is not valid. Please make sure that the start time is before the end time.",
        ));
    }
    let oldest = world.clock.now().epoch().saturating_sub(DAYS * 86_400);
    let all = world.trail.log.seen(&world.clock);
    let here = all.filter(|event| event.region == call.region && event.at.epoch() >= oldest);
    let mut found = here.filter(|event| asked.admits(event));
    let mut shown = Vec::new();
    let mut last = None;
    if let Some(after) = &asked.after
        && !found.any(|event| event.id == *after)
    {
        return Err(bad_token());
    }
    for event in found.by_ref().take(asked.size) {
        last = Some(event.id.clone());
        shown.push(show(event));
    }
    let mut answer = json!({ "Events": shown });
    if let (Some(last), Some(_), Some(answer)) = (last, found.next(), answer.as_object_mut()) {
        answer.insert("NextToken".to_owned(), json!(STANDARD.encode(last)));
    }
    Ok(answer)
}

impl Asked<'_> {
    fn admits(&self, event: &Event) -> bool {
        let at = event.at.epoch();
        let in_time = self.from.is_none_or(|from| at >= from) && self.until.is_none_or(|until| at <= until);
        in_time && self.attribute.is_none_or(|(key, value)| has(event, key, value))
    }
}

fn has(event: &Event, key: &str, value: &str) -> bool {
    match key {
        "EventId" => event.id == value,
        "EventName" => event.name == value,
        "ReadOnly" => value == "false",
        "Username" => event.user == value,
        "ResourceType" => event.resources.iter().any(|(kind, _)| kind == value),
        "ResourceName" => event.resources.iter().any(|(_, name)| name == value),
        "EventSource" => event.source == value,
        _ => event.access_key == value,
    }
}

/// API reference, LookupAttribute: the keys that there are.
const KEYS: [&str; 8] = [
    "EventId",
    "EventName",
    "ReadOnly",
    "Username",
    "ResourceType",
    "ResourceName",
    "EventSource",
    "AccessKeyId",
];

fn attribute<'a>(fields: &Fields<'a>) -> Result<Option<(&'a str, &'a str)>, Fault> {
    let list = fields.list("LookupAttributes")?.map_or(&[][..], Vec::as_slice);
    let refused = |message: &str| Err(invalid("InvalidLookupAttributesException", message));
    match list {
        [] => Ok(None),
        [one] => {
            let one = one.as_object().ok_or_else(|| undecodable("LookupAttributes"))?;
            let one = Fields::new(one);
            match (one.text("AttributeKey")?, one.text("AttributeValue")?) {
                (Some(key), Some(value)) if KEYS.contains(&key) && !value.is_empty() => Ok(Some((key, value))),
                (Some(key), Some(_)) if KEYS.contains(&key) => refused("Attribute value cannot be empty."),
                _ => refused("Lookup attribute is not valid."),
            }
        }
        // API reference, LookupEvents: "Currently the list can contain only one item."
        _ => refused("You can only specify one lookup attribute at a time."),
    }
}

/// JSON 1.1 writes moments as seconds since 1970, with or without a fraction.
fn moment(fields: &Fields<'_>, name: &str) -> Result<Option<i64>, Fault> {
    match fields.whole().get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let seconds = value.as_i64().or_else(|| {
                let text = value.as_f64()?.trunc().to_string();
                text.parse().ok()
            });
            seconds.map(Some).ok_or_else(|| undecodable(name))
        }
    }
}

fn size(fields: &Fields<'_>) -> Result<usize, Fault> {
    match fields.number("MaxResults")? {
        None => Ok(50),
        Some(number @ 1..=50) => Ok(usize::try_from(number).unwrap_or(50)),
        Some(_) => Err(invalid(
            "InvalidMaxResultsException",
            "Max results value is not valid. It must be between 1 and 50.",
        )),
    }
}

fn bad_token() -> Fault {
    invalid("InvalidNextTokenException", "The next token is not valid.")
}

fn after(fields: &Fields<'_>) -> Result<Option<String>, Fault> {
    let Some(token) = fields.text("NextToken")? else {
        return Ok(None);
    };
    let text = STANDARD
        .decode(token)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    text.map(Some).ok_or_else(bad_token)
}

fn show(event: &Event) -> Value {
    let resources: Vec<Value> = event
        .resources
        .iter()
        .map(|(kind, name)| json!({ "ResourceType": kind, "ResourceName": name }))
        .collect();
    json!({
        "EventId": event.id, "EventName": event.name, "ReadOnly": "false", "AccessKeyId": event.access_key,
        "EventTime": event.at.epoch(), "EventSource": event.source, "Username": event.user,
        "Resources": resources, "CloudTrailEvent": event.record,
    })
}
