//! `can` and `who-can` answer from the file and from the account, and an expectation that fails changes nothing.

use super::place::{Answer, Place};

const FILE: &str = r#"
version: 1
environment: demo
account: "123456789012"
region: eu-west-1
policies:
  engineer:
    document:
      - { Sid: Put, Effect: Allow, Action: s3:PutObject, Resource: "arn:aws:s3:::demo-data" }
      - { Sid: Get, Effect: Allow, Action: s3:GetObject, Resource: "arn:aws:s3:::demo-data/*" }
      - { Sid: NoSecrets, Effect: Deny, Action: "s3:*", Resource: "arn:aws:s3:::demo-data/secret/*" }
groups:
  engineer: { policies: [engineer] }
users:
  erika: { groups: [engineer] }
roles:
  tls:
    trust: lambda.amazonaws.com
    inline_policies:
      tls: [{ Effect: Allow, Action: s3:GetObject, Resource: "*", Condition: { Bool: { aws:SecureTransport: "true" } } }]
buckets:
  demo-data:
    policy: [{ Sid: Logs, Effect: Allow, Principal: { Service: logging.s3.amazonaws.com }, Action: s3:PutObject, Resource: "arn:aws:s3:::demo-data/logs/*" }]
"#;

fn ask(words: &[&str]) -> Answer {
    Place::with(FILE).run(words.iter().copied())
}

#[track_caller]
fn says(answer: &Answer, code: i32, words: &[&str]) {
    assert_eq!(answer.code, Some(code), "{}{}", answer.out, answer.err);
    for word in words {
        assert!(
            answer.out.contains(word),
            "`{word}` is not in {}{}",
            answer.out,
            answer.err
        );
    }
}

#[test]
fn a_question_has_four_exit_codes() {
    let objects = "arn:aws:s3:::demo-data/public/*";
    says(
        &ask(&["can", "user/erika", "s3:GetObject", objects]),
        0,
        &["yes: user/erika can s3:GetObject on", "`Get`", "environment.yaml:10"],
    );
    says(
        &ask(&["can", "group/engineer", "s3:PutObject", objects]),
        2,
        &[
            "no: group/engineer can't",
            "the nearest is environment.yaml:9",
            "its Resource has no /*",
        ],
    );
    says(
        &ask(&["can", "user/erika", "s3:GetObject", "arn:aws:s3:::demo-data/*"]),
        2,
        &[
            "no, not all of it",
            "demo-data/secret/",
            "NoSecrets",
            "allowed, such as",
        ],
    );
    says(
        &ask(&["can", "role/tls", "s3:GetObject", objects]),
        3,
        &["not known: whether role/tls can", "aws:securetransport"],
    );
    let tls = [
        "can",
        "role/tls",
        "s3:GetObject",
        objects,
        "--when",
        "aws:SecureTransport=true",
    ];
    says(&ask(&tls), 0, &["yes"]);
    let plain = [
        "can",
        "role/tls",
        "s3:GetObject",
        objects,
        "--when",
        "aws:SecureTransport",
    ];
    says(&ask(&plain), 2, &["no"]);
}

#[test]
fn a_question_that_makes_no_sense_is_an_error() {
    for (words, said) in [
        (["can", "user/erika", "s3:GetObjekt", "*"], "s3:GetObject"),
        (
            ["can", "user/erica", "s3:GetObject", "*"],
            "there is no user/erica here",
        ),
        (["can", "erika", "s3:GetObject", "*"], "`erika` is nobody"),
        (["can", "user/erika", "s3:GetObject", "demo-data/*"], "is no ARN"),
        (
            ["can", "user/erika", "s3:ListBucket", "arn:aws:s3:::demo-data/x"],
            "s3:ListBucket works on",
        ),
    ] {
        let answer = ask(&words);
        assert_eq!(answer.code, Some(1), "{words:?}: {}{}", answer.out, answer.err);
        assert!(answer.err.contains(said), "`{said}` is not in {}", answer.err);
    }
}

#[test]
fn who_can_lists_everybody_and_why() {
    let answer = ask(&["who-can", "s3:PutObject", "arn:aws:s3:::demo-data/logs/*"]);
    says(&answer, 0, &["logging.s3.amazonaws.com", "`Logs`"]);
    assert!(!answer.out.contains("erika"), "{}", answer.out);
    let answer = ask(&["who-can", "s3:GetObject", "arn:aws:s3:::demo-data/*"]);
    says(
        &answer,
        0,
        &[
            "user/erika  in part",
            "role/tls  perhaps, depending on aws:securetransport",
        ],
    );
    let answer = ask(&["who-can", "s3:DeleteBucket", "arn:aws:s3:::demo-data"]);
    says(&answer, 2, &["nobody can s3:DeleteBucket"]);
}

#[test]
fn answers_are_one_document_for_programs() {
    let answer = ask(&[
        "can",
        "user/erika",
        "s3:PutObject",
        "arn:aws:s3:::demo-data/x",
        "--format",
        "json",
    ]);
    let json: serde_json::Value = serde_json::from_str(&answer.out).expect("JSON");
    assert_eq!((answer.code, json["answer"].as_str()), (Some(2), Some("no")));
    assert_eq!(json["basis"], "file");
    let case = &json["cases"][0];
    assert_eq!(
        (case["decision"].as_str(), case["nearest"]["statement"].as_str()),
        (Some("ImplicitlyDenied"), Some("Put"))
    );
    assert_eq!(case["nearest"]["place"]["line"], 9);
    let answer = ask(&[
        "who-can",
        "s3:PutObject",
        "arn:aws:s3:::demo-data/logs/x",
        "--format",
        "json",
    ]);
    let json: serde_json::Value = serde_json::from_str(&answer.out).expect("JSON");
    assert_eq!(json["who"][0]["who"], "logging.s3.amazonaws.com");
    assert_eq!(json["who"][0]["answer"], "yes");
}

#[cfg(feature = "aws")]
#[test]
fn the_account_is_asked_by_its_own_names() {
    let place = Place::with(FILE);
    let applied = place.run(["apply", "--sandbox", "box", "--yes"]);
    assert_eq!(applied.code, Some(0), "{}{}", applied.out, applied.err);
    let live = |words: &[&str]| place.run(words.iter().copied().chain(["--live", "--sandbox", "box"]));
    says(
        &live(&["can", "user/erika", "s3:GetObject", "arn:aws:s3:::demo-data/x"]),
        0,
        &["yes"],
    );
    says(
        &live(&["can", "user/erika", "s3:GetObject", "arn:aws:s3:::demo-data/secret/x"]),
        2,
        &["NoSecrets"],
    );
    let who = live(&["who-can", "s3:PutObject", "arn:aws:s3:::demo-data/logs/x"]);
    says(&who, 0, &["logging.s3.amazonaws.com"]);
}

#[cfg(feature = "aws")]
#[test]
fn what_is_expected_is_held_before_and_after() {
    let place = Place::with(FILE);
    assert_eq!(place.run(["apply", "--sandbox", "box", "--yes"]).code, Some(0));
    let broken =
        format!("{FILE}expect:\n  - {{ who: user/erika, can: 's3:PutObject', on: 'arn:aws:s3:::demo-data/x' }}\n");
    let place = place.file("environment.yaml", &broken);
    let checked = place.run(["check"]);
    assert_eq!(checked.code, Some(4), "{}", checked.err);
    assert!(checked.err.contains("error[E0701]"), "{}", checked.err);
    for words in [vec!["plan"], vec!["apply", "--yes"]] {
        let answer = place.run(words.into_iter().chain(["--sandbox", "box"]));
        assert_eq!(answer.code, Some(4), "{}{}", answer.out, answer.err);
        let told = format!("{}{}", answer.out, answer.err);
        assert!(told.contains("user/erika can't s3:PutObject"), "{told}");
    }
    let drift = place.run(["drift", "--sandbox", "box"]);
    assert_eq!(drift.code, Some(0), "{}{}", drift.out, drift.err);
    let drift = place.run(["drift", "--live-expect", "--sandbox", "box"]);
    assert_eq!(drift.code, Some(4), "{}{}", drift.out, drift.err);
}
