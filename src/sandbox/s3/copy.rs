//! CopyObject, and where the source of a copy is.

use bytes::Bytes;
use percent_encoding::percent_decode_str;

use super::bucket;
use super::object::{self, About, Content};
use super::xml::Element;
use super::{checksum, condition, document, fault};
use crate::sandbox::{Call, Fault, Reply, World};

/// What a copy begins with.
pub(super) struct Source {
    pub(super) bucket: String,
    key: String,
    pub(super) version: Option<String>,
    pub(super) content: Content,
    pub(super) bytes: Bytes,
}

impl Source {
    /// The object that `x-amz-copy-source` names, if the call's conditions hold for it.
    pub(super) fn find(world: &World, call: &Call) -> Result<Self, Fault> {
        let header = call.header("x-amz-copy-source").unwrap_or_default();
        let (path, wanted) = match header.split_once("?versionId=") {
            Some((path, version)) => (path, Some(version)),
            None => (header, None),
        };
        let path = percent_decode_str(path).decode_utf8_lossy().into_owned();
        let invalid = || {
            let message = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey";
            fault::argument("x-amz-copy-source", header, message)
        };
        let (name, key) = path.trim_start_matches('/').split_once('/').ok_or_else(invalid)?;
        if name.is_empty() || key.is_empty() {
            return Err(invalid());
        }
        // Copies come from buckets of every Region.
        let bucket = world
            .s3
            .buckets
            .get(&name.to_owned())
            .ok_or_else(|| fault::no_bucket(name))?;
        bucket::check_source_owner(world, call)?;
        let version = object::find_version(world, name, key, wanted)?;
        let content = version.content().ok_or_else(|| fault::no_key(key))?;
        condition::of_copy(call, version, content)?;
        Ok(Self {
            bucket: name.to_owned(),
            key: key.to_owned(),
            version: bucket.versioning.map(|_| version.id.clone()),
            content: content.clone(),
            bytes: object::bytes(world, name, content),
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Directive {
    Copy,
    Replace,
}

fn directive(call: &Call, header: &'static str) -> Result<Directive, Fault> {
    match call.header(header) {
        None | Some("COPY") => Ok(Directive::Copy),
        Some("REPLACE") => Ok(Directive::Replace),
        Some(other) => {
            let what = if header.contains("tagging") {
                "tagging"
            } else {
                "metadata"
            };
            Err(fault::argument(header, other, format!("Unknown {what} directive.")))
        }
    }
}

pub(super) fn copy(world: &mut World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    let bucket = bucket::find(world, call, name)?;
    object::check_key(key)?;
    let (metadata, tagging) = (
        directive(call, "x-amz-metadata-directive")?,
        directive(call, "x-amz-tagging-directive")?,
    );
    let source = Source::find(world, call)?;
    let changes = [
        "x-amz-storage-class",
        "x-amz-website-redirect-location",
        "x-amz-server-side-encryption",
        "x-amz-server-side-encryption-aws-kms-key-id",
    ];
    let is_changed = metadata == Directive::Replace || changes.iter().any(|header| call.header(header).is_some());
    let is_same = source.bucket == name
        && source.key == key
        && !call
            .header("x-amz-copy-source")
            .unwrap_or_default()
            .contains("?versionId=");
    if is_same && !is_changed {
        return Err(fault::invalid_request(
            "This copy request is illegal because it is trying to copy an object to itself without changing the object's \
             metadata, storage class, website redirect location or encryption attributes.",
        ));
    }
    condition::of_write(call, key, object::current(world, name, key))?;
    let mut about = About::read(world, call, bucket, &object::resource(name, key))?;
    if metadata == Directive::Copy {
        // The storage class goes by the request alone.
        let class = about.headers.remove("x-amz-storage-class");
        about.headers = source.content.about.headers.clone();
        about.headers.remove("x-amz-storage-class");
        about
            .headers
            .extend(class.map(|class| ("x-amz-storage-class".to_owned(), class)));
    }
    if tagging == Directive::Copy {
        about.tags = source.content.about.tags.clone();
    }
    let kind = source.content.checksum.as_ref().map(|(name, _)| name.clone());
    let kind = call
        .header("x-amz-checksum-algorithm")
        .map(checksum::header_of)
        .or(kind);
    let computed = kind.and_then(|kind| Some((kind.clone(), checksum::computed(&kind, &source.bytes)?)));
    let content = Content {
        blob: world.ids.hex(32),
        size: source.bytes.len(),
        etag: checksum::etag(&source.bytes),
        checksum: computed,
        parts: Vec::new(),
        about,
    };
    let mut answer = Element::new("CopyObjectResult")
        .with_leaf("LastModified", world.clock.now().whole_seconds())
        .with_leaf("ETag", format!("\"{}\"", content.etag));
    if let Some((name, value)) = &content.checksum {
        answer = answer.with_leaf("ChecksumType", "FULL_OBJECT");
        answer = answer.with_leaf(&checksum::element_name(name), value);
    }
    let mut reply = content.about.sealing.describe(document(&answer));
    if let Some(version) = &source.version {
        reply = reply.header("x-amz-copy-source-version-id", version);
    }
    Ok(object::keep(world, name, key, content, source.bytes, reply))
}
