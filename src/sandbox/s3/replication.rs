//! Replication: what S3 checks when it is put. Nothing is replicated.

use std::collections::BTreeSet;

use super::bucket::{self, Versioning};
use super::fault;
use super::xml::Element;
use crate::sandbox::{Call, Fault, Ids, World};

const MAX_RULES: usize = 1000;

pub(super) fn checked(world: &mut World, call: &Call, name: &str, mut element: Element) -> Result<Element, Fault> {
    if bucket::find(world, call, name)?.versioning != Some(Versioning::Enabled) {
        let message = "Versioning must be 'Enabled' on the bucket to apply a replication configuration";
        return Err(fault::invalid_request(message));
    }
    let role = element.get("Role").unwrap_or_default();
    if !(role.starts_with("arn:") && role.contains(":iam::") && role.contains(":role/")) {
        return Err(fault::argument(
            "Role",
            role,
            "Invalid Role specified in replication configuration",
        ));
    }
    if element.all("Rule").count() > MAX_RULES {
        return Err(fault::malformed_xml());
    }
    let is_second = element.all("Rule").any(|rule| rule.child("Filter").is_some());
    let (mut ids, mut priorities) = (BTreeSet::new(), BTreeSet::new());
    for rule in element.children.iter_mut().filter(|child| child.name == "Rule") {
        check_destination(world, rule)?;
        if is_second {
            check_second(rule)?;
        }
        if let Some(priority) = rule.get("Priority")
            && !priorities.insert(priority.to_owned())
        {
            let message = format!("Found duplicate priority {priority}. Priority must be unique.");
            return Err(fault::invalid_request(message));
        }
        if !ids.insert(id(rule, &mut world.ids)) {
            return Err(fault::invalid_argument(
                "ID",
                "Rule Id must be unique. Found same ID for more than one rule",
            ));
        }
    }
    Ok(element)
}

/// Rules with a filter are of the second sort, which says more.
fn check_second(rule: &mut Element) -> Result<(), Fault> {
    if rule.child("Priority").is_none() {
        let message = "Priority must be specified for this version of Cross Region Replication configuration schema. Please \
                       refer to S3 Developer Guide for more information.";
        return Err(fault::invalid_request(message));
    }
    if rule.child("DeleteMarkerReplication").is_none() {
        let message = "DeleteMarkerReplication must be specified for this version of Cross Region Replication configuration \
                       schema. Please refer to S3 Developer Guide for more information.";
        return Err(fault::invalid_request(message));
    }
    if let Some(filter) = rule.children.iter_mut().find(|child| child.name == "Filter") {
        match filter.children.len() {
            0 => filter.children.push(Element::new("Prefix")),
            1 => {}
            _ => return Err(fault::malformed_xml()),
        }
    }
    Ok(())
}

/// A bucket of this account has to be there and to keep versions; of others nothing is known.
fn check_destination(world: &World, rule: &Element) -> Result<(), Fault> {
    let destination = rule.child("Destination");
    let arn = destination
        .and_then(|destination| destination.get("Bucket"))
        .unwrap_or_default();
    let Some(name) = arn.strip_prefix("arn:aws:s3:::").filter(|name| !name.is_empty()) else {
        return Err(fault::argument("Destination.Bucket", arn, "Invalid bucket ARN"));
    };
    let message = match world.s3.buckets.get(&name.to_owned()).map(|bucket| bucket.versioning) {
        Some(Some(Versioning::Enabled)) => return Ok(()),
        Some(_) => "Destination bucket must have versioning enabled.",
        None => "Destination bucket must exist.",
    };
    Err(fault::invalid_request(message))
}

/// The rule's id; one is made where it has none.
fn id(rule: &mut Element, ids: &mut Ids) -> String {
    if let Some(id) = rule.get("ID").filter(|id| !id.is_empty()) {
        return id.to_owned();
    }
    let id = ids.secret(48).replace(['/', '+'], "A");
    rule.children.retain(|child| child.name != "ID");
    rule.children.insert(0, Element::leaf("ID", &id));
    id
}
