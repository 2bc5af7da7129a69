//! What a run of a file must be permitted, as the least IAM policy that suffices.
//!
//! Invariant: nothing here is a list of permissions. What is read comes from the kinds' readers, what is written from the
//! actions that the kinds' own comparison gives for everything that the account could be like; so a kind that learns a new
//! call takes it along. Pure: no call to AWS, no clock.

mod document;
mod gather;
pub mod preflight;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::catalogue;
use crate::kind::{Home, Permit};
use crate::kinds::KindName;
use crate::names::{Arn, Region};
use crate::spec::resources::Environment;

pub use document::{Document, LONGEST, Statement, documents};

/// Which command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Run {
    /// Reading what the file names.
    Plan,
    /// The same and every change that may come.
    Apply,
    /// Reading, and what its options add.
    Drift,
}

/// What a run is asked for beside the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extras {
    /// `--prune`: what the file declares today may be dropped tomorrow, and is deleted then.
    pub prune: bool,
    /// `--unmanaged`: which kinds are listed whole.
    pub unmanaged: BTreeSet<KindName>,
    /// `--who`: CloudTrail is asked.
    pub who: bool,
    /// `--notify`: the bus that is told.
    pub notify: Option<Arn>,
    /// The account is read in bulk where that takes fewer calls.
    pub bulk: bool,
    /// The identity that runs, whose own policies are looked at.
    pub runner: Option<Arn>,
}

/// Everything that the run must be permitted, sorted and without repetition.
#[must_use]
pub fn needed(run: Run, environment: &Environment, extras: &Extras, home: &Home, region: &Region) -> BTreeSet<Permit> {
    let mut permits = gather::reads(environment, extras, home, region);
    if run == Run::Apply {
        permits.extend(gather::writes(environment, extras, home));
    }
    if run == Run::Drift {
        permits.extend(gather::around(extras, home, region));
    }
    covered_once(permits.into_iter().map(where_aws_takes_it).collect())
}

/// Actions for which AWS takes no resource are permitted on everything or not at all.
fn where_aws_takes_it(permit: Permit) -> Permit {
    let is_everywhere = catalogue::action(permit.action).is_some_and(catalogue::Action::is_wildcard_only);
    match is_everywhere {
        true => Permit {
            on: "*".to_owned(),
            ..permit
        },
        false => permit,
    }
}

/// An action that is permitted without any condition, or everywhere, needs no narrower word beside it.
fn covered_once(permits: BTreeSet<Permit>) -> BTreeSet<Permit> {
    let wide: BTreeSet<(&str, &str)> = permits
        .iter()
        .filter(|permit| permit.with.is_empty())
        .map(|permit| (permit.action, permit.on.as_str()))
        .collect();
    let is_covered = |permit: &Permit| {
        let everywhere = permit.on != "*" && wide.contains(&(permit.action, "*"));
        let free = !permit.with.is_empty() && wide.contains(&(permit.action, permit.on.as_str()));
        everywhere || free
    };
    permits.iter().filter(|permit| !is_covered(permit)).cloned().collect()
}
