//! The sub-resources of a bucket: what is set, what is not there, and in which words.
//!
//! Here are the settings that other calls depend on; what only has to read back is in `kept`.

use http::Method;
use serde::{Deserialize, Serialize};

use super::super::spread::Delay;
use super::acl::{self, Acl};
use super::bucket::{self, Bucket, Versioning};
use super::kept::{self, Kept};
use super::listed::{self, Listed};
use super::xml::Element;
use super::{body, document, done, fault, gone, policy, tagging};
use crate::sandbox::{Call, Fault, Reply, World};

/// Who owns objects, and whether ACLs count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Ownership {
    BucketOwnerEnforced,
    BucketOwnerPreferred,
    ObjectWriter,
}

impl Ownership {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "BucketOwnerEnforced" => Some(Self::BucketOwnerEnforced),
            "BucketOwnerPreferred" => Some(Self::BucketOwnerPreferred),
            "ObjectWriter" => Some(Self::ObjectWriter),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::BucketOwnerEnforced => "BucketOwnerEnforced",
            Self::BucketOwnerPreferred => "BucketOwnerPreferred",
            Self::ObjectWriter => "ObjectWriter",
        }
    }
}

const BLOCKS: [&str; 4] = [
    "BlockPublicAcls",
    "IgnorePublicAcls",
    "BlockPublicPolicy",
    "RestrictPublicBuckets",
];

/// The names of the public access block's flags that are on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Block(Vec<String>);

impl Block {
    /// All four, as every new bucket has had since April 2023.
    pub(super) fn everything() -> Self {
        Self(BLOCKS.map(str::to_owned).to_vec())
    }

    pub(super) fn read(element: &Element) -> Result<Self, Fault> {
        let mut on = Vec::new();
        for flag in BLOCKS {
            match element.get(flag) {
                None => {}
                Some(text) if text.eq_ignore_ascii_case("true") || text == "1" => on.push(flag.to_owned()),
                Some(_) => {}
            }
        }
        Ok(Self(on))
    }

    /// Whether a flag is on.
    pub(super) fn has(&self, flag: &str) -> bool {
        self.0.iter().any(|on| on == flag)
    }

    pub(super) fn describe(&self) -> Element {
        let flags = BLOCKS.iter().map(|flag| Element::leaf(flag, self.has(flag)));
        Element::new("PublicAccessBlockConfiguration").with_all(flags)
    }
}

/// One sub-resource, by its name in the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sub {
    Policy,
    PolicyStatus,
    Tagging,
    Block,
    Ownership,
    Versioning,
    Acl,
    Kept(Kept),
    Listed(Listed),
}

impl Sub {
    /// The sub-resource that a call is about.
    pub(super) fn of(call: &Call) -> Option<Self> {
        const TYPED: [(&str, Sub); 7] = [
            ("policy", Sub::Policy),
            ("policyStatus", Sub::PolicyStatus),
            ("tagging", Sub::Tagging),
            ("publicAccessBlock", Sub::Block),
            ("ownershipControls", Sub::Ownership),
            ("versioning", Sub::Versioning),
            ("acl", Sub::Acl),
        ];
        let has = |name: &str| call.query.has(name);
        let typed = TYPED.into_iter().find(|(name, _)| has(name)).map(|(_, sub)| sub);
        let kept = || Kept::of(call).map(Self::Kept);
        typed.or_else(kept).or_else(|| Listed::of(call).map(Self::Listed))
    }

    /// Whether writes of two of these collide when they follow at once on each other (OperationAborted).
    fn collides(self) -> bool {
        let is_encryption = |kept: Kept| kept.is("encryption");
        matches!(self, Self::Policy | Self::Block | Self::Ownership)
            || matches!(self, Self::Kept(kept) if is_encryption(kept))
    }
}

pub(super) fn answer(world: &mut World, call: &Call, name: &str, sub: Sub) -> Result<Reply, Fault> {
    if call.method == Method::GET {
        return get(world, call, name, sub);
    }
    let bucket = bucket::find(world, call, name)?;
    if !world.has_spread(bucket.visible) {
        return Err(fault::no_bucket(name));
    }
    if sub.collides() && !world.has_spread(bucket.busy) {
        return Err(fault::in_progress());
    }
    let was_blocked = bucket.blocks("BlockPublicPolicy");
    let answered = change(world, call, name, sub)?;
    let opened = world.spread(Delay::PublicAccessBlock);
    let busy = world.spread(Delay::BucketSettings).filter(|_| sub.collides());
    if opened.is_some() || busy.is_some() {
        let bucket = bucket::find_mut(world, call, name)?;
        bucket.busy = busy;
        if was_blocked && !bucket.blocks("BlockPublicPolicy") {
            bucket.opened = opened;
        }
    }
    Ok(answered)
}

fn change(world: &mut World, call: &Call, name: &str, sub: Sub) -> Result<Reply, Fault> {
    match (&call.method, sub) {
        (_, Sub::Listed(listed)) => listed::change(world, call, name, listed),
        (&Method::PUT, Sub::Policy) => policy::put(world, call, name),
        (&Method::PUT, sub) => put(world, call, name, sub),
        (&Method::DELETE, sub) => delete(bucket::find_mut(world, call, name)?, call, sub),
        _ => Err(fault::not_allowed(call.method.as_str(), "BUCKET")),
    }
}

fn get(world: &World, call: &Call, name: &str, sub: Sub) -> Result<Reply, Fault> {
    let bucket = bucket::seen(world, call, name)?;
    let absent = |code: &str, message: &str| fault::absent(code, message).with("BucketName", name);
    let element = match sub {
        Sub::Policy => return policy::get(world, bucket, name),
        Sub::PolicyStatus => policy::status(bucket, name)?,
        Sub::Tagging if bucket.tags.is_empty() => return Err(absent("NoSuchTagSet", "The TagSet does not exist")),
        Sub::Tagging => tagging::describe(&bucket.tags),
        Sub::Block => bucket.block.as_ref().map(Block::describe).ok_or_else(|| {
            absent(
                "NoSuchPublicAccessBlockConfiguration",
                "The public access block configuration was not found",
            )
        })?,
        Sub::Ownership => {
            let ownership = bucket.ownership.ok_or_else(|| {
                absent(
                    "OwnershipControlsNotFoundError",
                    "The bucket ownership controls were not found",
                )
            })?;
            let rule = Element::new("Rule").with_leaf("ObjectOwnership", ownership.name());
            Element::new("OwnershipControls").with(rule)
        }
        Sub::Versioning => describe_versioning(bucket.versioning),
        Sub::Acl => bucket.acl.describe(&world.account),
        Sub::Kept(kept) => return kept::get(bucket, name, kept),
        Sub::Listed(listed) => return listed::get(bucket, call, name, listed),
    };
    Ok(document(&element))
}

fn describe_versioning(versioning: Option<Versioning>) -> Element {
    let element = Element::new("VersioningConfiguration");
    match versioning {
        // A bucket that never had versioning shows no Status at all.
        None => element,
        Some(Versioning::Enabled) => element.with_leaf("Status", "Enabled"),
        Some(Versioning::Suspended) => element.with_leaf("Status", "Suspended"),
    }
}

fn put(world: &mut World, call: &Call, name: &str, sub: Sub) -> Result<Reply, Fault> {
    if let Sub::Kept(kept) = sub {
        return kept::put(world, call, name, kept);
    }
    let account = world.account.clone();
    let blocks_acls = world.s3.blocks(bucket::find(world, call, name)?, "BlockPublicAcls");
    let bucket = bucket::find_mut(world, call, name)?;
    match sub {
        Sub::Tagging if has_abac(bucket) => return Err(by_tag_resource()),
        Sub::Tagging => {
            bucket.tags = tagging::replace(&bucket.tags, &body(call, "Tagging")?)?;
            return Ok(gone());
        }
        Sub::Block => bucket.block = Some(Block::read(&body(call, "PublicAccessBlockConfiguration")?)?),
        Sub::Ownership => set_ownership(bucket, &account, &body(call, "OwnershipControls")?)?,
        Sub::Versioning => set_versioning(bucket, call, &body(call, "VersioningConfiguration")?)?,
        Sub::Acl if bucket.is_enforced() => return Err(acl_refused()),
        Sub::Acl => {
            let acl = Acl::put(call, &account, acl::Of::Bucket)?;
            if acl.is_public() && blocks_acls {
                return Err(acl_blocked(call, "s3:PutBucketAcl", &format!("arn:aws:s3:::{name}")));
            }
            bucket.acl = acl;
        }
        Sub::Policy | Sub::PolicyStatus | Sub::Kept(_) | Sub::Listed(_) => {
            return Err(fault::not_allowed(call.method.as_str(), "BUCKETPOLICY"));
        }
    }
    Ok(done())
}

/// Where objects and buckets belong to the bucket's owner, ACLs can be read but not written.
pub(super) fn acl_refused() -> Fault {
    fault::bad("AccessControlListNotSupported", "The bucket does not allow ACLs")
}

pub(super) fn acl_blocked(call: &Call, action: &str, resource: &str) -> Fault {
    fault::denied(format!(
        "User: {} is not authorized to perform: {action} on resource: \"{resource}\" because public ACLs are prevented by the \
         BlockPublicAcls setting in S3 Block Public Access.",
        call.caller.arn
    ))
}

fn has_abac(bucket: &Bucket) -> bool {
    bucket.settings.get("abac").and_then(|status| status.get("Status")) == Some("Enabled")
}

/// With ABAC, tags are written by TagResource and UntagResource; the code is not confirmed.
fn by_tag_resource() -> Fault {
    let message = "This operation is not supported for buckets with attribute-based access control (ABAC) enabled. Use the \
                   TagResource and UntagResource operations instead.";
    fault::invalid_request(message)
}

fn set_ownership(bucket: &mut Bucket, account: &str, element: &Element) -> Result<(), Fault> {
    let wanted = element
        .child("Rule")
        .and_then(|rule| Ownership::parse(rule.get("ObjectOwnership")?));
    let wanted = wanted.ok_or_else(fault::malformed_xml)?;
    if wanted == Ownership::BucketOwnerEnforced && !bucket.acl.is_private(account) {
        return Err(fault::bad(
            "InvalidBucketAclWithObjectOwnership",
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
        ));
    }
    bucket.ownership = Some(wanted);
    Ok(())
}

fn set_versioning(bucket: &mut Bucket, call: &Call, element: &Element) -> Result<(), Fault> {
    // MFA delete is the root user's, with a device, and the sandbox has neither.
    if element.get("MfaDelete") == Some("Enabled") || call.header("x-amz-mfa").is_some() {
        return Err(fault::denied("Mfa Authentication must be used for this request"));
    }
    let wanted = match element.get("Status") {
        Some("Enabled") => Versioning::Enabled,
        Some(_) => Versioning::Suspended,
        None => {
            return Err(fault::bad(
                "IllegalVersioningConfigurationException",
                "The Versioning element must be specified",
            ));
        }
    };
    if wanted == Versioning::Suspended && bucket.locks() {
        let message =
            "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.";
        return Err(fault::conflict("InvalidBucketState", message));
    }
    if wanted == Versioning::Suspended && bucket.settings.contains_key("replication") {
        let message = "A replication configuration is present on this bucket, so you cannot change the versioning state. To \
                       change the versioning state, first delete the replication configuration.";
        return Err(fault::conflict("InvalidBucketState", message));
    }
    bucket.versioning = Some(wanted);
    Ok(())
}

fn delete(bucket: &mut Bucket, call: &Call, sub: Sub) -> Result<Reply, Fault> {
    match sub {
        Sub::Policy => bucket.policy = None,
        Sub::Tagging if has_abac(bucket) => return Err(by_tag_resource()),
        Sub::Tagging => bucket.tags = tagging::replaced(&bucket.tags, tagging::Tags::new())?,
        // Without controls, ACLs count again and writers own what they write.
        Sub::Ownership => bucket.ownership = None,
        Sub::Block => bucket.block = None,
        Sub::Kept(kept) => return kept::delete(bucket, call, kept),
        Sub::Listed(_) | Sub::PolicyStatus | Sub::Versioning | Sub::Acl => {
            return Err(fault::not_allowed(call.method.as_str(), "BUCKET"));
        }
    }
    Ok(gone())
}
