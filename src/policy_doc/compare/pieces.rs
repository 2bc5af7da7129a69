//! Texts with policy variables, whose values nobody knows.
//!
//! Invariant: whatever the variables' values are, a text that the pattern matches is in its outline; and where one
//! pattern is said to imply another, every text that the first matches is matched by the second, in the same request.

use std::collections::BTreeSet;

use crate::policy_doc::document::Version;
use crate::policy_doc::pattern::{Glob, Letter};
use crate::policy_doc::variables::{Piece, pieces};

/// A pattern in parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Pieces(Vec<Piece>);

/// How a pattern is compared with texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Match {
    /// Character by character.
    Equal,
    /// With wildcards.
    Like,
    /// With wildcards, part by part.
    Arn,
}

impl Pieces {
    pub(super) fn of(text: &str, version: Version) -> Self {
        Self(pieces(text, version))
    }

    /// The text that it matches, if it matches one alone.
    pub(super) fn text(&self) -> String {
        let character = |piece: &Piece| match piece {
            Piece::Letter(letter) => Some(letter.character()),
            Piece::Variable { .. } => None,
        };
        self.0.iter().filter_map(character).collect()
    }

    /// What every text that it matches begins with.
    pub(super) fn beginning(&self, how: Match) -> String {
        let fixed = self.0.iter().map_while(|piece| match piece {
            Piece::Letter(Letter::Wild('*' | '?')) if how != Match::Equal => None,
            Piece::Letter(letter) => Some(letter.character()),
            Piece::Variable { .. } => None,
        });
        fixed.collect()
    }

    pub(super) fn has_variables(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Variable { .. }))
    }

    /// Whether the variables, defaults included, are the same.
    pub(super) fn has_variables_of(&self, other: &Self) -> bool {
        let variables = |of: &Self| -> BTreeSet<Piece> {
            let all = of.0.iter().filter(|piece| matches!(piece, Piece::Variable { .. }));
            all.cloned().collect()
        };
        variables(self) == variables(other)
    }

    fn has_early_variable(&self) -> bool {
        let colons = self.0.iter().take_while(|piece| matches!(piece, Piece::Letter(_)));
        self.has_variables()
            && colons
                .filter(|piece| matches!(piece, Piece::Letter(letter) if letter.character() == ':'))
                .count()
                < 5
    }

    /// The pattern, with something in place of each variable.
    fn glob(&self, how: Match, stand_in: impl Fn(&str) -> Vec<Letter>) -> Glob {
        let mut letters = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Letter(letter @ Letter::Wild(_)) if how != Match::Equal => letters.push(*letter),
                Piece::Letter(letter) => letters.push(match letter.character() {
                    ':' => Letter::Wild(':'),
                    character => Letter::Plain(character),
                }),
                Piece::Variable { key, .. } => letters.extend(stand_in(key)),
            }
        }
        match how {
            Match::Equal | Match::Like => Glob::text_of(&letters),
            Match::Arn => Glob::arn_of(&letters),
        }
    }

    /// All that the pattern can match; exactly that, if it has no variables.
    pub(super) fn outline(&self, how: Match) -> Glob {
        match how == Match::Arn && self.has_early_variable() {
            true => Glob::text("*"),
            false => self.glob(how, |_| vec![Letter::Wild('*')]),
        }
    }

    /// Whether what this matches is matched by another one with variables too, whatever their values are.
    pub(super) fn implies(&self, how: Match, other: &Self, others: Match) -> bool {
        if self == other && how == others {
            return true;
        }
        let is_arn = |one: Match| one == Match::Arn;
        let counts_characters = other.0.contains(&Piece::Letter(Letter::Wild('?'))) && others != Match::Equal;
        is_arn(how) == is_arn(others)
            && !counts_characters
            && self.defaults_fit(other)
            && STAND_INS.iter().all(|shape| {
                let fill = |key: &str| stand_in(key, shape);
                self.glob(how, fill).within(&other.glob(others, fill))
            })
    }

    /// A value that one takes from a default must be the other's, too.
    fn defaults_fit(&self, other: &Self) -> bool {
        other.0.iter().all(|piece| match piece {
            Piece::Letter(_) => true,
            Piece::Variable { key, default } => self.0.iter().all(|own| match own {
                Piece::Variable {
                    key: own,
                    default: given,
                } => own != key || given.is_none() || given == default,
                Piece::Letter(_) => true,
            }),
        })
    }
}

/// Values that only a pattern with the same variable can know: one, several, one with a colon, and none.
const STAND_INS: &[&str] = &["v", "vv", "v:v", ""];

/// A text of characters that stand in no document, and that tells its key.
fn stand_in(key: &str, shape: &str) -> Vec<Letter> {
    let private = |number: u32| char::from_u32(0xE000 + number).unwrap_or('\u{E000}');
    let name = || key.bytes().map(u32::from).chain([256]).map(private);
    let part = |character: char| match character {
        'v' => name().collect(),
        other => vec![other],
    };
    shape.chars().flat_map(part).map(Letter::Plain).collect()
}
