//! The examples of the rules over whole files: each is found in the wrong one and not in the mended one.

use std::process::Command;

use evenkeel::lint::{RULES, Sample};

/// The ids that `check` tells of a file.
fn ids(rest: &str) -> Vec<String> {
    let place = tempfile::tempdir().expect("a folder");
    let file = place.path().join("environment.yaml");
    std::fs::write(&file, format!("version: 1\nenvironment: demo\n{rest}")).expect("a file");
    let ran = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(["check", "--format", "json", "-f"])
        .arg(&file)
        .output()
        .expect("evenkeel runs");
    let report: serde_json::Value =
        serde_json::from_slice(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}\n{rest}"));
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    findings
        .iter()
        .filter_map(|finding| finding["code"].as_str().map(str::to_owned))
        .collect()
}

#[test]
fn every_example_of_a_file_is_found_and_its_fix_is_not() {
    let mut told = Vec::new();
    for rule in RULES.iter().filter(|rule| rule.id >= "P206") {
        let Sample::File(wrong, right) = rule.sample else {
            continue;
        };
        let (before, after) = (ids(wrong), ids(right));
        if !before.iter().any(|id| id == rule.id) || after.iter().any(|id| id == rule.id) {
            told.push(format!("{}: {before:?} and {after:?}", rule.id));
        }
    }
    assert!(told.is_empty(), "{told:#?}");
}
