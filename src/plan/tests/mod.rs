//! What plans say and do: told as small worlds, and as laws over many of them.

mod deletion;
mod laws;
mod levelling;
mod lockout;
mod order;
mod ownership;
mod publication;
mod replacement;
mod saved;

use super::Verb;
use super::testing::{World, address, arn};

/// A policy and a role that has it.
const PAIR: &str = "
policies:
  reading: { document: { Statement: [{ Effect: Allow, Action: s3:GetObject, Resource: '*' }] } }
roles:
  monitor: { trust: lambda.amazonaws.com, policies: [reading] }
";

/// The pair with a wider policy.
const WIDER: &str = "
policies:
  reading: { document: { Statement: [{ Effect: Allow, Action: 's3:*', Resource: '*' }] } }
roles:
  monitor: { trust: lambda.amazonaws.com, policies: [reading] }
";

/// The mark of ownership.
const OWNER: &str = "evenkeel:environment";
