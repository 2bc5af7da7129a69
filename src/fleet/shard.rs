//! One of several parts of a fleet.
//!
//! Invariant: every account is in exactly one of the N parts, and in the same one in every run, whatever other accounts
//! there are: the part follows from a hash of the name.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

/// `I/N`: the I-th of N parts, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u64,
    of: u64,
}

/// Why a text names no part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("want I/N with I from 1 to N, such as 1/4")]
pub struct BadShard;

impl Shard {
    /// Whether an account is in this part.
    #[must_use]
    pub fn holds(self, name: &str) -> bool {
        let digest = Sha256::digest(name.as_bytes());
        let number = digest
            .iter()
            .take(8)
            .fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
        number.checked_rem(self.of) == Some(self.index - 1)
    }
}

impl FromStr for Shard {
    type Err = BadShard;

    fn from_str(text: &str) -> Result<Self, BadShard> {
        let (index, of) = text.split_once('/').ok_or(BadShard)?;
        let number = |text: &str| text.parse::<u32>().map(u64::from).map_err(|_| BadShard);
        let (index, of) = (number(index)?, number(of)?);
        if (1..=of).contains(&index) {
            Ok(Self { index, of })
        } else {
            Err(BadShard)
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}
