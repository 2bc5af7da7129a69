//! Object lock: a bucket's default, and the retention and legal hold of one version.
//!
//! Invariant: a version that is held or retained can't be deleted by its id; a marker on top of it can be made.

use http::Method;
use serde::{Deserialize, Serialize};

use super::bucket::{self, Bucket, Versioning};
use super::object::{self, About};
use super::xml::Element;
use super::{body, document, done, fault};
use crate::sandbox::{Call, Fault, Moment, Reply, World};

/// How a version is protected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lock {
    retention: Option<Retention>,
    #[serde(default)]
    hold: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Retention {
    mode: String,
    until: String,
}

/// A bucket's configuration as it reads back, if S3 takes it.
pub(super) fn checked(bucket: &Bucket, element: Element) -> Result<Element, Fault> {
    // Since November 2023 a lock can be put on a bucket that exists, if it keeps versions.
    if bucket.versioning != Some(Versioning::Enabled) {
        let message = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration";
        return Err(fault::conflict("InvalidBucketState", message));
    }
    if element.child("ObjectLockEnabled").is_none() {
        return Err(fault::malformed_xml());
    }
    let Some(default) = element.child("Rule").map(|rule| rule.child("DefaultRetention")) else {
        return Ok(element);
    };
    let default = default.ok_or_else(fault::malformed_xml)?;
    let period = match (default.get("Days"), default.get("Years")) {
        (Some(period), None) | (None, Some(period)) => period,
        _ => return Err(fault::malformed_xml()),
    };
    if default.child("Mode").is_none() {
        return Err(fault::malformed_xml());
    }
    if !period.parse::<i64>().is_ok_and(|period| period > 0) {
        let message = "Default retention period must be a positive integer value.";
        return Err(fault::invalid_argument("DefaultRetention", message));
    }
    Ok(element)
}

/// The lock that a new version gets from its headers, else from its bucket.
pub(super) fn of_new(world: &World, call: &Call, bucket: &Bucket) -> Result<Lock, Fault> {
    let mode = call.header("x-amz-object-lock-mode");
    let until = call.header("x-amz-object-lock-retain-until-date");
    let hold = call.header("x-amz-object-lock-legal-hold");
    if !bucket.locks() {
        return match mode.or(until).or(hold) {
            None => Ok(Lock::default()),
            Some(_) => Err(unlocked()),
        };
    }
    let retention = match (mode, until) {
        (Some(mode), Some(until)) => Some(Retention {
            mode: mode.to_owned(),
            until: until.to_owned(),
        }),
        (None, None) => default_retention(world, bucket),
        _ => {
            let message = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied";
            return Err(fault::invalid_argument("x-amz-object-lock-mode", message));
        }
    };
    let hold = hold.filter(|hold| *hold == "ON").map(str::to_owned);
    Ok(Lock { retention, hold })
}

fn unlocked() -> Fault {
    fault::invalid_request("Bucket is missing Object Lock Configuration")
}

fn default_retention(world: &World, bucket: &Bucket) -> Option<Retention> {
    let rule = bucket.settings.get("object-lock")?.child("Rule")?;
    let default = rule.child("DefaultRetention")?;
    let number = |name: &str| default.get(name).and_then(|text| text.parse::<i64>().ok());
    let days = number("Days").or_else(|| Some(number("Years")?.saturating_mul(365)))?;
    Some(Retention {
        mode: default.get("Mode")?.to_owned(),
        until: world.clock.now().plus_seconds(days.saturating_mul(86_400)).millis(),
    })
}

/// Whether a version can't be deleted yet.
pub(super) fn protects(lock: &Lock, call: &Call, now: Moment) -> bool {
    let bypasses = call
        .header("x-amz-bypass-governance-retention")
        .is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let is_retained = lock.retention.as_ref().is_some_and(|retention| {
        // Both are in UTC and of one form up to the seconds.
        let is_future = retention.until.get(..19) > now.millis().get(..19);
        is_future && !(bypasses && retention.mode == "GOVERNANCE")
    });
    is_retained || lock.hold.as_deref() == Some("ON")
}

pub(super) fn describe(lock: &Lock, mut reply: Reply) -> Reply {
    if let Some(retention) = &lock.retention {
        reply = reply
            .header("x-amz-object-lock-mode", &retention.mode)
            .header("x-amz-object-lock-retain-until-date", &retention.until);
    }
    match &lock.hold {
        Some(hold) => reply.header("x-amz-object-lock-legal-hold", hold),
        None => reply,
    }
}

/// Get and put of an object's retention.
pub(super) fn retention(world: &mut World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    let about = locked(world, call, name, key)?;
    match call.method {
        Method::GET => {
            let retention = about.lock.retention.as_ref().ok_or_else(absent)?;
            let element = Element::new("Retention")
                .with_leaf("Mode", &retention.mode)
                .with_leaf("RetainUntilDate", &retention.until);
            Ok(document(&element))
        }
        Method::PUT => {
            let now = world.clock.now();
            let element = body(call, "Retention")?;
            let wanted = wanted(&element, now)?;
            let about = object::find_mut(world, name, key, call.query.get("versionId"))?;
            let is_weaker = |old: &Retention| {
                wanted
                    .as_ref()
                    .is_none_or(|new| new.until < old.until || new.mode != old.mode)
            };
            let old = Lock {
                retention: about.lock.retention.clone(),
                hold: None,
            };
            if old.retention.as_ref().is_some_and(is_weaker) && protects(&old, call, now) {
                return Err(fault::denied("Access Denied because object protected by object lock."));
            }
            about.lock.retention = wanted;
            Ok(done())
        }
        _ => Err(fault::not_allowed(call.method.as_str(), "OBJECT")),
    }
}

fn wanted(element: &Element, now: Moment) -> Result<Option<Retention>, Fault> {
    let (mode, until) = match (element.get("Mode"), element.get("RetainUntilDate")) {
        (None, None) => return Ok(None),
        (Some(mode), Some(until)) => (mode, until),
        _ => return Err(fault::malformed_xml()),
    };
    if until.get(..19) <= now.millis().get(..19) {
        return Err(fault::invalid_argument(
            "RetainUntilDate",
            "The retain until date must be in the future!",
        ));
    }
    Ok(Some(Retention {
        mode: mode.to_owned(),
        until: until.to_owned(),
    }))
}

/// Get and put of an object's legal hold.
pub(super) fn hold(world: &mut World, call: &Call, name: &str, key: &str) -> Result<Reply, Fault> {
    let about = locked(world, call, name, key)?;
    match call.method {
        Method::GET => {
            let hold = about.lock.hold.as_ref().ok_or_else(absent)?;
            Ok(document(&Element::new("LegalHold").with_leaf("Status", hold)))
        }
        Method::PUT => {
            let status = body(call, "LegalHold")?.get("Status").map(str::to_owned);
            let status = status.ok_or_else(fault::malformed_xml)?;
            object::find_mut(world, name, key, call.query.get("versionId"))?
                .lock
                .hold = Some(status);
            Ok(done())
        }
        _ => Err(fault::not_allowed(call.method.as_str(), "OBJECT")),
    }
}

fn locked<'a>(world: &'a World, call: &Call, name: &str, key: &str) -> Result<&'a About, Fault> {
    if !bucket::find(world, call, name)?.locks() {
        return Err(unlocked());
    }
    Ok(&object::find(world, name, key, call.query.get("versionId"))?.about)
}

fn absent() -> Fault {
    let message = "The specified object does not have a ObjectLock configuration";
    fault::absent("NoSuchObjectLockConfiguration", message)
}
