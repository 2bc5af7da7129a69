//! The mutations of a group: which, in which order, to what effect.

use crate::fields::FieldPath;
use crate::kind::{Access, DiffCx, Facts, Home, Kind as _, Loss, Observed, Pair, Rank, Retry, When};
use crate::names::{Arn, GroupName, IamPath};

use super::super::membership::{self, Peer, Side};
use super::super::principal::{self, HoldAction, Holder, SPREADING, Timing};
use super::{Group, State};

/// One mutation of a group.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// CreateGroup with its path.
    Create(IamPath),
    /// UpdateGroup: another path, and with it another ARN.
    SetPath(IamPath),
    /// Attached and inline policies.
    Hold(HoldAction),
    /// RemoveUserFromGroup.
    RemoveMember(Arn, Timing),
    /// DeleteGroup.
    Delete,
}

pub(super) fn diff(pair: Pair<'_, Group>, cx: &DiffCx<'_>) -> Vec<Action> {
    match pair {
        Pair::Create(wanted) => create(wanted, cx),
        Pair::Change { wanted, live } => change(wanted, &live.state, cx),
        Pair::Delete(live) => delete(live),
    }
}

fn create(wanted: &State, cx: &DiffCx<'_>) -> Vec<Action> {
    let bare = made(&wanted.path);
    let holds = principal::diff(principal::Holder::Group, wanted.holdings(), bare.holdings(), cx);
    std::iter::once(Action::Create(wanted.path.clone()))
        .chain(holds.into_iter().map(Action::Hold))
        .collect()
}

fn change(wanted: &State, live: &State, cx: &DiffCx<'_>) -> Vec<Action> {
    let path = (wanted.path != live.path).then(|| Action::SetPath(wanted.path.clone()));
    let holds = principal::diff(principal::Holder::Group, wanted.holdings(), live.holdings(), cx);
    let others = live.members.difference(&wanted.members);
    let removals = others.map(|member| Action::RemoveMember(member.arn().clone(), Timing::First));
    path.into_iter()
        .chain(holds.into_iter().map(Action::Hold))
        .chain(removals)
        .collect()
}

fn delete(live: &Observed<Group>) -> Vec<Action> {
    let members = live.evidence.members.iter().cloned();
    let removals = members.map(|member| Action::RemoveMember(member, Timing::Unlink));
    let holds = principal::release(live.state.holdings()).into_iter().map(Action::Hold);
    removals.chain(holds).chain([Action::Delete]).collect()
}

/// A group as CreateGroup makes it.
fn made(path: &IamPath) -> State {
    State {
        path: path.clone(),
        policies: Default::default(),
        inline_policies: Default::default(),
        members: Default::default(),
    }
}

pub(super) fn after(state: Option<State>, action: &Action) -> Option<State> {
    if let Action::Create(path) = action {
        return Some(made(path));
    }
    let mut state = state?;
    match action {
        Action::Create(_) => {}
        Action::SetPath(path) => state.path = path.clone(),
        Action::Hold(hold) => principal::after(hold, &mut state.policies, &mut state.inline_policies, &mut None),
        Action::RemoveMember(member, _) => drop(state.members.remove(&Peer::new(member.clone()))),
        Action::Delete => return None,
    }
    Some(state)
}

/// DeleteGroup may be refused for a while after its own last removal.
const DELETING: &[Retry] = &[
    Retry {
        code: "DeleteConflict",
        fragment: "",
        within_s: 120,
        waiting_for: "IAM to see that the group is empty",
        when: When::Always,
    },
    SPREADING[1],
];

pub(super) fn facts(id: &GroupName, arn: &Arn, action: &Action, home: &Home) -> Facts {
    match action {
        Action::Create(_) => Facts {
            makes: vec![arn.clone()],
            fields: vec![FieldPath::whole("path")],
            retry: SPREADING,
            ..Facts::new("iam:CreateGroup", Rank::Create, format!("create group {id}"))
        },
        Action::SetPath(path) => Facts {
            // Other people's policies may name the group by its path.
            access: Access::Either,
            makes: vec![Group::arn(id, Some(&made(path)), home)],
            fields: vec![FieldPath::whole("path")],
            retry: SPREADING,
            ..Facts::new("iam:UpdateGroup", Rank::Set, format!("move to path {path}"))
        },
        Action::Hold(hold) => principal::facts(hold, Holder::Group, arn),
        Action::RemoveMember(member, timing) => membership::leaving(member, arn, *timing, Side::Group),
        Action::Delete => Facts {
            deletes: vec![arn.clone()],
            loss: Loss::Object,
            retry: DELETING,
            ..Facts::new("iam:DeleteGroup", Rank::Delete, format!("delete group {id}"))
        },
    }
}
