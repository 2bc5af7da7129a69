//! Texts of a policy with their variables.
//!
//! Invariant: a variable's value is literal text, whatever characters it has; a template is read once and filled for
//! each request. Variables exist in version 2012-10-17 alone (IAM user guide, "Variables and tags").

use super::context::{Asked, Lookup};
use crate::policy_doc::{Glob, Letter, Version};

/// A text, read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Letter(Letter),
    Variable { key: String, default: Option<String> },
}

/// A template's text in one request.
pub(super) enum Filled {
    /// All variables have values.
    Text(Vec<Letter>),
    /// A variable has no value: it is equal to nothing and like nothing.
    Nothing,
    /// It is not given whether a variable has a value.
    Unknown,
}

impl Template {
    pub(super) fn parse(text: &str, version: Version) -> Self {
        let mut parts = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            if version == Version::V2012
                && let Some((part, after)) = variable(rest)
            {
                parts.push(part);
                rest = after;
                continue;
            }
            parts.push(Part::Letter(Letter::Wild(character)));
            rest = rest.get(character.len_utf8()..).unwrap_or_default();
        }
        Self { parts }
    }

    /// The keys that its variables stand for, in lower case.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable { key, .. } => Some(key.as_str()),
            Part::Letter(_) => None,
        })
    }

    /// Whether a variable stands before an ARN's last part, where AWS supports none ("Where you can use policy variables").
    pub(super) fn has_early_variable(&self) -> bool {
        let mut colons = 0;
        for part in &self.parts {
            match part {
                Part::Letter(Letter::Wild(':')) => colons += 1,
                Part::Variable { .. } if colons < 5 => return true,
                Part::Letter(_) | Part::Variable { .. } => {}
            }
        }
        false
    }

    /// The text in which a request's values stand for the variables.
    pub(super) fn fill(&self, asked: &Asked<'_>) -> Filled {
        let mut letters = Vec::with_capacity(self.parts.len());
        let mut is_unknown = false;
        for part in &self.parts {
            match part {
                Part::Letter(letter) => letters.push(*letter),
                Part::Variable { key, default } => match (asked.lookup(key), default) {
                    (Lookup::Values([value]), _) => letters.extend(value.chars().map(Letter::Plain)),
                    (Lookup::Absent, Some(default)) => letters.extend(default.chars().map(Letter::Plain)),
                    // A key with several values cannot be a variable ("Using variables in policies").
                    (Lookup::Absent | Lookup::Values(_), _) => return Filled::Nothing,
                    (Lookup::Unknown, _) => is_unknown = true,
                },
            }
        }
        match is_unknown {
            true => Filled::Unknown,
            false => Filled::Text(letters),
        }
    }

    /// The text with `*` for variables whose value is not given; `None` where one has no value.
    pub(super) fn widest(&self, asked: &Asked<'_>) -> Option<Vec<Letter>> {
        let mut letters = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            match part {
                Part::Letter(letter) => letters.push(*letter),
                Part::Variable { key, default } => match (asked.lookup(key), default) {
                    (Lookup::Values([value]), _) => letters.extend(value.chars().map(Letter::Plain)),
                    (Lookup::Absent, Some(default)) => letters.extend(default.chars().map(Letter::Plain)),
                    (Lookup::Absent | Lookup::Values(_), _) => return None,
                    (Lookup::Unknown, _) => letters.push(Letter::Wild('*')),
                },
            }
        }
        Some(letters)
    }

    /// The text of a template without variables.
    pub(super) fn fixed(&self) -> Option<Vec<Letter>> {
        let letter = |part: &Part| match part {
            Part::Letter(letter) => Some(*letter),
            Part::Variable { .. } => None,
        };
        self.parts.iter().map(letter).collect()
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

/// The variable or escape that a text begins with, and what follows it.
fn variable(text: &str) -> Option<(Part, &str)> {
    let inner = text.strip_prefix("${")?;
    let (name, after) = inner.split_at_checked(closing(inner)?)?;
    let after = after.strip_prefix('}')?;
    let part = match name {
        "*" => Part::Letter(Letter::Plain('*')),
        "?" => Part::Letter(Letter::Plain('?')),
        "$" => Part::Letter(Letter::Plain('$')),
        name => named(name)?,
    };
    Some((part, after))
}

/// No key with its default is longer; so a text of nothing but openings is read in good time.
const LONGEST_VARIABLE: usize = 2_048;

/// Where the brace closes: a default in quotes may hold one.
fn closing(inner: &str) -> Option<usize> {
    let mut is_quoted = false;
    inner.char_indices().take(LONGEST_VARIABLE).find_map(|(at, character)| {
        is_quoted ^= character == '\'';
        (character == '}' && !is_quoted).then_some(at)
    })
}

fn named(text: &str) -> Option<Part> {
    let (key, default) = match text.split_once(',') {
        None => (text, None),
        Some((key, rest)) => {
            let quoted = rest.trim().strip_prefix('\'')?.strip_suffix('\'')?;
            (key, Some(quoted.to_owned()))
        }
    };
    let key = key.trim().to_ascii_lowercase();
    (!key.is_empty()).then_some(Part::Variable { key, default })
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
