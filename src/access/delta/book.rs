//! What clauses of actions mean, each worked out once, and the classes of actions that no clause tells apart.
//!
//! Invariant: the classes are disjoint and cover what is asked; every clause holds all of a class or nothing of it. An
//! action that the catalogue does not know is a class of its own and never lost.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{self, ActionSet};
use crate::policy_doc::{Glob, Sense, matches_ignoring_case};

use super::rules::{Actions, Pattern, Rule};

/// Actions that no clause tells apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Of the catalogue.
    Known(ActionSet),
    /// An action, or a pattern of actions, that the catalogue does not know.
    Strange(String),
}

/// Answers that are asked for again and again.
#[derive(Debug, Default)]
pub(super) struct Book {
    clauses: BTreeMap<Actions, ActionSet>,
    patterns: BTreeMap<String, ActionSet>,
    relations: BTreeMap<(Glob, Glob), Relation>,
    forms: BTreeMap<&'static str, BTreeMap<Glob, bool>>,
}

/// No action.
static NONE: ActionSet = ActionSet::none();

/// How a pattern lies to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// It holds all of it.
    Covers,
    /// It holds some of it.
    Cuts,
    /// It holds nothing of it.
    Misses,
}

impl Book {
    /// The catalogue's actions under a pattern.
    pub(super) fn pattern(&mut self, pattern: &str) -> &ActionSet {
        let lower = pattern.to_ascii_lowercase();
        self.patterns
            .entry(lower)
            .or_insert_with_key(|pattern| ActionSet::of_pattern(pattern))
    }

    /// The catalogue's actions of a clause.
    pub(super) fn clause(&mut self, actions: &Actions) -> &ActionSet {
        if !self.clauses.contains_key(actions) {
            let named = ActionSet::of_patterns(actions.patterns.iter().map(String::as_str));
            let set = match actions.sense {
                Sense::Only => named,
                Sense::AllBut => named.complement(),
            };
            self.clauses.insert(actions.clone(), set);
        }
        self.clauses.get(actions).unwrap_or(&NONE)
    }

    /// Whether a rule is about a class.
    pub(super) fn applies(&mut self, rule: &Rule, class: &Class) -> bool {
        match class {
            Class::Known(set) => set.is_subset(self.clause(&rule.actions)),
            Class::Strange(name) => {
                let mut patterns = rule.actions.patterns.iter();
                patterns.any(|pattern| matches_ignoring_case(pattern, name)) == (rule.actions.sense == Sense::Only)
            }
        }
    }

    /// Whether the form of an ARN, `arn:${Partition}:s3:::${BucketName}`, has one under a pattern.
    pub(super) fn fits(&mut self, form: &'static str, pattern: &Pattern) -> bool {
        let known = self.forms.entry(form).or_default();
        if let Some(fits) = known.get(&pattern.glob) {
            return *fits;
        }
        let part = |text: &str| {
            text.split(':')
                .nth(2)
                .filter(|part| !part.contains(['*', '?', '$']))
                .map(str::to_owned)
        };
        let are_of_two = matches!((part(form), part(&pattern.text)), (Some(one), Some(other)) if one != other);
        // The name of a bucket holds no slash.
        let is_object = form.ends_with(":::${BucketName}") && pattern.text.contains('/');
        let fits = !are_of_two && !is_object && pattern.glob.meets(&Glob::arn(&catalogue::filled(form, |_| "*")));
        known.insert(pattern.glob.clone(), fits);
        fits
    }

    /// The classes of what some rules are about, cut by all rules.
    pub(super) fn classes(&mut self, some: &[&Rule], all: &[&Rule]) -> Vec<Class> {
        let mut strange: BTreeSet<String> = BTreeSet::new();
        for pattern in all.iter().flat_map(|rule| &rule.actions.patterns) {
            let class = Class::Strange(pattern.clone());
            if self.pattern(pattern).is_empty() && some.iter().any(|rule| self.applies(rule, &class)) {
                strange.insert(pattern.clone());
            }
        }
        let mut whole = ActionSet::none();
        for rule in some {
            whole = whole.union(self.clause(&rule.actions));
        }
        let mut classes: Vec<ActionSet> = if whole.is_empty() { Vec::new() } else { vec![whole] };
        let clauses: BTreeSet<&Actions> = all.iter().map(|rule| &rule.actions).collect();
        for clause in clauses {
            let set = self.clause(clause);
            let halves = |class: ActionSet| [class.intersection(set), class.difference(set)];
            classes = classes
                .into_iter()
                .flat_map(halves)
                .filter(|half| !half.is_empty())
                .collect();
        }
        let known = classes.into_iter().map(Class::Known);
        known.chain(strange.into_iter().map(Class::Strange)).collect()
    }

    /// How a pattern lies to another one that is asked about.
    pub(super) fn relation(&mut self, pattern: &Pattern, asked: &Pattern) -> Relation {
        if pattern.glob.is_everything() || pattern.glob == asked.glob {
            return Relation::Covers;
        }
        if are_apart(&pattern.text, &asked.text) {
            return Relation::Misses;
        }
        let pair = (pattern.glob.clone(), asked.glob.clone());
        *self.relations.entry(pair).or_insert_with_key(|(pattern, asked)| {
            if !pattern.meets(asked) {
                Relation::Misses
            } else if asked.within(pattern) {
                Relation::Covers
            } else {
                Relation::Cuts
            }
        })
    }
}

/// Whether two patterns begin with different letters, so that no text is in both. Cheap, and no for most that are.
pub(super) fn are_apart(one: &str, other: &str) -> bool {
    let is_wild = |letter: &u8| matches!(letter, b'*' | b'?' | b'$');
    let letters = one.bytes().zip(other.bytes());
    let mut plain = letters.take_while(|(left, right)| !is_wild(left) && !is_wild(right));
    plain.any(|(left, right)| left != right)
}
