//! CreateFunction.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::spread::Delay;
use super::fault::{self, Fault};
use super::function::{Edition, Function, Progress, Qualifier, View};
use super::reference::{Form, Reference};
use super::settings::{PackageType, Settings};
use super::source::{self, Source};
use super::tuning::Tuning;
use super::{layer, model, shown, tags};
use crate::sandbox::members::{self, Fields};
use crate::sandbox::{Call, Due, Reply, Tempo, World};

/// Until when Lambda is at work on what was just written: with lag for some calls, else until the next one.
pub(super) fn settling(world: &World) -> Due {
    let now = world.clock.after(Tempo::Calls, 0);
    world.spread(Delay::Settling).unwrap_or(now)
}

/// What a request asks for, as far as it can be judged without the account's roles and functions.
struct Draft {
    reference: Reference,
    settings: Settings,
    tags: BTreeMap<String, String>,
    source: Source,
}

impl Draft {
    fn read(world: &World, call: &Call, fields: &Fields<'_>) -> Result<Self, Fault> {
        let name = fields.text("FunctionName")?.unwrap_or_default();
        let mut reference = Reference::read_as(world, call, name, Form::Plain)?;
        // An ARN with a version names the function all the same.
        reference.qualifier = None;
        let package = package_type(fields)?;
        let settings = Settings::create(&reference.name, package, fields.whole())?;
        let tags = checked_tags(fields)?;
        let architectures = source::architectures(fields, &["x86_64"])?;
        let code = fields.object("Code")?.ok_or_else(|| fault::missing("code"))?;
        let source = source::read(world, call, package, code.whole(), architectures, "creating")?;
        Ok(Self {
            reference,
            settings,
            tags,
            source,
        })
    }
}

pub(super) fn create(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    world.clock.tick(Tempo::LambdaWrites);
    source::check_size(call, "CreateFunction")?;
    let body = members::body(call)?;
    check_model(&body)?;
    let fields = Fields::new(&body);
    let draft = Draft::read(world, call, &fields)?;
    let key = draft.reference.key(call);
    // A retried create finds its own first attempt here (ResourceConflictException).
    if world.lambda.functions.contains(&key) {
        return Err(fault::conflict(format!(
            "Function already exist: {}",
            draft.reference.name
        )));
    }
    layer::check(world, call, &draft.settings.layers, &[])?;
    check_role(world, &draft.settings.role)?;
    check_dead_letter(world, &fields, &draft.settings.role)?;
    check_network(world, &fields, &draft.settings.role)?;
    let (mut function, source) = made(world, call, draft);
    let qualifier = published(world, &mut function, &fields)?;
    source::store(world, &function, source);
    let mut shown = shown(world, &function, &qualifier, View::Whole);
    if let Some(shown) = shown.as_object_mut() {
        // This answer names the function alone, even when it shows the version that was published with it.
        shown.insert("FunctionArn".into(), json!(function.arn));
    }
    world.lambda.functions.insert(key, function);
    Ok(Reply::json(StatusCode::CREATED, &shown))
}

/// What is wrong in the settings and in the rest is told together.
fn check_model(body: &Map<String, Value>) -> Result<(), Fault> {
    let members: Vec<model::Member> = model::CREATION.iter().chain(model::SETTINGS).copied().collect();
    model::check(body, &members)
}

fn made(world: &mut World, call: &Call, draft: Draft) -> (Function, Source) {
    let Draft {
        reference,
        settings,
        tags,
        source,
    } = draft;
    let latest = Edition {
        settings,
        code: source.code.clone(),
        revision: world.ids.uuid(),
        settled: Some(world.ids.uuid()),
        modified: world.clock.now(),
        description: None,
    };
    let function = Function {
        arn: reference.arn(world, call),
        name: reference.name,
        region: call.region.clone(),
        latest,
        progress: Progress::Creating(settling(world)),
        visible: world.spread(Delay::Function),
        tags,
        reserved_concurrency: None,
        policies: BTreeMap::new(),
        versions: BTreeMap::new(),
        last_version: 0,
        aliases: BTreeMap::new(),
        urls: BTreeMap::new(),
        tuning: Tuning::default(),
    };
    (function, source)
}

fn package_type(fields: &Fields<'_>) -> Result<PackageType, Fault> {
    Ok(match fields.text("PackageType")? {
        Some("Image") => PackageType::Image,
        Some(_) | None => PackageType::Zip,
    })
}

fn checked_tags(fields: &Fields<'_>) -> Result<BTreeMap<String, String>, Fault> {
    let mut tags = BTreeMap::new();
    tags::merge(&mut tags, fields.texts_by_name("Tags")?.unwrap_or_default())?;
    Ok(tags)
}

/// Publishes a version when the request asks for one, and says which edition the answer shows.
pub(super) fn published(world: &mut World, function: &mut Function, fields: &Fields<'_>) -> Result<Qualifier, Fault> {
    if !fields.flag("Publish")? {
        return Ok(Qualifier::Unqualified);
    }
    let number = function.publish(None, world.ids.uuid(), world.clock.now());
    Ok(Qualifier::Version(number))
}

/// Refuses a role that Lambda can't take on now; a fresh one becomes assumable by itself, so callers retry this text.
pub(super) fn check_role(world: &World, role: &str) -> Result<(), Fault> {
    if role.split(':').nth(4) != Some(world.account.as_str()) {
        let message = "Cross-account pass role is not allowed.";
        return Err(Fault::new(StatusCode::FORBIDDEN, "AccessDeniedException", message));
    }
    let assumable = world.iam.assumable_by(role, "lambda.amazonaws.com", &world.clock);
    assumable.map_err(|_| fault::invalid("The role defined for the function cannot be assumed by Lambda."))
}

/// Refuses a dead letter target that the role may not send to, if the request names one.
pub(super) fn check_dead_letter(world: &World, fields: &Fields<'_>, role: &str) -> Result<(), Fault> {
    let Some(config) = fields.object("DeadLetterConfig")? else {
        return Ok(());
    };
    let target = config.text("TargetArn")?.unwrap_or_default();
    let (service, action) = match target.split(':').nth(2) {
        Some("sqs") => ("SQS", "SendMessage"),
        Some("sns") => ("SNS", "Publish"),
        _ => return Ok(()),
    };
    check_permission(world, role, service, action)
}

/// Refuses a network in which the role may not make interfaces, if the request names one.
pub(super) fn check_network(world: &World, fields: &Fields<'_>, role: &str) -> Result<(), Fault> {
    let subnets = fields
        .object("VpcConfig")?
        .map(|vpc| vpc.texts("SubnetIds"))
        .transpose()?;
    match subnets.flatten() {
        Some(subnets) if !subnets.is_empty() => check_permission(world, role, "EC2", "CreateNetworkInterface"),
        Some(_) | None => Ok(()),
    }
}

fn check_permission(world: &World, role: &str, service: &str, action: &str) -> Result<(), Fault> {
    if world.iam.role_may(role, &format!("{service}:{action}"), &world.clock) {
        return Ok(());
    }
    Err(fault::invalid(format!(
        "The provided execution role does not have permissions to call {action} on {service}"
    )))
}
