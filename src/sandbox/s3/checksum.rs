//! Checksums of objects: those that came with the bytes are verified where we can compute them, and kept.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha2::{Digest, Sha256};

use super::fault;
use crate::sandbox::{Call, Fault};

const PREFIX: &str = "x-amz-checksum-";

/// A checksum as its header names it (such as `x-amz-checksum-crc32`), and its value in base64.
pub(super) type Checksum = (String, String);

/// The `ETag` of an object put in one piece, without quotes.
pub(super) fn etag(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the body is what its `Content-MD5` says.
pub(super) fn check_md5(call: &Call, bytes: &[u8]) -> Result<(), Fault> {
    let Some(wanted) = call.header("content-md5") else {
        return Ok(());
    };
    if STANDARD.decode(wanted).map_or(0, |digest| digest.len()) != 16 {
        let message = "The Content-MD5 you specified was invalid.";
        return Err(fault::bad("InvalidDigest", message).with("Content-MD5", wanted));
    }
    let found = STANDARD.encode(Md5::digest(bytes));
    if wanted != found {
        let message = "The Content-MD5 you specified did not match what we received.";
        let fault = fault::bad("BadDigest", message);
        return Err(fault.with("ExpectedDigest", wanted).with("CalculatedDigest", found));
    }
    Ok(())
}

/// The checksum that came with a body, in a header or as a trailer.
pub(super) fn given(call: &Call, trailers: &[Checksum], bytes: &[u8]) -> Result<Option<Checksum>, Fault> {
    check_md5(call, bytes)?;
    let from_header = call.headers.iter().filter_map(|(name, value)| {
        let name = name.as_str();
        Some((name.to_owned(), value.to_str().ok()?.to_owned()))
    });
    let is_value = |(name, _): &Checksum| {
        let kind = name.strip_prefix(PREFIX);
        kind.is_some_and(|kind| !["algorithm", "type", "mode"].contains(&kind))
    };
    let found: Vec<Checksum> = from_header.chain(trailers.iter().cloned()).filter(is_value).collect();
    if found.len() > 1 {
        return Err(fault::invalid_request(
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
        ));
    }
    let found = found.into_iter().next();
    if let Some((name, value)) = &found {
        let kind = name.trim_start_matches(PREFIX).to_ascii_uppercase();
        let computed = digest(name, bytes);
        let length = STANDARD.decode(value).map_or(0, |digest| digest.len());
        if computed.as_ref().is_some_and(|computed| computed.len() != length) {
            return Err(fault::invalid_request(format!("Value for {name} header is invalid.")));
        }
        if computed.is_some_and(|computed| STANDARD.encode(computed) != *value) {
            let message = format!("The {kind} you specified did not match the calculated checksum.");
            return Err(fault::bad("BadDigest", message));
        }
    }
    Ok(found)
}

/// The checksum by the name of its header; nothing for those that we can't compute.
pub(super) fn computed(name: &str, bytes: &[u8]) -> Option<String> {
    digest(name, bytes).map(|digest| STANDARD.encode(digest))
}

fn digest(name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    match name.strip_prefix(PREFIX)? {
        "crc32" => Some(crc32fast::hash(bytes).to_be_bytes().to_vec()),
        "crc32c" => Some(crc32c(bytes).to_be_bytes().to_vec()),
        "crc64nvme" => Some(crc64(bytes).to_be_bytes().to_vec()),
        "sha256" => Some(Sha256::digest(bytes).to_vec()),
        _ => None,
    }
}

/// The checksum that S3 adds to what came without one.
pub(super) fn default(bytes: &[u8]) -> Option<Checksum> {
    let name = format!("{PREFIX}crc64nvme");
    computed(&name, bytes).map(|value| (name, value))
}

/// The header of an algorithm, as requests name it.
pub(super) fn header_of(algorithm: &str) -> String {
    format!("{PREFIX}{}", algorithm.to_ascii_lowercase())
}

/// The element that shows a checksum in XML: `ChecksumCRC32`.
pub(super) fn element_name(header: &str) -> String {
    format!("Checksum{}", header.trim_start_matches(PREFIX).to_ascii_uppercase())
}

/// The checksum of the parts' checksums, with their number.
pub(super) fn composite<'a>(name: &str, parts: impl ExactSizeIterator<Item = &'a str>) -> Option<String> {
    let count = parts.len();
    let mut all = Vec::new();
    for part in parts {
        all.extend(STANDARD.decode(part).ok()?);
    }
    computed(name, &all).map(|value| format!("{value}-{count}"))
}

const fn reflected(polynomial: u64) -> [u64; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut value = at as u64;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 {
                (value >> 1) ^ polynomial
            } else {
                value >> 1
            };
            bit += 1;
        }
        table[at] = value;
        at += 1;
    }
    table
}

static CASTAGNOLI: [u64; 256] = reflected(0x82F6_3B78);
static NVME: [u64; 256] = reflected(0x9A6C_9329_AC4B_C9B5);

fn cyclic(table: &[u64; 256], start: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(start, |value, byte| {
        let [low, ..] = value.to_le_bytes();
        table.get(usize::from(low ^ byte)).copied().unwrap_or_default() ^ (value >> 8)
    })
}

fn crc32c(bytes: &[u8]) -> u32 {
    let value = cyclic(&CASTAGNOLI, 0xFFFF_FFFF, bytes) ^ 0xFFFF_FFFF;
    u32::try_from(value).unwrap_or_default()
}

fn crc64(bytes: &[u8]) -> u64 {
    cyclic(&NVME, u64::MAX, bytes) ^ u64::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_values_of_the_catalogues_come_out() {
        assert_eq!(crc32c(b"123456789"), 0xE306_9283);
        assert_eq!(crc64(b"123456789"), 0xAE8B_1486_0A79_9888);
    }
}
