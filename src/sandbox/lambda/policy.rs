//! AddPermission, RemovePermission and GetPolicy.

use http::StatusCode;
use serde_json::json;

use super::fault::{self, Fault};
use super::function::{Function, Qualifier};
use super::ok;
use super::permissions::{self, Policy, Principal};
use super::reference::Reference;
use super::update::touch;
use crate::sandbox::members::{self, Fields};
use crate::sandbox::{Call, Reply, World};

/// Under which name the policy of an edition is kept, and the ARN in its statements.
fn place(function: &Function, reference: &Reference) -> Result<(String, String), Fault> {
    match function.qualifier(reference.qualifier.as_deref())? {
        Qualifier::Unqualified => Ok((String::new(), function.arn.clone())),
        Qualifier::Version(number) => Ok((number.to_string(), format!("{}:{number}", function.arn))),
        Qualifier::Latest => Err(fault::invalid(
            "We currently do not support adding policies for $LATEST.",
        )),
    }
}

fn check_revision(wanted: Option<&str>, policy: Option<&Policy>) -> Result<(), Fault> {
    match (wanted, policy) {
        (Some(wanted), Some(policy)) if wanted != policy.revision => Err(fault::precondition("GetPolicy")),
        _ => Ok(()),
    }
}

pub(super) fn add(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    let fields = Fields::new(&body);
    let reference = Reference::read(call, name)?;
    let id = statement_id(
        fields
            .text("StatementId")?
            .ok_or_else(|| fault::missing("statementId"))?,
    )?;
    let function = reference.find(world, call)?;
    if !world.has_spread(function.visible) {
        return Err(fault::no_function(&function.arn));
    }
    let (place, resource) = place(function, &reference)?;
    check_revision(fields.text("RevisionId")?, function.policies.get(&place))?;
    let principal = principal(
        world,
        fields.text("Principal")?.ok_or_else(|| fault::missing("principal"))?,
    )?;
    let statement = permissions::statement(id, &resource, &principal, &fields)?;
    let shown = permissions::shown(&statement, |id| world.iam.principal_arn(id));
    let shown = json!({ "Statement": shown.to_string() });
    let revision = world.ids.uuid();
    let function = touch(world, call, &reference)?;
    function
        .policies
        .entry(place)
        .or_default()
        .add(id, statement, revision)?;
    Ok(Reply::json(StatusCode::CREATED, &shown))
}

fn statement_id(id: &str) -> Result<&str, Fault> {
    let is_id = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    fault::matching("statementId", id, is_id, "([a-zA-Z0-9-_]+)")?;
    fault::at_most("statementId", id, 100)
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
    let reference = Reference::read(call, name)?;
    let function = reference.find(world, call)?;
    let (place, _) = place(function, &reference)?;
    check_revision(call.query.get("RevisionId"), function.policies.get(&place))?;
    let revision = world.ids.uuid();
    let policies = &mut touch(world, call, &reference)?.policies;
    let Some(policy) = policies.get_mut(&place) else {
        return Err(no_policy());
    };
    policy.remove(id, revision)?;
    if policy.is_empty() {
        policies.remove(&place);
    }
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// The same refusal as for anything else that isn't there: callers can't tell it by its code.
fn no_policy() -> Fault {
    fault::not_found("The resource you requested does not exist.")
}

pub(super) fn get(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = Reference::read(call, name)?;
    let function = reference.find(world, call)?;
    let (place, _) = place(function, &reference)?;
    let policy = function.policies.get(&place).ok_or_else(no_policy)?;
    let document = policy.document(|id| world.iam.principal_arn(id));
    Ok(ok(&json!({ "Policy": document, "RevisionId": policy.revision })))
}
