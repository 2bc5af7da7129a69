//! Event patterns: which events a rule takes.
//!
//! Invariant: a pattern read from a file is one that EventBridge takes; one read from AWS is kept as it is. Equality is
//! that of matching: keys in any order, lists as sets, except the operands of `numeric`, which are an expression.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::error::NameError;
use super::pattern_check;
use super::text::text_value;
use super::{json, limits};
use crate::spec::node::{Node, Value};
use crate::spec::source::Span;

/// A pattern; its text is the author's JSON without white space.
#[derive(Debug, Clone)]
pub struct EventPattern {
    text: String,
    canonical: String,
}

json::equal_by_canonical!(EventPattern);
text_value!(EventPattern);

/// What is wrong with a pattern, or doubtful, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternFault {
    /// The part that is meant.
    pub span: Span,
    /// What is wrong and what would be right: lower case, no final period.
    pub message: String,
}

/// EventBridge's request shape takes no more characters than this, whatever the quota.
const MOST: usize = 4096;

impl EventPattern {
    /// The pattern that a node spells: a mapping in EventBridge's own keys, or a text that is such JSON.
    ///
    /// # Errors
    /// Everything that EventBridge would refuse (InvalidEventPatternException), each with its place.
    pub fn of_node(node: &Node) -> Result<Self, Vec<PatternFault>> {
        let fault = |error: NameError| {
            let message = error.to_string();
            vec![PatternFault {
                span: node.span,
                message,
            }]
        };
        if let Value::Text(text) = &node.value {
            let faults = text_faults(text, node.span).map_err(fault)?;
            return if faults.is_empty() {
                Self::parse(text).map_err(fault)
            } else {
                Err(faults)
            };
        }
        let faults = pattern_check::faults(node);
        if !faults.is_empty() {
            return Err(faults);
        }
        let text = json::text_of(node).map_err(|(span, error)| {
            let message = error.to_string();
            vec![PatternFault { span, message }]
        })?;
        Self::parse(&text).map_err(fault)
    }

    /// The pattern that AWS has stored: any JSON object, for AWS has accepted it.
    ///
    /// # Errors
    /// For what is no JSON object, and above 4,096 characters.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let what = "an event pattern";
        let read = json::read(text, what)?;
        if !read.is_object() {
            return Err(NameError::refused(
                text,
                "an event pattern is a JSON object, such as `{\"source\":[\"aws.s3\"]}`",
            ));
        }
        let text = compact(text);
        let found = text.chars().count();
        if found > MOST {
            return Err(NameError::TooLong {
                text,
                what,
                most: MOST,
                found,
            });
        }
        let canonical = canonical(&read);
        Ok(Self { text, canonical })
    }

    /// The JSON text, as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// A warning above the default quota of 2,048 characters, which AWS raises on request.
    #[must_use]
    pub fn doubt(&self) -> Option<String> {
        let (most, found) = (limits::EVENT_PATTERN_CHARACTERS.value, self.text.chars().count());
        (found as u64 > most).then(|| {
            format!("the event pattern has {found} characters; above {most} it is refused unless AWS has raised the account's quota")
        })
    }

    /// What EventBridge takes although it matches no event: slips in the names of an event's fields, and filters
    /// outside of a list.
    #[must_use]
    pub fn doubts_of(node: &Node) -> Vec<PatternFault> {
        pattern_check::doubts(node)
    }
}

/// The faults of JSON text inside a text scalar, all at the scalar's place.
fn text_faults(text: &str, span: Span) -> Result<Vec<PatternFault>, NameError> {
    let read = json::read(text, "an event pattern")?;
    Ok(pattern_check::faults(&node_of(&read, span)))
}

fn node_of(json: &Json, span: Span) -> Node {
    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => Value::Number(number.to_string()),
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(|item| node_of(item, span)).collect()),
        Json::Object(entries) => Value::Map(
            entries
                .iter()
                .map(|(text, value)| {
                    let text = text.clone();
                    (crate::spec::node::Key { span, text }, node_of(value, span))
                })
                .collect(),
        ),
    };
    Node { span, value }
}

/// Drops white space outside of strings; numbers stay as they were written.
fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut inside, mut escaped) = (false, false);
    for c in text.chars() {
        if inside || !c.is_whitespace() {
            out.push(c);
        }
        inside = if c == '"' && !escaped { !inside } else { inside };
        escaped = inside && c == '\\' && !escaped;
    }
    out
}

/// A text that is equal for patterns that match alike, as far as order goes.
fn canonical(json: &Json) -> String {
    match json {
        Json::Array(items) => {
            let set: BTreeSet<String> = items.iter().map(canonical).collect();
            format!("[{}]", set.into_iter().collect::<Vec<_>>().join(","))
        }
        Json::Object(entries) => {
            let sorted: BTreeMap<&String, String> = entries
                .iter()
                .map(|(key, value)| (key, canonical_of(key, value)))
                .collect();
            let written: Vec<String> = sorted
                .into_iter()
                .map(|(key, value)| format!("{}:{value}", json::quoted(key)))
                .collect();
            format!("{{{}}}", written.join(","))
        }
        scalar => scalar.to_string(),
    }
}

/// `{"numeric": [">", 0, "<=", 5]}` is an expression, so its order counts. A field that happens to be called `numeric`
/// holds a set like any other; only lists that begin with an operator are expressions.
fn canonical_of(key: &str, value: &Json) -> String {
    let is_expression = key == "numeric"
        && value
            .get(0)
            .and_then(Json::as_str)
            .is_some_and(|operator| pattern_check::OPERATORS.contains(&operator));
    if is_expression {
        value.to_string()
    } else {
        canonical(value)
    }
}
