//! GetObjectAttributes.

use super::bucket;
use super::object::{self, Content};
use super::xml::Element;
use super::{checksum, document, fault};
use crate::sandbox::{Call, Fault, Reply, World};

const ATTRIBUTES: [&str; 5] = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

pub(super) fn get(world: &World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    let versioning = bucket::find(world, call, name)?.versioning;
    let version = object::find_version(world, name, key, call.query.get("versionId"))?;
    let content = version.content().ok_or_else(|| fault::no_key(key))?;
    let asked: Vec<&str> = call
        .headers
        .get_all("x-amz-object-attributes")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .collect();
    if asked.is_empty() || asked.iter().any(|name| !ATTRIBUTES.contains(name)) {
        let message = "Invalid attribute name specified.";
        return Err(fault::argument("x-amz-object-attributes", &asked.join(","), message));
    }
    let shown = ATTRIBUTES
        .iter()
        .filter(|name| asked.contains(name))
        .filter_map(|name| describe(content, name));
    let answer = Element::new("GetObjectAttributesResponse").with_all(shown);
    let reply = document(&answer).header("last-modified", &version.modified.http());
    Ok(object::with_version(reply, version, versioning))
}

fn describe(content: &Content, name: &str) -> Option<Element> {
    match name {
        "ETag" => Some(Element::leaf("ETag", &content.etag)),
        "StorageClass" => Some(Element::leaf("StorageClass", content.class())),
        "ObjectSize" => Some(Element::leaf("ObjectSize", content.size)),
        "Checksum" => {
            let (header, value) = content.checksum.as_ref()?;
            let kind = if value.contains('-') {
                "COMPOSITE"
            } else {
                "FULL_OBJECT"
            };
            let element = Element::new("Checksum").with_leaf(&checksum::element_name(header), value);
            Some(element.with_leaf("ChecksumType", kind))
        }
        _ if content.parts.is_empty() => None,
        _ => {
            let parts = content.parts.iter().map(|part| {
                let shown = Element::new("Part")
                    .with_leaf("PartNumber", part.number)
                    .with_leaf("Size", part.size);
                match &part.checksum {
                    Some((header, value)) => shown.with_leaf(&checksum::element_name(header), value),
                    None => shown,
                }
            });
            let last = content.parts.last().map_or(0, |part| part.number);
            let element = Element::new("ObjectParts")
                .with_leaf("PartsCount", content.parts.len())
                .with_leaf("PartNumberMarker", 0)
                .with_leaf("NextPartNumberMarker", last)
                .with_leaf("MaxParts", 1000)
                .with_leaf("IsTruncated", false);
            Some(element.with_all(parts))
        }
    }
}
