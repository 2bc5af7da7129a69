//! Exit codes: what a script may rely on.

use std::process::ExitCode;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    /// An error; mistakes on the command line, too.
    Error = 1,
    /// There are differences.
    Differences = 2,
    /// Something could not be read.
    Incomplete = 3,
    /// A guard refused.
    Refused = 4,
    /// Interrupted.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
