//! Executes plans: what is ready runs, what must wait waits, what fails stops only what stands on it.
//!
//! Invariant: the engine knows no kind and makes no decision about content. A started call is always awaited.

pub mod apply;
pub mod error;
pub mod retry;

#[cfg(test)]
mod tests;

pub use error::CallError;

use crate::kinds::{AnyAction, AnyObject};
use crate::plan::Step;

/// What a successful call gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// AWS's id of the request.
    pub request_id: Option<String>,
    /// Nothing had to be done: AWS said that it was so already.
    pub already: bool,
    /// What a person must be told, such as where a generated password was put. Never a secret.
    pub told: Vec<String>,
}

impl Receipt {
    /// A call that did its work.
    #[must_use]
    pub fn of(request_id: Option<&str>) -> Self {
        Self {
            request_id: request_id.map(str::to_owned),
            ..Self::default()
        }
    }

    /// A call that found its work done.
    #[must_use]
    pub fn already() -> Self {
        Self {
            already: true,
            ..Self::default()
        }
    }
}

/// Whether AWS has finished what a call began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It has.
    Done,
    /// Not yet; what it waits for.
    Waiting(&'static str),
    /// It has given up; why.
    Failed(String),
}

/// The account as the engine sees it: a real one, a simulated one, or a model in a test.
pub trait Backend {
    /// Reads what there is of these resources, in one reading session.
    fn observe(&self, objects: Vec<AnyObject>) -> impl Future<Output = Vec<AnyObject>>;
    /// Makes one call.
    fn run(&self, action: &AnyAction) -> impl Future<Output = Result<Receipt, CallError>>;
    /// Asks whether AWS has finished what the call began.
    fn settled(&self, action: &AnyAction) -> impl Future<Output = Result<Settled, CallError>>;
}

/// What happens while a plan runs, as it happens.
#[derive(Debug)]
pub enum Event<'a> {
    /// A step has been started.
    Started(&'a Step),
    /// A call is about to be made.
    Calling {
        /// The step.
        step: &'a Step,
        /// Which try it is, from 1.
        attempt: u32,
    },
    /// One call has been answered.
    Attempted {
        /// The step.
        step: &'a Step,
        /// Which try it was, from 1.
        attempt: u32,
        /// The answer.
        result: &'a Result<Receipt, CallError>,
    },
    /// A step waits for AWS.
    Waiting {
        /// The step.
        step: &'a Step,
        /// What for.
        what: &'a str,
    },
    /// A step has come to its end.
    Finished {
        /// The step.
        step: &'a Step,
        /// How.
        end: &'a apply::End,
    },
}

/// Somebody who is told what happens: the terminal, the journal.
pub trait Watch {
    /// Tells it.
    fn tell(&self, event: &Event<'_>);
}
