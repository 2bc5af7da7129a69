//! The plan: pure data that says what will be done, in which order, and why.
//!
//! Invariant: equal inputs give equal bytes. There is no closure, no SDK type, no clock and no secret in it.

pub mod build;
pub mod consent;
pub mod draft;
pub mod dropped;
pub mod fingerprint;
pub mod level;
pub mod order;
pub mod refuse;
pub mod saved;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use crate::access::delta::Delta;
use crate::address::Address;
use crate::fields::{FieldPath, Shown};
use crate::kind::{Access, DoomedBy, Facts, Loss, Rank};
use crate::kinds::AnyAction;
use crate::spec::source::Place;

/// What happens to one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// It is made.
    Create,
    /// It is changed in place.
    Update,
    /// It is deleted and made anew.
    Replace,
    /// It is deleted.
    Delete,
    /// Only the mark of ownership is written.
    Adopt,
    /// Nothing.
    Keep,
    /// Nothing, because something forbids it; the plan's refusals say what.
    Refuse,
    /// Nothing, because it could not be read.
    Unknown,
}

/// A field that differs, with what a reader is shown of both sides.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct FieldChange {
    /// The field or entry.
    pub path: FieldPath,
    /// What AWS has; `None` for nothing.
    pub before: Option<Shown>,
    /// What the file wants; `None` for nothing.
    pub after: Option<Shown>,
    /// Where the file says so.
    pub place: Option<Place>,
}

/// A field that is not as written and that only a person can change.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Unmet {
    /// What AWS has and what the file says.
    pub field: FieldChange,
    /// What the person has to do.
    pub remedy: &'static str,
}

/// Whether the account has a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// It has none.
    Absent,
    /// It has it.
    There,
    /// It could not be read.
    Unread,
}

/// All that a plan says of one resource.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Change {
    /// The resource.
    pub address: Address,
    /// What happens to it.
    pub verb: Verb,
    /// Whether the account has it.
    pub live: Presence,
    /// Where the file declares it or names it under `absent:`, or where a base declared it.
    pub origin: Option<Place>,
    /// Who says that it shall go, where it shall.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doomed: Option<DoomedBy>,
    /// What differs and will be made as the file says.
    pub fields: Vec<FieldChange>,
    /// What differs and is kept, because absence never weakens.
    pub held: Vec<FieldChange>,
    /// What differs and is kept, because `ignore:` says so.
    pub ignored: Vec<FieldChange>,
    /// What differs and stays so, since no call of AWS changes it.
    pub unmet: Vec<Unmet>,
    /// What could not be read or told, with the reason.
    pub unknown: Vec<(FieldPath, String)>,
    /// What AWS holds of it that the file can't say, and other remarks.
    pub notes: Vec<String>,
}

impl Change {
    /// A resource of which nothing more is said.
    #[must_use]
    pub fn new(address: Address, verb: Verb, live: Presence) -> Self {
        Self {
            address,
            verb,
            live,
            origin: None,
            doomed: None,
            fields: Vec::new(),
            held: Vec::new(),
            ignored: Vec::new(),
            unmet: Vec::new(),
            unknown: Vec::new(),
            notes: Vec::new(),
        }
    }
}

/// One mutation, in its place.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Step {
    /// Its number within the plan, from 0.
    pub id: usize,
    /// The resource that it belongs to.
    pub address: Address,
    /// What is done.
    pub action: AnyAction,
    /// The steps that must have succeeded before.
    pub after: Vec<usize>,
    /// The IAM action that it needs.
    pub call: &'static str,
    /// In the reader's words.
    pub summary: String,
    /// Its direction of access.
    pub access: Access,
    /// Its place among the steps of its resource.
    pub rank: Rank,
    /// What can't come back.
    pub loss: Loss,
    /// Where the file says so.
    pub origin: Option<Place>,
    /// The digest of the resource's live state that it starts from.
    pub before: String,
    /// Whether this plan makes the resource itself or something that the step needs, so that AWS may not see it yet.
    pub fresh: bool,
    /// All that is known of the action; not part of the bytes, since it follows from the action.
    #[serde(skip)]
    pub facts: Facts,
}

/// Something that stands in the way of the whole plan or of one resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Refusal {
    /// Which guard: `adopt`, `contested`, `lockout` …
    pub guard: &'static str,
    /// The resource, if it is one.
    pub address: Option<Address>,
    /// Why, as a sentence fragment.
    pub message: String,
    /// Where the file says so.
    pub place: Option<Place>,
    /// What to do.
    pub hint: String,
}

/// What was asked of the account.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Header {
    /// The environment's name.
    pub environment: String,
    /// The account.
    pub account: String,
    /// The default region.
    pub region: String,
    /// The ARN of the identity that planned.
    pub identity: String,
    /// The digest of the lowered file: states and code, not spelling.
    pub digest: String,
}

/// The whole plan.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Plan {
    /// What it was made for.
    pub header: Header,
    /// What happens to each resource, in the order of addresses.
    pub changes: Vec<Change>,
    /// The mutations, in an order in which they could run one by one.
    pub steps: Vec<Step>,
    /// What stands in the way.
    pub refusals: Vec<Refusal>,
    /// The consents that it was made with, as the user gave them.
    pub consents: Vec<String>,
    /// Who gains and who loses which access by it; not part of the bytes, since it follows from the steps.
    #[serde(skip)]
    pub access: Delta,
}

impl Plan {
    /// Resources with this verb.
    #[must_use]
    pub fn count(&self, verb: Verb) -> usize {
        self.changes.iter().filter(|change| change.verb == verb).count()
    }

    /// Whether the account is as the file says, as far as it could be read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.refusals.is_empty()
    }

    /// Whether something could not be read or told.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.changes
            .iter()
            .any(|change| change.verb == Verb::Unknown || !change.unknown.is_empty())
    }
}
