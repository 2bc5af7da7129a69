use time::macros::datetime;

use crate::journal::{Change, Detail, Entry, Line, RunId, Start, read};
use crate::render::Colour;

use super::*;

/// A run that made one role, and that was killed in the call for another.
fn journal(undo: Option<&str>) -> Vec<Run> {
    let id = RunId::new(datetime!(2026-11-22 18:30:12 UTC), [1, 2, 3]);
    let begin = Begin {
        evenkeel: "0.1.0".into(),
        environment: "imaging".into(),
        account: "123456789012".into(),
        region: "eu-west-1".into(),
        identity: "arn:aws:sts::123456789012:assumed-role/ci/run-7".into(),
        digest: "d".into(),
        files: vec!["environment.yaml".into()],
        folder: "/work".into(),
        git: None,
        plan: None,
        consents: vec!["--allow public".into()],
        steps: 2,
        sandbox: Some("/my box".into()),
        undo: undo.map(str::to_owned),
    };
    let change = |address: &str| Change {
        address: address.into(),
        verb: Verb::Create,
        steps: 1,
    };
    let start = Start {
        step: 1,
        address: "role/b".into(),
        call: "iam:CreateRole".into(),
        summary: "create \u{1b}[2J".into(),
        attempt: 2,
    };
    let entries = [
        Entry::Begin(Box::new(begin)),
        Entry::Change(change("role/a")),
        Entry::Change(change("role/b")),
        Entry::Start(start),
    ];
    let text: String = entries
        .into_iter()
        .map(|entry| Line::text(&id, datetime!(2026-11-22 18:30:13.5 UTC), entry))
        .collect();
    read(text.as_bytes(), Detail::CallsOf(&id)).unwrap().runs
}

#[test]
fn the_list_says_who_where_what_and_how_to_undo() {
    let runs = journal(Some("/undo/environment.yaml"));
    let shown = [Shown::new(&runs[0], Ending::Interrupted, |_| true)];
    let text = list(&shown).render(Colour::Never);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(
        lines[1].ends_with("assumed-role/ci/run-7  1 half done, 1 not tried; interrupted"),
        "{text}"
    );
    assert_eq!(
        lines[2],
        "    to undo: evenkeel apply -f /undo/environment.yaml --sandbox '/my box'"
    );
}

#[test]
fn an_undo_file_that_is_gone_is_not_offered() {
    let runs = journal(Some("/undo/environment.yaml"));
    let shown = Shown::new(&runs[0], Ending::Unknown, |_| false);
    assert!(!list(&[shown]).render(Colour::Never).contains("to undo"));
    let whole = calls(&shown).render(Colour::Never);
    assert!(
        whole.contains("/undo/environment.yaml is not there any more"),
        "{whole}"
    );
    assert!(whole.contains("interrupted or under way"), "{whole}");
}

#[test]
fn a_call_without_an_answer_is_told_as_such() {
    let runs = journal(None);
    let text = calls(&Shown::new(&runs[0], Ending::Interrupted, |_| true)).render(Colour::Never);
    let wanted = "18:30:13.500  iam:CreateRole  role/b: create ␛[2J (try 2)  no answer is recorded";
    assert!(text.contains(wanted), "{text}");
}

#[test]
fn json_is_the_same_to_who_parses_it_and_harmless_to_who_looks() {
    let value = json!({ "name": "a\u{202e}b\u{1b}c\u{e0041}", "plain": "ä" });
    let text = json_text(&value);
    assert!(!text.contains(['\u{202e}', '\u{1b}', '\u{e0041}']), "{text}");
    assert!(text.contains('ä'));
    assert_eq!(serde_json::from_str::<Json>(&text).unwrap(), value);
}

#[test]
fn json_tells_every_call_of_one_run() {
    let runs = journal(None);
    let json = to_json(&[Shown::new(&runs[0], Ending::Interrupted, |_| true)], &[]);
    assert_eq!(json["version"], 1);
    assert_eq!(json["runs"][0]["state"], "interrupted");
    assert_eq!(json["runs"][0]["calls"][0]["start"]["call"], "iam:CreateRole");
    assert_eq!(json["runs"][0]["calls"][0]["answer"], Json::Null);
    assert_eq!(json["runs"][0]["tally"]["half_done"], 1);
}
