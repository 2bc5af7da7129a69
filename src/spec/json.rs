//! From strict JSON text (RFC 8259) to [`Node`]s.
//!
//! Own code because the usual readers carry no positions. Invariant: on any input this ends, within the limits of
//! [`yaml`](super::yaml), with a tree or with findings; what is only nearly JSON is refused with the way to mend it.

mod strings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::finding::Finding;
use super::node::{Key, Node, Value};
use super::source::{FileId, Sources, Span};
use super::yaml::{MAX_DEPTH, MAX_NODES, duplicate, is_number};

/// Reads one JSON value.
///
/// # Errors
/// Every duplicate key, and the first syntax error.
pub fn parse_json(sources: &Sources, file: FileId) -> Result<Node, Vec<Finding>> {
    parse_from(
        sources,
        Span {
            file,
            start: 0,
            end: u32::MAX,
        },
    )
}

/// Reads one JSON value that stands in a part of a file, such as a block of text in YAML.
///
/// The part must be JSON as it stands: positions are those of the file.
///
/// # Errors
/// Every duplicate key, and the first syntax error.
pub fn parse_from(sources: &Sources, part: Span) -> Result<Node, Vec<Finding>> {
    let text = &*sources.get(part.file).text;
    let end = (part.end as usize).min(text.len());
    let mut reader = Reader {
        text: text.get(..end).unwrap_or(""),
        at: part.start as usize,
        span: part,
        nodes: 0,
        duplicates: Vec::new(),
    };
    match reader.whole() {
        Ok(node) if reader.duplicates.is_empty() => Ok(node),
        Ok(_) => Err(reader.duplicates),
        Err(finding) => {
            reader.duplicates.push(*finding);
            Err(reader.duplicates)
        }
    }
}

type Read<T> = Result<T, Box<Finding>>;

struct Reader<'a> {
    text: &'a str,
    at: usize,
    span: Span,
    nodes: usize,
    duplicates: Vec<Finding>,
}

impl<'a> Reader<'a> {
    fn whole(&mut self) -> Read<Node> {
        self.blank()?;
        if self.peek().is_none() {
            return Err(self.wrong(self.at, "there is no JSON here", "expected a value, such as `{ … }`"));
        }
        let node = self.value(0)?;
        self.blank()?;
        match self.peek() {
            None => Ok(node),
            Some(_) => Err(self.wrong(
                self.at,
                "text goes on after the end of the JSON value",
                "remove it, or a bracket or brace before it closes too much",
            )),
        }
    }

    fn value(&mut self, depth: usize) -> Read<Node> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(self.limit("E0208", "this text holds too many values", "at most 1,000,000"));
        }
        let start = self.at;
        let value = match self.peek() {
            Some('{' | '[') if depth >= MAX_DEPTH => {
                return Err(self.limit(
                    "E0209",
                    "lists and objects stand too deep in one another",
                    "at most 128 levels",
                ));
            }
            Some('{') => Value::Map(self.object(depth + 1)?),
            Some('[') => Value::List(self.array(depth + 1)?),
            Some('"') => Value::Text(self.string()?),
            Some(_) => self.word()?,
            None => return Err(self.wrong(start, "the JSON ends where a value should be", "close what was opened")),
        };
        Ok(Node {
            span: self.since(start),
            value,
        })
    }

    fn object(&mut self, depth: usize) -> Read<Vec<(Key, Node)>> {
        let open = self.at;
        self.skip('{');
        let mut entries = Vec::new();
        let mut seen = BTreeMap::<String, Span>::new();
        self.blank()?;
        while self.peek() != Some('}') {
            let key = self.key()?;
            self.blank()?;
            if !self.skip(':') {
                let message = format!("the key `{}` has no value", key.text);
                return Err(self.wrong(self.at, message, "expected `:` here"));
            }
            self.blank()?;
            let node = self.value(depth)?;
            match seen.get(&key.text) {
                Some(first) => self.duplicates.push(duplicate(&key.text, *first, key.span)),
                None => {
                    seen.insert(key.text.clone(), key.span);
                    entries.push((key, node));
                }
            }
            self.separator('}', open)?;
        }
        self.skip('}');
        Ok(entries)
    }

    fn array(&mut self, depth: usize) -> Read<Vec<Node>> {
        let open = self.at;
        self.skip('[');
        let mut items = Vec::new();
        self.blank()?;
        while self.peek() != Some(']') {
            items.push(self.value(depth)?);
            self.separator(']', open)?;
        }
        self.skip(']');
        Ok(items)
    }

    fn key(&mut self) -> Read<Key> {
        let start = self.at;
        match self.peek() {
            Some('"') => {
                let text = self.string()?;
                Ok(Key {
                    span: self.since(start),
                    text,
                })
            }
            Some(',') => Err(self.wrong(start, "there is nothing before this comma", "remove it")),
            None => Err(self.wrong(start, "the JSON ends inside an object", "close it with `}`")),
            Some(_) => Err(self.not_a_key(start)),
        }
    }

    /// What stands between an item and the next, or before the closing `end`.
    fn separator(&mut self, end: char, open: usize) -> Read<()> {
        let after_item = self.at;
        self.blank()?;
        let comma = self.at;
        if self.skip(',') {
            self.blank()?;
            return match self.peek() {
                Some(c) if c == end => Err(self.wrong(
                    comma,
                    format!("a comma stands before the closing `{end}`"),
                    "trailing comma; remove it",
                )),
                Some(',') => Err(self.wrong(self.at, "two commas follow each other", "remove one")),
                _ => Ok(()),
            };
        }
        match self.peek() {
            Some(c) if c == end => Ok(()),
            None => {
                let mut finding = self.wrong(after_item, format!("the JSON ends before its `{end}`"), "close it here");
                finding
                    .related
                    .push((self.range(open, open + 1), "opened here".to_owned()));
                Err(finding)
            }
            Some(_) => Err(self.wrong(
                self.at,
                format!("expected `,` or `{end}` before this"),
                "a comma is missing before it",
            )),
        }
    }

    /// A value that is neither a collection nor text.
    fn word(&mut self) -> Read<Value> {
        let start = self.at;
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | ']' | '}' | '[' | '{' | ':' | '"'));
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or("");
        let value = match word {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            number if is_number(number) => Value::Number(number.to_owned()),
            _ => return Err(self.not_a_value(start, word)),
        };
        self.at += word.len();
        Ok(value)
    }

    /// Skips white space; a comment is an error.
    fn blank(&mut self) -> Read<()> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
        let rest = self.rest();
        if rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#') {
            return Err(self.wrong(
                self.at,
                "JSON has no comments",
                "remove it, or write the document in YAML",
            ));
        }
        Ok(())
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn since(&self, start: usize) -> Span {
        self.range(start, self.at)
    }

    fn range(&self, start: usize, end: usize) -> Span {
        Span {
            file: self.span.file,
            start: u32::try_from(start).unwrap_or(u32::MAX),
            end: u32::try_from(end.min(self.text.len())).unwrap_or(u32::MAX),
        }
    }
}

/// The errors.
impl Reader<'_> {
    fn wrong(&self, at: usize, message: impl Into<String>, label: impl Into<String>) -> Box<Finding> {
        let width = self
            .text
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .filter(|c| !matches!(c, '\n' | '\r'))
            .map_or(0, char::len_utf8);
        Box::new(Finding::error("E0211", self.range(at, at + width), message).label(label))
    }

    fn limit(&self, code: &'static str, message: &str, label: &str) -> Box<Finding> {
        Box::new(Finding::error(code, self.range(self.at, self.at), message).label(label))
    }

    fn not_a_key(&self, start: usize) -> Box<Finding> {
        let label = if self.rest().starts_with('\'') {
            "JSON wants double quotes: \"…\""
        } else {
            "keys need double quotes: \"…\""
        };
        self.wrong(start, "expected a key in double quotes", label)
    }

    fn not_a_value(&self, start: usize, word: &str) -> Box<Finding> {
        let fix = match word {
            "True" | "TRUE" => "write `true`",
            "False" | "FALSE" => "write `false`",
            "None" | "Null" | "NULL" | "undefined" | "nil" | "~" => "write `null`",
            "NaN" | "Infinity" | "-Infinity" => "JSON has no such number",
            _ if word.starts_with('\'') => "JSON wants double quotes: \"…\"",
            _ if word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => {
                "numbers have no leading zeros, `+`, `_` or bare `.`; text needs double quotes"
            }
            _ => "text needs double quotes",
        };
        if word.is_empty() {
            return self.wrong(
                start,
                "expected a value",
                "something is missing before this, or it is too much",
            );
        }
        let message = format!("`{word}` is not a JSON value");
        let mut finding = self.wrong(start, message, fix);
        finding.span = Some(self.range(start, start + word.len()));
        finding
    }
}
