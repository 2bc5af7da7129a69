//! Sending the event that tells of drift.
//!
//! Invariant: one event in one call; that EventBridge took the call does not mean that it took the event, so its answer
//! is read. Nothing else is written.

use aws_sdk_eventbridge::error::ProvideErrorMetadata as _;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;

use crate::names::{Arn, Region};
use crate::notice::{DETAIL_TYPE, SOURCE};

use super::{Aws, Intent, call_error};

/// Why nobody was told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// There is no such bus.
    #[error("there is no event bus `{bus}` in {region}")]
    NoBus {
        /// As the user named it.
        bus: String,
        /// Where it was looked for.
        region: Region,
    },
    /// The name can't be a bus's.
    #[error("`{0}` is no name and no ARN of an event bus")]
    Odd(String),
    /// The call was refused.
    #[error("{0}")]
    Call(#[from] crate::engine::CallError),
    /// The call was taken and the event was not.
    #[error("EventBridge did not take the event: {code}: {message}")]
    Failed {
        /// The entry's error code.
        code: String,
        /// The entry's error message.
        message: String,
    },
}

/// Puts the event on the bus, which is a name in `region` or an ARN. Gives the event's id.
///
/// # Errors
/// As [`NoticeError`] says.
pub async fn put(aws: &Aws, bus: &str, region: &Region, detail: String) -> Result<String, NoticeError> {
    let region = place(bus, region)?;
    exists(aws, bus, &region).await?;
    let entry = PutEventsRequestEntry::builder()
        .source(SOURCE)
        .detail_type(DETAIL_TYPE)
        .event_bus_name(bus)
        .detail(detail)
        .build();
    let sent = aws
        .events(&region, Intent::Read)
        .put_events()
        .entries(entry)
        .send()
        .await;
    let answer = sent.map_err(|error| call_error("events:PutEvents", &error))?;
    let entry = answer.entries.and_then(|entries| entries.into_iter().next());
    let (id, code, message) = entry.map_or((None, None, None), |entry| {
        (entry.event_id, entry.error_code, entry.error_message)
    });
    match (answer.failed_entry_count, id) {
        (0, Some(id)) => Ok(id),
        _ => Err(NoticeError::Failed {
            code: code.unwrap_or_else(|| "unknown".to_owned()),
            message: message.unwrap_or_default(),
        }),
    }
}

/// Where the bus is.
fn place(bus: &str, region: &Region) -> Result<Region, NoticeError> {
    let odd = || NoticeError::Odd(bus.to_owned());
    if !bus.starts_with("arn:") {
        let fits = |c: char| c.is_ascii_alphanumeric() || "/.-_".contains(c);
        return (!bus.is_empty() && bus.len() <= 256 && bus.chars().all(fits))
            .then(|| region.clone())
            .ok_or_else(odd);
    }
    let arn = Arn::parse(bus).map_err(|_| odd())?;
    let is_bus = arn.service() == "events" && bus.contains(":event-bus/");
    arn.region().filter(|_| is_bus).ok_or_else(odd)
}

/// EventBridge takes events for a bus that is not there and drops them, so it is asked for the bus first. Who may not ask,
/// and who sends to another account, goes on.
async fn exists(aws: &Aws, bus: &str, region: &Region) -> Result<(), NoticeError> {
    let is_foreign = Arn::parse(bus).is_ok_and(|arn| arn.account().as_ref() != Some(&aws.connection.home.account));
    if is_foreign {
        return Ok(());
    }
    let asked = aws
        .events(region, Intent::Read)
        .describe_event_bus()
        .name(bus)
        .send()
        .await;
    match asked {
        Err(error) if error.code() == Some("ResourceNotFoundException") => Err(NoticeError::NoBus {
            bus: bus.to_owned(),
            region: region.clone(),
        }),
        _ => Ok(()),
    }
}
