//! Uploads in parts: begun, filled, listed, completed or given up.
//!
//! Invariant: the bytes of a part lie with the contents of the bucket until its upload ends; only a completed upload makes
//! an object.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use serde::{Deserialize, Serialize};

use super::bucket;
use super::checksum::{self, Checksum};
use super::copy::Source;
use super::object::{self, About, Content, Piece};
use super::xml::Element;
use super::{body, chunked, condition, document, done, fault, gone, object_key};
use crate::sandbox::{Blob, Call, Fault, Moment, Reply, World};

const LEAST: usize = 5 * 1024 * 1024;
const PAGE: usize = 1000;

/// An upload that has not ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Upload {
    pub(super) key: String,
    pub(super) began: Moment,
    about: About,
    /// The header of the checksum that its parts bring, and whether one of the whole is wanted.
    checksum: Option<String>,
    is_full: bool,
    parts: BTreeMap<u32, Part>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Part {
    blob: String,
    size: usize,
    etag: String,
    checksum: Option<Checksum>,
    modified: Moment,
}

impl Upload {
    /// The ids of the bytes that go when it ends.
    pub(super) fn blobs(&self) -> impl Iterator<Item = &str> {
        self.parts.values().map(|part| part.blob.as_str())
    }

    pub(super) fn class(&self) -> &str {
        self.about
            .headers
            .get("x-amz-storage-class")
            .map_or("STANDARD", String::as_str)
    }
}

pub(super) fn create(world: &mut World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    let bucket = bucket::find(world, call, name)?;
    object::check_key(key)?;
    let about = About::read(world, call, bucket, &object::resource(name, key))?;
    let algorithm = call.header("x-amz-checksum-algorithm");
    let kind = call.header("x-amz-checksum-type");
    let upload = Upload {
        key: key.to_owned(),
        began: world.clock.now(),
        checksum: algorithm.map(checksum::header_of),
        is_full: kind == Some("FULL_OBJECT") || (kind.is_none() && algorithm == Some("CRC64NVME")),
        parts: BTreeMap::new(),
        about,
    };
    let id = world.ids.secret(128).replace(['/', '+'], "_");
    let answer = Element::new("InitiateMultipartUploadResult")
        .with_leaf("Bucket", name)
        .with_leaf("Key", key)
        .with_leaf("UploadId", &id);
    let mut reply = upload.about.sealing.describe(document(&answer));
    if let Some(algorithm) = algorithm {
        reply = reply.header("x-amz-checksum-algorithm", algorithm).header(
            "x-amz-checksum-type",
            if upload.is_full { "FULL_OBJECT" } else { "COMPOSITE" },
        );
    }
    world.s3.uploads.insert(object_key(name, &id), upload);
    Ok(reply)
}

fn id(call: &Call) -> &str {
    call.query.get("uploadId").unwrap_or_default()
}

/// The upload that a call is about, if it is one for this key.
fn find<'a>(world: &'a World, call: &Call, name: &str, key: &str) -> Result<&'a Upload, Fault> {
    bucket::find(world, call, name)?;
    let upload = world.s3.uploads.get(&object_key(name, id(call)));
    upload
        .filter(|upload| upload.key == key)
        .ok_or_else(|| fault::no_upload(id(call)))
}

fn number(call: &Call) -> Result<u32, Fault> {
    let text = call.query.get("partNumber").unwrap_or_default();
    let message = "Part number must be an integer between 1 and 10000, inclusive";
    let number = text.parse().ok().filter(|number| (1..=10_000).contains(number));
    number.ok_or_else(|| fault::argument("partNumber", text, message))
}

pub(super) fn part(world: &mut World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    let upload = find(world, call, name, key)?;
    let sealing = upload.about.sealing.clone();
    let (bytes, trailers) = chunked::read(call)?;
    let given = checksum::given(call, &trailers, &bytes)?;
    let part = keep(world, call, name, bytes, given)?;
    let mut reply = sealing.describe(done().header("etag", &format!("\"{}\"", part.etag)));
    if let Some((name, value)) = &part.checksum {
        reply = object::with(reply, name, value);
    }
    Ok(reply)
}

pub(super) fn part_copy(world: &mut World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    find(world, call, name, key)?;
    let source = Source::find(world, call)?;
    let bytes = match call.header("x-amz-copy-source-range") {
        None => source.bytes,
        Some(range) => slice(range, &source.bytes)?,
    };
    let part = keep(world, call, name, bytes, None)?;
    let answer = Element::new("CopyPartResult")
        .with_leaf("LastModified", part.modified.whole_seconds())
        .with_leaf("ETag", format!("\"{}\"", part.etag));
    let reply = source.content.about.sealing.describe(document(&answer));
    Ok(match source.version {
        Some(version) => reply.header("x-amz-copy-source-version-id", &version),
        None => reply,
    })
}

fn slice(range: &str, bytes: &Bytes) -> Result<Bytes, Fault> {
    let message = "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the \
                   zero-based offsets of the first and last bytes to copy";
    let invalid = || fault::argument("x-amz-copy-source-range", range, message);
    let (from, to) = range
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
        .ok_or_else(invalid)?;
    let (Ok(from), Ok(to)) = (from.parse::<usize>(), to.parse::<usize>()) else {
        return Err(invalid());
    };
    if from > to || to >= bytes.len() {
        let message = format!(
            "Range specified is not valid for source object of size: {}",
            bytes.len()
        );
        return Err(fault::argument("x-amz-copy-source-range", range, message));
    }
    Ok(bytes.slice(from..=to))
}

fn keep(world: &mut World, call: &Call, name: &str, bytes: Bytes, given: Option<Checksum>) -> Result<Part, Fault> {
    let number = number(call)?;
    let place = object_key(name, id(call));
    let wanted = world.s3.uploads.get(&place).and_then(|upload| upload.checksum.clone());
    let computed = wanted.and_then(|wanted| Some((wanted.clone(), checksum::computed(&wanted, &bytes)?)));
    let part = Part {
        blob: world.ids.hex(32),
        size: bytes.len(),
        etag: checksum::etag(&bytes),
        checksum: given.or(computed),
        modified: world.clock.now(),
    };
    world.s3.contents.insert(object_key(name, &part.blob), Blob(bytes));
    let upload = world
        .s3
        .uploads
        .get_mut(&place)
        .ok_or_else(|| fault::no_upload(id(call)))?;
    let replaced = upload.parts.insert(number, part.clone());
    if let Some(replaced) = replaced {
        world.s3.contents.remove(&object_key(name, &replaced.blob));
    }
    Ok(part)
}

pub(super) fn abort(world: &mut World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    find(world, call, name, key)?;
    world.s3.forget_upload(name, id(call));
    Ok(gone())
}

pub(super) fn complete(world: &mut World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    let upload = find(world, call, name, key)?.clone();
    let request = body(call, "CompleteMultipartUpload")?;
    if request.children.is_empty() {
        return Err(fault::malformed_xml());
    }
    condition::of_write(call, key, object::current(world, name, key))?;
    let chosen = chosen(&upload, call, &request)?;
    let mut bytes = BytesMut::new();
    for (_, part) in &chosen {
        if let Some(Blob(piece)) = world.s3.contents.get(&object_key(name, &part.blob)) {
            bytes.extend_from_slice(piece);
        }
    }
    let bytes = bytes.freeze();
    let content = Content {
        blob: world.ids.hex(32),
        size: bytes.len(),
        etag: etag(&chosen),
        checksum: checksum_of(&upload, &chosen, &bytes),
        parts: chosen.iter().map(|(number, part)| piece(*number, part)).collect(),
        about: upload.about,
    };
    let mut answer = Element::new("CompleteMultipartUploadResult")
        .with_leaf(
            "Location",
            format!("https://{name}.s3.{}.amazonaws.com/{key}", call.region),
        )
        .with_leaf("Bucket", name)
        .with_leaf("Key", key)
        .with_leaf("ETag", format!("\"{}\"", content.etag));
    if let Some((header, value)) = &content.checksum {
        answer = answer.with_leaf(&checksum::element_name(header), value);
        answer = answer.with_leaf(
            "ChecksumType",
            if value.contains('-') {
                "COMPOSITE"
            } else {
                "FULL_OBJECT"
            },
        );
    }
    let reply = content.about.sealing.describe(document(&answer));
    world.s3.forget_upload(name, id(call));
    Ok(object::keep(world, name, key, content, bytes, reply))
}

fn piece(number: u32, part: &Part) -> Piece {
    Piece {
        number,
        size: part.size,
        checksum: part.checksum.clone(),
    }
}

/// The parts that the caller names, in order, each large enough but for the last.
fn chosen<'a>(upload: &'a Upload, call: &Call, request: &Element) -> Result<Vec<(u32, &'a Part)>, Fault> {
    let mut chosen: Vec<(u32, &Part)> = Vec::new();
    for named in request.all("Part") {
        let number: u32 = named
            .get("PartNumber")
            .and_then(|text| text.parse().ok())
            .ok_or_else(fault::malformed_xml)?;
        let etag = named.get("ETag").ok_or_else(fault::malformed_xml)?.trim_matches('"');
        if chosen.last().is_some_and(|(last, _)| *last >= number) {
            let message = "The list of parts was not in ascending order. Parts must be ordered by part number.";
            return Err(fault::bad("InvalidPartOrder", message).with("UploadId", id(call)));
        }
        let part = upload.parts.get(&number).filter(|part| part.etag == etag).ok_or_else(|| {
            let message = "One or more of the specified parts could not be found.  The part may not have been uploaded, or the \
                           specified entity tag may not match the part's entity tag.";
            fault::bad("InvalidPart", message)
                .with("UploadId", id(call))
                .with("PartNumber", number.to_string())
                .with("ETag", etag)
        })?;
        chosen.push((number, part));
    }
    let all_but_last = chosen.iter().rev().skip(1).rev();
    if let Some((number, part)) = all_but_last.clone().find(|(_, part)| part.size < LEAST) {
        let message = "Your proposed upload is smaller than the minimum allowed size";
        return Err(fault::bad("EntityTooSmall", message)
            .with("ProposedSize", part.size.to_string())
            .with("MinSizeAllowed", LEAST.to_string())
            .with("PartNumber", number.to_string())
            .with("ETag", &part.etag));
    }
    Ok(chosen)
}

/// The digest of the parts' digests, with their number.
fn etag(chosen: &[(u32, &Part)]) -> String {
    let digit = |text: &str| u8::from_str_radix(text, 16).unwrap_or_default();
    let digests = chosen.iter().flat_map(|(_, part)| {
        let pairs = (0..part.etag.len()).step_by(2);
        pairs.map(|at| part.etag.get(at..at + 2).map_or(0, digit))
    });
    let digests: Vec<u8> = digests.collect();
    format!("{}-{}", checksum::etag(&digests), chosen.len())
}

fn checksum_of(upload: &Upload, chosen: &[(u32, &Part)], bytes: &[u8]) -> Option<Checksum> {
    let Some(header) = &upload.checksum else {
        return checksum::default(bytes);
    };
    if upload.is_full {
        return checksum::computed(header, bytes).map(|value| (header.clone(), value));
    }
    let values: Option<Vec<&str>> = chosen
        .iter()
        .map(|(_, part)| part.checksum.as_ref().map(|(_, value)| value.as_str()))
        .collect();
    let value = checksum::composite(header, values?.into_iter())?;
    Some((header.clone(), value))
}

/// ListParts.
pub(super) fn parts(world: &World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    let upload = find(world, call, name, key)?;
    let number = |parameter: &str| call.query.get(parameter).and_then(|text| text.parse().ok());
    let size = number("max-parts").unwrap_or(PAGE).min(PAGE);
    let after = number("part-number-marker").unwrap_or_default();
    let rest = || upload.parts.iter().filter(|(number, _)| **number as usize > after);
    let page: Vec<_> = rest().take(size).collect();
    let last = page.last().map_or(0, |(number, _)| **number);
    let shown = page.iter().map(|(number, part)| {
        let shown = Element::new("Part")
            .with_leaf("PartNumber", number)
            .with_leaf("LastModified", part.modified.whole_seconds())
            .with_leaf("ETag", format!("\"{}\"", part.etag))
            .with_leaf("Size", part.size);
        match &part.checksum {
            Some((header, value)) => shown.with_leaf(&checksum::element_name(header), value),
            None => shown,
        }
    });
    let answer = Element::new("ListPartsResult")
        .with_leaf("Bucket", name)
        .with_leaf("Key", key)
        .with_leaf("UploadId", id(call))
        .with(bucket::owner(&world.account, "Initiator"))
        .with(bucket::owner(&world.account, "Owner"))
        .with_leaf("StorageClass", upload.class())
        .with_leaf("PartNumberMarker", after)
        .with_leaf("NextPartNumberMarker", last)
        .with_leaf("MaxParts", size)
        .with_leaf("IsTruncated", rest().count() > page.len())
        .with_all(shown);
    Ok(document(&answer))
}

/// ListMultipartUploads.
pub(super) fn list(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    bucket::find(world, call, name)?;
    let text = |parameter: &str| call.query.get(parameter).unwrap_or_default();
    let size = call
        .query
        .get("max-uploads")
        .and_then(|text| text.parse().ok())
        .unwrap_or(PAGE)
        .min(PAGE);
    let (prefix, after, after_id) = (text("prefix"), text("key-marker"), text("upload-id-marker"));
    let mut uploads: Vec<(&str, &str, &Upload)> = world
        .s3
        .uploads_in(name)
        .map(|(id, upload)| (upload.key.as_str(), id, upload))
        .collect();
    uploads.sort_by_key(|(key, id, upload)| (*key, upload.began, *id));
    // The marker is the last upload that was shown; without an id, the last of its key.
    let at = uploads
        .iter()
        .position(|(key, id, _)| *key == after && *id == after_id && !after_id.is_empty());
    let is_new = |at_: usize, key: &str| match at {
        Some(at) => at_ > at,
        None => after.is_empty() || key > after,
    };
    let wanted: Vec<_> = uploads
        .iter()
        .enumerate()
        .filter(|(at, (key, ..))| key.starts_with(prefix) && is_new(*at, key))
        .map(|(_, upload)| upload)
        .collect();
    let page = wanted.get(..size.min(wanted.len())).unwrap_or_default();
    let shown = page.iter().map(|(key, id, upload)| {
        Element::new("Upload")
            .with_leaf("Key", key)
            .with_leaf("UploadId", id)
            .with(bucket::owner(&world.account, "Initiator"))
            .with(bucket::owner(&world.account, "Owner"))
            .with_leaf("StorageClass", upload.class())
            .with_leaf("Initiated", upload.began.whole_seconds())
    });
    let is_cut = page.len() < wanted.len();
    let mut answer = Element::new("ListMultipartUploadsResult")
        .with_leaf("Bucket", name)
        .with_leaf("KeyMarker", after)
        .with_leaf("UploadIdMarker", after_id)
        .with_leaf("MaxUploads", size)
        .with_leaf("Prefix", prefix)
        .with_leaf("IsTruncated", is_cut)
        .with_all(shown);
    if let Some((key, id, _)) = page.last().filter(|_| is_cut) {
        answer = answer
            .with_leaf("NextKeyMarker", key)
            .with_leaf("NextUploadIdMarker", id);
    }
    Ok(document(&answer))
}
