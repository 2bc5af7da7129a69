//! What making, changing and reading managed policies must be permitted.

use std::collections::BTreeMap;

use crate::kind::{Depth, Home, Kind as _, Object, Observed, Permit};
use crate::names::{Arn, PolicyName};

use super::super::principal::permits as held;
use super::super::tagging;
use super::{Action, Evidence, Policy, State, Version, steps};

/// Versions of a policy, of which AWS keeps no more (IAM quotas).
const FULL: usize = 5;

pub(super) fn of(id: &PolicyName, arn: &Arn, action: &Action, _: &Home) -> Vec<Permit> {
    let call = steps::facts(id, arn, action).call;
    match action {
        Action::Create(state) => {
            let tags = (!state.tags.is_empty()).then(|| Permit::new("iam:TagPolicy", arn));
            std::iter::once(Permit::new(call, arn)).chain(tags).collect()
        }
        // Who has the policy is what is changed.
        Action::DetachFrom(holder) => vec![Permit::new(call, holder)],
        Action::PutVersion { .. }
        | Action::MakeDefault { .. }
        | Action::DeleteVersion { .. }
        | Action::Tag(_)
        | Action::Delete => vec![Permit::new(call, arn)],
    }
}

pub(super) fn reads(object: &Object<Policy>, home: &Home) -> Vec<Permit> {
    let state = object.wanted.as_ref().map(|wanted| &wanted.state);
    let mut actions = vec!["iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions"];
    if object.depth == Depth::Remove {
        actions.push("iam:ListEntitiesForPolicy");
    }
    let mut permits = Permit::all(&actions, Policy::arn(&object.id, state, home));
    // A policy is found by its name, wherever its path leads.
    permits.push(Permit::everywhere("iam:ListPolicies"));
    permits
}

pub(super) fn otherwise(_: &PolicyName, wanted: Option<&State>, _: &Home) -> Vec<Observed<Policy>> {
    let Some(document) = held::foreign_inline().remove("otherwise") else {
        return Vec::new();
    };
    let state = State {
        path: wanted.map(|wanted| wanted.path.clone()).unwrap_or_default(),
        description: wanted.map(|wanted| wanted.description.clone()).unwrap_or_default(),
        document: document.clone(),
        tags: tagging::otherwise(&wanted.map(|wanted| wanted.tags.clone()).unwrap_or_default()),
    };
    let version = |number: usize, document: Option<_>| Version {
        id: format!("v{number}"),
        is_default: number == FULL,
        document,
    };
    let full = (1..=FULL).map(|number| version(number, Some(document.clone())));
    let observed = |versions: Vec<Version>| Observed {
        state: state.clone(),
        evidence: Evidence {
            id: "ANPAOTHERWISE22222222".to_owned(),
            versions,
            users: Vec::new(),
        },
        unknown: BTreeMap::new(),
    };
    // Once there is no room for another version, and once an older one says what is wanted.
    let older = wanted.map(|wanted| version(1, Some(wanted.document.clone())));
    let older = older.into_iter().chain([version(FULL, Some(document.clone()))]);
    vec![observed(full.collect()), observed(older.collect())]
}
