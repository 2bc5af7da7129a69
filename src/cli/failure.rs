//! Why a command could not do its work.

use super::exit::Exit;

/// A failure with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What went wrong, as a sentence fragment.
    pub(crate) message: String,
    /// What to do.
    pub(crate) hints: Vec<String>,
    /// The exit code.
    pub(crate) exit: Exit,
}

impl Failure {
    /// An error.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hints: Vec::new(),
            exit: Exit::Error,
        }
    }

    /// The same with advice.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same, said of a kind that there isn't: with the one that was perhaps meant, or with all.
    pub(crate) fn near<'a>(self, word: &str, kinds: impl Iterator<Item = &'a str> + Clone) -> Self {
        match crate::names::nearest(word, kinds.clone()) {
            Some(near) => self.hint(format!("did you mean `{near}`?")),
            None => self.hint(format!("kinds: {}", kinds.collect::<Vec<_>>().join(", "))),
        }
    }

    /// The same with another exit code.
    pub(crate) fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }
}
