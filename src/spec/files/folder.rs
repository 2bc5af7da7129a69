//! Files of the file system, below a folder.
//!
//! Invariant: a file is never read beyond the limit, whatever its size is said to be.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::{Entry, Files, Kind, Trouble};

/// A folder of the file system. Absolute paths and `..` in what the user types are taken as they are.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Paths will be taken from `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }
}

impl Files for Folder {
    fn kind(&self, path: &str) -> Result<Kind, Trouble> {
        let metadata = std::fs::metadata(self.at(path)).map_err(|error| trouble(path, &error))?;
        Ok(if metadata.is_dir() { Kind::Folder } else { Kind::File })
    }

    fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, Trouble> {
        if self.kind(path)? == Kind::Folder {
            return Err(Trouble::IsFolder { path: path.to_owned() });
        }
        let file = File::open(self.at(path)).map_err(|error| trouble(path, &error))?;
        let size = file.metadata().map_err(|error| trouble(path, &error))?.len();
        let too_large = || Trouble::TooLarge {
            path: path.to_owned(),
            limit,
        };
        if size > limit {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        // Pipes and devices say nothing true about their size, and a file may grow.
        file.take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| trouble(path, &error))?;
        if bytes.len() as u64 > limit {
            return Err(too_large());
        }
        Ok(bytes)
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, Trouble> {
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(self.at(folder)).map_err(|error| trouble(folder, &error))? {
            let entry = entry.map_err(|error| trouble(folder, &error))?;
            let name = entry.file_name().into_string().map_err(|name| Trouble::Unreadable {
                path: format!("{folder}/{}", name.to_string_lossy()),
                why: "its name is not UTF-8".to_owned(),
            })?;
            let is_folder = std::fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_dir());
            let kind = if is_folder { Kind::Folder } else { Kind::File };
            entries.push(Entry { name, kind });
        }
        entries.sort();
        Ok(entries)
    }

    fn real(&self, path: &str) -> Result<String, Trouble> {
        let real = self.at(path).canonicalize().map_err(|error| trouble(path, &error))?;
        Ok(with_slashes(&real))
    }

    fn local(&self, path: &str) -> Option<PathBuf> {
        Some(self.at(path))
    }
}

fn with_slashes(path: &Path) -> String {
    let path = path.to_string_lossy();
    if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path.into_owned()
    }
}

fn trouble(path: &str, error: &std::io::Error) -> Trouble {
    let path = path.to_owned();
    match error.kind() {
        ErrorKind::NotFound => Trouble::Missing { path, suggestion: None },
        ErrorKind::NotADirectory => Trouble::NotAFolder { path },
        ErrorKind::IsADirectory => Trouble::IsFolder { path },
        _ => Trouble::Unreadable {
            path,
            why: error.to_string(),
        },
    }
}
