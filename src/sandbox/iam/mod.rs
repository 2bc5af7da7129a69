//! IAM of the simulated account.

use super::{Call, Caller, Clock, Fault, Reply, Stored, World};

pub mod key;

/// Why a service can't take on a role just now, or at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAssumable {
    /// There is no such role in this account.
    Missing,
    /// The role is too new.
    Fresh,
    /// Its trust policy does not let the service in.
    Untrusting,
}

/// IAM's state.
#[derive(Debug)]
pub struct State {}

impl State {
    /// An account without principals.
    #[must_use]
    pub fn new(_account: &str) -> Self {
        Self {}
    }

    /// The tables that the core loads and saves.
    pub fn tables(&mut self) -> Vec<&mut dyn Stored> {
        Vec::new()
    }

    /// The unique id of the user or role with this ARN; path and case must be exact.
    #[must_use]
    pub fn principal_id(&self, _arn: &str) -> Option<String> {
        None
    }

    /// The ARN of the user or role with this unique id.
    #[must_use]
    pub fn principal_arn(&self, _id: &str) -> Option<String> {
        None
    }

    /// Whether `service` (such as `lambda.amazonaws.com`) could take on the role now.
    ///
    /// # Errors
    /// Why not.
    pub fn assumable_by(&self, _role_arn: &str, _service: &str, _clock: &Clock) -> Result<(), NotAssumable> {
        Err(NotAssumable::Missing)
    }

    /// The user that an access key belongs to.
    #[must_use]
    pub fn caller(&self, _key: &str) -> Option<Caller> {
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
