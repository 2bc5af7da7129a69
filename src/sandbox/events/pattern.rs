//! Event patterns as EventBridge accepts them.
//!
//! Only judges structure, in the words of AWS's open matching engine (Event Ruler) and of answers that AWS gave; the text
//! itself is stored untouched.

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
    let value: Value = serde_json::from_str(text).map_err(|error| BadPattern(syntax(text, &error)))?;
    match value {
        Value::Object(fields) => object(&fields),
        _ => bad(format!("Filter is not an object{}", source(text, 1, 2))),
    }
}

fn source(text: &str, line: usize, column: usize) -> String {
    format!("\n at [Source: (String)\"{text}\"; line: {line}, column: {column}]")
}

/// What AWS's parser says of a text that is no JSON, in the plain cases.
fn syntax(text: &str, error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    if error.is_eof() {
        return format!("Unexpected end-of-input{}", source(text, line, column + 1));
    }
    let rest = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let letters: Vec<char> = rest.chars().collect();
    let is_word = |c: &char| c.is_alphanumeric() || *c == '_';
    let mut start = column.saturating_sub(1).min(letters.len().saturating_sub(1));
    while start > 0 && letters.get(start - 1).is_some_and(is_word) {
        start -= 1;
    }
    let word: String = letters.iter().skip(start).take_while(|c| is_word(c)).collect();
    match letters.get(start) {
        _ if !word.is_empty() => format!(
            "Unrecognized token '{word}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or \
             'false'){}",
            source(text, line, start + word.chars().count() + 1)
        ),
        Some(odd) => format!(
            "Unexpected character ('{odd}' (code {})): was expecting double-quote to start field name{}",
            u32::from(*odd),
            source(text, line, start + 1)
        ),
        None => format!("Unexpected end-of-input{}", source(text, line, column + 1)),
    }
}

fn object(fields: &Map<String, Value>) -> Judged {
    if fields.is_empty() {
        return bad("Empty objects are not allowed");
    }
    fields.iter().try_for_each(|(name, value)| match value {
        Value::Array(branches) if name == "$or" => either(branches),
        _ if name == "$or" => bad("It must be an Array followed with $or."),
        Value::Array(leaves) if leaves.is_empty() => bad("Empty arrays are not allowed"),
        Value::Array(leaves) => leaves.iter().try_for_each(leaf),
        Value::Object(inner) => object(inner),
        _ => bad(format!("\"{name}\" must be an object or an array")),
    })
}

fn either(branches: &[Value]) -> Judged {
    for branch in branches {
        match branch {
            Value::Object(branch) => object(branch)?,
            _ => return bad("Only JSON object is allowed in array of $or relationship."),
        }
    }
    if branches.len() < 2 {
        return bad("There must have at least 2 Objects in $or relationship.");
    }
    Ok(())
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
    let Some((kind, operand)) = entries.next() else {
        return bad("Match expression name not found");
    };
    match kind.as_str() {
        "prefix" | "suffix" => text_or_ignoring_case(kind, operand),
        "equals-ignore-case" => text(kind, operand),
        "wildcard" => wildcard(operand),
        "exactly" => text("exact", operand),
        "cidr" => cidr(operand),
        "exists" if operand.is_boolean() => Ok(()),
        "exists" => bad("exists match pattern must be either true or false."),
        "numeric" => numeric(operand),
        "anything-but" => anything_but(operand),
        _ => bad(format!("Unrecognized match type {kind}")),
    }?;
    match entries.next() {
        Some(_) => bad("Only one key allowed in match expression"),
        None => Ok(()),
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

fn wildcard(operand: &Value) -> Judged {
    let Some(text) = operand.as_str() else {
        return bad("wildcard match pattern must be a string");
    };
    // The engine counts the opening quote too.
    match text.find("**") {
        Some(at) => bad(format!("Consecutive wildcard characters at pos {}", at + 1)),
        None => Ok(()),
    }
}

fn cidr(operand: &Value) -> Judged {
    let Some(text) = operand.as_str() else {
        // AWS names another operator here.
        return bad("prefix match pattern must be a string");
    };
    let Some((address, bits)) = text.split_once('/').filter(|(_, bits)| !bits.contains('/')) else {
        return bad("Malformed CIDR, one '/' required");
    };
    let Ok(bits) = bits.parse::<i64>() else {
        return bad("Malformed CIDR, mask bits must be an integer");
    };
    let Ok(parsed) = address.parse::<std::net::IpAddr>() else {
        return bad(format!("Nonstandard IP address: {address}"));
    };
    let most = if parsed.is_ipv4() { 32 } else { 128 };
    if bits > most {
        return bad(format!("Malformed CIDR, mask bits must not exceed {most}"));
    }
    if bits < 0 {
        return bad("Malformed CIDR, mask bits must not be negative");
    }
    Ok(())
}

fn numeric(operand: &Value) -> Judged {
    let Some(terms) = operand.as_array() else {
        return bad("Value of numeric must be an array.");
    };
    let mut terms = terms.iter();
    let first = match terms.next() {
        Some(Value::String(operator)) => operator.as_str(),
        Some(other) => return bad(format!("Invalid member in numeric match: {other}")),
        None => return bad("Invalid member in numeric match: ]"),
    };
    let spoken = if first == "=" { "equals" } else { first };
    if !matches!(first, "=" | "<" | "<=" | ">" | ">=") {
        return bad(format!("Unrecognized numeric range operator: {first}"));
    }
    let bottom = match terms.next().and_then(Value::as_f64) {
        Some(bottom) => bottom,
        None => return bad(format!("Value of {spoken} must be numeric")),
    };
    match (first, terms.next()) {
        (_, None) => Ok(()),
        (">" | ">=", Some(Value::String(second))) => {
            if !matches!(second.as_str(), "<" | "<=") {
                return bad(format!("Bad numeric range operator: {second}"));
            }
            let Some(top) = terms.next().and_then(Value::as_f64) else {
                return bad(format!("Value of {second} must be numeric"));
            };
            if terms.next().is_some() {
                return bad("Too many terms in numeric range expression");
            }
            if bottom >= top {
                return bad("Bottom must be less than top");
            }
            Ok(())
        }
        (">" | ">=", Some(other)) => bad(format!("Bad value in numeric range: {other}")),
        (_, Some(_)) => bad("Too many elements in numeric expression"),
    }
}

fn anything_but(operand: &Value) -> Judged {
    match operand {
        Value::String(_) | Value::Number(_) => Ok(()),
        Value::Array(values) if !values.iter().all(|value| value.is_string() || value.is_number()) => {
            bad("Inside anything but list, start|null|boolean is not supported.")
        }
        Value::Array(values)
            if !values.is_empty() && (values.iter().all(Value::is_string) || values.iter().all(Value::is_number)) =>
        {
            Ok(())
        }
        Value::Array(_) => {
            bad("Inside anything but list, either all values are number or string, mixed type is not supported")
        }
        Value::Object(inner) => anything_but_operator(inner),
        _ => bad("Value of anything-but must be an array or single string/number value."),
    }
}

fn anything_but_operator(inner: &Map<String, Value>) -> Judged {
    let mut entries = inner.iter();
    let Some((kind, operand)) = entries.next() else {
        return bad("Anything-But expression name not found");
    };
    let all = match operand {
        Value::Array(values) => values.iter().collect(),
        one => vec![one],
    };
    match kind.as_str() {
        "prefix" | "suffix" | "wildcard" if operand.is_object() => {
            bad("Value of anything-but must be an array or single string/number value.")
        }
        "prefix" | "suffix" => all.into_iter().try_for_each(|value| match value.as_str() {
            Some("") => bad("Null prefix/suffix not allowed"),
            Some(_) => Ok(()),
            None => bad("prefix/suffix match pattern must be a string"),
        }),
        "wildcard" => all.into_iter().try_for_each(wildcard),
        "equals-ignore-case" if all.iter().all(|value| value.is_string()) => Ok(()),
        "equals-ignore-case" => {
            bad("Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.")
        }
        _ => bad(format!("Unsupported anything-but pattern: {kind}")),
    }?;
    match entries.next() {
        Some(_) => bad("Only one key allowed in match expression"),
        None => Ok(()),
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
            ("{}", "Empty objects are not allowed"),
            ("[]", "Filter is not an object"),
            ("{", "Unexpected end-of-input"),
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
