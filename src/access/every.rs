//! Every action and every resource that a question means, by the evaluator.
//!
//! Invariant: nothing is answered here; what can't be decided is an unknown case, what can't be asked is none.

use crate::evaluate::forall::{Example, Outcome};
use crate::evaluate::{Answer, Decision, Layers, Prepared};

pub(super) use crate::evaluate::forall::Question as Asking;

/// What the requests of a question are answered.
#[derive(Debug, Clone, Default)]
pub(super) struct Every {
    /// An example of each decision that occurs.
    pub(super) cases: Vec<Example>,
    /// Why there is nothing to ask.
    pub(super) aside: Vec<String>,
}

pub(super) fn every(asking: &Asking, layers: &Layers<'_>) -> Every {
    match Prepared::new(layers).decide_all(asking) {
        Outcome::Answered(answers) => Every {
            cases: answers.examples().cloned().collect(),
            aside: Vec::new(),
        },
        Outcome::Pointless(why) => Every {
            cases: Vec::new(),
            aside: vec![why],
        },
        Outcome::Undecided(why) => Every {
            cases: vec![undecided(asking, why)],
            aside: Vec::new(),
        },
    }
}

fn undecided(asking: &Asking, because: String) -> Example {
    Example {
        action: asking.actions.join(", "),
        resource: asking.resource.clone(),
        answer: Answer {
            decision: Decision::Unknown,
            layer: None,
            policy: None,
            statement: None,
            because,
            missing: Vec::new(),
        },
    }
}
