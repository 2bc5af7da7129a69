//! A plan as a reviewer reads it: the thing first, what changes in its terms, what it means, what to do.
//!
//! Invariant: the order is that of the plan; equal plans give equal text.

use crate::fields::Shown;
use crate::plan::{Change, FieldChange, Plan, Refusal, Verb};
use crate::policy_doc::{self, PartChange, Policy, StatementChange};
use crate::spec::source::Place;

use super::{Doc, Label};

/// The column at which places stand, where there is room.
const PLACE_COLUMN: usize = 72;

/// The width of the column of field names.
const FIELD_WIDTH: usize = 22;

/// The whole plan.
#[must_use]
pub fn plan(plan: &Plan) -> Doc {
    let mut doc = Doc::default();
    header(&mut doc, plan);
    for change in plan.changes.iter().filter(|change| is_worth_showing(change)) {
        doc.gap();
        resource(&mut doc, change);
    }
    doc.gap();
    doc.text(Label::Heading, counts(plan));
    for refusal in &plan.refusals {
        refused(&mut doc, refusal);
    }
    doc
}

fn header(doc: &mut Doc, plan: &Plan) {
    let header = &plan.header;
    let who = header.identity.split(':').next_back().unwrap_or(&header.identity);
    doc.line([
        (Label::Heading, header.environment.clone()),
        (
            Label::Plain,
            format!(" · account {} · {} · as {who}", header.account, header.region),
        ),
    ]);
    if !plan.consents.is_empty() {
        doc.line([
            (Label::Changed, "with ".into()),
            (Label::Plain, plan.consents.join(" ")),
        ]);
    }
}

fn is_worth_showing(change: &Change) -> bool {
    change.verb != Verb::Keep || !change.held.is_empty() || !change.unknown.is_empty() || !change.notes.is_empty()
}

fn mark(verb: Verb) -> (Label, &'static str) {
    match verb {
        Verb::Create => (Label::Added, "+"),
        Verb::Update => (Label::Changed, "~"),
        Verb::Replace => (Label::Alarm, "-+"),
        Verb::Delete => (Label::Removed, "-"),
        Verb::Adopt => (Label::Changed, "="),
        Verb::Keep => (Label::Dim, " "),
        Verb::Refuse => (Label::Alarm, "!"),
        Verb::Unknown => (Label::Alarm, "?"),
    }
}

fn resource(doc: &mut Doc, change: &Change) {
    let (label, mark) = mark(change.verb);
    let head = format!("{mark} {}{}", change.address, remark(change.verb));
    let place = change.origin.as_ref().map(Place::to_string).unwrap_or_default();
    let room = PLACE_COLUMN.saturating_sub(head.chars().count()).max(2);
    doc.line([(label, head), (Label::Dim, format!("{}{place}", " ".repeat(room)))]);
    if change.verb == Verb::Delete {
        // What hangs on it goes with it; its settings are not worth a line.
        let links = change
            .fields
            .iter()
            .filter(|field| field.path.key.is_some() && field.path.field != "tags");
        fields(doc, links, change.verb);
    } else {
        fields(doc, &change.fields, change.verb);
    }
    aside(doc, "held", &change.held, "is kept: only a written value takes it away");
    if change.verb != Verb::Keep {
        aside(doc, "ignored", &change.ignored, "is kept as it is");
    }
    for (path, why) in &change.unknown {
        row(doc, &path.to_string(), [(Label::Alarm, format!("unknown: {why}"))]);
    }
    for note in &change.notes {
        row(doc, "note", [(Label::Dim, note.clone())]);
    }
}

fn remark(verb: Verb) -> &'static str {
    match verb {
        Verb::Adopt => " is taken over as it is",
        Verb::Replace => " is deleted and made anew",
        Verb::Refuse => " is left alone, see below",
        Verb::Create | Verb::Update | Verb::Delete | Verb::Keep | Verb::Unknown => "",
    }
}

fn row(doc: &mut Doc, name: &str, value: impl IntoIterator<Item = (Label, String)>) {
    let gap = FIELD_WIDTH.saturating_sub(name.chars().count()).max(1);
    let head = (Label::Plain, format!("    {name}{}", " ".repeat(gap)));
    doc.line(std::iter::once(head).chain(value));
}

fn aside(doc: &mut Doc, word: &str, fields: &[FieldChange], meaning: &str) {
    for field in fields {
        let value = field.before.as_ref().map_or("nothing".to_owned(), Shown::to_line);
        row(doc, word, [(Label::Dim, format!("{} ({value}) {meaning}", field.path))]);
    }
}

/// The rows of one field stand together under its name.
fn fields<'a>(doc: &mut Doc, changes: impl IntoIterator<Item = &'a FieldChange>, verb: Verb) {
    let mut by_field: Vec<(&'static str, Vec<&'a FieldChange>)> = Vec::new();
    for change in changes {
        match by_field.last_mut() {
            Some((field, rows)) if *field == change.path.field => rows.push(change),
            _ => by_field.push((change.path.field, vec![change])),
        }
    }
    for (field, rows) in by_field {
        for (nth, change) in rows.into_iter().enumerate() {
            let name = if nth == 0 { field } else { "" };
            one(doc, name, change, verb);
        }
    }
}

fn one(doc: &mut Doc, name: &str, change: &FieldChange, verb: Verb) {
    let key = change.path.key.as_deref();
    match (&change.before, &change.after) {
        (before, Some(Shown::Policy(after))) => document(doc, name, key, as_policy(before.as_ref()), Some(after)),
        (Some(Shown::Policy(before)), None) => document(doc, name, key, Some(before), None),
        (before, after) => value(doc, name, key, before.as_ref(), after.as_ref(), verb),
    }
}

fn as_policy(shown: Option<&Shown>) -> Option<&Policy> {
    match shown {
        Some(Shown::Policy(policy)) => Some(policy),
        Some(Shown::Text(_) | Shown::Secret) | None => None,
    }
}

fn value(doc: &mut Doc, name: &str, key: Option<&str>, before: Option<&Shown>, after: Option<&Shown>, verb: Verb) {
    let line = |shown: &Shown| shown.to_line();
    // A set's entry is shown by its value alone; a map's by key and value.
    let entry = |shown: &Shown| match key {
        Some(key) if !key.ends_with(&shown.to_line()) || shown.to_line().is_empty() => {
            format!("{key} {}", shown.to_line())
        }
        _ => shown.to_line(),
    };
    match (before, after) {
        (None, Some(after)) if key.is_none() && verb == Verb::Create => row(doc, name, [(Label::Plain, line(after))]),
        (None, Some(after)) => row(doc, name, [(Label::Added, format!("+ {}", entry(after)))]),
        (Some(before), None) => row(doc, name, [(Label::Removed, format!("- {}", entry(before)))]),
        (Some(before), Some(after)) => {
            let key = key.map(|key| format!("{key} ")).unwrap_or_default();
            let text = format!("{key}{} -> {}", line(before), line(after));
            row(doc, name, [(Label::Changed, text)]);
        }
        (None, None) => row(doc, name, [(Label::Changed, key.unwrap_or("changes").to_owned())]),
    }
}

fn document(doc: &mut Doc, name: &str, key: Option<&str>, before: Option<&Policy>, after: Option<&Policy>) {
    let changes = policy_doc::diff(before, after);
    let mut name = name.to_owned();
    if let Some(key) = key {
        let (label, mark) = match (before, after) {
            (None, Some(_)) => (Label::Added, "+ "),
            (Some(_), None) => (Label::Removed, "- "),
            _ => (Label::Changed, ""),
        };
        row(doc, &name, [(label, format!("{mark}{key}"))]);
        name = String::new();
    }
    for change in &changes {
        statement(doc, &name, change);
        name = String::new();
    }
}

fn statement(doc: &mut Doc, name: &str, change: &StatementChange) {
    match change {
        StatementChange::Added { label, statement } => {
            row(
                doc,
                name,
                [(Label::Added, format!("+ {}", with_label(label, &statement.summary())))],
            );
        }
        StatementChange::Removed { label, statement } => {
            row(
                doc,
                name,
                [(Label::Removed, format!("- {}", with_label(label, &statement.summary())))],
            );
        }
        StatementChange::Changed { label, parts } => {
            row(doc, name, [(Label::Plain, spelled(label))]);
            parts.iter().for_each(|part| parts_of(doc, part));
        }
        StatementChange::Document { parts } => parts.iter().for_each(|part| parts_of(doc, part)),
        StatementChange::UnreadableBefore { text: _ } => {
            row(
                doc,
                name,
                [(Label::Removed, "- a document that this program can't read".into())],
            );
        }
        StatementChange::UnreadableAfter { text: _ } => {
            row(
                doc,
                name,
                [(Label::Added, "+ a document that this program can't read".into())],
            );
        }
    }
}

fn spelled(label: &str) -> String {
    if label.starts_with("statement ") {
        label.to_owned()
    } else {
        format!("statement \"{label}\"")
    }
}

/// "Read: Allow s3:GetObject on …"; a number alone says nothing about a new statement.
fn with_label(label: &str, summary: &str) -> String {
    if label.starts_with("statement ") {
        summary.to_owned()
    } else {
        format!("{label}: {summary}")
    }
}

fn parts_of(doc: &mut Doc, part: &PartChange) {
    let mut element = format!("  {}", part.element);
    let removed = part.removed.iter().map(|item| (Label::Removed, format!("- {item}")));
    let added = part.added.iter().map(|item| (Label::Added, format!("+ {item}")));
    for (label, item) in removed.chain(added) {
        let gap = " ".repeat(14usize.saturating_sub(element.chars().count()).max(1));
        let head = format!("    {}{element}{gap}", " ".repeat(FIELD_WIDTH));
        doc.line([(Label::Plain, head), (label, item)]);
        element = String::new();
    }
}

/// "1 to create, 2 to change, 211 as written; 9 calls."
fn counts(plan: &Plan) -> String {
    let words = [
        (Verb::Create, "to create"),
        (Verb::Update, "to change"),
        (Verb::Replace, "to replace"),
        (Verb::Delete, "to delete"),
        (Verb::Adopt, "to adopt"),
        (Verb::Refuse, "refused"),
        (Verb::Unknown, "unknown"),
    ];
    let counted = words
        .iter()
        .map(|(verb, word)| (plan.count(*verb), *word))
        .filter(|(count, _)| *count > 0);
    let mut parts: Vec<String> = counted.map(|(count, word)| format!("{count} {word}")).collect();
    let kept = plan.count(Verb::Keep);
    if parts.is_empty() {
        return format!("Nothing to do: {kept} as written.");
    }
    if kept > 0 {
        parts.push(format!("{kept} as written"));
    }
    let calls = match plan.steps.len() {
        1 => "1 call".to_owned(),
        many => format!("{many} calls"),
    };
    format!("{}; {calls}.", parts.join(", "))
}

fn refused(doc: &mut Doc, refusal: &Refusal) {
    let place = refusal
        .place
        .as_ref()
        .map(|place| format!(" ({place})"))
        .unwrap_or_default();
    doc.line([
        (Label::Alarm, "refused: ".into()),
        (Label::Plain, format!("{}{place}", refusal.message)),
    ]);
    doc.text(Label::Plain, format!("    {}", refusal.hint));
}
