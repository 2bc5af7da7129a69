//! From findings, plans and outcomes to what people and machines read.
//!
//! Invariant: rendering only shows, it never decides; text that others wrote can't steer the terminal.

pub mod snippet;
