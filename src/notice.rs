//! The event that tells others of drift: `evenkeel.drift`, for EventBridge.
//!
//! Invariant: pure; equal reports give equal bytes. The event fits into what EventBridge takes: detail is left out first,
//! and what was left out is said. No secret is in it.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use crate::drift::{Difference, Drift, Standing, Thing};
use crate::fields::Shown;
use crate::spec::source::Place;

/// The event's `Source`.
pub const SOURCE: &str = "evenkeel";
/// The event's `DetailType`.
pub const DETAIL_TYPE: &str = "evenkeel.drift";
/// The version of the detail: new members may come, none changes its meaning.
pub const VERSION: u32 = 1;

/// EventBridge user guide, "Calculating PutEvents event entry size": an entry has to be below 256 KB, source and type of
/// detail included, where a bus has not been given more. Some room is left for what EventBridge wraps around it.
const MOST: usize = 240 * 1024;

/// The longest value that is told.
const LONGEST_VALUE: usize = 256;

/// How an event's report ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// As the file says.
    Clean,
    /// Something moved.
    Drift,
    /// Something could not be read; besides, something may have moved.
    Incomplete,
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Drift => "drift",
            Self::Incomplete => "incomplete",
        }
    }
}

/// How much is said of each thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Detail {
    /// Fields with their values.
    Values,
    /// Fields by name.
    Fields,
    /// Address and how it stands.
    Lines,
}

/// The event's `Detail`, as JSON text.
#[must_use]
pub fn detail(drift: &Drift, status: Status) -> String {
    for level in [Detail::Values, Detail::Fields, Detail::Lines] {
        let text = whole(drift, status, level, usize::MAX).to_string();
        if text.len() <= MOST {
            return text;
        }
    }
    // Thousands of things: as many lines as there is room for, and how many there are besides.
    let room = MOST.saturating_sub(8 * 1024);
    let (mut used, mut fit) = (0, 0);
    for thing in told(drift) {
        used += line(thing, Detail::Lines).to_string().len() + 1;
        if used > room {
            break;
        }
        fit += 1;
    }
    whole(drift, status, Detail::Lines, fit).to_string()
}

fn told(drift: &Drift) -> impl Iterator<Item = &Thing> {
    drift
        .things
        .iter()
        .filter(|thing| thing.standing != Standing::AsWritten)
}

fn whole(drift: &Drift, status: Status, level: Detail, most: usize) -> Value {
    let told: Vec<&Thing> = told(drift).collect();
    let things: Vec<Value> = told.iter().take(most).map(|thing| line(thing, level)).collect();
    let unmanaged = drift.unmanaged.iter();
    let open = unmanaged.filter(|one| one.is_finding());
    let unmanaged: Vec<String> = match most {
        usize::MAX => open.map(|one| one.address.to_string()).collect(),
        _ => Vec::new(),
    };
    let left_out = match level {
        Detail::Values => "nothing",
        Detail::Fields => "values",
        Detail::Lines if things.len() == told.len() => "fields",
        Detail::Lines => "things",
    };
    let header = &drift.header;
    json!({
        "version": VERSION,
        "environment": header.environment,
        "account": header.account,
        "region": header.region,
        "bases": drift.bases,
        "status": status.word(),
        "counts": drift.counts(),
        "things": things,
        "unmanaged": unmanaged,
        "unlisted": drift.unlisted.keys().map(ToString::to_string).collect::<Vec<String>>(),
        "truncated": level != Detail::Values,
        "left_out": left_out,
        "things_left_out": told.len().saturating_sub(things.len()),
    })
}

fn line(thing: &Thing, level: Detail) -> Value {
    let mut line = Map::new();
    line.insert("address".to_owned(), json!(thing.address.to_string()));
    line.insert("standing".to_owned(), json!(thing.standing));
    if let Some(class) = thing.gravest() {
        line.insert("class".to_owned(), json!(class));
    }
    if level == Detail::Lines {
        return Value::Object(line);
    }
    let fields: Vec<Value> = thing.differences.iter().map(|one| field(one, level)).collect();
    line.insert("fields".to_owned(), Value::Array(fields));
    let unknown: Vec<String> = thing.unknown.iter().map(|(path, _)| path.to_string()).collect();
    if !unknown.is_empty() {
        line.insert("unknown".to_owned(), json!(unknown));
    }
    if let Some(place) = &thing.origin {
        line.insert("place".to_owned(), json!(Place::to_string(place)));
    }
    let by: Vec<Value> = thing
        .by
        .iter()
        .map(|deed| json!({ "actor": deed.actor, "event": deed.event, "time": deed.time }))
        .collect();
    if !by.is_empty() {
        line.insert("by".to_owned(), Value::Array(by));
    }
    Value::Object(line)
}

fn field(one: &Difference, level: Detail) -> Value {
    let mut field = Map::new();
    field.insert("path".to_owned(), json!(one.path));
    field.insert("class".to_owned(), json!(one.class));
    if level == Detail::Values {
        field.insert("live".to_owned(), json!(value(one.live.as_ref())));
        field.insert("file".to_owned(), json!(value(one.file.as_ref())));
    }
    Value::Object(field)
}

fn value(shown: Option<&Shown>) -> Option<String> {
    let line = shown?.to_line();
    if line.len() <= LONGEST_VALUE {
        return Some(line);
    }
    let short: String = line.chars().take(LONGEST_VALUE / 4).collect();
    Some(format!("{short}…"))
}
