//! What is wrong, dangerous or odd about policies: the rules, each with its name, gravity and explanation.
//!
//! Invariant: an error is only what AWS refuses for certain; what it takes and hardly anybody means is a warning or a
//! security finding. A rule's id never changes its meaning. This room knows policies and the catalogue; it knows no kinds
//! and reads no files.

mod actions;
mod arns;
mod conditions;
pub mod environment;
mod form;
mod grants;
mod judge;
mod principals;
mod rules;
mod targets;
mod variables;

#[cfg(test)]
mod tests;

pub use environment::environment;
pub use rules::{RULES, Rule, Sample, rule};

use std::collections::BTreeSet;

use judge::{Judge, Judged};

use crate::policy_doc::{At, Document, Flavour, Policy, Reading, of_node};
use crate::spec::finding::{Finding, Severity};
use crate::spec::node::Node;
use crate::spec::source::Span;

/// What is known around a document.
#[derive(Debug, Clone)]
pub struct LintCx<'a> {
    /// What kind of policy it is.
    pub flavour: Flavour,
    /// Where the document stands: the place of what has none of its own.
    pub place: Option<Span>,
    /// The account that it is for: twelve digits, if it is known.
    pub account: Option<&'a str>,
    /// Other accounts that are the author's own.
    pub accounts: &'a BTreeSet<String>,
    /// Where the document was read from.
    pub source: Source,
}

/// Where a document comes from: it decides what an absent `Version` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An environment file, which writes the current version where there is none.
    File,
    /// A bare document, which goes to AWS as it is.
    Bare,
}

/// A finding, and the address of the resource that an `allow:` for it would stand on.
#[derive(Debug, Clone)]
pub struct Told {
    /// `role/ci`; `None` for what is said of the file.
    pub address: Option<String>,
    /// What is said.
    pub finding: Finding,
}

/// Everything that is to be told of a document by itself, in the order of its statements.
#[must_use]
pub fn document(policy: &Document, cx: &LintCx<'_>) -> Vec<Finding> {
    let mut judge = Judge::new(policy, cx);
    form::document(&mut judge);
    for statement in &policy.statements {
        let statement = Judged::of(statement);
        actions::statement(&mut judge, &statement);
        arns::statement(&mut judge, &statement);
        targets::statement(&mut judge, &statement);
        conditions::statement(&mut judge, &statement);
        variables::statement(&mut judge, &statement);
        principals::statement(&mut judge, &statement);
        grants::statement(&mut judge, &statement);
    }
    judge.findings
}

/// Everything that is to be told of a document as it stands in a text: its grammar, and the rules as far as it can be
/// read, whatever placeholders it has.
#[must_use]
pub fn node(node: &Node, cx: &LintCx<'_>) -> Vec<Finding> {
    let (mut findings, read) = match of_node(node, Reading::Judged(cx.flavour)) {
        Ok(policy) => (Vec::new(), Some(policy)),
        Err(findings) => (findings, of_node(node, Reading::Asked(cx.flavour)).ok()),
    };
    let by_itself = read.iter().flat_map(|read| policy(read, cx));
    let among_others = read
        .iter()
        .filter_map(Policy::document)
        .flat_map(|read| environment::alone(read, cx));
    for finding in by_itself.chain(among_others) {
        let same = |other: &Finding| other.code == finding.code && other.span == finding.span;
        if !findings.iter().any(same) {
            findings.push(finding);
        }
    }
    findings
}

/// The same, with what only the author's text shows: elements that are there and say nothing, and its size.
#[must_use]
pub fn policy(policy: &Policy, cx: &LintCx<'_>) -> Vec<Finding> {
    let Some(typed) = policy.document() else {
        return Vec::new();
    };
    let mut judge = Judge::new(typed, cx);
    form::text(&mut judge, policy);
    let mut findings = document(typed, cx);
    findings.append(&mut judge.findings);
    findings
}

impl LintCx<'_> {
    /// A finding of a rule at a place of the document, as grave as the rule is at its worst.
    #[must_use]
    pub fn finding(&self, id: &'static str, at: At, message: impl Into<String>) -> Finding {
        let severity = rule(id).map_or(Severity::Warning, |rule| rule.severity);
        let finding = match at.0.or(self.place) {
            Some(span) => Finding::error(id, span, message),
            None => Finding::placeless(id, message),
        };
        finding.severity(severity)
    }
}
