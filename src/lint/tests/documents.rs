//! Rules on single documents: hits and near misses beyond the examples of the table.

use super::*;
use crate::policy_doc::Flavour::{Identity, Resource, Trust};

/// What a statement of a policy of an identity gives.
fn statement(rest: &str) -> BTreeSet<&'static str> {
    ids(Identity, &format!("{{\"Effect\":\"Allow\",{rest}}}"))
}

fn condition(condition: &str) -> BTreeSet<&'static str> {
    statement(&format!(
        "\"Action\":\"s3:ListBucket\",\"Resource\":\"arn:aws:s3:::b\",\"Condition\":{condition}"
    ))
}

#[test]
fn actions() {
    for (action, expected) in [
        ("s3:GetObject", None),
        ("S3:getobject", None),
        ("s3:ListObjects", Some("P102")),
        ("s3:HeadObject", Some("P102")),
        ("s3:ListBuckets", Some("P102")),
        ("s3:GetBucketEncryption", Some("P102")),
        ("s3:GetEncryptionConfiguration", None),
        ("s3:zz*", Some("P103")),
        ("s3:Get*", None),
        ("ecs2:*", Some("P101")),
        ("ecs2:RunTask", Some("P101")),
        ("aws-portal:*", Some("P104")),
        ("aws-portal:View*", Some("P104")),
        ("aws-portal:ViewBilling", Some("P104")),
        ("billing:GetBillingData", None),
    ] {
        let found = statement(&format!("\"Action\":\"{action}\",\"Resource\":\"*\""));
        let about: Vec<&str> = found.into_iter().filter(|id| ("P101".."P105").contains(id)).collect();
        assert_eq!(about, Vec::from_iter(expected), "{action}");
    }
}

#[test]
fn what_was_meant_is_said() {
    for (action, meant) in [
        ("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration"),
        ("s3:ListObjects", "s3:ListBucket"),
        ("s3:HeadObject", "s3:GetObject"),
        ("s3:ListBuckets", "s3:ListAllMyBuckets"),
        ("s3:GetObjct", "s3:GetObject"),
    ] {
        let text = format!("{{\"Effect\":\"Allow\",\"Action\":\"{action}\",\"Resource\":\"*\"}}");
        let found = lint(Identity, &text);
        let finding = found.iter().find(|finding| finding.code == "P102").expect("a finding");
        assert!(finding.label.contains(&format!("`{meant}`")), "{}", finding.label);
    }
}

#[test]
fn resources_fit_actions() {
    for (action, resource, expected) in [
        ("s3:PutObject", "arn:aws:s3:::b", Some("P107")),
        ("s3:PutObject", "arn:aws:s3:::b/*", None),
        ("s3:PutObject", "arn:aws:s3:::b*", None),
        ("s3:PutObject", "*", None),
        ("s3:ListBucket", "arn:aws:s3:::b/*", Some("P107")),
        ("s3:ListBucket", "arn:aws:s3:::b", None),
        ("s3:Put*", "arn:aws:s3:::b", None),
        ("s3:PutObject", "arn:aws:s3:::${aws:username}/x", None),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::b", Some("P109")),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::*", Some("P109")),
        ("s3:ListAllMyBuckets", "*", None),
        ("sts:GetCallerIdentity", "arn:aws:iam::123456789012:user/a", None),
        ("iam:PassRole", "arn:aws:iam::123456789012:user/a", Some("P107")),
        (
            "lambda:InvokeFunction",
            "arn:aws:lambda:*:123456789012:function:f",
            None,
        ),
        ("sqs:SendMessage", "arn:aws:sns:eu-west-1:123456789012:t", Some("P107")),
        ("logs:PutLogEvents", "arn:aws:logs:*:*:log-group:/aws/lambda/f:*", None),
        ("ec2:DescribeInstances", "arn:aws:ec2:*:*:instance/*", Some("P109")),
    ] {
        let found = statement(&format!("\"Action\":\"{action}\",\"Resource\":\"{resource}\""));
        let about: Vec<&str> = found.into_iter().filter(|id| ["P107", "P109"].contains(id)).collect();
        assert_eq!(about, Vec::from_iter(expected), "{action} on {resource}");
    }
}

#[test]
fn forms_of_arns() {
    for (resource, expected) in [
        ("arn:aws:s3:::b/*", None),
        ("arn:aws:s3:eu-west-1::b", Some(Severity::Error)),
        ("arn:aws:s3::123456789012:b", Some(Severity::Error)),
        ("arn:aws:s3:eu-west-1:123456789012:accesspoint/a", None),
        ("arn:aws:s3:*:*:*", None),
        ("arn:aws:s3::b", Some(Severity::Error)),
        ("arn:aws:s3:*", None),
        ("arn:amazon:s3:::b", Some(Severity::Error)),
        ("arn:aws:iam:us-east-1:123456789012:role/a", Some(Severity::Error)),
        ("arn:aws:iam::123456789012:a", Some(Severity::Error)),
        ("arn:aws:iam::123456789012:*", None),
        ("arn:aws:iam::*:r*", None),
        ("arn:aws:route53:eu-west-1::hostedzone/Z", Some(Severity::Warning)),
        ("arn:aws:route53:::hostedzone/Z", None),
    ] {
        let text = format!("{{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"{resource}\"}}");
        let found = lint(Identity, &text);
        let gravity = found
            .iter()
            .find(|finding| finding.code == "P114")
            .map(|finding| finding.severity);
        assert_eq!(gravity, expected, "{resource}");
    }
}

#[test]
fn conditions() {
    for (text, expected) in [
        (r#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#, None),
        (r#"{"StringEquals":{"aws:PrincipalOrg":"o-1"}}"#, Some("P110")),
        (r#"{"StringEquals":{"s3:prefixx":"a"}}"#, Some("P110")),
        (r#"{"StringEquals":{"s3:prefix":"a"}}"#, None),
        (r#"{"StringEquals":{"iam:PassedToService":"a"}}"#, Some("P110")),
        (r#"{"StringEquals":{"aws:RequestTag/team":"a"}}"#, None),
        (
            r#"{"StringEquals":{"token.actions.githubusercontent.com:odd":"a"}}"#,
            None,
        ),
        (r#"{"NumericEquals":{"aws:SourceIp":"1"}}"#, Some("P111")),
        (r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, None),
        (r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/33"}}"#, Some("P111")),
        (r#"{"StringLike":{"aws:SourceArn":"arn:aws:s3:::*"}}"#, Some("P111")),
        (r#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::*"}}"#, None),
        (r#"{"StringEquals":{"aws:SourceArn":"arn:aws:s3:::b"}}"#, None),
        (r#"{"DateGreaterThan":{"aws:CurrentTime":"tomorrow"}}"#, Some("P111")),
        (
            r#"{"DateGreaterThan":{"aws:CurrentTime":"2026-01-31T00:00:00Z"}}"#,
            None,
        ),
        (r#"{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}"#, None),
        (r#"{"Bool":{"aws:SecureTransport":"yes"}}"#, Some("P111")),
        (r#"{"Bool":{"aws:SecureTransport":true}}"#, None),
        (r#"{"ForAllValues:StringEquals":{"aws:TagKeys":"a"}}"#, Some("P112")),
        (r#"{"ForAnyValue:StringEquals":{"aws:TagKeys":"a"}}"#, None),
        (r#"{"StringEquals":{"aws:TagKeys":"a"}}"#, Some("P112")),
        (
            r#"{"ForAnyValue:StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#,
            Some("P112"),
        ),
        (r#"{"StringEquals":{"s3:prefix":"a*"}}"#, Some("P116")),
        (r#"{"StringNotEquals":{"s3:prefix":"a*"}}"#, Some("P116")),
        (r#"{"StringEquals":{"s3:prefix":"a${*}"}}"#, None),
        (r#"{"StringLike":{"s3:prefix":"a*"}}"#, None),
        (r#"{"StringEquals":{"s3:prefix":"${aws:username}"}}"#, None),
        (r#"{"StringEquals":{"s3:prefix":"${aws:user}"}}"#, Some("P115")),
        (r#"{"StringEquals":{"s3:prefix":"${aws:username, 'nobody'}"}}"#, None),
        (
            r#"{"StringEquals":{"s3:prefix":"${aws:username, nobody}"}}"#,
            Some("P115"),
        ),
        (r#"{"StringEquals":{"s3:prefix":"${ aws:username }"}}"#, Some("P115")),
        (r#"{"StringEquals":{"s3:prefix":"${aws:username"}}"#, Some("P115")),
        (r#"{"StringEquals":{"s3:prefix":"${}"}}"#, Some("P115")),
        (r#"{"StringEquals":{"s3:prefix":"${$}a"}}"#, None),
        (
            r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}"#,
            Some("P210"),
        ),
        (r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#, None),
    ] {
        assert_eq!(condition(text), BTreeSet::from_iter(expected), "{text}");
    }
}

#[test]
fn an_empty_sid_is_a_remark() {
    let text = r#"{"Sid":"","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}"#;
    let found = lint(Identity, text);
    assert_eq!(
        found.iter().map(|one| (one.code, one.severity)).collect::<Vec<_>>(),
        [("P006", Severity::Info)]
    );
}

#[test]
fn how_much_is_given() {
    for (action, resource, expected) in [
        (r#""*""#, "*", vec!["P201"]),
        (r#""*:*""#, "*", vec!["P201"]),
        (r#""*""#, "arn:aws:s3:::b/*", vec!["P202"]),
        (r#""glue:*""#, "*", vec!["P202", "P203", "P212"]),
        (
            r#"["glue:*","iam:PassRole"]"#,
            "*",
            vec!["P202", "P203", "P204", "P212"],
        ),
        (r#"["sqs:SendMessage","s3:ListAllMyBuckets"]"#, "*", vec![]),
        (r#""ec2:Describe*""#, "*", vec![]),
        (
            r#""iam:PassRole""#,
            "arn:aws:iam::123456789012:role/*",
            vec!["P204", "P212"],
        ),
        (
            r#""iam:PassRole""#,
            "arn:aws:iam::123456789012:role/a*",
            vec!["P205", "P212"],
        ),
        (r#""secretsmanager:GetSecretValue""#, "*", vec!["P203", "P211"]),
        (
            r#""secretsmanager:GetSecretValue""#,
            "arn:aws:secretsmanager:*:*:secret:*",
            vec!["P211"],
        ),
        (
            r#""secretsmanager:GetSecretValue""#,
            "arn:aws:secretsmanager:*:*:secret:a*",
            vec![],
        ),
        (r#""s3:GetObject""#, "arn:aws:s3:::*", vec!["P211"]),
        (r#""s3:GetObject""#, "arn:aws:s3:::*/*", vec!["P211"]),
        (r#""s3:GetObject""#, "arn:aws:s3:::b/*", vec![]),
        (
            r#""lambda:AddPermission""#,
            "arn:aws:lambda:*:123456789012:function:f",
            vec!["P212"],
        ),
    ] {
        let found = statement(&format!("\"Action\":{action},\"Resource\":\"{resource}\""));
        // Whether passing a role counts as management of permissions is the catalogue's to say.
        let without = |ids: BTreeSet<&'static str>| ids.into_iter().filter(|id| *id != "P212").collect::<Vec<_>>();
        let expected: BTreeSet<&'static str> = expected.into_iter().collect();
        assert_eq!(without(found), without(expected), "{action} on {resource}");
    }
}

#[test]
fn what_only_limits_gives_nothing() {
    let text = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    for flavour in [Flavour::Boundary, Flavour::Session, Flavour::Scp] {
        assert_eq!(ids(flavour, text), BTreeSet::new(), "{flavour:?}");
    }
}

#[test]
fn who_may_assume_a_role() {
    let trust = |principal: &str, condition: &str| {
        let condition = if condition.is_empty() {
            String::new()
        } else {
            format!(",\"Condition\":{condition}")
        };
        ids(
            Trust,
            &format!("{{\"Effect\":\"Allow\",\"Principal\":{principal},\"Action\":\"sts:AssumeRole\"{condition}}}"),
        )
    };
    let github = r#"{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}"#;
    for (principal, condition, expected) in [
        (r#"{"Service":"lambda.amazonaws.com"}"#, "", None),
        (r#"{"Service":"ec2.amazonaws.com"}"#, "", None),
        (r#"{"Service":"spotfleet.amazonaws.com"}"#, "", Some("P208")),
        (
            r#"{"Service":"spotfleet.amazonaws.com"}"#,
            r#"{"StringEquals":{"aws:SourceAccount":"123456789012"}}"#,
            None,
        ),
        (r#"{"AWS":"123456789012"}"#, "", None),
        (r#"{"AWS":"210987654321"}"#, "", Some("P213")),
        (
            r#"{"AWS":"210987654321"}"#,
            r#"{"StringEquals":{"sts:ExternalId":"x"}}"#,
            None,
        ),
        (r#"{"AWS":"*"}"#, "", Some("P213")),
        (r#""*""#, "", Some("P213")),
        (
            r#"{"AWS":"*"}"#,
            r#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#,
            None,
        ),
        (github, "", Some("P213")),
        (
            github,
            r#"{"StringLike":{"token.actions.githubusercontent.com:sub":"*"}}"#,
            Some("P213"),
        ),
        (
            github,
            r#"{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:a/b:*"},"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}"#,
            None,
        ),
        (
            r#"{"Service":"lambdaa.amazonaws.com"}"#,
            r#"{"StringEquals":{"aws:SourceAccount":"1"}}"#,
            Some("P113"),
        ),
        (r#"{"AWS":"arn:aws:iam::123456789012:role/*"}"#, "", Some("P113")),
    ] {
        assert_eq!(
            trust(principal, condition),
            BTreeSet::from_iter(expected),
            "{principal} {condition}"
        );
    }
}

#[test]
fn a_bucket_that_everybody_reads() {
    let bucket = |rest: &str| {
        ids(
            Resource,
            &format!("{{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::b/*\",{rest}}}"),
        )
    };
    assert_eq!(bucket(r#""Principal":"*""#), BTreeSet::from(["P207"]));
    assert_eq!(bucket(r#""Principal":{"AWS":"*"}"#), BTreeSet::from(["P207"]));
    assert_eq!(
        bucket(r#""NotPrincipal":{"AWS":"123456789012"}"#),
        BTreeSet::from(["P207", "P209"])
    );
    assert_eq!(bucket(r#""Principal":{"AWS":"123456789012"}"#), BTreeSet::new());
    let vpc = r#""Principal":"*","Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}"#;
    assert_eq!(bucket(vpc), BTreeSet::new());
}
