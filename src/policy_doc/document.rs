//! The parts of a policy document, each with its place.
//!
//! Invariant: places never take part in equality; the texts are the author's, in the author's order.
//! Nothing here judges whether AWS would accept the document.

use std::fmt;

use super::operator::Operator;
use crate::spec::source::Span;

/// Where a part was written, if it was written in a file. All places are equal.
#[derive(Debug, Clone, Copy, Default)]
pub struct At(pub Option<Span>);

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for At {}

/// A text of a document and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As the author spelled it.
    pub text: String,
    /// Its place.
    pub at: At,
}

impl Word {
    /// A text at a place.
    #[must_use]
    pub fn new(text: impl Into<String>, span: Span) -> Self {
        Self {
            text: text.into(),
            at: At(Some(span)),
        }
    }

    /// A text that stands in no file.
    #[must_use]
    pub fn placeless(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            at: At(None),
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The version of the policy language. In 2008 `${…}` is literal text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// `2008-10-17`, which is also what AWS takes a missing version for.
    V2008,
    /// `2012-10-17`, with policy variables.
    V2012,
}

impl Version {
    /// As it is written in a document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2008 => "2008-10-17",
            Self::V2012 => "2012-10-17",
        }
    }
}

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The language version, filled in where the text has none.
    pub version: Version,
    /// The document's `Id`, which has no meaning for permissions.
    pub id: Option<Word>,
    /// In the author's order.
    pub statements: Vec<Statement>,
    /// The whole document.
    pub at: At,
}

impl Default for Document {
    /// No statements, which grants and denies nothing.
    fn default() -> Self {
        Self {
            version: Version::V2012,
            id: None,
            statements: Vec::new(),
            at: At(None),
        }
    }
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its name; never an empty text.
    pub sid: Option<Word>,
    /// Allow or deny.
    pub effect: Effect,
    /// Where the effect was written: a place for what concerns the whole statement.
    pub effect_at: At,
    /// `Principal` or `NotPrincipal`.
    pub principal: Option<PrincipalClause>,
    /// `Action` or `NotAction`.
    pub action: Clause,
    /// `Resource` or `NotResource`.
    pub resource: Option<Clause>,
    /// All must hold.
    pub conditions: Vec<Condition>,
    /// The whole statement.
    pub at: At,
}

/// What a statement does where it applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// `Allow`.
    Allow,
    /// `Deny`.
    Deny,
}

impl Effect {
    /// As it is written in a document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// Whether a clause names what it is about, or everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sense {
    /// `Action`, `Resource`, `Principal`.
    Only,
    /// `NotAction`, `NotResource`, `NotPrincipal`.
    AllBut,
}

impl Sense {
    /// What stands before the element's name.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Only => "",
            Self::AllBut => "Not",
        }
    }
}

/// Actions or resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// These, or all but these.
    pub sense: Sense,
    /// Patterns in the author's order.
    pub items: Vec<Word>,
    /// The element's value.
    pub at: At,
}

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalClause {
    /// These, or all but these.
    pub sense: Sense,
    /// Who.
    pub who: Who,
    /// The element's value.
    pub at: At,
}

/// Whom a principal clause names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The bare text `*`.
    Everyone,
    /// A mapping of types to names, flattened in the author's order.
    Named(Vec<PrincipalEntry>),
}

/// One named principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalEntry {
    /// The type under which it stands.
    pub kind: PrincipalType,
    /// An ARN, an account id, a service name, `*` …
    pub name: Word,
}

/// The types of principals, in AWS's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalType {
    /// Accounts, users, roles, role sessions.
    Aws,
    /// AWS services.
    Service,
    /// Identity providers.
    Federated,
    /// S3's canonical user ids.
    CanonicalUser,
}

impl PrincipalType {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Aws, Self::Service, Self::Federated, Self::CanonicalUser];

    /// As it is written in a document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Service => "Service",
            Self::Federated => "Federated",
            Self::CanonicalUser => "CanonicalUser",
        }
    }
}

/// One operator and key with its values, any of which satisfies it (none, for a negated operator).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What the operator's text means.
    pub operator: Operator,
    /// The operator as the author spelled it.
    pub spelled: Word,
    /// The key as the author spelled it.
    pub key: Word,
    /// The values as text; `true` and numbers need no quotes in a document.
    pub values: Vec<Word>,
}

impl Condition {
    /// A condition that stands in no file.
    #[must_use]
    pub fn placeless(operator: Operator, key: &str, values: &[&str]) -> Self {
        Self {
            spelled: Word::placeless(operator.to_string()),
            operator,
            key: Word::placeless(key),
            values: values.iter().map(|value| Word::placeless(*value)).collect(),
        }
    }
}
