//! Who gains and who loses which access when one set of policies becomes another.
//!
//! Invariant: pure; equal inputs give equal answers in equal order, the gravest first. What can't be decided is said to
//! depend on its condition or to be unknown, and is never left out: in doubt access is gained.

mod book;
mod compare;
mod fold;
mod grave;
mod guard;
pub mod hold;
mod rules;
mod scene;
mod verdict;
mod whom;
mod work;

#[cfg(test)]
mod tests;

pub use verdict::{Limit, Verdict, Widens};

/// Everything that becomes possible or impossible to anybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delta {
    /// By principal, the gravest first.
    pub shifts: Vec<Shift>,
}

/// What one principal gains and loses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// The principal.
    pub who: Who,
    /// What it gains and loses, the gravest first.
    pub rights: Vec<Right>,
    /// Ways to more access than it was given, which it has now and did not have before.
    pub escalations: Vec<Escalation>,
    /// Whether it becomes, or is no longer, as good as an administrator.
    pub admin: Option<Way>,
    /// What could not be worked out, with the direction in which it may move access.
    pub unknown: Vec<(Way, String)>,
}

/// Somebody who can act.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Who {
    /// Which sort of principal.
    pub sort: Sort,
    /// As policies name it: an ARN, the number of an account, a service, `*`.
    pub id: String,
    /// As people call it: `role/ci`, `anyone`.
    pub shown: String,
}

/// The sorts of principals, those that are farthest away first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// Everybody, without credentials.
    Anyone,
    /// Another account as a whole.
    Account,
    /// A user or role of another account.
    Elsewhere,
    /// Whoever an identity provider vouches for.
    Federated,
    /// A canonical user of S3.
    Canonical,
    /// An AWS service.
    Service,
    /// A user or role of this account, or all of them.
    Local,
}

/// The direction in which access moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Something becomes possible.
    Gains,
    /// Something stays possible under another condition; whether that is more or less can't be told.
    Changes,
    /// Something is no longer possible.
    Loses,
}

/// Some actions on some resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// The direction.
    pub way: Way,
    /// The actions, by the patterns of whoever wrote the policies where these say exactly that.
    pub actions: Vec<Actions>,
    /// The resources, by patterns.
    pub resources: Vec<String>,
    /// What of these resources is not meant.
    pub except: Vec<String>,
    /// The conditions.
    pub when: When,
    /// The policies that say so, for what is gained those of the new state, for what is lost those of the old one.
    pub from: Vec<Source>,
}

/// Actions under one pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actions {
    /// `s3:GetObject`, `s3:Get*`, `*`.
    pub pattern: String,
    /// What of the pattern is not meant.
    pub except: Vec<String>,
    /// How many of the catalogue's actions that are, by level.
    pub levels: std::collections::BTreeMap<Level, usize>,
    /// Whether one of them is a step to more access than was given.
    pub is_escalation: bool,
}

/// How far an action reaches, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It changes who may do what.
    Permissions,
    /// It changes things.
    Write,
    /// It changes tags, on which access may hang.
    Tagging,
    /// It reads contents.
    Read,
    /// It lists what there is.
    List,
    /// The catalogue does not know the action.
    Unknown,
}

impl Level {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Permissions => "permissions",
            Self::Write => "write",
            Self::Tagging => "tagging",
            Self::Read => "read",
            Self::List => "list",
            Self::Unknown => "unknown",
        }
    }
}

/// Under which conditions something is gained or lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Under all.
    Always,
    /// Only under this one.
    If(String),
    /// Under all but this one: there it stays as it was.
    Unless(String),
    /// One condition becomes another.
    Other {
        /// The former one.
        before: String,
        /// The new one.
        after: String,
    },
}

/// What gives or gave a right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The policy: "policy monitoring", "policy of bucket b, removed".
    pub policy: String,
    /// The statement, by its name or number.
    pub statement: Option<String>,
}

/// A set of actions that lead to more access than was given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Escalation {
    /// Its name in the catalogue.
    pub id: String,
    /// The actions.
    pub actions: Vec<String>,
    /// What they lead to.
    pub how: String,
}

impl Delta {
    /// Whether nobody's access moves.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shifts.is_empty()
    }

    /// Whether a principal of this sort may be able to do more than before.
    #[must_use]
    pub fn is_wider_for(&self, sort: Sort) -> bool {
        self.shifts
            .iter()
            .any(|shift| shift.who.sort == sort && shift.widens() != Widens::No)
    }
}

impl Shift {
    /// Whether the principal can do more than before.
    #[must_use]
    pub fn widens(&self) -> Widens {
        let is_wider = |way: Way| way != Way::Loses;
        if self.rights.iter().any(|right| is_wider(right.way)) {
            return Widens::Yes;
        }
        match self.unknown.iter().any(|(way, _)| is_wider(*way)) {
            true => Widens::Unknown,
            false => Widens::No,
        }
    }
}
