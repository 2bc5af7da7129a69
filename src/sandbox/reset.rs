//! Emptying an account.
//!
//! Invariant: only what the sandbox wrote goes: the files of its tables, and evenkeel's own below the folder, which tell
//! of an account that is no more. Everything else stays and is named. The account keeps its number, and never gives out
//! an id again that it gave out before.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::clock::{Counts, Ids};
use super::store::{HEAD, Head, JOURNAL, LOCK, OpenError, io_error, is_temporary, lock, parse_head, write};
use super::{Options, World, trail};

/// What evenkeel keeps for a sandboxed account beside it: journals and kept code, and secrets. They end with it.
const COMPANIONS: [&str; 2] = ["evenkeel", "secrets"];

/// How long a process that has the account open is waited for; the `plan` of a moment ago may be just ending.
const PATIENCE: Duration = Duration::from_secs(1);

/// Why an account could not be emptied.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// There is no sandbox in the folder.
    #[error("{}: the folder holds no sandbox ({HEAD})", path.display())]
    NoSandbox {
        /// The folder.
        path: PathBuf,
    },
    /// The folder can't be used.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// What a reset did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emptied {
    /// The account's twelve digits.
    pub account: String,
    /// How many files went, by the first part of their folder: `iam`, `s3`, `secrets`.
    pub removed: BTreeMap<String, u64>,
    /// What lies in the folder and is not the sandbox's.
    pub left: Vec<PathBuf>,
}

/// Empties the account in `dir`, also one that can't be opened because a file is damaged.
///
/// # Errors
/// When the folder holds no sandbox, is in use, was written by a newer version, or a file can't be removed. What was
/// removed until then stays so; a second reset does the rest.
pub fn reset(dir: &Path) -> Result<Emptied, ResetError> {
    let head_path = dir.join(HEAD);
    if !head_path.is_file() {
        return Err(ResetError::NoSandbox { path: dir.to_owned() });
    }
    let _lock = lock(dir, PATIENCE)?;
    let content = fs::read(&head_path).map_err(|source| io_error(&head_path, source))?;
    let head = match parse_head(&head_path, &content) {
        Ok(head) => head,
        Err(newer @ OpenError::Format { .. }) => return Err(newer.into()),
        Err(_) => Head::new(Options::default().account_id, Counts::default(), Ids::new(0)),
    };
    let mut removed = BTreeMap::new();
    // An unfinished call must not come back to life in the empty account.
    remove_file(&dir.join(JOURNAL)).map_err(|source| io_error(&dir.join(JOURNAL), source))?;
    let mut world = World::new(Options::default(), &head);
    for folder in world.tables().iter().map(|table| table.folder()) {
        clear(dir, folder, &mut removed)?;
    }
    clear_events(dir)?;
    for folder in COMPANIONS {
        clear_companion(dir, folder, &mut removed).map_err(|source| io_error(&dir.join(folder), source))?;
    }
    let content = serde_json::to_vec_pretty(&head).map_err(io::Error::from);
    let written = content.and_then(|content| write(&head_path, &content));
    written.map_err(|source| io_error(&head_path, source))?;
    Ok(Emptied {
        account: head.account,
        removed,
        left: left_over(dir).map_err(|source| io_error(dir, source))?,
    })
}

/// Removes the files of one table, and its folders as far as they are empty then.
fn clear(dir: &Path, folder: &str, removed: &mut BTreeMap<String, u64>) -> Result<(), OpenError> {
    let path = dir.join(folder);
    let count = clear_folder(&path).map_err(|source| io_error(&path, source))?;
    let service = folder.split('/').next().unwrap_or(folder);
    if count > 0 {
        *removed.entry(service.to_owned()).or_default() += count;
    }
    // It may hold another table, or something foreign, which is no error here.
    fs::remove_dir(dir.join(service)).ok();
    Ok(())
}

/// What CloudTrail kept is one file that tells of the others, so it is not counted.
fn clear_events(dir: &Path) -> Result<(), OpenError> {
    let path = dir.join(trail::FOLDER).join(trail::FILE);
    remove_file(&path).map_err(|source| io_error(&path, source))?;
    fs::remove_dir(dir.join(trail::FOLDER)).ok();
    Ok(())
}

fn clear_folder(folder: &Path) -> io::Result<u64> {
    let mut count = 0;
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory].contains(&error.kind()) => return Ok(0),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_folder = entry.file_type()?.is_dir();
        if is_folder && name.ends_with('~') {
            count += clear_folder(&entry.path())?;
        } else if !is_folder && is_temporary(&name) {
            remove_file(&entry.path())?;
        } else if !is_folder && [".json", ".bin"].iter().any(|ending| name.ends_with(ending)) {
            remove_file(&entry.path())?;
            count += 1;
        }
    }
    fs::remove_dir(folder).ok();
    Ok(count)
}

/// Removes a folder of evenkeel's with everything in it; a link to a folder elsewhere stays.
fn clear_companion(dir: &Path, name: &str, removed: &mut BTreeMap<String, u64>) -> io::Result<()> {
    let path = dir.join(name);
    match fs::symlink_metadata(&path) {
        Ok(found) if found.is_dir() => {
            removed.insert(name.to_owned(), files_below(&path)?);
            fs::remove_dir_all(&path)
        }
        _ => Ok(()),
    }
}

fn files_below(folder: &Path) -> io::Result<u64> {
    let mut count = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        count += if entry.file_type()?.is_dir() {
            files_below(&entry.path())?
        } else {
            1
        };
    }
    Ok(count)
}

fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn left_over(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut left = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        if name != HEAD && name != LOCK {
            left.push(entry.path());
        }
    }
    left.sort();
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::super::Account;
    use super::super::testing::{query, text};
    use super::*;

    fn made(dir: &Path, number: &str) -> String {
        let options = Options {
            account_id: number.to_owned(),
            ..Options::default()
        };
        let account = Account::open(Some(dir), options).unwrap();
        let answer = text(&query(
            &account,
            "iam",
            "test",
            &[("Action", "CreateUser"), ("UserName", "tom")],
        ));
        answer.split("<UserId>").nth(1).unwrap()[..21].to_owned()
    }

    #[test]
    fn only_what_the_sandbox_wrote_goes() {
        let dir = tempfile::tempdir().unwrap();
        let first = made(dir.path(), "111122223333");
        fs::create_dir_all(dir.path().join("secrets/home")).unwrap();
        fs::write(dir.path().join("secrets/home/key"), "x").unwrap();
        fs::write(dir.path().join("notes.txt"), "mine").unwrap();
        fs::write(dir.path().join("iam/users/readme"), "mine").unwrap();
        fs::write(dir.path().join("iam/users/damaged.json"), "{").unwrap();
        fs::write(dir.path().join(JOURNAL), "{").unwrap();

        let emptied = reset(dir.path()).unwrap();
        assert_eq!(emptied.account, "111122223333");
        assert_eq!(
            emptied.removed,
            BTreeMap::from([("iam".to_owned(), 2), ("secrets".to_owned(), 1)])
        );
        assert_eq!(emptied.left, [dir.path().join("iam"), dir.path().join("notes.txt")]);
        assert!(dir.path().join("iam/users/readme").exists());

        fs::remove_file(dir.path().join("iam/users/readme")).unwrap();
        assert_ne!(made(dir.path(), "999999999999"), first);
        assert_eq!(reset(dir.path()).unwrap().account, "111122223333");
    }

    #[test]
    fn what_is_no_sandbox_or_in_use_or_newer_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("thesis.json"), "{}").unwrap();
        assert!(matches!(reset(dir.path()), Err(ResetError::NoSandbox { .. })));
        let other = tempfile::tempdir().unwrap();
        let open = Account::open(Some(other.path()), Options::default()).unwrap();
        let refused = reset(other.path()).unwrap_err().to_string();
        assert!(
            refused.contains(&format!("process {}", std::process::id())),
            "{refused}"
        );
        drop(open);
        fs::write(other.path().join(HEAD), r#"{"format": 2}"#).unwrap();
        assert!(matches!(
            reset(other.path()),
            Err(ResetError::Open(OpenError::Format { .. }))
        ));
    }

    #[test]
    fn a_damaged_head_is_written_anew() {
        let dir = tempfile::tempdir().unwrap();
        made(dir.path(), "111122223333");
        fs::write(dir.path().join(HEAD), "").unwrap();
        assert_eq!(reset(dir.path()).unwrap().account, "123456789012");
        made(dir.path(), "111122223333");
    }
}
