//! Roles.
//!
//! Invariant: a role is made with its boundary and its tags in one call, so that it is never unbounded or nobody's.

mod federation;
#[cfg(feature = "aws")]
mod live;
mod permits;
mod steps;
mod trust;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use serde_json::json;

use crate::fields::FieldPath;
use crate::kind::{
    DiffCx, Facts, Field, Form, Grant, Home, Kind, Object, Observed, OnChange, Pair, Permit, Regained, Scope, Section,
    field,
};
use crate::names::{Arn, IamPath, InstanceProfileName, NameError, RoleName, SessionLength, limits};
use crate::policy_doc::{Opened, Policy as Document};
use crate::shape::{self, Shape};
use crate::spec::lower::{Declared, Lowered, Lowering};
use crate::spec::node::{Node, Value};
use crate::spec::table::{self, Table};
use crate::state;

use super::KindName;
use super::principal::{self, Holdings};
use super::tagging;

pub use steps::Action;
pub(crate) use trust::own_principals;

/// The kind.
#[derive(Debug, Clone)]
pub struct Role;

state! {
    /// A role in its normal form.
    pub struct State {
        /// Path.
        path: IamPath,
        /// Description.
        description: String,
        /// Who may assume it.
        trust: Document,
        /// The longest session.
        max_session_duration: SessionLength,
        /// Attached policies.
        policies: BTreeSet<Arn>,
        /// Inline policies.
        inline_policies: BTreeMap<String, Document>,
        /// Boundary.
        permissions_boundary: Option<Arn>,
        /// The instance profiles that carry it to EC2.
        instance_profile: BTreeSet<String>,
        /// Tags.
        tags: BTreeMap<String, String>,
    }
}

impl State {
    fn holdings(&self) -> Holdings<'_> {
        Holdings {
            policies: &self.policies,
            inline: &self.inline_policies,
            boundary: self.permissions_boundary.as_ref(),
        }
    }
}

/// What only AWS knows of a role.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Evidence {
    /// Unique id, `AROA…`.
    pub id: String,
}

impl Kind for Role {
    const NAME: &'static str = "role";
    const SECTION: Section = Section {
        key: "roles",
        aliases: &[],
        service: "iam",
        principal: true,
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
            OnChange::InPlace,
            "What it is for.",
        ),
        field(
            "trust",
            trust::SHAPE,
            "required",
            OnChange::InPlace,
            "Who may assume it.",
        ),
        field(
            "max_session_duration",
            Shape::Duration {
                least: 3600,
                most: 43_200,
            },
            "1h",
            OnChange::InPlace,
            "The longest session.",
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
            "permissions_boundary",
            shape::BOUNDARY,
            "none",
            OnChange::Held,
            "The boundary; only `none` takes a live one off.",
        ),
        field(
            "instance_profile",
            Shape::Called(
                "true, a name, or `none`",
                &Shape::AnyOf(&[Shape::Boolean, shape::WRITTEN]),
            ),
            "none",
            OnChange::Held,
            "The instance profile that carries it to EC2; true: of the same name.",
        ),
        field("tags", shape::TAGS, "nothing", OnChange::InPlace, "Tags."),
    ];
    const DOC: &'static str = include_str!("doc.md");
    const TAGGABLE: bool = true;
    const OFF: &'static [(&'static str, &'static str, &'static str)] = &[
        ("permissions_boundary", "permissions_boundary", "none"),
        ("instance_profile", "instance_profile", "none"),
    ];
    const NAMES: &'static [(&'static str, KindName)] = &[
        ("policies.*", KindName::Policy),
        ("permissions_boundary", KindName::Policy),
    ];
    type Id = RoleName;
    type State = State;
    type Evidence = Evidence;
    type Action = Action;
    type Part = Infallible;

    fn identify(declared: &Declared) -> Result<RoleName, NameError> {
        RoleName::parse(&declared.name)
    }

    fn arn(id: &RoleName, state: Option<&State>, home: &Home) -> Arn {
        let path = state.map(|state| state.path.clone()).unwrap_or_default();
        Arn::role(home.partition, &home.account, &path, id)
    }

    fn arn_named(declared: &Declared, path: &IamPath, home: &Home) -> Option<Arn> {
        let name = RoleName::parse(&declared.name).ok()?;
        Some(Arn::role(home.partition, &home.account, path, &name))
    }

    fn lower(id: &RoleName, node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Self>> {
        let mut table = cx.table::<Self>(node)?;
        let path = table.take("path").map(|node| cx.parse(node, "path", IamPath::parse));
        let description = table.take("description").map(|node| cx.description(node, 1000));
        let session = table.take("max_session_duration");
        let session = session.map(|node| session_length(node, cx));
        let policies_node = table.take("policies");
        let policies = cx.policies(policies_node);
        cx.within(
            policies_node,
            policies.len(),
            limits::POLICIES_PER_ROLE,
            "policies on this role",
        );
        let inline_policies = cx.inline_policies(
            table.take("inline_policies"),
            principal::Holder::Role.most_inline(),
            "role",
        );
        let boundary = cx.boundary(table.take("permissions_boundary"));
        let instance_profile = instance_profile(id, &mut table, cx);
        let tags = tagging::caseless(table.take("tags"), cx);
        let trust = table
            .required("trust", &mut cx.reading())
            .and_then(|node| trust::lower(node, cx));
        let state = State {
            path: path.unwrap_or_else(|| Some(cx.known_path::<Self>(id.as_str())))?,
            description: description.unwrap_or_else(|| Some(String::new()))?,
            trust: trust?,
            max_session_duration: session.unwrap_or_else(|| SessionLength::of_seconds(3600).ok())?,
            policies,
            inline_policies,
            permissions_boundary: boundary?,
            instance_profile: instance_profile?,
            tags,
        };
        Some(Lowered::new(state))
    }

    fn spell(id: &RoleName, state: &State) -> serde_json::Value {
        let mut spelled = serde_json::Map::new();
        let mut put = |key: &str, value: serde_json::Value| drop(spelled.insert(key.to_owned(), value));
        if state.path != IamPath::default() {
            put("path", json!(state.path));
        }
        if !state.description.is_empty() {
            put("description", json!(state.description));
        }
        put("trust", trust::spell(&state.trust));
        if state.max_session_duration.seconds() != 3600 {
            put("max_session_duration", json!(state.max_session_duration));
        }
        principal::spell(state.holdings(), &mut put);
        match state.instance_profile.iter().collect::<Vec<_>>().as_slice() {
            [] => {}
            [name] if name.as_str() == id.as_str() => put("instance_profile", json!(true)),
            [first, ..] => put("instance_profile", json!(first)),
        }
        if !state.tags.is_empty() {
            put("tags", json!(state.tags));
        }
        serde_json::Value::Object(spelled)
    }

    fn regain(_: &RoleName, before: &Observed<Self>, after: Option<&State>) -> Regained {
        let Some(after) = after else {
            return Regained::without("its unique id, the date of its creation and when it was last used");
        };
        let profile = &before.state.instance_profile;
        match !profile.is_empty() && after.instance_profile != *profile {
            true => Regained::without("the unique id of its instance profile, and which machines run with it"),
            false => Regained::default(),
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

    fn holds(path: &FieldPath, live: &State) -> bool {
        match path.field {
            "permissions_boundary" => live.permissions_boundary.is_some(),
            "instance_profile" => path.key.as_ref().is_some_and(|key| live.instance_profile.contains(key)),
            _ => false,
        }
    }

    fn pristine(_: &Observed<Self>) -> bool {
        // Tags come with the creating call, so an interrupted apply never leaves an unmarked role.
        false
    }

    fn diff(id: &RoleName, pair: Pair<'_, Self>, cx: &DiffCx<'_>) -> Vec<Action> {
        steps::diff(id, pair, cx)
    }

    fn after(state: Option<State>, action: &Action) -> Option<State> {
        steps::after(state, action)
    }

    fn facts(id: &RoleName, arn: &Arn, action: &Action, home: &Home) -> Facts {
        steps::facts(id, arn, action, home)
    }

    const LISTS: &'static [&'static str] = &["iam:ListRoles"];

    fn permits(id: &Self::Id, arn: &Arn, action: &Self::Action, home: &Home) -> Vec<Permit> {
        permits::of(id, arn, action, home)
    }

    fn reads(object: &Object<Self>, home: &Home) -> Vec<Permit> {
        permits::reads(object, home)
    }

    fn otherwise(id: &Self::Id, wanted: Option<&Self::State>, home: &Home) -> Vec<Observed<Self>> {
        permits::otherwise(id, wanted, home)
    }

    fn refs(_: &RoleName, state: &State, home: &Home) -> Vec<Arn> {
        let mut refs = principal::refs(state.holdings());
        refs.extend(trust::own_principals(&state.trust, home));
        refs
    }

    fn grants(id: &RoleName, state: &State, home: &Home) -> Vec<Grant> {
        let arn = Self::arn(id, Some(state), home);
        let mut grants = principal::grants(state.holdings(), &arn);
        grants.push(Grant {
            holder: None,
            on: arn,
            what: "trust policy".into(),
            field: FieldPath::whole("trust"),
            document: Some(state.trust.clone()),
            managed: None,
            limits: false,
        });
        grants
    }

    fn exposes(_: &RoleName, state: &State, _: &Home) -> BTreeSet<String> {
        let mut opened: BTreeSet<String> = state.trust.opened().iter().flat_map(Opened::phrases).collect();
        opened.extend(federation::opened(&state.trust));
        opened
    }

    fn users(_: &Observed<Self>) -> Vec<Arn> {
        Vec::new()
    }

    fn unmodelled(_: &Evidence) -> Vec<String> {
        Vec::new()
    }
}

/// The length of a session; AWS takes 1 to 12 hours.
fn session_length(node: &Node, cx: &mut Lowering<'_>) -> Option<SessionLength> {
    let length = table::duration(node, "max_session_duration", 3600..=43_200, &mut cx.reading())?;
    SessionLength::of_seconds(length.as_secs()).ok()
}

/// `true`: a profile of the role's own name; a text: of that name; `none`: none, in words.
fn instance_profile(id: &RoleName, table: &mut Table<'_>, cx: &mut Lowering<'_>) -> Option<BTreeSet<String>> {
    let Some(node) = table.take("instance_profile") else {
        return Some(BTreeSet::new());
    };
    match &node.value {
        Value::Bool(true) => Some(BTreeSet::from([id.to_string()])),
        Value::Bool(false) => Some(BTreeSet::new()),
        Value::Text(text) if text == "none" => Some(BTreeSet::new()),
        Value::Text(_) => {
            let name = cx.parse(node, "instance_profile", InstanceProfileName::parse)?;
            Some(BTreeSet::from([name.to_string()]))
        }
        Value::Null | Value::Number(_) | Value::List(_) | Value::Map(_) => {
            cx.report(table::wrong_type(node, "instance_profile", "true, a name or `none`"));
            None
        }
    }
}
