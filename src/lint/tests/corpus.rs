//! The rules over all AWS-managed policies of the catalogue.

use std::collections::BTreeMap;
use std::time::Instant;

use super::*;
use crate::catalogue;

#[test]
fn all_managed_policies_are_judged_without_false_alarms() {
    let begin = Instant::now();
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    let (mut documents, mut actions) = (0_usize, 0_usize);
    for managed in catalogue::managed_policies() {
        let Some(text) = catalogue::managed_document(managed.name) else {
            continue;
        };
        let policy = Policy::live(text);
        let document = policy.document().unwrap_or_else(|| panic!("{}: {text}", managed.name));
        documents += 1;
        actions += document
            .statements
            .iter()
            .map(|one| one.action.items.len())
            .sum::<usize>();
        let cx = LintCx {
            flavour: Flavour::Identity,
            place: None,
            account: None,
            accounts: &BTreeSet::new(),
            source: Source::Bare,
        };
        for finding in super::super::policy(&policy, &cx) {
            *counts.entry(finding.code).or_default() += 1;
            // AWS has taken all of them, so what is an error here is one of ours.
            let is_sized = finding.code == "P008";
            assert!(
                is_sized || finding.severity != Severity::Error,
                "{}: {finding:?}",
                managed.name
            );
        }
    }
    let unknown: usize = ["P101", "P102", "P103"].iter().filter_map(|id| counts.get(id)).sum();
    println!(
        "{documents} documents, {actions} actions in {:?}: {counts:?}",
        begin.elapsed()
    );
    assert!(documents > 1_000 && actions > 30_000);
    assert!(
        unknown * 1_000 < actions * 3,
        "{unknown} of {actions} actions are unknown"
    );
}
