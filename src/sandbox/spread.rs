//! How long a change takes until the rest of the account sees it.
//!
//! Invariant: without lag everything is seen at once; with it, the same seed and calls give the same delays.

use super::{Due, Ids, Tempo, World};

impl World {
    /// When a change made now will have spread: at once, or with lag after up to three more calls.
    pub(super) fn spread(&self, what: &str) -> Option<Due> {
        let seed = self.options.lag?;
        let delay = Ids::draw(seed, what, self.clock.count(Tempo::Calls), 4);
        Some(self.clock.after(Tempo::Calls, delay))
    }

    /// Whether a change has spread by now.
    pub(super) fn has_spread(&self, due: Option<Due>) -> bool {
        due.is_none_or(|due| due.has_come(&self.clock))
    }
}
