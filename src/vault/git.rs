//! Whether a file would stand ready to be committed.
//!
//! Invariant: only git's own "ignored" lets a file into a work tree; no git, or one that fails, counts as not ignored.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::StoreError;

/// Variables by which git would look at another repository than the file's.
const MISLEADING: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
];

/// Refuses a path inside a git work tree that does not ignore it.
pub(super) fn must_ignore(path: &Path) -> Result<(), StoreError> {
    must_ignore_by(Path::new("git"), path)
}

/// As [`must_ignore`], with the program to be asked.
pub(super) fn must_ignore_by(git: &Path, path: &Path) -> Result<(), StoreError> {
    let Some(tree) = work_tree(path) else {
        return Ok(());
    };
    let silent = |reason| StoreError::GitSilent {
        path: path.to_owned(),
        tree: tree.clone(),
        reason,
    };
    let output = check_ignore(git, &tree, path)
        .output()
        .map_err(|error| silent(format!("git can't be run: {error}")))?;
    match output.status.code() {
        Some(0) => Ok(()),
        Some(1) => Err(StoreError::NotIgnored {
            path: path.to_owned(),
            tree: tree.clone(),
        }),
        _ => Err(silent(
            String::from_utf8_lossy(&output.stderr).trim().replace('\n', " "),
        )),
    }
}

/// `git check-ignore` ends with 0 for ignored, 1 for not ignored, 128 for trouble.
fn check_ignore(git: &Path, tree: &Path, path: &Path) -> Command {
    let mut command = Command::new(git);
    // The tree's own settings could name a program to run as its file system monitor.
    command
        .args(["-c", "core.fsmonitor=false", "-C"])
        .arg(tree)
        .args(["check-ignore", "-q", "--"])
        .arg(path);
    for variable in MISLEADING {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null());
    command
}

/// The nearest folder above with a `.git`, which is a file in linked work trees and submodules.
fn work_tree(path: &Path) -> Option<PathBuf> {
    path.ancestors()
        .skip(1)
        .find(|folder| folder.join(".git").symlink_metadata().is_ok())
        .map(Path::to_owned)
}
