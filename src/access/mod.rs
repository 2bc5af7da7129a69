//! Access: what the policies of an environment or an account let whom do.
//!
//! Invariant: pure. Nothing here reads files or talks to AWS, and what is not known is said to be unknown.

pub mod delta;
