//! What a file must allow so that it can say what is there: rules that count as errors, and that AWS lets stand.
//!
//! Invariant: only what would keep the file from being read is allowed; dangers are told like any others.

use std::collections::BTreeSet;

use crate::catalogue::{self, Status};
use crate::kind::{Grant, Home};
use crate::kinds::{KindName, Member};
use crate::lint::{self, LintCx, Source};
use crate::names::Arn;
use crate::policy_doc::{Flavour, Policy};
use crate::spec::finding::Severity;

/// Why it is allowed.
pub(super) const REASON: &str = "it is so in AWS";

/// The ids of the rules that a live thing breaks as an error.
pub(super) fn broken<K: Member>(id: &K::Id, state: &K::State, home: &Home) -> BTreeSet<&'static str> {
    let grants = K::grants(id, state, home);
    let documents = grants
        .iter()
        .filter_map(|grant| Some((flavour::<K>(grant), grant.document.as_ref()?)));
    let held = K::held_document(state).map(|document| (Flavour::Identity, document));
    let mut broken: BTreeSet<&'static str> = documents
        .chain(held)
        .flat_map(|(flavour, policy)| errors(flavour, policy, home))
        .collect();
    if grants
        .iter()
        .filter_map(|grant| grant.managed.as_ref())
        .any(is_withdrawn)
    {
        broken.insert("P105");
    }
    broken
}

fn flavour<K: Member>(grant: &Grant) -> Flavour {
    match (&grant.holder, grant.limits, K::KIND) {
        (Some(_), true, _) => Flavour::Boundary,
        (Some(_), false, _) => Flavour::Identity,
        (None, _, KindName::Role) => Flavour::Trust,
        (None, _, _) => Flavour::Resource,
    }
}

fn errors(flavour: Flavour, policy: &Policy, home: &Home) -> Vec<&'static str> {
    let cx = LintCx {
        flavour,
        place: None,
        account: Some(home.account.as_str()),
        accounts: &BTreeSet::new(),
        source: Source::File,
    };
    let found = lint::policy(policy, &cx).into_iter();
    let errors = found.filter(|finding| finding.severity == Severity::Error);
    errors
        .map(|finding| finding.code)
        .filter(|id| lint::rule(id).is_some_and(lint::Rule::is_optional))
        .collect()
}

fn is_withdrawn(arn: &Arn) -> bool {
    let name = arn.policy_name().filter(|_| arn.is_aws_managed_policy());
    let known = name.and_then(|name| catalogue::managed_policy(name.as_str()));
    known.is_some_and(|known| matches!(known.status, Status::Deprecated { .. }))
}
