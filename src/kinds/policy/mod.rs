//! Customer managed policies.
//!
//! Invariant: a document is only ever changed by a new version or by making an older one default; the policy itself, and
//! with it every attachment, stays.

#[cfg(feature = "aws")]
mod live;
mod permits;
mod steps;

use std::collections::BTreeMap;
use std::convert::Infallible;

use serde_json::json;

use crate::fields::FieldPath;
use crate::kind::{
    DiffCx, Facts, Field, Form, Grant, Home, Kind, Object, Observed, OnChange, Pair, Permit, Regained, Scope, Section,
    field,
};
use crate::names::{Arn, IamPath, NameError, PolicyName};
use crate::policy_doc::{Flavour, Policy as Document};
use crate::shape::{self, Shape};
use crate::spec::finding::Finding;
use crate::spec::lower::{Declared, Lowered, Lowering};
use crate::spec::node::Node;
use crate::state;

use super::tagging::KeyCase;

pub use steps::Action;

/// A managed policy's longest document in characters, white space not counted (IAM quotas).
const MOST_CHARACTERS: usize = 6144;

/// The kind.
#[derive(Debug, Clone)]
pub struct Policy;

state! {
    /// A customer managed policy in its normal form.
    pub struct State {
        /// Path.
        path: IamPath,
        /// Description.
        description: String,
        /// The version in force.
        document: Document,
        /// Tags.
        tags: BTreeMap<String, String>,
    }
}

/// What only AWS knows of a policy.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Evidence {
    /// Unique id, `ANPA…`.
    pub id: String,
    /// The versions, oldest first.
    pub versions: Vec<Version>,
    /// Who has it attached or as boundary; read only where the policy shall go.
    pub users: Vec<Arn>,
}

/// A version of a policy.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Version {
    /// `v1`, `v2` …
    pub id: String,
    /// Whether it is in force.
    pub is_default: bool,
    /// Its document.
    pub document: Option<Document>,
}

impl Kind for Policy {
    const NAME: &'static str = "policy";
    const SECTION: Section = Section {
        key: "policies",
        aliases: &[],
        service: "iam",
        principal: false,
        form: Form::Named,
        scope: Scope::Global,
    };
    const FIELDS: &'static [Field] = &[
        field(
            "path",
            shape::PATH,
            "/",
            OnChange::Replace,
            "The path, with a slash at both ends.",
        ),
        field(
            "description",
            shape::TEXT,
            "nothing",
            OnChange::Replace,
            "What it is for; AWS keeps the first one for ever.",
        ),
        field(
            "document",
            Shape::Document(Flavour::Identity),
            "required",
            OnChange::InPlace,
            "The statements.",
        ),
        field("tags", shape::TAGS, "nothing", OnChange::InPlace, "Tags."),
    ];
    const DOC: &'static str = include_str!("doc.md");
    const TAGGABLE: bool = true;
    type Id = PolicyName;
    type State = State;
    type Evidence = Evidence;
    type Action = Action;
    type Part = Infallible;

    fn identify(declared: &Declared) -> Result<PolicyName, NameError> {
        PolicyName::parse(&declared.name)
    }

    fn arn(id: &PolicyName, state: Option<&State>, home: &Home) -> Arn {
        let path = state.map(|state| state.path.clone()).unwrap_or_default();
        Arn::policy(home.partition, &home.account, &path, id)
    }

    fn arn_named(declared: &Declared, path: &IamPath, home: &Home) -> Option<Arn> {
        let name = PolicyName::parse(&declared.name).ok()?;
        Some(Arn::policy(home.partition, &home.account, path, &name))
    }

    fn lower(id: &PolicyName, node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Self>> {
        let mut table = cx.table::<Self>(node)?;
        let path = table
            .take("path")
            .map(|node| cx.parse(node, "path", IamPath::parse_for_policy));
        let description = table.take("description").map(|node| cx.description(node, 1000));
        let tags = cx.tags(table.take("tags"));
        let document_node = table.required("document", &mut cx.reading())?;
        let document = cx.document(document_node, Flavour::Identity)?;
        if document.size() > MOST_CHARACTERS {
            let message = format!(
                "policy `{id}` is {} characters long without white space, and AWS takes {MOST_CHARACTERS}",
                document.size()
            );
            cx.report(Finding::error("P008", document_node.span, message).label("split it into two policies"));
        }
        let state = State {
            path: path.unwrap_or_else(|| Some(cx.known_path::<Self>(id.as_str())))?,
            description: description.unwrap_or_else(|| Some(String::new()))?,
            document,
            tags,
        };
        Some(Lowered::new(state))
    }

    fn spell(_: &PolicyName, state: &State) -> serde_json::Value {
        let mut spelled = serde_json::Map::new();
        if state.path != IamPath::default() {
            spelled.insert("path".into(), json!(state.path));
        }
        if !state.description.is_empty() {
            spelled.insert("description".into(), json!(state.description));
        }
        spelled.insert("document".into(), json!(state.document));
        if !state.tags.is_empty() {
            spelled.insert("tags".into(), json!(state.tags));
        }
        serde_json::Value::Object(spelled)
    }

    fn regain(_: &PolicyName, before: &Observed<Self>, after: Option<&State>) -> Regained {
        match after {
            None => Regained::without("its unique id, the date of its creation and its former versions"),
            Some(after) if after.document != before.state.document => {
                Regained::without("the number and the date of its version in force; of five versions the oldest goes")
            }
            Some(_) => Regained::default(),
        }
    }

    fn contribute(_: &mut State, part: Infallible) {
        match part {}
    }

    fn tags(state: &State) -> Option<&BTreeMap<String, String>> {
        Some(&state.tags)
    }

    fn path(state: &State) -> Option<IamPath> {
        Some(state.path.clone())
    }

    fn holds(_: &FieldPath, _: &State) -> bool {
        false
    }

    fn pristine(_: &Observed<Self>) -> bool {
        // Tags come with the creating call, so an interrupted apply never leaves an unmarked policy.
        false
    }

    fn diff(_: &PolicyName, pair: Pair<'_, Self>, cx: &DiffCx<'_>) -> Vec<Action> {
        steps::diff(pair, cx)
    }

    fn after(state: Option<State>, action: &Action) -> Option<State> {
        steps::after(state, action)
    }

    fn facts(id: &PolicyName, arn: &Arn, action: &Action, _: &Home) -> Facts {
        steps::facts(id, arn, action)
    }

    const LISTS: &'static [&'static str] = &["iam:ListPolicies"];

    fn permits(id: &Self::Id, arn: &Arn, action: &Self::Action, home: &Home) -> Vec<Permit> {
        permits::of(id, arn, action, home)
    }

    fn reads(object: &Object<Self>, home: &Home) -> Vec<Permit> {
        permits::reads(object, home)
    }

    fn otherwise(id: &Self::Id, wanted: Option<&Self::State>, home: &Home) -> Vec<Observed<Self>> {
        permits::otherwise(id, wanted, home)
    }

    fn refs(_: &PolicyName, _: &State, _: &Home) -> Vec<Arn> {
        Vec::new()
    }

    fn grants(_: &PolicyName, _: &State, _: &Home) -> Vec<Grant> {
        // A policy gives nothing by itself; who has it attached says so.
        Vec::new()
    }

    fn held_document(state: &State) -> Option<&Document> {
        Some(&state.document)
    }

    fn users(live: &Observed<Self>) -> Vec<Arn> {
        live.evidence.users.clone()
    }

    fn unmodelled(_: &Evidence) -> Vec<String> {
        Vec::new()
    }
}

/// Customer managed policies tell tag keys apart by case (IAM user guide, "Tags for IAM resources").
const TAG_CASE: KeyCase = KeyCase::Exact;
