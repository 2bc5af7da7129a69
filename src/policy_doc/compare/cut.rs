//! What patterns, some of them with variables, cut all texts into.
//!
//! Invariant: every text, together with every way in which variables may turn out, is in one of the cuts; some cuts may
//! stand for nothing that can happen, which only makes two documents more different.

use crate::policy_doc::pattern::{Glob, TooMany, cells};

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

/// So many steps of all readers together, and so many cuts, are borne.
const STEPS: usize = 60_000;
const CUTS: usize = 20_000;

/// Cuts a universe; `extra` are patterns that tell texts apart for another reason.
pub(super) fn cut(universe: &Glob, patterns: &[Pattern], extra: &[Glob]) -> Result<Vec<Cut>, TooMany> {
    let outlines = patterns.iter().map(Pattern::outline);
    let globs: Vec<Glob> = outlines.chain(extra.iter().cloned()).collect();
    let open: Vec<usize> = (0..patterns.len()).filter(|at| is_open(patterns, *at)).collect();
    let implied = implications(patterns, &open);
    let mut cuts = Vec::new();
    for cell in cells(universe, &globs, STEPS)? {
        let possible: Vec<usize> = open.iter().copied().filter(|at| has(&cell.members, *at)).collect();
        for members in choices(&cell.members, &possible, &implied)? {
            cuts.push(Cut {
                witness: cell.witness.clone(),
                members: members.into_iter().take(patterns.len()).collect(),
            });
        }
        if cuts.len() > CUTS {
            return Err(TooMany);
        }
    }
    Ok(cuts)
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
