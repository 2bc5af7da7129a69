//! The mutations of a policy: which, in which order, to what effect.

use crate::fields::{FieldKey as _, FieldPath};
use crate::kind::{Access, DiffCx, Facts, Loss, Once, Pair, Rank, Retry, When};
use crate::names::{Arn, PolicyName};
use crate::policy_doc::{Policy as Document, same};

use super::super::principal::SPREADING;
use super::super::tagging::{self, TagChange};
use super::{Policy, State, TAG_CASE, Version};

/// Versions that AWS keeps of one policy (IAM quotas).
const MOST_VERSIONS: usize = 5;

/// One mutation of a policy.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// CreatePolicy, with tags.
    Create(Box<State>),
    /// CreatePolicyVersion, made default at once.
    PutVersion {
        /// The new document.
        document: Box<Document>,
    },
    /// SetDefaultPolicyVersion: an older version says the same as the file.
    MakeDefault {
        /// The version.
        version: String,
        /// Its document.
        document: Box<Document>,
    },
    /// DeletePolicyVersion.
    DeleteVersion {
        /// The version.
        version: String,
        /// Whether the policy itself goes.
        why: Why,
    },
    /// TagPolicy or UntagPolicy.
    Tag(TagChange),
    /// Detaches it from a user, group or role, because it is to be deleted.
    DetachFrom(Arn),
    /// DeletePolicy.
    Delete,
}

/// Why a version goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// There is no room for the next one.
    Room,
    /// The policy goes: `DeleteConflict` while other versions than the default are there.
    Policy,
}

pub(super) fn diff(pair: Pair<'_, Policy>, cx: &DiffCx<'_>) -> Vec<Action> {
    match pair {
        Pair::Create(wanted) => vec![Action::Create(Box::new(wanted.clone()))],
        Pair::Change { wanted, live } => {
            let mut actions = document(wanted, &live.state, &live.evidence.versions);
            let changes = tagging::changes(&wanted.tags, &live.state.tags, cx.owner_key, TAG_CASE);
            actions.extend(changes.into_iter().map(Action::Tag));
            actions
        }
        Pair::Delete(live) => {
            let detach = live.evidence.users.iter().cloned().map(Action::DetachFrom);
            let spare = live.evidence.versions.iter().filter(|version| !version.is_default);
            let versions = spare.map(|version| Action::DeleteVersion {
                version: version.id.clone(),
                why: Why::Policy,
            });
            detach.chain(versions).chain([Action::Delete]).collect()
        }
    }
}

fn document(wanted: &State, live: &State, versions: &[Version]) -> Vec<Action> {
    if same(&wanted.document, &live.document) {
        return Vec::new();
    }
    let document = Box::new(wanted.document.clone());
    let equal = |version: &&Version| version.document.as_ref().is_some_and(|old| same(&wanted.document, old));
    if let Some(version) = versions.iter().rev().filter(|version| !version.is_default).find(equal) {
        return vec![Action::MakeDefault {
            version: version.id.clone(),
            document,
        }];
    }
    let room = (versions.len() >= MOST_VERSIONS)
        .then(|| versions.iter().find(|version| !version.is_default))
        .flatten();
    let room = room.map(|oldest| Action::DeleteVersion {
        version: oldest.id.clone(),
        why: Why::Room,
    });
    room.into_iter().chain([Action::PutVersion { document }]).collect()
}

pub(super) fn after(state: Option<State>, action: &Action) -> Option<State> {
    let change = |edit: &dyn Fn(&mut State)| {
        state.clone().map(|mut state| {
            edit(&mut state);
            state
        })
    };
    match action {
        Action::Create(state) => Some((**state).clone()),
        Action::PutVersion { document } | Action::MakeDefault { document, .. } => {
            change(&|state| state.document = (**document).clone())
        }
        Action::Tag(tags) => change(&|state| tags.apply(&mut state.tags, TAG_CASE)),
        Action::DeleteVersion { .. } | Action::DetachFrom(_) => state,
        Action::Delete => None,
    }
}

/// DeletePolicy is refused for a while after its own last detachment.
const DELETING: &[Retry] = &[Retry {
    code: "DeleteConflict",
    fragment: "",
    within_s: 120,
    waiting_for: "IAM to see that nothing uses it any more",
    when: When::Always,
}];

pub(super) fn facts(id: &PolicyName, arn: &Arn, action: &Action) -> Facts {
    let of_document = || vec![FieldPath::whole("document")];
    let base = |call, rank, summary: String| Facts {
        retry: SPREADING,
        ..Facts::new(call, rank, summary)
    };
    match action {
        Action::Create(state) => Facts {
            makes: vec![arn.clone()],
            fields: created_fields(state),
            ..base("iam:CreatePolicy", Rank::Create, format!("create policy {id}"))
        },
        Action::PutVersion { .. } => Facts {
            access: Access::Either,
            once: Once::OnlyOnce,
            fields: of_document(),
            ..base(
                "iam:CreatePolicyVersion",
                Rank::Add,
                "write a new version and make it default".into(),
            )
        },
        Action::MakeDefault { version, .. } => Facts {
            access: Access::Either,
            fields: of_document(),
            ..base(
                "iam:SetDefaultPolicyVersion",
                Rank::Add,
                format!("make {version} default again, which says the same"),
            )
        },
        Action::DeleteVersion { version, why } => Facts {
            fields: of_document(),
            ..base(
                "iam:DeletePolicyVersion",
                version_rank(*why),
                format!("delete version {version}"),
            )
        },
        Action::Tag(change) => Facts {
            fields: change.fields(),
            ..base(tag_call(change), change.rank(), change.summary())
        },
        Action::DetachFrom(principal) => Facts {
            access: Access::Restricts,
            frees: vec![arn.clone()],
            unlinks: Some((principal.clone(), arn.clone())),
            loss: Loss::Link,
            ..base(
                detach_call(principal),
                Rank::Unlink,
                format!("detach from {}", principal.show()),
            )
        },
        Action::Delete => Facts {
            deletes: vec![arn.clone()],
            loss: Loss::Object,
            retry: DELETING,
            ..Facts::new("iam:DeletePolicy", Rank::Delete, format!("delete policy {id}"))
        },
    }
}

fn created_fields(state: &State) -> Vec<FieldPath> {
    crate::fields::Fields::present(state)
}

fn version_rank(why: Why) -> Rank {
    match why {
        Why::Room => Rank::Set,
        Why::Policy => Rank::Unlink,
    }
}

fn tag_call(change: &TagChange) -> &'static str {
    match change {
        TagChange::Set(_) | TagChange::Claim(_) => "iam:TagPolicy",
        TagChange::Remove(_) | TagChange::Release(_) => "iam:UntagPolicy",
    }
}

fn detach_call(principal: &Arn) -> &'static str {
    match (principal.user_name(), principal.group_name()) {
        (Some(_), _) => "iam:DetachUserPolicy",
        (None, Some(_)) => "iam:DetachGroupPolicy",
        (None, None) => "iam:DetachRolePolicy",
    }
}
