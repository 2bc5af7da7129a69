//! CloudTrail of the simulated account: what was changed, by whom and when, and `LookupEvents` over it.
//!
//! Invariant: each management call that would change something leaves one event, whether it succeeded or not; no secret
//! stands in any. Calls that only read leave none, since nobody here asks for them and an account would fill up with
//! them. Events are kept in one file beside the tables: they are delivered after the call, never promised, as on AWS.

mod identity;
mod log;
mod lookup;
mod parameters;
mod record;
mod title;

use http::StatusCode;

use super::members::{self, Fields};
use super::{Call, Fault, Moment, Reply, World};
use log::Log;
pub(super) use log::{FILE, FOLDER};

/// CloudTrail's state.
#[derive(Debug)]
pub struct State {
    log: Log,
    /// The latest lookups of each Region, for their limit.
    asked: Vec<(String, Moment)>,
}

impl State {
    /// No events; those of the folder are read when they are first asked for.
    #[must_use]
    pub fn new() -> Self {
        Self {
            log: Log::new(),
            asked: Vec::new(),
        }
    }

    /// Keeps events in this folder from now on.
    pub(super) fn keep_in(&mut self, folder: &std::path::Path) {
        self.log.keep_in(folder);
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}

/// What came of a call.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outcome<'a> {
    /// It was done.
    Done,
    /// It was refused, with this code and message.
    Refused(&'a str, &'a str),
}

/// Writes down a call that was just answered, if it is one that changes something.
pub(super) fn note(world: &mut World, call: &Call, outcome: Outcome<'_>) {
    if let Some(event) = record::of(world, call, outcome) {
        let due = world.spread(super::spread::Delay::Trail);
        world.trail.log.append(event, due);
    }
}

/// Answers one call.
///
/// # Errors
/// Every refusal, as AWS words it.
pub fn answer(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    match call.operation.as_deref() {
        Some("LookupEvents") => {
            throttle(world, call)?;
            lookup::events(world, call, &Fields::new(&body)).map(|shown| Reply::json11(&shown))
        }
        _ => Err(Fault::unknown_operation(call)),
    }
}

/// API reference, LookupEvents: "The rate of lookup requests is limited to two per second, per account, per Region. If
/// this limit is exceeded, a throttling error occurs." Only an account that lags insists on it.
fn throttle(world: &mut World, call: &Call) -> Result<(), Fault> {
    if world.options.lag.is_none() {
        return Ok(());
    }
    let now = world.clock.now();
    world.trail.asked.retain(|(_, at)| now < at.plus_seconds(1));
    let here = world.trail.asked.iter().filter(|(region, _)| *region == call.region);
    if here.count() >= 2 {
        return Err(Fault::new(
            StatusCode::BAD_REQUEST,
            "ThrottlingException",
            "Rate exceeded",
        ));
    }
    world.trail.asked.push((call.region.clone(), now));
    Ok(())
}

#[cfg(test)]
mod tests;
