//! Asking CloudTrail who changed what.
//!
//! Invariant: at most two lookups a second and region, as AWS allows, and so many in all; whatever goes wrong becomes a
//! note and nothing else, since who did it is not what is reported.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use aws_sdk_cloudtrail::error::ProvideErrorMetadata as _;
use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use futures_util::future::join_all;
use time::OffsetDateTime;
use tokio::time::Instant;

use crate::address::Address;
use crate::names::Region;
use crate::trail::{Deed, Event, Question, Suspect};

use super::{Aws, call_error};

/// How many things are looked up at most; more than fifty would take half a minute and nobody reads on.
pub const MOST: usize = 50;

/// Pages of one thing's events, of 50 each: what lies further back was hidden by 150 newer ones.
const PAGES: usize = 3;

/// Pages of a whole service's events in a region.
const PAGES_OF_SERVICE: usize = 6;

/// API reference, LookupEvents: "limited to two per second, per account, per Region".
const PER_SECOND: usize = 2;

/// What CloudTrail told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Who changed which thing.
    pub deeds: BTreeMap<Address, Vec<Deed>>,
    /// What could not be told, and why.
    pub notes: Vec<String>,
}

/// Who made these things differ, as told at a moment. The first [`MOST`] are looked up.
pub async fn who(aws: &Aws, suspects: &[Suspect], now: OffsetDateTime) -> Told {
    let mut told = Told::default();
    let asked = suspects.get(..MOST).unwrap_or(suspects);
    if suspects.len() > MOST {
        told.notes.push(format!(
            "who changed it was looked up for the first {MOST} things; {} are left out",
            suspects.len() - MOST
        ));
    }
    let mut regions: BTreeMap<Region, Vec<(&Suspect, Question)>> = BTreeMap::new();
    for suspect in asked {
        if let Some(question) = suspect.question() {
            regions
                .entry(question.region.clone())
                .or_default()
                .push((suspect, question));
        }
    }
    let looks = regions
        .into_iter()
        .map(|(region, things)| Look::new(aws, region, now).all(things));
    let mut failures = Vec::new();
    for (deeds, failure) in join_all(looks).await {
        told.deeds.extend(deeds);
        failures.extend(failure);
    }
    failures.dedup();
    told.notes.extend(failures);
    told
}

/// The lookups in one region.
struct Look {
    client: aws_sdk_cloudtrail::Client,
    region: Region,
    now: OffsetDateTime,
    /// When the latest lookups went out; nothing where nobody limits them.
    sent: Option<VecDeque<Instant>>,
    /// Whole services, once they were looked through.
    services: BTreeMap<&'static str, Vec<Event>>,
}

impl Look {
    fn new(aws: &Aws, region: Region, now: OffsetDateTime) -> Self {
        Self {
            client: aws.trail(&region),
            sent: (!aws.connection.simulated).then(VecDeque::new),
            region,
            now,
            services: BTreeMap::new(),
        }
    }

    /// What was found, and why no more was.
    async fn all(mut self, things: Vec<(&Suspect, Question)>) -> (BTreeMap<Address, Vec<Deed>>, Option<String>) {
        let mut deeds = BTreeMap::new();
        for (suspect, question) in things {
            match self.one(suspect, &question).await {
                Ok(found) if found.is_empty() => {}
                Ok(found) => {
                    deeds.insert(suspect.address.clone(), found);
                }
                Err(note) => return (deeds, Some(note)),
            }
        }
        (deeds, None)
    }

    /// The events of the first name that explains anything, else of its service.
    async fn one(&mut self, suspect: &Suspect, question: &Question) -> Result<Vec<Deed>, String> {
        for name in &question.names {
            let (mut events, mut token) = (Vec::new(), None);
            for _ in 0..PAGES {
                let (more, next) = self.page(LookupAttributeKey::ResourceName, name, token).await?;
                events.extend(more);
                token = next;
                if token.is_none() || suspect.explained(&events, self.now).wholly {
                    break;
                }
            }
            let found = suspect.explained(&events, self.now);
            if !found.deeds.is_empty() {
                return Ok(found.deeds);
            }
        }
        let now = self.now;
        match question.source {
            Some(source) => Ok(suspect.explained(self.service(source).await?, now).deeds),
            None => Ok(Vec::new()),
        }
    }

    /// The latest events of a whole service, read once.
    async fn service(&mut self, source: &'static str) -> Result<&[Event], String> {
        if !self.services.contains_key(source) {
            let (mut all, mut token) = (Vec::new(), None);
            for _ in 0..PAGES_OF_SERVICE {
                let (events, next) = self.page(LookupAttributeKey::EventSource, source, token).await?;
                // Most events of a service are reads, which explain nothing and are large.
                all.extend(events.into_iter().filter(|event| event.record["readOnly"] != true));
                token = next;
                if token.is_none() {
                    break;
                }
            }
            self.services.insert(source, all);
        }
        Ok(self.services.get(source).map_or(&[], Vec::as_slice))
    }

    async fn page(
        &mut self,
        key: LookupAttributeKey,
        value: &str,
        token: Option<String>,
    ) -> Result<(Vec<Event>, Option<String>), String> {
        self.pace().await;
        let attribute = LookupAttribute::builder()
            .attribute_key(key)
            .attribute_value(value)
            .build();
        let attribute = attribute.map_err(|error| error.to_string())?;
        let asked = self.client.lookup_events().lookup_attributes(attribute).max_results(50);
        let answer = asked.set_next_token(token).send().await.map_err(|error| {
            if error.code().is_some_and(|code| code.starts_with("AccessDenied")) {
                return "who made the changes is not told: the permission `cloudtrail:LookupEvents` is missing"
                    .to_owned();
            }
            let error = call_error("cloudtrail:LookupEvents", &error);
            format!("who made the changes is not told for {}: {error}", self.region)
        })?;
        let events = answer.events.unwrap_or_default();
        Ok((events.into_iter().filter_map(event).collect(), answer.next_token))
    }

    /// Waits until one more lookup is allowed.
    async fn pace(&mut self) {
        let Some(sent) = &mut self.sent else { return };
        if sent.len() >= PER_SECOND
            && let Some(first) = sent.pop_front()
        {
            // A little more than a second, since AWS counts when a call arrives.
            tokio::time::sleep_until(first + Duration::from_millis(1050)).await;
        }
        sent.push_back(Instant::now());
    }
}

fn event(event: aws_sdk_cloudtrail::types::Event) -> Option<Event> {
    let at = event.event_time?;
    Some(Event {
        id: event.event_id.unwrap_or_default(),
        name: event.event_name?,
        at: OffsetDateTime::from_unix_timestamp(at.secs()).ok()?,
        user: event.username.unwrap_or_default(),
        record: serde_json::from_str(&event.cloud_trail_event?).ok()?,
    })
}
