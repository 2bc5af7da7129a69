//! Groups.
//!
//! Invariant: a group never makes a membership; it only breaks those that no user of the file owns.

#[cfg(feature = "aws")]
mod live;
#[cfg(all(test, feature = "aws"))]
mod live_tests;
mod permits;
mod steps;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::fields::FieldPath;
use crate::kind::{
    DiffCx, Facts, Field, Form, Grant, Home, Kind, Object, Observed, OnChange, Pair, Permit, Regained, Scope, Section,
    field,
};
use crate::names::{Arn, GroupName, IamPath, NameError, limits};
use crate::policy_doc::Policy as Document;
use crate::shape::{self, Shape};
use crate::spec::lower::{Declared, Lowered, Lowering};
use crate::spec::node::Node;
use crate::spec::table;
use crate::state;

use super::KindName;
use super::membership::Peer;
use super::principal::{self, Holdings};

pub use steps::Action;

/// The longest sum of a group's inline policies in characters (IAM quotas).
const MOST_INLINE: usize = 5120;

/// The kind.
#[derive(Debug, Clone)]
pub struct Group;

state! {
    /// A group in its normal form.
    pub struct State {
        /// Path.
        path: IamPath,
        /// Attached policies.
        policies: BTreeSet<Arn>,
        /// Inline policies.
        inline_policies: BTreeMap<String, Document>,
        /// Members; the wanted ones are contributed by the users.
        members: BTreeSet<Peer>,
    }
}

impl State {
    fn holdings(&self) -> Holdings<'_> {
        Holdings {
            policies: &self.policies,
            inline: &self.inline_policies,
            boundary: None,
        }
    }
}

/// What only AWS knows of a group.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Evidence {
    /// Unique id, `AGPA…`.
    pub id: String,
    /// The ARNs of its members, with their paths.
    pub members: Vec<Arn>,
}

impl Kind for Group {
    const NAME: &'static str = "group";
    const SECTION: Section = Section {
        key: "groups",
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
            OnChange::InPlace,
            "The path, with a slash at both ends.",
        ),
        field(
            "policies",
            shape::POLICIES,
            "none",
            OnChange::InPlace,
            "Attached managed policies; the whole list.",
        ),
        field(
            "inline_policies",
            shape::INLINE_POLICIES,
            "none",
            OnChange::InPlace,
            "Inline policies; the whole map.",
        ),
        field(
            "members",
            Shape::Words(&["exact"]),
            "others are shown and kept",
            OnChange::Held,
            "`exact`: whoever is in it and not put there by this file is taken out.",
        ),
    ];
    const DOC: &'static str = include_str!("doc.md");
    const TAGGABLE: bool = false;
    const TELLING: &'static [&'static str] = &["members"];
    const NAMES: &'static [(&'static str, KindName)] = &[("policies.*", KindName::Policy)];
    type Id = GroupName;
    type State = State;
    type Evidence = Evidence;
    type Action = Action;
    /// A member.
    type Part = Peer;

    fn identify(declared: &Declared) -> Result<GroupName, NameError> {
        GroupName::parse(&declared.name)
    }

    fn arn(id: &GroupName, state: Option<&State>, home: &Home) -> Arn {
        let path = state.map(|state| state.path.clone()).unwrap_or_default();
        Arn::group(home.partition, &home.account, &path, id)
    }

    fn arn_named(declared: &Declared, path: &IamPath, home: &Home) -> Option<Arn> {
        let name = GroupName::parse(&declared.name).ok()?;
        Some(Arn::group(home.partition, &home.account, path, &name))
    }

    fn lower(id: &GroupName, node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Self>> {
        let mut table = cx.table::<Self>(node)?;
        let path = table.take("path").map(|node| cx.parse(node, "path", IamPath::parse));
        let policies_node = table.take("policies");
        let policies = cx.policies(policies_node);
        cx.within(
            policies_node,
            policies.len(),
            limits::POLICIES_PER_GROUP,
            "policies on this group",
        );
        let inline_policies = cx.inline_policies(table.take("inline_policies"), MOST_INLINE, "group");
        if let Some(node) = table.take("members") {
            table::one_of(node, "members", &[("exact", ())], &mut cx.reading())?;
        }
        let path = path.map_or(Some(cx.known_path::<Self>(id.as_str())), |written| written)?;
        Some(Lowered::new(State {
            path,
            policies,
            inline_policies,
            members: BTreeSet::new(),
        }))
    }

    fn spell(_: &GroupName, state: &State) -> serde_json::Value {
        let mut spelled = serde_json::Map::new();
        let mut put = |key: &str, value: serde_json::Value| drop(spelled.insert(key.to_owned(), value));
        if state.path != IamPath::default() {
            put("path", json!(state.path));
        }
        principal::spell(state.holdings(), &mut put);
        serde_json::Value::Object(spelled)
    }

    fn regain(_: &GroupName, _: &Observed<Self>, after: Option<&State>) -> Regained {
        match after {
            Some(_) => Regained::default(),
            None => Regained::without("its unique id and the date of its creation"),
        }
    }

    fn contribute(state: &mut State, part: Peer) {
        state.members.insert(part);
    }

    fn tags(_: &State) -> Option<&BTreeMap<String, String>> {
        None
    }

    fn path(state: &State) -> Option<IamPath> {
        Some(state.path.clone())
    }

    fn holds(path: &FieldPath, live: &State) -> bool {
        path.field == "members" && !live.members.is_empty()
    }

    /// A membership is the user's, where the file speaks for all of the user, and a missing one always.
    fn is_elsewhere(path: &FieldPath, live: &Observed<Self>, whole: &BTreeSet<Arn>) -> bool {
        let named = |peer: &&Peer| Some(peer.name()) == path.key.as_deref();
        let extra = || live.state.members.iter().find(named);
        path.field == "members" && extra().is_none_or(|member| whole.contains(member.arn()))
    }

    fn pristine(live: &Observed<Self>) -> bool {
        let State {
            path: _,
            policies,
            inline_policies,
            members,
        } = &live.state;
        policies.is_empty() && inline_policies.is_empty() && members.is_empty()
    }

    fn diff(_: &GroupName, pair: Pair<'_, Self>, cx: &DiffCx<'_>) -> Vec<Action> {
        steps::diff(pair, cx)
    }

    fn after(state: Option<State>, action: &Action) -> Option<State> {
        steps::after(state, action)
    }

    fn facts(id: &GroupName, arn: &Arn, action: &Action, home: &Home) -> Facts {
        steps::facts(id, arn, action, home)
    }

    const LISTS: &'static [&'static str] = &["iam:ListGroups"];

    fn permits(id: &Self::Id, arn: &Arn, action: &Self::Action, home: &Home) -> Vec<Permit> {
        permits::of(id, arn, action, home)
    }

    fn reads(object: &Object<Self>, home: &Home) -> Vec<Permit> {
        permits::reads(object, home)
    }

    fn otherwise(id: &Self::Id, wanted: Option<&Self::State>, home: &Home) -> Vec<Observed<Self>> {
        permits::otherwise(id, wanted, home)
    }

    fn refs(_: &GroupName, state: &State, _: &Home) -> Vec<Arn> {
        principal::refs(state.holdings())
    }

    fn grants(id: &GroupName, state: &State, home: &Home) -> Vec<Grant> {
        principal::grants(state.holdings(), &Self::arn(id, Some(state), home))
    }

    fn users(live: &Observed<Self>) -> Vec<Arn> {
        live.evidence.members.clone()
    }

    fn unmodelled(_: &Evidence) -> Vec<String> {
        Vec::new()
    }
}
