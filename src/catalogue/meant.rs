//! What was probably meant by an action that the catalogue does not know.
//!
//! Invariant: an answer is always an action of the catalogue, and never the text that was asked about. It is a guess
//! for a message; nothing is decided by it.

use super::service::{self, Service};
use super::table;

/// Operations of AWS's interfaces that policies allow under another name (Amazon S3 User Guide, "Required permissions
/// for Amazon S3 API operations", and the guides of the other services).
#[rustfmt::skip]
static OPERATIONS: &[(&str, &str)] = &[
    ("dynamodb:ExecuteStatement", "dynamodb:PartiQLSelect"),
    ("dynamodb:TransactGetItems", "dynamodb:GetItem"),
    ("dynamodb:TransactWriteItems", "dynamodb:PutItem"),
    ("kms:ReEncrypt", "kms:ReEncryptFrom"),
    ("lambda:Invoke", "lambda:InvokeFunction"),
    ("lambda:InvokeWithResponseStream", "lambda:InvokeFunction"),
    ("s3:CompleteMultipartUpload", "s3:PutObject"),
    ("s3:CopyObject", "s3:PutObject"),
    ("s3:CreateMultipartUpload", "s3:PutObject"),
    ("s3:DeleteBucketAnalyticsConfiguration", "s3:PutAnalyticsConfiguration"),
    ("s3:DeleteBucketCors", "s3:PutBucketCORS"),
    ("s3:DeleteBucketEncryption", "s3:PutEncryptionConfiguration"),
    ("s3:DeleteBucketIntelligentTieringConfiguration", "s3:PutIntelligentTieringConfiguration"),
    ("s3:DeleteBucketInventoryConfiguration", "s3:PutInventoryConfiguration"),
    ("s3:DeleteBucketLifecycle", "s3:PutLifecycleConfiguration"),
    ("s3:DeleteBucketMetricsConfiguration", "s3:PutMetricsConfiguration"),
    ("s3:DeleteBucketOwnershipControls", "s3:PutBucketOwnershipControls"),
    ("s3:DeleteBucketReplication", "s3:PutReplicationConfiguration"),
    ("s3:DeleteBucketTagging", "s3:PutBucketTagging"),
    ("s3:DeleteObjects", "s3:DeleteObject"),
    ("s3:DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
    ("s3:GetBucketAccelerateConfiguration", "s3:GetAccelerateConfiguration"),
    ("s3:GetBucketAnalyticsConfiguration", "s3:GetAnalyticsConfiguration"),
    ("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration"),
    ("s3:GetBucketIntelligentTieringConfiguration", "s3:GetIntelligentTieringConfiguration"),
    ("s3:GetBucketInventoryConfiguration", "s3:GetInventoryConfiguration"),
    ("s3:GetBucketLifecycle", "s3:GetLifecycleConfiguration"),
    ("s3:GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"),
    ("s3:GetBucketMetricsConfiguration", "s3:GetMetricsConfiguration"),
    ("s3:GetBucketNotificationConfiguration", "s3:GetBucketNotification"),
    ("s3:GetBucketReplication", "s3:GetReplicationConfiguration"),
    ("s3:GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration"),
    ("s3:GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
    ("s3:HeadBucket", "s3:ListBucket"),
    ("s3:HeadObject", "s3:GetObject"),
    ("s3:ListBucketAnalyticsConfigurations", "s3:GetAnalyticsConfiguration"),
    ("s3:ListBucketIntelligentTieringConfigurations", "s3:GetIntelligentTieringConfiguration"),
    ("s3:ListBucketInventoryConfigurations", "s3:GetInventoryConfiguration"),
    ("s3:ListBucketMetricsConfigurations", "s3:GetMetricsConfiguration"),
    ("s3:ListBuckets", "s3:ListAllMyBuckets"),
    ("s3:ListMultipartUploads", "s3:ListBucketMultipartUploads"),
    ("s3:ListObjectVersions", "s3:ListBucketVersions"),
    ("s3:ListObjects", "s3:ListBucket"),
    ("s3:ListObjectsV2", "s3:ListBucket"),
    ("s3:ListParts", "s3:ListMultipartUploadParts"),
    ("s3:PutBucketAccelerateConfiguration", "s3:PutAccelerateConfiguration"),
    ("s3:PutBucketAnalyticsConfiguration", "s3:PutAnalyticsConfiguration"),
    ("s3:PutBucketEncryption", "s3:PutEncryptionConfiguration"),
    ("s3:PutBucketIntelligentTieringConfiguration", "s3:PutIntelligentTieringConfiguration"),
    ("s3:PutBucketInventoryConfiguration", "s3:PutInventoryConfiguration"),
    ("s3:PutBucketLifecycle", "s3:PutLifecycleConfiguration"),
    ("s3:PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
    ("s3:PutBucketMetricsConfiguration", "s3:PutMetricsConfiguration"),
    ("s3:PutBucketNotificationConfiguration", "s3:PutBucketNotification"),
    ("s3:PutBucketReplication", "s3:PutReplicationConfiguration"),
    ("s3:PutObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration"),
    ("s3:PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
    ("s3:SelectObjectContent", "s3:GetObject"),
    ("s3:UploadPart", "s3:PutObject"),
    ("s3:UploadPartCopy", "s3:PutObject"),
    ("sns:PublishBatch", "sns:Publish"),
    ("sqs:ChangeMessageVisibilityBatch", "sqs:ChangeMessageVisibility"),
    ("sqs:DeleteMessageBatch", "sqs:DeleteMessage"),
    ("sqs:SendMessageBatch", "sqs:SendMessage"),
];

/// What people call a service, and the prefix of its actions.
static PREFIXES: &[(&str, &str)] = &[
    ("apigatewayv2", "apigateway"),
    ("cloudwatchevents", "events"),
    ("cloudwatchlogs", "logs"),
    ("cognito", "cognito-idp"),
    ("efs", "elasticfilesystem"),
    ("elb", "elasticloadbalancing"),
    ("elbv2", "elasticloadbalancing"),
    ("emr", "elasticmapreduce"),
    ("eventbridge", "events"),
    ("keyspaces", "cassandra"),
    ("msk", "kafka"),
    ("opensearchservice", "es"),
    ("sfn", "states"),
    ("stepfunctions", "states"),
];

/// The action that was probably meant by a full name that the catalogue does not have.
///
/// The name of an operation comes first, then a typing error in the name, then one in the service. A known action gets
/// no answer, nor does a pattern.
#[must_use]
pub fn meant(action: &str) -> Option<String> {
    let (prefix, name) = action.split_once(':')?;
    if action.contains(['*', '?']) || service::action(action).is_some() {
        return None;
    }
    let operation = OPERATIONS.iter().find(|(from, _)| from.eq_ignore_ascii_case(action));
    if let Some((_, to)) = operation {
        return Some((*to).to_owned());
    }
    match service::service(prefix) {
        Some(found) => nearest_action(found, name),
        None => {
            let found = service::service(meant_prefix(prefix)?)?;
            let exact = found.action(name).map(super::Action::full_name);
            exact.or_else(|| nearest_action(found, name))
        }
    }
}

/// The prefix of a service that was probably meant by one that the catalogue does not have.
#[must_use]
pub fn meant_prefix(prefix: &str) -> Option<&'static str> {
    let lower = prefix.to_ascii_lowercase();
    if table::slot(&lower).is_some() {
        return None;
    }
    let alias = PREFIXES.iter().find(|(from, _)| *from == lower).map(|(_, to)| *to);
    alias.or_else(|| {
        let limit = (lower.len() / 3).clamp(1, 2);
        let known = table::slots().iter().map(|slot| slot.prefix);
        nearest(&lower, limit, known)
    })
}

fn nearest_action(service: &'static Service, name: &str) -> Option<String> {
    let limit = (name.len() / 5).clamp(1, 4);
    let names = service.actions.iter().map(|action| action.name);
    nearest(name, limit, names).map(|found| format!("{}:{found}", service.prefix))
}

/// The nearest name within so many typing errors, the first of equals.
fn nearest(wanted: &str, limit: usize, names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let lower = wanted.to_ascii_lowercase();
    names
        .filter(|name| name.len().abs_diff(wanted.len()) <= limit)
        .map(|name| (strsim::osa_distance(&lower, &name.to_ascii_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
pub(super) fn operations() -> &'static [(&'static str, &'static str)] {
    OPERATIONS
}

#[cfg(test)]
pub(super) fn aliases() -> &'static [(&'static str, &'static str)] {
    PREFIXES
}
