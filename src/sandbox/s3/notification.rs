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
    }
    Ok(element)
}
