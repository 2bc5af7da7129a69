//! `policy diff`: what differs between two documents, statement by statement.

use clap::Args;
use serde_json::{Value as Json, json};

use super::{Format, Kind, input};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::policy_doc::{PartChange, Statement, StatementChange, diff};
use crate::render::{Doc, Label};
use crate::spec::source::Sources;

/// Show what turns one document into another, statement by statement, in the order of the later text.
///
/// Order, case that has no meaning, and one item or a list of one are no difference. Exits with 2 if there is one.
#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// The earlier document, or `-` for standard input.
    #[arg(value_name = "A")]
    before: String,
    /// The later one.
    #[arg(value_name = "B")]
    after: String,
    /// What kind of policy both are; their elements tell, if this does not.
    #[arg(long = "type", value_name = "KIND")]
    kind: Option<Kind>,
    /// How the answer is written.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn run(args: &DiffArgs, output: &Output) -> Result<Exit, Failure> {
    let mut sources = Sources::default();
    let before = input::text(&args.before, &mut sources)?;
    let after = input::text(&args.after, &mut sources)?;
    let reading = Kind::asked(args.kind);
    let read = input::document(before, &sources, reading)
        .and_then(|before| Ok((before.0, input::document(after, &sources, reading)?.0)));
    let (before, after) = match read {
        Ok(both) => both,
        Err(refused) => return Ok(input::refuse(&refused, &sources, args.format, output)),
    };
    let changes = diff(Some(&before), Some(&after));
    match args.format {
        Format::Text => output.data(&shown(&changes)),
        Format::Json => input::print_json(&changes.iter().map(change).collect(), output),
    }
    Ok(if changes.is_empty() {
        Exit::Done
    } else {
        Exit::Differences
    })
}

fn shown(changes: &[StatementChange]) -> Doc {
    let mut doc = Doc::default();
    if changes.is_empty() {
        doc.text(Label::Dim, "no difference");
    }
    for change in changes {
        match change {
            StatementChange::Document { parts } => {
                doc.text(Label::Changed, "~ document");
                parts.iter().for_each(|part| show_part(part, &mut doc));
            }
            StatementChange::Changed { label, parts } => {
                doc.text(Label::Changed, format!("~ {label}"));
                parts.iter().for_each(|part| show_part(part, &mut doc));
            }
            StatementChange::Added { label, statement } => {
                doc.text(Label::Added, format!("+ {label}: {}", statement.summary()));
            }
            StatementChange::Removed { label, statement } => {
                doc.text(Label::Removed, format!("- {label}: {}", statement.summary()));
            }
            StatementChange::UnreadableBefore { text } => doc.text(Label::Removed, format!("- {text}")),
            StatementChange::UnreadableAfter { text } => doc.text(Label::Added, format!("+ {text}")),
        }
    }
    doc
}

fn show_part(part: &PartChange, doc: &mut Doc) {
    let PartChange {
        element,
        removed,
        added,
    } = part;
    for item in removed {
        doc.text(Label::Removed, format!("    - {element}: {item}"));
    }
    for item in added {
        doc.text(Label::Added, format!("    + {element}: {item}"));
    }
    if removed.is_empty() && added.is_empty() {
        doc.text(Label::Changed, format!("    ~ {element}"));
    }
}

fn change(change: &StatementChange) -> Json {
    let whole = |what: &str, label: &str, statement: &Statement| json!({ "change": what, "statement": label, "value": statement.to_value() });
    match change {
        StatementChange::Document { parts } => {
            json!({ "change": "document", "parts": parts.iter().map(part).collect::<Json>() })
        }
        StatementChange::Changed { label, parts } => {
            json!({ "change": "changed", "statement": label, "parts": parts.iter().map(part).collect::<Json>() })
        }
        StatementChange::Added { label, statement } => whole("added", label, statement),
        StatementChange::Removed { label, statement } => whole("removed", label, statement),
        StatementChange::UnreadableBefore { text } => json!({ "change": "unreadable-before", "value": text }),
        StatementChange::UnreadableAfter { text } => json!({ "change": "unreadable-after", "value": text }),
    }
}

fn part(part: &PartChange) -> Json {
    let PartChange {
        element,
        removed,
        added,
    } = part;
    json!({ "element": element.to_string(), "removed": removed, "added": added })
}
