//! What making, changing and reading groups must be permitted.
//!
//! Whoever moved a group to another path by hand has moved it out of reach: its ARN is another one.

use std::collections::BTreeMap;

use crate::kind::{Home, Kind as _, Object, Observed, Permit};
use crate::names::{Arn, GroupName, IamPath, UserName};

use super::super::membership::Peer;
use super::super::principal::{Holder, permits as held};
use super::{Action, Evidence, Group, State, steps};

pub(super) fn of(id: &GroupName, arn: &Arn, action: &Action, home: &Home) -> Vec<Permit> {
    match action {
        Action::Hold(hold) => held::of(hold, Holder::Group, arn),
        Action::Create(_) | Action::SetPath(_) | Action::RemoveMember(..) | Action::Delete => {
            vec![Permit::new(steps::facts(id, arn, action, home).call, arn)]
        }
    }
}

pub(super) fn reads(object: &Object<Group>, home: &Home) -> Vec<Permit> {
    let state = object.wanted.as_ref().map(|wanted| &wanted.state);
    let actions = [
        "iam:GetGroup",
        "iam:GetGroupPolicy",
        "iam:ListAttachedGroupPolicies",
        "iam:ListGroupPolicies",
    ];
    Permit::all(&actions, Group::arn(&object.id, state, home))
}

pub(super) fn otherwise(_: &GroupName, wanted: Option<&State>, home: &Home) -> Vec<Observed<Group>> {
    let member = UserName::parse("otherwise").ok();
    let member = member.map(|name| Arn::user(home.partition, &home.account, &IamPath::default(), &name));
    let members: Vec<Arn> = member.into_iter().collect();
    let state = State {
        path: wanted.map(|wanted| wanted.path.clone()).unwrap_or_default(),
        policies: held::foreign(home.partition),
        inline_policies: held::foreign_inline(),
        members: members.iter().cloned().map(Peer::new).collect(),
    };
    vec![Observed {
        state,
        evidence: Evidence {
            id: "AGPAOTHERWISE22222222".to_owned(),
            members,
        },
        unknown: BTreeMap::new(),
    }]
}
