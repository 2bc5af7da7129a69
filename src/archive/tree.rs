//! Which files of a tree are packed, under which names.
//!
//! Invariant: every collected file lies within the root once links are resolved, and names are sorted, relative and use
//! forward slashes. Nothing is read here but folders and metadata.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use super::exclude::{EntryKind, Exclusions};
use super::{ArchiveError, Limits};

/// A file to be packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    /// Where it lies, links resolved.
    pub(super) path: PathBuf,
    /// Its length when it was found, bytes.
    pub(super) length: u64,
    pub(super) mode: Mode,
}

/// The two modes that an archive knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Plain,
    Executable,
}

/// Something in the tree that can't be packed.
#[derive(Debug, thiserror::Error)]
#[error("{}: {flaw}", path.display())]
pub struct Defect {
    /// Where, below the root as it was given.
    pub path: PathBuf,
    /// What is wrong.
    pub flaw: Flaw,
}

/// Why something can't be packed.
#[derive(Debug, thiserror::Error)]
pub enum Flaw {
    /// The system refused.
    #[error("can't be read: {0}")]
    Unreadable(io::Error),
    /// A link out of the tree: what it points to would differ from machine to machine.
    #[error("is a link out of the packed folder, to {}; copy the file or exclude the link", .0.display())]
    LeadsOut(PathBuf),
    /// A link to a folder that contains it.
    #[error("is a link to a folder that contains it")]
    Loops,
    /// A pipe, socket or device.
    #[error("is neither a file nor a folder")]
    Special,
    /// A name that a zip can't carry to Lambda.
    #[error("has a name that is not valid UTF-8")]
    NotUtf8,
}

/// Every file that is packed, by its name in the archive.
pub(super) fn collect(
    root: &Path,
    rules: &Exclusions,
    limits: &Limits,
) -> Result<BTreeMap<String, File>, ArchiveError> {
    let unreadable = |source| ArchiveError::Unreadable {
        path: root.to_owned(),
        source,
    };
    let resolved = root.canonicalize().map_err(unreadable)?;
    let metadata = resolved.metadata().map_err(unreadable)?;
    let mut walk = Walk::new(root, &resolved, rules, limits);
    if metadata.is_dir() {
        walk.folder(&resolved, "")?;
    } else {
        walk.single(&resolved, &metadata)?;
    }
    walk.finish()
}

struct Walk<'a> {
    given: &'a Path,
    root: &'a Path,
    rules: &'a Exclusions,
    limits: &'a Limits,
    files: BTreeMap<String, File>,
    defects: Vec<Defect>,
    total: u64,
    /// The folders that are being walked, links resolved: a link to one of them would never end.
    open: Vec<PathBuf>,
}

impl<'a> Walk<'a> {
    fn new(given: &'a Path, root: &'a Path, rules: &'a Exclusions, limits: &'a Limits) -> Self {
        let (files, defects, open) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self {
            given,
            root,
            rules,
            limits,
            files,
            defects,
            total: 0,
            open,
        }
    }

    fn finish(mut self) -> Result<BTreeMap<String, File>, ArchiveError> {
        if self.defects.is_empty() {
            return Ok(self.files);
        }
        self.defects.sort_by(|one, other| one.path.cmp(&other.path));
        Err(ArchiveError::Defects(self.defects))
    }

    /// A single file keeps the name that it was given by, also when that is a link.
    fn single(&mut self, resolved: &Path, metadata: &Metadata) -> Result<(), ArchiveError> {
        let name = self
            .given
            .file_name()
            .or(resolved.file_name())
            .and_then(|name| name.to_str());
        match name {
            Some(name) if metadata.is_file() => self.add(name.to_owned(), resolved.to_owned(), metadata),
            Some(_) => self.defect("", Flaw::Special),
            None => self.defect("", Flaw::NotUtf8),
        }
    }

    /// `inside` is the folder's name in the archive, empty or with a slash at its end.
    fn folder(&mut self, folder: &Path, inside: &str) -> Result<(), ArchiveError> {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.defect(inside, Flaw::Unreadable(error)),
        };
        self.open.push(folder.to_owned());
        for entry in entries {
            match entry {
                Ok(entry) => self.entry(&entry, inside)?,
                Err(error) => self.defect(inside, Flaw::Unreadable(error))?,
            }
        }
        self.open.pop();
        Ok(())
    }

    fn entry(&mut self, entry: &std::fs::DirEntry, inside: &str) -> Result<(), ArchiveError> {
        let name = entry.file_name();
        let relative = format!("{inside}{}", name.to_string_lossy());
        let found = match resolve(entry) {
            // What is excluded by name need not be readable, nor lead anywhere.
            _ if self.rules.leaves_out(&relative, EntryKind::File, &entry.path()) => return Ok(()),
            Ok(found) => found,
            Err(error) => return self.defect(&relative, Flaw::Unreadable(error)),
        };
        if self.is_left_out(&relative, &found) {
            return Ok(());
        }
        if name.to_str().is_none() {
            return self.defect(&relative, Flaw::NotUtf8);
        }
        self.found(relative, found)
    }

    fn found(&mut self, relative: String, found: Found) -> Result<(), ArchiveError> {
        if !found.path.starts_with(self.root) {
            return self.defect(&relative, Flaw::LeadsOut(found.path));
        }
        if found.metadata.is_file() {
            return self.add(relative, found.path, &found.metadata);
        }
        if !found.metadata.is_dir() {
            return self.defect(&relative, Flaw::Special);
        }
        if self.open.contains(&found.path) {
            return self.defect(&relative, Flaw::Loops);
        }
        self.folder(&found.path, &format!("{relative}/"))
    }

    /// Left out by its own name, or by the name of what it links to: a link must not carry a `.env` in.
    fn is_left_out(&self, relative: &str, found: &Found) -> bool {
        if self.rules.leaves_out(relative, found.kind(), &found.path) {
            return true;
        }
        let Some(target) = found.path.strip_prefix(self.root).ok().and_then(Path::to_str) else {
            return false;
        };
        let target = target.replace(std::path::MAIN_SEPARATOR, "/");
        let folders = target.match_indices('/').filter_map(|(at, _)| target.get(..at));
        let inherited = folders.into_iter().any(|folder| {
            self.rules
                .leaves_out(folder, EntryKind::Folder, &self.root.join(folder))
        });
        inherited || self.rules.leaves_out(&target, found.kind(), &found.path)
    }

    fn add(&mut self, name: String, path: PathBuf, metadata: &Metadata) -> Result<(), ArchiveError> {
        let (given, limits) = (self.given.to_owned(), self.limits);
        self.total = self.total.saturating_add(metadata.len());
        if self.total > limits.unzipped {
            return Err(ArchiveError::TooLargeUnzipped {
                path: given,
                limit: limits.unzipped,
            });
        }
        if self.files.len() >= limits.files {
            return Err(ArchiveError::TooManyFiles {
                path: given,
                limit: limits.files,
            });
        }
        self.files.insert(
            name,
            File {
                path,
                length: metadata.len(),
                mode: mode_of(metadata),
            },
        );
        Ok(())
    }

    /// Notes what is wrong and lets the walk go on, so that all defects are reported together.
    fn defect(&mut self, relative: &str, flaw: Flaw) -> Result<(), ArchiveError> {
        let path = if relative.is_empty() {
            self.given.to_owned()
        } else {
            self.given.join(relative)
        };
        self.defects.push(Defect { path, flaw });
        Ok(())
    }
}

struct Found {
    path: PathBuf,
    metadata: Metadata,
}

impl Found {
    fn kind(&self) -> EntryKind {
        if self.metadata.is_dir() {
            EntryKind::Folder
        } else {
            EntryKind::File
        }
    }
}

/// Where an entry leads, and what is there.
fn resolve(entry: &std::fs::DirEntry) -> io::Result<Found> {
    let path = if entry.file_type()?.is_symlink() {
        entry.path().canonicalize()?
    } else {
        entry.path()
    };
    let metadata = path.metadata()?;
    Ok(Found { path, metadata })
}

/// Only the owner's bit: a umask takes the others away.
#[cfg(unix)]
fn mode_of(metadata: &Metadata) -> Mode {
    use std::os::unix::fs::PermissionsExt;
    if metadata.permissions().mode() & 0o100 == 0 {
        Mode::Plain
    } else {
        Mode::Executable
    }
}

#[cfg(not(unix))]
fn mode_of(_metadata: &Metadata) -> Mode {
    Mode::Plain
}
