//! Reads so much of an X.509 certificate as IAM shows.
//!
//! Invariant: what does not read as a certificate gives nothing. Neither signature nor chain is verified.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// The version, which certificates of version 1 leave out.
const VERSION: u8 = 0xa0;

/// When the certificate in this PEM text runs out, as IAM writes times.
pub(super) fn expiration(pem: &str) -> Option<String> {
    let inside = pem.trim().strip_prefix("-----BEGIN CERTIFICATE-----")?;
    let (text, _) = inside.split_once("-----END CERTIFICATE-----")?;
    let bytes = BASE64.decode(text.split_whitespace().collect::<String>()).ok()?;
    let (certificate, _) = element(&bytes, SEQUENCE)?;
    let (signed, _) = element(certificate, SEQUENCE)?;
    let after_version = element(signed, VERSION).map_or(signed, |(_, rest)| rest);
    // Serial number, algorithm and issuer stand before the validity.
    let rest = (0..3).try_fold(after_version, |rest, _| any(rest).map(|(_, _, rest)| rest))?;
    let (validity, _) = element(rest, SEQUENCE)?;
    let (_, _, rest) = any(validity)?;
    let (tag, time, _) = any(rest)?;
    written(tag, std::str::from_utf8(time).ok()?)
}

fn written(tag: u8, time: &str) -> Option<String> {
    let long = match tag {
        // Years of two digits are those from 1950 to 2049 (RFC 5280).
        UTC_TIME if time < "5" => format!("20{time}"),
        UTC_TIME => format!("19{time}"),
        GENERALIZED_TIME => time.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| long.get(from..to);
    Some(format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    ))
}

/// The content of the first element, if it has this tag, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    any(bytes).and_then(|(found, content, rest)| (found == tag).then_some((content, rest)))
}

/// Tag and content of the first element, and what follows it.
fn any(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        let shifted = |sum: usize, digit: &u8| sum.checked_mul(256)?.checked_add(usize::from(*digit));
        (digits.iter().try_fold(0, shifted)?, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_gives_nothing() {
        for text in [
            "",
            "invalid",
            "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        ] {
            assert_eq!(expiration(text), None, "{text}");
        }
    }

    #[test]
    fn two_digit_years_are_of_two_centuries() {
        let written = |tag, time| written(tag, time).unwrap();
        assert_eq!(written(UTC_TIME, "491231235959Z"), "2049-12-31T23:59:59Z");
        assert_eq!(written(UTC_TIME, "500101000000Z"), "1950-01-01T00:00:00Z");
        assert_eq!(written(GENERALIZED_TIME, "20500101000000Z"), "2050-01-01T00:00:00Z");
    }
}
