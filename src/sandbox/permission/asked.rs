//! What a call asks leave for: actions on resources, each with what conditions may ask of it.
//!
//! Invariant: every operation that the sandbox answers asks for at least one action, but for those that AWS answers to
//! anybody (`GetCallerIdentity`). Names and resources are those of the service authorization reference.

use super::{events, iam, lambda, s3};
use crate::sandbox::{Call, Service, World};

/// One action on one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox) struct Asked {
    /// `iam:CreateRole`.
    pub(in crate::sandbox) action: String,
    /// An ARN, or `*` where the action takes no resource.
    pub(in crate::sandbox) resource: String,
    /// Condition keys that only this action has.
    pub(in crate::sandbox) context: Vec<(String, Vec<String>)>,
}

impl Asked {
    pub(super) fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            resource: resource.into(),
            context: Vec::new(),
        }
    }

    /// With one more condition key, if it has a value.
    pub(super) fn with<V: Into<String>>(mut self, key: &str, values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        if !values.is_empty() {
            self.context.push((key.to_owned(), values));
        }
        self
    }

    /// With the tags that a request brings: `aws:RequestTag/KEY` and `aws:TagKeys`.
    pub(super) fn tagging(self, tags: &[(String, String)]) -> Self {
        let asked = self.with("aws:TagKeys", tags.iter().map(|(key, _)| key.clone()));
        tags.iter().fold(asked, |asked, (key, value)| {
            asked.with(&format!("aws:RequestTag/{key}"), [value.clone()])
        })
    }

    /// With the tags that the resource has: `aws:ResourceTag/KEY`.
    pub(super) fn tagged<'a>(self, tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        tags.into_iter().fold(self, |asked, (key, value)| {
            asked.with(&format!("aws:ResourceTag/{key}"), [value])
        })
    }
}

/// Leave to hand a role to a service.
pub(super) fn pass_role(role: &str, service: &str) -> Asked {
    Asked::new("iam:PassRole", role).with("iam:PassedToService", [service])
}

/// What a call asks leave for; nothing where it is not known, so that the service refuses it as it refuses the unknown.
pub(in crate::sandbox) fn of(world: &World, call: &Call) -> Vec<Asked> {
    let operation = call.operation.as_deref().unwrap_or_default();
    match call.service {
        Service::Iam => iam::of(world, call, operation),
        Service::S3 => s3::of(world, call),
        Service::Lambda => lambda::of(world, call),
        Service::Events => events::of(world, call, operation),
        Service::Sts => sts(call, operation),
        Service::Trail => vec![Asked::new(format!("cloudtrail:{operation}"), "*")],
    }
}

/// `GetCallerIdentity` and `GetSessionToken` need no permission (STS API reference), and those by a provider's token have no
/// caller whose policies could be asked. Taking on a role is judged by the role's trust policy, in the service itself.
fn sts(call: &Call, operation: &str) -> Vec<Asked> {
    match operation {
        "DecodeAuthorizationMessage" | "GetAccessKeyInfo" => vec![Asked::new(format!("sts:{operation}"), "*")],
        "GetFederationToken" => {
            let name = call.form.get("Name").unwrap_or_default();
            let account = call.caller.arn.split(':').nth(4).unwrap_or_default();
            let arn = format!("arn:aws:sts::{account}:federated-user/{name}");
            vec![Asked::new("sts:GetFederationToken", arn)]
        }
        _ => Vec::new(),
    }
}
