//! What is tried again, and for how long. Data and arithmetic; the waiting is done by the executor.
//!
//! Invariant: a permanent mistake is never retried: every rule needs its code *and* its fragment.

use std::time::Duration;

use crate::kind::{Once, When};
use crate::plan::Step;

use super::error::{CallError, Nature};

/// How fast to ask again.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The first pause.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// How long throttling, and errors whose effect isn't known, are borne.
    pub patience: Duration,
    /// How long after an apply the account is read again until it shows what was written.
    pub read_back: Duration,
}

impl Pace {
    /// For AWS: IAM writes are visible elsewhere within seconds, seldom later than two minutes.
    pub const AWS: Self = Self {
        first: Duration::from_millis(500),
        longest: Duration::from_secs(8),
        patience: Duration::from_secs(120),
        read_back: Duration::from_secs(120),
    };

    /// For an endpoint on this machine, which nobody else asks: the pauses are short, the patience is AWS's.
    pub const NEARBY: Self = Self {
        first: Duration::from_millis(20),
        longest: Duration::from_millis(500),
        patience: Duration::from_secs(120),
        read_back: Duration::from_secs(30),
    };

    /// For the simulated account, whose time passes with each call.
    pub const SANDBOX: Self = Self {
        first: Duration::from_millis(5),
        longest: Duration::from_millis(50),
        patience: Duration::from_secs(20),
        read_back: Duration::from_secs(2),
    };

    /// The pause before the try after `attempt` (from 1): doubled each time.
    #[must_use]
    pub fn pause(&self, attempt: u32) -> Duration {
        self.first
            .saturating_mul(1 << attempt.saturating_sub(1).min(16))
            .min(self.longest)
    }
}

/// What to do after a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Try again after a pause, unless more than this time has passed since the first try.
    Again {
        /// The limit since the first try.
        within: Duration,
        /// What a person is told meanwhile.
        waiting_for: &'static str,
    },
    /// An earlier try of ours had taken effect after all.
    Already,
    /// It is as it is.
    Fail,
}

/// AWS's answers to making what is there; success only after a try of ours whose effect wasn't known.
const ALREADY: &[(&str, &str)] = &[
    ("EntityAlreadyExists", ""),
    ("ResourceConflictException", "already exist"),
    ("BucketAlreadyOwnedByYou", ""),
    ("ResourceAlreadyExistsException", ""),
    ("LimitExceeded", "InstanceSessionsPerInstanceProfile"),
];

/// Decides after a failure; `unsure` says whether an earlier try ended without a clear answer.
#[must_use]
pub fn after(error: &CallError, step: &Step, pace: &Pace, unsure: Unsure) -> Next {
    let heals = |when| when == When::Always || step.fresh;
    let rule = step
        .facts
        .retry
        .iter()
        .find(|rule| error.says(rule.code, rule.fragment) && heals(rule.when));
    if unsure == Unsure::Yes && ALREADY.iter().any(|(code, fragment)| error.says(code, fragment)) {
        return Next::Already;
    }
    match (rule, error.nature, step.facts.once) {
        // Its effect may be there: a second call would make a second key or version.
        (_, Nature::Ambiguous, Once::OnlyOnce) => Next::Fail,
        (Some(rule), _, _) => Next::Again {
            within: Duration::from_secs(rule.within_s.into()),
            waiting_for: rule.waiting_for,
        },
        (None, Nature::Throttled, _) => Next::Again {
            within: pace.patience,
            waiting_for: "AWS asks to go more slowly",
        },
        (None, Nature::Ambiguous, Once::Repeatable) => Next::Again {
            within: pace.patience,
            waiting_for: "AWS gave no clear answer",
        },
        (None, Nature::Refused | Nature::Local, _) => Next::Fail,
    }
}

/// Whether an earlier try may have taken effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsure {
    /// It may have.
    Yes,
    /// Every try so far was refused, or there was none.
    No,
}
