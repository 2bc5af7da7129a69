//! Settings that are kept as the XML that came, checked for what S3 checks.
//!
//! Invariant: what is kept reads back as S3 would show it, with the defaults that S3 fills in.

use super::bucket::{self, Bucket, Versioning};
use super::xml::Element;
use super::{body, document, done, fault, gone, lifecycle, notification};
use crate::sandbox::{Call, Fault, Reply, World};

/// SSE-S3, which is on everywhere since January 2023; SSE-C is blocked since April 2026.
pub(super) fn default_encryption() -> Element {
    let algorithm = Element::new("ApplyServerSideEncryptionByDefault").with_leaf("SSEAlgorithm", "AES256");
    let rule = Element::new("Rule").with(algorithm);
    Element::new("ServerSideEncryptionConfiguration").with(completed_encryption(rule))
}

fn completed_encryption(mut rule: Element) -> Element {
    if rule.child("BucketKeyEnabled").is_none() {
        rule = rule.with_leaf("BucketKeyEnabled", "false");
    }
    if rule.child("BlockedEncryptionTypes").is_none() {
        rule = rule.with(Element::new("BlockedEncryptionTypes").with_leaf("EncryptionType", "SSE-C"));
    }
    rule
}

/// A setting that is kept as XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    name: &'static str,
    root: &'static str,
    absent: Absent,
}

/// What a read says of a setting that isn't there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Absent {
    /// An empty document with status 200; an empty put clears the setting.
    Empty,
    Refused(&'static str, &'static str),
}

const KEPT: [Kept; 10] = [
    Kept {
        name: "encryption",
        root: "ServerSideEncryptionConfiguration",
        absent: Absent::Refused(
            "ServerSideEncryptionConfigurationNotFoundError",
            "The server side encryption configuration was not found",
        ),
    },
    Kept {
        name: "lifecycle",
        root: "LifecycleConfiguration",
        absent: Absent::Refused(
            "NoSuchLifecycleConfiguration",
            "The lifecycle configuration does not exist",
        ),
    },
    Kept {
        name: "cors",
        root: "CORSConfiguration",
        absent: Absent::Refused("NoSuchCORSConfiguration", "The CORS configuration does not exist"),
    },
    Kept {
        name: "website",
        root: "WebsiteConfiguration",
        absent: Absent::Refused(
            "NoSuchWebsiteConfiguration",
            "The specified bucket does not have a website configuration",
        ),
    },
    Kept {
        name: "replication",
        root: "ReplicationConfiguration",
        absent: Absent::Refused(
            "ReplicationConfigurationNotFoundError",
            "The replication configuration was not found",
        ),
    },
    Kept {
        name: "object-lock",
        root: "ObjectLockConfiguration",
        absent: Absent::Refused(
            "ObjectLockConfigurationNotFoundError",
            "Object Lock configuration does not exist for this bucket",
        ),
    },
    Kept {
        name: "logging",
        root: "BucketLoggingStatus",
        absent: Absent::Empty,
    },
    Kept {
        name: "notification",
        root: "NotificationConfiguration",
        absent: Absent::Empty,
    },
    Kept {
        name: "accelerate",
        root: "AccelerateConfiguration",
        absent: Absent::Empty,
    },
    Kept {
        name: "requestPayment",
        root: "RequestPaymentConfiguration",
        absent: Absent::Empty,
    },
];

impl Kept {
    /// The setting that a call's query names.
    pub(super) fn of(call: &Call) -> Option<Self> {
        KEPT.into_iter().find(|kept| call.query.has(kept.name))
    }
}

pub(super) fn get(bucket: &Bucket, name: &str, kept: Kept) -> Result<Reply, Fault> {
    let element = match (bucket.settings.get(kept.name), kept.absent) {
        (Some(element), _) => element.clone(),
        (None, Absent::Empty) if kept.name == "requestPayment" => {
            Element::new(kept.root).with_leaf("Payer", "BucketOwner")
        }
        (None, Absent::Empty) => Element::new(kept.root),
        (None, Absent::Refused(code, message)) => return Err(fault::absent(code, message).with("BucketName", name)),
    };
    Ok(with_extras(document(&element), bucket, kept))
}

/// Puts a setting whole; where S3 takes an empty document, that clears it.
pub(super) fn put(world: &mut World, call: &Call, name: &str, kept: Kept) -> Result<Reply, Fault> {
    let element = checked(world, call, name, kept)?;
    let bucket = bucket::find_mut(world, call, name)?;
    if element.children.is_empty() {
        bucket.settings.remove(kept.name);
    } else {
        bucket.settings.insert(kept.name.to_owned(), element);
    }
    if kept.name == "lifecycle" {
        let minimum = lifecycle::minimum(call)?;
        bucket.settings.insert(lifecycle::MINIMUM.to_owned(), minimum);
    }
    Ok(with_extras(done(), bucket, kept))
}

fn with_extras(reply: Reply, bucket: &Bucket, kept: Kept) -> Reply {
    if kept.name == "lifecycle" {
        lifecycle::with_minimum(reply, bucket.settings.get(lifecycle::MINIMUM))
    } else {
        reply
    }
}

pub(super) fn delete(bucket: &mut Bucket, call: &Call, kept: Kept) -> Result<Reply, Fault> {
    if kept.name == "object-lock" || kept.absent == Absent::Empty {
        return Err(Fault::unknown_operation(call));
    }
    bucket.settings.remove(kept.name);
    // Encryption can't be off: what remains is SSE-S3.
    if kept.name == "encryption" {
        bucket.settings.insert(kept.name.into(), default_encryption());
    }
    Ok(gone())
}

/// A setting's body, checked and completed as S3 does it.
fn checked(world: &mut World, call: &Call, name: &str, kept: Kept) -> Result<Element, Fault> {
    let element = body(call, kept.root)?;
    match kept.name {
        "encryption" => checked_encryption(&element),
        "lifecycle" => lifecycle::checked(&element, &mut world.ids),
        "cors" => checked_cors(element),
        "website" => checked_website(element),
        "logging" => checked_logging(world, element),
        "notification" => notification::checked(world, call, element),
        "replication" if bucket::find(world, call, name)?.versioning != Some(Versioning::Enabled) => Err(fault::bad(
            "InvalidRequest",
            "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
        )),
        _ => Ok(element),
    }
}

fn checked_encryption(element: &Element) -> Result<Element, Fault> {
    let rules: Vec<&Element> = element.all("Rule").collect();
    let [rule] = rules.as_slice() else {
        return Err(fault::malformed_xml());
    };
    if let Some(default) = rule.child("ApplyServerSideEncryptionByDefault") {
        let algorithm = default.get("SSEAlgorithm").unwrap_or_default();
        if !["AES256", "aws:kms", "aws:kms:dsse"].contains(&algorithm) {
            return Err(fault::malformed_xml());
        }
        if algorithm == "AES256" && default.child("KMSMasterKeyID").is_some() {
            let message =
                "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse";
            return Err(fault::invalid_argument("ApplyServerSideEncryptionByDefault", message));
        }
    }
    Ok(Element::new(&element.name).with(completed_encryption((*rule).clone())))
}

fn checked_cors(element: Element) -> Result<Element, Fault> {
    let count = element.all("CORSRule").count();
    if count == 0 || count > 100 {
        return Err(fault::malformed_xml());
    }
    for rule in element.all("CORSRule") {
        if rule.child("AllowedMethod").is_none() || rule.child("AllowedOrigin").is_none() {
            return Err(fault::malformed_xml());
        }
        let methods = ["GET", "PUT", "POST", "DELETE", "HEAD"];
        if let Some(odd) = rule
            .all("AllowedMethod")
            .find(|method| !methods.contains(&method.text.as_str()))
        {
            let message = format!(
                "Found unsupported HTTP method in CORS config. Unsupported method is {}",
                odd.text
            );
            return Err(fault::bad("InvalidRequest", message));
        }
    }
    Ok(element)
}

fn checked_website(element: Element) -> Result<Element, Fault> {
    let suffix = element
        .child("IndexDocument")
        .and_then(|document| document.get("Suffix"));
    let redirect = element.child("RedirectAllRequestsTo").and_then(|to| to.get("HostName"));
    match (suffix, redirect) {
        (Some(suffix), None) if !suffix.is_empty() && !suffix.contains('/') => Ok(element),
        (None, Some(host)) if !host.is_empty() => Ok(element),
        (Some(_), None) => Err(fault::invalid_argument(
            "IndexDocument",
            "The IndexDocument Suffix is not well formed",
        )),
        _ => Err(fault::malformed_xml()),
    }
}

fn checked_logging(world: &World, element: Element) -> Result<Element, Fault> {
    if let Some(enabled) = element.child("LoggingEnabled") {
        let target = enabled.get("TargetBucket").ok_or_else(fault::malformed_xml)?;
        if world.s3.region(target).is_none() {
            let message = "The target bucket for logging does not exist";
            return Err(fault::bad("InvalidTargetBucketForLogging", message).with("TargetBucket", target));
        }
    }
    Ok(element)
}
