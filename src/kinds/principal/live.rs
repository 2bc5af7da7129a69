//! Policies and boundaries of users, groups and roles in AWS.
//!
//! Quirk: attaching what is attached succeeds; detaching what isn't answers NoSuchEntity, which is as good as done.

use std::collections::BTreeMap;

use aws_sdk_iam::types::Tag;

use crate::aws::{Aws, Intent, failed, gone_is_done, request_id};
use crate::engine::{CallError, Receipt};
use crate::names::Arn;

use super::{HoldAction, Holder};

/// Sends a request and turns its answer into a receipt; with `gone`, an absent thing counts as done.
macro_rules! call {
    ($operation:literal, $request:expr) => {
        match $request.send().await {
            Ok(answer) => Ok(Receipt::of(request_id(&answer))),
            Err(error) => Err(failed($operation)(error)),
        }
    };
    (gone $operation:literal, $request:expr) => {
        match $request.send().await {
            Ok(answer) => Ok(Receipt::of(request_id(&answer))),
            Err(error) => gone_is_done(failed($operation)(error)),
        }
    };
}

/// Whether a thing has just the tags that this file gives it, the mark of ownership among them.
pub(crate) fn are_ours(live: Option<&BTreeMap<String, String>>, wanted: &BTreeMap<String, String>) -> bool {
    !wanted.is_empty() && live == Some(wanted)
}

/// Executes one change.
///
/// # Errors
/// What AWS answered.
pub(crate) async fn run(aws: &Aws, holder: Holder, name: &str, action: &HoldAction) -> Result<Receipt, CallError> {
    match action {
        HoldAction::Attach(policy) => attach(aws, holder, name, policy).await,
        HoldAction::Detach(policy, _) => detach(aws, holder, name, policy).await,
        HoldAction::PutInline(policy, document) => put_inline(aws, holder, name, policy, document.to_json()).await,
        HoldAction::DeleteInline(policy, ..) => delete_inline(aws, holder, name, policy).await,
        HoldAction::PutBoundary(policy, _) => put_boundary(aws, holder, name, policy).await,
        HoldAction::DeleteBoundary(_) => delete_boundary(aws, holder, name).await,
    }
}

async fn attach(aws: &Aws, holder: Holder, name: &str, policy: &Arn) -> Result<Receipt, CallError> {
    let (client, arn) = (aws.iam(Intent::Write), policy.as_str());
    match holder {
        Holder::User => call!(
            "iam:AttachUserPolicy",
            client.attach_user_policy().user_name(name).policy_arn(arn)
        ),
        Holder::Group => call!(
            "iam:AttachGroupPolicy",
            client.attach_group_policy().group_name(name).policy_arn(arn)
        ),
        Holder::Role => call!(
            "iam:AttachRolePolicy",
            client.attach_role_policy().role_name(name).policy_arn(arn)
        ),
    }
}

/// Detaches a policy; one that isn't attached counts as done.
pub(crate) async fn detach(aws: &Aws, holder: Holder, name: &str, policy: &Arn) -> Result<Receipt, CallError> {
    let (client, arn) = (aws.iam(Intent::Write), policy.as_str());
    match holder {
        Holder::User => call!(gone "iam:DetachUserPolicy", client.detach_user_policy().user_name(name).policy_arn(arn)),
        Holder::Group => {
            call!(gone "iam:DetachGroupPolicy", client.detach_group_policy().group_name(name).policy_arn(arn))
        }
        Holder::Role => call!(gone "iam:DetachRolePolicy", client.detach_role_policy().role_name(name).policy_arn(arn)),
    }
}

async fn put_inline(aws: &Aws, holder: Holder, name: &str, policy: &str, text: String) -> Result<Receipt, CallError> {
    let client = aws.iam(Intent::Write);
    match holder {
        Holder::User => {
            call!(
                "iam:PutUserPolicy",
                client
                    .put_user_policy()
                    .user_name(name)
                    .policy_name(policy)
                    .policy_document(text)
            )
        }
        Holder::Group => {
            call!(
                "iam:PutGroupPolicy",
                client
                    .put_group_policy()
                    .group_name(name)
                    .policy_name(policy)
                    .policy_document(text)
            )
        }
        Holder::Role => {
            call!(
                "iam:PutRolePolicy",
                client
                    .put_role_policy()
                    .role_name(name)
                    .policy_name(policy)
                    .policy_document(text)
            )
        }
    }
}

async fn delete_inline(aws: &Aws, holder: Holder, name: &str, policy: &str) -> Result<Receipt, CallError> {
    let client = aws.iam(Intent::Write);
    match holder {
        Holder::User => {
            call!(gone "iam:DeleteUserPolicy", client.delete_user_policy().user_name(name).policy_name(policy))
        }
        Holder::Group => {
            call!(gone "iam:DeleteGroupPolicy", client.delete_group_policy().group_name(name).policy_name(policy))
        }
        Holder::Role => {
            call!(gone "iam:DeleteRolePolicy", client.delete_role_policy().role_name(name).policy_name(policy))
        }
    }
}

async fn put_boundary(aws: &Aws, holder: Holder, name: &str, policy: &Arn) -> Result<Receipt, CallError> {
    let (client, arn) = (aws.iam(Intent::Write), policy.as_str());
    match holder {
        Holder::Role => call!(
            "iam:PutRolePermissionsBoundary",
            client
                .put_role_permissions_boundary()
                .role_name(name)
                .permissions_boundary(arn)
        ),
        Holder::User | Holder::Group => call!(
            "iam:PutUserPermissionsBoundary",
            client
                .put_user_permissions_boundary()
                .user_name(name)
                .permissions_boundary(arn)
        ),
    }
}

async fn delete_boundary(aws: &Aws, holder: Holder, name: &str) -> Result<Receipt, CallError> {
    let client = aws.iam(Intent::Write);
    match holder {
        Holder::Role => call!(
            gone "iam:DeleteRolePermissionsBoundary",
            client.delete_role_permissions_boundary().role_name(name)
        ),
        Holder::User | Holder::Group => call!(
            gone "iam:DeleteUserPermissionsBoundary",
            client.delete_user_permissions_boundary().user_name(name)
        ),
    }
}

/// An ARN that AWS has told.
pub(crate) fn arn(text: &str) -> Result<Arn, String> {
    Arn::parse(text).map_err(|error| format!("AWS named something that can't be understood: {error}"))
}

/// Tags for a request; none for no tags, since some partitions refuse an empty list with a creation.
pub(crate) fn sdk_tags(tags: &BTreeMap<String, String>) -> Option<Vec<Tag>> {
    let tags: Vec<Tag> = tags
        .iter()
        .filter_map(|(key, value)| Tag::builder().key(key).value(value).build().ok())
        .collect();
    (!tags.is_empty()).then_some(tags)
}
