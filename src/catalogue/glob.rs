//! Matching of action patterns against names of the tables: ASCII, without regard to case, without allocation.
//!
//! Invariant: time is at most proportional to pattern times text. Resources and their parts are no concern of this.

/// Whether `*` (any text) and `?` (one character) of a lower-case pattern cover the whole text.
pub(super) fn covers(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                last_star = Some((p, t));
                p += 1;
            }
            Some(wanted) if *wanted == b'?' || *wanted == byte.to_ascii_lowercase() => {
                p += 1;
                t += 1;
            }
            _ => match last_star {
                Some((star, from)) => {
                    last_star = Some((star, from + 1));
                    p = star + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern
        .get(p..)
        .is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

/// The part of a pattern before its first wildcard.
pub(super) fn literal_prefix(pattern: &str) -> &str {
    pattern.split(['*', '?']).next().unwrap_or(pattern)
}

/// Compares without regard to ASCII case, which is the order of names in the tables.
pub(super) fn order(left: &str, right: &str) -> std::cmp::Ordering {
    let left = left.bytes().map(|byte| byte.to_ascii_lowercase());
    left.cmp(right.bytes().map(|byte| byte.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_cover_without_regard_to_case() {
        for (pattern, text, expected) in [
            ("get*", "GetObject", true),
            ("*object", "GetObject", true),
            ("g?tobject", "GetObject", true),
            ("get", "GetObject", false),
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("?", "", false),
            ("*a*b*c", "xxaxxbxxc", true),
            ("*a*b*c", "xxaxxcxxb", false),
        ] {
            assert_eq!(
                covers(pattern.as_bytes(), text.as_bytes()),
                expected,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn a_hostile_pattern_ends_soon() {
        let pattern = "*a".repeat(2_000);
        assert!(!covers(pattern.as_bytes(), "b".repeat(5_000).as_bytes()));
    }
}
