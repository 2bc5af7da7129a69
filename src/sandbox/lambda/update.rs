//! Changes of a function that exists: settings, code, versions, and its end.
//!
//! Settings and code are refused while an earlier change is under way (ResourceConflictException).

use http::StatusCode;
use serde_json::{Map, Value};

use super::create::{check_dead_letter, check_network, check_role, published, settling};
use super::fault::{self, Fault};
use super::function::{Function, Progress, Qualifier, View};
use super::reference::{Form, Reference};
use super::{layer, model, ok, shown, source};
use crate::sandbox::members::{self, Fields};
use crate::sandbox::{Call, Reply, Tempo, World};

/// The function as it is, if it is the one that the caller has seen.
fn known(world: &World, call: &Call, reference: &Reference, body: &Map<String, Value>) -> Result<Function, Fault> {
    let function = reference.find(world, call)?;
    let revision = function.revision(&Qualifier::Unqualified, &world.clock);
    match Fields::new(body).text("RevisionId")? {
        Some(wanted) if wanted != revision => Err(fault::precondition("GetFunction/GetAlias")),
        Some(_) | None => Ok(function.clone()),
    }
}

fn put_back(world: &mut World, call: &Call, reference: &Reference, mut function: Function) -> Value {
    function.latest.revision = world.ids.uuid();
    function.latest.settled = Some(world.ids.uuid());
    function.latest.modified = world.clock.now();
    let due = settling(world);
    // Two updates in a row are refused on AWS nearly always; here, without lag, where nothing comes between them.
    let busy = match world.options.lag {
        Some(_) => due,
        None => world.clock.after(Tempo::Calls, 1),
    };
    function.progress = Progress::Updating { due, busy };
    let shown = shown(world, &function, &Qualifier::Unqualified, View::Whole);
    world.lambda.functions.insert(reference.key(call), function);
    shown
}

pub(super) fn configuration(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    world.clock.tick(Tempo::LambdaWrites);
    let body = members::body(call)?;
    model::check(&body, model::SETTINGS)?;
    let reference = Reference::read_as(world, call, name, Form::Plain)?;
    let mut function = known(world, call, &reference, &body)?;
    function.check_settled(&world.clock)?;
    let layers = function.latest.settings.layers.clone();
    function.latest.settings.apply(&body)?;
    layer::check(world, call, &function.latest.settings.layers, &layers)?;
    if Fields::new(&body).text("Role")?.is_some() {
        check_role(world, &function.latest.settings.role)?;
    }
    check_dead_letter(world, &Fields::new(&body), &function.latest.settings.role)?;
    check_network(world, &Fields::new(&body), &function.latest.settings.role)?;
    Ok(ok(&put_back(world, call, &reference, function)))
}

pub(super) fn code(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    world.clock.tick(Tempo::LambdaWrites);
    source::check_size(call, "UpdateFunctionCode")?;
    let body = members::body(call)?;
    model::check(&body, model::CODE)?;
    let fields = Fields::new(&body);
    let reference = Reference::read_as(world, call, name, Form::Plain)?;
    let mut function = known(world, call, &reference, &body)?;
    function.check_settled(&world.clock)?;
    let current: Vec<&str> = function.latest.code.architectures.iter().map(String::as_str).collect();
    let architectures = source::architectures(&fields, &current)?;
    let package = function.latest.settings.package;
    let source = source::read(world, call, package, &body, architectures, "updating")?;
    function.latest.code = source.code.clone();
    if fields.flag("DryRun")? {
        let shown = shown(world, &function, &Qualifier::Unqualified, View::Whole);
        return Ok(ok(&shown));
    }
    let qualifier = published(world, &mut function, &fields)?;
    source::store(world, &function, source);
    let latest = put_back(world, call, &reference, function);
    if qualifier == Qualifier::Unqualified {
        return Ok(ok(&latest));
    }
    let function = reference.find(world, call)?;
    Ok(ok(&shown(world, function, &qualifier, View::Whole)))
}

pub(super) fn publish(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    model::check(&body, model::VERSION)?;
    let fields = Fields::new(&body);
    let reference = Reference::read_as(world, call, name, Form::Plain)?;
    let mut function = known(world, call, &reference, &body)?;
    if function.is_settling(&world.clock) {
        function.check_settled(&world.clock)?;
    }
    if let Some(wanted) = fields.text("CodeSha256")?
        && !wanted.is_empty()
        && wanted != function.latest.code.sha256
    {
        let live = &function.latest.code.sha256;
        return Err(fault::invalid(format!(
            "CodeSHA256 ({wanted}) is different from current CodeSHA256 in $LATEST ({live}). Please try again with the \
             CodeSHA256 in $LATEST."
        )));
    }
    let number = function.publish(fields.text("Description")?, world.ids.uuid(), world.clock.now());
    let shown = shown(world, &function, &Qualifier::Version(number), View::Whole);
    world.lambda.functions.insert(reference.key(call), function);
    Ok(Reply::json(StatusCode::CREATED, &shown))
}

pub(super) fn delete(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = Reference::read(world, call, name)?;
    if reference.qualifier.as_deref() == Some("$LATEST") {
        return Err(fault::invalid(
            "$LATEST version cannot be deleted without deleting the function.",
        ));
    }
    let mut function = reference.find(world, call)?.clone();
    match reference.qualifier.as_deref().map(str::parse) {
        None => {
            source::sweep(world, &call.region, &reference.name, None);
            world.lambda.functions.remove(&reference.key(call));
        }
        Some(Ok(number)) => {
            check_unused(&function, number)?;
            // A version that isn't there is deleted already.
            function.versions.remove(&number);
            function.policies.remove(&number.to_string());
            function.tuning.forget(&number.to_string());
            source::sweep(world, &call.region, &reference.name, Some(&function));
            world.lambda.functions.insert(reference.key(call), function);
        }
        Some(Err(_)) => return Err(fault::invalid("Deletion of aliases is not currently supported.")),
    }
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// A version stays for as long as an alias sends calls to it (`ResourceConflictException`).
fn check_unused(function: &Function, number: u64) -> Result<(), Fault> {
    let aliases = function.aliases.iter().filter(|(_, alias)| alias.points_to(number));
    let names: Vec<&str> = aliases.map(|(name, _)| name.as_str()).collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(fault::conflict(format!(
        "Unable to delete version because the following aliases reference it: [{}]",
        names.join(", ")
    )))
}
