//! Sets of actions: what patterns of actions mean.
//!
//! Invariant: a set holds actions of the catalogue only. A pattern that names an action which the catalogue does not
//! know means nothing here, and AWS may know that action all the same.

use super::service::Action;
use super::table::{self, Slot};
use super::{glob, service};

/// A set of actions of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct ActionSet {
    /// One bit an action, by index; never with trailing zero words.
    words: Vec<u64>,
}

impl ActionSet {
    /// No action.
    #[must_use]
    pub const fn none() -> Self {
        Self { words: Vec::new() }
    }

    /// Every action of the catalogue.
    #[must_use]
    pub fn all() -> Self {
        let mut set = Self::none();
        set.insert_range(0, table::names().len());
        set
    }

    /// The actions that a pattern such as `s3:Get*` or `*` means, without regard to case.
    #[must_use]
    pub fn of_pattern(pattern: &str) -> Self {
        let mut set = Self::none();
        set.insert_pattern(pattern);
        set
    }

    /// The actions that any of the patterns means.
    pub fn of_patterns<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Self {
        let mut set = Self::none();
        for pattern in patterns {
            set.insert_pattern(pattern);
        }
        set
    }

    /// Adds the actions that a pattern means.
    pub fn insert_pattern(&mut self, pattern: &str) {
        let lower = pattern.to_ascii_lowercase();
        if !lower.is_empty() && lower.bytes().all(|byte| byte == b'*') {
            *self = Self::all();
        } else if let Some((prefix, name)) = lower.split_once(':') {
            let is_literal = glob::literal_prefix(prefix) == prefix;
            let literal = is_literal.then(|| table::slot(prefix)).flatten();
            let others = table::slots()
                .iter()
                .filter(|slot| !is_literal && glob::covers(prefix.as_bytes(), slot.prefix.as_bytes()));
            for slot in literal.into_iter().chain(others) {
                self.insert_names(slot, name);
            }
        } else {
            self.insert_crossing(&lower);
        }
    }

    /// The names of one service that a lower-case pattern covers.
    fn insert_names(&mut self, slot: &Slot, pattern: &str) {
        let names = slot.names();
        let literal = glob::literal_prefix(pattern);
        let rest = pattern.get(literal.len()..).unwrap_or("");
        let from = names.partition_point(|name| glob::order(name, literal).is_lt());
        let starts = |name: &&str| {
            name.get(..literal.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(literal))
        };
        for (offset, name) in names.iter().enumerate().skip(from).take_while(|(_, name)| starts(name)) {
            let tail = name.as_bytes().get(literal.len()..).unwrap_or_default();
            if glob::covers(rest.as_bytes(), tail) {
                self.set(slot.first + offset);
            }
        }
    }

    /// A pattern whose `*` covers the colon. AWS refuses it; what it would match is what it means.
    fn insert_crossing(&mut self, pattern: &str) {
        for slot in table::slots() {
            for (offset, name) in slot.names().iter().enumerate() {
                if glob::covers(pattern.as_bytes(), format!("{}:{name}", slot.prefix).as_bytes()) {
                    self.set(slot.first + offset);
                }
            }
        }
    }

    /// Adds an action.
    pub fn insert(&mut self, action: &Action) {
        self.set(action.index);
    }

    fn insert_range(&mut self, from: usize, to: usize) {
        (from..to).for_each(|index| self.set(index));
    }

    fn set(&mut self, index: usize) {
        let word = index / 64;
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        if let Some(bits) = self.words.get_mut(word) {
            *bits |= 1 << (index % 64);
        }
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let length = self.words.len().max(other.words.len());
        self.combine(other, length, |left, right| left | right)
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let length = self.words.len().min(other.words.len());
        self.combine(other, length, |left, right| left & right)
    }

    /// What is here and not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.combine(other, self.words.len(), |left, right| left & !right)
    }

    /// Every action of the catalogue that is not here.
    #[must_use]
    pub fn complement(&self) -> Self {
        Self::all().difference(self)
    }

    fn combine(&self, other: &Self, length: usize, operation: impl Fn(u64, u64) -> u64) -> Self {
        let word = |set: &Self, index: usize| set.words.get(index).copied().unwrap_or(0);
        let mut words: Vec<u64> = (0..length)
            .map(|index| operation(word(self, index), word(other, index)))
            .collect();
        while words.last() == Some(&0) {
            words.pop();
        }
        Self { words }
    }

    /// Whether an action is here.
    #[must_use]
    pub fn contains(&self, action: &Action) -> bool {
        self.has(action.index)
    }

    fn has(&self, index: usize) -> bool {
        self.words
            .get(index / 64)
            .is_some_and(|bits| bits & (1 << (index % 64)) != 0)
    }

    /// Whether everything here is in the other too.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.difference(other).is_empty()
    }

    /// Whether nothing is here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How many actions are here.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.iter().map(|bits| bits.count_ones() as usize).sum()
    }

    /// The actions, by service and name. Services that are not here are not read.
    pub fn iter(&self) -> impl Iterator<Item = &'static Action> {
        self.words
            .iter()
            .enumerate()
            .flat_map(|(word, bits)| {
                (0..64)
                    .filter(move |bit| bits & (1 << bit) != 0)
                    .map(move |bit| word * 64 + bit)
            })
            .filter_map(by_index)
    }
}

fn by_index(index: usize) -> Option<&'static Action> {
    let slot = table::slot_of(index)?;
    service::service(slot.prefix)?.actions.get(index - slot.first)
}
