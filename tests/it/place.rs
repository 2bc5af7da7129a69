//! A folder to run evenkeel in, and what a run answered.
//!
//! Invariant: a run sees only the folder and the variables that the test gave it, never the machine's own settings.

use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A folder of its own, gone with the test.
pub(crate) struct Place {
    folder: TempDir,
    env: Vec<(String, String)>,
}

/// What a run answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The exit code; `None` after a signal.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Place {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            env: Vec::new(),
        }
    }

    /// A folder with one file, `environment.yaml`.
    pub(crate) fn with(environment: impl AsRef<[u8]>) -> Self {
        Self::new().file("environment.yaml", environment)
    }

    /// With one more file; folders on the way are made.
    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, content).expect("a file");
        self
    }

    /// With one more environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs evenkeel in the folder.
    pub(crate) fn run<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Answer {
        let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()
            .expect("evenkeel runs");
        Answer {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
            err: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
        }
    }
}
