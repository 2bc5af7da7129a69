//! Users.
//!
//! Invariant: a user keeps its unique id through renames; groups that it names exist; a user with anything left on it
//! can't be deleted.

use serde::{Deserialize, Serialize};

use super::super::spread::Delay;
use super::super::{Caller, Due, Fault, Moment, World, Xml};
use super::ask::{Ask, Name, order};
use super::grants::{Grants, Holder, asked_boundary, write_boundary};
use super::login::LoginProfile;
use super::refusal::{already_exists, delete_conflict, no_such_entity};
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

impl State {
    pub(super) fn user(&self, name: &Name) -> Result<&User, Fault> {
        self.users.get(name).ok_or_else(|| no_user(name))
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
        (None, None) => Ok(Name::new(caller.arn.rsplit('/').next().unwrap_or_default())),
        (Some(_), _) => Holder::User.name(ask),
    }
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
    let user = User {
        id: world.ids.unique("AIDA"),
        path,
        created: world.clock.now(),
        groups: Vec::new(),
        grants: Grants::default(),
        boundary: asked_boundary(&world.iam, ask)?,
        login: None,
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
    if ask.text("UserName").is_none() && caller.user_name.is_none() {
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
    let user = world.iam.user(&named_or_caller(ask, caller)?)?;
    xml.element("User", |xml| write_full(xml, &world.account, user));
    Ok(Some(xml))
}

pub(super) fn list(world: &World, ask: Ask<'_>) -> Done {
    let prefix = ask.path_prefix()?;
    let users = world.iam.users.values().filter(|user| user.path.starts_with(prefix));
    let page = ask.page(users.map(|user| (order(&user.name), user)))?;
    Ok(Some(
        page.write("Users", |xml, user| write_brief(xml, &world.account, user)),
    ))
}

pub(super) fn update(world: &mut World, ask: Ask<'_>) -> Done {
    let name = Holder::User.name(ask)?;
    let mut user = world.iam.user(&name)?.clone();
    if let Some(path) = ask.new_path("NewPath")? {
        user.path = path;
    }
    if ask.text("NewUserName").is_some() {
        user.name = ask.name("NewUserName", 64)?;
    }
    if user.name != name && world.iam.users.contains(&user.name) {
        return Err(already_exists(format!("User with name {} already exists.", user.name)));
    }
    world.iam.rename_keys(&name, &user.name);
    world.iam.users.remove(&name);
    world.iam.users.insert(user.name.clone(), user);
    Ok(None)
}

pub(super) fn delete(world: &mut World, ask: Ask<'_>) -> Done {
    let name = Holder::User.name(ask)?;
    let user = world.iam.user(&name)?;
    let blocker = if user.login.is_some() {
        Some("must delete login profile first.")
    } else if world.iam.keys_of(&name).next().is_some() {
        Some("must delete access keys first.")
    } else if !user.groups.is_empty() {
        Some("must remove users from group first.")
    } else if !user.grants.attached.is_empty() {
        Some("must detach all policies first.")
    } else if !user.grants.inline.is_empty() {
        Some("must delete policies first.")
    } else {
        None
    };
    if let Some(blocker) = blocker {
        return Err(delete_conflict(format!("Cannot delete entity, {blocker}")));
    }
    world.iam.users.remove(&name);
    Ok(None)
}

/// Lists of things that the sandbox never has, for a user that must exist.
pub(super) fn empty_list(world: &World, ask: Ask<'_>, caller: &Caller, list: &str) -> Done {
    if ask.text("UserName").is_some() {
        world.iam.user(&named_or_caller(ask, caller)?)?;
    }
    Ok(Some(ask.page(Vec::<(String, String)>::new())?.write_texts(list)))
}
