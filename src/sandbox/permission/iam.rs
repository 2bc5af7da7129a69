//! What calls to IAM ask leave for (service authorization reference, "Actions, resources, and condition keys for AWS
//! Identity and Access Management").

use std::collections::BTreeMap;

use super::asked::{Asked, pass_role};
use crate::sandbox::{Call, World};

/// What an operation acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    /// The account, or everything of a kind.
    All,
    /// A list, which AWS judges on the path that is listed: `user/`.
    Below(&'static str),
    /// The user of `UserName`, or whoever calls.
    User,
    /// The user under its old and its new name or path.
    MovedUser,
    Group,
    /// The group under its old and its new name or path.
    MovedGroup,
    Role,
    /// A policy by its ARN.
    Policy,
    Profile,
    Device,
    Certificate,
    Oidc,
    Saml,
}

/// Operations whose name does not tell what they act on.
const ODD: [(&str, On); 58] = [
    ("AddUserToGroup", On::Group),
    ("ChangePassword", On::User),
    ("CreateAccessKey", On::User),
    ("CreateLoginProfile", On::User),
    ("CreateServiceSpecificCredential", On::User),
    ("DeactivateMFADevice", On::User),
    ("DeleteAccessKey", On::User),
    ("DeleteLoginProfile", On::User),
    ("DeleteServiceSpecificCredential", On::User),
    ("DeleteSigningCertificate", On::User),
    ("DeleteSSHPublicKey", On::User),
    ("EnableMFADevice", On::User),
    ("GetAccessKeyLastUsed", On::User),
    ("GetLoginProfile", On::User),
    ("GetMFADevice", On::User),
    ("GetSSHPublicKey", On::User),
    ("ListAccessKeys", On::User),
    ("ListGroupsForUser", On::User),
    ("ListMFADevices", On::User),
    ("ListServiceSpecificCredentials", On::User),
    ("ListSigningCertificates", On::User),
    ("ListSSHPublicKeys", On::User),
    ("ResetServiceSpecificCredential", On::User),
    ("ResyncMFADevice", On::User),
    ("UpdateAccessKey", On::User),
    ("UpdateLoginProfile", On::User),
    ("UpdateServiceSpecificCredential", On::User),
    ("UpdateSigningCertificate", On::User),
    ("UpdateSSHPublicKey", On::User),
    ("UploadSigningCertificate", On::User),
    ("UploadSSHPublicKey", On::User),
    ("UpdateUser", On::MovedUser),
    ("UpdateGroup", On::MovedGroup),
    ("RemoveUserFromGroup", On::Group),
    ("GetGroup", On::Group),
    ("CreatePolicyVersion", On::Policy),
    ("DeletePolicyVersion", On::Policy),
    ("GetPolicyVersion", On::Policy),
    ("ListEntitiesForPolicy", On::Policy),
    ("ListPolicyTags", On::Policy),
    ("ListPolicyVersions", On::Policy),
    ("SetDefaultPolicyVersion", On::Policy),
    ("UpdateAssumeRolePolicy", On::Role),
    ("UpdateRoleDescription", On::Role),
    ("ListInstanceProfilesForRole", On::Role),
    ("ListInstanceProfiles", On::Below("instance-profile")),
    ("ListUsers", On::Below("user")),
    ("ListGroups", On::Below("group")),
    ("ListRoles", On::Below("role")),
    ("GetAccountPasswordPolicy", On::All),
    ("UpdateAccountPasswordPolicy", On::All),
    ("DeleteAccountPasswordPolicy", On::All),
    ("ListPolicies", On::Below("policy")),
    ("ListPoliciesGrantingServiceAccess", On::All),
    ("GetContextKeysForPrincipalPolicy", On::All),
    ("ListServerCertificates", On::Below("server-certificate")),
    ("ListVirtualMFADevices", On::All),
    ("CreateServiceLinkedRole", On::Role),
];

/// Endings of the other operations' names.
const ENDINGS: [(&str, On); 12] = [
    ("OpenIDConnectProvider", On::Oidc),
    ("OpenIDConnectProviderThumbprint", On::Oidc),
    ("OpenIDConnectProviderTags", On::Oidc),
    ("SAMLProvider", On::Saml),
    ("SAMLProviderTags", On::Saml),
    ("ServerCertificate", On::Certificate),
    ("ServerCertificateTags", On::Certificate),
    ("InstanceProfile", On::Profile),
    ("InstanceProfileTags", On::Profile),
    ("VirtualMFADevice", On::Device),
    ("MFADevice", On::Device),
    ("MFADeviceTags", On::Device),
];

/// Holders of policies, whose word stands in the middle of the name: `AttachRolePolicy`.
const HOLDERS: [(&str, On); 3] = [("User", On::User), ("Group", On::Group), ("Role", On::Role)];

fn on(operation: &str) -> On {
    if let Some((_, on)) = ODD.iter().find(|(name, _)| *name == operation) {
        return *on;
    }
    if let Some((_, on)) = ENDINGS.iter().find(|(end, _)| operation.ends_with(end)) {
        return *on;
    }
    if let Some((_, on)) = HOLDERS.iter().find(|(word, _)| operation.contains(word)) {
        return *on;
    }
    if operation.ends_with("Policy") || operation == "ListPolicyTags" {
        return On::Policy;
    }
    On::All
}

pub(super) fn of(world: &World, call: &Call, operation: &str) -> Vec<Asked> {
    let action = match operation {
        // An older call for what `UpdateRole` does; the reference lists both.
        "" => return Vec::new(),
        name => format!("iam:{name}"),
    };
    let resources = resources(world, call, operation);
    let tags = tags(call);
    let mut asked: Vec<Asked> = resources
        .iter()
        .map(|resource| own(world, call, operation, &action, resource).tagging(&tags))
        .collect();
    asked.extend(beside(world, call, operation, &resources, &tags));
    asked
}

/// The action itself, with the condition keys of its own.
fn own(world: &World, call: &Call, operation: &str, action: &str, resource: &str) -> Asked {
    let asked = Asked::new(action, resource);
    let is_link = operation.starts_with("Attach") || operation.starts_with("Detach");
    let policy = call.form.get("PolicyArn").filter(|_| is_link);
    let given = call.form.get("PermissionsBoundary");
    let present = world.iam.boundary_of(resource);
    let boundary = given.map(str::to_owned).or(present);
    let tags = world.iam.tags_at(resource);
    let own_tags = tags.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let asked = asked
        .with("iam:PolicyARN", policy)
        .with("iam:PermissionsBoundary", boundary)
        .with("iam:AWSServiceName", call.form.get("AWSServiceName"))
        .tagged(own_tags);
    tags.iter().fold(asked, |asked, (key, value)| {
        asked.with(&format!("iam:ResourceTag/{key}"), [value.clone()])
    })
}

/// What else the call asks leave for: tags at creation, and the role that goes into a profile (IAM user guide, "Grant a user
/// permissions to pass a role").
fn beside(world: &World, call: &Call, operation: &str, resources: &[String], tags: &[(String, String)]) -> Vec<Asked> {
    if operation == "AddRoleToInstanceProfile" {
        let name = call.form.get("RoleName").unwrap_or_default();
        return vec![pass_role(&world.iam.arn_of("role", name), "ec2.amazonaws.com")];
    }
    let made = operation.strip_prefix("Create").or(operation.strip_prefix("Upload"));
    let Some(made) = made.filter(|_| !tags.is_empty()) else {
        return Vec::new();
    };
    let word = match made {
        "VirtualMFADevice" => "MFADevice",
        other => other,
    };
    let tag = |resource: &String| Asked::new(format!("iam:Tag{word}"), resource).tagging(tags);
    resources.iter().map(tag).collect()
}

fn resources(world: &World, call: &Call, operation: &str) -> Vec<String> {
    let text = |name: &str| call.form.get(name).unwrap_or_default();
    let account = &world.account;
    let path = || Some(text("Path")).filter(|path| !path.is_empty()).unwrap_or("/");
    let is_made = operation.starts_with("Create") || operation.starts_with("Upload");
    let one = |kind: &str, name: &str| {
        if is_made && operation == made(kind) {
            return vec![format!("arn:aws:iam::{account}:{kind}{}{name}", path())];
        }
        vec![world.iam.arn_of(kind, name)]
    };
    match on(operation) {
        On::All => vec!["*".to_owned()],
        On::Below(kind) => {
            let path = Some(text("PathPrefix")).filter(|path| !path.is_empty()).unwrap_or("/");
            vec![format!("arn:aws:iam::{account}:{kind}{path}")]
        }
        On::User => one("user", user_name(call)),
        On::MovedUser => moved(world, call, "user", user_name(call), "NewUserName"),
        On::Group => one("group", text("GroupName")),
        On::MovedGroup => moved(world, call, "group", text("GroupName"), "NewGroupName"),
        On::Role if operation == "CreateServiceLinkedRole" => {
            let service = text("AWSServiceName");
            vec![format!(
                "arn:aws:iam::{account}:role/aws-service-role/{service}/AWSServiceRoleFor*"
            )]
        }
        On::Role => one("role", role_name(call)),
        On::Policy if operation == "CreatePolicy" => one("policy", text("PolicyName")),
        On::Policy => vec![text("PolicyArn").to_owned()],
        On::Profile => one("instance-profile", text("InstanceProfileName")),
        On::Certificate => one("server-certificate", text("ServerCertificateName")),
        On::Device if operation == "CreateVirtualMFADevice" => {
            vec![format!(
                "arn:aws:iam::{account}:mfa{}{}",
                path(),
                text("VirtualMFADeviceName")
            )]
        }
        On::Device => vec![text("SerialNumber").to_owned()],
        On::Oidc => vec![oidc(account, call)],
        On::Saml if is_made => vec![format!("arn:aws:iam::{account}:saml-provider/{}", text("Name"))],
        On::Saml => vec![text("SAMLProviderArn").to_owned()],
    }
}

/// The operation that makes a thing of this kind.
fn made(kind: &str) -> &'static str {
    match kind {
        "user" => "CreateUser",
        "group" => "CreateGroup",
        "role" => "CreateRole",
        "policy" => "CreatePolicy",
        "instance-profile" => "CreateInstanceProfile",
        "server-certificate" => "UploadServerCertificate",
        _ => "",
    }
}

/// Who renames or moves a thing needs leave for both ends (API reference of `UpdateUser` and `UpdateGroup`).
fn moved(world: &World, call: &Call, kind: &str, name: &str, new_name: &str) -> Vec<String> {
    let old = world.iam.arn_of(kind, name);
    let present = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    let (path, new_name) = (present(call.form.get("NewPath")), present(call.form.get(new_name)));
    if path.is_none() && new_name.is_none() {
        return vec![old];
    }
    let start = format!("arn:aws:iam::{}:{kind}", world.account);
    let rest = old.strip_prefix(&start).unwrap_or("/");
    let (old_path, old_name) = rest.rsplit_once('/').unwrap_or(("", rest));
    let path = path.unwrap_or_else(|| format!("{old_path}/"));
    let name = new_name.unwrap_or_else(|| old_name.to_owned());
    vec![format!("{start}{path}{name}"), old]
}

fn oidc(account: &str, call: &Call) -> String {
    let known = call.form.get("OpenIDConnectProviderArn");
    match (known, call.form.get("Url")) {
        (Some(arn), _) => arn.to_owned(),
        (None, Some(url)) => {
            let host = url.trim_start_matches("https://").trim_end_matches('/');
            format!("arn:aws:iam::{account}:oidc-provider/{host}")
        }
        // `ListOpenIDConnectProviders`.
        (None, None) => "*".to_owned(),
    }
}

fn user_name(call: &Call) -> &str {
    let named = call.form.get("UserName").filter(|name| !name.is_empty());
    named.or(call.caller.user_name.as_deref()).unwrap_or_default()
}

fn role_name(call: &Call) -> &str {
    call.form.get("RoleName").unwrap_or_default()
}

/// `Tags.member.1.Key` and `.Value`, or the keys alone of what takes tags off.
fn tags(call: &Call) -> Vec<(String, String)> {
    let mut pairs: BTreeMap<&str, (String, String)> = BTreeMap::new();
    for (name, value) in call.form.iter() {
        let parts: Vec<&str> = name.split('.').collect();
        match parts.as_slice() {
            ["Tags", "member", at, "Key"] => pairs.entry(at).or_default().0 = value.to_owned(),
            ["Tags", "member", at, "Value"] => pairs.entry(at).or_default().1 = value.to_owned(),
            _ => {}
        }
    }
    pairs.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_operation_tells_what_it_acts_on() {
        for (operation, wanted) in [
            ("CreateRole", On::Role),
            ("AttachRolePolicy", On::Role),
            ("PutUserPermissionsBoundary", On::User),
            ("AddUserToGroup", On::Group),
            ("AttachGroupPolicy", On::Group),
            ("CreatePolicy", On::Policy),
            ("DeletePolicy", On::Policy),
            ("TagPolicy", On::Policy),
            ("AddRoleToInstanceProfile", On::Profile),
            ("TagInstanceProfile", On::Profile),
            ("AddClientIDToOpenIDConnectProvider", On::Oidc),
            ("UpdateOpenIDConnectProviderThumbprint", On::Oidc),
            ("DeactivateMFADevice", On::User),
            ("DeleteVirtualMFADevice", On::Device),
            ("TagMFADevice", On::Device),
            ("GetAccountAuthorizationDetails", On::All),
            ("GetAccountSummary", On::All),
            ("CreateAccountAlias", On::All),
            ("ListRoles", On::Below("role")),
            ("ListRoleTags", On::Role),
            ("GetServiceLinkedRoleDeletionStatus", On::Role),
        ] {
            assert_eq!(on(operation), wanted, "{operation}");
        }
    }
}
