//! DeleteObject and DeleteObjects.

use super::bucket::{self, Versioning};
use super::object::{self, Body, Version};
use super::xml::Element;
use super::{body, checksum, condition, document, fault, gone, lock, object_key};
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
    if call.header("if-match").is_some() {
        condition::of_write(call, key, object::current(world, name, key))?;
    }
    check_lock(world, call, name, key, call.query.get("versionId"))?;
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

/// A locked version can't be deleted by its id.
fn check_lock(world: &World, call: &Call, name: &str, key: &str, id: Option<&str>) -> Result<(), Fault> {
    let object = world.s3.objects.get(&object_key(name, key));
    let version = id.and_then(|id| object?.version(Some(id)));
    match version.and_then(Version::content) {
        Some(content) if lock::protects(&content.about.lock, call, world.clock.now()) => {
            Err(fault::denied("Access Denied because object protected by object lock."))
        }
        _ => Ok(()),
    }
}

pub(super) fn many(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let versioning = bucket::find(world, call, name)?.versioning;
    let request = body(call, "Delete")?;
    let (bytes, trailers) = super::chunked::read(call)?;
    // The body has to come with some digest.
    if checksum::given(call, &trailers, &bytes)?.is_none() && call.header("content-md5").is_none() {
        let message = "Missing required header for this request: Content-MD5";
        return Err(fault::invalid_request(message));
    }
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
        if let Err(fault) = check_one(world, call, name, key, wanted) {
            answer = answer.with(refused(key, version, &fault));
            continue;
        }
        let outcome = delete(world, name, key, version, versioning);
        if !is_quiet {
            answer = answer.with(describe(key, outcome));
        }
    }
    Ok(document(&answer))
}

/// What keeps one of many from being deleted, while the others are.
fn check_one(world: &World, call: &Call, name: &str, key: &str, wanted: &Element) -> Result<(), Fault> {
    if let Some(etag) = wanted.get("ETag") {
        let current = object::current(world, name, key).ok_or_else(|| fault::no_key(key))?;
        if etag.trim_matches('"') != current.etag {
            return Err(fault::precondition("If-Match"));
        }
    }
    check_lock(
        world,
        call,
        name,
        key,
        wanted.get("VersionId").filter(|id| !id.is_empty()),
    )
}

fn refused(key: &str, version: Option<&str>, fault: &Fault) -> Element {
    let error = Element::new("Error").with_leaf("Key", key);
    let error = error.with_all(version.map(|id| Element::leaf("VersionId", id)));
    error
        .with_leaf("Code", &fault.code)
        .with_leaf("Message", &fault.message)
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
