//! Addresses: how the file, plans and reports call a resource: `role/ci`.
//!
//! Invariant: the part behind the slash is the id of the file for declared resources and the AWS name for others.

use std::fmt;

use crate::kinds::KindName;

/// A kind and an id: `bucket/imagery`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The kind.
    pub kind: KindName,
    /// The id within the file, or the AWS name.
    pub name: String,
}

impl Address {
    /// An address from its parts.
    #[must_use]
    pub fn new(kind: KindName, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }

    /// Whether a user's pattern (`role/ci`, `role/*`, `*`) names this address.
    #[must_use]
    pub fn matches(&self, pattern: &str) -> bool {
        glob_match(pattern, &self.to_string())
    }
}

/// Matches `*` (any stretch) and `?` (one character) over the whole text, with case.
#[must_use]
pub fn glob_match(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    p = at + 1;
                    t = from + 1;
                    star = Some((at, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

impl serde::Serialize for Address {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::glob_match;

    #[test]
    fn patterns_match_whole_texts() {
        for (pattern, text, expected) in [
            ("role/*", "role/ci", true),
            ("role/c?", "role/ci", true),
            ("*", "role/ci", true),
            ("role/c", "role/ci", false),
            ("*i", "role/ci", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("", "", true),
        ] {
            assert_eq!(glob_match(pattern, text), expected, "{pattern} on {text}");
        }
    }
}
