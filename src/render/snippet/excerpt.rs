//! Cutting the lines that a finding is about out of a source.
//!
//! Invariant: an excerpt is small, however large the source and its lines are; every annotation lies within it.

use annotate_snippets::{Annotation, AnnotationKind};

use super::harmless::visible;
use crate::spec::source::{Sources, Span};

/// The longest part of a line that is shown, in characters.
const WIDEST: usize = 160;
/// How much of a long line is shown before the offending text.
const LEAD: usize = 40;
/// How many characters before the shown part are replaced by spaces, so that columns are counted right; more are left out.
const LONGEST_PAD: usize = 10_000;
/// Places that are at most so many lines apart share an excerpt; the lines between are folded.
const NEAR: usize = 100;

/// A place to point at: a span's first line is where its carets stand.
pub(super) struct Mark {
    pub(super) span: Span,
    kind: AnnotationKind,
    label: String,
    line: usize,
}

/// Some lines of a source.
pub(super) struct Excerpt {
    pub(super) text: String,
    pub(super) line_start: usize,
    pub(super) annotations: Vec<Annotation<'static>>,
    pub(super) columns: Columns,
}

/// Whether columns in an excerpt are those of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    Kept,
    Lost,
}

impl Mark {
    pub(super) fn new(sources: &Sources, span: Span, kind: AnnotationKind, label: String) -> Self {
        let line = sources.place(span).line as usize;
        Self {
            span,
            kind,
            label,
            line,
        }
    }

    /// Whether it fits into an excerpt with others; two marks on one long line do not, each needs its own part of it.
    pub(super) fn is_near(&self, others: &[Self]) -> bool {
        others.iter().all(|other| {
            let apart = self.span.start.abs_diff(other.span.start) as usize;
            other.line.abs_diff(self.line) <= NEAR && (other.line != self.line || apart < WIDEST / 4)
        })
    }

    fn annotation(&self, range: std::ops::Range<usize>) -> Annotation<'static> {
        let label = Some(self.label.clone()).filter(|label| !label.is_empty());
        self.kind.span(range).label(label)
    }
}

impl Excerpt {
    /// The lines from the first mark to the last. `marks` must be near each other.
    pub(super) fn cut(source: &str, marks: &[Mark]) -> Self {
        let first = marks.iter().map(|mark| mark.line).min().unwrap_or(1);
        let last = marks.iter().map(|mark| mark.line).max().unwrap_or(first);
        let mut excerpt = Self {
            text: String::new(),
            line_start: first,
            annotations: Vec::new(),
            columns: Columns::Kept,
        };
        let mut start = marks
            .iter()
            .map(|mark| line_start(source, mark.span.start as usize))
            .min()
            .unwrap_or(0);
        for number in first..=last {
            let rest = source.get(start..).unwrap_or("");
            let end = rest.find('\n').unwrap_or(rest.len());
            let line = rest.get(..end).unwrap_or("");
            let here: Vec<_> = marks.iter().filter(|mark| mark.line == number).collect();
            excerpt.add_line(line.strip_suffix('\r').unwrap_or(line), start, &here);
            if number < last {
                excerpt.text.push('\n');
            }
            start += end + 1;
        }
        excerpt
    }

    /// Adds a line that begins at `start` in the source: made harmless, cut to what is near its marks.
    fn add_line(&mut self, line: &str, start: usize, marks: &[&Mark]) {
        let within = |at: u32| (at as usize).saturating_sub(start).min(line.len());
        let focus = marks.iter().map(|mark| within(mark.span.start)).min().unwrap_or(0);
        let (from, to) = window(line, focus);
        let shown = line.get(from..to).unwrap_or("");
        let base = self.text.len();
        self.skip(line.get(..from).unwrap_or(""));
        // Where each shown character stands in the excerpt; pictures are longer than what they stand for.
        let mut moved = Vec::new();
        for (at, c) in shown.char_indices() {
            moved.push((from + at, self.text.len()));
            self.text.push(visible(c));
        }
        moved.push((to, self.text.len()));
        if to < line.len() {
            self.text.push('…');
        }
        let new = |at: usize| match moved.iter().find(|(old, _)| *old >= at) {
            Some((_, new)) => *new,
            None => self.text.len(),
        };
        for mark in marks {
            let from = new(within(mark.span.start)).max(base);
            let to = new(within(mark.span.end)).max(from);
            self.annotations.push(mark.annotation(from..to));
        }
    }
}

impl Excerpt {
    /// Stands in for the part of a line that is not shown.
    fn skip(&mut self, hidden: &str) {
        let Some(spaces) = hidden.chars().count().checked_sub(1) else {
            return;
        };
        if spaces <= LONGEST_PAD {
            self.text.extend(std::iter::repeat_n(' ', spaces));
        } else {
            self.columns = Columns::Lost;
        }
        self.text.push('…');
    }
}

/// The byte range of a line that is shown.
fn window(line: &str, focus: usize) -> (usize, usize) {
    let before = line.get(..focus).unwrap_or("");
    let lead = before.chars().count();
    let is_short = |text: &str| text.chars().nth(WIDEST).is_none();
    let from = if is_short(line) || lead <= LEAD {
        0
    } else {
        before.char_indices().rev().nth(LEAD - 1).map_or(0, |(at, _)| at)
    };
    let rest = line.get(from..).unwrap_or("");
    let to = rest.char_indices().nth(WIDEST).map_or(line.len(), |(at, _)| from + at);
    (from, to)
}

fn line_start(source: &str, at: usize) -> usize {
    source
        .get(..at)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |at| at + 1)
}
