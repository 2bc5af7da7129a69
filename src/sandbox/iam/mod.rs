//! IAM of the simulated account.
//!
//! Invariant: names are unique without regard to case, every reference between things (membership, a profile's role, a
//! key's user) points at something that exists, and a principal that was deleted never comes back under its old id.
//! Nothing is authorised here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use http::StatusCode;

use super::reply::Reply;
use super::{Call, Caller, Clock, Fault, Stored, Table, World, Xml};

mod account;
mod ask;
pub(super) mod assume;
mod credentials;
mod details;
mod document;
mod grants;
mod group;
mod kept;
pub mod key;
mod leave;
mod linked;
mod login;
mod managed;
mod mfa;
mod model;
mod oidc;
mod policy;
pub(super) mod principal;
mod profile;
mod reach;
mod refusal;
mod report;
mod role;
mod saml;
mod server;
mod service;
mod signing;
mod ssh;
mod tag;
mod trust;
mod user;
mod version;
mod x509;

#[cfg(test)]
mod tests;

pub use ask::Name;

use ask::Ask;
use grants::Holder;
use kept::Kept;
use tag::Tagged;

/// What an operation answers: the elements of its result, if it has one.
type Done = Result<Option<Xml>, Fault>;

/// Why a service can't take on a role just now, or at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAssumable {
    /// There is no such role in this account.
    Missing,
    /// The role is too new.
    Fresh,
    /// Its trust policy does not let the service in.
    Untrusting,
}

/// IAM's state.
#[derive(Debug)]
pub struct State {
    account: String,
    users: Table<user::User, Name>,
    groups: Table<group::Group, Name>,
    roles: Table<role::Role, Name>,
    profiles: Table<profile::Profile, Name>,
    policies: Table<policy::Policy, Name>,
    keys: Table<key::AccessKey>,
    devices: Table<mfa::Device>,
    server_certificates: Table<server::ServerCertificate, Name>,
    report: Table<report::Report>,
    providers: Table<oidc::Provider>,
    saml: Table<saml::SamlProvider, Name>,
    deletions: Table<linked::Deletion>,
    password_rule: Table<login::PasswordRule>,
    alias: Table<String>,
    by_id: Kept<BTreeMap<String, Name>>,
    uses: Kept<policy::Uses>,
    token_version: Table<String>,
}

impl State {
    /// An account without principals.
    #[must_use]
    pub fn new(account: &str) -> Self {
        Self {
            account: account.to_owned(),
            users: Table::new("iam/users").slow(),
            groups: Table::new("iam/groups").slow(),
            roles: Table::new("iam/roles").slow(),
            profiles: Table::new("iam/instance-profiles").slow(),
            policies: Table::new("iam/policies").slow(),
            keys: Table::new("iam/access-keys").slow(),
            devices: Table::new("iam/mfa-devices"),
            server_certificates: Table::new("iam/server-certificates"),
            report: Table::new("iam/credential-report"),
            providers: Table::new("iam/oidc-providers").slow(),
            saml: Table::new("iam/saml-providers").slow(),
            deletions: Table::new("iam/deletion-tasks"),
            password_rule: Table::new("iam/password-policy"),
            alias: Table::new("iam/account-alias"),
            by_id: Kept::default(),
            uses: Kept::default(),
            token_version: Table::new("iam/token-version"),
        }
    }

    /// The tables that the core loads and saves.
    pub fn tables(&mut self) -> Vec<&mut dyn Stored> {
        vec![
            &mut self.users,
            &mut self.groups,
            &mut self.roles,
            &mut self.profiles,
            &mut self.policies,
            &mut self.keys,
            &mut self.devices,
            &mut self.server_certificates,
            &mut self.report,
            &mut self.providers,
            &mut self.saml,
            &mut self.deletions,
            &mut self.password_rule,
            &mut self.alias,
            &mut self.token_version,
        ]
    }

    /// The unique id of the user or role with this ARN; path and case must be exact.
    #[must_use]
    pub fn principal_id(&self, arn: &str) -> Option<String> {
        if arn == administrator_arn(&self.account) {
            return Some(ADMINISTRATOR_ID.to_owned());
        }
        self.user_of(arn)
            .map(|user| user.id.clone())
            .or_else(|| self.role_of(arn).map(|role| role.id.clone()))
    }

    /// The same, but only once other services' policies may name the principal.
    pub(super) fn visible_principal(&self, arn: &str, clock: &Clock) -> Option<String> {
        let due = self.user_of(arn).and_then(|user| user.visible_elsewhere);
        let due = due.or_else(|| self.role_of(arn)?.visible_elsewhere);
        self.principal_id(arn)
            .filter(|_| due.is_none_or(|due| due.has_come(clock)))
    }

    /// The same, but only once trust policies may name the principal.
    fn trust_principal(&self, arn: &str, clock: &Clock) -> Option<String> {
        let due = self.user_of(arn).and_then(|user| user.visible);
        let due = due.or_else(|| self.role_of(arn)?.visible);
        self.principal_id(arn)
            .filter(|_| due.is_none_or(|due| due.has_come(clock)))
    }

    fn user_of(&self, arn: &str) -> Option<&user::User> {
        self.users
            .get(&last_part(arn))
            .filter(|user| user.arn(&self.account) == arn)
    }

    fn role_of(&self, arn: &str) -> Option<&role::Role> {
        self.roles
            .get(&last_part(arn))
            .filter(|role| role.arn(&self.account) == arn)
    }

    /// The ARN of the user or role with this unique id.
    #[must_use]
    pub fn principal_arn(&self, id: &str) -> Option<String> {
        if id == ADMINISTRATOR_ID {
            return Some(administrator_arn(&self.account));
        }
        let name = self.names_by_id().get(id)?.clone();
        match id.get(..4)? {
            "AIDA" => self.users.get(&name).map(|user| user.arn(&self.account)),
            "AROA" => self.roles.get(&name).map(|role| role.arn(&self.account)),
            _ => None,
        }
    }

    fn names_by_id(&self) -> Arc<BTreeMap<String, Name>> {
        self.by_id
            .kept([self.users.revision().keys, self.roles.revision().keys, 0], || {
                let users = self.users.values().map(|user| (user.id.clone(), user.name.clone()));
                let roles = self.roles.values().map(|role| (role.id.clone(), role.name.clone()));
                Arc::new(users.chain(roles).collect())
            })
    }

    /// What tells whether the holders of policies are as they were.
    fn holder_revisions(&self) -> [u64; 3] {
        [
            self.users.revision().rows,
            self.groups.revision().rows,
            self.roles.revision().rows,
        ]
    }

    /// Whether readers find all holders of policies as they are.
    fn are_holders_settled(&self) -> bool {
        self.users.is_settled() && self.groups.is_settled() && self.roles.is_settled()
    }

    /// Whether `service` (such as `lambda.amazonaws.com`) could take on the role now.
    ///
    /// # Errors
    /// Why not.
    pub fn assumable_by(&self, role_arn: &str, service: &str, clock: &Clock) -> Result<(), NotAssumable> {
        let role = self.role_of(role_arn).ok_or(NotAssumable::Missing)?;
        if role.assumable.is_some_and(|due| !due.has_come(clock)) {
            return Err(NotAssumable::Fresh);
        }
        if !trust::admits_service(&role.trust, service) {
            return Err(NotAssumable::Untrusting);
        }
        Ok(())
    }

    fn password_rule(&self) -> Option<&login::PasswordRule> {
        self.password_rule.get(&login::RULE.to_owned())
    }

    /// Everything that can hold policies: sort, (name, id, path), attached ARNs, boundary.
    fn holders(&self) -> impl Iterator<Item = HolderRow<'_>> {
        let users = self.users.values().map(user_row);
        let groups = self.groups.values().map(group_row);
        users.chain(groups).chain(self.roles.values().map(role_row))
    }

    /// The same as a reader finds it now.
    fn holders_seen<'a>(&'a self, clock: &'a Clock) -> impl Iterator<Item = HolderRow<'a>> {
        let users = self.users.all_seen(clock).map(|(_, user)| user_row(user));
        let groups = self.groups.all_seen(clock).map(|(_, group)| group_row(group));
        let roles = self.roles.all_seen(clock).map(|(_, role)| role_row(role));
        users.chain(groups).chain(roles)
    }
}

type HolderRow<'a> = (
    &'static str,
    (&'a Name, &'a str, &'a str),
    &'a BTreeSet<String>,
    Option<&'a String>,
);

fn user_row(user: &user::User) -> HolderRow<'_> {
    let named = (&user.name, user.id.as_str(), user.path.as_str());
    ("User", named, &user.grants.attached, user.boundary.as_ref())
}

fn group_row(group: &group::Group) -> HolderRow<'_> {
    let named = (&group.name, group.id.as_str(), group.path.as_str());
    ("Group", named, &group.grants.attached, None)
}

fn role_row(role: &role::Role) -> HolderRow<'_> {
    let named = (&role.name, role.id.as_str(), role.path.as_str());
    ("Role", named, &role.grants.attached, role.boundary.as_ref())
}

/// The unique id of the administrator, whom no list shows.
pub(super) const ADMINISTRATOR_ID: &str = "AIDASANDBOXADMIN22222";

/// The ARN of the administrator, whom no list shows.
pub(super) fn administrator_arn(account: &str) -> String {
    format!("arn:aws:iam::{account}:user/sandbox-admin")
}

fn last_part(arn: &str) -> Name {
    Name::new(arn.rsplit('/').next().unwrap_or_default())
}

/// Answers one call.
///
/// # Errors
/// Every refusal, as AWS words it.
pub fn answer(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    world.iam.finish_deletions(&world.clock);
    let Some(action) = call.operation.as_deref() else {
        return Err(Fault::new(
            StatusCode::BAD_REQUEST,
            "MissingAction",
            "The request has no Action.",
        ));
    };
    let ask = Ask(&call.form);
    model::check(ask, action)?;
    policy::check_writable(ask, &call.caller, action)?;
    let done = principals(world, ask, &call.caller, action)
        .or_else(|| policies(world, ask, action))
        .or_else(|| credentials::answer(world, ask, &call.caller, action))
        .or_else(|| rest(world, ask, action));
    let result = done.unwrap_or_else(|| Err(Fault::unknown_operation(call)))?;
    Ok(super::reply::query(
        call,
        "https://iam.amazonaws.com/doc/2010-05-08/",
        action,
        result,
    ))
}

/// Users, groups, roles and instance profiles.
fn principals(world: &mut World, ask: Ask<'_>, caller: &Caller, action: &str) -> Option<Done> {
    Some(match action {
        "CreateUser" => user::create(world, ask),
        "GetUser" => user::get(world, ask, caller),
        "UpdateUser" => user::update(world, ask),
        "DeleteUser" => user::delete(world, ask),
        "ListUsers" => user::list(world, ask),
        "CreateGroup" => group::create(world, ask),
        "GetGroup" => group::get(world, ask),
        "UpdateGroup" => group::update(world, ask),
        "DeleteGroup" => group::delete(world, ask),
        "ListGroups" => group::list(world, ask),
        "ListGroupsForUser" => group::list_for_user(world, ask),
        "AddUserToGroup" => group::add_user(world, ask),
        "RemoveUserFromGroup" => group::remove_user(world, ask),
        "CreateRole" => role::create(world, ask),
        "GetRole" => role::get(world, ask),
        "UpdateRole" => role::update(world, ask),
        "UpdateRoleDescription" => role::update_description(world, ask),
        "UpdateAssumeRolePolicy" => role::update_trust(world, ask),
        "DeleteRole" => role::delete(world, ask),
        "ListRoles" => role::list(world, ask),
        "ListInstanceProfilesForRole" => role::list_profiles(world, ask),
        "CreateServiceLinkedRole" => linked::create(world, ask),
        "DeleteServiceLinkedRole" => linked::delete(world, ask),
        "GetServiceLinkedRoleDeletionStatus" => linked::status(world, ask),
        "CreateInstanceProfile" => profile::create(world, ask),
        "GetInstanceProfile" => profile::get(world, ask),
        "DeleteInstanceProfile" => profile::delete(world, ask),
        "ListInstanceProfiles" => profile::list(world, ask),
        "AddRoleToInstanceProfile" => profile::add_role(world, ask),
        "RemoveRoleFromInstanceProfile" => profile::remove_role(world, ask),
        _ => return None,
    })
}

/// Managed policies, and the policies of users, groups and roles.
fn policies(world: &mut World, ask: Ask<'_>, action: &str) -> Option<Done> {
    use Holder::{Group, Role, User};
    Some(match action {
        "CreatePolicy" => policy::create(world, ask),
        "GetPolicy" => policy::get(world, ask),
        "DeletePolicy" => policy::delete(world, ask),
        "ListPolicies" => policy::list(world, ask),
        "ListEntitiesForPolicy" => policy::list_entities(world, ask),
        "ListPoliciesGrantingServiceAccess" => reach::policies_granting(world, ask),
        "GetContextKeysForCustomPolicy" => reach::context_keys(ask),
        "GetContextKeysForPrincipalPolicy" => reach::context_keys_of_principal(world, ask),
        "CreatePolicyVersion" => version::create(world, ask),
        "GetPolicyVersion" => version::get(world, ask),
        "ListPolicyVersions" => version::list(world, ask),
        "DeletePolicyVersion" => version::delete(world, ask),
        "SetDefaultPolicyVersion" => version::set_default(world, ask),
        "PutUserPolicy" => grants::put(world, ask, User),
        "PutGroupPolicy" => grants::put(world, ask, Group),
        "PutRolePolicy" => grants::put(world, ask, Role),
        "GetUserPolicy" => grants::get(world, ask, User),
        "GetGroupPolicy" => grants::get(world, ask, Group),
        "GetRolePolicy" => grants::get(world, ask, Role),
        "DeleteUserPolicy" => grants::delete(world, ask, User),
        "DeleteGroupPolicy" => grants::delete(world, ask, Group),
        "DeleteRolePolicy" => grants::delete(world, ask, Role),
        "ListUserPolicies" => grants::list(world, ask, User),
        "ListGroupPolicies" => grants::list(world, ask, Group),
        "ListRolePolicies" => grants::list(world, ask, Role),
        "AttachUserPolicy" => grants::attach(world, ask, User),
        "AttachGroupPolicy" => grants::attach(world, ask, Group),
        "AttachRolePolicy" => grants::attach(world, ask, Role),
        "DetachUserPolicy" => grants::detach(world, ask, User),
        "DetachGroupPolicy" => grants::detach(world, ask, Group),
        "DetachRolePolicy" => grants::detach(world, ask, Role),
        "ListAttachedUserPolicies" => grants::list_attached(world, ask, User),
        "ListAttachedGroupPolicies" => grants::list_attached(world, ask, Group),
        "ListAttachedRolePolicies" => grants::list_attached(world, ask, Role),
        "PutUserPermissionsBoundary" => grants::put_boundary(world, ask, User),
        "PutRolePermissionsBoundary" => grants::put_boundary(world, ask, Role),
        "DeleteUserPermissionsBoundary" => grants::delete_boundary(world, ask, User),
        "DeleteRolePermissionsBoundary" => grants::delete_boundary(world, ask, Role),
        _ => return None,
    })
}

/// Tags, providers and the account as a whole.
fn rest(world: &mut World, ask: Ask<'_>, action: &str) -> Option<Done> {
    Some(match action {
        "TagUser" => tag::put(world, ask, Tagged::User),
        "TagRole" => tag::put(world, ask, Tagged::Role),
        "TagPolicy" => policy::check_seen(world, ask).and_then(|()| tag::put(world, ask, Tagged::Policy)),
        "TagInstanceProfile" => tag::put(world, ask, Tagged::Profile),
        "TagSAMLProvider" => tag::put(world, ask, Tagged::Saml),
        "TagMFADevice" => tag::put(world, ask, Tagged::Device),
        "TagServerCertificate" => tag::put(world, ask, Tagged::ServerCertificate),
        "TagOpenIDConnectProvider" => tag::put(world, ask, Tagged::Provider),
        "UntagUser" => tag::take_off(world, ask, Tagged::User),
        "UntagRole" => tag::take_off(world, ask, Tagged::Role),
        "UntagPolicy" => policy::check_seen(world, ask).and_then(|()| tag::take_off(world, ask, Tagged::Policy)),
        "UntagInstanceProfile" => tag::take_off(world, ask, Tagged::Profile),
        "UntagSAMLProvider" => tag::take_off(world, ask, Tagged::Saml),
        "UntagMFADevice" => tag::take_off(world, ask, Tagged::Device),
        "UntagServerCertificate" => tag::take_off(world, ask, Tagged::ServerCertificate),
        "UntagOpenIDConnectProvider" => tag::take_off(world, ask, Tagged::Provider),
        "ListUserTags" => tag::list(world, ask, Tagged::User),
        "ListRoleTags" => tag::list(world, ask, Tagged::Role),
        "ListPolicyTags" => policy::list_tags(world, ask),
        "ListInstanceProfileTags" => tag::list(world, ask, Tagged::Profile),
        "ListSAMLProviderTags" => tag::list(world, ask, Tagged::Saml),
        "ListMFADeviceTags" => tag::list(world, ask, Tagged::Device),
        "ListServerCertificateTags" => tag::list(world, ask, Tagged::ServerCertificate),
        "ListOpenIDConnectProviderTags" => tag::list(world, ask, Tagged::Provider),
        "CreateOpenIDConnectProvider" => oidc::create(world, ask),
        "GetOpenIDConnectProvider" => oidc::get(world, ask),
        "ListOpenIDConnectProviders" => oidc::list(world),
        "DeleteOpenIDConnectProvider" => oidc::delete(world, ask),
        "AddClientIDToOpenIDConnectProvider" => oidc::add_client(world, ask),
        "RemoveClientIDFromOpenIDConnectProvider" => oidc::remove_client(world, ask),
        "UpdateOpenIDConnectProviderThumbprint" => oidc::update_thumbprints(world, ask),
        "CreateSAMLProvider" => saml::create(world, ask),
        "GetSAMLProvider" => saml::get(world, ask),
        "ListSAMLProviders" => saml::list(world),
        "UpdateSAMLProvider" => saml::update(world, ask),
        "DeleteSAMLProvider" => saml::delete(world, ask),
        "GetAccountAuthorizationDetails" => details::get(world, ask),
        "GetAccountSummary" => account::summary(world),
        "SetSecurityTokenServicePreferences" => account::set_tokens(world, ask),
        "CreateAccountAlias" => account::create_alias(world, ask),
        "DeleteAccountAlias" => account::delete_alias(world, ask),
        "ListAccountAliases" => account::list_aliases(world, ask),
        _ => return None,
    })
}
