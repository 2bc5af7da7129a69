//! The order of steps: what must exist before, what must be unlinked before a deletion, guards before grants.
//!
//! Invariant: the result depends on the steps alone, and every step stands behind those it waits for.
//! Edges that would only be nice to have are left out where they would close a circle; needed ones never are.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::kind::{Access, Rank};
use crate::names::Arn;

use super::Step;

/// Steps that wait for each other; there is no order in which they could run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("these steps wait for each other: {}, which waits for the first", .0.join(", which waits for "))]
pub struct Cycle(pub Vec<String>);

/// Which resources bear on each other's access: a role and what is attached to it.
pub type Bonds = BTreeSet<(Address, Address)>;

/// Puts steps into order, numbers them anew and fills in what each waits for.
///
/// # Errors
/// A circle of steps that need each other.
pub fn order(mut steps: Vec<Step>, bonds: &Bonds) -> Result<Vec<Step>, Cycle> {
    steps.sort_by(|a, b| (&a.address, a.rank, a.id).cmp(&(&b.address, b.rank, b.id)));
    let mut graph = Graph::new(steps.len());
    needed_edges(&steps, &mut graph);
    if let Some(cycle) = graph.cycle() {
        return Err(Cycle(
            cycle
                .into_iter()
                .map(|at| format!("{} ({})", steps[at].address, steps[at].summary))
                .collect(),
        ));
    }
    for (before, after) in guard_edges(&steps, bonds) {
        graph.add_unless_circular(before, after);
    }
    Ok(renumber(steps, &graph))
}

fn needed_edges(steps: &[Step], graph: &mut Graph) {
    let mut makers: BTreeMap<&Arn, Vec<usize>> = BTreeMap::new();
    let mut deleters: BTreeMap<&Arn, Vec<usize>> = BTreeMap::new();
    for (at, step) in steps.iter().enumerate() {
        step.facts
            .makes
            .iter()
            .for_each(|arn| makers.entry(arn).or_default().push(at));
        step.facts
            .deletes
            .iter()
            .for_each(|arn| deleters.entry(arn).or_default().push(at));
        if at > 0 && steps[at - 1].address == step.address {
            graph.add(at - 1, at);
        }
    }
    for (at, step) in steps.iter().enumerate() {
        for arn in &step.facts.needs {
            others(&makers, arn, &steps[at], steps).for_each(|maker| graph.add(maker, at));
        }
        for arn in &step.facts.frees {
            others(&deleters, arn, &steps[at], steps).for_each(|deleter| graph.add(at, deleter));
        }
    }
}

/// The steps of other resources under an ARN; within one resource the rank has decided already.
fn others<'a>(
    index: &'a BTreeMap<&Arn, Vec<usize>>,
    arn: &Arn,
    step: &'a Step,
    steps: &'a [Step],
) -> impl Iterator<Item = usize> + 'a {
    let found = index.get(arn).map(Vec::as_slice).unwrap_or_default();
    found
        .iter()
        .copied()
        .filter(move |at| steps[*at].address != step.address)
}

/// A guard goes on before anything bound to the same resource widens access, and comes off after it was narrowed.
fn guard_edges(steps: &[Step], bonds: &Bonds) -> Vec<(usize, usize)> {
    let mut bound: BTreeMap<&Address, BTreeSet<&Address>> = BTreeMap::new();
    for (a, b) in bonds.iter().filter(|(a, b)| a != b) {
        bound.entry(a).or_default().insert(b);
        bound.entry(b).or_default().insert(a);
    }
    let mut by_address: BTreeMap<&Address, Vec<usize>> = BTreeMap::new();
    for (at, step) in steps.iter().enumerate() {
        by_address.entry(&step.address).or_default().push(at);
    }
    let around = |step: &Step| {
        let near = bound.get(&step.address).into_iter().flatten();
        near.filter_map(|address| by_address.get(address)).flatten().copied()
    };
    let mut edges = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        match step.rank {
            Rank::GuardOn => edges.extend(
                around(step)
                    .filter(|other| widens(&steps[*other]))
                    .map(|other| (at, other)),
            ),
            Rank::GuardOff => {
                let narrowing = around(step).filter(|other| narrows(&steps[*other]));
                edges.extend(narrowing.map(|other| (other, at)));
            }
            _ => {}
        }
    }
    edges
}

fn narrows(step: &Step) -> bool {
    step.access == Access::Restricts && step.rank != Rank::GuardOn
}

fn widens(step: &Step) -> bool {
    matches!(step.access, Access::Widens | Access::Either) && step.rank != Rank::GuardOff
}

fn renumber(steps: Vec<Step>, graph: &Graph) -> Vec<Step> {
    let sequence = graph.sequence();
    let mut place = vec![0; sequence.len()];
    sequence.iter().enumerate().for_each(|(new, old)| place[*old] = new);
    let mut steps: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
    let mut ordered = Vec::with_capacity(sequence.len());
    for (new, old) in sequence.iter().enumerate() {
        let Some(mut step) = steps[*old].take() else { continue };
        step.id = new;
        step.after = graph.before[*old].iter().map(|at| place[*at]).collect();
        step.after.sort_unstable();
        ordered.push(step);
    }
    ordered
}

/// Edges between steps by their index.
struct Graph {
    before: Vec<BTreeSet<usize>>,
    after: Vec<BTreeSet<usize>>,
}

impl Graph {
    fn new(size: usize) -> Self {
        Self {
            before: vec![BTreeSet::new(); size],
            after: vec![BTreeSet::new(); size],
        }
    }

    fn add(&mut self, first: usize, then: usize) {
        self.before[then].insert(first);
        self.after[first].insert(then);
    }

    fn add_unless_circular(&mut self, first: usize, then: usize) {
        if !self.reaches(then, first) {
            self.add(first, then);
        }
    }

    fn reaches(&self, from: usize, to: usize) -> bool {
        let mut seen = vec![false; self.after.len()];
        let mut stack = vec![from];
        while let Some(at) = stack.pop() {
            if at == to {
                return true;
            }
            if !std::mem::replace(&mut seen[at], true) {
                stack.extend(self.after[at].iter().copied());
            }
        }
        false
    }

    /// The order in which the steps could run one by one: the lowest index that is ready goes first.
    fn sequence(&self) -> Vec<usize> {
        let mut waiting: Vec<usize> = self.before.iter().map(BTreeSet::len).collect();
        let mut ready: BTreeSet<usize> = (0..waiting.len()).filter(|at| waiting[*at] == 0).collect();
        let mut sequence = Vec::with_capacity(waiting.len());
        while let Some(at) = ready.pop_first() {
            sequence.push(at);
            for then in &self.after[at] {
                waiting[*then] -= 1;
                if waiting[*then] == 0 {
                    ready.insert(*then);
                }
            }
        }
        sequence
    }

    /// A circle, if there is one: what is left when everything that can run has run.
    fn cycle(&self) -> Option<Vec<usize>> {
        let done: BTreeSet<usize> = self.sequence().into_iter().collect();
        let start = (0..self.before.len()).find(|at| !done.contains(at))?;
        let mut path = vec![start];
        loop {
            let last = *path.last()?;
            let next = self.before[last].iter().copied().find(|at| !done.contains(at))?;
            if let Some(from) = path.iter().position(|at| *at == next) {
                let mut cycle = path.split_off(from);
                cycle.reverse();
                return Some(cycle);
            }
            path.push(next);
        }
    }
}
