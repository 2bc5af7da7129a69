//! Findings with their places in lines and columns, free of the texts that they were found in.
//!
//! Invariant: equal findings stand once, by place; what has no place comes first.

use crate::spec::finding::{Finding as Found, Severity};
use crate::spec::source::{Place, Sources, Span};

/// The longest line that is shown with a finding, in characters.
const LONGEST_LINE: usize = 300;

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Where; `None` for what has no text.
    pub region: Option<Region>,
    /// How bad it is.
    pub severity: Severity,
    /// The stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What stands under the carets.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
    /// Other places that matter.
    pub related: Vec<(Region, String)>,
}

/// A stretch of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Region {
    /// Its first character.
    pub start: Place,
    /// The line of its end, from 1.
    pub end_line: u32,
    /// The column behind its last character, from 1.
    pub end_column: u32,
    /// The line that it begins in.
    pub line: String,
}

impl Region {
    /// The region of a span.
    #[must_use]
    pub fn of(span: Span, sources: &Sources) -> Self {
        let start = sources.place(span);
        let end = sources.place(Span {
            start: span.end,
            ..span
        });
        let text = &sources.get(span.file).text;
        let before = text.get(..span.start as usize).unwrap_or_default();
        let from = before.rfind('\n').map_or(0, |at| at + 1);
        let line = text
            .get(from..)
            .and_then(|rest| rest.lines().next())
            .unwrap_or_default();
        Self {
            start,
            end_line: end.line,
            end_column: end.column,
            line: line.chars().take(LONGEST_LINE).collect(),
        }
    }
}

impl Finding {
    /// Findings of files, in the order of their places.
    #[must_use]
    pub fn all(found: &[Found], sources: &Sources) -> Vec<Self> {
        let mut all: Vec<Self> = found.iter().map(|one| Self::of(one, sources)).collect();
        all.sort();
        all.dedup();
        all
    }

    fn of(found: &Found, sources: &Sources) -> Self {
        let Found {
            code,
            severity,
            message,
            span,
            label,
            related,
            help,
        } = found;
        let related = related.iter();
        Self {
            region: span.map(|span| Region::of(span, sources)),
            severity: *severity,
            code,
            message: message.clone(),
            label: label.clone(),
            help: help.clone(),
            related: related
                .map(|(span, label)| (Region::of(*span, sources), label.clone()))
                .collect(),
        }
    }
}

/// "2 errors, 3 warnings".
pub(super) fn summary(findings: &[Finding]) -> String {
    Severity::summary(findings.iter().map(|one| one.severity))
}
