//! IAM things one by one.
//!
//! Invariant: every list is followed to its last page. A thing whose parts could not all be read is an error, not a part.

use std::collections::BTreeMap;

use aws_sdk_iam::types::{PolicyScopeType, SummaryKeyType};
use futures_util::future::{try_join, try_join_all, try_join3};

use crate::engine::CallError;

use super::bulk::{attached, boundary, tags, version};
use super::records::{GroupRecord, Named, PolicyHead, PolicyRecord, PolicyVersion, RoleHead, RoleRecord, UserRecord};
use super::{View, failed, is_absent};

/// Follows a paginator to its end and collects what `$pick` takes from each page.
macro_rules! all_pages {
    ($view:expr, $operation:literal, $request:expr, $pick:expr) => {{
        let _slot = $view.aws.read_slot(crate::aws::Service::Iam).await;
        let mut pages = $request.max_items(1000).into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(failed($operation))?;
            all.extend($pick(&page));
        }
        Ok::<_, CallError>(all)
    }};
}

pub(super) use all_pages;

/// What belongs to a thing that IAM has just shown. A part that it does not know is a view that has not caught up, and says
/// nothing of whether the thing exists (`NoSuchEntity`).
fn parts<T>(read: Result<T, CallError>) -> Result<T, CallError> {
    read.map_err(|error| match is_absent(&error) {
        true => CallError::local(error.operation, format!("IAM shows it only in part: {}", error.message)),
        false => error,
    })
}

/// The boundary of a role, from the call that surely tells it.
pub(super) async fn role_boundary(view: &View<'_>, name: &str) -> Result<Option<String>, CallError> {
    let _slot = view.aws.read_slot(crate::aws::Service::Iam).await;
    let answer = view
        .iam_client()
        .get_role()
        .role_name(name)
        .send()
        .await
        .map_err(failed("iam:GetRole"))?;
    Ok(answer.role().and_then(|role| boundary(role.permissions_boundary())))
}

/// The boundary of a user, from the call that surely tells it.
pub(super) async fn user_boundary(view: &View<'_>, name: &str) -> Result<Option<String>, CallError> {
    let _slot = view.aws.read_slot(crate::aws::Service::Iam).await;
    let answer = view
        .iam_client()
        .get_user()
        .user_name(name)
        .send()
        .await
        .map_err(failed("iam:GetUser"))?;
    Ok(answer.user().and_then(|user| boundary(user.permissions_boundary())))
}

pub(super) async fn role(view: &View<'_>, name: &str) -> Result<RoleRecord, CallError> {
    let client = view.iam_client();
    let answer = {
        let _slot = view.aws.read_slot(crate::aws::Service::Iam).await;
        client
            .get_role()
            .role_name(name)
            .send()
            .await
            .map_err(failed("iam:GetRole"))?
    };
    let Some(role) = answer.role() else {
        return Err(nothing_came("iam:GetRole"));
    };
    let read = try_join3(
        role_attached(view, name),
        role_inline(view, name),
        role_profiles(view, name),
    );
    let (attached, inline, instance_profiles) = parts(read.await)?;
    Ok(RoleRecord {
        name: role.role_name().to_owned(),
        path: role.path().to_owned(),
        id: role.role_id().to_owned(),
        description: role.description().unwrap_or_default().to_owned(),
        max_session_s: role.max_session_duration().unwrap_or(3600),
        trust: role.assume_role_policy_document().unwrap_or_default().to_owned(),
        attached,
        inline,
        boundary: boundary(role.permissions_boundary()),
        tags: tags(role.tags()),
        instance_profiles,
    })
}

/// The roles below a path.
pub(super) async fn roles_below(view: &View<'_>, path: &str) -> Result<Vec<RoleHead>, CallError> {
    let request = view.iam_client().list_roles().path_prefix(path);
    all_pages!(
        view,
        "iam:ListRoles",
        request,
        |page: &aws_sdk_iam::operation::list_roles::ListRolesOutput| {
            let head = |role: &aws_sdk_iam::types::Role| RoleHead {
                name: role.role_name().to_owned(),
                description: role.description().unwrap_or_default().to_owned(),
            };
            page.roles().iter().map(head).collect::<Vec<_>>()
        }
    )
}

async fn role_attached(view: &View<'_>, name: &str) -> Result<Vec<String>, CallError> {
    let request = view.iam_client().list_attached_role_policies().role_name(name);
    all_pages!(
        view,
        "iam:ListAttachedRolePolicies",
        request,
        |page: &aws_sdk_iam::operation::list_attached_role_policies::ListAttachedRolePoliciesOutput| attached(
            page.attached_policies()
        )
    )
}

async fn role_profiles(view: &View<'_>, name: &str) -> Result<Vec<String>, CallError> {
    let request = view.iam_client().list_instance_profiles_for_role().role_name(name);
    all_pages!(
        view,
        "iam:ListInstanceProfilesForRole",
        request,
        |page: &aws_sdk_iam::operation::list_instance_profiles_for_role::ListInstanceProfilesForRoleOutput| {
            page.instance_profiles()
                .iter()
                .map(|profile| profile.instance_profile_name().to_owned())
                .collect::<Vec<_>>()
        }
    )
}

async fn role_inline(view: &View<'_>, name: &str) -> Result<BTreeMap<String, String>, CallError> {
    let client = view.iam_client();
    let request = client.list_role_policies().role_name(name);
    let names: Vec<String> = all_pages!(
        view,
        "iam:ListRolePolicies",
        request,
        |page: &aws_sdk_iam::operation::list_role_policies::ListRolePoliciesOutput| page.policy_names().to_vec()
    )?;
    let documents = names.into_iter().map(|policy| async move {
        let _slot = view.aws.read_slot(crate::aws::Service::Iam).await;
        let answer = client
            .get_role_policy()
            .role_name(name)
            .policy_name(&policy)
            .send()
            .await;
        let answer = answer.map_err(failed("iam:GetRolePolicy"))?;
        Ok((policy, answer.policy_document().to_owned()))
    });
    Ok(try_join_all(documents).await?.into_iter().collect())
}

pub(super) async fn user(view: &View<'_>, name: &str) -> Result<UserRecord, CallError> {
    let client = view.iam_client();
    let answer = {
        let _slot = view.aws.read_slot(crate::aws::Service::Iam).await;
        client
            .get_user()
            .user_name(name)
            .send()
            .await
            .map_err(failed("iam:GetUser"))?
    };
    let Some(user) = answer.user() else {
        return Err(nothing_came("iam:GetUser"));
    };
    let read = try_join3(
        user_attached(view, name),
        user_inline(view, name),
        user_groups(view, name),
    );
    let (attached, inline, groups) = parts(read.await)?;
    Ok(UserRecord {
        name: user.user_name().to_owned(),
        path: user.path().to_owned(),
        id: user.user_id().to_owned(),
        groups,
        attached,
        inline,
        boundary: boundary(user.permissions_boundary()),
        tags: tags(user.tags()),
    })
}

async fn user_attached(view: &View<'_>, name: &str) -> Result<Vec<String>, CallError> {
    let request = view.iam_client().list_attached_user_policies().user_name(name);
    all_pages!(
        view,
        "iam:ListAttachedUserPolicies",
        request,
        |page: &aws_sdk_iam::operation::list_attached_user_policies::ListAttachedUserPoliciesOutput| attached(
            page.attached_policies()
        )
    )
}

async fn user_groups(view: &View<'_>, name: &str) -> Result<Vec<Named>, CallError> {
    let request = view.iam_client().list_groups_for_user().user_name(name);
    all_pages!(
        view,
        "iam:ListGroupsForUser",
        request,
        |page: &aws_sdk_iam::operation::list_groups_for_user::ListGroupsForUserOutput| {
            page.groups()
                .iter()
                .map(|group| Named {
                    name: group.group_name().to_owned(),
                    path: group.path().to_owned(),
                })
                .collect::<Vec<_>>()
        }
    )
}

async fn user_inline(view: &View<'_>, name: &str) -> Result<BTreeMap<String, String>, CallError> {
    let client = view.iam_client();
    let request = client.list_user_policies().user_name(name);
    let names: Vec<String> = all_pages!(
        view,
        "iam:ListUserPolicies",
        request,
        |page: &aws_sdk_iam::operation::list_user_policies::ListUserPoliciesOutput| page.policy_names().to_vec()
    )?;
    let documents = names.into_iter().map(|policy| async move {
        let _slot = view.aws.read_slot(crate::aws::Service::Iam).await;
        let answer = client
            .get_user_policy()
            .user_name(name)
            .policy_name(&policy)
            .send()
            .await;
        let answer = answer.map_err(failed("iam:GetUserPolicy"))?;
        Ok((policy, answer.policy_document().to_owned()))
    });
    Ok(try_join_all(documents).await?.into_iter().collect())
}

pub(super) async fn group(view: &View<'_>, name: &str) -> Result<GroupRecord, CallError> {
    let mut record = group_head(view, name).await?;
    let (attached, inline) = parts(try_join(group_attached(view, name), group_inline(view, name)).await)?;
    record.attached = attached;
    record.inline = inline;
    Ok(record)
}

/// GetGroup is paged over the members; the head comes with every page.
async fn group_head(view: &View<'_>, name: &str) -> Result<GroupRecord, CallError> {
    let _slot = view.aws.read_slot(crate::aws::Service::Iam).await;
    let mut pages = view
        .iam_client()
        .get_group()
        .group_name(name)
        .max_items(1000)
        .into_paginator()
        .send();
    let mut record = GroupRecord::default();
    while let Some(page) = pages.next().await {
        let page = page.map_err(failed("iam:GetGroup"))?;
        if let Some(group) = page.group() {
            record.name = group.group_name().to_owned();
            record.path = group.path().to_owned();
            record.id = group.group_id().to_owned();
        }
        record.members.extend(page.users().iter().map(|user| Named {
            name: user.user_name().to_owned(),
            path: user.path().to_owned(),
        }));
    }
    Ok(record)
}

async fn group_attached(view: &View<'_>, name: &str) -> Result<Vec<String>, CallError> {
    let request = view.iam_client().list_attached_group_policies().group_name(name);
    all_pages!(
        view,
        "iam:ListAttachedGroupPolicies",
        request,
        |page: &aws_sdk_iam::operation::list_attached_group_policies::ListAttachedGroupPoliciesOutput| attached(
            page.attached_policies()
        )
    )
}

async fn group_inline(view: &View<'_>, name: &str) -> Result<BTreeMap<String, String>, CallError> {
    let client = view.iam_client();
    let request = client.list_group_policies().group_name(name);
    let names: Vec<String> = all_pages!(
        view,
        "iam:ListGroupPolicies",
        request,
        |page: &aws_sdk_iam::operation::list_group_policies::ListGroupPoliciesOutput| page.policy_names().to_vec()
    )?;
    let documents = names.into_iter().map(|policy| async move {
        let _slot = view.aws.read_slot(crate::aws::Service::Iam).await;
        let answer = client
            .get_group_policy()
            .group_name(name)
            .policy_name(&policy)
            .send()
            .await;
        let answer = answer.map_err(failed("iam:GetGroupPolicy"))?;
        Ok((policy, answer.policy_document().to_owned()))
    });
    Ok(try_join_all(documents).await?.into_iter().collect())
}

pub(super) fn policy_arn_at_root(view: &View<'_>, name: &str) -> String {
    let home = &view.aws.connection.home;
    format!("arn:{}:iam::{}:policy/{name}", home.partition, home.account)
}

pub(super) async fn policy_arns(view: &View<'_>) -> Result<Vec<(String, String)>, CallError> {
    let request = view.iam_client().list_policies().scope(PolicyScopeType::Local);
    all_pages!(
        view,
        "iam:ListPolicies",
        request,
        |page: &aws_sdk_iam::operation::list_policies::ListPoliciesOutput| {
            let known = page.policies().iter();
            known
                .filter_map(|policy| Some((policy.policy_name()?.to_owned(), policy.arn()?.to_owned())))
                .collect::<Vec<_>>()
        }
    )
}

pub(super) async fn policy_head(view: &View<'_>, arn: &str) -> Result<PolicyHead, CallError> {
    let _slot = view.aws.read_slot(crate::aws::Service::Iam).await;
    let answer = view
        .iam_client()
        .get_policy()
        .policy_arn(arn)
        .send()
        .await
        .map_err(failed("iam:GetPolicy"))?;
    let Some(policy) = answer.policy() else {
        return Err(nothing_came("iam:GetPolicy"));
    };
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    Ok(PolicyHead {
        default_version: text(policy.default_version_id()),
        record: PolicyRecord {
            name: text(policy.policy_name()),
            arn: text(policy.arn()),
            path: text(policy.path()),
            id: text(policy.policy_id()),
            description: text(policy.description()),
            versions: Vec::new(),
            tags: tags(policy.tags()),
        },
    })
}

pub(super) async fn policy(view: &View<'_>, arn: &str) -> Result<PolicyRecord, CallError> {
    let head = policy_head(view, arn).await?;
    let listed = parts(policy_versions(view, arn).await)?.into_iter();
    let versions = try_join_all(listed.map(|one| with_document(view, arn, one)));
    let mut record = PolicyRecord {
        versions: parts(versions.await)?,
        ..head.record
    };
    record.sort_versions();
    Ok(record)
}

async fn policy_versions(view: &View<'_>, arn: &str) -> Result<Vec<PolicyVersion>, CallError> {
    let request = view.iam_client().list_policy_versions().policy_arn(arn);
    all_pages!(
        view,
        "iam:ListPolicyVersions",
        request,
        |page: &aws_sdk_iam::operation::list_policy_versions::ListPolicyVersionsOutput| {
            page.versions().iter().map(version).collect::<Vec<_>>()
        }
    )
}

async fn with_document(view: &View<'_>, arn: &str, listed: PolicyVersion) -> Result<PolicyVersion, CallError> {
    let _slot = view.aws.read_slot(crate::aws::Service::Iam).await;
    let request = view
        .iam_client()
        .get_policy_version()
        .policy_arn(arn)
        .version_id(&listed.id);
    let answer = request.send().await.map_err(failed("iam:GetPolicyVersion"))?;
    let document = answer
        .policy_version()
        .and_then(|version| version.document())
        .map(str::to_owned);
    Ok(PolicyVersion { document, ..listed })
}

/// Users, roles, groups and customer policies of the account.
pub(super) async fn count_things(view: &View<'_>) -> Result<usize, CallError> {
    let answer = view
        .iam_client()
        .get_account_summary()
        .send()
        .await
        .map_err(failed("iam:GetAccountSummary"))?;
    let keys = [SummaryKeyType::Users, SummaryKeyType::Groups, SummaryKeyType::Policies];
    let map = answer.summary_map();
    let count = |key: &SummaryKeyType| map.and_then(|map| map.get(key)).copied().unwrap_or(0);
    // The SDK's enum has no word for "Roles"; the wire does.
    let roles = SummaryKeyType::from("Roles");
    let total: i32 = keys.iter().chain([&roles]).map(count).sum();
    Ok(usize::try_from(total).unwrap_or(0))
}

fn nothing_came(operation: &'static str) -> CallError {
    CallError::local(operation, "the answer was empty")
}
