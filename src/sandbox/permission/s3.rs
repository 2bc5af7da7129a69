//! What calls to S3 ask leave for (S3 user guide, "Required permissions for Amazon S3 API operations").

use http::Method;

use super::asked::Asked;
use crate::sandbox::s3::{self, Place};
use crate::sandbox::{Call, World};

/// A sub-resource of a bucket, and the actions to read, write and remove it.
type Sub = (&'static str, &'static str, &'static str, &'static str);

pub(super) const OF_BUCKETS: [Sub; 25] = [
    ("abac", "GetBucketAbac", "PutBucketAbac", "PutBucketAbac"),
    (
        "accelerate",
        "GetAccelerateConfiguration",
        "PutAccelerateConfiguration",
        "",
    ),
    ("acl", "GetBucketAcl", "PutBucketAcl", ""),
    (
        "analytics",
        "GetAnalyticsConfiguration",
        "PutAnalyticsConfiguration",
        "PutAnalyticsConfiguration",
    ),
    ("cors", "GetBucketCORS", "PutBucketCORS", "PutBucketCORS"),
    (
        "encryption",
        "GetEncryptionConfiguration",
        "PutEncryptionConfiguration",
        "PutEncryptionConfiguration",
    ),
    (
        "intelligent-tiering",
        "GetIntelligentTieringConfiguration",
        "PutIntelligentTieringConfiguration",
        "PutIntelligentTieringConfiguration",
    ),
    (
        "inventory",
        "GetInventoryConfiguration",
        "PutInventoryConfiguration",
        "PutInventoryConfiguration",
    ),
    (
        "lifecycle",
        "GetLifecycleConfiguration",
        "PutLifecycleConfiguration",
        "PutLifecycleConfiguration",
    ),
    ("location", "GetBucketLocation", "", ""),
    ("logging", "GetBucketLogging", "PutBucketLogging", ""),
    (
        "metrics",
        "GetMetricsConfiguration",
        "PutMetricsConfiguration",
        "PutMetricsConfiguration",
    ),
    ("notification", "GetBucketNotification", "PutBucketNotification", ""),
    (
        "object-lock",
        "GetBucketObjectLockConfiguration",
        "PutBucketObjectLockConfiguration",
        "",
    ),
    (
        "ownershipControls",
        "GetBucketOwnershipControls",
        "PutBucketOwnershipControls",
        "PutBucketOwnershipControls",
    ),
    ("policy", "GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"),
    ("policyStatus", "GetBucketPolicyStatus", "", ""),
    (
        "publicAccessBlock",
        "GetBucketPublicAccessBlock",
        "PutBucketPublicAccessBlock",
        "PutBucketPublicAccessBlock",
    ),
    (
        "replication",
        "GetReplicationConfiguration",
        "PutReplicationConfiguration",
        "PutReplicationConfiguration",
    ),
    (
        "requestPayment",
        "GetBucketRequestPayment",
        "PutBucketRequestPayment",
        "",
    ),
    ("tagging", "GetBucketTagging", "PutBucketTagging", "PutBucketTagging"),
    ("uploads", "ListBucketMultipartUploads", "", ""),
    ("versioning", "GetBucketVersioning", "PutBucketVersioning", ""),
    ("versions", "ListBucketVersions", "", ""),
    ("website", "GetBucketWebsite", "PutBucketWebsite", "DeleteBucketWebsite"),
];

pub(super) fn of(world: &World, call: &Call) -> Vec<Asked> {
    if s3::is_of_account(call) {
        let verb = if call.method == Method::GET { "Get" } else { "Put" };
        return vec![Asked::new(format!("s3:{verb}AccountPublicAccessBlock"), "*")];
    }
    // Browsers ask without a signature whether they may send.
    if call.method == Method::OPTIONS {
        return Vec::new();
    }
    match s3::place(call) {
        Place::Service => vec![Asked::new("s3:ListAllMyBuckets", "*")],
        Place::Bucket(bucket) => of_bucket(world, call, &bucket),
        Place::Object(bucket, key) => of_object(call, &bucket, &key),
    }
}

fn bucket_arn(bucket: &str) -> String {
    format!("arn:aws:s3:::{bucket}")
}

fn of_bucket(world: &World, call: &Call, bucket: &str) -> Vec<Asked> {
    let arn = bucket_arn(bucket);
    let sub = OF_BUCKETS.iter().find(|(name, ..)| call.query.has(name));
    if let Some((_, read, write, remove)) = sub {
        let action = match call.method {
            Method::GET | Method::HEAD => read,
            Method::DELETE => remove,
            _ => write,
        };
        let asked = Asked::new(format!("s3:{action}"), arn).tagged(s3::bucket_tags(world, bucket));
        return vec![listing(asked, call)];
    }
    match call.method {
        Method::PUT => creation(call, &arn),
        Method::DELETE => vec![Asked::new("s3:DeleteBucket", arn)],
        // Each object that a batch names is judged by itself; all of them stand for one here.
        Method::POST if call.query.has("delete") => removal(call, bucket),
        _ => vec![listing(Asked::new("s3:ListBucket", arn), call)],
    }
}

/// What lists can be narrowed to.
fn listing(asked: Asked, call: &Call) -> Asked {
    let is_list = ["s3:ListBucket", "s3:ListBucketVersions"].contains(&asked.action.as_str());
    let given = |name: &str| call.query.get(name).filter(|_| is_list);
    asked
        .with("s3:prefix", given("prefix"))
        .with("s3:delimiter", given("delimiter"))
        .with("s3:max-keys", given("max-keys"))
}

/// A new bucket with ACL, lock or ownership by header asks for more (API reference, `CreateBucket`, "Permissions").
fn creation(call: &Call, arn: &str) -> Vec<Asked> {
    let body = String::from_utf8_lossy(&call.body);
    let place = between(&body, "<LocationConstraint>", "</LocationConstraint>");
    let mut asked = vec![
        Asked::new("s3:CreateBucket", arn)
            .with("s3:locationconstraint", place)
            .with("s3:x-amz-acl", call.header("x-amz-acl"))
            .with("s3:x-amz-object-ownership", call.header("x-amz-object-ownership")),
    ];
    let mut more = |is_asked: bool, action: &str| asked.extend(is_asked.then(|| Asked::new(action, arn)));
    let grants = call
        .headers
        .keys()
        .any(|name| name.as_str().starts_with("x-amz-grant-"));
    let acl = call.header("x-amz-acl").is_some_and(|acl| acl != "private");
    more(acl || grants, "s3:PutBucketAcl");
    let is_locked = call.header("x-amz-bucket-object-lock-enabled") == Some("true");
    more(is_locked, "s3:PutBucketObjectLockConfiguration");
    more(is_locked, "s3:PutBucketVersioning");
    more(
        call.header("x-amz-object-ownership").is_some(),
        "s3:PutBucketOwnershipControls",
    );
    more(body.contains("<Tags>") && body.contains("<Key>"), "s3:TagResource");
    asked
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(inner, _)| inner)
}

fn removal(call: &Call, bucket: &str) -> Vec<Asked> {
    let body = String::from_utf8_lossy(&call.body);
    let has_versions = body.contains("<VersionId>");
    let action = if has_versions {
        "s3:DeleteObjectVersion"
    } else {
        "s3:DeleteObject"
    };
    vec![Asked::new(action, format!("{}/*", bucket_arn(bucket)))]
}

fn of_object(call: &Call, bucket: &str, key: &str) -> Vec<Asked> {
    let arn = format!("{}/{key}", bucket_arn(bucket));
    let has = |name: &str| call.query.has(name);
    let version = call.query.get("versionId");
    let of_version = |plain: &str, versioned: &str| if version.is_some() { versioned } else { plain }.to_owned();
    let is_read = matches!(call.method, Method::GET | Method::HEAD);
    let is_removal = call.method == Method::DELETE;
    let action = match () {
        () if has("tagging") && is_read => of_version("GetObjectTagging", "GetObjectVersionTagging"),
        () if has("tagging") && is_removal => of_version("DeleteObjectTagging", "DeleteObjectVersionTagging"),
        () if has("tagging") => of_version("PutObjectTagging", "PutObjectVersionTagging"),
        () if has("acl") && is_read => of_version("GetObjectAcl", "GetObjectVersionAcl"),
        () if has("acl") => of_version("PutObjectAcl", "PutObjectVersionAcl"),
        () if has("retention") => of_verb(is_read, "ObjectRetention"),
        () if has("legal-hold") => of_verb(is_read, "ObjectLegalHold"),
        () if has("restore") => "RestoreObject".to_owned(),
        () if has("uploadId") && is_read => "ListMultipartUploadParts".to_owned(),
        () if has("uploadId") && is_removal => "AbortMultipartUpload".to_owned(),
        () if is_removal => of_version("DeleteObject", "DeleteObjectVersion"),
        () if is_read => of_version("GetObject", "GetObjectVersion"),
        () => "PutObject".to_owned(),
    };
    let mut asked = vec![
        Asked::new(format!("s3:{action}"), &arn)
            .with("s3:VersionId", version)
            .with("s3:x-amz-acl", call.header("x-amz-acl"))
            .with(
                "s3:x-amz-server-side-encryption",
                call.header("x-amz-server-side-encryption"),
            ),
    ];
    if action == "PutObject" && !has("uploadId") {
        asked.extend(beside_put(call, &arn));
    }
    asked
}

fn of_verb(is_read: bool, what: &str) -> String {
    format!("{}{what}", if is_read { "Get" } else { "Put" })
}

/// What an upload brings along, and where a copy comes from.
fn beside_put(call: &Call, arn: &str) -> Vec<Asked> {
    let mut asked = Vec::new();
    let mut more = |header: &str, action: &str| {
        if call.header(header).is_some() {
            asked.push(Asked::new(action, arn));
        }
    };
    more("x-amz-tagging", "s3:PutObjectTagging");
    more("x-amz-acl", "s3:PutObjectAcl");
    more("x-amz-object-lock-mode", "s3:PutObjectRetention");
    more("x-amz-object-lock-legal-hold", "s3:PutObjectLegalHold");
    if let Some(source) = call.header("x-amz-copy-source") {
        let source = source.trim_start_matches('/');
        let (path, version) = source.split_once("?versionId=").unwrap_or((source, ""));
        let action = if version.is_empty() {
            "s3:GetObject"
        } else {
            "s3:GetObjectVersion"
        };
        asked.push(Asked::new(action, bucket_arn(path)));
    }
    asked
}
