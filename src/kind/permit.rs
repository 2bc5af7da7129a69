//! What whoever makes a call must be permitted.
//!
//! Invariant: an action is named as policies name it; a resource is an ARN, a pattern of ARNs, or `*`.

use std::collections::BTreeMap;
use std::fmt;

use crate::names::Arn;

/// The name that [`super::Kind::otherwise`] gives to what nobody can know, such as a group that somebody else has put a user
/// into: in permissions it stands for any.
pub const STRANGER: &str = "otherwise";

/// One thing that whoever makes a call must be permitted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permit {
    /// The IAM action, `iam:AttachRolePolicy`.
    pub action: &'static str,
    /// An ARN, a pattern of some, or `*` where AWS takes no resource.
    pub on: String,
    /// The condition keys that the call carries and a policy may hold it to.
    pub with: BTreeMap<&'static str, String>,
}

impl Permit {
    /// An action on a resource.
    #[must_use]
    pub fn new(action: &'static str, on: impl fmt::Display) -> Self {
        Self {
            action,
            on: on.to_string(),
            with: BTreeMap::new(),
        }
    }

    /// An action for which AWS takes no resource.
    #[must_use]
    pub fn everywhere(action: &'static str) -> Self {
        Self::new(action, "*")
    }

    /// The same, only with this value of a condition key.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl fmt::Display) -> Self {
        self.with.insert(key, value.to_string());
        self
    }

    /// Several actions on one resource.
    #[must_use]
    pub fn all(actions: &[&'static str], on: impl fmt::Display) -> Vec<Self> {
        actions.iter().map(|action| Self::new(action, &on)).collect()
    }

    /// Handing a role to a service (IAM user guide, "Grant a user permissions to pass a role to an AWS service").
    #[must_use]
    pub fn pass_role(role: &Arn, service: &str) -> Self {
        Self::new("iam:PassRole", role).with("iam:PassedToService", service)
    }
}
