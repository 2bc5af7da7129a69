//! AWS's own managed policies, as IAM shows them.
//!
//! Invariant: name, path and standing are the embedded table's; documents are not the real ones. This is the room's one
//! look outside itself.

use crate::catalogue;

/// One of AWS's policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Managed {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    pub(super) standing: Standing,
}

/// Whether AWS lets a policy be attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Anyone may attach it.
    Current,
    /// It belongs to service-linked roles or root sessions.
    Reserved,
    /// It works where it is attached and is gone otherwise.
    Withdrawn,
}

impl Managed {
    pub(super) fn arn(&self) -> String {
        format!("arn:aws:iam::aws:policy{}{}", self.path, self.name)
    }

    /// An id that looks like AWS's and is the same for every account.
    pub(super) fn id(&self) -> String {
        super::super::Ids::new(u64::from(crc32fast::hash(self.name.as_bytes()))).unique("ANPA")
    }
}

impl From<&'static catalogue::Managed> for Managed {
    fn from(row: &'static catalogue::Managed) -> Self {
        let standing = match (&row.status, row.attachment()) {
            (catalogue::Status::Deprecated { replacement: _ }, _) => Standing::Withdrawn,
            (catalogue::Status::Current, catalogue::Attachment::Principals) => Standing::Current,
            (
                catalogue::Status::Current,
                catalogue::Attachment::ServiceLinkedRole | catalogue::Attachment::RootSession,
            ) => Standing::Reserved,
        };
        Self {
            name: row.name,
            path: row.path,
            standing,
        }
    }
}

/// Stands for the real document, which AWS changes without notice and which nothing here evaluates.
pub(super) const DOCUMENT: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "*",
            "Resource": "*"
        }
    ]
}"#;

/// The policy with exactly this ARN.
pub(super) fn managed_policy(arn: &str) -> Option<Managed> {
    catalogue::by_arn_tail(arn.strip_prefix("arn:aws:iam::aws:policy")?).map(Managed::from)
}

/// All that AWS lists.
pub(super) fn all() -> impl Iterator<Item = Managed> {
    catalogue::managed_policies()
        .map(Managed::from)
        .filter(|policy| policy.standing != Standing::Withdrawn)
}
