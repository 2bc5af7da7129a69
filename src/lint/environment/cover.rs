//! When one part of a statement holds all of another's.
//!
//! Invariant: in doubt it does not. A policy variable stands for any text where that is the safer reading.

use std::collections::BTreeSet;

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
    let item = Pattern::resource(item);
    wide.iter().any(|other| item.within(&Pattern::resource(&other.text)))
}

/// A pattern of actions or resources that is asked often: what can be told from the texts is, before anything is compiled.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    text: String,
    /// Where its first wildcard is; the length of one that has none.
    head: usize,
    read: fn(&str) -> Glob,
}

impl Pattern {
    pub(super) fn action(text: &str) -> Self {
        Self::of(text.to_ascii_lowercase(), Glob::action)
    }

    pub(super) fn resource(text: &str) -> Self {
        Self::of(text.to_owned(), Glob::arn)
    }

    fn of(text: String, read: fn(&str) -> Glob) -> Self {
        let head = text.find(['*', '?']).unwrap_or(text.len());
        Self { text, head, read }
    }

    /// The pattern itself, in lower case if it is of actions.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether the two are the same text, case aside where it means nothing.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.text == other.text
    }

    /// Whether it holds more than one text, so that others may be within it.
    pub(super) fn is_wild(&self) -> bool {
        self.head < self.text.len()
    }

    /// Whether everything of this one is in the other.
    pub(super) fn within(&self, other: &Self) -> bool {
        if !other.is_wild() || !self.starts_as(other) {
            return self.is(other);
        }
        self.is(other) || is_star(&other.text) || (self.read)(&self.text).within(&(other.read)(&other.text))
    }

    /// Whether the letters before the other's first wildcard are in front of this one's, too.
    fn starts_as(&self, other: &Self) -> bool {
        self.head >= other.head && self.text.as_bytes().get(..other.head) == other.text.as_bytes().get(..other.head)
    }
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
    let globs = |words: &[Word]| {
        words
            .iter()
            .map(|word| Glob::arn(&without_variables(&word.text)))
            .collect::<Vec<_>>()
    };
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

/// Patterns that are asked often: texts by themselves, and those with wildcards.
#[derive(Debug, Clone)]
pub(super) struct Patterns {
    texts: BTreeSet<String>,
    wild: Vec<Pattern>,
}

impl Patterns {
    pub(super) fn of(patterns: impl IntoIterator<Item = Pattern>) -> Self {
        let mut all = Self {
            texts: BTreeSet::new(),
            wild: Vec::new(),
        };
        for pattern in patterns {
            if pattern.is_wild() {
                all.wild.push(pattern.clone());
            }
            all.texts.insert(pattern.text);
        }
        all
    }

    /// Whether one of them is this very text.
    pub(super) fn name(&self, pattern: &Pattern) -> bool {
        self.texts.contains(&pattern.text)
    }

    /// Whether one of them holds all of a pattern.
    pub(super) fn hold(&self, pattern: &Pattern) -> bool {
        self.name(pattern) || self.wild.iter().any(|wide| pattern.within(wide))
    }

    /// Whether one of them may have something in common with a pattern of actions.
    pub(super) fn meet_action(&self, pattern: &Pattern) -> bool {
        let glob = Glob::action(&pattern.text);
        self.hold(pattern) || self.texts.iter().any(|text| glob.meets(&Glob::action(text)))
    }
}
