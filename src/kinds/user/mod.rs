//! Users.
//!
//! Invariant: a user is made with its boundary and its tags in one call, so that it is never unbounded or nobody's.
//! Memberships belong to the user; credentials are made at most once and never part of any state.

mod credential;
#[cfg(feature = "aws")]
mod live;
#[cfg(all(test, feature = "aws"))]
mod live_tests;
mod permits;
#[cfg(feature = "aws")]
mod secrets;
mod steps;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::address::Address;
use crate::fields::FieldPath;
use crate::kind::{
    DiffCx, Facts, Field, Form, Grant, Home, Kind, Object, Observed, OnChange, Pair, Permit, Regained, Scope, Section,
    field,
};
use crate::names::{Arn, IamPath, NameError, UserName, limits};
use crate::policy_doc::Policy as Document;
use crate::shape::{self, Shape, items};
use crate::spec::finding::Finding;
use crate::spec::lower::{Contribution, Declared, Lowered, Lowering, Referent};
use crate::spec::node::Node;
use crate::spec::table;
use crate::state;

use super::group::Group;
use super::membership::Peer;
use super::principal::{self, Holdings};
use super::tagging::{self, KeyCase};
use super::{AnyPart, KindName};

pub use credential::{Credential, FirstKey, FirstPassword, KeyStatus, Keys};
pub use steps::Action;

/// The longest sum of a user's inline policies in characters (IAM quotas).
const MOST_INLINE: usize = 2048;

/// Users take `Team` and `team` for one tag (IAM user guide, "Tags for IAM resources").
const TAG_CASE: KeyCase = KeyCase::Ignored;

/// The kind.
#[derive(Debug, Clone)]
pub struct User;

state! {
    /// A user in its normal form.
    pub struct State {
        /// Path.
        path: IamPath,
        /// Groups.
        groups: BTreeSet<Peer>,
        /// Attached policies.
        policies: BTreeSet<Arn>,
        /// Inline policies.
        inline_policies: BTreeMap<String, Document>,
        /// Boundary.
        permissions_boundary: Option<Arn>,
        /// The console password.
        console_access: Credential<FirstPassword>,
        /// An access key.
        access_key: Credential<FirstKey>,
        /// The access keys that there are.
        access_keys: Keys,
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

/// What only AWS knows of a user.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Evidence {
    /// Unique id, `AIDA…`.
    pub id: String,
    /// When the console password was made, in seconds since 1970.
    pub login: Option<i64>,
    /// The access keys, with the second since 1970 when each was made.
    pub keys: BTreeMap<String, i64>,
    /// The serial numbers of its MFA devices; `None` when they could not be read.
    pub mfa_devices: Option<Vec<String>>,
    /// Ids of signing certificates; this and what follows is read only where the user shall go.
    pub certificates: Vec<String>,
    /// Ids of SSH keys.
    pub ssh_keys: Vec<String>,
    /// Ids of credentials for single services.
    pub service_credentials: Vec<String>,
}

impl Kind for User {
    const NAME: &'static str = "user";
    const SECTION: Section = Section {
        key: "users",
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
            OnChange::InPlace,
            "The path, with a slash at both ends.",
        ),
        field(
            "groups",
            Shape::List(&items("groups", Shape::Reference("group"))),
            "none",
            OnChange::InPlace,
            "The groups that it is in; the whole list.",
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
            "console_access",
            credential::CONSOLE_ACCESS,
            "as it is",
            OnChange::Held,
            "A generated first password, made where there is none and written to the store; `none` removes one.",
        ),
        field(
            "access_key",
            credential::ACCESS_KEY,
            "as it is",
            OnChange::Held,
            "An access key, made where there is none and written to the store.",
        ),
        field(
            "access_keys",
            shape::NONE,
            "as they are",
            OnChange::Held,
            "`none` deactivates and deletes every access key of the user.",
        ),
        field(
            "tags",
            shape::TAGS,
            "nothing",
            OnChange::InPlace,
            "Tags; keys that differ by case alone are one.",
        ),
    ];
    const DOC: &'static str = include_str!("doc.md");
    const TAGGABLE: bool = true;
    const OFF: &'static [(&'static str, &'static str, &'static str)] = &[
        ("permissions_boundary", "permissions_boundary", "none"),
        ("console_access", "console_access", "none"),
        ("access_key", "access_keys", "none"),
        ("access_keys", "access_keys", "none"),
    ];
    const NAMES: &'static [(&'static str, KindName)] = &[
        ("groups.*", KindName::Group),
        ("policies.*", KindName::Policy),
        ("permissions_boundary", KindName::Policy),
    ];
    type Id = UserName;
    type State = State;
    type Evidence = Evidence;
    type Action = Action;
    type Part = std::convert::Infallible;

    fn identify(declared: &Declared) -> Result<UserName, NameError> {
        UserName::parse(&declared.name)
    }

    fn arn(id: &UserName, state: Option<&State>, home: &Home) -> Arn {
        let path = state.map(|state| state.path.clone()).unwrap_or_default();
        Arn::user(home.partition, &home.account, &path, id)
    }

    fn arn_named(declared: &Declared, path: &IamPath, home: &Home) -> Option<Arn> {
        let name = UserName::parse(&declared.name).ok()?;
        Some(Arn::user(home.partition, &home.account, path, &name))
    }

    fn lower(id: &UserName, node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Self>> {
        let mut table = cx.table::<Self>(node)?;
        let path = table.take("path").map(|node| cx.parse(node, "path", IamPath::parse));
        let memberships = memberships(table.take("groups"), cx);
        let policies_node = table.take("policies");
        let policies = cx.policies(policies_node);
        cx.within(
            policies_node,
            policies.len(),
            limits::POLICIES_PER_USER,
            "policies on this user",
        );
        let inline_policies = cx.inline_policies(table.take("inline_policies"), MOST_INLINE, "user");
        let boundary = cx.boundary(table.take("permissions_boundary"));
        let console_access = credential::console_access(table.take("console_access"), cx);
        let wish = table.take("access_key");
        let access_key = credential::access_key(wish, cx);
        let access_keys = credential::access_keys(table.take("access_keys"), wish, cx);
        let tags = tagging::caseless(table.take("tags"), cx);
        let state = State {
            path: path.map_or(Some(cx.known_path::<Self>(id.as_str())), |written| written)?,
            groups: memberships
                .iter()
                .map(|referent| Peer::new(referent.arn().clone()))
                .collect(),
            policies,
            inline_policies,
            permissions_boundary: boundary?,
            console_access: console_access?,
            access_key: access_key?,
            access_keys: access_keys?,
            tags,
        };
        let member = Peer::new(Self::arn(id, Some(&state), cx.home));
        let contributions = memberships
            .iter()
            .filter_map(|referent| contribution(referent, &member))
            .collect();
        Some(Lowered {
            contributions,
            ..Lowered::new(state)
        })
    }

    fn spell(_: &UserName, state: &State) -> serde_json::Value {
        let mut spelled = serde_json::Map::new();
        let mut put = |key: &str, value: serde_json::Value| drop(spelled.insert(key.to_owned(), value));
        if state.path != IamPath::default() {
            put("path", json!(state.path));
        }
        if !state.groups.is_empty() {
            put("groups", json!(state.groups.iter().map(Peer::arn).collect::<Vec<_>>()));
        }
        principal::spell(state.holdings(), &mut put);
        if let Credential::Wished(FirstPassword { store, reset_required }) = &state.console_access {
            put(
                "console_access",
                json!({ "store": store, "reset_required": reset_required }),
            );
        }
        if let Credential::Wished(FirstKey { store }) = &state.access_key {
            put("access_key", json!({ "store": store }));
        }
        if !state.tags.is_empty() {
            put("tags", json!(state.tags));
        }
        serde_json::Value::Object(spelled)
    }

    fn regain(_: &UserName, before: &Observed<Self>, after: Option<&State>) -> Regained {
        let had_password = before.state.console_access == Credential::There;
        let mut lost = Vec::new();
        if had_password && after.is_none_or(|after| after.console_access == Credential::Absent) {
            lost.push("its password".to_owned());
        }
        let left = after.and_then(|after| after.access_keys.known());
        let keys = before.state.access_keys.known().into_iter().flat_map(BTreeMap::keys);
        let is_gone = |key: &&String| match (after, left) {
            (Some(_), None) => false,
            (_, Some(left)) => !left.contains_key(*key),
            (None, None) => true,
        };
        lost.extend(keys.filter(is_gone).map(|key| format!("the access key {key}")));
        if after.is_none() {
            lost.push("its unique id and the dates of its creation and last use".to_owned());
            lost.push("its MFA devices, certificates, SSH keys and credentials for single services".to_owned());
        }
        Regained {
            lost,
            ..Regained::default()
        }
    }

    fn contribute(_: &mut State, part: std::convert::Infallible) {
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
            "console_access" => live.console_access != Credential::Absent,
            "access_keys" => live.access_keys.known().is_some_and(|keys| !keys.is_empty()),
            _ => false,
        }
    }

    fn pristine(_: &Observed<Self>) -> bool {
        // Tags come with the creating call, so an interrupted apply never leaves an unmarked user.
        false
    }

    fn diff(_: &UserName, pair: Pair<'_, Self>, cx: &DiffCx<'_>) -> Vec<Action> {
        steps::diff(pair, cx)
    }

    fn after(state: Option<State>, action: &Action) -> Option<State> {
        steps::after(state, action)
    }

    fn facts(id: &UserName, arn: &Arn, action: &Action, home: &Home) -> Facts {
        steps::facts(id, arn, action, home)
    }

    const LISTS: &'static [&'static str] = &["iam:ListUsers"];

    fn permits(id: &Self::Id, arn: &Arn, action: &Self::Action, home: &Home) -> Vec<Permit> {
        permits::of(id, arn, action, home)
    }

    fn reads(object: &Object<Self>, home: &Home) -> Vec<Permit> {
        permits::reads(object, home)
    }

    fn otherwise(id: &Self::Id, wanted: Option<&Self::State>, home: &Home) -> Vec<Observed<Self>> {
        permits::otherwise(id, wanted, home)
    }

    fn refs(_: &UserName, state: &State, _: &Home) -> Vec<Arn> {
        let mut refs = principal::refs(state.holdings());
        refs.extend(state.groups.iter().map(|group| group.arn().clone()));
        refs
    }

    fn groups(state: &State) -> Vec<Arn> {
        state.groups.iter().map(|group| group.arn().clone()).collect()
    }

    fn grants(id: &UserName, state: &State, home: &Home) -> Vec<Grant> {
        principal::grants(state.holdings(), &Self::arn(id, Some(state), home))
    }

    fn users(_: &Observed<Self>) -> Vec<Arn> {
        Vec::new()
    }

    fn unmodelled(_: &Evidence) -> Vec<String> {
        Vec::new()
    }
}

/// The groups that a user is in; the whole list.
fn memberships(node: Option<&Node>, cx: &mut Lowering<'_>) -> Vec<Referent> {
    let Some(node) = node else { return Vec::new() };
    let items = table::list(node, "groups", "groups", &mut cx.reading()).unwrap_or_default();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for item in items {
        let Some(referent) = cx.reference(item, KindName::Group, &[]) else {
            continue;
        };
        let arn = referent.arn();
        if arn.group_name().is_none() || arn.account().as_ref() != Some(&cx.home.account) {
            let message = format!("`{arn}` is no group of this account");
            cx.report(Finding::error("E0411", item.span, message));
        } else if seen.insert(Peer::new(arn.clone())) {
            found.push(referent);
        } else {
            let finding = Finding::error("E0414", item.span, "this group is listed twice");
            cx.report(finding.label("remove one of them"));
        }
    }
    cx.within(Some(node), found.len(), limits::GROUPS_PER_USER, "groups for this user");
    found
}

/// What a declared group must know of its member.
fn contribution(referent: &Referent, member: &Peer) -> Option<Contribution> {
    let Referent::Declared { id, arn: _ } = referent else {
        return None;
    };
    let to = Address::new(<Group as super::Member>::KIND, id);
    Some(Contribution {
        to,
        part: AnyPart::Group(member.clone()),
    })
}
