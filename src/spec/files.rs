//! Where text comes from: `-f` arguments and the files that a YAML file names.
//!
//! Invariant: nothing is read without a limit, and what a YAML file names lies in its folder, links followed.
//! All access to files goes through [`Files`], so that a git revision can take the place of a folder.

mod folder;
#[cfg(test)]
mod tests;
mod trouble;

use std::collections::BTreeSet;

pub use self::folder::Folder;
pub use self::trouble::Trouble;
use super::finding::Finding;
use super::node::Node;
use super::source::{FileId, Sources};
use super::table::{self, Reading};
use crate::names::nearest;

/// The largest YAML or JSON file, in bytes.
pub const MAX_FILE: u64 = 10 * 1024 * 1024;

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Something with bytes.
    File,
    /// A folder.
    Folder,
}

/// One thing in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its name, without the folder's.
    pub name: String,
    /// What it is; links are followed.
    pub kind: Kind,
}

/// Files below a root. Paths have forward slashes and are taken from the root.
pub trait Files {
    /// What stands at a path; links are followed.
    ///
    /// # Errors
    /// [`Trouble::Missing`] or [`Trouble::Unreadable`].
    fn kind(&self, path: &str) -> Result<Kind, Trouble>;

    /// The bytes of a file. A file above `limit` bytes is refused without being read whole.
    ///
    /// # Errors
    /// Any [`Trouble`] with the file.
    fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, Trouble>;

    /// What a folder holds, in name order, not below.
    ///
    /// # Errors
    /// [`Trouble::Missing`], [`Trouble::NotAFolder`] or [`Trouble::Unreadable`].
    fn list(&self, folder: &str) -> Result<Vec<Entry>, Trouble>;

    /// The path that is left when all links are followed; two paths to one thing give the same.
    ///
    /// # Errors
    /// [`Trouble::Missing`] or [`Trouble::Unreadable`].
    fn real(&self, path: &str) -> Result<String, Trouble>;

    /// Where a path lies in the file system, for what must be packed as a tree; `None` where there is no such place, as
    /// in a git revision.
    fn local(&self, _path: &str) -> Option<std::path::PathBuf> {
        None
    }

    /// Whether what is not there is known not to be: a git revision does not hold what git ignores, such as built code.
    fn holds_all(&self) -> bool {
        true
    }
}

/// Reads what `-f` names: files, or folders with their `*.yaml` and `*.yml`. A file that is named twice is read once.
///
/// The name of each source is its path, as [`beside`] needs it.
pub fn load(files: &dyn Files, arguments: &[String], sources: &mut Sources) -> (Vec<FileId>, Vec<Finding>) {
    let mut ids = Vec::new();
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for argument in arguments {
        let argument = if cfg!(windows) {
            argument.replace('\\', "/")
        } else {
            argument.clone()
        };
        let paths = match named_by(files, &argument) {
            Ok(paths) => paths,
            Err(trouble) => {
                findings.push(trouble.finding());
                continue;
            }
        };
        for path in paths {
            if !seen.insert(files.real(&path).unwrap_or_else(|_| path.clone())) {
                continue;
            }
            match read_text(files, &path) {
                Ok(text) => ids.push(sources.add(path, text)),
                Err(trouble) => findings.push(trouble.finding()),
            }
        }
    }
    (ids, findings)
}

fn named_by(files: &dyn Files, argument: &str) -> Result<Vec<String>, Trouble> {
    let path = argument
        .strip_prefix("./")
        .filter(|rest| !rest.is_empty())
        .unwrap_or(argument);
    match files.kind(path) {
        Ok(Kind::File) => Ok(vec![path.to_owned()]),
        Ok(Kind::Folder) => yaml_in(files, path),
        Err(trouble) => Err(with_suggestion(files, trouble, path)),
    }
}

fn yaml_in(files: &dyn Files, folder: &str) -> Result<Vec<String>, Trouble> {
    let is_yaml = |name: &str| !name.starts_with('.') && (name.ends_with(".yaml") || name.ends_with(".yml"));
    let paths: Vec<_> = files
        .list(folder)?
        .into_iter()
        .filter(|entry| is_yaml(&entry.name))
        .map(|entry| join(folder, &entry.name))
        .collect();
    if paths.is_empty() {
        return Err(Trouble::NoYaml {
            folder: folder.to_owned(),
        });
    }
    Ok(paths)
}

/// Reads the text that a YAML file names with `file:`. A file that is named twice is read once.
///
/// What is wrong goes into `findings`, at the node that names the file.
pub fn text_beside(
    files: &dyn Files,
    naming: &Node,
    sources: &mut Sources,
    findings: &mut Vec<Finding>,
) -> Option<FileId> {
    let written = table::text(naming, "file", &mut Reading { sources, findings })?;
    let yaml = sources.get(naming.span.file).name.clone();
    let read = beside(files, &yaml, written).and_then(|path| match sources.find(&path) {
        Some(id) => Ok(id),
        None => read_text(files, &path).map(|text| sources.add(path, text)),
    });
    read.map_err(|trouble| {
        let mut finding = trouble.finding();
        finding.span = Some(naming.span);
        findings.push(finding);
    })
    .ok()
}

/// Reads the bytes that a YAML file names with `file:`, at most `limit` of them.
///
/// What is wrong goes into `findings`, at the node that names the file.
pub fn bytes_beside(
    files: &dyn Files,
    naming: &Node,
    limit: u64,
    sources: &Sources,
    findings: &mut Vec<Finding>,
) -> Option<Vec<u8>> {
    let written = table::text(naming, "file", &mut Reading { sources, findings })?;
    let yaml = sources.get(naming.span.file).name.clone();
    let read = beside(files, &yaml, written).and_then(|path| files.read(&path, limit));
    read.map_err(|trouble| {
        let mut finding = trouble.finding();
        finding.span = Some(naming.span);
        findings.push(finding);
    })
    .ok()
}

/// The path of what a YAML file names: relative to the YAML file, in its folder or below.
///
/// # Errors
/// [`Trouble::Outside`] for absolute paths, `..`, and links that lead out; [`Trouble::Missing`] or [`Trouble::Unreadable`].
pub fn beside(files: &dyn Files, yaml: &str, written: &str) -> Result<String, Trouble> {
    let outside = |why| Trouble::Outside {
        path: written.to_owned(),
        why,
    };
    let folder = yaml.rsplit_once('/').map_or("", |(folder, _)| folder);
    let folder = if yaml.starts_with('/') && folder.is_empty() {
        "/"
    } else {
        folder
    };
    let inner = inner_path(written).map_err(outside)?;
    let path = join(folder, &inner);
    let real = files
        .real(&path)
        .map_err(|trouble| with_suggestion(files, trouble, &path))?;
    let root = files.real(if folder.is_empty() { "." } else { folder })?;
    let below = real == root
        || real
            .strip_prefix(root.trim_end_matches('/'))
            .is_some_and(|rest| rest.starts_with('/'));
    if below {
        Ok(path)
    } else {
        Err(outside("it is a link that leads out of the folder of the YAML file"))
    }
}

/// The path without `./`, or why it is refused.
fn inner_path(written: &str) -> Result<String, &'static str> {
    if written.trim().is_empty() {
        return Err("it is empty");
    }
    let drive = written.chars().nth(1) == Some(':') && written.starts_with(|c: char| c.is_ascii_alphabetic());
    if written.starts_with(['/', '\\', '~']) || drive {
        return Err("it must be relative to the YAML file");
    }
    if written.contains('\0') {
        return Err("it holds a NUL character");
    }
    let parts: Vec<_> = written.split(['/', '\\']).collect();
    if parts.contains(&"..") {
        return Err("`..` would lead out of the folder of the YAML file");
    }
    let kept: Vec<_> = written
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    Ok(if kept.is_empty() {
        ".".to_owned()
    } else {
        kept.join("/")
    })
}

/// Reads a text: UTF-8, a byte order mark is left out, no NUL, at most [`MAX_FILE`] bytes.
///
/// # Errors
/// Any [`Trouble`].
pub fn read_text(files: &dyn Files, path: &str) -> Result<String, Trouble> {
    let bytes = files.read(path, MAX_FILE)?;
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Trouble::Utf16 { path: path.to_owned() });
    }
    let line_of = |at: usize| 1 + bytes.iter().take(at).filter(|byte| **byte == b'\n').count();
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(Trouble::Nul {
            path: path.to_owned(),
            line: line_of(at),
        });
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()),
        Err(error) => Err(Trouble::NotUtf8 {
            path: path.to_owned(),
            line: line_of(error.valid_up_to()),
            byte: bytes.get(error.valid_up_to()).copied().unwrap_or_default(),
        }),
    }
}

fn join(folder: &str, name: &str) -> String {
    match folder {
        "" | "." => name.to_owned(),
        _ => format!("{}/{name}", folder.trim_end_matches('/')),
    }
}

/// Names the file that was perhaps meant.
fn with_suggestion(files: &dyn Files, trouble: Trouble, path: &str) -> Trouble {
    let Trouble::Missing { path: missing, .. } = trouble else {
        return trouble;
    };
    let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
    let entries = files.list(folder).unwrap_or_default();
    let near = nearest(name, entries.iter().map(|entry| entry.name.as_str()));
    Trouble::Missing {
        path: missing,
        suggestion: near.map(|name| join(folder, name)),
    }
}
