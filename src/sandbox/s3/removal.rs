//! DeleteObject and DeleteObjects.

use super::bucket::{self, Versioning};
use super::object::{self, Body, Version};
use super::xml::Element;
use super::{body, document, fault, gone, object_key};
use crate::sandbox::{Call, Fault, Reply, World};

const MOST: usize = 1000;

/// What became of a delete.
enum Outcome {
    /// Nothing to tell: the object is gone or never was.
    Plain,
    /// A delete marker with this id now hides the object.
    Hidden(String),
    /// This version is gone, and it was one that hid the object.
    MarkerRemoved(String),
    /// This version is gone.
    Removed(String),
}

fn delete(world: &mut World, name: &str, key: &str, version: Option<&str>, versioning: Option<Versioning>) -> Outcome {
    match (version, versioning) {
        (Some(id), _) => remove(world, name, key, id),
        (None, None) => {
            remove(world, name, key, object::NULL);
            Outcome::Plain
        }
        // With versioning nothing is lost: a marker goes on top, even where there was no object.
        (None, Some(_)) => {
            let id = object::new_id(world, versioning);
            let marker = Version {
                id: id.clone(),
                modified: world.clock.now(),
                body: Body::DeleteMarker,
            };
            object::store(world, name, key, marker);
            Outcome::Hidden(id)
        }
    }
}

fn remove(world: &mut World, name: &str, key: &str, id: &str) -> Outcome {
    let place = object_key(name, key);
    let Some(mut object) = world.s3.objects.get(&place).cloned() else {
        return Outcome::Removed(id.to_owned());
    };
    let Some(at) = object.versions.iter().position(|version| version.id == id) else {
        return Outcome::Removed(id.to_owned());
    };
    let removed = object.versions.remove(at);
    if object.versions.is_empty() {
        world.s3.objects.remove(&place);
    } else {
        world.s3.objects.insert(place, object);
    }
    match removed.body {
        Body::Content(content) => {
            world.s3.contents.remove(&object_key(name, &content.blob));
            Outcome::Removed(removed.id)
        }
        Body::DeleteMarker => Outcome::MarkerRemoved(removed.id),
    }
}

pub(super) fn one(world: &mut World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    let versioning = bucket::find(world, call, name)?.versioning;
    Ok(
        match delete(world, name, key, call.query.get("versionId"), versioning) {
            Outcome::Plain => gone(),
            Outcome::Removed(id) => gone().header("x-amz-version-id", &id),
            Outcome::Hidden(id) | Outcome::MarkerRemoved(id) => gone()
                .header("x-amz-version-id", &id)
                .header("x-amz-delete-marker", "true"),
        },
    )
}

pub(super) fn many(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let versioning = bucket::find(world, call, name)?.versioning;
    let request = body(call, "Delete")?;
    let count = request.all("Object").count();
    if count == 0 || count > MOST {
        return Err(fault::malformed_xml());
    }
    let is_quiet = request.get("Quiet").is_some_and(|text| text == "true");
    let mut answer = Element::new("DeleteResult");
    for wanted in request.all("Object") {
        let key = wanted
            .get("Key")
            .filter(|key| !key.is_empty())
            .ok_or_else(fault::malformed_xml)?;
        let version = wanted.get("VersionId").filter(|id| !id.is_empty());
        let outcome = delete(world, name, key, version, versioning);
        if !is_quiet {
            answer = answer.with(describe(key, outcome));
        }
    }
    Ok(document(&answer))
}

fn describe(key: &str, outcome: Outcome) -> Element {
    let deleted = Element::new("Deleted").with_leaf("Key", key);
    match outcome {
        Outcome::Plain => deleted,
        Outcome::Removed(id) => deleted.with_leaf("VersionId", id),
        Outcome::Hidden(id) => deleted
            .with_leaf("DeleteMarker", true)
            .with_leaf("DeleteMarkerVersionId", id),
        Outcome::MarkerRemoved(id) => deleted
            .with_leaf("VersionId", &id)
            .with_leaf("DeleteMarker", true)
            .with_leaf("DeleteMarkerVersionId", &id),
    }
}
