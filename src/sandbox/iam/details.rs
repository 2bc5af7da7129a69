//! `GetAccountAuthorizationDetails`: the account in pages.
//!
//! Invariant: it shows what AWS shows there and leaves out what AWS leaves out: a role's description and session
//! length, a policy's tags and description, profiles without a role.

use super::super::{Clock, World, Xml};
use super::ask::{Ask, order};
use super::document::encoded;
use super::grants::{Grants, write_attached, write_boundary};
use super::group::{self, Group};
use super::managed::managed_policy;
use super::policy::{Policy, Shown, Uses};
use super::profile::write_brief as write_profile;
use super::role::{self, Role};
use super::tag;
use super::user::{self, User};
use super::{Done, State, version};

/// One thing of the account.
enum Detail<'a> {
    User(&'a User),
    Group(&'a Group),
    Role(&'a Role),
    Policy(Shown<'a>),
}

const FILTERS: [&str; 5] = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];

pub(super) fn get(world: &World, ask: Ask<'_>) -> Done {
    let asked = ask.list("Filter");
    for nth in 1..=asked.len() {
        ask.choice(&format!("Filter.member.{nth}"), &FILTERS)?;
    }
    let uses = Uses::of(&world.iam);
    let is_wanted = |sort: &str| asked.is_empty() || asked.contains(&sort);
    let page = ask.page(all(&world.iam, &world.clock, &uses, is_wanted))?;
    let state = &world.iam;
    let mut xml = Xml::new();
    let users = page.items.iter().filter_map(|detail| {
        if let Detail::User(user) = detail {
            Some(user)
        } else {
            None
        }
    });
    write_list(&mut xml, "UserDetailList", users, |xml, user| {
        write_user(xml, state, user)
    });
    let groups = page.items.iter().filter_map(|detail| {
        if let Detail::Group(group) = detail {
            Some(group)
        } else {
            None
        }
    });
    write_list(&mut xml, "GroupDetailList", groups, |xml, group| {
        write_group(xml, state, group)
    });
    let roles = page.items.iter().filter_map(|detail| {
        if let Detail::Role(role) = detail {
            Some(role)
        } else {
            None
        }
    });
    write_list(&mut xml, "RoleDetailList", roles, |xml, role| {
        write_role(xml, world, role)
    });
    let policies = page.items.iter().filter_map(|detail| {
        if let Detail::Policy(policy) = detail {
            Some(policy)
        } else {
            None
        }
    });
    write_list(&mut xml, "Policies", policies, |xml, policy| {
        write_policy(xml, state, &uses, *policy)
    });
    page.write_end(&mut xml);
    Ok(Some(xml))
}

/// Everything of the wanted sorts in page order, as far as the page needs it. Of AWS's policies only those in use are
/// shown.
fn all<'a>(
    state: &'a State,
    clock: &'a Clock,
    uses: &'a Uses,
    wanted: impl Fn(&str) -> bool,
) -> impl Iterator<Item = (String, Detail<'a>)> {
    let users = state.users.all_seen(clock).filter(on(wanted("User")));
    let groups = state.groups.all_seen(clock).filter(on(wanted("Group")));
    let roles = state.roles.all_seen(clock).filter(on(wanted("Role")));
    let ours = state.policies.values().filter(on(wanted("LocalManagedPolicy")));
    let aws = uses.arns().into_iter().filter(on(wanted("AWSManagedPolicy")));
    let users = users.map(|(name, user)| (format!("1{}", order(name)), Detail::User(user)));
    let groups = groups.map(|(name, group)| (format!("2{}", order(name)), Detail::Group(group)));
    let roles = roles.map(|(name, role)| (format!("3{}", order(name)), Detail::Role(role)));
    let ours = ours.map(|policy| (format!("4{}", order(&policy.name)), Detail::Policy(Shown::Ours(policy))));
    let aws = aws.filter_map(|arn| Some((format!("5{arn}"), Detail::Policy(Shown::Aws(managed_policy(arn)?)))));
    users.chain(groups).chain(roles).chain(ours).chain(aws)
}

/// All of them or none.
fn on<T>(wanted: bool) -> impl Fn(&T) -> bool {
    move |_| wanted
}

fn write_list<T>(xml: &mut Xml, list: &str, items: impl Iterator<Item = T>, write: impl Fn(&mut Xml, T)) {
    xml.element(list, |xml| {
        for item in items {
            xml.element("member", |xml| write(xml, item));
        }
    });
}

fn write_grants(xml: &mut Xml, inline_list: &str, grants: &Grants) {
    xml.element(inline_list, |xml| {
        for (name, text) in &grants.inline {
            xml.element("member", |xml| {
                xml.text("PolicyName", name).text("PolicyDocument", encoded(text));
            });
        }
    });
    xml.element("AttachedManagedPolicies", |xml| {
        for arn in &grants.attached {
            xml.element("member", |xml| write_attached(xml, arn));
        }
    });
}

fn write_user(xml: &mut Xml, state: &State, user: &User) {
    user::write_brief(xml, &state.account, user);
    write_grants(xml, "UserPolicyList", &user.grants);
    xml.element("GroupList", |xml| {
        user.groups.iter().for_each(|name| {
            xml.text("member", name);
        })
    });
    write_boundary(xml, user.boundary.as_ref());
    tag::write(xml, &user.tags);
}

fn write_group(xml: &mut Xml, state: &State, group: &Group) {
    group::write_brief(xml, &state.account, group);
    write_grants(xml, "GroupPolicyList", &group.grants);
}

fn write_role(xml: &mut Xml, world: &World, role: &Role) {
    let state = &world.iam;
    role::write_core(xml, state, role);
    xml.element("InstanceProfileList", |xml| {
        for profile in state
            .profiles
            .values()
            .filter(|profile| profile.role.as_ref() == Some(&role.name))
        {
            xml.element("member", |xml| write_profile(xml, state, profile));
        }
    });
    write_grants(xml, "RolePolicyList", &role.grants);
    write_boundary(xml, role.boundary.as_ref());
    tag::write(xml, &role.tags);
    role::write_last_use(xml, world, role);
}

fn write_policy(xml: &mut Xml, state: &State, uses: &Uses, policy: Shown<'_>) {
    policy.write(xml, state, uses);
    xml.element("PolicyVersionList", |xml| match policy {
        Shown::Ours(policy) => write_versions(xml, policy),
        Shown::Aws(policy) => {
            xml.element("member", |xml| version::write_aws(xml, policy));
        }
    });
}

fn write_versions(xml: &mut Xml, policy: &Policy) {
    for (number, version) in policy.versions.iter().rev() {
        xml.element("member", |xml| version::write_detail(xml, policy, *number, version));
    }
}
