//! Bad input: what `check` says of every mistake that can be known without AWS.
//!
//! The mistakes that can be shown as text stand in the pages beside this file, each with the whole of the answer; those
//! that can't (sizes, bytes, links) are below.

mod manual;
mod mutations;

use std::collections::BTreeSet;
use std::fs::File;
use std::time::{Duration, Instant};

use crate::place::Place;

/// The pages of the manual.
const PAGES: &[&str] = &[
    "files.md",
    "yaml.md",
    "json.md",
    "header.md",
    "variables.md",
    "resources.md",
    "values.md",
    "references.md",
    "documents.md",
    "trust.md",
    "absent_and_expect.md",
];

macro_rules! pages {
    ($($test:ident),*) => { $(#[test] fn $test() { manual::hold(concat!(stringify!($test), ".md")); })* };
}

pages!(
    files,
    yaml,
    json,
    header,
    variables,
    resources,
    values,
    references,
    documents,
    trust,
    absent_and_expect
);
