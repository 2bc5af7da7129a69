//! What a call is about: which fields of a thing it can have changed.
//!
//! Invariant: a call that is not in these tables explains nothing.

use serde_json::Value;

use super::Differs;
use crate::fields::FieldPath;
use crate::kinds::KindName;

/// Calls by their beginning; the fields that they write, none for all of them; and the parameter that says which entry.
type Row = (&'static str, &'static [&'static str], Option<&'static str>);

const IAM: &[Row] = &[
    ("Attach", &["policies"], Some("policyArn")),
    ("Detach", &["policies"], Some("policyArn")),
    ("PutRolePermissionsBoundary", &["permissions_boundary"], None),
    ("DeleteRolePermissionsBoundary", &["permissions_boundary"], None),
    ("PutUserPermissionsBoundary", &["permissions_boundary"], None),
    ("DeleteUserPermissionsBoundary", &["permissions_boundary"], None),
    ("PutRolePolicy", &["inline_policies"], Some("policyName")),
    ("PutUserPolicy", &["inline_policies"], Some("policyName")),
    ("PutGroupPolicy", &["inline_policies"], Some("policyName")),
    ("DeleteRolePolicy", &["inline_policies"], Some("policyName")),
    ("DeleteUserPolicy", &["inline_policies"], Some("policyName")),
    ("DeleteGroupPolicy", &["inline_policies"], Some("policyName")),
    ("UpdateAssumeRolePolicy", &["trust"], None),
    ("UpdateRoleDescription", &["description"], None),
    ("UpdateRole", &["description", "max_session_duration"], None),
    ("AddRoleToInstanceProfile", &["instance_profile"], None),
    ("RemoveRoleFromInstanceProfile", &["instance_profile"], None),
    ("AddUserToGroup", &["groups", "members"], None),
    ("RemoveUserFromGroup", &["groups", "members"], None),
    ("CreateLoginProfile", &["console_access"], None),
    ("UpdateLoginProfile", &["console_access"], None),
    ("DeleteLoginProfile", &["console_access"], None),
    ("CreateAccessKey", &["access_key", "access_keys"], None),
    ("UpdateAccessKey", &["access_key", "access_keys"], None),
    ("DeleteAccessKey", &["access_key", "access_keys"], None),
    ("CreatePolicyVersion", &["document"], None),
    ("SetDefaultPolicyVersion", &["document"], None),
    ("UpdateOpenIDConnectProviderThumbprint", &["thumbprints"], None),
    ("AddClientIDToOpenIDConnectProvider", &["audiences"], None),
    ("RemoveClientIDFromOpenIDConnectProvider", &["audiences"], None),
    ("UpdateUser", &["path"], None),
    ("UpdateGroup", &["path"], None),
    ("Tag", &["tags"], None),
    ("Untag", &["tags"], None),
    ("CreateServiceLinkedRole", &[], None),
    ("DeleteServiceLinkedRole", &[], None),
    ("CreateRole", &[], None),
    ("CreateUser", &[], None),
    ("CreateGroup", &[], None),
    ("CreatePolicy", &[], None),
    ("CreateOpenIDConnectProvider", &[], None),
    ("DeleteRole", &[], None),
    ("DeleteUser", &[], None),
    ("DeleteGroup", &[], None),
    ("DeletePolicy", &[], None),
    ("DeleteOpenIDConnectProvider", &[], None),
];

const ACCOUNT: &[Row] = &[
    ("CreateAccountAlias", &["alias"], None),
    ("DeleteAccountAlias", &["alias"], None),
    ("UpdateAccountPasswordPolicy", &["password_policy"], None),
    ("DeleteAccountPasswordPolicy", &["password_policy"], None),
];

const S3: &[Row] = &[
    ("PutBucketVersioning", &["versioning"], None),
    ("PutBucketEncryption", &["encryption"], None),
    ("DeleteBucketEncryption", &["encryption"], None),
    ("PutBucketPublicAccessBlock", &["public_access_block"], None),
    ("DeleteBucketPublicAccessBlock", &["public_access_block"], None),
    ("PutBucketOwnershipControls", &["ownership"], None),
    ("DeleteBucketOwnershipControls", &["ownership"], None),
    ("PutBucketPolicy", &["policy", "statements"], None),
    ("DeleteBucketPolicy", &["policy", "statements"], None),
    ("PutBucketWebsite", &["website"], None),
    ("DeleteBucketWebsite", &["website"], None),
    ("PutBucketLifecycle", &["lifecycle"], None),
    ("DeleteBucketLifecycle", &["lifecycle"], None),
    ("PutBucketCors", &["cors"], None),
    ("DeleteBucketCors", &["cors"], None),
    ("PutBucketLogging", &["logging"], None),
    ("PutBucketNotification", &["notifications", "eventbridge"], None),
    ("PutBucketTagging", &["tags"], None),
    ("DeleteBucketTagging", &["tags"], None),
    ("TagResource", &["tags"], None),
    ("UntagResource", &["tags"], None),
    ("CreateBucket", &[], None),
    ("DeleteBucket", &[], None),
];

/// What `UpdateFunctionConfiguration` writes.
const CONFIGURATION: &[&str] = &[
    "runtime",
    "handler",
    "role",
    "memory",
    "timeout",
    "storage",
    "environment",
    "kms_key",
    "layers",
    "description",
    "tracing",
    "dead_letter",
    "vpc",
    "logging",
];

const LAMBDA: &[Row] = &[
    ("UpdateFunctionConfiguration", CONFIGURATION, None),
    ("UpdateFunctionCode", &["code", "architectures"], None),
    ("AddPermission", &["permissions"], Some("statementId")),
    ("RemovePermission", &["permissions"], Some("statementId")),
    ("PutFunctionConcurrency", &["reserved_concurrency"], None),
    ("DeleteFunctionConcurrency", &["reserved_concurrency"], None),
    ("TagResource", &["tags"], None),
    ("UntagResource", &["tags"], None),
    ("CreateFunction", &[], None),
    ("DeleteFunction", &[], None),
];

const EVENTS: &[Row] = &[
    (
        "PutRule",
        &["schedule", "pattern", "description", "state", "role"],
        None,
    ),
    ("EnableRule", &["state"], None),
    ("DisableRule", &["state"], None),
    ("PutTargets", &["targets"], None),
    ("RemoveTargets", &["targets"], None),
    ("DeleteRule", &[], None),
    ("PutPermission", &["policy"], None),
    ("RemovePermission", &["policy"], None),
    ("UpdateEventBus", &["description"], None),
    ("TagResource", &["tags"], None),
    ("UntagResource", &["tags"], None),
    ("CreateEventBus", &[], None),
    ("DeleteEventBus", &[], None),
];

/// A name without the version of the interface: `AddPermission20150331v2` is `AddPermission`.
pub(super) fn bare(name: &str) -> &str {
    let cut = name.rfind('v').filter(|at| {
        let tail = name.get(at + 1..).unwrap_or_default();
        !tail.is_empty() && tail.bytes().all(|byte| byte.is_ascii_digit())
    });
    let name = cut.and_then(|at| name.get(..at)).unwrap_or(name);
    let short = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if name.len() - short.len() == 8 { short } else { name }
}

/// Whether a call can have led to the difference.
pub(super) fn explains(kind: KindName, event: &str, differs: &Differs, record: &Value) -> bool {
    let event = bare(event);
    let rows = match kind {
        KindName::Account => ACCOUNT,
        KindName::Bucket | KindName::BucketPolicy => S3,
        KindName::Lambda => LAMBDA,
        KindName::Rule | KindName::EventBus => EVENTS,
        KindName::User
        | KindName::Group
        | KindName::Role
        | KindName::Policy
        | KindName::ServiceLinkedRole
        | KindName::OidcProvider => IAM,
    };
    let is_it = |row: &&Row| match row.0 {
        start @ ("Attach" | "Detach" | "Tag" | "Untag") => event.starts_with(start),
        name => event == name,
    };
    let Some((_, fields, key)) = rows.iter().find(is_it) else {
        return false;
    };
    match differs {
        Differs::Gone => fields.is_empty() && event.starts_with("Delete"),
        Differs::Made => event.starts_with("Create") && fields.is_empty() || event == "PutRule",
        Differs::Fields(paths) if fields.is_empty() => event.starts_with("Create") && !paths.is_empty(),
        Differs::Fields(paths) => paths.iter().any(|path| writes(kind, fields, *key, path, record)),
    }
}

fn writes(kind: KindName, fields: &[&str], key: Option<&str>, path: &FieldPath, record: &Value) -> bool {
    // What a bucket's policy or the account's password rules hold is told under many names.
    let any = matches!(kind, KindName::BucketPolicy) && fields.contains(&"policy")
        || matches!(kind, KindName::Account) && fields.contains(&"password_policy") && path.field != "alias";
    if any {
        return true;
    }
    if !fields.contains(&path.field) {
        return false;
    }
    let said = key.and_then(|key| record.get("requestParameters")?.get(key)?.as_str());
    match (said, &path.key) {
        (Some(said), Some(wanted)) => said == wanted || wanted.ends_with(&format!("/{said}")),
        _ => true,
    }
}
