//! The values of a rule's fields.
//!
//! Invariant: what AWS has stored is kept as it is, even where this program would not take it from a file, because
//! PutRule writes everything anew.

use crate::fields::{FieldValue, Shown};
use crate::names::{EventPattern, Schedule};

/// When a rule runs: the text that AWS keeps, white space made single where it can be read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Timer(String);

impl Timer {
    /// A schedule of the file.
    #[must_use]
    pub fn new(schedule: &Schedule) -> Self {
        Self(schedule.as_str().to_owned())
    }

    /// A schedule that AWS has told.
    #[must_use]
    pub fn live(text: &str) -> Self {
        Schedule::parse(text).map_or_else(|_| Self(text.to_owned()), |schedule| Self::new(&schedule))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FieldValue for Timer {
    fn show(&self) -> Option<Shown> {
        Some(Shown::text(&self.0))
    }
}

/// Which events a rule takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matching {
    /// A pattern.
    Pattern(EventPattern),
    /// A text of AWS's that this program can't read as one.
    Odd(String),
}

impl Matching {
    /// A pattern that AWS has told.
    #[must_use]
    pub fn live(text: &str) -> Self {
        EventPattern::parse(text).map_or_else(|_| Self::Odd(text.to_owned()), Self::Pattern)
    }

    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pattern(pattern) => pattern.as_str(),
            Self::Odd(text) => text,
        }
    }
}

impl serde::Serialize for Matching {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl FieldValue for Matching {
    fn show(&self) -> Option<Shown> {
        Some(Shown::text(self.as_str()))
    }
}

/// Whether a rule is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// On; AWS's default.
    Enabled,
    /// Off.
    Disabled,
    /// On, for management events of CloudTrail that only read, too.
    EnabledWithAllCloudtrailManagementEvents,
}

impl Switch {
    /// The words of the file.
    pub const WORDS: &'static [(&'static str, Self)] = &[
        ("enabled", Self::Enabled),
        ("disabled", Self::Disabled),
        (
            "enabled_with_all_cloudtrail_management_events",
            Self::EnabledWithAllCloudtrailManagementEvents,
        ),
    ];

    /// The word in the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, meaning)| *meaning == self)
            .map_or("enabled", |(word, _)| word)
    }

    /// What the API means by a word, which is the file's in capitals.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(word))
            .map(|(_, meaning)| *meaning)
    }
}

impl FieldValue for Switch {
    fn show(&self) -> Option<Shown> {
        Some(Shown::text(self.word()))
    }
}
