//! Objects: their versions, PutObject, GetObject and HeadObject.
//!
//! Invariant: an object is kept only while it has a version; the newest comes first.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::StatusCode;
use http::header::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::bucket::{self, Versioning};
use super::checksum::{self, Checksum};
use super::tagging::Tags;
use super::{chunked, done, fault, object_key};
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
    Content(Content),
    DeleteMarker,
}

/// What is known of an object's bytes, which are kept apart under `blob`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) blob: String,
    pub(super) size: usize,
    pub(super) etag: String,
    checksum: Option<Checksum>,
    /// Headers that come back as they were given, metadata among them.
    headers: BTreeMap<String, String>,
    pub(super) tags: Tags,
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
    pub(super) fn push(&mut self, version: Version) -> Option<Content> {
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

/// The content of an object, for its tags.
pub(super) fn find<'a>(world: &'a World, bucket: &str, key: &str, version: Option<&str>) -> Result<&'a Content, Fault> {
    let object = world.s3.objects.get(&object_key(bucket, key));
    let found = object
        .and_then(|object| object.version(version))
        .and_then(Version::content);
    found.ok_or_else(|| fault::no_key(key))
}

/// The content of an object, to change its tags.
pub(super) fn find_mut<'a>(
    world: &'a mut World,
    bucket: &str,
    key: &str,
    version: Option<&str>,
) -> Result<&'a mut Content, Fault> {
    find(world, bucket, key, version)?;
    let object = world.s3.objects.get_mut(&object_key(bucket, key));
    let versions = object.map(|object| object.versions.iter_mut()).into_iter().flatten();
    let mut wanted = versions.filter(|found| version.is_none_or(|id| id == found.id));
    match wanted.next().map(|version| &mut version.body) {
        Some(Body::Content(content)) => Ok(content),
        Some(Body::DeleteMarker) | None => Err(fault::no_key(key)),
    }
}

pub(super) fn put(world: &mut World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    let versioning = bucket::find(world, call, name)?.versioning;
    if key.len() > MAX_KEY_BYTES {
        return Err(fault::bad("KeyTooLongError", "Your key is too long"));
    }
    check_unwritten(world, call, &object_key(name, key))?;
    let (bytes, trailers) = chunked::read(call)?;
    let content = Content {
        blob: world.ids.hex(32),
        size: bytes.len(),
        etag: checksum::etag(&bytes),
        checksum: checksum::given(call, &trailers, &bytes)?,
        headers: kept_headers(call),
        tags: header_tags(call),
    };
    let version = Version {
        id: new_id(world, versioning),
        modified: world.clock.now(),
        body: Body::Content(content.clone()),
    };
    let reply = with_version(written(&content), &version, versioning);
    world.s3.contents.insert(object_key(name, &content.blob), Blob(bytes));
    store(world, name, key, version);
    Ok(reply)
}

/// `If-None-Match: *` lets only the first writer of a key through (PreconditionFailed).
fn check_unwritten(world: &World, call: &Call, place: &str) -> Result<(), Fault> {
    let object = world.s3.objects.get(&place.to_owned());
    let is_there = object.and_then(|object| object.version(None)?.content()).is_some();
    if call.header("if-none-match") != Some("*") || !is_there {
        return Ok(());
    }
    let message = "At least one of the pre-conditions you specified did not hold";
    let fault = Fault::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", message);
    Err(fault.with("Condition", "If-None-Match"))
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

fn written(content: &Content) -> Reply {
    let reply = done()
        .header("etag", &format!("\"{}\"", content.etag))
        .header("x-amz-server-side-encryption", "AES256");
    match &content.checksum {
        Some(checksum) => with_checksum(reply, checksum),
        None => reply,
    }
}

fn with_checksum(reply: Reply, (name, value): &Checksum) -> Reply {
    with(reply.header("x-amz-checksum-type", "FULL_OBJECT"), name, value)
}

/// A header whose name is only known at run time.
fn with(mut reply: Reply, name: &str, value: &str) -> Reply {
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

fn kept_headers(call: &Call) -> BTreeMap<String, String> {
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
    headers
        .entry("content-type".into())
        .or_insert_with(|| "binary/octet-stream".into());
    headers
}

fn header_tags(call: &Call) -> Tags {
    let tags = Params::parse(call.header("x-amz-tagging").unwrap_or_default());
    tags.iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
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
        let fault = match wanted {
            None => fault::no_key(key),
            Some(_) => {
                let message = "The specified method is not allowed against this resource.";
                Fault::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
            }
        };
        return Ok(with_version(
            fault.render(call).header("x-amz-delete-marker", "true"),
            version,
            versioning,
        ));
    };
    let etag = format!("\"{}\"", content.etag);
    if call.header("if-none-match").is_some_and(|unwanted| unwanted == etag) {
        return Ok(Reply::empty(StatusCode::NOT_MODIFIED).header("etag", &etag));
    }
    let bytes = world
        .s3
        .contents
        .get(&object_key(name, &content.blob))
        .map(|Blob(bytes)| bytes.clone());
    let reply = ranged(call, bytes.unwrap_or_default())?;
    Ok(with_version(
        describe(call, reply, version, content),
        version,
        versioning,
    ))
}

fn describe(call: &Call, reply: Reply, version: &Version, content: &Content) -> Reply {
    let mut reply = reply
        .header("accept-ranges", "bytes")
        .header("etag", &format!("\"{}\"", content.etag))
        .header("last-modified", &version.modified.http())
        .header("x-amz-server-side-encryption", "AES256");
    for (name, value) in &content.headers {
        reply = with(reply, name, value);
    }
    if !content.tags.is_empty() {
        reply = reply.header("x-amz-tagging-count", &content.tags.len().to_string());
    }
    let is_whole = reply.status == StatusCode::OK;
    match &content.checksum {
        Some(checksum) if is_whole && call.header("x-amz-checksum-mode") == Some("ENABLED") => {
            with_checksum(reply, checksum)
        }
        _ => reply,
    }
}

/// The bytes that a `Range` header asks for, or all of them.
fn ranged(call: &Call, bytes: Bytes) -> Result<Reply, Fault> {
    let all = |status, bytes: Bytes| {
        let length = bytes.len().to_string();
        Reply {
            body: bytes,
            ..Reply::empty(status)
        }
        .header("content-length", &length)
    };
    let Some((from, to)) = call
        .header("range")
        .and_then(|range| range.strip_prefix("bytes=")?.split_once('-'))
    else {
        return Ok(all(StatusCode::OK, bytes));
    };
    let total = bytes.len();
    let (from, to) = match (from.parse::<usize>(), to.parse::<usize>()) {
        (Ok(from), Ok(to)) => (from, to.saturating_add(1).min(total)),
        (Ok(from), Err(_)) => (from, total),
        (Err(_), Ok(last)) => (total.saturating_sub(last), total),
        (Err(_), Err(_)) => return Ok(all(StatusCode::OK, bytes)),
    };
    if from >= to {
        let message = "The requested range is not satisfiable";
        return Err(Fault::new(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange", message));
    }
    let shown = format!("bytes {from}-{}/{total}", to.saturating_sub(1));
    Ok(all(StatusCode::PARTIAL_CONTENT, bytes.slice(from..to)).header("content-range", &shown))
}
