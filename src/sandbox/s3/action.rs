//! The actions of S3 that bucket policies name, and on what they act.
//!
//! Invariant: no action is refused that AWS lists for S3. Bucket policies take no other service's actions.

use std::sync::LazyLock;

use serde_json::Value;

use crate::sandbox::condition::covers;

/// Service authorization reference, "Actions defined by Amazon S3", in lower case.
static ACTIONS: LazyLock<Vec<String>> = LazyLock::new(|| {
    include_str!("actions.txt")
        .lines()
        .map(str::to_ascii_lowercase)
        .collect()
});

/// Whether a policy may name this action; a pattern has to cover at least one (`MalformedPolicy`, "Policy has invalid
/// action").
pub(super) fn is_action(action: &str) -> bool {
    if action == "*" {
        return true;
    }
    let lower = action.to_ascii_lowercase();
    let name = lower.split_once(':').filter(|(vendor, _)| *vendor == "s3");
    name.is_some_and(|(_, pattern)| ACTIONS.iter().any(|known| covers(pattern, known)))
}

/// Service authorization reference, "Condition keys for Amazon S3", in lower case; what ends in a star stands for more.
const KEYS: [&str; 23] = [
    "access*",
    "annotation*",
    "authtype",
    "bucket*",
    "dataaccesspoint*",
    "delimiter",
    "destinationregion",
    "existing*",
    "if-*",
    "inventoryaccessibleoptionalfields",
    "isreplicationpauserequest",
    "jobsuspendedcause",
    "locationconstraint",
    "max-keys",
    "object*",
    "prefix",
    "request*",
    "resource*",
    "signatureage",
    "signatureversion",
    "tlsversion",
    "versionid",
    "x-amz-*",
];

/// Whether a policy may ask for this key (`MalformedPolicy`, "Policy has an invalid condition key"). Only S3's own are
/// known by name.
pub(super) fn is_key(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    match lower.split_once(':') {
        Some(("s3", name)) => KEYS.iter().any(|known| covers(known, name)),
        Some(_) => true,
        None => false,
    }
}

/// Whether a condition asks for what only lists have.
pub(super) fn is_about_lists(condition: &Value) -> bool {
    let mut keys = condition
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(_, keys)| keys.as_object());
    keys.any(|keys| {
        let mut names = keys.keys().map(|key| key.to_ascii_lowercase());
        names.any(|key| ["s3:prefix", "s3:delimiter", "s3:max-keys"].contains(&key.as_str()))
    })
}

/// Whether an action lists what is in a bucket.
pub(super) fn is_list(action: &str) -> bool {
    let lower = action.to_ascii_lowercase();
    let lists = [
        "s3:listbucket",
        "s3:listbucketversions",
        "s3:listbucketmultipartuploads",
    ];
    lists.iter().any(|list| covers(&lower, list))
}

/// Whether an action acts on what a resource names.
pub(super) fn applies(action: &str, resource: &str) -> bool {
    const ON_OBJECTS: [&str; 9] = [
        "getobject",
        "putobject",
        "deleteobject",
        "restoreobject",
        "replicate",
        "abortmultipartupload",
        "listmultipartuploadparts",
        "bypassgovernanceretention",
        "objectowneroverride",
    ];
    let name = action
        .split_once(':')
        .map_or(action, |(_, name)| name)
        .to_ascii_lowercase();
    if name.contains('*') || name.contains('?') {
        return true;
    }
    let is_object = resource.contains('/') || resource.ends_with('*');
    let is_bucket = !resource.contains('/');
    if ON_OBJECTS.iter().any(|start| name.starts_with(start)) {
        is_object
    } else {
        is_bucket
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_those_of_s3_without_regard_to_case() {
        for (action, known) in [
            ("*", true),
            ("s3:*", true),
            ("S3:getobject", true),
            ("s3:Get*Tagging", true),
            ("s3:GetObject?ersion", true),
            ("s3:NoSuchThing", false),
            ("s3:Foo*", false),
            ("s3:HeadBucket", false),
            ("s3:", false),
            ("ec2:RunInstances", false),
            ("GetObject", false),
        ] {
            assert_eq!(is_action(action), known, "{action}");
        }
    }

    #[test]
    fn actions_have_to_fit_their_resources() {
        for (action, resource, fits) in [
            ("s3:GetObject", "arn:aws:s3:::b/*", true),
            ("s3:GetObject", "arn:aws:s3:::b", false),
            ("s3:GetObject", "arn:aws:s3:::b*", true),
            ("s3:ListBucket", "arn:aws:s3:::b", true),
            ("s3:ListBucket", "arn:aws:s3:::b/*", false),
            ("s3:GetBucketObjectLockConfiguration", "arn:aws:s3:::b", true),
            ("s3:*", "arn:aws:s3:::b", true),
        ] {
            assert_eq!(applies(action, resource), fits, "{action} {resource}");
        }
    }
}
