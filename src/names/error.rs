//! Why a text is not the value that it should be.
//!
//! Invariant: a message is lower case, has no final period, names the offending text in backquotes and says what
//! would be right. Never holds a secret: values of environments and credentials are not parsed here.

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// There is no text at all.
    #[error("{what} can't be empty; it takes {takes}")]
    Empty {
        /// What it should have been, with its article.
        what: &'static str,
        /// What would be right.
        takes: &'static str,
    },
    /// Fewer characters than AWS wants.
    #[error("`{}`: {what} has at least {least} characters, this has {found}", shown(text))]
    TooShort {
        /// The offending text.
        text: String,
        /// What it should have been, with its article.
        what: &'static str,
        /// The least number of characters.
        least: usize,
        /// The number of characters found.
        found: usize,
    },
    /// More characters than AWS takes.
    #[error("`{}`: {what} has at most {most} characters, this has {found}", shown(text))]
    TooLong {
        /// The offending text.
        text: String,
        /// What it should have been, with its article.
        what: &'static str,
        /// The greatest number of characters.
        most: usize,
        /// The number of characters found.
        found: usize,
    },
    /// A character outside the allowed set.
    #[error("`{}`: {} is not allowed in {what}, which takes {takes}", shown(text), shown_char(*found))]
    Character {
        /// The offending text.
        text: String,
        /// What it should have been, with its article.
        what: &'static str,
        /// The first character that does not fit.
        found: char,
        /// What would be right.
        takes: &'static str,
    },
    /// Wrong in a way that has no single right text.
    #[error("`{}`: {reason}", shown(text))]
    Refused {
        /// The offending text.
        text: String,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// Wrong, and the right text is known.
    #[error("`{}`: {reason}: `{}`", shown(text), shown(right))]
    Mendable {
        /// The offending text.
        text: String,
        /// What is wrong.
        reason: String,
        /// The text that would be right.
        right: String,
    },
}

impl NameError {
    pub(super) fn refused(text: &str, reason: impl Into<String>) -> Self {
        Self::Refused {
            text: text.to_owned(),
            reason: reason.into(),
        }
    }

    pub(super) fn mendable(text: &str, reason: impl Into<String>, right: impl Into<String>) -> Self {
        Self::Mendable {
            text: text.to_owned(),
            reason: reason.into(),
            right: right.into(),
        }
    }

    /// The text that would be right, where it is known.
    #[must_use]
    pub fn right(&self) -> Option<&str> {
        match self {
            Self::Mendable { right, .. } => Some(right),
            _ => None,
        }
    }
}

/// Longest stretch of an offending text that a message repeats, in characters.
const SHOWN: usize = 80;

fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).flat_map(visible).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

fn shown_char(found: char) -> String {
    match found {
        ' ' => "a space".to_owned(),
        '`' => "a backquote".to_owned(),
        other => format!("`{}`", visible(other).collect::<String>()),
    }
}

/// Control characters would garble a terminal, so they are shown escaped; anything else is shown as it is.
fn visible(found: char) -> impl Iterator<Item = char> {
    let escaped = found.is_control().then(|| found.escape_default());
    let plain = escaped.is_none().then_some(found);
    escaped.into_iter().flatten().chain(plain)
}
