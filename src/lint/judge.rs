//! What every rule looks at: a statement with the actions that it means, and where findings go.
//!
//! Invariant: what the catalogue does not know is never taken for absent by rules that find dangers.

use super::LintCx;
use crate::catalogue::{Action, ActionSet};
use crate::policy_doc::{At, Clause, Document, Effect, Flavour, Policy, Sense, Statement, Word};
use crate::spec::finding::{Finding, Severity};

/// The findings of a document while it is looked at.
pub(super) struct Judge<'a> {
    pub(super) document: &'a Document,
    pub(super) cx: &'a LintCx<'a>,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(document: &'a Document, cx: &'a LintCx<'a>) -> Self {
        Self {
            document,
            cx,
            findings: Vec::new(),
        }
    }

    /// Tells something, as grave as the rule is at its worst.
    pub(super) fn tell(&mut self, id: &'static str, at: At, message: impl Into<String>, label: impl Into<String>) {
        let finding = self.cx.finding(id, at, message).label(label);
        self.findings.push(finding);
    }

    /// Tells a lighter case.
    pub(super) fn tell_as(
        &mut self,
        severity: Severity,
        id: &'static str,
        at: At,
        message: impl Into<String>,
        label: impl Into<String>,
    ) {
        let finding = self.cx.finding(id, at, message).label(label);
        self.findings.push(finding.severity(severity));
    }

    pub(super) fn flavour(&self) -> Flavour {
        self.cx.flavour
    }

    /// Whether its Allow gives somebody something: boundaries, sessions and organisations' policies only limit.
    pub(super) fn gives(&self) -> bool {
        matches!(self.cx.flavour, Flavour::Identity | Flavour::Resource)
    }

    /// Whether it follows the grammar of IAM rather than that of a service.
    pub(super) fn is_of_iam(&self) -> bool {
        matches!(
            self.cx.flavour,
            Flavour::Identity | Flavour::Boundary | Flavour::Session
        )
    }
}

/// A statement with what its actions mean.
pub(super) struct Judged<'a> {
    pub(super) statement: &'a Statement,
    /// The items of `Action` with what each means; none for `NotAction`.
    pub(super) actions: Vec<(&'a Word, ActionSet)>,
}

impl<'a> Judged<'a> {
    pub(super) fn of(statement: &'a Statement) -> Self {
        let items = match statement.action.sense {
            Sense::Only => statement.action.items.as_slice(),
            Sense::AllBut => &[],
        };
        Self {
            statement,
            actions: items
                .iter()
                .map(|item| (item, ActionSet::of_pattern(&item.text)))
                .collect(),
        }
    }

    pub(super) fn allows(&self) -> bool {
        self.statement.effect == Effect::Allow
    }

    /// The resources that it names; none for `NotResource` and where it has none.
    pub(super) fn resources(&self) -> &'a [Word] {
        self.statement
            .resource
            .as_ref()
            .filter(|clause| clause.sense == Sense::Only)
            .map_or(&[], |clause: &'a Clause| clause.items.as_slice())
    }

    /// The resource that is everything, if it is among the named ones.
    pub(super) fn everything(&self) -> Option<&'a Word> {
        self.resources().iter().find(|item| is_star(&item.text))
    }

    /// Whether a condition tests a key, named in lower case.
    pub(super) fn has_key(&self, fits: impl Fn(&str) -> bool) -> bool {
        let mut conditions = self.statement.conditions.iter();
        conditions.any(|condition| fits(&condition.key.text.to_ascii_lowercase()))
    }
}

/// Whether a pattern is stars alone.
pub(super) fn is_star(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'*')
}

/// Whether a pattern of actions is everything there is.
pub(super) fn is_every_action(text: &str) -> bool {
    is_star(text)
        || text
            .split_once(':')
            .is_some_and(|(service, name)| is_star(service) && is_star(name))
}

/// The service of which a pattern means every action.
pub(super) fn whole_service(text: &str) -> Option<&str> {
    let (service, name) = text.split_once(':')?;
    (is_star(name) && !is_star(service)).then_some(service)
}

/// "a, b and 3 more".
pub(super) fn listed(actions: &[&Action]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = actions.iter().take(SHOWN).map(|action| action.full_name()).collect();
    match actions.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The author's text, for what a document has no parts for.
pub(super) fn written_statements(policy: &Policy) -> Vec<&serde_json::Value> {
    let written = policy.written();
    let statements = written.get("Statement").unwrap_or(written);
    match statements.as_array() {
        Some(all) => all.iter().collect(),
        None => vec![statements],
    }
}
