//! The settings of a bucket through the SDK and back, over the simulated account.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::types as sdk;
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::settings_testing as any_of;
use super::settings_testing::{bucket, good};
use super::wire;
use super::{lifecycle, logging, notifications, website};
use crate::aws::{Intent, failed};
use crate::kinds::AnyPart;
use crate::kinds::live_testing::Bench;
use crate::kinds::testing::REGION;
use crate::names::Region;
use notifications::{EventName, Told};

const NAME: &str = "my.data";

/// A client of an account with one bucket.
async fn client(bench: &Bench) -> Client {
    let client = bench.aws.s3(&Region::parse(REGION).unwrap(), Intent::Write);
    client.create_bucket().bucket(NAME).send().await.unwrap();
    client
}

/// Values of a strategy, always the same ones.
fn some<S: Strategy>(strategy: S) -> impl Iterator<Item = S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..60).map(move |_| strategy.new_tree(&mut runner).unwrap().current())
}

#[tokio::test]
async fn websites_come_back_as_they_were_put() {
    let (bench, mut put) = (Bench::new(), 0);
    let client = client(&bench).await;
    for wanted in some(any_of::website()) {
        let configuration = wire::website::write(&wanted).unwrap();
        let request = client.put_bucket_website().bucket(NAME);
        request.website_configuration(configuration).send().await.unwrap();
        let answer = client.get_bucket_website().bucket(NAME).send().await.unwrap();
        assert_eq!(wire::website::read(&answer), Ok(wanted));
        put += 1;
    }
    assert_eq!(put, 60);
}

#[tokio::test]
async fn cors_comes_back_as_it_was_put() {
    let bench = Bench::new();
    let client = client(&bench).await;
    for wanted in some(any_of::cors()) {
        let configuration = wire::cors::write(&wanted).unwrap();
        let request = client.put_bucket_cors().bucket(NAME);
        request.cors_configuration(configuration).send().await.unwrap();
        let answer = client.get_bucket_cors().bucket(NAME).send().await.unwrap();
        assert_eq!(wire::cors::read(&answer), Ok(wanted));
    }
    assert!(wire::cors::write(&[]).is_err());
}

#[tokio::test]
async fn logging_comes_back_as_it_was_put() {
    let bench = Bench::new();
    let client = client(&bench).await;
    let put = async |wanted: Option<&logging::Logging>| {
        let status = wire::logging::write(wanted).unwrap();
        let request = client.put_bucket_logging().bucket(NAME);
        request.bucket_logging_status(status).send().await.unwrap();
        let answer = client.get_bucket_logging().bucket(NAME).send().await.unwrap();
        wire::logging::read(&answer)
    };
    for wanted in some(any_of::logging()) {
        assert_eq!(put(Some(&wanted)).await, Ok(Some(wanted)));
    }
    assert_eq!(put(None).await, Ok(None));
}

#[tokio::test]
async fn lifecycle_comes_back_as_it_was_put() {
    let bench = Bench::new();
    let client = client(&bench).await;
    for (at, wanted) in some(any_of::lifecycle()).enumerate() {
        let word = ["all_storage_classes_128K", "varies_by_storage_class"][at % 2];
        let minimum = Some(lifecycle::TransitionMinimum(word.to_owned()));
        let request = wire::lifecycle::write(&wanted, minimum.as_ref()).unwrap();
        request.bucket(NAME).send_with(&client).await.unwrap();
        let answer = client
            .get_bucket_lifecycle_configuration()
            .bucket(NAME)
            .send()
            .await
            .unwrap();
        assert_eq!(wire::lifecycle::read(&answer), Ok((wanted, minimum)));
    }
    assert!(wire::lifecycle::write(&BTreeMap::new(), None).is_err());
}

#[tokio::test]
async fn notifications_come_back_as_they_were_put() {
    let bench = Bench::new();
    let client = client(&bench).await;
    for wanted in some(any_of::told()).chain([Told::default()]) {
        let configuration = wire::notifications::write(&wanted).unwrap();
        let request = client.put_bucket_notification_configuration().bucket(NAME);
        // What S3 asks of functions and queues is the kind's affair.
        let request = request.skip_destination_validation(true);
        request.notification_configuration(configuration).send().await.unwrap();
        let answer = client
            .get_bucket_notification_configuration()
            .bucket(NAME)
            .send()
            .await
            .unwrap();
        assert_eq!(wire::notifications::read(&answer), Ok(wanted));
    }
}

/// What the rules of other clients read as.
async fn lifecycle_of(client: &Client, rules: Vec<sdk::LifecycleRule>) -> Result<wire::lifecycle::Rules, String> {
    let configuration = sdk::BucketLifecycleConfiguration::builder()
        .set_rules(Some(rules))
        .build()
        .unwrap();
    let request = client.put_bucket_lifecycle_configuration().bucket(NAME);
    request.lifecycle_configuration(configuration).send().await.unwrap();
    let answer = client
        .get_bucket_lifecycle_configuration()
        .bucket(NAME)
        .send()
        .await
        .unwrap();
    wire::lifecycle::read(&answer)
}

/// What rules read as that S3 does not take from us, but might show one day.
fn lifecycle_shown(rules: Vec<sdk::LifecycleRule>) -> Result<wire::lifecycle::Rules, String> {
    use aws_sdk_s3::operation::get_bucket_lifecycle_configuration::GetBucketLifecycleConfigurationOutput;
    let answer = GetBucketLifecycleConfigurationOutput::builder().set_rules(Some(rules));
    wire::lifecycle::read(&answer.build())
}

fn expiring() -> sdk::builders::LifecycleRuleBuilder {
    let expiration = sdk::LifecycleExpiration::builder().days(3).build();
    let rule = sdk::LifecycleRule::builder().status(sdk::ExpirationStatus::Enabled);
    rule.id("a").expiration(expiration)
}

#[tokio::test]
#[allow(deprecated, reason = "old rules have a prefix outside of a filter")]
async fn lifecycle_of_other_clients_reads_as_the_file_would_say_it() {
    let bench = Bench::new();
    let client = client(&bench).await;
    let said = |text: &str| good(text, lifecycle::lower);
    let all = said("[{ id: a, expiration: { days: 3 } }]");
    let below = said("[{ id: a, prefix: tmp/, expiration: { days: 3 } }]");
    let filter = sdk::LifecycleRuleFilter::builder;
    let cases = [
        (expiring().prefix(""), &all),
        (expiring().filter(filter().build()), &all),
        (expiring().filter(filter().prefix("").build()), &all),
        (expiring().prefix("tmp/"), &below),
        (expiring().filter(filter().prefix("tmp/").build()), &below),
    ];
    let alone = sdk::LifecycleRuleAndOperator::builder().prefix("tmp/").build();
    let alone = expiring().filter(filter().and(alone).build()).build().unwrap();
    assert_eq!(lifecycle_shown(vec![alone]).unwrap().0, below);
    for (rule, wanted) in cases {
        let (rules, minimum) = lifecycle_of(&client, vec![rule.build().unwrap()]).await.unwrap();
        assert_eq!(rules, *wanted);
        assert_eq!(minimum.unwrap().0, "all_storage_classes_128K");
    }
    let nameless = expiring().set_id(None).filter(filter().build()).build().unwrap();
    let (rules, _) = lifecycle_of(&client, vec![nameless]).await.unwrap();
    let (id, rule) = rules.first_key_value().unwrap();
    assert!(id.len() > 10 && *rule == all["a"], "{rules:?}");
    let date = aws_sdk_s3::primitives::DateTime::from_secs(1_577_836_800);
    let dated = sdk::LifecycleExpiration::builder().date(date).build();
    let dated = expiring().expiration(dated).prefix("").build().unwrap();
    let (rules, _) = lifecycle_of(&client, vec![dated]).await.unwrap();
    assert_eq!(rules, said("[{ id: a, expiration: { date: 2020-01-01 } }]"));
}

#[test]
fn what_lifecycle_cannot_say_is_never_dropped() {
    let filter = || sdk::LifecycleRuleFilter::builder().build();
    let transition = |class: &str| {
        let transition = sdk::Transition::builder().days(40);
        transition
            .storage_class(sdk::TransitionStorageClass::from(class))
            .build()
    };
    let idle = sdk::LifecycleExpiration::builder()
        .expired_object_delete_marker(false)
        .build();
    let cases = [
        (
            expiring().transitions(transition("ICEBERG")),
            "a transition to the storage class `ICEBERG`",
        ),
        (
            expiring()
                .transitions(transition("GLACIER"))
                .transitions(transition("GLACIER")),
            "two transitions to GLACIER",
        ),
        (expiring().expiration(idle), "no action that is known"),
    ];
    for (rule, wanted) in cases {
        let rule = rule.filter(filter()).build().unwrap();
        let error = lifecycle_shown(vec![rule]).unwrap_err();
        assert_eq!(error, format!("the lifecycle rule `a` has {wanted}"));
    }
}

/// What notifications of other clients read as.
async fn told_of(client: &Client, configuration: sdk::NotificationConfiguration) -> Result<Told, String> {
    let request = client.put_bucket_notification_configuration().bucket(NAME);
    request.notification_configuration(configuration).send().await.unwrap();
    let answer = client
        .get_bucket_notification_configuration()
        .bucket(NAME)
        .send()
        .await
        .unwrap();
    wire::notifications::read(&answer)
}

/// What notifications read as that S3 does not take from us, but might show one day.
fn told_shown(configuration: &sdk::NotificationConfiguration) -> Result<Told, String> {
    use aws_sdk_s3::operation::get_bucket_notification_configuration::GetBucketNotificationConfigurationOutput;
    let answer = GetBucketNotificationConfigurationOutput::builder();
    let queues = configuration.queue_configurations().to_vec();
    wire::notifications::read(&answer.set_queue_configurations(Some(queues)).build())
}

fn queue() -> sdk::builders::QueueConfigurationBuilder {
    sdk::QueueConfiguration::builder()
        .queue_arn("arn:aws:sqs:us-east-1:123456789012:work")
        .events(sdk::Event::S3ObjectCreated)
}

#[tokio::test]
async fn notifications_of_other_clients_keep_their_ids_and_filters() {
    let bench = Bench::new();
    let client = client(&bench).await;
    let rule = |name: &str, value: &str| {
        let rule = sdk::FilterRule::builder().name(sdk::FilterRuleName::from(name));
        rule.value(value).build()
    };
    let filter = |rules: Vec<sdk::FilterRule>| {
        let key = sdk::S3KeyFilter::builder().set_filter_rules(Some(rules)).build();
        sdk::NotificationConfigurationFilter::builder().key(key).build()
    };
    let of = |queue: sdk::builders::QueueConfigurationBuilder| {
        let configuration = sdk::NotificationConfiguration::builder();
        configuration.queue_configurations(queue.build().unwrap()).build()
    };
    for (prefix, suffix) in [("prefix", "suffix"), ("Prefix", "Suffix")] {
        let filter = filter(vec![rule(suffix, ".zip"), rule(prefix, "in/")]);
        let told = told_of(&client, of(queue().filter(filter))).await.unwrap();
        let (id, one) = told.notifications.first_key_value().unwrap();
        assert!(id.len() > 10 && !told.eventbridge, "{told:?}");
        assert_eq!((one.prefix.as_str(), one.suffix.as_str()), ("in/", ".zip"));
    }
    let twice = filter(vec![rule("prefix", "a"), rule("prefix", "b")]);
    let error = told_shown(&of(queue().id("q").filter(twice))).unwrap_err();
    assert_eq!(error, "the notification `q` has a filter with two values of `prefix`");
    let new = of(queue().id("q").events(sdk::Event::from("s3:ObjectDreamed:*")));
    let error = told_shown(&new).unwrap_err();
    assert_eq!(
        error,
        "the notification `q` has the event `s3:ObjectDreamed:*`, which is not known"
    );
}

#[test]
fn every_event_of_the_api_is_known() {
    assert_eq!(EventName::ALL, sdk::Event::values());
}

#[tokio::test]
async fn a_function_lets_s3_in_by_what_it_is_asked_for() {
    let bench = Bench::new();
    let client = client(&bench).await;
    let lowered = good("{ n: { lambda: one, events: ['s3:ObjectCreated:*'] } }", |node, cx| {
        notifications::lower(&bucket(), None, node, cx)
    });
    let AnyPart::Lambda(invocation) = &lowered.contributions[0].part else {
        panic!("{:?}", lowered.contributions)
    };
    let told = Told {
        notifications: lowered.notifications,
        eventbridge: true,
    };
    let put = async || {
        let configuration = wire::notifications::write(&told).unwrap();
        let request = client.put_bucket_notification_configuration().bucket(NAME);
        let answer = request.notification_configuration(configuration).send().await;
        answer.map_err(failed("s3:PutBucketNotificationConfiguration"))
    };
    let function = |permissions: serde_json::Value| {
        format!(
            "roles: {{ runner: {{ trust: lambda.amazonaws.com }} }}\nlambdas: {{ one: {{ name: One, runtime: python3.13, \
             handler: h.m, role: runner, code: ./code, permissions: {permissions} }} }}\n"
        )
    };
    bench.write("code/h.py", "x");
    bench.apply(&function(serde_json::json!({}))).await;
    let error = put().await.unwrap_err();
    assert!(
        error.says("InvalidArgument", "Unable to validate the following destination"),
        "{error}"
    );
    let mut permission = serde_json::json!(invocation.permission);
    permission.as_object_mut().unwrap().remove("action");
    bench
        .apply(&function(serde_json::json!({ invocation.id.as_str(): permission })))
        .await;
    put().await.unwrap();
    let answer = client
        .get_bucket_notification_configuration()
        .bucket(NAME)
        .send()
        .await
        .unwrap();
    assert_eq!(wire::notifications::read(&answer), Ok(told));
}

#[tokio::test]
async fn what_logging_and_cors_cannot_say_is_never_dropped() {
    let grantee = sdk::Grantee::builder()
        .r#type(sdk::Type::CanonicalUser)
        .id("1")
        .build()
        .unwrap();
    let enabled = sdk::LoggingEnabled::builder().target_bucket(NAME).target_prefix("");
    let output = |enabled: sdk::builders::LoggingEnabledBuilder| {
        let output = aws_sdk_s3::operation::get_bucket_logging::GetBucketLoggingOutput::builder();
        output.logging_enabled(enabled.build().unwrap()).build()
    };
    let grant = sdk::TargetGrant::builder().grantee(grantee).build();
    let read = wire::logging::read(&output(enabled.clone().target_grants(grant)));
    assert_eq!(read, Err("logging with grants to others by ACL".to_owned()));
    let read = wire::logging::read(&output(enabled.clone().target_bucket("Old_Bucket")));
    assert!(read.unwrap_err().starts_with("logging to a bucket of which "));
    let simple = sdk::SimplePrefix::builder().build();
    let simple = sdk::TargetObjectKeyFormat::builder().simple_prefix(simple).build();
    let read = wire::logging::read(&output(enabled.target_object_key_format(simple)));
    assert_eq!(
        read,
        wire::logging::read(&output(
            sdk::LoggingEnabled::builder().target_bucket(NAME).target_prefix("")
        ))
    );
    let rule = sdk::CorsRule::builder()
        .allowed_methods("PATCH")
        .allowed_origins("*")
        .build()
        .unwrap();
    let output = aws_sdk_s3::operation::get_bucket_cors::GetBucketCorsOutput::builder().cors_rules(rule);
    assert_eq!(
        wire::cors::read(&output.build()),
        Err("a CORS rule for the method `PATCH`".to_owned())
    );
}

#[test]
fn what_a_website_cannot_say_is_never_dropped() {
    let output = aws_sdk_s3::operation::get_bucket_website::GetBucketWebsiteOutput::builder;
    let index = || sdk::IndexDocument::builder().suffix("i").build().unwrap();
    let to = || {
        sdk::RedirectAllRequestsTo::builder()
            .host_name("x.org")
            .build()
            .unwrap()
    };
    let rule =
        |redirect: sdk::builders::RedirectBuilder| sdk::RoutingRule::builder().redirect(redirect.build()).build();
    let redirect = sdk::Redirect::builder;
    let cases = [
        output(),
        output().index_document(index()).redirect_all_requests_to(to()),
        output().index_document(index()).routing_rules(rule(redirect())),
        output()
            .index_document(index())
            .routing_rules(sdk::RoutingRule::builder().build()),
        output()
            .index_document(index())
            .routing_rules(rule(redirect().http_redirect_code("3xx"))),
        output()
            .index_document(index())
            .routing_rules(rule(redirect().replace_key_with("a").replace_key_prefix_with("b"))),
        output()
            .index_document(index())
            .routing_rules(rule(redirect().protocol(sdk::Protocol::from("gopher")))),
    ];
    for case in cases {
        assert!(wire::website::read(&case.build()).is_err());
    }
    let plain = output().index_document(index()).build();
    let wanted = good("{ index: i }", website::lower);
    assert_eq!(wire::website::read(&plain).ok(), wanted);
}
