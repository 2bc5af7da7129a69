//! What exists and no file declares.
//!
//! Invariant: what AWS itself made is told apart by its name or path, never guessed from its contents.

use crate::address::Address;

use super::accepted::Accepted;

/// Something that no file declares.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Unmanaged {
    /// Its kind and AWS name.
    pub address: Address,
    /// Whose it is, as far as its mark or path says: "the environment `web`", "AWS".
    pub owner: Option<String>,
    /// The entry that accepts it.
    pub accepted: Option<Accepted>,
}
