//! A function's code as the zip that Lambda gets: the same files give the same bytes on every machine and every day.
//!
//! Invariant: nothing of the machine gets into an [`Archive`] but names, contents and the owner's executable bit. What
//! Lambda compares is the hash of the zip (`CodeSha256`), so that any other byte would show as drift. This room reads
//! files and writes none; it must not run anything.

mod exclude;
mod tree;
mod zipped;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use base64::Engine;
use bytes::Bytes;
use sha2::Digest;

pub use exclude::BadPattern;
pub use tree::{Defect, Flaw};

/// A zip, ready to be uploaded.
#[derive(Clone, PartialEq, Eq)]
pub struct Archive {
    /// The zip itself.
    pub bytes: Bytes,
    /// SHA-256 of the bytes in base64: what Lambda reports as `CodeSha256`.
    pub sha256_base64: String,
    /// How many files (in a given zip: entries) it holds.
    pub entries: usize,
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            bytes,
            sha256_base64,
            entries,
        } = self;
        write!(f, "Archive({} bytes, {entries} entries, {sha256_base64})", bytes.len())
    }
}

impl Archive {
    fn new(bytes: Vec<u8>, entries: usize) -> Self {
        let sha256_base64 = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(&bytes));
        Self {
            bytes: Bytes::from(bytes),
            sha256_base64,
            entries,
        }
    }
}

/// Why there is no archive.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Patterns of `exclude:` that can't be used, all of them.
    #[error("{}", one_line(.0))]
    BadPatterns(Vec<BadPattern>),
    /// What in the tree can't be packed, all of it, in the order of paths.
    #[error("{}", one_line(.0))]
    Defects(Vec<Defect>),
    /// The path that was named can't be read.
    #[error("{path} can't be read: {source}", path = path.display())]
    Unreadable {
        /// The path as it was given.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Nothing is left to pack.
    #[error("{path} holds no file to pack, apart from what is always left out or excluded", path = path.display())]
    Empty {
        /// The path as it was given.
        path: PathBuf,
    },
    /// Lambda's "Unzipped size must be smaller than 262144000 bytes" (`InvalidParameterValueException`).
    #[error("{path} has more than {} MB unzipped, Lambda's limit; leave files out with `exclude:` or use an image", limit / MIB, path = path.display())]
    TooLargeUnzipped {
        /// The path as it was given.
        path: PathBuf,
        /// The limit, bytes.
        limit: u64,
    },
    /// Beyond what a direct upload may have (`RequestEntityTooLargeException`).
    #[error("{path} has {} MB zipped, above the {} MB that can be uploaded directly; put the zip into a bucket and use `s3:`", bytes.div_ceil(MIB), limit / MIB, path = path.display())]
    TooLargeZipped {
        /// The path as it was given.
        path: PathBuf,
        /// The zip's size, bytes.
        bytes: u64,
        /// The limit, bytes.
        limit: u64,
    },
    /// More entries than a plain zip can count.
    #[error("{path} holds more than {limit} files, the most that a zip without extensions can have", path = path.display())]
    TooManyFiles {
        /// The path as it was given.
        path: PathBuf,
        /// The limit.
        limit: usize,
    },
    /// A file given as `zip:` that isn't one.
    #[error("{path} is not a usable zip file: {reason}", path = path.display())]
    NotAZip {
        /// The path as it was given.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

const MIB: u64 = 1024 * 1024;

/// How large an archive may be, and up to where it is stored without compression.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Zips smaller than this are stored: their bytes depend on no compressor's version.
    stored_below: u64,
    zipped: u64,
    unzipped: u64,
    files: usize,
}

/// Lambda's quotas for a zip that is sent with the call (Lambda developer guide, "Lambda quotas").
const DIRECT_UPLOAD: Limits = Limits {
    stored_below: 40 * MIB,
    zipped: 50 * MIB,
    unzipped: 250 * MIB,
    files: 65_535,
};

/// Packs a folder, or a single file under its own name.
///
/// Left out are version control folders, caches, virtual environments, `.env` files, what editors and desktops leave
/// behind, and what `exclude` matches: a pattern without a slash matches a name at any depth, one with a slash a path
/// from the root, one that ends in a slash only folders; `*`, `?`, `[…]`, `{a,b}` and `**` work. Symbolic links are
/// followed within the root.
///
/// # Errors
///
/// See [`ArchiveError`]; what is wrong with patterns or with files is reported all at once.
pub fn pack(root: &Path, exclude: &[String]) -> Result<Archive, ArchiveError> {
    pack_within(root, exclude, &DIRECT_UPLOAD)
}

fn pack_within(root: &Path, exclude: &[String], limits: &Limits) -> Result<Archive, ArchiveError> {
    let rules = exclude::Exclusions::new(exclude).map_err(ArchiveError::BadPatterns)?;
    let files = tree::collect(root, &rules, limits)?;
    if files.is_empty() {
        return Err(ArchiveError::Empty { path: root.to_owned() });
    }
    let bytes = zipped::write(root, &files, limits)?;
    check_zipped(root, bytes.len() as u64, limits)?;
    Ok(Archive::new(bytes, files.len()))
}

/// Takes a zip as it is, after a look at whether Lambda could.
///
/// # Errors
///
/// When it can't be read, isn't a zip, holds nothing or is beyond Lambda's limits.
pub fn from_zip(path: &Path) -> Result<Archive, ArchiveError> {
    from_zip_within(path, &DIRECT_UPLOAD)
}

fn from_zip_within(path: &Path, limits: &Limits) -> Result<Archive, ArchiveError> {
    let unreadable = |source| ArchiveError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(ArchiveError::NotAZip {
            path: path.to_owned(),
            reason: "it is not a file".to_owned(),
        });
    }
    check_zipped(path, metadata.len(), limits)?;
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let contents = zipped::examine(&bytes).map_err(|reason| ArchiveError::NotAZip {
        path: path.to_owned(),
        reason,
    })?;
    if contents.entries == 0 {
        return Err(ArchiveError::Empty { path: path.to_owned() });
    }
    if contents.unzipped > u128::from(limits.unzipped) {
        return Err(ArchiveError::TooLargeUnzipped {
            path: path.to_owned(),
            limit: limits.unzipped,
        });
    }
    Ok(Archive::new(bytes, contents.entries))
}

fn check_zipped(path: &Path, bytes: u64, limits: &Limits) -> Result<(), ArchiveError> {
    if bytes <= limits.zipped {
        return Ok(());
    }
    Err(ArchiveError::TooLargeZipped {
        path: path.to_owned(),
        bytes,
        limit: limits.zipped,
    })
}

fn one_line<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
