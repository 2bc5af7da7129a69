//! What a tree costs, so that aliases can be paid for before they are copied.
//!
//! Invariant: the weight of a tree is what reading it without aliases would have cost.

use crate::spec::node::{Node, Value};

/// What a tree costs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Weight {
    pub(super) nodes: usize,
    pub(super) text: usize,
    /// How many levels stand in one another.
    pub(super) height: usize,
}

impl Weight {
    /// The tree is at most [`MAX_DEPTH`](super::MAX_DEPTH) deep, so recursion is safe.
    pub(super) fn of(node: &Node) -> Self {
        let mut sum = Self {
            nodes: 1,
            text: 0,
            height: 0,
        };
        match &node.value {
            Value::Null | Value::Bool(_) => {}
            Value::Number(text) | Value::Text(text) => sum.text = text.len(),
            Value::List(items) => {
                sum.height = 1;
                for item in items {
                    sum.add(Self::of(item));
                }
            }
            Value::Map(entries) => {
                sum.height = 1;
                for (key, node) in entries {
                    sum.nodes += 1;
                    sum.text += key.text.len();
                    sum.add(Self::of(node));
                }
            }
        }
        sum
    }

    fn add(&mut self, inner: Self) {
        self.nodes += inner.nodes;
        self.text += inner.text;
        self.height = self.height.max(inner.height + 1);
    }
}
