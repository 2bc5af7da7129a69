//! Texts of a policy with their variables.
//!
//! Invariant: a variable's value is literal text, whatever characters it has; a template is read once and filled for
//! each request.

use super::context::{Asked, Lookup};
use crate::policy_doc::{Glob, Letter, Piece, Version, pieces};

/// A text, read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    pieces: Vec<Piece>,
}

/// A template's text in one request.
pub(super) enum Filled {
    /// All variables have values.
    Text(Vec<Letter>),
    /// A variable has no value: it is equal to nothing and like nothing.
    Nothing,
    /// It is not given whether a variable has a value: the text with `*` for it is as wide as it can be.
    Unknown(Vec<Letter>),
}

impl Template {
    pub(super) fn parse(text: &str, version: Version) -> Self {
        Self {
            pieces: pieces(text, version),
        }
    }

    /// The keys that its variables stand for, in lower case.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable { key, .. } => Some(key.as_str()),
            Piece::Letter(_) => None,
        })
    }

    /// Whether a variable stands before an ARN's last part, where AWS supports none ("Where you can use policy variables").
    pub(super) fn has_early_variable(&self) -> bool {
        let mut colons = 0;
        for piece in &self.pieces {
            match piece {
                Piece::Letter(Letter::Wild(':')) => colons += 1,
                Piece::Variable { .. } if colons < 5 => return true,
                Piece::Letter(_) | Piece::Variable { .. } => {}
            }
        }
        false
    }

    /// The text in which a request's values stand for the variables.
    pub(super) fn fill(&self, asked: &Asked<'_>) -> Filled {
        let mut letters = Vec::with_capacity(self.pieces.len());
        let mut is_unknown = false;
        for piece in &self.pieces {
            match piece {
                Piece::Letter(letter) => letters.push(*letter),
                Piece::Variable { key, default } => match (asked.lookup(key), default) {
                    (Lookup::Values([value]), _) => letters.extend(value.chars().map(Letter::Plain)),
                    (Lookup::Absent, Some(default)) => letters.extend(default.chars().map(Letter::Plain)),
                    // A key with several values cannot be a variable ("Using variables in policies").
                    (Lookup::Absent | Lookup::Values(_), _) => return Filled::Nothing,
                    (Lookup::Unknown, _) => {
                        is_unknown = true;
                        letters.push(Letter::Wild('*'));
                    }
                },
            }
        }
        match is_unknown {
            true => Filled::Unknown(letters),
            false => Filled::Text(letters),
        }
    }

    /// The text of a template without variables.
    pub(super) fn fixed(&self) -> Option<Vec<Letter>> {
        let letter = |piece: &Piece| match piece {
            Piece::Letter(letter) => Some(*letter),
            Piece::Variable { .. } => None,
        };
        self.pieces.iter().map(letter).collect()
    }
}

/// The characters of letters, wildcards taken literally.
pub(super) fn plain(letters: &[Letter]) -> String {
    letters
        .iter()
        .map(|letter| match letter {
            Letter::Wild(character) | Letter::Plain(character) => *character,
        })
        .collect()
}

/// A pattern that is asked often: what most patterns are (a text, or a text and `*`) is told without the general way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    prefix: String,
    rest: Rest,
}

impl Pattern {
    /// The same in the form that is cut into cells.
    pub(super) fn glob(&self) -> Glob {
        let prefix = self.prefix.chars().map(Letter::Plain);
        match &self.rest {
            Rest::End => Glob::text_of(&prefix.collect::<Vec<_>>()),
            Rest::Anything => Glob::text_of(&prefix.chain([Letter::Wild('*')]).collect::<Vec<_>>()),
            Rest::Glob(glob, _) => glob.clone(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rest {
    End,
    Anything,
    /// Something else, which ends in this text.
    Glob(Glob, String),
}

impl Pattern {
    /// Over a whole text.
    pub(super) fn text(letters: &[Letter]) -> Self {
        Self::with(letters, true, Glob::text_of)
    }

    /// Over an ARN, part by part.
    pub(super) fn arn(letters: &[Letter]) -> Self {
        let colons = letters.iter().filter(|letter| **letter == Letter::Wild(':')).count();
        let stars_at_end = letters.last() == Some(&Letter::Wild('*'));
        // A `*` at the end takes colons in an ARN's last part, and where the pattern is cut short.
        Self::with(letters, stars_at_end || colons >= 5, Glob::arn_of)
    }

    fn with(letters: &[Letter], ends_open: bool, glob: fn(&[Letter]) -> Glob) -> Self {
        let is_wild = |letter: &Letter| matches!(letter, Letter::Wild('*' | '?'));
        let first = letters.iter().position(is_wild).unwrap_or(letters.len());
        let (prefix, rest) = letters.split_at(first);
        let rest = match rest {
            [] => Rest::End,
            [Letter::Wild('*')] if ends_open => Rest::Anything,
            rest => {
                let last = rest.iter().rposition(is_wild).map_or(0, |at| at + 1);
                Rest::Glob(glob(letters), plain(rest.get(last..).unwrap_or_default()))
            }
        };
        Self {
            prefix: plain(prefix),
            rest,
        }
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let Some(after) = text.strip_prefix(self.prefix.as_str()) else {
            return false;
        };
        match &self.rest {
            Rest::End => after.is_empty(),
            Rest::Anything => true,
            Rest::Glob(glob, end) => after.ends_with(end.as_str()) && glob.matches(text),
        }
    }
}
