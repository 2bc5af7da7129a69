//! What undoing a plan needs: the calls of its own steps, and whatever mends the things that it touches.
//!
//! Invariant: pure. A call is on the resource that its step changes; of a bucket's policy that is the bucket.

use std::collections::BTreeSet;

use crate::access::delta::hold::Need;
use crate::names::Arn;
use crate::plan::Step;

const USER: &[&str] = &[
    "iam:GetUser",
    "iam:AttachUserPolicy",
    "iam:DetachUserPolicy",
    "iam:PutUserPolicy",
    "iam:DeleteUserPolicy",
    "iam:PutUserPermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
];

const GROUP: &[&str] = &[
    "iam:GetGroup",
    "iam:AttachGroupPolicy",
    "iam:DetachGroupPolicy",
    "iam:PutGroupPolicy",
    "iam:DeleteGroupPolicy",
    "iam:AddUserToGroup",
    "iam:RemoveUserFromGroup",
];

const ROLE: &[&str] = &[
    "iam:GetRole",
    "iam:AttachRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePolicy",
    "iam:DeleteRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:DeleteRolePermissionsBoundary",
    "iam:UpdateAssumeRolePolicy",
];

const POLICY: &[&str] = &[
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:ListPolicyVersions",
    "iam:CreatePolicyVersion",
    "iam:DeletePolicyVersion",
];

const BUCKET: &[&str] = &["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"];

/// What brings back the state before these steps. The caller's own things are mended even where no step names them:
/// what a group or a policy loses, it loses, too.
pub(super) fn of(steps: &[Step], own: &BTreeSet<Arn>) -> Vec<Need> {
    let calls = steps.iter().map(|step| Need {
        action: step.call.to_owned(),
        resource: resource(step.action.arn()),
    });
    let touched: BTreeSet<&Arn> = steps.iter().map(|step| step.action.arn()).collect();
    let own = own.iter().filter(|arn| !arn.is_aws_managed_policy());
    let mended: BTreeSet<&Arn> = touched.into_iter().chain(own).collect();
    let mending = mended.into_iter().flat_map(|arn| {
        mending(arn).iter().map(move |action| Need {
            action: (*action).to_owned(),
            resource: resource(arn),
        })
    });
    let all: BTreeSet<Need> = calls.chain(mending).collect();
    all.into_iter().collect()
}

/// The ARN that policies name for it.
pub(super) fn resource(arn: &Arn) -> String {
    arn.to_string()
}

fn mending(arn: &Arn) -> &'static [&'static str] {
    match () {
        () if arn.user_name().is_some() => USER,
        () if arn.group_name().is_some() => GROUP,
        () if arn.role_name().is_some() => ROLE,
        () if arn.policy_name().is_some() => POLICY,
        () if arn.bucket_name().is_some() => BUCKET,
        () => &[],
    }
}
