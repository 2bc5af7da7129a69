//! Documents by themselves: strict JSON, as it is pasted into AWS, with the path of every part.
//!
//! Invariant: what AWS would refuse is never read as a document, and what is read keeps its places. Nothing is filled in
//! for the author: a missing version means 2008, as it does for AWS.

use super::flavour::Flavour;
use super::policy::Policy;
use super::{check, codes, json, read, write};
use crate::spec::finding::Finding;
use crate::spec::node::{Node, Value};
use crate::spec::source::{FileId, Span};

/// For what a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// To judge it: everything that AWS would refuse, and a placeholder of a guide, is a finding.
    Judged(Flavour),
    /// To ask it something: what AWS may hold is taken, such as dead principals, and variables in a document of 2008.
    Asked(Flavour),
    /// The same, of a kind that nobody told: its elements tell.
    Unnamed,
}

/// Reads a document from the text of a file.
///
/// # Errors
/// Everything that is wrong with it, each with its place; at the first mistake against JSON, that one alone.
pub fn bare(text: &str, file: FileId, reading: Reading) -> Result<Policy, Vec<Finding>> {
    let node = tree(text, file).map_err(|finding| vec![finding])?;
    of_node(&node, reading)
}

/// Reads strict JSON.
///
/// # Errors
/// The first thing that is wrong with it.
#[expect(clippy::result_large_err, reason = "it is made once for a text")]
pub fn tree(text: &str, file: FileId) -> Result<Node, Finding> {
    json::parse(text, file).map_err(|fault| {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let span = Span {
            file,
            start: offset(fault.range.start),
            end: offset(fault.range.end),
        };
        let message = format!("this is not strict JSON: {}", fault.message);
        Finding::error(codes::NOT_JSON, span, message).label(fault.help.unwrap_or_default())
    })
}

/// Reads a document that is a part of a JSON text.
///
/// # Errors
/// Everything that is wrong with it, each with its place.
pub fn of_node(node: &Node, reading: Reading) -> Result<Policy, Vec<Finding>> {
    let flavour = match reading {
        Reading::Judged(flavour) | Reading::Asked(flavour) => flavour,
        Reading::Unnamed => likely(node),
    };
    let mut findings = Vec::new();
    let document = read::bare(node, flavour, &mut findings);
    if let Some(document) = &document {
        match reading {
            Reading::Judged(_) => check::document(document, flavour, &mut findings),
            Reading::Asked(_) | Reading::Unnamed => check::held(document, flavour, &mut findings),
        }
    }
    match document {
        Some(document) if findings.is_empty() => Ok(Policy::of(write::json_of(node), document)),
        _ => Err(findings),
    }
}

/// What kind of policy has these elements.
fn likely(node: &Node) -> Flavour {
    let has = |element: &str| {
        let not = format!("Not{element}");
        let of = |statement: &Node| statement.get(element).is_some() || statement.get(&not).is_some();
        let Some(statements) = node.get("Statement") else {
            return false;
        };
        of(statements) || statements.items().iter().any(of)
    };
    match (has("Principal"), has("Resource")) {
        (false, _) => Flavour::Identity,
        (true, true) => Flavour::Resource,
        (true, false) => Flavour::Trust,
    }
}

/// The JSON path of the innermost part that a place lies in: `$.Statement[0].Action[1]`.
#[must_use]
pub fn json_path(root: &Node, span: Span) -> String {
    let mut path = "$".to_owned();
    let mut node = root;
    while let Some((step, next)) = step_into(node, span) {
        path.push_str(&step);
        match next {
            Some(next) => node = next,
            None => break,
        }
    }
    path
}

/// The entry or item that a place lies in; a key is no further part.
fn step_into(node: &Node, span: Span) -> Option<(String, Option<&Node>)> {
    match &node.value {
        Value::Map(entries) => entries.iter().find_map(|(key, value)| {
            let inside = holds(value.span, span);
            (inside || holds(key.span, span)).then(|| (member(&key.text), inside.then_some(value)))
        }),
        Value::List(items) => {
            let at = items.iter().position(|item| holds(item.span, span))?;
            Some((format!("[{at}]"), items.get(at)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => None,
    }
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

fn member(key: &str) -> String {
    let is_plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match is_plain {
        true => format!(".{key}"),
        false => format!("['{}']", key.replace('\\', "\\\\").replace('\'', "\\'")),
    }
}
