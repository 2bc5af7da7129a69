//! What somebody keeps, and whom a bucket's policy shuts out.

use super::super::hold::{Need, Sure, administrators, shut, standing};
use super::*;
use crate::names::Arn;

const ALL: &str = "inline_policies: { all: [{ Effect: Allow, Action: '*', Resource: '*' }] }";

const MENDING: &[&str] = &["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"];

fn bucket(statements: &str) -> String {
    format!("buckets:\n  data: {{ policy: [{statements}] }}\nusers:\n  erika: {{ {ALL} }}\n  tom: {{}}\n")
}

const OPEN: &str = "{ Sid: Read, Effect: Allow, Principal: { AWS: $(users.tom.arn) }, Action: s3:GetObject, Resource: 'arn:aws:s3:::data/*' }";

fn deny(exception: &str) -> String {
    format!(
        "{OPEN}, {{ Sid: Shut, Effect: Deny, Principal: '*', Action: 's3:*', Resource: ['arn:aws:s3:::data', 'arn:aws:s3:::data/*']{exception} }}"
    )
}

fn arn(text: &str) -> Arn {
    Arn::parse(text).unwrap()
}

fn mending(before: &str, after: &str) -> Sure {
    let need = Need {
        action: "s3:PutBucketPolicy".into(),
        resource: "arn:aws:s3:::data".into(),
    };
    let erika = arn("arn:aws:iam::123456789012:user/erika");
    let found = standing(&world(before), &world(after), &erika, &[need]).unwrap();
    assert_eq!(found[0].before, Sure::Yes);
    found[0].after
}

#[test]
fn a_deny_takes_from_its_author_unless_it_leaves_the_author_out() {
    let except = |condition: &str| format!(", Condition: {condition}");
    let open = bucket(OPEN);
    assert_eq!(mending(&open, &bucket(&deny(""))), Sure::No);
    let own = except("{ ArnNotEquals: { 'aws:PrincipalArn': $(users.erika.arn) } }");
    assert_eq!(mending(&open, &bucket(&deny(&own))), Sure::Yes);
    let tls = except("{ Bool: { 'aws:SecureTransport': 'false' } }");
    assert_eq!(mending(&open, &bucket(&deny(&tls))), Sure::Yes);
    let network = except("{ StringNotEquals: { 'aws:SourceVpc': vpc-1 } }");
    assert_eq!(mending(&open, &bucket(&deny(&network))), Sure::Depends);
}

#[test]
fn a_bucket_is_shut_where_nobody_is_left_out() {
    let of = |before: &str, after: &str| shut(&world(before), &world(after), &arn("arn:aws:s3:::data"), MENDING);
    let (open, closed) = (bucket(OPEN), bucket(&deny("")));
    assert_eq!(of(&open, &closed).unwrap().statement.as_deref(), Some("Shut"));
    assert_eq!(of(&closed, &closed), None, "it is so already");
    let except = bucket(&deny(
        ", Condition: { ArnNotEquals: { 'aws:PrincipalArn': $(users.erika.arn) } }",
    ));
    assert_eq!(of(&open, &except), None);
}

#[test]
fn an_administrator_may_write_all_policies() {
    assert_eq!(administrators(&world(&bucket(OPEN))), ["user/erika"]);
    let guarded = format!(
        "policies:\n  limits: {{ document: [{{ Effect: Allow, Action: 's3:*', Resource: '*' }}] }}\nusers:\n  erika: {{ {ALL}, permissions_boundary: limits }}\n"
    );
    assert_eq!(administrators(&world(&guarded)), Vec::<String>::new());
}

#[test]
fn nothing_is_known_of_whom_an_unread_policy_governs() {
    let unread = "users:\n  erika: { policies: ['arn:aws:iam::123456789012:policy/elsewhere'] }\n";
    let erika = arn("arn:aws:iam::123456789012:user/erika");
    assert!(standing(&world(unread), &world(unread), &erika, &[]).is_none());
}
