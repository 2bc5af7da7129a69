//! What CloudTrail calls an operation.
//!
//! Invariant: nothing is named that only reads, acts on objects, or invokes: those are data events or reads. Lambda's
//! names carry the version of the interface (Lambda developer guide, "Logging Lambda API calls using CloudTrail"); S3's
//! differ from the API's in places (S3 user guide, "Amazon S3 CloudTrail events").

use http::Method;

use crate::sandbox::{Call, Service, s3};

/// The event's name, if the call is a management call that changes something.
pub(super) fn of(call: &Call) -> Option<String> {
    let operation = call.operation.as_deref().unwrap_or_default();
    match call.service {
        Service::Iam => changes(operation, &["Get", "List", "Generate", "Simulate"]),
        Service::Events => changes(
            operation,
            &["Describe", "List", "Test", "PutEvents", "PutPartnerEvents"],
        ),
        Service::Lambda => lambda(call),
        Service::S3 => bucket(call),
        Service::Sts | Service::Trail => None,
    }
}

fn changes(operation: &str, reads: &[&str]) -> Option<String> {
    let is_change = !operation.is_empty() && !reads.iter().any(|start| operation.starts_with(start));
    is_change.then(|| operation.to_owned())
}

fn lambda(call: &Call) -> Option<String> {
    let segments = call.segments();
    let path: Vec<&str> = segments.iter().skip(1).map(String::as_str).collect();
    let found = match (call.method.as_str(), path.as_slice()) {
        ("POST", ["functions"]) => "CreateFunction20150331",
        ("PUT", ["functions", _, "code"]) => "UpdateFunctionCode20150331v2",
        ("PUT", ["functions", _, "configuration"]) => "UpdateFunctionConfiguration20150331v2",
        ("DELETE", ["functions", _]) => "DeleteFunction20150331",
        ("POST", ["functions", _, "policy"]) => "AddPermission20150331v2",
        ("DELETE", ["functions", _, "policy", _]) => "RemovePermission20150331v2",
        ("POST", ["functions", _, "versions"]) => "PublishVersion20150331",
        ("POST", ["functions", _, "aliases"]) => "CreateAlias20150331",
        ("PUT", ["functions", _, "aliases", _]) => "UpdateAlias20150331",
        ("DELETE", ["functions", _, "aliases", _]) => "DeleteAlias20150331",
        ("POST", ["event-source-mappings"]) => "CreateEventSourceMapping20150331",
        ("PUT", ["event-source-mappings", _]) => "UpdateEventSourceMapping20150331",
        ("DELETE", ["event-source-mappings", _]) => "DeleteEventSourceMapping20150331",
        ("POST", ["tags", _]) => "TagResource20170331v2",
        ("DELETE", ["tags", _]) => "UntagResource20170331v2",
        ("PUT", ["functions", _, "concurrency"]) => "PutFunctionConcurrency20171031",
        ("DELETE", ["functions", _, "concurrency"]) => "DeleteFunctionConcurrency20171031",
        ("POST", ["layers", _, "versions"]) => "PublishLayerVersion20181031",
        ("DELETE", ["layers", _, "versions", _]) => "DeleteLayerVersion20181031",
        ("POST", ["layers", _, "versions", _, "policy"]) => "AddLayerVersionPermission20181031",
        ("DELETE", ["layers", _, "versions", _, "policy", _]) => "RemoveLayerVersionPermission20181031",
        (method, ["functions", _, what]) => beside(method, what)?,
        ("POST", ["code-signing-configs"]) => "CreateCodeSigningConfig",
        ("PUT", ["code-signing-configs", _]) => "UpdateCodeSigningConfig",
        ("DELETE", ["code-signing-configs", _]) => "DeleteCodeSigningConfig",
        _ => return None,
    };
    Some(found.to_owned())
}

fn beside(method: &str, what: &str) -> Option<&'static str> {
    Some(match (method, what) {
        ("PUT", "event-invoke-config") => "PutFunctionEventInvokeConfig",
        ("POST", "event-invoke-config") => "UpdateFunctionEventInvokeConfig",
        ("DELETE", "event-invoke-config") => "DeleteFunctionEventInvokeConfig",
        ("PUT", "provisioned-concurrency") => "PutProvisionedConcurrencyConfig",
        ("DELETE", "provisioned-concurrency") => "DeleteProvisionedConcurrencyConfig",
        ("PUT", "code-signing-config") => "PutFunctionCodeSigningConfig",
        ("DELETE", "code-signing-config") => "DeleteFunctionCodeSigningConfig",
        ("PUT", "runtime-management-config") => "PutRuntimeManagementConfig",
        ("PUT", "recursion-config") => "PutFunctionRecursionConfig",
        ("POST", "url") => "CreateFunctionUrlConfig",
        ("PUT", "url") => "UpdateFunctionUrlConfig",
        ("DELETE", "url") => "DeleteFunctionUrlConfig",
        _ => return None,
    })
}

/// What a sub-resource of a bucket is called in events.
const SUBS: [(&str, &str); 19] = [
    ("abac", "BucketAbac"),
    ("accelerate", "AccelerateConfiguration"),
    ("acl", "BucketAcl"),
    ("analytics", "BucketAnalyticsConfiguration"),
    ("cors", "BucketCors"),
    ("encryption", "BucketEncryption"),
    ("intelligent-tiering", "BucketIntelligentTieringConfiguration"),
    ("inventory", "BucketInventoryConfiguration"),
    ("lifecycle", "BucketLifecycle"),
    ("logging", "BucketLogging"),
    ("metrics", "BucketMetricsConfiguration"),
    ("notification", "BucketNotification"),
    ("object-lock", "ObjectLockConfiguration"),
    ("ownershipControls", "BucketOwnershipControls"),
    ("policy", "BucketPolicy"),
    ("publicAccessBlock", "BucketPublicAccessBlock"),
    ("replication", "BucketReplication"),
    ("requestPayment", "BucketRequestPayment"),
    ("tagging", "BucketTagging"),
];

/// The same, of those that are only ever put.
const MORE_SUBS: [(&str, &str); 2] = [("versioning", "BucketVersioning"), ("website", "BucketWebsite")];

/// The sub-resource that a call to a bucket names.
pub(super) fn sub(call: &Call) -> Option<(&'static str, &'static str)> {
    let mut all = SUBS.iter().chain(&MORE_SUBS);
    all.find(|(name, _)| call.query.has(name)).copied()
}

fn bucket(call: &Call) -> Option<String> {
    let verb = match call.method {
        Method::PUT => "Put",
        Method::DELETE => "Delete",
        _ => return None,
    };
    if s3::is_of_account(call) {
        return Some(format!("{verb}AccountPublicAccessBlock"));
    }
    s3::bucket_alone(call)?;
    Some(match sub(call) {
        Some((_, name)) => format!("{verb}{name}"),
        None if call.method == Method::PUT => "CreateBucket".to_owned(),
        None => "DeleteBucket".to_owned(),
    })
}
