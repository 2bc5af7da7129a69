//! What a bucket tells others of its objects.
//!
//! Invariant: a notification is known by its id; ids that S3 made up for others are kept. Whether EventBridge is told is
//! a field of its own, but AWS has one configuration of both.

mod event;
mod lower;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::fields::{FieldValue, Shown};
use crate::names::Arn;

pub use self::event::EventName;
pub(super) use self::lower::{Lowered, SHAPE, invocations, lower};

/// One notification, without its id, by which it is kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Notification {
    /// Who is told.
    pub destination: Destination,
    /// Of what.
    pub events: std::collections::BTreeSet<EventName>,
    /// About objects whose keys begin so.
    pub prefix: String,
    /// About objects whose keys end so.
    pub suffix: String,
}

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// A function; it must let S3 in.
    Lambda(Arn),
    /// A queue of SQS.
    Queue(Arn),
    /// A topic of SNS.
    Topic(Arn),
}

impl Destination {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> &Arn {
        match self {
            Self::Lambda(arn) | Self::Queue(arn) | Self::Topic(arn) => arn,
        }
    }

    /// Its key in the file.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Lambda(_) => "lambda",
            Self::Queue(_) => "queue",
            Self::Topic(_) => "topic",
        }
    }
}

impl FieldValue for Notification {
    fn show(&self) -> Option<Shown> {
        let events: Vec<_> = self.events.iter().map(EventName::as_str).collect();
        let mut shown = format!("{} to {}", events.join(", "), self.destination.arn());
        if !self.prefix.is_empty() {
            shown += &format!(", under {}", self.prefix);
        }
        if !self.suffix.is_empty() {
            shown += &format!(", ending in {}", self.suffix);
        }
        Some(Shown::Text(shown))
    }
}

/// All that AWS keeps in a bucket's one configuration of notifications.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// By id.
    pub notifications: BTreeMap<String, Notification>,
    /// Whether EventBridge is told of everything; the field `eventbridge` of a bucket.
    pub eventbridge: bool,
}

/// The notifications in the form of the file.
pub(super) fn spell(notifications: &BTreeMap<String, Notification>) -> Json {
    let spelled = notifications.iter().map(|(id, one)| (id.clone(), spell_one(one)));
    Json::Object(spelled.collect())
}

fn spell_one(notification: &Notification) -> Json {
    let Notification {
        destination,
        events,
        prefix,
        suffix,
    } = notification;
    let mut spelled = Map::new();
    spelled.insert(destination.key().into(), json!(destination.arn()));
    spelled.insert("events".into(), json!(events));
    for (key, text) in [("prefix", prefix), ("suffix", suffix)] {
        if !text.is_empty() {
            spelled.insert(key.into(), json!(text));
        }
    }
    Json::Object(spelled)
}
