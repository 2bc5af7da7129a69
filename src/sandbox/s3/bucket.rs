//! Buckets: how they come, what they are born with, and how they go.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::spread::Delay;
use super::acl::{self, Acl};
use super::address;
use super::encryption;
use super::naming;
use super::policy::Policy;
use super::settings::{Block, Ownership};
use super::xml::{Element, NAMESPACE};
use super::{body, document, done, fault, gone, public, tagging};
use crate::sandbox::{Call, Due, Fault, Moment, Reply, World, Xml, paging};

/// A bucket as the account keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Bucket {
    pub(super) region: String,
    /// `EU`, if that was said at creation for eu-west-1; it reads back so.
    #[serde(default)]
    pub(super) old_name: Option<String>,
    pub(super) created: Moment,
    /// When settings can be put; a new bucket may still be unknown to them (NoSuchBucket).
    pub(super) visible: Option<Due>,
    pub(super) ownership: Option<Ownership>,
    pub(super) block: Option<Block>,
    /// When the block for public policies has really gone, since it was taken off.
    pub(super) opened: Option<Due>,
    /// Until when another write of settings collides with the last one (OperationAborted).
    #[serde(default)]
    pub(super) busy: Option<Due>,
    /// `None` until versioning is first enabled; it can be suspended later but never be taken off.
    pub(super) versioning: Option<Versioning>,
    pub(super) policy: Option<Policy>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) acl: Acl,
    /// Settings that are kept as they came, by the name of their sub-resource.
    pub(super) settings: BTreeMap<String, Element>,
    /// Settings of which there may be many: by the name of their sub-resource, then by id.
    #[serde(default)]
    pub(super) listed: BTreeMap<String, BTreeMap<String, Element>>,
}

impl Bucket {
    /// Whether a flag of the bucket's own public access block is on.
    pub(super) fn blocks(&self, flag: &str) -> bool {
        self.block.as_ref().is_some_and(|block| block.has(flag))
    }

    /// Whether the bucket takes no ACLs.
    pub(super) fn is_enforced(&self) -> bool {
        self.ownership == Some(Ownership::BucketOwnerEnforced)
    }

    /// Whether objects can be locked in it.
    pub(super) fn locks(&self) -> bool {
        self.settings.contains_key("object-lock")
    }
}

/// Whether a bucket keeps versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Versioning {
    Enabled,
    Suspended,
}

/// What became of a bucket that is gone: in which Region its name was, and until when it can't be used in another, or
/// there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Released {
    region: String,
    until: Due,
    #[serde(default)]
    here: Option<Due>,
}

/// The bucket that a call is about, if the call is at the right place and means the right owner.
pub(super) fn find<'a>(world: &'a World, call: &Call, name: &str) -> Result<&'a Bucket, Fault> {
    admit(world, call, name, world.s3.buckets.get(&name.to_owned()))
}

/// The bucket as readers of its configuration find it: with lag perhaps not yet, or still.
pub(super) fn seen<'a>(world: &'a World, call: &Call, name: &str) -> Result<&'a Bucket, Fault> {
    admit(world, call, name, world.s3.buckets.seen(&name.to_owned(), &world.clock))
}

fn admit<'a>(world: &World, call: &Call, name: &str, bucket: Option<&'a Bucket>) -> Result<&'a Bucket, Fault> {
    let bucket = bucket.ok_or_else(|| naming::unknown(name))?;
    if bucket.region != call.region {
        return Err(misdirected(world, call, name, bucket));
    }
    check_owner(world, call)?;
    Ok(bucket)
}

/// A request that went to the wrong place is sent on; one that found the place has the wrong Region in its signature.
fn misdirected(world: &World, call: &Call, name: &str, bucket: &Bucket) -> Fault {
    if address::leads_to(&call.host, &bucket.region) {
        fault::signed_elsewhere(&call.region, &bucket.region)
    } else if world.has_spread(bucket.visible) {
        fault::elsewhere(name, &bucket.region)
    } else {
        fault::elsewhere_for_now(name, &bucket.region)
    }
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

/// How many buckets an account has at most, by default.
const MOST: usize = 10_000;

/// Names of buckets that everybody knows to be somebody else's (BucketAlreadyExists).
const FOREIGN: [&str; 4] = ["amazon", "aws", "google", "microsoft"];

/// The same for the source of a copy.
pub(super) fn check_source_owner(world: &World, call: &Call) -> Result<(), Fault> {
    match call.header("x-amz-source-expected-bucket-owner") {
        Some(owner) if owner != world.account => Err(fault::denied("Access Denied")),
        Some(_) | None => Ok(()),
    }
}

pub(super) fn create(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    naming::check(world, call, name)?;
    let configuration = match call.body.is_empty() {
        true => Element::new("CreateBucketConfiguration"),
        false => body(call, "CreateBucketConfiguration")?,
    };
    let region = location_asked(call, configuration.get("LocationConstraint"))?;
    let tags = configuration.child("Tags").map(tagging::new_bucket).transpose()?;
    let ownership = ownership(call)?;
    let acl = first_acl(world, call, ownership)?;
    let location = if region == "us-east-1" {
        format!("/{name}")
    } else {
        format!("http://{name}.s3.amazonaws.com/")
    };
    if FOREIGN.contains(&name) {
        let message = "The requested bucket name is not available. The bucket namespace is shared by all users of the \
                       system. Please select a different name and try again.";
        return Err(fault::conflict("BucketAlreadyExists", message).with("BucketName", name));
    }
    if let Some(bucket) = world.s3.buckets.get_mut(&name.to_owned()) {
        // In us-east-1, and only there, a repeated create is a success that resets the ACL.
        if bucket.region == "us-east-1" && call.region == "us-east-1" {
            bucket.acl = acl;
            return Ok(created(name, &location));
        }
        let message = "Your previous request to create the named bucket succeeded and you already own it.";
        return Err(fault::conflict("BucketAlreadyOwnedByYou", message).with("BucketName", name));
    }
    take_name(world, name, &region)?;
    if world.s3.buckets.len() >= MOST {
        let message = "You have attempted to create more buckets than allowed";
        return Err(fault::bad("TooManyBuckets", message));
    }
    let locks = call.header("x-amz-bucket-object-lock-enabled");
    let locks = locks.is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let asked = configuration.get("LocationConstraint");
    let mut bucket = Bucket {
        region,
        old_name: asked.filter(|asked| *asked == "EU").map(str::to_owned),
        created: world.clock.now(),
        visible: world.spread(Delay::Bucket),
        ownership: Some(ownership),
        block: Some(Block::everything()),
        opened: None,
        busy: None,
        versioning: None,
        policy: None,
        tags: tags.unwrap_or_default(),
        acl,
        settings: BTreeMap::from([("encryption".to_owned(), encryption::default())]),
        listed: BTreeMap::new(),
    };
    if locks {
        bucket.versioning = Some(Versioning::Enabled);
        let lock = Element::new("ObjectLockConfiguration").with_leaf("ObjectLockEnabled", "Enabled");
        bucket.settings.insert("object-lock".into(), lock);
    }
    world.s3.buckets.insert(name.to_owned(), bucket);
    Ok(created(name, &location))
}

fn created(name: &str, location: &str) -> Reply {
    let reply = done().header("location", location);
    reply.header("x-amz-bucket-arn", &format!("arn:aws:s3:::{name}"))
}

/// A name that was just given up can't be used in another Region at once, and now and then not in its own
/// (OperationAborted; aws/aws-cli#2593).
fn take_name(world: &mut World, name: &str, region: &str) -> Result<(), Fault> {
    if let Some(released) = world.s3.released.get(&name.to_owned()) {
        let is_free = match released.region == region {
            true => world.has_spread(released.here),
            false => released.until.has_come(&world.clock),
        };
        if !is_free {
            return Err(fault::in_progress());
        }
        world.s3.released.remove(&name.to_owned());
    }
    Ok(())
}

fn first_acl(world: &World, call: &Call, ownership: Ownership) -> Result<Acl, Fault> {
    let Some(acl) = Acl::asked(call, &world.account, acl::Of::Bucket)? else {
        return Ok(Acl::private(&world.account));
    };
    if ownership == Ownership::BucketOwnerEnforced && !acl.is_private(&world.account) {
        let message = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting";
        return Err(fault::bad("InvalidBucketAclWithObjectOwnership", message));
    }
    // Every new bucket blocks public ACLs.
    if acl.is_public() {
        let message = "Bucket cannot have public ACLs set with BlockPublicAccess enabled";
        return Err(fault::bad("InvalidBucketAclWithBlockPublicAccessError", message));
    }
    Ok(acl)
}

/// The Region in which the bucket shall be.
fn location_asked(call: &Call, constraint: Option<&str>) -> Result<String, Fault> {
    let region = &call.region;
    let constraint = constraint
        .filter(|text| !text.is_empty())
        .map(|text| if text == "EU" { "eu-west-1" } else { text });
    let named = match constraint {
        None if region == "us-east-1" => return Ok(region.clone()),
        Some(constraint) if constraint == region && region != "us-east-1" => return Ok(region.clone()),
        // us-east-1 is the absence of a constraint, never its value.
        Some(constraint) if !naming::is_location(constraint) => {
            let message = "The specified location-constraint is not valid";
            return Err(fault::bad("InvalidLocationConstraint", message).with("LocationConstraint", constraint));
        }
        // The global endpoint makes buckets everywhere, the Regions' own ones only at home.
        Some(constraint) if address::is_global(&call.host) => return Ok(constraint.to_owned()),
        Some(constraint) => constraint,
        None => "unspecified",
    };
    let message = format!(
        "The {named} location constraint is incompatible for the region specific endpoint this request was sent to."
    );
    Err(fault::bad("IllegalLocationConstraintException", message))
}

fn ownership(call: &Call) -> Result<Ownership, Fault> {
    match call.header("x-amz-object-ownership") {
        Some(text) => Ownership::parse(text).ok_or_else(|| {
            let message = format!("Invalid x-amz-object-ownership header: {text}");
            fault::argument("x-amz-object-ownership", text, message)
        }),
        None => Ok(Ownership::BucketOwnerEnforced),
    }
}

pub(super) fn head(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let bucket = seen(world, call, name)?;
    let reply = done()
        .header("x-amz-bucket-region", &bucket.region)
        .header("x-amz-access-point-alias", "false");
    Ok(reply.header("x-amz-bucket-arn", &format!("arn:aws:s3:::{name}")))
}

pub(super) fn delete(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let bucket = find(world, call, name)?;
    if let Some(policy) = &bucket.policy {
        public::refuse_deletion(call, policy.document(), name)?;
    }
    let region = bucket.region.clone();
    // Versions and delete markers count too.
    if let Some((_, object)) = world.s3.in_bucket(name).next() {
        let message = match object.is_plain() {
            true => "The bucket you tried to delete is not empty",
            false => "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
        };
        return Err(fault::conflict("BucketNotEmpty", message).with("BucketName", name));
    }
    world.s3.buckets.remove(&name.to_owned());
    world.s3.forget_uploads(name);
    if let Some(until) = world.spread(Delay::BucketName) {
        let here = world.spread(Delay::OwnBucketName);
        let released = Released { region, until, here };
        world.s3.released.insert(name.to_owned(), released);
    }
    Ok(gone())
}

/// Asked from any Region; no text at all stands for us-east-1.
pub(super) fn location(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let bucket = world.s3.buckets.seen(&name.to_owned(), &world.clock);
    let found = bucket.ok_or_else(|| naming::unknown(name))?;
    let region = found.region.as_str();
    check_owner(world, call)?;
    let shown = match &found.old_name {
        Some(name) => name,
        None if region == "us-east-1" => "",
        None => region,
    };
    Ok(document(&Element::leaf("LocationConstraint", shown)))
}

pub(super) fn list(world: &World, call: &Call) -> Result<Reply, Fault> {
    let prefix = call.query.get("prefix").unwrap_or_default();
    let region = call.query.get("bucket-region");
    if let Some(region) = region.filter(|region| **region != *call.region) {
        // Buckets of one Region are asked for at that Region's endpoint.
        let message = "Argument value provided for bucket-region does not match the region of the endpoint";
        return Err(fault::argument("bucket-region", region, message));
    }
    let size = match call.query.get("max-buckets") {
        Some(text) => {
            let size = text.parse().ok().filter(|size| (1..=10_000).contains(size));
            let message = "Argument max-buckets must be an integer between 1 and 10000";
            size.ok_or_else(|| fault::argument("max-buckets", text, message))?
        }
        None => 10_000,
    };
    let buckets = world.s3.buckets.all_seen(&world.clock);
    let wanted = buckets
        .filter(|(name, bucket)| name.starts_with(prefix) && region.is_none_or(|region| region == bucket.region));
    let wanted = wanted.map(|(name, bucket)| (name, (name, bucket)));
    let page = paging::cut(wanted, call.query.get("continuation-token"), size);
    let page = page
        .map_err(|_| fault::invalid_argument("continuation-token", "The continuation token provided is incorrect"))?;
    // The Region is only shown to requests with a parameter.
    let shows_region = ["prefix", "bucket-region", "max-buckets", "continuation-token"];
    let shows_region = shows_region.iter().any(|name| call.query.has(name));
    let shows_region = if shows_region {
        ShowsRegion::Yes
    } else {
        ShowsRegion::No
    };
    Ok(Reply::xml(Xml::document("ListAllMyBucketsResult", NAMESPACE, |xml| {
        xml.element("Owner", |xml| {
            xml.text("ID", canonical_id(&world.account));
        });
        xml.element("Buckets", |xml| {
            for (name, bucket) in &page.items {
                write_listed(xml, name, bucket, shows_region);
            }
        });
        xml.optional("Prefix", call.query.get("prefix"));
        xml.optional("ContinuationToken", page.next.as_ref());
    })))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ShowsRegion {
    No,
    Yes,
}

fn write_listed(xml: &mut Xml, name: &str, bucket: &Bucket, shows_region: ShowsRegion) {
    xml.element("Bucket", |xml| {
        xml.text("Name", name)
            .text("CreationDate", bucket.created.whole_seconds());
        let region = Some(&bucket.region).filter(|_| shows_region == ShowsRegion::Yes);
        xml.optional("BucketRegion", region);
    });
}

/// The account as S3 names owners: by a canonical id of 64 digits.
pub(super) fn canonical_id(account: &str) -> String {
    let digest = Sha256::digest(account);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An element that names the account.
pub(super) fn owner(account: &str, element: &str) -> Element {
    Element::new(element).with_leaf("ID", canonical_id(account))
}
