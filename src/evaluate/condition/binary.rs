//! Base64, as `BinaryEquals` compares it.
//!
//! Invariant: two texts that stand for the same bytes decode alike; what is no base64 decodes to nothing.

/// The bytes that a text in the standard alphabet stands for, padded or not.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    if text.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut buffer, mut bits) = (0_u32, 0);
    for character in text.bytes() {
        buffer = (buffer << 6) | u32::from(sextet(character)?);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.extend(u8::try_from((buffer >> bits) & 0xff).ok());
            buffer &= (1 << bits) - 1;
        }
    }
    // Bits that no byte takes are no part of a value.
    (buffer == 0).then_some(bytes)
}

const fn sextet(character: u8) -> Option<u8> {
    match character {
        b'A'..=b'Z' => Some(character - b'A'),
        b'a'..=b'z' => Some(character - b'a' + 26),
        b'0'..=b'9' => Some(character - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn base64_is_read_strictly() {
        assert_eq!(
            decode("QmluYXJ5VmFsdWVJbkJhc2U2NA==").as_deref(),
            Some(&b"BinaryValueInBase64"[..])
        );
        assert_eq!(decode("QQ"), decode("QQ=="));
        assert_eq!(decode(""), Some(Vec::new()));
        for text in ["Q", "Q Q=", "é", "QQ-_", "QR=="] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
