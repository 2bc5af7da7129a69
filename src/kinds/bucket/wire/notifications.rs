//! Notifications in the SDK's terms.
//!
//! Invariant: AWS has one configuration of all of them and of EventBridge; it is written whole.

use std::collections::BTreeMap;

use aws_sdk_s3::operation::get_bucket_notification_configuration::GetBucketNotificationConfigurationOutput;
use aws_sdk_s3::types as sdk;

use super::super::notifications::{Destination, EventName, Notification, Told};
use super::unbuilt;
use crate::names::Arn;

/// What AWS tells, and whether it tells EventBridge.
///
/// # Errors
/// What of it can't be said.
pub(in super::super) fn read(answer: &GetBucketNotificationConfigurationOutput) -> Result<Told, String> {
    let mut notifications = BTreeMap::new();
    let mut add = |id: Option<&str>, one: Result<Notification, String>| {
        let id = id.filter(|id| !id.is_empty()).ok_or("a notification without an id")?;
        let one = one.map_err(|what| format!("the notification `{id}` has {what}"))?;
        match notifications.insert(id.to_owned(), one) {
            Some(_) => Err(format!("two notifications `{id}`")),
            None => Ok(()),
        }
    };
    for one in answer.lambda_function_configurations() {
        let arn = one.lambda_function_arn();
        add(
            one.id(),
            notification(Destination::Lambda, arn, one.events(), one.filter()),
        )?;
    }
    for one in answer.queue_configurations() {
        add(
            one.id(),
            notification(Destination::Queue, one.queue_arn(), one.events(), one.filter()),
        )?;
    }
    for one in answer.topic_configurations() {
        add(
            one.id(),
            notification(Destination::Topic, one.topic_arn(), one.events(), one.filter()),
        )?;
    }
    Ok(Told {
        notifications,
        eventbridge: answer.event_bridge_configuration().is_some(),
    })
}

fn notification(
    destination: fn(Arn) -> Destination,
    arn: &str,
    events: &[sdk::Event],
    filter: Option<&sdk::NotificationConfigurationFilter>,
) -> Result<Notification, String> {
    let event = |event: &sdk::Event| {
        let name = event.as_str();
        EventName::of(name).ok_or_else(|| format!("the event `{name}`, which is not known"))
    };
    let rules = filter
        .and_then(|filter| filter.key())
        .map_or(&[][..], |key| key.filter_rules());
    Ok(Notification {
        destination: destination(Arn::parse(arn).map_err(|error| format!("a destination that is none: {error}"))?),
        events: events.iter().map(event).collect::<Result<_, _>>()?,
        prefix: value(rules, "prefix")?,
        suffix: value(rules, "suffix")?,
    })
}

/// S3 answers with `Prefix` where `prefix` was written, and has written both.
fn value(rules: &[sdk::FilterRule], name: &str) -> Result<String, String> {
    let named = |rule: &sdk::FilterRule| rule.name().map_or("", |name| name.as_str()).to_ascii_lowercase();
    if let Some(odd) = rules
        .iter()
        .map(named)
        .find(|name| !["prefix", "suffix"].contains(&name.as_str()))
    {
        return Err(format!("a filter by `{odd}`"));
    }
    let mut values = rules.iter().filter(|rule| named(rule) == name);
    let value = values.next().and_then(|rule| rule.value()).unwrap_or_default();
    match values.next() {
        Some(_) => Err(format!("a filter with two values of `{name}`")),
        None => Ok(value.to_owned()),
    }
}

/// All of it for PutBucketNotificationConfiguration; what is not in it ends.
///
/// # Errors
/// Never for what was lowered or read.
pub(in super::super) fn write(told: &Told) -> Result<sdk::NotificationConfiguration, String> {
    let Told {
        notifications,
        eventbridge,
    } = told;
    let mut configuration = sdk::NotificationConfiguration::builder();
    for (id, notification) in notifications {
        let Notification {
            destination,
            events,
            prefix,
            suffix,
        } = notification;
        let events = Some(events.iter().map(|event| sdk::Event::from(event.as_str())).collect());
        let filter = written_filter(prefix, suffix);
        configuration = match destination {
            Destination::Lambda(arn) => {
                let one = sdk::LambdaFunctionConfiguration::builder().id(id).set_filter(filter);
                let one = one.lambda_function_arn(arn.as_str()).set_events(events).build();
                configuration.lambda_function_configurations(one.map_err(unbuilt)?)
            }
            Destination::Queue(arn) => {
                let one = sdk::QueueConfiguration::builder().id(id).set_filter(filter);
                let one = one.queue_arn(arn.as_str()).set_events(events).build();
                configuration.queue_configurations(one.map_err(unbuilt)?)
            }
            Destination::Topic(arn) => {
                let one = sdk::TopicConfiguration::builder().id(id).set_filter(filter);
                let one = one.topic_arn(arn.as_str()).set_events(events).build();
                configuration.topic_configurations(one.map_err(unbuilt)?)
            }
        };
    }
    let bridge = eventbridge.then(|| sdk::EventBridgeConfiguration::builder().build());
    Ok(configuration.set_event_bridge_configuration(bridge).build())
}

fn written_filter(prefix: &str, suffix: &str) -> Option<sdk::NotificationConfigurationFilter> {
    let pairs = [
        (sdk::FilterRuleName::Prefix, prefix),
        (sdk::FilterRuleName::Suffix, suffix),
    ];
    let rules: Vec<_> = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| sdk::FilterRule::builder().name(name).value(value).build())
        .collect();
    let some = !rules.is_empty();
    let key = sdk::S3KeyFilter::builder().set_filter_rules(Some(rules)).build();
    some.then(|| sdk::NotificationConfigurationFilter::builder().key(key).build())
}
