//! Which resource, field and entry of a text a place belongs to.

use crate::kind::Form;
use crate::kinds::KindName;
use crate::spec::node::{Key, Node};
use crate::spec::source::Span;

/// A place in terms of the format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) kind: KindName,
    pub(super) id: String,
    pub(super) field: Option<String>,
    pub(super) entry: Option<String>,
}

/// Finds the resource that a span lies in.
pub(super) fn spot(root: &Node, span: Span) -> Option<Spot> {
    let (section, node) = within(root.entries(), span)?;
    let kind = KindName::of_section(&section.text)?;
    let (id, body) = match kind.section().form {
        Form::Named | Form::Settings => within(node.entries(), span).map(|(key, node)| (key.text.clone(), node))?,
        Form::Listed { field, further } => {
            let item = node.items().iter().find(|item| holds(item.span, span))?;
            (listed_id(item, field, further)?, item)
        }
    };
    let inner = within(body.entries(), span);
    let entry = inner.and_then(|(_, value)| {
        let keyed = within(value.entries(), span).map(|(key, _)| key.text.clone());
        let item = || value.items().iter().find(|item| holds(item.span, span));
        keyed.or_else(|| item().and_then(Node::text).map(str::to_owned))
    });
    Some(Spot {
        kind,
        id,
        field: inner.map(|(key, _)| key.text.clone()),
        entry,
    })
}

fn listed_id(item: &Node, field: &str, further: Option<&str>) -> Option<String> {
    let name = item.text().or_else(|| item.get(field)?.text())?;
    let suffix = further.and_then(|further| item.get(further)?.text());
    Some(suffix.map_or_else(|| name.to_owned(), |suffix| format!("{name}_{suffix}")))
}

fn within(entries: &[(Key, Node)], span: Span) -> Option<(&Key, &Node)> {
    let holding =
        |(key, node): &&(Key, Node)| key.span.start <= span.start && span.start < node.span.end.max(key.span.end);
    entries.iter().find(holding).map(|(key, node)| (key, node))
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.start < outer.end.max(outer.start + 1)
}
