//! The sub-resources of a bucket: what is set, what is not there, and in which words.
//!
//! Here are the settings that other calls depend on; what only has to read back is in `kept`.

use http::Method;
use serde::{Deserialize, Serialize};

use super::super::spread::Delay;
use super::bucket::{self, Bucket, Versioning};
use super::kept::{self, Kept};
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

    fn read(element: &Element) -> Result<Self, Fault> {
        let mut on = Vec::new();
        for flag in BLOCKS {
            match element.get(flag) {
                None => {}
                Some(text) if text.eq_ignore_ascii_case("true") => on.push(flag.to_owned()),
                Some(text) if text.eq_ignore_ascii_case("false") => {}
                Some(_) => return Err(fault::malformed_xml()),
            }
        }
        Ok(Self(on))
    }

    /// Whether a flag is on.
    pub(super) fn has(&self, flag: &str) -> bool {
        self.0.iter().any(|on| on == flag)
    }

    fn describe(&self) -> Element {
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
    /// Told apart by `id`, and never there.
    Identified,
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
        let identified = || {
            let names = ["analytics", "inventory", "metrics", "intelligent-tiering"];
            names
                .into_iter()
                .any(|name| has(name) && has("id"))
                .then_some(Self::Identified)
        };
        typed.or_else(kept).or_else(identified)
    }
}

pub(super) fn answer(world: &mut World, call: &Call, name: &str, sub: Sub) -> Result<Reply, Fault> {
    let bucket = bucket::find(world, call, name)?;
    if call.method != Method::GET && !world.has_spread(bucket.visible) {
        return Err(fault::no_bucket(name));
    }
    let opened = world
        .spread(Delay::PublicAccessBlock)
        .filter(|_| bucket.blocks_policies());
    let answered = apply(world, call, name, sub)?;
    if let Some(bucket) = world.s3.buckets.get(&name.to_owned())
        && opened.is_some()
        && !bucket.blocks_policies()
    {
        bucket::find_mut(world, call, name)?.opened = opened;
    }
    Ok(answered)
}

fn apply(world: &mut World, call: &Call, name: &str, sub: Sub) -> Result<Reply, Fault> {
    match (&call.method, sub) {
        (&Method::GET, sub) => get(world, call, name, sub),
        (&Method::PUT, Sub::Policy) => policy::put(world, call, name),
        (&Method::PUT, sub) => put(world, call, name, sub),
        (&Method::DELETE, sub) => delete(bucket::find_mut(world, call, name)?, call, sub),
        _ => Err(Fault::unknown_operation(call)),
    }
}

fn get(world: &World, call: &Call, name: &str, sub: Sub) -> Result<Reply, Fault> {
    let bucket = bucket::find(world, call, name)?;
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
        Sub::Acl => describe_acl(&world.account, &bucket.canned_acl),
        Sub::Kept(kept) => return kept::get(bucket, name, kept),
        Sub::Identified => {
            return Err(absent(
                "NoSuchConfiguration",
                "The specified configuration does not exist.",
            ));
        }
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

fn describe_acl(account: &str, canned: &str) -> Element {
    let grant =
        |grantee: Element, permission: &str| Element::new("Grant").with(grantee).with_leaf("Permission", permission);
    let typed = |element: Element, kind: &str| {
        let named = element.with_attribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
        named.with_attribute("xsi:type", kind)
    };
    let group = |name: &str| {
        let uri = format!("http://acs.amazonaws.com/groups/global/{name}");
        typed(Element::new("Grantee").with_leaf("URI", uri), "Group")
    };
    let mut list = Element::new("AccessControlList").with(grant(
        typed(bucket::owner(account, "Grantee"), "CanonicalUser"),
        "FULL_CONTROL",
    ));
    match canned {
        "public-read" => list = list.with(grant(group("AllUsers"), "READ")),
        "public-read-write" => {
            list = list
                .with(grant(group("AllUsers"), "READ"))
                .with(grant(group("AllUsers"), "WRITE"));
        }
        "authenticated-read" => list = list.with(grant(group("AuthenticatedUsers"), "READ")),
        _ => {}
    }
    Element::new("AccessControlPolicy")
        .with(bucket::owner(account, "Owner"))
        .with(list)
}

fn put(world: &mut World, call: &Call, name: &str, sub: Sub) -> Result<Reply, Fault> {
    if let Sub::Kept(kept) = sub {
        return kept::put(world, call, name, kept);
    }
    let bucket = bucket::find_mut(world, call, name)?;
    match sub {
        Sub::Tagging => {
            bucket.tags = tagging::replace(&bucket.tags, &body(call, "Tagging")?)?;
            return Ok(gone());
        }
        Sub::Block => bucket.block = Some(Block::read(&body(call, "PublicAccessBlockConfiguration")?)?),
        Sub::Ownership => set_ownership(bucket, &body(call, "OwnershipControls")?)?,
        Sub::Versioning => set_versioning(bucket, &body(call, "VersioningConfiguration")?)?,
        Sub::Acl => set_acl(bucket, call)?,
        Sub::Policy | Sub::PolicyStatus | Sub::Kept(_) | Sub::Identified => return Err(Fault::unknown_operation(call)),
    }
    Ok(done())
}

fn set_ownership(bucket: &mut Bucket, element: &Element) -> Result<(), Fault> {
    let wanted = element
        .child("Rule")
        .and_then(|rule| Ownership::parse(rule.get("ObjectOwnership")?));
    let wanted = wanted.ok_or_else(fault::malformed_xml)?;
    if wanted == Ownership::BucketOwnerEnforced && bucket.canned_acl != "private" {
        return Err(fault::bad(
            "InvalidBucketAclWithObjectOwnership",
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
        ));
    }
    bucket.ownership = Some(wanted);
    Ok(())
}

fn set_versioning(bucket: &mut Bucket, element: &Element) -> Result<(), Fault> {
    let wanted = match element.get("Status") {
        Some("Enabled") => Versioning::Enabled,
        Some("Suspended") => Versioning::Suspended,
        _ => {
            return Err(fault::bad(
                "IllegalVersioningConfigurationException",
                "The Versioning element must be specified",
            ));
        }
    };
    if wanted == Versioning::Suspended && bucket.settings.contains_key("object-lock") {
        let message =
            "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.";
        return Err(fault::conflict("InvalidBucketState", message));
    }
    bucket.versioning = Some(wanted);
    Ok(())
}

fn set_acl(bucket: &mut Bucket, call: &Call) -> Result<(), Fault> {
    if bucket.ownership == Some(Ownership::BucketOwnerEnforced) {
        return Err(fault::bad(
            "AccessControlListNotSupported",
            "The bucket does not allow ACLs",
        ));
    }
    let Some(canned) = call.header("x-amz-acl") else {
        return Err(Fault::unknown_operation(call));
    };
    let is_public = canned.starts_with("public-") || canned == "authenticated-read";
    if is_public && bucket.block.as_ref().is_some_and(|block| block.has("BlockPublicAcls")) {
        return Err(fault::denied("Access Denied"));
    }
    if !is_public && canned != "private" {
        return Err(fault::invalid_argument("x-amz-acl", ""));
    }
    bucket.canned_acl = canned.to_owned();
    Ok(())
}

fn delete(bucket: &mut Bucket, call: &Call, sub: Sub) -> Result<Reply, Fault> {
    match sub {
        Sub::Policy => bucket.policy = None,
        Sub::Tagging => {
            bucket.tags = tagging::replace(&bucket.tags, &Element::new("Tagging").with(Element::new("TagSet")))?
        }
        // Without controls, ACLs count again and writers own what they write.
        Sub::Ownership => bucket.ownership = None,
        Sub::Block => bucket.block = None,
        Sub::Kept(kept) => return kept::delete(bucket, call, kept),
        Sub::Identified | Sub::PolicyStatus | Sub::Versioning | Sub::Acl => return Err(Fault::unknown_operation(call)),
    }
    Ok(gone())
}
