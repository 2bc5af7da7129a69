//! Whether one document grants more than another, less, or the same.
//!
//! Invariant: two documents are called the same or equivalent only if AWS decides every request alike under both, and
//! narrower or wider only if it never decides against that. Where that can't be told they are incomparable. Requests are
//! not sampled: all patterns and values that occur cut them into finitely many kinds, and each kind is decided.

mod candidates;
mod contexts;
mod cut;
mod dimension;
mod marks;
mod pieces;
mod principals;
mod told;
mod walk;

#[cfg(test)]
mod tests;

use std::fmt;

use super::canonical::{self, Body};
use super::document::{Document, Statement, Version};
use super::pattern::TooMany;

use told::{Told, Words};
use walk::{Sides, Walk};

pub use told::Access;

/// What the later of two documents is to the earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The same statements in other words: what AWS holds need not be written anew.
    Same,
    /// Other statements that decide every request alike.
    Equivalent,
    /// The later one decides no request more permissively, and some less: allowed is most, denied is least.
    Narrower,
    /// The later one decides no request less permissively, and some more.
    Wider,
    /// Some more and some less, or too much to be told.
    Incomparable,
}

impl Relation {
    /// In one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Equivalent => "equivalent",
            Self::Narrower => "narrower",
            Self::Wider => "wider",
            Self::Incomparable => "incomparable",
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How two documents compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What the later one is to the earlier one.
    pub relation: Relation,
    /// What only the later one grants, or no longer denies.
    pub gains: Vec<Access>,
    /// What only the earlier one grants, or did not deny.
    pub loses: Vec<Access>,
    /// Whether all requests were looked at; if not, nothing is known but that the documents are not the same.
    pub is_decided: bool,
}

/// A statement with the version that it is read in.
struct Ruled<'a> {
    statement: &'a Statement,
    version: Version,
    meaning: (Body, Option<Version>),
}

/// Compares an earlier document with a later one, each by itself: what other policies allow or deny is not looked at.
#[must_use]
pub fn compare(before: &Document, after: &Document) -> Comparison {
    if canonical::same_documents(before, after) {
        return Comparison {
            relation: Relation::Same,
            gains: Vec::new(),
            loses: Vec::new(),
            is_decided: true,
        };
    }
    decided(before, after).unwrap_or_else(|TooMany| Comparison {
        relation: Relation::Incomparable,
        gains: Vec::new(),
        loses: Vec::new(),
        is_decided: false,
    })
}

fn decided(before: &Document, after: &Document) -> Result<Comparison, TooMany> {
    let statements: Vec<Ruled<'_>> = ruled(before).chain(ruled(after)).collect();
    let sides = Sides::new(&statements, before.statements.len());
    let contexts = contexts::contexts(&statements)?;
    let actions = dimension::actions(&statements)?;
    let resources = dimension::resources(&statements)?;
    let principals = principals::principals(&statements);
    let mut told = Told::default();
    Walk::new(&sides, &contexts).requests(&[&actions, &resources, &principals], &mut |path, alive, found| {
        told.see(path, alive, found, &sides, &statements);
    })?;
    let relation = match (told.has_gains(), told.has_losses()) {
        (false, false) => Relation::Equivalent,
        (false, true) => Relation::Narrower,
        (true, false) => Relation::Wider,
        (true, true) => Relation::Incomparable,
    };
    let has_resources = statements.iter().any(|one| one.statement.resource.is_some());
    let has_principals = statements.iter().any(|one| one.statement.principal.is_some());
    let words = Words {
        actions: actions.labels(),
        resources: resources.labels(),
        has_resources,
        has_principals,
    };
    let (gains, loses) = told.finish(&words);
    Ok(Comparison {
        relation,
        gains,
        loses,
        is_decided: true,
    })
}

fn ruled(document: &Document) -> impl Iterator<Item = Ruled<'_>> {
    document.statements.iter().map(|statement| Ruled {
        statement,
        version: document.version,
        meaning: (
            canonical::statement(statement, "aws").body,
            has_variables(statement).then_some(document.version),
        ),
    })
}

/// Whether it has a text that the version of the language gives a meaning.
fn has_variables(statement: &Statement) -> bool {
    let resources = statement.resource.iter().flat_map(|clause| &clause.items);
    let values = statement.conditions.iter().flat_map(|condition| &condition.values);
    resources.chain(values).any(|word| word.text.contains("${"))
}
