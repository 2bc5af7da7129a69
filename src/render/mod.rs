//! From findings, plans and outcomes to what people and machines read.
//!
//! Invariant: rendering only shows, it never decides; text that others wrote can't steer the terminal.

pub mod access;
pub mod diff;
mod doc;
pub mod drift;
pub mod fleet;
pub mod history;
pub mod json;
pub mod markdown;
pub mod outcome;
pub mod plan;
pub mod sarif;
pub mod snippet;

pub use doc::{Doc, Label};
pub use snippet::Colour;
