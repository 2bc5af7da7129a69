//! Users.
//!
//! Invariant: a user keeps its unique id and all that is its own through renames; groups that it names exist; a user
//! with anything left on it can't be deleted.

use serde::{Deserialize, Serialize};

use super::super::call::Standing;
use super::super::spread::Delay;
use super::super::{Caller, Clock, Due, Fault, Moment, World, Xml};
use super::ask::{Ask, Name, order};
use super::grants::{Grants, Holder, asked_boundary, write_boundary};
use super::login::LoginProfile;
use super::refusal::{already_exists, delete_conflict, no_such_entity, quota, validation};
use super::service::ServiceCredential;
use super::signing::Certificate;
use super::ssh::SshKey;
use super::tag::{self, Keys, Tags};
use super::{Done, State};

/// A user.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    pub(super) name: Name,
    pub(super) id: String,
    pub(super) path: String,
    pub(super) created: Moment,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) groups: Vec<Name>,
    #[serde(flatten)]
    pub(super) grants: Grants,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) boundary: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) login: Option<LoginProfile>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) ssh_keys: Vec<SshKey>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) certificates: Vec<Certificate>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) service_credentials: Vec<ServiceCredential>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Tags,
    /// From when on trust policies may name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) visible: Option<Due>,
    /// From when on other services' policies may name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) visible_elsewhere: Option<Due>,
}

impl User {
    pub(super) fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:user{}{}", self.path, self.name)
    }
}

/// How many users an account may have.
pub(super) const PER_ACCOUNT: usize = 5000;

impl State {
    pub(super) fn user(&self, name: &Name) -> Result<&User, Fault> {
        self.users.get(name).ok_or_else(|| no_user(name))
    }

    /// The user as readers see it now.
    pub(super) fn seen_user(&self, name: &Name, clock: &Clock) -> Result<&User, Fault> {
        self.users.seen(name, clock).ok_or_else(|| no_user(name))
    }

    /// The user to change, once readers see it.
    pub(super) fn settled_user(&mut self, name: &Name, clock: &Clock) -> Result<&mut User, Fault> {
        self.seen_user(name, clock)?;
        self.user_mut(name)
    }

    /// All users that readers see now.
    pub(super) fn seen_users<'a>(&'a self, clock: &'a Clock) -> impl Iterator<Item = &'a User> + use<'a> {
        self.users.all_seen(clock).map(|(_, user)| user)
    }

    pub(super) fn user_mut(&mut self, name: &Name) -> Result<&mut User, Fault> {
        self.users.get_mut(name).ok_or_else(|| no_user(name))
    }
}

pub(super) fn no_user(name: &Name) -> Fault {
    no_such_entity(format!("The user with name {name} cannot be found."))
}

/// The user that the request names, or the caller.
pub(super) fn named_or_caller(ask: Ask<'_>, caller: &Caller) -> Result<Name, Fault> {
    match (ask.text("UserName"), &caller.user_name) {
        (None, Some(name)) => Ok(Name::new(name)),
        (None, None) if caller.arn.contains(":user/") => {
            Ok(Name::new(caller.arn.rsplit('/').next().unwrap_or_default()))
        }
        (None, None) => Err(validation(
            "Must specify userName when calling with non-User credentials",
        )),
        (Some(_), _) => Holder::User.name(ask),
    }
}

/// The same, but a user that the request names must be there.
pub(super) fn known_or_caller(world: &World, ask: Ask<'_>, caller: &Caller) -> Result<Name, Fault> {
    let name = named_or_caller(ask, caller)?;
    if ask.text("UserName").is_some() {
        world.iam.seen_user(&name, &world.clock)?;
    }
    Ok(name)
}

/// What every list of users shows.
pub(super) fn write_brief(xml: &mut Xml, account: &str, user: &User) {
    xml.text("Path", &user.path)
        .text("UserName", &user.name)
        .text("UserId", &user.id)
        .text("Arn", user.arn(account))
        .text("CreateDate", user.created.seconds());
}

fn write_full(xml: &mut Xml, account: &str, user: &User) {
    write_brief(xml, account, user);
    write_boundary(xml, user.boundary.as_ref());
    tag::write(xml, &user.tags);
}

pub(super) fn create(world: &mut World, ask: Ask<'_>) -> Done {
    let name = ask.name("UserName", 64)?;
    let path = ask.path()?;
    let tags = tag::asked(ask, Keys::Caseless)?;
    if world.iam.users.contains(&name) {
        return Err(already_exists(format!("User with name {name} already exists.")));
    }
    if world.iam.users.len() >= PER_ACCOUNT {
        return Err(quota("UsersPerAccount", PER_ACCOUNT));
    }
    let user = User {
        id: world.ids.unique("AIDA"),
        path,
        created: world.clock.now(),
        groups: Vec::new(),
        grants: Grants::default(),
        boundary: asked_boundary(&world.iam, ask)?,
        login: None,
        ssh_keys: Vec::new(),
        certificates: Vec::new(),
        service_credentials: Vec::new(),
        tags,
        visible: world.spread(Delay::Principal),
        visible_elsewhere: world.spread(Delay::ServicePrincipal),
        name: name.clone(),
    };
    let mut xml = Xml::new();
    xml.element("User", |xml| write_full(xml, &world.account, &user));
    world.iam.users.insert(name, user);
    Ok(Some(xml))
}

pub(super) fn get(world: &World, ask: Ask<'_>, caller: &Caller) -> Done {
    let mut xml = Xml::new();
    if ask.text("UserName").is_none() && caller.standing == Standing::Administrator {
        // The implicit administrator is in no list, but asks who it is like any other user.
        xml.element("User", |xml| {
            xml.text("Path", "/")
                .text("UserName", caller.arn.rsplit('/').next().unwrap_or_default());
            xml.text("UserId", &caller.user_id)
                .text("Arn", &caller.arn)
                .text("CreateDate", "2020-01-01T00:00:00Z");
        });
        return Ok(Some(xml));
    }
    let user = world.iam.seen_user(&named_or_caller(ask, caller)?, &world.clock)?;
    xml.element("User", |xml| write_full(xml, &world.account, user));
    Ok(Some(xml))
}

pub(super) fn list(world: &World, ask: Ask<'_>) -> Done {
    let prefix = ask.path_prefix()?;
    let users = world.iam.seen_users(&world.clock);
    let users = users.filter(|user| user.path.starts_with(prefix));
    let page = ask.page(users.map(|user| (order(&user.name), user)))?;
    Ok(Some(
        page.write("Users", |xml, user| write_brief(xml, &world.account, user)),
    ))
}

pub(super) fn update(world: &mut World, ask: Ask<'_>) -> Done {
    let name = Holder::User.name(ask)?;
    let new_path = ask.new_path("NewPath")?;
    let new_name = ask
        .text("NewUserName")
        .map(|_| ask.name("NewUserName", 64))
        .transpose()?;
    let mut user = world.iam.settled_user(&name, &world.clock)?.clone();
    user.path = new_path.unwrap_or(user.path);
    user.name = new_name.unwrap_or(user.name);
    if user.name != name && world.iam.users.contains(&user.name) {
        return Err(already_exists(format!("User with name {} already exists.", user.name)));
    }
    world.iam.rename_keys(&name, &user.name);
    world.iam.users.remove(&name);
    world.iam.users.insert(user.name.clone(), user);
    Ok(None)
}

impl State {
    /// What must go before a user can, in AWS's words.
    fn user_blocker(&self, user: &User) -> Option<&'static str> {
        let blockers = [
            (user.login.is_some(), "must delete login profile first."),
            (
                self.keys_of(&user.name).next().is_some(),
                "must delete access keys first.",
            ),
            (
                self.devices_of(&user.id).next().is_some(),
                "must delete MFA device first.",
            ),
            (!user.certificates.is_empty(), "must delete certificates first."),
            (!user.ssh_keys.is_empty(), "must remove referenced objects first."),
            (
                !user.service_credentials.is_empty(),
                "must remove referenced objects first.",
            ),
            (!user.groups.is_empty(), "must remove users from group first."),
            (!user.grants.attached.is_empty(), "must detach all policies first."),
            (!user.grants.inline.is_empty(), "must delete policies first."),
        ];
        blockers.into_iter().find_map(|(blocks, why)| blocks.then_some(why))
    }
}

/// With lag, what was just taken off still blocks.
pub(super) fn delete(world: &mut World, ask: Ask<'_>) -> Done {
    let name = Holder::User.name(ask)?;
    let seen = world.iam.seen_user(&name, &world.clock)?;
    let user = world.iam.user(&name)?;
    let blocker = world.iam.user_blocker(user).or_else(|| world.iam.user_blocker(seen));
    if let Some(blocker) = blocker {
        return Err(delete_conflict(format!("Cannot delete entity, {blocker}")));
    }
    world.iam.users.remove(&name);
    Ok(None)
}
