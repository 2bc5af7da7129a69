//! Texts of policies with their variables, read once.
//!
//! Invariant: variables exist in version 2012-10-17 alone (IAM user guide, "Variables and tags"); what is no variable in
//! its form is text. What a variable stands for is no concern of this.

use super::document::Version;
use super::pattern::Letter;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Piece {
    /// A character, with or without the meaning of a wildcard; an escape such as `${*}` has none.
    Letter(Letter),
    /// `${key}` or `${key, 'default'}`; the key in lower case.
    Variable {
        /// The condition key.
        key: String,
        /// What stands for it where the request does not have it.
        default: Option<String>,
    },
}

/// The parts of a text in a document of a version.
#[must_use]
pub fn pieces(text: &str, version: Version) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let taken = match version {
            Version::V2012 => variable(rest),
            Version::V2008 => None,
        };
        let (piece, after) = taken.unwrap_or_else(|| {
            let after = rest.get(character.len_utf8()..).unwrap_or_default();
            (Piece::Letter(Letter::Wild(character)), after)
        });
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// The variable or escape that a text begins with, and what follows it.
fn variable(text: &str) -> Option<(Piece, &str)> {
    let inner = text.strip_prefix("${")?;
    let (name, after) = inner.split_at_checked(closing(inner)?)?;
    let after = after.strip_prefix('}')?;
    let piece = match name {
        "*" => Piece::Letter(Letter::Plain('*')),
        "?" => Piece::Letter(Letter::Plain('?')),
        "$" => Piece::Letter(Letter::Plain('$')),
        name => named(name)?,
    };
    Some((piece, after))
}

/// Where the brace closes: a default in quotes may hold one.
fn closing(inner: &str) -> Option<usize> {
    let mut is_quoted = false;
    inner.char_indices().find_map(|(at, character)| {
        is_quoted ^= character == '\'';
        (character == '}' && !is_quoted).then_some(at)
    })
}

fn named(text: &str) -> Option<Piece> {
    let (key, default) = match text.split_once(',') {
        None => (text, None),
        Some((key, rest)) => {
            let quoted = rest.trim().strip_prefix('\'')?.strip_suffix('\'')?;
            (key, Some(quoted.to_owned()))
        }
    };
    let key = key.trim().to_ascii_lowercase();
    (!key.is_empty()).then_some(Piece::Variable { key, default })
}
