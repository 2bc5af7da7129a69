//! The kind with the real SDK over a simulated account.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value as Json, json};

use crate::aws::Intent;
use crate::kinds::live_testing::{Bench, Meddling, change, summaries};
use crate::names::Region;
use crate::plan::{Plan, Verb};
use crate::sandbox::Options;

const ROLE: &str = "roles: { reader: { trust: ec2.amazonaws.com } }\n";
const THEIRS: &str = r#"{"Sid":"Theirs","Effect":"Deny","Principal":"*","Action":"s3:DeleteBucket","Resource":"arn:aws:s3:::shared-archive"}"#;

fn s3(bench: &Bench, region: &str) -> aws_sdk_s3::Client {
    bench.aws.s3(&Region::parse(region).unwrap(), Intent::Read)
}

/// A bucket of somebody else's, in another region.
async fn bucket(bench: &Bench) {
    let constraint = aws_sdk_s3::types::CreateBucketConfiguration::builder();
    let constraint = constraint.location_constraint(aws_sdk_s3::types::BucketLocationConstraint::EuCentral1);
    let request = s3(bench, "eu-central-1").create_bucket().bucket("shared-archive");
    let request = request.create_bucket_configuration(constraint.build());
    request.send().await.unwrap();
}

async fn put(bench: &Bench, statements: &[Json]) {
    let policy = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let request = s3(bench, "eu-central-1").put_bucket_policy().bucket("shared-archive");
    request.policy(policy).send().await.unwrap();
}

/// The statements of the bucket's policy.
async fn statements(bench: &Bench) -> Vec<Json> {
    let request = s3(bench, "eu-central-1").get_bucket_policy().bucket("shared-archive");
    let Ok(answer) = request.send().await else {
        return Vec::new();
    };
    let policy: Json = serde_json::from_str(answer.policy().unwrap()).unwrap();
    policy["Statement"].as_array().unwrap().clone()
}

fn sids(statements: &[Json]) -> Vec<&str> {
    statements.iter().map(|one| one["Sid"].as_str().unwrap()).collect()
}

fn theirs() -> Json {
    serde_json::from_str(THEIRS).unwrap()
}

fn own(sid: &str, effect: &str, principal: &str, action: &str) -> String {
    format!(
        "      - {{ Sid: {sid}, Effect: {effect}, Principal: {principal}, Action: {action}, Resource: 'arn:aws:s3:::shared-archive/*' }}\n"
    )
}

fn file(statements: &str) -> String {
    format!("{ROLE}bucket_policies:\n  shared-archive:\n    Statement:\n{statements}")
}

fn read(action: &str) -> String {
    own("Read", "Allow", "{ AWS: $(roles.reader.arn) }", action)
}

fn refused(plan: &Plan) -> Vec<String> {
    let line = |one: &crate::plan::Refusal| format!("{}: {}", one.guard, one.message);
    plan.refusals.iter().map(line).collect()
}

const ADOPT: &[&str] = &["bucket_policy/shared-archive"];

#[tokio::test]
async fn statements_come_change_and_go_and_others_stay() {
    let bench = Bench::new();
    bucket(&bench).await;
    put(&bench, &[theirs()]).await;
    let applied = bench.apply(&file(&read("s3:GetObject"))).await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "role/reader: create role reader",
            "bucket_policy/shared-archive: add Read"
        ]
    );
    let found = statements(&bench).await;
    assert_eq!(sids(&found), ["Theirs", "Read"]);
    assert_eq!(found[0], theirs());
    let wider = file(&(read("[s3:GetObject, s3:PutObject]") + &own("Stop", "Deny", "'*'", "s3:DeleteObject")));
    let refusal = refused(&bench.plan(&wider).await);
    assert_eq!(
        refusal,
        [
            "adopt: bucket_policy/shared-archive can't carry a mark of ownership, and this takes away: add Stop; change Read"
        ]
    );
    bench.consent(ADOPT, &[], &[]);
    let applied = bench.apply(&wider).await;
    assert_eq!(summaries(&applied.plan).len(), 1, "all of it goes with one call");
    assert_eq!(sids(&statements(&bench).await), ["Theirs", "Read", "Stop"]);
    // What the file no longer names stays until it is named under `absent`.
    let applied = bench.apply(&file(&own("Stop", "Deny", "'*'", "s3:DeleteObject"))).await;
    assert!(applied.plan.is_empty());
    let gone = format!("{ROLE}bucket_policies: {{ shared-archive: {{ absent: [Read, Stop, Never] }} }}\n");
    bench.apply(&gone).await;
    assert_eq!(statements(&bench).await, [theirs()]);
    put(&bench, &[json!({ "Sid": "Read", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::shared-archive" })]).await;
    bench.apply(&gone).await;
    assert_eq!(
        statements(&bench).await,
        Vec::<Json>::new(),
        "what is left empty is deleted"
    );
}

#[tokio::test]
async fn a_bucket_without_a_policy_gets_one() {
    let bench = Bench::new();
    bucket(&bench).await;
    bench.apply(&file(&read("s3:GetObject"))).await;
    assert_eq!(sids(&statements(&bench).await), ["Read"]);
}

#[tokio::test]
async fn a_bucket_must_be_there() {
    let bench = Bench::new();
    let plan = bench.plan(&file(&read("s3:GetObject"))).await;
    assert_eq!(
        refused(&plan),
        ["missing: bucket_policy/shared-archive: there is no bucket `shared-archive`"]
    );
    assert_eq!(change(&plan, "bucket_policy/shared-archive").verb, Verb::Refuse);
}

#[tokio::test]
async fn what_may_not_be_read_is_unknown() {
    let on = Arc::new(AtomicBool::new(false));
    let refusing = Arc::clone(&on);
    let bench = Bench::meddled(move |_, answer| {
        if refusing.load(Ordering::Relaxed) && answer.contains("\"Statement\"") {
            let refusal = "<Error><Code>AccessDenied</Code><Message>no s3:GetBucketPolicy</Message></Error>";
            return Meddling::Refused(refusal.to_owned());
        }
        Meddling::None
    });
    bucket(&bench).await;
    put(&bench, &[theirs()]).await;
    on.store(true, Ordering::Relaxed);
    let plan = bench.plan(&file(&read("s3:GetObject"))).await;
    let change = change(&plan, "bucket_policy/shared-archive");
    assert_eq!(change.verb, Verb::Unknown);
    assert!(change.unknown[0].1.contains("AccessDenied"), "{:?}", change.unknown);
}

#[tokio::test]
async fn what_is_put_by_hand_is_seen_and_taken_over_by_a_word() {
    let bench = Bench::new();
    bucket(&bench).await;
    bench.apply(&file(&read("s3:GetObject"))).await;
    let mut found = statements(&bench).await;
    found[0]["Action"] = json!("s3:*");
    found.insert(0, theirs());
    put(&bench, &found).await;
    let plan = bench.plan(&file(&read("s3:GetObject"))).await;
    assert_eq!(refused(&plan).len(), 1);
    bench.consent(ADOPT, &[], &[]);
    bench.apply(&file(&read("s3:GetObject"))).await;
    let found = statements(&bench).await;
    assert_eq!(sids(&found), ["Theirs", "Read"]);
    assert_eq!(found[1]["Action"], json!("s3:GetObject"));
    // Taken out by hand: adding takes nothing away.
    put(&bench, &[theirs()]).await;
    bench.consent(&[], &[], &[]);
    bench.apply(&file(&read("s3:GetObject"))).await;
}

#[tokio::test]
async fn what_is_there_already_as_written_is_left_alone() {
    let bench = Bench::new();
    bucket(&bench).await;
    let by_hand = json!({ "Sid": "Read", "Effect": "Allow", "Principal": { "AWS": "210987654321" },
        "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::shared-archive/*"] });
    put(&bench, &[by_hand, theirs()]).await;
    let text = file(&own(
        "Read",
        "Allow",
        "{ AWS: 'arn:aws:iam::210987654321:root' }",
        "S3:getobject",
    ));
    let applied = bench.apply(&text).await;
    assert_eq!(summaries(&applied.plan), ["role/reader: create role reader"]);
}

#[tokio::test]
async fn a_new_principal_is_waited_for() {
    let bench = Bench::with(Options {
        lag: Some(3),
        ..Options::default()
    });
    bucket(&bench).await;
    bench.apply(&file(&read("s3:GetObject"))).await;
}

#[tokio::test]
async fn a_role_that_is_made_anew_is_named_anew() {
    let bench = Bench::new();
    bucket(&bench).await;
    bench.apply(&file(&read("s3:GetObject"))).await;
    let moved = file(&read("s3:GetObject")).replace("trust:", "path: /new/, trust:");
    bench.consent(&[], &["role/reader"], &[]);
    // The path is part of the ARN, so the statement itself changes.
    assert_eq!(refused(&bench.plan(&moved).await).len(), 1);
    bench.consent(ADOPT, &["role/reader"], &[]);
    bench.apply(&moved).await;
    bench.iam().delete_role().role_name("reader").send().await.unwrap();
    bench.consent(&[], &[], &[]);
    // The dead id in our own statement goes with the write.
    let applied = bench.apply(&moved).await;
    assert_eq!(summaries(&applied.plan).len(), 2, "the role and the statement");
}

#[tokio::test]
async fn a_dead_principal_of_others_is_told_before_anything_is_done() {
    let bench = Bench::new();
    bucket(&bench).await;
    bench.apply("roles: { former: { trust: ec2.amazonaws.com } }\n").await;
    let mut former = theirs();
    former["Principal"] = json!({ "AWS": "arn:aws:iam::123456789012:role/former" });
    put(&bench, &[former.clone()]).await;
    bench.iam().delete_role().role_name("former").send().await.unwrap();
    let plan = bench.plan(&file(&read("s3:GetObject"))).await;
    let refusal = refused(&plan).concat();
    assert!(
        refusal.starts_with("blocked: ") && refusal.contains("Theirs (AROA"),
        "{refusal}"
    );
}

#[tokio::test]
async fn nobody_opens_a_bucket_to_everybody_without_a_word() {
    let bench = Bench::new();
    bucket(&bench).await;
    let open = file(&own("Read", "Allow", "'*'", "s3:GetObject"));
    assert_eq!(
        refused(&bench.plan(&open).await),
        ["public: bucket_policy/shared-archive would give everybody s3:GetObject on arn:aws:s3:::shared-archive/*"]
    );
    bench.consent(&[], &[], &["public:bucket_policy/shared-archive"]);
    // The bucket's own block is not this file's, and its refusal does not heal.
    let failures = bench.try_apply(&open).await.failures();
    assert!(failures[0].contains("BlockPublicPolicy"), "{failures:?}");
    let request = s3(&bench, "eu-central-1").delete_public_access_block();
    request.bucket("shared-archive").send().await.unwrap();
    bench.apply(&open).await;
    bench.consent(&[], &[], &[]);
    bench
        .apply(&file(
            &(own("Read", "Allow", "'*'", "s3:GetObject") + &own("Stop", "Deny", "'*'", "s3:PutObject")),
        ))
        .await;
}

#[tokio::test]
async fn a_policy_that_is_too_long_fails_before_it_is_sent() {
    let bench = Bench::new();
    bucket(&bench).await;
    let mut long = theirs();
    long["Resource"] = json!("arn:aws:s3:::shared-archive");
    long["Condition"] = json!({ "StringEquals": { "aws:SourceVpc": vec!["vpc-0123456789"; 1190] } });
    put(&bench, &[long]).await;
    let failures = bench.try_apply(&file(&read("s3:GetObject"))).await.failures();
    assert!(failures[0].contains("bytes long, and S3 takes 20480"), "{failures:?}");
}
