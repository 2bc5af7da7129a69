//! From the difference of two files to a report.
//!
//! Invariant: everything that a difference says to a person is in the report.

use crate::diff::Diff;
use crate::plan::Verb;

use super::{Command, Context, Report, Status, Thing, Verdict};

impl Report {
    /// What two files differ in.
    #[must_use]
    pub fn of_diff(diff: &Diff, verdict: Verdict) -> Self {
        let Diff {
            names: (old, new),
            environment,
            header,
            changes,
            expected,
            unexpected,
            access,
            same: _,
        } = diff;
        let context = Context {
            environment: Some(environment.clone()).filter(|name| !name.is_empty()),
            bases: vec![old.clone()],
            compared: Some(new.clone()),
            ..Context::default()
        };
        let mut report = Self::new(Command::Diff, context, verdict);
        report.header.clone_from(header);
        report.things = changes
            .iter()
            .map(|change| Thing {
                status: match change.verb {
                    Verb::Create => Status::Added,
                    Verb::Delete => Status::Removed,
                    _ => Status::Changed,
                },
                ..Thing::of(change)
            })
            .collect();
        let gone = unexpected.iter().map(|phrase| format!("no longer expected: {phrase}"));
        let new = expected.iter().map(|phrase| format!("now expected: {phrase}"));
        report.access.clone_from(access);
        report.notes = gone.chain(new).collect();
        report
    }
}
