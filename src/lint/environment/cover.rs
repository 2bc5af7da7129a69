//! When one part of a statement holds all of another's.
//!
//! Invariant: in doubt it does not. A policy variable stands for any text where that is the safer reading.

use super::holdings::{is_star, without_variables};
use crate::policy_doc::{Clause, Condition, Glob, Sense, Statement, Word};

/// Whether every resource of the one is a resource of the other.
pub(super) fn resources(wide: Option<&Clause>, narrow: Option<&Clause>) -> bool {
    let (Some(wide), Some(narrow)) = (wide, narrow) else {
        return wide.is_none() && narrow.is_none();
    };
    match (wide.sense, narrow.sense) {
        (Sense::Only, Sense::Only) => narrow.items.iter().all(|item| in_some(&item.text, &wide.items)),
        (Sense::Only, Sense::AllBut) => wide.items.iter().any(|item| is_star(&item.text)),
        (Sense::AllBut, Sense::Only) => !meet(&wide.items, &narrow.items),
        (Sense::AllBut, Sense::AllBut) => wide.items.iter().all(|item| in_some(&item.text, &narrow.items)),
    }
}

fn in_some(item: &str, wide: &[Word]) -> bool {
    let glob = Glob::arn(item);
    wide.iter()
        .any(|other| is_star(&other.text) || other.text == item || glob.within(&Glob::arn(&other.text)))
}

/// Whether some resource may be in both.
pub(super) fn may_meet(one: Option<&Clause>, other: Option<&Clause>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) if one.sense == Sense::Only && other.sense == Sense::Only => {
            meet(&one.items, &other.items)
        }
        _ => true,
    }
}

fn meet(one: &[Word], other: &[Word]) -> bool {
    let globs = |words: &[Word]| words.iter().map(|word| Glob::arn(&without_variables(&word.text))).collect::<Vec<_>>();
    let (one, other) = (globs(one), globs(other));
    one.iter().any(|left| other.iter().any(|right| left.meets(right)))
}

/// Whether the circumstances of the one are never narrower than those of the other.
pub(super) fn conditions(wide: &Statement, narrow: &Statement) -> bool {
    let follows = |condition: &Condition| narrow.conditions.iter().any(|other| implies(other, condition));
    wide.conditions.iter().all(follows)
}

/// Whether the wider condition holds wherever the narrower one does: the same test with more values to meet, or, where
/// none may be met, with fewer.
fn implies(narrow: &Condition, wide: &Condition) -> bool {
    let among = |word: &Word, others: &[Word]| others.iter().any(|other| other.text == word.text);
    let values = match wide.operator.test.is_negated() {
        false => narrow.values.iter().all(|word| among(word, &wide.values)),
        true => wide.values.iter().all(|word| among(word, &narrow.values)),
    };
    narrow.operator == wide.operator && narrow.key.text.eq_ignore_ascii_case(&wide.key.text) && values
}

/// Whether an action or pattern of actions is in a clause.
pub(super) fn action(wide: &Clause, item: &Word) -> bool {
    let glob = Glob::action(&item.text);
    let mut patterns = wide.items.iter().map(|word| Glob::action(&word.text));
    match wide.sense {
        Sense::Only => patterns.any(|pattern| glob.within(&pattern)),
        Sense::AllBut => !patterns.any(|pattern| glob.meets(&pattern)),
    }
}
