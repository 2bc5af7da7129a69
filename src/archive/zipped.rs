//! Writing zips without a trace of time and machine, and looking into given ones.
//!
//! Invariant: a written entry has no extra field, the date 1980-01-01, one of two modes, and the made-by system Unix.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter};

use super::tree::{Defect, File, Flaw, Mode};
use super::{ArchiveError, Limits};

/// The level of deflate; written out because a library's default may change.
const LEVEL: i64 = 6;

/// Packs the files in the order of their names.
pub(super) fn write(root: &Path, files: &BTreeMap<String, File>, limits: &Limits) -> Result<Vec<u8>, ArchiveError> {
    let method = method_for(files, limits);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut defects = Vec::new();
    let mut left = limits.unzipped;
    for (name, file) in files {
        match read(&file.path, left) {
            Ok(Contents::Whole(bytes)) => {
                left -= (bytes.len() as u64).min(left);
                append(&mut zip, name, &bytes, options(method, file.mode)).map_err(|error| failed(root, error))?;
            }
            Ok(Contents::BeyondLimit) => {
                return Err(ArchiveError::TooLargeUnzipped {
                    path: root.to_owned(),
                    limit: limits.unzipped,
                });
            }
            Err(error) => defects.push(Defect {
                path: file.path.clone(),
                flaw: Flaw::Unreadable(error),
            }),
        }
    }
    if !defects.is_empty() {
        return Err(ArchiveError::Defects(defects));
    }
    Ok(zip.finish().map_err(|error| failed(root, error))?.into_inner())
}

fn append(
    zip: &mut ZipWriter<Cursor<Vec<u8>>>,
    name: &str,
    bytes: &[u8],
    options: SimpleFileOptions,
) -> zip::result::ZipResult<()> {
    zip.start_file(name, options)?;
    Ok(zip.write_all(bytes)?)
}

fn options(method: CompressionMethod, mode: Mode) -> SimpleFileOptions {
    let permissions = match mode {
        Mode::Plain => 0o644,
        Mode::Executable => 0o755,
    };
    let level = (method == CompressionMethod::Deflated).then_some(LEVEL);
    SimpleFileOptions::default()
        .compression_method(method)
        .compression_level(level)
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(permissions)
        .system(System::Unix)
}

/// Stored while the whole zip stays below the limit. Decided by the sizes that were found, so that equal trees agree.
fn method_for(files: &BTreeMap<String, File>, limits: &Limits) -> CompressionMethod {
    if stored_size(files) < limits.stored_below {
        CompressionMethod::Stored
    } else {
        CompressionMethod::Deflated
    }
}

/// The size of the zip when nothing is compressed: local header, central header and end record are 30, 46 and 22 bytes
/// (APPNOTE 4.3.7, 4.3.12, 4.3.16), the name stands in the first two.
pub(super) fn stored_size(files: &BTreeMap<String, File>) -> u64 {
    let entries = files
        .iter()
        .map(|(name, file)| 30 + 46 + 2 * name.len() as u64 + file.length);
    entries.fold(22, u64::saturating_add)
}

enum Contents {
    Whole(Vec<u8>),
    BeyondLimit,
}

/// Reads no more than may still come: a file can have grown since it was found.
fn read(path: &Path, limit: u64) -> std::io::Result<Contents> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok(if bytes.len() as u64 > limit {
        Contents::BeyondLimit
    } else {
        Contents::Whole(bytes)
    })
}

fn failed(root: &Path, error: zip::result::ZipError) -> ArchiveError {
    ArchiveError::Unreadable {
        path: root.to_owned(),
        source: std::io::Error::other(error),
    }
}

/// What a given zip says of itself.
pub(super) struct Examined {
    pub(super) entries: usize,
    /// Bytes of all entries unzipped, as the central directory claims.
    pub(super) unzipped: u128,
}

/// Looks at the beginning and at the central directory of a given zip; its entries are not unpacked.
pub(super) fn examine(bytes: &[u8]) -> Result<Examined, String> {
    if !bytes.starts_with(b"PK\x03\x04") && !bytes.starts_with(b"PK\x05\x06") {
        return Err("it does not begin like one".to_owned());
    }
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut unzipped = 0;
    for index in 0..archive.len() {
        unzipped += u128::from(archive.by_index_data(index).map_err(|error| error.to_string())?.size());
    }
    Ok(Examined {
        entries: archive.len(),
        unzipped,
    })
}
