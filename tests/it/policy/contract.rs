//! The shapes of what `policy` answers, which programs rely on.

use serde_json::{Value, json};

use super::{Ran, policy, text};

const READ: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}"#;

fn document() -> Value {
    serde_json::from_str(READ).expect("a document")
}

fn question(document: &Value) -> Value {
    json!({
        "request": {
            "action": "s3:GetObject",
            "resource": {"resource": "arn:aws:s3:::b/k", "accountId": "111122223333"},
            "principal": "arn:aws:iam::111122223333:user/ana",
            "context": {"aws:SourceIp": "203.0.113.7", "aws:TagKeys": ["a", "b"]},
        },
        "identityPolicies": [{"name": "reader", "policy": document}],
    })
}

fn eval(input: &Value) -> Ran {
    policy(&["eval", "-", "--format", "json"], &input.to_string())
}

#[test]
fn one_request_has_one_answer_and_a_list_has_a_list() {
    let one = eval(&question(&document())).json("eval");
    assert_eq!(text(&one, "decision"), "Allowed");
    assert_eq!(text(&one, "policy"), "reader");
    assert_eq!(text(&one, "layer"), "identity");
    assert!(!text(&one, "because").is_empty(), "{one}");
    let list = eval(&json!([question(&document()), question(&document())])).json("eval");
    let list = list.as_array().expect("a list");
    assert_eq!(list.len(), 2);
    assert!(
        list.iter().all(|answer| answer["because"] == one["because"]),
        "{list:?}"
    );
    assert_eq!(eval(&json!([])).json("eval"), json!([]));
}

#[test]
fn an_invalid_document_in_a_question_is_an_error_with_a_place() {
    let mut broken = document();
    broken["Statement"][0]["Effect"] = json!("allow");
    let ran = eval(&question(&broken));
    assert_ne!(ran.code, 0, "{}", ran.stdout);
    let answer = ran.json("eval");
    assert!(answer.get("decision").is_none(), "{answer}");
    assert!(
        answer["errors"][0]["line"].is_u64() && answer["errors"][0]["column"].is_u64(),
        "{answer}"
    );
}

#[test]
fn a_misspelt_layer_is_an_error_and_no_answer() {
    let mut question = question(&document());
    question["permissionBoundarys"] = json!([]);
    let ran = eval(&question);
    assert!(
        ran.code != 0 || text(&ran.json("eval"), "decision") != "Allowed",
        "{}",
        ran.stdout
    );
}

#[test]
fn a_finding_has_id_severity_path_place_and_message() {
    let document = READ.replace("s3:GetObject", "s3:HeadObject");
    let answer = policy(&["lint", "-", "--type", "identity", "--format", "json"], &document).json("lint");
    let findings = answer["findings"]
        .as_array()
        .or_else(|| answer.as_array())
        .expect("a list of findings");
    let finding = findings
        .iter()
        .find(|one| one["id"] == "P102")
        .expect("an unknown action");
    assert_eq!(text(finding, "path"), "$.Statement[0].Action", "{finding}");
    assert_eq!(finding["line"], 2, "{finding}");
    assert!(
        finding["column"].is_u64() && !text(finding, "severity").is_empty(),
        "{finding}"
    );
    assert!(text(finding, "message").contains("HeadObject"), "{finding}");
}

#[test]
fn broken_json_is_an_error_with_its_line() {
    let text = READ.replace("\"Resource\"", "\"Resource\",");
    for command in [
        ["lint", "-", "--format", "json"].as_slice(),
        &["eval", "-", "--format", "json"],
    ] {
        let ran = policy(command, &text);
        let answer = ran.json("broken");
        let found = if answer["errors"].is_array() {
            &answer["errors"]
        } else {
            &answer["findings"]
        };
        assert_ne!(ran.code, 0, "{command:?}");
        assert_eq!(found[0]["line"], 2, "{command:?}: {answer}");
    }
}
