//! evenkeel keeps an AWS account as a YAML file says.
//!
//! Text becomes nodes with positions, nodes become wanted states, wanted and live states become a plan (pure data),
//! guards judge it, the engine executes it. Only `kinds/*/live.rs`, the engine and `cli` do I/O.

pub mod access;
pub mod address;
pub mod archive;
pub mod author;
#[cfg(feature = "aws")]
pub mod aws;
pub mod catalogue;
pub mod cli;
pub mod diff;
pub mod drift;
pub mod engine;
pub mod evaluate;
pub mod explain;
pub mod fields;
pub mod fleet;
pub mod git;
pub mod guard;
pub mod journal;
pub mod kind;
pub mod kinds;
pub mod lint;
pub mod names;
pub mod notice;
pub mod permissions;
pub mod plan;
pub mod policy_doc;
#[cfg(feature = "aws")]
pub mod pull;
pub mod render;
pub mod report;
pub mod sandbox;
pub mod schema;
pub mod shape;
pub mod spec;
pub mod trail;
pub mod undo;
pub mod vault;
