//! Edits of a text that its author goes on keeping.
//!
//! Invariant: an edit changes the value at one path and no other, and no line that it does not have to; comments, order,
//! anchors and everything else stay byte for byte. Where that can't be had, nothing is changed and the reason is told.

use std::ops::Range;

use serde_json::{Map, Value as Json};

use crate::kinds::KindName;
use crate::spec::node::{Key, Node, Value};
use crate::spec::source::{Sources, Span};

use super::yaml;

/// What becomes of the value at a path.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It is this from now on, whether there was one or not.
    Set(Json),
    /// It goes, with its key.
    Remove,
    /// The list there has this item as well.
    Add(Json),
    /// The list there no longer has this item.
    Drop(String),
}

/// One edit.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// Section, id, field and what lies below, as keys of the text.
    pub path: Vec<String>,
    /// What becomes of it.
    pub change: Change,
}

/// Why a text stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unedited {
    /// The text could not be read.
    #[error("the text can't be read")]
    Unreadable,
    /// There is nothing at the path.
    #[error("`{0}` does not stand in this text as such")]
    NotHere(String),
    /// The value stands in another file.
    #[error("it stands in `{0}`")]
    Elsewhere(String),
    /// The value is made of names.
    #[error("it is made of `$(…)`")]
    Interpolated,
    /// The value has remarks in it.
    #[error("there are comments in it")]
    Commented,
    /// Other places would change as well.
    #[error("other places say the same through an anchor, an alias or a merge key")]
    Shared,
}

/// Makes the edits, one after the other.
///
/// # Errors
/// See [`Unedited`]; nothing is edited then.
pub fn edit(text: &str, edits: &[Edit]) -> Result<String, Unedited> {
    edits.iter().try_fold(text.to_owned(), |text, edit| one(&text, edit))
}

fn one(text: &str, edit: &Edit) -> Result<String, Unedited> {
    let before = parse(text)?;
    let splice = splice(text, &before, edit)?;
    let mut new = text.to_owned();
    let written = match text.contains("\r\n") {
        true => splice.text.replace('\n', "\r\n"),
        false => splice.text,
    };
    new.replace_range(splice.range, &written);
    let mut wanted = json(&before);
    apply(&mut wanted, &edit.path, &edit.change);
    match parse(&new) {
        Ok(after) if json(&after) == wanted => Ok(new),
        Ok(_) | Err(_) => Err(Unedited::Shared),
    }
}

fn parse(text: &str) -> Result<Node, Unedited> {
    let mut sources = Sources::default();
    let id = sources.add("", text);
    crate::spec::yaml::parse(&sources, id).map_err(|_| Unedited::Unreadable)
}

/// The value without its places.
fn json(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        // The text is what counts: numbers too long for a machine are told apart by it.
        Value::Number(number) => serde_json::json!({ "number": number }),
        Value::Text(text) => Json::from(text.as_str()),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, node)| (key.text.clone(), json(node)))
            .collect(),
    }
}

/// The same for a value that is to be written.
fn as_read(value: &Json) -> Json {
    match value {
        Json::Number(number) => serde_json::json!({ "number": number.to_string() }),
        Json::Array(items) => items.iter().map(as_read).collect(),
        Json::Object(entries) => entries
            .iter()
            .map(|(key, value)| (key.clone(), as_read(value)))
            .collect(),
        other => other.clone(),
    }
}

/// The model of an edit.
fn apply(value: &mut Json, path: &[String], change: &Change) {
    let Some((key, rest)) = path.split_first() else {
        match change {
            Change::Set(new) => *value = as_read(new),
            Change::Add(item) => {
                if let Json::Array(items) = value {
                    items.push(as_read(item));
                }
            }
            Change::Drop(item) => {
                if let Json::Array(items) = value {
                    items.retain(|one| one != item.as_str());
                }
            }
            Change::Remove => {}
        }
        return;
    };
    if let (Json::Array(items), Ok(place)) = (&mut *value, key.parse::<usize>()) {
        match (rest.is_empty() && *change == Change::Remove, items.get_mut(place)) {
            (true, Some(_)) => drop(items.remove(place)),
            (false, Some(item)) => apply(item, rest, change),
            (_, None) => {}
        }
        return;
    }
    if value.is_null() {
        *value = Json::Object(Map::new());
    }
    let Json::Object(entries) = value else { return };
    if rest.is_empty() && *change == Change::Remove {
        entries.remove(key);
        return;
    }
    apply(entries.entry(key.clone()).or_insert(Json::Null), rest, change);
}

/// A stretch of the text, and what takes its place.
struct Splice {
    range: Range<usize>,
    text: String,
}

/// The text with what its places mean.
struct Text<'a>(&'a str);

fn splice(text: &str, root: &Node, edit: &Edit) -> Result<Splice, Unedited> {
    let not_here = || Unedited::NotHere(edit.path.join("."));
    let text = Text(text);
    let Some((last, above)) = edit.path.split_last() else {
        return Err(not_here());
    };
    let mut parent = root;
    for key in above {
        text.is_editable(parent)?;
        parent = child(parent, key).ok_or_else(not_here)?;
    }
    if let Value::List(items) = &parent.value {
        let place = last.parse().ok().filter(|_| edit.change == Change::Remove);
        return place
            .and_then(|place| text.take_at(parent, items, place))
            .ok_or_else(not_here);
    }
    if !matches!(parent.value, Value::Map(_) | Value::Null) {
        return Err(not_here());
    }
    let found = entry(parent, last);
    if let Some((_, node)) = found {
        text.is_editable(node)?;
    }
    match (&edit.change, found) {
        (Change::Set(value), Some((key, node))) => text.set(parent, key, node, value),
        (Change::Set(value), None) => text.insert(parent, last, value).ok_or_else(not_here),
        (Change::Remove, Some((key, node))) => text.remove(parent, key, node).ok_or_else(not_here),
        (Change::Add(item), Some((_, node))) => text.add(node, item).ok_or_else(not_here),
        (Change::Drop(item), Some((_, node))) => text.take(node, item).ok_or_else(not_here),
        (Change::Remove | Change::Add(_) | Change::Drop(_), None) => Err(not_here()),
    }
}

/// An entry by its key, an item by its place.
fn child<'n>(parent: &'n Node, key: &str) -> Option<&'n Node> {
    match &parent.value {
        Value::List(items) => items.get(key.parse::<usize>().ok()?),
        _ => entry(parent, key).map(|(_, node)| node),
    }
}

/// An entry by its key; sections have several names.
fn entry<'n>(parent: &'n Node, key: &str) -> Option<(&'n Key, &'n Node)> {
    let kind = KindName::of_section(key);
    let same = |known: &Key| known.text == key || (kind.is_some() && KindName::of_section(&known.text) == kind);
    let entries = parent.entries().iter();
    entries
        .filter(|(known, _)| same(known))
        .map(|(key, node)| (key, node))
        .next()
}

impl Text<'_> {
    /// One past the last byte of a value, its closing bracket included and without the newlines behind a block of text.
    fn end(&self, node: &Node) -> usize {
        if self.is_flow(node) {
            return self.closing(node.span.start as usize).unwrap_or(node.span.end as usize);
        }
        let inner: Option<usize> = match &node.value {
            Value::Map(entries) => entries
                .iter()
                .map(|(key, node)| self.end(node).max(key.span.end as usize))
                .max(),
            Value::List(items) => items.iter().map(|item| self.end(item)).max(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => None,
        };
        // An alias ends where it stands and not where what it names does.
        let own = node.span.start as usize + self.slice(at(node.span)).trim_end_matches(['\n', '\r', ' ']).len();
        inner.unwrap_or(own)
    }

    /// Behind the bracket that closes the one at a byte.
    fn closing(&self, start: usize) -> Option<usize> {
        let (mut depth, mut quote, mut before) = (0_usize, None, ' ');
        let mut chars = self.slice(start..self.0.len()).char_indices();
        while let Some((at, c)) = chars.next() {
            match (quote, c) {
                (Some('"'), '\\') => drop(chars.next()),
                (Some(open), c) if c == open => quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') if "[{,: \n".contains(before) => quote = Some(c),
                (None, '#') if before.is_whitespace() => {
                    for (_, c) in chars.by_ref() {
                        if c == '\n' {
                            break;
                        }
                    }
                }
                (None, '[' | '{') => depth += 1,
                (None, ']' | '}') => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(start + at + 1);
                    }
                }
                (None, _) => {}
            }
            before = c;
        }
        None
    }
}

fn at(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

impl Text<'_> {
    fn slice(&self, range: Range<usize>) -> &str {
        self.0.get(range).unwrap_or_default()
    }

    /// Where the line of a byte begins.
    fn line_start(&self, at: usize) -> usize {
        self.slice(0..at).rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// Where the line of a byte ends, before its newline.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.slice(at..self.0.len());
        let end = rest.find('\n').map_or(self.0.len(), |newline| at + newline);
        end - usize::from(self.slice(at..end).ends_with('\r'))
    }

    /// Behind the line of a byte, its newline included.
    fn next_line(&self, at: usize) -> usize {
        let rest = self.slice(at..self.0.len());
        rest.find('\n').map_or(self.0.len(), |newline| at + newline + 1)
    }

    fn is_flow(&self, node: &Node) -> bool {
        self.slice(at(node.span)).starts_with(['{', '['])
    }

    /// How far a key or dash is from the start of its line; `None` where something stands before it.
    fn indent(&self, start: usize) -> Option<usize> {
        let before = self.slice(self.line_start(start)..start);
        before.bytes().all(|byte| byte == b' ').then_some(before.len())
    }

    fn is_editable(&self, node: &Node) -> Result<(), Unedited> {
        if let Some(path) = node.get("file").and_then(Node::text) {
            return Err(Unedited::Elsewhere(path.to_owned()));
        }
        Ok(())
    }

    /// What goes must hold nothing that nobody could bring back. A single value is what it is; more than one value
    /// made of names is somebody's thought.
    fn may_go(&self, node: &Node, from: usize) -> Result<(), Unedited> {
        let old = self.slice(from..self.end(node));
        let is_whole = matches!(node.value, Value::Map(_) | Value::List(_));
        if is_whole && old.replace("$$(", "").contains("$(") {
            return Err(Unedited::Interpolated);
        }
        let has_comment = |line: &str| line.trim_start().starts_with('#') || line.contains(" #");
        if old.contains('\n') && old.lines().any(has_comment) {
            return Err(Unedited::Commented);
        }
        Ok(())
    }

    fn set(&self, parent: &Node, key: &Key, node: &Node, value: &Json) -> Result<Splice, Unedited> {
        let (key_at, start, end) = (at(key.span), node.span.start as usize, self.end(node));
        // What an alias names stands elsewhere, and what a merge key brings does, too.
        if start < key_at.end || !(parent.span.start as usize..self.end(parent).max(key_at.end)).contains(&key_at.start)
        {
            return Err(Unedited::Shared);
        }
        if self.is_flow(parent) {
            self.may_go(node, start)?;
            return Ok(Splice {
                range: start..end,
                text: yaml::flow(value),
            });
        }
        let indent = self
            .indent(key_at.start)
            .ok_or_else(|| Unedited::NotHere(key.text.clone()))?;
        let colon = self
            .slice(key_at.end..self.0.len())
            .find(':')
            .map_or(key_at.end, |colon| key_at.end + colon + 1);
        let is_beside = !self.slice(colon..start).contains('\n');
        let head_end = self.line_end(colon);
        self.may_go(node, if is_beside { start } else { head_end })?;
        let mut tail = String::new();
        yaml::tail(&mut tail, indent, colon - self.line_start(key_at.start), value);
        let tail = tail.trim_end_matches('\n');
        let head = if is_beside {
            ""
        } else {
            self.slice(colon..head_end).trim_end()
        };
        let (range, text) = match tail.split_once('\n').filter(|(line, _)| line.is_empty()) {
            Some((_, block)) if is_beside => {
                let line_end = self.line_end(end);
                (
                    colon..line_end,
                    format!("{}\n{block}", self.slice(end..line_end).trim_end()),
                )
            }
            Some((_, block)) => (colon..end, format!("{head}\n{block}")),
            // Nothing but the value moves, so that an anchor before it and a remark behind it stay.
            None if is_beside && start < end => (start..end, tail.trim_start().to_owned()),
            None if is_beside => (colon..colon, tail.to_owned()),
            None => (colon..end, format!("{tail}{head}")),
        };
        Ok(Splice { range, text })
    }

    fn insert(&self, parent: &Node, key: &str, value: &Json) -> Option<Splice> {
        if self.is_flow(parent) {
            let text = format!("{}: {}", yaml::scalar(key), yaml::flow(value));
            return Some(match parent.entries().last() {
                Some((_, last)) => Splice {
                    range: self.end(last)..self.end(last),
                    text: format!(", {text}"),
                },
                None => Splice {
                    range: parent.span.start as usize..self.end(parent),
                    text: format!("{{ {text} }}"),
                },
            });
        }
        let (first, _) = parent.entries().first()?;
        let indent = self.indent(first.span.start as usize)?;
        // A merged entry stands elsewhere.
        let own = parent
            .entries()
            .iter()
            .filter(|(key, _)| at(parent.span).contains(&(key.span.start as usize)));
        let last = own.map(|(key, node)| self.end(node).max(key.span.end as usize)).max()?;
        let end = self.line_end(last);
        let mut lines = String::new();
        yaml::entry(&mut lines, indent, key, value);
        Some(Splice {
            range: end..end,
            text: format!("\n{}", lines.trim_end_matches('\n')),
        })
    }

    fn remove(&self, parent: &Node, key: &Key, node: &Node) -> Option<Splice> {
        let entries = parent.entries();
        let place = entries.iter().position(|(known, _)| known.span == key.span)?;
        if entries.len() == 1 {
            let start = if self.is_flow(parent) {
                parent.span.start as usize
            } else {
                // The braces follow the colon of the parent's own key.
                let line = self.line_start(key.span.start as usize);
                let before = self.slice(0..line).trim_end();
                return before.ends_with(':').then(|| Splice {
                    range: before.len()..self.line_end(self.end(node)),
                    text: " {}".to_owned(),
                });
            };
            return Some(Splice {
                range: start..self.end(parent),
                text: "{}".to_owned(),
            });
        }
        if self.is_flow(parent) {
            return Some(
                self.cut(
                    place,
                    entries
                        .iter()
                        .map(|(key, node)| key.span.start as usize..self.end(node).max(key.span.end as usize)),
                ),
            );
        }
        self.indent(key.span.start as usize)?;
        Some(Splice {
            range: self.line_start(key.span.start as usize)..self.next_line(self.end(node).max(key.span.end as usize)),
            text: String::new(),
        })
    }

    /// Takes one of several things between commas.
    fn cut(&self, place: usize, all: impl Iterator<Item = Range<usize>>) -> Splice {
        let all: Vec<Range<usize>> = all.collect();
        let own = all.get(place).cloned().unwrap_or_default();
        let range = match (
            all.get(place + 1),
            place.checked_sub(1).and_then(|before| all.get(before)),
        ) {
            (Some(next), _) => own.start..next.start,
            (None, Some(before)) => before.end..own.end,
            (None, None) => own,
        };
        Splice {
            range,
            text: String::new(),
        }
    }

    fn add(&self, list: &Node, item: &Json) -> Option<Splice> {
        let Value::List(items) = &list.value else { return None };
        let last = items.last()?;
        let end = self.end(last);
        if self.is_flow(list) {
            return Some(Splice {
                range: end..end,
                text: format!(", {}", yaml::flow(item)),
            });
        }
        let line = self.line_start(last.span.start as usize);
        let before = self.slice(line..last.span.start as usize);
        let dash = before
            .trim_end()
            .strip_suffix('-')
            .filter(|spaces| spaces.bytes().all(|byte| byte == b' '))?;
        let end = self.line_end(end);
        let mut lines = String::new();
        match self.is_flow(last) {
            true => lines.push_str(&format!("{dash}- {}", yaml::flow(item))),
            false => yaml::item(&mut lines, dash.len(), item),
        }
        Some(Splice {
            range: end..end,
            text: format!("\n{}", lines.trim_end_matches('\n')),
        })
    }

    fn take(&self, list: &Node, item: &str) -> Option<Splice> {
        let Value::List(items) = &list.value else { return None };
        let place = items.iter().position(|one| one.text() == Some(item))?;
        self.take_at(list, items, place)
    }

    fn take_at(&self, list: &Node, items: &[Node], place: usize) -> Option<Splice> {
        let own = items.get(place).filter(|_| items.len() > 1)?;
        if self.is_flow(list) {
            return Some(self.cut(place, items.iter().map(|one| one.span.start as usize..self.end(one))));
        }
        let line = self.line_start(own.span.start as usize);
        let is_alone = self.slice(line..own.span.start as usize).trim_start().starts_with('-');
        is_alone.then(|| Splice {
            range: line..self.next_line(self.end(own)),
            text: String::new(),
        })
    }
}
