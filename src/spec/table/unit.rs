//! Decoders of values with a unit: durations and sizes.
//!
//! Invariant: a duration always names its unit, a size is always MiB; what was perhaps meant is said, never assumed.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::{Reading, integer, wrong_type};
use crate::spec::finding::Finding;
use crate::spec::node::{Node, Value};

/// `30s`, `15m` or `1h`, in a range of seconds.
pub fn duration(node: &Node, what: &str, range: RangeInclusive<u32>, reading: &mut Reading<'_>) -> Option<Duration> {
    let written = match &node.value {
        Value::Text(text) => text,
        Value::Number(number) => {
            let message = format!("`{what}`: {number} of what?");
            let label = format!("write the unit: `{number}s`, `{number}m` or `{number}h`");
            reading.report(Finding::error("E0404", node.span, message).label(label));
            return None;
        }
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Map(_) => {
            reading.report(wrong_type(node, what, "a duration such as `30s`, `15m` or `1h`"));
            return None;
        }
    };
    let Some(seconds) = seconds(written) else {
        reading.report(no_duration(node, what, written));
        return None;
    };
    if !range.contains(&seconds) {
        let message = format!("`{what}` can't be {written}");
        let label = format!("from {} to {}", spell(*range.start()), spell(*range.end()));
        reading.report(Finding::error("E0402", node.span, message).label(label));
        return None;
    }
    Some(Duration::from_secs(u64::from(seconds)))
}

/// Digits and `s`, `m` or `h`. What is too long for a u32 is given as the longest, which is in no range.
fn seconds(text: &str) -> Option<u32> {
    let unit = text.chars().last()?;
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return None,
    };
    let digits = text.strip_suffix(unit)?;
    let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_whole.then(|| digits.parse::<u32>().unwrap_or(u32::MAX).saturating_mul(factor))
}

fn no_duration(node: &Node, what: &str, written: &str) -> Finding {
    let label = match meant(written) {
        Some(seconds) => format!("write `{}`", spell(seconds)),
        None => "expected a duration such as `30s`, `15m` or `1h`".to_owned(),
    };
    Finding::error("E0404", node.span, format!("`{what}`: `{written}` is not a duration")).label(label)
}

/// What `1h30m`, `5 minutes`, `1 d` were perhaps meant to be.
fn meant(written: &str) -> Option<u32> {
    let mut rest = written.trim();
    let mut sum = 0_u32;
    while !rest.is_empty() {
        let (number, tail) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let tail = tail.trim_start();
        let (unit, tail) = tail.split_at(tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len()));
        let factor = match unit.to_ascii_lowercase().as_str() {
            "s" | "sec" | "secs" | "second" | "seconds" => 1,
            "m" | "min" | "mins" | "minute" | "minutes" => 60,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3600,
            "d" | "day" | "days" => 86_400,
            _ => return None,
        };
        sum = sum.checked_add(number.parse::<u32>().ok()?.checked_mul(factor)?)?;
        rest = tail.trim_start();
    }
    (sum > 0).then_some(sum)
}

fn spell(seconds: u32) -> String {
    match seconds {
        0 => "0s".to_owned(),
        _ if seconds.is_multiple_of(3600) => format!("{}h", seconds / 3600),
        _ if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

/// A size in MiB, in a range.
pub fn mebibytes(node: &Node, what: &str, range: RangeInclusive<u32>, reading: &mut Reading<'_>) -> Option<u32> {
    if let Value::Text(written) = &node.value
        && let Some(size) = meant_size(written)
    {
        let message = format!("`{what}`: `{written}` is not a number of MiB");
        reading.report(Finding::error("E0405", node.span, message).label(format!("write `{size}`: sizes are MiB")));
        return None;
    }
    integer(node, what, range, "MiB", reading)
}

/// What `512MB` or `1 GiB` were perhaps meant to be.
fn meant_size(written: &str) -> Option<u32> {
    let written = written.trim();
    let (number, unit) = written.split_at(written.find(|c: char| !c.is_ascii_digit())?);
    let factor = match unit.trim_start().to_ascii_lowercase().as_str() {
        "m" | "mb" | "mib" => 1,
        "g" | "gb" | "gib" => 1024,
        _ => return None,
    };
    number.parse::<u32>().ok()?.checked_mul(factor)
}
