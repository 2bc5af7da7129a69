//! Conditions of policy statements, weighed against what is known of a call.
//!
//! Invariant: a condition that can't be read is never fulfilled. Source: IAM user guide, "IAM JSON policy elements:
//! Condition operators" and "Multivalued context keys".

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What is known of a call: values by condition key. Keys are compared without regard to case.
#[derive(Debug, Clone, Default)]
pub(super) struct Context(BTreeMap<String, Vec<String>>);

impl Context {
    /// With one more key of one value.
    pub(super) fn set(&mut self, key: &str, value: impl Into<String>) -> &mut Self {
        self.all(key, [value.into()])
    }

    /// With one more key of several values; none at all leaves the key out.
    pub(super) fn all(&mut self, key: &str, values: impl IntoIterator<Item = String>) -> &mut Self {
        let values: Vec<String> = values.into_iter().collect();
        if !values.is_empty() {
            self.0.insert(key.to_ascii_lowercase(), values);
        }
        self
    }

    /// All keys, in lower case, with their values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(key, values)| (key.as_str(), values.as_slice()))
    }

    fn get(&self, key: &str) -> Option<&[String]> {
        self.0.get(&key.to_ascii_lowercase()).map(Vec::as_slice)
    }

    /// A policy's value with its variables (`${aws:username}`) filled in; one that is not known matches nothing.
    fn filled(&self, text: &str) -> Option<String> {
        let Some((before, rest)) = text.split_once("${") else {
            return Some(text.to_owned());
        };
        let (name, after) = rest.split_once('}')?;
        let value = match name {
            "*" | "?" | "$" => name,
            _ => {
                let (name, default) = name.split_once(',').unwrap_or((name, ""));
                let known = self.get(name.trim()).and_then(|values| values.first());
                let default = default.trim().trim_matches('\'');
                known.map_or(default, String::as_str)
            }
        };
        if value.is_empty() {
            return None;
        }
        Some(format!("{before}{value}{}", self.filled(after)?))
    }
}

/// Whether every operator and key of a `Condition` element is fulfilled; no element is.
pub(super) fn holds(condition: Option<&Value>, context: &Context) -> bool {
    let Some(condition) = condition else { return true };
    let Some(operators) = condition.as_object() else {
        return false;
    };
    operators.iter().all(|(operator, keys)| {
        let keys = keys.as_object();
        keys.is_some_and(|keys| {
            keys.iter()
                .all(|(key, values)| entry_holds(operator, key, values, context))
        })
    })
}

/// How several values of a key count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Many {
    Any,
    All,
}

fn entry_holds(operator: &str, key: &str, wanted: &Value, context: &Context) -> bool {
    let Some(wanted) = texts(wanted) else { return false };
    let found = context.get(key);
    let (many, operator) = match operator.split_once(':') {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAllValues") => (Some(Many::All), rest),
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAnyValue") => (Some(Many::Any), rest),
        _ => (None, operator),
    };
    let operator = operator.to_ascii_lowercase();
    let (operator, if_exists) = match operator.strip_suffix("ifexists") {
        Some(plain) => (plain, true),
        None => (operator.as_str(), false),
    };
    if operator == "null" {
        let is_absent = found.is_none();
        return wanted
            .iter()
            .any(|wanted| wanted.eq_ignore_ascii_case("true") == is_absent);
    }
    let (positive, negated) = match operator.strip_prefix("not") {
        Some(rest) => (rest.to_owned(), true),
        None => match operator.split_once("not") {
            Some((kind, rest)) => (format!("{kind}{rest}"), true),
            None => (operator.to_owned(), false),
        },
    };
    let Some(found) = found else {
        // A key that isn't there fulfils what is negated, and every set of values.
        return if_exists || negated || many == Some(Many::All);
    };
    let one = |found: &String| {
        let mut wanted = wanted.iter().filter_map(|wanted| context.filled(wanted));
        let matched = wanted.any(|wanted| matches(&positive, &wanted, found).unwrap_or(false));
        matched != negated
    };
    match many {
        Some(Many::All) => found.iter().all(one),
        Some(Many::Any) | None => found.iter().any(one),
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    match value {
        Value::Array(values) => values.iter().map(text).collect(),
        value => text(value).map(|text| vec![text]),
    }
}

/// Whether a found value matches a wanted one; nothing for an operator or a value that can't be read.
fn matches(operator: &str, wanted: &str, found: &str) -> Option<bool> {
    Some(match operator {
        "stringequals" | "binaryequals" => wanted == found,
        "stringequalsignorecase" => wanted.eq_ignore_ascii_case(found),
        "stringlike" => covers(wanted, found),
        "arnequals" | "arnlike" => arn_covers(wanted, found),
        "bool" => wanted.eq_ignore_ascii_case(found),
        "ipaddress" => in_range(wanted, found)?,
        _ => match operator.strip_prefix("numeric") {
            Some(relation) => related(relation, found.parse::<f64>().ok()?, wanted.parse().ok()?)?,
            None => related(operator.strip_prefix("date")?, moment(found)?, moment(wanted)?)?,
        },
    })
}

fn related<T: PartialOrd>(relation: &str, found: T, wanted: T) -> Option<bool> {
    Some(match relation {
        "equals" => found == wanted,
        "lessthan" => found < wanted,
        "lessthanequals" => found <= wanted,
        "greaterthan" => found > wanted,
        "greaterthanequals" => found >= wanted,
        _ => return None,
    })
}

/// A time as RFC 3339, as a day, or as seconds since 1970.
fn moment(text: &str) -> Option<i64> {
    let at = |text: &str| {
        OffsetDateTime::parse(text, &Rfc3339)
            .ok()
            .map(OffsetDateTime::unix_timestamp)
    };
    text.parse()
        .ok()
        .or_else(|| at(text))
        .or_else(|| at(&format!("{text}T00:00:00Z")))
}

/// Each of an ARN's six parts may hold wildcards, which don't reach over a colon.
fn arn_covers(wanted: &str, found: &str) -> bool {
    let (wanted, found): (Vec<&str>, Vec<&str>) = (wanted.splitn(6, ':').collect(), found.splitn(6, ':').collect());
    wanted == ["*"]
        || wanted.len() == found.len() && wanted.iter().zip(found).all(|(wanted, found)| covers(wanted, found))
}

/// Whether a pattern with `*` and `?` covers a text.
pub(super) fn covers(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while from < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(one) if *one == '?' || Some(one) == text.get(from) => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((back, taken)) = star else { return false };
                star = Some((back, taken + 1));
                at = back + 1;
                from = taken + 1;
            }
        }
    }
    pattern.iter().skip(at).all(|rest| *rest == '*')
}

/// Whether an address lies in `10.0.0.0/8` or is the one that is named.
pub(super) fn in_range(range: &str, address: &str) -> Option<bool> {
    let (network, bits) = range.split_once('/').unwrap_or((range, ""));
    let (network, address): (IpAddr, IpAddr) = (network.parse().ok()?, address.parse().ok()?);
    let number = |address: IpAddr| match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)) << 96, 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    let ((network, width), (address, own)) = (number(network), number(address));
    let bits: u32 = if bits.is_empty() { width } else { bits.parse().ok()? };
    if bits > width || width != own {
        return Some(false);
    }
    let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
    Some(network & mask == address & mask)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn context() -> Context {
        let mut context = Context::default();
        context
            .set("aws:username", "ada")
            .set("sts:ExternalId", "secret")
            .set("aws:SourceIp", "10.1.2.3")
            .set("aws:CurrentTime", "2026-01-31T12:00:00Z")
            .all("aws:TagKeys", ["team".to_owned(), "stage".to_owned()]);
        context
    }

    #[test]
    fn conditions_hold_or_not() {
        for (condition, wanted) in [
            (json!({ "StringEquals": { "sts:externalid": "secret" } }), true),
            (json!({ "StringEquals": { "sts:ExternalId": ["a", "b"] } }), false),
            (json!({ "StringNotEquals": { "sts:ExternalId": "other" } }), true),
            (json!({ "StringNotEquals": { "aws:absent": "other" } }), true),
            (json!({ "StringEquals": { "aws:absent": "x" } }), false),
            (json!({ "StringEqualsIfExists": { "aws:absent": "x" } }), true),
            (json!({ "StringLike": { "aws:username": "a?*" } }), true),
            (json!({ "StringEquals": { "aws:username": "${aws:username}" } }), true),
            (json!({ "StringEquals": { "aws:username": "${aws:absent}" } }), false),
            (json!({ "Null": { "aws:absent": "true" } }), true),
            (json!({ "Null": { "aws:username": true } }), false),
            (json!({ "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } }), true),
            (json!({ "NotIpAddress": { "aws:SourceIp": "10.0.0.0/8" } }), false),
            (json!({ "DateGreaterThan": { "aws:CurrentTime": "2026-01-01" } }), true),
            (
                json!({ "ForAllValues:StringEquals": { "aws:TagKeys": ["team"] } }),
                false,
            ),
            (json!({ "ForAnyValue:StringEquals": { "aws:TagKeys": ["team"] } }), true),
            (json!({ "Sometimes": { "aws:username": "ada" } }), false),
        ] {
            assert_eq!(holds(Some(&condition), &context()), wanted, "{condition}");
        }
        assert!(arn_covers(
            "arn:aws:iam::*:role/x*",
            "arn:aws:iam::123456789012:role/xy"
        ));
        assert!(!arn_covers("arn:aws:*", "arn:aws:iam::123456789012:role/xy"));
    }
}
