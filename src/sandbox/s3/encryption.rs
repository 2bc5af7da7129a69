//! Encryption: what a bucket does by default, and what stands in the answers about an object.
//!
//! Nothing is encrypted here; only what S3 says about it is kept.

use serde::{Deserialize, Serialize};

use super::bucket::Bucket;
use super::fault;
use super::object::with;
use super::xml::Element;
use crate::sandbox::{Call, Fault, Reply};

const ALGORITHMS: [&str; 3] = ["AES256", "aws:kms", "aws:kms:dsse"];
const ALGORITHM: &str = "x-amz-server-side-encryption";
const KEY: &str = "x-amz-server-side-encryption-aws-kms-key-id";
const BUCKET_KEY: &str = "x-amz-server-side-encryption-bucket-key-enabled";

/// SSE-S3, which is on everywhere since January 2023; SSE-C is blocked since April 2026.
pub(super) fn default() -> Element {
    let algorithm = Element::new("ApplyServerSideEncryptionByDefault").with_leaf("SSEAlgorithm", "AES256");
    let rule = Element::new("Rule").with(algorithm);
    Element::new("ServerSideEncryptionConfiguration").with(completed(rule))
}

fn completed(mut rule: Element) -> Element {
    if rule.child("BucketKeyEnabled").is_none() {
        rule = rule.with_leaf("BucketKeyEnabled", "false");
    }
    if rule.child("BlockedEncryptionTypes").is_none() {
        rule = rule.with(Element::new("BlockedEncryptionTypes").with_leaf("EncryptionType", "SSE-C"));
    }
    rule
}

/// A configuration as it reads back, if S3 takes it.
pub(super) fn checked(element: &Element) -> Result<Element, Fault> {
    let rules: Vec<&Element> = element.all("Rule").collect();
    let [rule] = rules.as_slice() else {
        return Err(fault::malformed_xml());
    };
    if let Some(default) = rule.child("ApplyServerSideEncryptionByDefault")
        && default.get("SSEAlgorithm") == Some("AES256")
        && default.child("KMSMasterKeyID").is_some()
    {
        let message = "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse";
        return Err(fault::invalid_argument("ApplyServerSideEncryptionByDefault", message));
    }
    Ok(Element::new(&element.name).with(completed((*rule).clone())))
}

/// How S3 says an object is encrypted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sealing {
    algorithm: String,
    key: Option<String>,
    bucket_key: bool,
}

impl Sealing {
    /// What a call asks for, else what its bucket does.
    pub(super) fn of(call: &Call, account: &str, bucket: &Bucket) -> Result<Self, Fault> {
        if call.header("x-amz-server-side-encryption-customer-algorithm").is_some() {
            return Err(blocked(bucket));
        }
        let rule = bucket
            .settings
            .get("encryption")
            .and_then(|element| element.child("Rule"));
        let default = rule.and_then(|rule| rule.child("ApplyServerSideEncryptionByDefault"));
        let default_of = |name: &str| default.and_then(|default| default.get(name));
        let asked = call.header(ALGORITHM);
        let algorithm = asked.or(default_of("SSEAlgorithm")).unwrap_or("AES256");
        if !ALGORITHMS.contains(&algorithm) {
            let message = "The encryption method specified is not supported";
            return Err(fault::argument(ALGORITHM, algorithm, message));
        }
        let key = call.header(KEY);
        if algorithm == "AES256" {
            if let Some(key) = key {
                let message = "Server Side Encryption with AWS KMS managed key requires HTTP header \
                               x-amz-server-side-encryption : aws:kms";
                return Err(fault::argument(ALGORITHM, key, message));
            }
            return Ok(Self {
                algorithm: algorithm.to_owned(),
                key: None,
                bucket_key: false,
            });
        }
        let key = key.or_else(|| default_of("KMSMasterKeyID").filter(|_| asked.is_none()));
        let flag = call
            .header(BUCKET_KEY)
            .or_else(|| rule.and_then(|rule| rule.get("BucketKeyEnabled")));
        Ok(Self {
            algorithm: algorithm.to_owned(),
            key: Some(key_arn(account, &bucket.region, key.unwrap_or("alias/aws/s3"))),
            bucket_key: flag.is_some_and(|flag| flag.eq_ignore_ascii_case("true")),
        })
    }

    pub(super) fn describe(&self, mut reply: Reply) -> Reply {
        reply = reply.header(ALGORITHM, &self.algorithm);
        if let Some(key) = &self.key {
            reply = reply.header(KEY, key);
        }
        if self.bucket_key {
            with(reply, BUCKET_KEY, "true")
        } else {
            reply
        }
    }
}

/// SSE-C is refused where the bucket blocks it, which is everywhere by default; the rest is not modelled.
fn blocked(bucket: &Bucket) -> Fault {
    let rule = bucket
        .settings
        .get("encryption")
        .and_then(|element| element.child("Rule"));
    let blocked = rule.and_then(|rule| rule.child("BlockedEncryptionTypes")?.get("EncryptionType"));
    match blocked {
        Some("SSE-C") => fault::denied(
            "The bucket has SSE-C blocked by its BlockedEncryptionTypes setting, so server-side encryption with \
             customer-provided keys is not allowed",
        ),
        _ => fault::bad(
            "NotImplemented",
            "the sandbox has no server-side encryption with customer-provided keys",
        ),
    }
}

/// Keys are shown by their ARN.
fn key_arn(account: &str, region: &str, key: &str) -> String {
    match (key.starts_with("arn:"), key.starts_with("alias/")) {
        (true, _) => key.to_owned(),
        (false, true) => format!("arn:aws:kms:{region}:{account}:{key}"),
        (false, false) => format!("arn:aws:kms:{region}:{account}:key/{key}"),
    }
}
