//! What `expect:` says: assertions on what somebody must or must not be able to do.
//!
//! Invariant: an assertion of a wrong form has a finding; nothing is evaluated here.

use std::collections::BTreeMap;

use super::{Cx, Environment};
use crate::kinds::KindName;
use crate::names::nearest;
use crate::shape::{self, Choice, Part, Shape, items, part};
use crate::spec::finding::Finding;
use crate::spec::interpolate::interpolate;
use crate::spec::lower::Index;
use crate::spec::node::{Key, Node, Value};
use crate::spec::table::{self, Reading, Table};

const ASSERTED: Shape = Shape::Texts(&items("text", shape::TEXT));

const EXPECT: [Part; 8] = [
    part("who", shape::WRITTEN, "An address such as `role/viewer`, or an ARN."),
    part("can", ASSERTED, "Actions that they must be able to do."),
    part("cannot", ASSERTED, "Actions that they must not be able to do."),
    part("only", Shape::Anything, "Who alone may do it."),
    part("on", ASSERTED, "What they do it to: ARNs, or `*`."),
    part("resource", ASSERTED, "The same as `on`."),
    part(
        "when",
        Shape::Map(&items("values", Shape::Anything)),
        "Condition keys with their values.",
    ),
    part("assume", Shape::Anything, "The roles that are assumed on the way."),
];

/// An entry of `expect:`.
pub const EXPECTATION: Shape = shape::table(
    &EXPECT,
    &[
        Choice::One(&["can", "cannot", "only"]),
        Choice::One(&["on", "resource"]),
        Choice::Some(&["who", "only"]),
    ],
);

/// Checks the form of the assertions and counts them; a later version evaluates them.
pub(super) fn expectations(cx: &Cx<'_>, environment: &mut Environment) -> usize {
    let Environment { findings, expected, .. } = environment;
    for node in &cx.texts.expect {
        let (node, found) = interpolate(node, cx.names, &cx.texts.sources);
        findings.extend(found);
        expectation(
            &node,
            &mut Reading {
                sources: &cx.texts.sources,
                findings,
            },
        );
        findings.extend(node.get("who").and_then(|who| nobody(who, cx.index)));
        expected.push(phrase(&node));
    }
    expected.sort();
    expected.dedup();
    cx.texts.expect.len()
}

/// An assertion on a line: its keys in the order of a sentence, whatever the author's.
fn phrase(node: &Node) -> String {
    let known = EXPECT.iter().filter_map(|key| Some((key.name, node.get(key.name)?)));
    let word = |key| if key == "resource" { "on" } else { key };
    let parts = known.map(|(key, value)| match key {
        "who" => said(value),
        key => format!("{} {}", word(key), said(value)),
    });
    parts.collect::<Vec<_>>().join(" ")
}

/// A value on a line; order has no meaning in it.
fn said(node: &Node) -> String {
    let sorted = |mut texts: Vec<String>| {
        texts.sort();
        texts.join(", ")
    };
    match &node.value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(word) => word.to_string(),
        Value::Number(text) | Value::Text(text) => text.clone(),
        Value::List(items) => sorted(items.iter().map(said).collect()),
        Value::Map(entries) => {
            let entry = |(key, value): &(Key, Node)| format!("{} = {}", key.text, said(value));
            sorted(entries.iter().map(entry).collect())
        }
    }
}

/// An address of a kind that a file declares must lead to a declared one.
fn nobody(who: &Node, index: &Index) -> Option<Finding> {
    let (kind, id) = who.text()?.split_once('/')?;
    let kind = KindName::of_name(kind)?;
    let ids = || {
        index
            .get(&kind)
            .into_iter()
            .flat_map(BTreeMap::keys)
            .map(String::as_str)
    };
    if ids().any(|known| known == id) {
        return None;
    }
    let label = match nearest(id, ids()) {
        Some(near) => format!("did you mean `{kind}/{near}`?"),
        None => format!("declare it under `{}:`, or write its ARN", kind.section().key),
    };
    Some(Finding::error("E0501", who.span, format!("there is no {kind} `{id}` in this file")).label(label))
}

fn expectation(node: &Node, reading: &mut Reading<'_>) {
    let Some(mut table) = Table::new(node, "expectation", const { &shape::names(&EXPECT) }, reading) else {
        return;
    };
    let has = |keys: &[&str]| keys.iter().filter(|key| node.get(key).is_some()).count();
    let missing = |what: &str, label: &str| {
        Finding::error("E0304", node.span, format!("this expectation has no {what}")).label(label.to_owned())
    };
    if has(&["only"]) == 0 {
        let _ = table
            .required("who", reading)
            .map(|node| table::written_text(node, "who", reading));
    }
    match has(&["can", "cannot", "only"]) {
        0 => reading.report(missing(
            "`can` or `cannot`",
            "write what they can or cannot do, such as `can: s3:GetObject`",
        )),
        1 => {}
        _ => reading.report(
            Finding::error("E0303", node.span, "one of `can`, `cannot` and `only` is enough")
                .label("make two expectations of it"),
        ),
    }
    match has(&["on", "resource"]) {
        0 => reading.report(missing("`on`", "write the ARN, or `\"*\"`")),
        1 => {}
        _ => reading.report(
            Finding::error("E0303", node.span, "`on` and `resource` are the same").label("leave one of them out"),
        ),
    }
    for key in ["can", "cannot", "on", "resource"] {
        let _ = table.take(key).map(|node| table::texts(node, key, reading));
    }
    if let Some(node) = table.take("when") {
        let _ = table::entries(node, "when", "condition keys to values", reading);
    }
}
