//! The mutations of a provider: which, in which order, to what effect.

use std::collections::BTreeSet;

use crate::fields::{FieldPath, Fields as _};
use crate::kind::{Access, DiffCx, Facts, Loss, Pair, Rank};
use crate::names::{Arn, ClientId, OidcUrl, Thumbprint};

use super::super::principal::{SPREADING, Timing};
use super::super::tagging::{self, KeyCase, TagChange};
use super::{OidcProvider, State, joined};

/// Providers tell `Team` from `team` (IAM user guide, "Tags for IAM resources").
const TAG_CASE: KeyCase = KeyCase::Exact;

/// Audiences that a provider can have (IAM quotas).
const MOST_AUDIENCES: usize = 100;

/// One mutation of a provider.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// CreateOpenIDConnectProvider with everything.
    Create(State),
    /// AddClientIDToOpenIDConnectProvider.
    AddAudience(ClientId),
    /// RemoveClientIDFromOpenIDConnectProvider.
    RemoveAudience(ClientId, Timing),
    /// UpdateOpenIDConnectProviderThumbprint: the whole list.
    SetThumbprints(BTreeSet<Thumbprint>),
    /// TagOpenIDConnectProvider or UntagOpenIDConnectProvider.
    Tag(TagChange),
    /// DeleteOpenIDConnectProvider.
    Delete,
}

pub(super) fn diff(pair: Pair<'_, OidcProvider>, cx: &DiffCx<'_>) -> Vec<Action> {
    match pair {
        Pair::Create(wanted) => vec![Action::Create(wanted.clone())],
        Pair::Change { wanted, live } => change(wanted, &live.state, cx),
        Pair::Delete(_) => vec![Action::Delete],
    }
}

fn change(wanted: &State, live: &State, cx: &DiffCx<'_>) -> Vec<Action> {
    let added: Vec<&ClientId> = wanted.audiences.difference(&live.audiences).collect();
    // `LimitExceeded` where old and new ones together are too many.
    let is_crowded = live.audiences.len() + added.len() > MOST_AUDIENCES;
    let timing = if added.is_empty() || is_crowded {
        Timing::First
    } else {
        Timing::Replaced
    };
    let gone = live.audiences.difference(&wanted.audiences);
    let mut actions: Vec<Action> = gone
        .map(|audience| Action::RemoveAudience(audience.clone(), timing))
        .collect();
    actions.extend(added.into_iter().cloned().map(Action::AddAudience));
    if wanted.thumbprints != live.thumbprints {
        actions.push(Action::SetThumbprints(wanted.thumbprints.clone()));
    }
    let tags = tagging::changes(&wanted.tags, &live.tags, cx.owner_key, TAG_CASE);
    actions.extend(tags.into_iter().map(Action::Tag));
    actions
}

pub(super) fn after(state: Option<State>, action: &Action) -> Option<State> {
    if let Action::Create(state) = action {
        return Some(state.clone());
    }
    let mut state = state?;
    match action {
        Action::Create(_) => {}
        Action::AddAudience(audience) => drop(state.audiences.insert(audience.clone())),
        Action::RemoveAudience(audience, _) => drop(state.audiences.remove(audience)),
        Action::SetThumbprints(thumbprints) => state.thumbprints.clone_from(thumbprints),
        Action::Tag(change) => change.apply(&mut state.tags, TAG_CASE),
        Action::Delete => return None,
    }
    Some(state)
}

pub(super) fn facts(id: &OidcUrl, arn: &Arn, action: &Action) -> Facts {
    let host = id.host_and_path();
    let base = |call, rank, summary: String| Facts {
        retry: SPREADING,
        ..Facts::new(call, rank, summary)
    };
    match action {
        Action::Create(state) => Facts {
            access: Access::Widens,
            makes: vec![arn.clone()],
            fields: state.present(),
            ..base(
                "iam:CreateOpenIDConnectProvider",
                Rank::Create,
                format!("create OIDC provider {host}"),
            )
        },
        Action::AddAudience(audience) => Facts {
            access: Access::Widens,
            fields: vec![FieldPath::entry("audiences", audience.as_str())],
            ..base(
                "iam:AddClientIDToOpenIDConnectProvider",
                Rank::Add,
                format!("add audience {audience}"),
            )
        },
        Action::RemoveAudience(audience, timing) => Facts {
            access: Access::Restricts,
            loss: Loss::Link,
            fields: vec![FieldPath::entry("audiences", audience.as_str())],
            ..base(
                "iam:RemoveClientIDFromOpenIDConnectProvider",
                rank(*timing),
                format!("remove audience {audience}"),
            )
        },
        Action::SetThumbprints(thumbprints) => Facts {
            access: Access::Either,
            fields: vec![FieldPath::whole("thumbprints")],
            ..base(
                "iam:UpdateOpenIDConnectProviderThumbprint",
                Rank::Add,
                format!("set thumbprints {}", joined(thumbprints)),
            )
        },
        Action::Tag(change) => Facts {
            fields: change.fields(),
            ..base(tag_call(change), change.rank(), change.summary())
        },
        Action::Delete => Facts {
            access: Access::Restricts,
            deletes: vec![arn.clone()],
            loss: Loss::Object,
            ..base(
                "iam:DeleteOpenIDConnectProvider",
                Rank::Delete,
                format!("delete OIDC provider {host}"),
            )
        },
    }
}

fn rank(timing: Timing) -> Rank {
    match timing {
        Timing::First => Rank::Remove,
        Timing::Replaced => Rank::RemoveReplaced,
        Timing::Unlink => Rank::Unlink,
    }
}

fn tag_call(change: &TagChange) -> &'static str {
    match change {
        TagChange::Set(_) | TagChange::Claim(_) => "iam:TagOpenIDConnectProvider",
        TagChange::Remove(_) | TagChange::Release(_) => "iam:UntagOpenIDConnectProvider",
    }
}
