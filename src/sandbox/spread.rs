//! How long a change takes until the rest of the account sees it.
//!
//! Invariant: without lag everything is seen at once; with it, the same seed and calls give the same delays. Each
//! consumer draws a delay of its own, since a principal that IAM shows may still be unknown to S3.

use super::{Due, Ids, Tempo, World};

/// What takes its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delay {
    /// A write, until reads of the same service show it: `NoSuchEntity` of what was just made, answers of what was just
    /// deleted, lists without what was just attached.
    Read,
    /// A new user or role, until a trust policy can name it: "Invalid principal in policy".
    Principal,
    /// The same, until the policies of buckets and functions can name it.
    ServicePrincipal,
    /// A new function, until permissions can be added to it.
    Function,
    /// A change of a function, until Lambda has finished it: `Pending`, `InProgress`. It always takes some time.
    Settling,
    /// A new role, until a service can take it on: "cannot be assumed". Counted in calls that take on roles, since those
    /// are what callers repeat.
    Role,
    /// A new bucket, until its settings can be written: `NoSuchBucket`.
    Bucket,
    /// A setting of a bucket, until the next one can be written: `OperationAborted`.
    BucketSettings,
    /// The name of a deleted bucket, until another Region can use it: `OperationAborted`.
    BucketName,
    /// The same, until its own Region can use it again: seldomer and shorter, but it happens.
    OwnBucketName,
    /// An opened public access block, until policies are no longer refused for it.
    PublicAccessBlock,
    /// Removed targets of a rule, until the rule can be deleted.
    Targets,
    /// A login profile, until it can be changed or deleted: `EntityTemporarilyUnmodifiable`.
    Login,
    /// A new role, where its ARN is not shown at once: until then its bare id stands in the ARN's place.
    RoleArn,
    /// A credential report, until it can be fetched: `ReportInProgress`.
    Report,
    /// An event, until CloudTrail shows it: "typically within about 5 minutes", at times more.
    Trail,
}

impl Delay {
    /// What the draw is named by, and for how many further calls it lasts at most.
    const fn longest(self) -> (&'static str, u64) {
        match self {
            Self::Read => ("read", 2),
            Self::Principal => ("principal", 3),
            Self::ServicePrincipal => ("service principal", 3),
            Self::Function => ("function", 3),
            Self::Settling => ("settling", 3),
            Self::Role => ("role", 3),
            Self::Bucket => ("bucket", 3),
            Self::BucketSettings => ("bucket settings", 1),
            Self::BucketName => ("bucket name", 3),
            Self::OwnBucketName => ("own bucket name", 1),
            Self::PublicAccessBlock => ("public access block", 3),
            Self::Targets => ("targets", 3),
            Self::Login => ("login", 3),
            Self::RoleArn => ("role arn", 3),
            Self::Report => ("report", 3),
            Self::Trail => ("trail", 6),
        }
    }
}

impl World {
    /// When a change made now will have spread to this consumer: at once, or with lag after some more calls.
    pub(super) fn spread(&self, delay: Delay) -> Option<Due> {
        let seed = self.options.lag?;
        let (what, longest) = delay.longest();
        let shortest = u64::from(delay == Delay::Settling);
        let bound = longest.saturating_add(1).saturating_sub(shortest);
        let calls = Ids::draw(seed, what, self.clock.count(Tempo::Calls), bound).saturating_add(shortest);
        let tempo = match delay {
            Delay::Role => Tempo::LambdaWrites,
            _ => Tempo::Calls,
        };
        Some(self.clock.after(tempo, calls))
    }

    /// Whether something that lag brings about only now and then happens in this call, once in so many.
    pub(super) fn happens(&self, what: &str, once_in: u64) -> bool {
        let calls = self.clock.count(Tempo::Calls);
        self.options
            .lag
            .is_some_and(|seed| Ids::draw(seed, what, calls, once_in) == 0)
    }

    /// Whether a change has spread by now.
    pub(super) fn has_spread(&self, due: Option<Due>) -> bool {
        due.is_none_or(|due| due.has_come(&self.clock))
    }
}
