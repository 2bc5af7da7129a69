//! How a text value is checked and how it behaves once it is valid.
//!
//! Invariant: every text type of this room parses, shows, orders and serialises in one way. Rules that are more than
//! a length and a set of characters live with their type.

use super::error::NameError;

/// A rule made of lengths and a set of characters.
pub(super) struct TextRule {
    /// What the text is, with its article: "a role name".
    pub(super) what: &'static str,
    /// Least number of characters.
    pub(super) least: usize,
    /// Greatest number of characters.
    pub(super) most: usize,
    /// Which characters fit.
    pub(super) allowed: fn(char) -> bool,
    /// The same in words.
    pub(super) takes: &'static str,
}

impl TextRule {
    /// Refuses what breaks the rule; a wrong character is named before a wrong length.
    pub(super) fn check(&self, text: &str) -> Result<(), NameError> {
        let (what, takes) = (self.what, self.takes);
        if text.is_empty() && self.least > 0 {
            return Err(NameError::Empty { what, takes });
        }
        if let Some(found) = text.chars().find(|c| !(self.allowed)(*c)) {
            let text = text.to_owned();
            return Err(NameError::Character {
                text,
                what,
                found,
                takes,
            });
        }
        self.check_length(text)
    }

    fn check_length(&self, text: &str) -> Result<(), NameError> {
        let (what, found) = (self.what, text.chars().count());
        if found < self.least {
            let (text, least) = (text.to_owned(), self.least);
            return Err(NameError::TooShort {
                text,
                what,
                least,
                found,
            });
        }
        if found > self.most {
            let (text, most) = (text.to_owned(), self.most);
            return Err(NameError::TooLong {
                text,
                what,
                most,
                found,
            });
        }
        Ok(())
    }
}

/// Gives a type that has `parse` and `as_str` the traits of every text value.
macro_rules! text_value {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::names::error::NameError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

/// A newtype over text; `$check` refuses what is not valid.
macro_rules! text_newtype {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The value that `text` spells.
            ///
            /// # Errors
            /// Says what is wrong with `text` and what would be right.
            pub fn parse(text: &str) -> Result<Self, $crate::names::error::NameError> {
                let check: fn(&str) -> Result<(), $crate::names::error::NameError> = $check;
                check(text)?;
                Ok(Self(text.to_owned()))
            }

            /// The text, as AWS takes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        $crate::names::text::text_value!($name);
    };
}

pub(super) use {text_newtype, text_value};
