//! What others want to know about a document.
//!
//! Invariant: answers are about the text alone; nothing is said about who may do what in the end.

use std::collections::BTreeSet;

use super::document::{
    Clause, Document, Effect, PrincipalClause, PrincipalEntry, PrincipalType, Sense, Statement, Who, Word,
};
use super::pattern::matches_ignoring_case;
use super::policy::Policy;
use super::public::{has_wildcard, is_arn_of_one_account};

/// A unique id of a user or role: what AWS shows for a principal that has been deleted.
#[must_use]
pub fn is_unique_id(text: &str) -> bool {
    let rest = text.strip_prefix("AIDA").or_else(|| text.strip_prefix("AROA"));
    rest.is_some_and(|rest| {
        !rest.is_empty()
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

/// Whether a text is a bare account id: twelve digits.
pub(crate) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A wildcard after the account stays inside of it.
fn is_anybody(principal: &str) -> bool {
    has_wildcard(principal) && !is_arn_of_one_account(principal)
}

impl PrincipalClause {
    /// The named principals; none for a bare `*`.
    #[must_use]
    pub fn entries(&self) -> &[PrincipalEntry] {
        match &self.who {
            Who::Everyone => &[],
            Who::Named(entries) => entries,
        }
    }

    /// Whether everybody is in it: `*`, `AWS: "*"`, a wildcard that no account bounds, or everybody but some.
    #[must_use]
    pub fn includes_everyone(&self) -> bool {
        match (self.sense, &self.who) {
            (Sense::Only, Who::Everyone) => true,
            (Sense::Only, Who::Named(entries)) => entries.iter().any(|entry| is_anybody(&entry.name.text)),
            (Sense::AllBut, Who::Everyone) => false,
            (Sense::AllBut, Who::Named(_)) => true,
        }
    }
}

impl Clause {
    /// Whether an action is in the clause, wildcards and `NotAction` counted.
    #[must_use]
    pub fn covers_action(&self, action: &str) -> bool {
        let is_named = self.items.iter().any(|item| matches_ignoring_case(&item.text, action));
        match self.sense {
            Sense::Only => is_named,
            Sense::AllBut => !is_named,
        }
    }
}

impl Document {
    fn entries(&self) -> impl Iterator<Item = &PrincipalEntry> {
        self.statements
            .iter()
            .filter_map(|one| one.principal.as_ref())
            .flat_map(PrincipalClause::entries)
    }

    /// Every `AWS` principal that is named, once each, in the order of the text.
    #[must_use]
    pub fn principals(&self) -> Vec<&Word> {
        self.named(PrincipalType::Aws)
    }

    /// Every `Federated` principal that is named, once each, in the order of the text.
    #[must_use]
    pub fn federated(&self) -> Vec<&Word> {
        self.named(PrincipalType::Federated)
    }

    fn named(&self, kind: PrincipalType) -> Vec<&Word> {
        let entries = self.entries().filter(|entry| entry.kind == kind);
        once_each(entries.map(|entry| &entry.name))
    }

    /// `AWS` principals that are unique ids of deleted users and roles.
    #[must_use]
    pub fn dangling(&self) -> Vec<&Word> {
        self.principals()
            .into_iter()
            .filter(|name| is_unique_id(&name.text))
            .collect()
    }

    /// Every ARN in principals, resources and condition values, once each, in the order of the text.
    #[must_use]
    pub fn arns(&self) -> Vec<&Word> {
        once_each(
            self.statements
                .iter()
                .flat_map(Statement::words)
                .filter(|word| word.text.starts_with("arn:")),
        )
    }

    /// Whether a service such as `lambda.amazonaws.com` is named in a statement that allows it `sts:AssumeRole`.
    /// Conditions, and statements that deny, are not looked at.
    #[must_use]
    pub fn trusts_service(&self, service: &str) -> bool {
        self.statements.iter().any(|statement| {
            statement.effect == Effect::Allow
                && statement.action.covers_action("sts:AssumeRole")
                && statement
                    .principal
                    .as_ref()
                    .is_some_and(|clause| names_service(clause, service))
        })
    }
}

impl Statement {
    /// Principals, resources and condition values.
    fn words(&self) -> impl Iterator<Item = &Word> {
        let principals = self
            .principal
            .iter()
            .flat_map(PrincipalClause::entries)
            .map(|entry| &entry.name);
        let resources = self.resource.iter().flat_map(|clause| &clause.items);
        let values = self.conditions.iter().flat_map(|condition| &condition.values);
        principals.chain(resources).chain(values)
    }
}

impl Policy {
    /// `AWS` principals that are unique ids of deleted users and roles; none if the document cannot be read.
    #[must_use]
    pub fn dangling(&self) -> Vec<&str> {
        texts(self.document().map(Document::dangling))
    }

    /// The `AWS` principals named; none if the document cannot be read.
    #[must_use]
    pub fn principals(&self) -> Vec<&str> {
        texts(self.document().map(Document::principals))
    }

    /// The `Federated` principals named; none if the document cannot be read.
    #[must_use]
    pub fn federated(&self) -> Vec<&str> {
        texts(self.document().map(Document::federated))
    }

    /// The ARNs named; none if the document cannot be read.
    #[must_use]
    pub fn arns(&self) -> Vec<&str> {
        texts(self.document().map(Document::arns))
    }

    /// As [`Document::trusts_service`]; an unreadable document trusts nobody for certain.
    #[must_use]
    pub fn trusts_service(&self, service: &str) -> bool {
        self.document().is_some_and(|document| document.trusts_service(service))
    }
}

fn names_service(clause: &PrincipalClause, service: &str) -> bool {
    let is_it = |entry: &PrincipalEntry| entry.kind == PrincipalType::Service && entry.name.text == service;
    clause.sense == Sense::Only && clause.entries().iter().any(is_it)
}

fn once_each<'a>(words: impl Iterator<Item = &'a Word>) -> Vec<&'a Word> {
    let mut seen = BTreeSet::new();
    words.filter(|word| seen.insert(word.text.as_str())).collect()
}

fn texts(words: Option<Vec<&Word>>) -> Vec<&str> {
    words
        .unwrap_or_default()
        .into_iter()
        .map(|word| word.text.as_str())
        .collect()
}
