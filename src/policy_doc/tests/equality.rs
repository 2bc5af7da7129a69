//! What is the same and what is not: one row for each rule of the canonical form.

use super::*;

fn statement(rest: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"{rest}}}"#)
}

fn document(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#)
}

fn with_condition(condition: &str) -> String {
    document(&statement(&format!(r#","Condition":{condition}"#)))
}

fn with_principal(principal: &str) -> String {
    document(&statement(&format!(r#",{principal}"#)))
}

fn with_action(action: &str) -> String {
    document(&format!(r#"{{"Effect":"Allow","Action":{action},"Resource":"*"}}"#))
}

fn with_resource(resource: &str) -> String {
    document(&format!(r#"{{"Effect":"Allow","Action":"*","Resource":{resource}}}"#))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn texts_of_one_meaning_are_equal() {
    let (a, b) = (statement(""), statement(r#","Sid":"B""#));
    for (what, left, right) in [
        (
            "string or one-element list",
            with_action(r#""a:b""#),
            with_action(r#"["a:b"]"#),
        ),
        (
            "order of actions",
            with_action(r#"["a:b","a:c"]"#),
            with_action(r#"["a:c","a:b"]"#),
        ),
        (
            "order of resources",
            with_resource(r#"["x","y"]"#),
            with_resource(r#"["y","x"]"#),
        ),
        (
            "order of principals",
            with_principal(r#""Principal":{"AWS":["x","y"],"Service":"s"}"#),
            with_principal(r#""Principal":{"Service":["s"],"AWS":["y","x"]}"#),
        ),
        (
            "order of statements",
            document(&format!("[{a},{b}]")),
            document(&format!("[{b},{a}]")),
        ),
        ("one statement or a list", document(&a), document(&format!("[{a}]"))),
        (
            "true",
            with_condition(r#"{"Bool":{"aws:x":true}}"#),
            with_condition(r#"{"Bool":{"aws:x":"true"}}"#),
        ),
        (
            "number",
            with_condition(r#"{"NumericEquals":{"aws:x":1}}"#),
            with_condition(r#"{"NumericEquals":{"aws:x":"1"}}"#),
        ),
        (
            "number under a text operator",
            with_condition(r#"{"StringEquals":{"aws:x":1}}"#),
            with_condition(r#"{"StringEquals":{"aws:x":"1"}}"#),
        ),
        (
            "True",
            with_condition(r#"{"Bool":{"aws:x":"True"}}"#),
            with_condition(r#"{"Bool":{"aws:x":"true"}}"#),
        ),
        (
            "1.0",
            with_condition(r#"{"NumericEqualsIfExists":{"aws:x":"1.0"}}"#),
            with_condition(r#"{"NumericEqualsIfExists":{"aws:x":1}}"#),
        ),
        (
            "account id or root",
            with_principal(r#""Principal":{"AWS":"123456789012"}"#),
            with_principal(r#""Principal":{"AWS":"arn:aws:iam::123456789012:root"}"#),
        ),
        (
            "case of actions",
            with_action(r#""s3:GetObject""#),
            with_action(r#""S3:getobject""#),
        ),
        (
            "case of keys",
            with_condition(r#"{"StringEquals":{"aws:SourceAccount":"1"}}"#),
            with_condition(r#"{"StringEquals":{"AWS:SourceAccount":"1"}}"#),
        ),
        ("action twice", with_action(r#"["a:b","a:B"]"#), with_action(r#""a:b""#)),
        ("resource twice", with_resource(r#"["x","x"]"#), with_resource(r#""x""#)),
        (
            "value twice",
            with_condition(r#"{"StringEquals":{"aws:x":["1",1]}}"#),
            with_condition(r#"{"StringEquals":{"aws:x":"1"}}"#),
        ),
        (
            "account and its root",
            with_principal(r#""Principal":{"AWS":["123456789012","arn:aws:iam::123456789012:root"]}"#),
            with_principal(r#""Principal":{"AWS":"123456789012"}"#),
        ),
        (
            "everyone",
            with_principal(r#""Principal":"*""#),
            with_principal(r#""Principal":{"AWS":"*"}"#),
        ),
        ("no condition", with_condition("{}"), document(&statement(""))),
        (
            "operator without keys",
            with_condition(r#"{"StringEquals":{}}"#),
            document(&statement("")),
        ),
        (
            "empty principal member",
            with_principal(r#""Principal":{"AWS":"x","Service":[]}"#),
            with_principal(r#""Principal":{"AWS":"x"}"#),
        ),
        (
            "no version",
            document(&a).replace(r#""Version":"2012-10-17","#, ""),
            document(&a).replace("2012", "2008"),
        ),
        (
            "empty sid",
            document(&statement(r#","Sid":"""#)),
            document(&statement("")),
        ),
    ] {
        let (left, right) = (live(&left), live(&right));
        assert_eq!(left, right, "{what}");
        assert!(same(&left, &right) && same(&right, &left), "{what}");
        assert!(diff(Some(&left), Some(&right)).is_empty(), "{what}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn texts_of_different_meaning_differ() {
    let (a, b) = (statement(""), statement(r#","Condition":{"Bool":{"aws:x":true}}"#));
    for (what, left, right) in [
        (
            "root of another partition",
            with_principal(r#""Principal":{"AWS":"123456789012"}"#),
            with_principal(r#""Principal":{"AWS":"arn:aws-cn:iam::123456789012:root"}"#),
        ),
        (
            "multisets of statements",
            document(&format!("[{a},{a},{b}]")),
            document(&format!("[{a},{b},{b}]")),
        ),
        (
            "everyone but nobody",
            with_principal(r#""NotPrincipal":"*""#),
            with_principal(r#""NotPrincipal":{"AWS":"*"}"#),
        ),
        (
            "no principal or everyone",
            document(&a),
            with_principal(r#""Principal":"*""#),
        ),
        (
            "no principal or nobody",
            document(&a),
            with_principal(r#""Principal":{}"#),
        ),
        (
            "principal or its contrary",
            with_principal(r#""Principal":{"AWS":"x"}"#),
            with_principal(r#""NotPrincipal":{"AWS":"x"}"#),
        ),
        (
            "type of principal",
            with_principal(r#""Principal":{"AWS":"x"}"#),
            with_principal(r#""Principal":{"Federated":"x"}"#),
        ),
        (
            "more than everyone named",
            with_principal(r#""Principal":"*""#),
            with_principal(r#""Principal":{"AWS":["*","x"]}"#),
        ),
        (
            "case of resources",
            with_resource(r#""arn:aws:s3:::b/A""#),
            with_resource(r#""arn:aws:s3:::b/a""#),
        ),
        (
            "big numbers",
            with_condition(r#"{"NumericEquals":{"aws:x":9007199254740992}}"#),
            with_condition(r#"{"NumericEquals":{"aws:x":9007199254740993}}"#),
        ),
        (
            "True as text",
            with_condition(r#"{"StringEquals":{"aws:x":"True"}}"#),
            with_condition(r#"{"StringEquals":{"aws:x":"true"}}"#),
        ),
        (
            "1.0 as text",
            with_condition(r#"{"StringEquals":{"aws:x":"1.0"}}"#),
            with_condition(r#"{"StringEquals":{"aws:x":"1"}}"#),
        ),
        (
            "tag keys in two cases",
            with_condition(r#"{"StringEquals":{"aws:ResourceTag/A":"1"}}"#),
            with_condition(r#"{"StringEquals":{"aws:ResourceTag/a":"1"}}"#),
        ),
        (
            "operator",
            with_condition(r#"{"StringEquals":{"aws:x":"1"}}"#),
            with_condition(r#"{"StringLike":{"aws:x":"1"}}"#),
        ),
        (
            "if exists",
            with_condition(r#"{"StringEquals":{"aws:x":"1"}}"#),
            with_condition(r#"{"StringEqualsIfExists":{"aws:x":"1"}}"#),
        ),
        (
            "both of two or one of two",
            with_condition(r#"{"StringLike":{"aws:x":"1","AWS:x":"2"}}"#),
            with_condition(r#"{"StringLike":{"aws:x":["1","2"]}}"#),
        ),
        (
            "no value or no condition",
            with_condition(r#"{"StringEquals":{"aws:x":[]}}"#),
            document(&a),
        ),
        (
            "no resource or an empty one",
            document(r#"{"Effect":"Allow","Action":"a:b"}"#),
            document(r#"{"Effect":"Allow","Action":"a:b","Resource":[]}"#),
        ),
        ("version", document(&a), document(&a).replace("2012", "2008")),
        (
            "split statement",
            with_action(r#"["a:b","a:c"]"#),
            document(
                r#"[{"Effect":"Allow","Action":"a:b","Resource":"*"},{"Effect":"Allow","Action":"a:c","Resource":"*"}]"#,
            ),
        ),
        (
            "wildcard and its expansion",
            with_action(r#"["a:*"]"#),
            with_action(r#"["a:*","a:b"]"#),
        ),
        ("effect", document(&a), document(&a.replace("Allow", "Deny"))),
        (
            "action or its contrary",
            document(&a),
            document(&a.replace("Action", "NotAction")),
        ),
        (
            "resource or its contrary",
            document(&a),
            document(&a.replace("Resource", "NotResource")),
        ),
    ] {
        let (left, right) = (live(&left), live(&right));
        assert_ne!(left, right, "{what}");
        assert!(!same(&left, &right) && !same(&right, &left), "{what}");
        assert!(!diff(Some(&left), Some(&right)).is_empty(), "{what}");
    }
}

#[test]
fn a_bare_account_id_is_in_the_partition_of_the_caller() {
    let bare = live(&with_principal(r#""Principal":{"AWS":"123456789012"}"#));
    let china = live(&with_principal(
        r#""Principal":{"AWS":"arn:aws-cn:iam::123456789012:root"}"#,
    ));
    assert_ne!(bare, china);
    assert_eq!(bare.clone().in_partition("aws-cn"), china);
    assert_eq!(bare.in_partition("aws-cn").partition(), "aws-cn");
}

#[test]
fn a_name_that_the_wanted_policy_leaves_out_may_be_anything() {
    let plain = live(&document(&statement("")));
    let named = live(&document(&statement(r#","Sid":"A""#)));
    let other = live(&document(&statement(r#","Sid":"B""#)));
    let with_id = live(&document(&statement("")).replacen('{', r#"{"Id":"x","#, 1));
    assert!(same(&plain, &named) && same(&plain, &with_id));
    assert!(!same(&named, &plain) && !same(&named, &other) && !same(&with_id, &plain));
    assert_ne!(plain, named);
    let mixed = live(&document(&format!(
        "[{},{}]",
        statement(""),
        statement(r#","Sid":"A""#)
    )));
    let both = live(&document(&format!(
        "[{},{}]",
        statement(r#","Sid":"A""#),
        statement(r#","Sid":"B""#)
    )));
    assert!(same(&mixed, &both) && !same(&both, &mixed));
}
