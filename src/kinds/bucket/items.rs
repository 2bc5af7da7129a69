//! Decoders that several settings of a bucket need: sets, ids, prefixes.
//!
//! Invariant: a missing answer always comes with a finding.

use std::collections::BTreeSet;

use crate::kinds::decode::text_within;
use crate::spec::finding::Finding;
use crate::spec::lower::Lowering;
use crate::spec::node::{Node, Value};
use crate::spec::source::Span;
use crate::spec::table;

/// Characters of an object's key, and so of its prefix, at most (S3 guide, "object keys").
pub(super) const KEY_CHARACTERS: u64 = 1024;

/// Characters of the id of a rule, at most.
pub(super) const ID_CHARACTERS: u64 = 255;

/// The days that AWS's 32 bits hold.
pub(super) const MOST_DAYS: u32 = 2_147_483_647;

/// Text that says something, up to a number of characters.
pub(super) fn written_within(node: &Node, what: &str, most: u64, cx: &mut Lowering<'_>) -> Option<String> {
    table::written_text(node, what, &mut cx.reading())?;
    text_within(node, what, most, cx)
}

/// Texts without order, each once; a missing answer from `parse` has been reported by it.
pub(super) fn set<T: Ord>(
    node: &Node,
    what: &str,
    cx: &mut Lowering<'_>,
    mut parse: impl FnMut(&str, Span, &mut Lowering<'_>) -> Option<T>,
) -> Option<BTreeSet<T>> {
    let texts: Vec<(String, Span)> = table::texts(node, what, &mut cx.reading())?
        .into_iter()
        .map(|(text, span)| (text.to_owned(), span))
        .collect();
    let mut set = BTreeSet::new();
    for (text, span) in texts {
        let Some(item) = parse(&text, span, cx) else { continue };
        if !set.insert(item) {
            let message = format!("`{text}` is listed twice");
            cx.report(Finding::error("E0414", span, message).label("remove one of them"));
        }
    }
    Some(set)
}

/// The same for a set that must not be empty.
pub(super) fn some<T: Ord>(
    node: &Node,
    what: &str,
    cx: &mut Lowering<'_>,
    parse: impl FnMut(&str, Span, &mut Lowering<'_>) -> Option<T>,
) -> Option<BTreeSet<T>> {
    if matches!(&node.value, Value::List(items) if items.is_empty()) {
        let message = format!("`{what}` is empty");
        cx.report(Finding::error("E0401", node.span, message).label("name at least one"));
        return None;
    }
    set(node, what, cx, parse)
}

/// All of the items, or nothing if one of them was refused; every one is looked at.
pub(super) fn all<T>(items: Vec<Option<T>>) -> Option<Vec<T>> {
    items.into_iter().collect()
}
