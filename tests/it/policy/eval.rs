//! Requests and what AWS answers to them, a table for each subject, each table in one process.

use serde_json::{Value, json};

use super::{Verdict, policy, tables, text};

/// How an answer differs from what is expected of it.
fn differs(expected: &Value, answer: &Value) -> Option<String> {
    let wanted = text(expected, "decision");
    let layer = expected["layer"].as_str().filter(|layer| answer["layer"] != **layer);
    let statement = expected["statement"].as_str().filter(|sid| !names(answer, sid));
    if answer["decision"] != *wanted {
        return Some(format!("expected {wanted}, answered {answer}"));
    }
    if let Some(layer) = layer {
        return Some(format!("expected layer {layer}, answered {answer}"));
    }
    statement.map(|sid| format!("expected statement {sid}, answered {answer}"))
}

/// Whether an answer names a statement by its `Sid`.
fn names(answer: &Value, sid: &str) -> bool {
    answer["statement"] == *sid || answer["statement"]["sid"] == *sid
}

#[test]
fn every_request_is_answered_as_the_documentation_says() {
    let mut all = Verdict::default();
    for (table, cases) in tables("eval") {
        let asked: Vec<&Value> = cases.iter().map(|case| &case["case"]).collect();
        let ran = policy(&["eval", "-", "--format", "json"], &json!(asked).to_string());
        let answers = ran.json(&table);
        let answers = answers.as_array().expect("a list of answers");
        assert_eq!(answers.len(), cases.len(), "{table}: an answer for each request");
        for (case, answer) in cases.iter().zip(answers) {
            let how =
                differs(&case["expected"], answer).map(|how| format!("[{table}] {how}\n    {}", text(case, "page")));
            all.case(case, how);
        }
    }
    assert!(
        all.passed + all.known + all.wrong.len() >= 300,
        "the tables hold at least 300 cases"
    );
    all.end("policy eval");
}
