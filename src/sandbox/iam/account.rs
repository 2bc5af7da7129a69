//! The account as a whole: its alias and what it holds.
//!
//! Invariant: there is at most one alias; a new one takes the old one's place.

use super::super::{World, Xml};
use super::Done;
use super::ask::Ask;
use super::refusal::{constraint, no_such_entity};

/// The one key of the table that the alias is kept in.
const ALIAS: &str = "alias";

fn check_alias(alias: &str) -> bool {
    let plain = alias
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    plain
        && (3..=63).contains(&alias.len())
        && !alias.starts_with('-')
        && !alias.ends_with('-')
        && !alias.contains("--")
}

pub(super) fn create_alias(world: &mut World, ask: Ask<'_>) -> Done {
    let alias = ask.required("AccountAlias")?;
    if !check_alias(alias) {
        let rule = "satisfy regular expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$";
        return Err(constraint(alias, "accountAlias", rule));
    }
    world.iam.alias.insert(ALIAS.to_owned(), alias.to_owned());
    Ok(None)
}

pub(super) fn delete_alias(world: &mut World, ask: Ask<'_>) -> Done {
    let alias = ask.required("AccountAlias")?;
    if world.iam.alias.get(&ALIAS.to_owned()).is_none_or(|kept| kept != alias) {
        return Err(no_such_entity(format!("The account alias {alias} cannot be found.")));
    }
    world.iam.alias.remove(&ALIAS.to_owned());
    Ok(None)
}

pub(super) fn list_aliases(world: &World, ask: Ask<'_>) -> Done {
    let aliases = world.iam.alias.values().map(|alias| (alias.clone(), alias));
    Ok(Some(ask.page(aliases)?.write_texts("AccountAliases")))
}

/// Counts and quotas. What describes the root user says: no keys, with MFA, with a password.
pub(super) fn summary(world: &World) -> Done {
    let state = &world.iam;
    let versions: usize = state.policies.values().map(|policy| policy.versions.len()).sum();
    let entries = [
        ("Users", state.users.len()),
        ("UsersQuota", 5000),
        ("Groups", state.groups.len()),
        ("GroupsQuota", 300),
        ("Roles", state.roles.len()),
        ("RolesQuota", 1000),
        ("InstanceProfiles", state.profiles.len()),
        ("InstanceProfilesQuota", 1000),
        ("Policies", state.policies.len()),
        ("PoliciesQuota", 1500),
        ("PolicyVersionsInUse", versions),
        ("PolicyVersionsInUseQuota", 10000),
        ("VersionsPerPolicyQuota", 5),
        ("PolicySizeQuota", 6144),
        ("UserPolicySizeQuota", 2048),
        ("GroupPolicySizeQuota", 5120),
        ("RolePolicySizeQuota", 10240),
        ("AssumeRolePolicySizeQuota", 2048),
        ("AttachedPoliciesPerUserQuota", 10),
        ("AttachedPoliciesPerGroupQuota", 10),
        ("AttachedPoliciesPerRoleQuota", 10),
        ("GroupsPerUserQuota", 10),
        ("AccessKeysPerUserQuota", 2),
        ("SigningCertificatesPerUserQuota", 2),
        ("ServerCertificates", 0),
        ("ServerCertificatesQuota", 20),
        ("Providers", state.providers.len()),
        ("MFADevices", 0),
        ("MFADevicesInUse", 0),
        ("AccountMFAEnabled", 1),
        ("AccountAccessKeysPresent", 0),
        ("AccountPasswordPresent", 1),
        ("AccountSigningCertificatesPresent", 0),
        ("GlobalEndpointTokenVersion", 1),
    ];
    let mut xml = Xml::new();
    xml.element("SummaryMap", |xml| {
        for (key, value) in entries {
            xml.element("entry", |xml| {
                xml.text("key", key).text("value", value);
            });
        }
    });
    Ok(Some(xml))
}
