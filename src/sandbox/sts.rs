//! STS of the simulated account: who the caller is, and sessions of roles.
//!
//! Invariant: a session key acts as its role's session until it expires. No session outlives the account's folder use:
//! nothing here is authorised beyond the trust policy naming the service or account.

use super::{Call, Caller, Fault, Reply, Stored, World};

/// The sessions.
#[derive(Debug, Default)]
pub struct State {}

impl State {
    /// No sessions.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The tables that the core loads and saves.
    pub fn tables(&mut self) -> Vec<&mut dyn Stored> {
        Vec::new()
    }

    /// The session that a temporary key belongs to.
    #[must_use]
    pub fn caller(&self, _key: &str, _account: &str) -> Option<Caller> {
        None
    }
}

/// Answers one call.
///
/// # Errors
/// Every refusal, as AWS words it.
pub fn answer(_world: &mut World, call: &Call) -> Result<Reply, Fault> {
    Err(Fault::unknown_operation(call))
}
