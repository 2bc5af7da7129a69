//! Roles.
//!
//! Invariant: a trust policy names users and roles of this account by unique id; roles under `/aws-service-role/` are
//! changed by their service alone; a role with anything left on it can't be deleted.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::spread::Delay;
use super::super::{Clock, Due, Fault, Moment, World, Xml};
use super::ask::{Ask, Name, order};
use super::document::encoded;
use super::grants::{Grants, Holder, asked_boundary, write_boundary};
use super::kept::Kept;
use super::profile::write_brief as write_profile;
use super::refusal::{already_exists, delete_conflict, invalid_input, no_such_entity, quota, unmodifiable, validation};
use super::tag::{self, Keys, Tags};
use super::{Done, State, trust};

/// A role.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Role {
    pub(super) name: Name,
    pub(super) id: String,
    pub(super) path: String,
    pub(super) created: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    pub(super) max_session_seconds: u32,
    /// The trust policy with principals as unique ids.
    pub(super) trust: Value,
    #[serde(flatten)]
    pub(super) grants: Grants,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) boundary: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Tags,
    /// From when on services can take it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) assumable: Option<Due>,
    /// From when on trust policies may name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) visible: Option<Due>,
    /// From when on other services' policies may name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) visible_elsewhere: Option<Due>,
    /// From when on its ARN is shown in its own answers; until then its id stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) arn_shown: Option<Due>,
    /// What lists show of it.
    #[serde(skip)]
    pub(super) listed: Kept<Xml>,
}

/// How many roles an account may have unless it asks for more; so its summary says.
pub(super) const PER_ACCOUNT: usize = 1000;

/// How many AWS grants to who asks (IAM quotas). Large accounts can be tried here without asking.
const GRANTED: usize = 5000;

fn no_role(name: &Name) -> Fault {
    no_such_entity(format!("The role with name {name} cannot be found."))
}

impl Role {
    pub(super) fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:role{}{}", self.path, self.name)
    }

    pub(super) fn is_service_linked(&self) -> bool {
        self.path.starts_with("/aws-service-role/")
    }
}

impl State {
    pub(super) fn role(&self, name: &Name) -> Result<&Role, Fault> {
        self.roles.get(name).ok_or_else(|| no_role(name))
    }

    /// The role as readers see it now.
    pub(super) fn seen_role(&self, name: &Name, clock: &Clock) -> Result<&Role, Fault> {
        self.roles.seen(name, clock).ok_or_else(|| no_role(name))
    }

    /// The role to change it. What lists show of it, which is not its grants, is changed through here alone.
    pub(super) fn role_mut(&mut self, name: &Name) -> Result<&mut Role, Fault> {
        let role = self.roles.get_mut(name).ok_or_else(|| no_role(name))?;
        role.listed = Kept::default();
        Ok(role)
    }

    /// What the shown form of a trust policy depends on besides the policy.
    fn shown_revisions(&self, trust: &Value) -> [u64; 3] {
        if trust::names_ids(trust) {
            [self.users.revision().rows, self.roles.revision().keys, 1]
        } else {
            [0; 3]
        }
    }

    /// Refuses what only the owning service may do.
    pub(super) fn modifiable_role(&self, name: &Name) -> Result<&Role, Fault> {
        let role = self.role(name)?;
        if role.is_service_linked() || role.path.starts_with("/aws-reserved/") {
            return Err(unmodifiable(role.name.as_str()));
        }
        Ok(role)
    }
}

/// What a role shows everywhere, among it the trust policy.
pub(super) fn write_core(xml: &mut Xml, state: &State, role: &Role) {
    write_with(xml, role, &role.arn(&state.account), &trust::show(state, &role.trust));
}

/// The ARN in the role's own answers. With lag it may be the bare id for some calls, as users of AWS have met it:
/// <https://github.com/hashicorp/terraform-provider-aws> polls a new role until its `Arn` reads as one.
fn own_arn(world: &World, role: &Role) -> String {
    if world.has_spread(role.arn_shown) {
        role.arn(&world.account)
    } else {
        role.id.clone()
    }
}

/// The same with this ARN and the trust policy as it was sent: so answers the call that makes a role.
pub(super) fn write_with(xml: &mut Xml, role: &Role, arn: &str, trust: &str) {
    xml.text("Path", &role.path)
        .text("RoleName", &role.name)
        .text("RoleId", &role.id)
        .text("Arn", arn)
        .text("CreateDate", role.created.seconds())
        .text("AssumeRolePolicyDocument", encoded(trust));
}

/// What lists show. A page has up to a thousand of them, and most stay as they are.
pub(super) fn write_listed(xml: &mut Xml, state: &State, role: &Role) {
    let listed = role.listed.kept(state.shown_revisions(&role.trust), || {
        let mut xml = Xml::new();
        write_core(&mut xml, state, role);
        xml.optional("Description", role.description.as_ref())
            .text("MaxSessionDuration", role.max_session_seconds);
        Arc::new(xml)
    });
    xml.append(&listed);
}

fn write_full(xml: &mut Xml, world: &World, role: &Role) {
    write_with(xml, role, &own_arn(world, role), &trust::show(&world.iam, &role.trust));
    xml.optional("Description", role.description.as_ref())
        .text("MaxSessionDuration", role.max_session_seconds);
    write_boundary(xml, role.boundary.as_ref());
    tag::write(xml, &role.tags);
    write_last_use(xml, world, role);
}

/// Empty for a role that was never used.
pub(super) fn write_last_use(xml: &mut Xml, world: &World, role: &Role) {
    let used = world.last_use(&role.id);
    xml.element("RoleLastUsed", |xml| {
        xml.optional("LastUsedDate", used.map(|used| used.at.seconds()))
            .optional("Region", used.map(|used| &used.region));
    });
}

pub(super) fn create(world: &mut World, ask: Ask<'_>) -> Done {
    let (name, path) = (ask.name("RoleName", 64)?, ask.path()?);
    check_free(&path)?;
    let description = ask.description()?;
    let max_session_seconds = session_seconds(ask)?.unwrap_or(3600);
    let tags = tag::asked(ask, Keys::Caseless)?;
    let text = ask.required("AssumeRolePolicyDocument")?;
    if world.iam.roles.contains(&name) {
        return Err(already_exists(format!("Role with name {name} already exists.")));
    }
    if world.iam.roles.len() >= GRANTED {
        return Err(quota("RolesPerAccount", GRANTED));
    }
    let trust = trust::take(&world.iam, &world.clock, text)?;
    let boundary = asked_boundary(&world.iam, ask)?;
    let role = Role {
        boundary,
        description,
        max_session_seconds,
        tags,
        ..new(world, name, path, trust)
    };
    // The answer leaves Description and MaxSessionDuration out, although both are kept.
    let mut xml = Xml::new();
    xml.element("Role", |xml| {
        write_with(xml, &role, &own_arn(world, &role), text);
        write_boundary(xml, role.boundary.as_ref());
        tag::write(xml, &role.tags);
    });
    world.iam.roles.insert(role.name.clone(), role);
    Ok(Some(xml))
}

/// Refuses the paths of roles that AWS makes. Only the first was met; <https://github.com/tilfin/aws-iam-policy-tool/pull/9>
/// has its words.
fn check_free(path: &str) -> Result<(), Fault> {
    if path.starts_with("/aws-service-role/") {
        return Err(invalid_input(
            "Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles",
        ));
    }
    if path.starts_with("/aws-reserved/") {
        return Err(validation(
            "The specified value for path is invalid. It is reserved for AWS.",
        ));
    }
    Ok(())
}

/// A role with nothing on it yet.
pub(super) fn new(world: &mut World, name: Name, path: String, trust: Value) -> Role {
    Role {
        name,
        id: world.ids.unique("AROA"),
        path,
        created: world.clock.now(),
        description: None,
        max_session_seconds: 3600,
        trust,
        grants: Grants::default(),
        boundary: None,
        tags: Vec::new(),
        assumable: world.spread(Delay::Role),
        visible: world.spread(Delay::Principal),
        visible_elsewhere: world.spread(Delay::ServicePrincipal),
        arn_shown: world
            .spread(Delay::RoleArn)
            .filter(|_| world.happens("a role without an ARN", 4)),
        listed: Kept::default(),
    }
}

fn session_seconds(ask: Ask<'_>) -> Result<Option<u32>, Fault> {
    ask.number("MaxSessionDuration", 3600, 43200)
}

pub(super) fn get(world: &World, ask: Ask<'_>) -> Done {
    let role = world.iam.seen_role(&Holder::Role.name(ask)?, &world.clock)?;
    let mut xml = Xml::new();
    xml.element("Role", |xml| write_full(xml, world, role));
    Ok(Some(xml))
}

pub(super) fn list(world: &World, ask: Ask<'_>) -> Done {
    let prefix = ask.path_prefix()?;
    let after = ask.after()?;
    let roles = world.iam.roles.seen_after(after.as_ref(), &world.clock);
    let roles = roles.map(|(_, role)| role);
    let roles = roles.filter(|role| role.path.starts_with(prefix));
    let page = ask.page(roles.map(|role| (order(&role.name), role)))?;
    Ok(Some(
        page.write("Roles", |xml, role| write_listed(xml, &world.iam, role)),
    ))
}

/// An absent parameter leaves its field as it is.
fn change(world: &mut World, ask: Ask<'_>) -> Result<Name, Fault> {
    let name = Holder::Role.name(ask)?;
    let (description, seconds) = (ask.description()?, session_seconds(ask)?);
    world.iam.seen_role(&name, &world.clock)?;
    let role = world.iam.role_mut(&name)?;
    if role.is_service_linked() && seconds.is_some() {
        return Err(unmodifiable(role.name.as_str()));
    }
    if description.is_some() {
        role.description = description.filter(|text| !text.is_empty());
    }
    role.max_session_seconds = seconds.unwrap_or(role.max_session_seconds);
    Ok(name)
}

pub(super) fn update(world: &mut World, ask: Ask<'_>) -> Done {
    change(world, ask).map(|_| Some(Xml::new()))
}

pub(super) fn update_description(world: &mut World, ask: Ask<'_>) -> Done {
    ask.present("Description")?;
    let name = change(world, ask)?;
    let role = world.iam.role(&name)?;
    // The answer leaves MaxSessionDuration out.
    let mut xml = Xml::new();
    xml.element("Role", |xml| {
        write_core(xml, &world.iam, role);
        xml.optional("Description", role.description.as_ref());
    });
    Ok(Some(xml))
}

pub(super) fn update_trust(world: &mut World, ask: Ask<'_>) -> Done {
    let name = Holder::Role.name(ask)?;
    let text = ask.required("PolicyDocument")?;
    world.iam.seen_role(&name, &world.clock)?;
    world.iam.modifiable_role(&name)?;
    let trust = trust::take(&world.iam, &world.clock, text)?;
    world.iam.role_mut(&name)?.trust = trust;
    Ok(None)
}

/// With lag, what was just taken off still blocks.
pub(super) fn delete(world: &mut World, ask: Ask<'_>) -> Done {
    let name = Holder::Role.name(ask)?;
    let seen = world.iam.seen_role(&name, &world.clock)?;
    let role = world.iam.modifiable_role(&name)?;
    let state = &world.iam;
    let in_profile = state
        .profiles
        .values()
        .any(|profile| profile.role.as_ref() == Some(&name));
    let blocker = if in_profile {
        Some("must remove roles from instance profile first.")
    } else if !role.grants.attached.is_empty() || !seen.grants.attached.is_empty() {
        Some("must detach all policies first.")
    } else if !role.grants.inline.is_empty() || !seen.grants.inline.is_empty() {
        Some("must delete policies first.")
    } else {
        None
    };
    if let Some(blocker) = blocker {
        return Err(delete_conflict(format!("Cannot delete entity, {blocker}")));
    }
    world.iam.roles.remove(&name);
    Ok(None)
}

pub(super) fn list_profiles(world: &World, ask: Ask<'_>) -> Done {
    let name = Holder::Role.name(ask)?;
    world.iam.seen_role(&name, &world.clock)?;
    let profiles = world.iam.profiles.all_seen(&world.clock).map(|(_, profile)| profile);
    let profiles = profiles.filter(|profile| profile.role.as_ref() == Some(&name));
    let page = ask.page(profiles.map(|profile| (order(&profile.name), profile)))?;
    Ok(Some(page.write("InstanceProfiles", |xml, profile| {
        write_profile(xml, &world.iam, profile)
    })))
}
