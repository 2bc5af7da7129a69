//! Assertions on access, as `expect:` says them.
//!
//! Invariant: plain data; an expectation of this type is complete, whether it holds is for others to find out.

use std::collections::BTreeMap;

use super::source::{Place, Span};
use crate::address::Address;
use crate::kinds::KindName;

/// Somebody, as a file or a person names them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// A user or role of the file; of a group, any member that holds only what the group gives.
    Declared(Address),
    /// An ARN, an account id, the name of a service.
    Named(String),
    /// Everybody: unsigned requests, and identities of accounts that no policy names.
    Anyone,
}

impl Who {
    /// Whom a text means: an address, an ARN, an account id, a service, or `anyone`; `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if matches!(text, "anyone" | "*" | "anonymous") {
            return Some(Self::Anyone);
        }
        let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        if text.starts_with("arn:") || is_account || crate::catalogue::is_service_principal(text) {
            return Some(Self::Named(text.to_owned()));
        }
        let (kind, id) = text.split_once('/')?;
        Some(Self::Declared(Address::new(KindName::of_name(kind)?, id)))
    }
}

/// Somebody and where the file says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Whom it means.
    pub who: Who,
    /// As it is written.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// What is asserted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// They can do all of it.
    Can(Vec<Subject>),
    /// They can do none of it.
    Cannot(Vec<Subject>),
    /// Nobody but these can do any of it.
    Only(Vec<Subject>),
}

/// What an unknown answer is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assumed {
    /// For a yes.
    Allowed,
    /// For a no.
    Denied,
}

/// One entry of `expect:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// What is asserted of whom.
    pub claim: Claim,
    /// Actions, wildcards included: all that they mean.
    pub actions: Vec<String>,
    /// ARNs, wildcards included, or `*`: all that they mean.
    pub resources: Vec<String>,
    /// Condition keys with the values that a request has; a key without values is not in the request.
    pub when: BTreeMap<String, Vec<String>>,
    /// The roles that are assumed on the way, in this order.
    pub through: Vec<Subject>,
    /// What an answer that is not known is taken for; without it, it fails.
    pub assume: Option<Assumed>,
    /// On one line, the same for the same meaning.
    pub phrase: String,
    /// The entry.
    pub span: Span,
    /// The entry's place.
    pub place: Place,
}
