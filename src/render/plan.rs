//! A plan as a reviewer reads it: the thing first, what changes in its terms, what it means, what to do.
//!
//! Invariant: the order is that of the plan; equal plans give equal text.

#[cfg(test)]
mod tests;

use crate::fields::Shown;
use crate::kind::DoomedBy;
use crate::plan::{Change, FieldChange, Header, Plan, Refusal, Unmet, Verb};
use crate::policy_doc::{self, PartChange, Policy, StatementChange};
use crate::spec::source::Place;

use super::access::{self, Voice};
use super::{Doc, Label};

/// The column at which places stand, where there is room.
pub(super) const PLACE_COLUMN: usize = 72;

/// The narrowest column of field names.
const FIELD_WIDTH: usize = 12;

/// The narrowest column of a statement's elements.
const ELEMENT_WIDTH: usize = 10;

/// The whole plan.
#[must_use]
pub fn plan(plan: &Plan) -> Doc {
    let mut doc = Doc::default();
    header(&mut doc, plan);
    for change in plan.changes.iter().filter(|change| is_worth_showing(change)) {
        doc.gap();
        resource(&mut doc, change);
    }
    access::section(&mut doc, &plan.access, Voice::Change);
    doc.gap();
    doc.text(Label::Heading, counts(plan));
    for refusal in &plan.refusals {
        refused(&mut doc, refusal);
    }
    doc
}

fn header(doc: &mut Doc, plan: &Plan) {
    heading(doc, &plan.header);
    if !plan.consents.is_empty() {
        doc.line([
            (Label::Changed, "with ".into()),
            (Label::Plain, plan.consents.join(" ")),
        ]);
    }
}

/// What was asked of which account, and by whom.
pub(super) fn heading(doc: &mut Doc, header: &Header) {
    let who = header.identity.split(':').next_back().unwrap_or(&header.identity);
    doc.line([
        (Label::Heading, header.environment.clone()),
        (
            Label::Plain,
            format!(" · account {} · {} · as {who}", header.account, header.region),
        ),
    ]);
}

fn is_worth_showing(change: &Change) -> bool {
    let Change {
        address: _,
        verb,
        live: _,
        origin: _,
        doomed: _,
        fields: _,
        held,
        ignored: _,
        unmet,
        unknown,
        notes,
    } = change;
    *verb != Verb::Keep || !held.is_empty() || !unmet.is_empty() || !unknown.is_empty() || !notes.is_empty()
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
    let room = PLACE_COLUMN.saturating_sub(head.chars().count()).max(2);
    let place = format!("{}{}", " ".repeat(room), origin(change));
    doc.line([(label, head), (Label::Dim, place)]);
    rows(doc, change);
}

/// Everything below the head of a resource.
pub(super) fn rows(doc: &mut Doc, change: &Change) {
    let shown = worth_a_row(change);
    let mut rows = Rows::new(doc, change, &shown);
    rows.fields(&shown, change.verb);
    rows.aside("held", &change.held, "is kept: only a written value takes it away");
    if change.verb != Verb::Keep {
        rows.aside("ignored", &change.ignored, "is kept as it is");
    }
    for unmet in &change.unmet {
        rows.unmet(unmet);
    }
    for (path, why) in &change.unknown {
        rows.row(&path.to_string(), [(Label::Alarm, format!("unknown: {why}"))]);
    }
    for note in &change.notes {
        rows.row("note", [(Label::Dim, note.clone())]);
    }
}

fn origin(change: &Change) -> String {
    let place = change.origin.as_ref().map(Place::to_string).unwrap_or_default();
    match change.doomed {
        Some(DoomedBy::Absent) => format!("{place}, absent"),
        Some(DoomedBy::Dropped) => format!("{place}, no longer declared"),
        None => place,
    }
}

/// Of what is deleted only what hangs on it: that goes with it, and its settings are not worth a line.
fn worth_a_row(change: &Change) -> Vec<&FieldChange> {
    let is_link = |field: &&FieldChange| field.path.key.is_some() && field.path.field != "tags";
    let fields = change.fields.iter();
    match change.verb {
        Verb::Delete => fields.filter(is_link).collect(),
        _ => fields.collect(),
    }
}

fn remark(verb: Verb) -> &'static str {
    match verb {
        Verb::Adopt => " is taken over as it is",
        Verb::Replace => " is deleted and made anew, with another unique id",
        Verb::Refuse => " is left alone, see below",
        Verb::Create | Verb::Update | Verb::Delete | Verb::Keep | Verb::Unknown => "",
    }
}

/// The rows below a resource: names in one column, values in the next.
struct Rows<'a> {
    doc: &'a mut Doc,
    width: usize,
    verb: Verb,
}

impl<'a> Rows<'a> {
    fn new(doc: &'a mut Doc, change: &Change, shown: &[&FieldChange]) -> Self {
        let names = shown.iter().map(|field| field.path.field.len());
        let unknown = change.unknown.iter().map(|(path, _)| path.to_string().chars().count());
        let unmet = change
            .unmet
            .iter()
            .map(|unmet| unmet.field.path.brief().chars().count());
        let widest = names.chain(unknown).chain(unmet).max().unwrap_or_default();
        Self {
            doc,
            width: FIELD_WIDTH.max(widest + 2),
            verb: change.verb,
        }
    }

    fn row(&mut self, name: &str, value: impl IntoIterator<Item = (Label, String)>) {
        let gap = self.width.saturating_sub(name.chars().count()).max(1);
        let head = (Label::Plain, format!("    {name}{}", " ".repeat(gap)));
        self.doc.line(std::iter::once(head).chain(value));
    }

    fn aside(&mut self, word: &str, fields: &[FieldChange], meaning: &str) {
        for field in fields {
            let value = field.before.as_ref().map_or("nothing".to_owned(), Shown::to_line);
            // Of a set the entry is the value.
            let is_said = field.path.key.as_ref() == Some(&value) || matches!(field.before, Some(Shown::Policy(_)));
            let value = if is_said { String::new() } else { format!(" ({value})") };
            self.row(word, [(Label::Dim, format!("{}{value} {meaning}", field.path.brief()))]);
        }
    }

    fn unmet(&mut self, unmet: &Unmet) {
        let Unmet { field, remedy } = unmet;
        let value = |shown: &Option<Shown>| shown.as_ref().map_or("nothing".to_owned(), Shown::to_line);
        let (before, after) = (value(&field.before), value(&field.after));
        let text = format!("{before} (the file says {after}); evenkeel can't change it: {remedy}");
        self.row(&field.path.brief(), [(Label::Alarm, text)]);
    }

    /// The rows of one field stand together under its name.
    fn fields(&mut self, changes: &[&FieldChange], verb: Verb) {
        let mut last = "";
        for change in changes {
            let field = change.path.field;
            let name = if field == last { "" } else { field };
            last = field;
            self.one(name, change, verb);
        }
    }

    fn one(&mut self, name: &str, change: &FieldChange, verb: Verb) {
        let key = change.path.key.as_deref();
        match (&change.before, &change.after) {
            (before, Some(Shown::Policy(after))) => self.document(name, key, as_policy(before.as_ref()), Some(after)),
            (Some(Shown::Policy(before)), None) => self.document(name, key, Some(before), None),
            (before, after) => {
                let piece = value(key, before.as_ref(), after.as_ref(), verb);
                self.row(name, [piece]);
            }
        }
    }

    /// A document by its statements; those of a named one stand indented under its name.
    fn document(&mut self, name: &str, key: Option<&str>, before: Option<&Policy>, after: Option<&Policy>) {
        let Some(key) = key else {
            return self.statements(name, 0, before, after);
        };
        if [before, after]
            .iter()
            .flatten()
            .all(|document| names_itself(document, key))
        {
            return self.statements(name, 0, before, after);
        }
        let (label, mark) = match (before, after) {
            (None, Some(_)) => (Label::Added, "+ "),
            (Some(_), None) => (Label::Removed, "- "),
            _ => (Label::Changed, ""),
        };
        self.row(name, [(label, format!("{mark}{key}"))]);
        // What is in a document that goes with its holder is not worth a line.
        if self.verb != Verb::Delete {
            self.statements("", 2, before, after);
        }
    }

    fn statements(&mut self, name: &str, indent: usize, before: Option<&Policy>, after: Option<&Policy>) {
        let mut name = name;
        for change in &policy_doc::diff(before, after) {
            self.statement(name, indent, change);
            name = "";
        }
    }

    fn statement(&mut self, name: &str, indent: usize, change: &StatementChange) {
        let pad = " ".repeat(indent);
        let whole = |label: Label, mark: &str, text: String| [(label, format!("{pad}{mark} {text}"))];
        let unreadable = || "a document that this program can't read".to_owned();
        match change {
            StatementChange::Added { label, statement } => {
                self.row(name, whole(Label::Added, "+", with_label(label, &statement.summary())));
            }
            StatementChange::Removed { label, statement } => {
                self.row(
                    name,
                    whole(Label::Removed, "-", with_label(label, &statement.summary())),
                );
            }
            StatementChange::Changed { label, parts } => {
                self.row(name, [(Label::Plain, format!("{pad}{}", spelled(label)))]);
                self.parts("", indent + 2, parts);
            }
            StatementChange::Document { parts } => self.parts(name, indent, parts),
            StatementChange::UnreadableBefore { text: _ } => self.row(name, whole(Label::Removed, "-", unreadable())),
            StatementChange::UnreadableAfter { text: _ } => self.row(name, whole(Label::Added, "+", unreadable())),
        }
    }

    fn parts(&mut self, name: &str, indent: usize, parts: &[PartChange]) {
        let elements: Vec<String> = parts.iter().map(|part| part.element.to_string()).collect();
        let widest = elements.iter().map(|element| element.chars().count()).max();
        let width = ELEMENT_WIDTH.max(widest.unwrap_or_default() + 2);
        let mut name = name;
        for (part, element) in parts.iter().zip(elements) {
            let removed = part.removed.iter().map(|item| (Label::Removed, format!("- {item}")));
            let added = part.added.iter().map(|item| (Label::Added, format!("+ {item}")));
            let mut element = element.as_str();
            for piece in removed.chain(added) {
                let head = format!("{}{element:width$}", " ".repeat(indent));
                self.row(name, [(Label::Plain, head), piece]);
                (name, element) = ("", "");
            }
        }
    }
}

/// A document of one statement that is called like the entry needs no other name.
fn names_itself(document: &Policy, key: &str) -> bool {
    let statements = document.document().map(|document| document.statements.as_slice());
    matches!(statements, Some([one]) if one.sid.as_ref().is_some_and(|sid| sid.text == key))
}

fn as_policy(shown: Option<&Shown>) -> Option<&Policy> {
    match shown {
        Some(Shown::Policy(policy)) => Some(policy),
        Some(Shown::Text(_) | Shown::Secret) | None => None,
    }
}

fn value(key: Option<&str>, before: Option<&Shown>, after: Option<&Shown>, verb: Verb) -> (Label, String) {
    match (before, after) {
        (None, Some(after)) if key.is_none() && verb == Verb::Create => (Label::Plain, line(after)),
        (None, Some(after)) => (Label::Added, format!("+ {}", entry(key, after))),
        (Some(before), None) => (Label::Removed, format!("- {}", entry(key, before))),
        (Some(before), Some(after)) => {
            let key = key.map(|key| format!("{key} ")).unwrap_or_default();
            (Label::Changed, format!("{key}{} -> {}", line(before), line(after)))
        }
        (None, None) => (Label::Changed, key.unwrap_or("changes").to_owned()),
    }
}

fn line(shown: &Shown) -> String {
    match shown.to_line() {
        text if text.is_empty() => "\"\"".to_owned(),
        text => text,
    }
}

/// A set's entry is shown by itself alone, a map's by key and value. A set's key is its entry: the same text, or an ARN.
fn entry(key: Option<&str>, shown: &Shown) -> String {
    let text = line(shown);
    match key {
        Some(key) if key != text && !(key.starts_with("arn:") && key.ends_with(&text)) => format!("{key} {text}"),
        Some(_) | None => text,
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

/// "1 to create, 2 to change, 211 as written; 9 calls."
/// How many things are how, as one line.
#[must_use]
pub fn counts(plan: &Plan) -> String {
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
    let is_unmet = |change: &&Change| change.verb == Verb::Keep && !change.unmet.is_empty();
    let unmet = plan.changes.iter().filter(is_unmet).count();
    let kept = plan.count(Verb::Keep) - unmet;
    let not_as_written = format!("{unmet} not as written, which only a person can change");
    if parts.is_empty() {
        return match unmet {
            0 => format!("Nothing to do: {kept} as written."),
            _ => format!("Nothing to do: {kept} as written, {not_as_written}."),
        };
    }
    if kept > 0 {
        parts.push(format!("{kept} as written"));
    }
    if unmet > 0 {
        parts.push(not_as_written);
    }
    let calls = match plan.steps.len() {
        1 => "1 call".to_owned(),
        many => format!("{many} calls"),
    };
    format!("{}; {calls}.", parts.join(", "))
}

/// What stands in the way, and what to do.
pub fn refused(doc: &mut Doc, refusal: &Refusal) {
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
