//! Random requests over the small alphabet of the documents.

use serde_json::{Value, json};

use super::documents::Dice;

const ACTIONS: &[&str] = &[
    "s3:GetObject",
    "s3:PutObject",
    "s3:GetObjectAcl",
    "s3:DeleteObject",
    "sqs:SendMessage",
];
const RESOURCES: &[&str] = &[
    "arn:aws:s3:::b/a",
    "arn:aws:s3:::b/ab",
    "arn:aws:s3:::b/ba",
    "arn:aws:s3:::b/A",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::c/a",
    "arn:aws:s3:::b/ana",
    "arn:aws:s3:::b/${aws:username}",
    "arn:aws:s3:::bb/z",
];
const PRINCIPALS: &[&str] = &[
    "arn:aws:iam::111122223333:user/ana",
    "arn:aws:iam::111122223333:user/bob",
    "arn:aws:sts::111122223333:assumed-role/builder/run-1",
    "arn:aws:sts::111122223333:assumed-role/builder/run-2",
    "arn:aws:iam::444455556666:user/bea",
    "sns.amazonaws.com",
    "anonymous",
];
const KEYS: &[(&str, &[&str])] = &[
    ("aws:PrincipalTag/t", &["x", "X", "xy", "y", "ana", "x*"]),
    ("s3:max-keys", &["4", "5", "7", "9.5", "10", "11"]),
    ("aws:SecureTransport", &["true", "false"]),
    (
        "aws:SourceIp",
        &["10.1.2.3", "10.1.9.9", "10.9.9.9", "8.8.8.8", "2001:db8::1", "fe80::1"],
    ),
    (
        "aws:CurrentTime",
        &[
            "2025-12-31T23:59:59Z",
            "2026-01-01T00:00:00Z",
            "2026-06-01T00:00:00Z",
            "2027-01-01T00:00:00Z",
        ],
    ),
    (
        "aws:SourceArn",
        &[
            "arn:aws:sns:us-east-1:111122223333:t",
            "arn:aws:sns:eu-west-1:111122223333:t",
            "arn:aws:sns:us-east-1:444455556666:t2",
            "arn:aws:sns:us-east-1:1:x:111122223333:t",
        ],
    ),
    ("aws:username", &["ana", "a", "x"]),
];
const TAG_KEYS: &[&[&str]] = &[&[], &["a"], &["b"], &["a", "b"], &["a", "c"], &["c"]];

/// What is asked, by whom, with which context; each key is there or not.
pub(super) fn request(dice: &mut Dice, kind: &str) -> Value {
    let mut context = json!({});
    for (key, values) in KEYS {
        if dice.below(3) > 0 {
            context[*key] = json!(dice.one(values));
        }
    }
    if dice.below(3) > 0 {
        context["aws:TagKeys"] = json!(dice.one(TAG_KEYS));
    }
    let principal = if kind == "resource" {
        *dice.one(PRINCIPALS)
    } else {
        PRINCIPALS[0]
    };
    json!({
        "action": dice.one(ACTIONS),
        "resource": {"resource": dice.one(RESOURCES), "accountId": "111122223333"},
        "principal": principal,
        "context": context,
    })
}

/// The question with a document in its place. Whoever comes from another account may do everything there, so that the
/// document alone decides.
pub(super) fn case(kind: &str, request: &Value, document: &Value) -> Value {
    let everything = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
    let foreign = request["principal"]
        .as_str()
        .is_some_and(|name| name.contains("444455556666"));
    match kind {
        "resource" if foreign => {
            json!({"request": request, "identityPolicies": [everything], "resourcePolicy": document})
        }
        "resource" => json!({"request": request, "identityPolicies": [], "resourcePolicy": document}),
        _ => json!({"request": request, "identityPolicies": [document]}),
    }
}
