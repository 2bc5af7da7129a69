//! Checksums of objects: those that came with the bytes are verified where we can compute them, and kept.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha2::{Digest, Sha256};

use super::fault;
use crate::sandbox::{Call, Fault};

/// A checksum as its header names it (such as `x-amz-checksum-crc32`), and its value in base64.
pub(super) type Checksum = (String, String);

/// The `ETag` of an object put in one piece, without quotes.
pub(super) fn etag(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The checksum that came with a body, in a header or as a trailer.
pub(super) fn given(call: &Call, trailers: &[Checksum], bytes: &[u8]) -> Result<Option<Checksum>, Fault> {
    if let Some(wanted) = call.header("content-md5")
        && wanted != STANDARD.encode(Md5::digest(bytes))
    {
        return Err(fault::bad(
            "BadDigest",
            "The Content-MD5 you specified did not match what we received.",
        ));
    }
    let from_header = call.headers.iter().filter_map(|(name, value)| {
        let name = name.as_str();
        Some((name.to_owned(), value.to_str().ok()?.to_owned()))
    });
    let is_value = |(name, _): &Checksum| {
        let kind = name.strip_prefix("x-amz-checksum-");
        kind.is_some_and(|kind| !["algorithm", "type", "mode"].contains(&kind))
    };
    let found = from_header.chain(trailers.iter().cloned()).find(is_value);
    if let Some((name, value)) = &found
        && let Some(computed) = computed(name, bytes)
        && computed != *value
    {
        let kind = name.trim_start_matches("x-amz-checksum-").to_ascii_uppercase();
        let message = format!("The {kind} you specified did not match the calculated checksum.");
        return Err(fault::bad("BadDigest", message));
    }
    Ok(found)
}

/// The value that the bytes have, for the kinds that we can compute.
fn computed(name: &str, bytes: &[u8]) -> Option<String> {
    match name {
        "x-amz-checksum-crc32" => Some(STANDARD.encode(crc32fast::hash(bytes).to_be_bytes())),
        "x-amz-checksum-sha256" => Some(STANDARD.encode(Sha256::digest(bytes))),
        _ => None,
    }
}
