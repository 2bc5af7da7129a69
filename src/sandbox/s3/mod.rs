//! S3 of the simulated account: nothing yet.

mod chunked;
mod naming;
mod xml;

use super::{Call, Fault, Reply, Stored, World};

/// S3's state.
#[derive(Debug, Default)]
pub struct State {}

impl State {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The Region of a bucket.
    #[must_use]
    pub fn region(&self, _bucket: &str) -> Option<&str> {
        None
    }

    /// The content of an object, or of one version of it.
    #[must_use]
    pub fn content(&self, _bucket: &str, _key: &str, _version: Option<&str>) -> Option<bytes::Bytes> {
        None
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
