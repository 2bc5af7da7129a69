//! Actions, resources, effects.

use super::{OBJECT, USER, by_identity, request};
use crate::evaluate::Decision::{self, Allowed, ExplicitlyDenied, ImplicitlyDenied};

#[test]
fn actions_match_whole_and_without_case() {
    // "IAM JSON policy elements: Action".
    for (actions, action, expected) in [
        (r#""s3:GetObject""#, "s3:GetObject", Allowed),
        (r#""S3:getobject""#, "s3:GetObject", Allowed),
        (r#""s3:GetObject""#, "s3:GetObjectAcl", ImplicitlyDenied),
        (r#""s3:Get*""#, "s3:GetObjectAcl", Allowed),
        (r#""s3:*Object""#, "s3:GetObject", Allowed),
        (r#""s3:*Object""#, "s3:GetObjectAcl", ImplicitlyDenied),
        (r#""s3:?etObject""#, "s3:GetObject", Allowed),
        (r#""s3:?GetObject""#, "s3:GetObject", ImplicitlyDenied),
        (r#""*""#, "s3:GetObject", Allowed),
        (r#"["ec2:*","s3:GetObject"]"#, "s3:GetObject", Allowed),
        (r#""ec2:*""#, "s3:GetObject", ImplicitlyDenied),
    ] {
        let statement = format!(r#"{{"Effect":"Allow","Action":{actions},"Resource":"*"}}"#);
        let answer = by_identity(&statement, &request(USER, action, OBJECT));
        assert_eq!(answer, expected, "{actions} {action}");
    }
}

#[test]
fn a_deny_wins() {
    // "Policy evaluation logic": an explicit deny in any policy overrides any allows.
    let answer: Decision = by_identity(
        r#"{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::bucket/*"}"#,
        &request(USER, "s3:GetObject", OBJECT),
    );
    assert_eq!(answer, ExplicitlyDenied);
}
