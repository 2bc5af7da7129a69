//! Reserved and provisioned concurrency.
//!
//! Invariant: so many executions as every account keeps stay unreserved.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::fault::{self, Fault};
use super::function::{Function, Qualifier};
use super::reference::{Form, Reference, is_number};
use super::{listing, model, ok};
use crate::sandbox::members::{self, Fields};
use crate::sandbox::{Call, Due, Moment, Reply, Tempo, World};

/// What every account can run at once, and what has to stay unreserved of it.
pub(super) const CONCURRENT_EXECUTIONS: u64 = 1000;
const UNRESERVED_MINIMUM: u64 = 100;

/// Provisioned concurrency of one version or alias.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Provisioned {
    requested: u64,
    modified: Moment,
    ready: Due,
}

impl Provisioned {
    fn describe(&self, world: &World) -> Value {
        let (status, ready) = if self.ready.has_come(&world.clock) {
            ("READY", self.requested)
        } else {
            ("IN_PROGRESS", 0)
        };
        json!({
            "RequestedProvisionedConcurrentExecutions": self.requested,
            "AvailableProvisionedConcurrentExecutions": ready,
            "AllocatedProvisionedConcurrentExecutions": ready,
            "Status": status,
            "LastModified": self.modified.seconds().replace('Z', "+0000"),
        })
    }
}

/// What is taken from the account by other functions than this one.
fn reserved_elsewhere(world: &World, call: &Call, name: &str) -> u64 {
    let others = world.lambda.in_region(&call.region).filter(|other| other.name != name);
    others.filter_map(|other| other.reserved_concurrency).sum()
}

pub(super) fn reserve(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    model::check(&body, model::RESERVED)?;
    let wanted = Fields::new(&body).number("ReservedConcurrentExecutions")?;
    let wanted = wanted.and_then(|wanted| u64::try_from(wanted).ok()).unwrap_or_default();
    let reference = Reference::unqualified(world, call, name)?;
    if world.lambda.functions.get(&reference.key(call)).is_none() {
        return Err(fault::no_function(&format!("{}:$LATEST", reference.arn(world, call))));
    }
    let reserved = reserved_elsewhere(world, call, &reference.name);
    if wanted.saturating_add(reserved) > CONCURRENT_EXECUTIONS - UNRESERVED_MINIMUM {
        return Err(fault::invalid(format!(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below \
             its minimum value of [{UNRESERVED_MINIMUM}]."
        )));
    }
    revised(world, call, &reference)?.reserved_concurrency = Some(wanted);
    Ok(ok(&json!({ "ReservedConcurrentExecutions": wanted })))
}

pub(super) fn unreserve(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = Reference::unqualified(world, call, name)?;
    revised(world, call, &reference)?.reserved_concurrency = None;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

pub(super) fn reserved(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let function = Reference::read_as(world, call, name, Form::Plain)?.find(world, call)?;
    Ok(ok(&match function.reserved_concurrency {
        Some(reserved) => json!({ "ReservedConcurrentExecutions": reserved }),
        None => json!({}),
    }))
}

/// The function to change beside its code and settings, with a new RevisionId.
fn revised<'a>(world: &'a mut World, call: &Call, reference: &Reference) -> Result<&'a mut Function, Fault> {
    let revision = world.ids.uuid();
    let function = reference.find_mut(world, call)?;
    function.revise(&Qualifier::Unqualified, revision);
    Ok(function)
}

/// The version or alias that provisioned concurrency is for, with the reference to its function.
fn target(world: &World, call: &Call, name: &str, latest: &str) -> Result<(Reference, Qualifier), Fault> {
    let mut reference = Reference::read_as(world, call, name, Form::Plain)?;
    let asked = reference.qualifier.take().ok_or_else(|| fault::missing("qualifier"))?;
    if asked == "$LATEST" {
        return Err(fault::invalid(latest));
    }
    let arn = format!("{}:{asked}", reference.arn(world, call));
    let absent = || {
        if is_number(&asked) {
            fault::no_function(&arn)
        } else {
            fault::no_alias(&arn)
        }
    };
    let function = world.lambda.functions.get(&reference.key(call)).ok_or_else(absent)?;
    let qualifier = function.qualifier_or_alias(Some(&asked))?;
    Ok((reference, qualifier))
}

const NOT_PUBLISHED: &str = "The function resource provided must be an alias or a published version.";

pub(super) fn put_provisioned(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    model::check(&body, model::PROVISIONED)?;
    let wanted = Fields::new(&body).number("ProvisionedConcurrentExecutions")?;
    let requested = wanted.and_then(|wanted| u64::try_from(wanted).ok()).unwrap_or_default();
    let unpublished = "Provisioned Concurrency Configs cannot be applied to unpublished function versions.";
    let (reference, qualifier) = target(world, call, name, unpublished)?;
    check_overlap(reference.find(world, call)?, &qualifier)?;
    let unreserved = CONCURRENT_EXECUTIONS.saturating_sub(reserved_elsewhere(world, call, &reference.name));
    if requested > unreserved {
        return Err(fault::invalid(format!(
            "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [{unreserved}]."
        )));
    }
    if requested > unreserved.saturating_sub(UNRESERVED_MINIMUM) {
        return Err(fault::invalid(format!(
            "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its \
             minimum value of [{UNRESERVED_MINIMUM}]."
        )));
    }
    let provisioned = Provisioned {
        requested,
        modified: world.clock.now(),
        ready: world.clock.after(Tempo::Calls, 0),
    };
    let shown = provisioned.describe(world);
    let function = reference.find_mut(world, call)?;
    function.tuning.provisioned.insert(qualifier.place(), provisioned);
    Ok(Reply::json(StatusCode::ACCEPTED, &shown))
}

/// A version is provisioned by itself or through one alias, not twice (`ResourceConflictException`).
fn check_overlap(function: &Function, qualifier: &Qualifier) -> Result<(), Fault> {
    let provisioned = &function.tuning.provisioned;
    match qualifier {
        Qualifier::Alias(_, Some(number)) if provisioned.contains_key(&number.to_string()) => Err(fault::conflict(
            "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
        )),
        Qualifier::Version(number) => {
            let is_shared = |(name, alias): (&String, &super::alias::Alias)| {
                alias.number() == Some(*number) && provisioned.contains_key(name)
            };
            if function.aliases.iter().any(is_shared) {
                return Err(fault::conflict("Version is pointed by a Provisioned Concurrency alias"));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

pub(super) fn provisioned(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let (reference, qualifier) = target(world, call, name, NOT_PUBLISHED)?;
    let function = reference.find(world, call)?;
    let Some(found) = function.tuning.provisioned.get(&qualifier.place()) else {
        return Err(Fault::new(
            StatusCode::NOT_FOUND,
            "ProvisionedConcurrencyConfigNotFoundException",
            "No Provisioned Concurrency Config found for this function",
        ));
    };
    Ok(ok(&found.describe(world)))
}

pub(super) fn list_provisioned(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let function = Reference::read_as(world, call, name, Form::Plain)?.find(world, call)?;
    let shown = function.tuning.provisioned.iter().map(|(place, provisioned)| {
        let mut shown = provisioned.describe(world);
        if let Some(shown) = shown.as_object_mut() {
            shown.insert("FunctionArn".into(), json!(format!("{}:{place}", function.arn)));
        }
        (place.clone(), shown)
    });
    listing::page(call, "ProvisionedConcurrencyConfigs", shown, 50)
}

pub(super) fn delete_provisioned(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let (reference, qualifier) = target(world, call, name, NOT_PUBLISHED)?;
    let function = reference.find_mut(world, call)?;
    function.tuning.provisioned.remove(&qualifier.place());
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
