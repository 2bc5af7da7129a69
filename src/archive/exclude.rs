//! What stays out of an archive: a fixed list, and the user's patterns.
//!
//! Invariant: the verdict depends on names and kinds alone (and on `pyvenv.cfg` in a folder), never on git or on the
//! machine's settings, so that it is the same for everyone who packs the tree.

use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};

/// Names that are left out wherever they stand, files or folders.
const NAMES: &[&str] = &[
    // Version control.
    ".git",
    ".hg",
    ".svn",
    // Caches of tools.
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".tox",
    ".nox",
    // Secrets, and virtual environments.
    ".env",
    ".venv",
    // Desktops and editors.
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
    ".idea",
    ".vscode",
];

/// Endings and beginnings of names that are left out.
const ENDINGS: &[&str] = &[".pyc", ".pyo", ".swp", ".swo", "~"];
const BEGINNINGS: &[&str] = &[".env.", ".#", "._"];

/// What an entry of the tree is, for patterns that match only folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryKind {
    File,
    Folder,
}

/// A pattern of `exclude:` that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pattern `{pattern}` can't be used: {reason}")]
pub struct BadPattern {
    /// The pattern as it was written.
    pub pattern: String,
    /// Which of the given patterns it is, from 0.
    pub index: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// The fixed list together with the user's patterns.
#[derive(Debug)]
pub(super) struct Exclusions {
    patterns: Vec<Pattern>,
}

#[derive(Debug)]
struct Pattern {
    glob: GlobMatcher,
    reach: Reach,
    only: Option<EntryKind>,
}

#[derive(Debug)]
enum Reach {
    /// Compared with the path from the root.
    Path,
    /// Compared with the last part of the path.
    Name,
}

impl Exclusions {
    /// Reads the user's patterns, or says what is wrong with each bad one.
    pub(super) fn new(patterns: &[String]) -> Result<Self, Vec<BadPattern>> {
        let mut good = Vec::new();
        let mut bad = Vec::new();
        for (index, pattern) in patterns.iter().enumerate() {
            match Pattern::new(pattern) {
                Ok(read) => good.push(read),
                Err(reason) => bad.push(BadPattern {
                    pattern: pattern.clone(),
                    index,
                    reason,
                }),
            }
        }
        if bad.is_empty() {
            Ok(Self { patterns: good })
        } else {
            Err(bad)
        }
    }

    /// Whether an entry stays out, by its path from the root (forward slashes) and by what is in it.
    pub(super) fn leaves_out(&self, relative: &str, kind: EntryKind, on_disk: &Path) -> bool {
        let (parent, name) = relative.rsplit_once('/').unwrap_or(("", relative));
        always_left_out(parent, name)
            || kind == EntryKind::Folder && is_virtual_environment(name, on_disk)
            || self
                .patterns
                .iter()
                .any(|pattern| pattern.matches(relative, name, kind))
    }
}

impl Pattern {
    fn new(text: &str) -> Result<Self, String> {
        if text.starts_with('!') {
            return Err("a `!` can't take something back in here".to_owned());
        }
        let (body, only) = match text.strip_suffix('/') {
            Some(body) => (body, Some(EntryKind::Folder)),
            None => (text, None),
        };
        let reach = if body.contains('/') { Reach::Path } else { Reach::Name };
        let body = body.strip_prefix("./").or(body.strip_prefix('/')).unwrap_or(body);
        if body.is_empty() || body == "." || body.split('/').any(|part| part == "..") {
            return Err("it must name something inside the packed folder".to_owned());
        }
        // Set explicitly because its default differs between systems.
        let glob = GlobBuilder::new(body)
            .literal_separator(true)
            .backslash_escape(true)
            .build();
        let glob = glob.map_err(|error| error.kind().to_string())?.compile_matcher();
        Ok(Self { glob, reach, only })
    }

    fn matches(&self, relative: &str, name: &str, kind: EntryKind) -> bool {
        let subject = match self.reach {
            Reach::Path => relative,
            Reach::Name => name,
        };
        self.only.is_none_or(|only| only == kind) && self.glob.is_match(subject)
    }
}

fn always_left_out(parent: &str, name: &str) -> bool {
    NAMES.contains(&name)
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
        || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        || name == ".cache" && (parent == "node_modules" || parent.ends_with("/node_modules"))
}

/// `venv` counts by its name, since a broken one has lost its `pyvenv.cfg`; a file of that name is code.
fn is_virtual_environment(name: &str, on_disk: &Path) -> bool {
    name == "venv" || on_disk.join("pyvenv.cfg").is_file()
}
