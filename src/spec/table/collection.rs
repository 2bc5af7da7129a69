//! Decoders of lists and mappings.
//!
//! Invariant: one wrong item never hides what is wrong with the next.

use super::{Reading, text, wrong_type};
use crate::spec::node::{Key, Node, Value};
use crate::spec::source::Span;

/// A text alone or a list of text. Wrong items are reported, the others are given.
pub fn texts<'n>(node: &'n Node, what: &str, reading: &mut Reading<'_>) -> Option<Vec<(&'n str, Span)>> {
    match &node.value {
        Value::List(items) => {
            let read = |item: &'n Node| text(item, what, reading).map(|text| (text, item.span));
            Some(items.iter().filter_map(read).collect())
        }
        Value::Text(text) => Some(vec![(text, node.span)]),
        Value::Number(_) | Value::Bool(_) => text(node, what, reading).map(|text| vec![(text, node.span)]),
        Value::Null | Value::Map(_) => {
            reading.report(wrong_type(node, what, "a list of text"));
            None
        }
    }
}

/// The items of a list; `of` says of what ("statements").
pub fn list<'n>(node: &'n Node, what: &str, of: &str, reading: &mut Reading<'_>) -> Option<&'n [Node]> {
    if let Value::List(items) = &node.value {
        return Some(items);
    }
    let finding = wrong_type(node, what, &format!("a list of {of}"));
    reading.report(match node.value {
        Value::Null => finding.label("write `[]` for an empty list, or leave the key out"),
        _ => finding.label("write `[…]`, or one `- …` a line"),
    });
    None
}

/// The entries of a mapping; `of` says from what to what ("names to policies").
pub fn entries<'n>(node: &'n Node, what: &str, of: &str, reading: &mut Reading<'_>) -> Option<&'n [(Key, Node)]> {
    if let Value::Map(entries) = &node.value {
        return Some(entries);
    }
    let finding = wrong_type(node, what, &format!("a mapping of {of}"));
    reading.report(match node.value {
        Value::Null => finding.label("write `{}` for an empty mapping, or leave the key out"),
        _ => finding,
    });
    None
}

/// The same for a section whose entries may all be commented out.
pub fn section<'n>(node: &'n Node, what: &str, of: &str, reading: &mut Reading<'_>) -> Option<&'n [(Key, Node)]> {
    match node.value {
        Value::Null => Some(&[]),
        _ => entries(node, what, of, reading),
    }
}
