//! The table of rules is whole, and its examples are true.

use std::collections::BTreeSet;

use super::*;
use crate::policy_doc::{Policy, codes, parse_json};
use crate::spec::source::Sources;

#[test]
fn ids_stand_once_and_in_order() {
    assert!(RULES.is_sorted_by(|one, next| one.id < next.id));
    assert!(RULES.iter().all(|rule| !rule.lighter.contains(&rule.severity)));
    assert_eq!(rule("p202").map(|rule| rule.id), Some("P202"));
    assert!(rule("P999").is_none());
}

#[test]
fn what_the_grammar_says_is_a_rule() {
    let known: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    let unknown: Vec<&&str> = codes::ALL.iter().filter(|code| !known.contains(**code)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

mod corpus;
mod documents;
mod guides;

/// Reads and lints a text, JSON as in a block of an environment file; grammar first, as it is read.
fn lint(flavour: Flavour, text: &str) -> Vec<Finding> {
    let is_statement = text.starts_with("{\"Effect\"") || text.starts_with("{\"Sid\"");
    let text = if is_statement {
        format!("[{text}]")
    } else {
        text.to_owned()
    };
    let mut sources = Sources::default();
    let file = sources.add("policy.json", text.clone());
    let node = match parse_json(&text, file) {
        Ok(node) => node,
        Err(fault) => return vec![Finding::placeless(codes::NOT_JSON, fault.message)],
    };
    let cx = LintCx {
        flavour,
        place: Some(node.span),
        account: Some("123456789012"),
        accounts: &BTreeSet::new(),
        source: Source::File,
    };
    let mut findings = Vec::new();
    match Policy::from_node(&node, flavour, &mut findings) {
        Some(read) => findings.extend(policy(&read, &cx)),
        None => findings.extend(
            super::node(&node, &cx)
                .into_iter()
                .filter(|one| one.severity != Severity::Error),
        ),
    }
    findings
}

/// The ids that a text gives, each once.
fn ids(flavour: Flavour, text: &str) -> BTreeSet<&'static str> {
    lint(flavour, text).iter().map(|finding| finding.code).collect()
}

#[test]
fn examples_are_found_and_fixes_are_not() {
    for rule in RULES.iter() {
        let Sample::Policy(flavour, wrong, right) = rule.sample else {
            continue;
        };
        assert!(
            ids(flavour, wrong).contains(rule.id),
            "{}: {:#?}",
            rule.id,
            lint(flavour, wrong)
        );
        let right = lint(flavour, right);
        let is_clean = right
            .iter()
            .all(|finding| finding.code != rule.id && finding.severity != Severity::Error);
        assert!(is_clean, "{}: {right:#?}", rule.id);
    }
}

#[test]
fn findings_are_as_grave_as_their_rules_say() {
    for rule in RULES.iter() {
        if let Sample::Policy(flavour, wrong, _) = rule.sample {
            for finding in lint(flavour, wrong).iter().filter(|finding| finding.code == rule.id) {
                let known = finding.severity == rule.severity || rule.lighter.contains(&finding.severity);
                assert!(known, "{finding:?}");
            }
        }
    }
}
