//! The policy of a bus: PutPermission and RemovePermission.

use serde_json::{Value, json};

use super::{bus, fault, nothing, required};
use crate::sandbox::members::Fields;
use crate::sandbox::{Call, Fault, World, constraint};

const MAX_POLICY: usize = 10_240;

pub(super) fn put(world: &mut World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let name = bus::named(fields, "EventBusName")?;
    bus::check(world, call, name)?;
    let mut statements = bus::find(world, call, name)?.statements;
    match fields.text("Policy")? {
        Some(text) => statements = whole(text)?,
        None => upsert(&mut statements, statement(world, call, name, fields)?),
    }
    let now = Some(world.clock.now());
    let bus = bus::find_mut(world, call, name)?;
    bus.statements = statements;
    bus.modified = now;
    if bus.policy().is_some_and(|policy| policy.len() > MAX_POLICY) {
        return Err(fault::policy_too_long());
    }
    Ok(nothing())
}

/// A whole policy takes the place of all statements.
fn whole(text: &str) -> Result<Vec<Value>, Fault> {
    let malformed = || fault::invalid("This policy contains invalid Json");
    let policy: Value = serde_json::from_str(text).map_err(|_| malformed())?;
    match policy.get("Statement") {
        Some(Value::Array(statements)) if !statements.is_empty() => Ok(statements.clone()),
        Some(statement @ Value::Object(_)) => Ok(vec![statement.clone()]),
        _ => Err(malformed()),
    }
}

fn statement(world: &World, call: &Call, bus: &str, fields: &Fields<'_>) -> Result<Value, Fault> {
    let id = required(fields, "StatementId", "statementId")?;
    let is_id = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    constraint::matching("statementId", id, is_id, "[a-zA-Z0-9-_]+")?;
    constraint::at_most("statementId", id, 64)?;
    let action = required(fields, "Action", "action")?;
    if action != "events:PutEvents" {
        return Err(fault::invalid("Provided value in parameter 'action' is not supported."));
    }
    let principal = required(fields, "Principal", "principal")?;
    let is_principal = |text: &str| text == "*" || (text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()));
    constraint::matching("principal", principal, is_principal, r"(\d{12}|\*)")?;
    let principal = match principal {
        "*" => json!("*"),
        account => json!({ "AWS": format!("arn:aws:iam::{account}:root") }),
    };
    let mut shown = json!({
        "Sid": id,
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": bus::arn(world, call, bus),
    });
    if let (Some(condition), Some(shown)) = (condition(fields)?, shown.as_object_mut()) {
        shown.insert("Condition".into(), condition);
    }
    Ok(shown)
}

fn condition(fields: &Fields<'_>) -> Result<Option<Value>, Fault> {
    let Some(condition) = fields.object("Condition")? else {
        return Ok(None);
    };
    let operator = required(&condition, "Type", "condition.type")?;
    let key = required(&condition, "Key", "condition.key")?;
    let value = required(&condition, "Value", "condition.value")?;
    // API reference, Condition: nothing but the organisation can be asked for.
    if operator != "StringEquals" || key != "aws:PrincipalOrgID" {
        return Err(fault::invalid(
            "Provided value in parameter 'condition' is not supported.",
        ));
    }
    Ok(Some(json!({ operator: { key: value } })))
}

fn upsert(statements: &mut Vec<Value>, new: Value) {
    match statements.iter_mut().find(|old| old.get("Sid") == new.get("Sid")) {
        Some(old) => *old = new,
        None => statements.push(new),
    }
}

pub(super) fn remove(world: &mut World, call: &Call, fields: &Fields<'_>) -> Result<Value, Fault> {
    let name = bus::named(fields, "EventBusName")?;
    bus::check(world, call, name)?;
    let now = Some(world.clock.now());
    let bus = bus::find_mut(world, call, name)?;
    bus.modified = now;
    if fields.flag("RemoveAllPermissions")? {
        bus.statements.clear();
        return Ok(nothing());
    }
    let id = required(fields, "StatementId", "statementId")?;
    let before = bus.statements.len();
    bus.statements.retain(|statement| statement["Sid"] != id);
    if bus.statements.len() == before {
        return Err(fault::not_found("Statement with the provided id does not exist."));
    }
    Ok(nothing())
}
