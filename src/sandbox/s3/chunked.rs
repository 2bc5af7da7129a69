//! Bodies in `aws-chunked` encoding, as the SDKs send objects with trailing checksums.
//!
//! Signatures are not checked; framing is, for a body that is cut short must not become an object.

use bytes::Bytes;
use http::StatusCode;

use crate::sandbox::{Call, Fault};

/// Why a body is no `aws-chunked` one.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body ends before its last chunk")]
pub(super) struct Truncated;

/// A decoded body, and the trailers that followed it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) body: Vec<u8>,
    /// Names in lower case.
    pub(super) trailers: Vec<(String, String)>,
}

/// The body that a call means, without any framing.
pub(super) fn body(call: &Call) -> Result<Bytes, Fault> {
    Ok(read(call)?.0)
}

/// The body that a call means, and the trailers that came with it.
pub(super) fn read(call: &Call) -> Result<(Bytes, Vec<(String, String)>), Fault> {
    let is_streamed = call
        .header("x-amz-content-sha256")
        .is_some_and(|hash| hash.starts_with("STREAMING-"));
    let is_chunked = call
        .header("content-encoding")
        .is_some_and(|coding| coding.contains("aws-chunked"));
    if !is_streamed && !is_chunked {
        return Ok((call.body.clone(), Vec::new()));
    }
    let Decoded { body, trailers } = decode(&call.body).map_err(|error| {
        let message = "You did not provide the number of bytes specified by the Content-Length HTTP header";
        Fault::new(StatusCode::BAD_REQUEST, "IncompleteBody", message).with("Detail", error.to_string())
    })?;
    Ok((body.into(), trailers))
}

/// Takes the framing off a body.
pub(super) fn decode(mut rest: &[u8]) -> Result<Decoded, Truncated> {
    let mut body = Vec::with_capacity(rest.len());
    loop {
        let (head, after) = line(rest).ok_or(Truncated)?;
        // A signed chunk carries `;chunk-signature=…` after its size.
        let size = head.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| Truncated)?;
        if size == 0 {
            return Ok(Decoded {
                body,
                trailers: trailers(after),
            });
        }
        body.extend_from_slice(after.get(..size).ok_or(Truncated)?);
        rest = after
            .get(size..)
            .and_then(|after| after.strip_prefix(b"\r\n"))
            .ok_or(Truncated)?;
    }
}

fn line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    let head = std::str::from_utf8(bytes.get(..end)?).ok()?;
    Some((head, bytes.get(end + 2..)?))
}

fn trailers(bytes: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(bytes);
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_chunks_and_trailers() {
        let wire = b"3\r\nabc\r\n2;chunk-signature=00\r\nde\r\n0\r\nx-amz-checksum-crc32: AAAA\r\n\r\n";
        let decoded = decode(wire).unwrap();
        assert_eq!(decoded.body, b"abcde");
        assert_eq!(
            decoded.trailers,
            [("x-amz-checksum-crc32".to_owned(), "AAAA".to_owned())]
        );
    }

    #[test]
    fn refuses_a_body_cut_short() {
        for wire in [
            &b""[..],
            b"3\r\nab",
            b"3\r\nabc",
            b"3\r\nabc\r\n",
            b"zz\r\nabc\r\n0\r\n\r\n",
        ] {
            assert_eq!(decode(wire), Err(Truncated), "{wire:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_was_framed_is_unframed(parts in proptest::collection::vec(proptest::collection::vec(0u8.., 1..40), 0..6)) {
            let mut wire = Vec::new();
            for part in &parts {
                wire.extend(format!("{:x}\r\n", part.len()).into_bytes());
                wire.extend(part);
                wire.extend(b"\r\n");
            }
            let cut_short = decode(&wire);
            wire.extend(b"0\r\n\r\n");
            proptest::prop_assert_eq!(decode(&wire).unwrap().body, parts.concat());
            proptest::prop_assert_eq!(cut_short, Err(Truncated));
        }

        #[test]
        fn any_bytes_are_judged(bytes in proptest::collection::vec(0u8.., 0..80)) {
            let _ = decode(&bytes);
        }
    }
}
