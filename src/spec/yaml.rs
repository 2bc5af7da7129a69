//! From YAML text to [`Node`]s.
//!
//! Invariant: on any input this ends, in bounded memory and stack, with a tree or with findings, and never guesses:
//! what YAML readers understand differently (unquoted `yes`, leading zeros) stays text. It must not know what the text means.

mod build;
mod explain;
mod merge;
mod offsets;
mod scalar;
#[cfg(test)]
mod tests;
mod weight;

use saphyr_parser::{Event, Parser};

pub(in crate::spec) use self::build::duplicate;
use self::build::{Builder, Stop, TWICE};
use self::offsets::Offsets;
pub(in crate::spec) use self::scalar::is_number;
use super::finding::Finding;
use super::node::{Node, Value};
use super::source::{FileId, Sources, Span};

/// How deep collections may stand in one another.
pub const MAX_DEPTH: usize = 128;
/// How many values a text may hold, aliases expanded.
pub const MAX_NODES: usize = 1_000_000;
/// How many bytes the scalars and keys of a text may hold together, aliases expanded.
pub const MAX_TEXT: usize = 64 * 1024 * 1024;

/// Reads one YAML document; of keys that stand twice the first counts, so that what else is wrong can be said as well.
///
/// # Errors
/// As [`parse`], where there is no tree to go on with.
pub fn parse_on(sources: &Sources, file: FileId) -> Result<(Node, Vec<Finding>), Vec<Finding>> {
    let (root, findings) = read(sources, file);
    match root {
        Some(root) if findings.iter().all(|finding| finding.code == TWICE) => Ok((root, findings)),
        _ => Err(findings),
    }
}

/// Reads one YAML document.
///
/// # Errors
/// Everything that is wrong with the text, in the order of reading. A syntax error ends the reading, so that there is at most
/// one of them.
pub fn parse(sources: &Sources, file: FileId) -> Result<Node, Vec<Finding>> {
    match read(sources, file) {
        (Some(root), findings) if findings.is_empty() => Ok(root),
        (_, findings) => Err(findings),
    }
}

/// The tree, as far as it could be read, and what is wrong with it; there is never neither.
fn read(sources: &Sources, file: FileId) -> (Option<Node>, Vec<Finding>) {
    let text = &*sources.get(file).text;
    let offsets = Offsets::new(text, file);
    if text.trim_start_matches(char::is_whitespace).is_empty() {
        return (None, vec![nothing(offsets.at(0, 0))]);
    }
    let mut builder = Builder::new(text, &offsets);
    let mut documents = 0_u32;
    for event in Parser::new_from_str(text) {
        let (event, written) = match event {
            Ok(event) => event,
            Err(error) => {
                let mut findings = builder.into_findings();
                findings.push(explain::syntax_error(&error, text, &offsets));
                return (None, findings);
            }
        };
        let span = offsets.span(written.start.index(), written.end.index());
        if matches!(event, Event::DocumentStart(_)) {
            documents += 1;
        }
        if documents > 1 {
            builder.report(several(span));
            break;
        }
        if let Err(Stop) = builder.event(event, span) {
            break;
        }
    }
    finish(builder, offsets.at(0, 0))
}

fn finish(builder: Builder<'_>, start: Span) -> (Option<Node>, Vec<Finding>) {
    match builder.finish() {
        (root, findings) if !findings.is_empty() => (root, findings),
        (Some(root), findings) if root.value != Value::Null => (Some(root), findings),
        _ => (None, vec![nothing(start)]),
    }
}

fn nothing(span: Span) -> Finding {
    Finding::error("E0202", span, "there is nothing in this file")
        .label("expected a mapping, such as `version: 1`")
        .help("comments alone count as nothing")
}

fn several(span: Span) -> Finding {
    Finding::error("E0203", span, "a second YAML document begins here")
        .label("only one document in a file")
        .help("put it into a file of its own, or remove the `---` if the two belong together")
}
