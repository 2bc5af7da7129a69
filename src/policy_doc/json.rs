//! Strict JSON to nodes with places.
//!
//! Invariant: numbers keep their text, so no digit is lost; a key that stands twice is an error, because whoever reads
//! the text next may take the other one; nesting is bounded, so no text overflows the stack.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::spec::node::{Key, Node, Value};
use crate::spec::source::{FileId, Span};

/// Deeper than any policy document or event pattern.
const DEPTH: usize = 64;

/// Why a text is not strict JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JsonFault {
    /// What is wrong.
    pub message: String,
    /// The bytes of the text that are wrong.
    pub range: Range<usize>,
    /// What would be right, where that can be told.
    pub help: Option<&'static str>,
}

/// Reads strict JSON; places are offsets into `text`, which is the text of `file`.
///
/// # Errors
/// The first thing that is wrong with the text: JSON cannot be read on after a syntax error.
pub fn parse(text: &str, file: FileId) -> Result<Node, JsonFault> {
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| syntax_fault(text, &error))?;
    Reader { text, file }.node(raw, 0)
}

/// The line of an offset, counted from 1.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

const NO_COMMA: &str = "take out the comma before it";

struct Reader<'a> {
    text: &'a str,
    file: FileId,
}

impl Reader<'_> {
    fn node(&self, raw: &RawValue, depth: usize) -> Result<Node, JsonFault> {
        if depth > DEPTH {
            return Err(self.fault(raw, "the text is nested too deeply".to_owned()));
        }
        let value = match raw.get().as_bytes().first() {
            Some(b'{') => self.map(raw, depth)?,
            Some(b'[') => {
                let items: Vec<&RawValue> = self.read(raw)?;
                Value::List(
                    items
                        .into_iter()
                        .map(|item| self.node(item, depth + 1))
                        .collect::<Result<_, _>>()?,
                )
            }
            Some(b'"') => Value::Text(self.read(raw)?),
            Some(b'n') => Value::Null,
            Some(b't') => Value::Bool(true),
            Some(b'f') => Value::Bool(false),
            _ => Value::Number(raw.get().to_owned()),
        };
        Ok(Node {
            span: self.span(raw),
            value,
        })
    }

    fn map(&self, raw: &RawValue, depth: usize) -> Result<Value, JsonFault> {
        let Entries(raw_entries) = self.read(raw)?;
        let mut entries: Vec<(Key, Node)> = Vec::with_capacity(raw_entries.len());
        let mut seen = std::collections::BTreeSet::new();
        for (key, value) in raw_entries {
            let text: String = self.read(key)?;
            if !seen.insert(text.clone()) {
                return Err(self.fault(key, format!("the key `{text}` stands twice in one object")));
            }
            entries.push((
                Key {
                    span: self.span(key),
                    text,
                },
                self.node(value, depth + 1)?,
            ));
        }
        Ok(Value::Map(entries))
    }

    fn read<'de, T: Deserialize<'de>>(&self, raw: &'de RawValue) -> Result<T, JsonFault> {
        serde_json::from_str(raw.get()).map_err(|error| self.fault(raw, message_of(&error)))
    }

    fn fault(&self, raw: &RawValue, message: String) -> JsonFault {
        JsonFault {
            message,
            range: self.range(raw),
            help: None,
        }
    }

    /// A raw value borrows from the text that it was read from, so the distance of their addresses is its offset.
    fn range(&self, raw: &RawValue) -> Range<usize> {
        let start = raw.get().as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        start..start + raw.get().len()
    }

    fn span(&self, raw: &RawValue) -> Span {
        let range = self.range(raw);
        Span {
            file: self.file,
            start: offset(range.start),
            end: offset(range.end),
        }
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

struct Entries<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

fn syntax_fault(text: &str, error: &serde_json::Error) -> JsonFault {
    let line_start: usize = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    let mut start = match error.is_eof() {
        true => text.len(),
        false => (line_start + error.column().saturating_sub(1)).min(text.len()),
    };
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let length = text
        .get(start..)
        .and_then(|rest| rest.chars().next())
        .map_or(0, char::len_utf8);
    let help = advice(text, start);
    JsonFault {
        message: match help {
            Some(NO_COMMA) => "trailing comma".to_owned(),
            _ => message_of(error),
        },
        range: start..start + length,
        help,
    }
}

fn message_of(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rsplit_once(" at line ") {
        Some((what, _)) => what.to_owned(),
        None => message,
    }
}

fn advice(text: &str, at: usize) -> Option<&'static str> {
    let before = text.get(..at)?.trim_end();
    match text.get(at..)?.chars().next() {
        Some('\u{feff}') => Some("take out the byte order mark: save the text as UTF-8 without it"),
        Some('/' | '#') => Some("JSON has no comments; take this one out, or write the document as YAML"),
        Some('\'' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}') => {
            Some("JSON texts stand in straight double quotes, \"…\"")
        }
        Some('}' | ']') if before.ends_with(',') => Some(NO_COMMA),
        Some('"' | '{' | '[') if !before.ends_with([',', ':', '{', '[']) => Some("a comma is missing before it"),
        None => Some("the text ends too early: a bracket, brace or quote is not closed"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::source::Sources;

    fn read(text: &str) -> Result<Node, JsonFault> {
        parse(text, Sources::default().add("x.json", text))
    }

    #[test]
    fn every_part_has_its_place() {
        let text = "{\n  \"a\": [1, \"zw\u{f6}lf\"],\n  \"b\": 9007199254740993.10\n}";
        let mut sources = Sources::default();
        let file = sources.add("x.json", text);
        let node = parse(text, file).unwrap();
        let entries = node.entries();
        assert_eq!(sources.text(entries[0].0.span), "\"a\"");
        assert_eq!(sources.text(entries[0].1.items()[1].span), "\"zw\u{f6}lf\"");
        assert_eq!(sources.place(entries[1].1.span).to_string(), "x.json:3");
        assert_eq!(entries[1].1.value, Value::Number("9007199254740993.10".to_owned()));
    }

    #[test]
    fn faults_say_where_and_what_would_be_right() {
        for (text, offending, advice) in [
            ("{\"a\": [1,]}", "]", Some("comma before it")),
            ("{\"a\": 1 // why\n}", "/", Some("no comments")),
            ("{\"a\": 1\n \"b\": 2}", "\"", Some("comma is missing")),
            ("{'a': 1}", "'", Some("straight double quotes")),
            ("{\"a\": 1", "", Some("ends too early")),
            ("{\"a\": 1, \"a\": 2}", "\"a\"", None),
            ("{\"a\": \"\\ud800\"}", "\"\\ud800\"", None),
        ] {
            let fault = read(text).unwrap_err();
            assert_eq!(&text[fault.range.clone()], offending, "{text}: {fault:?}");
            match advice {
                Some(part) => assert!(fault.help.is_some_and(|help| help.contains(part)), "{text}: {fault:?}"),
                None => assert_eq!(fault.help, None, "{text}"),
            }
            assert!(!fault.message.contains("line"), "{fault}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_and_does_not_overflow() {
        let text = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(&text).unwrap_err().message.contains("nested too deeply"));
    }
}
