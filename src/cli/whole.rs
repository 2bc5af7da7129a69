//! Files that are there whole or not at all.
//!
//! Invariant: whoever reads a file while it is written finds what was there before; a link stays one, and its target is
//! what is replaced.

use std::fs::OpenOptions;
#[cfg(unix)]
use std::fs::Permissions;
use std::io::{self, Write as _};
use std::path::Path;

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Readers {
    /// Whoever has written it.
    #[cfg(feature = "aws")]
    Owner,
    /// Whoever could read what it replaces; of a new one, whom the process's own mask leaves.
    Others,
}

/// Replaces a file in one go. What is no file, such as a pipe or `/dev/stderr`, is written to.
pub(super) fn write(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let (path, before) = match path.canonicalize() {
        Ok(real) => {
            let there = real.metadata()?;
            if !there.is_file() {
                return OpenOptions::new().append(true).open(path)?.write_all(bytes);
            }
            (real, Some(there.permissions()))
        }
        Err(_) => (path.to_owned(), None),
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".evenkeel-");
    if readers == Readers::Others {
        readable(&mut builder);
    }
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    if let Some(before) = before.filter(|_| readers == Readers::Others) {
        file.as_file().set_permissions(before)?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(unix)]
fn readable(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt as _;
    builder.permissions(Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn readable(_: &mut tempfile::Builder<'_, '_>) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        write(&path, b"first", Readers::Others).unwrap();
        write(&path, b"second", Readers::Others).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "second");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(write(&folder.path().join("none/report.json"), b"third", Readers::Others).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_written_to_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("null");
        std::os::unix::fs::symlink("/dev/null", &link).unwrap();
        write(&link, b"gone", Readers::Others).unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(write(folder.path(), b"a folder", Readers::Others).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn an_edited_file_keeps_its_link_and_its_readers() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.yaml"), folder.path().join("link.yaml"));
        std::fs::write(&real, "one").unwrap();
        std::fs::set_permissions(&real, Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write(&link, b"two", Readers::Others).unwrap();
        assert_eq!(std::fs::read_to_string(&real).unwrap(), "two");
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[cfg(all(unix, feature = "aws"))]
    #[test]
    fn what_is_for_its_owner_is_for_nobody_else() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("review.plan");
        std::fs::write(&path, "one").unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        write(&path, b"two", Readers::Owner).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
