//! Service-linked roles.
//!
//! Invariant: only their existence is managed. They belong to their service: nothing marks, changes or deletes one, so
//! that a role which AWS has made itself is no difference and no matter of adoption. That is why they carry no tag here,
//! although AWS would take some once the role is there: a mark would claim what several environments may rely on.

#[cfg(feature = "aws")]
mod live;
#[cfg(all(test, feature = "aws"))]
mod live_tests;
mod permits;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;

use serde_json::json;

use crate::fields::{FieldPath, FieldValue, Fields as _, Shown};
use crate::kind::{
    Access, DiffCx, Facts, Field, Form, Grant, Home, Kind, Object, Observed, OnChange, Pair, Permit, Rank, Regained,
    Scope, Section, field,
};
use crate::names::{Arn, IamPath, LinkingService, NameError, RoleSuffix};
use crate::shape;
use crate::spec::lower::{Declared, Lowered, Lowering};
use crate::spec::node::Node;
use crate::state;

use super::principal::SPREADING;

/// The kind.
#[derive(Debug, Clone)]
pub struct ServiceLinkedRole;

/// What a role is known by: not its name, which its service chooses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Id {
    /// The service that it is for.
    pub service: LinkingService,
    /// What tells it from another one of the service.
    pub suffix: Option<RoleSuffix>,
}

impl Id {
    /// From `SERVICE` or `SERVICE_SUFFIX`; a service has no `_` in it.
    ///
    /// # Errors
    /// What AWS would refuse.
    fn parse(text: &str) -> Result<Self, NameError> {
        let (service, suffix) = match text.split_once('_') {
            Some((service, suffix)) => (service, Some(RoleSuffix::parse(suffix)?)),
            None => (text, None),
        };
        let service = LinkingService::parse(service)?;
        Ok(Self { service, suffix })
    }

    /// The path below which only the roles of the service lie.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/aws-service-role/{}/", self.service)
    }

    /// Whether a role of the service's path is this one. IAM compares names without case.
    #[must_use]
    pub fn fits(&self, name: &str) -> bool {
        let (found, wanted) = (suffix_of(&self.service, name), self.suffix.as_ref());
        match (found, wanted) {
            (Some(found), Some(wanted)) => found.eq_ignore_ascii_case(wanted.as_str()),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

/// What stands behind the name that a service gives its role. Application Auto Scaling's have a `_` of their own,
/// `AWSServiceRoleForApplicationAutoScaling_DynamoDBTable`, and take no suffix (its guide, "Service-linked roles"); so has
/// `AWSServiceRoleForAmazonSSM_AccountDiscovery` (Systems Manager's guide).
fn suffix_of<'n>(service: &LinkingService, name: &'n str) -> Option<&'n str> {
    let (_, rest) = name.split_once('_')?;
    let service = service.as_str();
    if service.ends_with(".application-autoscaling.amazonaws.com") || service == "accountdiscovery.ssm.amazonaws.com" {
        return rest.split_once('_').map(|(_, suffix)| suffix);
    }
    Some(rest)
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.suffix {
            Some(suffix) => write!(f, "{}_{suffix}", self.service),
            None => write!(f, "{}", self.service),
        }
    }
}

/// What counts when the role is made and is no difference afterwards.
#[derive(Debug, Clone, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Once(pub String);

impl PartialEq for Once {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl FieldValue for Once {
    fn show(&self) -> Option<Shown> {
        self.0.show()
    }
}

state! {
    /// A role that is there.
    pub struct State {
        /// What it is for, as its maker put it.
        description: Once,
    }
}

/// What only AWS knows of a role.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Evidence {
    /// The name that the service has chosen.
    pub name: String,
}

/// One mutation of a role.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// CreateServiceLinkedRole with its description, if it has one.
    Create(String),
}

impl Kind for ServiceLinkedRole {
    const NAME: &'static str = "service_linked_role";
    const SECTION: Section = Section {
        key: "service_linked_roles",
        aliases: &[],
        service: "iam",
        principal: false,
        form: Form::Listed {
            field: "service",
            further: Some("suffix"),
        },
        scope: Scope::Global,
    };
    const FIELDS: &'static [Field] = &[
        field(
            "service",
            shape::text("host of a service", r"\S"),
            "required",
            OnChange::Replace,
            "The service that it is for; alone, it may stand without `service:`.",
        ),
        field(
            "suffix",
            shape::WRITTEN,
            "none",
            OnChange::Replace,
            "Tells a further role of the service from the first one; part of what it is.",
        ),
        field(
            "description",
            shape::TEXT,
            "the service's",
            OnChange::CreateOnly,
            "What it is for.",
        ),
    ];
    const DOC: &'static str = include_str!("doc.md");
    const TAGGABLE: bool = false;
    const STAND_IN: &'static str = "unnamed.amazonaws.com";
    type Id = Id;
    type State = State;
    type Evidence = Evidence;
    type Action = Action;
    type Part = Infallible;

    fn identify(declared: &Declared) -> Result<Id, NameError> {
        Id::parse(&declared.name)
    }

    /// Not its real ARN, which nobody knows before AWS has named it, and which the rest of the program never needs:
    /// path and suffix with a `*` for what the service puts between, for order and to tell that AWS makes it. A `*` can be
    /// in no name, so it is never taken for another role's.
    fn arn(id: &Id, _: Option<&State>, home: &Home) -> Arn {
        let suffix = id.suffix.as_ref().map(|suffix| format!("_{suffix}"));
        Arn::linked_role(home.partition, &home.account, &id.service, &suffix.unwrap_or_default())
    }

    fn arn_named(_: &Declared, _: &IamPath, _: &Home) -> Option<Arn> {
        None
    }

    fn lower(_: &Id, node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Self>> {
        let mut table = cx.table::<Self>(node)?;
        // Both have been judged with the identity.
        let _ = (table.take("service"), table.take("suffix"));
        let description = match table.take("description") {
            Some(node) => cx.description(node, 1000)?,
            None => String::new(),
        };
        Some(Lowered::new(State {
            description: Once(description),
        }))
    }

    fn spell(id: &Id, state: &State) -> serde_json::Value {
        let mut spelled = serde_json::Map::new();
        let mut put = |key: &str, value: serde_json::Value| drop(spelled.insert(key.to_owned(), value));
        put("service", json!(id.service));
        if let Some(suffix) = &id.suffix {
            put("suffix", json!(suffix));
        }
        if !state.description.0.is_empty() {
            put("description", json!(state.description));
        }
        serde_json::Value::Object(spelled)
    }

    fn regain(_: &Id, _: &Observed<Self>, after: Option<&State>) -> Regained {
        match after {
            Some(_) => Regained::default(),
            None => Regained::without("its unique id and the date of its creation"),
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
        // Nothing on it is ever changed.
        true
    }

    fn diff(_: &Id, pair: Pair<'_, Self>, _: &DiffCx<'_>) -> Vec<Action> {
        match pair {
            Pair::Create(wanted) => vec![Action::Create(wanted.description.0.clone())],
            // What AWS has made is never deleted; the file that asks for it is refused before.
            Pair::Change { .. } | Pair::Delete(_) => Vec::new(),
        }
    }

    fn after(_: Option<State>, action: &Action) -> Option<State> {
        let Action::Create(description) = action;
        Some(State {
            description: Once(description.clone()),
        })
    }

    fn facts(id: &Id, arn: &Arn, action: &Action, _: &Home) -> Facts {
        let state = Self::after(None, action);
        Facts {
            access: Access::Widens,
            makes: vec![arn.clone()],
            fields: state.iter().flat_map(State::present).collect(),
            retry: SPREADING,
            ..Facts::new(
                "iam:CreateServiceLinkedRole",
                Rank::Create,
                format!("create the service-linked role of {id}"),
            )
        }
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

    fn refs(_: &Id, _: &State, _: &Home) -> Vec<Arn> {
        Vec::new()
    }

    fn grants(_: &Id, _: &State, _: &Home) -> Vec<Grant> {
        // Its trust and its policy are the service's.
        Vec::new()
    }

    fn users(_: &Observed<Self>) -> Vec<Arn> {
        Vec::new()
    }

    fn unmodelled(_: &Evidence) -> Vec<String> {
        Vec::new()
    }
}
