//! New profiles in the AWS credentials file.
//!
//! Invariant: what stood in the file stands there afterwards, byte for byte and first; it is replaced as a whole, so
//! that no reader sees half of it.

use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use super::{Field, StoreError, file};

/// Steps of one run may add profiles at the same time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// How often the file may be changed by other programs while it is being replaced.
const ATTEMPTS: usize = 5;

/// Shows that the profile is new and that the file could be replaced.
pub(super) fn prove(path: &Path, profile: &str) -> Result<(), StoreError> {
    must_be_new(path, profile, &read(path)?)?;
    must_be_changeable(path)?;
    file::prove_folder(file::parent(path)?)
}

/// Appends the profile.
pub(super) fn put(path: &Path, profile: &str, fields: &[Field<'_>]) -> Result<(), StoreError> {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    prove(path, profile)?;
    let folder = file::parent(path)?;
    for _ in 0..ATTEMPTS {
        let before = read(path)?;
        must_be_new(path, profile, &before)?;
        let written = file::write_beside(folder, &appended(&before, profile, fields))?;
        if *read(path)? == *before {
            written
                .persist(path)
                .map_err(|error| file::unwritable(path)(error.error))?;
            file::sync_folder(folder);
            return Ok(());
        }
    }
    Err(file::unwritable(path)(io::Error::other(
        "another program keeps changing it",
    )))
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Zeroizing::new(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Zeroizing::new(Vec::new())),
        Err(error) => Err(file::unwritable(path)(error)),
    }
}

fn must_be_new(path: &Path, profile: &str, text: &[u8]) -> Result<(), StoreError> {
    if !text
        .split(|byte| *byte == b'\n')
        .any(|line| section(line).is_some_and(|name| name == profile))
    {
        return Ok(());
    }
    Err(StoreError::Occupied {
        what: format!("the profile {profile} in {}", path.display()),
    })
}

/// A rename would get round a file's write protection, which someone meant.
fn must_be_changeable(path: &Path) -> Result<(), StoreError> {
    match path.metadata() {
        Ok(found) if found.permissions().readonly() => Err(file::unwritable(path)(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it is write-protected",
        ))),
        _ => Ok(()),
    }
}

/// The name in a section's header, also where the programs that read such files disagree about its spelling.
fn section(line: &[u8]) -> Option<String> {
    let line = String::from_utf8_lossy(line);
    let line = line.trim_start_matches('\u{feff}').trim();
    let (inner, _) = line.strip_prefix('[')?.split_once(']')?;
    let inner = inner.trim();
    let name = match inner.strip_prefix("profile") {
        Some(rest) if rest.starts_with([' ', '\t']) => rest.trim(),
        _ => inner,
    };
    Some(name.trim_matches(['"', '\'']).to_owned())
}

fn appended(before: &[u8], profile: &str, fields: &[Field<'_>]) -> Zeroizing<Vec<u8>> {
    let gap = match before {
        [] => "",
        [.., b'\n'] => "\n",
        _ => "\n\n",
    };
    let addition = Zeroizing::new(format!("{gap}[{profile}]\n{}", *file::lines(fields)));
    Zeroizing::new([before, addition.as_bytes()].concat())
}
