//! `--fail-on`: how far access may widen before a command refuses.
//!
//! Invariant: a limit that is crossed is a refusal like any guard's: it is told with who crosses it and what would keep
//! within it, in every format, and the command ends with 4. Nothing else about the command changes.

use clap::{Args, ValueEnum};

use crate::access::delta::{Delta, Limit};
use crate::plan::Refusal;
use crate::report::Report;

use super::exit::Exit;

/// The most principals that a refusal names.
const MOST_NAMED: usize = 5;

/// How far access may widen.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct LimitArgs {
    /// Exit with 4 where access widens so: for anybody at all, to more than was given (or as good as an administrator), or
    /// for everybody; may be given more than once.
    #[arg(long = "fail-on", value_name = "WIDENING")]
    fail_on: Vec<Widening>,
}

/// How access widens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
#[expect(clippy::enum_variant_names, reason = "the names are the words of the command line")]
enum Widening {
    /// Somebody gains something, or may gain it.
    Widening,
    /// Somebody becomes as good as an administrator, or gains a way to more access than was given.
    Escalation,
    /// Everybody gains something.
    Public,
}

impl From<Widening> for Limit {
    fn from(word: Widening) -> Self {
        match word {
            Widening::Widening => Self::Widening,
            Widening::Escalation => Self::Escalation,
            Widening::Public => Self::Public,
        }
    }
}

impl LimitArgs {
    /// The limits that are crossed.
    pub(crate) fn crossed(&self, access: &Delta) -> Vec<Refusal> {
        let mut limits = self.fail_on.clone();
        limits.sort_unstable();
        limits.dedup();
        let crossed = limits.into_iter().filter_map(|word| refusal(word.into(), access));
        crossed.collect()
    }
}

fn refusal(limit: Limit, access: &Delta) -> Option<Refusal> {
    let who = access.crossing(limit);
    let (named, rest) = who.split_at_checked(MOST_NAMED).unwrap_or((&who, &[]));
    let more = match rest.len() {
        0 => String::new(),
        many => format!(" and {many} more"),
    };
    let what = match limit {
        Limit::Widening => "more access",
        Limit::Escalation => "a way to more access than was given",
        Limit::Public => "access for everybody",
    };
    (!who.is_empty()).then(|| Refusal {
        guard: "fail-on",
        address: None,
        message: format!("{what}: {}{more}", named.join(", ")),
        place: None,
        hint: format!(
            "--fail-on {} forbids it; take it out, or leave the option out",
            limit.word()
        ),
    })
}

/// The exit code where limits are crossed: that of a refusal, unless it is graver already.
pub(crate) fn exit(exit: Exit, crossed: &[Refusal]) -> Exit {
    match exit {
        Exit::Done | Exit::Differences | Exit::Incomplete | Exit::Refused if !crossed.is_empty() => Exit::Refused,
        other => other,
    }
}

/// Adds the crossed limits to a report.
pub(crate) fn report(mut report: Report, crossed: &[Refusal]) -> Report {
    report.refusals.extend_from_slice(crossed);
    report
}
