//! The commit of the environment's files, as git tells it.
//!
//! Invariant: it is only told; nothing is decided by it. Where there is no git, or it has nothing to say, there is none.

use std::path::Path;

use crate::git::answer;
use crate::journal::{Revision, Tree};

/// The commit that the folder of the first file stands at, and whether the files are as they are in it.
pub(super) fn of(files: &[String]) -> Option<Revision> {
    let first = Path::new(files.first()?);
    let folder = if first.is_dir() { Some(first) } else { first.parent() };
    let folder = folder
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let commit = answer(folder, &["rev-parse", "--verify", "HEAD"])?;
    // What lies beside the files is not asked for where git does not have it: secrets and simulated accounts do.
    let beside = answer(folder, &["status", "--porcelain", "--untracked-files=no", "--", "."])?;
    let given: Vec<String> = files.iter().filter_map(|file| pathspec(Path::new(file))).collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    let own = answer(folder, &[&["ls-files", "--others", "--"][..], &given[..]].concat())?;
    let tree = if beside.is_empty() && own.is_empty() {
        Tree::Clean
    } else {
        Tree::Edited
    };
    Some(Revision { commit, tree })
}

/// A file, or what is read of a folder, in git's words.
fn pathspec(path: &Path) -> Option<String> {
    let whole = std::path::absolute(path).ok()?;
    let whole = whole.to_str()?;
    Some(match path.is_dir() {
        true => format!(":(glob){}/*.y*ml", whole.trim_end_matches('/')),
        false => format!(":(literal){whole}"),
    })
}
