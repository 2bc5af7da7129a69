//! A revision of a git repository in the place of a folder: read without touching the work tree or the index.
//!
//! Invariant: it is asked of the `git` program, so that attributes, filters and partial clones hold as in a checkout, and
//! nothing of the repository is changed. What git does not hold (ignored files, submodules) is not known to be absent.

#[cfg(test)]
mod tests;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::spec::files::{Entry, Files, Kind, Trouble};

/// Links that are followed before they count as a circle; Linux stops there, too.
const MOST_LINKS: usize = 40;

/// Why a revision can't be read.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no such program.
    #[error("git could not be run: {0}")]
    NoGit(std::io::Error),
    /// Not below a work tree.
    #[error("`{0}` is no file, and this folder is in no git repository that could hold it as a revision")]
    NoRepository(String),
    /// The repository holds nothing of this name.
    #[error("`{name}` is neither a file nor a revision of this git repository")]
    NoRevision {
        /// As the user wrote it.
        name: String,
        /// Whether the clone lacks history.
        shallow: bool,
    },
    /// Git said something else.
    #[error("git failed: {0}")]
    Failed(String),
}

impl GitError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoGit(_) => Some("install git, or name a file instead of a revision"),
            Self::NoRevision { shallow: true, .. } => Some(
                "this clone is shallow: fetch more of its history (`git fetch --unshallow`; in a workflow `fetch-depth: 0`)",
            ),
            Self::NoRevision { shallow: false, .. } => Some("`git log --oneline` lists revisions"),
            Self::NoRepository(_) | Self::Failed(_) => None,
        }
    }
}

/// What git holds at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    File,
    Link,
}

/// One commit, as files below the current folder.
#[derive(Debug)]
pub struct Revision {
    name: String,
    commit: String,
    top: PathBuf,
    /// The current folder below the top, without slashes at the ends.
    prefix: String,
    entries: BTreeMap<String, Mode>,
    laid_out: OnceCell<Option<tempfile::TempDir>>,
    /// What has been written there.
    laid: RefCell<BTreeSet<String>>,
}

impl Revision {
    /// Finds a revision by the name that a user gives it (`main~1`, a tag, a commit), for the repository around `folder`.
    ///
    /// # Errors
    /// See [`GitError`].
    pub fn find(folder: &Path, name: &str) -> Result<Self, GitError> {
        let place = git(folder, ["rev-parse", "--show-toplevel", "--show-prefix"], b"")
            .map_err(|error| outside_of_any(error, name))?;
        let place = String::from_utf8_lossy(&place).into_owned();
        let mut lines = place.lines();
        let top = PathBuf::from(lines.next().unwrap_or_default());
        let prefix = lines.next().unwrap_or_default().trim_matches('/').to_owned();
        let commit = commit(&top, name)?;
        let entries = entries(&git(&top, ["ls-tree", "-r", "-z", "--full-tree", &commit], b"")?);
        Ok(Self {
            name: name.to_owned(),
            commit,
            top,
            prefix,
            entries,
            laid_out: OnceCell::new(),
            laid: RefCell::default(),
        })
    }

    /// As the user wrote it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The commit's full id, which leads to the same files for ever.
    #[must_use]
    pub fn commit(&self) -> &str {
        &self.commit
    }

    /// The path from the top of the repository, links followed; `None` for what lies outside.
    fn resolve(&self, path: &str) -> Option<String> {
        let path = match Path::new(path).strip_prefix(&self.top) {
            Ok(below) => below.to_string_lossy().into_owned(),
            Err(_) if path.starts_with('/') => return None,
            Err(_) => format!("{}/{path}", self.prefix),
        };
        self.follow(&path, MOST_LINKS)
    }

    fn follow(&self, path: &str, links: usize) -> Option<String> {
        let mut parts: Vec<&str> = Vec::new();
        let mut rest = path.split('/').filter(|part| !part.is_empty() && *part != ".");
        while let Some(part) = rest.next() {
            if part == ".." {
                parts.pop()?;
                continue;
            }
            parts.push(part);
            let here = parts.join("/");
            if self.entries.get(&here) == Some(&Mode::Link) {
                let target = self.blob(&here, u64::from(u16::MAX)).ok()?;
                let target = String::from_utf8(target)
                    .ok()
                    .filter(|target| !target.starts_with('/'))?;
                parts.pop();
                let behind: Vec<&str> = rest.collect();
                let path = format!("{}/{target}/{}", parts.join("/"), behind.join("/"));
                return self.follow(&path, links.checked_sub(1)?);
            }
        }
        Some(parts.join("/"))
    }

    fn blob(&self, path: &str, limit: u64) -> Result<Vec<u8>, Trouble> {
        let object = format!("{}:{path}", self.commit);
        let unreadable = |error: GitError| Trouble::Unreadable {
            path: path.to_owned(),
            why: error.to_string(),
        };
        let size = git(&self.top, ["cat-file", "-s", &object], b"").map_err(unreadable)?;
        let size: u64 = String::from_utf8_lossy(&size).trim().parse().unwrap_or(u64::MAX);
        if size > limit {
            let path = path.to_owned();
            return Err(Trouble::TooLarge { path, limit });
        }
        git(&self.top, ["cat-file", "--filters", &object], b"").map_err(unreadable)
    }

    fn below<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, Mode)> + use<'a> {
        let start = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let from = self.entries.range(start.clone()..);
        from.map_while(move |(path, mode)| Some((path.strip_prefix(start.as_str())?, *mode)))
    }

    fn kind_at(&self, path: &str) -> Option<Kind> {
        match self.entries.get(path) {
            Some(_) => Some(Kind::File),
            None => (path.is_empty() || self.below(path).next().is_some()).then_some(Kind::Folder),
        }
    }

    fn found(&self, path: &str) -> Result<(String, Kind), Trouble> {
        let missing = || Trouble::Missing {
            path: path.to_owned(),
            suggestion: None,
        };
        let resolved = self.resolve(path).ok_or_else(missing)?;
        let kind = self.kind_at(&resolved).ok_or_else(missing)?;
        Ok((resolved, kind))
    }

    /// A folder with these paths as a checkout would write them.
    fn lay_out(&self, path: &str, kind: Kind) -> Option<PathBuf> {
        let folder = self.laid_out.get_or_init(|| {
            let folder = tempfile::tempdir().ok()?;
            git_with(
                &self.top,
                Some(&index_in(folder.path())),
                ["read-tree", &self.commit],
                b"",
            )
            .ok()?;
            Some(folder)
        });
        let folder = folder.as_ref()?;
        let tree = folder.path().join("tree");
        // The same environment is lowered several times in a run.
        if self.laid.borrow().contains(path) {
            return Some(tree.join(path));
        }
        let paths: Vec<String> = match kind {
            Kind::File => vec![path.to_owned()],
            Kind::Folder => self.below(path).map(|(below, _)| joined(path, below)).collect(),
        };
        let listed = paths.join("\0");
        let prefix = format!("--prefix={}/", tree.display());
        let arguments = ["checkout-index", "--quiet", "--force", "-z", "--stdin", prefix.as_str()];
        git_with(&self.top, Some(&index_in(folder.path())), arguments, listed.as_bytes()).ok()?;
        self.laid.borrow_mut().insert(path.to_owned());
        Some(tree.join(path))
    }
}

impl Files for Revision {
    fn kind(&self, path: &str) -> Result<Kind, Trouble> {
        self.found(path).map(|(_, kind)| kind)
    }

    fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, Trouble> {
        match self.found(path)? {
            (_, Kind::Folder) => Err(Trouble::IsFolder { path: path.to_owned() }),
            (resolved, Kind::File) => self.blob(&resolved, limit),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, Trouble> {
        let (resolved, kind) = self.found(folder)?;
        if kind == Kind::File {
            return Err(Trouble::NotAFolder {
                path: folder.to_owned(),
            });
        }
        let mut entries: Vec<Entry> = Vec::new();
        for (below, _) in self.below(&resolved) {
            let name = below.split('/').next().unwrap_or(below).to_owned();
            let followed = self.follow(&joined(&resolved, &name), MOST_LINKS);
            let kind = followed.and_then(|path| self.kind_at(&path)).unwrap_or(Kind::File);
            entries.push(Entry { name, kind });
        }
        entries.sort();
        entries.dedup();
        Ok(entries)
    }

    fn real(&self, path: &str) -> Result<String, Trouble> {
        self.found(path).map(|(resolved, _)| format!("/{resolved}"))
    }

    fn local(&self, path: &str) -> Option<PathBuf> {
        let (resolved, kind) = self.found(path).ok()?;
        self.lay_out(&resolved, kind)
    }

    fn holds_all(&self) -> bool {
        false
    }
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

fn index_in(folder: &Path) -> PathBuf {
    folder.join("index")
}

fn outside_of_any(error: GitError, name: &str) -> GitError {
    match error {
        GitError::Failed(text) if text.contains("not a git repository") => GitError::NoRepository(name.to_owned()),
        other => other,
    }
}

fn commit(top: &Path, name: &str) -> Result<String, GitError> {
    let wanted = format!("{name}^{{commit}}");
    match git(
        top,
        ["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted],
        b"",
    ) {
        Ok(id) => Ok(String::from_utf8_lossy(&id).trim().to_owned()),
        Err(GitError::Failed(_)) => {
            let shallow = git(top, ["rev-parse", "--is-shallow-repository"], b"");
            Err(GitError::NoRevision {
                name: name.to_owned(),
                shallow: shallow.is_ok_and(|answer| answer.starts_with(b"true")),
            })
        }
        Err(error) => Err(error),
    }
}

/// `100644 blob ID<TAB>PATH<NUL>` for each file; 120000 is a link, 160000 a submodule, whose files git doesn't hold.
fn entries(listing: &[u8]) -> BTreeMap<String, Mode> {
    let text = String::from_utf8_lossy(listing);
    let entry = |line: &str| {
        let (head, path) = line.split_once('\t')?;
        let mode = match head.split(' ').next()? {
            "120000" => Mode::Link,
            "160000" => return None,
            _ => Mode::File,
        };
        Some((path.to_owned(), mode))
    };
    text.split('\0').filter_map(entry).collect()
}

/// What git answers in a folder, without the white space around it; `None` where there is no git, or it has nothing to say.
#[cfg(feature = "aws")]
pub(crate) fn answer(folder: &Path, arguments: &[&str]) -> Option<String> {
    let bytes = git(folder, arguments, b"").ok()?;
    Some(String::from_utf8(bytes).ok()?.trim().to_owned())
}

fn git<I>(folder: &Path, arguments: I, input: &[u8]) -> Result<Vec<u8>, GitError>
where
    I: IntoIterator<Item: AsRef<OsStr>>,
{
    git_with(folder, None, arguments, input)
}

fn git_with<I>(folder: &Path, index: Option<&Path>, arguments: I, input: &[u8]) -> Result<Vec<u8>, GitError>
where
    I: IntoIterator<Item: AsRef<OsStr>>,
{
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(folder)
        // What a repository may have put into its configuration to be run is not run.
        .args([
            "-c",
            "core.fsmonitor=false",
            "-c",
            "core.hooksPath=/dev/null",
            "--no-optional-locks",
        ]);
    command.args(arguments);
    // Messages are looked at, so they must not be translated.
    command.env("LC_ALL", "C");
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(GitError::NoGit)?;
    // What git does not read to the end it has refused, and its message says why.
    let written = child.stdin.take().map(|mut stdin| stdin.write_all(input));
    drop(written);
    let output = child.wait_with_output().map_err(GitError::NoGit)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(GitError::Failed(text.trim().trim_start_matches("fatal: ").to_owned()))
}
