//! Targets of rules: put whole, by Id.

use serde_json::{Map, Value, json};

use super::super::spread::Delay;
use super::model::{TARGET, is_name};
use super::shape::known;
use super::{bus, fault, page, required, rule};
use crate::sandbox::members::{Fields, undecodable};
use crate::sandbox::{Call, Fault, World, constraint};

const MAX_TARGETS: usize = 5;

/// Services whose targets need a role of their own, by the service part of the target's ARN.
const NEED_ROLE: &[&str] = &[
    "states",
    "kinesis",
    "ecs",
    "batch",
    "firehose",
    "ssm",
    "codebuild",
    "codepipeline",
];

/// Services that can be targets, by the service part of the target's ARN (user guide, "Event bus targets available in
/// EventBridge"); EC2's own actions go by `events`.
const SERVICES: &[&str] = &[
    "appsync",
    "automation",
    "batch",
    "codebuild",
    "codepipeline",
    "ecs",
    "events",
    "execute-api",
    "firehose",
    "glue",
    "inspector",
    "kinesis",
    "lambda",
    "logs",
    "redshift",
    "redshift-data",
    "redshift-serverless",
    "sagemaker",
    "sns",
    "sqs",
    "ssm",
    "ssm-incidents",
    "states",
];

pub(super) fn put(world: &mut World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    rule::find(world, call, fields, "Rule")?.check_unmanaged()?;
    let targets = fields.list("Targets")?.ok_or_else(|| constraint::missing("targets"))?;
    let (mut good, mut failed) = (Vec::new(), Vec::new());
    for target in targets {
        let target = target.as_object().ok_or_else(|| undecodable("Targets"))?;
        let id = check(world, call, &Fields::new(target))?.to_owned();
        match unreachable(world, call, target) {
            Some(refusal) => failed.push(entry(&id, &refusal)),
            None => {
                if let Value::Object(kept) = known(&TARGET, &Value::Object(target.clone())) {
                    good.push((id, kept));
                }
            }
        }
    }
    let rule = rule::find_mut(world, call, fields, "Rule")?;
    rule.targets.extend(good);
    if rule.targets.len() > MAX_TARGETS {
        return Err(fault::over_limit());
    }
    Ok(json!({ "FailedEntryCount": failed.len(), "FailedEntries": failed }))
}

fn entry(id: &str, refusal: &Fault) -> Value {
    json!({ "TargetId": id, "ErrorCode": refusal.code, "ErrorMessage": refusal.message })
}

/// What EventBridge says of a whole request when one target is wrong in itself.
fn check<'a>(world: &mut World, call: &Call, target: &Fields<'a>) -> Result<&'a str, Fault> {
    let id = required(target, "Id", "targets.1.member.id")?;
    constraint::matching("targets.1.member.id", id, is_name, r"[\.\-_A-Za-z0-9]+")?;
    constraint::at_most("targets.1.member.id", id, 64)?;
    let arn = required(target, "Arn", "targets.1.member.arn")?;
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, service, region, _, _] = parts.as_slice() else {
        return Err(fault::no_arn(arn));
    };
    if !SERVICES.contains(service) {
        return Err(fault::invalid(format!(
            "{service} is not a supported service for a target."
        )));
    }
    // Buses alone are reached in other Regions; the text is confirmed for those that can't be.
    if *service != "events" && !region.is_empty() && **region != *call.region {
        return Err(fault::invalid("Cross-region API call is not allowed."));
    }
    match target.text("RoleArn")? {
        Some(role) => rule::check_role(world, role)?,
        None if NEED_ROLE.contains(service) => {
            return Err(fault::invalid(format!("RoleArn is required for target {arn}.")));
        }
        None => {}
    }
    check_parameters(id, service, arn, target)?;
    check_input(id, target)?;
    check_dead_letter(target)?;
    Ok(id)
}

/// What can't be delivered goes to a queue.
fn check_dead_letter(target: &Fields<'_>) -> Result<(), Fault> {
    let letters = target.object("DeadLetterConfig")?;
    let arn = letters.map(|letters| letters.text("Arn")).transpose()?.flatten();
    match arn {
        Some(arn) if arn.split(':').nth(2) != Some("sqs") => Err(fault::no_arn(arn)),
        Some(_) | None => Ok(()),
    }
}

/// Targets that can't be reached without parameters of their own.
fn check_parameters(id: &str, service: &str, arn: &str, target: &Fields<'_>) -> Result<(), Fault> {
    let needed = match service {
        "sqs" if arn.ends_with(".fifo") => "SqsParameters",
        "ecs" => "EcsParameters",
        "batch" => "BatchParameters",
        _ => return Ok(()),
    };
    if target.object(needed)?.is_some() {
        return Ok(());
    }
    Err(fault::invalid(format!(
        "Parameter(s) {needed} must be specified for target: {id}."
    )))
}

fn check_input(id: &str, target: &Fields<'_>) -> Result<(), Fault> {
    let input = target.text("Input")?;
    let path = target.text("InputPath")?;
    let transformer = target.object("InputTransformer")?;
    let given = [input.is_some(), path.is_some(), transformer.is_some()];
    if given.into_iter().filter(|given| *given).count() > 1 {
        return Err(fault::invalid(format!(
            "Only one of Input, InputPath, or InputTransformer must be provided for target {id}."
        )));
    }
    // The wording is not confirmed.
    if path.is_some_and(|path| !path.is_empty() && !path.starts_with('$')) {
        return Err(fault::invalid(format!("InputPath for target {id} is invalid.")));
    }
    if let Some(text) = input {
        constraint::at_most("targets.1.member.input", text, 8192)?;
        if serde_json::from_str::<Value>(text).is_err() {
            return Err(fault::invalid(format!("JSON syntax error in input for target {id}")));
        }
    }
    if let Some(transformer) = transformer {
        check_placeholders(id, &transformer)?;
    }
    Ok(())
}

/// What stands in angle brackets in a template is a path's name or a variable of EventBridge's own.
fn check_placeholders(id: &str, transformer: &Fields<'_>) -> Result<(), Fault> {
    const OWN: [&str; 5] = [
        "aws.events.rule-arn",
        "aws.events.rule-name",
        "aws.events.event.ingestion-time",
        "aws.events.event",
        "aws.events.event.json",
    ];
    let paths = transformer.texts_by_name("InputPathsMap")?.unwrap_or_default();
    let template = transformer.text("InputTemplate")?.unwrap_or_default();
    let placeholders = template.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    let is_name = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    let mut unknown = placeholders
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty() && is_name(name) && !OWN.contains(name) && !paths.contains_key(*name));
    match unknown.next() {
        Some(name) => Err(fault::invalid(format!(
            "InputTemplate for target {id} contains invalid placeholder {name}."
        ))),
        None => Ok(()),
    }
}

/// Why a single target can't be taken while the others can: a bus of this account and Region that isn't there.
fn unreachable(world: &World, call: &Call, target: &Map<String, Value>) -> Option<Fault> {
    let arn = target.get("Arn")?.as_str()?;
    let ours = bus::arn(world, call, "");
    bus::check(world, call, arn.strip_prefix(&ours)?).err()
}

pub(super) fn remove(world: &mut World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let ids = fields.texts("Ids")?.ok_or_else(|| constraint::missing("ids"))?;
    for id in &ids {
        constraint::matching("ids.1.member", id, is_name, r"[\.\-_A-Za-z0-9]+")?;
    }
    let emptied = world.spread(Delay::Targets);
    let rule = rule::find_mut(world, call, fields, "Rule")?;
    if !fields.flag("Force")? {
        rule.check_unmanaged()?;
    }
    // Ids that aren't there are no failure.
    let before = rule.targets.len();
    rule.targets.retain(|id, _| !ids.contains(id));
    if rule.targets.len() < before {
        rule.emptied = emptied;
    }
    Ok(json!({ "FailedEntryCount": 0, "FailedEntries": [] }))
}

pub(super) fn list(world: &World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let rule = rule::find(world, call, fields, "Rule")?;
    let targets = rule
        .targets
        .iter()
        .map(|(id, target)| (id.clone(), Value::Object(target.clone())));
    page(fields, "Targets", targets)
}

pub(super) fn rule_names(world: &World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let arn = required(fields, "TargetArn", "targetArn")?;
    let bus = bus::named(fields, "EventBusName")?;
    bus::check(world, call, bus)?;
    let aims = |rule: &&rule::Rule| {
        rule.targets
            .values()
            .any(|target| target.get("Arn").is_some_and(|to| to == arn))
    };
    let rules = world.events.on_bus(&call.region, bus).filter(aims);
    page(
        fields,
        "RuleNames",
        rules.map(|rule| (rule.name.clone(), json!(rule.name))),
    )
}
