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
    if rule.child("Filter").is_none() && rule.child("Prefix").is_none() {
        return Err(fault::malformed_xml());
    }
    if rule.child("Filter").is_some() && rule.child("Prefix").is_some() {
        return Err(fault::invalid_request(
            "Base level prefix cannot be used when Filter is specified.",
        ));
    }
    if !ACTIONS.iter().any(|action| rule.child(action).is_some()) {
        return Err(fault::invalid_request(
            "At least one action needs to be specified in a rule",
        ));
    }
    if let Some(filter) = rule.children.iter_mut().find(|child| child.name == "Filter") {
        match filter.children.len() {
            // An empty filter reads back as an empty prefix.
            0 => filter.children.push(Element::new("Prefix")),
            1 => check_and(filter)?,
            _ => return Err(fault::malformed_xml()),
        }
    }
    check_expiration(&rule)?;
    check_transitions(&rule)?;
    check_noncurrent(&rule)?;
    check_abort(&rule)?;
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

/// `And` is for two conditions and more.
fn check_and(filter: &Element) -> Result<(), Fault> {
    match filter.child("And").map(|and| and.children.len()) {
        Some(0 | 1) => Err(fault::malformed_xml()),
        Some(_) | None => Ok(()),
    }
}

fn has_tags(rule: &Element) -> bool {
    let filter = rule.child("Filter");
    let and = filter.and_then(|filter| filter.child("And"));
    [filter, and]
        .into_iter()
        .flatten()
        .any(|part| part.child("Tag").is_some())
}

/// A number of days; the schema has seen to it that it is one.
fn days(element: &Element, name: &str) -> Option<i64> {
    element.get(name)?.parse().ok()
}

fn positive(element: &Element, name: &str, action: &str) -> Result<(), Fault> {
    match days(element, name) {
        Some(days) if days < 1 => {
            let message = format!("'{name}' for {action} action must be a positive integer");
            Err(fault::argument(name, &days.to_string(), message))
        }
        _ => Ok(()),
    }
}

fn check_date(element: &Element) -> Result<(), Fault> {
    match element.get("Date") {
        // A date without a time is midnight.
        Some(date) if date.len() > 10 && !date.contains("T00:00:00") => {
            Err(fault::argument("Date", date, "'Date' must be at midnight GMT"))
        }
        _ => Ok(()),
    }
}

fn check_expiration(rule: &Element) -> Result<(), Fault> {
    let Some(expiration) = rule.child("Expiration") else {
        return Ok(());
    };
    if expiration.children.len() != 1 {
        return Err(fault::malformed_xml());
    }
    if expiration.child("ExpiredObjectDeleteMarker").is_some() && has_tags(rule) {
        return Err(fault::invalid_request(
            "ExpiredObjectDeleteMarker cannot be specified with Tags.",
        ));
    }
    positive(expiration, "Days", "Expiration")?;
    check_date(expiration)
}

/// Objects have to lie for 30 days before they go to the infrequent-access classes.
fn check_least(days: i64, class: &str, action: &str) -> Result<(), Fault> {
    if days < 30 && ["STANDARD_IA", "ONEZONE_IA"].contains(&class) {
        let message =
            format!("'Days' in {action} action must be greater than or equal to 30 for storageClass '{class}'");
        return Err(fault::argument("Days", &days.to_string(), message));
    }
    Ok(())
}

fn check_transitions(rule: &Element) -> Result<(), Fault> {
    let expires = rule.child("Expiration");
    let mut classes = BTreeSet::new();
    for transition in rule.all("Transition") {
        let class = transition.get("StorageClass").ok_or_else(fault::malformed_xml)?;
        if transition.child("Days").is_some() == transition.child("Date").is_some() {
            return Err(fault::malformed_xml());
        }
        check_date(transition)?;
        if !classes.insert(class) {
            let message = format!(
                "'StorageClass' must be different for 'Transition' actions in same 'Rule' with prefix '{}'",
                prefix(rule)
            );
            return Err(fault::invalid_request(message));
        }
        if let Some(expires) = expires
            && ["Days", "Date"]
                .iter()
                .any(|kind| expires.child(kind).is_some() && transition.child(kind).is_none())
        {
            let message = format!(
                "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for filter '(prefix={})'",
                prefix(rule)
            );
            return Err(fault::invalid_request(message));
        }
        if let Some(days_) = days(transition, "Days") {
            if days_ < 0 {
                let message = "'Days' in Transition action must be nonnegative";
                return Err(fault::argument("Days", &days_.to_string(), message));
            }
            check_least(days_, class, "Transition")?;
            if expires
                .and_then(|expires| days(expires, "Days"))
                .is_some_and(|expires| expires <= days_)
            {
                let message = format!(
                    "'Days' in the Expiration action for filter '(prefix={})' must be greater than 'Days' in the Transition \
                     action",
                    prefix(rule)
                );
                return Err(fault::invalid_argument("Days", message));
            }
        }
    }
    Ok(())
}

fn prefix(rule: &Element) -> &str {
    let filter = rule.child("Filter");
    let and = filter.and_then(|filter| filter.child("And"));
    let place = [and, filter, Some(rule)].into_iter().flatten();
    place.filter_map(|place| place.get("Prefix")).next().unwrap_or_default()
}

fn check_noncurrent(rule: &Element) -> Result<(), Fault> {
    let expires = rule.child("NoncurrentVersionExpiration");
    if let Some(expires) = expires {
        if expires.child("NoncurrentDays").is_none() {
            return Err(fault::malformed_xml());
        }
        positive(expires, "NoncurrentDays", "NoncurrentVersionExpiration")?;
        positive(expires, "NewerNoncurrentVersions", "NoncurrentVersionExpiration")?;
    }
    for transition in rule.all("NoncurrentVersionTransition") {
        let class = transition.get("StorageClass").ok_or_else(fault::malformed_xml)?;
        let noncurrent = days(transition, "NoncurrentDays").ok_or_else(fault::malformed_xml)?;
        check_least(noncurrent, class, "NoncurrentVersionTransition")?;
        if expires
            .and_then(|expires| days(expires, "NoncurrentDays"))
            .is_some_and(|expires| expires <= noncurrent)
        {
            let message = "'NoncurrentDays' in the NoncurrentVersionExpiration action must be greater than 'NoncurrentDays' \
                           in the NoncurrentVersionTransition action";
            return Err(fault::invalid_argument("NoncurrentDays", message));
        }
    }
    Ok(())
}

fn check_abort(rule: &Element) -> Result<(), Fault> {
    let Some(abort) = rule.child("AbortIncompleteMultipartUpload") else {
        return Ok(());
    };
    if has_tags(rule) {
        return Err(fault::invalid_request(
            "AbortIncompleteMultipartUpload cannot be specified with Tags.",
        ));
    }
    if abort.child("DaysAfterInitiation").is_none() {
        return Err(fault::malformed_xml());
    }
    positive(abort, "DaysAfterInitiation", "AbortIncompleteMultipartUpload")
}
