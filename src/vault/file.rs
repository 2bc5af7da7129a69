//! Files for one credential: made once, readable by their owner only.
//!
//! Invariant: a file appears under its name complete or not at all, and never in the place of another.

use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::{Field, StoreError};

/// Shows that the file could be made, in the way in which it will be.
pub(super) fn prove(path: &Path) -> Result<(), StoreError> {
    must_be_vacant(path)?;
    prove_folder(parent(path)?)
}

/// Writes the fields, one a line, below the heading.
pub(super) fn put(path: &Path, heading: &str, fields: &[Field<'_>]) -> Result<(), StoreError> {
    must_be_vacant(path)?;
    let folder = parent(path)?;
    make_folder(folder)?;
    let text = Zeroizing::new(format!("{heading}{}", *lines(fields)));
    let written = write_beside(folder, text.as_bytes())?;
    written
        .persist_noclobber(path)
        .map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => occupied(path),
            _ => unwritable(path)(error.error),
        })?;
    sync_folder(folder);
    Ok(())
}

/// The fields as lines of a settings file.
pub(super) fn lines(fields: &[Field<'_>]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::new());
    for field in fields {
        text.push_str(field.key);
        text.push_str(" = ");
        text.push_str(field.value);
        text.push('\n');
    }
    text
}

/// A complete file in the folder, with mode 0600 and a name of its own, gone when dropped.
pub(super) fn write_beside(folder: &Path, bytes: &[u8]) -> Result<NamedTempFile, StoreError> {
    let mut file = NamedTempFile::new_in(folder).map_err(unwritable(folder))?;
    file.write_all(bytes).map_err(unwritable(folder))?;
    file.as_file().sync_all().map_err(unwritable(folder))?;
    Ok(file)
}

/// Shows that files can be made in a folder and given a name that is free.
pub(super) fn prove_folder(folder: &Path) -> Result<(), StoreError> {
    make_folder(folder)?;
    let probe = write_beside(folder, b"evenkeel was here to see whether it may write\n")?;
    let mut name = probe.path().as_os_str().to_owned();
    name.push(".proof");
    probe
        .persist_noclobber(&name)
        .map_err(|error| unwritable(folder)(error.error))?;
    std::fs::remove_file(&name).map_err(unwritable(folder))
}

pub(super) fn parent(path: &Path) -> Result<&Path, StoreError> {
    path.parent()
        .ok_or_else(|| unwritable(path)(io::ErrorKind::IsADirectory.into()))
}

pub(super) fn unwritable(path: &Path) -> impl Fn(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Unwritable {
        path: path.clone(),
        source,
    }
}

/// So that the new name survives a loss of power; a file system that can't do it has done what it can.
pub(super) fn sync_folder(folder: &Path) {
    if let Ok(folder) = std::fs::File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// A link counts as something there, even one that leads nowhere.
fn must_be_vacant(path: &Path) -> Result<(), StoreError> {
    match path.symlink_metadata() {
        Ok(_) => Err(occupied(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(unwritable(path)(error)),
    }
}

fn occupied(path: &Path) -> StoreError {
    StoreError::Occupied {
        what: format!("the file {}", path.display()),
    }
}

fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(unwritable(folder))
}
