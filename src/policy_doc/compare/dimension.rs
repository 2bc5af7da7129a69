//! Actions, resources, principals, and the values of each condition key: what a request is made of.
//!
//! Invariant: the atoms of a dimension are all that requests can be in it, as far as any statement of the two documents
//! tells them apart.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy_doc::document::{Clause, Effect, Sense};
use crate::policy_doc::pattern::{Glob, TooMany};

use super::Ruled;
use super::cut::{Absent, Cut, Pattern, cut};
use super::marks::Marks;
use super::pieces::{Match, Pieces};

/// What no statement tells apart.
#[derive(Debug, Clone)]
pub(super) struct Atom {
    /// The statements that it fits.
    pub(super) fits: Marks,
    /// What people call it.
    pub(super) labels: BTreeSet<String>,
}

/// All that requests can be in one respect.
#[derive(Debug, Clone)]
pub(super) struct Dimension {
    pub(super) atoms: Vec<Atom>,
    /// The statements that do not fit all atoms.
    pub(super) limited: Marks,
}

impl Dimension {
    /// Joins what no statement tells apart.
    pub(super) fn new(count: usize, atoms: impl IntoIterator<Item = (Marks, String)>) -> Self {
        let mut joined: BTreeMap<Marks, BTreeSet<String>> = BTreeMap::new();
        for (fits, label) in atoms {
            joined.entry(fits).or_default().insert(label);
        }
        let limited = Marks::of(count, |index| joined.keys().any(|fits| !fits.has(index)));
        let atoms = joined.into_iter().map(|(fits, labels)| Atom { fits, labels });
        Self {
            atoms: atoms.collect(),
            limited,
        }
    }

    /// What people call its atoms.
    pub(super) fn labels(&self) -> BTreeSet<String> {
        self.atoms.iter().flat_map(|atom| atom.labels.clone()).collect()
    }
}

/// The actions: all texts that may be one, those of no service that is known today included.
pub(super) fn actions(statements: &[Ruled<'_>]) -> Result<Dimension, TooMany> {
    let clauses = |one: &Ruled<'_>| Some(Chosen::of(&one.statement.action, action));
    of_clauses(statements, &Glob::text("?*:?*"), clauses, "other actions")
}

fn action(text: &str) -> Pattern {
    let pieces = Pieces::of(&text.to_ascii_lowercase(), crate::policy_doc::document::Version::V2008);
    Pattern {
        pieces,
        how: Match::Like,
        absent: Absent::Nothing,
    }
}

/// The resources: all texts, and in them everything that variables may stand for.
pub(super) fn resources(statements: &[Ruled<'_>]) -> Result<Dimension, TooMany> {
    let clauses = |one: &Ruled<'_>| {
        let clause = one.statement.resource.as_ref()?;
        // Without a value a variable matches no resource, but an `Allow` for all others is not widened by that.
        let absent = match (clause.sense, one.statement.effect) {
            (Sense::AllBut, Effect::Allow) => Absent::Everything,
            _ => Absent::Nothing,
        };
        Some(Chosen::of(clause, |text| Pattern {
            pieces: Pieces::of(text, one.version),
            how: Match::Arn,
            absent,
        }))
    };
    of_clauses(statements, &Glob::text("*"), clauses, "other resources")
}

/// A clause, its patterns read.
struct Chosen {
    sense: Sense,
    items: Vec<(Pattern, String)>,
}

impl Chosen {
    fn of(clause: &Clause, read: impl Fn(&str) -> Pattern) -> Self {
        let items = clause.items.iter();
        Self {
            sense: clause.sense,
            items: items.map(|item| (read(&item.text), item.text.clone())).collect(),
        }
    }
}

fn of_clauses<'a>(
    statements: &[Ruled<'a>],
    universe: &Glob,
    read: impl Fn(&Ruled<'a>) -> Option<Chosen>,
    others: &str,
) -> Result<Dimension, TooMany> {
    let clauses: Vec<Option<Chosen>> = statements.iter().map(read).collect();
    let mut spelled: BTreeMap<&Pattern, &str> = BTreeMap::new();
    for (pattern, text) in clauses.iter().flatten().flat_map(|one| &one.items) {
        spelled.entry(pattern).or_insert(text);
    }
    let patterns: Vec<Pattern> = spelled.keys().map(|pattern| (*pattern).clone()).collect();
    let texts: Vec<&str> = spelled.values().copied().collect();
    let places: Vec<Option<(Sense, Vec<usize>)>> = clauses
        .iter()
        .map(|clause| clause.as_ref().map(|one| (one.sense, places(one, &patterns))))
        .collect();
    let cuts = cut(universe, &patterns, &[])?;
    let sizes = sizes(&cuts, patterns.len());
    let atoms = cuts.iter().map(|cut| {
        let fits = Marks::of(statements.len(), |index| fits(places.get(index), cut));
        (fits, label(cut, &texts, &sizes).unwrap_or(others).to_owned())
    });
    Ok(Dimension::new(statements.len(), atoms))
}

fn places(clause: &Chosen, patterns: &[Pattern]) -> Vec<usize> {
    let items = clause.items.iter();
    items
        .filter_map(|(item, _)| patterns.binary_search(item).ok())
        .collect()
}

/// A statement without the clause is about all.
fn fits(clause: Option<&Option<(Sense, Vec<usize>)>>, cut: &Cut) -> bool {
    let Some(Some((sense, items))) = clause else {
        return true;
    };
    let is_named = items.iter().any(|at| cut.members.get(*at).copied().unwrap_or_default());
    is_named == (*sense == Sense::Only)
}

/// How many cuts each pattern holds.
fn sizes(cuts: &[Cut], patterns: usize) -> Vec<usize> {
    let holds = |cut: &Cut, at: usize| cut.members.get(at).copied().unwrap_or_default();
    (0..patterns)
        .map(|at| cuts.iter().filter(|cut| holds(cut, at)).count())
        .collect()
}

/// The narrowest pattern that it is in.
fn label<'a>(cut: &Cut, texts: &[&'a str], sizes: &[usize]) -> Option<&'a str> {
    let held = cut
        .members
        .iter()
        .zip(texts.iter().zip(sizes))
        .filter(|(held, _)| **held);
    held.min_by_key(|(_, (text, size))| (**size, std::cmp::Reverse(text.len())))
        .map(|(_, (text, _))| *text)
}
