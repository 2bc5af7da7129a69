//! The executor: a set of ready steps, run concurrently under a limit, each with its retries and its waiting.
//!
//! Invariant: a step starts only when everything it waits for has succeeded; after a stop nothing starts, and what has
//! started is awaited.

use std::cell::Cell;
use std::collections::BTreeSet;
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

/// Executes steps, which stand in an order in which they could run; gives how each ended, in the same order.
pub async fn execute<B: Backend>(backend: &B, steps: &[Step], pace: Pace, stop: &Stop, watch: &dyn Watch) -> Vec<End> {
    let halt = Halt {
        stop,
        expired: Cell::new(false),
    };
    let mut board = Board::new(steps);
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < CONCURRENT_STEPS && !halt.is_asked() {
            let Some(at) = board.ready.pop_first() else { break };
            let (step, halt) = (&steps[at], &halt);
            watch.tell(&Event::Started(step));
            running.push(async move { (at, run_step(backend, step, pace, halt, watch).await) });
        }
        let Some((at, end)) = running.next().await else { break };
        if let End::Failed(error) = &end
            && error.is_expired()
        {
            halt.expired.set(true);
        }
        board.finish(at, end, watch);
    }
    board.ends.into_iter().map(|end| end.unwrap_or(End::Stopped)).collect()
}

/// Why nothing more is started or tried again.
struct Halt<'a> {
    stop: &'a Stop,
    /// The credentials have run out: no further call can succeed.
    expired: Cell<bool>,
}

impl Halt<'_> {
    fn is_asked(&self) -> bool {
        self.stop.is_asked() || self.expired.get()
    }
}

/// Which steps are ready, which wait for how many others, and how each has ended.
struct Board<'a> {
    steps: &'a [Step],
    waiting: Vec<usize>,
    dependants: Vec<Vec<usize>>,
    ready: BTreeSet<usize>,
    ends: Vec<Option<End>>,
}

impl<'a> Board<'a> {
    fn new(steps: &'a [Step]) -> Self {
        let mut dependants = vec![Vec::new(); steps.len()];
        let mut waiting = vec![0; steps.len()];
        for (at, step) in steps.iter().enumerate() {
            for before in step.after.iter().filter(|before| **before < at) {
                dependants[*before].push(at);
                waiting[at] += 1;
            }
        }
        Self {
            steps,
            ready: (0..steps.len()).filter(|at| waiting[*at] == 0).collect(),
            waiting,
            dependants,
            ends: vec![None; steps.len()],
        }
    }

    fn finish(&mut self, at: usize, end: End, watch: &dyn Watch) {
        let is_done = matches!(end, End::Done(_));
        self.end(at, end, watch);
        if is_done {
            for then in self.dependants[at].clone() {
                self.waiting[then] -= 1;
                if self.waiting[then] == 0 && self.ends[then].is_none() {
                    self.ready.insert(then);
                }
            }
        } else {
            self.hold_what_stands_on(at, watch);
        }
    }

    /// Everything that stands on a failure, at any distance, is held and knows the root of it.
    fn hold_what_stands_on(&mut self, root: usize, watch: &dyn Watch) {
        let mut reached = BTreeSet::from_iter(self.dependants[root].iter().copied());
        while let Some(at) = reached.pop_first() {
            if self.ends[at].is_none() {
                self.end(at, End::Held(root), watch);
                reached.extend(self.dependants[at].iter().copied());
            }
        }
    }

    fn end(&mut self, at: usize, end: End, watch: &dyn Watch) {
        watch.tell(&Event::Finished {
            step: &self.steps[at],
            end: &end,
        });
        self.ends[at] = Some(end);
    }
}

async fn run_step<B: Backend>(backend: &B, step: &Step, pace: Pace, halt: &Halt<'_>, watch: &dyn Watch) -> End {
    match call(backend, step, pace, halt, watch).await {
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
    halt: &Halt<'_>,
    watch: &dyn Watch,
) -> Result<Receipt, CallError> {
    let begun = Instant::now();
    let mut unsure = Unsure::No;
    for attempt in 1.. {
        watch.tell(&Event::Calling { step, attempt });
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
            Next::Again { within, waiting_for } if begun.elapsed() < within && !halt.is_asked() => {
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
            Err(error) if error.is_expired() || begun.elapsed() > pace.patience => return Err(error),
            Err(_) => watch.tell(&Event::Waiting {
                step,
                what: "AWS to show what was written",
            }),
        }
        if begun.elapsed() > SETTLE_WITHIN {
            return Err(CallError::local(step.call, "AWS has not finished within ten minutes"));
        }
        sleep(pace.pause(attempt)).await;
    }
    Ok(())
}
