//! A report as SARIF 2.1.0, for the code scanning of a forge: what is wrong, at the line of YAML that says so.
//!
//! Invariant: fingerprints depend on what is said of what, never on a line's number, so that an alert stays the same one
//! when lines move. At most as many results as GitHub takes, the gravest first; what is left out for that is said.

mod results;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::report::{Region, Report};
use crate::spec::source::Place;

use self::results::{Level, Outcome, all};
use super::snippet::visible;

/// The results that GitHub takes of one run.
const MOST_RESULTS: usize = 25_000;

/// The longest message, in characters.
const LONGEST_MESSAGE: usize = 1_000;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Where what has no place is shown, for an alert must be somewhere.
const USUAL_FILE: &str = "environment.yaml";

/// What may not stand in a path of a URI as it is.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The report as one SARIF log, which ends with a line break.
#[must_use]
pub fn sarif(report: &Report) -> String {
    let mut outcomes = all(report);
    outcomes.sort_by_key(|outcome| outcome.level);
    let left_out = outcomes.len().saturating_sub(MOST_RESULTS);
    outcomes.truncate(MOST_RESULTS);
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [run(report, &outcomes, left_out)],
    });
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

fn run(report: &Report, outcomes: &[Outcome], left_out: usize) -> Json {
    let mut rules: BTreeMap<&str, &Outcome> = BTreeMap::new();
    for outcome in outcomes {
        rules.entry(&outcome.rule).or_insert(outcome);
    }
    let places: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(at, rule)| (*rule, at)).collect();
    let fallback = results::first_file(report).unwrap_or_else(|| USUAL_FILE.to_owned());
    let mut seen = BTreeMap::new();
    let results: Vec<Json> = outcomes
        .iter()
        .map(|outcome| {
            let index = places.get(outcome.rule.as_str()).copied().unwrap_or_default();
            result(outcome, index, &fallback, &mut seen)
        })
        .collect();
    json!({
        "tool": { "driver": {
            "name": "evenkeel",
            "version": env!("CARGO_PKG_VERSION"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules.values().map(|outcome| rule(outcome)).collect::<Vec<_>>(),
        } },
        "automationDetails": { "id": automation(report) },
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation(report, left_out)],
        "results": results,
    })
}

/// What tells the runs of several environments apart; the part before the last slash is the category.
fn automation(report: &Report) -> String {
    let environment = report.context.environment.as_deref().unwrap_or("unknown");
    let environment = clean(environment).replace('/', "-");
    format!("evenkeel-{}/{environment}/", report.command.word())
}

fn rule(outcome: &Outcome) -> Json {
    json!({
        "id": outcome.rule,
        "shortDescription": { "text": outcome.about },
        "defaultConfiguration": { "level": outcome.level.word() },
    })
}

/// Whether the command did its work, and what kept it from that.
fn invocation(report: &Report, left_out: usize) -> Json {
    let notification = |text: String| json!({ "level": "error", "message": { "text": clean(&text) } });
    let failure = report
        .failure
        .iter()
        .map(|failure| notification(failure.message.clone()));
    let truncated =
        (left_out > 0).then(|| notification(format!("{left_out} results are left out; see the JSON report")));
    let notifications: Vec<Json> = failure.chain(truncated).collect();
    json!({
        "executionSuccessful": report.failure.is_none(),
        "exitCode": report.verdict.exit,
        "toolExecutionNotifications": notifications,
    })
}

fn result(outcome: &Outcome, rule: usize, fallback: &str, seen: &mut BTreeMap<String, usize>) -> Json {
    let hash = fingerprint(&outcome.identity);
    let count = seen.entry(hash.clone()).or_default();
    *count += 1;
    let hash = format!("{hash}:{count}");
    let mut result = json!({
        "ruleId": outcome.rule,
        "ruleIndex": rule,
        "level": outcome.level.word(),
        "message": { "text": message(outcome) },
        "locations": [location(outcome, fallback)],
        "partialFingerprints": { "evenkeel/v1": hash, "primaryLocationLineHash": hash },
    });
    if let Some(reason) = &outcome.accepted {
        result["suppressions"] = json!([{ "kind": "external", "justification": clean(reason) }]);
    }
    result
}

/// Equal for what is said of the same, wherever it stands.
fn fingerprint(identity: &[String]) -> String {
    let hash = Sha256::digest(identity.join("\u{0}").as_bytes());
    hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

fn location(outcome: &Outcome, fallback: &str) -> Json {
    match (&outcome.region, &outcome.place) {
        (Some(region), _) => physical(&region.start, Some(region)),
        (None, Some(place)) => physical(place, None),
        (None, None) => json!({ "physicalLocation": {
            "artifactLocation": artifact(fallback),
            "region": { "startLine": 1 },
        } }),
    }
}

fn physical(place: &Place, region: Option<&Region>) -> Json {
    let mut lines = json!({ "startLine": place.line, "startColumn": place.column });
    if let Some(region) = region {
        lines["endLine"] = json!(region.end_line);
        lines["endColumn"] = json!(region.end_column);
        lines["snippet"] = json!({ "text": clean(&region.line) });
    }
    json!({ "physicalLocation": { "artifactLocation": artifact(&place.file), "region": lines } })
}

/// Relative to the root of the repository, where the command is expected to run.
fn artifact(file: &str) -> Json {
    let path = utf8_percent_encode(file.trim_start_matches("./"), PATH).to_string();
    match file.starts_with('/') {
        true => json!({ "uri": format!("file://{path}") }),
        // A colon in the first part would make a scheme of it.
        false => json!({ "uri": path.replace(':', "%3A"), "uriBaseId": "%SRCROOT%" }),
    }
}

fn message(outcome: &Outcome) -> String {
    match clean(&outcome.message) {
        text if text.is_empty() => outcome.about.to_owned(),
        text => text,
    }
}

/// On one line, without what would be read as a link.
fn clean(text: &str) -> String {
    let text: String = text.chars().take(LONGEST_MESSAGE).map(visible).collect();
    text.replace("](", "] (")
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}
