//! What is answered.
//!
//! Invariant: an answer names the layer, the policy and the statement that decide, where one does.

use super::layers::Layer;
use crate::policy_doc::At;

/// The four answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// AWS allows it.
    Allowed,
    /// A statement denies it.
    ExplicitlyDenied,
    /// Nothing allows it, or something that has to allow it does not.
    ImplicitlyDenied,
    /// What is not given decides.
    Unknown,
}

impl Decision {
    /// As it is written in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "Allowed",
            Self::ExplicitlyDenied => "ExplicitlyDenied",
            Self::ImplicitlyDenied => "ImplicitlyDenied",
            Self::Unknown => "Unknown",
        }
    }
}

/// A statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRef {
    /// Its place among the statements, from 0.
    pub index: usize,
    /// Its name, where it has one.
    pub sid: Option<String>,
    /// Where it was written.
    pub at: At,
}

/// A decision and what decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The decision.
    pub decision: Decision,
    /// The layer that decided; none where no policy has a say.
    pub layer: Option<Layer>,
    /// The policy that decided, by its name.
    pub policy: Option<String>,
    /// The statement that decided.
    pub statement: Option<StatementRef>,
    /// One sentence for people, lower case, without its period.
    pub because: String,
    /// The condition keys on which an unknown answer depends, sorted.
    pub missing: Vec<String>,
}
