//! What EventBridge refuses in an event pattern.
//!
//! Invariant: every fault is found, each with the place of the smallest part that is wrong. Source: EventBridge user
//! guide, "comparison operators for use in event patterns".

use super::nearest::{did_you_mean, nearest};
use super::pattern::PatternFault;
use crate::spec::node::{Key, Node, Value};
use crate::spec::source::Span;

/// The comparisons of `numeric`.
pub(super) const OPERATORS: [&str; 5] = ["=", "<", "<=", ">", ">="];

const FILTERS: [&str; 8] = [
    "prefix",
    "suffix",
    "anything-but",
    "numeric",
    "exists",
    "cidr",
    "equals-ignore-case",
    "wildcard",
];

/// The fields that every event has at its top, and the one that replays add.
const TOP: [&str; 11] = [
    "version",
    "id",
    "detail-type",
    "source",
    "account",
    "time",
    "region",
    "resources",
    "detail",
    "replay-name",
    "$or",
];

/// Everything that is wrong.
pub(super) fn faults(pattern: &Node) -> Vec<PatternFault> {
    let mut faults = Faults::default();
    faults.object(pattern);
    faults.0
}

/// What EventBridge takes and what still matches nothing: keys at the top that no event has, and filters outside of
/// a list, which EventBridge takes for names of fields.
pub(super) fn doubts(pattern: &Node) -> Vec<PatternFault> {
    let unknown = |key: &&Key| !TOP.contains(&key.text.as_str());
    let keys = pattern.entries().iter().map(|(key, _)| key).filter(unknown);
    let top = keys.map(|key| {
        let near = did_you_mean(&key.text, TOP);
        let message = format!(
            "`{}`: no event has this field at its top, so nothing matches{near}",
            key.text
        );
        let span = key.span;
        PatternFault { span, message }
    });
    let mut doubts: Vec<PatternFault> = top.collect();
    unlisted_filters(pattern, &mut doubts);
    doubts
}

fn unlisted_filters(node: &Node, doubts: &mut Vec<PatternFault>) {
    for (key, value) in node.entries() {
        if let [(filter, operand)] = value.entries()
            && FILTERS.contains(&filter.text.as_str())
            && matches!(operand.value, Value::List(_))
        {
            let (field, filter, span) = (&key.text, &filter.text, filter.span);
            let message = format!(
                "`{filter}` is read as a field of `{field}` here; a filter stands in a list: `{field}: [{{\"{filter}\": …}}]`"
            );
            doubts.push(PatternFault { span, message });
        }
        unlisted_filters(value, doubts);
    }
}

#[derive(Default)]
struct Faults(Vec<PatternFault>);

impl Faults {
    fn add(&mut self, span: Span, message: impl Into<String>) {
        let message = message.into();
        self.0.push(PatternFault { span, message });
    }

    fn object(&mut self, node: &Node) {
        let Value::Map(entries) = &node.value else {
            let message = format!("{} instead of a mapping of an event's fields", node.type_name());
            return self.add(node.span, message);
        };
        if entries.is_empty() {
            return self.add(node.span, "`{}`: a pattern names at least one field");
        }
        for (key, value) in entries {
            match (key.text.as_str(), &value.value) {
                ("$or", _) => self.alternatives(value),
                (_, Value::Map(_)) => self.object(value),
                (_, Value::List(items)) => self.leaf(key, value.span, items),
                _ => self.bare(key, value),
            }
        }
    }

    /// `$or` takes two or more patterns.
    fn alternatives(&mut self, node: &Node) {
        if node.items().len() < 2 {
            return self.add(node.span, "`$or` takes a list of two or more patterns");
        }
        node.items().iter().for_each(|item| self.object(item));
    }

    /// The commonest slip: a value that is not in a list.
    fn bare(&mut self, key: &Key, value: &Node) {
        let field = &key.text;
        if FILTERS.contains(&field.as_str()) {
            let message = format!("`{field}`: a filter stands in a list, as in `[{{\"{field}\": …}}]`");
            return self.add(key.span, message);
        }
        let right = super::json::text_of(value).unwrap_or_else(|_| "…".to_owned());
        self.add(value.span, format!("the values of `{field}` are a list: `[{right}]`"));
    }

    fn leaf(&mut self, key: &Key, span: Span, items: &[Node]) {
        if items.is_empty() {
            return self.add(
                span,
                format!("the list of `{}` is empty, so nothing could match", key.text),
            );
        }
        for item in items {
            match &item.value {
                Value::Map(entries) => self.filter(item.span, entries),
                Value::List(_) => self.add(
                    item.span,
                    format!("a list in the list of `{}`; one level is right", key.text),
                ),
                Value::Null | Value::Bool(_) | Value::Text(_) | Value::Number(_) => {}
            }
        }
    }

    fn filter(&mut self, span: Span, entries: &[(Key, Node)]) {
        let [(key, operand)] = entries else {
            let message = format!("a filter has exactly one key, this has {}", entries.len());
            return self.add(span, message);
        };
        match key.text.as_str() {
            "prefix" | "suffix" => self.text_or_ignore_case(key, operand),
            "equals-ignore-case" => self.text(key, operand),
            "wildcard" => self.wildcard(key, operand),
            "cidr" => self.cidr(operand),
            "exists" => self.exists(operand),
            "numeric" => self.numeric(operand),
            "anything-but" => self.anything_but(operand),
            unknown => {
                let message = format!("`{unknown}` is no filter{}", filters(unknown));
                self.add(key.span, message);
            }
        }
    }

    fn text(&mut self, key: &Key, operand: &Node) {
        if operand.text().is_none() {
            let message = format!("`{}` takes text, not {}", key.text, operand.type_name());
            self.add(operand.span, message);
        }
    }

    fn text_or_ignore_case(&mut self, key: &Key, operand: &Node) {
        match operand.entries() {
            [(inner, value)] if inner.text == "equals-ignore-case" => self.text(inner, value),
            [] if !matches!(operand.value, Value::Map(_)) => self.text(key, operand),
            _ => {
                let message = format!("`{}` takes text, or `{{\"equals-ignore-case\": …}}`", key.text);
                self.add(operand.span, message);
            }
        }
    }

    fn wildcard(&mut self, key: &Key, operand: &Node) {
        self.text(key, operand);
        if operand.text().is_some_and(|text| text.contains("**")) {
            self.add(operand.span, "a wildcard has no two `*` in a row; one is enough");
        }
    }

    fn exists(&mut self, operand: &Node) {
        if !matches!(operand.value, Value::Bool(_)) {
            self.add(operand.span, "`exists` takes `true` or `false`, unquoted");
        }
    }

    fn cidr(&mut self, operand: &Node) {
        if !operand.text().is_some_and(is_cidr) {
            self.add(operand.span, "`cidr` takes an address block, such as `10.0.0.0/24`");
        }
    }

    /// One comparison, or a lower and an upper bound.
    fn numeric(&mut self, operand: &Node) {
        let bound = |operator: &Node, number: &Node| {
            let operator = operator.text().filter(|text| OPERATORS.contains(text))?.to_owned();
            Some((operator, number_of(number)?))
        };
        let bounds: Option<Vec<(String, f64)>> = match operand.items() {
            [operator, number] => bound(operator, number).map(|one| vec![one]),
            [lower, from, upper, to] => bound(lower, from).zip(bound(upper, to)).map(|(a, b)| vec![a, b]),
            _ => None,
        };
        let fits = bounds.is_some_and(|bounds| match bounds.as_slice() {
            [(lower, from), (upper, to)] => lower.starts_with('>') && upper.starts_with('<') && from < to,
            _ => true,
        });
        if !fits {
            let message =
                "`numeric` takes one comparison or a lower and an upper bound: `[\">\", 0]`, `[\">\", 0, \"<=\", 5]`";
            self.add(operand.span, message);
        }
    }

    fn anything_but(&mut self, operand: &Node) {
        let plain = |node: &Node| matches!(node.value, Value::Text(_) | Value::Number(_));
        let fits = match &operand.value {
            Value::Text(_) | Value::Number(_) => true,
            Value::List(items) => !items.is_empty() && items.iter().all(plain),
            Value::Map(entries) => return self.anything_but_filter(operand.span, entries),
            Value::Null | Value::Bool(_) => false,
        };
        if !fits {
            let message = "`anything-but` takes text, a number, a list of these, or one of `prefix`, `suffix`, `wildcard`, `equals-ignore-case`";
            self.add(operand.span, message);
        }
    }

    fn anything_but_filter(&mut self, span: Span, entries: &[(Key, Node)]) {
        let known = ["prefix", "suffix", "wildcard", "equals-ignore-case"];
        let [(key, operand)] = entries else {
            return self.add(
                span,
                format!("a filter has exactly one key, this has {}", entries.len()),
            );
        };
        if !known.contains(&key.text.as_str()) {
            let near = did_you_mean(&key.text, known);
            let message = format!(
                "`{}` does not stand in `anything-but`, which takes {}{near}",
                key.text,
                listed(&known)
            );
            return self.add(key.span, message);
        }
        let texts = operand.items().iter().all(|item| item.text().is_some()) && !operand.items().is_empty();
        if !texts {
            self.text(key, operand);
        }
    }
}

fn filters(unknown: &str) -> String {
    nearest(unknown, FILTERS).map_or_else(
        || format!("; the filters are {}", listed(&FILTERS)),
        |near| format!("; did you mean `{near}`"),
    )
}

fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

fn number_of(node: &Node) -> Option<f64> {
    match &node.value {
        Value::Number(number) => number.parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

fn is_cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        return false;
    };
    let most = match address.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(_)) => 32,
        Ok(std::net::IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    !bits.starts_with('+') && bits.parse::<u8>().is_ok_and(|bits| bits <= most)
}
