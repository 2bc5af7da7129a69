//! Where a user's state is kept: the journal, undo folders, kept code.

use std::path::{Path, PathBuf};

#[cfg(feature = "aws")]
use crate::journal::RunId;

/// Below the sandbox's folder, or where the system keeps a user's state.
pub(super) fn state_folder(sandbox: Option<&Path>) -> PathBuf {
    if let Some(folder) = sandbox {
        return folder.join("evenkeel");
    }
    let home = || std::env::home_dir().map(|home| home.join(".local/state"));
    let base = std::env::var_os("XDG_STATE_HOME")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from);
    base.or_else(home)
        .unwrap_or_else(|| PathBuf::from("."))
        .join("evenkeel")
}

/// The journal that is meant when none is named.
pub(super) fn journal(state_folder: &Path) -> PathBuf {
    state_folder.join("journal.jsonl")
}

/// The folder of a run's undo file when none is named.
#[cfg(feature = "aws")]
pub(super) fn undo_folder(state_folder: &Path, run: &RunId) -> PathBuf {
    state_folder.join("undo").join(run.as_str())
}
