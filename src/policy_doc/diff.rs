//! What differs between two policies, statement by statement, as data for renderers.
//!
//! Invariant: nothing differs exactly when [`super::same`] says so of `after` as the wanted and `before` as the live
//! policy; texts are in the author's order and spelling, and compared by their canonical forms.

mod pairs;
mod parts;
mod summary;

use std::fmt;

use super::canonical::{Canonical, same};
use super::document::{Document, PrincipalType, Sense, Statement};
use super::policy::Policy;

/// One difference between two policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementChange {
    /// The version or `Id` of the whole document.
    Document {
        /// What differs.
        parts: Vec<PartChange>,
    },
    /// A statement that only the later policy has.
    Added {
        /// Its `Sid`, or its number: "statement 2".
        label: String,
        /// The statement.
        statement: Statement,
    },
    /// A statement that only the earlier policy has.
    Removed {
        /// Its `Sid`, or its number.
        label: String,
        /// The statement.
        statement: Statement,
    },
    /// A statement that both have in different forms.
    Changed {
        /// Its `Sid`, or its number in the later policy.
        label: String,
        /// What differs, never empty.
        parts: Vec<PartChange>,
    },
    /// The earlier policy could not be read: all that is known is its text. The later one's statements follow as added.
    UnreadableBefore {
        /// As AWS returned it.
        text: String,
    },
    /// The later policy could not be read. The earlier one's statements come as removed.
    UnreadableAfter {
        /// As AWS returned it.
        text: String,
    },
}

/// One element of a statement or document that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartChange {
    /// Which.
    pub element: Element,
    /// Items that are no longer there, as the earlier text spells them.
    pub removed: Vec<String>,
    /// Items that are new, as the later text spells them.
    pub added: Vec<String>,
}

/// An element of a statement or document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Element {
    /// `Version`.
    Version,
    /// `Id`.
    Id,
    /// `Sid`.
    Sid,
    /// `Effect`.
    Effect,
    /// `Principal` or `NotPrincipal`, and under which type; no type for the bare `*`.
    Principal(Sense, Option<PrincipalType>),
    /// `Action` or `NotAction`.
    Action(Sense),
    /// `Resource` or `NotResource`.
    Resource(Sense),
    /// The values of one operator and key, as the text spells them.
    Condition {
        /// The operator.
        operator: String,
        /// The key.
        key: String,
    },
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version => f.write_str("Version"),
            Self::Id => f.write_str("Id"),
            Self::Sid => f.write_str("Sid"),
            Self::Effect => f.write_str("Effect"),
            Self::Principal(sense, None) => write!(f, "{}Principal", sense.prefix()),
            Self::Principal(sense, Some(kind)) => write!(f, "{}Principal {}", sense.prefix(), kind.as_str()),
            Self::Action(sense) => write!(f, "{}Action", sense.prefix()),
            Self::Resource(sense) => write!(f, "{}Resource", sense.prefix()),
            Self::Condition { operator, key } => write!(f, "Condition {operator} {key}"),
        }
    }
}

/// What turns `before` into `after`; statements are paired by `Sid`, then by likeness.
///
/// A `Sid` or `Id` that `after` leaves out is no difference. Both policies are taken to be in the partition that their
/// canonical forms were made for.
#[must_use]
pub fn diff(before: Option<&Policy>, after: Option<&Policy>) -> Vec<StatementChange> {
    if let (Some(before), Some(after)) = (before, after)
        && same(after, before)
    {
        return Vec::new();
    }
    let mut changes = Vec::new();
    if let Some(Canonical::Unreadable(text)) = before.map(Policy::canonical) {
        changes.push(StatementChange::UnreadableBefore { text: text.clone() });
    }
    if let Some(Canonical::Unreadable(text)) = after.map(Policy::canonical) {
        changes.push(StatementChange::UnreadableAfter { text: text.clone() });
    }
    let partition = after.or(before).map_or("aws", Policy::partition);
    let before = before.and_then(Policy::document);
    let after = after.and_then(Policy::document);
    if let (Some(before), Some(after)) = (before, after) {
        let parts = parts::of_documents(before, after);
        if !parts.is_empty() {
            changes.push(StatementChange::Document { parts });
        }
    }
    changes.extend(of_statements(statements(before), statements(after), partition));
    changes
}

fn statements(document: Option<&Document>) -> &[Statement] {
    document.map_or(&[], |document| document.statements.as_slice())
}

/// In the order of the later policy; what was removed comes last.
fn of_statements(before: &[Statement], after: &[Statement], partition: &str) -> Vec<StatementChange> {
    let partners = pairs::partners(before, after, partition);
    let mut changes = Vec::new();
    for (index, statement) in after.iter().enumerate() {
        let partner = partners
            .iter()
            .find(|(_, later)| *later == index)
            .and_then(|(earlier, _)| before.get(*earlier));
        let label = label(statement, index);
        match partner {
            None => changes.push(StatementChange::Added {
                label,
                statement: statement.clone(),
            }),
            Some(earlier) => {
                let parts = parts::of_statements(earlier, statement, partition);
                if !parts.is_empty() {
                    changes.push(StatementChange::Changed { label, parts });
                }
            }
        }
    }
    for (index, statement) in before.iter().enumerate() {
        if !partners.iter().any(|(earlier, _)| *earlier == index) {
            changes.push(StatementChange::Removed {
                label: label(statement, index),
                statement: statement.clone(),
            });
        }
    }
    changes
}

fn label(statement: &Statement, index: usize) -> String {
    statement
        .sid
        .as_ref()
        .map_or_else(|| format!("statement {}", index + 1), |sid| sid.text.clone())
}
