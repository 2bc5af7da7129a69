//! Condition operators.
//!
//! Invariant: every value of [`Operator`] is one that AWS knows, and its `Display` is AWS's spelling.
//! What an operator does with values belongs to the evaluator.

use std::fmt;

/// An operator with its qualifiers, such as `ForAnyValue:StringLikeIfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    /// How it treats keys with several values.
    pub quantifier: Quantifier,
    /// What is tested.
    pub test: Test,
    /// What an absent key means.
    pub when_absent: WhenAbsent,
}

/// How an operator treats keys with several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantifier {
    /// No prefix: for keys with a single value.
    Single,
    /// `ForAnyValue:`.
    AnyValue,
    /// `ForAllValues:`, which also holds when there is no value.
    AllValues,
}

/// What an operator makes of an absent key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WhenAbsent {
    /// The test decides: false for plain tests, true for negated ones.
    Tested,
    /// `…IfExists`: the condition holds.
    Holds,
}

/// The type of value that a test compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Text.
    Text,
    /// Decimal numbers.
    Number,
    /// ISO 8601 dates or epoch seconds.
    Date,
    /// `true` or `false`.
    Boolean,
    /// Base64.
    Binary,
    /// CIDR blocks.
    Address,
    /// ARNs, part by part.
    Arn,
    /// Whether the key is absent.
    Presence,
}

macro_rules! tests {
    ($($name:ident $family:ident),* $(,)?) => {
        /// What an operator tests.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the names are AWS's own")]
        pub enum Test { $($name),* }

        impl Test {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// As it is written in a document.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }

            /// The type of value that it compares.
            #[must_use]
            pub const fn family(self) -> Family {
                match self { $(Self::$name => Family::$family),* }
            }
        }
    };
}

tests! {
    StringEquals Text, StringNotEquals Text, StringEqualsIgnoreCase Text, StringNotEqualsIgnoreCase Text,
    StringLike Text, StringNotLike Text,
    NumericEquals Number, NumericNotEquals Number, NumericLessThan Number, NumericLessThanEquals Number,
    NumericGreaterThan Number, NumericGreaterThanEquals Number,
    DateEquals Date, DateNotEquals Date, DateLessThan Date, DateLessThanEquals Date, DateGreaterThan Date,
    DateGreaterThanEquals Date,
    Bool Boolean, BinaryEquals Binary, IpAddress Address, NotIpAddress Address,
    ArnEquals Arn, ArnLike Arn, ArnNotEquals Arn, ArnNotLike Arn,
    Null Presence,
}

impl Test {
    /// Whether it holds where *none* of the values matches.
    #[must_use]
    pub const fn is_negated(self) -> bool {
        matches!(
            self,
            Self::StringNotEquals
                | Self::StringNotEqualsIgnoreCase
                | Self::StringNotLike
                | Self::NumericNotEquals
                | Self::DateNotEquals
                | Self::NotIpAddress
                | Self::ArnNotEquals
                | Self::ArnNotLike
        )
    }
}

const ANY_VALUE: &str = "ForAnyValue";
const ALL_VALUES: &str = "ForAllValues";
const IF_EXISTS: &str = "IfExists";

impl Operator {
    /// A test without qualifiers.
    #[must_use]
    pub const fn plain(test: Test) -> Self {
        Self {
            quantifier: Quantifier::Single,
            test,
            when_absent: WhenAbsent::Tested,
        }
    }

    /// The operator that a text names, without regard to case, as AWS reads it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (quantifier, rest) = match text.split_once(':') {
            None => (Quantifier::Single, text),
            Some((word, rest)) if word.eq_ignore_ascii_case(ANY_VALUE) => (Quantifier::AnyValue, rest),
            Some((word, rest)) if word.eq_ignore_ascii_case(ALL_VALUES) => (Quantifier::AllValues, rest),
            Some(_) => return None,
        };
        if let Some(test) = test_named(rest) {
            return Some(Self {
                quantifier,
                test,
                when_absent: WhenAbsent::Tested,
            });
        }
        let test = test_named(without_suffix(rest, IF_EXISTS)?)?;
        (test != Test::Null).then_some(Self {
            quantifier,
            test,
            when_absent: WhenAbsent::Holds,
        })
    }

    /// The operator's spelling nearest to a text that names none.
    #[must_use]
    pub fn nearest(text: &str) -> Option<String> {
        let (prefix, rest) = match text.split_once(':') {
            Some((word, rest)) => (super::read::nearest(word, &[ANY_VALUE, ALL_VALUES])?, rest),
            None => ("", text),
        };
        let (rest, suffix) = match without_suffix(rest, IF_EXISTS) {
            Some(stem) => (stem, IF_EXISTS),
            None => (rest, ""),
        };
        let names: Vec<&'static str> = Test::ALL.iter().map(|test| test.as_str()).collect();
        let name = super::read::nearest(rest, &names)?;
        let colon = if prefix.is_empty() { "" } else { ":" };
        let spelled = format!("{prefix}{colon}{name}{suffix}");
        Self::parse(&spelled).map(|operator| operator.to_string())
    }
}

fn test_named(text: &str) -> Option<Test> {
    Test::ALL
        .iter()
        .copied()
        .find(|test| test.as_str().eq_ignore_ascii_case(text))
}

fn without_suffix<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(suffix.len())?;
    let (stem, end) = text.split_at_checked(at)?;
    end.eq_ignore_ascii_case(suffix).then_some(stem)
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.quantifier {
            Quantifier::Single => {}
            Quantifier::AnyValue => write!(f, "{ANY_VALUE}:")?,
            Quantifier::AllValues => write!(f, "{ALL_VALUES}:")?,
        }
        f.write_str(self.test.as_str())?;
        match self.when_absent {
            WhenAbsent::Tested => Ok(()),
            WhenAbsent::Holds => f.write_str(IF_EXISTS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_reads_back_from_its_own_spelling() {
        for &test in Test::ALL {
            for quantifier in [Quantifier::Single, Quantifier::AnyValue, Quantifier::AllValues] {
                for when_absent in [WhenAbsent::Tested, WhenAbsent::Holds] {
                    let operator = Operator {
                        quantifier,
                        test,
                        when_absent,
                    };
                    let exists = test != Test::Null || when_absent == WhenAbsent::Tested;
                    assert_eq!(Operator::parse(&operator.to_string()), exists.then_some(operator));
                }
            }
        }
    }

    #[test]
    fn case_does_not_matter_for_reading_and_unknown_words_do() {
        let read = Operator::parse("foranyvalue:stringlikeifexists").unwrap();
        assert_eq!(read.to_string(), "ForAnyValue:StringLikeIfExists");
        for text in [
            "",
            "StringEqual",
            "ForSomeValues:StringLike",
            "NullIfExists",
            ":",
            "IfExists",
            "é",
        ] {
            assert_eq!(Operator::parse(text), None, "{text}");
        }
    }

    #[test]
    fn near_misses_get_the_right_spelling() {
        for (text, right) in [
            ("StringEqual", "StringEquals"),
            ("ForAllValue:StringEquals", "ForAllValues:StringEquals"),
            ("ForAnyValue:StringLikesIfExists", "ForAnyValue:StringLikeIfExists"),
            ("BoolIfExist", "Bool"),
        ] {
            let expected = (right != "Bool").then(|| right.to_owned());
            assert_eq!(Operator::nearest(text), expected, "{text}");
        }
    }
}
