//! Instance profiles.
//!
//! Invariant: a profile holds at most one role, which exists; a role may be in several.

use serde::{Deserialize, Serialize};

use super::super::{Clock, Fault, Moment, World, Xml};
use super::ask::{Ask, Name, order};
use super::grants::Holder;
use super::refusal::{already_exists, delete_conflict, no_such_entity, quota};
use super::role::write_core as write_role;
use super::tag::{self, Keys, Tags};
use super::{Done, State};

/// An instance profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Profile {
    pub(super) name: Name,
    pub(super) id: String,
    pub(super) path: String,
    pub(super) created: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) role: Option<Name>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Tags,
}

impl State {
    pub(super) fn profile(&self, name: &Name) -> Result<&Profile, Fault> {
        self.profiles.get(name).ok_or_else(|| no_profile(name))
    }

    /// The profile as readers see it now.
    pub(super) fn seen_profile(&self, name: &Name, clock: &Clock) -> Result<&Profile, Fault> {
        self.profiles.seen(name, clock).ok_or_else(|| no_profile(name))
    }

    pub(super) fn profile_mut(&mut self, name: &Name) -> Result<&mut Profile, Fault> {
        self.profiles.get_mut(name).ok_or_else(|| no_profile(name))
    }
}

fn no_profile(name: &Name) -> Fault {
    no_such_entity(format!("Instance Profile {name} cannot be found."))
}

/// What lists show: all but the tags.
pub(super) fn write_brief(xml: &mut Xml, state: &State, profile: &Profile) {
    let arn = format!(
        "arn:aws:iam::{}:instance-profile{}{}",
        state.account, profile.path, profile.name
    );
    xml.text("Path", &profile.path)
        .text("InstanceProfileName", &profile.name)
        .text("InstanceProfileId", &profile.id)
        .text("Arn", arn)
        .text("CreateDate", profile.created.seconds());
    xml.element("Roles", |xml| {
        if let Some(role) = profile.role.as_ref().and_then(|name| state.roles.get(name)) {
            xml.element("member", |xml| write_role(xml, state, role));
        }
    });
}

/// How many instance profiles an account may have.
pub(super) const PER_ACCOUNT: usize = 1000;

fn name(ask: Ask<'_>) -> Result<Name, Fault> {
    ask.name("InstanceProfileName", 128)
}

pub(super) fn create(world: &mut World, ask: Ask<'_>) -> Done {
    let (name, path, tags) = (name(ask)?, ask.path()?, tag::asked(ask, Keys::Exact)?);
    if world.iam.profiles.contains(&name) {
        return Err(already_exists(format!("Instance Profile {name} already exists.")));
    }
    if world.iam.profiles.len() >= PER_ACCOUNT {
        return Err(quota("InstanceProfilesPerAccount", PER_ACCOUNT));
    }
    let (id, created) = (world.ids.unique("AIPA"), world.clock.now());
    let profile = Profile {
        name: name.clone(),
        id,
        path,
        created,
        role: None,
        tags,
    };
    let mut xml = Xml::new();
    xml.element("InstanceProfile", |xml| {
        write_brief(xml, &world.iam, &profile);
        tag::write(xml, &profile.tags);
    });
    world.iam.profiles.insert(name, profile);
    Ok(Some(xml))
}

pub(super) fn get(world: &World, ask: Ask<'_>) -> Done {
    let profile = world.iam.seen_profile(&name(ask)?, &world.clock)?;
    let mut xml = Xml::new();
    xml.element("InstanceProfile", |xml| {
        write_brief(xml, &world.iam, profile);
        tag::write_even_if_none(xml, &profile.tags);
    });
    Ok(Some(xml))
}

pub(super) fn list(world: &World, ask: Ask<'_>) -> Done {
    let prefix = ask.path_prefix()?;
    let profiles = world.iam.profiles.all_seen(&world.clock).map(|(_, profile)| profile);
    let profiles = profiles.filter(|profile| profile.path.starts_with(prefix));
    let page = ask.page(profiles.map(|profile| (order(&profile.name), profile)))?;
    Ok(Some(page.write("InstanceProfiles", |xml, profile| {
        write_brief(xml, &world.iam, profile)
    })))
}

/// A role that was just taken out is not in the way: Terraform's provider deletes at once and asks only once.
pub(super) fn delete(world: &mut World, ask: Ask<'_>) -> Done {
    let name = name(ask)?;
    world.iam.seen_profile(&name, &world.clock)?;
    if world.iam.profile(&name)?.role.is_some() {
        return Err(delete_conflict(
            "Cannot delete entity, must remove roles from instance profile first.",
        ));
    }
    world.iam.profiles.remove(&name);
    Ok(None)
}

pub(super) fn add_role(world: &mut World, ask: Ask<'_>) -> Done {
    let (name, role) = (name(ask)?, Holder::Role.name(ask)?);
    world.iam.seen_profile(&name, &world.clock)?;
    world.iam.seen_role(&role, &world.clock)?;
    let role = world.iam.modifiable_role(&role)?.name.clone();
    let profile = world.iam.profile_mut(&name)?;
    if profile.role.is_some() {
        return Err(quota("InstanceSessionsPerInstanceProfile", 1));
    }
    profile.role = Some(role);
    Ok(None)
}

pub(super) fn remove_role(world: &mut World, ask: Ask<'_>) -> Done {
    let (name, role) = (name(ask)?, Holder::Role.name(ask)?);
    world.iam.seen_profile(&name, &world.clock)?;
    world.iam.seen_role(&role, &world.clock)?;
    world.iam.modifiable_role(&role)?;
    let profile = world.iam.profile_mut(&name)?;
    if profile.role.as_ref() != Some(&role) {
        let message = format!("Role {role} in Instance Profile {name} cannot be found.");
        return Err(no_such_entity(message));
    }
    profile.role = None;
    Ok(None)
}
