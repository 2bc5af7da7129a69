//! The mutations of a rule: which, in which order, to what effect.
//!
//! Targets are put before others are removed, unless AWS's limit leaves no room, so that no event is lost.

use std::collections::BTreeMap;

use crate::fields::{FieldKey as _, FieldPath, Fields as _};
use crate::kind::{DiffCx, Facts, Home, Loss, Observed, Pair, Rank, Retry, When};
use crate::kinds::lambda::invocation;
use crate::kinds::partial::Partial;
use crate::names::Arn;
use crate::names::limits::TARGETS_PER_RULE;

use super::super::tagging::{self, TagChange};
use super::target::{self, Target};
use super::{Id, Rule, State, TAG_CASE, bus};

/// What PutRule writes, always all of it.
const DEFINITION: &[&str] = &["schedule", "pattern", "description", "state", "role"];

/// One mutation of a rule.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// PutRule with tags, which it takes for new rules only.
    Create(Box<State>),
    /// PutRule.
    Put {
        /// The rule, whole.
        to: Partial<State>,
        /// What differs.
        fields: Vec<&'static str>,
    },
    /// PutTargets: each is replaced whole.
    PutTargets {
        /// The targets by id.
        targets: BTreeMap<String, Target>,
        /// What was called under these ids before.
        before: Vec<Arn>,
    },
    /// RemoveTargets.
    RemoveTargets {
        /// Their ids.
        ids: Vec<String>,
        /// What was called.
        before: Vec<Arn>,
        /// When.
        timing: Timing,
    },
    /// TagResource or UntagResource.
    Tag(TagChange),
    /// DeleteRule.
    Delete,
}

/// When targets are removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// Before others are put: there is no room for both.
    First,
    /// After others are put.
    After,
    /// Before the rule is deleted.
    Unlink,
}

pub(super) fn diff(pair: Pair<'_, Rule>, cx: &DiffCx<'_>) -> Vec<Action> {
    match pair {
        Pair::Create(wanted) => {
            let create = Action::Create(Box::new(wanted.clone()));
            [create]
                .into_iter()
                .chain(put_targets(&wanted.targets, &BTreeMap::new(), cx))
                .collect()
        }
        Pair::Change { wanted, live } => change(wanted, live, cx),
        Pair::Delete(live) => {
            let ids = live.evidence.target_ids.clone();
            let remove = Action::RemoveTargets {
                ids,
                before: called(live.state.targets.values()),
                timing: Timing::Unlink,
            };
            let remove = (!live.evidence.target_ids.is_empty()).then_some(remove);
            remove.into_iter().chain([Action::Delete]).collect()
        }
    }
}

fn change(wanted: &State, live: &Observed<Rule>, cx: &DiffCx<'_>) -> Vec<Action> {
    let mut actions: Vec<Action> = put(wanted, &live.state, cx).into_iter().collect();
    let put = put_targets(&wanted.targets, &live.state.targets, cx);
    actions.extend(remove_targets(wanted, live));
    actions.extend(put);
    let tags = tagging::changes(&wanted.tags, &live.state.tags, cx.owner_key, TAG_CASE);
    actions.extend(tags.into_iter().map(Action::Tag));
    actions
}

fn put(wanted: &State, live: &State, cx: &DiffCx<'_>) -> Option<Action> {
    let apart = wanted.apart(live);
    let mut fields: Vec<&'static str> = apart
        .iter()
        .map(|path| path.field)
        .filter(|field| DEFINITION.contains(field))
        .collect();
    if wanted.role.as_ref().is_some_and(|role| cx.replaced.contains(role)) && !fields.contains(&"role") {
        fields.push("role");
    }
    (!fields.is_empty()).then(|| Action::Put {
        to: Partial::new(DEFINITION, wanted),
        fields,
    })
}

/// A target whose role is made anew is put again.
fn put_targets(wanted: &BTreeMap<String, Target>, live: &BTreeMap<String, Target>, cx: &DiffCx<'_>) -> Option<Action> {
    let renewed = |target: &Target| target.role.as_ref().is_some_and(|role| cx.replaced.contains(role));
    let targets: BTreeMap<String, Target> = wanted
        .iter()
        .filter(|(id, target)| live.get(*id) != Some(target) || renewed(target))
        .map(|(id, target)| (id.clone(), target.clone()))
        .collect();
    let replaced = targets
        .iter()
        .filter_map(|(id, new)| live.get(id).filter(|old| old.arn != new.arn));
    let before = called(replaced);
    (!targets.is_empty()).then_some(Action::PutTargets { targets, before })
}

fn remove_targets(wanted: &State, live: &Observed<Rule>) -> Option<Action> {
    let gone: BTreeMap<&String, &Target> = live
        .state
        .targets
        .iter()
        .filter(|(id, _)| !wanted.targets.contains_key(*id))
        .collect();
    let new = wanted
        .targets
        .keys()
        .filter(|id| !live.state.targets.contains_key(*id))
        .count();
    let no_room = (live.evidence.target_ids.len() + new) as u64 > TARGETS_PER_RULE.value;
    let timing = if no_room { Timing::First } else { Timing::After };
    let before = called(gone.values().copied());
    let ids: Vec<String> = gone.into_keys().cloned().collect();
    (!ids.is_empty()).then_some(Action::RemoveTargets { ids, before, timing })
}

fn called<'a>(targets: impl IntoIterator<Item = &'a Target>) -> Vec<Arn> {
    let mut arns: Vec<Arn> = targets.into_iter().map(|target| target.arn.clone()).collect();
    arns.sort();
    arns.dedup();
    arns
}

pub(super) fn after(state: Option<State>, action: &Action) -> Option<State> {
    if let Action::Create(state) = action {
        let mut made = (**state).clone();
        made.targets.clear();
        return Some(made);
    }
    let mut state = state?;
    match action {
        Action::Create(_) => {}
        Action::Put { to, fields: _ } => to.apply(&mut state),
        Action::PutTargets { targets, before: _ } => state.targets.extend(targets.clone()),
        Action::RemoveTargets { ids, .. } => state.targets.retain(|id, _| !ids.contains(id)),
        Action::Tag(change) => change.apply(&mut state.tags, TAG_CASE),
        Action::Delete => return None,
    }
    Some(state)
}

/// Changes of one rule and its targets at once are refused; SDKs don't try again by themselves.
const CONCURRENT: Retry = Retry {
    code: "ConcurrentModificationException",
    fragment: "",
    within_s: 120,
    waiting_for: "another change of the rule to end",
    when: When::Always,
};

/// A rule that was just made is not seen by every call yet.
const FRESH: Retry = Retry {
    code: "ResourceNotFoundException",
    fragment: "",
    within_s: 120,
    waiting_for: "EventBridge to show what was just made",
    when: When::Fresh,
};

const CHANGING: &[Retry] = &[CONCURRENT, FRESH];

/// A role that was just made can't be taken on for a while.
const PUTTING: &[Retry] = &[
    CONCURRENT,
    FRESH,
    Retry {
        code: "ValidationException",
        fragment: "cannot be assumed by principal",
        within_s: 120,
        waiting_for: "EventBridge to see the role",
        when: When::Always,
    },
];

/// Targets that are gone still count for a while.
const DELETING: &[Retry] = &[
    CONCURRENT,
    Retry {
        code: "ValidationException",
        fragment: "since it has targets",
        within_s: 300,
        waiting_for: "EventBridge to see that the targets are gone",
        when: When::Always,
    },
];

pub(super) fn facts(id: &Id, arn: &Arn, action: &Action, home: &Home) -> Facts {
    match action {
        Action::Create(state) => Facts {
            makes: vec![arn.clone()],
            needs: state
                .role
                .clone()
                .into_iter()
                .chain(bus::arn(id, &home.account))
                .collect(),
            fields: state
                .present()
                .into_iter()
                .filter(|path| path.field != "targets")
                .collect(),
            retry: PUTTING,
            ..Facts::new("events:PutRule", Rank::Create, format!("create rule {}", id.name))
        },
        Action::Put { to, fields } => Facts {
            needs: to.whole().role.clone().into_iter().collect(),
            fields: fields.iter().map(|field| FieldPath::whole(field)).collect(),
            retry: PUTTING,
            ..Facts::new("events:PutRule", Rank::Set, format!("set {}", fields.join(", ")))
        },
        Action::PutTargets { targets, before } => put_facts(arn, targets, before),
        Action::RemoveTargets { ids, before, timing } => Facts {
            frees: freed(arn, before),
            loss: Loss::Link,
            fields: target::paths(ids),
            retry: CHANGING,
            ..Facts::new(
                "events:RemoveTargets",
                rank(*timing),
                format!("remove target {}", ids.join(", ")),
            )
        },
        Action::Tag(change) => Facts {
            fields: change.fields(),
            retry: CHANGING,
            ..Facts::new(tag_call(change), change.rank(), change.summary())
        },
        Action::Delete => Facts {
            deletes: vec![arn.clone()],
            frees: bus::arn(id, &home.account).into_iter().collect(),
            loss: Loss::Object,
            retry: DELETING,
            ..Facts::new("events:DeleteRule", Rank::Delete, format!("delete rule {}", id.name))
        },
    }
}

/// A function must let the rule in before it is a target: EventBridge takes the target all the same, and drops events.
fn put_facts(rule: &Arn, targets: &BTreeMap<String, Target>, before: &[Arn]) -> Facts {
    let one = |target: &Target| {
        let named = [
            Some(target.arn.clone()),
            target.role.clone(),
            target.dead_letter.clone(),
        ];
        named
            .into_iter()
            .flatten()
            .chain(invocation(&target.arn, rule.as_str()))
            .collect::<Vec<Arn>>()
    };
    let shown: Vec<String> = targets
        .iter()
        .map(|(id, target)| format!("{id} ({})", target.arn.show()))
        .collect();
    Facts {
        needs: targets.values().flat_map(one).collect(),
        frees: freed(rule, before),
        fields: target::paths(targets.keys()),
        retry: PUTTING,
        ..Facts::new(
            "events:PutTargets",
            Rank::Add,
            format!("put target {}", shown.join(", ")),
        )
    }
}

fn freed(rule: &Arn, before: &[Arn]) -> Vec<Arn> {
    before
        .iter()
        .flat_map(|arn| [Some(arn.clone()), invocation(arn, rule.as_str())])
        .flatten()
        .collect()
}

fn rank(timing: Timing) -> Rank {
    match timing {
        Timing::First => Rank::Remove,
        Timing::After => Rank::RemoveReplaced,
        Timing::Unlink => Rank::Unlink,
    }
}

fn tag_call(change: &TagChange) -> &'static str {
    match change {
        TagChange::Set(_) | TagChange::Claim(_) => "events:TagResource",
        TagChange::Remove(_) | TagChange::Release(_) => "events:UntagResource",
    }
}
