//! evenkeel keeps an AWS account as a YAML file says.
//!
//! Text becomes nodes with positions, nodes become desired states, desired and live states become a plan (pure data),
//! guards judge it, the engine executes it. Only `kinds/*/live.rs`, the engine and `main` do I/O.

pub mod archive;
pub mod catalogue;
pub mod names;
pub mod policy_doc;
pub mod sandbox;
pub mod spec;
pub mod vault;
