//! The texts that `policy` is given, and what is wrong with them.

use std::io::Read as _;

use serde_json::{Value as Json, json};

use crate::policy_doc::{Policy, Reading, json_path, of_node, tree};
use crate::spec::finding::Finding;
use crate::spec::node::Node;
use crate::spec::source::{FileId, Sources};

use super::Format;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;

/// The name of standard input on the command line, and what messages call it.
const STANDARD_INPUT: &str = "-";
const STANDARD_INPUT_NAME: &str = "<standard input>";

/// What is wrong with a document, and the tree that its places lie in; none where the text is no JSON.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) findings: Vec<Finding>,
    pub(super) tree: Option<Node>,
}

/// Reads a file, or standard input for `-`, as UTF-8.
pub(super) fn text(name: &str, sources: &mut Sources) -> Result<FileId, Failure> {
    let (shown, bytes) = match name {
        STANDARD_INPUT => (STANDARD_INPUT_NAME, standard_input()),
        path => (path, std::fs::read(path)),
    };
    let bytes = bytes.map_err(|error| Failure::new(format!("{shown} can't be read: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let sound = error.as_bytes().get(..at).unwrap_or_default();
        let line = sound.iter().filter(|byte| **byte == b'\n').count() + 1;
        Failure::new(format!("{shown}:{line}: the text is not UTF-8 from byte {at} on"))
    })?;
    Ok(sources.add(shown, text))
}

fn standard_input() -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The JSON of a text.
pub(super) fn parsed(file: FileId, sources: &Sources) -> Result<Node, Refused> {
    tree(&sources.get(file).text, file).map_err(|finding| Refused {
        findings: vec![finding],
        tree: None,
    })
}

/// The one document of a text, with the tree that its places lie in.
pub(super) fn document(file: FileId, sources: &Sources, reading: Reading) -> Result<(Policy, Node), Refused> {
    let node = parsed(file, sources)?;
    match of_node(&node, reading) {
        Ok(policy) => Ok((policy, node)),
        Err(findings) => Err(Refused {
            findings,
            tree: Some(node),
        }),
    }
}

/// Tells what is wrong: to people on standard error, to programs on standard output as `{"errors": […]}`.
pub(super) fn refuse(refused: &Refused, sources: &Sources, format: Format, output: &Output) -> Exit {
    output.findings(&refused.findings, sources);
    if format == Format::Json {
        print_json(&json!({ "errors": findings(refused, sources) }), output);
    }
    Exit::Error
}

/// Findings for programs, each with its path in the JSON text.
pub(super) fn findings(refused: &Refused, sources: &Sources) -> Json {
    let each = refused.findings.iter();
    each.map(|one| finding(one, refused.tree.as_ref(), sources)).collect()
}

/// One finding for programs: `id`, `severity`, `path`, `file`, `line`, `column`, `message`, `label`, `help`.
pub(super) fn finding(finding: &Finding, tree: Option<&Node>, sources: &Sources) -> Json {
    let place = finding.span.map(|span| sources.place(span));
    let path = match (tree, finding.span) {
        (Some(tree), Some(span)) => json_path(tree, span),
        _ => "$".to_owned(),
    };
    json!({
        "id": finding.code,
        "severity": finding.severity,
        "path": path,
        "file": place.as_ref().map(|place| &place.file),
        "line": place.as_ref().map(|place| place.line),
        "column": place.as_ref().map(|place| place.column),
        "message": finding.message,
        "label": finding.label,
        "help": finding.help,
    })
}

/// A value for programs, on lines of its own.
pub(super) fn print_json(value: &Json, output: &Output) {
    output.document(&format!("{value:#}\n"));
}
