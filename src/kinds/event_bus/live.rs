//! Buses in AWS.
//!
//! Quirks: UpdateEventBus is not documented to keep what it isn't told, so that everything else is told as it is;
//! deleting a bus that isn't there succeeds; the default bus always answers.

use std::collections::BTreeMap;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::operation::describe_event_bus::DescribeEventBusOutput;
use aws_sdk_eventbridge::types as sdk;

use crate::aws::{Aws, Intent, Service, View, failed, found_there, gone_is_done, is_absent, request_id};
use crate::engine::{CallError, Receipt, Settled};
use crate::fields::FieldPath;
use crate::kind::{Depth, Kind as _, Listed, Live, Object, Observed, Seen};
use crate::kinds::tagging::TagChange;
use crate::names::{Arn, EventBusName, Region};
use crate::policy_doc::Policy as Document;

use super::{Action, EventBus, Evidence, Id, State, Statements};

impl Live for EventBus {
    async fn read(view: &View<'_>, object: &Object<Self>) -> Seen<Self> {
        let id = &object.id;
        let rules = async {
            match object.depth {
                Depth::Compare => Ok(Vec::new()),
                Depth::Remove => rules(view, id).await,
            }
        };
        let (bus, tags, rules) = futures_util::future::join3(describe(view, id), tags(view, id), rules).await;
        match bus {
            Ok(None) => Seen::Absent,
            Ok(Some(bus)) => match bus.managed_by() {
                Some(service) => Seen::Unknown(format!("it is managed by {service} and left alone")),
                None => Seen::There(Box::new(observed(&bus, tags, rules))),
            },
            Err(error) => Seen::Unknown(error.to_string()),
        }
    }

    /// Partners' buses are made by taking their event sources, which a file can't do.
    async fn list(view: &View<'_>, region: &Region) -> Result<Vec<Listed<Self>>, CallError> {
        let client = view.aws.events(region, Intent::Read);
        let (mut listed, mut next) = (Vec::new(), None);
        loop {
            let page = client.list_event_buses().set_next_token(next).send().await;
            let page = page.map_err(failed("events:ListEventBuses"))?;
            for bus in page.event_buses() {
                let name = bus.name().unwrap_or_default();
                let parsed = EventBusName::parse(name).ok();
                let partner = parsed.as_ref().is_some_and(EventBusName::is_partner);
                let id = parsed.map(|name| Id {
                    name,
                    region: region.clone(),
                });
                let made_by = partner.then(|| "a partner of AWS".to_owned());
                listed.push(Listed {
                    made_by,
                    ..Listed::own(name, id)
                });
            }
            next = page.next_token;
            if next.is_none() {
                return Ok(listed);
            }
        }
    }

    async fn run(aws: &Aws, id: &Id, arn: &Arn, action: &Action) -> Result<Receipt, CallError> {
        let client = aws.events(&id.region, Intent::Write);
        match action {
            Action::Create(state) => create(&client, id, arn, state).await,
            Action::Describe(description) => update(&client, id, description).await,
            Action::PutPolicy(policy) => put_policy(&client, id, policy).await,
            Action::RemovePolicy => remove_policy(&client, id).await,
            Action::Tag(change) => tag(&client, arn, change).await,
            Action::Delete => delete(&client, id).await,
        }
    }

    async fn settled(_: &Aws, _: &Id, _: &Action) -> Result<Settled, CallError> {
        Ok(Settled::Done)
    }
}

async fn describe(view: &View<'_>, id: &Id) -> Result<Option<DescribeEventBusOutput>, CallError> {
    let _slot = view.aws.read_slot(Service::Events).await;
    let client = view.aws.events(&id.region, Intent::Read);
    match client.describe_event_bus().name(id.name.as_str()).send().await {
        Ok(answer) => Ok(Some(answer)),
        Err(error) => {
            let error = failed("events:DescribeEventBus")(error);
            if is_absent(&error) { Ok(None) } else { Err(error) }
        }
    }
}

async fn tags(view: &View<'_>, id: &Id) -> Result<BTreeMap<String, String>, CallError> {
    let _slot = view.aws.read_slot(Service::Events).await;
    let arn = EventBus::arn(id, None, &view.aws.connection.home);
    tags_of(&view.aws.events(&id.region, Intent::Read), &arn).await
}

async fn tags_of(client: &Client, arn: &Arn) -> Result<BTreeMap<String, String>, CallError> {
    let answer = client.list_tags_for_resource().resource_arn(arn.as_str()).send().await;
    let answer = answer.map_err(failed("events:ListTagsForResource"))?;
    let tags = answer.tags().iter();
    Ok(tags.map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect())
}

/// Every rule on it, whoever manages it: DeleteEventBus is refused for all of them. The SDK has no paginator for this call.
async fn rules(view: &View<'_>, id: &Id) -> Result<Vec<Arn>, CallError> {
    let client = view.aws.events(&id.region, Intent::Read);
    let (mut rules, mut next) = (Vec::new(), None);
    loop {
        let _slot = view.aws.read_slot(Service::Events).await;
        let request = client.list_rules().event_bus_name(id.name.as_str());
        let page = match request
            .set_next_token(next)
            .send()
            .await
            .map_err(failed("events:ListRules"))
        {
            Ok(page) => page,
            Err(error) if is_absent(&error) => return Ok(rules),
            Err(error) => return Err(error),
        };
        rules.extend(page.rules().iter().filter_map(|rule| Arn::parse(rule.arn()?).ok()));
        next = page.next_token;
        if next.is_none() {
            return Ok(rules);
        }
    }
}

fn observed(
    bus: &DescribeEventBusOutput,
    tags: Result<BTreeMap<String, String>, CallError>,
    rules: Result<Vec<Arn>, CallError>,
) -> Observed<EventBus> {
    let mut unknown = BTreeMap::new();
    let mut withheld = |field, error: &CallError| drop(unknown.insert(FieldPath::whole(field), error.to_string()));
    let tags = tags.unwrap_or_else(|error| {
        withheld("tags", &error);
        BTreeMap::new()
    });
    let rules = rules.unwrap_or_else(|error| {
        withheld("rules", &error);
        Vec::new()
    });
    Observed {
        state: State {
            description: bus.description().unwrap_or_default().to_owned(),
            policy: Statements(bus.policy().filter(|text| !text.is_empty()).map(Document::live)),
            tags,
        },
        evidence: Evidence {
            rules,
            unmodelled: unmodelled(bus),
        },
        unknown,
    }
}

fn unmodelled(bus: &DescribeEventBusOutput) -> Vec<String> {
    let key = bus.kms_key_identifier().filter(|key| !key.is_empty());
    let queue = bus.dead_letter_config().and_then(|config| config.arn());
    let logs = bus
        .log_config()
        .and_then(|config| config.level())
        .filter(|level| *level != &sdk::Level::Off);
    let told = [
        key.map(|key| format!("its events are encrypted with the key {key}")),
        queue.map(|arn| format!("what can't be delivered goes to {arn}")),
        logs.map(|level| format!("it writes logs of the level {}", level.as_str())),
    ];
    told.into_iter().flatten().collect()
}

/// A bus that is there already is our first attempt if it has our own tags.
async fn create(client: &Client, id: &Id, arn: &Arn, state: &State) -> Result<Receipt, CallError> {
    let request = client
        .create_event_bus()
        .name(id.name.as_str())
        .set_description(Some(state.description.clone()).filter(|text| !text.is_empty()))
        .set_tags(sdk_tags(&state.tags));
    match request.send().await {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => {
            let error = failed("events:CreateEventBus")(error);
            if !error.is("ResourceAlreadyExistsException") {
                return Err(error);
            }
            found_there(error, tags_of(client, arn).await, |tags| *tags == state.tags)
        }
    }
}

fn sdk_tags(tags: &BTreeMap<String, String>) -> Option<Vec<sdk::Tag>> {
    let built = tags
        .iter()
        .filter_map(|(key, value)| sdk::Tag::builder().key(key).value(value).build().ok());
    let built: Vec<sdk::Tag> = built.collect();
    (!built.is_empty()).then_some(built)
}

async fn update(client: &Client, id: &Id, description: &str) -> Result<Receipt, CallError> {
    let live = client.describe_event_bus().name(id.name.as_str()).send().await;
    let live = live.map_err(failed("events:DescribeEventBus"))?;
    // Only an empty text takes a description away.
    let request = client
        .update_event_bus()
        .name(id.name.as_str())
        .description(description)
        .set_kms_key_identifier(live.kms_key_identifier)
        .set_dead_letter_config(live.dead_letter_config)
        .set_log_config(live.log_config);
    let answer = request.send().await.map_err(failed("events:UpdateEventBus"))?;
    Ok(Receipt::of(request_id(&answer)))
}

async fn put_policy(client: &Client, id: &Id, policy: &Document) -> Result<Receipt, CallError> {
    let request = client.put_permission().event_bus_name(id.name.as_str());
    let answer = request.policy(policy.to_json()).send().await;
    Ok(Receipt::of(request_id(
        &answer.map_err(failed("events:PutPermission"))?,
    )))
}

/// That the bus has no policy, or is gone itself, is what is wanted.
async fn remove_policy(client: &Client, id: &Id) -> Result<Receipt, CallError> {
    let request = client.remove_permission().event_bus_name(id.name.as_str());
    match request.remove_all_permissions(true).send().await {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => gone_is_done(failed("events:RemovePermission")(error)),
    }
}

async fn tag(client: &Client, arn: &Arn, change: &TagChange) -> Result<Receipt, CallError> {
    match change {
        TagChange::Set(tags) | TagChange::Claim(tags) => {
            let request = client.tag_resource().resource_arn(arn.as_str());
            let request = request.set_tags(Some(sdk_tags(tags).unwrap_or_default()));
            let answer = request.send().await.map_err(failed("events:TagResource"))?;
            Ok(Receipt::of(request_id(&answer)))
        }
        TagChange::Remove(keys) | TagChange::Release(keys) => {
            let request = client.untag_resource().resource_arn(arn.as_str());
            let request = request.set_tag_keys(Some(keys.clone()));
            let answer = request.send().await.map_err(failed("events:UntagResource"))?;
            Ok(Receipt::of(request_id(&answer)))
        }
    }
}

async fn delete(client: &Client, id: &Id) -> Result<Receipt, CallError> {
    match client.delete_event_bus().name(id.name.as_str()).send().await {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => gone_is_done(failed("events:DeleteEventBus")(error)),
    }
}
