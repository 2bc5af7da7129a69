//! What AWS does differently for single actions.
//!
//! Invariant: each rule cites where AWS documents it; actions are in lower case.

use super::context::Asked;
use super::principal::Principal;
use crate::catalogue;

/// What an action is asked on. Some take no resource, and are asked on `*` whatever a request names, so that no ARN
/// grants or denies them (Service authorization reference; "NotAction": not even `arn:aws:s3:::*` grants
/// `s3:ListAllMyBuckets`, "because that action requires the `*` resource").
pub(super) fn asked_on<'a>(action: &str, resource: &'a str) -> &'a str {
    match catalogue::action(action).is_some_and(catalogue::Action::is_wildcard_only) {
        true => "*",
        false => resource,
    }
}

/// Services with actions that RCPs limit (AWS Organizations user guide, "List of AWS services that support RCPs").
const RCP_SERVICES: &[&str] = &[
    "aoss",
    "cognito-identity",
    "cognito-idp",
    "dynamodb",
    "ecr",
    "kms",
    "logs",
    "s3",
    "secretsmanager",
    "sqs",
    "sts",
];

/// Whether RCPs limit an action: `kms:RetireGrant` is the documented exception ("Resource control policies in AWS KMS").
pub(super) fn obeys_rcps(action: &str) -> bool {
    let service = action.split(':').next().unwrap_or_default();
    RCP_SERVICES.contains(&service) && action != "kms:retiregrant"
}

/// Actions that a role's trust policy must allow, even in one account (IAM user guide, "Resource-based policies": role
/// trust policies and KMS key policies must explicitly allow).
const BY_TRUST: &[&str] = &[
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
];

/// The same where they are done to a role; `sts:GetFederationToken` needs the first for a user as well.
const BY_TRUST_ON_ROLES: &[&str] = &["sts:tagsession", "sts:setsourceidentity"];

/// Whether the resource's own policy must allow or delegate even in one account.
pub(super) fn needs_resource_side(action: &str, resource: &str) -> bool {
    let is_on_role = resource.contains(":role/");
    BY_TRUST.contains(&action) || (BY_TRUST_ON_ROLES.contains(&action) && is_on_role) || is_on_key(action, resource)
}

/// Aliases have no policy of their own, and some actions name no key.
fn is_on_key(action: &str, resource: &str) -> bool {
    let takes_none = || catalogue::action(action).is_some_and(catalogue::Action::is_wildcard_only);
    action.starts_with("kms:") && !resource.contains(":alias/") && !takes_none()
}

/// Services with gateway endpoints, where a policy that names an account means its root user alone (Amazon VPC,
/// "Principals for gateway endpoints").
pub(super) fn may_use_gateway(action: &str) -> bool {
    action.starts_with("s3:") || action.starts_with("dynamodb:")
}

/// What is decided without looking at any policy.
pub(super) enum Fixed {
    /// No policy can forbid it.
    Allowed(&'static str),
    /// No policy can allow it.
    Denied(&'static str),
}

/// Actions that change a managed policy.
const CHANGES_POLICY: &[&str] = &[
    "iam:createpolicyversion",
    "iam:deletepolicy",
    "iam:deletepolicyversion",
    "iam:setdefaultpolicyversion",
    "iam:tagpolicy",
    "iam:untagpolicy",
];

/// Actions that change a role and that nobody may use on roles that IAM Identity Center keeps.
const CHANGES_ROLE: &[&str] = &[
    "iam:attachrolepolicy",
    "iam:deleterole",
    "iam:deleterolepermissionsboundary",
    "iam:deleterolepolicy",
    "iam:detachrolepolicy",
    "iam:putrolepermissionsboundary",
    "iam:putrolepolicy",
    "iam:updateassumerolepolicy",
];

/// Actions that nobody may use on another account's resources, whatever both sides allow: each API's own page, "Limitations
/// of Amazon SQS custom policies", "Allowing users in other accounts to use a KMS key"; S3 answers 405 to the first three.
const NOT_ACROSS_ACCOUNTS: &[&str] = &[
    "s3:deletebucketpolicy",
    "s3:getbucketpolicy",
    "s3:putbucketpolicy",
    "sqs:addpermission",
    "sqs:cancelmessagemovetask",
    "sqs:createqueue",
    "sqs:deletequeue",
    "sqs:listmessagemovetasks",
    "sqs:listqueuetags",
    "sqs:removepermission",
    "sqs:setqueueattributes",
    "sqs:startmessagemovetask",
    "sqs:tagqueue",
    "sqs:untagqueue",
    "kms:cancelkeydeletion",
    "kms:createalias",
    "kms:deletealias",
    "kms:deleteimportedkeymaterial",
    "kms:disablekey",
    "kms:disablekeyrotation",
    "kms:enablekey",
    "kms:enablekeyrotation",
    "kms:getkeypolicy",
    "kms:getparametersforimport",
    "kms:importkeymaterial",
    "kms:listkeypolicies",
    "kms:listresourcetags",
    "kms:putkeypolicy",
    "kms:replicatekey",
    "kms:schedulekeydeletion",
    "kms:tagresource",
    "kms:untagresource",
    "kms:updatealias",
    "kms:updatekeydescription",
    "kms:updateprimaryregion",
];

/// What no policy decides.
pub(super) fn fixed(asked: &Asked<'_>) -> Option<Fixed> {
    let principal = &asked.request.principal;
    let (action, resource) = (asked.action.as_str(), asked.resource);
    if let Some(fixed) = of_sts(principal, action) {
        return Some(fixed);
    }
    if CHANGES_POLICY.contains(&action) && is_aws_managed(resource) {
        return Some(Fixed::Denied(
            "AWS alone changes its managed policies, whatever policies say",
        ));
    }
    if CHANGES_ROLE.contains(&action) && is_reserved_role(resource) {
        let because = "AWS alone changes reserved and service-linked roles, whatever policies say";
        return Some(Fixed::Denied(because));
    }
    let is_stopped = NOT_ACROSS_ACCOUNTS.contains(&action) && asked.is_foreign();
    is_stopped.then_some(Fixed::Denied(
        "the service allows this action in the resource's own account alone, whatever policies say",
    ))
}

/// STS API reference, and "Compare AWS STS credentials" of the IAM user guide.
fn of_sts(principal: &Principal, action: &str) -> Option<Fixed> {
    let is_session = principal.role_name().is_some();
    match (action, principal) {
        ("sts:getcalleridentity", _) if principal.account().is_some() => Some(Fixed::Allowed(
            "`sts:GetCallerIdentity` needs no permission, and no policy can forbid it",
        )),
        ("sts:getsessiontoken", Principal::User { .. } | Principal::Root { .. }) => Some(Fixed::Allowed(
            "`sts:GetSessionToken` needs no permission, and no policy controls it",
        )),
        ("sts:getsessiontoken" | "sts:getfederationtoken", _) if is_session => Some(Fixed::Denied(
            "STS refuses this action to temporary credentials, whatever policies say",
        )),
        (action, Principal::FederatedUser { .. }) if action.starts_with("sts:") => Some(Fixed::Denied(
            "STS refuses this action to federated sessions, whatever policies say",
        )),
        ("sts:assumerole", Principal::Root { .. }) => Some(Fixed::Denied(
            "the root user cannot assume roles, whatever policies say",
        )),
        _ => None,
    }
}

fn is_aws_managed(resource: &str) -> bool {
    resource.starts_with("arn:") && resource.contains(":iam::aws:policy/")
}

fn is_reserved_role(resource: &str) -> bool {
    resource.contains(":role/aws-reserved/") || resource.contains(":role/aws-service-role/")
}

/// Whether a request for an action has `aws:ResourceAccount` ("AWS global condition context keys" lists who has not).
pub(super) fn has_resource_account(action: &str) -> bool {
    let service = action.split(':').next().unwrap_or_default();
    !matches!(service, "ebs" | "events") && !WITHOUT_RESOURCE_ACCOUNT.contains(&action)
}

const WITHOUT_RESOURCE_ACCOUNT: &[&str] = &[
    "ec2:accepttransitgatewaypeeringattachment",
    "ec2:acceptvpcendpointconnections",
    "ec2:acceptvpcpeeringconnection",
    "ec2:copyfpgaimage",
    "ec2:copyimage",
    "ec2:copysnapshot",
    "ec2:createtransitgatewaypeeringattachment",
    "ec2:createvolume",
    "ec2:createvpcendpoint",
    "ec2:createvpcpeeringconnection",
    "ec2:deletetransitgatewaypeeringattachment",
    "ec2:deletevpcpeeringconnection",
    "ec2:rejecttransitgatewaypeeringattachment",
    "ec2:rejectvpcendpointconnections",
    "ec2:rejectvpcpeeringconnection",
    "route53:associatevpcwithhostedzone",
    "route53:createvpcassociationauthorization",
    "route53:deletevpcassociationauthorization",
    "route53:disassociatevpcfromhostedzone",
    "route53:listhostedzonesbyvpc",
    "workspaces:describeworkspaceimages",
];

/// What the root user of a bucket's owner can always do, whatever the bucket policy denies (S3 API reference,
/// `PutBucketPolicy`, `GetBucketPolicy`, `DeleteBucketPolicy`).
pub(super) fn is_rescue_of_bucket(principal: &Principal, action: &str) -> bool {
    matches!(principal, Principal::Root { .. })
        && matches!(
            action,
            "s3:putbucketpolicy" | "s3:getbucketpolicy" | "s3:deletebucketpolicy"
        )
}

/// What tells an action of a service from the others for the rules of this module: its own name where one of them
/// names it, else nothing but its service.
pub(super) fn kept_apart(action: &str) -> String {
    let action = action.to_ascii_lowercase();
    let service = action.split(':').next().unwrap_or_default();
    let lists = [
        CHANGES_POLICY,
        CHANGES_ROLE,
        BY_TRUST,
        BY_TRUST_ON_ROLES,
        WITHOUT_RESOURCE_ACCOUNT,
    ];
    let is_named = lists.iter().any(|list| list.contains(&action.as_str()));
    let is_rescue = action.starts_with("s3:") && action.ends_with("bucketpolicy");
    match is_named || is_rescue || service == "sts" || action == "kms:retiregrant" {
        true => action,
        false => service.to_owned(),
    }
}
