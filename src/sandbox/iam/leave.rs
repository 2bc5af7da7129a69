//! What IAM tells those who judge a call: the policies of a principal, and what conditions may ask of a thing.
//!
//! Invariant: nothing is changed or decided here. A policy of AWS whose document is not known is told with a document that
//! grants next to nothing.

use super::grants::Grants;
use super::managed::managed_policy;
use super::reach::default_document;
use super::{Name, State, tag};
use crate::catalogue;

/// A policy with the name under which a refusal or an explanation calls it.
pub(in crate::sandbox) type Held = (String, String);

impl State {
    /// The ARN of a user, group, role, policy, profile or server certificate of this name; of one that is not there, the
    /// one that it would have at the root.
    pub(in crate::sandbox) fn arn_of(&self, kind: &str, name: &str) -> String {
        let key = Name::new(name);
        let found = match kind {
            "user" => self.users.get(&key).map(|user| user.arn(&self.account)),
            "group" => self.groups.get(&key).map(|group| group.arn(&self.account)),
            "role" => self.roles.get(&key).map(|role| role.arn(&self.account)),
            "policy" => self.policies.get(&key).map(|policy| policy.arn(&self.account)),
            "instance-profile" => self
                .profiles
                .get(&key)
                .map(|profile| format!("arn:aws:iam::{}:{kind}{}{}", self.account, profile.path, profile.name)),
            _ => None,
        };
        found.unwrap_or_else(|| format!("arn:aws:iam::{}:{kind}/{name}", self.account))
    }

    /// The ARN of the boundary of the user or role with this ARN.
    pub(in crate::sandbox) fn boundary_of(&self, arn: &str) -> Option<String> {
        let of_user = self.user_of(arn).and_then(|user| user.boundary.clone());
        of_user.or_else(|| self.role_of(arn)?.boundary.clone())
    }

    /// The tags of the thing with this ARN.
    pub(in crate::sandbox) fn tags_at(&self, arn: &str) -> Vec<(String, String)> {
        let name = super::last_part(arn);
        let user = self.user_of(arn).map(|user| &user.tags);
        let role = || self.role_of(arn).map(|role| &role.tags);
        let policy = || self.policy(arn).ok().map(|policy| &policy.tags);
        let is_profile = arn.contains(":instance-profile/");
        let profile = || {
            self.profiles
                .get(&name)
                .filter(|_| is_profile)
                .map(|profile| &profile.tags)
        };
        let tags = user
            .or_else(role)
            .or_else(policy)
            .or_else(profile)
            .into_iter()
            .flatten();
        let pair = |tag: &tag::Tag| {
            let (key, value) = tag.pair();
            (key.to_owned(), value.to_owned())
        };
        tags.map(pair).collect()
    }

    /// All identity-based policies of the user or role with this ARN, those of a user's groups too.
    pub(in crate::sandbox) fn identity_policies(&self, arn: &str) -> Vec<Held> {
        if let Some(user) = self.user_of(arn) {
            let groups = user.groups.iter().filter_map(|name| self.groups.get(name));
            let of_groups = groups.flat_map(|group| self.held(&group.arn(&self.account), &group.grants));
            return self.held(arn, &user.grants).into_iter().chain(of_groups).collect();
        }
        match self.role_of(arn) {
            Some(role) => self.held(arn, &role.grants),
            None => Vec::new(),
        }
    }

    fn held(&self, holder: &str, grants: &Grants) -> Vec<Held> {
        let inline = grants.inline.iter();
        let inline = inline.map(|(name, document)| (format!("{name} of {holder}"), document.clone()));
        let attached = grants.attached.iter();
        let attached = attached.filter_map(|arn| self.managed_document(arn));
        inline.chain(attached).collect()
    }

    /// A managed policy's document in force.
    pub(in crate::sandbox) fn managed_document(&self, arn: &str) -> Option<Held> {
        let known = managed_policy(arn).and_then(|policy| catalogue::managed_document(policy.name));
        let document = known.map(str::to_owned).or_else(|| default_document(self, arn))?;
        Some((arn.to_owned(), document))
    }
}
