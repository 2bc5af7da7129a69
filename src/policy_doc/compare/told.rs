//! What one document gives that the other does not, for people.
//!
//! Invariant: every kind of request that was found is told; what is told is in the authors' words.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy_doc::document::{Condition, Effect};
use crate::policy_doc::pattern::{Glob, matches_ignoring_case};

use super::Ruled;
use super::dimension::Atom;
use super::marks::Marks;
use super::walk::{Change, Example, Found, Sides};

/// Requests that one document allows, or denies, and the other does not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Access {
    /// What is gained or lost: an allowing, or that something is not denied.
    pub effect: Effect,
    /// Who; nobody in a policy of an identity, which is about whoever it is attached to.
    pub principals: Vec<String>,
    /// Which actions.
    pub actions: Vec<String>,
    /// On which resources; none in a trust policy.
    pub resources: Vec<String>,
    /// Under which conditions, or an example of a context in which the documents differ.
    pub when: Option<String>,
}

/// Gathers what is gained and lost.
#[derive(Default)]
pub(super) struct Told {
    gains: BTreeSet<Part>,
    loses: BTreeSet<Part>,
}

type Labels = BTreeSet<String>;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    effect: Effect,
    when: Option<String>,
    principals: Labels,
    actions: Labels,
    resources: Labels,
}

impl Told {
    pub(super) fn see(
        &mut self,
        path: &[&Atom],
        alive: &Marks,
        found: &Found,
        sides: &Sides,
        statements: &[Ruled<'_>],
    ) {
        let labels = |at: usize| path.get(at).map(|atom| atom.labels.clone()).unwrap_or_default();
        for (change, example) in found {
            let when = when(*change, alive, example, sides, statements);
            let part = Part {
                effect: match change {
                    Change::Gained | Change::Lost => Effect::Allow,
                    Change::Denied | Change::Freed => Effect::Deny,
                },
                when,
                actions: labels(0),
                resources: labels(1),
                principals: labels(2),
            };
            match change {
                Change::Gained | Change::Freed => self.gains.insert(part),
                Change::Lost | Change::Denied => self.loses.insert(part),
            };
        }
    }

    pub(super) fn has_gains(&self) -> bool {
        !self.gains.is_empty()
    }

    pub(super) fn has_losses(&self) -> bool {
        !self.loses.is_empty()
    }

    /// What is gained and what is lost, grouped.
    pub(super) fn finish(self, words: &Words) -> (Vec<Access>, Vec<Access>) {
        let all = |parts: BTreeSet<Part>| grouped(parts).into_iter().map(|part| words.access(part)).collect();
        (all(self.gains), all(self.loses))
    }
}

/// What the documents call actions and resources, and which elements they have.
pub(super) struct Words {
    pub(super) actions: Labels,
    pub(super) resources: Labels,
    pub(super) has_resources: bool,
    pub(super) has_principals: bool,
}

impl Words {
    fn access(&self, part: Part) -> Access {
        let of_action = |pattern: &str, text: &str| matches_ignoring_case(pattern, text);
        let of_resource = |pattern: &str, text: &str| Glob::arn(pattern).matches(text);
        let resources = match self.has_resources {
            true => brief(&part.resources, &self.resources, of_resource),
            false => Vec::new(),
        };
        let principals = match self.has_principals {
            true => part.principals.into_iter().collect(),
            false => Vec::new(),
        };
        Access {
            effect: part.effect,
            principals,
            actions: brief(&part.actions, &self.actions, of_action),
            resources,
            when: part.when,
        }
    }
}

/// So many exceptions are named.
const EXCEPTIONS: usize = 4;

/// The widest of some patterns, each with what it holds and is not meant.
fn brief(labels: &Labels, all: &Labels, holds: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let is_narrower = |one: &str, other: &str| one != other && holds(other, one) && !holds(one, other);
    let is_widest = |one: &&String| !labels.iter().any(|other| is_narrower(one, other));
    let said = |label: &String| {
        let left = all
            .iter()
            .filter(|one| is_narrower(one, label) && !labels.contains(*one));
        let left: Vec<&str> = left.map(String::as_str).collect();
        match left.len() {
            0 => label.clone(),
            1..=EXCEPTIONS => format!("{label} but not {}", left.join(", ")),
            _ => format!("{label} in part"),
        }
    };
    labels.iter().filter(is_widest).map(said).collect()
}

/// Joins parts that differ in one respect alone.
fn grouped(parts: BTreeSet<Part>) -> Vec<Part> {
    let by_actions = joined(parts, |part| &mut part.actions);
    let by_resources = joined(by_actions, |part| &mut part.resources);
    joined(by_resources, |part| &mut part.principals)
}

fn joined(parts: impl IntoIterator<Item = Part>, field: fn(&mut Part) -> &mut Labels) -> Vec<Part> {
    let mut all: BTreeMap<Part, Labels> = BTreeMap::new();
    for mut part in parts {
        let labels = std::mem::take(field(&mut part));
        all.entry(part).or_default().extend(labels);
    }
    all.into_iter()
        .map(|(mut part, labels)| {
            *field(&mut part) = labels;
            part
        })
        .collect()
}

/// The conditions of what allows or denies; and an example, where the other document has conditions of its own.
fn when(change: Change, alive: &Marks, example: &Example, sides: &Sides, statements: &[Ruled<'_>]) -> Option<String> {
    let decisive = match change {
        Change::Gained => sides.allowing(1, &example.alive),
        Change::Lost => sides.allowing(0, &example.alive),
        Change::Denied => sides.denying(1, &example.alive),
        Change::Freed => sides.denying(0, &example.alive),
    };
    let conditions = |index: usize| {
        statements
            .get(index)
            .map_or(&[][..], |one| one.statement.conditions.as_slice())
    };
    let is_unconditional = decisive.iter().any(|index| conditions(index).is_empty());
    let own: Option<String> = match is_unconditional {
        true => None,
        false => decisive.iter().next().map(|index| said(conditions(index))),
    };
    let others = alive.iter().filter(|index| !decisive.has(*index));
    let is_guarded = others.into_iter().any(|index| !conditions(index).is_empty());
    let example = (is_guarded && !example.context.is_empty()).then(|| example.context.join(", "));
    match (own, example) {
        (None, None) => None,
        (Some(own), None) => Some(own),
        (None, Some(example)) => Some(format!("for example with {example}")),
        (Some(own), Some(example)) => Some(format!("{own}; for example with {example}")),
    }
}

fn said(conditions: &[Condition]) -> String {
    let each: Vec<String> = conditions.iter().map(Condition::brief).collect();
    each.join(" and").trim_start().to_owned()
}
