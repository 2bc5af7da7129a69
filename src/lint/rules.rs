//! The table of rules.
//!
//! Invariant: ordered by id, each id once; every example of a single document is linted by a test, which sees the rule
//! fire on the example and keep silent on the fix.

mod grammar;
mod meaning;
mod security;

use std::sync::LazyLock;

use crate::policy_doc::Flavour;
use crate::spec::finding::Severity;

/// A rule: what it finds, how bad that is, and what to do.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// `P202`: P0 grammar, P1 what the words mean to AWS, P2 security, P3 several policies together.
    pub id: &'static str,
    /// How bad it is; at its worst, where that depends.
    pub severity: Severity,
    /// How bad it is in lighter cases.
    pub lighter: &'static [Severity],
    /// What is found: a phrase, lower case, no final period.
    pub title: &'static str,
    /// Why it matters, in a few sentences.
    pub why: &'static str,
    /// What it looks like, wrong and mended.
    pub sample: Sample,
}

/// An example with its fix.
#[derive(Debug, Clone, Copy)]
pub enum Sample {
    /// Policy documents, or single statements, of a kind.
    Policy(Flavour, &'static str, &'static str),
    /// What follows the head of an environment file.
    File(&'static str, &'static str),
}

/// Every rule, in order.
pub static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let tables = [
        grammar::RULES,
        meaning::RULES,
        security::RULES,
        super::environment::RULES,
    ];
    let mut rules: Vec<&'static Rule> = tables.into_iter().flatten().collect();
    rules.sort_by_key(|rule| rule.id);
    rules
});

/// The rule of an id, written in any case.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id.eq_ignore_ascii_case(id))
}

impl Rule {
    /// "error", "error or warning".
    #[must_use]
    pub fn severities(&self) -> String {
        let all = std::iter::once(&self.severity).chain(self.lighter);
        let words: Vec<&str> = all.map(|severity| severity.as_str()).collect();
        words.join(" or ")
    }

    /// Whether a file may switch it off or allow it: without its grammar a document has no meaning.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        !self.id.starts_with("P0") || ["P005", "P006", "P017"].contains(&self.id)
    }
}
