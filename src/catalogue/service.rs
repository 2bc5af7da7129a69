//! What a service offers to policies: its actions, the resources they work on, the condition keys it knows.
//!
//! Invariant: texts are in AWS's spelling, as its Service Authorization Reference has them. These are facts; what a
//! policy does with them is decided elsewhere.

use super::table;

/// One service, by the prefix of its actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// What stands before the colon: `s3`.
    pub prefix: &'static str,
    /// AWS's name for it: `Amazon S3`.
    pub name: &'static str,
    /// In the order of names without regard to case.
    pub actions: Vec<Action>,
    /// In the order of names without regard to case.
    pub resources: Vec<ResourceType>,
    /// In the order of names without regard to case.
    pub keys: Vec<ConditionKey>,
}

/// One action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// The prefix of its service.
    pub service: &'static str,
    /// What stands behind the colon: `GetObject`.
    pub name: &'static str,
    /// What kind of access it gives.
    pub level: Level,
    /// The resource types that a statement may name for it; none means that only `*` matches.
    pub resources: Vec<Target>,
    /// The condition keys of the action and of its targets, beside the global ones.
    pub keys: Vec<&'static str>,
    /// Full names of actions that the caller needs beside this one.
    pub dependents: Vec<&'static str>,
    /// Its place among all actions of the catalogue.
    pub index: usize,
}

/// AWS's access levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Sees that resources exist.
    List,
    /// Reads what is in them.
    Read,
    /// Makes, changes and deletes them.
    Write,
    /// Decides who may do what.
    PermissionsManagement,
    /// Changes tags only.
    Tagging,
}

impl Level {
    /// What messages call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Read => "read",
            Self::Write => "write",
            Self::PermissionsManagement => "permissions management",
            Self::Tagging => "tagging",
        }
    }
}

/// A resource type as a target of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The name of the resource type.
    pub name: &'static str,
    /// Whether every call names one. Others are optional, or one of several forms.
    pub required: bool,
}

/// A resource type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceType {
    /// AWS's name for it: `bucket`. It may hold spaces.
    pub name: &'static str,
    /// The form of its ARN: `arn:${Partition}:s3:::${BucketName}`. The first where there are several.
    pub arn: &'static str,
    /// All forms of its ARN.
    pub arns: Vec<&'static str>,
    /// The condition keys that apply to it.
    pub keys: Vec<&'static str>,
}

/// A condition key as a service lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConditionKey {
    /// In AWS's spelling, with `${…}` where a text of the author stands: `s3:ExistingObjectTag/${key}`.
    pub name: &'static str,
    /// The type of its values.
    pub kind: KeyType,
    /// Whether a request may hold several values of it.
    pub is_multivalued: bool,
}

/// The type of a condition key's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyType {
    /// Text.
    String,
    /// An Amazon resource name.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number.
    Numeric,
    /// A date, or seconds since 1970.
    Date,
    /// An address or a block of addresses.
    Ip,
}

impl KeyType {
    /// What messages call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "text",
            Self::Arn => "an ARN",
            Self::Bool => "true or false",
            Self::Numeric => "a number",
            Self::Date => "a date",
            Self::Ip => "an IP address",
        }
    }
}

impl Service {
    /// The action of this name, without regard to case.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&Action> {
        let found = self
            .actions
            .binary_search_by(|each| super::glob::order(each.name, name));
        self.actions.get(found.ok()?)
    }

    /// The resource type of exactly this name.
    #[must_use]
    pub fn resource(&self, name: &str) -> Option<&ResourceType> {
        self.resources.iter().find(|each| each.name == name)
    }
}

impl Action {
    /// As policies name it: `s3:GetObject`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}:{}", self.service, self.name)
    }

    /// Whether no resource can be named for it: a statement matches it with the resource `*` only.
    #[must_use]
    pub fn is_wildcard_only(&self) -> bool {
        self.resources.is_empty()
    }

    /// The resource types that it works on.
    pub fn resource_types(&self) -> impl Iterator<Item = &'static ResourceType> {
        let service = service(self.service);
        self.resources
            .iter()
            .filter_map(move |target| service?.resource(target.name))
    }

    /// Whether AWS lists a service's condition key for it or for one of its targets. Case and the author's part of a
    /// key (a tag's name) don't matter; most global keys are in every request and listed nowhere.
    #[must_use]
    pub fn takes_key(&self, key: &str) -> bool {
        let of_targets = self.resource_types().flat_map(|kind| kind.keys.iter().copied());
        let mut all = self.keys.iter().copied().chain(of_targets);
        all.any(|template| super::keys::fits(template, key))
    }
}

/// The service of a prefix, without regard to case.
#[must_use]
pub fn service(prefix: &str) -> Option<&'static Service> {
    table::slot(prefix).map(table::Slot::service)
}

/// Every service, in the order of prefixes.
pub fn services() -> impl Iterator<Item = &'static Service> {
    table::slots().iter().map(table::Slot::service)
}

/// The action of a full name such as `s3:GetObject`, without regard to case.
#[must_use]
pub fn action(full_name: &str) -> Option<&'static Action> {
    let (prefix, name) = full_name.split_once(':')?;
    service(prefix)?.action(name)
}
