//! The kinds and their closed sums. Adding a kind is its folder and one line in `kinds!`.
//!
//! Invariant: no other room names a single kind; they all go through the sums and the visitor made here.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use crate::address::Address;
use crate::kind::{Facts, Field, Form, Home, Kind, Object, OnChange};
use crate::names::Arn;
use crate::shape::{self, Choice, Shape, items};

/// The fields that every resource may have.
pub const COMMON: &[Field] = &[
    Field {
        name: "name",
        shape: shape::WRITTEN,
        default: "the key",
        on_change: OnChange::Replace,
        doc: "The name in AWS, where it differs from the key.",
    },
    Field {
        name: "ignore",
        shape: Shape::Texts(&items("fields or `field.ENTRY*`", shape::WRITTEN)),
        default: "nothing",
        on_change: OnChange::InPlace,
        doc: "Set when the thing is made and kept as it is afterwards.",
    },
    Field {
        name: "allow",
        shape: crate::spec::rules::ALLOW,
        default: "nothing",
        on_change: OnChange::InPlace,
        doc: "[Rules for policies](../lint.md) that it breaks on purpose, each with the reason.",
    },
    Field {
        name: "owner",
        shape: Shape::Called("`none` or an environment", &shape::WRITTEN),
        default: "this environment",
        on_change: OnChange::InPlace,
        doc: "Give it up: this environment's mark is taken off, or another's set, by the last write; undo files say it.",
    },
    Field {
        name: "protect",
        shape: Shape::Boolean,
        default: "false",
        on_change: OnChange::Held,
        doc: "Never delete or replace it; also written as the tag `evenkeel:protect`, which outlives the file.",
    },
    Field {
        name: "shared",
        shape: Shape::Boolean,
        default: "false",
        on_change: OnChange::InPlace,
        doc: "Ensure what is listed and leave the rest of it to others; no tag is written.",
    },
];

macro_rules! kinds {
    ($($module:ident :: $kind:ident),* $(,)?) => {
        $(pub mod $module;)*

        /// The kinds, in the order of reports.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum KindName { $(#[doc = concat!("`", stringify!($module), "`")] $kind),* }

        impl KindName {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The word in addresses.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => <$module::$kind as Kind>::NAME),* }
            }

            /// Where it stands in the file.
            #[must_use]
            pub fn section(self) -> crate::kind::Section {
                match self { $(Self::$kind => <$module::$kind as Kind>::SECTION),* }
            }

            /// Its fields.
            #[must_use]
            pub fn fields(self) -> &'static [crate::kind::Field] {
                match self { $(Self::$kind => <$module::$kind as Kind>::FIELDS),* }
            }

            /// What may stand in place of the mapping of its fields.
            #[must_use]
            pub fn also(self) -> &'static [Shape] {
                match self { $(Self::$kind => <$module::$kind as Kind>::ALSO),* }
            }

            /// Which of its fields go together.
            #[must_use]
            pub fn choices(self) -> &'static [Choice] {
                match self { $(Self::$kind => <$module::$kind as Kind>::CHOICES),* }
            }

            /// Which fields stand in which of its settings, where it has some.
            #[must_use]
            pub fn settings(self) -> &'static [crate::kind::SettingTable] {
                match self { $(Self::$kind => <$module::$kind as Kind>::SETTINGS),* }
            }

            /// Its page of the reference.
            #[must_use]
            pub fn doc(self) -> &'static str {
                match self { $(Self::$kind => <$module::$kind as Kind>::DOC),* }
            }

            /// Fields whose held values are drift all the same.
            #[must_use]
            pub fn telling(self) -> &'static [&'static str] {
                match self { $(Self::$kind => <$module::$kind as Kind>::TELLING),* }
            }

            /// The IAM actions that listing all of the kind takes.
            #[must_use]
            pub fn lists(self) -> &'static [&'static str] {
                match self { $(Self::$kind => <$module::$kind as Kind>::LISTS),* }
            }

            /// Whether AWS lets it carry tags.
            #[must_use]
            pub fn taggable(self) -> bool {
                match self { $(Self::$kind => <$module::$kind as Kind>::TAGGABLE),* }
            }

            /// The field that names it in AWS where the key doesn't; `None` where nothing but the entry itself does.
            #[must_use]
            pub fn named_by(self) -> Option<&'static str> {
                let field = match self { $(Self::$kind => <$module::$kind as Kind>::NAMED_BY),* };
                matches!(self.section().form, Form::Named).then_some(field)
            }

            /// Runs a visitor that needs only the kind.
            pub fn visit<V: VisitKind>(self, visitor: V) -> V::Out {
                match self { $(Self::$kind => visitor.visit::<$module::$kind>()),* }
            }
        }

        /// A resource of any kind.
        #[derive(Debug, Clone)]
        pub enum AnyObject { $(#[allow(missing_docs)] $kind(Object<$module::$kind>)),* }

        impl AnyObject {
            /// Its address.
            #[must_use]
            pub fn address(&self) -> &Address {
                match self { $(Self::$kind(object) => &object.address),* }
            }

            /// The same with what was read of another one of the same kind.
            #[must_use]
            pub fn seen_as(mut self, other: &Self) -> Self {
                $(if let (Self::$kind(object), Self::$kind(read)) = (&mut self, other) {
                    object.seen = read.seen.clone();
                })*
                self
            }

            /// Runs a visitor on the typed resource.
            pub fn visit<V: Visit>(&self, visitor: V) -> V::Out {
                match self { $(Self::$kind(object) => visitor.visit(object)),* }
            }

            /// Runs a visitor that may change the typed resource.
            pub fn visit_mut<V: VisitMut>(&mut self, visitor: V) -> V::Out {
                match self { $(Self::$kind(object) => visitor.visit(object)),* }
            }
        }

        /// A mutation of any kind, with the identity of what it changes.
        #[derive(Debug, Clone, serde::Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum AnyAction {
            $(#[allow(missing_docs)] $kind {
                id: <$module::$kind as Kind>::Id,
                arn: Arn,
                action: <$module::$kind as Kind>::Action,
            }),*
        }

        impl AnyAction {
            /// What is known of it.
            #[must_use]
            pub fn facts(&self, home: &Home) -> Facts {
                match self { $(Self::$kind { id, arn, action } => <$module::$kind as Kind>::facts(id, arn, action, home)),* }
            }

            /// What whoever executes it must be permitted.
            #[must_use]
            pub fn permits(&self, home: &Home) -> Vec<crate::kind::Permit> {
                match self { $(Self::$kind { id, arn, action } =>
                    <$module::$kind as Kind>::permits(id, arn, action, home)),* }
            }

            /// The ARN of what it changes.
            #[must_use]
            pub fn arn(&self) -> &Arn {
                match self { $(Self::$kind { arn, .. } => arn),* }
            }

            /// The model of its effect on a state.
            #[must_use]
            pub fn after(&self, state: Option<AnyState>) -> Option<AnyState> {
                match self { $(Self::$kind { action, .. } => {
                    let state = state.and_then(<$module::$kind as Member>::state_of);
                    <$module::$kind as Kind>::after(state, action).map(AnyState::$kind)
                }),* }
            }
        }

        /// A state of any kind.
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum AnyState { $(#[allow(missing_docs)] $kind(<$module::$kind as Kind>::State)),* }

        /// What one resource contributes to another.
        #[derive(Debug, Clone)]
        pub enum AnyPart { $(#[allow(missing_docs)] $kind(<$module::$kind as Kind>::Part)),* }

        $(impl Member for $module::$kind {
            const KIND: KindName = KindName::$kind;

            fn object(object: Object<Self>) -> AnyObject {
                AnyObject::$kind(object)
            }

            fn action(id: Self::Id, arn: Arn, action: Self::Action) -> AnyAction {
                AnyAction::$kind { id, arn, action }
            }

            fn state_of(state: AnyState) -> Option<Self::State> {
                #[allow(unreachable_patterns)]
                match state { AnyState::$kind(state) => Some(state), _ => None }
            }

            fn any_state(state: Self::State) -> AnyState {
                AnyState::$kind(state)
            }

            fn part_of(part: AnyPart) -> Option<Self::Part> {
                #[allow(unreachable_patterns)]
                match part { AnyPart::$kind(part) => Some(part), _ => None }
            }
        })*

        #[cfg(feature = "aws")]
        impl AnyObject {
            /// Tells the view that it will be read.
            pub fn expect(&self, view: &crate::aws::View<'_>) {
                match self { $(Self::$kind(object) => <$module::$kind as crate::kind::Live>::expect(view, &object.id)),* }
            }

            /// Finds out what AWS has of it.
            pub async fn read(&mut self, view: &crate::aws::View<'_>) {
                match self { $(Self::$kind(object) => {
                    object.seen = <$module::$kind as crate::kind::Live>::read(view, object).await;
                }),* }
            }
        }

        #[cfg(feature = "aws")]
        impl KindName {
            /// What the account has of this kind, unread; of a regional kind, what one region has.
            ///
            /// # Errors
            /// What AWS answered.
            pub async fn list(
                self,
                view: &crate::aws::View<'_>,
                region: &crate::names::Region,
            ) -> Result<Vec<AnyListed>, crate::engine::CallError> {
                match self { $(Self::$kind => {
                    let listed = <$module::$kind as crate::kind::Live>::list(view, region).await?;
                    Ok(listed.into_iter().map(AnyListed::of).collect())
                }),* }
            }
        }

        #[cfg(feature = "aws")]
        impl AnyObject {
            /// The bytes of what a file can only name, as far as it was read.
            ///
            /// # Errors
            /// What AWS answered.
            pub async fn bytes(
                &self,
                aws: &crate::aws::Aws,
            ) -> Result<Option<crate::kind::Bytes>, crate::engine::CallError> {
                match self { $(Self::$kind(object) => match &object.seen {
                    crate::kind::Seen::There(live) =>
                        <$module::$kind as crate::kind::Live>::bytes(aws, &object.id, &live.state).await,
                    _ => Ok(None),
                }),* }
            }
        }

        #[cfg(feature = "aws")]
        impl AnyAction {
            /// Executes it: one call.
            ///
            /// # Errors
            /// What AWS answered.
            pub async fn run(&self, aws: &crate::aws::Aws) -> Result<crate::engine::Receipt, crate::engine::CallError> {
                match self { $(Self::$kind { id, arn, action } =>
                    <$module::$kind as crate::kind::Live>::run(aws, id, arn, action).await),* }
            }

            /// Whether AWS has finished what it began.
            ///
            /// # Errors
            /// What AWS answered.
            pub async fn settled(
                &self,
                aws: &crate::aws::Aws,
            ) -> Result<crate::engine::Settled, crate::engine::CallError> {
                match self { $(Self::$kind { id, arn: _, action } =>
                    <$module::$kind as crate::kind::Live>::settled(aws, id, action).await),* }
            }
        }
    };
}

mod asked;
pub(crate) mod decode;
#[cfg(all(test, feature = "aws"))]
pub(crate) mod live_testing;
pub mod membership;
pub mod partial;
pub mod principal;
pub mod statements;
pub mod tagging;
#[cfg(test)]
pub(crate) mod testing;

kinds! {
    policy::Policy,
    group::Group,
    user::User,
    role::Role,
    service_linked_role::ServiceLinkedRole,
    oidc_provider::OidcProvider,
    bucket::Bucket,
    bucket_policy::BucketPolicy,
    lambda::Lambda,
    event_bus::EventBus,
    rule::Rule,
    account::Account,
}

/// A resource that the account has, of any kind.
#[cfg(feature = "aws")]
#[derive(Debug, Clone)]
pub struct AnyListed {
    /// The resource, unread and with nothing wanted of it; or its name, where that is none to work with.
    pub object: Result<AnyObject, String>,
    /// Who made it, where that was AWS or one of its services.
    pub made_by: Option<String>,
}

#[cfg(feature = "aws")]
impl AnyListed {
    fn of<K: Member>(listed: crate::kind::Listed<K>) -> Self {
        let crate::kind::Listed { id, made_by } = listed;
        let object = id.map(|id| {
            let address = Address::new(K::KIND, K::naming(&id).name);
            K::object(Object::bare(address, id))
        });
        Self { object, made_by }
    }
}

/// A kind as a member of the closed sums.
pub trait Member: Kind {
    /// Its name.
    const KIND: KindName;
    /// Into the sum.
    fn object(object: Object<Self>) -> AnyObject;
    /// Into the sum.
    fn action(id: Self::Id, arn: Arn, action: Self::Action) -> AnyAction;
    /// Into the sum.
    fn any_state(state: Self::State) -> AnyState;
    /// Out of the sum; `None` for another kind's.
    fn state_of(state: AnyState) -> Option<Self::State>;
    /// Out of the sum; `None` for another kind's.
    fn part_of(part: AnyPart) -> Option<Self::Part>;
}

/// Something to be done with a typed resource.
pub trait Visit {
    /// Its result.
    type Out;
    /// Does it.
    fn visit<K: Member>(self, object: &Object<K>) -> Self::Out;
}

/// Something that changes a typed resource.
pub trait VisitMut {
    /// Its result.
    type Out;
    /// Does it.
    fn visit<K: Member>(self, object: &mut Object<K>) -> Self::Out;
}

/// Something to be done with a kind.
pub trait VisitKind {
    /// Its result.
    type Out;
    /// Does it.
    fn visit<K: Member>(self) -> Self::Out;
}

impl KindName {
    /// The kind that a top-level key of the file holds.
    #[must_use]
    pub fn of_section(key: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.section().key == key || kind.section().aliases.contains(&key))
    }

    /// The keys that a resource of this kind may have in the file: its own and those of every resource, which settings
    /// don't have.
    #[must_use]
    pub fn known_keys(self) -> &'static [&'static str] {
        static KEYS: LazyLock<BTreeMap<KindName, Vec<&'static str>>> = LazyLock::new(|| {
            let own = |kind: &KindName| {
                let named_otherwise = kind.named_by() != Some("name");
                // A setting is neither named, nor shared, nor deleted.
                let common: &[Field] = match kind.section().form {
                    Form::Settings => &[],
                    Form::Named | Form::Listed { .. } => COMMON,
                };
                let common = common.iter().map(|field| field.name);
                let common = common.filter(move |name| !(named_otherwise && *name == "name"));
                kind.fields().iter().map(|field| field.name).chain(common)
            };
            KindName::ALL.iter().map(|kind| (*kind, own(kind).collect())).collect()
        });
        KEYS.get(&self).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether it is read through IAM.
    #[must_use]
    pub fn is_iam(self) -> bool {
        self.section().service == "iam"
    }

    /// The kind of an address's first part.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for KindName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
