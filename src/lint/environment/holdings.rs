//! Who holds which statements, over all the policies of an environment.
//!
//! Invariant: a policy that neither the file nor the catalogue has is unread, and who holds one is judged by what is known
//! alone where that can only say too little, and not at all where it could say too much.

use std::collections::BTreeMap;

use super::{Thing, Whole};
use crate::catalogue::{self, ActionSet};
use crate::policy_doc::{Document, Effect, Flavour, Glob, Policy, Sense, Statement, Word};
use crate::spec::source::Span;

/// Documents of AWS's own policies that the file attaches, each read once.
#[derive(Debug, Default)]
pub(super) struct Library {
    documents: BTreeMap<String, Document>,
}

impl Library {
    /// The documents of everything that is attached and that the catalogue has.
    pub(super) fn of(whole: &Whole<'_>) -> Self {
        let mut library = Self::default();
        let attached = whole
            .things
            .iter()
            .flat_map(|thing| thing.managed.iter().map(|(arn, _)| arn));
        let boundaries = whole.things.iter().filter_map(|thing| thing.boundary.as_ref());
        for arn in attached.chain(boundaries) {
            if let Some(document) = read(arn).filter(|_| !library.documents.contains_key(arn)) {
                library.documents.insert(arn.clone(), document);
            }
        }
        library
    }
}

fn read(arn: &str) -> Option<Document> {
    let json = catalogue::managed_document(aws_managed_name(arn)?)?;
    Policy::from_live(json).ok()?.document().cloned()
}

/// The name of an AWS-managed policy in its ARN.
pub(super) fn aws_managed_name(arn: &str) -> Option<&str> {
    let (_, tail) = arn.split_once(":iam::aws:policy/")?;
    tail.rsplit('/').next()
}

/// A statement that somebody holds.
#[derive(Debug, Clone)]
pub(super) struct Grant<'a> {
    /// The statement.
    pub statement: &'a Statement,
    /// The actions of the catalogue that it is about.
    pub actions: ActionSet,
    /// The declared resource in which it is written; none for AWS's own policies.
    pub home: Option<&'a Thing<'a>>,
    /// Where the file says so: the document, or the place where AWS's policy is attached.
    pub span: Option<Span>,
}

impl Grant<'_> {
    /// Where the file names an action, or what comes nearest to it.
    pub(super) fn place_of(&self, action: &catalogue::Action) -> Option<Span> {
        let full = action.full_name();
        let named = |word: &&Word| crate::policy_doc::matches_ignoring_case(&word.text, &full);
        let word = self.statement.action.items.iter().find(named);
        let own = word.and_then(|word| word.at.0).or(self.statement.at.0);
        match self.home {
            Some(_) => own.or(self.span),
            None => self.span,
        }
    }
}

/// All that one principal, or one policy by itself, holds.
#[derive(Debug, Default)]
pub(super) struct Held<'a> {
    /// Its statements, denials among them.
    pub grants: Vec<Grant<'a>>,
    /// What its boundary leaves, where it has one.
    pub boundary: Option<Boundary<'a>>,
}

/// A permissions boundary.
#[derive(Debug)]
pub(super) enum Boundary<'a> {
    /// Its document.
    Known(&'a Document),
    /// It is in force, and nobody has read it.
    Unread,
}

/// The things of an environment by what they are called.
#[derive(Debug)]
pub(super) struct Holdings<'a> {
    /// All that is declared.
    pub whole: &'a Whole<'a>,
    library: &'a Library,
    by_arn: BTreeMap<String, &'a Thing<'a>>,
}

impl<'a> Holdings<'a> {
    pub(super) fn of(whole: &'a Whole<'a>, library: &'a Library) -> Self {
        let by_arn = whole.things.iter().map(|thing| (thing.arn.clone(), thing)).collect();
        Self { whole, library, by_arn }
    }

    /// The declared resource of an ARN.
    pub(super) fn thing(&self, arn: &str) -> Option<&'a Thing<'a>> {
        self.by_arn.get(arn).copied()
    }

    /// The statements of identity documents that are written in a resource itself.
    pub(super) fn written(thing: &'a Thing<'a>) -> Vec<Grant<'a>> {
        let identity = thing
            .documents
            .iter()
            .filter(|written| written.flavour == Flavour::Identity);
        identity
            .flat_map(|written| {
                let statements = written.document.statements.iter();
                statements.map(|statement| grant(statement, Some(thing), Some(written.span)))
            })
            .collect()
    }

    /// What a resource gives: what is written in it and what is attached to it.
    fn given(&self, thing: &'a Thing<'a>) -> Vec<Grant<'a>> {
        let mut grants = Self::written(thing);
        for (arn, span) in &thing.managed {
            match self.thing(arn) {
                Some(policy) => grants.extend(Self::written(policy)),
                None => {
                    let statements = self
                        .library
                        .documents
                        .get(arn)
                        .into_iter()
                        .flat_map(|one| &one.statements);
                    grants.extend(statements.map(|statement| grant(statement, None, span.or(thing.span))));
                }
            }
        }
        grants
    }

    /// Everything that a user, role or group holds, groups and boundary counted.
    pub(super) fn held(&self, thing: &'a Thing<'a>) -> Held<'a> {
        let mut grants = self.given(thing);
        for group in self.groups(thing) {
            grants.extend(self.given(group));
        }
        let boundary = thing.boundary.as_ref().map(|arn| self.boundary(arn));
        Held { grants, boundary }
    }

    fn boundary(&self, arn: &str) -> Boundary<'a> {
        let declared = self
            .thing(arn)
            .and_then(|thing| thing.documents.first())
            .map(|one| one.document);
        let known = declared.or_else(|| self.library.documents.get(arn));
        known.map_or(Boundary::Unread, Boundary::Known)
    }

    /// The groups that a user is in and that the file declares.
    pub(super) fn groups(&self, thing: &'a Thing<'a>) -> impl Iterator<Item = &'a Thing<'a>> {
        let named = thing.names.iter().filter(|_| thing.kind == "user");
        named
            .filter_map(|arn| self.thing(arn))
            .filter(|one| one.kind == "group")
    }

    /// Users and roles.
    pub(super) fn principals(&self) -> impl Iterator<Item = &'a Thing<'a>> {
        self.whole
            .things
            .iter()
            .filter(|thing| matches!(thing.kind, "user" | "role"))
    }

    /// The users and roles that hold what a resource gives: it itself, who has it attached, who is in it.
    pub(super) fn holders(&self, thing: &'a Thing<'a>) -> Vec<&'a Thing<'a>> {
        let attaches = |one: &Thing<'_>| one.managed.iter().any(|(arn, _)| *arn == thing.arn);
        let holds = |one: &'a Thing<'a>| {
            std::ptr::eq(one, thing)
                || attaches(one)
                || self
                    .groups(one)
                    .any(|group| std::ptr::eq(group, thing) || attaches(group))
        };
        self.principals().filter(|one| holds(one)).collect()
    }
}

fn grant<'a>(statement: &'a Statement, home: Option<&'a Thing<'a>>, span: Option<Span>) -> Grant<'a> {
    Grant {
        statement,
        actions: actions(statement),
        home,
        span,
    }
}

/// The actions of the catalogue that a statement is about.
pub(super) fn actions(statement: &Statement) -> ActionSet {
    let named = ActionSet::of_patterns(statement.action.items.iter().map(|word| word.text.as_str()));
    match statement.action.sense {
        Sense::Only => named,
        Sense::AllBut => named.complement(),
    }
}

/// Whether a statement is about every resource.
pub(super) fn is_about_everything(statement: &Statement) -> bool {
    let only = statement.resource.as_ref().filter(|clause| clause.sense == Sense::Only);
    only.is_some_and(|clause| clause.items.iter().any(|word| is_star(&word.text)))
}

/// `*`, however often.
pub(super) fn is_star(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'*')
}

/// The actions that statements deny whatever the resource and the circumstances.
pub(super) fn denied<'a>(statements: impl Iterator<Item = &'a Statement>) -> ActionSet {
    statements
        .filter(|one| one.effect == Effect::Deny && one.conditions.is_empty() && is_about_everything(one))
        .fold(ActionSet::none(), |all, one| all.union(&actions(one)))
}

/// The actions that a document allows on anything at all.
pub(super) fn allowed(document: &Document) -> ActionSet {
    let allows = document.statements.iter().filter(|one| one.effect == Effect::Allow);
    let all = allows.fold(ActionSet::none(), |all, one| all.union(&actions(one)));
    all.difference(&denied(document.statements.iter()))
}

/// The form of an action's resources as patterns: `arn:*:s3:::*`.
pub(super) fn forms(action: &catalogue::Action) -> impl Iterator<Item = Glob> {
    let arns = action.resource_types().flat_map(|kind| kind.arns.iter().copied());
    arns.map(|arn| Glob::arn(&without_variables(arn)))
}

/// A text with `*` in the place of each `${…}`.
pub(super) fn without_variables(text: &str) -> String {
    catalogue::filled(text, |_| "*")
}
