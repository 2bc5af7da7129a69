//! What users, groups and roles have in common: attached policies, inline policies and a boundary.
//!
//! Invariant: guards go on before grants and come off after removals; a removal that an addition replaces comes after
//! it, unless AWS's limit on attachments leaves no room for both.

#[cfg(feature = "aws")]
pub(crate) mod live;
pub mod permits;

use std::collections::{BTreeMap, BTreeSet};

use crate::fields::{FieldKey as _, FieldPath};
use crate::kind::{Access, DiffCx, Facts, Grant, Loss, Rank, Retry, When};
use crate::names::Arn;
use crate::policy_doc::{Effect, Policy, same};

/// Managed policies per user, role or group, unless raised (IAM quotas).
const ATTACHMENTS: usize = 10;

/// Which sort of principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A user.
    User,
    /// A group.
    Group,
    /// A role.
    Role,
}

impl HoldAction {
    /// The same before all additions, whatever replaces it. Where it also changes who a principal is, access is rather
    /// interrupted than given to somebody whom neither the old nor the new state gives it.
    #[must_use]
    pub fn before_additions(self) -> Self {
        match self {
            Self::Detach(policy, Timing::Replaced) => Self::Detach(policy, Timing::First),
            Self::DeleteInline(name, guard, Timing::Replaced) => Self::DeleteInline(name, guard, Timing::First),
            other => other,
        }
    }
}

impl Holder {
    /// The longest sum of its inline policies in characters (IAM quotas; none of them can be raised).
    #[must_use]
    pub fn most_inline(self) -> usize {
        match self {
            Self::User => 2048,
            Self::Group => 5120,
            Self::Role => 10_240,
        }
    }
}

/// What a principal holds.
#[derive(Debug, Clone, Copy)]
pub struct Holdings<'a> {
    /// Attached policies.
    pub policies: &'a BTreeSet<Arn>,
    /// Inline policies.
    pub inline: &'a BTreeMap<String, Policy>,
    /// Boundary.
    pub boundary: Option<&'a Arn>,
}

/// When a removal comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// Before additions: nothing replaces it, or there is no room for both.
    First,
    /// After the addition that replaces it.
    Replaced,
    /// Before the principal itself is deleted.
    Unlink,
}

/// One change of what a principal holds.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldAction {
    /// Attaches a managed policy.
    Attach(Arn),
    /// Detaches a managed policy.
    Detach(Arn, Timing),
    /// Writes an inline policy.
    PutInline(String, Box<Policy>),
    /// Deletes an inline policy; whether it only denied.
    DeleteInline(String, Guard, Timing),
    /// Sets the boundary; the one before.
    PutBoundary(Arn, Option<Arn>),
    /// Takes the boundary off.
    DeleteBoundary(Arn),
}

/// Whether a document can only take access away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// Every statement denies.
    Denies,
    /// It also allows something, or can't be read.
    Allows,
}

/// What a document can do.
#[must_use]
pub fn guard(policy: &Policy) -> Guard {
    let denies = policy.document().is_some_and(|document| {
        document
            .statements
            .iter()
            .all(|statement| statement.effect == Effect::Deny)
    });
    if denies { Guard::Denies } else { Guard::Allows }
}

/// The changes from live to wanted; a policy that is made anew is attached anew.
///
/// What goes, goes after what comes, for the one may replace the other, unless AWS's limits leave no room for both.
#[must_use]
pub fn diff(holder: Holder, wanted: Holdings<'_>, live: Holdings<'_>, cx: &DiffCx<'_>) -> Vec<HoldAction> {
    let attach: Vec<&Arn> = wanted
        .policies
        .iter()
        .filter(|arn| !live.policies.contains(arn) || cx.replaced.contains(arn))
        .collect();
    let put = inline_puts(wanted, live);
    let timing = |is_crowded: bool| match (attach.is_empty() && put.is_empty(), is_crowded) {
        (false, false) => Timing::Replaced,
        (true, _) | (_, true) => Timing::First,
    };
    let detach = timing(live.policies.len() + attach.len() > ATTACHMENTS);
    let delete = timing(is_crowded(holder, wanted, live));
    let mut actions = boundary(wanted, live);
    actions.extend(attach.iter().map(|arn| HoldAction::Attach((*arn).clone())));
    actions.extend(live.policies.difference(wanted.policies).map(|arn| {
        // What is deleted and made anew under another path must be let go before, or nothing could begin.
        let timing = if cx.replaced.contains(arn) {
            Timing::Unlink
        } else {
            detach
        };
        HoldAction::Detach(arn.clone(), timing)
    }));
    actions.extend(put);
    let gone = live
        .inline
        .iter()
        .filter(|(name, _)| !wanted.inline.contains_key(*name));
    actions.extend(gone.map(|(name, policy)| HoldAction::DeleteInline(name.clone(), guard(policy), delete)));
    actions
}

/// A policy is never made anew while it is somebody's boundary, so only another one is put.
fn boundary(wanted: Holdings<'_>, live: Holdings<'_>) -> Vec<HoldAction> {
    match (wanted.boundary, live.boundary) {
        (Some(new), old) if old != Some(new) => {
            vec![HoldAction::PutBoundary(new.clone(), old.cloned())]
        }
        (None, Some(old)) => vec![HoldAction::DeleteBoundary(old.clone())],
        (Some(_), _) | (None, None) => Vec::new(),
    }
}

/// Those that shrink first, since the limit is on the sum.
fn inline_puts(wanted: Holdings<'_>, live: Holdings<'_>) -> Vec<HoldAction> {
    let mut changed: Vec<(&String, &Policy)> = wanted
        .inline
        .iter()
        .filter(|(name, policy)| live.inline.get(*name).is_none_or(|live| !same(policy, live)))
        .collect();
    let size = |policy: &Policy| i64::try_from(policy.size()).unwrap_or(i64::MAX);
    changed.sort_by_key(|(name, policy)| size(policy) - live.inline.get(*name).map_or(0, size));
    let put = |(name, policy): (&String, &Policy)| HoldAction::PutInline(name.clone(), Box::new(policy.clone()));
    changed.into_iter().map(put).collect()
}

/// Whether the new inline policies have no room beside those that go (`LimitExceeded`).
fn is_crowded(holder: Holder, wanted: Holdings<'_>, live: Holdings<'_>) -> bool {
    let gone = live
        .inline
        .iter()
        .filter(|(name, _)| !wanted.inline.contains_key(*name));
    let both = gone.chain(wanted.inline).map(|(_, policy)| policy.size());
    both.sum::<usize>() > holder.most_inline()
}

/// The changes that leave nothing held, before a deletion.
#[must_use]
pub fn release(live: Holdings<'_>) -> Vec<HoldAction> {
    let detach = live
        .policies
        .iter()
        .map(|arn| HoldAction::Detach(arn.clone(), Timing::Unlink));
    let delete = live
        .inline
        .iter()
        .map(|(name, policy)| HoldAction::DeleteInline(name.clone(), guard(policy), Timing::Unlink));
    detach.chain(delete).collect()
}

/// The model of a change.
pub fn after(
    action: &HoldAction,
    policies: &mut BTreeSet<Arn>,
    inline: &mut BTreeMap<String, Policy>,
    boundary: &mut Option<Arn>,
) {
    match action {
        HoldAction::Attach(arn) => {
            policies.insert(arn.clone());
        }
        HoldAction::Detach(arn, _) => {
            policies.remove(arn);
        }
        HoldAction::PutInline(name, policy) => {
            inline.insert(name.clone(), (**policy).clone());
        }
        HoldAction::DeleteInline(name, ..) => {
            inline.remove(name);
        }
        HoldAction::PutBoundary(arn, _) => *boundary = Some(arn.clone()),
        HoldAction::DeleteBoundary(_) => *boundary = None,
    }
}

/// AWS takes some time to show a new principal or policy to its own other calls, and refuses parallel writes to one.
pub const SPREADING: &[Retry] = &[
    Retry {
        code: "NoSuchEntity",
        fragment: "",
        within_s: 120,
        waiting_for: "IAM to show what was just made",
        when: When::Fresh,
    },
    Retry {
        code: "ConcurrentModification",
        fragment: "",
        within_s: 120,
        waiting_for: "another change of it to end",
        when: When::Always,
    },
    Retry::unseen("EntityAlreadyExists"),
];

/// What is known of a change.
#[must_use]
pub fn facts(action: &HoldAction, holder: Holder, arn: &Arn) -> Facts {
    let base = |rank, summary: String| Facts {
        retry: SPREADING,
        ..Facts::new(call_name(holder, action), rank, summary)
    };
    match action {
        HoldAction::Attach(policy) => Facts {
            access: Access::Widens,
            needs: vec![policy.clone()],
            fields: vec![FieldPath::entry("policies", policy.as_str())],
            ..base(Rank::Add, format!("attach {}", policy.show()))
        },
        HoldAction::Detach(policy, timing) => Facts {
            access: Access::Restricts,
            frees: vec![policy.clone()],
            unlinks: Some((arn.clone(), policy.clone())),
            loss: Loss::Link,
            fields: vec![FieldPath::entry("policies", policy.as_str())],
            ..base(rank(*timing), format!("detach {}", policy.show()))
        },
        HoldAction::PutInline(name, policy) => Facts {
            fields: vec![FieldPath::entry("inline_policies", name)],
            access: if guard(policy) == Guard::Denies {
                Access::Restricts
            } else {
                Access::Either
            },
            ..base(inline_rank(guard(policy)), format!("write inline policy {name}"))
        },
        HoldAction::DeleteInline(name, guard, timing) => Facts {
            fields: vec![FieldPath::entry("inline_policies", name)],
            access: if *guard == Guard::Denies {
                Access::Widens
            } else {
                Access::Restricts
            },
            loss: Loss::Link,
            ..base(removal_rank(*guard, *timing), format!("delete inline policy {name}"))
        },
        HoldAction::PutBoundary(policy, before) => Facts {
            access: if before.is_none() {
                Access::Restricts
            } else {
                Access::Either
            },
            needs: vec![policy.clone()],
            frees: before.iter().cloned().collect(),
            unlinks: before.clone().map(|before| (arn.clone(), before)),
            fields: vec![FieldPath::whole("permissions_boundary")],
            ..base(Rank::GuardOn, format!("set boundary {}", policy.show()))
        },
        HoldAction::DeleteBoundary(before) => Facts {
            access: Access::Widens,
            frees: vec![before.clone()],
            unlinks: Some((arn.clone(), before.clone())),
            fields: vec![FieldPath::whole("permissions_boundary")],
            ..base(Rank::GuardOff, format!("take off boundary {}", before.show()))
        },
    }
}

/// The place of a removal among the steps of its resource.
#[must_use]
pub fn rank(timing: Timing) -> Rank {
    match timing {
        Timing::First => Rank::Remove,
        Timing::Replaced => Rank::RemoveReplaced,
        Timing::Unlink => Rank::Unlink,
    }
}

fn inline_rank(guard: Guard) -> Rank {
    match guard {
        Guard::Denies => Rank::GuardOn,
        Guard::Allows => Rank::Add,
    }
}

fn removal_rank(guard: Guard, timing: Timing) -> Rank {
    match (guard, timing) {
        (_, Timing::Unlink) | (Guard::Allows, _) => rank(timing),
        (Guard::Denies, _) => Rank::GuardOff,
    }
}

fn call_name(holder: Holder, action: &HoldAction) -> &'static str {
    use HoldAction as A;
    match (holder, action) {
        (Holder::User, A::Attach(_)) => "iam:AttachUserPolicy",
        (Holder::Group, A::Attach(_)) => "iam:AttachGroupPolicy",
        (Holder::Role, A::Attach(_)) => "iam:AttachRolePolicy",
        (Holder::User, A::Detach(..)) => "iam:DetachUserPolicy",
        (Holder::Group, A::Detach(..)) => "iam:DetachGroupPolicy",
        (Holder::Role, A::Detach(..)) => "iam:DetachRolePolicy",
        (Holder::User, A::PutInline(..)) => "iam:PutUserPolicy",
        (Holder::Group, A::PutInline(..)) => "iam:PutGroupPolicy",
        (Holder::Role, A::PutInline(..)) => "iam:PutRolePolicy",
        (Holder::User, A::DeleteInline(..)) => "iam:DeleteUserPolicy",
        (Holder::Group, A::DeleteInline(..)) => "iam:DeleteGroupPolicy",
        (Holder::Role, A::DeleteInline(..)) => "iam:DeleteRolePolicy",
        (Holder::Role, A::PutBoundary(..)) => "iam:PutRolePermissionsBoundary",
        (_, A::PutBoundary(..)) => "iam:PutUserPermissionsBoundary",
        (Holder::Role, A::DeleteBoundary(_)) => "iam:DeleteRolePermissionsBoundary",
        (_, A::DeleteBoundary(_)) => "iam:DeleteUserPermissionsBoundary",
    }
}

/// What a principal may do by what it holds.
#[must_use]
pub fn grants(holdings: Holdings<'_>, arn: &Arn) -> Vec<Grant> {
    let grant = |what: String, field: FieldPath| Grant {
        holder: Some(arn.clone()),
        on: arn.clone(),
        what,
        field,
        document: None,
        managed: None,
        limits: false,
    };
    let managed = holdings.policies.iter().map(|policy| Grant {
        managed: Some(policy.clone()),
        ..grant(
            format!("policy {}", policy.show()),
            FieldPath::entry("policies", policy.as_str()),
        )
    });
    let inline = holdings.inline.iter().map(|(name, policy)| Grant {
        document: Some(policy.clone()),
        ..grant(
            format!("inline policy {name}"),
            FieldPath::entry("inline_policies", name),
        )
    });
    let boundary = holdings.boundary.into_iter().map(|policy| Grant {
        managed: Some(policy.clone()),
        limits: true,
        ..grant(
            format!("boundary {}", policy.show()),
            FieldPath::whole("permissions_boundary"),
        )
    });
    managed.chain(inline).chain(boundary).collect()
}

/// Everything that a principal's holdings name.
#[must_use]
pub fn refs(holdings: Holdings<'_>) -> Vec<Arn> {
    holdings
        .policies
        .iter()
        .cloned()
        .chain(holdings.boundary.cloned())
        .collect()
}

/// Policies, inline policies and boundary as the file writes them.
pub fn spell(holdings: Holdings<'_>, put: &mut impl FnMut(&str, serde_json::Value)) {
    if !holdings.policies.is_empty() {
        let names: Vec<String> = holdings.policies.iter().map(spell_policy).collect();
        put("policies", serde_json::json!(names));
    }
    if !holdings.inline.is_empty() {
        put("inline_policies", serde_json::json!(holdings.inline));
    }
    if let Some(boundary) = holdings.boundary {
        put("permissions_boundary", serde_json::json!(spell_policy(boundary)));
    }
}

/// A current AWS-managed policy by its name, any other by its ARN.
fn spell_policy(arn: &Arn) -> String {
    let name = arn.policy_name().filter(|_| arn.is_aws_managed_policy());
    let known = name.and_then(|name| crate::catalogue::managed_policy(name.as_str()));
    known.map_or_else(|| arn.to_string(), |managed| managed.name.to_owned())
}
