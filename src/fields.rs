//! States as sets of named fields, so that ignoring, holding, comparing and showing are written once for all kinds.
//!
//! Invariant: two states are equal exactly when [`Fields::apart`] finds nothing. Nothing here knows a kind.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::names::{
    Architecture, Arn, ClientId, EphemeralStorage, Handler, IamPath, LayerVersionArn, Memory, Region, Runtime,
    SessionLength, Thumbprint, Timeout,
};
use crate::policy_doc::{Policy, same};
use crate::vault::Secret;

/// A field of a state, or one entry of a keyed field: `description`, `policies.ReadOnly`, `tags.team`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath {
    /// The field's name, as in the file.
    pub field: &'static str,
    /// The entry, for fields that are maps or sets.
    pub key: Option<String>,
}

impl FieldPath {
    /// The whole field.
    #[must_use]
    pub fn whole(field: &'static str) -> Self {
        Self { field, key: None }
    }

    /// One entry of a keyed field.
    #[must_use]
    pub fn entry(field: &'static str, key: impl Into<String>) -> Self {
        Self {
            field,
            key: Some(key.into()),
        }
    }
}

impl FieldPath {
    /// As a sentence names it: `policies.AdministratorAccess` instead of the whole ARN.
    #[must_use]
    pub fn brief(&self) -> String {
        match self.key.as_deref().map(Arn::parse) {
            Some(Ok(arn)) => format!("{}.{}", self.field, FieldKey::show(&arn)),
            Some(Err(_)) | None => self.to_string(),
        }
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(f, "{}.{key}", self.field),
            None => f.write_str(self.field),
        }
    }
}

impl serde::Serialize for FieldPath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What a reader is shown of a field's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// A value that fits a line.
    Text(String),
    /// A policy document, to be shown by statement.
    Policy(Box<Policy>),
    /// Something that is compared but never shown.
    Secret,
}

impl Shown {
    /// The value on one line; documents and secrets are only named.
    #[must_use]
    pub fn to_line(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Policy(_) => "(document)".to_owned(),
            Self::Secret => "(secret)".to_owned(),
        }
    }

    /// Text from anything that displays.
    #[must_use]
    pub fn text(value: impl fmt::Display) -> Self {
        Self::Text(value.to_string())
    }
}

impl serde::Serialize for Shown {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Policy(policy) => policy.serialize(serializer),
            Self::Secret => serializer.serialize_str("(secret)"),
        }
    }
}

/// A state as a set of fields. Implemented by the [`state!`](crate::state) macro, never by hand.
pub trait Fields: Clone + PartialEq + fmt::Debug + serde::Serialize {
    /// The fields' names in the order of declaration, which is the order of reports.
    const NAMES: &'static [&'static str];
    /// Every field or entry in which the two differ.
    fn apart(&self, other: &Self) -> Vec<FieldPath>;
    /// Makes one field or entry as it is in `from`.
    fn take(&mut self, from: &Self, path: &FieldPath);
    /// What a reader sees of a field or entry; `None` where there is nothing or the default.
    fn show(&self, path: &FieldPath) -> Option<Shown>;
    /// Every field or entry that [`Fields::show`] shows.
    fn present(&self) -> Vec<FieldPath>;
}

/// A value of a field. The defaults treat it as one whole; maps and sets are keyed.
pub trait FieldValue: Clone + PartialEq {
    /// What a reader sees; `None` for nothing or the default.
    fn show(&self) -> Option<Shown>;
    /// The entries that differ; `None` stands for the whole.
    fn apart(&self, other: &Self) -> Vec<Option<String>> {
        if self == other { Vec::new() } else { vec![None] }
    }
    /// Makes the whole or one entry as in `from`.
    fn take(&mut self, from: &Self, _key: Option<&str>) {
        *self = from.clone();
    }
    /// What a reader sees of the whole or of one entry.
    fn show_at(&self, _key: Option<&str>) -> Option<Shown> {
        self.show()
    }
    /// The entries there are; `None` stands for the whole.
    fn keys(&self) -> Vec<Option<String>> {
        if self.show().is_some() { vec![None] } else { Vec::new() }
    }
}

macro_rules! plain_values {
    ($($type:ty),*) => { $(impl FieldValue for $type {
        fn show(&self) -> Option<Shown> { Some(Shown::text(self)) }
    })* };
}
plain_values!(u32, i32, u64, IamPath, Region, SessionLength);
plain_values!(
    Architecture,
    EphemeralStorage,
    Handler,
    LayerVersionArn,
    Memory,
    Runtime,
    Timeout
);

impl FieldValue for Arn {
    fn show(&self) -> Option<Shown> {
        Some(Shown::Text(FieldKey::show(self)))
    }
}

impl FieldValue for bool {
    fn show(&self) -> Option<Shown> {
        self.then(|| Shown::text("true"))
    }
}

impl FieldValue for String {
    fn show(&self) -> Option<Shown> {
        (!self.is_empty()).then(|| Shown::text(self))
    }
}

impl FieldValue for Policy {
    fn show(&self) -> Option<Shown> {
        Some(Shown::Policy(Box::new(self.clone())))
    }

    /// `self` is the wanted side: a statement whose author gave it no Sid equals a live one that has one.
    fn apart(&self, other: &Self) -> Vec<Option<String>> {
        if same(self, other) { Vec::new() } else { vec![None] }
    }
}

impl FieldValue for Secret {
    fn show(&self) -> Option<Shown> {
        Some(Shown::Secret)
    }
}

impl<T: FieldValue> FieldValue for Option<T> {
    fn show(&self) -> Option<Shown> {
        self.as_ref().and_then(T::show)
    }

    /// By the value's own rule, which may be laxer than equality.
    fn apart(&self, other: &Self) -> Vec<Option<String>> {
        match (self, other) {
            (Some(mine), Some(theirs)) if mine.apart(theirs).is_empty() => Vec::new(),
            (None, None) => Vec::new(),
            (Some(_) | None, Some(_) | None) => vec![None],
        }
    }
}

impl<T: FieldValue> FieldValue for Vec<T> {
    fn show(&self) -> Option<Shown> {
        let shown: Vec<String> = self
            .iter()
            .filter_map(|item| item.show())
            .map(|shown| shown.to_line())
            .collect();
        (!shown.is_empty()).then(|| Shown::Text(shown.join(", ")))
    }
}

/// What may be the key of a keyed field.
pub trait FieldKey: Ord + Clone + fmt::Display {
    /// How a reader sees the key; an ARN is shown by its last part.
    fn show(&self) -> String {
        self.to_string()
    }
}

impl FieldKey for String {}
impl FieldKey for ClientId {}
impl FieldKey for Thumbprint {}

impl FieldKey for Arn {
    /// AWS's own policies by name alone; others with their path, without which two of one name look the same.
    fn show(&self) -> String {
        let resource = self.resource();
        let named = if self.is_aws_managed_policy() {
            resource.rsplit_once('/')
        } else {
            resource.split_once('/')
        };
        named.map_or(resource, |(_, name)| name).to_owned()
    }
}

impl<K: FieldKey, V: FieldValue> FieldValue for BTreeMap<K, V> {
    fn show(&self) -> Option<Shown> {
        (!self.is_empty()).then(|| Shown::Text(self.keys().map(FieldKey::show).collect::<Vec<_>>().join(", ")))
    }

    fn apart(&self, other: &Self) -> Vec<Option<String>> {
        let keys: BTreeSet<&K> = self.keys().chain(other.keys()).collect();
        let differs = |key: &&K| match (self.get(key), other.get(key)) {
            (Some(mine), Some(theirs)) => !mine.apart(theirs).is_empty(),
            (None, None) => false,
            (Some(_), None) | (None, Some(_)) => true,
        };
        keys.into_iter()
            .filter(differs)
            .map(|key| Some(key.to_string()))
            .collect()
    }

    fn take(&mut self, from: &Self, key: Option<&str>) {
        let Some(key) = key else {
            *self = from.clone();
            return;
        };
        self.retain(|k, _| k.to_string() != key);
        self.extend(
            from.iter()
                .filter(|(k, _)| k.to_string() == key)
                .map(|(k, v)| (k.clone(), v.clone())),
        );
    }

    fn show_at(&self, key: Option<&str>) -> Option<Shown> {
        let Some(key) = key else { return FieldValue::show(self) };
        // An entry is there even where its value is empty, as a tag's may be.
        self.iter()
            .find(|(k, _)| k.to_string() == key)
            .map(|(_, value)| value.show().unwrap_or_else(|| Shown::Text(String::new())))
    }

    fn keys(&self) -> Vec<Option<String>> {
        Self::keys(self).map(|key| Some(key.to_string())).collect()
    }
}

impl<K: FieldKey> FieldValue for BTreeSet<K> {
    fn show(&self) -> Option<Shown> {
        (!self.is_empty()).then(|| Shown::Text(self.iter().map(FieldKey::show).collect::<Vec<_>>().join(", ")))
    }

    fn apart(&self, other: &Self) -> Vec<Option<String>> {
        self.symmetric_difference(other)
            .map(|key| Some(key.to_string()))
            .collect()
    }

    fn take(&mut self, from: &Self, key: Option<&str>) {
        let Some(key) = key else {
            *self = from.clone();
            return;
        };
        self.retain(|k| k.to_string() != key);
        self.extend(from.iter().filter(|k| k.to_string() == key).cloned());
    }

    fn show_at(&self, key: Option<&str>) -> Option<Shown> {
        let Some(key) = key else { return FieldValue::show(self) };
        self.iter()
            .find(|k| k.to_string() == key)
            .map(|k| Shown::Text(k.show()))
    }

    fn keys(&self) -> Vec<Option<String>> {
        self.iter().map(|key| Some(key.to_string())).collect()
    }
}

/// Declares a state: a plain struct whose fields can be compared, taken and shown by name.
#[macro_export]
macro_rules! state {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* $field:ident : $type:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type),* }

        impl $crate::fields::Fields for $name {
            const NAMES: &'static [&'static str] = &[$(stringify!($field)),*];

            fn apart(&self, other: &Self) -> Vec<$crate::fields::FieldPath> {
                let mut paths = Vec::new();
                $(paths.extend($crate::fields::FieldValue::apart(&self.$field, &other.$field).into_iter()
                    .map(|key| $crate::fields::FieldPath { field: stringify!($field), key }));)*
                paths
            }

            fn take(&mut self, from: &Self, path: &$crate::fields::FieldPath) {
                match path.field {
                    $(stringify!($field) =>
                        $crate::fields::FieldValue::take(&mut self.$field, &from.$field, path.key.as_deref()),)*
                    _ => {}
                }
            }

            fn show(&self, path: &$crate::fields::FieldPath) -> Option<$crate::fields::Shown> {
                match path.field {
                    $(stringify!($field) => $crate::fields::FieldValue::show_at(&self.$field, path.key.as_deref()),)*
                    _ => None,
                }
            }

            fn present(&self) -> Vec<$crate::fields::FieldPath> {
                let mut paths = Vec::new();
                $(paths.extend($crate::fields::FieldValue::keys(&self.$field).into_iter()
                    .map(|key| $crate::fields::FieldPath { field: stringify!($field), key }));)*
                paths.retain(|path| self.show(path).is_some());
                paths
            }
        }
    };
}
