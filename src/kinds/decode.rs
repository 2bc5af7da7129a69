//! Decoders that several kinds need: constrained keys, bounded text, durations, `none` in words.
//!
//! Invariant: a missing answer always comes with a finding.

use std::ops::RangeInclusive;

use crate::names::{NameError, Region};
use crate::spec::finding::Finding;
use crate::spec::lower::{Lowering, name_finding};
use crate::spec::node::{Key, Node};
use crate::spec::table;

/// A field that may be absent, or be a mistake; the outer `None` is a mistake.
pub(crate) type Maybe<T> = Option<Option<T>>;

/// A key of a mapping that AWS constrains.
pub(crate) fn key_of<T>(
    key: &Key,
    what: &str,
    parse: impl FnOnce(&str) -> Result<T, NameError>,
    cx: &mut Lowering<'_>,
) -> Option<T> {
    parse(&key.text)
        .map_err(|error| cx.report(name_finding(key.span, what, &error)))
        .ok()
}

/// A region of the account's own partition.
pub(crate) fn region(node: &Node, cx: &mut Lowering<'_>) {
    let Some(region) = cx.parse(node, "region", Region::parse) else {
        return;
    };
    if region.partition() != cx.home.partition {
        let message = format!(
            "region `{region}` is not in the partition `{}` of this account",
            cx.home.partition
        );
        cx.report(Finding::error("E0411", node.span, message));
    }
}

/// Text up to a number of characters.
pub(crate) fn text_within(node: &Node, what: &str, most: u64, cx: &mut Lowering<'_>) -> Option<String> {
    let text = table::text(node, what, &mut cx.reading())?.to_owned();
    let length = text.chars().count() as u64;
    if length > most {
        let message = format!("this {what} has {length} characters, and AWS takes {most}");
        cx.report(Finding::error("E0412", node.span, message));
        return None;
    }
    Some(text)
}

/// A duration in a range of seconds.
pub(crate) fn duration<T>(
    node: &Node,
    what: &str,
    range: RangeInclusive<u32>,
    of_seconds: impl FnOnce(u64) -> Result<T, NameError>,
    cx: &mut Lowering<'_>,
) -> Option<T> {
    let duration = table::duration(node, what, range, &mut cx.reading())?;
    of_seconds(duration.as_secs()).ok()
}

/// A value, or `none` in words.
pub(crate) fn none_or<T>(
    node: Option<&Node>,
    cx: &mut Lowering<'_>,
    read: impl FnOnce(&Node, &mut Lowering<'_>) -> Option<T>,
) -> Maybe<T> {
    match node {
        None => Some(None),
        Some(node) if node.text() == Some("none") => Some(None),
        Some(node) => read(node, cx).map(Some),
    }
}
