//! Pairs of documents and what they are to each other.

mod properties;

use super::*;
use crate::policy_doc::Effect;
use crate::policy_doc::{Reading, bare};
use crate::spec::source::Sources;

fn document(text: &str) -> Document {
    let file = Sources::default().add("p.json", text);
    let policy = bare(text, file, Reading::Unnamed).unwrap_or_else(|found| panic!("{text}: {found:?}"));
    policy.document().expect("a document").clone()
}

/// What the second document is to the first, and the other way round.
fn relations(before: &str, after: &str) -> (Relation, Relation) {
    let (before, after) = (document(before), document(after));
    (compare(&before, &after).relation, compare(&after, &before).relation)
}

fn statement(rest: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{rest}}}]}}"#)
}

fn on(resource: &str) -> String {
    statement(&format!(r#""Action":"s3:*","Resource":{resource}"#))
}

fn when(condition: &str) -> String {
    statement(&format!(
        r#""Action":"s3:*","Resource":"*","Condition":{{{condition}}}"#
    ))
}

fn to(principal: &str) -> String {
    statement(&format!(r#"{principal},"Action":"s3:*","Resource":"*""#))
}

/// Each wider than the one before it.
#[test]
fn what_grants_more_is_wider_and_what_grants_less_is_narrower() {
    for steps in [
        vec![
            on(r#""arn:aws:s3:::b/${aws:username}/x""#),
            on(r#""arn:aws:s3:::b/${aws:username}/*""#),
            on(r#""arn:aws:s3:::b/*""#),
        ],
        vec![
            on(r#""arn:aws:s3:::b/${*}""#),
            on(r#""arn:aws:s3:::b/?""#),
            on(r#""arn:aws:s3:::b*""#),
            on(r#""arn:aws:s3*""#),
            on(r#""*""#),
        ],
        vec![
            when(r#""StringEquals":{"aws:PrincipalTag/t":"${aws:username}"}"#),
            when(r#""StringLike":{"aws:PrincipalTag/t":"${aws:username}*"}"#),
            when(r#""StringLike":{"aws:PrincipalTag/t":["${aws:username}*","x"]}"#),
            when(r#""Null":{"aws:PrincipalTag/t":"false"}"#),
            statement(r#""Action":"s3:*","Resource":"*""#),
        ],
        vec![
            when(r#""ForAnyValue:StringEquals":{"aws:TagKeys":"a"},"ForAllValues:StringEquals":{"aws:TagKeys":"a"}"#),
            when(r#""ForAllValues:StringEquals":{"aws:TagKeys":"a"}"#),
            when(r#""ForAllValues:StringLike":{"aws:TagKeys":["a","b*"]}"#),
        ],
        vec![
            when(r#""IpAddress":{"aws:SourceIp":"2001:db8::/64"}"#),
            when(r#""IpAddress":{"aws:SourceIp":"2001:db8::/32"}"#),
        ],
        vec![
            to(r#""Principal":{"AWS":"111122223333"}"#),
            to(r#""Principal":{"AWS":["111122223333","444455556666"]}"#),
            to(r#""Principal":"*""#),
        ],
        vec![
            to(r#""Principal":{"Service":"sns.amazonaws.com"}"#),
            to(r#""Principal":"*""#),
        ],
    ] {
        for (nth, narrow) in steps.iter().enumerate() {
            for wide in steps.iter().skip(nth + 1) {
                assert_eq!(
                    relations(narrow, wide),
                    (Relation::Wider, Relation::Narrower),
                    "{narrow}\n{wide}"
                );
            }
        }
    }
}

#[test]
fn who_is_named_in_another_way_is_granted_something_else() {
    let forms = [
        r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/r"}"#,
        r#""Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/r/s"}"#,
        r#""Principal":{"AWS":"111122223333"}"#,
        r#""Principal":{"AWS":"arn:aws-cn:iam::111122223333:root"}"#,
        r#""Principal":{"AWS":"AROAEXAMPLE"}"#,
    ];
    for (nth, one) in forms.iter().enumerate() {
        for other in forms.iter().skip(nth + 1) {
            let found = relations(&to(one), &to(other));
            assert_eq!(found, (Relation::Incomparable, Relation::Incomparable), "{one} {other}");
        }
    }
    let path = r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/p/r"}"#;
    assert_eq!(relations(&to(forms[0]), &to(path)).0, Relation::Equivalent);
}

#[test]
fn a_missing_principal_is_not_everybody() {
    let attached = statement(r#""Action":"s3:*","Resource":"*""#);
    let found = relations(&attached, &to(r#""Principal":"*""#));
    assert_eq!(found, (Relation::Incomparable, Relation::Incomparable));
}

#[test]
fn the_version_matters_where_it_means_something() {
    let old = |text: &str| text.replace("2012-10-17", "2008-10-17");
    let own = on(r#""arn:aws:s3:::b/${aws:username}""#);
    assert_eq!(relations(&old(&own), &own).0, Relation::Incomparable);
    let plain = on(r#""arn:aws:s3:::b/*""#);
    assert_eq!(relations(&old(&plain), &plain).0, Relation::Equivalent);
}

#[test]
fn gains_and_losses_are_told_in_the_words_of_the_documents() {
    let before = document(&statement(
        r#""Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]"#,
    ));
    let after = document(
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:DeleteObject"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],
             "Condition":{"Bool":{"aws:SecureTransport":"true"}}},
            {"Effect":"Deny","Action":"iam:*","Resource":"*"}]}"#,
    );
    let found = compare(&before, &after);
    assert_eq!(found.relation, Relation::Incomparable);
    let texts = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let resources = texts(&["arn:aws:s3:::b", "arn:aws:s3:::b/*"]);
    assert_eq!(
        found.gains,
        [Access {
            effect: Effect::Allow,
            principals: Vec::new(),
            actions: texts(&["s3:DeleteObject", "s3:PutObject"]),
            resources: resources.clone(),
            when: Some("if Bool aws:SecureTransport true".to_owned()),
        }]
    );
    let lost: Vec<_> = found
        .loses
        .iter()
        .map(|one| (one.effect, one.actions.join(" "), one.when.is_some()))
        .collect();
    assert_eq!(
        lost,
        [
            (Effect::Allow, "s3:ListBucket".to_owned(), false),
            (Effect::Allow, "s3:GetObject".to_owned(), true),
            (Effect::Deny, "iam:*".to_owned(), false),
        ]
    );
}

#[test]
fn too_much_to_tell_is_called_different() {
    let patterns: Vec<String> = ('a'..='z')
        .map(|letter| format!(r#""arn:aws:s3:::*{letter}*""#))
        .collect();
    let all = on(&format!("[{}]", patterns.join(",")));
    let fewer = on(&format!("[{}]", patterns[1..].join(",")));
    let found = compare(&document(&all), &document(&fewer));
    assert_eq!((found.relation, found.is_decided), (Relation::Incomparable, false));
    assert_eq!(relations(&all, &all).0, Relation::Same);
}
