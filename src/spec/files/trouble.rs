//! What can be wrong with a file.
//!
//! Invariant: every message names the file and says what to do.

use crate::spec::finding::Finding;

/// Why a file can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Nothing is there.
    #[error("there is no `{path}`")]
    Missing {
        /// The path as it was asked for.
        path: String,
        /// What is there under a similar name.
        suggestion: Option<String>,
    },
    /// The system refuses.
    #[error("`{path}` can't be read: {why}")]
    Unreadable {
        /// The path as it was asked for.
        path: String,
        /// The system's words.
        why: String,
    },
    /// A folder where a file is expected.
    #[error("`{path}` is a folder, not a file")]
    IsFolder {
        /// The path as it was asked for.
        path: String,
    },
    /// A file where a folder is expected.
    #[error("`{path}` is a file, not a folder")]
    NotAFolder {
        /// The path as it was asked for.
        path: String,
    },
    /// Above the limit.
    #[error("`{path}` is larger than {} MiB", .limit / (1024 * 1024))]
    TooLarge {
        /// The path as it was asked for.
        path: String,
        /// In bytes.
        limit: u64,
    },
    /// A byte that UTF-8 doesn't have at that place.
    #[error("`{path}` is not UTF-8: line {line} holds the byte 0x{byte:02X}")]
    NotUtf8 {
        /// The path as it was asked for.
        path: String,
        /// From 1.
        line: usize,
        /// The first bad one.
        byte: u8,
    },
    /// It begins with the mark of UTF-16.
    #[error("`{path}` is UTF-16, not UTF-8")]
    Utf16 {
        /// The path as it was asked for.
        path: String,
    },
    /// A NUL byte: no text.
    #[error("`{path}` is no text: line {line} holds a NUL byte")]
    Nul {
        /// The path as it was asked for.
        path: String,
        /// From 1.
        line: usize,
    },
    /// A folder without YAML.
    #[error("the folder `{folder}` holds no *.yaml or *.yml")]
    NoYaml {
        /// The path as it was asked for.
        folder: String,
    },
    /// Not below the folder of the YAML file.
    #[error("the path `{path}` is not allowed: {why}")]
    Outside {
        /// The path as it was written.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
}

impl Trouble {
    /// The finding, without a place.
    #[must_use]
    pub fn finding(&self) -> Finding {
        let finding = |code| Finding::placeless(code, self.to_string());
        match self {
            Self::Missing { suggestion: None, .. } => finding("E0101"),
            Self::Missing {
                suggestion: Some(near), ..
            } => finding("E0101").help(format!("did you mean `{near}`?")),
            Self::Unreadable { .. } => finding("E0102"),
            Self::IsFolder { .. } => finding("E0103").help("name a file in it"),
            Self::NotAFolder { .. } => finding("E0104"),
            Self::TooLarge { .. } => finding("E0105").help("no environment is that large; is this the right file?"),
            Self::NotUtf8 { .. } | Self::Utf16 { .. } => finding("E0106").help("save it as UTF-8"),
            Self::Nul { .. } => finding("E0107").help("is this the right file? Text must be saved as UTF-8"),
            Self::NoYaml { .. } => finding("E0108").help("folders below it are not searched; name them with -f too"),
            Self::Outside { .. } => {
                finding("E0109").help("what a YAML file names must lie in its folder or below, so copy it there")
            }
        }
    }
}
