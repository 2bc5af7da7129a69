//! Lifecycle rules as S3 takes them: always the whole set.

use std::collections::BTreeSet;

use super::fault;
use super::xml::Element;
use crate::sandbox::{Call, Fault, Ids, Reply};

const MAX_RULES: usize = 1000;
const ACTIONS: [&str; 5] = [
    "Expiration",
    "Transition",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionTransition",
    "AbortIncompleteMultipartUpload",
];

/// The header that reads and writes of lifecycle rules carry although nobody set it, and the key it is kept by.
pub(super) const MINIMUM: &str = "x-amz-transition-default-minimum-object-size";

const MINIMA: [&str; 2] = ["all_storage_classes_128K", "varies_by_storage_class"];

/// What a write says of it; one that says nothing sets it back.
pub(super) fn minimum(call: &Call) -> Result<Element, Fault> {
    let minimum = call.header(MINIMUM).unwrap_or(MINIMA[0]);
    if !MINIMA.contains(&minimum) {
        return Err(fault::invalid_argument(
            MINIMUM,
            "Invalid TransitionDefaultMinimumObjectSize found",
        ));
    }
    Ok(Element::leaf("TransitionDefaultMinimumObjectSize", minimum))
}

pub(super) fn with_minimum(reply: Reply, kept: Option<&Element>) -> Reply {
    reply.header(MINIMUM, kept.map_or(MINIMA[0], |minimum| minimum.text.as_str()))
}

/// The rules, each with an id and a filter.
pub(super) fn checked(element: &Element, ids: &mut Ids) -> Result<Element, Fault> {
    let rules: Vec<&Element> = element.all("Rule").collect();
    // An empty set is no way to clear it; DeleteBucketLifecycle is.
    if rules.is_empty() || rules.len() > MAX_RULES {
        return Err(fault::malformed_xml());
    }
    let mut seen = BTreeSet::new();
    let mut kept = Element::new(&element.name);
    for rule in rules {
        let rule = checked_rule(rule, ids)?;
        if !seen.insert(rule.get("ID").unwrap_or_default().to_owned()) {
            return Err(fault::invalid_argument(
                "ID",
                "Rule ID must be unique. Found same ID for more than one rule",
            ));
        }
        kept = kept.with(rule);
    }
    Ok(kept)
}

fn checked_rule(rule: &Element, ids: &mut Ids) -> Result<Element, Fault> {
    let mut rule = rule.clone();
    if !matches!(rule.get("Status"), Some("Enabled" | "Disabled")) {
        return Err(fault::malformed_xml());
    }
    if rule.child("Filter").is_none() && rule.child("Prefix").is_none() {
        return Err(fault::malformed_xml());
    }
    if !ACTIONS.iter().any(|action| rule.child(action).is_some()) {
        let message = "At least one action needs to be specified in a rule";
        return Err(fault::bad("InvalidRequest", message));
    }
    check_expiration(&rule)?;
    if let Some(filter) = rule.children.iter_mut().find(|child| child.name == "Filter") {
        match filter.children.len() {
            // An empty filter reads back as an empty prefix.
            0 => filter.children.push(Element::new("Prefix")),
            1 => {}
            _ => return Err(fault::malformed_xml()),
        }
    }
    match rule.get("ID").filter(|id| !id.is_empty()) {
        Some(id) if id.chars().count() > 255 => {
            return Err(fault::invalid_argument(
                "ID",
                "ID length should not exceed allowed limit of 255",
            ));
        }
        Some(_) => {}
        None => {
            rule.children.retain(|child| child.name != "ID");
            rule.children
                .insert(0, Element::leaf("ID", ids.secret(48).replace(['/', '+'], "A")));
        }
    }
    Ok(rule)
}

fn check_expiration(rule: &Element) -> Result<(), Fault> {
    let Some(expiration) = rule.child("Expiration") else {
        return Ok(());
    };
    if expiration.children.len() != 1 {
        return Err(fault::malformed_xml());
    }
    if let Some(days) = expiration.get("Days")
        && days.parse::<u32>().map_or(true, |days| days == 0)
    {
        let message = "'Days' for Expiration action must be a positive integer";
        return Err(fault::invalid_argument("Days", message));
    }
    if let Some(date) = expiration.get("Date")
        && !(date.contains("T00:00:00"))
    {
        return Err(fault::invalid_argument("Date", "'Date' must be at midnight GMT"));
    }
    Ok(())
}
