//! Buckets: how they come, what they are born with, and how they go.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::spread::Delay;
use super::kept::default_encryption;
use super::naming::is_bucket_name;
use super::policy::Policy;
use super::settings::{Block, Ownership};
use super::xml::Element;
use super::{body, document, done, fault, gone, tagging};
use crate::sandbox::{Call, Due, Fault, Moment, Reply, World, paging};

/// A bucket as the account keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Bucket {
    pub(super) region: String,
    pub(super) created: Moment,
    /// When settings can be put; a new bucket may still be unknown to them (NoSuchBucket).
    pub(super) visible: Option<Due>,
    pub(super) ownership: Option<Ownership>,
    pub(super) block: Option<Block>,
    /// When the block for public policies has really gone, since it was taken off.
    pub(super) opened: Option<Due>,
    /// `None` until versioning is first enabled; it can be suspended later but never be taken off.
    pub(super) versioning: Option<Versioning>,
    pub(super) policy: Option<Policy>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) canned_acl: String,
    /// Settings that are kept as they came, by the name of their sub-resource.
    pub(super) settings: BTreeMap<String, Element>,
}

impl Bucket {
    /// Whether public policies are refused.
    pub(super) fn blocks_policies(&self) -> bool {
        self.block.as_ref().is_some_and(|block| block.has("BlockPublicPolicy"))
    }
}

/// Whether a bucket keeps versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Versioning {
    Enabled,
    Suspended,
}

/// The bucket that a call is about, if the call is at the right place and means the right owner.
pub(super) fn find<'a>(world: &'a World, call: &Call, name: &str) -> Result<&'a Bucket, Fault> {
    check_owner(world, call)?;
    let bucket = world
        .s3
        .buckets
        .get(&name.to_owned())
        .ok_or_else(|| fault::no_bucket(name))?;
    if bucket.region != call.region {
        return Err(fault::elsewhere(name, &bucket.region));
    }
    Ok(bucket)
}

/// The bucket that a call is about, to change it.
pub(super) fn find_mut<'a>(world: &'a mut World, call: &Call, name: &str) -> Result<&'a mut Bucket, Fault> {
    find(world, call, name)?;
    world
        .s3
        .buckets
        .get_mut(&name.to_owned())
        .ok_or_else(|| fault::no_bucket(name))
}

/// Every bucket here is this account's, so another expected owner is always wrong (AccessDenied).
fn check_owner(world: &World, call: &Call) -> Result<(), Fault> {
    match call.header("x-amz-expected-bucket-owner") {
        Some(owner) if owner != world.account => Err(fault::denied("Access Denied")),
        Some(_) | None => Ok(()),
    }
}

pub(super) fn create(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    if !is_bucket_name(name) {
        return Err(fault::bad("InvalidBucketName", "The specified bucket is not valid.").with("BucketName", name));
    }
    let configuration = match call.body.is_empty() {
        true => Element::new("CreateBucketConfiguration"),
        false => body(call, "CreateBucketConfiguration")?,
    };
    check_location(&call.region, configuration.get("LocationConstraint"))?;
    let location = format!("/{name}");
    if let Some(bucket) = world.s3.buckets.get_mut(&name.to_owned()) {
        // In us-east-1, and only there, a repeated create is a success that resets the ACL.
        if bucket.region == "us-east-1" && call.region == "us-east-1" {
            bucket.canned_acl = "private".into();
            return Ok(done().header("location", &location));
        }
        let message = "Your previous request to create the named bucket succeeded and you already own it.";
        return Err(fault::conflict("BucketAlreadyOwnedByYou", message).with("BucketName", name));
    }
    let mut bucket = Bucket {
        region: call.region.clone(),
        created: world.clock.now(),
        visible: world.spread(Delay::Bucket),
        ownership: Some(ownership(call)?),
        block: Some(Block::everything()),
        opened: None,
        versioning: None,
        policy: None,
        tags: BTreeMap::new(),
        canned_acl: "private".into(),
        settings: BTreeMap::from([("encryption".to_owned(), default_encryption())]),
    };
    if let Some(tags) = configuration.child("Tags") {
        bucket.tags = tagging::read(tags)?;
    }
    if call
        .header("x-amz-bucket-object-lock-enabled")
        .is_some_and(|text| text.eq_ignore_ascii_case("true"))
    {
        bucket.versioning = Some(Versioning::Enabled);
        let lock = Element::new("ObjectLockConfiguration").with_leaf("ObjectLockEnabled", "Enabled");
        bucket.settings.insert("object-lock".into(), lock);
    }
    world.s3.buckets.insert(name.to_owned(), bucket);
    Ok(done()
        .header("location", &location)
        .header("x-amz-bucket-arn", &format!("arn:aws:s3:::{name}")))
}

fn check_location(region: &str, constraint: Option<&str>) -> Result<(), Fault> {
    let constraint = constraint
        .filter(|text| !text.is_empty())
        .map(|text| if text == "EU" { "eu-west-1" } else { text });
    let named = match constraint {
        None if region == "us-east-1" => return Ok(()),
        // us-east-1 is the absence of a constraint, never its value.
        Some("us-east-1") => {
            return Err(fault::bad(
                "InvalidLocationConstraint",
                "The specified location-constraint is not valid",
            ));
        }
        Some(constraint) if constraint == region => return Ok(()),
        Some(constraint) => constraint,
        None => "unspecified",
    };
    let message = format!(
        "The {named} location constraint is incompatible for the region specific endpoint this request was sent to."
    );
    Err(fault::bad("IllegalLocationConstraintException", message))
}

fn ownership(call: &Call) -> Result<Ownership, Fault> {
    let ownership = match call.header("x-amz-object-ownership") {
        Some(text) => Ownership::parse(text).ok_or_else(|| fault::invalid_argument("x-amz-object-ownership", text))?,
        None => Ownership::BucketOwnerEnforced,
    };
    let is_open = call.header("x-amz-acl").is_some_and(|acl| acl != "private");
    if is_open && ownership == Ownership::BucketOwnerEnforced {
        return Err(fault::bad(
            "InvalidBucketAclWithObjectOwnership",
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
        ));
    }
    Ok(ownership)
}

pub(super) fn head(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let bucket = find(world, call, name)?;
    let reply = done()
        .header("x-amz-bucket-region", &bucket.region)
        .header("x-amz-access-point-alias", "false");
    Ok(reply.header("x-amz-bucket-arn", &format!("arn:aws:s3:::{name}")))
}

pub(super) fn delete(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    find(world, call, name)?;
    // Versions and delete markers count too.
    if let Some((_, object)) = world.s3.in_bucket(name).next() {
        let message = match object.is_plain() {
            true => "The bucket you tried to delete is not empty",
            false => "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
        };
        return Err(fault::conflict("BucketNotEmpty", message).with("BucketName", name));
    }
    world.s3.buckets.remove(&name.to_owned());
    Ok(gone())
}

/// Asked from any Region; no text at all stands for us-east-1.
pub(super) fn location(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    check_owner(world, call)?;
    let region = world.s3.region(name).ok_or_else(|| fault::no_bucket(name))?;
    let shown = if region == "us-east-1" { "" } else { region };
    Ok(document(&Element::leaf("LocationConstraint", shown)))
}

pub(super) fn list(world: &World, call: &Call) -> Result<Reply, Fault> {
    let prefix = call.query.get("prefix").unwrap_or_default();
    let region = call.query.get("bucket-region");
    let size = match call.query.get("max-buckets") {
        Some(text) => text
            .parse()
            .ok()
            .filter(|size| (1..=10_000).contains(size))
            .ok_or_else(|| {
                fault::invalid_argument(
                    "max-buckets",
                    "Argument max-buckets must be an integer between 1 and 10000",
                )
            })?,
        None => 10_000,
    };
    let wanted = world
        .s3
        .buckets
        .iter()
        .filter(|(name, bucket)| name.starts_with(prefix) && region.is_none_or(|region| region == bucket.region));
    let wanted = wanted.map(|(name, bucket)| (name.clone(), (name, bucket)));
    let page = paging::cut(wanted, call.query.get("continuation-token"), size);
    let page = page
        .map_err(|_| fault::invalid_argument("continuation-token", "The continuation token provided is incorrect"))?;
    // The Region is only shown to requests with a parameter.
    let shows_region = ["prefix", "bucket-region", "max-buckets", "continuation-token"];
    let shows_region = shows_region.iter().any(|name| call.query.has(name));
    let buckets = page.items.into_iter().map(|(name, bucket)| {
        let shown = Element::new("Bucket")
            .with_leaf("Name", name)
            .with_leaf("CreationDate", bucket.created.millis());
        if shows_region {
            shown.with_leaf("BucketRegion", &bucket.region)
        } else {
            shown
        }
    });
    let mut answer = Element::new("ListAllMyBucketsResult")
        .with(owner(&world.account, "Owner"))
        .with(Element::new("Buckets").with_all(buckets));
    if call.query.has("prefix") {
        answer = answer.with_leaf("Prefix", prefix);
    }
    if let Some(next) = page.next {
        answer = answer.with_leaf("ContinuationToken", next);
    }
    Ok(document(&answer))
}

/// The account as S3 names owners: by a canonical id of 64 digits.
pub(super) fn owner(account: &str, element: &str) -> Element {
    let id: String = Sha256::digest(account)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Element::new(element).with_leaf("ID", id)
}
