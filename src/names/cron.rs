//! The six fields of `cron(…)`.
//!
//! Invariant: only what EventBridge's user guide ("cron expressions") takes passes; days of the week are 1-7 from
//! Sunday, unlike in Unix. Times are UTC.

use super::error::NameError;
use super::nearest::did_you_mean;

/// One field's place, range, words and special marks.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    words: &'static [&'static str],
    marks: &'static str,
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const FIELDS: [Field; 6] = [
    field("minutes", 0, 59, &[], "/"),
    field("hours", 0, 23, &[], "/"),
    field("day of month", 1, 31, &[], "/?LW"),
    field("month", 1, 12, &MONTHS, "/"),
    field("day of week", 1, 7, &DAYS, "?L#"),
    field("year", 1970, 2199, &[], "/"),
];

const fn field(
    name: &'static str,
    least: u32,
    most: u32,
    words: &'static [&'static str],
    marks: &'static str,
) -> Field {
    Field {
        name,
        least,
        most,
        words,
        marks,
    }
}

/// Refuses what is not six fields that EventBridge takes; `text` is the whole expression.
pub(super) fn check(text: &str, fields: &str) -> Result<(), NameError> {
    let parts: Vec<&str> = fields.split_whitespace().collect();
    let &[minutes, hours, day, month, weekday, year] = parts.as_slice() else {
        return Err(wrong_count(text, fields, parts.len()));
    };
    for (field, part) in FIELDS.iter().zip(&parts) {
        field
            .check(part)
            .map_err(|reason| NameError::refused(text, format!("{}: {reason}", field.name)))?;
    }
    let with = |day: &str, weekday: &str| format!("cron({minutes} {hours} {day} {month} {weekday} {year})");
    let reason = "exactly one of day of month and day of week is `?`";
    match (day, weekday) {
        ("?", "?") => Err(NameError::mendable(text, reason, with("*", "?"))),
        ("?", _) | (_, "?") => Ok(()),
        (_, "*") => Err(NameError::mendable(text, reason, with(day, "?"))),
        ("*", _) => Err(NameError::mendable(text, reason, with("?", weekday))),
        _ => Err(NameError::refused(text, format!("{reason}; write two rules for both"))),
    }
}

fn wrong_count(text: &str, fields: &str, count: usize) -> NameError {
    let reason =
        format!("cron takes six fields (minutes, hours, day of month, month, day of week, year), this has {count}");
    match from_unix(fields) {
        Some(right) => NameError::mendable(text, reason, right),
        None => NameError::refused(text, reason),
    }
}

/// A Unix crontab's five fields as EventBridge's six, where the day of the week needs no translation.
pub(super) fn from_unix(fields: &str) -> Option<String> {
    let parts: Vec<&str> = fields.split_whitespace().collect();
    let &[minutes, hours, day, month, weekday] = parts.as_slice() else {
        return None;
    };
    let letters = weekday.starts_with(|c: char| c.is_ascii_alphabetic());
    let (day, weekday) = match (day, weekday) {
        (day, "*" | "?") => (day, "?"),
        ("*", weekday) if letters => ("?", weekday),
        _ => return None,
    };
    let fields = format!("{minutes} {hours} {day} {month} {weekday} *");
    let text = format!("cron({fields})");
    check(&text, &fields).ok().map(|()| text)
}

impl Field {
    /// Refuses what does not fit this field; the reason does not name the field.
    fn check(&self, part: &str) -> Result<(), String> {
        match part {
            "*" => return Ok(()),
            "?" if self.has('?') => return Ok(()),
            "?" => return Err("`?` stands only in day of month and day of week; write `*`".to_owned()),
            _ => {}
        }
        part.split(',').try_for_each(|item| self.check_item(item))
    }

    fn has(&self, mark: char) -> bool {
        self.marks.contains(mark)
    }

    fn check_item(&self, item: &str) -> Result<(), String> {
        if item.is_empty() {
            return Err("a value is missing beside `,`".to_owned());
        }
        if let Some((start, step)) = item.split_once('/') {
            return self.check_step(item, start, step);
        }
        if let Some((value, nth)) = item.split_once('#') {
            return self.check_nth(item, value, nth);
        }
        if self.check_mark(item) {
            return Ok(());
        }
        self.check_range(item)
    }

    fn check_step(&self, item: &str, start: &str, step: &str) -> Result<(), String> {
        if !self.has('/') {
            return Err(format!("`{item}`: {} takes no `/`; list the values", self.name));
        }
        if start != "*" {
            self.check_range(start)?;
        }
        let number: Option<u32> = digits(step);
        match number {
            Some(step) if (1..=self.most).contains(&step) => Ok(()),
            _ => Err(format!(
                "`{item}`: the step after `/` is a number from 1 to {}",
                self.most
            )),
        }
    }

    /// `FRI#2`: the second Friday of the month.
    fn check_nth(&self, item: &str, value: &str, nth: &str) -> Result<(), String> {
        if !self.has('#') {
            return Err(format!("`{item}`: `#` stands only in day of week"));
        }
        self.value(value)?;
        match digits(nth) {
            Some(1..=5) => Ok(()),
            _ => Err(format!("`{item}`: the number after `#` is 1 to 5")),
        }
    }

    /// `L` (last), `LW` (last weekday), `15W` (weekday nearest to the 15th), `5L` and `FRIL` (last Friday).
    fn check_mark(&self, item: &str) -> bool {
        let last = self.has('L') && item == "L";
        let weekday =
            self.has('W') && (item == "LW" || item.strip_suffix('W').is_some_and(|value| self.value(value).is_ok()));
        let last_day = self.has('#') && item.strip_suffix('L').is_some_and(|value| self.value(value).is_ok());
        last || weekday || last_day
    }

    fn check_range(&self, item: &str) -> Result<(), String> {
        let Some((from, to)) = item.split_once('-') else {
            return self.value(item).map(|_| ());
        };
        if self.value(from)? <= self.value(to)? {
            return Ok(());
        }
        let Self { least, most, .. } = self;
        let right = format!("{from}-{most},{least}-{to}");
        Err(format!("`{item}`: a range runs upwards; write `{right}`"))
    }

    /// The number that a digit string or a word stands for.
    fn value(&self, text: &str) -> Result<u32, String> {
        let (least, most) = (self.least, self.most);
        let words = || self.words.iter().copied();
        if let Some(index) = words().position(|word| word.eq_ignore_ascii_case(text)) {
            return Ok(least + u32::try_from(index).unwrap_or_default());
        }
        if let Some(number) = digits(text) {
            return if (least..=most).contains(&number) {
                Ok(number)
            } else {
                Err(format!("`{text}` lies outside {}", self.range()))
            };
        }
        let near = did_you_mean(text, words());
        Err(format!("`{text}` is no value; it takes {}{near}", self.range()))
    }

    fn range(&self) -> String {
        let (least, most) = (self.least, self.most);
        match (self.words.first(), self.words.last()) {
            (Some(first), Some(last)) => format!("{least}-{most} or {first}-{last}"),
            _ => format!("{least}-{most}"),
        }
    }
}

fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}
