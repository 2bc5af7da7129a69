//! What people are told of an expectation that does not hold.
//!
//! Invariant: what decides is named with its place, where it has one; nothing is decided here.

use crate::plan::Refusal;
use crate::spec::finding::Finding;

use super::ask::{Case, Nearest, Why};
use super::gather::Basis;
use super::model::World;
use super::prove::{Broken, Verb};

/// The guard of refusals because of expectations.
pub const GUARD: &str = "expect";
/// An expectation that fails.
const FAILS: &str = "E0701";
/// An expectation whose answer is not known.
const UNDECIDED: &str = "E0702";

impl Broken<'_> {
    /// As a mistake of the file, with the statement that decides.
    #[must_use]
    pub fn finding(&self) -> Finding {
        let code = match self.verb {
            Verb::Can | Verb::Cannot => FAILS,
            Verb::Unknown => UNDECIDED,
        };
        let mut finding = Finding::error(code, self.expectation.span, self.message());
        finding.label = self.label().to_owned();
        finding.help = Some(self.reason());
        if let Some((span, label)) = self.case.as_ref().and_then(|case| related(&case.why, self.verb)) {
            finding = finding.related(span, label);
        }
        finding
    }

    /// As something that stands in the way of a plan.
    #[must_use]
    pub fn refusal(&self, world: &World) -> Refusal {
        let when = match world.basis() {
            Basis::Account => " now",
            Basis::Planned | Basis::File => "",
        };
        Refusal {
            guard: GUARD,
            address: None,
            message: format!("{}{when}: {}", self.message(), self.reason()),
            place: Some(self.expectation.place.clone()),
            hint: "change what gives or denies it, or the expectation".into(),
        }
    }

    /// "user/erika can't s3:PutObject on arn:aws:s3:::data/x".
    #[must_use]
    pub fn message(&self) -> String {
        let who = &self.who;
        match (&self.case, self.verb) {
            (Some(case), Verb::Can) => format!("{who} can {}", what(case)),
            (Some(case), Verb::Cannot) => format!("{who} can't {}", what(case)),
            (Some(case), Verb::Unknown) => format!("it is not known whether {who} can {}", what(case)),
            (None, _) => format!("{who}: `{}` proves nothing", self.expectation.phrase),
        }
    }

    fn label(&self) -> &'static str {
        match self.verb {
            Verb::Can => "this rules it out",
            Verb::Cannot => "this expects it",
            Verb::Unknown => "so this is not proved",
        }
    }

    /// What decided, in a sentence.
    #[must_use]
    pub fn reason(&self) -> String {
        match &self.case {
            Some(case) => reason(&case.why, self.verb),
            None => self.because.clone(),
        }
    }
}

/// "s3:PutObject on arn:aws:s3:::data/x".
#[must_use]
pub fn what(case: &Case) -> String {
    format!("{} on {}", case.action, case.resource)
}

fn reason(why: &Why, verb: Verb) -> String {
    match verb {
        Verb::Unknown => {
            let remedy = match why.missing.as_slice() {
                [] => "say `assume: allowed` or `assume: denied` to settle it".to_owned(),
                keys => format!(
                    "say what {} is under `when:`, or settle it by `assume:`",
                    keys.join(", ")
                ),
            };
            format!("{}; {remedy}", sentence(why))
        }
        Verb::Can | Verb::Cannot => sentence(why),
    }
}

/// What decided, with its place: "denied by policy guard (policies/guard.json:7)".
#[must_use]
pub fn sentence(why: &Why) -> String {
    let place = why
        .place
        .as_ref()
        .map(|place| format!(" ({place})"))
        .unwrap_or_default();
    match &why.nearest {
        Some(near) => format!("{}; the nearest is {}", why.because, nearest(near)),
        None => format!("{}{place}", why.because),
    }
}

/// "policies/engineer.json:46 (its Resource has no /*)".
fn nearest(near: &Nearest) -> String {
    let sid = near.sid.as_ref().map(|sid| format!(" \"{sid}\"")).unwrap_or_default();
    match &near.place {
        Some(place) => format!("{place}, {}{sid} ({})", near.policy, near.lacks),
        None => format!("{}{sid} ({})", near.policy, near.lacks),
    }
}

fn related(why: &Why, verb: Verb) -> Option<(crate::spec::source::Span, String)> {
    let near = why
        .nearest
        .as_ref()
        .and_then(|near| Some((near.span?, format!("the nearest: {}", near.lacks))));
    let label = match verb {
        Verb::Can => "this allows it",
        Verb::Cannot => "this denies it",
        Verb::Unknown => "this decides",
    };
    near.or_else(|| why.span.map(|span| (span, label.to_owned())))
}
