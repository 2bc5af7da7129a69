//! Lengths of time as the file writes them: `30s`, `15m`, `1h`.
//!
//! Invariant: whole seconds, one spelling per length on output (the greatest unit that divides it).

use super::error::NameError;
use super::text::text_value;

const TAKES: &str = "a number and `s`, `m` or `h`, such as `30s`, `15m` or `1h`";

/// A length of time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Length {
    seconds: u64,
    text: String,
}

text_value!(Length);

impl PartialOrd for Length {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Length {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.seconds.cmp(&other.seconds)
    }
}

impl Length {
    /// So many seconds.
    #[must_use]
    pub fn of_seconds(seconds: u64) -> Self {
        let text = match seconds {
            0 => "0s".to_owned(),
            hours if hours % 3600 == 0 => format!("{}h", hours / 3600),
            minutes if minutes % 60 == 0 => format!("{}m", minutes / 60),
            _ => format!("{seconds}s"),
        };
        Self { seconds, text }
    }

    /// The length that `text` spells; several units may follow each other (`1h30m`).
    ///
    /// # Errors
    /// For anything else; a bare number is answered with the same in seconds.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.is_empty() {
            let what = "a length of time";
            return Err(NameError::Empty { what, takes: TAKES });
        }
        if text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NameError::mendable(
                text,
                "a length of time has a unit",
                format!("{text}s"),
            ));
        }
        let refuse = || NameError::refused(text, format!("a length of time is {TAKES}"));
        let mut rest = text;
        let mut seconds = 0_u64;
        let mut last_unit = u64::MAX;
        while !rest.is_empty() {
            let (step, unit, after) = first_step(rest).ok_or_else(refuse)?;
            if unit >= last_unit {
                return Err(refuse());
            }
            let step = step.checked_mul(unit).ok_or_else(refuse)?;
            seconds = seconds.checked_add(step).ok_or_else(refuse)?;
            (rest, last_unit) = (after, unit);
        }
        Ok(Self::of_seconds(seconds))
    }

    /// In seconds.
    #[must_use]
    pub const fn seconds(&self) -> u64 {
        self.seconds
    }

    /// The one spelling of this length.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// The number and unit (in seconds) at the start, and what follows.
fn first_step(text: &str) -> Option<(u64, u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let number = text.get(..end)?.parse().ok()?;
    let mut rest = text.get(end..)?.chars();
    let unit = match rest.next()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return None,
    };
    Some((number, unit, rest.as_str()))
}

/// A length within what one setting of AWS takes.
macro_rules! bounded_length {
    ($(#[$doc:meta])* $name:ident, $what:literal, $least:literal, $most:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($crate::names::duration::Length);

        impl $name {
            /// So many seconds.
            ///
            /// # Errors
            /// Outside of what AWS takes.
            pub fn of_seconds(seconds: u64) -> Result<Self, $crate::names::error::NameError> {
                let length = $crate::names::duration::Length::of_seconds(seconds);
                let text = length.as_str().to_owned();
                Self::of_length(&text, length)
            }

            /// The length that `text` spells, such as `30s` or `15m`.
            ///
            /// # Errors
            /// For what is no length of time, and outside of what AWS takes.
            pub fn parse(text: &str) -> Result<Self, $crate::names::error::NameError> {
                Self::of_length(text, $crate::names::duration::Length::parse(text)?)
            }

            fn of_length(
                text: &str,
                length: $crate::names::duration::Length,
            ) -> Result<Self, $crate::names::error::NameError> {
                if ($least..=$most).contains(&length.seconds()) {
                    return Ok(Self(length));
                }
                let least = $crate::names::duration::Length::of_seconds($least);
                let most = $crate::names::duration::Length::of_seconds($most);
                let reason = format!("{} lies between `{least}` and `{most}`", $what);
                Err($crate::names::error::NameError::refused(text, reason))
            }

            /// In seconds, as the API takes it.
            #[must_use]
            pub const fn seconds(&self) -> u64 {
                self.0.seconds()
            }

            /// The one spelling of this length.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        $crate::names::text::text_value!($name);
    };
}

pub(super) use bounded_length;

bounded_length!(
    /// How long a session of a role may last: 1 to 12 hours (IAM's `roleMaxSessionDurationType`).
    SessionLength,
    "a session's greatest length",
    3600,
    43200
);
