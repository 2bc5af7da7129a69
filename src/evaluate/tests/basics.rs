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

#[test]
fn resources_match_part_by_part_and_with_case() {
    // "IAM JSON policy elements: Resource": the user guide's objects, and wildcards within segments.
    const TEST: &str = r#""arn:aws:s3:::DOC/*/test/*""#;
    for (resources, resource, expected) in [
        (TEST, "arn:aws:s3:::DOC/1/test/object.jpg", Allowed),
        (TEST, "arn:aws:s3:::DOC/1/2/test/3/object.jpg", Allowed),
        (TEST, "arn:aws:s3:::DOC/1///test///object.jpg", Allowed),
        (TEST, "arn:aws:s3:::DOC//test/object.jpg", Allowed),
        (TEST, "arn:aws:s3:::DOC/1/test/", Allowed),
        (TEST, "arn:aws:s3:::DOC/1-test/object.jpg", ImplicitlyDenied),
        (TEST, "arn:aws:s3:::DOC/test/object.jpg", ImplicitlyDenied),
        (TEST, "arn:aws:s3:::DOC/1/2/test.jpg", ImplicitlyDenied),
        (TEST, "arn:aws:s3:::doc/1/test/object.jpg", ImplicitlyDenied),
        (r#""*""#, OBJECT, Allowed),
        (r#""arn:aws:s3:::bucket""#, OBJECT, ImplicitlyDenied),
        (r#""arn:aws:s3:::bucket*""#, OBJECT, Allowed),
        (r#""arn:aws:s3:::bucke?/*""#, OBJECT, Allowed),
        (r#""arn:aws:s3:::bucket/?""#, OBJECT, ImplicitlyDenied),
        (r#"["arn:aws:s3:::x","arn:aws:s3:::bucket/*"]"#, OBJECT, Allowed),
        (r#""arn:aws:s3:::*""#, "arn:aws:s3:::bucket/a:b:c", Allowed),
        (r#""arn:aws:s3:*:*:*""#, OBJECT, Allowed),
        (r#""arn:aws:s3:*:bucket/*""#, OBJECT, ImplicitlyDenied),
        // Cut short and with a star at its end, it goes on into the missing parts.
        (r#""arn:aws:s3*""#, OBJECT, Allowed),
        (r#""arn:*""#, OBJECT, Allowed),
        (r#""arn:aws:s3""#, OBJECT, ImplicitlyDenied),
        (r#""arn:aws-cn:s3:::*""#, OBJECT, ImplicitlyDenied),
    ] {
        let statement = format!(r#"{{"Effect":"Allow","Action":"s3:*","Resource":{resources}}}"#);
        let answer = by_identity(&statement, &request(USER, "s3:GetObject", resource));
        assert_eq!(answer, expected, "{resources} {resource}");
    }
}

#[test]
fn a_star_stays_in_its_part() {
    const TABLE: &str = "arn:aws:dynamodb:eu-west-1:111122223333:table/books";
    for (pattern, resource, expected) in [
        ("arn:aws:dynamodb:*:111122223333:table/*", TABLE, Allowed),
        ("arn:aws:dynamodb:eu-*:*:table/books", TABLE, Allowed),
        ("arn:aws:dynamodb:eu-west-1:table/books", TABLE, ImplicitlyDenied),
        ("arn:aws:dynamodb:*:table/*", TABLE, ImplicitlyDenied),
        ("arn:aws:dynamodb:*", TABLE, Allowed),
        ("arn:*:dynamodb:*:*:*", TABLE, Allowed),
        ("arn:aws:*:*:*:table/books", TABLE, Allowed),
        (
            "arn:aws:lambda:*:*:function:f",
            "arn:aws:lambda:eu-west-1:111122223333:function:f",
            Allowed,
        ),
        (
            "arn:aws:lambda:*:*:function:*",
            "arn:aws:lambda:eu-west-1:111122223333:function:f:live",
            Allowed,
        ),
        (
            "arn:aws:lambda:*:*:function:f",
            "arn:aws:lambda:eu-west-1:111122223333:function:f:live",
            ImplicitlyDenied,
        ),
    ] {
        let statement = format!(r#"{{"Effect":"Allow","Action":"*","Resource":"{pattern}"}}"#);
        let action = if resource.contains("lambda") {
            "lambda:InvokeFunction"
        } else {
            "dynamodb:GetItem"
        };
        let answer = by_identity(&statement, &request(USER, action, resource));
        assert_eq!(answer, expected, "{pattern} {resource}");
    }
}

#[test]
fn not_action_and_not_resource() {
    // "IAM JSON policy elements: NotAction", "NotResource".
    const NOT_IAM: &str = r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#;
    const BUT_BUCKET: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","NotResource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/*"]}"#;
    const DENY_REST: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","NotAction":["s3:Get*","s3:List*"],"Resource":"*"}"#;
    for (statements, action, resource, expected) in [
        (NOT_IAM, "s3:GetObject", OBJECT, Allowed),
        (
            NOT_IAM,
            "IAM:CreateUser",
            "arn:aws:iam::111122223333:user/x",
            ImplicitlyDenied,
        ),
        (BUT_BUCKET, "s3:GetObject", OBJECT, Allowed),
        (BUT_BUCKET, "s3:GetObject", "arn:aws:s3:::other/x", ExplicitlyDenied),
        (
            BUT_BUCKET,
            "ec2:StartInstances",
            "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
            Allowed,
        ),
        (DENY_REST, "s3:GetObject", OBJECT, Allowed),
        (DENY_REST, "s3:PutObject", OBJECT, ExplicitlyDenied),
    ] {
        let answer = by_identity(statements, &request(USER, action, resource));
        assert_eq!(answer, expected, "{statements} {action} {resource}");
    }
}

#[test]
fn actions_without_resources_match_a_star_alone() {
    // "You must specify all resources (`*`) in the policy"; "NotAction": a policy on `arn:aws:s3:::*` "does not allow
    // users to use the ListAllMyBuckets API operation, because that action requires the `*` resource".
    for (resources, action, resource, expected) in [
        (r#""*""#, "ec2:DescribeInstances", "*", Allowed),
        (
            r#""arn:aws:ec2:*:*:instance/*""#,
            "ec2:DescribeInstances",
            "*",
            ImplicitlyDenied,
        ),
        (
            r#""arn:aws:ec2:*:*:instance/*""#,
            "ec2:DescribeInstances",
            "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
            ImplicitlyDenied,
        ),
        (r#""arn:aws:s3:::*""#, "s3:ListAllMyBuckets", "*", ImplicitlyDenied),
        (
            r#""arn:aws:s3:::*""#,
            "s3:ListAllMyBuckets",
            "arn:aws:s3:::*",
            ImplicitlyDenied,
        ),
        (
            r#""arn:aws:s3:::bucket""#,
            "s3:ListAllMyBuckets",
            "arn:aws:s3:::bucket",
            ImplicitlyDenied,
        ),
    ] {
        let statement = format!(r#"{{"Effect":"Allow","Action":"*","Resource":{resources}}}"#);
        let answer = by_identity(&statement, &request(USER, action, resource));
        assert_eq!(answer, expected, "{resources} {action} {resource}");
    }
}
