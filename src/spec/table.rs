//! Reading a mapping field by field, collecting what is wrong instead of stopping.
//!
//! Invariant: a field that was refused is always a finding; a missing answer without a finding means an absent field.

mod collection;
mod scalar;
#[cfg(test)]
mod tests;
mod unit;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

pub use self::collection::{entries, list, section, texts};
pub use self::scalar::{boolean, integer, large_integer, one_of, quoted_text, text, written_text};
pub use self::unit::{duration, mebibytes};
use super::finding::Finding;
use super::interpolate::is_one_name;
use super::node::{Key, Node, Value};
use super::source::{Sources, Span};
use crate::names::nearest;

/// Where decoders look up what was written, and where they put what is wrong with it.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The texts that spans point into.
    pub sources: &'a Sources,
    /// Everything that was wrong so far.
    pub findings: &'a mut Vec<Finding>,
}

impl Reading<'_> {
    /// Adds a finding.
    pub fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Whether the value came from exactly one `$(name)`, so that its type was not the author's to choose.
    fn is_interpolated(&self, node: &Node) -> bool {
        let written = self.sources.text(node.span).trim_matches(['"', '\'']);
        is_one_name(written)
    }
}

/// The fields of one mapping, each taken once.
#[derive(Debug)]
pub struct Table<'n> {
    what: &'static str,
    place: Span,
    known: &'static [&'static str],
    meant: BTreeSet<&'static str>,
    entries: Vec<(&'n Key, &'n Node)>,
}

impl<'n> Table<'n> {
    /// The mapping of a `what` ("role"); unknown keys are reported at once. Nothing if it is no mapping.
    pub fn new(
        node: &'n Node,
        what: &'static str,
        known: &'static [&'static str],
        reading: &mut Reading<'_>,
    ) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            let label = keys_of(what, known);
            reading.report(wrong_type(node, what, "a mapping").label(label));
            return None;
        };
        let mut meant = BTreeSet::new();
        for (key, _) in entries {
            if !known.contains(&key.text.as_str()) {
                meant.extend(nearest(&key.text, known.iter().copied()));
                reading.report(unknown_key(key, what, known));
            }
        }
        Some(Self {
            what,
            place: node.span,
            known,
            meant,
            entries: entries.iter().map(|(key, node)| (key, node)).collect(),
        })
    }

    /// The same, whose missing fields are reported at `place`, such as the name of the thing.
    #[must_use]
    pub fn at(mut self, place: Span) -> Self {
        self.place = place;
        self
    }

    /// A field, which must be one of the known ones.
    pub fn take(&mut self, key: &str) -> Option<&'n Node> {
        self.take_entry(key).map(|(_, node)| node)
    }

    /// A field with its key.
    pub fn take_entry(&mut self, key: &str) -> Option<(&'n Key, &'n Node)> {
        debug_assert!(self.known.contains(&key), "`{key}` is taken but not known");
        let at = self.entries.iter().position(|(found, _)| found.text == key)?;
        Some(self.entries.swap_remove(at))
    }

    /// A field that must be there. One that was written with a slip is not missing as well.
    pub fn required(&mut self, key: &str, reading: &mut Reading<'_>) -> Option<&'n Node> {
        let found = self.take(key);
        if found.is_none() && !self.meant.contains(key) {
            reading.report(
                Finding::error("E0304", self.place, format!("this {} has no `{key}`", self.what))
                    .label(format!("`{key}` is required")),
            );
        }
        found
    }

    /// An optional text, see [`text`].
    pub fn text(&mut self, key: &str, reading: &mut Reading<'_>) -> Option<&'n str> {
        self.take(key).and_then(|node| text(node, key, reading))
    }

    /// An optional text that says something, see [`written_text`].
    pub fn written_text(&mut self, key: &str, reading: &mut Reading<'_>) -> Option<&'n str> {
        self.take(key).and_then(|node| written_text(node, key, reading))
    }

    /// An optional boolean, see [`boolean`].
    pub fn boolean(&mut self, key: &str, reading: &mut Reading<'_>) -> Option<bool> {
        self.take(key).and_then(|node| boolean(node, key, reading))
    }

    /// An optional whole number, see [`integer`].
    pub fn integer(
        &mut self,
        key: &str,
        range: RangeInclusive<u32>,
        unit: &str,
        reading: &mut Reading<'_>,
    ) -> Option<u32> {
        self.take(key).and_then(|node| integer(node, key, range, unit, reading))
    }

    /// An optional duration, see [`duration`].
    pub fn duration(&mut self, key: &str, range: RangeInclusive<u32>, reading: &mut Reading<'_>) -> Option<Duration> {
        self.take(key).and_then(|node| duration(node, key, range, reading))
    }

    /// An optional list of text, see [`texts`]; none if absent.
    pub fn texts(&mut self, key: &str, reading: &mut Reading<'_>) -> Vec<(&'n str, Span)> {
        self.take(key)
            .and_then(|node| texts(node, key, reading))
            .unwrap_or_default()
    }
}

/// "a role", "an event_bus".
#[must_use]
pub fn with_article(what: &str) -> String {
    let article = if what.starts_with(['a', 'e', 'i', 'o']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {what}")
}

fn keys_of(what: &str, known: &[&str]) -> String {
    format!("the keys of {}: {}", with_article(what), known.join(", "))
}

fn unknown_key(key: &Key, what: &str, known: &[&'static str]) -> Finding {
    let label = match nearest(&key.text, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => keys_of(what, known),
    };
    Finding::error("E0303", key.span, format!("unknown key `{}` in this {what}", key.text)).label(label)
}

/// "`path`: expected text, found a mapping".
pub fn wrong_type(node: &Node, what: &str, expected: &str) -> Finding {
    let found = match &node.value {
        Value::Number(number) => format!("the number `{number}`"),
        Value::Bool(truth) => format!("the boolean `{truth}`"),
        Value::Text(text) if text.len() <= 40 && !text.contains('\n') => format!("the text `{text}`"),
        Value::Null | Value::Text(_) | Value::List(_) | Value::Map(_) => node.type_name().to_owned(),
    };
    let finding = Finding::error(
        "E0301",
        node.span,
        format!("`{what}`: expected {expected}, found {found}"),
    );
    match node.value {
        Value::Null => finding.label("write a value, or leave the key out"),
        _ => finding,
    }
}
