//! What was worked out from tables and holds until they change.
//!
//! Invariant: it is never older than the revisions that it is asked for. A large account could not be searched anew for
//! each of the many things that an answer shows.

use std::cell::RefCell;
use std::sync::Arc;

/// Something worked out, with the revisions of the tables that it was worked out from.
#[derive(Debug)]
pub(super) struct Kept<T>(RefCell<Option<([u64; 3], Arc<T>)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(RefCell::new(None))
    }
}

/// A copy is there to be changed, so it has to work out anew.
impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<T> Kept<T> {
    /// What was worked out from tables of these revisions, or what `work_out` gives now.
    pub(super) fn kept(&self, revisions: [u64; 3], work_out: impl FnOnce() -> Arc<T>) -> Arc<T> {
        match self.0.borrow().as_ref() {
            Some((made_from, kept)) if *made_from == revisions => return Arc::clone(kept),
            _ => {}
        }
        let made = work_out();
        self.0.replace(Some((revisions, Arc::clone(&made))));
        made
    }
}
