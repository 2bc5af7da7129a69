//! What changes of policies and boundaries must be permitted, and how others may have left them.
//!
//! Invariant: where a condition key tells which policy is meant, what is given is held to it; what is taken away is not,
//! since nobody knows what others have attached.

use std::collections::{BTreeMap, BTreeSet};

use super::{HoldAction, Holder, facts};
use crate::kind::Permit;
use crate::names::{Arn, Partition};
use crate::policy_doc::Policy;

/// What a change of this holder must be permitted.
#[must_use]
pub fn of(action: &HoldAction, holder: Holder, arn: &Arn) -> Vec<Permit> {
    let permit = Permit::new(facts(action, holder, arn).call, arn);
    vec![match action {
        HoldAction::Attach(policy) => permit.with("iam:PolicyARN", policy),
        HoldAction::PutBoundary(policy, _) => permit.with("iam:PermissionsBoundary", policy),
        HoldAction::Detach(..)
        | HoldAction::PutInline(..)
        | HoldAction::DeleteInline(..)
        | HoldAction::DeleteBoundary(_) => permit,
    }]
}

/// A managed policy that every account has and no file needs.
#[must_use]
pub fn foreign(partition: Partition) -> BTreeSet<Arn> {
    let text = format!("arn:{partition}:iam::aws:policy/AWSPriceListServiceFullAccess");
    Arn::parse(&text).into_iter().collect()
}

/// The inline policies of a stranger: none that is wanted, and one that is not.
#[must_use]
pub fn foreign_inline() -> BTreeMap<String, Policy> {
    let text =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":"*"}}"#;
    let policy = Policy::from_live(text).ok();
    policy
        .map(|policy| ("otherwise".to_owned(), policy))
        .into_iter()
        .collect()
}
