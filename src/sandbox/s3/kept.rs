//! Settings that are kept as the XML that came, checked for what S3 checks.
//!
//! Invariant: what is kept reads back as S3 would show it, with the defaults that S3 fills in.

use super::bucket::{self, Bucket};
use super::xml::Element;
use super::{acl, body, document, done, encryption, fault, gone, lifecycle, lock, notification, replication, web};
use crate::sandbox::{Call, Fault, Reply, World};

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
    /// A document with one value.
    Holding(&'static str, &'static str),
    Refused(&'static str, &'static str),
}

const KEPT: [Kept; 11] = [
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
        absent: Absent::Holding("Payer", "BucketOwner"),
    },
    Kept {
        name: "abac",
        root: "AbacStatus",
        absent: Absent::Holding("Status", "Disabled"),
    },
];

impl Kept {
    /// Whether it is the one of this name.
    pub(super) fn is(self, name: &str) -> bool {
        self.name == name
    }

    /// The setting that a call's query names.
    pub(super) fn of(call: &Call) -> Option<Self> {
        KEPT.into_iter().find(|kept| call.query.has(kept.name))
    }
}

pub(super) fn get(bucket: &Bucket, name: &str, kept: Kept) -> Result<Reply, Fault> {
    let element = match (bucket.settings.get(kept.name), kept.absent) {
        (Some(element), _) => element.clone(),
        (None, Absent::Holding(name, text)) => Element::new(kept.root).with_leaf(name, text),
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
    // What has a value everywhere can't be deleted, and a lock never goes.
    if kept.name == "object-lock" || !matches!(kept.absent, Absent::Refused(..)) {
        return Err(fault::not_allowed(call.method.as_str(), "BUCKET"));
    }
    bucket.settings.remove(kept.name);
    // Encryption can't be off: what remains is SSE-S3.
    if kept.name == "encryption" {
        bucket.settings.insert(kept.name.into(), encryption::default());
    }
    Ok(gone())
}

/// A setting's body, checked and completed as S3 does it.
fn checked(world: &mut World, call: &Call, name: &str, kept: Kept) -> Result<Element, Fault> {
    let element = body(call, kept.root)?;
    match kept.name {
        "encryption" => encryption::checked(&element),
        "lifecycle" => lifecycle::checked(&element, &mut world.ids),
        "cors" => web::checked_cors(element),
        "website" => web::checked_website(element),
        "logging" => checked_logging(world, name, element),
        "notification" => notification::checked(world, call, element),
        "replication" => replication::checked(world, call, name, element),
        "object-lock" => lock::checked(bucket::find(world, call, name)?, element),
        "accelerate" => checked_acceleration(name, element),
        "abac" if element.child("Status").is_none() => Err(fault::malformed_xml()),
        _ => Ok(element),
    }
}

/// The accelerated address has the bucket's name in it, and its certificate covers no further dots.
fn checked_acceleration(name: &str, element: Element) -> Result<Element, Fault> {
    if element.child("Status").is_none() {
        return Err(fault::malformed_xml());
    }
    if name.contains('.') {
        let message = "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names";
        return Err(fault::invalid_request(message));
    }
    Ok(element)
}

fn checked_logging(world: &World, name: &str, mut element: Element) -> Result<Element, Fault> {
    if let Some(enabled) = element.child("LoggingEnabled") {
        let target = enabled.get("TargetBucket").unwrap_or_default();
        let refuse =
            |message: &str| Err(fault::bad("InvalidTargetBucketForLogging", message).with("TargetBucket", target));
        let Some(bucket) = world.s3.buckets.get(&target.to_owned()) else {
            return refuse("The target bucket for logging does not exist");
        };
        if world.s3.region(name) != Some(&bucket.region) {
            return refuse("The owner for the bucket to be logged and the target bucket must be in the same location");
        }
        // Log delivery can be granted nothing where ACLs don't count.
        if enabled.child("TargetGrants").is_some() && bucket.is_enforced() {
            return refuse(
                "The target bucket has Object Ownership set to Bucket owner enforced, so target grants are not supported",
            );
        }
    }
    acl::typed_grantees(&mut element);
    Ok(element)
}
