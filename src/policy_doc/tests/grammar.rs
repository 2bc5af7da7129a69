//! What may be written, and what is said about the rest.

use std::collections::BTreeSet;

use super::*;
use crate::spec::node::Value;
use crate::spec::source::Span;

const TRUST: &str = r#""Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole""#;

fn identity(rest: &str) -> String {
    format!(r#"{{"Statement":[{{"Effect":"Allow",{rest}}}]}}"#)
}

/// (kind of policy, text, code, offending text, part of the label)
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn refused() -> Vec<(Flavour, String, &'static str, &'static str, &'static str)> {
    use Flavour::{Boundary, Identity, Resource, Trust};
    let ok = r#""Action":"s3:GetObject","Resource":"*""#;
    let trust = |rest: &str| format!(r#"{{"Statement":{{{TRUST}{rest}}}}}"#);
    let by = |principal: &str| {
        format!(r#"{{"Statement":{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"}}}}"#)
    };
    let when = |condition: &str| identity(&format!(r#"{ok},"Condition":{condition}"#));
    vec![
        (Identity, "7".into(), codes::NOT_A_DOCUMENT, "7", "a list of statements"),
        (
            Identity,
            r#""hello""#.into(),
            codes::NOT_A_DOCUMENT,
            r#""hello""#,
            "JSON text",
        ),
        (Identity, "{}".into(), codes::MISSING_ELEMENT, "{}", "add `Statement`"),
        (
            Identity,
            r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#.into(),
            codes::MISSING_ELEMENT,
            r#""Effect""#,
            "statement by itself",
        ),
        (
            Identity,
            r#"{"Statement":[],"Version":"2012-10-17"}"#.into(),
            codes::EMPTY,
            "[]",
            "at least one",
        ),
        (
            Identity,
            r#"{"statement":[]}"#.into(),
            codes::UNKNOWN_ELEMENT,
            r#""statement""#,
            "write `Statement`",
        ),
        (
            Identity,
            r#"{"Version":"2012-10-18","Statement":[]}"#.into(),
            codes::BAD_VERSION,
            r#""2012-10-18""#,
            "2012-10-17",
        ),
        (
            Identity,
            r#"{"Version":2012,"Statement":[]}"#.into(),
            codes::BAD_VERSION,
            "2012",
            "2012-10-17",
        ),
        (
            Identity,
            r#"{"Statement":["x"]}"#.into(),
            codes::WRONG_TYPE,
            r#""x""#,
            "a mapping",
        ),
        (
            Identity,
            r#"{"Statement":[{"Action":"*","Resource":"*"}]}"#.into(),
            codes::MISSING_ELEMENT,
            r#""Action""#,
            "add `Effect`",
        ),
        (
            Identity,
            r#"{"Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]}"#.into(),
            codes::BAD_EFFECT,
            r#""allow""#,
            "write `Allow`",
        ),
        (
            Identity,
            r#"{"Statement":[{"Effect":true,"Action":"*","Resource":"*"}]}"#.into(),
            codes::WRONG_TYPE,
            "true",
            "",
        ),
        (
            Identity,
            identity(r#""Actions":"s3:GetObject","Resource":"*""#),
            codes::UNKNOWN_ELEMENT,
            r#""Actions""#,
            "write `Action`",
        ),
        (
            Identity,
            identity(r#""action":"s3:GetObject","Resource":"*""#),
            codes::UNKNOWN_ELEMENT,
            r#""action""#,
            "write `Action`",
        ),
        (
            Identity,
            identity(&format!(r#"{ok},"Comment":"x""#)),
            codes::UNKNOWN_ELEMENT,
            r#""Comment""#,
            "the elements are",
        ),
        (
            Identity,
            identity(r#""Resource":"*""#),
            codes::MISSING_ELEMENT,
            r#""Effect""#,
            "add `Action`",
        ),
        (
            Identity,
            identity(r#""Action":"s3:GetObject""#),
            codes::MISSING_ELEMENT,
            r#""Effect""#,
            "add `Resource`",
        ),
        (
            Boundary,
            identity(r#""Action":"s3:GetObject""#),
            codes::MISSING_ELEMENT,
            r#""Effect""#,
            "add `Resource`",
        ),
        (
            Identity,
            identity(&format!(r#"{ok},"NotAction":"s3:*""#)),
            codes::BOTH_ELEMENTS,
            r#""NotAction""#,
            "keep one",
        ),
        (
            Identity,
            identity(&format!(r#"{ok},"NotResource":"*""#)),
            codes::BOTH_ELEMENTS,
            r#""NotResource""#,
            "keep one",
        ),
        (
            Resource,
            identity(&format!(r#"{ok},"Principal":"*","NotPrincipal":"*""#)),
            codes::BOTH_ELEMENTS,
            r#""NotPrincipal""#,
            "keep one",
        ),
        (
            Identity,
            identity(&format!(r#"{ok},"Principal":"*""#)),
            codes::ELEMENT_NOT_ALLOWED,
            r#""Principal""#,
            "take it out",
        ),
        (
            Boundary,
            identity(&format!(r#"{ok},"NotPrincipal":"*""#)),
            codes::ELEMENT_NOT_ALLOWED,
            r#""NotPrincipal""#,
            "take it out",
        ),
        (
            Trust,
            trust(r#","Resource":"*""#),
            codes::ELEMENT_NOT_ALLOWED,
            r#""Resource""#,
            "the role itself",
        ),
        (
            Trust,
            identity(r#""Action":"sts:AssumeRole""#),
            codes::MISSING_ELEMENT,
            r#""Effect""#,
            "add `Principal`",
        ),
        (
            Resource,
            identity(ok),
            codes::MISSING_ELEMENT,
            r#""Effect""#,
            "add `Principal`",
        ),
        (
            Resource,
            identity(r#""Principal":"*","Action":"s3:*""#),
            codes::MISSING_ELEMENT,
            r#""Effect""#,
            "add `Resource`",
        ),
        (
            Identity,
            identity(&format!(r#"{ok},"Sid":"Read logs""#)),
            codes::BAD_SID,
            r#""Read logs""#,
            "`Readlogs`",
        ),
        (Trust, trust(r#","Sid":"a-b""#), codes::BAD_SID, r#""a-b""#, "`ab`"),
        (
            Identity,
            identity(&format!(r#"{ok},"Sid":1"#)),
            codes::WRONG_TYPE,
            "1",
            r#"quote it: "1""#,
        ),
        (
            Identity,
            format!(r#"[{{"Sid":"A","Effect":"Allow",{ok}}},{{"Effect":"Deny",{ok},"Sid":"A"}}]"#),
            codes::SID_TWICE,
            r#""A""#,
            "another one",
        ),
        (
            Identity,
            identity(r#""Action":{"a":1},"Resource":"*""#),
            codes::WRONG_TYPE,
            r#"{"a":1}"#,
            "list of texts",
        ),
        (
            Identity,
            identity(r#""Action":["s3:*",1],"Resource":"*""#),
            codes::WRONG_TYPE,
            "1",
            "quote it",
        ),
        (
            Identity,
            identity(r#""Action":null,"Resource":"*""#),
            codes::WRONG_TYPE,
            "null",
            "nothing is written",
        ),
        (
            Identity,
            identity(r#""Action":"GetObject","Resource":"*""#),
            codes::BAD_ACTION,
            r#""GetObject""#,
            "`service:name`",
        ),
        (
            Identity,
            identity(r#""Action":"s3:","Resource":"*""#),
            codes::BAD_ACTION,
            r#""s3:""#,
            "`service:name`",
        ),
        (
            Identity,
            identity(r#""Action":"s3: GetObject","Resource":"*""#),
            codes::BAD_ACTION,
            r#""s3: GetObject""#,
            "no white space",
        ),
        (
            Identity,
            identity(r#""Action":"s*:Get*","Resource":"*""#),
            codes::BAD_ACTION,
            r#""s*:Get*""#,
            "wildcards",
        ),
        (
            Identity,
            identity(r#""Action":[],"Resource":"*""#),
            codes::EMPTY,
            "[]",
            "at least one",
        ),
        (
            Identity,
            identity(r#""Action":"","Resource":"*""#),
            codes::EMPTY,
            r#""""#,
            "at least one",
        ),
        (
            Identity,
            identity(r#""Action":"s3:*","Resource":[]"#),
            codes::EMPTY,
            "[]",
            "at least one",
        ),
        (
            Identity,
            identity(r#""Action":"s3:*","Resource":"my-bucket""#),
            codes::BAD_RESOURCE,
            r#""my-bucket""#,
            "`arn:…`",
        ),
        (
            Identity,
            identity(r#""Action":"s3:*","Resource":"arn:aws:s3:::YOUR-BUCKET/*""#),
            codes::PLACEHOLDER,
            r#""arn:aws:s3:::YOUR-BUCKET/*""#,
            "`YOUR-BUCKET`",
        ),
        (
            Trust,
            by(r#"{"AWS":"arn:aws:iam::<ACCOUNT-ID>:root"}"#),
            codes::PLACEHOLDER,
            r#""arn:aws:iam::<ACCOUNT-ID>:root""#,
            "`<ACCOUNT-ID>`",
        ),
        (
            Trust,
            by(r#"{"AWS":["arn:aws:iam::123456789012:root","AROAEXAMPLE12345"]}"#),
            codes::UNIQUE_ID,
            r#""AROAEXAMPLE12345""#,
            "by its ARN",
        ),
        (
            Trust,
            by(r#"{"AWS":"12345678901"}"#),
            codes::BAD_PRINCIPAL,
            r#""12345678901""#,
            "12-digit",
        ),
        (
            Trust,
            by(r#"{"AWS":"lambda.amazonaws.com"}"#),
            codes::BAD_PRINCIPAL,
            r#""lambda.amazonaws.com""#,
            "`Service: lambda",
        ),
        (
            Trust,
            by(r#"{"Service":"lambda"}"#),
            codes::BAD_PRINCIPAL,
            r#""lambda""#,
            "`lambda.amazonaws.com`",
        ),
        (
            Trust,
            by(r#""lambda.amazonaws.com""#),
            codes::BAD_PRINCIPAL,
            r#""lambda.amazonaws.com""#,
            "{ Service: lambda.amazonaws.com }",
        ),
        (
            Trust,
            by(r#"{"aws":"*"}"#),
            codes::UNKNOWN_ELEMENT,
            r#""aws""#,
            "write `AWS`",
        ),
        (Trust, by(r#"{"AWS":[]}"#), codes::EMPTY, "[]", "at least one"),
        (Trust, by("{}"), codes::EMPTY, "{}", "at least one"),
        (Trust, by(r#"["*"]"#), codes::WRONG_TYPE, r#"["*"]"#, ""),
        (
            Trust,
            by(r#"{"AWS":123456789012}"#),
            codes::WRONG_TYPE,
            "123456789012",
            r#"quote it: "123456789012""#,
        ),
        (
            Identity,
            when(r#"{"StringEqual":{"aws:x":"y"}}"#),
            codes::UNKNOWN_OPERATOR,
            r#""StringEqual""#,
            "write `StringEquals`",
        ),
        (
            Identity,
            when(r#"{"stringEquals":{"aws:x":"y"}}"#),
            codes::UNKNOWN_OPERATOR,
            r#""stringEquals""#,
            "write `StringEquals`",
        ),
        (
            Identity,
            when(r#"{"aws:SourceAccount":"y"}"#),
            codes::UNKNOWN_OPERATOR,
            r#""aws:SourceAccount""#,
            "expected an operator",
        ),
        (
            Identity,
            when(r#"{"NullIfExists":{"aws:x":"y"}}"#),
            codes::UNKNOWN_OPERATOR,
            r#""NullIfExists""#,
            "",
        ),
        (
            Identity,
            when(r#"{"StringEquals":"aws:x"}"#),
            codes::WRONG_TYPE,
            r#""aws:x""#,
            "condition keys",
        ),
        (
            Identity,
            when(r#"{"StringEquals":{"aws:x":{"y":1}}}"#),
            codes::WRONG_TYPE,
            r#"{"y":1}"#,
            "",
        ),
        (
            Identity,
            when(r#"{"StringEquals":{"aws:x":[]}}"#),
            codes::EMPTY,
            "[]",
            "",
        ),
        (Identity, when(r#"{"StringEquals":{}}"#), codes::EMPTY, "{}", ""),
        (Identity, when("[]"), codes::WRONG_TYPE, "[]", ""),
        (
            Identity,
            when(r#"{"StringEquals":{"aws:x":"a","AWS:x":"b"}}"#),
            codes::CONDITION_TWICE,
            r#""AWS:x""#,
            "join the values",
        ),
        (
            Identity,
            identity("\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::b/\u{2019}\""),
            codes::BAD_CHARACTER,
            "\"arn:aws:s3:::b/\u{2019}\"",
            "U+00FF",
        ),
        (
            Identity,
            format!(
                r#"{{"Version":"2008-10-17",{}"#,
                &identity(r#""Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}""#)[1..]
            ),
            codes::VARIABLE_IN_2008,
            r#""arn:aws:s3:::b/${aws:username}""#,
            "2012-10-17",
        ),
    ]
}

#[test]
fn what_aws_would_refuse_is_refused_once_at_its_place() {
    for (flavour, text, code, offending, label) in refused() {
        let (sources, node) = node(&text);
        let mut findings = Vec::new();
        assert_eq!(Policy::from_node(&node, flavour, &mut findings), None, "{text}");
        // A wrong version in front of an empty list is two findings; the first is the one that is meant.
        let finding = &findings[0];
        assert_eq!(finding.code, code, "{text}: {findings:#?}");
        assert_eq!(sources.text(finding.span.unwrap()), offending, "{text}");
        assert!(finding.label.contains(label), "{text}: {}", finding.label);
        let expected = 1 + usize::from(text.contains("Version\":2012,") || text.contains("2012-10-18"));
        assert_eq!(findings.len(), expected, "{text}: {findings:#?}");
    }
}

#[test]
fn every_code_is_in_the_table_once_and_tested() {
    let known: BTreeSet<&str> = codes::ALL.iter().copied().collect();
    assert_eq!(known.len(), codes::ALL.len());
    let mut tested: BTreeSet<&str> = refused().into_iter().map(|(_, _, code, _, _)| code).collect();
    tested.insert(codes::NOT_JSON);
    assert_eq!(tested, known);
}

#[test]
fn what_aws_accepts_is_accepted() {
    let resource = r#""Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*""#;
    for (flavour, text) in [
        (Flavour::Identity, identity(r#""Action":"*","Resource":"*""#)),
        (Flavour::Identity, identity(r#""Action":"*:*","Resource":"*""#)),
        (
            Flavour::Identity,
            identity(r#""NotAction":["iam:*"],"NotResource":["arn:aws:s3:::b"],"Condition":{}"#),
        ),
        (
            Flavour::Identity,
            identity(r#""Action":"S3:getobject","Resource":"*","Sid":"""#),
        ),
        (
            Flavour::Boundary,
            identity(
                r#""Action":"s3:*","Resource":"*","Condition":{"ForAllValues:StringLikeIfExists":{"aws:TagKeys":["a",1,true]},
                "Null":{"aws:x":false},"NumericLessThan":{"aws:MultiFactorAuthAge":3600}}"#,
            ),
        ),
        (
            Flavour::Trust,
            format!(r#"{{"Id":"x","Version":"2008-10-17","Statement":{{{TRUST}}}}}"#),
        ),
        (
            Flavour::Resource,
            format!(r#"[{{{resource},"Sid":"Public read \u2713"}}]"#),
        ),
        (
            Flavour::Resource,
            r#"[{"Effect":"Deny","NotPrincipal":{"CanonicalUser":"79a5","Federated":"cognito-identity.amazonaws.com",
            "AWS":["123456789012","arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"]},"Action":"s3:*",
            "Resource":"execute-api:/stage/GET/x"}]"#
                .to_owned(),
        ),
    ] {
        written(&text, flavour);
    }
}

#[test]
fn all_faults_are_found_at_once() {
    let text = r#"[
        {"Efect": "Allow", "Action": ["GetObject", "s3:Put Object"], "Resource": "bucket"},
        {"Effect": "deny", "NotAction": "s3:*", "Resource": "arn:aws:s3:::<bucket>"}
    ]"#;
    let found: Vec<&str> = read(text, Flavour::Identity)
        .1
        .iter()
        .map(|finding| finding.code)
        .collect();
    assert_eq!(
        found,
        [
            codes::UNKNOWN_ELEMENT,
            codes::BAD_EFFECT,
            codes::BAD_ACTION,
            codes::BAD_ACTION,
            codes::BAD_RESOURCE,
            codes::PLACEHOLDER
        ]
    );
    let text = r#"[
        {"Effect": "Allow", "Action": ["GetObject", "s3:Put Object"], "Resource": "bucket"},
        {"Effect": "Deny", "NotAction": "s3:*", "Resource": "arn:aws:s3:::<bucket>", "Extra": 1}
    ]"#;
    let found: Vec<&str> = read(text, Flavour::Identity)
        .1
        .iter()
        .map(|finding| finding.code)
        .collect();
    assert_eq!(
        found,
        [
            codes::UNKNOWN_ELEMENT,
            codes::BAD_ACTION,
            codes::BAD_ACTION,
            codes::BAD_RESOURCE,
            codes::PLACEHOLDER
        ]
    );
}

#[test]
fn exclusive_elements_point_at_each_other() {
    let text = identity(r#""Action":"s3:*","NotAction":"iam:*","Resource":"*""#);
    let (sources, node) = node(&text);
    let mut findings = Vec::new();
    Policy::from_node(&node, Flavour::Identity, &mut findings);
    assert_eq!(sources.text(findings[0].related[0].0), r#""Action""#);
}

#[test]
fn the_authors_text_is_kept_and_the_version_filled_in() {
    for (text, sent) in [
        (
            r#"[{"Resource": ["*"], "Action": "s3:*", "Effect": "Allow"}]"#,
            r#"{"Version":"2012-10-17","Statement":[{"Resource":["*"],"Action":"s3:*","Effect":"Allow"}]}"#,
        ),
        (
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, "Id": "x"}"#,
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"},"Id":"x"}"#,
        ),
        (
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:a b:*"}, "Version": "2008-10-17"}"#,
            r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:a b:*"},"Version":"2008-10-17"}"#,
        ),
        (
            r#"[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericEquals":{"aws:x":[1, 1.5, 1.50, 99999999999999999999999]}}}]"#,
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericEquals":{"aws:x":[1,1.5,"1.50","99999999999999999999999"]}}}]}"#,
        ),
    ] {
        let policy = written(text, Flavour::Identity);
        assert_eq!(policy.to_json(), sent);
        assert_eq!(policy.size(), sent.chars().count());
        assert_eq!(serde_json::to_string(&policy).unwrap(), sent);
        assert_eq!(serde_json::from_str::<Policy>(sent).unwrap(), policy);
        assert!(same(&policy, &live(sent)));
    }
}

fn block(text: &str) -> Node {
    Node {
        span: Span {
            file: some_file(),
            start: 100,
            end: 200,
        },
        value: Value::Text(text.to_owned()),
    }
}

#[test]
fn a_block_of_json_text_is_read_and_its_faults_name_the_line() {
    let mut findings = Vec::new();
    let text = "[{\n  \"Effect\": \"Allow\",\n  \"Action\": \"s3:*\",\n  \"Resource\": \"*\"\n}]";
    let policy = Policy::from_node(&block(text), Flavour::Identity, &mut findings).unwrap();
    assert_eq!(policy, written(text, Flavour::Identity));
    let statement = &policy.document().unwrap().statements[0];
    assert_eq!(
        statement.action.items[0].at.0.map(|span| (span.start, span.end)),
        Some((100, 200))
    );

    for (text, code, message) in [
        (
            text.replace("Allow", "allow"),
            codes::BAD_EFFECT,
            "line 2 of the JSON text",
        ),
        (text.replace("s3:*", "s3"), codes::BAD_ACTION, "line 3 of the JSON text"),
        (
            text.replace("\"*\"\n", "\"*\",\n"),
            codes::NOT_JSON,
            "trailing comma, in line 5",
        ),
        (
            text.replace("Action", "Effect"),
            codes::NOT_JSON,
            "`Effect` stands twice in one object, in line 3",
        ),
    ] {
        let mut findings = Vec::new();
        assert_eq!(Policy::from_node(&block(&text), Flavour::Identity, &mut findings), None);
        assert_eq!(findings.len(), 1, "{findings:#?}");
        assert_eq!(findings[0].code, code);
        assert!(findings[0].message.contains(message), "{}", findings[0].message);
        assert_eq!(findings[0].span.map(|span| span.start), Some(100));
    }
}

#[test]
fn trust_from_parts_is_what_one_would_write() {
    let mut findings = Vec::new();
    let entry = |kind, name: &str| PrincipalEntry {
        kind,
        name: Word::placeless(name),
    };
    let account = Condition::placeless(Operator::plain(Test::StringEquals), "sts:ExternalId", &["x"]);
    let parts = TrustParts {
        principals: vec![
            entry(PrincipalType::Service, "lambda.amazonaws.com"),
            entry(PrincipalType::Federated, "arn:aws:iam::123456789012:oidc-provider/x"),
            entry(PrincipalType::Aws, "123456789012"),
            entry(PrincipalType::Service, "edgelambda.amazonaws.com"),
        ],
        conditions: vec![account],
        actions: vec![],
    };
    let policy = Policy::trust(parts, &mut findings).unwrap();
    assert_eq!(
        policy.to_json(),
        concat!(
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com","#,
            r#""edgelambda.amazonaws.com"],"AWS":"123456789012"},"Action":"sts:AssumeRole","Condition":"#,
            r#"{"StringEquals":{"sts:ExternalId":"x"}}},{"Effect":"Allow","Principal":{"Federated":"#,
            r#""arn:aws:iam::123456789012:oidc-provider/x"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":"#,
            r#"{"StringEquals":{"sts:ExternalId":"x"}}}]}"#
        )
    );
    assert_eq!(policy, written(&policy.to_json(), Flavour::Trust));
    assert!(policy.trusts_service("lambda.amazonaws.com") && policy.trusts_service("edgelambda.amazonaws.com"));

    let bad = TrustParts {
        principals: vec![entry(PrincipalType::Aws, "AIDAEXAMPLE")],
        ..TrustParts::default()
    };
    assert_eq!(Policy::trust(bad, &mut findings), None);
    assert_eq!(findings[0].code, codes::UNIQUE_ID);
    let mut findings = Vec::new();
    assert_eq!(Policy::trust(TrustParts::default(), &mut findings), None);
    assert_eq!(findings[0].code, codes::EMPTY);
}

#[test]
fn conditions_of_a_short_form_are_read_by_the_same_grammar() {
    let mut findings = Vec::new();
    let (_, node) = node(r#"{"ArnLike":{"aws:SourceArn":["a","b"]},"Bool":{"aws:SecureTransport":true}}"#);
    let read = conditions(&node, &mut findings);
    assert_eq!(
        read[0],
        Condition::placeless(Operator::plain(Test::ArnLike), "aws:SourceArn", &["a", "b"])
    );
    assert_eq!(
        read[1],
        Condition::placeless(Operator::plain(Test::Bool), "aws:SecureTransport", &["true"])
    );
    assert!(findings.is_empty());
    conditions(&super::node(r#"{"ArnLikes":{"aws:SourceArn":"a"}}"#).1, &mut findings);
    assert_eq!(findings[0].code, codes::UNKNOWN_OPERATOR);
}
