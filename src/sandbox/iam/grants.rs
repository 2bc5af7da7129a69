//! What a user, group or role holds: inline policies, attached policies, and for users and roles a boundary.
//!
//! Invariant: the quotas hold after every call. Which sort of holder it is decides quotas and wording, nothing else.
//! Reads show what readers see; writes need a holder that readers see, and change the truth.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::condition::covers;
use super::super::{Clock, Fault, World, Xml};
use super::ask::{Ask, Name, check_name};
use super::document::{Place, encoded, parse, size, statements, texts};
use super::managed::managed_policy;
use super::policy::{asked_arn, attachable, check_arn, path_prefix};
use super::refusal::{limit_exceeded, no_such_entity, quota};
use super::{Done, State};

/// Inline and attached policies of one holder.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Grants {
    /// Inline documents as they were sent, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) inline: BTreeMap<String, String>,
    /// ARNs of attached managed policies.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) attached: BTreeSet<String>,
}

/// Which sort of thing holds policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    User,
    Group,
    Role,
}

impl Holder {
    /// As it stands in parameters and quota names.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::Role => "Role",
        }
    }

    fn lower(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
        }
    }

    /// How much all inline policies may hold together, white space aside.
    fn inline_size(self) -> usize {
        match self {
            Self::User => 2048,
            Self::Group => 5120,
            Self::Role => 10240,
        }
    }

    /// The name that the request gives. Lookups take names up to 128 characters.
    pub(super) fn name(self, ask: Ask<'_>) -> Result<Name, Fault> {
        let longest = if self == Self::Role { 64 } else { 128 };
        ask.name(&format!("{}Name", self.word()), longest)
    }

    fn missing(self, name: &Name) -> Fault {
        no_such_entity(format!("The {} with name {name} cannot be found.", self.lower()))
    }
}

/// How many managed policies one holder may have attached.
const ATTACHMENTS: usize = 10;

impl State {
    fn grants(&self, holder: Holder, name: &Name, clock: &Clock) -> Result<&Grants, Fault> {
        let found = match holder {
            Holder::User => self.users.seen(name, clock).map(|user| &user.grants),
            Holder::Group => self.groups.seen(name, clock).map(|group| &group.grants),
            Holder::Role => self.roles.seen(name, clock).map(|role| &role.grants),
        };
        found.ok_or_else(|| holder.missing(name))
    }

    fn grants_mut(&mut self, holder: Holder, name: &Name, clock: &Clock) -> Result<&mut Grants, Fault> {
        self.grants(holder, name, clock)?;
        if holder == Holder::Role {
            self.modifiable_role(name)?;
        }
        let found = match holder {
            Holder::User => self.users.get_mut(name).map(|user| &mut user.grants),
            Holder::Group => self.groups.get_mut(name).map(|group| &mut group.grants),
            Holder::Role => self.roles.get_mut(name).map(|role| &mut role.grants),
        };
        found.ok_or_else(|| holder.missing(name))
    }
}

impl State {
    /// Whether some policy of a role allows an action on anything, for services that look before they take a setting that
    /// needs it. Denials, resources and conditions don't count. They see the role as readers do.
    pub(in crate::sandbox) fn role_may(&self, role_arn: &str, action: &str, clock: &Clock) -> bool {
        let known = self.role_of(role_arn);
        let Some(role) = known.and_then(|role| self.roles.seen(&role.name, clock)) else {
            return false;
        };
        let attached = role.grants.attached.iter().filter_map(|arn| self.document_of(arn));
        let mut documents = role.grants.inline.values().cloned().chain(attached);
        documents.any(|document| allows(&document, action))
    }

    fn document_of(&self, arn: &str) -> Option<String> {
        if let Some(managed) = managed_policy(arn) {
            return Some(managed.document());
        }
        let policy = self.policy(arn).ok()?;
        Some(policy.versions.get(&policy.default_version)?.document.clone())
    }
}

fn allows(document: &str, action: &str) -> bool {
    let Ok(Value::Object(document)) = serde_json::from_str(document) else {
        return false;
    };
    let named = |statement: &Value, member: &str| {
        let patterns = statement.get(member).and_then(texts);
        // Actions have no case.
        let fold = str::to_ascii_lowercase;
        patterns.map(|patterns| patterns.iter().any(|pattern| covers(&fold(pattern), &fold(action))))
    };
    let is_allowing = |statement: &&Value| {
        let is_named = named(statement, "Action").or_else(|| named(statement, "NotAction").map(|named| !named));
        statement.get("Effect").and_then(Value::as_str) == Some("Allow") && is_named == Some(true)
    };
    statements(&document).is_some_and(|statements| statements.iter().any(is_allowing))
}

fn policy_name<'a>(ask: Ask<'a>) -> Result<&'a str, Fault> {
    let name = ask.required("PolicyName")?;
    check_name(name, "PolicyName", 128).map(|()| name)
}

pub(super) fn put(world: &mut World, ask: Ask<'_>, holder: Holder) -> Done {
    let (name, policy) = (holder.name(ask)?, policy_name(ask)?);
    let text = ask.required("PolicyDocument")?;
    let grants = world.iam.grants_mut(holder, &name, &world.clock)?;
    parse(text, Place::Inline)?;
    grants.inline.insert(policy.to_owned(), text.to_owned());
    let most = holder.inline_size();
    if grants.inline.values().map(|text| size(text)).sum::<usize>() > most {
        let lower = holder.lower();
        return Err(limit_exceeded(format!(
            "Maximum policy size of {most} bytes exceeded for {lower} {name}"
        )));
    }
    Ok(None)
}

pub(super) fn get(world: &World, ask: Ask<'_>, holder: Holder) -> Done {
    let (name, policy) = (holder.name(ask)?, policy_name(ask)?);
    let text = world
        .iam
        .grants(holder, &name, &world.clock)?
        .inline
        .get(policy)
        .ok_or_else(|| no_inline(holder, policy))?;
    let mut xml = Xml::new();
    xml.text(&format!("{}Name", holder.word()), name)
        .text("PolicyName", policy)
        .text("PolicyDocument", encoded(text));
    Ok(Some(xml))
}

pub(super) fn delete(world: &mut World, ask: Ask<'_>, holder: Holder) -> Done {
    let (name, policy) = (holder.name(ask)?, policy_name(ask)?);
    let grants = world.iam.grants_mut(holder, &name, &world.clock)?;
    grants.inline.remove(policy).ok_or_else(|| no_inline(holder, policy))?;
    Ok(None)
}

fn no_inline(holder: Holder, policy: &str) -> Fault {
    no_such_entity(format!(
        "The {} policy with name {policy} cannot be found.",
        holder.lower()
    ))
}

pub(super) fn list(world: &World, ask: Ask<'_>, holder: Holder) -> Done {
    let grants = world.iam.grants(holder, &holder.name(ask)?, &world.clock)?;
    let page = ask.page(grants.inline.keys().map(|name| (name.clone(), name)))?;
    Ok(Some(page.write_texts("PolicyNames")))
}

pub(super) fn attach(world: &mut World, ask: Ask<'_>, holder: Holder) -> Done {
    let (name, arn) = (holder.name(ask)?, asked_arn(ask)?);
    world.iam.grants(holder, &name, &world.clock)?;
    attachable(&world.iam, arn, Some(&world.clock))?;
    let grants = world.iam.grants_mut(holder, &name, &world.clock)?;
    grants.attached.insert(arn.to_owned());
    if grants.attached.len() > ATTACHMENTS {
        return Err(quota(&format!("PoliciesPer{}", holder.word()), ATTACHMENTS));
    }
    Ok(None)
}

pub(super) fn detach(world: &mut World, ask: Ask<'_>, holder: Holder) -> Done {
    let (name, arn) = (holder.name(ask)?, asked_arn(ask)?);
    let grants = world.iam.grants_mut(holder, &name, &world.clock)?;
    if !grants.attached.remove(arn) {
        return Err(no_such_entity(format!("Policy {arn} was not found.")));
    }
    Ok(None)
}

pub(super) fn list_attached(world: &World, ask: Ask<'_>, holder: Holder) -> Done {
    let grants = world.iam.grants(holder, &holder.name(ask)?, &world.clock)?;
    let prefix = path_prefix(ask)?;
    let listed = grants
        .attached
        .iter()
        .filter(|arn| policy_path(arn).starts_with(prefix));
    let page = ask.page(listed.map(|arn| (arn.clone(), arn)))?;
    Ok(Some(
        page.write("AttachedPolicies", |xml, arn| write_attached(xml, arn)),
    ))
}

/// `PolicyName` and `PolicyArn` of an attached policy.
pub(super) fn write_attached(xml: &mut Xml, arn: &str) {
    xml.text("PolicyName", arn.rsplit('/').next().unwrap_or(arn))
        .text("PolicyArn", arn);
}

fn policy_path(arn: &str) -> &str {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    let rest = resource.strip_prefix("policy").unwrap_or(resource);
    rest.rfind('/').and_then(|end| rest.get(..=end)).unwrap_or("/")
}

fn boundary_mut<'a>(state: &'a mut State, holder: Holder, name: &Name) -> Result<&'a mut Option<String>, Fault> {
    if holder == Holder::Role {
        state.modifiable_role(name)?;
    }
    let found = match holder {
        Holder::User => state.users.get_mut(name).map(|user| &mut user.boundary),
        Holder::Role => state.roles.get_mut(name).map(|role| &mut role.boundary),
        Holder::Group => None,
    };
    found.ok_or_else(|| holder.missing(name))
}

pub(super) fn put_boundary(world: &mut World, ask: Ask<'_>, holder: Holder) -> Done {
    let (name, arn) = (holder.name(ask)?, ask.required("PermissionsBoundary")?);
    world.iam.grants(holder, &name, &world.clock)?;
    check_boundary(&world.iam, arn, Some(&world.clock))?;
    *boundary_mut(&mut world.iam, holder, &name)? = Some(arn.to_owned());
    Ok(None)
}

pub(super) fn delete_boundary(world: &mut World, ask: Ask<'_>, holder: Holder) -> Done {
    let name = holder.name(ask)?;
    world.iam.grants(holder, &name, &world.clock)?;
    match boundary_mut(&mut world.iam, holder, &name)?.take() {
        Some(_) => Ok(None),
        None => Err(no_such_entity(format!(
            "{} {name} does not have a permissions boundary.",
            holder.word()
        ))),
    }
}

/// A boundary must be a managed policy that exists. A new holder may name one that readers don't see yet.
pub(super) fn check_boundary(state: &State, arn: &str, clock: Option<&Clock>) -> Result<(), Fault> {
    check_arn(arn, "permissionsBoundary")?;
    attachable(state, arn, clock)
        .map_err(|_| no_such_entity(format!("Scope ARN: {arn} does not exist or is not attachable.")))
}

/// The boundary that a create request names.
pub(super) fn asked_boundary(state: &State, ask: Ask<'_>) -> Result<Option<String>, Fault> {
    let arn = ask.text("PermissionsBoundary");
    arn.map(|arn| check_boundary(state, arn, None).map(|()| arn.to_owned()))
        .transpose()
}

pub(super) fn write_boundary(xml: &mut Xml, boundary: Option<&String>) {
    if let Some(arn) = boundary {
        xml.element("PermissionsBoundary", |xml| {
            xml.text("PermissionsBoundaryType", "Policy")
                .text("PermissionsBoundaryArn", arn);
        });
    }
}
