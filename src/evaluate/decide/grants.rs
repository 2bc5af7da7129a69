//! Who grants.
//!
//! Invariant: each way to be granted is the "and" of all that it needs (IAM user guide, "Resource-based policies and
//! implicit denies in other policy types"); one way is enough.

use super::votes::{Say, Votes};
use crate::evaluate::truth::Truth;

/// Which sides must grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The caller has no identity policies: services, identity providers, anonymous requests.
    ResourceAlone,
    /// One account: one of the two is enough.
    EitherSide,
    /// One account, but the resource's policy must allow or delegate: trust policies and key policies.
    ResourceFirst,
    /// Two accounts: both.
    BothAccounts,
}

/// One way to be granted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way<'a> {
    pub(super) truth: Truth,
    /// What to name as the reason.
    pub(super) by: Say<'a>,
}

/// All ways to be granted.
pub(super) struct Grants<'a> {
    pub(super) reach: Reach,
    pub(super) ways: Vec<Way<'a>>,
}

impl<'a> Grants<'a> {
    pub(super) fn of(votes: &Votes<'a>, reach: Reach) -> Self {
        let limits = votes.limits();
        let by_identity = votes.identity.truth.and(limits);
        let [direct, limited, account] = votes.granting;
        let way = |truth, by| Way { truth, by };
        let ways = match reach {
            Reach::ResourceAlone => vec![way(direct.truth, direct)],
            Reach::EitherSide => vec![
                way(by_identity, votes.identity),
                way(direct.truth, direct),
                way(limited.truth.and(limits), limited),
            ],
            Reach::ResourceFirst => vec![
                way(direct.truth, direct),
                way(limited.truth.and(limits), limited),
                way(account.truth.and(by_identity), votes.identity),
            ],
            Reach::BothAccounts => vec![way(votes.resource.any().and(by_identity), votes.identity)],
        };
        Self { reach, ways }
    }

    pub(super) fn truth(&self) -> Truth {
        Truth::any(self.ways.iter().map(|way| way.truth))
    }

    /// The first way of a truth.
    pub(super) fn way(&self, truth: Truth) -> Option<Way<'a>> {
        self.ways.iter().find(|way| way.truth == truth).copied()
    }
}
