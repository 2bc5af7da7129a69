//! What SARIF and GitHub ask of a log, and that fingerprints stay when lines move.

use serde_json::Value as Json;

use super::sarif;
use crate::report::testing::{everything, hostile, mistakes, rich_plan, thing, verdict};
use crate::report::{Command, Context, Report, Status, Word};

fn log(report: &Report) -> Json {
    serde_json::from_str(&sarif(report)).unwrap()
}

fn results(log: &Json) -> &Vec<Json> {
    log["runs"][0]["results"].as_array().unwrap()
}

/// The members that the specification and GitHub require.
#[track_caller]
fn sound(log: &Json) {
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(run["invocations"][0]["executionSuccessful"].is_boolean());
    for result in results(log) {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(result["ruleId"], rules[index]["id"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(
            uri.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\'),
            "{uri}"
        );
        assert!(place["region"]["startLine"].as_u64().unwrap() > 0);
        assert!(
            !result["partialFingerprints"]["primaryLocationLineHash"]
                .as_str()
                .unwrap()
                .is_empty()
        );
    }
    let mut ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn everything_is_sound() {
    sound(&log(&everything()));
    sound(&log(&rich_plan()));
    for text in ["a b%c#d?é", "[x](https://evil.example)", "/etc/x:y", "\u{0}\n", ""] {
        sound(&log(&hostile(text)));
    }
}

#[test]
fn the_log_of_everything() {
    let text = sarif(&everything()).replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!("everything", text);
}

#[test]
fn a_plan_tells_what_stands_in_its_way_and_not_what_it_does() {
    let log = log(&rich_plan());
    let rules: Vec<&str> = results(&log)
        .iter()
        .map(|one| one["ruleId"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["refused/adopt", "unknown"]);
}

#[test]
fn fingerprints_stay_when_lines_move() {
    let hashes = |report: &Report| -> Vec<Json> {
        let log = log(report);
        results(&log)
            .iter()
            .map(|one| one["partialFingerprints"].clone())
            .collect()
    };
    let mut moved = everything();
    for finding in &mut moved.findings {
        if let Some(region) = &mut finding.region {
            (region.start.line, region.end_line) = (region.start.line + 40, region.end_line + 40);
        }
    }
    for thing in &mut moved.things {
        thing.place.as_mut().unwrap().line += 40;
    }
    assert_eq!(hashes(&everything()), hashes(&moved));
    let mut all: Vec<String> = hashes(&everything()).iter().map(ToString::to_string).collect();
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
}

#[test]
fn the_gravest_come_first_and_no_more_than_are_taken() {
    let mut report = Report::new(Command::Drift, Context::default(), verdict(2, Word::Changes));
    report.things = (0..26_000)
        .map(|at| thing(&format!("r{at}"), Status::Unmanaged))
        .collect();
    report.findings = mistakes();
    let log = log(&report);
    assert_eq!(results(&log).len(), 25_000);
    assert_eq!(results(&log)[0]["level"], "error");
    let said = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert_eq!(said, "1003 results are left out; see the JSON report");
}
