//! Every request, as far as the two documents tell requests apart.
//!
//! Invariant: no request that the two documents decide differently is left out; what is left out early is what both
//! decide alike, because all statements that are still about it stand in both.

use std::collections::HashMap;

use crate::policy_doc::document::Effect;
use crate::policy_doc::pattern::TooMany;

use super::Ruled;
use super::dimension::{Atom, Dimension};
use super::marks::Marks;

/// Which statements are whose.
pub(super) struct Sides {
    allows: [Marks; 2],
    denies: [Marks; 2],
    /// Statements that stand in one document alone.
    unpaired: Marks,
}

/// What a document says, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    Denied,
    Nothing,
    Allowed,
}

/// How two documents differ about requests of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// Only the later one allows.
    Gained,
    /// Only the earlier one allows.
    Lost,
    /// Only the later one denies, and neither allows.
    Denied,
    /// Only the earlier one denies, and neither allows.
    Freed,
}

/// One kind of request about which they differ, and in which context.
#[derive(Debug, Clone)]
pub(super) struct Example {
    /// The statements that apply.
    pub(super) alive: Marks,
    /// What the context is like.
    pub(super) context: Vec<String>,
}

pub(super) type Found = HashMap<Change, Example>;

impl std::hash::Hash for Change {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (*self as u8).hash(state);
    }
}

impl Sides {
    /// The first `earlier` statements are those of the earlier document.
    pub(super) fn new(statements: &[Ruled<'_>], earlier: usize) -> Self {
        let count = statements.len();
        let of = |effect: Effect, side: usize| {
            Marks::of(count, |index| {
                let own = statements.get(index).is_some_and(|one| one.statement.effect == effect);
                own && (index < earlier) == (side == 0)
            })
        };
        let has_twin = |index: usize| {
            let others = statements
                .iter()
                .enumerate()
                .filter(|(at, _)| (*at < earlier) != (index < earlier));
            let own = statements.get(index).map(|one| &one.meaning);
            others.into_iter().any(|(_, other)| Some(&other.meaning) == own)
        };
        Self {
            allows: [of(Effect::Allow, 0), of(Effect::Allow, 1)],
            denies: [of(Effect::Deny, 0), of(Effect::Deny, 1)],
            unpaired: Marks::of(count, |index| !has_twin(index)),
        }
    }

    /// Whether both documents decide alike whatever else the request is.
    pub(super) fn agree(&self, alive: &Marks) -> bool {
        !alive.meets(&self.unpaired)
    }

    fn says(&self, side: usize, alive: &Marks) -> Says {
        let has = |marks: &[Marks; 2]| marks.get(side).is_some_and(|own| own.meets(alive));
        match (has(&self.denies), has(&self.allows)) {
            (true, _) => Says::Denied,
            (false, true) => Says::Allowed,
            (false, false) => Says::Nothing,
        }
    }

    fn change(&self, alive: &Marks) -> Option<Change> {
        match (self.says(0, alive), self.says(1, alive)) {
            (before, after) if before == after => None,
            (_, Says::Allowed) => Some(Change::Gained),
            (Says::Allowed, _) => Some(Change::Lost),
            (_, Says::Denied) => Some(Change::Denied),
            (_, Says::Nothing) => Some(Change::Freed),
        }
    }

    /// Those of a set of statements that allow in one of the documents: 0 the earlier, 1 the later.
    pub(super) fn allowing(&self, side: usize, alive: &Marks) -> Marks {
        self.allows
            .get(side)
            .map_or_else(|| Marks::none(0), |own| own.and(alive))
    }

    /// Those of a set of statements that deny in one of the documents.
    pub(super) fn denying(&self, side: usize, alive: &Marks) -> Marks {
        self.denies
            .get(side)
            .map_or_else(|| Marks::none(0), |own| own.and(alive))
    }
}

/// So many steps are borne before two documents are called too different to tell.
const STEPS: usize = 1_500_000;

/// Goes through all requests.
pub(super) struct Walk<'a> {
    sides: &'a Sides,
    contexts: &'a [Dimension],
    known: HashMap<(usize, Marks), Found>,
    steps: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(sides: &'a Sides, contexts: &'a [Dimension]) -> Self {
        Self {
            sides,
            contexts,
            known: HashMap::new(),
            steps: 0,
        }
    }

    /// Calls `visit` with the atoms of each kind of request about which the documents differ.
    pub(super) fn requests(
        &mut self,
        dimensions: &[&Dimension],
        visit: &mut impl FnMut(&[&Atom], &Marks, &Found),
    ) -> Result<(), TooMany> {
        self.level(dimensions, &mut Vec::new(), None, visit)
    }

    fn level<'d>(
        &mut self,
        dimensions: &[&'d Dimension],
        path: &mut Vec<&'d Atom>,
        alive: Option<&Marks>,
        visit: &mut impl FnMut(&[&Atom], &Marks, &Found),
    ) -> Result<(), TooMany> {
        let Some((dimension, rest)) = dimensions.split_first() else {
            if let Some(alive) = alive {
                let found = self.context(0, alive)?;
                if !found.is_empty() {
                    visit(path, alive, &found);
                }
            }
            return Ok(());
        };
        for atom in &dimension.atoms {
            self.step()?;
            let alive = alive.map_or_else(|| atom.fits.clone(), |alive| alive.and(&atom.fits));
            if self.sides.agree(&alive) {
                continue;
            }
            path.push(atom);
            self.level(rest, path, Some(&alive), visit)?;
            path.pop();
        }
        Ok(())
    }

    fn step(&mut self) -> Result<(), TooMany> {
        self.steps += 1;
        if self.steps > STEPS { Err(TooMany) } else { Ok(()) }
    }

    /// How the documents differ in the contexts from one key on.
    fn context(&mut self, from: usize, alive: &Marks) -> Result<Found, TooMany> {
        if self.sides.agree(alive) {
            return Ok(Found::new());
        }
        let contexts = self.contexts;
        let next = contexts.iter().skip(from).position(|one| one.limited.meets(alive));
        let Some((at, dimension)) = next.and_then(|next| Some((from + next, contexts.get(from + next)?))) else {
            let example = || Example {
                alive: alive.clone(),
                context: Vec::new(),
            };
            return Ok(self
                .sides
                .change(alive)
                .map(|change| (change, example()))
                .into_iter()
                .collect());
        };
        if let Some(found) = self.known.get(&(at, alive.clone())) {
            return Ok(found.clone());
        }
        let mut all = Found::new();
        for atom in &dimension.atoms {
            self.step()?;
            let label = atom.labels.first().cloned().unwrap_or_default();
            for (change, mut example) in self.context(at + 1, &alive.and(&atom.fits))? {
                example.context.insert(0, label.clone());
                all.entry(change).or_insert(example);
            }
        }
        self.known.insert((at, alive.clone()), all.clone());
        Ok(all)
    }
}
