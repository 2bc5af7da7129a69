//! Buckets.
//!
//! Invariant: a bucket is made private, encrypted and without ACLs unless the file says otherwise; what would open it to
//! everybody, or lose what people have put into it, is told to the guards.

mod access;
#[cfg(feature = "aws")]
mod ask;
pub mod cors;
mod items;
pub mod lifecycle;
#[cfg(feature = "aws")]
mod live;
#[cfg(all(test, feature = "aws"))]
mod live_tests;
pub mod logging;
pub mod notifications;
mod permits;
#[cfg(feature = "aws")]
mod read;
mod retries;
pub mod seed;
mod setting;
#[cfg(all(test, feature = "aws"))]
mod settings_live_tests;
#[cfg(test)]
mod settings_testing;
#[cfg(test)]
mod settings_tests;
mod steps;
#[cfg(test)]
mod tests;
pub mod values;
pub mod website;
#[cfg(feature = "aws")]
mod wire;
#[cfg(all(test, feature = "aws"))]
mod wire_tests;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use crate::fields::FieldPath;
use crate::kind::{
    DiffCx, Facts, Field, Form, Grant, Home, Kind, Object, Observed, Pair, Permit, Regained, Scope, Section,
};
use crate::names::{Arn, BucketName, IamPath, NameError, Region};
use crate::policy_doc::Policy as Document;
use crate::spec::lower::{Declared, Lowered, Lowering};
use crate::spec::node::Node;
use crate::state;

use super::KindName;
use super::role::own_principals;
use super::statements::Statements;
use cors::CorsRule;
use lifecycle::LifecycleRule;
use logging::Logging;
use notifications::{Destination, Notification};
use seed::Seed;
pub use setting::Setting;
pub use steps::Action;
use values::{Blocks, Encryption, Ownership, Versioning};
use website::Website;

/// The kind.
#[derive(Debug, Clone)]
pub struct Bucket;

state! {
    /// A bucket in its normal form.
    pub struct State {
        /// Where it is.
        region: Region,
        /// Versions of objects.
        versioning: Versioning,
        /// How new objects are encrypted.
        encryption: Encryption,
        /// The flags that are on.
        public_access_block: Blocks,
        /// Who owns objects.
        ownership: Ownership,
        /// The whole bucket policy.
        policy: Statements,
        /// The website.
        website: Option<Website>,
        /// Lifecycle rules by id.
        lifecycle: BTreeMap<String, LifecycleRule>,
        /// CORS rules; the first that fits counts.
        cors: Vec<CorsRule>,
        /// Where access logs go.
        logging: Option<Logging>,
        /// Notifications by id.
        notifications: BTreeMap<String, Notification>,
        /// Whether every event goes to EventBridge.
        eventbridge: bool,
        /// Seeded objects, as far as the file names them.
        objects: BTreeMap<String, Seed>,
        /// Tags.
        tags: BTreeMap<String, String>,
    }
}

impl State {
    /// A bucket as S3 makes one that it is told nothing of (S3 user guide, "Default settings", since April 2023).
    #[must_use]
    pub fn new(region: Region) -> Self {
        Self {
            region,
            versioning: Versioning::Off,
            encryption: Encryption::Aes256,
            public_access_block: Blocks::all(),
            ownership: Ownership::BucketOwnerEnforced,
            policy: Statements::default(),
            website: None,
            lifecycle: BTreeMap::new(),
            cors: Vec::new(),
            logging: None,
            notifications: BTreeMap::new(),
            eventbridge: false,
            objects: BTreeMap::new(),
            tags: BTreeMap::new(),
        }
    }
}

/// What only AWS knows of a bucket.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Evidence {
    /// What is in it, where somebody has looked.
    pub contents: Contents,
    /// What it has that the file can't say.
    pub unmodelled: Vec<String>,
}

/// What is in a bucket: objects, versions and delete markers.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Contents {
    /// Nobody has looked.
    #[default]
    Unknown,
    /// Nothing.
    Nothing,
    /// So many.
    Counted(usize),
    /// So many and more.
    MoreThan(usize),
}

impl Kind for Bucket {
    const NAME: &'static str = "bucket";
    const SECTION: Section = Section {
        key: "buckets",
        aliases: &[],
        service: "s3",
        principal: false,
        form: Form::Named,
        scope: Scope::Global,
    };
    const FIELDS: &'static [Field] = words::FIELDS;
    const DOC: &'static str = concat!(include_str!("doc.md"), "\n", include_str!("settings.md"));
    const TAGGABLE: bool = true;
    const OFF: &'static [(&'static str, &'static str, &'static str)] = &[
        ("versioning", "versioning", "suspended"),
        ("encryption", "encryption", "AES256"),
        ("policy", "policy", "none"),
        ("logging", "logging", "none"),
    ];
    const NAMES: &'static [(&'static str, KindName)] = &[("notifications.*.lambda", KindName::Lambda)];
    const REPLACEABLE: bool = false;
    const EXPOSING: &'static [&'static str] = &["policy", "public_access_block", "ownership"];
    type Id = BucketName;
    type State = State;
    type Evidence = Evidence;
    type Action = Action;
    type Part = Infallible;

    fn identify(declared: &Declared) -> Result<BucketName, NameError> {
        BucketName::parse(&declared.name)
    }

    fn arn(id: &BucketName, _: Option<&State>, home: &Home) -> Arn {
        Arn::bucket(home.partition, id)
    }

    fn arn_named(declared: &Declared, _: &IamPath, home: &Home) -> Option<Arn> {
        let name = BucketName::parse(&declared.name).ok()?;
        Some(Arn::bucket(home.partition, &name))
    }

    fn lower(id: &BucketName, node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Self>> {
        words::lower(id, node, cx)
    }

    fn spell(id: &BucketName, state: &State) -> serde_json::Value {
        words::spell(id, state)
    }

    fn regain(_: &BucketName, before: &Observed<Self>, after: Option<&State>) -> Regained {
        let Some(after) = after else {
            let contents = Self::contents(before).map(|contents| format!("{contents}, with their versions and dates"));
            let lost = contents
                .into_iter()
                .chain(["the date of its creation".to_owned()])
                .collect();
            return Regained {
                lost,
                ..Regained::default()
            };
        };
        let mut lost = Vec::new();
        if before.state.versioning == Versioning::Off && after.versioning != Versioning::Off {
            lost.push("versioning that was never on: it can only be suspended".to_owned());
        }
        let put = after
            .objects
            .iter()
            .filter(|(key, seed)| before.state.objects.get(*key) != Some(seed));
        let put: Vec<&str> = put.map(|(key, _)| key.as_str()).collect();
        if !put.is_empty() {
            lost.push(format!(
                "the bytes of objects that are written, or that they were not there: {}",
                put.join(", ")
            ));
        }
        Regained {
            lost,
            ..Regained::default()
        }
    }

    fn is_filled(state: &State) -> bool {
        !state.objects.is_empty()
    }

    fn contribute(_: &mut State, part: Infallible) {
        match part {}
    }

    fn tags(state: &State) -> Option<&BTreeMap<String, String>> {
        Some(&state.tags)
    }

    fn holds(path: &FieldPath, live: &State) -> bool {
        match path.field {
            "versioning" => live.versioning != Versioning::Off,
            "encryption" => live.encryption != Encryption::Aes256,
            "logging" => live.logging.is_some(),
            "policy" => live.policy.denies(path.key.as_deref()),
            _ => false,
        }
    }

    fn pristine(live: &Observed<Self>) -> bool {
        let empty = live.evidence.contents == Contents::Nothing && live.evidence.unmodelled.is_empty();
        let fresh = State {
            // Not every endpoint gives a new bucket what S3 gives it.
            public_access_block: live.state.public_access_block.clone(),
            ownership: live.state.ownership,
            ..State::new(live.state.region.clone())
        };
        empty && live.unknown.is_empty() && live.state == fresh
    }

    fn diff(id: &BucketName, pair: Pair<'_, Self>, cx: &DiffCx<'_>) -> Vec<Action> {
        steps::diff(id, pair, cx)
    }

    fn after(state: Option<State>, action: &Action) -> Option<State> {
        steps::after(state, action)
    }

    fn facts(id: &BucketName, arn: &Arn, action: &Action, home: &Home) -> Facts {
        steps::facts(id, arn, action, home)
    }

    const LISTS: &'static [&'static str] = &["s3:ListAllMyBuckets"];

    fn permits(id: &Self::Id, arn: &Arn, action: &Self::Action, home: &Home) -> Vec<Permit> {
        permits::of(id, arn, action, home)
    }

    fn reads(object: &Object<Self>, home: &Home) -> Vec<Permit> {
        permits::reads(object, home)
    }

    fn otherwise(id: &Self::Id, wanted: Option<&Self::State>, home: &Home) -> Vec<Observed<Self>> {
        permits::otherwise(id, wanted, home)
    }

    fn refs(id: &BucketName, state: &State, home: &Home) -> Vec<Arn> {
        let mut refs: Vec<Arn> = state
            .policy
            .iter()
            .flat_map(|policy| own_principals(policy, home))
            .collect();
        refs.extend(functions(state).cloned());
        refs.extend(log_bucket(state, home).filter(|arn| *arn != Self::arn(id, None, home)));
        refs
    }

    fn grants(id: &BucketName, state: &State, home: &Home) -> Vec<Grant> {
        let grant = |policy: &Document| Grant {
            holder: None,
            on: Self::arn(id, Some(state), home),
            what: "bucket policy".into(),
            field: FieldPath::whole("policy"),
            document: Some(policy.clone()),
            managed: None,
            limits: false,
        };
        state.policy.iter().map(grant).collect()
    }

    fn implies(id: &BucketName, state: &State, home: &Home) -> Vec<(Arn, FieldPath, serde_json::Value)> {
        notifications::invocations(id, &state.notifications, home)
    }

    fn shut(state: &State) -> Option<&'static str> {
        access::shut(state.policy.get(), &state.public_access_block)
    }

    fn exposes(id: &BucketName, state: &State, _: &Home) -> BTreeSet<String> {
        access::exposed(id, state.policy.get(), &state.public_access_block)
    }

    fn contents(live: &Observed<Self>) -> Option<String> {
        match &live.evidence.contents {
            Contents::Nothing => None,
            Contents::Counted(1) => Some("1 object or version".to_owned()),
            Contents::Counted(count) => Some(format!("{count} objects and versions")),
            Contents::MoreThan(count) => Some(format!("more than {count} objects and versions")),
            Contents::Unknown => Some("objects that nobody could count".to_owned()),
        }
    }

    fn users(_: &Observed<Self>) -> Vec<Arn> {
        Vec::new()
    }

    fn unmodelled(evidence: &Evidence) -> Vec<String> {
        evidence.unmodelled.clone()
    }
}

/// The bucket that takes the access logs.
fn log_bucket(state: &State, home: &Home) -> Option<Arn> {
    let logging = state.logging.as_ref()?;
    Some(Arn::bucket(home.partition, &logging.target_bucket))
}

/// The marks of the functions that S3 must be allowed to call before they can be notified.
fn invocations(state: &State, bucket: &Arn) -> Vec<Arn> {
    functions(state)
        .filter_map(|arn| super::lambda::invocation(arn, bucket.as_str()))
        .collect()
}

/// The functions that are told of events.
fn functions(state: &State) -> impl Iterator<Item = &Arn> {
    state.notifications.values().filter_map(|one| match &one.destination {
        Destination::Lambda(arn) => Some(arn),
        Destination::Queue(_) | Destination::Topic(_) => None,
    })
}
