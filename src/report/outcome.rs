//! How the steps of an applied plan ended.
//!
//! Invariant: every step of the plan is accounted for.

use crate::engine::CallError;
use crate::engine::apply::End as EngineEnd;

use super::Report;

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It has been done.
    Done {
        /// AWS's id of the request.
        request_id: Option<String>,
        /// What a person must be told. Never a secret.
        told: Vec<String>,
    },
    /// It has failed.
    Failed {
        /// AWS's code.
        code: Option<String>,
        /// The operation, code and message in one line.
        message: String,
        /// AWS's id of the request.
        request_id: Option<String>,
    },
    /// It was not tried, because this step before it was not done.
    Held(usize),
    /// It was not tried, because the run was stopped.
    Stopped,
}

impl End {
    fn of(end: &EngineEnd) -> Self {
        match end {
            EngineEnd::Done(receipt) => Self::Done {
                request_id: receipt.request_id.clone(),
                told: receipt.told.clone(),
            },
            EngineEnd::Failed(error) => Self::failed(error),
            EngineEnd::Held(root) => Self::Held(*root),
            EngineEnd::Stopped => Self::Stopped,
        }
    }

    fn failed(error: &CallError) -> Self {
        Self::Failed {
            code: error.code.clone(),
            message: error.to_string(),
            request_id: error.request_id.clone(),
        }
    }
}

impl Report {
    /// The same with how its steps ended; `remaining` are the addresses that AWS doesn't show as written yet.
    #[must_use]
    pub fn ended(mut self, ends: &[EngineEnd], remaining: &[String]) -> Self {
        for (step, end) in self.steps.iter_mut().zip(ends) {
            step.end = Some(End::of(end));
        }
        let unsettled = |address: &String| format!("{address}: AWS does not show it as written yet");
        self.notes.extend(remaining.iter().map(unsettled));
        self
    }
}
