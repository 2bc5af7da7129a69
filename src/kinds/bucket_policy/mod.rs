//! Statements in the policy of a bucket that somebody else owns.
//!
//! Invariant: a resource is the statements that the file names by their Sid. All others in the same policy are somebody
//! else's: never compared, never changed, and written back exactly as they were read.

#[cfg_attr(
    not(any(test, feature = "aws")),
    expect(dead_code, reason = "only AWS's side merges policies")
)]
mod document;
#[cfg(feature = "aws")]
mod live;
#[cfg(test)]
#[cfg(feature = "aws")]
mod live_tests;
mod lower;
mod permits;
mod steps;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use crate::fields::{FieldPath, FieldValue, Shown};
use crate::kind::{
    DiffCx, Facts, Field, Form, Grant, Home, Kind, Object, Observed, Obstacle, OnChange, Pair, Permit, Regained, Scope,
    Section, field,
};
use crate::names::{Arn, BucketName, IamPath, NameError};
use crate::policy_doc::{Flavour, Opened, Policy as Document};
use crate::shape::{self, Choice, Shape, items};
use crate::spec::lower::{Declared, Lowered, Lowering};
use crate::spec::node::Node;
use crate::state;

use super::role::own_principals;

pub use steps::{Action, Put};

/// The kind.
#[derive(Debug, Clone)]
pub struct BucketPolicy;

state! {
    /// The statements in their normal form.
    #[expect(non_snake_case, reason = "the field is called as AWS and the file call it")]
    pub struct State {
        /// The statements, each a document of its own, by their Sid.
        Statement: BTreeMap<String, Document>,
        /// The Sids that shall not be there.
        absent: Unwanted,
    }
}

/// Sids that shall not be in a policy: an order, not a part of what is there. All are equal.
#[derive(Debug, Clone, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Unwanted(pub BTreeSet<String>);

impl PartialEq for Unwanted {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl FieldValue for Unwanted {
    fn show(&self) -> Option<Shown> {
        None
    }
}

impl State {
    /// Every Sid that the file names.
    #[cfg(any(test, feature = "aws"))]
    pub(crate) fn sids(&self) -> BTreeSet<&str> {
        let put = self.Statement.keys();
        put.chain(&self.absent.0).map(String::as_str).collect()
    }
}

/// What only AWS knows of the policy that the statements stand in.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Evidence {
    /// Whether there is such a bucket at all.
    pub bucket: Bucket,
    /// Other people's statements that name a principal that no longer exists, each with its dead id. S3 takes no policy
    /// with such a one in it (MalformedPolicy).
    pub dangling: Vec<String>,
    /// The bucket's tags, as far as they may be read: they tell whether another environment has the bucket whole, and
    /// with it the policy.
    pub bucket_tags: BTreeMap<String, String>,
}

/// Whether there is a bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// There is.
    #[default]
    There,
    /// There is none (NoSuchBucket).
    Missing,
}

impl Kind for BucketPolicy {
    const NAME: &'static str = "bucket_policy";
    const SECTION: Section = Section {
        key: "bucket_policies",
        aliases: &[],
        service: "s3",
        principal: false,
        form: Form::Named,
        scope: Scope::Global,
    };
    const FIELDS: &'static [Field] = &[
        field(
            "Statement",
            Shape::Statements(Flavour::Resource),
            "required, but beside `absent` or `file`",
            OnChange::InPlace,
            "The statements, each with a `Sid`; those with other Sids are left as they are.",
        ),
        field(
            "Version",
            Shape::Words(&["2012-10-17"]),
            "2012-10-17",
            OnChange::InPlace,
            "As in any document; what it means for other people's statements is never changed.",
        ),
        field(
            "file",
            shape::FILE,
            "none",
            OnChange::InPlace,
            "A JSON file with the document, instead of `Statement`.",
        ),
        field(
            "absent",
            Shape::Texts(&items("Sids", shape::TEXT)),
            "none",
            OnChange::InPlace,
            "Statements that shall not be there, such as former ones of this file.",
        ),
    ];
    const ALSO: &'static [Shape] = &[Shape::Document(Flavour::Resource)];
    const CHOICES: &'static [Choice] = &[Choice::Some(&["Statement", "file", "absent"])];
    const DOC: &'static str = include_str!("doc.md");
    const TAGGABLE: bool = false;
    type Id = BucketName;
    type State = State;
    type Evidence = Evidence;
    type Action = Action;
    type Part = Infallible;

    fn identify(declared: &Declared) -> Result<BucketName, NameError> {
        BucketName::parse(&declared.name)
    }

    fn undeletable(_: &BucketName) -> Option<&'static str> {
        Some("only statements can go: list their Sids as `absent: [SID]` of this bucket under `bucket_policies:`")
    }

    /// The bucket's own: nothing else tells it.
    fn arn(id: &BucketName, _: Option<&State>, home: &Home) -> Arn {
        Arn::bucket(home.partition, id)
    }

    fn arn_named(declared: &Declared, _: &IamPath, home: &Home) -> Option<Arn> {
        Some(Self::arn(&Self::identify(declared).ok()?, None, home))
    }

    fn lower(id: &BucketName, node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Self>> {
        lower::lower(id, node, cx)
    }

    fn spell(_: &BucketName, state: &State) -> serde_json::Value {
        lower::spell(state)
    }

    fn regain(_: &BucketName, before: &Observed<Self>, after: Option<&State>) -> Regained {
        let after = after.into_iter().flat_map(|after| after.Statement.keys());
        let new: Vec<&String> = after.filter(|sid| !before.state.Statement.contains_key(*sid)).collect();
        Regained {
            instead: BTreeMap::from([("absent", serde_json::json!(new))]),
            lost: Vec::new(),
        }
    }

    fn contribute(_: &mut State, part: Infallible) {
        match part {}
    }

    fn tags(_: &State) -> Option<&BTreeMap<String, String>> {
        None
    }

    fn holds(_: &FieldPath, _: &State) -> bool {
        false
    }

    fn pristine(_: &Observed<Self>) -> bool {
        // A statement of a wanted Sid that is there already may be anybody's.
        false
    }

    fn diff(_: &BucketName, pair: Pair<'_, Self>, cx: &DiffCx<'_>) -> Vec<Action> {
        steps::diff(pair, cx)
    }

    fn after(state: Option<State>, action: &Action) -> Option<State> {
        steps::after(state, action)
    }

    fn facts(_: &BucketName, _: &Arn, action: &Action, home: &Home) -> Facts {
        steps::facts(action, home)
    }

    const LISTS: &'static [&'static str] = &[];

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
        let named = state.Statement.values();
        let named = named.flat_map(|statement| own_principals(statement, home));
        std::iter::once(Self::arn(id, None, home)).chain(named).collect()
    }

    fn grants(id: &BucketName, state: &State, home: &Home) -> Vec<Grant> {
        let grant = |(sid, statement): (&String, &Document)| Grant {
            holder: None,
            on: Self::arn(id, None, home),
            what: format!("statement {sid}"),
            field: FieldPath::entry("Statement", sid),
            document: Some(statement.clone()),
            managed: None,
            limits: false,
        };
        state.Statement.iter().map(grant).collect()
    }

    fn exposes(_: &BucketName, state: &State, _: &Home) -> BTreeSet<String> {
        let opened = state.Statement.values().flat_map(Document::opened);
        opened.flat_map(|one| Opened::phrases(&one)).collect()
    }

    fn obstacle(id: &BucketName, live: &Observed<Self>) -> Option<Obstacle> {
        let Evidence { bucket, dangling, .. } = &live.evidence;
        if *bucket == Bucket::Missing {
            return Some(Obstacle {
                guard: "missing",
                what: format!("there is no bucket `{id}`"),
                remedy: "make it first, or declare it under `buckets:` with these statements in its `policy`".into(),
            });
        }
        (!dangling.is_empty()).then(|| Obstacle {
            guard: "blocked",
            what: format!(
                "S3 takes no change of the policy of `{id}` while other people's statements name principals that no longer \
                 exist: {}",
                dangling.join(", ")
            ),
            remedy: "have those principals taken out of them first".into(),
        })
    }

    fn host_tags(live: &Observed<Self>) -> Option<&BTreeMap<String, String>> {
        Some(&live.evidence.bucket_tags)
    }

    fn users(_: &Observed<Self>) -> Vec<Arn> {
        Vec::new()
    }

    fn unmodelled(_: &Evidence) -> Vec<String> {
        Vec::new()
    }
}
