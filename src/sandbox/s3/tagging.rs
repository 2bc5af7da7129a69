//! Tag sets of buckets and objects: always put whole.

use std::collections::BTreeMap;

use http::Method;

use super::xml::Element;
use super::{body, bucket, document, done, fault, gone, object};
use crate::sandbox::{Call, Fault, Reply, World};

const MAX_TAGS: usize = 50;
const MAX_OBJECT_TAGS: usize = 10;

/// Tags by key.
pub(super) type Tags = BTreeMap<String, String>;

/// The tags of a `TagSet` or of CreateBucket's `Tags`.
pub(super) fn read(set: &Element) -> Result<Tags, Fault> {
    let mut tags = Tags::new();
    for tag in set.all("Tag") {
        let (Some(key), Some(value)) = (tag.get("Key"), tag.get("Value")) else {
            return Err(fault::malformed_xml());
        };
        add(&mut tags, key, value)?;
    }
    Ok(tags)
}

/// Takes up one tag, if S3 takes its key and value.
pub(super) fn add(tags: &mut Tags, key: &str, value: &str) -> Result<(), Fault> {
    let invalid = |message: &str| fault::bad("InvalidTag", message).with("TagKey", key);
    if key.is_empty() || key.chars().count() > 128 || !key.chars().all(is_tag_character) {
        return Err(invalid("The TagKey you have provided is invalid"));
    }
    if value.chars().count() > 256 || !value.chars().all(is_tag_character) {
        return Err(invalid("The TagValue you have provided is invalid").with("TagValue", value));
    }
    match tags.insert(key.to_owned(), value.to_owned()) {
        None => Ok(()),
        Some(_) => Err(invalid("Cannot provide multiple Tags with the same key")),
    }
}

/// Letters, digits, spaces and some signs.
fn is_tag_character(character: char) -> bool {
    character.is_alphanumeric() || character.is_whitespace() || "_.:/=+-@".contains(character)
}

/// The tags of a bucket that is being made.
pub(super) fn new_bucket(set: &Element) -> Result<Tags, Fault> {
    replaced(&Tags::new(), read(set)?)
}

/// The tags of an object, which can have no system tags.
pub(super) fn checked_object(tags: Tags) -> Result<Tags, Fault> {
    if tags.len() > MAX_OBJECT_TAGS {
        return Err(fault::bad("BadRequest", "Object tags cannot be greater than 10"));
    }
    match tags.keys().find(|key| key.starts_with("aws:")) {
        Some(key) => Err(fault::bad("InvalidTag", "Your TagKey cannot be prefixed with aws:").with("TagKey", key)),
        None => Ok(tags),
    }
}

/// The new tags of a bucket: what AWS itself has put on it can be neither changed nor left out.
pub(super) fn replace(old: &Tags, tagging: &Element) -> Result<Tags, Fault> {
    replaced(old, read(tagging.child("TagSet").ok_or_else(fault::malformed_xml)?)?)
}

/// The new tags of a bucket that has these.
pub(super) fn replaced(old: &Tags, new: Tags) -> Result<Tags, Fault> {
    if new.len() > MAX_TAGS {
        return Err(fault::bad("BadRequest", "Bucket tag count cannot be greater than 50"));
    }
    let is_system = |key: &str| key.starts_with("aws:");
    if old.keys().any(|key| is_system(key) && !new.contains_key(key)) {
        return Err(fault::bad("InvalidTag", "System tags cannot be removed by requester"));
    }
    if new
        .iter()
        .any(|(key, value)| is_system(key) && old.get(key) != Some(value))
    {
        return Err(fault::bad(
            "InvalidTag",
            "System tags cannot be added/updated by requester",
        ));
    }
    Ok(new)
}

/// `Tagging`, as reads show it.
pub(super) fn describe(tags: &Tags) -> Element {
    let shown = tags
        .iter()
        .map(|(key, value)| Element::new("Tag").with_leaf("Key", key).with_leaf("Value", value));
    Element::new("Tagging").with(Element::new("TagSet").with_all(shown))
}

/// Get, put and delete of an object's tags.
pub(super) fn of_object(world: &mut World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    let versioning = bucket::find(world, call, name)?.versioning;
    let wanted = call.query.get("versionId");
    let id = object::find_version(world, name, key, wanted)?.id.clone();
    let reply = match call.method {
        Method::GET => document(&describe(&object::find(world, name, key, wanted)?.about.tags)),
        Method::PUT => {
            let element = body(call, "Tagging")?;
            let new = read(element.child("TagSet").ok_or_else(fault::malformed_xml)?)?;
            object::find_mut(world, name, key, wanted)?.tags = checked_object(new)?;
            done()
        }
        Method::DELETE => {
            object::find_mut(world, name, key, wanted)?.tags.clear();
            gone()
        }
        _ => return Err(fault::not_allowed(call.method.as_str(), "OBJECT")),
    };
    Ok(match versioning {
        Some(_) => reply.header("x-amz-version-id", &id),
        None => reply,
    })
}
