//! EventBridge of the simulated account: nothing yet.

mod pattern;
mod schedule;

use super::{Call, Fault, Reply, Stored, World};

/// EventBridge's state.
#[derive(Debug, Default)]
pub struct State {}

impl State {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The tables that the core loads and saves.
    pub fn tables(&mut self) -> Vec<&mut dyn Stored> {
        Vec::new()
    }
}

/// Answers one call.
///
/// # Errors
/// Every refusal, as AWS words it.
pub fn answer(_world: &mut World, call: &Call) -> Result<Reply, Fault> {
    Err(Fault::unknown_operation(call))
}
