//! Schedule expressions as EventBridge accepts them: `rate(5 minutes)` and six-field `cron(…)`.
//!
//! Only judges; the text itself is stored untouched, as EventBridge does.

use std::ops::RangeInclusive;

/// What EventBridge thinks of a schedule expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Accepted,
    Refused,
}

impl Verdict {
    fn from_check(passed: Option<()>) -> Self {
        passed.map_or(Self::Refused, |()| Self::Accepted)
    }
}

/// Judges a whole schedule expression.
pub(super) fn judge(text: &str) -> Verdict {
    if let Some(inner) = inside(text, "rate(") {
        return Verdict::from_check(rate(inner));
    }
    Verdict::from_check(inside(text, "cron(").and_then(cron))
}

fn inside<'a>(text: &'a str, opening: &str) -> Option<&'a str> {
    text.trim().strip_prefix(opening)?.strip_suffix(')')
}

fn rate(inner: &str) -> Option<()> {
    let mut words = inner.split_whitespace();
    let (value, unit) = (words.next()?, words.next()?);
    if words.next().is_some() || !value.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // AWS refuses `rate(1 minutes)` and `rate(5 minute)` alike with ValidationException.
    let units = match value.parse::<u32>().ok()? {
        0 => return None,
        1 => ["minute", "hour", "day"],
        _ => ["minutes", "hours", "days"],
    };
    units.contains(&unit).then_some(())
}

struct Field {
    range: RangeInclusive<u32>,
    names: &'static [&'static str],
}

const MONTHS: &[&str] = &[
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const MINUTE: Field = Field {
    range: 0..=59,
    names: &[],
};
const HOUR: Field = Field {
    range: 0..=23,
    names: &[],
};
const DAY_OF_MONTH: Field = Field {
    range: 1..=31,
    names: &[],
};
const MONTH: Field = Field {
    range: 1..=12,
    names: MONTHS,
};
const DAY_OF_WEEK: Field = Field {
    range: 1..=7,
    names: DAYS,
};
const YEAR: Field = Field {
    range: 1970..=2199,
    names: &[],
};

fn cron(inner: &str) -> Option<()> {
    let fields: Vec<&str> = inner.split_whitespace().collect();
    let [minute, hour, month_day, month, week_day, year] = fields.as_slice() else {
        return None;
    };
    MINUTE.plain(minute)?;
    HOUR.plain(hour)?;
    MONTH.plain(month)?;
    YEAR.plain(year)?;
    // One of the two day fields has to be `?`, and only one (ValidationException otherwise).
    match (*month_day, *week_day) {
        ("?", "?") => None,
        ("?", other) => day_of_week(other),
        (other, "?") => day_of_month(other),
        _ => None,
    }
}

fn day_of_month(text: &str) -> Option<()> {
    if matches!(text, "L" | "LW") {
        return Some(());
    }
    match text.strip_suffix('W') {
        Some(day) => DAY_OF_MONTH.single(day).map(drop),
        None => DAY_OF_MONTH.plain(text),
    }
}

fn day_of_week(text: &str) -> Option<()> {
    if text == "L" {
        return Some(());
    }
    if let Some(day) = text.strip_suffix('L') {
        return DAY_OF_WEEK.single(day).map(drop);
    }
    match text.split_once('#') {
        Some((day, week)) => {
            DAY_OF_WEEK.single(day)?;
            matches!(week, "1" | "2" | "3" | "4" | "5").then_some(())
        }
        None => DAY_OF_WEEK.plain(text),
    }
}

impl Field {
    fn plain(&self, text: &str) -> Option<()> {
        text.split(',').try_for_each(|part| self.part(part))
    }

    fn part(&self, text: &str) -> Option<()> {
        let (span, step) = match text.split_once('/') {
            Some((span, step)) => (span, Some(step)),
            None => (text, None),
        };
        if let Some(step) = step {
            number(step).filter(|step| *step > 0)?;
        }
        match span.split_once('-') {
            _ if span == "*" => Some(()),
            Some((from, to)) => {
                self.single(from)?;
                self.single(to).map(drop)
            }
            None => self.single(span).map(drop),
        }
    }

    fn single(&self, text: &str) -> Option<u32> {
        if let Some(at) = self.names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
            return u32::try_from(at).ok().map(|at| at + self.range.start());
        }
        number(text).filter(|value| self.range.contains(value))
    }
}

fn number(text: &str) -> Option<u32> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_eventbridge_accepts() {
        for text in [
            "rate(1 minute)",
            "rate(5 minutes)",
            "rate(1 day)",
            "rate(12 hours)",
            "cron(0 10 * * ? *)",
            "cron(15 12 ? * MON-FRI *)",
            "cron(0/15 8-17 ? * 2-6 2026-2030)",
            "cron(0 8 1W * ? *)",
            "cron(0 8 L * ? *)",
            "cron(0 8 ? JAN,jul 3#2 *)",
            "cron(0 8 ? * 6L *)",
        ] {
            assert_eq!(judge(text), Verdict::Accepted, "{text}");
        }
    }

    #[test]
    fn refuses_what_eventbridge_refuses() {
        for text in [
            "",
            "rate(1 minutes)",
            "rate(5 minute)",
            "rate(0 minutes)",
            "rate(-5 minutes)",
            "rate(5 weeks)",
            "rate(5minutes)",
            "every 5 minutes",
            "cron(0 10 * * ?)",
            "cron(0 10 * * * *)",
            "cron(0 10 ? * ? *)",
            "cron(60 10 * * ? *)",
            "cron(0 24 * * ? *)",
            "cron(0 10 ? * 0 *)",
            "cron(0 10 ? * 3#6 *)",
            "cron(0 10 ? * MON 1969)",
            "cron(0/0 10 ? * MON *)",
            "at(2026-01-01T00:00:00)",
        ] {
            assert_eq!(judge(text), Verdict::Refused, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_judged(text in "(rate|cron)?\\(?[0-9A-Z*?/,#LW -]{0,30}\\)?") {
            judge(&text);
        }

        #[test]
        fn every_number_of_minutes_has_one_spelling(number in 1u32..100_000) {
            let spelt = ["minute", "minutes"].map(|unit| judge(&format!("rate({number} {unit})")));
            proptest::prop_assert_eq!(spelt.iter().filter(|verdict| **verdict == Verdict::Accepted).count(), 1);
        }
    }
}
