//! Rules in AWS: the writing side.
//!
//! Quirks: PutRule replaces without a word whoever else's rule of that name; PutTargets and RemoveTargets answer 200 for
//! partial failures; deleting what isn't there succeeds.

use std::collections::BTreeMap;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types as sdk;

use crate::aws::{Aws, Intent, View, failed, gone_is_done, is_absent, request_id};
use crate::engine::error::Nature;
use crate::engine::{CallError, Receipt, Settled};
use crate::kind::{Listed, Live, Object, Seen};
use crate::kinds::tagging::TagChange;
use crate::names::{Arn, EventBusName, Region, RuleName};

use super::target::{Feed, Retry, Target};
use super::values::Switch;
use super::{Action, Id, Rule, State, read};

impl Live for Rule {
    async fn read(view: &View<'_>, object: &Object<Self>) -> Seen<Self> {
        let id = &object.id;
        read::read(view, id).await
    }

    fn expect(view: &View<'_>, id: &Id) {
        view.events.expect(&id.region, &id.bus);
    }

    async fn list(view: &View<'_>, region: &Region) -> Result<Vec<Listed<Self>>, CallError> {
        let mut listed = Vec::new();
        for bus in buses(view, region).await? {
            listed.extend(rules(view, region, &bus).await?);
        }
        Ok(listed)
    }

    async fn run(aws: &Aws, id: &Id, arn: &Arn, action: &Action) -> Result<Receipt, CallError> {
        let client = aws.events(&id.region, Intent::Write);
        match action {
            Action::Create(state) => create(&client, id, arn, state).await,
            Action::Put { to, fields: _ } => put(&client, id, to.whole(), None).await,
            Action::PutTargets { targets, before: _ } => put_targets(&client, id, targets).await,
            Action::RemoveTargets { ids, .. } => remove_targets(&client, id, ids).await,
            Action::Tag(change) => tag(&client, arn, change).await,
            Action::Delete => delete(&client, id).await,
        }
    }

    async fn settled(_: &Aws, _: &Id, _: &Action) -> Result<Settled, CallError> {
        Ok(Settled::Done)
    }
}

async fn buses(view: &View<'_>, region: &Region) -> Result<Vec<EventBusName>, CallError> {
    let client = view.aws.events(region, Intent::Read);
    let (mut buses, mut next) = (Vec::new(), None);
    loop {
        let page = client.list_event_buses().set_next_token(next).send().await;
        let page = page.map_err(failed("events:ListEventBuses"))?;
        let names = page
            .event_buses()
            .iter()
            .filter_map(|bus| EventBusName::parse(bus.name()?).ok());
        buses.extend(names);
        next = page.next_token;
        if next.is_none() {
            return Ok(buses);
        }
    }
}

/// Those that a service manages are that service's.
async fn rules(view: &View<'_>, region: &Region, bus: &EventBusName) -> Result<Vec<Listed<Rule>>, CallError> {
    let client = view.aws.events(region, Intent::Read);
    let (mut listed, mut next) = (Vec::new(), None);
    loop {
        let request = client.list_rules().event_bus_name(bus.as_str()).set_next_token(next);
        let page = request.send().await.map_err(failed("events:ListRules"))?;
        for rule in page.rules() {
            let name = rule.name().unwrap_or_default();
            let id = RuleName::parse(name).ok().map(|name| Id {
                name,
                bus: bus.clone(),
                region: region.clone(),
            });
            listed.push(Listed {
                made_by: rule.managed_by().map(str::to_owned),
                ..Listed::own(name, id)
            });
        }
        next = page.next_token;
        if next.is_none() {
            return Ok(listed);
        }
    }
}

/// PutRule would overwrite a rule that somebody has made since the plan; only one with our own tags is our first attempt.
async fn create(client: &Client, id: &Id, arn: &Arn, state: &State) -> Result<Receipt, CallError> {
    let tags = client.list_tags_for_resource().resource_arn(arn.as_str()).send().await;
    match tags.map_err(failed("events:ListTagsForResource")) {
        Ok(found) if read::sdk_tags(found.tags()) != state.tags => {
            let message = format!("a rule {} has appeared since the plan was made; plan again", id.name);
            return Err(CallError::local("events:PutRule", message));
        }
        Err(error) if !is_absent(&error) => return Err(error),
        Ok(_) | Err(_) => {}
    }
    put(client, id, state, sdk_tags(&state.tags)).await
}

/// Everything is said, since PutRule forgets what it isn't told and switches on what it isn't told to leave off.
async fn put(client: &Client, id: &Id, state: &State, tags: Option<Vec<sdk::Tag>>) -> Result<Receipt, CallError> {
    let request = client
        .put_rule()
        .name(id.name.as_str())
        .event_bus_name(id.bus.as_str())
        .set_schedule_expression(state.schedule.as_ref().map(|timer| timer.as_str().to_owned()))
        .set_event_pattern(state.pattern.as_ref().map(|pattern| pattern.as_str().to_owned()))
        .set_description(Some(state.description.clone()).filter(|text| !text.is_empty()))
        .set_role_arn(state.role.as_ref().map(ToString::to_string))
        .state(switch(state.state))
        .set_tags(tags);
    let answer = request.send().await.map_err(failed("events:PutRule"))?;
    Ok(Receipt::of(request_id(&answer)))
}

fn switch(state: Switch) -> sdk::RuleState {
    match state {
        Switch::Enabled => sdk::RuleState::Enabled,
        Switch::Disabled => sdk::RuleState::Disabled,
        Switch::EnabledWithAllCloudtrailManagementEvents => sdk::RuleState::EnabledWithAllCloudtrailManagementEvents,
    }
}

fn sdk_tags(tags: &BTreeMap<String, String>) -> Option<Vec<sdk::Tag>> {
    let built = tags
        .iter()
        .filter_map(|(key, value)| sdk::Tag::builder().key(key).value(value).build().ok());
    let built: Vec<sdk::Tag> = built.collect();
    (!built.is_empty()).then_some(built)
}

async fn put_targets(client: &Client, id: &Id, targets: &BTreeMap<String, Target>) -> Result<Receipt, CallError> {
    const CALL: &str = "events:PutTargets";
    let built: Result<Vec<sdk::Target>, _> = targets.iter().map(|(id, target)| sdk_target(id, target)).collect();
    let built = built.map_err(|error| CallError::local(CALL, error.to_string()))?;
    let request = client
        .put_targets()
        .rule(id.name.as_str())
        .event_bus_name(id.bus.as_str());
    let answer = request.set_targets(Some(built)).send().await.map_err(failed(CALL))?;
    let entries = answer.failed_entries().iter();
    let entries = entries.map(|entry| (entry.target_id(), entry.error_code(), entry.error_message()));
    whole(CALL, request_id(&answer), entries)
}

fn sdk_target(id: &str, target: &Target) -> Result<sdk::Target, aws_smithy_types::error::operation::BuildError> {
    let builder = sdk::Target::builder()
        .id(id)
        .arn(target.arn.as_str())
        .set_role_arn(target.role.as_ref().map(ToString::to_string))
        .set_retry_policy(retry(target.retry))
        .set_dead_letter_config(
            target
                .dead_letter
                .as_ref()
                .map(|arn| sdk::DeadLetterConfig::builder().arn(arn.as_str()).build()),
        );
    match &target.feed {
        Feed::Event => builder,
        Feed::Input(input) => builder.input(input.as_str()),
        Feed::InputPath(path) => builder.input_path(path),
        Feed::InputTransformer {
            input_paths_map,
            input_template,
        } => {
            let paths = (!input_paths_map.is_empty()).then(|| input_paths_map.clone().into_iter().collect());
            let transformer = sdk::InputTransformer::builder()
                .set_input_paths_map(paths)
                .input_template(input_template);
            builder.input_transformer(transformer.build()?)
        }
    }
    .build()
}

/// What was never said reads back as nothing, and means the same.
fn retry(retry: Retry) -> Option<sdk::RetryPolicy> {
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    (retry != Retry::default()).then(|| {
        sdk::RetryPolicy::builder()
            .maximum_retry_attempts(number(retry.attempts))
            .maximum_event_age_in_seconds(number(retry.max_age_s))
            .build()
    })
}

async fn remove_targets(client: &Client, id: &Id, ids: &[String]) -> Result<Receipt, CallError> {
    const CALL: &str = "events:RemoveTargets";
    let request = client
        .remove_targets()
        .rule(id.name.as_str())
        .event_bus_name(id.bus.as_str());
    match request.set_ids(Some(ids.to_vec())).send().await {
        Ok(answer) => {
            let entries = answer.failed_entries().iter();
            let entries = entries.map(|entry| (entry.target_id(), entry.error_code(), entry.error_message()));
            whole(CALL, request_id(&answer), entries)
        }
        Err(error) => gone_is_done(failed(CALL)(error)),
    }
}

type Entry<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>);

/// An answer that some targets were refused is an error of those targets. Its code is that of the first that will not
/// heal by itself, so that a permanent refusal is never tried again.
fn whole<'a>(
    operation: &'static str,
    request: Option<&str>,
    entries: impl Iterator<Item = Entry<'a>>,
) -> Result<Receipt, CallError> {
    let entries: Vec<Entry<'_>> = entries.collect();
    let heals = |entry: &&Entry<'_>| entry.1 == Some("ConcurrentModificationException");
    let Some(worst) = entries.iter().find(|entry| !heals(entry)).or(entries.first()) else {
        return Ok(Receipt::of(request));
    };
    let told = entries.iter().map(|(id, code, message)| {
        format!(
            "target {}: {} {}",
            id.unwrap_or("?"),
            code.unwrap_or("?"),
            message.unwrap_or_default()
        )
    });
    Err(CallError {
        operation,
        code: worst.1.map(str::to_owned),
        message: told.collect::<Vec<String>>().join("; "),
        request_id: request.map(str::to_owned),
        nature: Nature::Refused,
    })
}

async fn tag(client: &Client, arn: &Arn, change: &TagChange) -> Result<Receipt, CallError> {
    match change {
        TagChange::Set(tags) | TagChange::Claim(tags) => {
            let tags = sdk_tags(tags).unwrap_or_default();
            let request = client.tag_resource().resource_arn(arn.as_str()).set_tags(Some(tags));
            Ok(Receipt::of(request_id(
                &request.send().await.map_err(failed("events:TagResource"))?,
            )))
        }
        TagChange::Remove(keys) | TagChange::Release(keys) => {
            let request = client
                .untag_resource()
                .resource_arn(arn.as_str())
                .set_tag_keys(Some(keys.clone()));
            Ok(Receipt::of(request_id(
                &request.send().await.map_err(failed("events:UntagResource"))?,
            )))
        }
    }
}

async fn delete(client: &Client, id: &Id) -> Result<Receipt, CallError> {
    let request = client
        .delete_rule()
        .name(id.name.as_str())
        .event_bus_name(id.bus.as_str());
    match request.send().await {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => gone_is_done(failed("events:DeleteRule")(error)),
    }
}
