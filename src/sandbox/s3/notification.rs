//! Event notifications of a bucket: S3 tries the destination when they are put.

use super::fault;
use super::xml::Element;
use crate::sandbox::{Call, Fault, World};

/// A function as a destination, and the element that holds its ARN.
const FUNCTIONS: (&str, &str) = ("CloudFunctionConfiguration", "CloudFunction");
const OTHERS: [(&str, &str); 2] = [("QueueConfiguration", "Queue"), ("TopicConfiguration", "Topic")];

/// The configuration, each destination with an id, if every function lets S3 invoke it.
pub(super) fn checked(world: &mut World, call: &Call, mut element: Element) -> Result<Element, Fault> {
    let skips = call
        .header("x-amz-skip-destination-validation")
        .is_some_and(|text| text.eq_ignore_ascii_case("true"));
    for configuration in &mut element.children {
        let named = OTHERS
            .into_iter()
            .chain([FUNCTIONS])
            .find(|(name, _)| *name == configuration.name);
        let Some((_, destination)) = named else {
            continue;
        };
        let arn = configuration.get(destination).ok_or_else(fault::malformed_xml)?;
        if configuration.child("Event").is_none() {
            return Err(fault::malformed_xml());
        }
        if configuration.name == FUNCTIONS.0 && !skips && !world.lambda.admits(arn, "s3.amazonaws.com") {
            let message = "Unable to validate the following destination configurations";
            return Err(fault::bad("InvalidArgument", message)
                .with("ArgumentName1", format!("{arn}, null"))
                .with("ArgumentValue1", "Not authorized to invoke function"));
        }
        if configuration.child("Id").is_none() {
            configuration.children.insert(0, Element::leaf("Id", world.ids.uuid()));
        }
        configuration.children.iter_mut().for_each(capitalise_filter);
    }
    refuse_overlaps(&element)?;
    Ok(element)
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
