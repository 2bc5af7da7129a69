//! The folder that an account lives in.
//!
//! Invariant: what a call changed is either wholly on disk or, after the next opening, wholly undone or wholly done:
//! single files go through a temporary file and a rename, several through a journal that is replayed at opening.
//! Safe against a killed process; against a power cut only as far as the file system is. Knows no services.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use super::clock::{Counts, Ids};
use super::table::{Change, Stored};

pub(super) const HEAD: &str = "evenkeel-sandbox.json";
pub(super) const JOURNAL: &str = "journal.json";
pub(super) const LOCK: &str = "lock";
const FORMAT: u32 = 1;
const PATIENCE: Duration = Duration::from_secs(5);

/// Why an account could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or a file in it can't be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process has the account open.
    #[error("{}: another process is using this sandbox{}", path.display(), holder.map(|id| format!(" (process {id})")).unwrap_or_default())]
    Locked {
        /// The folder.
        path: PathBuf,
        /// The process, if it has said who it is.
        holder: Option<u32>,
    },
    /// The folder has files but is no sandbox.
    #[error("{}: the folder is not empty and holds no sandbox ({HEAD})", path.display())]
    Foreign {
        /// The folder.
        path: PathBuf,
    },
    /// There is something else where the folder should be.
    #[error("{}: not a folder", path.display())]
    NotAFolder {
        /// What.
        path: PathBuf,
    },
    /// The folder was written by a newer version.
    #[error("{}: sandbox format {found} is newer than this program's {FORMAT}", path.display())]
    Format {
        /// The head file.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// A file does not hold what it should.
    #[error("{}: {why}", path.display())]
    Content {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The account id is not twelve digits.
    #[error("account id {0:?} is not twelve digits")]
    AccountId(String),
}

/// What is kept about the account itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    format: u32,
    /// The account's twelve digits.
    pub(super) account: String,
    /// The clock's counters.
    pub(super) counts: Counts,
    /// The id source.
    pub(super) ids: Ids,
}

impl Head {
    pub(super) fn new(account: String, counts: Counts, ids: Ids) -> Self {
        Self {
            format: FORMAT,
            account,
            counts,
            ids,
        }
    }

    /// The same after one more opening.
    pub(super) fn opened(self) -> Self {
        Self {
            counts: self.counts.opened(),
            ..self
        }
    }

    /// Whether `reserved` covers all ids that were given out.
    pub(super) fn ids_within(&self, reserved: &Self) -> bool {
        self.ids.within(reserved.ids)
    }

    /// Whether `reserved` covers everything that was counted and given out.
    pub(super) fn within(&self, reserved: &Self) -> bool {
        self.ids_within(reserved) && self.counts.within(reserved.counts)
    }

    /// The same, so many ids and calls later.
    pub(super) fn ahead(&self, more: u64) -> Self {
        Self {
            counts: self.counts.calls_later(more),
            ids: self.ids.later(more),
            ..self.clone()
        }
    }
}

/// An open folder, locked for this process.
#[derive(Debug)]
pub(super) struct Store {
    dir: PathBuf,
    /// Held for the lock on it, which ends with the file handle.
    _lock: File,
    /// A journal was written whose files could not all be.
    pending: bool,
}

impl Store {
    /// Opens or makes the folder, waits briefly for another process, and finishes what a killed one began.
    pub(super) fn open(dir: &Path) -> Result<(Self, Option<Head>), OpenError> {
        make_folder(dir)?;
        let head_path = dir.join(HEAD);
        if !head_path.exists() && has_foreign_files(dir)? {
            return Err(OpenError::Foreign { path: dir.to_owned() });
        }
        let lock = lock(dir, PATIENCE)?;
        let mut store = Self {
            dir: dir.to_owned(),
            _lock: lock,
            pending: dir.join(JOURNAL).exists(),
        };
        store.replay().map_err(|source| io_error(&dir.join(JOURNAL), source))?;
        let head = match fs::read(&head_path) {
            Ok(content) => Some(parse_head(&head_path, &content)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(io_error(&head_path, source)),
        };
        Ok((store, head))
    }

    /// Reads all files of these tables. Temporary files of a killed process are removed.
    pub(super) fn load(&self, tables: Vec<&mut dyn Stored>) -> Result<(), OpenError> {
        for table in tables {
            load_folder(&self.dir.join(table.folder()), "", table)?;
        }
        Ok(())
    }

    /// Writes the account's own file.
    pub(super) fn save_head(&self, head: &Head) -> io::Result<()> {
        let mut content = serde_json::to_vec_pretty(head)?;
        content.push(b'\n');
        write(&self.dir.join(HEAD), &content)
    }

    /// Writes the changes of one call, all or none of them.
    pub(super) fn save(&mut self, changes: &[Change]) -> io::Result<()> {
        self.replay()?;
        match changes {
            [] => Ok(()),
            [change] => self.put(change),
            many => {
                let entries: Vec<Entry> = many.iter().map(Entry::from).collect();
                write(&self.dir.join(JOURNAL), &serde_json::to_vec(&entries)?)?;
                self.pending = true;
                // From here on the call counts: what fails now is caught up before the next write or at opening.
                if many.iter().try_for_each(|change| self.put(change)).is_ok() {
                    self.end_journal().ok();
                }
                Ok(())
            }
        }
    }

    fn put(&self, change: &Change) -> io::Result<()> {
        let path = self.dir.join(&change.path);
        match &change.content {
            Some(content) => write(&path, content),
            None => match fs::remove_file(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                other => other,
            },
        }
    }

    fn replay(&mut self) -> io::Result<()> {
        if !self.pending {
            return Ok(());
        }
        let entries: Vec<Entry> = serde_json::from_slice(&fs::read(self.dir.join(JOURNAL))?)?;
        for entry in entries {
            self.put(&entry.try_into().map_err(io::Error::other)?)?;
        }
        self.end_journal()
    }

    fn end_journal(&mut self) -> io::Result<()> {
        fs::remove_file(self.dir.join(JOURNAL))?;
        self.pending = false;
        Ok(())
    }
}

/// One line of the journal.
#[derive(Serialize, Deserialize)]
struct Entry {
    path: PathBuf,
    base64: Option<String>,
}

impl From<&Change> for Entry {
    fn from(change: &Change) -> Self {
        Self {
            path: change.path.clone(),
            base64: change.content.as_ref().map(|content| BASE64.encode(content)),
        }
    }
}

impl TryFrom<Entry> for Change {
    type Error = base64::DecodeError;

    fn try_from(entry: Entry) -> Result<Self, Self::Error> {
        let content = entry.base64.map(|text| BASE64.decode(text)).transpose()?;
        Ok(Self {
            path: entry.path,
            content,
        })
    }
}

pub(super) fn io_error(path: &Path, source: io::Error) -> OpenError {
    OpenError::Io {
        path: path.to_owned(),
        source,
    }
}

fn make_folder(dir: &Path) -> Result<(), OpenError> {
    if dir.exists() && !dir.is_dir() {
        return Err(OpenError::NotAFolder { path: dir.to_owned() });
    }
    fs::create_dir_all(dir).map_err(|source| io_error(dir, source))
}

fn has_foreign_files(dir: &Path) -> Result<bool, OpenError> {
    for entry in fs::read_dir(dir).map_err(|source| io_error(dir, source))? {
        let name = entry.map_err(|source| io_error(dir, source))?.file_name();
        if name != LOCK && !is_temporary(&name.to_string_lossy()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Locks the folder for this process, and leaves its id for those who find it locked.
pub(super) fn lock(dir: &Path, patience: Duration) -> Result<File, OpenError> {
    let path = dir.join(LOCK);
    let opened = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path);
    let mut file = opened.map_err(|source| io_error(&path, source))?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if start.elapsed() < patience => {
                std::thread::sleep(Duration::from_millis(50));
            }
            Err(TryLockError::WouldBlock) => {
                let holder = fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok());
                let path = dir.to_owned();
                return Err(OpenError::Locked { path, holder });
            }
            Err(TryLockError::Error(source)) => return Err(io_error(&path, source)),
        }
    }
    // Only those who are refused read it, so what can't be written does no harm.
    file.set_len(0)
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .ok();
    Ok(file)
}

pub(super) fn parse_head(path: &Path, content: &[u8]) -> Result<Head, OpenError> {
    let wrong = |error: serde_json::Error| OpenError::Content {
        path: path.to_owned(),
        why: error.to_string(),
    };
    let value: serde_json::Value = serde_json::from_slice(content).map_err(wrong)?;
    match value.get("format").and_then(serde_json::Value::as_u64) {
        Some(found) if found > u64::from(FORMAT) => Err(OpenError::Format {
            path: path.to_owned(),
            found: u32::try_from(found).unwrap_or(u32::MAX),
        }),
        _ => serde_json::from_value(value).map_err(wrong),
    }
}

fn load_folder(folder: &Path, prefix: &str, table: &mut dyn Stored) -> Result<(), OpenError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(io_error(folder, source)),
    };
    for entry in entries {
        let path = entry.map_err(|source| io_error(folder, source))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(part) = name.strip_suffix('~') {
            load_folder(&path, &format!("{prefix}{part}"), table)?;
        } else if is_temporary(&name) {
            fs::remove_file(&path).map_err(|source| io_error(&path, source))?;
        } else if !name.starts_with('.') && path.is_file() {
            let content = fs::read(&path).map_err(|source| io_error(&path, source))?;
            table
                .load(&format!("{prefix}{name}"), &content)
                .map_err(|why| OpenError::Content {
                    path: path.clone(),
                    why,
                })?;
        }
    }
    Ok(())
}

pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(".tmp")
}

pub(super) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.tmp"));
    if let Err(error) = fs::write(&temporary, content) {
        let (io::ErrorKind::NotFound, Some(folder)) = (error.kind(), path.parent()) else {
            return Err(error);
        };
        fs::create_dir_all(folder)?;
        fs::write(&temporary, content)?;
    }
    fs::rename(&temporary, path)
}

#[cfg(test)]
mod tests {
    use super::super::table::Table;
    use super::*;

    fn change(path: &str, content: Option<&str>) -> Change {
        Change {
            path: path.into(),
            content: content.map(|text| text.as_bytes().to_vec()),
        }
    }

    #[test]
    fn a_locked_folder_is_refused_when_patience_ends() {
        let dir = tempfile::tempdir().unwrap();
        let _held = lock(dir.path(), Duration::ZERO).unwrap();
        assert!(matches!(
            lock(dir.path(), Duration::ZERO),
            Err(OpenError::Locked { .. })
        ));
    }

    #[test]
    fn a_lock_that_is_given_up_in_time_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let held = lock(dir.path(), Duration::ZERO).unwrap();
        let waiter = std::thread::scope(|scope| {
            let waiter = scope.spawn(|| lock(dir.path(), PATIENCE).is_ok());
            std::thread::sleep(Duration::from_millis(120));
            drop(held);
            waiter.join().unwrap()
        });
        assert!(waiter);
    }

    #[test]
    fn a_journal_left_by_a_killed_process_is_carried_out() {
        let dir = tempfile::tempdir().unwrap();
        let (mut store, _) = Store::open(dir.path()).unwrap();
        store
            .save_head(&Head::new("123456789012".to_owned(), Counts::default(), Ids::new(0)))
            .unwrap();
        store.save(&[change("t/gone.json", Some("1"))]).unwrap();
        drop(store);
        let entries: Vec<Entry> = [change("t/new.json", Some("2")), change("t/gone.json", None)]
            .iter()
            .map(Entry::from)
            .collect();
        fs::write(dir.path().join(JOURNAL), serde_json::to_vec(&entries).unwrap()).unwrap();

        let (store, _) = Store::open(dir.path()).unwrap();
        let mut table: Table<u32> = Table::new("t");
        store.load(vec![&mut table]).unwrap();
        assert_eq!(
            table.iter().map(|(key, row)| (key.as_str(), *row)).collect::<Vec<_>>(),
            [("new", 2)]
        );
        assert!(!dir.path().join(JOURNAL).exists());
    }

    #[test]
    fn changes_of_one_call_whose_files_cannot_be_written_are_caught_up_later() {
        let dir = tempfile::tempdir().unwrap();
        let (mut store, _) = Store::open(dir.path()).unwrap();
        // A file where the folder should be makes the second write fail after the journal was written.
        fs::write(dir.path().join("b"), "").unwrap();
        store
            .save(&[change("a/one.json", Some("1")), change("b/two.json", Some("2"))])
            .unwrap();
        assert!(dir.path().join(JOURNAL).exists());
        assert!(store.save(&[change("a/three.json", Some("3"))]).is_err());
        fs::remove_file(dir.path().join("b")).unwrap();
        store.save(&[change("a/three.json", Some("3"))]).unwrap();
        assert!(dir.path().join("b/two.json").exists() && !dir.path().join(JOURNAL).exists());
    }

    #[test]
    fn long_keys_survive_the_way_through_the_file_system() {
        let dir = tempfile::tempdir().unwrap();
        let (mut store, _) = Store::open(dir.path()).unwrap();
        let mut table: Table<u32> = Table::new("t");
        let key = format!("folder/{}~\u{e4}", "x".repeat(900));
        table.insert(key.clone(), 7);
        store.save(&super::super::Stored::changes(&table).unwrap()).unwrap();
        let mut read: Table<u32> = Table::new("t");
        store.load(vec![&mut read]).unwrap();
        assert_eq!(read.get(&key), Some(&7));
    }

    #[test]
    fn a_newer_format_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(HEAD), r#"{"format": 2}"#).unwrap();
        assert!(matches!(
            Store::open(dir.path()),
            Err(OpenError::Format { found: 2, .. })
        ));
    }
}
