//! JSON values as readable YAML.
//!
//! Invariant: what this file's own reader makes of the text is the value again, and so does any reader of YAML 1.1 or
//! 1.2: what one of them would take for something else is quoted. Nothing here knows what a value means.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json};

/// How long a line may be that holds a whole list or mapping.
const WIDTH: usize = 100;

/// How many values a mapping on one line may hold.
const MOST_ON_A_LINE: usize = 3;

/// A key with its value, as lines that begin at an indentation.
pub(super) fn entry(out: &mut String, indent: usize, key: &str, value: &Json) {
    let start = format!("{:indent$}{}:", "", scalar(key));
    out.push_str(&start);
    tail(out, indent, start.chars().count(), value);
}

/// The entries of a mapping, as lines.
pub(super) fn entries(out: &mut String, indent: usize, map: &Map<String, Json>) {
    for (key, value) in map {
        entry(out, indent, key, value);
    }
}

/// An item of a list, as lines.
pub(super) fn item(out: &mut String, indent: usize, value: &Json) {
    let _ = write!(out, "{:indent$}-", "");
    match value {
        Json::Object(map) if !map.is_empty() => {
            let mut text = String::new();
            entries(&mut text, indent + 2, map);
            out.push(' ');
            out.push_str(text.trim_start());
        }
        other => {
            out.push(' ');
            out.push_str(&flow(other));
            out.push('\n');
        }
    }
}

/// The value of an entry, behind its colon.
pub(super) fn tail(out: &mut String, indent: usize, used: usize, value: &Json) {
    if let Some(line) = on_a_line(value, WIDTH.saturating_sub(used + 1)) {
        out.push(' ');
        out.push_str(&line);
        out.push('\n');
        return;
    }
    out.push('\n');
    match value {
        Json::Object(map) => entries(out, indent + 2, map),
        Json::Array(items) => items.iter().for_each(|one| item(out, indent + 2, one)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// The value on one line, where it reads well there.
pub(super) fn on_a_line(value: &Json, room: usize) -> Option<String> {
    let fits = match value {
        Json::Object(map) => map.is_empty() || leaves(value).is_some_and(|count| count <= MOST_ON_A_LINE),
        Json::Array(items) => items.iter().all(is_scalar),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => return Some(flow(value)),
    };
    let line = fits.then(|| flow(value))?;
    (line.chars().count() <= room || line.len() == 2).then_some(line)
}

fn is_scalar(value: &Json) -> bool {
    !matches!(value, Json::Object(_) | Json::Array(_))
}

/// How many texts and numbers it holds; lists of mappings are never put on one line.
fn leaves(value: &Json) -> Option<usize> {
    match value {
        Json::Object(map) => map.values().map(leaves).sum(),
        Json::Array(items) => items.iter().all(is_scalar).then_some(items.len().max(1)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Some(1),
    }
}

/// The whole value on one line.
pub(super) fn flow(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(truth) => truth.to_string(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => scalar(text),
        Json::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Json::Object(map) if map.is_empty() => "{}".to_owned(),
        Json::Object(map) => {
            let entries = map
                .iter()
                .map(|(key, value)| format!("{}: {}", scalar(key), flow(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A text, quoted unless every reader takes it for itself wherever it stands.
pub(super) fn scalar(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if is_shown(c) => quoted.push(c),
            c if u32::from(c) > 0xffff => drop(write!(quoted, "\\U{:08X}", u32::from(c))),
            c => drop(write!(quoted, "\\u{:04X}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a character shows as itself: no control, nothing invisible, nothing that turns the direction of the line.
fn is_shown(c: char) -> bool {
    let hidden = matches!(u32::from(c),
        0x7f..=0x9f | 0xad | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xffff | 0xe0000..=0xe0fff);
    !c.is_control() && !hidden
}

/// Words that some reader takes for a truth value or for nothing.
const WORDS: &[&str] = &["null", "true", "false", "yes", "no", "on", "off", "y", "n"];

fn is_plain(text: &str) -> bool {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return false };
    let begins = first.is_ascii_alphabetic() || matches!(first, '/' | '_' | '.' | '$') || is_length(text);
    let tame = |c: char| c.is_ascii_alphanumeric() || " /_.:*@=+-$();<>".contains(c);
    // A number in any of YAML's ways of writing one.
    let numeric = text.trim_start_matches('.').starts_with(|c: char| c.is_ascii_digit()) && !is_length(text)
        || [".inf", ".nan"].contains(&text.to_ascii_lowercase().as_str())
        || text == "."
        || text.starts_with("..");
    let reads_as_key = text.contains(": ") || text.ends_with([':', ' ']);
    begins
        && !numeric
        && !reads_as_key
        && text.chars().all(tame)
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// `30s`, `12h`: a duration, which no reader takes for a number.
fn is_length(text: &str) -> bool {
    let digits = text.trim_end_matches(['s', 'm', 'h', 'd']);
    let is_one = digits.len() + 1 == text.len() && !digits.is_empty();
    is_one && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A remark on lines of its own; whoever wrote it, it stays one.
pub(super) fn comment(out: &mut String, indent: usize, text: &str) {
    for line in text.lines() {
        let line: String = line.chars().map(|c| if is_shown(c) { c } else { '\u{fffd}' }).collect();
        let _ = writeln!(out, "{:indent$}# {}", "", line.trim_end());
    }
}
