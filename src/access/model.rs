//! The parts of a world.
//!
//! Invariant: documents are shared, not copied; whether a part was read is said by its [`Text`], never by its absence.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::address::Address;
use crate::kind::Home;
use crate::names::Arn;
use crate::policy_doc::{At, Document};
use crate::spec::source::{Place, Sources};

use super::gather::Basis;

/// What is known of a document.
#[derive(Debug, Clone)]
pub enum Text {
    /// It was read.
    Known(Arc<Document>),
    /// It is in force and could not be read, with the reason: it may allow and deny anything.
    Unread(String),
    /// Others may have attached more, with the reason: it may allow anything, and is not taken to deny.
    Open(String),
}

impl Text {
    /// The document, if it was read.
    #[must_use]
    pub fn document(&self) -> Option<&Document> {
        match self {
            Self::Known(document) => Some(document),
            Self::Unread(_) | Self::Open(_) => None,
        }
    }
}

/// What a piece of a world is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// An identity policy.
    Identity,
    /// A permissions boundary.
    Boundary,
    /// A policy of a resource, trust policies among them.
    Resource,
}

/// A policy and how a principal has it.
#[derive(Debug, Clone)]
pub struct Attached {
    /// What answers call it: "policy engineer_access", "inline policy status".
    pub name: String,
    /// The group that gives it.
    pub through: Option<Arn>,
    /// The managed policy, where it is one.
    pub managed: Option<Arn>,
    /// What it says.
    pub text: Text,
    /// Where the file attaches it.
    pub place: Option<Place>,
}

impl Attached {
    /// As answers call it: "policy engineer_access of group/engineer".
    #[must_use]
    pub fn title(&self) -> String {
        match &self.through {
            Some(group) => format!("{} of {}", self.name, short(group)),
            None => self.name.clone(),
        }
    }
}

/// `user/erika` of an ARN of IAM, whatever its path.
#[must_use]
pub(super) fn short(arn: &Arn) -> String {
    arn.pathless().resource().to_owned()
}

/// Which kind of principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// A user.
    User,
    /// A role: its sessions.
    Role,
    /// Somebody who holds only what a group gives its members.
    Member,
}

/// Somebody who can act.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The ARN; of a [`Sort::Member`], the group's.
    pub arn: Arn,
    /// How the file calls it.
    pub address: Address,
    /// Which kind.
    pub sort: Sort,
    /// Its own policies, then those of its groups.
    pub identity: Vec<Attached>,
    /// Its boundary.
    pub boundary: Option<Attached>,
    /// The groups that it is in.
    pub groups: Vec<Arn>,
    /// Its tags; `None` where they are not known.
    pub tags: Option<BTreeMap<String, String>>,
    /// Where the file declares it.
    pub place: Option<Place>,
}

/// A group: what its members hold, too.
#[derive(Debug, Clone)]
pub struct Group {
    /// The ARN.
    pub arn: Arn,
    /// How the file calls it.
    pub address: Address,
    /// Its policies.
    pub policies: Vec<Attached>,
    /// Where the file declares it.
    pub place: Option<Place>,
}

/// A resource with a policy of its own.
#[derive(Debug, Clone)]
pub struct Resource {
    /// The ARN.
    pub arn: Arn,
    /// How the file calls it; the first one, where several declarations make up one policy.
    pub address: Address,
    /// What answers call the policy: "bucket policy".
    pub what: String,
    /// All of the policy, as far as the world has it.
    pub text: Text,
    /// Where the file says so.
    pub place: Option<Place>,
    /// Its tags; `None` where they are not known.
    pub tags: Option<BTreeMap<String, String>>,
    /// Why nobody from outside the account gets in, whatever the policy allows.
    pub shut: Option<String>,
}

/// Everybody and every resource policy of a file or an account.
#[derive(Debug, Clone)]
pub struct World {
    pub(super) basis: Basis,
    pub(super) home: Home,
    pub(super) sources: Sources,
    pub(super) principals: BTreeMap<Arn, Principal>,
    pub(super) groups: BTreeMap<Arn, Group>,
    pub(super) resources: BTreeMap<Arn, Resource>,
    /// The tags of resources that are in the world, with a policy or without.
    pub(super) tagged: BTreeMap<Arn, BTreeMap<String, String>>,
    pub(super) buckets: BTreeSet<Arn>,
    /// What a resource says that leaves everything to its account: AWS's default for keys.
    pub(super) delegation: Arc<Document>,
    /// An identity of an account that no policy here names.
    pub(super) stranger: crate::evaluate::Principal,
}

impl World {
    /// Of which states it was made.
    #[must_use]
    pub const fn basis(&self) -> Basis {
        self.basis
    }

    /// The account.
    #[must_use]
    pub const fn home(&self) -> &Home {
        &self.home
    }

    /// Users and roles, in the order of their ARNs.
    pub fn principals(&self) -> impl Iterator<Item = &Principal> {
        self.principals.values()
    }

    /// Groups, in the order of their ARNs.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// Resources that have a policy, in the order of their ARNs.
    pub fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.resources.values()
    }

    /// A user or role by its ARN, whatever its path.
    #[must_use]
    pub fn principal(&self, arn: &Arn) -> Option<&Principal> {
        self.principals.get(&key(arn))
    }

    /// A user or role, or the member of a group, by how the file calls it.
    #[must_use]
    pub fn called(&self, address: &Address) -> Option<Principal> {
        let known = self.principals.values().find(|one| one.address == *address);
        known.cloned().or_else(|| {
            let group = self.groups.values().find(|one| one.address == *address)?;
            Some(Principal::member(group))
        })
    }

    /// A group by its ARN, whatever its path.
    #[must_use]
    pub fn group(&self, arn: &Arn) -> Option<&Group> {
        self.groups.get(&key(arn))
    }

    /// The policy of exactly this resource.
    #[must_use]
    pub fn resource(&self, arn: &Arn) -> Option<&Resource> {
        self.resources.get(&key(arn))
    }

    /// The tags of a resource that the world holds.
    #[must_use]
    pub fn tags_of(&self, arn: &Arn) -> Option<&BTreeMap<String, String>> {
        self.tagged.get(&key(arn))
    }

    /// Whether a bucket is in the world, with a policy or without: it belongs to this account.
    #[must_use]
    pub fn has_bucket(&self, arn: &Arn) -> bool {
        self.buckets.contains(arn)
    }

    /// Where a part of a document was written, if that was in a file.
    #[must_use]
    pub fn place(&self, at: At) -> Option<Place> {
        at.0.map(|span| self.sources.place(span))
    }
}

impl Principal {
    /// Any member of a group, holding only what the group gives.
    #[must_use]
    pub fn member(group: &Group) -> Self {
        Self {
            arn: group.arn.clone(),
            address: group.address.clone(),
            sort: Sort::Member,
            identity: group.policies.clone(),
            boundary: None,
            groups: vec![group.arn.clone()],
            tags: None,
            place: group.place.clone(),
        }
    }
}

/// What things are known by: IAM's names are unique without their path and whatever their case.
pub(super) fn key(arn: &Arn) -> Arn {
    let pathless = arn.pathless();
    if pathless.service() != "iam" {
        return pathless;
    }
    Arn::parse(&pathless.as_str().to_lowercase()).unwrap_or(pathless)
}
