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
        if key.is_empty() || key.chars().count() > 128 {
            return Err(fault::bad("InvalidTag", "The TagKey you have provided is invalid").with("TagKey", key));
        }
        if value.chars().count() > 256 {
            return Err(fault::bad("InvalidTag", "The TagValue you have provided is invalid").with("TagValue", value));
        }
        if tags.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(fault::bad("InvalidTag", "Cannot provide multiple Tags with the same key").with("TagKey", key));
        }
    }
    Ok(tags)
}

/// The new tags of a bucket: what AWS itself has put on it can be neither changed nor left out.
pub(super) fn replace(old: &Tags, tagging: &Element) -> Result<Tags, Fault> {
    let new = read(tagging.child("TagSet").ok_or_else(fault::malformed_xml)?)?;
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
    bucket::find(world, call, name)?;
    let version = call.query.get("versionId");
    match call.method {
        Method::GET => Ok(document(&describe(&object::find(world, name, key, version)?.tags))),
        Method::PUT => {
            let new = read(
                body(call, "Tagging")?
                    .child("TagSet")
                    .ok_or_else(fault::malformed_xml)?,
            )?;
            if new.len() > MAX_OBJECT_TAGS {
                return Err(fault::bad("BadRequest", "Object tags cannot be greater than 10"));
            }
            object::find_mut(world, name, key, version)?.tags = new;
            Ok(done())
        }
        Method::DELETE => {
            object::find_mut(world, name, key, version)?.tags.clear();
            Ok(gone())
        }
        _ => Err(Fault::unknown_operation(call)),
    }
}
