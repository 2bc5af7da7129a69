//! Questions whose answers are known, and the same answers by brute force.

use super::super::{Decision, Layers, Named, Prepared, Principal};
use super::*;
use crate::policy_doc::{Document, Policy};

const ACCOUNT: &str = "123456789012";

fn document(text: &str) -> Document {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{text}]}}"#);
    let policy = Policy::from_live(&text).unwrap();
    policy.document().unwrap().clone()
}

fn outcome(statements: &str, actions: &[&str], resource: &str) -> Outcome {
    let document = document(statements);
    let layers = Layers {
        identity: vec![Named {
            name: "p".into(),
            document: &document,
        }],
        ..Layers::default()
    };
    Prepared::new(&layers).decide_all(&question(actions, resource))
}

fn question(actions: &[&str], resource: &str) -> Question {
    Question {
        principal: Principal::parse(&format!("arn:aws:iam::{ACCOUNT}:user/erika")).unwrap(),
        actions: actions.iter().map(|action| (*action).to_owned()).collect(),
        resource: resource.to_owned(),
        account: ACCOUNT.to_owned(),
        context: Context::complete(),
    }
}

fn answers(statements: &str, actions: &[&str], resource: &str) -> Answers {
    match outcome(statements, actions, resource) {
        Outcome::Answered(answers) => answers,
        other => panic!("{other:?}"),
    }
}

const READS_B: &str = r#"{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*"}"#;

#[test]
fn what_a_pattern_covers_is_allowed_for_all_and_what_it_does_not_has_an_example() {
    assert!(answers(READS_B, &["s3:GetObject"], "arn:aws:s3:::b/*").all_allowed());
    assert!(answers(READS_B, &["s3:getobject"], "arn:aws:s3:::b/x?/y").all_allowed());
    let wider = answers(READS_B, &["s3:GetObject"], "arn:aws:s3:::*/*");
    assert!(!wider.all_allowed() && !wider.none_allowed());
    let example = wider.example(Decision::ImplicitlyDenied).unwrap();
    assert!(!example.resource.starts_with("arn:aws:s3:::b/"), "{example:?}");
    assert!(answers(READS_B, &["s3:PutObject"], "arn:aws:s3:::*/*").none_allowed());
}

#[test]
fn a_deny_in_a_corner_is_found() {
    let corner = r#"{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::b/*/secret?"}"#;
    let all = answers(&format!("{READS_B},{corner}"), &["s3:GetObject"], "arn:aws:s3:::b/*");
    assert!(!all.all_allowed());
    let example = all.example(Decision::ExplicitlyDenied).unwrap();
    assert!(Glob::arn("arn:aws:s3:::b/*/secret?").matches(&example.resource));
    assert!(!answers(&format!("{READS_B},{corner}"), &["s3:GetObject"], "arn:aws:s3:::b/a*").all_allowed());
    assert!(answers(&format!("{READS_B},{corner}"), &["s3:GetObject"], "arn:aws:s3:::b/a?z").all_allowed());
}

#[test]
fn two_statements_cover_together_what_neither_covers_alone() {
    let both = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/status/*"},
        {"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/status/*"}"#;
    assert!(answers(both, &["s3:GetObject"], "arn:aws:s3:::b/*").all_allowed());
}

#[test]
fn actions_are_asked_on_what_they_work_on() {
    let bucket = r#"{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}"#;
    assert!(answers(bucket, &["s3:ListBucket"], "arn:aws:s3:::b").all_allowed());
    assert!(answers(bucket, &["s3:*Object"], "arn:aws:s3:::b/*").all_allowed());
    assert!(
        matches!(outcome(bucket, &["s3:ListBucket"], "arn:aws:s3:::b/*"), Outcome::Pointless(why) if why.contains("arn:aws:s3:::BucketName"))
    );
    assert!(
        matches!(outcome(bucket, &["s3:ListAllMyBuckets"], "arn:aws:s3:::b"), Outcome::Pointless(why) if why.contains("`*` alone"))
    );
    assert!(matches!(outcome(bucket, &["s3:zz*"], "*"), Outcome::Pointless(_)));
    assert!(!answers(bucket, &["s3:ListAllMyBuckets"], "*").all_allowed());
    let glue = r#"{"Effect":"Allow","Action":"glue:*","Resource":"*"}"#;
    assert!(answers(glue, &["glue:*"], "*").all_allowed());
    let own = format!(
        r#"{{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:*:{ACCOUNT}:function:*"}}"#
    );
    assert!(answers(&own, &["lambda:InvokeFunction"], "*").all_allowed());
}

#[test]
fn a_name_that_the_catalogue_lacks_is_taken_at_its_word() {
    let new = r#"{"Effect":"Allow","Action":"s3:BrandNew","Resource":"arn:aws:s3:::b/*"}"#;
    assert!(answers(new, &["s3:BrandNew"], "arn:aws:s3:::b/x").all_allowed());
    assert!(!answers(new, &["s3:BrandNew"], "*").all_allowed());
}

#[test]
fn variables_cut_by_their_values_and_are_unknown_without() {
    let home = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username}/*"}"#;
    assert!(answers(home, &["s3:GetObject"], "arn:aws:s3:::b/erika/*").all_allowed());
    assert!(answers(home, &["s3:GetObject"], "arn:aws:s3:::b/tom/*").none_allowed());
    let tagged = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/team}/*"}"#;
    let document = document(tagged);
    let layers = Layers {
        identity: vec![Named {
            name: "p".into(),
            document: &document,
        }],
        ..Layers::default()
    };
    let mut question = question(&["s3:GetObject"], "arn:aws:s3:::b/x/*");
    question.context = Context::incomplete();
    let Outcome::Answered(perhaps) = Prepared::new(&layers).decide_all(&question) else {
        panic!()
    };
    assert!(perhaps.example(Decision::Unknown).is_some() && !perhaps.all_allowed() && !perhaps.none_allowed());
    question.resource = "arn:aws:s3:::other/*".into();
    let Outcome::Answered(never) = Prepared::new(&layers).decide_all(&question) else {
        panic!()
    };
    assert!(never.none_allowed(), "{never:?}");
}

#[test]
fn every_action_on_everything_is_decided_soon() {
    let admin = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    assert!(answers(admin, &["s3:*", "ec2:*", "lambda:*", "iam:*"], "*").all_allowed());
    // Roles and keys have a say of their own, which nobody has given here.
    let denied = answers(admin, &["*"], "*");
    let denied = denied.example(Decision::ImplicitlyDenied).unwrap();
    assert!(
        ["sts:", "kms:"]
            .iter()
            .any(|service| denied.action.starts_with(service)),
        "{denied:?}"
    );
    let most = r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#;
    let all = answers(most, &["*"], "*");
    assert!(!all.all_allowed());
    assert!(
        all.example(Decision::ImplicitlyDenied)
            .unwrap()
            .action
            .starts_with("iam:")
    );
}
