//! Event notifications of a bucket: S3 tries the destination when they are put.

use std::collections::BTreeSet;

use super::fault;
use super::xml::Element;
use crate::sandbox::{Call, Fault, World};

/// A function as a destination, and the element that holds its ARN.
const FUNCTIONS: (&str, &str) = ("CloudFunctionConfiguration", "CloudFunction");
const OTHERS: [(&str, &str); 2] = [("QueueConfiguration", "Queue"), ("TopicConfiguration", "Topic")];

/// The events that S3 tells of, as the service model names them.
const EVENTS: [&str; 31] = [
    "s3:IntelligentTiering",
    "s3:LifecycleExpiration:*",
    "s3:LifecycleExpiration:Delete",
    "s3:LifecycleExpiration:DeleteMarkerCreated",
    "s3:LifecycleTransition",
    "s3:ObjectAcl:Put",
    "s3:ObjectAnnotation:*",
    "s3:ObjectAnnotation:Delete",
    "s3:ObjectAnnotation:Put",
    "s3:ObjectCreated:*",
    "s3:ObjectCreated:CompleteMultipartUpload",
    "s3:ObjectCreated:Copy",
    "s3:ObjectCreated:Post",
    "s3:ObjectCreated:Put",
    "s3:ObjectRemoved:*",
    "s3:ObjectRemoved:Delete",
    "s3:ObjectRemoved:DeleteMarkerCreated",
    "s3:ObjectRestore:*",
    "s3:ObjectRestore:Completed",
    "s3:ObjectRestore:Delete",
    "s3:ObjectRestore:Post",
    "s3:ObjectRetention:Put",
    "s3:ObjectTagging:*",
    "s3:ObjectTagging:Delete",
    "s3:ObjectTagging:Put",
    "s3:ReducedRedundancyLostObject",
    "s3:Replication:*",
    "s3:Replication:OperationFailedReplication",
    "s3:Replication:OperationMissedThreshold",
    "s3:Replication:OperationNotTracked",
    "s3:Replication:OperationReplicatedAfterThreshold",
];

/// The configuration, each destination with an id, if every function lets S3 invoke it.
pub(super) fn checked(world: &mut World, call: &Call, mut element: Element) -> Result<Element, Fault> {
    let skips = call
        .header("x-amz-skip-destination-validation")
        .is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let mut ids = BTreeSet::new();
    for configuration in &mut element.children {
        let named = OTHERS
            .into_iter()
            .chain([FUNCTIONS])
            .find(|(name, _)| *name == configuration.name);
        let Some((kind, destination)) = named else {
            continue;
        };
        let arn = configuration.get(destination).unwrap_or_default();
        check_arn(call, kind, arn)?;
        check_rules(configuration)?;
        if kind == FUNCTIONS.0 && !skips && !world.lambda.admits(arn, "s3.amazonaws.com") {
            let message = "Unable to validate the following destination configurations";
            return Err(fault::bad("InvalidArgument", message)
                .with("ArgumentName1", format!("{arn}, null"))
                .with("ArgumentValue1", "Not authorized to invoke function"));
        }
        if configuration.get("Id").is_none_or(str::is_empty) {
            configuration.children.retain(|child| child.name != "Id");
            configuration.children.insert(0, Element::leaf("Id", world.ids.uuid()));
        }
        if !ids.insert(configuration.get("Id").unwrap_or_default().to_owned()) {
            let message = "Configuration Id must be unique. Found same Id for more than one configuration";
            return Err(fault::invalid_argument("Id", message));
        }
        configuration.children.iter_mut().for_each(capitalise_filter);
    }
    refuse_overlaps(&element)?;
    Ok(element)
}

/// A destination is of the service that its element names, and in the bucket's Region.
fn check_arn(call: &Call, kind: &str, arn: &str) -> Result<(), Fault> {
    let service = match kind {
        "QueueConfiguration" => "sqs",
        "TopicConfiguration" => "sns",
        _ => "lambda",
    };
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, found, region, _, _] = parts.as_slice() else {
        return Err(fault::argument(kind, arn, "The ARN could not be parsed"));
    };
    if *found != service {
        return Err(fault::argument(kind, arn, "The ARN is not well formed"));
    }
    if *region != call.region {
        let message = "The notification destination service region is not valid for the bucket location constraint";
        return Err(fault::argument(kind, arn, message));
    }
    // First-in-first-out queues and topics can't be told.
    if arn.ends_with(".fifo") {
        return Err(fault::argument(
            kind,
            arn,
            "Unable to validate the following destination configurations",
        ));
    }
    Ok(())
}

fn check_rules(configuration: &Element) -> Result<(), Fault> {
    if let Some(odd) = configuration
        .all("Event")
        .find(|event| !EVENTS.contains(&event.text.as_str()))
    {
        let message = format!("The event '{}' is not supported for notifications", odd.text);
        return Err(fault::argument("Event", &odd.text, message));
    }
    let key = configuration.child("Filter").and_then(|filter| filter.child("S3Key"));
    let mut names = BTreeSet::new();
    for rule in key.into_iter().flat_map(|key| key.all("FilterRule")) {
        let name = rule.get("Name").unwrap_or_default().to_ascii_lowercase();
        if !["prefix", "suffix"].contains(&name.as_str()) {
            let message = "filter rule name must be either prefix or suffix";
            return Err(fault::argument("FilterRule.Name", &name, message));
        }
        let message = format!("Cannot specify more than one {name} rule in a filter.");
        if rule.get("Value").is_some_and(|value| value.len() > 1024) {
            let message = "Size of filter rule value cannot exceed 1024 bytes in UTF-8 representation";
            return Err(fault::invalid_argument("FilterRule.Value", message));
        }
        if !names.insert(name) {
            return Err(fault::invalid_argument("FilterRule.Name", message));
        }
    }
    Ok(())
}

/// `prefix` was written, and `Prefix` comes back.
fn capitalise_filter(element: &mut Element) {
    if element.name == "Name" {
        match element.text.to_ascii_lowercase().as_str() {
            "prefix" => element.text = "Prefix".to_owned(),
            "suffix" => element.text = "Suffix".to_owned(),
            _ => {}
        }
    }
    element.children.iter_mut().for_each(capitalise_filter);
}

/// Nobody is told of what somebody else is told of.
fn refuse_overlaps(element: &Element) -> Result<(), Fault> {
    let configurations: Vec<&Element> = element
        .children
        .iter()
        .filter(|one| one.child("Event").is_some())
        .collect();
    for (at, one) in configurations.iter().enumerate() {
        for other in configurations.iter().take(at) {
            let (prefix, suffix) = (filters(one, "Prefix", other), filters(one, "Suffix", other));
            let keys = (prefix.0.starts_with(prefix.1) || prefix.1.starts_with(prefix.0))
                && (suffix.0.ends_with(suffix.1) || suffix.1.ends_with(suffix.0));
            let events = one
                .all("Event")
                .any(|event| other.all("Event").any(|also| meet(&event.text, &also.text)));
            if keys && events {
                let message = "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if \
                               the prefixes are overlapping for the same event type.";
                return Err(fault::bad("InvalidArgument", message));
            }
        }
    }
    Ok(())
}

fn meet(one: &str, other: &str) -> bool {
    let covers = |family: &str, event: &str| family.strip_suffix('*').is_some_and(|family| event.starts_with(family));
    one == other || covers(one, other) || covers(other, one)
}

fn filters<'a>(one: &'a Element, name: &str, other: &'a Element) -> (&'a str, &'a str) {
    (filter(one, name), filter(other, name))
}

fn filter<'a>(configuration: &'a Element, name: &str) -> &'a str {
    let key = configuration.child("Filter").and_then(|filter| filter.child("S3Key"));
    let mut rules = key.into_iter().flat_map(|key| key.all("FilterRule"));
    let rule = rules.find(|rule| rule.get("Name") == Some(name));
    rule.and_then(|rule| rule.get("Value")).unwrap_or_default()
}
