//! Deployment packages: what Lambda accepts as a zip, and by what it is known afterwards.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::fault::{self, Fault};

/// The most that a direct upload may weigh, in bytes.
const MAX_UPLOAD: usize = 50 * 1024 * 1024;
/// The most that a package may weigh unpacked, in bytes.
const MAX_UNPACKED: u64 = 262_144_000;

/// The bytes of a `ZipFile` member.
pub(super) fn decoded(text: &str) -> Result<Vec<u8>, Fault> {
    let bytes = STANDARD.decode(text).map_err(|_| fault::undecodable("ZipFile"))?;
    if bytes.len() > MAX_UPLOAD {
        return Err(fault::too_large(format!(
            "Zipped size must be smaller than {MAX_UPLOAD} bytes"
        )));
    }
    Ok(bytes)
}

/// Refuses bytes that Lambda could not unpack.
pub(super) fn check(bytes: &[u8]) -> Result<(), Fault> {
    if bytes.is_empty() {
        return Err(fault::invalid("Uploaded file must be a non-empty zip"));
    }
    if zip::ZipArchive::new(Cursor::new(bytes)).is_ok_and(|archive| archive.is_empty()) {
        return Err(fault::invalid("Uploaded file must be a non-empty zip"));
    }
    let unpacked = unpacked_size(bytes).ok_or_else(|| {
        fault::invalid("Could not unzip uploaded file. Please check your file, then try to upload again.")
    })?;
    if unpacked >= MAX_UNPACKED {
        return Err(fault::invalid(format!(
            "Unzipped size must be smaller than {MAX_UNPACKED} bytes"
        )));
    }
    Ok(())
}

fn unpacked_size(bytes: &[u8]) -> Option<u64> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut total: u64 = 0;
    for index in 0..archive.len() {
        total = total.checked_add(archive.by_index_raw(index).ok()?.size())?;
    }
    Some(total)
}

/// `CodeSha256` of a package: base64 of the SHA-256 over the zip's bytes.
pub(super) fn sha256(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

/// `CodeSha256` of an image, which Lambda shows in hexadecimal.
pub(super) fn image_digest(uri: &str) -> String {
    match uri.split_once("@sha256:") {
        Some((_, digest)) => digest.to_owned(),
        None => Sha256::digest(uri).iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write as _;

    use super::*;

    pub(in crate::sandbox) fn zip_of(content: &str) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer
            .start_file("index.py", zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content.as_bytes()).unwrap();
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn takes_a_zip_and_nothing_else() {
        assert!(check(&zip_of("x")).is_ok());
        for bytes in [&b""[..], b"not a zip", &zip_of("x")[..20]] {
            assert!(check(bytes).is_err());
        }
    }

    #[test]
    fn knows_a_package_by_base64_of_its_hash() {
        assert_eq!(sha256(b""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
