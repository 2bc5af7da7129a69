//! One resource: a line that opens, and below it what differs.
//!
//! Invariant: the fence is longer than any run of backticks between its ends, and no line of it comes from a line break of
//! somebody else's.

use std::fmt::Write as _;

use crate::fields::Shown;
use crate::policy_doc::{PartChange, StatementChange};
use crate::report::{Base, Field, Status, Thing};

use super::Level;
use super::text::{clipped, code, html, longest_run};

/// The longest line of a difference where space is short.
const BRIEF: usize = 200;

/// The longest line of a difference at all.
const LONG: usize = 4_000;

/// The most lines of one resource where space is short.
const BRIEF_LINES: usize = 40;

/// The most lines of one resource at all.
const MOST_LINES: usize = 1_000;

/// A resource with as much as the level says.
pub(super) fn thing(page: &mut String, thing: &Thing, level: Level) {
    let lines = match level {
        Level::Full => lines(thing, LONG),
        Level::Brief => lines(thing, BRIEF),
        Level::Names => names(thing),
        Level::Lines | Level::Addresses => Vec::new(),
    };
    if lines.is_empty() {
        let place = thing
            .place
            .as_ref()
            .map(|place| format!(" {}", code(&clipped(&place.to_string(), BRIEF))));
        let place = place.unwrap_or_default();
        let (mark, word) = (mark(thing.status), thing.status.counted());
        let _ = writeln!(page, "\n{mark} {} {word}{place}", code(&thing.address.to_string()));
        return;
    }
    let place = thing
        .place
        .as_ref()
        .map(|place| format!(" <code>{}</code>", html(&clipped(&place.to_string(), BRIEF))));
    let _ = writeln!(
        page,
        "\n<details><summary>{} <code>{}</code> {}{}</summary>\n",
        mark(thing.status),
        html(&thing.address.to_string()),
        thing.status.counted(),
        place.unwrap_or_default()
    );
    fenced(
        page,
        &lines,
        if level == Level::Full { MOST_LINES } else { BRIEF_LINES },
    );
    let _ = writeln!(page, "\n</details>");
}

/// A sign that is seen from afar; beside it always stands the word.
fn mark(status: Status) -> &'static str {
    match status {
        Status::Create | Status::Added => "➕",
        Status::Delete | Status::Removed => "➖",
        Status::Update | Status::Changed | Status::Pending => "✏️",
        Status::Replace | Status::Refuse | Status::Conflict => "❗",
        Status::Drift | Status::Difference => "⚠️",
        Status::Unknown => "❓",
        Status::Adopt | Status::Unmanaged | Status::Accepted | Status::Keep => "▫️",
    }
}

fn fenced(page: &mut String, lines: &[String], most: usize) {
    let shown = &lines[..lines.len().min(most)];
    let longest = shown.iter().map(|line| longest_run(line)).max().unwrap_or_default();
    let fence = "`".repeat((longest + 1).max(3));
    let _ = writeln!(page, "{fence}diff");
    for line in shown {
        let _ = writeln!(page, "{line}");
    }
    if let Some(more) = lines.len().checked_sub(most).filter(|more| *more > 0) {
        let _ = writeln!(page, "  … and {more} more lines");
    }
    let _ = writeln!(page, "{fence}");
}

fn names(thing: &Thing) -> Vec<String> {
    let fields = thing.fields.iter().map(|field| {
        let class = field
            .class
            .map(|class| format!(" ({})", class.word()))
            .unwrap_or_default();
        format!("{} {}{class}", sign(field), clipped(&field.path.brief(), BRIEF))
    });
    fields.chain(unknown(thing, BRIEF)).collect()
}

fn sign(field: &Field) -> char {
    match (&field.before, &field.after) {
        (None, Some(_)) => '+',
        (Some(_), None) => '-',
        (Some(_), Some(_)) | (None, None) => '!',
    }
}

/// Everything that is said of a resource, each on a line that begins as in a difference.
fn lines(thing: &Thing, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = thing.remark().map(|remark| format!("! {remark}")).into_iter().collect();
    lines.extend(thing.fields.iter().flat_map(|field| self::field(field, most)));
    for (field, remedy) in &thing.unmet {
        let (before, after) = (said(field.before.as_ref()), said(field.after.as_ref()));
        let text = format!("{}: {before}, the file says {after}: {remedy}", field.path.brief());
        lines.push(format!("! {}", clipped(&text, most)));
    }
    lines.extend(unknown(thing, most));
    for trace in &thing.traces {
        let text = format!("by {}, {}, {}", trace.actor, trace.event, trace.time);
        lines.push(format!("# {}", clipped(&text, most)));
    }
    if most == LONG {
        lines.extend(kept("held", &thing.held, most));
        lines.extend(kept("ignored", &thing.ignored, most));
    }
    lines.extend(thing.notes.iter().map(|note| format!("# {}", clipped(note, most))));
    lines
}

fn unknown(thing: &Thing, most: usize) -> impl Iterator<Item = String> {
    let line = move |path: &str, why: &str| format!("! {}", clipped(&format!("{path}: unknown: {why}"), most));
    thing.unknown.iter().map(move |(path, why)| line(&path.brief(), why))
}

fn kept<'a>(word: &'a str, fields: &'a [Field], most: usize) -> impl Iterator<Item = String> + 'a {
    fields.iter().map(move |field| {
        let text = format!("{word}: {} {}", field.path.brief(), said(field.before.as_ref()));
        format!("  {}", clipped(&text, most))
    })
}

fn said(shown: Option<&Shown>) -> String {
    match shown.map(Shown::to_line) {
        None => "nothing".to_owned(),
        Some(text) if text.is_empty() => "\"\"".to_owned(),
        Some(text) => text,
    }
}

fn field(field: &Field, most: usize) -> Vec<String> {
    let class = field
        .class
        .map(|class| format!(" ({})", class.word()))
        .unwrap_or_default();
    let name = field.path.brief();
    let mut lines = match field.statements() {
        Some(statements) => {
            let head = format!("{} {}", sign(field), clipped(&format!("{name}{class}:"), most));
            let below = statements.iter().flat_map(|change| statement(change, most));
            std::iter::once(head).chain(below).collect()
        }
        None => values(field, &format!("{name}{class}"), most),
    };
    let base = match &field.base {
        Base::Unasked => return lines,
        Base::Nothing => "nothing".to_owned(),
        Base::Value(value) => said(Some(value)),
    };
    lines.push(format!("  {}", clipped(&format!("  the base says {base}"), most)));
    lines
}

fn values(field: &Field, name: &str, most: usize) -> Vec<String> {
    let line = |sign: char, value: &Option<Shown>| {
        let value = said(Some(value.as_ref()?));
        let name = if is_entry(field, &value) {
            field.path.field
        } else {
            name
        };
        Some(format!("{sign} {}", clipped(&format!("{name}: {value}"), most)))
    };
    let lines: Vec<String> = [line('-', &field.before), line('+', &field.after)]
        .into_iter()
        .flatten()
        .collect();
    if lines.is_empty() {
        return vec![format!("! {}", clipped(name, most))];
    }
    lines
}

/// Of a set the entry is the value: the same text, or an ARN.
fn is_entry(field: &Field, value: &str) -> bool {
    let key = field.path.key.as_deref();
    field.class.is_none() && key.is_some_and(|key| key == value || (key.starts_with("arn:") && key.ends_with(value)))
}

fn statement(change: &StatementChange, most: usize) -> Vec<String> {
    let line = |sign: char, text: &str| format!("{sign}   {}", clipped(text, most));
    match change {
        StatementChange::Added { label, statement } => vec![line('+', &format!("{label}: {}", statement.summary()))],
        StatementChange::Removed { label, statement } => vec![line('-', &format!("{label}: {}", statement.summary()))],
        StatementChange::Changed { label, parts } => std::iter::once(line('!', label))
            .chain(self::parts(parts, most))
            .collect(),
        StatementChange::Document { parts } => self::parts(parts, most).collect(),
        StatementChange::UnreadableBefore { text: _ } => vec![line('-', "a document that this program can't read")],
        StatementChange::UnreadableAfter { text: _ } => vec![line('+', "a document that this program can't read")],
    }
}

fn parts(parts: &[PartChange], most: usize) -> impl Iterator<Item = String> {
    parts.iter().flat_map(move |part| {
        let line = move |sign: char, item: &String| {
            format!("{sign}     {}", clipped(&format!("{} {item}", part.element), most))
        };
        let removed = part.removed.iter().map(move |item| line('-', item));
        removed.chain(part.added.iter().map(move |item| line('+', item)))
    })
}
