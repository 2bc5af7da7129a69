//! Merge keys: `<<: *name` and `<<: [*one, *two]`.
//!
//! Invariant: own keys win over merged ones, earlier merged ones over later; the result has no key twice.

use std::collections::BTreeMap;

use crate::spec::finding::Finding;
use crate::spec::node::{Key, Node, Value};
use crate::spec::source::Span;

/// What a `<<` brought, and before which of the own entries it stood.
pub(super) type Merged = (usize, Node);

/// A mapping's own entries with the merged ones, each where its `<<` stood.
pub(super) fn merge(own: Vec<(Key, Node)>, merged: Vec<Merged>, mut seen: BTreeMap<String, Span>) -> Vec<(Key, Node)> {
    if merged.is_empty() {
        return own;
    }
    let mut whole = Vec::with_capacity(own.len());
    let mut merged = merged.into_iter().peekable();
    for (at, entry) in own.into_iter().map(Some).chain([None]).enumerate() {
        while let Some((_, sources)) = merged.next_if(|(before, _)| *before == at || entry.is_none()) {
            add(&mut whole, &mut seen, sources);
        }
        whole.extend(entry);
    }
    whole
}

fn add(whole: &mut Vec<(Key, Node)>, seen: &mut BTreeMap<String, Span>, sources: Node) {
    match sources.value {
        Value::List(sources) => {
            for source in sources {
                add(whole, seen, source);
            }
        }
        Value::Map(entries) => {
            for (key, node) in entries {
                if !seen.contains_key(&key.text) {
                    seen.insert(key.text.clone(), key.span);
                    whole.push((key, node));
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
    }
}

/// Checks that `<<` names a mapping or a list of mappings.
pub(super) fn sources(node: Node) -> Result<Node, Box<Finding>> {
    let is_map = |node: &Node| matches!(node.value, Value::Map(_));
    let wrong = match &node.value {
        Value::Map(_) => None,
        Value::List(items) => items.iter().find(|item| !is_map(item)),
        _ => Some(&node),
    };
    match wrong {
        None => Ok(node),
        Some(wrong) => {
            let found = wrong.type_name();
            let message = format!("`<<` merges a mapping or a list of mappings, not {found}");
            Err(Box::new(
                Finding::error("E0206", wrong.span, message).label("name an anchored mapping: `<<: *name`"),
            ))
        }
    }
}
