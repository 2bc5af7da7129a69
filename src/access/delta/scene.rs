//! What the comparison looks at: everybody with their policies, and the policies of resources.
//!
//! Invariant: group policies are among a principal's own; a policy that was not read is named, never left out.

use std::collections::BTreeMap;

use crate::access::{self, Text, World};
use crate::policy_doc::Document;

/// One state of affairs.
#[derive(Debug, Clone)]
pub(super) struct Scene<'a> {
    /// The number of the account.
    pub(super) account: String,
    /// The partition.
    pub(super) partition: String,
    /// Users and roles, by ARN.
    pub(super) holders: BTreeMap<String, Holder<'a>>,
    /// Resources with a policy, by ARN.
    pub(super) resources: BTreeMap<String, Attached<'a>>,
}

/// A user or role.
#[derive(Debug, Clone)]
pub(super) struct Holder<'a> {
    /// As people call it.
    pub(super) shown: String,
    /// What it is.
    pub(super) kind: HolderKind,
    /// Its identity policies.
    pub(super) identity: Vec<Held<'a>>,
    /// Its boundary, where it has one.
    pub(super) boundary: Option<Held<'a>>,
}

/// Users and roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HolderKind {
    User,
    Role,
}

/// A policy that somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held<'a> {
    /// As people call it.
    pub(super) name: String,
    /// What it says, or why that is not known.
    pub(super) document: Result<&'a Document, String>,
}

/// The policy of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attached<'a> {
    /// As people call it.
    pub(super) name: String,
    /// What it says, or why that is not known.
    pub(super) document: Result<&'a Document, String>,
}

impl<'a> Scene<'a> {
    /// What a world holds.
    pub(super) fn of(world: &'a World) -> Self {
        let home = world.home();
        Self {
            account: home.account.to_string(),
            partition: home.partition.to_string(),
            holders: world
                .principals()
                .map(|one| (one.arn.to_string(), Holder::of(one)))
                .collect(),
            resources: world
                .resources()
                .map(|one| {
                    let attached = Attached {
                        name: format!("{} of {}", one.what, one.address),
                        document: document(&one.text),
                    };
                    (one.arn.to_string(), attached)
                })
                .collect(),
        }
    }
}

impl<'a> Holder<'a> {
    fn of(one: &'a access::Principal) -> Self {
        Self {
            shown: one.address.to_string(),
            kind: match one.sort {
                access::Sort::User | access::Sort::Member => HolderKind::User,
                access::Sort::Role => HolderKind::Role,
            },
            identity: one.identity.iter().map(Held::of).collect(),
            boundary: one.boundary.as_ref().map(Held::of),
        }
    }
}

impl<'a> Held<'a> {
    fn of(one: &'a access::Attached) -> Self {
        Self {
            name: one.title(),
            document: document(&one.text),
        }
    }
}

fn document(text: &Text) -> Result<&Document, String> {
    match text {
        Text::Known(document) => Ok(document),
        Text::Unread(why) | Text::Open(why) => Err(why.clone()),
    }
}
