//! Tests of the room as a whole.

mod bare;
mod differences;
mod equality;
mod grammar;
mod live;
mod properties;
mod questions;

use super::*;
use crate::spec::finding::Finding;
use crate::spec::node::Node;
use crate::spec::source::{FileId, Sources};

fn node(text: &str) -> (Sources, Node) {
    let mut sources = Sources::default();
    let file = sources.add("policy.json", text);
    let node = parse_json(text, file).unwrap_or_else(|fault| panic!("{fault}: {text}"));
    (sources, node)
}

fn some_file() -> FileId {
    Sources::default().add("x", "")
}

fn read(text: &str, flavour: Flavour) -> (Option<Policy>, Vec<Finding>) {
    let mut findings = Vec::new();
    let policy = Policy::from_node(&node(text).1, flavour, &mut findings);
    assert_eq!(policy.is_none(), !findings.is_empty(), "{text}: {findings:?}");
    (policy, findings)
}

fn written(text: &str, flavour: Flavour) -> Policy {
    let (policy, findings) = read(text, flavour);
    policy.unwrap_or_else(|| panic!("{text}: {findings:#?}"))
}

fn live(text: &str) -> Policy {
    Policy::from_live(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
