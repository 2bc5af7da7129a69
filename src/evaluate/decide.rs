//! All layers together.
//!
//! Invariant: as "Policy evaluation logic" and "Cross-account policy evaluation logic" of the IAM user guide: a deny in
//! any layer wins; then every limit must allow and somebody must grant. Who only wants the decision pays for no sentence.

mod because;
mod grants;
mod votes;

use super::answer::{Answer, Decision};
use super::context::{Asked, Request};
use super::layers::{Layers, Prepared};
use super::naming::Boundary;
use super::principal::Principal;
use super::rules::{self, Fixed};
use super::truth::Truth;

use grants::{Grants, Reach};
use votes::Votes;

/// Decides a request. For many requests over the same policies, prepare the layers once.
#[must_use]
pub fn decide(request: &Request, layers: &Layers<'_>) -> Answer {
    Prepared::new(layers).decide(request)
}

impl Prepared {
    /// Decides a request and says why.
    #[must_use]
    pub fn decide(&self, request: &Request) -> Answer {
        let asked = Asked::new(request);
        let fixed = rules::fixed(&asked);
        if let Some(allowed @ Fixed::Allowed(_)) = &fixed {
            return because::fixed(allowed);
        }
        let scene = Scene::new(self, &asked);
        match scene.decision() {
            Decision::ExplicitlyDenied => scene.answer(),
            _ => fixed.map_or_else(|| scene.answer(), |fixed| because::fixed(&fixed)),
        }
    }

    /// The decision alone.
    #[must_use]
    pub fn decision(&self, request: &Request) -> Decision {
        let asked = Asked::new(request);
        let fixed = rules::fixed(&asked);
        if let Some(Fixed::Allowed(_)) = fixed {
            return Decision::Allowed;
        }
        match (Scene::new(self, &asked).decision(), fixed) {
            (Decision::ExplicitlyDenied, _) => Decision::ExplicitlyDenied,
            (_, Some(_)) => Decision::ImplicitlyDenied,
            (decision, None) => decision,
        }
    }

    /// Whether the caller has a boundary.
    fn boundary_of_caller(&self) -> Boundary {
        match &self.boundary {
            Some(_) => Boundary::Attached,
            None if self.unread.contains(&super::layers::Layer::Boundary) => Boundary::Unread,
            None => Boundary::None,
        }
    }
}

/// One request before all policies.
struct Scene<'a> {
    asked: &'a Asked<'a>,
    votes: Votes<'a>,
    grants: Grants<'a>,
}

impl<'a> Scene<'a> {
    fn new(prepared: &'a Prepared, asked: &'a Asked<'a>) -> Self {
        let votes = Votes::of(prepared, asked);
        let grants = Grants::of(&votes, reach(asked));
        Self { asked, votes, grants }
    }

    /// Whether every limit allows and somebody grants.
    fn allow(&self) -> Truth {
        self.votes.gates().and(self.grants.truth())
    }

    fn decision(&self) -> Decision {
        match (self.votes.deny(), self.allow()) {
            (Truth::True, _) => Decision::ExplicitlyDenied,
            (_, Truth::False) => Decision::ImplicitlyDenied,
            (Truth::False, Truth::True) => Decision::Allowed,
            (Truth::Unknown, _) | (_, Truth::Unknown) => Decision::Unknown,
        }
    }
}

/// Which sides must grant.
fn reach(asked: &Asked<'_>) -> Reach {
    if asked.request.principal.account().is_none() {
        return Reach::ResourceAlone;
    }
    match (
        asked.is_foreign(),
        rules::needs_resource_side(&asked.action, asked.resource),
    ) {
        (true, _) => Reach::BothAccounts,
        (false, true) => Reach::ResourceFirst,
        (false, false) => Reach::EitherSide,
    }
}

/// Whether the root user asks, whom no identity policy limits.
const fn is_root(principal: &Principal) -> bool {
    matches!(principal, Principal::Root { .. })
}
