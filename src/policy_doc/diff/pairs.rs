//! Which statement became which.
//!
//! Invariant: every statement has at most one partner, and a statement that did not change has its equal.

use std::collections::BTreeSet;

use crate::policy_doc::canonical::{self, Body, CanonicalStatement};
use crate::policy_doc::document::{Sense, Statement};

/// Below this part of all that two statements say, they are two statements.
const ALIKE_PERCENT: usize = 40;

/// Pairs of indices, earlier and later.
pub(super) fn partners(before: &[Statement], after: &[Statement], partition: &str) -> Vec<(usize, usize)> {
    let forms = |all: &[Statement]| {
        all.iter()
            .map(|one| canonical::statement(one, partition))
            .collect::<Vec<_>>()
    };
    let mut matcher = Matcher::new(forms(before), forms(after));
    matcher.take(|earlier, later| earlier == later);
    matcher.take(|earlier, later| later.sid.is_none() && earlier.body == later.body);
    matcher.take(|earlier, later| later.sid.is_some() && earlier.sid == later.sid);
    matcher.take(|earlier, later| earlier.body == later.body);
    matcher.take_most_alike();
    matcher.pairs
}

struct Matcher {
    before: Vec<CanonicalStatement>,
    after: Vec<CanonicalStatement>,
    free_before: BTreeSet<usize>,
    free_after: BTreeSet<usize>,
    pairs: Vec<(usize, usize)>,
}

impl Matcher {
    fn new(before: Vec<CanonicalStatement>, after: Vec<CanonicalStatement>) -> Self {
        Self {
            free_before: (0..before.len()).collect(),
            free_after: (0..after.len()).collect(),
            before,
            after,
            pairs: Vec::new(),
        }
    }

    fn pair(&mut self, earlier: usize, later: usize) {
        if self.free_before.remove(&earlier) && self.free_after.remove(&later) {
            self.pairs.push((earlier, later));
        }
    }

    fn take(&mut self, belongs: impl Fn(&CanonicalStatement, &CanonicalStatement) -> bool) {
        for later in self.free_after.clone() {
            let Some(form) = self.after.get(later) else { continue };
            let is_partner = |at: &&usize| self.before.get(**at).is_some_and(|earlier| belongs(earlier, form));
            if let Some(earlier) = self.free_before.iter().find(is_partner).copied() {
                self.pair(earlier, later);
            }
        }
    }

    fn take_most_alike(&mut self) {
        let mut candidates = Vec::new();
        for &later in &self.free_after {
            for &earlier in &self.free_before {
                // A Deny doesn't become an Allow: without a common name they are two statements.
                if let (Some(left), Some(right)) = (self.before.get(earlier), self.after.get(later))
                    && left.body.effect == right.body.effect
                {
                    candidates.push((std::cmp::Reverse(likeness(&left.body, &right.body)), later, earlier));
                }
            }
        }
        candidates.retain(|(std::cmp::Reverse(percent), _, _)| *percent >= ALIKE_PERCENT);
        candidates.sort_unstable();
        for (_, later, earlier) in candidates {
            if self.free_after.contains(&later) && self.free_before.contains(&earlier) {
                self.pair(earlier, later);
            }
        }
    }
}

/// How much of what two statements say they have in common, in percent; actions count most.
fn likeness(left: &Body, right: &Body) -> usize {
    let action = 4 * of_clauses(&left.action, &right.action);
    let resource = 2 * of_optional(left.resource.as_ref(), right.resource.as_ref());
    let principal = 2 * of_optional(left.principal.as_ref(), right.principal.as_ref());
    let condition = of_sets(&left.conditions, &right.conditions);
    let effect = if left.effect == right.effect { 100 } else { 0 };
    (action + resource + principal + condition + effect) / 10
}

fn of_optional<T: Ord>(left: Option<&(Sense, BTreeSet<T>)>, right: Option<&(Sense, BTreeSet<T>)>) -> usize {
    match (left, right) {
        (None, None) => 100,
        (Some(left), Some(right)) => of_clauses(left, right),
        (None, Some(_)) | (Some(_), None) => 0,
    }
}

fn of_clauses<T: Ord>(left: &(Sense, BTreeSet<T>), right: &(Sense, BTreeSet<T>)) -> usize {
    if left.0 == right.0 {
        of_sets(&left.1, &right.1)
    } else {
        0
    }
}

fn of_sets<T: Ord>(left: &BTreeSet<T>, right: &BTreeSet<T>) -> usize {
    let all = left.union(right).count();
    (left.intersection(right).count() * 100).checked_div(all).unwrap_or(100)
}
