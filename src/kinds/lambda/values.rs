//! The values of a function's fields.
//!
//! Invariant: a live value and a written one that mean the same are equal; no value of a live environment is ever shown,
//! serialised or put into a message.

use std::collections::BTreeSet;

use crate::fields::{FieldValue, Shown};
use crate::names::LogGroupName;
use crate::vault::Secret;

/// The value of an environment variable.
#[derive(Clone)]
pub struct Variable {
    value: Secret,
    sight: Sight,
}

/// Whether a variable's value may be seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// It stands in the file.
    Written,
    /// It comes from AWS or from the environment of the run.
    Hidden,
}

impl Variable {
    /// A value that stands in the file for everyone to read.
    #[must_use]
    pub fn written(value: &str) -> Self {
        Self {
            value: Secret::new(value.to_owned()),
            sight: Sight::Written,
        }
    }

    /// A value that nobody is shown.
    #[must_use]
    pub fn hidden(value: Secret) -> Self {
        Self {
            value,
            sight: Sight::Hidden,
        }
    }

    /// The value, for handing it to AWS and for nothing else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.value.reveal()
    }

    /// The value if it stands in the file.
    #[must_use]
    pub fn as_written(&self) -> Option<&str> {
        match self.sight {
            Sight::Written => Some(self.value.reveal()),
            Sight::Hidden => None,
        }
    }
}

impl PartialEq for Variable {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl std::fmt::Debug for Variable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_written().unwrap_or("(secret)"))
    }
}

impl serde::Serialize for Variable {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.as_written() {
            Some(text) => serializer.serialize_str(text),
            None => self.value.serialize(serializer),
        }
    }
}

impl FieldValue for Variable {
    fn show(&self) -> Option<Shown> {
        Some(self.as_written().map_or(Shown::Secret, Shown::text))
    }
}

/// A word that AWS has for a setting.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$word_meta:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$word_meta])* $variant),* }

        impl $name {
            /// Every word with its meaning.
            pub const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),*];

            /// As the API writes it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What the API means by a word.
            #[must_use]
            pub fn of(word: &str) -> Option<Self> {
                Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, meaning)| *meaning)
            }
        }

        impl FieldValue for $name {
            fn show(&self) -> Option<Shown> {
                Some(Shown::text(self.as_str()))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

words! {
    /// How the code is packed; AWS never changes it for a function.
    PackageType {
        /// A zip.
        Zip = "Zip",
        /// A container image.
        Image = "Image",
    }
}

words! {
    /// Whether X-Ray samples.
    Tracing {
        /// Only what a caller already traces; AWS's default.
        PassThrough = "PassThrough",
        /// By itself.
        Active = "Active",
    }
}

words! {
    /// The form of a function's log lines.
    LogFormat {
        /// As they come; AWS's default.
        Text = "Text",
        /// One JSON object each; only here levels can be set.
        Json = "JSON",
    }
}

words! {
    /// From which level on log lines are kept.
    LogLevel {
        /// Everything.
        Trace = "TRACE",
        /// Debugging.
        Debug = "DEBUG",
        /// AWS's default.
        Info = "INFO",
        /// Warnings.
        Warn = "WARN",
        /// Errors.
        Error = "ERROR",
        /// Only what ends an invocation.
        Fatal = "FATAL",
    }
}

/// Where and how a function logs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Logging {
    /// Form.
    pub format: LogFormat,
    /// Level of the function's own lines; none with [`LogFormat::Text`].
    pub application_level: Option<LogLevel>,
    /// Level of Lambda's lines; none with [`LogFormat::Text`].
    pub system_level: Option<LogLevel>,
    /// Log group.
    pub group: LogGroupName,
}

impl Logging {
    /// What AWS takes unless told otherwise.
    #[must_use]
    pub fn new(format: LogFormat, group: LogGroupName) -> Self {
        // With JSON the levels appear by themselves, INFO both.
        let level = (format == LogFormat::Json).then_some(LogLevel::Info);
        Self {
            format,
            application_level: level,
            system_level: level,
            group,
        }
    }
}

impl FieldValue for Logging {
    fn show(&self) -> Option<Shown> {
        let mut parts = vec![self.format.as_str().to_owned()];
        let level = |what: &str, level: Option<LogLevel>| level.map(|level| format!("{what} {}", level.as_str()));
        parts.extend(level("application", self.application_level));
        parts.extend(level("system", self.system_level));
        parts.push(format!("to {}", self.group));
        Some(Shown::Text(parts.join(", ")))
    }
}

/// The network that a function is in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Vpc {
    /// Subnets.
    pub subnets: BTreeSet<String>,
    /// Security groups.
    pub security_groups: BTreeSet<String>,
}

impl FieldValue for Vpc {
    fn show(&self) -> Option<Shown> {
        let list = |set: &BTreeSet<String>| set.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        Some(Shown::Text(format!(
            "{} with {}",
            list(&self.subnets),
            list(&self.security_groups)
        )))
    }
}
