//! When a rule runs: `rate(…)` and `cron(…)`.
//!
//! Invariant: a [`Schedule`] is one that EventBridge takes; its text is the author's with white space made single.
//! Two schedules that mean the same in other words are different: AWS keeps the text, and so does the comparison.

use super::cron;
use super::error::NameError;
use super::text::text_value;

/// A schedule expression, up to 256 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Schedule(String);

text_value!(Schedule);

impl Schedule {
    /// The schedule that `text` spells.
    ///
    /// # Errors
    /// Says what is wrong, and the right text where it is plain.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = single_spaced(text);
        if text.is_empty() {
            return Err(NameError::Empty {
                what: "a schedule",
                takes: SHAPES,
            });
        }
        if text.chars().count() > 256 {
            let (found, what, most) = (text.chars().count(), "a schedule", 256);
            return Err(NameError::TooLong {
                text,
                what,
                most,
                found,
            });
        }
        let inner = |head: &str| text.strip_prefix(head).and_then(|rest| rest.strip_suffix(')'));
        if let Some(rate) = inner("rate(") {
            check_rate(&text, rate)?;
        } else if let Some(fields) = inner("cron(") {
            cron::check(&text, fields)?;
        } else {
            return Err(no_schedule(&text));
        }
        Ok(Self(text))
    }

    /// The text as it is sent: single spaces, none beside the parentheses.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a live text is this schedule; white space aside, every character counts.
    #[must_use]
    pub fn matches(&self, live: &str) -> bool {
        self.0 == single_spaced(live)
    }
}

const SHAPES: &str = "`rate(5 minutes)` or `cron(0 12 * * ? *)`";

fn single_spaced(text: &str) -> String {
    let spaced = text.split_whitespace().collect::<Vec<_>>().join(" ");
    spaced.replace(" (", "(").replace("( ", "(").replace(" )", ")")
}

/// Why a text that is neither `rate(…)` nor `cron(…)` is no schedule.
fn no_schedule(text: &str) -> NameError {
    let lower = text.to_lowercase();
    if lower != text && (lower.starts_with("rate(") || lower.starts_with("cron(")) {
        let (head, rest) = text.split_at_checked(5).unwrap_or((text, ""));
        let right = format!("{}{rest}", head.to_lowercase());
        return NameError::mendable(text, "`rate` and `cron` are lower case", right);
    }
    if lower.starts_with("rate(") || lower.starts_with("cron(") {
        return NameError::refused(text, "the schedule ends with one `)`");
    }
    if lower.starts_with("at(") {
        let reason = format!("one-time schedules belong to EventBridge Scheduler; a rule takes {SHAPES}");
        return NameError::refused(text, reason);
    }
    let bare_rate = format!("rate({})", lower.strip_prefix("every ").unwrap_or(&lower));
    if check_rate(&bare_rate, bare_rate.get(5..bare_rate.len() - 1).unwrap_or_default()).is_ok() {
        return NameError::mendable(text, "a schedule names its kind", bare_rate);
    }
    if let Some(right) = cron::from_unix(text) {
        return NameError::mendable(text, "a schedule names its kind, and cron takes six fields", right);
    }
    NameError::refused(text, format!("a schedule is {SHAPES}"))
}

const UNITS: [&str; 3] = ["minute", "hour", "day"];

/// `rate(5 minutes)`: a whole number from 1, and a unit that agrees with it in number.
fn check_rate(text: &str, rate: &str) -> Result<(), NameError> {
    let refuse = || NameError::refused(text, "a rate is a whole number and a unit, such as `rate(5 minutes)`");
    let (number, unit) = rate.split_once(' ').ok_or_else(refuse)?;
    let singular = unit_of(text, unit)?;
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(refuse());
    }
    let digits = number.trim_start_matches('0');
    if digits.is_empty() {
        let right = format!("rate(1 {singular})");
        return Err(NameError::mendable(text, "the least rate is 1", right));
    }
    if digits.len() > 9 {
        return Err(NameError::refused(text, "the number of a rate has at most 9 digits"));
    }
    let (agrees, form) = if digits == "1" {
        (singular.to_owned(), "singular")
    } else {
        (format!("{singular}s"), "plural")
    };
    let right = format!("rate({digits} {agrees})");
    if unit != agrees {
        return Err(NameError::mendable(text, format!("{digits} takes the {form}"), right));
    }
    if digits != number {
        return Err(NameError::mendable(
            text,
            "the number of a rate has no leading zero",
            right,
        ));
    }
    Ok(())
}

fn unit_of(text: &str, unit: &str) -> Result<&'static str, NameError> {
    let singular = unit.strip_suffix('s').unwrap_or(unit);
    if let Some(known) = UNITS.into_iter().find(|known| *known == singular) {
        return Ok(known);
    }
    let reason = match singular.to_lowercase().as_str() {
        "second" | "sec" => format!("`{unit}` is no unit of a rate; the shortest is `rate(1 minute)`"),
        "week" => format!("`{unit}` is no unit of a rate; a week is `rate(7 days)`"),
        _ => format!("`{unit}` is no unit of a rate, which takes minutes, hours or days"),
    };
    Err(NameError::refused(text, reason))
}
