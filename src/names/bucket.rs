//! Names of buckets.
//!
//! Invariant: a [`BucketName`] is one that a general purpose bucket can be created with today. Names of old buckets
//! with capitals or underscores are not representable: the tool can't manage them.

use std::net::Ipv4Addr;

use super::error::NameError;
use super::text::{TextRule, text_newtype};

text_newtype!(
    /// A bucket's name: 3 to 63 lower-case letters, digits, dots and hyphens (S3 guide, "bucket naming rules").
    BucketName,
    check
);

const RULE: TextRule = TextRule {
    what: "a bucket name",
    least: 3,
    most: 63,
    allowed: |c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c),
    takes: "3 to 63 lower-case letters a-z, digits, dots and hyphens",
};

fn check(text: &str) -> Result<(), NameError> {
    check_spelling(text)?;
    RULE.check(text)?;
    check_dots(text)?;
    check_reserved(text)
}

/// The two slips whose right text is plain: capitals and underscores.
fn check_spelling(text: &str) -> Result<(), NameError> {
    let lower = text.to_ascii_lowercase().replace('_', "-");
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(NameError::mendable(text, "a bucket name has no capitals", lower));
    }
    if text.contains('_') {
        let right = text.replace('_', "-");
        return Err(NameError::mendable(text, "a bucket name has no underscores", right));
    }
    Ok(())
}

fn check_dots(text: &str) -> Result<(), NameError> {
    if text.starts_with(['.', '-']) || text.ends_with(['.', '-']) {
        let right = text.trim_matches(['.', '-']);
        let reason = "a bucket name begins and ends with a letter or digit";
        return Err(if right.is_empty() {
            NameError::refused(text, reason)
        } else {
            NameError::mendable(text, reason, right)
        });
    }
    if text.contains("..") {
        return Err(NameError::refused(text, "a bucket name has no two dots in a row"));
    }
    if text.parse::<Ipv4Addr>().is_ok() {
        return Err(NameError::refused(text, "a bucket name is no IP address"));
    }
    Ok(())
}

fn check_reserved(text: &str) -> Result<(), NameError> {
    let prefixes = ["xn--", "sthree-", "amzn-s3-demo-"];
    let suffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];
    if let Some(prefix) = prefixes.iter().find(|prefix| text.starts_with(*prefix)) {
        let reason = format!("names that begin with `{prefix}` belong to AWS; choose another beginning");
        return Err(NameError::refused(text, reason));
    }
    if let Some(suffix) = suffixes.iter().find(|suffix| text.ends_with(*suffix)) {
        let reason = format!("names that end with `{suffix}` belong to AWS; choose another ending");
        return Err(NameError::refused(text, reason));
    }
    Ok(())
}
