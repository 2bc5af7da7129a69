//! Groups and who is in them.
//!
//! Invariant: membership is kept with the user, under the group's present name; a group with members or policies can't
//! be deleted.

use serde::{Deserialize, Serialize};

use super::super::{Clock, Fault, Moment, World, Xml};
use super::ask::{Ask, Name, order};
use super::grants::{Grants, Holder};
use super::refusal::{already_exists, delete_conflict, no_such_entity, quota};
use super::user::write_brief as write_user;
use super::{Done, State};

/// A group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) name: Name,
    pub(super) id: String,
    pub(super) path: String,
    pub(super) created: Moment,
    #[serde(flatten)]
    pub(super) grants: Grants,
}

impl Group {
    pub(super) fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:group{}{}", self.path, self.name)
    }
}

/// In how many groups one user may be.
const GROUPS_PER_USER: usize = 10;
/// How many groups an account may have.
pub(super) const PER_ACCOUNT: usize = 300;

fn no_group(name: &Name) -> Fault {
    no_such_entity(format!("The group with name {name} cannot be found."))
}

impl State {
    pub(super) fn group(&self, name: &Name) -> Result<&Group, Fault> {
        self.groups.get(name).ok_or_else(|| no_group(name))
    }

    /// The group as readers see it now.
    pub(super) fn seen_group(&self, name: &Name, clock: &Clock) -> Result<&Group, Fault> {
        self.groups.seen(name, clock).ok_or_else(|| no_group(name))
    }

    fn members(&self, group: &Name) -> impl Iterator<Item = &super::user::User> {
        self.users.values().filter(move |user| user.groups.contains(group))
    }
}

pub(super) fn write_brief(xml: &mut Xml, account: &str, group: &Group) {
    xml.text("Path", &group.path)
        .text("GroupName", &group.name)
        .text("GroupId", &group.id)
        .text("Arn", group.arn(account))
        .text("CreateDate", group.created.seconds());
}

pub(super) fn create(world: &mut World, ask: Ask<'_>) -> Done {
    let (name, path) = (ask.name("GroupName", 128)?, ask.path()?);
    if world.iam.groups.contains(&name) {
        return Err(already_exists(format!("Group with name {name} already exists.")));
    }
    if world.iam.groups.len() >= PER_ACCOUNT {
        return Err(quota("GroupsPerAccount", PER_ACCOUNT));
    }
    let (id, created) = (world.ids.unique("AGPA"), world.clock.now());
    let group = Group {
        name: name.clone(),
        id,
        path,
        created,
        grants: Grants::default(),
    };
    let mut xml = Xml::new();
    xml.element("Group", |xml| write_brief(xml, &world.account, &group));
    world.iam.groups.insert(name, group);
    Ok(Some(xml))
}

pub(super) fn get(world: &World, ask: Ask<'_>) -> Done {
    let name = Holder::Group.name(ask)?;
    let group = world.iam.seen_group(&name, &world.clock)?;
    let users = world.iam.seen_users(&world.clock);
    let members = users.filter(|user| user.groups.contains(&name));
    let page = ask.page(members.map(|user| (order(&user.name), user)))?;
    let mut xml = Xml::new();
    xml.element("Group", |xml| write_brief(xml, &world.account, group));
    xml.element("Users", |xml| {
        for user in &page.items {
            xml.element("member", |xml| write_user(xml, &world.account, user));
        }
    });
    page.write_end(&mut xml);
    Ok(Some(xml))
}

pub(super) fn list(world: &World, ask: Ask<'_>) -> Done {
    let prefix = ask.path_prefix()?;
    let after = ask.after()?;
    let groups = world.iam.groups.seen_after(after.as_ref(), &world.clock);
    let groups = groups.map(|(_, group)| group);
    let groups = groups.filter(|group| group.path.starts_with(prefix));
    let page = ask.page(groups.map(|group| (order(&group.name), group)))?;
    Ok(Some(
        page.write("Groups", |xml, group| write_brief(xml, &world.account, group)),
    ))
}

pub(super) fn list_for_user(world: &World, ask: Ask<'_>) -> Done {
    let user = world.iam.seen_user(&Holder::User.name(ask)?, &world.clock)?;
    let mut groups: Vec<_> = user
        .groups
        .iter()
        .filter_map(|name| world.iam.groups.get(name))
        .collect();
    groups.sort_by(|one, other| one.name.cmp(&other.name));
    let page = ask.page(groups.into_iter().map(|group| (order(&group.name), group)))?;
    Ok(Some(
        page.write("Groups", |xml, group| write_brief(xml, &world.account, group)),
    ))
}

pub(super) fn update(world: &mut World, ask: Ask<'_>) -> Done {
    let name = Holder::Group.name(ask)?;
    let new_path = ask.new_path("NewPath")?;
    let new_name = ask
        .text("NewGroupName")
        .map(|_| ask.name("NewGroupName", 128))
        .transpose()?;
    world.iam.seen_group(&name, &world.clock)?;
    let mut group = world.iam.group(&name)?.clone();
    group.path = new_path.unwrap_or(group.path);
    group.name = new_name.unwrap_or(group.name);
    if group.name != name && world.iam.groups.contains(&group.name) {
        return Err(already_exists(format!(
            "Group with name {} already exists.",
            group.name
        )));
    }
    let members: Vec<Name> = world.iam.members(&name).map(|user| user.name.clone()).collect();
    for member in members {
        let groups = &mut world.iam.user_mut(&member)?.groups;
        groups
            .iter_mut()
            .filter(|member_of| **member_of == name)
            .for_each(|old| *old = group.name.clone());
    }
    world.iam.groups.remove(&name);
    world.iam.groups.insert(group.name.clone(), group);
    Ok(None)
}

/// With lag, what was just taken off still blocks.
pub(super) fn delete(world: &mut World, ask: Ask<'_>) -> Done {
    let name = Holder::Group.name(ask)?;
    let seen = world.iam.seen_group(&name, &world.clock)?;
    let group = world.iam.group(&name)?;
    let blocker = if world.iam.members(&name).next().is_some() {
        Some("must remove users from group first.")
    } else if !group.grants.attached.is_empty() || !seen.grants.attached.is_empty() {
        Some("must detach all policies first.")
    } else if !group.grants.inline.is_empty() || !seen.grants.inline.is_empty() {
        Some("must delete policies first.")
    } else {
        None
    };
    if let Some(blocker) = blocker {
        return Err(delete_conflict(format!("Cannot delete entity, {blocker}")));
    }
    world.iam.groups.remove(&name);
    Ok(None)
}

/// Of two names that are both unknown, AWS tells of the user's.
pub(super) fn add_user(world: &mut World, ask: Ask<'_>) -> Done {
    let (group, user) = (Holder::Group.name(ask)?, Holder::User.name(ask)?);
    world.iam.seen_user(&user, &world.clock)?;
    world.iam.seen_group(&group, &world.clock)?;
    let group = world.iam.group(&group)?.name.clone();
    let user = world.iam.user_mut(&user)?;
    if user.groups.contains(&group) {
        return Ok(None);
    }
    user.groups.push(group);
    if user.groups.len() > GROUPS_PER_USER {
        return Err(quota("GroupsPerUser", GROUPS_PER_USER));
    }
    Ok(None)
}

/// Taking out somebody who is not in is success.
pub(super) fn remove_user(world: &mut World, ask: Ask<'_>) -> Done {
    let (group, user) = (Holder::Group.name(ask)?, Holder::User.name(ask)?);
    world.iam.seen_user(&user, &world.clock)?;
    world.iam.seen_group(&group, &world.clock)?;
    world.iam.user_mut(&user)?.groups.retain(|name| *name != group);
    Ok(None)
}
