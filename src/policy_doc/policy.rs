//! A policy as it is owned by a resource: the author's text beside its meaning.
//!
//! Invariant: equality is that of the canonical forms; what is sent to AWS is the author's text, never a canonical form
//! and never what was read from AWS (a read document may name principals by dead ids: `MalformedPolicyDocument`).

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

use super::canonical::Canonical;
use super::document::Document;
use super::flavour::Flavour;
use super::{check, codes, json, read, write};
use crate::spec::finding::Finding;
use crate::spec::node::{Node, Value};
use crate::spec::source::{Sources, Span};

/// The partition that bare account ids are taken to be in until [`Policy::in_partition`] says another.
const DEFAULT_PARTITION: &str = "aws";

/// A policy: the author's text and its meaning.
#[derive(Debug, Clone)]
pub struct Policy {
    written: Json,
    document: Option<Document>,
    canonical: Canonical,
    partition: Cow<'static, str>,
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for Policy {}

/// A document that AWS holds and this program cannot read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policy document that AWS returned cannot be read: {why}")]
pub struct LiveError {
    /// The document as AWS returned it.
    pub text: String,
    /// Why it cannot be read.
    pub why: String,
}

impl Policy {
    /// Reads a written policy: a mapping in AWS's own keys, a list of statements, or a text that holds JSON.
    ///
    /// Everything that is wrong is added to `findings`; the answer is `None` if anything is.
    pub fn from_node(node: &Node, flavour: Flavour, findings: &mut Vec<Finding>) -> Option<Self> {
        let Value::Text(text) = &node.value else {
            return from_plain_node(node, flavour, findings);
        };
        if !text.trim_start().starts_with(['{', '[']) {
            findings.push(not_a_document(node, text));
            return None;
        }
        let block = Block { text, span: node.span };
        match json::parse(text, node.span.file) {
            Err(fault) => {
                findings.push(block.json_finding(&fault));
                None
            }
            Ok(mut inner) => {
                let mut inside = Vec::new();
                let sound = from_plain_node(&inner, flavour, &mut inside).is_some();
                findings.extend(inside.into_iter().map(|finding| block.relocate(finding)));
                move_to(&mut inner, node.span);
                if sound {
                    from_plain_node(&inner, flavour, findings)
                } else {
                    None
                }
            }
        }
    }

    /// Reads what AWS returned: JSON, or percent-encoded JSON as IAM sends it.
    ///
    /// Tolerant: nothing is judged that AWS has accepted already.
    ///
    /// # Errors
    /// If the text is no policy document in a form that this program knows; [`Policy::from`] keeps it all the same.
    pub fn from_live(text: &str) -> Result<Self, LiveError> {
        let unreadable = |why: String| LiveError {
            text: text.to_owned(),
            why,
        };
        let decoded = decode(text).map_err(unreadable)?;
        let file = Sources::default().add("live document", decoded.as_ref());
        let node = json::parse(&decoded, file).map_err(|fault| unreadable(fault.message))?;
        let document = read::live(&node).map_err(unreadable)?;
        Ok(Self::of(write::json_of(&node), document))
    }

    /// What AWS returned, whether or not it can be read; an unreadable document differs from every readable one.
    #[must_use]
    pub fn live(text: &str) -> Self {
        Self::from_live(text).unwrap_or_else(Self::from)
    }

    /// A policy made from parts.
    pub(super) fn from_document(document: Document) -> Self {
        Self::of(document.to_value(), document)
    }

    pub(super) fn of(written: Json, document: Document) -> Self {
        let canonical = Canonical::of(&document, DEFAULT_PARTITION);
        Self {
            written,
            document: Some(document),
            canonical,
            partition: Cow::Borrowed(DEFAULT_PARTITION),
        }
    }

    /// The same policy in another partition (`aws-cn`, `aws-us-gov`): it decides which root ARN a bare account id means.
    #[must_use]
    pub fn in_partition(mut self, partition: &str) -> Self {
        if let Some(document) = &self.document {
            self.canonical = Canonical::of(document, partition);
        }
        self.partition = Cow::Owned(partition.to_owned());
        self
    }

    /// The partition that bare account ids are in.
    #[must_use]
    pub fn partition(&self) -> &str {
        &self.partition
    }

    /// The parts, with their places if the policy was written in a file; `None` for an unreadable live document.
    #[must_use]
    pub const fn document(&self) -> Option<&Document> {
        self.document.as_ref()
    }

    /// The meaning by which policies are compared.
    #[must_use]
    pub const fn canonical(&self) -> &Canonical {
        &self.canonical
    }

    /// The author's text: key order, and single texts or lists as they were written.
    #[must_use]
    pub const fn written(&self) -> &Json {
        &self.written
    }

    /// The author's text as it is sent to AWS, without white space around its parts.
    #[must_use]
    pub fn to_json(&self) -> String {
        match (&self.document, &self.written) {
            (None, Json::String(raw)) => raw.clone(),
            _ => self.written.to_string(),
        }
    }

    /// Characters as IAM counts them against its quotas: white space between parts is free. Whether white space inside
    /// texts is free too is not documented, so it is counted. S3 counts bytes instead: the length of [`Self::to_json`].
    #[must_use]
    pub fn size(&self) -> usize {
        self.to_json().chars().count()
    }
}

impl From<LiveError> for Policy {
    fn from(LiveError { text, why: _ }: LiveError) -> Self {
        Self {
            written: Json::String(text.clone()),
            document: None,
            canonical: Canonical::Unreadable(text),
            partition: Cow::Borrowed(DEFAULT_PARTITION),
        }
    }
}

impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Policy {
    /// Reads as tolerantly as [`Policy::live`], so that a saved state always loads; places are lost.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Json::deserialize(deserializer)? {
            Json::String(text) => Self::from(LiveError {
                text,
                why: String::new(),
            }),
            whole => Self::live(&whole.to_string()),
        })
    }
}

/// A live document's text, percent-decoded (RFC 3986) unless it is plain JSON. A `+` stays a plus sign.
///
/// # Errors
/// If the decoded bytes are not UTF-8.
pub fn decode(text: &str) -> Result<Cow<'_, str>, String> {
    if text.trim_start().starts_with(['{', '[']) {
        return Ok(Cow::Borrowed(text));
    }
    percent_decode_str(text)
        .decode_utf8()
        .map_err(|error| error.to_string())
}

fn from_plain_node(node: &Node, flavour: Flavour, findings: &mut Vec<Finding>) -> Option<Policy> {
    let before = findings.len();
    let document = read::written(node, flavour, findings);
    if let Some(document) = &document {
        check::document(document, flavour, findings);
    }
    if findings.len() > before {
        return None;
    }
    Some(Policy::of(write::document_json(node), document?))
}

fn not_a_document(node: &Node, text: &str) -> Finding {
    let shown: String = text.chars().take(40).collect();
    Finding::error(
        codes::NOT_A_DOCUMENT,
        node.span,
        format!("`{shown}` is not a policy document"),
    )
    .label("expected a mapping with `Statement`, a list of statements, or JSON text")
    .help("a document in a file of its own is written as `{ file: policies/name.json }`")
}

/// A text inside a file that holds a document: its inner places are offsets into the text, not into the file.
struct Block<'a> {
    text: &'a str,
    span: Span,
}

impl Block<'_> {
    fn json_finding(&self, fault: &json::JsonFault) -> Finding {
        let line = json::line_of(self.text, fault.range.start);
        let mut finding = Finding::error(
            codes::NOT_JSON,
            self.span,
            format!(
                "the policy text is not strict JSON: {}, in line {line} of the text",
                fault.message
            ),
        )
        .label(self.line_text(line));
        finding.help = fault.help.map(str::to_owned);
        finding
    }

    fn relocate(&self, mut finding: Finding) -> Finding {
        if let Some(span) = finding.span.replace(self.span) {
            let line = json::line_of(self.text, span.start as usize);
            finding.message = format!("{} (line {line} of the JSON text)", finding.message);
        }
        for (span, label) in &mut finding.related {
            let line = json::line_of(self.text, span.start as usize);
            *label = format!("{label} (line {line} of the JSON text)");
            *span = self.span;
        }
        finding
    }

    fn line_text(&self, line: usize) -> String {
        let text = self.text.lines().nth(line.saturating_sub(1)).unwrap_or("").trim();
        format!("line {line}: `{}`", text.chars().take(80).collect::<String>())
    }
}

fn move_to(node: &mut Node, place: Span) {
    node.span = place;
    match &mut node.value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
        Value::List(items) => items.iter_mut().for_each(|item| move_to(item, place)),
        Value::Map(entries) => {
            for (key, value) in entries {
                key.span = place;
                move_to(value, place);
            }
        }
    }
}
