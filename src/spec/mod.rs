//! From text to a checked environment: sources, nodes with positions, findings.
//!
//! Invariant: whatever leaves this room is valid in itself, and everything that was wrong with the text
//! has been said, with its place. This room never talks to AWS.

pub mod codes;
pub mod expectation;
pub mod files;
pub mod finding;
pub mod header;
pub mod index;
pub mod interpolate;
pub mod json;
pub mod load;
pub mod lower;
pub mod node;
pub mod resources;
pub mod rules;
pub mod source;
pub mod table;
pub mod yaml;
