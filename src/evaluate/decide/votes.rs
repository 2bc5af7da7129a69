//! What each layer says.
//!
//! Invariant: a layer has a say only over those whom AWS lets it limit: SCPs over the principals of an account but not
//! over service-linked roles, RCPs over the services that support them, identity policies over users and roles.

use super::is_root;
use crate::evaluate::compiled::Granted;
use crate::evaluate::context::Asked;
use crate::evaluate::layers::{Layer, Prepared, Ready};
use crate::evaluate::naming::{Boundary, Naming};
use crate::evaluate::principal::Principal;
use crate::evaluate::rules;
use crate::evaluate::truth::Truth;

/// What one layer, or one policy that must agree by itself, says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Say<'a> {
    pub(super) layer: Layer,
    pub(super) truth: Truth,
    /// The policy, and the statement if one says it.
    pub(super) by: Option<(&'a Ready, Option<usize>)>,
}

impl<'a> Say<'a> {
    const fn new(layer: Layer, truth: Truth) -> Self {
        Self { layer, truth, by: None }
    }

    /// The stronger of both, or the first.
    fn or(self, other: Self) -> Self {
        match other.truth > self.truth {
            true => other,
            false => self,
        }
    }

    /// There may be policies that were not read.
    fn or_unread(self, prepared: &Prepared) -> Self {
        match prepared.unread.contains(&self.layer) && self.truth < Truth::Unknown {
            true => Self::new(self.layer, Truth::Unknown),
            false => self,
        }
    }

    const fn of(layer: Layer, truth: Truth, ready: &'a Ready, statement: Option<usize>) -> Self {
        Self {
            layer,
            truth,
            by: Some((ready, statement)),
        }
    }
}

/// What all layers say.
pub(super) struct Votes<'a> {
    /// One for each level.
    pub(super) scps: Vec<Say<'a>>,
    /// One for each endpoint.
    pub(super) endpoints: Vec<Say<'a>>,
    pub(super) identity: Say<'a>,
    pub(super) boundary: Say<'a>,
    pub(super) session: Say<'a>,
    /// What the resource's policy grants, and by which statement.
    pub(super) resource: Naming,
    pub(super) granting: [Say<'a>; 3],
    /// What denies, in the order of the layers.
    pub(super) denies: Vec<Say<'a>>,
    /// Whether the resource has a policy.
    pub(super) has_resource_policy: bool,
}

impl<'a> Votes<'a> {
    pub(super) fn of(prepared: &'a Prepared, asked: &'a Asked<'a>) -> Self {
        let mut denies = Vec::new();
        let scps = scps(prepared, asked, &mut denies);
        rcps(prepared, asked, &mut denies);
        let endpoints = endpoints(prepared, asked, &mut denies);
        let principal = &asked.request.principal;
        let (identity, boundary, session) = match principal.is_iam_entity() {
            true => own(prepared, asked, &mut denies),
            false => (
                Say::new(Layer::Identity, is_root(principal).into()),
                Say::new(Layer::Boundary, Truth::True),
                Say::new(Layer::Session, Truth::True),
            ),
        };
        let granted = resource(prepared, asked, &mut denies);
        Self {
            scps,
            endpoints,
            identity,
            boundary,
            session,
            resource: granted.0,
            granting: granted.1,
            denies,
            has_resource_policy: prepared.resource.is_some(),
        }
    }

    /// Whether every level of SCPs and every endpoint allows.
    pub(super) fn gates(&self) -> Truth {
        Truth::all(self.scps.iter().chain(&self.endpoints).map(|say| say.truth))
    }

    /// Whether the limits of the caller itself allow.
    pub(super) fn limits(&self) -> Truth {
        self.boundary.truth.and(self.session.truth)
    }

    /// Whether something denies.
    pub(super) fn deny(&self) -> Truth {
        Truth::any(self.denies.iter().map(|say| say.truth))
    }

    /// What denies for certain, or else what perhaps does.
    pub(super) fn denying(&self) -> Option<Say<'a>> {
        let strongest = self.denies.iter().max_by(|one, other| {
            // Of equals the first: `max_by` would take the last.
            one.truth.cmp(&other.truth).then(std::cmp::Ordering::Greater)
        });
        strongest.copied().filter(|say| say.truth > Truth::False)
    }
}

/// The strongest allow of policies that allow together, and every deny of theirs.
fn together<'a>(layer: Layer, policies: &'a [Ready], asked: &Asked<'_>, denies: &mut Vec<Say<'a>>) -> Say<'a> {
    let mut allow = Say::new(layer, Truth::False);
    for ready in policies {
        let effects = ready.compiled.effects(asked);
        allow = allow.or(Say::of(layer, effects.allow, ready, effects.allowing));
        deny(Say::of(layer, effects.deny, ready, effects.denying), denies);
    }
    allow
}

fn deny<'a>(say: Say<'a>, denies: &mut Vec<Say<'a>>) {
    if say.truth > Truth::False {
        denies.push(say);
    }
}

fn unread<'a>(layer: Layer, prepared: &Prepared, denies: &mut Vec<Say<'a>>) {
    deny(Say::new(layer, Truth::False).or_unread(prepared), denies);
}

/// SCPs limit users, roles and the root user of an account; not service-linked roles, and nobody who has no account
/// (AWS Organizations user guide, "SCP effects on permissions").
fn scps<'a>(prepared: &'a Prepared, asked: &Asked<'_>, denies: &mut Vec<Say<'a>>) -> Vec<Say<'a>> {
    let principal = &asked.request.principal;
    if principal.account().is_none() || principal.is_service_linked() {
        return Vec::new();
    }
    let mut levels: Vec<Say<'a>> = prepared
        .scps
        .iter()
        .map(|level| together(Layer::Scp, level, asked, denies))
        .collect();
    if prepared.unread.contains(&Layer::Scp) {
        levels.push(Say::new(Layer::Scp, Truth::Unknown));
        unread(Layer::Scp, prepared, denies);
    }
    levels
}

/// RCPs only deny: `RCPFullAWSAccess` is attached everywhere and cannot be detached.
fn rcps<'a>(prepared: &'a Prepared, asked: &Asked<'_>, denies: &mut Vec<Say<'a>>) {
    if !rules::obeys_rcps(&asked.action) || asked.request.principal.is_service_linked() {
        return;
    }
    let boundary = boundary(prepared);
    for ready in prepared.rcps.iter().flatten() {
        let granted = ready.compiled.granted(asked, boundary);
        deny(Say::of(Layer::Rcp, granted.deny, ready, granted.denying), denies);
    }
    unread(Layer::Rcp, prepared, denies);
}

fn endpoints<'a>(prepared: &'a Prepared, asked: &Asked<'_>, denies: &mut Vec<Say<'a>>) -> Vec<Say<'a>> {
    let boundary = boundary(prepared);
    let mut all: Vec<Say<'a>> = Vec::new();
    for ready in prepared.endpoints.iter().flatten() {
        let mut granted = ready.compiled.granted(asked, boundary);
        if rules::may_use_gateway(&asked.action) {
            // Which kind of endpoint it is, is not given.
            granted.naming.account = granted.naming.account.min(Truth::Unknown);
        }
        deny(Say::of(Layer::Endpoint, granted.deny, ready, granted.denying), denies);
        let allowing = strongest(&granted);
        all.push(Say::of(Layer::Endpoint, granted.naming.any(), ready, allowing));
    }
    if prepared.endpoints.as_ref().is_some_and(Vec::is_empty) {
        all.push(Say::new(Layer::Endpoint, Truth::False));
    }
    if prepared.unread.contains(&Layer::Endpoint) {
        all.push(Say::new(Layer::Endpoint, Truth::Unknown));
        unread(Layer::Endpoint, prepared, denies);
    }
    all
}

fn strongest(granted: &Granted) -> Option<usize> {
    let any = granted.naming.any();
    let truths = [granted.naming.direct, granted.naming.limited, granted.naming.account];
    let of_any = truths.iter().zip(granted.allowing).find(|(truth, _)| **truth == any);
    of_any.and_then(|(_, index)| index)
}

/// Identity policies, boundary and session policies.
fn own<'a>(prepared: &'a Prepared, asked: &Asked<'_>, denies: &mut Vec<Say<'a>>) -> (Say<'a>, Say<'a>, Say<'a>) {
    let boundary = limit(Layer::Boundary, prepared.boundary.as_deref(), prepared, asked, denies);
    let session = match (&asked.request.principal, &prepared.session) {
        // "If there is no session policy, … [and the principal is no] role session, … the request is implicitly denied."
        (Principal::FederatedUser { .. }, None) => Say::new(Layer::Session, Truth::False).or_unread(prepared),
        _ => limit(Layer::Session, prepared.session.as_deref(), prepared, asked, denies),
    };
    let identity = together(Layer::Identity, &prepared.identity, asked, denies).or_unread(prepared);
    unread(Layer::Identity, prepared, denies);
    (identity, boundary, session)
}

fn limit<'a>(
    layer: Layer,
    policies: Option<&'a [Ready]>,
    prepared: &'a Prepared,
    asked: &Asked<'_>,
    denies: &mut Vec<Say<'a>>,
) -> Say<'a> {
    match policies {
        Some(policies) => together(layer, policies, asked, denies),
        None if prepared.unread.contains(&layer) => {
            unread(layer, prepared, denies);
            Say::new(layer, Truth::Unknown)
        }
        None => Say::new(layer, Truth::True),
    }
}

fn resource<'a>(prepared: &'a Prepared, asked: &Asked<'_>, denies: &mut Vec<Say<'a>>) -> (Naming, [Say<'a>; 3]) {
    let Some(ready) = &prepared.resource else {
        unread(Layer::Resource, prepared, denies);
        let nothing = Say::new(Layer::Resource, Truth::False).or_unread(prepared);
        let naming = Naming {
            direct: nothing.truth,
            limited: nothing.truth,
            account: nothing.truth,
        };
        return (naming, [nothing; 3]);
    };
    let granted = ready.compiled.granted(asked, boundary(prepared));
    if !rules::is_rescue_of_bucket(&asked.request.principal, &asked.action) {
        deny(Say::of(Layer::Resource, granted.deny, ready, granted.denying), denies);
    }
    let [direct, limited, account] = granted.allowing;
    let say = |truth, index| Say::of(Layer::Resource, truth, ready, index);
    (
        granted.naming,
        [
            say(granted.naming.direct, direct),
            say(granted.naming.limited, limited),
            say(granted.naming.account, account),
        ],
    )
}

fn boundary(prepared: &Prepared) -> Boundary {
    prepared.boundary_of_caller()
}
