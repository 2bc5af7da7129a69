//! The mutations of a bus: which, in which order, to what effect.

use crate::fields::{FieldPath, FieldValue as _, Fields as _};
use crate::kind::{Access, DiffCx, Facts, Home, Loss, Observed, Pair, Rank, Retry, When};
use crate::names::Arn;
use crate::policy_doc::Policy as Document;

use super::super::tagging::{self, KeyCase, TagChange};
use super::{EventBus, Id, State, Statements, own_principals};

/// EventBridge tells tag keys apart by case.
const TAG_CASE: KeyCase = KeyCase::Exact;

/// One mutation of a bus.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// CreateEventBus with description and tags.
    Create(Box<State>),
    /// UpdateEventBus.
    Describe(String),
    /// PutPermission with a whole policy.
    PutPolicy(Box<Document>),
    /// RemovePermission of all statements.
    RemovePolicy,
    /// TagResource or UntagResource.
    Tag(TagChange),
    /// DeleteEventBus.
    Delete,
}

pub(super) fn diff(pair: Pair<'_, EventBus>, cx: &DiffCx<'_>) -> Vec<Action> {
    match pair {
        Pair::Create(wanted) => {
            let put = wanted.policy.iter().map(put_policy);
            std::iter::once(Action::Create(Box::new(wanted.clone())))
                .chain(put)
                .collect()
        }
        Pair::Change { wanted, live } => change(wanted, live, cx),
        Pair::Delete(_) => vec![Action::Delete],
    }
}

fn put_policy(policy: &Document) -> Action {
    Action::PutPolicy(Box::new(policy.clone()))
}

fn change(wanted: &State, live: &Observed<EventBus>, cx: &DiffCx<'_>) -> Vec<Action> {
    let describe = (wanted.description != live.state.description).then(|| Action::Describe(wanted.description.clone()));
    let tags = tagging::changes(&wanted.tags, &live.state.tags, cx.owner_key, TAG_CASE);
    let policy = policy(wanted, &live.state, cx);
    describe
        .into_iter()
        .chain(policy)
        .chain(tags.into_iter().map(Action::Tag))
        .collect()
}

/// A policy that names a principal that is made anew is written again.
fn policy(wanted: &State, live: &State, cx: &DiffCx<'_>) -> Option<Action> {
    let other = !wanted.policy.apart(&live.policy).is_empty();
    match wanted.policy.get() {
        None => other.then_some(Action::RemovePolicy),
        Some(policy) => {
            let mut principals = own_principals(policy, cx.home).into_iter();
            let renewed = principals.any(|arn| cx.replaced.contains(&arn));
            (other || renewed).then(|| put_policy(policy))
        }
    }
}

pub(super) fn after(state: Option<State>, action: &Action) -> Option<State> {
    if let Action::Create(state) = action {
        return Some(State {
            policy: Statements::default(),
            ..(**state).clone()
        });
    }
    let mut state = state?;
    match action {
        Action::Create(_) => {}
        Action::Describe(description) => state.description.clone_from(description),
        Action::PutPolicy(policy) => state.policy = Statements(Some((**policy).clone())),
        Action::RemovePolicy => state.policy = Statements::default(),
        Action::Tag(change) => change.apply(&mut state.tags, TAG_CASE),
        Action::Delete => return None,
    }
    Some(state)
}

/// Two changes of one bus at once are refused; SDKs don't try again by themselves.
const CONCURRENT: Retry = Retry {
    code: "ConcurrentModificationException",
    fragment: "",
    within_s: 120,
    waiting_for: "another change of the bus to end",
    when: When::Always,
};

const CREATING: &[Retry] = &[CONCURRENT, Retry::unseen("ResourceAlreadyExistsException")];

const CHANGING: &[Retry] = &[
    CONCURRENT,
    Retry {
        code: "ResourceNotFoundException",
        fragment: "",
        within_s: 120,
        waiting_for: "EventBridge to show what was just made",
        when: When::Fresh,
    },
];

/// A principal that was just made is not known everywhere yet. EventBridge's words for it are not documented, so that only
/// a step that stands on a new principal waits.
const PERMITTING: &[Retry] = &[
    CHANGING[0],
    CHANGING[1],
    Retry {
        code: "ValidationException",
        fragment: "principal",
        within_s: 120,
        waiting_for: "EventBridge to know the principals that the policy names",
        when: When::Fresh,
    },
];

/// Rules that were just deleted still count for a while, as targets of a rule do.
const DELETING: &[Retry] = &[
    CONCURRENT,
    Retry {
        code: "ValidationException",
        fragment: "since it has rules",
        within_s: 300,
        waiting_for: "EventBridge to see that the rules are gone",
        when: When::Always,
    },
];

pub(super) fn facts(id: &Id, arn: &Arn, action: &Action, home: &Home) -> Facts {
    let changing = |call, rank, summary: String| Facts {
        retry: CHANGING,
        ..Facts::new(call, rank, summary)
    };
    match action {
        Action::Create(state) => Facts {
            makes: vec![arn.clone()],
            fields: state
                .present()
                .into_iter()
                .filter(|path| path.field != "policy")
                .collect(),
            retry: CREATING,
            ..Facts::new("events:CreateEventBus", Rank::Create, format!("create bus {}", id.name))
        },
        Action::Describe(_) => Facts {
            fields: vec![FieldPath::whole("description")],
            ..changing("events:UpdateEventBus", Rank::Set, "set description".to_owned())
        },
        Action::PutPolicy(policy) => Facts {
            access: Access::Either,
            needs: own_principals(policy, home),
            fields: vec![FieldPath::whole("policy")],
            retry: PERMITTING,
            ..Facts::new("events:PutPermission", Rank::Add, "write policy")
        },
        Action::RemovePolicy => Facts {
            access: Access::Either,
            loss: Loss::Link,
            fields: vec![FieldPath::whole("policy")],
            ..changing("events:RemovePermission", Rank::Remove, "remove the policy".to_owned())
        },
        Action::Tag(change) => Facts {
            fields: change.fields(),
            ..changing(tag_call(change), change.rank(), change.summary())
        },
        Action::Delete => Facts {
            deletes: vec![arn.clone()],
            loss: Loss::Object,
            retry: DELETING,
            ..Facts::new("events:DeleteEventBus", Rank::Delete, format!("delete bus {}", id.name))
        },
    }
}

fn tag_call(change: &TagChange) -> &'static str {
    match change {
        TagChange::Set(_) | TagChange::Claim(_) => "events:TagResource",
        TagChange::Remove(_) | TagChange::Release(_) => "events:UntagResource",
    }
}
