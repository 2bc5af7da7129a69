//! S3 of the simulated account: buckets, their settings, and objects with their versions.
//!
//! Invariant: a bucket lives in one Region and answers only there; objects and their bytes go with their bucket, which can
//! only go when it is empty. ACLs beyond the canned ones, multipart uploads and copies are not modelled.

mod address;
mod bucket;
mod checksum;
mod chunked;
mod fault;
mod kept;
mod lifecycle;
mod listing;
mod naming;
mod notification;
mod object;
mod policy;
mod public;
mod removal;
mod settings;
mod tagging;
mod xml;

use bytes::Bytes;
use http::{Method, StatusCode};

use super::{Blob, Call, Fault, Reply, Stored, Table, World};
use address::Address;
use bucket::Bucket;
use object::Object;
pub(super) use public::open_to_all;
use xml::Element;

/// S3's state. Objects are kept by bucket and key, bytes by bucket and an id of their own.
#[derive(Debug)]
pub struct State {
    buckets: Table<Bucket>,
    objects: Table<Object>,
    contents: Table<Blob>,
}

impl State {
    /// No buckets.
    #[must_use]
    pub fn new() -> Self {
        Self {
            buckets: Table::new("s3/buckets"),
            objects: Table::new("s3/objects"),
            contents: Table::new("s3/contents"),
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
        vec![&mut self.buckets, &mut self.objects, &mut self.contents]
    }

    /// The objects of a bucket by key.
    fn in_bucket<'a>(&'a self, bucket: &str) -> impl Iterator<Item = (&'a str, &'a Object)> + use<'a> {
        let prefix = object_key(bucket, "");
        let objects = self.objects.from(&prefix);
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

/// Answers one call.
///
/// # Errors
/// Every refusal, as AWS words it.
pub fn answer(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    let address = Address::read(call);
    let answered = match &address {
        Address::Service => service(world, call),
        Address::Bucket(name) => of_bucket(world, call, name),
        Address::Object(name, key) => of_object(world, call, name, key),
    };
    match (answered, &address) {
        // A redirect is the one refusal whose header callers need: the Region where the bucket is.
        (Err(fault), Address::Bucket(name) | Address::Object(name, _)) if fault.code == fault::REDIRECT => {
            let region = world.s3.region(name).unwrap_or_default();
            Ok(fault.render(call).header("x-amz-bucket-region", region))
        }
        (answered, _) => answered,
    }
}

fn service(world: &World, call: &Call) -> Result<Reply, Fault> {
    match call.method {
        Method::GET => bucket::list(world, call),
        _ => Err(Fault::unknown_operation(call)),
    }
}

fn of_bucket(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    if let Some(sub) = settings::Sub::of(call) {
        return settings::answer(world, call, name, sub);
    }
    let has = |what: &str| call.query.has(what);
    match call.method {
        Method::PUT => bucket::create(world, call, name),
        Method::HEAD => bucket::head(world, call, name),
        Method::DELETE => bucket::delete(world, call, name),
        Method::POST if has("delete") => removal::many(world, call, name),
        Method::GET if has("location") => bucket::location(world, call, name),
        Method::GET if has("versions") => listing::versions(world, call, name),
        Method::GET if has("uploads") => listing::uploads(world, call, name),
        Method::GET => listing::objects(world, call, name),
        _ => Err(Fault::unknown_operation(call)),
    }
}

fn of_object(world: &mut World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    let is_multipart = ["uploads", "uploadId", "partNumber"]
        .iter()
        .any(|what| call.query.has(what));
    if is_multipart || call.header("x-amz-copy-source").is_some() {
        return Err(Fault::unknown_operation(call));
    }
    if call.query.has("tagging") {
        return tagging::of_object(world, call, name, key);
    }
    match call.method {
        Method::PUT => object::put(world, call, name, key),
        Method::GET | Method::HEAD => object::get(world, call, name, key),
        Method::DELETE => removal::one(world, call, name, key),
        _ => Err(Fault::unknown_operation(call)),
    }
}

/// The root of a body that has to be the given element (`MalformedXML`).
fn body(call: &Call, root: &str) -> Result<Element, Fault> {
    let decoded = chunked::body(call)?;
    let element = xml::parse(&decoded).map_err(|_| fault::malformed_xml())?;
    if element.name == root {
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
