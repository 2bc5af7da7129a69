//! What two files differ in, as a reviewer reads it.
//!
//! Invariant: what concerns everything, the account, the environment and the region, stands first; equal differences give
//! equal text.

use crate::diff::Diff;
use crate::kind::DoomedBy;
use crate::plan::{Change, Verb};
use crate::spec::source::Place;

use super::access::{self, Voice};
use super::plan::{PLACE_COLUMN, rows};
use super::{Doc, Label};

/// The whole difference.
#[must_use]
pub fn diff(diff: &Diff) -> Doc {
    let mut doc = Doc::default();
    let (old, new) = &diff.names;
    doc.line([
        (Label::Heading, diff.environment.clone()),
        (Label::Plain, format!(" · {old} -> {new}")),
    ]);
    for change in &diff.header {
        let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        let (before, after) = (said(&change.before), said(&change.after));
        doc.line([
            (Label::Alarm, format!("{}: ", change.key)),
            (Label::Plain, format!("{before} -> {after}")),
        ]);
    }
    for change in &diff.changes {
        doc.gap();
        one(&mut doc, change);
    }
    expectations(&mut doc, diff);
    access::section(&mut doc, &diff.access, Voice::Change);
    doc.gap();
    doc.text(Label::Heading, counts(diff));
    doc
}

fn one(doc: &mut Doc, change: &Change) {
    let (label, mark) = match change.verb {
        Verb::Create => (Label::Added, "+"),
        Verb::Delete => (Label::Removed, "-"),
        Verb::Update | Verb::Replace | Verb::Adopt | Verb::Keep | Verb::Refuse | Verb::Unknown => (Label::Changed, "~"),
    };
    let head = format!("{mark} {}", change.address);
    let room = PLACE_COLUMN.saturating_sub(head.chars().count()).max(2);
    let place = change.origin.as_ref().map(Place::to_string).unwrap_or_default();
    let place = match (change.verb, change.doomed) {
        (Verb::Delete, Some(DoomedBy::Absent)) => format!("{place}, absent"),
        (Verb::Delete, Some(DoomedBy::Dropped) | None) => format!("was {place}"),
        _ => place,
    };
    doc.line([(label, head), (Label::Dim, format!("{}{place}", " ".repeat(room)))]);
    rows(doc, change);
}

fn expectations(doc: &mut Doc, diff: &Diff) {
    if diff.expected.is_empty() && diff.unexpected.is_empty() {
        return;
    }
    doc.gap();
    doc.text(Label::Heading, "expect");
    for phrase in &diff.unexpected {
        doc.text(Label::Removed, format!("    - {phrase}"));
    }
    for phrase in &diff.expected {
        doc.text(Label::Added, format!("    + {phrase}"));
    }
}

fn counts(diff: &Diff) -> String {
    if diff.is_empty() {
        return format!("No difference: {} the same.", diff.same);
    }
    let count = |verb: Verb| diff.changes.iter().filter(|change| change.verb == verb).count();
    let counted = [
        (count(Verb::Create), "added"),
        (count(Verb::Update), "changed"),
        (count(Verb::Delete), "removed"),
        (diff.same, "the same"),
    ];
    let parts = counted.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, word)| format!("{count} {word}")).collect();
    format!(
        "{}.",
        if parts.is_empty() {
            "The header changes".to_owned()
        } else {
            parts.join(", ")
        }
    )
}
