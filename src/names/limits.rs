//! AWS's quotas: how many and how large.
//!
//! Invariant: every number has a source. A quota that AWS can raise never makes an error by itself, only a warning;
//! this room does not count anything.

/// How many, or how large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// The value of an account that has asked for nothing.
    pub value: u64,
    /// Whether AWS raises it.
    pub adjustable: Adjustable,
}

/// Whether AWS raises a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjustable {
    /// Never.
    No,
    /// To this and no further.
    UpTo(u64),
    /// On request; AWS names no end.
    Yes,
}

/// How an amount stands to a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Within the default.
    Within,
    /// Beyond the default, within what AWS may have granted: a warning.
    BeyondDefault,
    /// Beyond what any account has: an error.
    Beyond,
}

impl Quota {
    /// How `amount` stands to this quota.
    #[must_use]
    pub const fn standing(&self, amount: u64) -> Standing {
        if amount <= self.value {
            return Standing::Within;
        }
        match self.adjustable {
            Adjustable::No => Standing::Beyond,
            Adjustable::UpTo(most) if amount > most => Standing::Beyond,
            Adjustable::UpTo(_) | Adjustable::Yes => Standing::BeyondDefault,
        }
    }
}

const fn fixed(value: u64) -> Quota {
    let adjustable = Adjustable::No;
    Quota { value, adjustable }
}

const fn up_to(value: u64, most: u64) -> Quota {
    let adjustable = Adjustable::UpTo(most);
    Quota { value, adjustable }
}

const fn on_request(value: u64) -> Quota {
    let adjustable = Adjustable::Yes;
    Quota { value, adjustable }
}

/// Characters of a managed policy, white space not counted. IAM guide, "IAM and AWS STS quotas"; live: `PolicySizeQuota`.
pub const MANAGED_POLICY_CHARACTERS: Quota = fixed(6144);
/// Characters of all inline policies of a user, white space not counted. IAM guide; live: `UserPolicySizeQuota`.
pub const USER_INLINE_CHARACTERS: Quota = fixed(2048);
/// Characters of all inline policies of a role, white space not counted. IAM guide; live: `RolePolicySizeQuota`.
pub const ROLE_INLINE_CHARACTERS: Quota = fixed(10_240);
/// Characters of all inline policies of a group, white space not counted. IAM guide; live: `GroupPolicySizeQuota`.
pub const GROUP_INLINE_CHARACTERS: Quota = fixed(5120);
/// Characters of a policy as it is sent, white space included. botocore, `policyDocumentType`.
pub const POLICY_REQUEST_CHARACTERS: Quota = fixed(131_072);
/// Characters of a trust policy. IAM guide says 4,096 at most, later reports 8,192; live: `AssumeRolePolicySizeQuota`.
pub const TRUST_POLICY_CHARACTERS: Quota = up_to(2048, 8192);
/// Managed policies attached to a user. IAM guide; live: `AttachedPoliciesPerUserQuota`.
pub const POLICIES_PER_USER: Quota = up_to(10, 20);
/// Managed policies attached to a role. IAM guide says 20 at most, later reports 25; live: `AttachedPoliciesPerRoleQuota`.
pub const POLICIES_PER_ROLE: Quota = up_to(10, 25);
/// Managed policies attached to a group. IAM guide; live: `AttachedPoliciesPerGroupQuota`.
pub const POLICIES_PER_GROUP: Quota = fixed(10);
/// Groups that a user is in. IAM guide; live: `GroupsPerUserQuota`.
pub const GROUPS_PER_USER: Quota = fixed(10);
/// Access keys of a user. IAM guide; live: `AccessKeysPerUserQuota`.
pub const ACCESS_KEYS_PER_USER: Quota = fixed(2);
/// Versions of a managed policy. IAM guide; live: `VersionsPerPolicyQuota`.
pub const VERSIONS_PER_POLICY: Quota = fixed(5);
/// Audiences of an OIDC provider. IAM guide; live: none.
pub const AUDIENCES_PER_OIDC_PROVIDER: Quota = fixed(100);
/// Thumbprints of an OIDC provider. botocore, `UpdateOpenIDConnectProviderThumbprint`.
pub const THUMBPRINTS_PER_OIDC_PROVIDER: Quota = fixed(5);
/// Roles in an instance profile. IAM guide.
pub const ROLES_PER_INSTANCE_PROFILE: Quota = fixed(1);
/// Tags of an IAM resource. IAM guide.
pub const IAM_TAGS: Quota = fixed(50);
/// Users of an account. IAM guide; live: `UsersQuota`.
pub const USERS: Quota = fixed(5000);
/// Groups of an account. IAM guide; live: `GroupsQuota`.
pub const GROUPS: Quota = on_request(300);
/// Roles of an account. IAM guide (5,000 at most in 2023, more reported later); live: `RolesQuota`.
pub const ROLES: Quota = on_request(1000);
/// Customer managed policies of an account. IAM guide; live: `PoliciesQuota`.
pub const POLICIES: Quota = on_request(1500);
/// Instance profiles of an account. IAM guide; live: `InstanceProfilesQuota`.
pub const INSTANCE_PROFILES: Quota = on_request(1000);

/// Bytes of a bucket policy. S3 guide, "bucket policies" (20 KB).
pub const BUCKET_POLICY_BYTES: Quota = fixed(20_480);
/// Tags of a bucket. S3 guide.
pub const BUCKET_TAGS: Quota = fixed(50);

/// Bytes of a zip that is uploaded with the request. Lambda guide, "quotas" (50 MB).
pub const LAMBDA_ZIP_BYTES: Quota = fixed(50 * 1024 * 1024);
/// Bytes of the unzipped code with its layers. Lambda guide, "quotas" (250 MB).
pub const LAMBDA_UNZIPPED_BYTES: Quota = fixed(250 * 1024 * 1024);
/// Bytes of all environment variables of a function, names and values. Lambda guide, "quotas" (4 KB).
pub const LAMBDA_ENVIRONMENT_BYTES: Quota = fixed(4096);
/// Bytes of a function's resource policy. Lambda guide, "quotas" (20 KB, PolicyLengthExceededException).
pub const LAMBDA_POLICY_BYTES: Quota = fixed(20_480);
/// Layers of a function. Lambda guide, "quotas".
pub const LAMBDA_LAYERS: Quota = fixed(5);
/// MiB of a function's memory. Lambda guide, "quotas"; botocore's `MemorySize` goes to 32,768.
pub const LAMBDA_MEMORY_MIB: Quota = up_to(10_240, 32_768);
/// MiB of a function's `/tmp`. botocore, `EphemeralStorageSize`.
pub const LAMBDA_STORAGE_MIB: Quota = fixed(10_240);
/// Seconds of one invocation. Lambda guide, "quotas".
pub const LAMBDA_TIMEOUT_SECONDS: Quota = fixed(900);
/// Characters of a function's description. botocore, `Description`.
pub const LAMBDA_DESCRIPTION_CHARACTERS: Quota = fixed(256);
/// Tags of a function. Lambda guide, "tags".
pub const LAMBDA_TAGS: Quota = fixed(50);
/// Concurrent invocations that must stay unreserved. Lambda guide, "reserved concurrency".
pub const LAMBDA_UNRESERVED_CONCURRENCY: u64 = 100;

/// Targets of a rule. botocore, `PutTargets`; beyond it the API answers LimitExceededException.
pub const TARGETS_PER_RULE: Quota = fixed(5);
/// Targets of one PutTargets request. botocore, `PutTargets` (its shape takes 100).
pub const TARGETS_PER_REQUEST: Quota = fixed(10);
/// Rules of a bus; 100 in some regions. EventBridge guide, "quotas".
pub const RULES_PER_BUS: Quota = on_request(300);
/// Buses of an account and region. EventBridge guide, "quotas".
pub const EVENT_BUSES: Quota = on_request(100);
/// Characters of an event pattern. EventBridge guide, "quotas"; botocore's `EventPattern` ends at 4,096.
pub const EVENT_PATTERN_CHARACTERS: Quota = up_to(2048, 4096);
/// Characters of a target's constant input. botocore, `TargetInput`.
pub const TARGET_INPUT_CHARACTERS: Quota = fixed(8192);
/// Characters of a bus's policy. EventBridge guide, "quotas" (PolicyLengthExceededException).
pub const EVENT_BUS_POLICY_CHARACTERS: Quota = fixed(10_240);
/// Characters of a bus's description. botocore, `EventBusDescription`.
pub const EVENT_BUS_DESCRIPTION_CHARACTERS: Quota = fixed(512);
/// Characters of a rule's description. botocore, `RuleDescription`.
pub const RULE_DESCRIPTION_CHARACTERS: Quota = fixed(512);
/// Tags of a rule or bus. EventBridge guide, "tags".
pub const EVENT_TAGS: Quota = fixed(50);
