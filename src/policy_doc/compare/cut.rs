//! What patterns, some of them with variables, cut all texts into.
//!
//! Invariant: every text, together with every way in which variables may turn out, is in one of the cuts; some cuts may
//! stand for nothing that can happen, which only makes two documents more different.

use std::collections::BTreeSet;

use crate::policy_doc::pattern::{Glob, Letter, TooMany, cells};

use super::pieces::{Match, Pieces};

/// One pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pattern {
    pub(super) pieces: Pieces,
    pub(super) how: Match,
    pub(super) absent: Absent,
}

/// What a pattern with a variable that has no value is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Absent {
    /// It matches nothing.
    Nothing,
    /// It may match everything: an `Allow` for all but it is not widened.
    Everything,
}

impl Pattern {
    /// All that it can match.
    fn outline(&self) -> Glob {
        match self.absent == Absent::Everything && self.pieces.has_variables() {
            true => Glob::text("*"),
            false => self.pieces.outline(self.how),
        }
    }

    /// Whether what it matches is matched by another one, whatever the values of variables are.
    fn implies(&self, other: &Self) -> bool {
        let is_absent_with = self.absent == Absent::Nothing || self.pieces.has_variables_of(&other.pieces);
        self.absent == other.absent && is_absent_with && self.pieces.implies(self.how, &other.pieces, other.how)
    }
}

/// Texts that no pattern tells apart.
#[derive(Debug, Clone)]
pub(super) struct Cut {
    pub(super) witness: String,
    /// For each pattern, whether it matches.
    pub(super) members: Vec<bool>,
}

/// So many steps of all readers, and so many cuts, are borne.
const STEPS: usize = 1_000_000;
const CUTS: usize = 20_000;

/// Cuts a universe; `extra` are patterns that tell texts apart for another reason.
pub(super) fn cut(universe: &Glob, patterns: &[Pattern], extra: &[Glob]) -> Result<Vec<Cut>, TooMany> {
    let outlines: Vec<Outline> = patterns.iter().map(Outline::of).collect();
    let open: Vec<usize> = (0..patterns.len()).filter(|at| is_open(patterns, *at)).collect();
    let implied = implications(patterns, &open);
    let mut cuts = Vec::new();
    for witness in witnesses(universe, &outlines, extra)? {
        let members: Vec<bool> = outlines.iter().map(|outline| outline.matches(&witness)).collect();
        let possible: Vec<usize> = open.iter().copied().filter(|at| has(&members, *at)).collect();
        for members in choices(&members, &possible, &implied)? {
            let witness = witness.clone();
            cuts.push(Cut { witness, members });
        }
        if cuts.len() > CUTS {
            return Err(TooMany);
        }
    }
    Ok(cuts)
}

/// All that a pattern can match.
enum Outline {
    /// One text.
    Single(String),
    /// What begins with a text and is in the glob.
    Wild(String, Glob),
}

impl Outline {
    fn of(pattern: &Pattern) -> Self {
        let glob = pattern.outline();
        match glob.is_literal() {
            true => Self::Single(pattern.pieces.text()),
            false if glob.is_everything() => Self::Wild(String::new(), glob),
            false => Self::Wild(pattern.pieces.beginning(pattern.how), glob),
        }
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Single(own) => own == text,
            Self::Wild(beginning, glob) => text.starts_with(beginning.as_str()) && glob.matches(text),
        }
    }
}

/// A text of each cell. Patterns that match one text alone are that text; the others are walked through in groups that
/// have no text in common, told by how they begin.
fn witnesses(universe: &Glob, outlines: &[Outline], extra: &[Glob]) -> Result<BTreeSet<String>, TooMany> {
    let mut single = BTreeSet::new();
    let mut wild: BTreeSet<(&str, &Glob)> = extra.iter().map(|glob| ("", glob)).collect();
    for outline in outlines {
        match outline {
            Outline::Single(text) if universe.matches(text) => drop(single.insert(text.clone())),
            Outline::Single(_) => {}
            Outline::Wild(_, glob) if glob.is_everything() => {}
            Outline::Wild(beginning, glob) => drop(wild.insert((beginning, glob))),
        }
    }
    let mut groups: Vec<(&str, Vec<Glob>)> = Vec::new();
    for (beginning, glob) in &wild {
        match groups.last_mut() {
            Some((root, members)) if beginning.starts_with(*root) => members.push((*glob).clone()),
            _ => groups.push((beginning, vec![(*glob).clone()])),
        }
    }
    let is_free = |text: &&&str| {
        universe.matches(text) && !single.contains(**text) && !wild.iter().any(|(_, glob)| glob.matches(text))
    };
    let mut all = match (UNUSUAL.iter().find(is_free), groups.len()) {
        (Some(text), _) => BTreeSet::from([(*text).to_owned()]),
        (None, 0 | 1) => BTreeSet::new(),
        (None, _) => {
            let together = groups.into_iter().flat_map(|(_, members)| members).collect();
            groups = vec![("", together)];
            BTreeSet::new()
        }
    };
    if groups.is_empty() {
        groups.push(("", Vec::new()));
    }
    for (_, members) in &groups {
        all.extend(of_group(universe, members, &single)?);
    }
    all.extend(single);
    Ok(all)
}

/// Texts that nobody writes.
const UNUSUAL: &[&str] = &["~:~", "~"];

/// A text of each cell of a group, none of them one of the single texts.
fn of_group(universe: &Glob, members: &[Glob], single: &BTreeSet<String>) -> Result<Vec<String>, TooMany> {
    let mut clashes: BTreeSet<String> = BTreeSet::new();
    loop {
        let also = clashes.iter().map(|text| literal(text));
        let walked: Vec<Glob> = members.iter().cloned().chain(also).collect();
        let found = cells(universe, &walked, STEPS / (1 + walked.len()))?;
        let before = clashes.len();
        clashes.extend(
            found
                .iter()
                .map(|cell| &cell.witness)
                .filter(|text| single.contains(*text))
                .cloned(),
        );
        if clashes.len() == before {
            let witnesses = found.into_iter().map(|cell| cell.witness);
            return Ok(witnesses.filter(|text| !single.contains(text)).collect());
        }
    }
}

/// The pattern of one text.
pub(super) fn literal(text: &str) -> Glob {
    let letters: Vec<Letter> = text.chars().map(Letter::Plain).collect();
    Glob::text_of(&letters)
}

fn has(members: &[bool], at: usize) -> bool {
    members.get(at).copied().unwrap_or_default()
}

fn is_open(patterns: &[Pattern], at: usize) -> bool {
    patterns.get(at).is_some_and(|one| one.pieces.has_variables())
}

/// Which open pattern implies which.
fn implications(patterns: &[Pattern], open: &[usize]) -> Vec<(usize, usize)> {
    let both = |from: usize, to: usize| match (patterns.get(from), patterns.get(to)) {
        (Some(one), Some(other)) => one.implies(other),
        _ => false,
    };
    let pairs = open.iter().flat_map(|from| open.iter().map(move |to| (*from, *to)));
    pairs.filter(|(from, to)| from != to && both(*from, *to)).collect()
}

/// So many patterns with variables may meet in one text.
const MEETING: usize = 12;

/// Every way in which the variables of the possible patterns may turn out.
fn choices(members: &[bool], possible: &[usize], implied: &[(usize, usize)]) -> Result<Vec<Vec<bool>>, TooMany> {
    if possible.len() > MEETING {
        return Err(TooMany);
    }
    let mut all = vec![members.to_vec()];
    for &at in possible {
        let without = all.iter().cloned().map(|mut choice| {
            if let Some(bit) = choice.get_mut(at) {
                *bit = false;
            }
            choice
        });
        let without: Vec<_> = without.collect();
        all.extend(without);
    }
    all.retain(|choice| implied.iter().all(|(from, to)| !has(choice, *from) || has(choice, *to)));
    Ok(all)
}
