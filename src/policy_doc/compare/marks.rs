//! Sets of statements, by their place among the statements of both documents.

/// Some of the statements.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Marks(Vec<u64>);

const BITS: usize = 64;

impl Marks {
    /// None of so many.
    pub(super) fn none(count: usize) -> Self {
        Self(vec![0; count.div_ceil(BITS)])
    }

    /// Those of so many that a test picks.
    pub(super) fn of(count: usize, test: impl Fn(usize) -> bool) -> Self {
        let mut marks = Self::none(count);
        (0..count)
            .filter(|index| test(*index))
            .for_each(|index| marks.set(index));
        marks
    }

    pub(super) fn set(&mut self, index: usize) {
        if let Some(word) = self.0.get_mut(index / BITS) {
            *word |= 1 << (index % BITS);
        }
    }

    pub(super) fn has(&self, index: usize) -> bool {
        self.0
            .get(index / BITS)
            .is_some_and(|word| word >> (index % BITS) & 1 == 1)
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(left, right)| left & right).collect())
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(left, right)| left & right != 0)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.0.len() * BITS).filter(|index| self.has(*index))
    }
}
