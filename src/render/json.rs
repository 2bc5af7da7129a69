//! A report as JSON: version 1 of a format that others build on.
//!
//! Invariant: the bytes depend on the types in [`v1`] alone, which are frozen: members may be added, and nothing that is
//! there changes its name, its type or its meaning. A change that can't be so makes a version 2 beside it.

mod convert;
#[cfg(test)]
mod tests;
pub mod v1;

use crate::report::Report;

/// The JSON Schema (draft 2020-12) of what [`json`] writes.
pub const SCHEMA: &str = include_str!("../../docs/schema/report.schema.json");

/// The report as one JSON document, which ends with a line break.
#[must_use]
pub fn json(report: &Report) -> String {
    let mut text = serde_json::to_string_pretty(&v1::Report::from(report)).unwrap_or_default();
    text.push('\n');
    text
}
