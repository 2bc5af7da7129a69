//! The answers of S3 that heal by themselves.
//!
//! Invariant: never a code alone that can also mean a mistake; each with its deadline.

use crate::kind::{Retry, When};

/// Calls on one bucket that collide, and names that were freed a moment ago.
const COLLIDING: Retry = Retry {
    code: "OperationAborted",
    fragment: "",
    within_s: 120,
    waiting_for: "another change of the bucket to end",
    when: When::Always,
};

/// The configuration of buckets is eventually consistent (S3 user guide, "data consistency model").
const SPREADING: Retry = Retry {
    code: "NoSuchBucket",
    fragment: "",
    within_s: 120,
    waiting_for: "S3 to know the new bucket everywhere",
    when: When::Fresh,
};

/// After a deletion the name may be refused for minutes, mostly where the region changes.
pub(super) const CREATING: &[Retry] = &[
    Retry {
        within_s: 1200,
        waiting_for: "S3 to free the bucket's name",
        ..COLLIDING
    },
    Retry::unseen("BucketAlreadyOwnedByYou"),
];

/// Any setting.
pub(super) const SETTING: &[Retry] = &[SPREADING, COLLIDING];

/// A policy: fresh principals, and a block that was opened a moment ago. A policy with a mistake never heals.
pub(super) const POLICY: &[Retry] = &[
    SPREADING,
    COLLIDING,
    Retry {
        code: "MalformedPolicy",
        fragment: "Invalid principal in policy",
        within_s: 120,
        waiting_for: "S3 to know the principals that the policy names",
        when: When::Always,
    },
    Retry {
        code: "AccessDenied",
        fragment: "BlockPublicPolicy",
        within_s: 120,
        waiting_for: "the opened public access block to take effect",
        when: When::Fresh,
    },
];

/// S3 asks the destinations whether they let it in.
pub(super) const NOTIFYING: &[Retry] = &[
    SPREADING,
    COLLIDING,
    Retry {
        code: "InvalidArgument",
        fragment: "Unable to validate the following destination configurations",
        within_s: 120,
        waiting_for: "the destinations to let S3 in",
        when: When::Fresh,
    },
];

/// S3 asks the log bucket whether it lets the logging service in.
pub(super) const LOGGING: &[Retry] = &[
    SPREADING,
    COLLIDING,
    Retry {
        code: "InvalidTargetBucketForLogging",
        fragment: "",
        within_s: 60,
        waiting_for: "the log bucket to let the logging service in",
        when: When::Fresh,
    },
];

/// An object that is only put where there is none: two writers at once.
pub(super) const PUTTING: &[Retry] = &[
    SPREADING,
    COLLIDING,
    Retry {
        code: "ConditionalRequestConflict",
        fragment: "",
        within_s: 30,
        waiting_for: "another write of the object to end",
        when: When::Always,
    },
];

/// A bucket that this run has emptied.
pub(super) const DELETING_EMPTIED: &[Retry] = &[
    COLLIDING,
    Retry {
        code: "BucketNotEmpty",
        fragment: "",
        within_s: 120,
        waiting_for: "S3 to see that the bucket is empty",
        when: When::Always,
    },
];
