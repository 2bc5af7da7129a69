//! The account as a whole: its alias and what it holds.
//!
//! Invariant: there is at most one alias; a new one takes the old one's place.

use super::super::{World, Xml};
use super::ask::Ask;
use super::refusal::{already_exists, constraint, no_such_entity};
use super::{Done, group, profile, role, user};

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
    let alias = ask.present("AccountAlias")?;
    ask.sized("AccountAlias", 3, 63)?;
    if !check_alias(alias) {
        let rule = "satisfy regular expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$";
        return Err(constraint(alias, "accountAlias", rule));
    }
    // Aliases are unique among all accounts, the own one included.
    if world.iam.alias.get(&ALIAS.to_owned()).is_some_and(|kept| kept == alias) {
        return Err(already_exists(format!("The account alias {alias} already exists.")));
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

/// The one key of the table that the token version is kept in.
const TOKENS: &str = "token-version";

fn token_version(world: &World) -> usize {
    let kept = world.iam.token_version.get(&TOKENS.to_owned());
    if kept.is_some_and(|kept| kept == "v2Token") {
        2
    } else {
        1
    }
}

/// In which Regions tokens of the global STS endpoint are good; only the account's summary shows it.
pub(super) fn set_tokens(world: &mut World, ask: Ask<'_>) -> Done {
    ask.required("GlobalEndpointTokenVersion")?;
    let version = ask.choice("GlobalEndpointTokenVersion", &["v1Token", "v2Token"])?;
    let version = version.unwrap_or("v1Token").to_owned();
    world.iam.token_version.insert(TOKENS.to_owned(), version);
    Ok(None)
}

/// Counts and quotas. What describes the root user says: no keys, with MFA, with a password.
pub(super) fn summary(world: &World) -> Done {
    let state = &world.iam;
    let versions: usize = state.policies.values().map(|policy| policy.versions.len()).sum();
    let entries = [
        ("Users", state.users.len()),
        ("UsersQuota", user::PER_ACCOUNT),
        ("Groups", state.groups.len()),
        ("GroupsQuota", group::PER_ACCOUNT),
        ("Roles", state.roles.len()),
        ("RolesQuota", role::PER_ACCOUNT),
        ("InstanceProfiles", state.profiles.len()),
        ("InstanceProfilesQuota", profile::PER_ACCOUNT),
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
        ("ServerCertificates", state.server_certificates.len()),
        ("ServerCertificatesQuota", 20),
        ("Providers", state.providers.len()),
        ("MFADevices", state.devices.len()),
        (
            "MFADevicesInUse",
            state.devices.values().filter(|device| device.is_in_use()).count(),
        ),
        ("AccountMFAEnabled", 1),
        ("AccountAccessKeysPresent", 0),
        ("AccountPasswordPresent", 1),
        ("AccountSigningCertificatesPresent", 0),
        ("GlobalEndpointTokenVersion", token_version(world)),
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
