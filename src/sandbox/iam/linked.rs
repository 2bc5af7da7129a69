//! Service-linked roles, which a service owns.
//!
//! Invariant: they lie under `/aws-service-role/SERVICE/`, and only their deletion task takes them away, some calls
//! after it was asked for.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::{Clock, Due, Fault, Tempo, World, Xml};
use super::ask::{Ask, Name, check_name};
use super::grants::Holder;
use super::refusal::{invalid_input, no_such_entity};
use super::role::{self, write_with};
use super::{Done, State, trust};

mod services;

use services::linked;

/// A deletion that was asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Deletion {
    id: String,
    role: Name,
    role_id: String,
    done: Due,
}

/// For how many calls a deletion is in progress.
const DELETION_CALLS: u64 = 2;

pub(super) fn create(world: &mut World, ask: Ask<'_>) -> Done {
    let service = ask.required("AWSServiceName")?;
    check_name(service, "AWSServiceName", 128)?;
    let suffix = ask.text("CustomSuffix");
    suffix.map_or(Ok(()), |suffix| check_name(suffix, "CustomSuffix", 64))?;
    let description = ask.description()?;
    let Some(linked) = linked(service) else {
        return Err(invalid_input(format!(
            "Service role cannot be created: {service} is not a valid service principal."
        )));
    };
    let mut name = linked.role_name();
    if let Some(suffix) = suffix {
        if !linked.takes_suffix() {
            return Err(invalid_input(format!("Custom suffix is not allowed for {service}")));
        }
        name = format!("{name}_{suffix}");
    }
    let name = Name::new(name);
    if world.iam.roles.contains(&name) {
        return Err(invalid_input(format!(
            "Service role name {name} has been taken in this account, please try a different suffix."
        )));
    }
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Action": ["sts:AssumeRole"], "Effect": "Allow", "Principal": { "Service": [service] } }],
    });
    let role = role::new(
        world,
        name.clone(),
        format!("/aws-service-role/{service}/"),
        trust::collapsed(&trust),
    );
    let mut role = role::Role {
        description: description.or_else(|| linked.description().map(str::to_owned)),
        ..role
    };
    role.grants.attached.insert(linked.policy_arn());
    let mut xml = Xml::new();
    xml.element("Role", |xml| {
        write_with(xml, &role, &role.arn(&world.account), &trust.to_string())
    });
    world.iam.roles.insert(name, role);
    Ok(Some(xml))
}

pub(super) fn delete(world: &mut World, ask: Ask<'_>) -> Done {
    let name = Holder::Role.name(ask)?;
    let role = world.iam.role(&name)?;
    if !role.is_service_linked() {
        return Err(no_such_entity(format!("The role with name {name} cannot be found.")));
    }
    let running = world
        .iam
        .deletions
        .values()
        .find(|task| task.role_id == role.id)
        .map(|task| task.id.clone());
    let id = match running {
        Some(id) => id,
        None => begin(world, &name)?,
    };
    let mut xml = Xml::new();
    xml.text("DeletionTaskId", id);
    Ok(Some(xml))
}

fn begin(world: &mut World, name: &Name) -> Result<String, Fault> {
    let uuid = world.ids.uuid();
    let role = world.iam.role(name)?;
    let id = format!("task{}{}/{uuid}", role.path, role.name);
    let (role, role_id) = (role.name.clone(), role.id.clone());
    let done = world.clock.after(Tempo::Calls, DELETION_CALLS);
    world.iam.deletions.insert(
        id.clone(),
        Deletion {
            id: id.clone(),
            role,
            role_id,
            done,
        },
    );
    Ok(id)
}

pub(super) fn status(world: &World, ask: Ask<'_>) -> Done {
    let id = ask.required("DeletionTaskId")?;
    let missing = || no_such_entity(format!("The deletion task with id {id} cannot be found."));
    let task = world.iam.deletions.get(&id.to_owned()).ok_or_else(missing)?;
    let mut xml = Xml::new();
    xml.text(
        "Status",
        if task.done.has_come(&world.clock) {
            "SUCCEEDED"
        } else {
            "IN_PROGRESS"
        },
    );
    Ok(Some(xml))
}

impl State {
    /// Takes away the roles whose deletion is over.
    pub(super) fn finish_deletions(&mut self, clock: &Clock) {
        let over = self.deletions.values().filter(|task| task.done.has_come(clock));
        let gone: Vec<Name> = over
            .filter(|task| self.roles.get(&task.role).is_some_and(|role| role.id == task.role_id))
            .map(|task| task.role.clone())
            .collect();
        for name in gone {
            self.roles.remove(&name);
        }
    }
}
