//! CreateFunction.

use std::collections::BTreeMap;

use http::StatusCode;

use super::super::spread::Delay;
use super::fault::{self, Fault};
use super::function::{Edition, Function, Progress, Qualifier, View};
use super::reference::Reference;
use super::settings::{PackageType, Settings};
use super::source::{self, Source};
use super::tags;
use crate::sandbox::members::{self, Fields};
use crate::sandbox::{Call, Reply, Tempo, World};

/// For how many further calls a function is still Pending or InProgress.
pub(super) const SETTLING: u64 = 2;

/// What a request asks for, as far as it can be judged without the account's roles and functions.
struct Draft {
    reference: Reference,
    settings: Settings,
    tags: BTreeMap<String, String>,
    source: Source,
}

impl Draft {
    fn read(world: &World, call: &Call, fields: &Fields<'_>) -> Result<Self, Fault> {
        let name = fields
            .text("FunctionName")?
            .ok_or_else(|| fault::missing("functionName"))?;
        let reference = Reference::read(call, name)?;
        let package = package_type(fields)?;
        let settings = Settings::create(&reference.name, package, fields.whole())?;
        if settings.role.is_empty() {
            return Err(fault::missing("role"));
        }
        let tags = checked_tags(fields)?;
        let architectures = source::architectures(fields, &["x86_64"])?;
        let code = fields.object("Code")?.ok_or_else(|| fault::missing("code"))?;
        let source = source::read(world, call, package, code.whole(), architectures)?;
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
    let body = members::body(call)?;
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
    check_role(world, &draft.settings.role)?;
    let (mut function, source) = made(world, call, draft);
    let qualifier = published(world, &mut function, &fields)?;
    source::store(world, &function, source);
    let shown = function.describe(qualifier, View::Whole, &world.clock);
    world.lambda.functions.insert(key, function);
    Ok(Reply::json(StatusCode::CREATED, &shown))
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
        modified: world.clock.now(),
        description: None,
    };
    let function = Function {
        arn: reference.arn(world, call),
        name: reference.name,
        region: call.region.clone(),
        latest,
        progress: Progress::Creating(world.clock.after(Tempo::Calls, SETTLING)),
        visible: world.spread(Delay::Function),
        tags,
        reserved_concurrency: None,
        policies: BTreeMap::new(),
        versions: BTreeMap::new(),
        last_version: 0,
    };
    (function, source)
}

fn package_type(fields: &Fields<'_>) -> Result<PackageType, Fault> {
    match fields.text("PackageType")? {
        None | Some("Zip") => Ok(PackageType::Zip),
        Some("Image") => Ok(PackageType::Image),
        Some(other) => Err(fault::one_of("packageType", other, &["Image", "Zip"])
            .err()
            .unwrap_or_else(|| fault::missing("packageType"))),
    }
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
