//! The executor: a set of ready steps, run concurrently under a limit, each with its retries and its waiting.
//!
//! Invariant: a step starts only when everything it waits for has succeeded; after a stop nothing starts, and what has
//! started is awaited.

use std::cell::Cell;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::time::{Instant, sleep};

use crate::plan::Step;

use super::error::{CallError, Nature};
use super::retry::{Next, Pace, Unsure, after};
use super::{Backend, Event, Receipt, Settled, Watch};

/// How many steps run at once; IAM tolerates few concurrent writes.
pub const CONCURRENT_STEPS: usize = 8;

/// How long AWS may take to finish what a call began (Lambda: provider practice is five minutes).
const SETTLE_WITHIN: Duration = Duration::from_secs(600);

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It has been done.
    Done(Receipt),
    /// It has failed.
    Failed(CallError),
    /// It was not tried, because this step before it was not done.
    Held(usize),
    /// It was not tried, because the run was stopped.
    Stopped,
}

/// Asks the executor to start nothing more.
#[derive(Debug, Default)]
pub struct Stop(Cell<bool>);

impl Stop {
    /// Asks.
    pub fn ask(&self) {
        self.0.set(true);
    }

    /// Whether somebody has asked.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.0.get()
    }
}

/// Executes steps; gives how each ended, by its number.
pub async fn execute<B: Backend>(backend: &B, steps: &[Step], pace: Pace, stop: &Stop, watch: &dyn Watch) -> Vec<End> {
    let mut ends: Vec<Option<End>> = vec![None; steps.len()];
    let mut started = vec![false; steps.len()];
    let mut running = FuturesUnordered::new();
    loop {
        hold_what_cannot_run(steps, &mut ends, &started, watch);
        for step in steps {
            let room = running.len() < CONCURRENT_STEPS && !stop.is_asked();
            if room && !started[step.id] && ends[step.id].is_none() && is_ready(step, &ends) {
                started[step.id] = true;
                watch.tell(&Event::Started(step));
                running.push(async move { (step.id, run_step(backend, step, pace, stop, watch).await) });
            }
        }
        let Some((id, end)) = running.next().await else { break };
        if let End::Failed(error) = &end
            && error.is_expired()
        {
            stop.ask();
        }
        watch.tell(&Event::Finished {
            step: &steps[id],
            end: &end,
        });
        ends[id] = Some(end);
    }
    ends.into_iter().map(|end| end.unwrap_or(End::Stopped)).collect()
}

fn is_ready(step: &Step, ends: &[Option<End>]) -> bool {
    step.after
        .iter()
        .all(|before| matches!(ends[*before], Some(End::Done(_))))
}

/// Steps come in an order in which they could run, so one pass reaches everything that stands on a failure.
fn hold_what_cannot_run(steps: &[Step], ends: &mut [Option<End>], started: &[bool], watch: &dyn Watch) {
    for step in steps {
        if ends[step.id].is_some() || started[step.id] {
            continue;
        }
        let blocker = step.after.iter().find_map(|before| match ends[*before] {
            Some(End::Failed(_)) => Some(*before),
            Some(End::Held(root)) => Some(root),
            _ => None,
        });
        if let Some(root) = blocker {
            let end = End::Held(root);
            watch.tell(&Event::Finished { step, end: &end });
            ends[step.id] = Some(end);
        }
    }
}

async fn run_step<B: Backend>(backend: &B, step: &Step, pace: Pace, stop: &Stop, watch: &dyn Watch) -> End {
    match call(backend, step, pace, stop, watch).await {
        Ok(receipt) => match settle(backend, step, pace, watch).await {
            Ok(()) => End::Done(receipt),
            Err(error) => End::Failed(error),
        },
        Err(error) => End::Failed(error),
    }
}

async fn call<B: Backend>(
    backend: &B,
    step: &Step,
    pace: Pace,
    stop: &Stop,
    watch: &dyn Watch,
) -> Result<Receipt, CallError> {
    let begun = Instant::now();
    let mut unsure = Unsure::No;
    for attempt in 1.. {
        let result = backend.run(&step.action).await;
        log_attempt(step, attempt, &result);
        watch.tell(&Event::Attempted {
            step,
            attempt,
            result: &result,
        });
        let error = match result {
            Ok(receipt) => return Ok(receipt),
            Err(error) => error,
        };
        match after(&error, step, &pace, unsure) {
            Next::Already => return Ok(Receipt::already()),
            Next::Again { within, waiting_for } if begun.elapsed() < within && !stop.is_asked() => {
                watch.tell(&Event::Waiting {
                    step,
                    what: waiting_for,
                });
                if error.nature == Nature::Ambiguous {
                    unsure = Unsure::Yes;
                }
                sleep(pace.pause(attempt)).await;
            }
            Next::Again { .. } | Next::Fail => return Err(error),
        }
    }
    Err(CallError::local(step.call, "gave up"))
}

/// Neither documents nor secrets: what is logged is what the journal says.
fn log_attempt(step: &Step, attempt: u32, result: &Result<Receipt, CallError>) {
    let (address, call) = (&step.address, step.call);
    match result {
        Ok(receipt) => tracing::info!(%address, call, attempt, request = receipt.request_id, "done"),
        Err(error) => tracing::info!(%address, call, attempt, %error, "failed"),
    }
}

async fn settle<B: Backend>(backend: &B, step: &Step, pace: Pace, watch: &dyn Watch) -> Result<(), CallError> {
    let begun = Instant::now();
    for attempt in 1.. {
        match backend.settled(&step.action).await {
            Ok(Settled::Done) => return Ok(()),
            Ok(Settled::Failed(why)) => return Err(CallError::local(step.call, why)),
            Ok(Settled::Waiting(what)) => watch.tell(&Event::Waiting { step, what }),
            // A read that fails right after a write is eventual consistency more often than not.
            Err(error) if begun.elapsed() > pace.patience => return Err(error),
            Err(_) => {}
        }
        if begun.elapsed() > SETTLE_WITHIN {
            return Err(CallError::local(step.call, "AWS has not finished within ten minutes"));
        }
        sleep(pace.pause(attempt)).await;
    }
    Ok(())
}
