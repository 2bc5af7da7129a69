//! Decoders of single values: text, booleans, whole numbers, words.
//!
//! Invariant: nothing is converted silently; only what came from `$(name)` may be text where a number or boolean is wanted.

use std::ops::RangeInclusive;

use super::{Reading, wrong_type};
use crate::names::nearest;
use crate::spec::finding::Finding;
use crate::spec::node::{Node, Value};

/// Any text, also the empty one.
pub fn text<'n>(node: &'n Node, what: &str, reading: &mut Reading<'_>) -> Option<&'n str> {
    match &node.value {
        Value::Text(text) => Some(text),
        Value::Number(number) => {
            let found = format!("`{what}`: expected text, found the number `{number}`");
            reading.report(must_be_quoted(node, found, number));
            None
        }
        Value::Bool(_) => {
            let written = reading.sources.text(node.span).to_owned();
            reading.report(wrong_type(node, what, "text").label(format!("quote it: \"{written}\"")));
            None
        }
        Value::Null | Value::List(_) | Value::Map(_) => {
            reading.report(wrong_type(node, what, "text"));
            None
        }
    }
}

/// Text that is more than white space.
pub fn written_text<'n>(node: &'n Node, what: &str, reading: &mut Reading<'_>) -> Option<&'n str> {
    let text = text(node, what, reading)?;
    if text.trim().is_empty() {
        reading.report(
            Finding::error("E0401", node.span, format!("`{what}` is empty"))
                .label("write a value, or leave the key out"),
        );
        return None;
    }
    Some(text)
}

/// Text that must stand in quotes if it is made of digits, because YAML readers disagree about leading zeros.
pub fn quoted_text<'n>(node: &'n Node, what: &str, reading: &mut Reading<'_>) -> Option<&'n str> {
    let text = written_text(node, what, reading)?;
    let is_bare = reading.sources.text(node.span) == text && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_bare {
        let message = format!("`{what}`: `{text}` without quotes is a number to some readers of YAML");
        reading.report(must_be_quoted(node, message, text));
        return None;
    }
    Some(text)
}

fn must_be_quoted(node: &Node, message: String, text: &str) -> Finding {
    Finding::error("E0302", node.span, message).label(format!("quote it: \"{text}\""))
}

/// `true` or `false`.
pub fn boolean(node: &Node, what: &str, reading: &mut Reading<'_>) -> Option<bool> {
    let finding = match &node.value {
        Value::Bool(truth) => return Some(*truth),
        Value::Text(text) if reading.is_interpolated(node) && text == "true" => return Some(true),
        Value::Text(text) if reading.is_interpolated(node) && text == "false" => return Some(false),
        Value::Text(text) => match text.to_ascii_lowercase().as_str() {
            "yes" | "on" | "y" | "true" => {
                wrong_type(node, what, "`true` or `false`").label("write `true`, without quotes")
            }
            "no" | "off" | "n" | "false" => {
                wrong_type(node, what, "`true` or `false`").label("write `false`, without quotes")
            }
            _ => wrong_type(node, what, "`true` or `false`"),
        },
        _ => wrong_type(node, what, "`true` or `false`"),
    };
    reading.report(finding);
    None
}

/// A whole number in a range; `unit` is what is counted ("days"), empty if nothing is.
pub fn integer(
    node: &Node,
    what: &str,
    range: RangeInclusive<u32>,
    unit: &str,
    reading: &mut Reading<'_>,
) -> Option<u32> {
    let end = match *range.end() {
        u32::MAX => u64::MAX,
        most => u64::from(most),
    };
    let number = large_integer(node, what, u64::from(*range.start())..=end, unit, reading)?;
    if u32::try_from(number).is_err() {
        reading.report(out_of_range(
            node,
            what,
            &number.to_string(),
            &limits(&(0..=u64::from(u32::MAX)), unit),
        ));
    }
    u32::try_from(number).ok()
}

/// The same for numbers that may be larger, such as bytes.
pub fn large_integer(
    node: &Node,
    what: &str,
    range: RangeInclusive<u64>,
    unit: &str,
    reading: &mut Reading<'_>,
) -> Option<u64> {
    let text = match &node.value {
        Value::Number(number) => number,
        Value::Text(text) if reading.is_interpolated(node) && is_whole(text) => text,
        Value::Text(text) if is_whole(text) => {
            reading.report(wrong_type(node, what, "a whole number").label(format!("write `{text}` without quotes")));
            return None;
        }
        _ => {
            reading.report(wrong_type(node, what, "a whole number"));
            return None;
        }
    };
    if !is_whole(text) {
        reading.report(wrong_type(node, what, "a whole number").label("write it in digits, without point or exponent"));
        return None;
    }
    // What is beyond u64 is beyond the range too.
    match text.parse::<u64>() {
        Ok(number) if range.contains(&number) => Some(number),
        _ => {
            reading.report(out_of_range(node, what, text, &limits(&range, unit)));
            None
        }
    }
}

fn out_of_range(node: &Node, what: &str, text: &str, limits: &str) -> Finding {
    Finding::error("E0402", node.span, format!("`{what}` can't be {text}")).label(limits)
}

fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn limits(range: &RangeInclusive<u64>, unit: &str) -> String {
    let unit = if unit.is_empty() {
        String::new()
    } else {
        format!(" {unit}")
    };
    match (*range.start(), *range.end()) {
        (least, u64::MAX) => format!("at least {least}{unit}"),
        (least, most) => format!("from {least} to {most}{unit}"),
    }
}

/// One of some words, each with what it means. `true` and `false` may be among the words.
pub fn one_of<T: Copy>(node: &Node, what: &str, words: &[(&str, T)], reading: &mut Reading<'_>) -> Option<T> {
    let word = match &node.value {
        Value::Text(word) | Value::Number(word) => word.as_str(),
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Null | Value::List(_) | Value::Map(_) => {
            reading.report(wrong_type(node, what, &choice(words)));
            return None;
        }
    };
    if let Some((_, meaning)) = words.iter().find(|(known, _)| *known == word) {
        return Some(*meaning);
    }
    let label = match nearest(word, words.iter().map(|(known, _)| *known)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("expected {}", choice(words)),
    };
    reading.report(Finding::error("E0403", node.span, format!("`{what}` can't be `{word}`")).label(label));
    None
}

fn choice<T>(words: &[(&str, T)]) -> String {
    let quoted: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((only, _)) => only.clone(),
        None => "nothing".to_owned(),
    }
}
