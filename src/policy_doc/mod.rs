//! The language of IAM policies: types, grammar, canonical form, difference.
//!
//! Invariant: two documents are only ever called the same when neither grants more than the other; in doubt they
//! differ. The author's text is kept beside its meaning and is what goes to AWS. This room knows no resource kinds,
//! reads no files and never talks to AWS; what actions exist is no concern of its own either.

mod bare;
mod canonical;
mod check;
pub mod codes;
mod compare;
mod diff;
mod document;
mod flavour;
mod form;
mod json;
mod operator;
mod pattern;
mod placeholder;
mod policy;
mod public;
mod queries;
mod read;
mod trust;
mod variables;
mod write;

#[cfg(test)]
mod tests;

pub use bare::{Reading, bare, json_path, of_node, tree};
pub use canonical::{Body, Canonical, CanonicalStatement, Member, same};
pub use compare::{Access, Comparison, Relation, compare};
pub use diff::{Element, PartChange, StatementChange, diff};
pub use document::{
    At, Clause, Condition, Document, Effect, PrincipalClause, PrincipalEntry, PrincipalType, Sense, Statement, Version,
    Who, Word,
};
pub use flavour::{Flavour, Part};
pub use form::Order;
pub use json::{JsonFault, parse as parse_json};
pub use operator::{Family, Operator, Quantifier, Test, WhenAbsent};
pub use pattern::{Cell, Glob, Letter, TooMany, cells, matches, matches_ignoring_case};
pub use policy::{LiveError, Policy, decode};
pub use public::Opened;
pub(crate) use queries::is_account_id;
pub use queries::is_unique_id;
pub(crate) use read::ELEMENTS;
pub use trust::{TrustParts, conditions};
pub use variables::{Piece, pieces};
