//! What several patterns cut a pattern into.
//!
//! Invariant: the cells of a universe are disjoint, cover it, and no pattern tells two texts of one cell apart. So what
//! holds for the witness of each cell holds for every text of the universe: nothing is sampled.

use std::collections::{BTreeMap, HashSet, VecDeque};

use super::glob::{Glob, Places};

/// The texts that are in the same ones of the given patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// A shortest text of it.
    pub witness: String,
    /// For each of the patterns, in their order, whether it holds this cell.
    pub members: Vec<bool>,
}

/// The patterns interlock in too many ways to be told apart within the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the patterns overlap in too many ways to be decided")]
pub struct TooMany;

/// Readers of the universe and of all patterns, side by side.
type State = Vec<Places>;

/// Cuts a universe into cells, in a stable order; `limit` bounds the work, in steps of all readers together.
///
/// # Errors
/// If the limit is reached.
pub fn cells(universe: &Glob, patterns: &[Glob], limit: usize) -> Result<Vec<Cell>, TooMany> {
    // Most patterns of an account begin otherwise than the universe, or hold all of it: they cut nothing.
    let is_cutting = |pattern: &&Glob| !pattern.is_everything() && !pattern.begins_otherwise(universe);
    let cutting: Vec<Glob> = patterns.iter().filter(is_cutting).cloned().collect();
    let mut found = BTreeMap::new();
    walk(universe, &cutting, limit, |members, witness| {
        found.entry(members).or_insert_with(|| witness.to_owned());
        true
    })?;
    let all = |members: Vec<bool>| {
        let mut told = members.into_iter();
        let member = |pattern: &Glob| match is_cutting(&pattern) {
            true => told.next().unwrap_or_default(),
            false => pattern.is_everything(),
        };
        patterns.iter().map(member).collect()
    };
    let cell = |(members, witness)| Cell {
        witness,
        members: all(members),
    };
    Ok(found.into_iter().map(cell).collect())
}

/// Visits reachable accepting states, shortest texts first, until all are seen or `visit` has enough.
fn walk(
    universe: &Glob,
    patterns: &[Glob],
    limit: usize,
    mut visit: impl FnMut(Vec<bool>, &str) -> bool,
) -> Result<(), TooMany> {
    let readers: Vec<&Glob> = std::iter::once(universe).chain(patterns).collect();
    let start: State = readers.iter().map(|glob| glob.start()).collect();
    let mut seen = HashSet::from([start.clone()]);
    let mut todo = VecDeque::from([(start, String::new())]);
    while let Some((state, text)) = todo.pop_front() {
        let accepts: Vec<bool> = readers.iter().zip(&state).map(|(glob, at)| glob.accepts(at)).collect();
        if let Some((true, members)) = accepts.split_first()
            && !visit(members.to_vec(), &text)
        {
            return Ok(());
        }
        for character in alphabet(&readers, &state) {
            let next: State = readers
                .iter()
                .zip(&state)
                .map(|(glob, at)| glob.step(at, character))
                .collect();
            let is_dead = next.first().is_none_or(Vec::is_empty);
            if is_dead || seen.contains(&next) {
                continue;
            }
            if seen.len() >= limit {
                return Err(TooMany);
            }
            seen.insert(next.clone());
            todo.push_back((next, format!("{text}{character}")));
        }
    }
    Ok(())
}

/// What a text is filled with where any character will do; the first that no reader tells apart is taken.
const FILLING: &str = "xyzabcdefghijklmnopqrstuvw0123456789-_XYZABCDEFGHIJKLMNOPQRSTUVW.=+@";

/// The characters that lead to different states, and one that stands for all others.
fn alphabet(readers: &[&Glob], state: &State) -> Vec<char> {
    let told = readers.iter().zip(state).flat_map(|(glob, at)| glob.told_apart(at));
    let mut characters: Vec<char> = told.collect();
    characters.sort_unstable();
    characters.dedup();
    // Beyond the usual letters any character does, but for a colon.
    let others = FILLING
        .chars()
        .chain((0x100..=u32::from(char::MAX)).filter_map(char::from_u32));
    let other = others
        .into_iter()
        .find(|other| characters.binary_search(other).is_err());
    other.into_iter().chain(characters).collect()
}

/// Enough for two patterns of any policy; longer searches are given up.
const PAIR_LIMIT: usize = 200_000;

impl Glob {
    /// Whether every text of this pattern is in the other one. Where that can't be decided, it is not.
    #[must_use]
    pub fn within(&self, other: &Self) -> bool {
        self.within_any(std::slice::from_ref(other))
    }

    /// Whether every text of this pattern is in one of the others. Where that can't be decided, it is not.
    #[must_use]
    pub fn within_any(&self, others: &[Self]) -> bool {
        if others.iter().any(|other| other == self || other.is_everything()) {
            return true;
        }
        let mut is_within = true;
        let walked = walk(self, others, PAIR_LIMIT, |members, _| {
            is_within = members.contains(&true);
            is_within
        });
        walked.is_ok() && is_within
    }

    /// Whether some text is in both. Where that can't be decided, it is.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        let mut is_met = false;
        let walked = walk(self, std::slice::from_ref(other), PAIR_LIMIT, |members, _| {
            is_met = members.contains(&true);
            !is_met
        });
        walked.is_err() || is_met
    }
}
