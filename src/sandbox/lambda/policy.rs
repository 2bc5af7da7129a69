//! AddPermission, RemovePermission and GetPolicy.
//!
//! Invariant: a policy belongs to a function, a version or an alias, and shares its RevisionId.

use http::StatusCode;
use serde_json::json;

use super::fault::{self, Fault};
use super::function::{Function, Qualifier};
use super::permissions::{self, Principal, no_policy};
use super::reference::Reference;
use super::{model, ok};
use crate::sandbox::members::{self, Fields};
use crate::sandbox::{Call, Reply, World};

/// The edition that a policy is for; `$LATEST` by name has none.
fn target(function: &Function, reference: &Reference) -> Result<Qualifier, Fault> {
    match function.qualifier_or_alias(reference.qualifier.as_deref())? {
        Qualifier::Latest => Err(fault::invalid(
            "We currently do not support adding policies for $LATEST.",
        )),
        other => Ok(other),
    }
}

fn check_revision(
    world: &World,
    wanted: Option<&str>,
    function: &Function,
    qualifier: &Qualifier,
) -> Result<(), Fault> {
    match wanted {
        Some(wanted) if wanted != function.revision(qualifier, &world.clock) => Err(fault::precondition("GetPolicy")),
        Some(_) | None => Ok(()),
    }
}

pub(super) fn add(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    model::check(&body, model::PERMISSION)?;
    let fields = Fields::new(&body);
    let reference = Reference::read(world, call, name)?;
    if reference.qualifier.as_deref() == Some("$LATEST") {
        return Err(fault::invalid(
            "We currently do not support adding policies for $LATEST.",
        ));
    }
    let function = reference.find(world, call)?;
    if !world.has_spread(function.visible) {
        return Err(fault::no_function(&function.arn));
    }
    let qualifier = target(function, &reference)?;
    let resource = qualifier.arn(&function.arn);
    check_revision(world, fields.text("RevisionId")?, function, &qualifier)?;
    let id = fields.text("StatementId")?.unwrap_or_default();
    let principal = principal(world, fields.text("Principal")?.unwrap_or_default())?;
    let statement = permissions::statement(id, &resource, &principal, &fields)?;
    let shown = permissions::shown(&statement, |id| world.iam.principal_arn(id));
    let shown = json!({ "Statement": shown.to_string() });
    let revision = world.ids.uuid();
    let function = reference.find_mut(world, call)?;
    function
        .policies
        .entry(qualifier.place())
        .or_default()
        .add(id, statement)?;
    function.revise(&qualifier, revision);
    Ok(Reply::json(StatusCode::CREATED, &shown))
}

fn principal(world: &World, text: &str) -> Result<Principal, Fault> {
    let known = match Principal::parse(text) {
        Some(Principal::Identity(arn)) => world.iam.visible_principal(&arn, &world.clock).map(Principal::Identity),
        other => other,
    };
    let message = "The provided principal was invalid. Please check the principal and try again.";
    known.ok_or_else(|| fault::invalid(message))
}

pub(super) fn remove(world: &mut World, call: &Call, name: &str, id: &str) -> Result<Reply, Fault> {
    let reference = Reference::read(world, call, name)?;
    let arn = reference.arn(world, call);
    let function = reference
        .find(world, call)
        .map_err(|_| fault::not_found(format!("No policy found for: {arn}")))?;
    let qualifier = target(function, &reference)?;
    let place = qualifier.place();
    if !function.policies.contains_key(&place) {
        return Err(no_policy());
    }
    check_revision(world, call.query.get("RevisionId"), function, &qualifier)?;
    let revision = world.ids.uuid();
    let function = reference.find_mut(world, call)?;
    let policy = function.policies.get_mut(&place).ok_or_else(no_policy)?;
    policy.remove(id)?;
    if policy.is_empty() {
        function.policies.remove(&place);
    }
    function.revise(&qualifier, revision);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Callers can't tell by the refusal whether the function, the version or its policy is missing.
pub(super) fn get(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = Reference::read(world, call, name)?;
    let function = reference.find(world, call).map_err(|_| fault::no_resource())?;
    let qualifier = function
        .qualifier(reference.qualifier.as_deref())
        .map_err(|_| fault::no_resource())?;
    let policy = function
        .policies
        .get(&qualifier.place())
        .filter(|_| qualifier != Qualifier::Latest);
    let policy = policy.ok_or_else(fault::no_resource)?;
    let document = policy.document(|id| world.iam.principal_arn(id));
    let revision = function.revision(&qualifier, &world.clock);
    Ok(ok(&json!({ "Policy": document, "RevisionId": revision })))
}
