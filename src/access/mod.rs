//! Who may do what in an environment: its principals and resource policies as one world, and questions about it.
//!
//! Invariant: what no one has read is in the world as unread and makes answers unknown; it is never taken for empty.
//! What the world does not hold at all (other accounts, an organisation's policies, resources that no file declares) is
//! taken to give and to take nothing: answers say of which world they are. Nothing here talks to AWS.

mod ask;
mod asker;
pub mod delta;
mod every;
mod gather;
mod layers;
mod managed;
mod model;
mod nearest;
mod prove;
mod reach;
mod say;

#[cfg(test)]
mod prove_tests;
#[cfg(test)]
mod tests;

pub use self::ask::{Case, Extent, Nearest, Question, Reply, Verdict, Why};
pub use self::asker::{Asker, Nobody};
pub use self::gather::Basis;
pub use self::layers::{Gap, Held, May, Piece};
pub use self::model::{Attached, Group, Part, Principal, Resource, Sort, Text, World};
pub use self::prove::{Broken, Verb};
pub use self::reach::{Reach, after_prefix};
pub use self::say::{GUARD, sentence, what};
