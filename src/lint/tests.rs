//! The table of rules is whole, and its examples are true.

use std::collections::BTreeSet;

use super::*;
use crate::policy_doc::codes;

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
