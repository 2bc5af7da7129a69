//! Event buses: the one that every region has, and those of one's own.
//!
//! Invariant: the default bus is neither made nor deleted; a policy is always written whole.

#[cfg(feature = "aws")]
mod live;
#[cfg(test)]
#[cfg(feature = "aws")]
mod live_tests;
mod permits;
mod steps;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fmt;

use serde_json::{Map, Value as Json, json};

use crate::fields::FieldPath;
use crate::kind::{
    DiffCx, Facts, Field, Form, Grant, Home, Kind, Naming, Object, Observed, OnChange, Pair, Permit, Regained, Scope,
    Section, field,
};
use crate::names::limits::{EVENT_BUS_DESCRIPTION_CHARACTERS, EVENT_BUS_POLICY_CHARACTERS};
use crate::names::{Arn, EventBusName, IamPath, NameError, Region};
use crate::policy_doc::{Flavour, Policy as Document};
use crate::shape::{self, Shape};
use crate::spec::finding::Finding;
use crate::spec::lower::{Declared, Lowered, Lowering};
use crate::spec::node::Node;
use crate::state;

use super::decode::{self, none_or, text_within};
use super::role::own_principals;
use super::statements::Statements;

pub use steps::Action;

/// The kind.
#[derive(Debug, Clone)]
pub struct EventBus;

/// A bus's identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Id {
    /// Its name.
    pub name: EventBusName,
    /// Its region.
    pub region: Region,
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, region } = self;
        write!(f, "{name} in {region}")
    }
}

state! {
    /// A bus in its normal form.
    pub struct State {
        /// Description.
        description: String,
        /// Who else may send events to it, and make rules on it.
        policy: Statements,
        /// Tags.
        tags: BTreeMap<String, String>,
    }
}

/// What only AWS knows of a bus.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Evidence {
    /// The rules on it, those that a service manages included; told only of a bus that shall go.
    pub rules: Vec<Arn>,
    /// What it has that the file can't say.
    pub unmodelled: Vec<String>,
}

impl Kind for EventBus {
    const NAME: &'static str = "event_bus";
    const SECTION: Section = Section {
        key: "event_buses",
        aliases: &[],
        service: "events",
        principal: false,
        form: Form::Named,
        scope: Scope::Regional,
    };
    const FIELDS: &'static [Field] = &[
        field(
            "region",
            shape::REGION,
            "the environment's",
            OnChange::Replace,
            "Where it lives; part of what it is.",
        ),
        field(
            "description",
            shape::TEXT,
            "nothing",
            OnChange::InPlace,
            "What it is for.",
        ),
        field(
            "policy",
            Shape::AnyOf(&[Shape::Document(Flavour::Resource), shape::NONE]),
            "none",
            OnChange::Held,
            "Who else may use it; the whole policy. A live one that denies something is kept unless the file says `none`.",
        ),
        field("tags", shape::TAGS, "nothing", OnChange::InPlace, "Tags."),
    ];
    const DOC: &'static str = include_str!("doc.md");
    const TAGGABLE: bool = true;
    const OFF: &'static [(&'static str, &'static str, &'static str)] = &[("policy", "policy", "none")];
    // Unlinking a rule would be to delete it.
    const DETACHABLE: bool = false;
    type Id = Id;
    type State = State;
    type Evidence = Evidence;
    type Action = Action;
    type Part = Infallible;

    fn naming(id: &Id) -> Naming {
        Naming::regional(&id.name, &id.region)
    }

    fn identify(declared: &Declared) -> Result<Id, NameError> {
        let name = EventBusName::parse(&declared.name)?;
        if name.as_str().contains('/') {
            let reason = "only buses of partners have `/` in their names, and those come from an event source";
            return Err(NameError::Refused {
                text: declared.name.clone(),
                reason: reason.into(),
            });
        }
        let region = declared.region.clone();
        Ok(Id { name, region })
    }

    fn arn(id: &Id, _: Option<&State>, home: &Home) -> Arn {
        Arn::event_bus(&id.region, &home.account, &id.name)
    }

    fn arn_named(declared: &Declared, _: &IamPath, home: &Home) -> Option<Arn> {
        let name = EventBusName::parse(&declared.name).ok()?;
        Some(Arn::event_bus(&declared.region, &home.account, &name))
    }

    fn undeletable(id: &Id) -> Option<&'static str> {
        id.name
            .is_default()
            .then_some("every region has it; to take its policy away, declare it with `policy: none`")
    }

    fn lower(_: &Id, node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Self>> {
        lower(node, cx)
    }

    fn spell(_: &Id, state: &State) -> Json {
        let State {
            description,
            policy,
            tags,
        } = state;
        let mut spelled = Map::new();
        let mut put = |key: &str, value: Json| drop(spelled.insert(key.to_owned(), value));
        if !description.is_empty() {
            put("description", json!(description));
        }
        if let Some(policy) = policy.get() {
            put("policy", policy.written().clone());
        }
        if !tags.is_empty() {
            put("tags", json!(tags));
        }
        Json::Object(spelled)
    }

    fn regain(_: &Id, _: &Observed<Self>, after: Option<&State>) -> Regained {
        match after {
            Some(_) => Regained::default(),
            None => Regained::without("the date of its creation, and archives of its events"),
        }
    }

    fn contribute(_: &mut State, part: Infallible) {
        match part {}
    }

    fn tags(state: &State) -> Option<&BTreeMap<String, String>> {
        Some(&state.tags)
    }

    fn holds(path: &FieldPath, live: &State) -> bool {
        path.field == "policy" && live.policy.denies(path.key.as_deref())
    }

    fn pristine(live: &Observed<Self>) -> bool {
        let State {
            description,
            policy,
            tags,
        } = &live.state;
        // The default bus is there from the beginning, with nothing on it that could be lost.
        description.is_empty() && policy.is_none() && tags.is_empty() && live.evidence.unmodelled.is_empty()
    }

    fn diff(_: &Id, pair: Pair<'_, Self>, cx: &DiffCx<'_>) -> Vec<Action> {
        steps::diff(pair, cx)
    }

    fn after(state: Option<State>, action: &Action) -> Option<State> {
        steps::after(state, action)
    }

    fn facts(id: &Id, arn: &Arn, action: &Action, home: &Home) -> Facts {
        steps::facts(id, arn, action, home)
    }

    const LISTS: &'static [&'static str] = &["events:ListEventBuses"];

    fn permits(id: &Self::Id, arn: &Arn, action: &Self::Action, home: &Home) -> Vec<Permit> {
        permits::of(id, arn, action, home)
    }

    fn reads(object: &Object<Self>, home: &Home) -> Vec<Permit> {
        permits::reads(object, home)
    }

    fn otherwise(id: &Self::Id, wanted: Option<&Self::State>, home: &Home) -> Vec<Observed<Self>> {
        permits::otherwise(id, wanted, home)
    }

    fn refs(_: &Id, state: &State, home: &Home) -> Vec<Arn> {
        let policy = state.policy.iter();
        policy.flat_map(|policy| own_principals(policy, home)).collect()
    }

    fn grants(id: &Id, state: &State, home: &Home) -> Vec<Grant> {
        let grant = |policy: &Document| Grant {
            holder: None,
            on: Self::arn(id, None, home),
            what: "bus policy".into(),
            field: FieldPath::whole("policy"),
            document: Some(policy.clone()),
            managed: None,
            limits: false,
        };
        state.policy.iter().map(grant).collect()
    }

    fn exposes(_: &Id, state: &State, _: &Home) -> BTreeSet<String> {
        let opened = state.policy.iter().flat_map(Document::opened);
        opened.flat_map(|opened| opened.phrases()).collect()
    }

    fn users(live: &Observed<Self>) -> Vec<Arn> {
        live.evidence.rules.clone()
    }

    fn unmodelled(evidence: &Evidence) -> Vec<String> {
        evidence.unmodelled.clone()
    }
}

fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<EventBus>> {
    let mut table = cx.table::<EventBus>(node)?;
    if let Some(node) = table.take("region") {
        decode::region(node, cx);
    }
    let description = table.take("description");
    let description =
        description.map(|node| text_within(node, "description", EVENT_BUS_DESCRIPTION_CHARACTERS.value, cx));
    let policy = none_or(table.take("policy"), cx, policy);
    let tags = cx.tags(table.take("tags"));
    Some(Lowered::new(State {
        description: description.unwrap_or_else(|| Some(String::new()))?,
        policy: Statements(policy?),
        tags,
    }))
}

fn policy(node: &Node, cx: &mut Lowering<'_>) -> Option<Document> {
    let policy = cx.document(node, Flavour::Resource)?;
    let (size, most) = (policy.size() as u64, EVENT_BUS_POLICY_CHARACTERS.value);
    if size > most {
        let message = format!("this policy is {size} characters long, and AWS takes {most}");
        cx.report(Finding::error("P008", node.span, message));
        return None;
    }
    Some(policy)
}
