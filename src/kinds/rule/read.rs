//! Rules as AWS shows them: DescribeRule, ListTargetsByRule, ListTagsForResource.
//!
//! Quirks: a rule that a service manages is that service's; a target may have parameters for services that this program
//! does not know, and is then left as it is.

use std::collections::BTreeMap;

use aws_sdk_eventbridge::operation::describe_rule::DescribeRuleOutput;
use aws_sdk_eventbridge::types as sdk;

use crate::aws::{Intent, View, failed, is_absent};
use crate::engine::CallError;
use crate::fields::FieldPath;
use crate::kind::{Kind as _, Observed, Seen};
use crate::names::{Arn, TargetInput};

use super::target::{Feed, Retry, Target};
use super::values::{Matching, Switch, Timer};
use super::{Evidence, Id, Rule, State};

pub(super) async fn read(view: &View<'_>, id: &Id) -> Seen<Rule> {
    let (rule, targets, tags) =
        futures_util::future::join3(describe(view, id), targets(view, id), tags(view, id)).await;
    let rule = match rule {
        Ok(Some(rule)) => rule,
        Ok(None) => return Seen::Absent,
        Err(error) => return Seen::Unknown(error.to_string()),
    };
    if let Some(service) = rule.managed_by() {
        return Seen::Unknown(format!("it is managed by {service} and left alone"));
    }
    observed(&rule, targets, tags).map_or_else(Seen::Unknown, |rule| Seen::There(Box::new(rule)))
}

/// A rule without its targets and tags; both calls that show one say the same.
pub(super) async fn describe(view: &View<'_>, id: &Id) -> Result<Option<sdk::Rule>, CallError> {
    match view.events.rule(view, &id.region, &id.bus, id.name.as_str()).await {
        Some(rule) => Ok(Some(rule)),
        None => Ok(by_name(view, id).await?.as_ref().map(described)),
    }
}

fn described(rule: &DescribeRuleOutput) -> sdk::Rule {
    sdk::Rule::builder()
        .set_name(rule.name.clone())
        .set_arn(rule.arn.clone())
        .set_event_pattern(rule.event_pattern.clone())
        .set_state(rule.state.clone())
        .set_description(rule.description.clone())
        .set_schedule_expression(rule.schedule_expression.clone())
        .set_role_arn(rule.role_arn.clone())
        .set_managed_by(rule.managed_by.clone())
        .set_event_bus_name(rule.event_bus_name.clone())
        .build()
}

async fn by_name(view: &View<'_>, id: &Id) -> Result<Option<DescribeRuleOutput>, CallError> {
    let _slot = view.aws.read_slot(crate::aws::Service::Events).await;
    let client = view.aws.events(&id.region, Intent::Read);
    let request = client
        .describe_rule()
        .name(id.name.as_str())
        .event_bus_name(id.bus.as_str());
    match request.send().await {
        Ok(answer) => Ok(Some(answer)),
        Err(error) => {
            let error = failed("events:DescribeRule")(error);
            if is_absent(&error) { Ok(None) } else { Err(error) }
        }
    }
}

/// The SDK has no paginator for this call.
async fn targets(view: &View<'_>, id: &Id) -> Result<Vec<sdk::Target>, CallError> {
    let client = view.aws.events(&id.region, Intent::Read);
    let (mut targets, mut next) = (Vec::new(), None);
    loop {
        let _slot = view.aws.read_slot(crate::aws::Service::Events).await;
        let request = client
            .list_targets_by_rule()
            .rule(id.name.as_str())
            .event_bus_name(id.bus.as_str());
        let page = request
            .set_next_token(next)
            .send()
            .await
            .map_err(failed("events:ListTargetsByRule"))?;
        targets.extend(page.targets.unwrap_or_default());
        next = page.next_token;
        if next.is_none() {
            return Ok(targets);
        }
    }
}

async fn tags(view: &View<'_>, id: &Id) -> Result<BTreeMap<String, String>, CallError> {
    let _slot = view.aws.read_slot(crate::aws::Service::Events).await;
    let client = view.aws.events(&id.region, Intent::Read);
    let arn = Rule::arn(id, None, &view.aws.connection.home);
    let answer = client.list_tags_for_resource().resource_arn(arn.as_str()).send().await;
    Ok(sdk_tags(answer.map_err(failed("events:ListTagsForResource"))?.tags()))
}

pub(super) fn sdk_tags(tags: &[sdk::Tag]) -> BTreeMap<String, String> {
    tags.iter()
        .map(|tag| (tag.key().to_owned(), tag.value().to_owned()))
        .collect()
}

fn observed(
    rule: &sdk::Rule,
    targets: Result<Vec<sdk::Target>, CallError>,
    tags: Result<BTreeMap<String, String>, CallError>,
) -> Result<Observed<Rule>, String> {
    let mut unknown = BTreeMap::new();
    let mut withheld = |field, error: &CallError| drop(unknown.insert(FieldPath::whole(field), error.to_string()));
    let targets = targets.unwrap_or_else(|error| {
        withheld("targets", &error);
        Vec::new()
    });
    let tags = tags.unwrap_or_else(|error| {
        withheld("tags", &error);
        BTreeMap::new()
    });
    let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    let switch = rule.state().map(|state| state.as_str()).unwrap_or("ENABLED");
    let mut state = State {
        schedule: text(rule.schedule_expression()).map(|text| Timer::live(&text)),
        pattern: text(rule.event_pattern()).map(|text| Matching::live(&text)),
        description: rule.description().unwrap_or_default().to_owned(),
        state: Switch::of(switch).ok_or_else(|| format!("AWS told the state `{switch}`, which is not known"))?,
        role: text(rule.role_arn()).map(|text| arn(&text)).transpose()?,
        targets: BTreeMap::new(),
        tags,
    };
    for target in &targets {
        match known(target) {
            Some(known) => drop(state.targets.insert(target.id().to_owned(), known)),
            None => {
                let why = "a target with parameters that can't be expressed in the file; it is left as it is";
                unknown.insert(FieldPath::entry("targets", target.id()), why.to_owned());
            }
        }
    }
    let evidence = Evidence {
        target_ids: targets.iter().map(|target| target.id().to_owned()).collect(),
        unmodelled: Vec::new(),
    };
    Ok(Observed {
        state,
        evidence,
        unknown,
    })
}

fn arn(text: &str) -> Result<Arn, String> {
    Arn::parse(text).map_err(|error| format!("AWS named something that can't be understood: {error}"))
}

/// A target in our terms; `None` if anything of it would be lost.
fn known(target: &sdk::Target) -> Option<Target> {
    let special = target.kinesis_parameters().is_some()
        || target.run_command_parameters().is_some()
        || target.ecs_parameters().is_some()
        || target.batch_parameters().is_some()
        || target.sqs_parameters().is_some()
        || target.http_parameters().is_some()
        || target.redshift_data_parameters().is_some()
        || target.sage_maker_pipeline_parameters().is_some()
        || target.app_sync_parameters().is_some();
    if special {
        return None;
    }
    let optional = |text: Option<&str>| text.map(Arn::parse).transpose().ok();
    Some(Target {
        arn: Arn::parse(target.arn()).ok()?,
        role: optional(target.role_arn())?,
        feed: feed(target)?,
        retry: retry(target.retry_policy()),
        dead_letter: optional(target.dead_letter_config().and_then(|config| config.arn()))?,
    })
}

fn feed(target: &sdk::Target) -> Option<Feed> {
    match (target.input(), target.input_path(), target.input_transformer()) {
        (None, None, None) => Some(Feed::Event),
        (Some(input), None, None) => TargetInput::parse(input).ok().map(Feed::Input),
        (None, Some(path), None) => Some(Feed::InputPath(path.to_owned())),
        (None, None, Some(transformer)) => Some(Feed::InputTransformer {
            input_paths_map: transformer
                .input_paths_map()
                .into_iter()
                .flatten()
                .map(|(name, path)| (name.clone(), path.clone()))
                .collect(),
            input_template: transformer.input_template().to_owned(),
        }),
        _ => None,
    }
}

fn retry(policy: Option<&sdk::RetryPolicy>) -> Retry {
    let default = Retry::default();
    let number = |number: Option<i32>, default| number.and_then(|number| u32::try_from(number).ok()).unwrap_or(default);
    policy.map_or(default, |policy| Retry {
        attempts: number(policy.maximum_retry_attempts(), default.attempts),
        max_age_s: number(policy.maximum_event_age_in_seconds(), default.max_age_s),
    })
}
