//! What AWS itself provides and every account may name: services with their actions, resource types and condition keys,
//! and AWS-managed policies with their documents.
//!
//! Invariant: the tables are made by `scripts/make-catalogue.py` or kept by hand here, and say of which day they are.
//! They are unpacked when they are asked for the first time. This room must not talk to AWS: a name that it does not
//! know may exist all the same, so that not knowing is never proof.

mod dependents;
mod documents;
mod escalation;
mod form;
mod glob;
mod keys;
mod managed;
mod meant;
mod principals;
mod retired;
mod service;
mod set;
mod stamp;
mod table;

#[cfg(test)]
mod tests;

pub use documents::{ManagedDocument, managed_document, managed_documents, managed_version};
pub use escalation::{ESCALATIONS, Escalation};
pub use form::{filled, readable};
pub use keys::{GLOBAL_KEYS, KeyInfo, condition_key};
pub use managed::{Attachment, Managed, Status, by_arn_tail, managed_policies, managed_policy, suggest};
pub use meant::{meant, meant_prefix};
pub use principals::is_service_principal;
pub use retired::{Retired, retired, retired_actions};
pub use service::{Action, ConditionKey, KeyType, Level, ResourceType, Service, Target, action, service, services};
pub use set::ActionSet;
pub use stamp::{Stamp, stamp};
