//! Changes of a function that exists: settings, code, versions, reserved concurrency, and its end.
//!
//! Settings and code are refused while an earlier change is under way (ResourceConflictException).

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::create::{SETTLING, check_role, published};
use super::fault::{self, Fault};
use super::function::{Edition, Function, Progress, Qualifier, View};
use super::reference::Reference;
use super::{ok, source};
use crate::sandbox::members::{self, Fields};
use crate::sandbox::{Call, Reply, Tempo, World};

/// What every account can run at once, and what has to stay unreserved of it.
pub(super) const CONCURRENT_EXECUTIONS: u64 = 1000;
const UNRESERVED_MINIMUM: u64 = 100;

/// The function as it is, if it may be changed now and is the one that the caller has seen.
fn changeable(world: &World, call: &Call, reference: &Reference, body: &Map<String, Value>) -> Result<Function, Fault> {
    let function = reference.find(world, call)?;
    function.check_settled(&world.clock)?;
    check_revision(Fields::new(body).text("RevisionId")?, function)?;
    Ok(function.clone())
}

fn check_revision(wanted: Option<&str>, function: &Function) -> Result<(), Fault> {
    match wanted {
        Some(wanted) if wanted != function.latest.revision => Err(fault::precondition("GetFunction/GetAlias")),
        Some(_) | None => Ok(()),
    }
}

fn put_back(world: &mut World, call: &Call, reference: &Reference, mut function: Function) -> Value {
    function.latest.revision = world.ids.uuid();
    function.latest.modified = world.clock.now();
    function.progress = Progress::Updating(world.clock.after(Tempo::Calls, SETTLING));
    let shown = function.describe(Qualifier::Unqualified, View::Whole, &world.clock);
    world.lambda.functions.insert(reference.key(call), function);
    shown
}

pub(super) fn configuration(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    world.clock.tick(Tempo::LambdaWrites);
    let body = members::body(call)?;
    let reference = Reference::read(call, name)?;
    let mut function = changeable(world, call, &reference, &body)?;
    function.latest.settings.apply(&body)?;
    if Fields::new(&body).text("Role")?.is_some() {
        check_role(world, &function.latest.settings.role)?;
    }
    Ok(ok(&put_back(world, call, &reference, function)))
}

pub(super) fn code(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    world.clock.tick(Tempo::LambdaWrites);
    let body = members::body(call)?;
    let fields = Fields::new(&body);
    let reference = Reference::read(call, name)?;
    let mut function = changeable(world, call, &reference, &body)?;
    let current: Vec<&str> = function.latest.code.architectures.iter().map(String::as_str).collect();
    let architectures = source::architectures(&fields, &current)?;
    let source = source::read(world, call, function.latest.settings.package, &body, architectures)?;
    function.latest.code = source.code.clone();
    if fields.flag("DryRun")? {
        return Ok(ok(&function.describe(
            Qualifier::Unqualified,
            View::Whole,
            &world.clock,
        )));
    }
    let qualifier = published(world, &mut function, &fields)?;
    source::store(world, &function, source);
    let shown = put_back(world, call, &reference, function);
    match qualifier {
        Qualifier::Version(_) => {
            let function = reference.find(world, call)?;
            Ok(ok(&function.describe(qualifier, View::Whole, &world.clock)))
        }
        Qualifier::Unqualified | Qualifier::Latest => Ok(ok(&shown)),
    }
}

pub(super) fn publish(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    let fields = Fields::new(&body);
    let reference = Reference::read(call, name)?;
    let mut function = changeable(world, call, &reference, &body)?;
    if let Some(wanted) = fields.text("CodeSha256")?
        && wanted != function.latest.code.sha256
    {
        let live = &function.latest.code.sha256;
        return Err(fault::invalid(format!(
            "CodeSHA256 ({wanted}) is different from current CodeSHA256 in $LATEST ({live}). Please try again with the \
             CodeSHA256 in $LATEST."
        )));
    }
    let number = function.publish(fields.text("Description")?, world.ids.uuid(), world.clock.now());
    let shown = function.describe(Qualifier::Version(number), View::Whole, &world.clock);
    world.lambda.functions.insert(reference.key(call), function);
    Ok(Reply::json(StatusCode::CREATED, &shown))
}

pub(super) fn delete(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = Reference::read(call, name)?;
    let mut function = reference.find(world, call)?.clone();
    match function.qualifier(reference.qualifier.as_deref())? {
        Qualifier::Latest => {
            return Err(fault::invalid(
                "$LATEST version cannot be deleted without deleting the function.",
            ));
        }
        Qualifier::Version(number) => {
            function.versions.remove(&number);
            function.policies.remove(&number.to_string());
            source::sweep(world, &call.region, &reference.name, Some(&function));
            world.lambda.functions.insert(reference.key(call), function);
        }
        Qualifier::Unqualified => {
            source::sweep(world, &call.region, &reference.name, None);
            world.lambda.functions.remove(&reference.key(call));
        }
    }
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

pub(super) fn reserve(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    let wanted = Fields::new(&body).number("ReservedConcurrentExecutions")?;
    let wanted = wanted.ok_or_else(|| fault::missing("reservedConcurrentExecutions"))?;
    let wanted = fault::within("reservedConcurrentExecutions", wanted, 0..=u64::MAX)?;
    let reference = Reference::read(call, name)?;
    reference.find(world, call)?;
    let others = world
        .lambda
        .in_region(&call.region)
        .filter(|function| function.name != reference.name);
    let reserved: u64 = others.filter_map(|function| function.reserved_concurrency).sum();
    if wanted.saturating_add(reserved) > CONCURRENT_EXECUTIONS - UNRESERVED_MINIMUM {
        return Err(fault::invalid(format!(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below \
             its minimum value of [{UNRESERVED_MINIMUM}]."
        )));
    }
    touch(world, call, &reference)?.reserved_concurrency = Some(wanted);
    Ok(ok(&json!({ "ReservedConcurrentExecutions": wanted })))
}

pub(super) fn unreserve(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = Reference::read(call, name)?;
    touch(world, call, &reference)?.reserved_concurrency = None;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// The function to change beside its code and settings, with a new RevisionId.
pub(super) fn touch<'a>(world: &'a mut World, call: &Call, reference: &Reference) -> Result<&'a mut Function, Fault> {
    let revision = world.ids.uuid();
    let function = reference.find_mut(world, call)?;
    let Edition { revision: current, .. } = &mut function.latest;
    *current = revision;
    Ok(function)
}
