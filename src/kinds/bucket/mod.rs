//! The settings of buckets, until the kind around them is there.

#![allow(dead_code, unused_imports, reason = "the kind that uses them is not here yet")]

pub mod cors;
mod items;
pub mod lifecycle;
pub mod logging;
pub mod notifications;
#[cfg(test)]
mod settings_testing;
#[cfg(test)]
mod settings_tests;
pub mod website;
#[cfg(feature = "aws")]
mod wire;
#[cfg(all(test, feature = "aws"))]
mod wire_tests;
