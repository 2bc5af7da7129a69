//! The events that S3 tells of.
//!
//! Invariant: a name is one of the API's; new ones come with a new version of this program.

/// The name of an event, or of a family of events with `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct EventName(&'static str);

impl EventName {
    /// Every name that the API has (S3 reference, "Event").
    pub const ALL: &'static [&'static str] = &[
        "s3:IntelligentTiering",
        "s3:LifecycleExpiration:*",
        "s3:LifecycleExpiration:Delete",
        "s3:LifecycleExpiration:DeleteMarkerCreated",
        "s3:LifecycleTransition",
        "s3:ObjectAcl:Put",
        "s3:ObjectAnnotation:*",
        "s3:ObjectAnnotation:Delete",
        "s3:ObjectAnnotation:Put",
        "s3:ObjectCreated:*",
        "s3:ObjectCreated:CompleteMultipartUpload",
        "s3:ObjectCreated:Copy",
        "s3:ObjectCreated:Post",
        "s3:ObjectCreated:Put",
        "s3:ObjectRemoved:*",
        "s3:ObjectRemoved:Delete",
        "s3:ObjectRemoved:DeleteMarkerCreated",
        "s3:ObjectRestore:*",
        "s3:ObjectRestore:Completed",
        "s3:ObjectRestore:Delete",
        "s3:ObjectRestore:Post",
        "s3:ObjectRetention:Put",
        "s3:ObjectTagging:*",
        "s3:ObjectTagging:Delete",
        "s3:ObjectTagging:Put",
        "s3:ReducedRedundancyLostObject",
        "s3:Replication:*",
        "s3:Replication:OperationFailedReplication",
        "s3:Replication:OperationMissedThreshold",
        "s3:Replication:OperationNotTracked",
        "s3:Replication:OperationReplicatedAfterThreshold",
    ];

    /// What a text names.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|known| **known == text).copied().map(Self)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.0
    }

    /// Whether there are events that both names mean.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self == other || self.covers(other) || other.covers(self)
    }

    fn covers(self, other: Self) -> bool {
        self.0
            .strip_suffix('*')
            .is_some_and(|family| other.0.starts_with(family))
    }
}
