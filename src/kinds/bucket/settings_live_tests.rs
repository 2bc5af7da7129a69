//! The large settings of a bucket from YAML to a simulated account, with the real SDK clients.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use aws_sdk_s3::Client;
use aws_sdk_s3::types as sdk;

use crate::aws::Intent;
use crate::kinds::live_testing::{Bench, Meddling, change, summaries};
use crate::names::Region;

const NAME: &str = "imagery-1";

fn client(bench: &Bench) -> Client {
    bench.aws.s3(&Region::parse("us-east-1").unwrap(), Intent::Read)
}

fn bucket(fields: &str) -> String {
    format!("buckets:\n  logs-1: {{}}\n  {NAME}: {{ {fields} }}\n")
}

/// The fields that a plan can't tell.
fn unknown(plan: &crate::plan::Plan) -> Vec<String> {
    let unknown = &change(plan, &format!("bucket/{NAME}")).unknown;
    unknown.iter().map(|(path, _)| path.to_string()).collect()
}

#[tokio::test]
async fn each_large_setting_changes_by_itself_and_back() {
    let bench = Bench::new();
    bench.apply(&bucket("")).await;
    for fields in [
        "website: { index: i.html }",
        "website: { index: i.html, error: e.html, routing_rules: [{ redirect: { replace_key_prefix_with: '' } }] }",
        "website: { redirect_all_requests_to: { host_name: x.org, protocol: https } }",
        "website: none",
        "lifecycle: [{ id: a, prefix: tmp/, expiration: { days: 7 } }]",
        "lifecycle: [{ id: a, prefix: tmp/, expiration: { days: 8 } }, { id: b, transitions: [{ date: 2030-01-31, storage_class: GLACIER }] }]",
        "lifecycle: [{ id: b, status: disabled, filter: { prefix: x, tags: { k: v }, object_size_greater_than: 9 }, \
         noncurrent_version_expiration: { noncurrent_days: 9, newer_noncurrent_versions: 2 } }]",
        "lifecycle: none",
        "cors: [{ allowed_methods: [GET], allowed_origins: ['*'] }]",
        "cors: [{ allowed_methods: [PUT], allowed_origins: [a], max_age_seconds: 0 }, { allowed_methods: [GET], allowed_origins: ['*'] }]",
        "cors: []",
        "logging: { target_bucket: logs-1 }",
        "logging: { target_bucket: logs-1, target_prefix: a/, target_object_key_format: { partitioned_prefix: EventTime } }",
        "logging: none",
        "notifications: { a: { queue: 'arn:aws:sqs:us-east-1:123456789012:q', events: ['s3:ObjectCreated:*'] } }",
        "notifications: { a: { topic: 'arn:aws:sns:us-east-1:123456789012:t', events: ['s3:ObjectCreated:*'], prefix: b/ } }, eventbridge: true",
        "notifications: none, eventbridge: true",
        "",
    ] {
        let applied = bench.apply(&bucket(fields)).await;
        assert_eq!(applied.plan.steps.len(), 1, "{fields}: {:?}", summaries(&applied.plan));
    }
}

#[tokio::test]
async fn the_order_of_rules_of_lifecycle_is_no_difference() {
    let bench = Bench::new();
    let (one, two) = (
        "{ id: a, expiration: { days: 7 } }",
        "{ id: b, expiration: { days: 8 } }",
    );
    bench.apply(&bucket(&format!("lifecycle: [{one}, {two}]"))).await;
    let plan = bench.plan(&bucket(&format!("lifecycle: [{two}, {one}]"))).await;
    assert!(plan.is_empty(), "{:?}", summaries(&plan));
}

fn functions(fields: &str) -> String {
    format!(
        "roles: {{ runner: {{ trust: lambda.amazonaws.com }} }}\n\
         lambdas: {{ unpack: {{ runtime: python3.13, handler: h.m, role: runner, code: ./code }} }}\n{}",
        bucket(fields)
    )
}

#[tokio::test]
async fn a_function_of_the_file_lets_the_bucket_in_before_it_is_told_and_no_longer_than_it_is() {
    let bench = Bench::new();
    bench.write("code/h.py", "x");
    let told = "notifications: { n: { lambda: unpack, events: ['s3:ObjectCreated:*'], suffix: .zip } }";
    let applied = bench.apply(&functions(told)).await;
    let steps = summaries(&applied.plan);
    let place = |part: &str| {
        let found = steps.iter().position(|step| step.contains(part));
        found.unwrap_or_else(|| panic!("no `{part}` in {steps:#?}"))
    };
    assert!(
        place("evenkeel-s3-imagery-1") < place("write notifications"),
        "{steps:#?}"
    );
    let applied = bench.apply(&functions("")).await;
    let steps = summaries(&applied.plan);
    let place = |part: &str| {
        let found = steps.iter().position(|step| step.contains(part));
        found.unwrap_or_else(|| panic!("no `{part}` in {steps:#?}"))
    };
    assert!(
        place("write notifications") < place("evenkeel-s3-imagery-1"),
        "{steps:#?}"
    );
}

#[tokio::test]
async fn what_belongs_to_all_rules_survives_a_change_of_one() {
    let bench = Bench::new();
    let rules = |days: u32| bucket(&format!("lifecycle: [{{ id: a, expiration: {{ days: {days} }} }}]"));
    bench.apply(&rules(1)).await;
    let s3 = client(&bench);
    let answer = s3
        .get_bucket_lifecycle_configuration()
        .bucket(NAME)
        .send()
        .await
        .unwrap();
    let by_hand = sdk::BucketLifecycleConfiguration::builder()
        .set_rules(answer.rules)
        .build()
        .unwrap();
    let varied = sdk::TransitionDefaultMinimumObjectSize::VariesByStorageClass;
    let request = s3
        .put_bucket_lifecycle_configuration()
        .bucket(NAME)
        .lifecycle_configuration(by_hand);
    let request = request.transition_default_minimum_object_size(varied.clone());
    request.send().await.unwrap();
    bench.apply(&rules(2)).await;
    let answer = s3
        .get_bucket_lifecycle_configuration()
        .bucket(NAME)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.transition_default_minimum_object_size, Some(varied));
}

#[tokio::test]
async fn edits_by_hand_are_differences_and_go() {
    let bench = Bench::new();
    let fields = "website: { index: i.html }, cors: [{ allowed_methods: [GET], allowed_origins: ['*'] }]";
    bench.apply(&bucket(fields)).await;
    let s3 = client(&bench);
    let queue = sdk::QueueConfiguration::builder().queue_arn("arn:aws:sqs:us-east-1:123456789012:q");
    let queue = queue.events(sdk::Event::S3ObjectRemoved).build().unwrap();
    let told = sdk::NotificationConfiguration::builder()
        .queue_configurations(queue)
        .build();
    let request = s3.put_bucket_notification_configuration().bucket(NAME);
    request.notification_configuration(told).send().await.unwrap();
    s3.delete_bucket_cors().bucket(NAME).send().await.unwrap();
    s3.delete_bucket_website().bucket(NAME).send().await.unwrap();
    let applied = bench.apply(&bucket(fields)).await;
    let steps = summaries(&applied.plan);
    let wanted = ["write notifications", "write website", "write CORS"].map(|step| format!("bucket/{NAME}: {step}"));
    assert_eq!(steps, wanted);
}

/// An account of a later time, whose answers have a word that we don't know.
fn showing(known: &'static str, unknown: &'static str) -> Bench {
    Bench::meddled(move |_, text| match text.contains(known) {
        true => Meddling::Rewritten(text.replace(known, unknown)),
        false => Meddling::None,
    })
}

/// A rule by a client that knows more than we do.
async fn put_iceberg(s3: &Client) {
    let transition = sdk::Transition::builder().days(40);
    let transition = transition.storage_class(sdk::TransitionStorageClass::Glacier).build();
    let rule = sdk::LifecycleRule::builder()
        .id("new")
        .status(sdk::ExpirationStatus::Enabled);
    let rule = rule
        .filter(sdk::LifecycleRuleFilter::builder().build())
        .transitions(transition)
        .build();
    let rules = sdk::BucketLifecycleConfiguration::builder()
        .rules(rule.unwrap())
        .build()
        .unwrap();
    let request = s3.put_bucket_lifecycle_configuration().bucket(NAME);
    request.lifecycle_configuration(rules).send().await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_said_is_unknown_and_left_alone() {
    let bench = showing("<StorageClass>GLACIER<", "<StorageClass>ICEBERG<");
    bench.apply(&bucket("")).await;
    put_iceberg(&client(&bench)).await;
    for (fields, path) in [
        ("", "lifecycle"),
        ("lifecycle: [{ id: a, expiration: { days: 7 } }]", "lifecycle.a"),
    ] {
        let plan = bench.plan(&bucket(fields)).await;
        assert!(plan.steps.is_empty(), "{fields}: {:?}", summaries(&plan));
        assert_eq!(unknown(&plan), [path]);
    }
}

#[tokio::test]
async fn notifications_that_cannot_be_said_are_not_lost_by_a_change_of_eventbridge() {
    let bench = showing("s3:ObjectRemoved:*", "s3:ObjectDreamed:*");
    bench.apply(&bucket("")).await;
    let s3 = client(&bench);
    let queue = sdk::QueueConfiguration::builder().queue_arn("arn:aws:sqs:us-east-1:123456789012:q");
    let queue = queue.events(sdk::Event::S3ObjectRemoved).build().unwrap();
    let told = sdk::NotificationConfiguration::builder()
        .queue_configurations(queue)
        .build();
    let request = s3.put_bucket_notification_configuration().bucket(NAME);
    request.notification_configuration(told).send().await.unwrap();
    let plan = bench.plan(&bucket("eventbridge: true")).await;
    assert!(plan.steps.is_empty(), "{:?}", summaries(&plan));
    let mut unknown = unknown(&plan);
    unknown.sort();
    assert_eq!(unknown, ["eventbridge", "notifications"]);
}
