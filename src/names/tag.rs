//! Tags: keys, values, and the set of them.
//!
//! Invariant: what AWS reserves for itself (`aws:`) is no key here, so it can neither be declared nor written.

use std::collections::BTreeMap;

use super::error::NameError;
use super::text::{TextRule, text_newtype};

const TAKES: &str = "letters, digits, spaces and `_.:/=+-@`";

/// Unicode letters, numbers and separators, as in the API's pattern `[\p{L}\p{Z}\p{N}_.:/=+\-@]`.
fn allowed(c: char) -> bool {
    c.is_alphanumeric() || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c)
}

text_newtype!(
    /// A tag's key: up to 128 characters, not beginning with `aws:`.
    TagKey,
    |text| {
        let rule = TextRule {
            what: "a tag key",
            least: 1,
            most: 128,
            allowed,
            takes: TAKES,
        };
        rule.check(text)?;
        if text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
            return Err(NameError::refused(text, "tag keys that begin with `aws:` belong to AWS; choose another prefix"));
        }
        Ok(())
    }
);

impl TagKey {
    /// Whether users and roles treat both as one key: there a second case replaces the first (IAM guide, `id_tags`).
    #[must_use]
    pub fn same_without_case(&self, other: &Self) -> bool {
        self.0.to_lowercase() == other.0.to_lowercase()
    }
}

text_newtype!(
    /// A tag's value: up to 256 characters, perhaps none.
    TagValue,
    |text| {
        let rule = TextRule {
            what: "a tag value",
            least: 0,
            most: 256,
            allowed,
            takes: TAKES,
        };
        rule.check(text)
    }
);

/// A resource's tags.
pub type Tags = BTreeMap<TagKey, TagValue>;

/// Two keys that users and roles cannot both have, because they differ by case alone.
#[must_use]
pub fn clash_without_case(tags: &Tags) -> Option<(&TagKey, &TagKey)> {
    let mut seen: BTreeMap<String, &TagKey> = BTreeMap::new();
    tags.keys()
        .find_map(|key| seen.insert(key.0.to_lowercase(), key).map(|first| (first, key)))
}
