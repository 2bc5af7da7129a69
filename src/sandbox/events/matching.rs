//! Whether an event matches an event pattern.
//!
//! Invariant: works on patterns that [`super::pattern::judge`] took. Source: EventBridge user guide, "Comparison operators
//! for use in event patterns", and AWS's open matching engine, Event Ruler.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::sandbox::condition::in_range;

/// Whether the event has all that the pattern asks for.
pub(super) fn matches(pattern: &Map<String, Value>, event: Option<&Value>) -> bool {
    pattern.iter().all(|(name, wanted)| match wanted {
        Value::Array(branches) if name == "$or" && branches.iter().all(Value::is_object) => branches
            .iter()
            .filter_map(Value::as_object)
            .any(|branch| matches(branch, event)),
        Value::Array(wanted) => leaf(wanted, member(event, name).as_deref()),
        Value::Object(inner) => inside(inner, member(event, name).as_deref()),
        _ => false,
    })
}

/// What an event has under a name. The engine joins names with dots, so `a.b` and `b` within `a` are one.
fn member<'a>(event: Option<&'a Value>, name: &str) -> Option<Cow<'a, Value>> {
    let event = event?.as_object()?;
    if let Some(found) = event.get(name) {
        return Some(Cow::Borrowed(found));
    }
    let split = name.match_indices('.').find_map(|(at, _)| {
        let (start, rest) = (name.get(..at)?, name.get(at + 1..)?);
        member(event.get(start), rest)
    });
    let start = format!("{name}.");
    let joined = || {
        let below = event
            .iter()
            .filter_map(|(key, value)| Some((key.strip_prefix(&start)?, value)));
        let below: Map<String, Value> = below.map(|(key, value)| (key.to_owned(), value.clone())).collect();
        (!below.is_empty()).then(|| Cow::Owned(Value::Object(below)))
    };
    split.or_else(joined)
}

/// An object in an array matches when any of its elements does.
fn inside(pattern: &Map<String, Value>, found: Option<&Value>) -> bool {
    match found {
        Some(Value::Array(elements)) if !elements.is_empty() => {
            elements.iter().any(|element| inside(pattern, Some(element)))
        }
        Some(Value::Object(_)) => matches(pattern, found),
        Some(_) | None => matches(pattern, None),
    }
}

fn leaf(wanted: &[Value], found: Option<&Value>) -> bool {
    let mut values = Vec::new();
    flatten(found, &mut values);
    wanted.iter().any(|wanted| match wanted.get("exists") {
        // Existence is asked of leaves alone: an object or an empty array does not count.
        Some(Value::Bool(exists)) => values.is_empty() != *exists,
        _ => values.iter().any(|found| one(wanted, found)),
    })
}

fn flatten<'a>(found: Option<&'a Value>, values: &mut Vec<&'a Value>) {
    match found {
        Some(Value::Array(elements)) => elements.iter().for_each(|element| flatten(Some(element), values)),
        Some(Value::Object(_)) | None => {}
        Some(leaf) => values.push(leaf),
    }
}

/// Whether one leaf of the event is what one element of the pattern's list wants.
fn one(wanted: &Value, found: &Value) -> bool {
    let Some((operator, operand)) = wanted.as_object().and_then(|wanted| wanted.iter().next()) else {
        return same(wanted, found);
    };
    match operator.as_str() {
        "anything-but" => !but(operand, found),
        "numeric" => numeric(operand, found),
        "cidr" => texts(operand, found, |range, address| {
            in_range(range, address).unwrap_or(false)
        }),
        _ => by_text(operator, operand, found),
    }
}

fn same(wanted: &Value, found: &Value) -> bool {
    match (wanted.as_f64(), found.as_f64()) {
        (Some(wanted), Some(found)) => wanted == found,
        _ => wanted == found,
    }
}

fn texts(operand: &Value, found: &Value, is: impl Fn(&str, &str) -> bool) -> bool {
    let Some(found) = found.as_str() else { return false };
    match operand {
        Value::String(wanted) => is(wanted, found),
        Value::Array(all) => all.iter().filter_map(Value::as_str).any(|wanted| is(wanted, found)),
        _ => false,
    }
}

fn by_text(operator: &str, operand: &Value, found: &Value) -> bool {
    let folded = operand.get("equals-ignore-case");
    let case = |text: &str| {
        if folded.is_some() {
            text.to_lowercase()
        } else {
            text.to_owned()
        }
    };
    let operand = folded.unwrap_or(operand);
    match operator {
        "prefix" => texts(operand, found, |wanted, found| case(found).starts_with(&case(wanted))),
        "suffix" => texts(operand, found, |wanted, found| case(found).ends_with(&case(wanted))),
        "equals-ignore-case" => texts(operand, found, |wanted, found| {
            wanted.to_lowercase() == found.to_lowercase()
        }),
        "wildcard" => texts(operand, found, wildcard),
        _ => false,
    }
}

/// Whether the leaf is among what `anything-but` leaves out.
fn but(operand: &Value, found: &Value) -> bool {
    match operand {
        Value::Array(all) => all.iter().any(|wanted| same(wanted, found)),
        Value::Object(inner) => inner
            .iter()
            .any(|(operator, operand)| by_text(operator, operand, found)),
        wanted => same(wanted, found),
    }
}

fn numeric(operand: &Value, found: &Value) -> bool {
    let (Some(terms), Some(found)) = (operand.as_array(), found.as_f64()) else {
        return false;
    };
    terms.chunks_exact(2).all(|pair| match pair {
        [Value::String(operator), bound] => bound.as_f64().is_some_and(|bound| match operator.as_str() {
            "=" => found == bound,
            "<" => found < bound,
            "<=" => found <= bound,
            ">" => found > bound,
            ">=" => found >= bound,
            _ => false,
        }),
        _ => false,
    })
}

/// `*` stands for anything, `\*` and `\\` for themselves.
fn wildcard(pattern: &str, text: &str) -> bool {
    let mut pieces = vec![String::new()];
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match (letter, pieces.last_mut()) {
            ('*', _) => pieces.push(String::new()),
            ('\\', Some(piece)) => piece.extend(letters.next()),
            (letter, Some(piece)) => piece.push(letter),
            (_, None) => {}
        }
    }
    let Some((first, rest)) = pieces.split_first() else {
        return false;
    };
    let Some(mut left) = text.strip_prefix(first.as_str()) else {
        return false;
    };
    let Some((last, middle)) = rest.split_last() else {
        return left.is_empty();
    };
    for piece in middle {
        let Some((_, after)) = left.split_once(piece.as_str()) else {
            return false;
        };
        left = after;
    }
    left.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_match_as_the_guide_says() {
        let event = json!({
            "source": "aws.ec2", "n": 5, "null": null, "list": ["a", "b"], "ip": "10.0.0.7", "empty": [],
            "detail": { "state": "Running", "items": [{ "k": "x" }, { "k": "y" }] },
        });
        for (pattern, wanted) in [
            (json!({ "source": ["aws.s3", "aws.ec2"] }), true),
            (json!({ "list": ["b"] }), true),
            (json!({ "n": [5.0] }), true),
            (json!({ "n": [{ "numeric": [">", 0, "<=", 5] }] }), true),
            (json!({ "null": [null] }), true),
            (json!({ "absent": [{ "exists": false }] }), true),
            (
                json!({ "detail": { "absent": { "more": [{ "exists": false }] } } }),
                true,
            ),
            (json!({ "source": [{ "exists": false }] }), false),
            (
                json!({ "detail": { "state": [{ "equals-ignore-case": "running" }] } }),
                true,
            ),
            (
                json!({ "detail": { "state": [{ "anything-but": ["Running"] }] } }),
                false,
            ),
            (json!({ "absent": [{ "anything-but": "x" }] }), false),
            (
                json!({ "detail": { "state": [{ "anything-but": { "prefix": ["S", "T"] } }] } }),
                true,
            ),
            (json!({ "detail": { "items": { "k": ["y"] } } }), true),
            (json!({ "ip": [{ "cidr": "10.0.0.0/24" }] }), true),
            (json!({ "source": [{ "wildcard": "a*.e*2" }] }), true),
            (
                json!({ "source": [{ "prefix": { "equals-ignore-case": "AWS" } }] }),
                true,
            ),
            (json!({ "$or": [{ "n": [1] }, { "source": ["aws.ec2"] }] }), true),
            (json!({ "$or": [{ "n": [1] }, { "source": ["x"] }] }), false),
            (json!({ "detail.state": ["Running"] }), true),
        ] {
            let found = matches(pattern.as_object().unwrap(), Some(&event));
            assert_eq!(found, wanted, "{pattern}");
        }
        assert!(wildcard(r"a\*b", "a*b") && !wildcard(r"a\*b", "axb"));
    }
}
