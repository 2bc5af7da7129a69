//! From nodes to documents: the grammar.
//!
//! Invariant: a document leaves this module only together with a finding for every part of the text that is not in it,
//! so a reader that accepts no findings never overlooks anything. Whether the parts are sensible is `check`'s business.

mod statement;

pub(crate) use statement::ELEMENTS;

use super::codes;
use super::document::{At, Document, Statement, Version, Word};
use super::flavour::Flavour;
use crate::spec::finding::Finding;
use crate::spec::node::{Key, Node, Value};
use crate::spec::source::Span;

const DOCUMENT_ELEMENTS: &[&str] = &["Version", "Id", "Statement"];

/// Reads a document that somebody wrote; whatever is wrong is added to `findings`.
pub(super) fn written(node: &Node, flavour: Flavour, findings: &mut Vec<Finding>) -> Option<Document> {
    Reader {
        mode: Mode::Written(flavour),
        findings,
    }
    .document(node)
}

/// Reads a bare document as AWS would read it; whatever is wrong is added to `findings`.
pub(super) fn bare(node: &Node, flavour: Flavour, findings: &mut Vec<Finding>) -> Option<Document> {
    Reader {
        mode: Mode::Bare(flavour),
        findings,
    }
    .document(node)
}

/// Reads a document that AWS holds, or says why it cannot be read.
pub(super) fn live(node: &Node) -> Result<Document, String> {
    let mut findings = Vec::new();
    let document = Reader {
        mode: Mode::Live,
        findings: &mut findings,
    }
    .document(node);
    match (findings.into_iter().next(), document) {
        (None, Some(document)) => Ok(document),
        (Some(finding), _) => Err(finding.message),
        (None, None) => Err("it is not a policy document".to_owned()),
    }
}

/// The condition block of a trust policy's short form.
pub(super) fn conditions(node: &Node, findings: &mut Vec<Finding>) -> Vec<super::document::Condition> {
    Reader {
        mode: Mode::Written(Flavour::Trust),
        findings,
    }
    .conditions(node)
}

/// The candidate that a misspelt word most likely means.
pub(super) fn nearest(word: &str, candidates: &[&'static str]) -> Option<&'static str> {
    let lower = word.to_ascii_lowercase();
    let distance = |candidate: &str| strsim::osa_distance(&lower, &candidate.to_ascii_lowercase());
    let best = candidates.iter().copied().min_by_key(|candidate| distance(candidate))?;
    (distance(best) <= (best.len() / 3).clamp(1, 3)).then_some(best)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Strict: what the kind of policy must and may have is judged too.
    Written(Flavour),
    /// A document by itself, with places: nothing is filled in for its author, and what AWS takes is taken.
    Bare(Flavour),
    /// AWS has accepted it already; its places mean nothing.
    Live,
}

struct Reader<'a> {
    mode: Mode,
    findings: &'a mut Vec<Finding>,
}

impl Reader<'_> {
    fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn at(&self, span: Span) -> At {
        match self.mode {
            Mode::Written(_) | Mode::Bare(_) => At(Some(span)),
            Mode::Live => At(None),
        }
    }

    /// A short place for what concerns a whole mapping: its first key; by itself, its brace, which has the path of the whole.
    fn anchor(&self, node: &Node) -> Span {
        match self.mode {
            Mode::Bare(_) => Span {
                end: node.span.end.min(node.span.start + 1),
                ..node.span
            },
            Mode::Written(_) | Mode::Live => node.entries().first().map_or(node.span, |(key, _)| key.span),
        }
    }

    fn word(&self, text: &str, span: Span) -> Word {
        Word {
            text: text.to_owned(),
            at: self.at(span),
        }
    }

    /// AWS takes a missing version for 2008; a written document gets the current one.
    const fn absent_version(&self) -> Version {
        match self.mode {
            Mode::Written(_) => Version::V2012,
            Mode::Bare(_) | Mode::Live => Version::V2008,
        }
    }

    fn document(&mut self, node: &Node) -> Option<Document> {
        match &node.value {
            Value::List(_) if !matches!(self.mode, Mode::Bare(_)) => Some(Document {
                version: self.absent_version(),
                id: None,
                statements: self.statements(node),
                at: self.at(node.span),
            }),
            Value::Map(_) if is_bare_statement(node) => {
                let finding = Finding::error(
                    codes::MISSING_ELEMENT,
                    self.anchor(node),
                    "the document has no `Statement`",
                )
                .label("this looks like a statement by itself")
                .help("put it in a list: `Statement: [ … ]`");
                self.report(finding);
                None
            }
            Value::Map(entries) => self.whole(node, entries),
            _ => {
                let message = format!("expected a policy document, found {}", node.type_name());
                let label = match self.mode {
                    Mode::Bare(_) => "an object with `Version` and `Statement`",
                    Mode::Written(_) | Mode::Live => "a mapping with `Statement`, or a list of statements",
                };
                self.report(Finding::error(codes::NOT_A_DOCUMENT, node.span, message).label(label));
                None
            }
        }
    }

    fn whole(&mut self, node: &Node, entries: &[(Key, Node)]) -> Option<Document> {
        let mut version = self.absent_version();
        let mut id = None;
        let mut statements = None;
        let mut meant = Vec::new();
        for (key, value) in entries {
            match key.text.as_str() {
                "Version" => version = self.version(value).unwrap_or(version),
                "Id" => id = self.text("Id", value),
                "Statement" => statements = Some(self.statements(value)),
                _ => meant.extend(self.unknown_element(key, "a policy document", DOCUMENT_ELEMENTS)),
            }
        }
        if statements.is_none() && !meant.contains(&"Statement") {
            let finding = Finding::error(
                codes::MISSING_ELEMENT,
                self.anchor(node),
                "the document has no `Statement`",
            );
            self.report(finding.label("add `Statement` with a list of statements"));
        }
        Some(Document {
            version,
            id,
            statements: statements?,
            at: self.at(node.span),
        })
    }

    fn statements(&mut self, node: &Node) -> Vec<Statement> {
        match &node.value {
            Value::Map(_) => self.statement(node).into_iter().collect(),
            Value::List(items) => {
                self.refuse_empty("Statement", node, items.len());
                items.iter().filter_map(|item| self.statement(item)).collect()
            }
            _ => {
                self.wrong_type("Statement", node, "a list of statements");
                Vec::new()
            }
        }
    }

    fn version(&mut self, node: &Node) -> Option<Version> {
        match node.text() {
            Some("2012-10-17") => Some(Version::V2012),
            Some("2008-10-17") => Some(Version::V2008),
            other => {
                let message = match other {
                    Some(text) => format!("the policy language has no version `{text}`"),
                    None => format!("`Version` must be text, found {}", node.type_name()),
                };
                let label = "write \"2012-10-17\": this is the version of the language, not of your policy";
                self.report(Finding::error(codes::BAD_VERSION, node.span, message).label(label));
                None
            }
        }
    }

    /// A text that may be empty, which counts as absent: AWS returns `"Sid": ""` for what its console leaves empty.
    fn text(&mut self, element: &str, node: &Node) -> Option<Word> {
        match node.text() {
            Some(text) => (!text.is_empty()).then(|| self.word(text, node.span)),
            None => {
                self.wrong_type(element, node, "text");
                None
            }
        }
    }

    fn unknown_element(&mut self, key: &Key, place: &str, known: &[&'static str]) -> Option<&'static str> {
        let right = nearest(&key.text, known);
        let message = format!("{place} has no element `{}`", key.text);
        let finding = Finding::error(codes::UNKNOWN_ELEMENT, key.span, message);
        self.report(match right {
            Some(right) => finding.label(format!("write `{right}`")),
            None => finding.label(format!("the elements are {}", known.join(", "))),
        });
        right
    }

    fn wrong_type(&mut self, element: &str, node: &Node, wanted: &str) {
        let message = format!("`{element}` must be {wanted}, found {}", node.type_name());
        let finding = Finding::error(codes::WRONG_TYPE, node.span, message);
        let takes_text = wanted.contains("text");
        self.report(match &node.value {
            Value::Number(number) if takes_text => finding.label(format!("quote it: \"{number}\"")),
            Value::Bool(value) if takes_text => finding.label(format!("quote it: \"{value}\"")),
            Value::Null => finding.label("nothing is written here"),
            Value::Number(_) | Value::Bool(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
                finding.label(format!("expected {wanted}"))
            }
        });
    }

    /// Empty lists are refused where they are written. AWS takes some (Access Analyzer: `EMPTY_ARRAY_ACTION` is a
    /// suggestion), and they mean what they say; an empty text it does not.
    fn refuse_empty(&mut self, element: &str, node: &Node, count: usize) {
        let refused = match self.mode {
            Mode::Written(_) => true,
            Mode::Bare(_) => matches!(node.value, Value::Text(_)),
            Mode::Live => false,
        };
        if refused && count == 0 {
            let message = format!("`{element}` is empty");
            self.report(
                Finding::error(codes::EMPTY, node.span, message).label("name at least one, or leave the element out"),
            );
        }
    }
}

fn is_bare_statement(node: &Node) -> bool {
    let has = |key: &str| node.get(key).is_some();
    !has("Statement") && (has("Effect") || has("Action") || has("Resource"))
}
