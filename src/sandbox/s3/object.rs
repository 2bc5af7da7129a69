//! Objects: their versions, PutObject, GetObject and HeadObject.
//!
//! Invariant: an object is kept only while it has a version; the newest comes first.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::StatusCode;
use http::header::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::acl::{self, Acl};
use super::bucket::{self, Bucket, Versioning};
use super::checksum::{self, Checksum};
use super::encryption::Sealing;
use super::lock::{self, Lock};
use super::tagging::{self, Tags};
use super::{chunked, condition, done, fault, object_key, settings};
use crate::sandbox::{Blob, Call, Fault, Moment, Params, Reply, World};

/// The id of a version that was written while versioning was off.
pub(super) const NULL: &str = "null";
const MAX_KEY_BYTES: usize = 1024;

/// All versions of one key, the newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Object {
    pub(super) versions: Vec<Version>,
}

/// One version of an object.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Version {
    pub(super) id: String,
    pub(super) modified: Moment,
    pub(super) body: Body,
}

/// What a version is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Body {
    Content(Box<Content>),
    DeleteMarker,
}

/// What is known of an object's bytes, which are kept apart under `blob`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) blob: String,
    pub(super) size: usize,
    pub(super) etag: String,
    pub(super) checksum: Option<Checksum>,
    /// The parts that it was put together from.
    #[serde(default)]
    pub(super) parts: Vec<Piece>,
    #[serde(flatten)]
    pub(super) about: About,
}

/// One part of an object that came in parts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Piece {
    pub(super) number: u32,
    pub(super) size: usize,
    pub(super) checksum: Option<Checksum>,
}

/// What a writer says of an object beside its bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct About {
    /// Headers that come back as they were given, metadata among them.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) tags: Tags,
    pub(super) acl: Acl,
    pub(super) sealing: Sealing,
    pub(super) lock: Lock,
}

impl About {
    /// What the headers of a call say, with the bucket's defaults.
    pub(super) fn read(world: &World, call: &Call, bucket: &Bucket, resource: &str) -> Result<Self, Fault> {
        Ok(Self {
            headers: kept_headers(call)?,
            tags: header_tags(call)?,
            acl: first_acl(world, call, bucket, resource)?,
            sealing: Sealing::of(call, &world.account, bucket)?,
            lock: lock::of_new(world, call, bucket)?,
        })
    }
}

const CLASSES: [&str; 13] = [
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "DEEP_ARCHIVE",
    "OUTPOSTS",
    "GLACIER_IR",
    "SNOW",
    "EXPRESS_ONEZONE",
    "FSX_OPENZFS",
    "FSX_ONTAP",
];

impl Content {
    /// Whether it can't be read before it is restored.
    pub(super) fn is_archived(&self) -> bool {
        ["GLACIER", "DEEP_ARCHIVE"].contains(&self.class())
    }

    /// The storage class, as lists show it.
    pub(super) fn class(&self) -> &str {
        self.about
            .headers
            .get("x-amz-storage-class")
            .map_or("STANDARD", String::as_str)
    }
}

impl Object {
    /// The newest version, or the one with this id.
    pub(super) fn version(&self, id: Option<&str>) -> Option<&Version> {
        match id {
            Some(id) => self.versions.iter().find(|version| version.id == id),
            None => self.versions.first(),
        }
    }

    /// Whether the key has a single version from times without versioning.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.versions.as_slice(), [Version { id, body: Body::Content(_), .. }] if id == NULL)
    }

    /// Puts a version on top; without versioning it takes the place of the null version, whose bytes can go.
    pub(super) fn push(&mut self, version: Version) -> Option<Box<Content>> {
        let old = match self.versions.iter().position(|old| old.id == version.id) {
            Some(at) => Some(self.versions.remove(at)),
            None => None,
        };
        self.versions.insert(0, version);
        match old?.body {
            Body::Content(content) => Some(content),
            Body::DeleteMarker => None,
        }
    }
}

impl Version {
    /// The content, unless this is a delete marker.
    pub(super) fn content(&self) -> Option<&Content> {
        match &self.body {
            Body::Content(content) => Some(content),
            Body::DeleteMarker => None,
        }
    }
}

/// The id that a new version gets in this bucket.
pub(super) fn new_id(world: &mut World, versioning: Option<Versioning>) -> String {
    match versioning {
        Some(Versioning::Enabled) => world.ids.secret(32).replace(['/', '+'], "_"),
        Some(Versioning::Suspended) | None => NULL.to_owned(),
    }
}

/// A version of an object, or its newest one; a delete marker is none (NoSuchKey, MethodNotAllowed).
pub(super) fn find_version<'a>(
    world: &'a World,
    bucket: &str,
    key: &str,
    id: Option<&str>,
) -> Result<&'a Version, Fault> {
    let object = world.s3.objects.get(&object_key(bucket, key));
    let version = match (object.and_then(|object| object.version(id)), id) {
        (Some(version), _) => version,
        (None, Some(id)) if object.is_some() => return Err(fault::no_version(key, id)),
        (None, _) => return Err(fault::no_key(key)),
    };
    match (version.content(), id) {
        (Some(_), _) => Ok(version),
        (None, None) => Err(fault::no_key(key)),
        (None, Some(_)) => Err(fault::not_allowed("GET", "DeleteMarker")),
    }
}

/// The content of an object.
pub(super) fn find<'a>(world: &'a World, bucket: &str, key: &str, version: Option<&str>) -> Result<&'a Content, Fault> {
    let version = find_version(world, bucket, key, version)?;
    version.content().ok_or_else(|| fault::no_key(key))
}

/// What is said of an object, to change it.
pub(super) fn find_mut<'a>(
    world: &'a mut World,
    bucket: &str,
    key: &str,
    version: Option<&str>,
) -> Result<&'a mut About, Fault> {
    find(world, bucket, key, version)?;
    let object = world.s3.objects.get_mut(&object_key(bucket, key));
    let versions = object.map(|object| object.versions.iter_mut()).into_iter().flatten();
    let mut wanted = versions.filter(|found| version.is_none_or(|id| id == found.id));
    match wanted.next().map(|version| &mut version.body) {
        Some(Body::Content(content)) => Ok(&mut content.about),
        Some(Body::DeleteMarker) | None => Err(fault::no_key(key)),
    }
}

/// The bytes of an object.
pub(super) fn bytes(world: &World, bucket: &str, content: &Content) -> Bytes {
    let blob = world.s3.contents.get(&object_key(bucket, &content.blob));
    blob.map(|Blob(bytes)| bytes.clone()).unwrap_or_default()
}

/// What is under a key now, for conditional writes.
pub(super) fn current<'a>(world: &'a World, bucket: &str, key: &str) -> Option<&'a Content> {
    let object = world.s3.objects.get(&object_key(bucket, key))?;
    object.version(None)?.content()
}

pub(super) fn check_key(key: &str) -> Result<(), Fault> {
    if key.len() <= MAX_KEY_BYTES {
        return Ok(());
    }
    let fault = fault::bad("KeyTooLongError", "Your key is too long");
    Err(fault
        .with("Size", key.len().to_string())
        .with("MaxSizeAllowed", MAX_KEY_BYTES.to_string()))
}

pub(super) fn put(world: &mut World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    let bucket = bucket::find(world, call, name)?;
    check_key(key)?;
    let about = About::read(world, call, bucket, &resource(name, key))?;
    condition::of_write(call, key, current(world, name, key))?;
    let (bytes, trailers) = chunked::read(call)?;
    let checksum = checksum::given(call, &trailers, &bytes)?.or_else(|| checksum::default(&bytes));
    let content = Content {
        blob: world.ids.hex(32),
        size: bytes.len(),
        etag: checksum::etag(&bytes),
        checksum,
        parts: Vec::new(),
        about,
    };
    let reply = written(&content);
    Ok(keep(world, name, key, content, bytes, reply))
}

/// Puts new content under a key; the reply gets the version.
pub(super) fn keep(world: &mut World, name: &str, key: &str, content: Content, bytes: Bytes, reply: Reply) -> Reply {
    let versioning = world
        .s3
        .buckets
        .get(&name.to_owned())
        .and_then(|bucket| bucket.versioning);
    world.s3.contents.insert(object_key(name, &content.blob), Blob(bytes));
    let version = Version {
        id: new_id(world, versioning),
        modified: world.clock.now(),
        body: Body::Content(Box::new(content)),
    };
    let reply = with_version(reply, &version, versioning);
    store(world, name, key, version);
    reply
}

pub(super) fn resource(name: &str, key: &str) -> String {
    format!("arn:aws:s3:::{name}/{key}")
}

/// The ACL that a new object gets: none but the owner's where ACLs don't count.
fn first_acl(world: &World, call: &Call, bucket: &Bucket, resource: &str) -> Result<Acl, Fault> {
    let private = Acl::private(&world.account);
    let Some(acl) = Acl::asked(call, &world.account, acl::Of::Object)? else {
        return Ok(private);
    };
    // Full control for the bucket's owner is what there is anyway.
    let is_idle = call
        .header("x-amz-acl")
        .is_none_or(|canned| canned == "bucket-owner-full-control");
    if bucket.is_enforced() {
        return if is_idle && acl == private {
            Ok(private)
        } else {
            Err(settings::acl_refused())
        };
    }
    if acl.is_public() && world.s3.blocks(bucket, "BlockPublicAcls") {
        return Err(settings::acl_blocked(call, "s3:PutObject", resource));
    }
    Ok(acl)
}

/// Puts a version on top of a key and drops the bytes that it replaces.
pub(super) fn store(world: &mut World, name: &str, key: &str, version: Version) {
    let place = object_key(name, key);
    let mut object = world.s3.objects.get(&place).cloned().unwrap_or_default();
    let replaced = object.push(version);
    world.s3.objects.insert(place, object);
    if let Some(content) = replaced {
        world.s3.contents.remove(&object_key(name, &content.blob));
    }
}

/// What a write answers.
pub(super) fn written(content: &Content) -> Reply {
    let reply = done().header("etag", &format!("\"{}\"", content.etag));
    let reply = content.about.sealing.describe(reply);
    match &content.checksum {
        Some(checksum) => with_checksum(reply, checksum),
        None => reply,
    }
}

fn with_checksum(reply: Reply, (name, value): &Checksum) -> Reply {
    // The checksum of checksums has the number of parts at its end.
    let kind = if value.contains('-') {
        "COMPOSITE"
    } else {
        "FULL_OBJECT"
    };
    with(reply.header("x-amz-checksum-type", kind), name, value)
}

/// A header whose name is only known at run time.
pub(super) fn with(mut reply: Reply, name: &str, value: &str) -> Reply {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
        reply.headers.insert(name, value);
    }
    reply
}

/// Version ids are only shown by buckets that have or had versioning.
pub(super) fn with_version(reply: Reply, version: &Version, versioning: Option<Versioning>) -> Reply {
    match versioning {
        Some(_) => reply.header("x-amz-version-id", &version.id),
        None => reply,
    }
}

fn kept_headers(call: &Call) -> Result<BTreeMap<String, String>, Fault> {
    const KEPT: [&str; 8] = [
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-type",
        "expires",
        "x-amz-storage-class",
        "x-amz-website-redirect-location",
    ];
    const MOST_METADATA: usize = 2048;
    if let Some(class) = call
        .header("x-amz-storage-class")
        .filter(|class| !CLASSES.contains(class))
    {
        let message = "The storage class you specified is not valid";
        return Err(fault::bad("InvalidStorageClass", message).with("StorageClassRequested", class));
    }
    let mut headers = BTreeMap::new();
    for (name, value) in &call.headers {
        let name = name.as_str();
        if (KEPT.contains(&name) || name.starts_with("x-amz-meta-"))
            && let Ok(value) = value.to_str()
        {
            headers.insert(name.to_owned(), value.to_owned());
        }
    }
    // The framing of an upload is no property of the object.
    if let Some(coding) = headers.remove("content-encoding") {
        let rest: Vec<&str> = coding
            .split(',')
            .map(str::trim)
            .filter(|part| *part != "aws-chunked")
            .collect();
        if !rest.is_empty() && rest != [""] {
            headers.insert("content-encoding".into(), rest.join(","));
        }
    }
    // The usual class is not shown.
    if headers
        .get("x-amz-storage-class")
        .is_some_and(|class| class == "STANDARD")
    {
        headers.remove("x-amz-storage-class");
    }
    let metadata = headers
        .iter()
        .filter_map(|(name, value)| Some(name.strip_prefix("x-amz-meta-")?.len() + value.len()));
    let size: usize = metadata.sum();
    if size > MOST_METADATA {
        let message = "Your metadata headers exceed the maximum allowed metadata size";
        let fault = fault::bad("MetadataTooLarge", message).with("Size", size.to_string());
        return Err(fault.with("MaxSizeAllowed", MOST_METADATA.to_string()));
    }
    headers
        .entry("content-type".into())
        .or_insert_with(|| "binary/octet-stream".into());
    Ok(headers)
}

fn header_tags(call: &Call) -> Result<Tags, Fault> {
    let mut tags = Tags::new();
    let given = Params::parse(call.header("x-amz-tagging").unwrap_or_default());
    for (key, value) in given.iter() {
        tagging::add(&mut tags, key, value)?;
    }
    tagging::checked_object(tags)
}

/// GetObject and HeadObject; the core takes the body off the latter's answer.
pub(super) fn get(world: &World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    let versioning = bucket::find(world, call, name)?.versioning;
    let wanted = call.query.get("versionId");
    let object = world
        .s3
        .objects
        .get(&object_key(name, key))
        .ok_or_else(|| fault::no_key(key))?;
    let version = object.version(wanted);
    let version = version.ok_or_else(|| fault::no_version(key, wanted.unwrap_or_default()))?;
    let Some(content) = version.content() else {
        return Ok(hidden(call, key, version, versioning));
    };
    if call.method == http::Method::GET && content.is_archived() {
        let message = "The operation is not valid for the object's storage class";
        let fault = Fault::new(StatusCode::FORBIDDEN, "InvalidObjectState", message);
        return Err(fault.with("StorageClass", content.class()));
    }
    if let Some(reply) = condition::of_read(call, version, content)? {
        return Ok(with_version(reply, version, versioning));
    }
    let reply = ranged(call, content, bytes(world, name, content))?;
    Ok(with_version(
        describe(call, reply, version, content),
        version,
        versioning,
    ))
}

/// A delete marker: as if there were nothing, unless it is asked for itself.
fn hidden(call: &Call, key: &str, version: &Version, versioning: Option<Versioning>) -> Reply {
    let reply = match call.query.get("versionId") {
        None => fault::no_key(key).render(call),
        Some(_) => fault::not_allowed(call.method.as_str(), "DeleteMarker")
            .render(call)
            .header("allow", "DELETE")
            .header("last-modified", &version.modified.http()),
    };
    with_version(reply.header("x-amz-delete-marker", "true"), version, versioning)
}

/// Headers that a request can have in the answer in the place of the object's own.
const OVERRIDES: [(&str, &str); 6] = [
    ("response-cache-control", "cache-control"),
    ("response-content-disposition", "content-disposition"),
    ("response-content-encoding", "content-encoding"),
    ("response-content-language", "content-language"),
    ("response-content-type", "content-type"),
    ("response-expires", "expires"),
];

fn describe(call: &Call, reply: Reply, version: &Version, content: &Content) -> Reply {
    let mut reply = reply
        .header("accept-ranges", "bytes")
        .header("etag", &format!("\"{}\"", content.etag))
        .header("last-modified", &version.modified.http());
    reply = content.about.sealing.describe(reply);
    reply = lock::describe(&content.about.lock, reply);
    for (name, value) in &content.about.headers {
        reply = with(reply, name, value);
    }
    for (parameter, name) in OVERRIDES {
        if let Some(value) = call.query.get(parameter) {
            reply = with(reply, name, value);
        }
    }
    if !content.about.tags.is_empty() {
        reply = reply.header("x-amz-tagging-count", &content.about.tags.len().to_string());
    }
    if call.query.has("partNumber") && !content.parts.is_empty() {
        reply = reply.header("x-amz-mp-parts-count", &content.parts.len().to_string());
    }
    let is_whole = reply.status == StatusCode::OK;
    let asks = call
        .header("x-amz-checksum-mode")
        .is_some_and(|mode| mode.eq_ignore_ascii_case("enabled"));
    match &content.checksum {
        Some(checksum) if is_whole && asks => with_checksum(reply, checksum),
        _ => reply,
    }
}

/// The bytes that a `Range` header or a part number asks for, or all of them.
fn ranged(call: &Call, content: &Content, bytes: Bytes) -> Result<Reply, Fault> {
    let all = |status, bytes: Bytes| {
        let length = bytes.len().to_string();
        Reply {
            body: bytes,
            ..Reply::empty(status)
        }
        .header("content-length", &length)
    };
    let total = bytes.len();
    let asked = match call.query.get("partNumber") {
        Some(number) => part_range(content, number)?,
        None => call.header("range").and_then(|range| read_range(range, total)),
    };
    let Some((from, to)) = asked else {
        return Ok(all(StatusCode::OK, bytes));
    };
    if from >= to && (total > 0 || call.header("range").is_some()) {
        let message = "The requested range is not satisfiable";
        let fault = Fault::new(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange", message);
        return Err(fault
            .with("RangeRequested", call.header("range").unwrap_or_default())
            .with("ActualObjectSize", total.to_string()));
    }
    let shown = format!("bytes {from}-{}/{total}", to.saturating_sub(1));
    Ok(all(StatusCode::PARTIAL_CONTENT, bytes.slice(from..to)).header("content-range", &shown))
}

/// From and up to; a header that is no range of bytes asks for everything.
fn read_range(range: &str, total: usize) -> Option<(usize, usize)> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    match (from.trim().parse::<usize>(), to.trim().parse::<usize>()) {
        (Ok(from), Ok(to)) if from <= to => Some((from, to.saturating_add(1).min(total))),
        (Ok(from), Err(_)) if to.trim().is_empty() => Some((from, total)),
        (Err(_), Ok(last)) if from.trim().is_empty() => Some((total.saturating_sub(last), total)),
        _ => None,
    }
}

fn part_range(content: &Content, number: &str) -> Result<Option<(usize, usize)>, Fault> {
    let wanted: u32 = number.parse().unwrap_or_default();
    if !(1..=10_000).contains(&wanted) {
        let message = "Part number must be an integer between 1 and 10000, inclusive";
        return Err(fault::argument("partNumber", number, message));
    }
    if content.parts.is_empty() && wanted == 1 {
        return Ok(None);
    }
    let mut from = 0;
    for part in &content.parts {
        if part.number == wanted {
            return Ok(Some((from, from + part.size)));
        }
        from += part.size;
    }
    let message = "The requested partnumber is not satisfiable";
    let fault = Fault::new(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidPartNumber", message);
    Err(fault
        .with("PartNumberRequested", number)
        .with("ActualPartCount", content.parts.len().max(1).to_string()))
}

/// RestoreObject: only what lies in an archive can be asked for, and it never comes back here.
pub(super) fn restore(world: &World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    bucket::find(world, call, name)?;
    let content = find(world, name, key, call.query.get("versionId"))?;
    if content.is_archived() {
        return Ok(Reply::empty(StatusCode::ACCEPTED));
    }
    let message = "Restore is not allowed for the object's current storage class";
    Err(Fault::new(StatusCode::FORBIDDEN, "InvalidObjectState", message).with("StorageClass", content.class()))
}

/// Get and put of an object's ACL.
pub(super) fn acl(world: &mut World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    let bucket = bucket::find(world, call, name)?;
    let wanted = call.query.get("versionId");
    let content = find(world, name, key, wanted)?;
    match call.method {
        http::Method::GET => Ok(super::document(&content.about.acl.describe(&world.account))),
        http::Method::PUT if bucket.is_enforced() => Err(settings::acl_refused()),
        http::Method::PUT => {
            let acl = Acl::put(call, &world.account, acl::Of::Object)?;
            if acl.is_public() && world.s3.blocks(bucket, "BlockPublicAcls") {
                return Err(settings::acl_blocked(call, "s3:PutObjectAcl", &resource(name, key)));
            }
            find_mut(world, name, key, wanted)?.acl = acl;
            Ok(done())
        }
        _ => Err(fault::not_allowed(call.method.as_str(), "OBJECT")),
    }
}
