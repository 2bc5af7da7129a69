//! Event patterns as EventBridge accepts them.
//!
//! Only judges structure; it never matches events, and the text itself is stored untouched.

use serde_json::{Map, Value};

/// Why EventBridge refuses a pattern, in the words that follow "Event pattern is not valid. Reason: ".
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct BadPattern(String);

type Judged = Result<(), BadPattern>;

fn bad(reason: impl Into<String>) -> Judged {
    Err(BadPattern(reason.into()))
}

/// Judges the text of an event pattern.
pub(super) fn judge(text: &str) -> Judged {
    let value: Value = serde_json::from_str(text).map_err(|error| BadPattern(error.to_string()))?;
    match value {
        Value::Object(fields) if fields.is_empty() => bad("Empty event pattern"),
        Value::Object(fields) => object(&fields),
        _ => bad("Filter is not an object"),
    }
}

fn object(fields: &Map<String, Value>) -> Judged {
    if fields.is_empty() {
        return bad("Empty objects are not allowed");
    }
    fields.iter().try_for_each(|(name, value)| match value {
        Value::Array(branches) if name == "$or" && branches.iter().all(Value::is_object) => either(branches),
        Value::Array(leaves) if leaves.is_empty() => bad("Empty arrays are not allowed"),
        Value::Array(leaves) => leaves.iter().try_for_each(leaf),
        Value::Object(inner) => object(inner),
        _ => bad(format!("\"{name}\" must be an object or an array")),
    })
}

fn either(branches: &[Value]) -> Judged {
    if branches.len() < 2 {
        return bad("There must have at least 2 Objects in $or relationship.");
    }
    branches.iter().filter_map(Value::as_object).try_for_each(object)
}

fn leaf(value: &Value) -> Judged {
    match value {
        Value::Object(matcher) => match_expression(matcher),
        Value::Array(_) => bad("Match value must be String, number, true, false, or null"),
        _ => Ok(()),
    }
}

fn match_expression(matcher: &Map<String, Value>) -> Judged {
    let mut entries = matcher.iter();
    let (Some((kind, operand)), None) = (entries.next(), entries.next()) else {
        return bad("Only one key allowed in match expression");
    };
    match kind.as_str() {
        "prefix" | "suffix" => text_or_ignoring_case(kind, operand),
        "equals-ignore-case" | "wildcard" => text(kind, operand),
        "cidr" => cidr(operand),
        "exists" => match operand {
            Value::Bool(_) => Ok(()),
            _ => bad("exists match pattern must be either true or false."),
        },
        "numeric" => numeric(operand),
        "anything-but" => anything_but(operand),
        _ => bad(format!("Unrecognized match type {kind}")),
    }
}

fn text(kind: &str, operand: &Value) -> Judged {
    match operand {
        Value::String(_) => Ok(()),
        _ => bad(format!("{kind} match pattern must be a string")),
    }
}

fn text_or_ignoring_case(kind: &str, operand: &Value) -> Judged {
    match operand {
        Value::Object(inner) => match inner.get("equals-ignore-case") {
            Some(Value::String(_)) if inner.len() == 1 => Ok(()),
            _ => bad(format!("{kind} match pattern must be a string")),
        },
        _ => text(kind, operand),
    }
}

fn cidr(operand: &Value) -> Judged {
    let Some(text) = operand.as_str() else {
        return bad("CIDR match pattern must be a string");
    };
    let parsed = text.split_once('/').and_then(|(address, bits)| {
        let address: std::net::IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        bits.parse::<u8>().ok().filter(|bits| *bits <= most)
    });
    match parsed {
        Some(_) => Ok(()),
        None => bad(format!("Malformed CIDR, one '/' required: {text}")),
    }
}

fn numeric(operand: &Value) -> Judged {
    let Some(terms) = operand.as_array() else {
        return bad("Value of numeric must be an array.");
    };
    if terms.is_empty() || terms.len() % 2 != 0 || terms.len() > 4 {
        return bad("Bad number of operands in numeric match");
    }
    terms.chunks_exact(2).try_for_each(|pair| match pair {
        [Value::String(operator), Value::Number(_)] if matches!(operator.as_str(), "=" | "<" | "<=" | ">" | ">=") => {
            Ok(())
        }
        [Value::String(operator), Value::Number(_)] => bad(format!("Unrecognized numeric range operator: {operator}")),
        _ => bad("Value of a numeric operator must be numeric"),
    })
}

fn anything_but(operand: &Value) -> Judged {
    match operand {
        Value::String(_) | Value::Number(_) => Ok(()),
        Value::Array(values) if values.is_empty() => bad("Empty arrays are not allowed"),
        Value::Array(values) if values.iter().all(Value::is_string) || values.iter().all(Value::is_number) => Ok(()),
        Value::Object(inner) if inner.len() == 1 => inner.iter().try_for_each(|(kind, operand)| match kind.as_str() {
            "prefix" | "suffix" | "equals-ignore-case" | "wildcard" => text_or_texts(kind, operand),
            _ => bad(format!("Unsupported anything-but pattern: {kind}")),
        }),
        _ => bad("Value of anything-but must be an array or single string/number value."),
    }
}

fn text_or_texts(kind: &str, operand: &Value) -> Judged {
    match operand {
        Value::Array(values) if !values.is_empty() => values.iter().try_for_each(|value| text(kind, value)),
        _ => text(kind, operand),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_patterns_that_eventbridge_accepts() {
        for text in [
            r#"{"source":["aws.s3"]}"#,
            r#"{"source":["aws.s3"],"detail":{"bucket":{"name":["a","b"]},"n":[{"numeric":[">",0,"<=",5]}]}}"#,
            r#"{"detail":{"a":[{"prefix":"x"},{"exists":false},{"anything-but":["a","b"]},null,true,1]}}"#,
            r#"{"detail":{"ip":[{"cidr":"10.0.0.0/24"}],"k":[{"anything-but":{"prefix":"x"}}]}}"#,
            r#"{"$or":[{"source":["a"]},{"source":["b"]}]}"#,
            r#"{"detail":{"k":[{"prefix":{"equals-ignore-case":"x"}},{"wildcard":"a*b"}]}}"#,
        ] {
            assert_eq!(judge(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn refuses_patterns_that_eventbridge_refuses() {
        for (text, reason) in [
            (r#"{"source":"aws.s3"}"#, "must be an object or an array"),
            ("{}", "Empty event pattern"),
            ("[]", "Filter is not an object"),
            ("{", "EOF"),
            (r#"{"source":[]}"#, "Empty arrays"),
            (r#"{"source":[["a"]]}"#, "Match value must be"),
            (r#"{"source":[{"like":"a"}]}"#, "Unrecognized match type like"),
            (r#"{"source":[{"prefix":"a","suffix":"b"}]}"#, "Only one key"),
            (r#"{"source":[{"exists":"yes"}]}"#, "either true or false"),
            (r#"{"a":[{"numeric":["~",1]}]}"#, "Unrecognized numeric"),
            (r#"{"a":[{"cidr":"10.0.0.0"}]}"#, "Malformed CIDR"),
        ] {
            let error = judge(text).expect_err(text).to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
