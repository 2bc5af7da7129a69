//! What a report says of access, in version 1 of the format.
//!
//! Invariant: as of all of the format: members may be added, nothing else may change.

use std::collections::BTreeMap;

use serde::Serialize;

/// Who gains and who loses which access.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AccessChange {
    /// Whether anybody can do more than before.
    pub widens: Widens,
    /// How many principals can, or may be able to, do more.
    pub widened: usize,
    /// How many principals can do less.
    pub narrowed: usize,
    /// How many principals become as good as administrators.
    pub admins: usize,
    /// How many principals gain a way to more access than they were given.
    pub escalating: usize,
    /// Whether everybody gains something.
    pub public: bool,
    /// The same as a line for people.
    pub summary: String,
    /// The principals, the gravest first.
    pub principals: Vec<AccessOf>,
}

/// Whether anybody can do more than before.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Widens {
    /// Nobody can.
    No,
    /// Something that was not read may give more.
    Unknown,
    /// Somebody can.
    Yes,
}

/// What one principal gains and loses.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AccessOf {
    /// Which sort of principal.
    pub sort: PrincipalSort,
    /// As policies name it: an ARN, the number of an account, a service, `*`.
    pub principal: String,
    /// As people call it, `role/ci`.
    pub name: String,
    /// What it gains, loses, or keeps under another condition.
    pub rights: Vec<Right>,
    /// Ways to more access than it was given, which are new.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub escalations: Vec<Escalation>,
    /// Whether it becomes (`gains`) or is no longer (`loses`) as good as an administrator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin: Option<Way>,
    /// What could not be worked out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<UnknownAccess>,
}

/// The sorts of principals.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum PrincipalSort {
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
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// Something becomes possible.
    Gains,
    /// Something stays possible under another condition.
    Changes,
    /// Something is no longer possible.
    Loses,
}

/// Some actions on some resources.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Right {
    /// The direction.
    pub way: Way,
    /// The actions.
    pub actions: Vec<Actions>,
    /// The resources, by patterns of ARNs.
    pub resources: Vec<String>,
    /// What of these resources is not meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// Gained or lost only under this condition.
    #[serde(rename = "if", skip_serializing_if = "Option::is_none")]
    pub only_if: Option<String>,
    /// Gained or lost where this condition does not hold; where it holds nothing moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unless: Option<String>,
    /// The condition was another one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was_if: Option<String>,
    /// The policies that say so, for what is gained those of the new state, for what is lost those of the old one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<AccessSource>,
}

/// Actions under one pattern.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Actions {
    /// `s3:GetObject`, `s3:Get*`, `*`.
    pub pattern: String,
    /// What of the pattern is not meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// How many actions of the catalogue that are, by access level: `permissions`, `write`, `tagging`, `read`, `list`,
    /// `unknown`.
    pub levels: BTreeMap<String, usize>,
    /// Whether one of them is a step to more access than was given.
    pub escalation: bool,
}

/// What gives or gave a right.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AccessSource {
    /// The policy.
    pub policy: String,
    /// The statement, by its name or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

/// A set of actions that lead to more access than was given.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Escalation {
    /// Its name.
    pub id: String,
    /// The actions.
    pub actions: Vec<String>,
    /// What they lead to.
    pub how: String,
}

/// What could not be worked out of a principal's access.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UnknownAccess {
    /// The direction in which it may move access.
    pub way: Way,
    /// What is not known, and why.
    pub reason: String,
}
