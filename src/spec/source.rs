//! The texts that a run has read, and places in them.
//!
//! Invariant: a [`Span`] always lies within the text of its file, on character boundaries.

use std::sync::Arc;

/// Which of the read files a [`Span`] points into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A stretch of source text: byte offsets, end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A place as people name it: `environment.yaml:12:5`, line and column counted from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Place {
    /// The file's name as the user gave it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// One file's name and text.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name as the user gave it, with forward slashes.
    pub name: String,
    /// The whole text, valid UTF-8, without a byte order mark.
    pub text: Arc<str>,
}

/// All texts of a run, in the order of reading.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Remembers a text and gives the id that spans into it carry.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Source {
            name: name.into(),
            text: text.into(),
        });
        id
    }

    /// The file behind an id.
    ///
    /// An id of another `Sources` gives the empty source, never a panic.
    #[must_use]
    pub fn get(&self, id: FileId) -> &Source {
        static EMPTY: std::sync::LazyLock<Source> = std::sync::LazyLock::new(|| Source {
            name: String::new(),
            text: Arc::from(""),
        });
        self.files.get(id.0 as usize).unwrap_or(&EMPTY)
    }

    /// The id of the file that was added under a name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<FileId> {
        let at = self.files.iter().position(|source| source.name == name)?;
        u32::try_from(at).ok().map(FileId)
    }

    /// The text that a span covers.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file)
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// Line and column of a span's first character.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        let source = self.get(span.file);
        let before = source.text.get(..span.start as usize).unwrap_or(&source.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        Place {
            file: source.name.clone(),
            line: saturate(line),
            column: saturate(column),
        }
    }

    /// Every file that was read, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.files.iter()
    }
}

fn saturate(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
