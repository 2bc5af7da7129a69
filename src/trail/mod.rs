//! Who changed a thing: which events of CloudTrail explain a difference, and how they are told.
//!
//! Invariant: pure. Nothing is blamed on an event that touched something else: an event explains a difference only when
//! it succeeded, changes something, names the thing, and is about one of the fields that differ. Time is passed in.

mod actor;
#[cfg(test)]
mod tests;
mod topic;

use std::collections::BTreeSet;

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::address::Address;
use crate::fields::FieldPath;
use crate::kinds::KindName;
use crate::names::{Arn, Partition, Region};

/// A thing that is not as the file says, and where its events are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect {
    /// How reports call it.
    pub address: Address,
    /// How AWS calls it.
    pub arn: Arn,
    /// Where it is; events of IAM are elsewhere.
    pub region: Region,
    /// What differs.
    pub differs: Differs,
}

/// What of a thing is to be explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Differs {
    /// These fields.
    Fields(Vec<FieldPath>),
    /// It is not there.
    Gone,
    /// It is there and should not be.
    Made,
}

/// One event that explains a difference.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Deed {
    /// Who: `role/admin (erika)`, `user/tom`, `root`, a service of AWS.
    pub actor: String,
    /// The call, without the version that Lambda's carry: `AttachRolePolicy`.
    pub event: String,
    /// When, in RFC 3339, to the second.
    pub time: String,
    /// How long that was before the report: `3 h ago`.
    pub ago: String,
    /// CloudTrail's id of the event.
    pub id: String,
}

impl std::fmt::Display for Deed {
    /// As a line of a report tells it: `by role/admin (erika), 3 h ago, AttachRolePolicy`, with the time itself.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            actor,
            event,
            time,
            ago,
            id: _,
        } = self;
        write!(f, "by {actor}, {ago} ({time}), {event}")
    }
}

/// How long ago something was, in the largest unit that tells it.
#[must_use]
pub fn ago(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let minutes = (now - at).whole_minutes();
    match minutes {
        ..1 => "just now".to_owned(),
        1..60 => format!("{minutes} min ago"),
        60..2880 => format!("{} h ago", minutes / 60),
        _ => format!("{} days ago", minutes / 1440),
    }
}

/// What events explain of a thing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explained {
    /// The events.
    pub deeds: Vec<Deed>,
    /// Whether nothing is left to explain.
    pub wholly: bool,
}

/// What is asked of CloudTrail about one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Where.
    pub region: Region,
    /// The values of `ResourceName` to try, in this order.
    pub names: Vec<String>,
    /// The service whose events are looked through where none of the names finds anything.
    pub source: Option<&'static str>,
}

impl Suspect {
    /// Where and by what its events are found. `None` where IAM's home can't be told.
    #[must_use]
    pub fn question(&self) -> Option<Question> {
        let (arn, name) = (self.arn.to_string(), self.name().to_owned());
        let (region, names, source) = match self.address.kind {
            // A policy is called by its ARN in all events but the one that makes it.
            KindName::Policy | KindName::OidcProvider => (iam_home(self.arn.partition())?, vec![arn, name], None),
            KindName::Account => (iam_home(self.arn.partition())?, Vec::new(), Some("iam.amazonaws.com")),
            KindName::User | KindName::Group | KindName::Role | KindName::ServiceLinkedRole => {
                (iam_home(self.arn.partition())?, vec![name, arn], None)
            }
            KindName::Bucket | KindName::BucketPolicy => (self.region.clone(), vec![name, arn], None),
            // What events of these services name as resources is not documented, so their own parameters are read.
            KindName::Lambda => (self.region.clone(), vec![name], Some("lambda.amazonaws.com")),
            KindName::Rule | KindName::EventBus => (self.region.clone(), vec![name], Some("events.amazonaws.com")),
        };
        Some(Question { region, names, source })
    }

    /// The last part of the ARN, without path, bus or type.
    fn name(&self) -> &str {
        let resource = self.arn.as_str().splitn(6, ':').nth(5).unwrap_or_default();
        let last = resource.rsplit('/').next().unwrap_or(resource);
        last.strip_prefix("function:").unwrap_or(last)
    }

    /// For each difference the newest event that explains it, each event once, newest first. `events` are as CloudTrail
    /// gave them out, newest first.
    #[must_use]
    pub fn explained(&self, events: &[Event], now: OffsetDateTime) -> Explained {
        let parts: Vec<Differs> = match &self.differs {
            Differs::Fields(paths) => paths.iter().map(|path| Differs::Fields(vec![path.clone()])).collect(),
            whole @ (Differs::Gone | Differs::Made) => vec![whole.clone()],
        };
        let found: Vec<Option<usize>> = parts
            .iter()
            .map(|part| events.iter().position(|event| self.is_explained_by(event, part)))
            .collect();
        let wholly = found.iter().all(Option::is_some);
        let newest: BTreeSet<usize> = found.into_iter().flatten().collect();
        let deeds = newest
            .into_iter()
            .filter_map(|at| events.get(at))
            .map(|event| event.deed(now));
        Explained {
            deeds: deeds.collect(),
            wholly,
        }
    }

    fn is_explained_by(&self, event: &Event, differs: &Differs) -> bool {
        let record = &event.record;
        let failed = record.get("errorCode").is_some_and(|code| !code.is_null());
        let reads = record.get("readOnly").and_then(Value::as_bool) == Some(true);
        let is_about_it = !failed && !reads && self.is_named_by(record);
        is_about_it && topic::explains(self.address.kind, &event.name, differs, record)
    }

    /// Whether the event's own parameters are about this thing. Some events name several: an attached policy has events of
    /// its role under its name.
    fn is_named_by(&self, record: &Value) -> bool {
        let asked = record.get("requestParameters");
        let text = |name: &str| asked.and_then(|asked| asked.get(name)).and_then(Value::as_str);
        let (name, arn) = (self.name(), self.arn.as_str());
        let is = |member: &str| text(member).is_some_and(|text| text.eq_ignore_ascii_case(name) || text == arn);
        match self.address.kind {
            KindName::User => is("userName"),
            KindName::Group => is("groupName"),
            KindName::Role => is("roleName"),
            KindName::ServiceLinkedRole => {
                is("roleName") || text("aWSServiceName").is_some_and(|service| arn.contains(service))
            }
            KindName::Policy => is("policyArn") || (is("policyName") && text("policyArn").is_none()),
            KindName::OidcProvider => {
                let made = text("url").map(|url| url.trim_start_matches("https://"));
                is("openIDConnectProviderArn") || made.is_some_and(|url| arn.ends_with(url))
            }
            KindName::Account => true,
            KindName::Bucket | KindName::BucketPolicy => is("bucketName"),
            KindName::Lambda => {
                let function = text("functionName").or(text("resource")).unwrap_or_default();
                let function = function.rsplit(":function:").next().unwrap_or_default();
                function.split(':').next() == Some(name)
            }
            KindName::Rule => {
                (is("name") || is("rule") || is("resourceARN")) && self.is_on_its_bus(text("eventBusName"))
            }
            KindName::EventBus => {
                is("name")
                    || is("eventBusName")
                    || is("resourceARN")
                    || (name == "default" && text("eventBusName").is_none())
            }
        }
    }

    fn is_on_its_bus(&self, named: Option<&str>) -> bool {
        let named = named.map_or("default", |bus| bus.rsplit('/').next().unwrap_or(bus));
        let resource = self.arn.as_str().rsplit(':').next().unwrap_or_default();
        let parts: Vec<&str> = resource.split('/').collect();
        match parts.as_slice() {
            ["rule", bus, _] => *bus == named,
            _ => named == "default",
        }
    }
}

/// Where the events of IAM are.
fn iam_home(partition: Partition) -> Option<Region> {
    let region = match partition.to_string().as_str() {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws" => "us-east-1",
        _ => return None,
    };
    Region::parse(region).ok()
}

/// One event as CloudTrail gives it out.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// The call.
    pub name: String,
    /// When.
    pub at: OffsetDateTime,
    /// Its `Username`, which may be empty.
    pub user: String,
    /// The record itself.
    pub record: Value,
}

impl Event {
    fn deed(&self, now: OffsetDateTime) -> Deed {
        let at = self.at.to_offset(time::UtcOffset::UTC).truncate_to_second();
        Deed {
            actor: actor::of(&self.record, &self.user),
            event: topic::bare(&self.name).to_owned(),
            time: at.format(&Rfc3339).unwrap_or_default(),
            ago: ago(self.at, now),
            id: self.id.clone(),
        }
    }
}
