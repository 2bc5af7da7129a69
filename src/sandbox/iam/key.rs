//! Access keys.

/// Whether this account made the access key id (real ones carry their account in these characters too).
#[must_use]
pub fn is_ours(key: &str) -> bool {
    key.starts_with("AKIASBX") || key.starts_with("ASIASBX")
}
