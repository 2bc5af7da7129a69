//! One value of a condition.
//!
//! Invariant: what cannot be read as its operator's type matches nothing.

use std::cmp::Ordering;

use super::address::Network;
use super::number::Number;
use super::{binary, date};
use crate::evaluate::context::Asked;
use crate::evaluate::template::{Filled, Pattern, Template, plain};
use crate::evaluate::truth::Truth;
use crate::policy_doc::{Family, Letter, Test, Version};

/// A value, read once for its operator.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Ready.
    Fixed(Matcher),
    /// With variables.
    Filled { test: Test, template: Template },
}

/// What a request's value is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Matcher {
    Equal(String),
    EqualIgnoringCase(String),
    Like(Pattern),
    Arn(Pattern),
    Number(Bound, Number),
    Date(Bound, i128),
    Boolean(bool),
    Null(bool),
    Bytes(Vec<u8>),
    Network(Network),
    Never,
}

/// How a typed value compares with the request's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Equal,
    Below,
    BelowOrEqual,
    Above,
    AboveOrEqual,
}

impl Bound {
    const fn of(test: Test) -> Self {
        match test {
            Test::NumericLessThan | Test::DateLessThan => Self::Below,
            Test::NumericLessThanEquals | Test::DateLessThanEquals => Self::BelowOrEqual,
            Test::NumericGreaterThan | Test::DateGreaterThan => Self::Above,
            Test::NumericGreaterThanEquals | Test::DateGreaterThanEquals => Self::AboveOrEqual,
            _ => Self::Equal,
        }
    }

    const fn admits(self, given: Ordering) -> bool {
        match self {
            Self::Equal => given.is_eq(),
            Self::Below => given.is_lt(),
            Self::BelowOrEqual => given.is_le(),
            Self::Above => given.is_gt(),
            Self::AboveOrEqual => given.is_ge(),
        }
    }
}

impl Value {
    pub(super) fn new(test: Test, text: &str, version: Version) -> Self {
        // Other operators take no variables ("Condition operators"), so there `${…}` is a value of the wrong type.
        let takes_variables = matches!(test.family(), Family::Text | Family::Arn | Family::Boolean);
        if !takes_variables {
            return Self::Fixed(Matcher::typed(test, text));
        }
        let template = Template::parse(text, version);
        match template.fixed() {
            Some(letters) => Self::Fixed(Matcher::textual(test, &letters)),
            None => Self::Filled { test, template },
        }
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        let template = match self {
            Self::Fixed(_) => None,
            Self::Filled { template, .. } => Some(template),
        };
        template.into_iter().flat_map(Template::keys)
    }

    /// What the `Null` operator asks for.
    pub(super) const fn wants_null(&self) -> Option<bool> {
        match self {
            Self::Fixed(Matcher::Null(wanted)) => Some(*wanted),
            _ => None,
        }
    }

    /// Whether it matches a value of the request; for a negated operator too, whose answer is turned round elsewhere.
    pub(super) fn matches(&self, given: &str, asked: &Asked<'_>) -> Truth {
        match self {
            Self::Fixed(matcher) => matcher.matches(given).into(),
            Self::Filled { test, template } => match template.fill(asked) {
                Filled::Text(letters) => Matcher::textual(*test, &letters).matches(given).into(),
                Filled::Nothing => Truth::False,
                Filled::Unknown(_) => Truth::Unknown,
            },
        }
    }
}

impl Matcher {
    fn textual(test: Test, letters: &[Letter]) -> Self {
        match test {
            Test::StringLike | Test::StringNotLike => Self::Like(Pattern::text(letters)),
            Test::StringEqualsIgnoreCase | Test::StringNotEqualsIgnoreCase => {
                Self::EqualIgnoringCase(plain(letters).to_lowercase())
            }
            Test::ArnEquals | Test::ArnLike | Test::ArnNotEquals | Test::ArnNotLike => Self::Arn(Pattern::arn(letters)),
            Test::Bool => boolean(&plain(letters)).map_or(Self::Never, Self::Boolean),
            _ => Self::Equal(plain(letters)),
        }
    }

    fn typed(test: Test, text: &str) -> Self {
        let bound = Bound::of(test);
        let read = match test.family() {
            Family::Number => Number::parse(text).map(|number| Self::Number(bound, number)),
            Family::Date => date::parse(text).map(|instant| Self::Date(bound, instant)),
            Family::Binary => binary::decode(text).map(Self::Bytes),
            Family::Address => Network::parse(text).map(Self::Network),
            Family::Presence => boolean(text).map(Self::Null),
            Family::Text | Family::Arn | Family::Boolean => None,
        };
        read.unwrap_or(Self::Never)
    }

    fn matches(&self, given: &str) -> bool {
        match self {
            Self::Equal(wanted) => wanted == given,
            Self::EqualIgnoringCase(wanted) => *wanted == given.to_lowercase(),
            Self::Like(pattern) => pattern.matches(given),
            Self::Arn(pattern) => is_arn(given) && pattern.matches(given),
            Self::Number(bound, wanted) => Number::parse(given).is_some_and(|number| bound.admits(number.cmp(wanted))),
            Self::Date(bound, wanted) => date::parse(given).is_some_and(|instant| bound.admits(instant.cmp(wanted))),
            Self::Boolean(wanted) => boolean(given) == Some(*wanted),
            Self::Bytes(wanted) => binary::decode(given).as_ref() == Some(wanted),
            Self::Network(network) => network.has(given),
            Self::Null(_) | Self::Never => false,
        }
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// What is no ARN is like no ARN.
fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") && text.split(':').count() >= 6
}
