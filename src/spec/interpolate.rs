//! `$(name)` in text and keys.
//!
//! Invariant: a tree keeps its shape and its places; what a name stands for is never read again for names, so nothing
//! can loop. Names are resolved by the caller: this room knows none.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;

use super::finding::Finding;
use super::node::{Key, Node, Value};
use super::source::{Sources, Span};
use super::yaml::{MAX_TEXT, duplicate};
use crate::names::nearest;

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// Text, also what the command line and the environment give.
    Text(String),
    /// A number, as it was written.
    Number(String),
    /// `true` or `false`.
    Bool(bool),
}

/// Why a name stands for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unresolved {
    /// Nobody declared it.
    Unknown {
        /// The name that was perhaps meant.
        suggestion: Option<String>,
    },
    /// It is declared, but has no value in this run.
    Unset {
        /// How to give it one.
        help: String,
    },
}

/// Who knows what names stand for.
pub trait Names {
    /// What a name stands for.
    ///
    /// # Errors
    /// Why it stands for nothing.
    fn lookup(&self, name: &str) -> Result<Scalar, Unresolved>;
}

impl<F: Fn(&str) -> Result<Scalar, Unresolved>> Names for F {
    fn lookup(&self, name: &str) -> Result<Scalar, Unresolved> {
        self(name)
    }
}

impl Names for BTreeMap<String, Scalar> {
    fn lookup(&self, name: &str) -> Result<Scalar, Unresolved> {
        self.get(name).cloned().ok_or_else(|| Unresolved::Unknown {
            suggestion: nearest(name, self.keys().map(String::as_str)).map(str::to_owned),
        })
    }
}

impl Scalar {
    /// The value of a node, if it is text, a number or a boolean.
    #[must_use]
    pub fn of(node: &Node) -> Option<Self> {
        match &node.value {
            Value::Text(text) => Some(Self::Text(text.clone())),
            Value::Number(number) => Some(Self::Number(number.clone())),
            Value::Bool(truth) => Some(Self::Bool(*truth)),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    fn into_value(self) -> Value {
        match self {
            Self::Text(text) => Value::Text(text),
            Self::Number(number) => Value::Number(number),
            Self::Bool(truth) => Value::Bool(truth),
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(text) => text,
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
        }
    }
}

/// The tree with every `$(name)` in text and keys replaced; text that is exactly one `$(name)` takes the value's type.
///
/// What could not be replaced is left as it was, and is a finding at just that place.
#[must_use]
pub fn interpolate(node: &Node, names: &dyn Names, sources: &Sources) -> (Node, Vec<Finding>) {
    let mut run = Run::new(names, sources);
    let node = run.node(node);
    (node, run.findings)
}

/// The same for one text that stands at `span`.
#[must_use]
pub fn interpolate_text(text: &str, span: Span, names: &dyn Names, sources: &Sources) -> (String, Vec<Finding>) {
    let mut run = Run::new(names, sources);
    let text = run.text(text, span).unwrap_or_else(|| text.to_owned());
    (text, run.findings)
}

/// The names that a text mentions, in its order, each as often as it stands there.
#[must_use]
pub fn names_in(text: &str) -> Vec<&str> {
    let pieces = pieces(text);
    let names = pieces.into_iter().filter_map(|piece| match piece {
        Piece::Name { name, .. } => Some(name),
        Piece::Literal(_) | Piece::Open { .. } => None,
    });
    names.collect()
}

/// Whether a text is one `$(name)` and nothing else.
pub(super) fn is_one_name(text: &str) -> bool {
    matches!(pieces(text).as_slice(), [Piece::Name { .. }])
}

#[derive(Debug, PartialEq)]
enum Piece<'a> {
    Literal(&'a str),
    Name {
        name: &'a str,
        range: Range<usize>,
    },
    /// `$(` without its `)`.
    Open {
        range: Range<usize>,
    },
}

/// Cuts a text at its `$(name)`; `$$(` is a literal `$(`.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut done = 0;
    while let Some(at) = text.get(done..).and_then(|rest| rest.find("$(")).map(|at| done + at) {
        let before = text.get(done..at).unwrap_or("");
        if let Some(before) = before.strip_suffix('$') {
            pieces.extend([Piece::Literal(before), Piece::Literal("$(")]);
            done = at + 2;
            continue;
        }
        pieces.push(Piece::Literal(before));
        let inner = text.get(at + 2..).unwrap_or("");
        let end = inner
            .find([')', '\n'])
            .filter(|end| inner.as_bytes().get(*end) == Some(&b')'));
        let name = end.and_then(|end| inner.get(..end)).filter(|name| !name.contains("$("));
        done = match name {
            Some(name) => {
                let range = at..at + name.len() + 3;
                let end = range.end;
                pieces.push(Piece::Name { name, range });
                end
            }
            None => {
                pieces.push(Piece::Open { range: at..at + 2 });
                at + 2
            }
        };
    }
    pieces.push(Piece::Literal(text.get(done..).unwrap_or("")));
    pieces.retain(|piece| *piece != Piece::Literal(""));
    pieces
}

struct Run<'a> {
    names: &'a dyn Names,
    sources: &'a Sources,
    findings: Vec<Finding>,
    spent: usize,
}

impl<'a> Run<'a> {
    fn new(names: &'a dyn Names, sources: &'a Sources) -> Self {
        Self {
            names,
            sources,
            findings: Vec::new(),
            spent: 0,
        }
    }

    /// Trees from [`super::yaml`] and [`super::json`] are never deep, so recursion is safe.
    fn node(&mut self, node: &Node) -> Node {
        let value = match &node.value {
            Value::Text(text) => self.scalar(text, node.span),
            Value::List(items) => Value::List(items.iter().map(|item| self.node(item)).collect()),
            Value::Map(entries) => Value::Map(self.entries(entries)),
            Value::Null | Value::Bool(_) | Value::Number(_) => node.value.clone(),
        };
        Node { span: node.span, value }
    }

    fn entries(&mut self, entries: &[(Key, Node)]) -> Vec<(Key, Node)> {
        let mut seen = BTreeMap::<String, Span>::new();
        let mut whole = Vec::with_capacity(entries.len());
        for (key, node) in entries {
            let text = self.text(&key.text, key.span).unwrap_or_else(|| key.text.clone());
            let node = self.node(node);
            // Two keys may become one only now.
            match seen.get(&text) {
                Some(first) => self.findings.push(duplicate(&text, *first, key.span)),
                None => {
                    seen.insert(text.clone(), key.span);
                    whole.push((Key { span: key.span, text }, node));
                }
            }
        }
        whole
    }

    fn scalar(&mut self, text: &str, span: Span) -> Value {
        if let [Piece::Name { name, range }] = pieces(text).as_slice()
            && let Some(scalar) = self.resolve(name, text, range, span)
        {
            return scalar.into_value();
        }
        Value::Text(self.text(text, span).unwrap_or_else(|| text.to_owned()))
    }

    /// The new text; nothing if it stays as it is.
    fn text(&mut self, text: &str, span: Span) -> Option<String> {
        if !text.contains("$(") {
            return None;
        }
        let mut whole = String::with_capacity(text.len());
        for piece in pieces(text) {
            match piece {
                Piece::Literal(literal) => whole.push_str(literal),
                Piece::Name { name, range } => match self.resolve(name, text, &range, span) {
                    Some(scalar) => whole.push_str(scalar.as_str()),
                    None => whole.push_str(text.get(range).unwrap_or("")),
                },
                Piece::Open { range } => {
                    self.findings.push(
                        Finding::error("E0222", self.place(text, &range, span), "this `$(` has no `)`")
                            .label("close it on its line")
                            .help("write `$$(` for a literal `$(`"),
                    );
                    whole.push_str("$(");
                }
            }
        }
        Some(whole)
    }

    fn resolve(&mut self, name: &str, text: &str, range: &Range<usize>, span: Span) -> Option<Scalar> {
        match self.names.lookup(name) {
            Ok(scalar) => self.within_budget(scalar, span),
            Err(unresolved) => {
                let place = self.place(text, range, span);
                let finding = unresolved_finding(name, &unresolved, place);
                // Text that is one unknown name is looked at twice: as a whole, then as text.
                if self.findings.last() != Some(&finding) {
                    self.findings.push(finding);
                }
                None
            }
        }
    }

    fn within_budget(&mut self, scalar: Scalar, span: Span) -> Option<Scalar> {
        let was_within = self.spent <= MAX_TEXT;
        self.spent = self.spent.saturating_add(scalar.as_str().len());
        if self.spent <= MAX_TEXT {
            return Some(scalar);
        }
        if was_within {
            self.findings.push(
                Finding::error("E0223", span, "what the variables stand for is too large")
                    .label("here the limit is reached")
                    .help("the limit is 64 MiB of text for all of them together"),
            );
        }
        None
    }

    /// Where a part of a value's text stands in the source: just that part, unless escapes hide it.
    fn place(&self, text: &str, range: &Range<usize>, span: Span) -> Span {
        let written = self.sources.text(span);
        let wanted = text.get(range.clone()).unwrap_or("");
        let before = text.get(..range.start).unwrap_or("").matches("$(").count();
        let same_count = written.matches("$(").count() == text.matches("$(").count();
        let found = written.match_indices("$(").nth(before).map(|(at, _)| at);
        match found {
            Some(at) if same_count && written.get(at..).is_some_and(|rest| rest.starts_with(wanted)) => {
                let start = span.start + u32::try_from(at).unwrap_or_default();
                let end = start + u32::try_from(wanted.len()).unwrap_or_default();
                Span { start, end, ..span }
            }
            _ => span,
        }
    }
}

/// Leaves out what was said of a value only because a name in it has no meaning.
pub(super) fn drop_consequences(findings: &mut Vec<Finding>, sources: &Sources) {
    let open: Vec<Span> = findings
        .iter()
        .filter(|found| is_unresolved(found))
        .filter_map(|found| found.span)
        .collect();
    let follows = |found: &Finding| {
        let Some(span) = found.span.filter(|_| !is_unresolved(found)) else {
            return false;
        };
        let inside = |open: &Span| span.file == open.file && span.start <= open.start && open.end <= span.end;
        open.iter().any(inside) && is_one_text(sources.text(span))
    };
    findings.retain(|found| !follows(found));
}

fn is_unresolved(finding: &Finding) -> bool {
    matches!(finding.code, "E0221" | "E0222" | "E0224")
}

/// Whether a stretch of source is a value by itself, no mapping or list that holds more than the value.
fn is_one_text(written: &str) -> bool {
    let quoted = written.starts_with(['"', '\'']);
    quoted || !(written.starts_with(['{', '[', '-']) || written.contains(": ") || written.contains('\n'))
}

fn unresolved_finding(name: &str, unresolved: &Unresolved, place: Span) -> Finding {
    match unresolved {
        Unresolved::Unknown { suggestion } => {
            let label = match suggestion {
                Some(near) => format!("did you mean `$({near})`?"),
                None => "no variable or attribute has this name".to_owned(),
            };
            Finding::error("E0221", place, format!("`$({name})` is not known"))
                .label(label)
                .help("write `$$(` for a literal `$(`")
        }
        Unresolved::Unset { help } => {
            Finding::error("E0224", place, format!("`$({name})` has no value")).label(help.clone())
        }
    }
}
