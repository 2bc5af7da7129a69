//! EventBridge rules with their targets.
//!
//! Invariant: PutRule nulls what it isn't told, so a rule is always written whole; what a service of AWS manages is never
//! touched.

mod bus;
#[cfg(feature = "aws")]
mod live;
#[cfg(test)]
#[cfg(feature = "aws")]
mod live_tests;
mod permits;
#[cfg(feature = "aws")]
mod read;
mod steps;
pub mod target;
#[cfg(test)]
mod tests;
pub mod values;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;

use serde_json::{Map, Value as Json, json};

use crate::fields::FieldPath;
use crate::kind::{
    DiffCx, Facts, Field, Form, Grant, Home, Kind, Naming, Object, Observed, OnChange, Pair, Permit, Regained, Scope,
    Section, field,
};
use crate::names::limits::RULE_DESCRIPTION_CHARACTERS;
use crate::names::{Arn, EventBusName, EventPattern, IamPath, NameError, Region, RuleName, Schedule};
use crate::shape::{self, Choice, Shape, items};
use crate::spec::finding::Finding;
use crate::spec::lower::{Declared, Index, Lowered, Lowering};
use crate::spec::node::Node;
use crate::spec::table;
use crate::state;

use super::decode::{self, text_within};
use super::role::Role;
use super::{KindName, Member as _};

pub use steps::Action;
pub use target::Target;
use values::{Matching, Switch, Timer};

/// The kind.
#[derive(Debug, Clone)]
pub struct Rule;

/// A rule's identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Id {
    /// Its name.
    pub name: RuleName,
    /// Its bus.
    pub bus: EventBusName,
    /// Its region.
    pub region: Region,
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, bus, region } = self;
        if bus.is_default() {
            write!(f, "{name} in {region}")
        } else {
            write!(f, "{name} on {bus} in {region}")
        }
    }
}

state! {
    /// A rule in its normal form.
    pub struct State {
        /// When it runs by itself.
        schedule: Option<Timer>,
        /// Which events it takes.
        pattern: Option<Matching>,
        /// Description.
        description: String,
        /// On or off.
        state: Switch,
        /// The rule's own role, rarely used.
        role: Option<Arn>,
        /// What is called.
        targets: BTreeMap<String, Target>,
        /// Tags.
        tags: BTreeMap<String, String>,
    }
}

/// What only AWS knows of a rule.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Evidence {
    /// Every target's id, those with parameters that the file can't say included.
    pub target_ids: Vec<String>,
    /// What it has that the file can't say.
    pub unmodelled: Vec<String>,
}

impl Kind for Rule {
    const NAME: &'static str = "rule";
    const SECTION: Section = Section {
        key: "rules",
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
            "bus",
            Shape::Called("bus", &Shape::Reference("event_bus")),
            "default",
            OnChange::Replace,
            "The bus that it listens on: a declared one by id, an ARN, or `{ existing: NAME }`; part of what it is.",
        ),
        field(
            "schedule",
            shape::text("rate(…) or cron(…)", r"^(rate|cron)\(.*\)$"),
            "none",
            OnChange::InPlace,
            "When it runs by itself; on the default bus only.",
        ),
        field(
            "pattern",
            Shape::Called(
                "mapping in EventBridge's own keys",
                &Shape::Map(&items("patterns", Shape::Anything)),
            ),
            "none",
            OnChange::InPlace,
            "Which events it takes.",
        ),
        field(
            "description",
            shape::TEXT,
            "nothing",
            OnChange::InPlace,
            "What it is for.",
        ),
        field(
            "state",
            crate::words_of!(Switch::WORDS),
            "enabled",
            OnChange::InPlace,
            "Whether it is on.",
        ),
        field(
            "role",
            Shape::Reference("role"),
            "none",
            OnChange::InPlace,
            "The rule's own role, which most targets don't need.",
        ),
        field(
            "targets",
            Shape::Map(&items("targets", target::SHAPE)),
            "none",
            OnChange::InPlace,
            "What is called, by id; the whole map.",
        ),
        field("tags", shape::TAGS, "nothing", OnChange::InPlace, "Tags."),
    ];
    const CHOICES: &'static [Choice] = &[Choice::Some(&["schedule", "pattern"])];
    const DOC: &'static str = include_str!("doc.md");
    const TAGGABLE: bool = true;
    const NAMES: &'static [(&'static str, KindName)] = &[
        ("bus", KindName::EventBus),
        ("role", KindName::Role),
        ("targets.*.lambda", KindName::Lambda),
        ("targets.*.role", KindName::Role),
    ];
    type Id = Id;
    type State = State;
    type Evidence = Evidence;
    type Action = Action;
    type Part = Infallible;

    fn naming(id: &Id) -> Naming {
        Naming {
            bus: (!id.bus.is_default()).then(|| id.bus.to_string()),
            ..Naming::regional(&id.name, &id.region)
        }
    }

    fn implies(id: &Id, state: &State, home: &Home) -> Vec<(Arn, FieldPath, Json)> {
        target::invocations(id, state.targets.values(), home)
    }

    fn identify(declared: &Declared) -> Result<Id, NameError> {
        Ok(Id {
            name: RuleName::parse(&declared.name)?,
            bus: declared.bus.as_deref().map_or(Ok(EventBusName::default()), bus::name)?,
            region: declared.region.clone(),
        })
    }

    fn resolve(declared: &mut Declared, index: &Index) {
        declared.bus = declared.bus.take().map(|bus| bus::resolved(bus, index));
    }

    fn arn(id: &Id, _: Option<&State>, home: &Home) -> Arn {
        Arn::rule(&id.region, &home.account, &id.bus, &id.name)
    }

    fn arn_named(declared: &Declared, _: &IamPath, home: &Home) -> Option<Arn> {
        Some(Self::arn(&Self::identify(declared).ok()?, None, home))
    }

    fn lower(id: &Id, node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Self>> {
        lower(id, node, cx)
    }

    fn spell(id: &Id, state: &State) -> Json {
        spell(id, state)
    }

    fn regain(_: &Id, _: &Observed<Self>, after: Option<&State>) -> Regained {
        match after {
            Some(_) => Regained::default(),
            None => Regained::without("the date of its creation"),
        }
    }

    fn contribute(_: &mut State, part: Infallible) {
        match part {}
    }

    fn tags(state: &State) -> Option<&BTreeMap<String, String>> {
        Some(&state.tags)
    }

    fn holds(_: &FieldPath, _: &State) -> bool {
        false
    }

    fn pristine(_: &Observed<Self>) -> bool {
        // Tags come with the creating call, so an interrupted apply never leaves an unmarked rule.
        false
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

    const LISTS: &'static [&'static str] = &["events:ListEventBuses", "events:ListRules"];

    fn permits(id: &Self::Id, arn: &Arn, action: &Self::Action, home: &Home) -> Vec<Permit> {
        permits::of(id, arn, action, home)
    }

    fn reads(object: &Object<Self>, home: &Home) -> Vec<Permit> {
        permits::reads(object, home)
    }

    fn otherwise(id: &Self::Id, wanted: Option<&Self::State>, home: &Home) -> Vec<Observed<Self>> {
        permits::otherwise(id, wanted, home)
    }

    fn refs(id: &Id, state: &State, home: &Home) -> Vec<Arn> {
        let bus = bus::arn(id, &home.account);
        let targets = state
            .targets
            .values()
            .flat_map(|target| [Some(&target.arn), target.role.as_ref(), target.dead_letter.as_ref()]);
        bus.into_iter()
            .chain(state.role.iter().chain(targets.flatten()).cloned())
            .collect()
    }

    fn grants(_: &Id, _: &State, _: &Home) -> Vec<Grant> {
        Vec::new()
    }

    fn users(_: &Observed<Self>) -> Vec<Arn> {
        Vec::new()
    }

    fn unmodelled(evidence: &Evidence) -> Vec<String> {
        evidence.unmodelled.clone()
    }
}

fn lower(id: &Id, node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Rule>> {
    let mut table = cx.table::<Rule>(node)?;
    if let Some(node) = table.take("region") {
        decode::region(node, cx);
    }
    if let Some(node) = table.take("bus") {
        bus::lower(id, node, cx);
    }
    let (schedule_node, pattern_node) = (table.take("schedule"), table.take("pattern"));
    if schedule_node.is_none() && pattern_node.is_none() {
        let message = "this rule has neither `schedule` nor `pattern`";
        cx.report(Finding::error("E0304", node.span, message).label("write one of them"));
    }
    let schedule = schedule_node.map(|node| schedule(id, node, cx));
    let pattern = pattern_node.map(|node| pattern(node, cx));
    let description = table.take("description");
    let description = description.map(|node| text_within(node, "description", RULE_DESCRIPTION_CHARACTERS.value, cx));
    let state = table
        .take("state")
        .map(|node| table::one_of(node, "state", Switch::WORDS, &mut cx.reading()));
    let role = table.take("role").map(|node| cx.reference(node, Role::KIND, &[]));
    let targets = target::lower(id, table.take("targets"), cx);
    let tags = cx.tags(table.take("tags"));
    let target::Targets {
        targets,
        contributions,
        notes,
    } = targets;
    let state = State {
        schedule: schedule.map_or(Some(None), |written| written.map(Some))?,
        pattern: pattern.map_or(Some(None), |written| written.map(Some))?,
        description: description.map_or(Some(String::new()), |written| written)?,
        state: state.map_or(Some(Switch::Enabled), |written| written)?,
        role: role.map_or(Some(None), |role| role.map(|role| Some(role.arn().clone())))?,
        targets,
        tags,
    };
    Some(Lowered {
        contributions,
        notes,
        ..Lowered::new(state)
    })
}

fn schedule(id: &Id, node: &Node, cx: &mut Lowering<'_>) -> Option<Timer> {
    if !id.bus.is_default() {
        let message = "schedules run on the default bus only (ValidationException)";
        let label = "leave `bus` out, or write a `pattern`";
        cx.report(Finding::error("E0432", node.span, message).label(label));
    }
    cx.parse(node, "schedule", Schedule::parse)
        .map(|schedule| Timer::new(&schedule))
}

fn pattern(node: &Node, cx: &mut Lowering<'_>) -> Option<Matching> {
    for doubt in EventPattern::doubts_of(node) {
        cx.report(Finding::warning("E0434", doubt.span, doubt.message));
    }
    match EventPattern::of_node(node) {
        Ok(pattern) => {
            let doubt = pattern.doubt().map(|doubt| Finding::warning("E0415", node.span, doubt));
            cx.findings.extend(doubt);
            Some(Matching::Pattern(pattern))
        }
        Err(faults) => {
            for fault in faults {
                cx.report(Finding::error("E0411", fault.span, fault.message));
            }
            None
        }
    }
}

fn spell(id: &Id, state: &State) -> Json {
    let mut spelled = Map::new();
    let mut put = |key: &str, value: Json| drop(spelled.insert(key.to_owned(), value));
    if !id.bus.is_default() {
        put("bus", json!(id.bus));
    }
    if let Some(schedule) = &state.schedule {
        put("schedule", json!(schedule));
    }
    if let Some(pattern) = &state.pattern {
        put(
            "pattern",
            serde_json::from_str(pattern.as_str()).unwrap_or_else(|_| json!(pattern)),
        );
    }
    if !state.description.is_empty() {
        put("description", json!(state.description));
    }
    if state.state != Switch::Enabled {
        put("state", json!(state.state.word()));
    }
    if let Some(role) = &state.role {
        put("role", json!(role));
    }
    if !state.targets.is_empty() {
        let targets: Map<String, Json> = state
            .targets
            .iter()
            .map(|(id, one)| (id.clone(), target::spell(one)))
            .collect();
        put("targets", Json::Object(targets));
    }
    if !state.tags.is_empty() {
        put("tags", json!(state.tags));
    }
    Json::Object(spelled)
}

/// Rules tell tag keys apart by case.
const TAG_CASE: super::tagging::KeyCase = super::tagging::KeyCase::Exact;
