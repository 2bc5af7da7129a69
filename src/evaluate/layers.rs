//! The policies that have a say.
//!
//! Invariant: a layer that is not there and one that is there and empty are different things: no boundary limits
//! nothing, an empty one allows nothing.

use std::collections::BTreeSet;

use super::compiled::Compiled;
use super::context::Asked;
use crate::policy_doc::{Document, Glob};

/// A kind of policy in the evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Service control policies.
    Scp,
    /// Resource control policies.
    Rcp,
    /// VPC endpoint policies.
    Endpoint,
    /// Policies of the user, its groups, or the role.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// Session policies.
    Session,
    /// The resource's own policy: a bucket policy, a trust policy, a key policy …
    Resource,
}

impl Layer {
    /// As it is written in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scp => "scp",
            Self::Rcp => "rcp",
            Self::Endpoint => "endpoint",
            Self::Identity => "identity",
            Self::Boundary => "boundary",
            Self::Session => "session",
            Self::Resource => "resource",
        }
    }

    /// As people call one policy of it, with its article.
    #[must_use]
    pub const fn a_policy(self) -> &'static str {
        match self {
            Self::Scp => "a service control policy",
            Self::Rcp => "a resource control policy",
            Self::Endpoint => "a VPC endpoint policy",
            Self::Identity => "an identity policy",
            Self::Boundary => "the permissions boundary",
            Self::Session => "the session policy",
            Self::Resource => "the resource's policy",
        }
    }
}

/// A document and what people call it.
#[derive(Debug, Clone)]
pub struct Named<'a> {
    /// Such as the policy's name, or that of the group that holds it.
    pub name: String,
    /// The document.
    pub document: &'a Document,
}

/// All policies that have a say in a request.
#[derive(Debug, Clone, Default)]
pub struct Layers<'a> {
    /// Of the user and its groups, or of the role.
    pub identity: Vec<Named<'a>>,
    /// None: no boundary. Empty: one that allows nothing.
    pub boundary: Option<Vec<Named<'a>>>,
    /// Session policies, likewise; together they allow what one of them allows.
    pub session: Option<Vec<Named<'a>>>,
    /// The resource's own policy.
    pub resource: Option<Named<'a>>,
    /// From the root to the account; each level must allow.
    pub scps: Vec<Vec<Named<'a>>>,
    /// Of the resource's account, likewise; each level allows everything that it does not deny.
    pub rcps: Vec<Vec<Named<'a>>>,
    /// Of the endpoints that the request goes through; each must allow. None: it goes through none. Empty: an endpoint
    /// that allows nothing.
    pub endpoints: Option<Vec<Named<'a>>>,
    /// Layers of which there may be more than is given.
    pub unread: BTreeSet<Layer>,
}

/// A policy that is ready.
#[derive(Debug, Clone)]
pub(super) struct Ready {
    pub(super) name: String,
    pub(super) compiled: Compiled,
}

/// Layers that are ready for many requests.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(super) identity: Vec<Ready>,
    pub(super) boundary: Option<Vec<Ready>>,
    pub(super) session: Option<Vec<Ready>>,
    pub(super) resource: Option<Ready>,
    pub(super) scps: Vec<Vec<Ready>>,
    pub(super) rcps: Vec<Vec<Ready>>,
    pub(super) endpoints: Option<Vec<Ready>>,
    pub(super) unread: BTreeSet<Layer>,
}

fn ready(policies: &[Named<'_>]) -> Vec<Ready> {
    policies.iter().map(one).collect()
}

fn one(policy: &Named<'_>) -> Ready {
    Ready {
        name: policy.name.clone(),
        compiled: Compiled::new(policy.document),
    }
}

impl Prepared {
    /// Reads all documents once.
    #[must_use]
    pub fn new(layers: &Layers<'_>) -> Self {
        Self {
            identity: ready(&layers.identity),
            boundary: layers.boundary.as_deref().map(ready),
            session: layers.session.as_deref().map(ready),
            resource: layers.resource.as_ref().map(one),
            scps: layers.scps.iter().map(|level| ready(level)).collect(),
            rcps: layers.rcps.iter().map(|level| ready(level)).collect(),
            endpoints: layers.endpoints.as_deref().map(ready),
            unread: layers.unread.clone(),
        }
    }
}

/// What for-all questions ask.
impl Prepared {
    fn all(&self) -> impl Iterator<Item = &Compiled> {
        let limits = [&self.boundary, &self.session].into_iter().flatten().flatten();
        let levels = self.scps.iter().chain(&self.rcps).flatten();
        let all = self.identity.iter().chain(limits).chain(&self.resource).chain(levels);
        all.chain(self.endpoints.iter().flatten()).map(|ready| &ready.compiled)
    }

    /// For each statement of each policy, whether its action clause covers an action, in lower case.
    pub(super) fn covers_action(&self, action: &str) -> Vec<bool> {
        self.all().flat_map(|compiled| compiled.covers_action(action)).collect()
    }

    /// The resource patterns of the statements that cover the action asked for, each once.
    pub(super) fn resource_globs(&self, asked: &Asked<'_>) -> BTreeSet<Glob> {
        self.all().flat_map(|compiled| compiled.resource_globs(asked)).collect()
    }
}
