//! The rules that need everything a file declares: who holds what in the end, and which names there are.
//!
//! Invariant: as in the room as a whole. What a file does not declare is unknown to these rules, and never wrong for that.

mod accounts;
mod cover;
mod effect;
mod escalation;
mod holdings;
mod names;
mod pairs;
mod redundancy;
mod regions;
mod rules;
mod services;
#[cfg(test)]
mod tests;

pub use rules::RULES;

use std::collections::BTreeSet;

use super::{LintCx, Told};
use crate::policy_doc::{Document, Flavour};
use crate::spec::finding::{Finding, Severity};
use crate::spec::source::Span;

/// What a file declares.
#[derive(Debug, Default)]
pub struct Whole<'a> {
    /// The account, where the file pins one.
    pub account: Option<String>,
    /// Other accounts that are the author's own.
    pub accounts: BTreeSet<String>,
    /// `aws`, `aws-cn` …
    pub partition: String,
    /// The default region.
    pub region: String,
    /// The resources, in the order of their addresses.
    pub things: Vec<Thing<'a>>,
}

/// A declared resource.
#[derive(Debug, Default)]
pub struct Thing<'a> {
    /// `role/ci`.
    pub address: String,
    /// `role`.
    pub kind: &'static str,
    /// Its ARN.
    pub arn: String,
    /// Its key in the file.
    pub span: Option<Span>,
    /// The documents that are written in it: its own policy, inline policies, its trust.
    pub documents: Vec<Written<'a>>,
    /// ARNs of the managed policies that are attached to it, each with its place where that is known.
    pub managed: Vec<(String, Option<Span>)>,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
    /// ARNs of everything else that it names: a user's groups, a function's role …
    pub names: Vec<String>,
}

/// A policy document as it stands in a file.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// What kind of policy it is.
    pub flavour: Flavour,
    /// The document.
    pub document: &'a Document,
    /// The whole of it.
    pub span: Span,
}

/// Everything that is to be told of a file as a whole, by the resource that an `allow:` would stand on.
#[must_use]
pub fn environment(whole: &Whole<'_>) -> Vec<Told> {
    let library = holdings::Library::of(whole);
    let holdings = holdings::Holdings::of(whole, &library);
    let mut told = Vec::new();
    escalation::check(&holdings, &mut told);
    accounts::check(whole, &mut told);
    services::full_access(&whole.things, &mut told);
    effect::check(&holdings, &mut told);
    redundancy::check(&whole.things, &mut told);
    regions::check(&whole.things, &whole.partition, &mut told);
    pairs::check(&holdings, &mut told);
    names::check(whole, &mut told);
    services::trusts(&holdings, &mut told);
    told
}

/// What these rules say of a document that stands by itself: nobody holds it, and nothing else is declared.
#[must_use]
pub fn alone(document: &Document, cx: &LintCx<'_>) -> Vec<Finding> {
    let Some(span) = cx.place.or(document.at.0) else {
        return Vec::new();
    };
    let thing = Thing {
        address: "its holder".to_owned(),
        kind: match cx.flavour {
            Flavour::Trust => "role",
            _ => "policy",
        },
        span: Some(span),
        documents: vec![Written {
            flavour: cx.flavour,
            document,
            span,
        }],
        ..Thing::default()
    };
    let whole = Whole {
        account: cx.account.map(str::to_owned),
        accounts: cx.accounts.clone(),
        things: vec![thing],
        ..Whole::default()
    };
    environment(&whole).into_iter().map(|told| told.finding).collect()
}

/// A finding of a rule, as grave as the rule is at its worst.
fn told(id: &'static str, place: Option<Span>, message: impl Into<String>) -> Finding {
    let severity = super::rule(id).map_or(Severity::Warning, |rule| rule.severity);
    let finding = match place {
        Some(span) => Finding::error(id, span, message),
        None => Finding::placeless(id, message),
    };
    finding.severity(severity)
}
