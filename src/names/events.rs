//! Small values of EventBridge: names of rules, buses and targets, and what a target is sent.
//!
//! Invariant: lengths and characters are those of EventBridge's API model.

use super::error::NameError;
use super::json;
use super::text::{TextRule, text_newtype, text_value};
use crate::spec::node::{Node, Value};

fn word(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".-_".contains(c)
}

const WORD: &str = "letters a-z and A-Z, digits, `.`, `-` and `_`";

text_newtype!(
    /// A rule's name: up to 64 characters, unique on its bus.
    RuleName,
    |text| {
        let rule = TextRule {
            what: "a rule name",
            least: 1,
            most: 64,
            allowed: word,
            takes: WORD,
        };
        rule.check(text)
    }
);

text_newtype!(
    /// The id of a target within its rule: up to 64 characters.
    TargetId,
    |text| {
        let rule = TextRule {
            what: "a target id",
            least: 1,
            most: 64,
            allowed: word,
            takes: WORD,
        };
        rule.check(text)
    }
);

text_newtype!(
    /// An event bus's name: up to 256 characters. Only buses of partners have `/` in it.
    EventBusName,
    |text| {
        let rule = TextRule {
            what: "an event bus name",
            least: 1,
            most: 256,
            allowed: |c| word(c) || c == '/',
            takes: "letters a-z and A-Z, digits and `/.-_`",
        };
        rule.check(text)
    }
);

impl Default for EventBusName {
    fn default() -> Self {
        Self("default".to_owned())
    }
}

impl EventBusName {
    /// Whether this is the bus that every account has; schedules run on no other.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.0 == "default"
    }

    /// Whether this bus belongs to a partner's event source.
    #[must_use]
    pub fn is_partner(&self) -> bool {
        self.0.starts_with("aws.partner/")
    }
}

/// The constant JSON text that a target is sent instead of the event: up to 8,192 characters.
///
/// Two inputs are equal when they are the same JSON; the text keeps the author's order.
#[derive(Debug, Clone)]
pub struct TargetInput {
    text: String,
    canonical: String,
}

text_value!(TargetInput);

impl TargetInput {
    /// The input that `text`, which must be JSON, spells.
    ///
    /// # Errors
    /// For what is no JSON, and above 8,192 characters.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        let what = "a target's input";
        let json = json::read(text, what)?;
        let (most, found) = (8192, text.chars().count());
        if found > most {
            let text = text.to_owned();
            return Err(NameError::TooLong {
                text,
                what,
                most,
                found,
            });
        }
        let canonical = json::ordered(&json).to_string();
        let text = text.to_owned();
        Ok(Self { text, canonical })
    }

    /// The input that a node spells: a text scalar is JSON text, anything else is written as JSON.
    ///
    /// # Errors
    /// As [`TargetInput::parse`], and for numbers that JSON doesn't have.
    pub fn of_node(node: &Node) -> Result<Self, NameError> {
        match &node.value {
            Value::Text(text) => Self::parse(text),
            _ => Self::parse(&json::text_of(node).map_err(|(_, error)| error)?),
        }
    }

    /// The JSON text, as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

json::equal_by_canonical!(TargetInput);
