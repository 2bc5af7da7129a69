//! S3 of the simulated account: buckets, their settings, and objects with their versions.
//!
//! Invariant: a bucket lives in one Region and answers only there; objects and their bytes go with their bucket, which can
//! only go when it is empty. Nobody is refused for want of permissions.

mod acl;
mod action;
mod address;
mod attributes;
mod bucket;
mod checksum;
mod chunked;
mod condition;
mod control;
mod copy;
mod encryption;
mod fault;
mod kept;
mod lifecycle;
mod listed;
mod listing;
mod lock;
mod multipart;
mod naming;
mod notification;
mod object;
mod policy;
mod public;
mod removal;
mod replication;
mod schema;
mod settings;
mod tagging;
mod web;
mod xml;

use bytes::Bytes;
use http::{Method, StatusCode};

use super::{Blob, Call, Fault, Reply, Stored, Table, World};
use address::Address;
pub(super) use address::{Address as Place, bucket_of_host};
use bucket::{Bucket, Released};
use multipart::Upload;
use object::Object;
pub(super) use public::open_to_all;
use settings::Block;
use xml::Element;

/// S3's state. Objects are kept by bucket and key, bytes by bucket and an id of their own.
#[derive(Debug)]
pub struct State {
    buckets: Table<Bucket>,
    /// Names of buckets that were deleted a moment ago.
    released: Table<Released>,
    objects: Table<Object>,
    contents: Table<Blob>,
    /// Uploads in parts, by bucket and id.
    uploads: Table<Upload>,
    /// The account's own public access block, under one key.
    account_block: Table<Block>,
}

impl State {
    /// No buckets.
    #[must_use]
    pub fn new() -> Self {
        Self {
            buckets: Table::new("s3/buckets").slow(),
            released: Table::new("s3/released"),
            objects: Table::new("s3/objects"),
            contents: Table::new("s3/contents"),
            uploads: Table::new("s3/uploads"),
            account_block: Table::new("s3/account-block"),
        }
    }

    /// The Region of a bucket.
    #[must_use]
    pub fn region(&self, bucket: &str) -> Option<&str> {
        self.buckets
            .get(&bucket.to_owned())
            .map(|bucket| bucket.region.as_str())
    }

    /// The content of an object, or of one version of it.
    #[must_use]
    pub fn content(&self, bucket: &str, key: &str, version: Option<&str>) -> Option<Bytes> {
        let object = self.objects.get(&object_key(bucket, key))?;
        let content = object.version(version)?.content()?;
        self.contents
            .get(&object_key(bucket, &content.blob))
            .map(|Blob(bytes)| bytes.clone())
    }

    /// The tables that the core loads and saves.
    pub fn tables(&mut self) -> Vec<&mut dyn Stored> {
        vec![
            &mut self.buckets,
            &mut self.released,
            &mut self.objects,
            &mut self.contents,
            &mut self.uploads,
            &mut self.account_block,
        ]
    }

    /// Whether a flag of the public access block is on, for the bucket or for the whole account.
    fn blocks(&self, bucket: &Bucket, flag: &str) -> bool {
        bucket.blocks(flag) || self.account_block.values().any(|block| block.has(flag))
    }

    /// The unfinished uploads of a bucket by id.
    fn uploads_in<'a>(&'a self, bucket: &str) -> impl Iterator<Item = (&'a str, &'a Upload)> + use<'a> {
        let prefix = object_key(bucket, "");
        let uploads = self.uploads.from(&prefix);
        uploads.map_while(move |(key, upload)| Some((key.strip_prefix(&prefix)?, upload)))
    }

    /// Drops an upload with its parts.
    fn forget_upload(&mut self, bucket: &str, id: &str) {
        if let Some(upload) = self.uploads.remove(&object_key(bucket, id)) {
            for blob in upload.blobs() {
                self.contents.remove(&object_key(bucket, blob));
            }
        }
    }

    /// Unfinished uploads go with their bucket.
    fn forget_uploads(&mut self, bucket: &str) {
        let ids: Vec<String> = self.uploads_in(bucket).map(|(id, _)| id.to_owned()).collect();
        ids.iter().for_each(|id| self.forget_upload(bucket, id));
    }

    /// The objects of a bucket by key.
    fn in_bucket<'a>(&'a self, bucket: &str) -> impl Iterator<Item = (&'a str, &'a Object)> + use<'a> {
        self.in_bucket_from(bucket, "")
    }

    /// The objects of a bucket from a key on.
    fn in_bucket_from<'a>(
        &'a self,
        bucket: &str,
        first: &str,
    ) -> impl Iterator<Item = (&'a str, &'a Object)> + use<'a> {
        let prefix = object_key(bucket, "");
        let objects = self.objects.from(&object_key(bucket, first));
        objects.map_while(move |(key, object)| Some((key.strip_prefix(&prefix)?, object)))
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}

fn object_key(bucket: &str, key: &str) -> String {
    format!("{bucket}/{key}")
}

/// Whether a call is about the account's own public access block.
pub(super) fn is_of_account(call: &Call) -> bool {
    control::is_asked(call)
}

/// What a call is about.
pub(super) fn place(call: &Call) -> Place {
    Address::read(call)
}

/// The tags of a bucket.
pub(super) fn bucket_tags<'a>(world: &'a World, bucket: &str) -> Vec<(&'a str, &'a str)> {
    let bucket = world.s3.buckets.get(&bucket.to_owned());
    let tags = bucket.into_iter().flat_map(|bucket| &bucket.tags);
    tags.map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

/// A bucket's policy as it reads back.
pub(super) fn policy_of(world: &World, bucket: &str) -> Option<String> {
    policy::shown(world, world.s3.buckets.get(&bucket.to_owned())?)
}

/// The bucket that a call is about, if it is about no object in it.
pub(super) fn bucket_alone(call: &Call) -> Option<String> {
    match Address::read(call) {
        Address::Bucket(name) => Some(name),
        Address::Service | Address::Object(..) => None,
    }
}

/// Answers one call.
///
/// # Errors
/// Every refusal, as AWS words it.
pub fn answer(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    if control::is_asked(call) {
        return control::answer(world, call);
    }
    check_presigned(world, call)?;
    let address = Address::read(call);
    let answered = match &address {
        Address::Service => service(world, call),
        Address::Bucket(name) => of_bucket(world, call, name),
        Address::Object(name, key) => of_object(world, call, name, key),
    };
    match (answered, &address) {
        // A redirect is the one refusal whose header callers need: the Region where the bucket is. HeadBucket's
        // answers always have it.
        (Err(fault), Address::Bucket(name) | Address::Object(name, _))
            if fault::REDIRECTS.contains(&fault.code.as_str()) || call.method == Method::HEAD =>
        {
            let region = world.s3.region(name);
            let reply = fault.render(call);
            Ok(match region {
                Some(region) => reply.header("x-amz-bucket-region", region),
                None => reply,
            })
        }
        (answered, _) => answered,
    }
}

/// A signed address is good for as long as it says.
fn check_presigned(world: &World, call: &Call) -> Result<(), Fault> {
    let parameter = |name: &str| call.query.get(name);
    // Signatures of the second version name the moment itself.
    let until = parameter("Signature").and_then(|_| parameter("Expires")?.parse::<i64>().ok());
    if until.is_some_and(|until| world.clock.now().epoch() > until) && world.options.time == super::Time::Real {
        return Err(fault::denied("Request has expired"));
    }
    let (Some(date), Some(seconds)) = (parameter("X-Amz-Date"), parameter("X-Amz-Expires")) else {
        return Ok(());
    };
    let most = 604_800;
    let seconds = seconds.parse::<i64>().unwrap_or(-1);
    if !(0..=most).contains(&seconds) {
        let message = "X-Amz-Expires must be less than a week (in seconds) that is 604800";
        return Err(fault::bad("AuthorizationQueryParametersError", message));
    }
    let form = time::macros::format_description!("[year][month][day]T[hour][minute][second]Z");
    let Ok(date) = time::PrimitiveDateTime::parse(date, form) else {
        let message = "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"";
        return Err(fault::bad("AuthorizationQueryParametersError", message));
    };
    let (until, now) = (
        date.assume_utc().unix_timestamp().saturating_add(seconds),
        world.clock.now(),
    );
    if now.epoch() > until && world.options.time == super::Time::Real {
        let expires = super::Moment::new(date.assume_utc()).plus_seconds(seconds);
        return Err(fault::denied("Request has expired")
            .with("X-Amz-Expires", seconds.to_string())
            .with("Expires", expires.seconds())
            .with("ServerTime", now.seconds()));
    }
    Ok(())
}

fn service(world: &World, call: &Call) -> Result<Reply, Fault> {
    match call.method {
        Method::GET => bucket::list(world, call),
        _ => Err(fault::not_allowed(call.method.as_str(), "SERVICE")),
    }
}

/// Sub-resources that S3 has and the sandbox has not; they must not be taken for the bucket or object itself.
const UNKNOWN: [&str; 10] = [
    "annotation",
    "metadataAnnotationTable",
    "metadataConfiguration",
    "metadataInventoryTable",
    "metadataJournalTable",
    "metadataTable",
    "renameObject",
    "select",
    "session",
    "torrent",
];

fn is_unknown(call: &Call) -> bool {
    UNKNOWN.iter().any(|name| call.query.has(name))
}

fn of_bucket(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    if call.method == Method::OPTIONS {
        return web::preflight(world, call, name);
    }
    if is_unknown(call) || name == "WriteGetObjectResponse" {
        if call.method == Method::GET && (call.query.has("metadataConfiguration") || call.query.has("metadataTable")) {
            bucket::seen(world, call, name)?;
            let message = "The metadata configuration does not exist";
            return Err(fault::absent("MetadataConfigurationNotFound", message).with("BucketName", name));
        }
        return Err(Fault::unknown_operation(call));
    }
    let has = |what: &str| call.query.has(what);
    if call.method == Method::HEAD {
        return bucket::head(world, call, name);
    }
    if let Some(sub) = settings::Sub::of(call) {
        return settings::answer(world, call, name, sub);
    }
    match call.method {
        Method::PUT => bucket::create(world, call, name),
        Method::DELETE => bucket::delete(world, call, name),
        Method::POST if has("delete") => removal::many(world, call, name),
        Method::GET if has("location") => bucket::location(world, call, name),
        Method::GET if has("versions") => listing::versions(world, call, name),
        Method::GET if has("uploads") => multipart::list(world, call, name),
        Method::GET => listing::objects(world, call, name),
        Method::POST => Err(fault::precondition(
            "Bucket POST must be of the enclosure-type multipart/form-data",
        )),
        _ => Err(fault::not_allowed(call.method.as_str(), "BUCKET")),
    }
}

fn of_object(world: &mut World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    let has = |what: &str| call.query.has(what);
    if is_unknown(call) || has("encryption") {
        return Err(Fault::unknown_operation(call));
    }
    let is_copy = call.header("x-amz-copy-source").is_some();
    match call.method {
        Method::OPTIONS => web::preflight(world, call, name),
        _ if has("tagging") => tagging::of_object(world, call, name, key),
        _ if has("acl") => object::acl(world, call, name, key),
        _ if has("retention") => lock::retention(world, call, name, key),
        _ if has("legal-hold") => lock::hold(world, call, name, key),
        Method::GET if has("attributes") => attributes::get(world, call, name, key),
        Method::POST if has("restore") => object::restore(world, call, name, key),
        Method::POST if has("uploads") => multipart::create(world, call, name, key),
        Method::POST if has("uploadId") => multipart::complete(world, call, name, key),
        Method::PUT if has("uploadId") && is_copy => multipart::part_copy(world, call, name, key),
        Method::PUT if has("uploadId") => multipart::part(world, call, name, key),
        Method::GET if has("uploadId") => multipart::parts(world, call, name, key),
        Method::DELETE if has("uploadId") => multipart::abort(world, call, name, key),
        Method::PUT if is_copy => copy::copy(world, call, name, key),
        Method::PUT => object::put(world, call, name, key),
        Method::GET | Method::HEAD => object::get(world, call, name, key),
        Method::DELETE => removal::one(world, call, name, key),
        _ => Err(fault::not_allowed(call.method.as_str(), "OBJECT")),
    }
}

/// The root of a body that has to be the given element (`MalformedXML`).
fn body(call: &Call, root: &str) -> Result<Element, Fault> {
    let decoded = chunked::body(call)?;
    if decoded.is_empty() {
        return Err(fault::no_body());
    }
    checksum::check_md5(call, &decoded)?;
    let element = xml::parse(&decoded).map_err(|_| fault::malformed_xml())?;
    if element.name == root && schema::admits(&element) {
        Ok(element)
    } else {
        Err(fault::malformed_xml())
    }
}

fn document(element: &Element) -> Reply {
    Reply::xml(element.document())
}

fn done() -> Reply {
    Reply::empty(StatusCode::OK)
}

fn gone() -> Reply {
    Reply::empty(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests;
