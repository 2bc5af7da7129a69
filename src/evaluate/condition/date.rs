//! Instants.
//!
//! Invariant: as "Date condition operators": the W3C profile of ISO 8601, or seconds since 1970. Everything else is no
//! date and matches nothing.

const NANOS: i128 = 1_000_000_000;

/// The nanoseconds since 1970 of a date. Four digits are a year; a time without a zone is taken in UTC.
pub(crate) fn parse(text: &str) -> Option<i128> {
    let is_year = text.len() == 4 && digits(text).is_some();
    match is_year {
        false => epoch(text).or_else(|| calendar(text)),
        true => calendar(text),
    }
}

fn epoch(text: &str) -> Option<i128> {
    let (is_negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, "0"));
    let nanos = digits(whole)?.checked_mul(NANOS)?.checked_add(nanoseconds(fraction)?)?;
    Some(if is_negative { -nanos } else { nanos })
}

fn calendar(text: &str) -> Option<i128> {
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = fixed(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| fixed(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| fixed(part, 2))?;
    let is_whole = date.len() == 10;
    if parts.next().is_some() || !is_valid(year, month, day) || (time.is_some() && !is_whole) {
        return None;
    }
    let seconds = days(year, month, day).checked_mul(86_400)?;
    let of_day = match time {
        Some(time) => time_of_day(time)?,
        None => 0,
    };
    seconds.checked_mul(NANOS)?.checked_add(of_day)
}

fn time_of_day(text: &str) -> Option<i128> {
    let (clock, offset) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => {
            let (clock, zone) = text.split_at_checked(at)?;
            (clock, zone_offset(zone)?)
        }
        None => (text, 0),
    };
    let mut parts = clock.split(':');
    let hour = fixed(parts.next()?, 2)?;
    let minute = fixed(parts.next()?, 2)?;
    let (second, nanos) = match parts.next() {
        None => (0, 0),
        Some(part) => match part.split_once('.') {
            None => (fixed(part, 2)?, 0),
            Some((second, fraction)) => (fixed(second, 2)?, nanoseconds(fraction)?),
        },
    };
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some((hour * 3_600 + minute * 60 + second - offset) * NANOS + nanos)
}

/// Seconds east of UTC.
fn zone_offset(zone: &str) -> Option<i128> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = zone.split_at_checked(1)?;
    let (hours, minutes) = rest.split_once(':').or_else(|| rest.split_at_checked(2))?;
    let (hours, minutes) = (fixed(hours, 2)?, fixed(minutes, 2)?);
    let seconds = (hours <= 23 && minutes <= 59).then_some(hours * 3_600 + minutes * 60)?;
    match sign {
        "+" => Some(seconds),
        "-" => Some(-seconds),
        _ => None,
    }
}

fn fixed(text: &str, length: usize) -> Option<i128> {
    digits(text).filter(|_| text.len() == length)
}

fn digits(text: &str) -> Option<i128> {
    let are_digits = !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits.then(|| text.parse().ok()).flatten()
}

fn nanoseconds(fraction: &str) -> Option<i128> {
    digits(fraction)?;
    format!("{fraction:0<9}").get(..9)?.parse().ok()
}

fn is_valid(year: i128, month: i128, day: i128) -> bool {
    let is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = match month {
        2 => 28 + i128::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=length).contains(&day)
}

/// Days since 1970-01-01 in the Gregorian calendar; the year begins in March, so that a leap day is its last.
const fn days(year: i128, month: i128, day: i128) -> i128 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::{NANOS, parse};

    #[test]
    fn dates_are_instants() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970", 0),
            ("1970-01", 0),
            ("1970-01-02", 86_400),
            ("2020-02-29T12:00:00Z", 1_582_977_600),
            ("2020-01-01T00:00:01Z", 1_577_836_801),
            ("2020-01-01T01:00+01:00", 1_577_836_800),
            ("2019-12-31T19:00:00-05:00", 1_577_836_800),
            ("2020-01-01T00:00:00", 1_577_836_800),
            ("1577836800", 1_577_836_800),
            ("1969-12-31T23:59:59Z", -1),
        ] {
            assert_eq!(parse(text), Some(seconds * NANOS), "{text}");
        }
        assert_eq!(parse("1970-01-01T00:00:00.25Z"), Some(NANOS / 4));
        for text in [
            "",
            "2020-13",
            "2021-02-29",
            "2020-1-1",
            "2020-01-01T24:00Z",
            "2020-01T00:00Z",
            "today",
            "2020-01-01T00Z",
            "2020-01-01T00:00:00+25:00",
            "2020-01-01-01",
            "1.2.3",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
