//! The settings of a bucket as the SDK has them.
//!
//! Invariant: what AWS holds and the types can't say is an error, so that it becomes unknown; it is never dropped.

pub(super) mod cors;
pub(super) mod lifecycle;
pub(super) mod logging;
pub(super) mod notifications;
pub(super) mod website;

use aws_sdk_s3::error::BuildError;

/// Why a request could not be made; the types leave no room for it.
fn unbuilt(error: BuildError) -> String {
    format!("the request can't be made: {error}")
}
