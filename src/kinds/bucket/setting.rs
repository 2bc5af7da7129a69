//! The settings of a bucket that have a call of their own.
//!
//! Invariant: every field of the state is a setting's, an object, a tag, or fixed at creation; what a setting's fields are
//! stands only here.

use serde::Serialize;

use crate::fields::Fields as _;
use crate::kind::Retry;

use super::{State, retries};

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Object ownership.
    Ownership,
    /// Public access block.
    Block,
    /// Bucket policy.
    Policy,
    /// Versioning.
    Versioning,
    /// Default encryption.
    Encryption,
    /// Lifecycle rules.
    Lifecycle,
    /// Notifications, to EventBridge too.
    Notifications,
    /// Website.
    Website,
    /// CORS rules.
    Cors,
    /// Server access logs.
    Logging,
}

impl Setting {
    /// Those without a bearing on access, in the order in which they are written: versioning and encryption before
    /// anything that makes objects.
    pub(super) const PLAIN: &'static [Self] = &[
        Self::Versioning,
        Self::Encryption,
        Self::Lifecycle,
        Self::Notifications,
        Self::Website,
        Self::Cors,
        Self::Logging,
    ];

    /// The fields of the state.
    pub(super) fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Ownership => &["ownership"],
            Self::Block => &["public_access_block"],
            Self::Policy => &["policy"],
            Self::Versioning => &["versioning"],
            Self::Encryption => &["encryption"],
            Self::Lifecycle => &["lifecycle"],
            Self::Notifications => &["notifications", "eventbridge"],
            Self::Website => &["website"],
            Self::Cors => &["cors"],
            Self::Logging => &["logging"],
        }
    }

    /// In a sentence.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Ownership => "object ownership",
            Self::Block => "public access block",
            Self::Policy => "bucket policy",
            Self::Versioning => "versioning",
            Self::Encryption => "encryption",
            Self::Lifecycle => "lifecycle",
            Self::Notifications => "notifications",
            Self::Website => "website",
            Self::Cors => "CORS",
            Self::Logging => "logging",
        }
    }

    /// Whether two states differ in it.
    pub(super) fn differs(self, wanted: &State, live: &State) -> bool {
        wanted
            .apart(live)
            .iter()
            .any(|path| self.fields().contains(&path.field))
    }

    /// Whether it is to be removed by a call of its own. Others are written with an empty value.
    pub(super) fn is_none(self, state: &State) -> bool {
        match self {
            Self::Policy => state.policy.is_none(),
            Self::Lifecycle => state.lifecycle.is_empty(),
            Self::Website => state.website.is_none(),
            Self::Cors => state.cors.is_empty(),
            Self::Ownership
            | Self::Block
            | Self::Versioning
            | Self::Encryption
            | Self::Notifications
            | Self::Logging => false,
        }
    }

    /// The IAM action that its call needs.
    pub(super) fn call(self, removes: bool) -> &'static str {
        match self {
            Self::Ownership => "s3:PutBucketOwnershipControls",
            Self::Block => "s3:PutBucketPublicAccessBlock",
            Self::Policy if removes => "s3:DeleteBucketPolicy",
            Self::Policy => "s3:PutBucketPolicy",
            Self::Versioning => "s3:PutBucketVersioning",
            Self::Encryption => "s3:PutEncryptionConfiguration",
            Self::Lifecycle => "s3:PutLifecycleConfiguration",
            Self::Notifications => "s3:PutBucketNotification",
            Self::Website if removes => "s3:DeleteBucketWebsite",
            Self::Website => "s3:PutBucketWebsite",
            Self::Cors => "s3:PutBucketCORS",
            Self::Logging => "s3:PutBucketLogging",
        }
    }

    /// How many readings in a row must show it: a lifecycle takes minutes to spread, and its reads flip until then.
    pub(super) fn readings(self) -> u32 {
        match self {
            Self::Lifecycle => 3,
            _ => 1,
        }
    }

    /// What heals.
    pub(super) fn retries(self) -> &'static [Retry] {
        match self {
            Self::Policy => retries::POLICY,
            Self::Notifications => retries::NOTIFYING,
            Self::Logging => retries::LOGGING,
            _ => retries::SETTING,
        }
    }
}
