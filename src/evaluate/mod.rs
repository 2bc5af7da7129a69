//! What AWS answers to one request: the concrete evaluator.
//!
//! Invariant: an answer is `Allowed` only where AWS's documentation says that AWS allows; where something that is not
//! given could change the answer it is `Unknown`. This room reads no files, knows no resource kinds and never talks to
//! AWS; questions about all texts of a pattern are asked one witness at a time by others.

mod answer;
mod compiled;
mod condition;
mod context;
mod decide;
pub mod forall;
mod layers;
mod naming;
mod principal;
mod rules;
mod statement;
mod template;
mod truth;

#[cfg(test)]
mod tests;

pub use answer::{Answer, Decision, StatementRef};
pub use compiled::{Compiled, Effects, Granted};
pub(crate) use condition::instant;
pub use context::{Asked, Context, Lookup, Request};
pub use decide::decide;
pub use layers::{Layer, Layers, Named, Prepared};
pub use naming::Naming;
pub use principal::{Principal, PrincipalError};
pub use truth::Truth;
