//! Patterns with `*` (any text) and `?` (one character).
//!
//! Invariant: time is at most proportional to pattern times text, whatever the pattern. ARNs have rules of their own
//! (part by part, [`Glob::arn`]) and policy variables are not expanded here.

mod cells;
mod glob;

pub use self::cells::{Cell, TooMany, cells};
pub use self::glob::{Glob, Letter};

/// Whether a pattern matches the whole text.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    walk(&pattern, &text)
}

/// Whether a pattern matches the whole text without regard to ASCII case, as for actions.
#[must_use]
pub fn matches_ignoring_case(pattern: &str, text: &str) -> bool {
    matches(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase())
}

fn walk(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while let Some(&character) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                last_star = Some((p, t));
                p += 1;
            }
            Some(&wanted) if wanted == '?' || wanted == character => {
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
        .is_some_and(|rest| rest.iter().all(|character| *character == '*'))
}

#[cfg(test)]
#[path = "pattern/tests.rs"]
mod properties;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a*c", "abbc", true),
            ("a*c", "abbcd", false),
            ("a?c", "ac", false),
            ("*b*b", "abab", true),
            ("s3:Get*", "s3:GetObject", true),
            ("s3:get*", "s3:GetObject", false),
            ("**?", "x", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
        assert!(matches_ignoring_case("S3:get*", "s3:GetObject"));
    }

    #[test]
    fn a_hostile_pattern_ends_soon() {
        let pattern = "*a".repeat(2_000);
        assert!(!matches(&pattern, &"b".repeat(5_000)));
        assert!(!matches(&format!("{}b", "a*".repeat(500)), &"a".repeat(5_000)));
    }
}
