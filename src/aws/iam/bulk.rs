//! The account's IAM in bulk: GetAccountAuthorizationDetails, and ListRoles for what it lacks.
//!
//! Invariant: nothing here is guessed; what the bulk answer lacks is read elsewhere.

use std::collections::BTreeMap;

use aws_sdk_iam::types as sdk;
use aws_sdk_iam::types::EntityType;

use crate::engine::CallError;

use super::records::{GroupRecord, Named, PolicyRecord, PolicyVersion, RoleRecord, UserRecord};
use super::{View, failed};

/// Everything, by lower-cased name: IAM compares names without case.
#[derive(Debug, Default)]
pub(super) struct Bulk {
    roles: BTreeMap<String, RoleRecord>,
    users: BTreeMap<String, UserRecord>,
    groups: BTreeMap<String, GroupRecord>,
    policies: BTreeMap<String, PolicyRecord>,
}

impl Bulk {
    pub(super) fn role(&self, name: &str) -> Option<&RoleRecord> {
        self.roles.get(&name.to_lowercase())
    }

    /// The roles of one path.
    pub(super) fn roles_of<'b>(&'b self, path: &'b str) -> impl Iterator<Item = &'b RoleRecord> {
        self.roles.values().filter(move |role| role.path == path)
    }

    pub(super) fn user(&self, name: &str) -> Option<&UserRecord> {
        self.users.get(&name.to_lowercase())
    }

    pub(super) fn group(&self, name: &str) -> Option<&GroupRecord> {
        self.groups.get(&name.to_lowercase())
    }

    pub(super) fn policy(&self, name: &str) -> Option<&PolicyRecord> {
        self.policies.get(&name.to_lowercase())
    }
}

pub(super) async fn read(view: &View<'_>) -> Result<Bulk, CallError> {
    let (details, extras) = futures_util::future::try_join(details(view), role_extras(view)).await?;
    let mut bulk = details;
    for role in bulk.roles.values_mut() {
        if let Some((description, max_session_s)) = extras.get(&role.name) {
            role.description.clone_from(description);
            role.max_session_s = *max_session_s;
        }
    }
    // A role made between the two answers has no session length yet; it is read singly.
    bulk.roles.retain(|_, role| role.max_session_s != 0);
    link(&mut bulk);
    Ok(bulk)
}

/// Users name their groups without path, and groups don't name their members.
fn link(bulk: &mut Bulk) {
    for user in bulk.users.values_mut() {
        let member = Named {
            name: user.name.clone(),
            path: user.path.clone(),
        };
        for named in &mut user.groups {
            if let Some(group) = bulk.groups.get_mut(&named.name.to_lowercase()) {
                named.path.clone_from(&group.path);
                group.members.push(member.clone());
            }
        }
    }
}

async fn details(view: &View<'_>) -> Result<Bulk, CallError> {
    let filters = [
        EntityType::User,
        EntityType::Role,
        EntityType::Group,
        EntityType::LocalManagedPolicy,
    ];
    let request = view
        .iam_client()
        .get_account_authorization_details()
        .set_filter(Some(filters.to_vec()));
    let mut pages = request.max_items(1000).into_paginator().send();
    let mut bulk = Bulk::default();
    while let Some(page) = pages.next().await {
        let page = page.map_err(failed("iam:GetAccountAuthorizationDetails"))?;
        bulk.roles.extend(
            page.role_detail_list()
                .iter()
                .map(role)
                .map(|role| (role.name.to_lowercase(), role)),
        );
        bulk.users.extend(
            page.user_detail_list()
                .iter()
                .map(user)
                .map(|user| (user.name.to_lowercase(), user)),
        );
        bulk.groups.extend(
            page.group_detail_list()
                .iter()
                .map(group)
                .map(|group| (group.name.to_lowercase(), group)),
        );
        bulk.policies.extend(
            page.policies()
                .iter()
                .map(policy)
                .map(|one| (one.name.to_lowercase(), one)),
        );
    }
    Ok(bulk)
}

/// Description and session length, which the bulk answer lacks.
async fn role_extras(view: &View<'_>) -> Result<BTreeMap<String, (String, i32)>, CallError> {
    let mut pages = view.iam_client().list_roles().max_items(1000).into_paginator().send();
    let mut extras = BTreeMap::new();
    while let Some(page) = pages.next().await {
        for role in page.map_err(failed("iam:ListRoles"))?.roles() {
            let description = role.description().unwrap_or_default().to_owned();
            extras.insert(
                role.role_name().to_owned(),
                (description, role.max_session_duration().unwrap_or(3600)),
            );
        }
    }
    Ok(extras)
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

fn role(detail: &sdk::RoleDetail) -> RoleRecord {
    RoleRecord {
        name: text(detail.role_name()),
        path: text(detail.path()),
        id: text(detail.role_id()),
        description: String::new(),
        max_session_s: 0,
        trust: text(detail.assume_role_policy_document()),
        attached: attached(detail.attached_managed_policies()),
        inline: inline(detail.role_policy_list()),
        boundary: boundary(detail.permissions_boundary()),
        tags: tags(detail.tags()),
        instance_profiles: detail
            .instance_profile_list()
            .iter()
            .map(|profile| profile.instance_profile_name().to_owned())
            .collect(),
    }
}

fn user(detail: &sdk::UserDetail) -> UserRecord {
    UserRecord {
        name: text(detail.user_name()),
        path: text(detail.path()),
        id: text(detail.user_id()),
        groups: detail
            .group_list()
            .iter()
            .map(|name| Named {
                name: name.clone(),
                path: "/".to_owned(),
            })
            .collect(),
        attached: attached(detail.attached_managed_policies()),
        inline: inline(detail.user_policy_list()),
        boundary: boundary(detail.permissions_boundary()),
        tags: tags(detail.tags()),
    }
}

fn group(detail: &sdk::GroupDetail) -> GroupRecord {
    GroupRecord {
        name: text(detail.group_name()),
        path: text(detail.path()),
        id: text(detail.group_id()),
        attached: attached(detail.attached_managed_policies()),
        inline: inline(detail.group_policy_list()),
        members: Vec::new(),
    }
}

fn policy(detail: &sdk::ManagedPolicyDetail) -> PolicyRecord {
    let mut record = PolicyRecord {
        name: text(detail.policy_name()),
        arn: text(detail.arn()),
        path: text(detail.path()),
        id: text(detail.policy_id()),
        description: text(detail.description()),
        versions: detail.policy_version_list().iter().map(version).collect(),
        tags: BTreeMap::new(),
    };
    record.sort_versions();
    record
}

pub(super) fn version(version: &sdk::PolicyVersion) -> PolicyVersion {
    PolicyVersion {
        id: text(version.version_id()),
        created: version.create_date().map_or(0, |date| date.secs()),
        is_default: version.is_default_version(),
        document: version.document().map(str::to_owned),
    }
}

pub(super) fn attached(policies: &[sdk::AttachedPolicy]) -> Vec<String> {
    policies
        .iter()
        .filter_map(|policy| policy.policy_arn().map(str::to_owned))
        .collect()
}

pub(super) fn boundary(boundary: Option<&sdk::AttachedPermissionsBoundary>) -> Option<String> {
    boundary
        .and_then(|boundary| boundary.permissions_boundary_arn())
        .map(str::to_owned)
}

/// Tags as a mapping.
pub fn tags(tags: &[sdk::Tag]) -> BTreeMap<String, String> {
    tags.iter()
        .map(|tag| (tag.key().to_owned(), tag.value().to_owned()))
        .collect()
}

fn inline(policies: &[sdk::PolicyDetail]) -> BTreeMap<String, String> {
    policies
        .iter()
        .map(|policy| (text(policy.policy_name()), text(policy.policy_document())))
        .collect()
}
