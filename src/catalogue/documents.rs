//! Documents of AWS-managed policies: the default version at the stamp's date.
//!
//! Invariant: AWS changes these documents without notice, so that one that was read live goes before these, and who
//! decides by these says of which version and date they are.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use super::table::unpack;

static PACKED: &[u8] = include_bytes!("managed_documents.bin");

static CHUNKS: LazyLock<Vec<Chunk>> = LazyLock::new(|| read_chunks(PACKED).unwrap_or_default());

/// Documents that are packed together.
struct Chunk {
    first: &'static str,
    packed: &'static [u8],
    text: OnceLock<String>,
    rows: OnceLock<BTreeMap<&'static str, ManagedDocument>>,
}

/// The document of an AWS-managed policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ManagedDocument {
    /// The default version: `v3`.
    pub version: &'static str,
    /// The day when AWS last changed the policy, `YYYY-MM-DD`.
    pub updated: &'static str,
    /// The document as JSON.
    pub json: &'static str,
}

/// The document of a current managed policy as JSON, by exactly this name.
#[must_use]
pub fn managed_document(name: &str) -> Option<&'static str> {
    managed_version(name).map(|found| found.json)
}

/// The document of a current managed policy with its version and date, by exactly this name.
#[must_use]
pub fn managed_version(name: &str) -> Option<&'static ManagedDocument> {
    let after = CHUNKS.partition_point(|chunk| chunk.first <= name);
    rows(CHUNKS.get(after.checked_sub(1)?)?).get(name)
}

/// Every document, in the order of names.
pub fn managed_documents() -> impl Iterator<Item = (&'static str, &'static ManagedDocument)> {
    CHUNKS.iter().flat_map(rows).map(|(name, document)| (*name, document))
}

fn rows(chunk: &'static Chunk) -> &'static BTreeMap<&'static str, ManagedDocument> {
    chunk.rows.get_or_init(|| {
        let text = chunk.text.get_or_init(|| unpack(chunk.packed));
        text.lines().filter_map(read_row).collect()
    })
}

/// `name TAB version TAB updated TAB document`.
fn read_row(line: &'static str) -> Option<(&'static str, ManagedDocument)> {
    let mut columns = line.splitn(4, '\t');
    let name = columns.next()?;
    let version = columns.next()?;
    let updated = columns.next()?;
    let json = columns.next()?;
    let document = ManagedDocument { version, updated, json };
    Some((name, document))
}

/// A head line `first name:packed length,…`, then the chunks.
fn read_chunks(packed: &'static [u8]) -> Option<Vec<Chunk>> {
    let end = packed.iter().position(|byte| *byte == b'\n')?;
    let head = std::str::from_utf8(packed.get(..end)?).ok()?;
    let mut from = end + 1;
    head.split(',')
        .map(|entry| {
            let (first, length) = entry.split_once(':')?;
            let start = from;
            from += length.parse::<usize>().ok()?;
            Some(Chunk {
                first,
                packed: packed.get(start..from)?,
                text: OnceLock::new(),
                rows: OnceLock::new(),
            })
        })
        .collect()
}

#[cfg(test)]
pub(super) fn digest_text() -> String {
    CHUNKS.iter().map(|chunk| unpack(chunk.packed)).collect()
}
