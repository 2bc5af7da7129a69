//! Policy variables: "IAM policy elements: Variables and tags".

use super::{SESSION, USER, document, named, request, whole};
use crate::evaluate::Decision::{self, Allowed, ExplicitlyDenied, ImplicitlyDenied, Unknown};
use crate::evaluate::{Context, Layers, decide};

fn on(principal: &str, version: &str, pattern: &str, resource: &str, keys: &[(&str, &str)]) -> Decision {
    let document = whole(&format!(
        r#"{{{version}"Statement":{{"Effect":"Allow","Action":"s3:*","Resource":"{pattern}"}}}}"#
    ));
    let mut request = request(principal, "s3:GetObject", resource);
    for (key, value) in keys {
        request.context.set(key, [*value]);
    }
    let layers = Layers {
        identity: vec![named("own", &document)],
        ..Layers::default()
    };
    decide(&request, &layers).decision
}

const V2012: &str = r#""Version":"2012-10-17","#;
const V2008: &str = r#""Version":"2008-10-17","#;

#[test]
fn in_resources() {
    for (principal, pattern, resource, keys, expected) in [
        (
            USER,
            "arn:aws:s3:::mybucket/${aws:username}/*",
            "arn:aws:s3:::mybucket/bob/x",
            &[][..],
            Allowed,
        ),
        (
            USER,
            "arn:aws:s3:::mybucket/${aws:username}/*",
            "arn:aws:s3:::mybucket/alice/x",
            &[],
            ImplicitlyDenied,
        ),
        // "Key names are case-insensitive."
        (
            USER,
            "arn:aws:s3:::mybucket/${AWS:UserName}/*",
            "arn:aws:s3:::mybucket/bob/x",
            &[],
            Allowed,
        ),
        // "…will not match any resource": roles have no user name.
        (
            SESSION,
            "arn:aws:s3:::mybucket/${aws:username}/*",
            "arn:aws:s3:::mybucket/bob/x",
            &[],
            ImplicitlyDenied,
        ),
        (
            SESSION,
            "arn:aws:s3:::mybucket/${aws:username}*",
            "arn:aws:s3:::mybucket/",
            &[],
            ImplicitlyDenied,
        ),
        (
            USER,
            "arn:aws:s3:::bucket/${aws:PrincipalTag/department}",
            "arn:aws:s3:::bucket/hr",
            &[("aws:principaltag/Department", "hr")],
            Allowed,
        ),
        // "Specifying default values".
        (
            USER,
            "arn:aws:s3:::b-${aws:PrincipalTag/team, 'company-wide'}/x",
            "arn:aws:s3:::b-company-wide/x",
            &[],
            Allowed,
        ),
        (
            USER,
            "arn:aws:s3:::b-${aws:PrincipalTag/team, 'company-wide'}/x",
            "arn:aws:s3:::b-company-wide/x",
            &[("aws:PrincipalTag/team", "yellow")],
            ImplicitlyDenied,
        ),
        (
            USER,
            "arn:aws:s3:::b-${aws:PrincipalTag/team, 'company-wide'}/x",
            "arn:aws:s3:::b-yellow/x",
            &[("aws:PrincipalTag/team", "yellow")],
            Allowed,
        ),
        // "Special characters".
        (USER, "arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*", &[], Allowed),
        (USER, "arn:aws:s3:::b/${*}", "arn:aws:s3:::b/x", &[], ImplicitlyDenied),
        (USER, "arn:aws:s3:::b/a${?}", "arn:aws:s3:::b/a?", &[], Allowed),
        (USER, "arn:aws:s3:::b/a${?}", "arn:aws:s3:::b/ab", &[], ImplicitlyDenied),
        (USER, "arn:aws:s3:::b/${$}{x}", "arn:aws:s3:::b/${x}", &[], Allowed),
        // A value is literal text.
        (
            USER,
            "arn:aws:s3:::b/${k:x}",
            "arn:aws:s3:::b/secret",
            &[("k:x", "*")],
            ImplicitlyDenied,
        ),
        (
            USER,
            "arn:aws:s3:::b/${k:x}",
            "arn:aws:s3:::b/*",
            &[("k:x", "*")],
            Allowed,
        ),
        // A value with colons begins no new part of the ARN.
        (
            USER,
            "arn:aws:s3:::b/${aws:userid}/*",
            "arn:aws:s3:::b/AROA:me/x",
            &[("aws:userid", "AROA:me")],
            Allowed,
        ),
        // "You can't use a variable to replace parts of the ARN before the fifth colon": what AWS makes of it is not told.
        (
            USER,
            "arn:aws:s3::${aws:PrincipalAccount}:b",
            "arn:aws:s3::111122223333:b",
            &[],
            Unknown,
        ),
        (
            USER,
            "arn:aws:s3::${aws:PrincipalAccount}:b",
            "arn:aws:s3::999999999999:b",
            &[],
            ImplicitlyDenied,
        ),
        // Unclosed or empty, it is no variable.
        (
            USER,
            "arn:aws:s3:::b/${aws:username",
            "arn:aws:s3:::b/${aws:username",
            &[],
            Allowed,
        ),
    ] {
        assert_eq!(
            on(principal, V2012, pattern, resource, keys),
            expected,
            "{pattern} {resource}"
        );
    }
}

#[test]
fn version_2008_has_no_variables() {
    // "Earlier versions of the policy language don't support policy variables."
    for (version, resource, expected) in [
        (V2008, "arn:aws:s3:::b/bob", ImplicitlyDenied),
        (V2008, "arn:aws:s3:::b/${aws:username}", Allowed),
        ("", "arn:aws:s3:::b/bob", ImplicitlyDenied),
        (V2012, "arn:aws:s3:::b/bob", Allowed),
        (V2012, "arn:aws:s3:::b/${aws:username}", ImplicitlyDenied),
    ] {
        let answer = on(USER, version, "arn:aws:s3:::b/${aws:username}", resource, &[]);
        assert_eq!(answer, expected, "{version} {resource}");
    }
}

#[test]
fn in_conditions() {
    super::conditions::table(&[
        (
            r#"{"StringLike":{"s3:prefix":"home/${aws:username}/*"}}"#,
            &[("s3:prefix", "home/bob/x")],
            "yes",
        ),
        (
            r#"{"StringLike":{"s3:prefix":"home/${aws:username}/*"}}"#,
            &[("s3:prefix", "home/eve/x")],
            "no",
        ),
        (
            r#"{"StringEquals":{"k:team":"${aws:PrincipalTag/Team}"}}"#,
            &[("k:team", "a"), ("aws:PrincipalTag/Team", "a")],
            "yes",
        ),
        // "Policy variables with no value": not equal and not like anything.
        (
            r#"{"StringEquals":{"k:team":"${aws:PrincipalTag/Team}"}}"#,
            &[("k:team", "a")],
            "no",
        ),
        (
            r#"{"StringEquals":{"k:team":"${aws:PrincipalTag/Team}"}}"#,
            &[("k:team", "")],
            "no",
        ),
        (
            r#"{"StringNotEquals":{"k:team":"${aws:PrincipalTag/Team}"}}"#,
            &[("k:team", "a")],
            "yes",
        ),
        (
            r#"{"StringNotLike":{"k:team":"${aws:PrincipalTag/Team}*"}}"#,
            &[("k:team", "a")],
            "yes",
        ),
        (
            r#"{"StringNotEquals":{"k:team":"${aws:PrincipalTag/Team}"}}"#,
            &[("k:team", "a"), ("aws:PrincipalTag/Team", "a")],
            "no",
        ),
        (
            r#"{"ArnLike":{"k:arn":"arn:aws:iam::*:user/${aws:username}"}}"#,
            &[("k:arn", "arn:aws:iam::1:user/bob")],
            "yes",
        ),
        (r#"{"StringEquals":{"k:x":"${k:y, 'd'}"}}"#, &[("k:x", "d")], "yes"),
        (r#"{"StringLike":{"k:x":"a${*}"}}"#, &[("k:x", "a*")], "yes"),
        (r#"{"StringLike":{"k:x":"a${*}"}}"#, &[("k:x", "ab")], "no"),
        // "You can't use a multivalued condition key as a variable."
        (
            r#"{"StringEquals":{"k:x":"${k:y}"}}"#,
            &[("k:x", "a"), ("k:y", "a"), ("k:y", "b")],
            "no",
        ),
        // Variables are for text and ARN operators.
        (
            r#"{"DateLessThan":{"k:x":"${k:y}"}}"#,
            &[("k:x", "2020"), ("k:y", "2021")],
            "no",
        ),
        (
            r#"{"IpAddress":{"k:x":"${k:y}"}}"#,
            &[("k:x", "10.0.0.1"), ("k:y", "10.0.0.1")],
            "no",
        ),
    ]);
}

#[test]
fn a_variable_without_value_opens_no_other_resource() {
    let statement = |effect: &str| {
        format!(r#"{{"Effect":"{effect}","Action":"s3:*","NotResource":"arn:aws:s3:::b/${{aws:username}}/*"}}"#)
    };
    let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let request = request(SESSION, "s3:GetObject", "arn:aws:s3:::b/x");
    let decide = |statements: &str| super::by_identity(statements, &request);
    assert_eq!(decide(&statement("Allow")), ImplicitlyDenied);
    assert_eq!(decide(&format!("{all},{}", statement("Deny"))), ExplicitlyDenied);
}

#[test]
fn an_unknown_value_makes_the_answer_unknown() {
    let document = document(r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:userid}/*"}"#);
    let mut request = request(USER, "s3:GetObject", "arn:aws:s3:::b/AIDA/x");
    request.context = Context::incomplete();
    let layers = Layers {
        identity: vec![named("own", &document)],
        ..Layers::default()
    };
    let answer = decide(&request, &layers);
    assert_eq!(answer.decision, Unknown);
    assert_eq!(answer.missing, ["aws:userid"]);
    // Whatever the value is, it does not reach another resource.
    request.resource = "arn:aws:s3:::b/x".to_owned();
    assert_eq!(decide(&request, &layers).decision, ImplicitlyDenied);
}

#[test]
fn a_hostile_text_is_read_soon() {
    let pattern = "${".repeat(20_000);
    assert_eq!(on(USER, V2012, &pattern, "arn:aws:s3:::b", &[]), ImplicitlyDenied);
}
