//! IAM things as AWS tells of them, from whichever call.
//!
//! Invariant: documents are as they came, URL-encoded or not; nothing is normalised here.

use std::collections::BTreeMap;

/// A user or group where another thing names it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// Name.
    pub name: String,
    /// Path.
    pub path: String,
}

/// What lists show of a role.
#[derive(Debug, Clone)]
pub struct RoleHead {
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
}

/// A role and what hangs on it.
#[derive(Debug, Clone, Default)]
pub struct RoleRecord {
    /// Name.
    pub name: String,
    /// Path.
    pub path: String,
    /// Unique id, `AROA…`.
    pub id: String,
    /// Description; empty for none.
    pub description: String,
    /// Longest session, in seconds.
    pub max_session_s: i32,
    /// Trust policy.
    pub trust: String,
    /// ARNs of attached policies.
    pub attached: Vec<String>,
    /// Inline policies by name.
    pub inline: BTreeMap<String, String>,
    /// The boundary's ARN.
    pub boundary: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// Names of the instance profiles that hold it.
    pub instance_profiles: Vec<String>,
}

/// A user and what hangs on it.
#[derive(Debug, Clone, Default)]
pub struct UserRecord {
    /// Name.
    pub name: String,
    /// Path.
    pub path: String,
    /// Unique id, `AIDA…`.
    pub id: String,
    /// Its groups.
    pub groups: Vec<Named>,
    /// ARNs of attached policies.
    pub attached: Vec<String>,
    /// Inline policies by name.
    pub inline: BTreeMap<String, String>,
    /// The boundary's ARN.
    pub boundary: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// A group and what hangs on it.
#[derive(Debug, Clone, Default)]
pub struct GroupRecord {
    /// Name.
    pub name: String,
    /// Path.
    pub path: String,
    /// Unique id, `AGPA…`.
    pub id: String,
    /// ARNs of attached policies.
    pub attached: Vec<String>,
    /// Inline policies by name.
    pub inline: BTreeMap<String, String>,
    /// Its members.
    pub members: Vec<Named>,
}

/// A customer managed policy.
#[derive(Debug, Clone, Default)]
pub struct PolicyRecord {
    /// Name.
    pub name: String,
    /// ARN.
    pub arn: String,
    /// Path.
    pub path: String,
    /// Unique id, `ANPA…`.
    pub id: String,
    /// Description; empty for none.
    pub description: String,
    /// Versions, oldest first.
    pub versions: Vec<PolicyVersion>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// A version of a managed policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyVersion {
    /// `v1`, `v2` …
    pub id: String,
    /// When it was made, in seconds since 1970.
    pub created: i64,
    /// Whether it is the one in force.
    pub is_default: bool,
    /// The document, where it was read.
    pub document: Option<String>,
}

/// What GetPolicy tells and the bulk answer does not.
#[derive(Debug, Clone, Default)]
pub struct PolicyHead {
    /// See [`PolicyRecord`].
    pub record: PolicyRecord,
    /// The id of the version in force.
    pub default_version: String,
}

impl PolicyRecord {
    /// Description and tags from GetPolicy; versions and documents as they are. When another version has come into force
    /// since the bulk was read, the newer answer wins.
    #[must_use]
    pub fn with_head(mut self, head: PolicyHead) -> Self {
        self.description = head.record.description;
        self.tags = head.record.tags;
        for version in &mut self.versions {
            version.is_default = version.id == head.default_version;
        }
        self
    }

    /// The version in force.
    #[must_use]
    pub fn default_version(&self) -> Option<&PolicyVersion> {
        self.versions.iter().find(|version| version.is_default)
    }

    /// Oldest first: by date, then by number, since ids are not to be compared as text (`v10` < `v9`).
    pub fn sort_versions(&mut self) {
        let number = |version: &PolicyVersion| version.id.trim_start_matches('v').parse::<u64>().unwrap_or(0);
        self.versions.sort_by_key(|version| (version.created, number(version)));
    }
}
