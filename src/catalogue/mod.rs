//! What AWS itself provides and every account may name: the AWS-managed policies.
//!
//! Invariant: the tables are made by `scripts/make-catalogue.py`, never edited, and say of which day they are. This room
//! must not talk to AWS: a name that it does not know may exist all the same, so that not knowing is never proof.

mod managed;

pub use managed::{Attachment, Managed, Stamp, Status, by_arn_tail, managed_policies, managed_policy, stamp, suggest};
