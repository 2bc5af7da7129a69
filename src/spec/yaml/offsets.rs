//! From the parser's character counts to byte offsets.
//!
//! Invariant: every span that comes out lies within the text, on character boundaries, whatever was asked for.

use crate::spec::source::{FileId, Span};

/// Characters between two remembered places.
const STEP: usize = 64;

/// A text's character positions as byte positions.
pub(super) struct Offsets<'a> {
    text: &'a str,
    file: FileId,
    /// Byte offset of every [`STEP`]th character; empty where bytes and characters are the same.
    marks: Vec<usize>,
}

impl<'a> Offsets<'a> {
    pub(super) fn new(text: &'a str, file: FileId) -> Self {
        let marks = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().step_by(STEP).map(|(at, _)| at).collect()
        };
        Self { text, file, marks }
    }

    /// The byte offset of the `index`th character; the text's length beyond its end.
    pub(super) fn byte(&self, index: usize) -> usize {
        if self.marks.is_empty() {
            return index.min(self.text.len());
        }
        let Some(mark) = self.marks.get(index / STEP) else {
            return self.text.len();
        };
        let rest = self.text.get(*mark..).unwrap_or("");
        rest.char_indices()
            .nth(index % STEP)
            .map_or(self.text.len(), |(at, _)| mark + at)
    }

    /// The span between two character positions.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let start = self.byte(start);
        self.at(start, self.byte(end).max(start))
    }

    /// The span between two byte positions that are known to be good.
    pub(super) fn at(&self, start: usize, end: usize) -> Span {
        Span {
            file: self.file,
            start: u32::try_from(start).unwrap_or(u32::MAX),
            end: u32::try_from(end).unwrap_or(u32::MAX),
        }
    }
}
