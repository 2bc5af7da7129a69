//! Buses from YAML to a simulated account, with the real SDK clients.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::{DeadLetterConfig, Tag};

use crate::aws::Intent;
use crate::kinds::live_testing::{Bench, Meddling, change, summaries};
use crate::names::Region;
use crate::plan::Verb;

fn client(bench: &Bench) -> Client {
    bench.aws.events(&Region::parse("us-east-1").unwrap(), Intent::Read)
}

/// A policy that lets another account send events.
fn sending(bus: &str, account: &str) -> String {
    format!(
        "[{{ Sid: send, Effect: Allow, Principal: {{ AWS: '{account}' }}, Action: events:PutEvents, Resource: $(event_buses.{bus}.arn) }}]"
    )
}

fn bus(fields: &str) -> String {
    format!("event_buses: {{ orders: {{ {fields} }} }}\n")
}

async fn policy_of(bench: &Bench, name: &str) -> Option<String> {
    client(bench)
        .describe_event_bus()
        .name(name)
        .send()
        .await
        .unwrap()
        .policy
}

#[tokio::test]
async fn everything_is_made_as_written_and_can_be_taken_back() {
    let bench = Bench::new();
    let policy = sending("orders", "210987654321");
    let applied = bench
        .apply(&bus(&format!(
            "description: all orders, policy: {policy}, tags: {{ team: shop }}"
        )))
        .await;
    assert_eq!(
        summaries(&applied.plan),
        ["event_bus/orders: create bus orders", "event_bus/orders: write policy"]
    );
    let applied = bench.apply(&bus("")).await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "event_bus/orders: remove the policy",
            "event_bus/orders: set description",
            "event_bus/orders: untag team",
        ]
    );
    assert_eq!(policy_of(&bench, "orders").await, None);
    let applied = bench.apply("absent: { event_buses: [orders] }\n").await;
    assert_eq!(summaries(&applied.plan), ["event_bus/orders: delete bus orders"]);
    assert!(client(&bench).describe_event_bus().name("orders").send().await.is_err());
}

#[tokio::test]
async fn each_field_changes_by_itself() {
    let bench = Bench::new();
    bench.apply(&bus("")).await;
    let (one, other) = (sending("orders", "210987654321"), sending("orders", "310987654321"));
    for fields in [
        "description: one".to_owned(),
        "description: two".to_owned(),
        format!("policy: {one}"),
        format!("policy: {other}"),
        format!("policy: {{ Version: '2012-10-17', Statement: {one} }}"),
        "policy: none".to_owned(),
        "tags: { a: b }".to_owned(),
        "tags: { a: c }".to_owned(),
    ] {
        let text = bus(&fields);
        assert!(!bench.plan(&text).await.is_empty(), "{fields}");
        bench.apply(&text).await;
    }
}

#[tokio::test]
async fn a_rule_is_made_after_its_bus_and_deleted_before_it() {
    let bench = Bench::new();
    let both = "event_buses: { orders: { name: all-orders } }
rules: { bought: { bus: orders, pattern: { source: [shop] } } }\n";
    let applied = bench.apply(both).await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "event_bus/orders: create bus all-orders",
            "rule/bought: create rule bought"
        ]
    );
    let found = client(&bench)
        .describe_rule()
        .name("bought")
        .event_bus_name("all-orders")
        .send();
    assert_eq!(found.await.unwrap().event_bus_name(), Some("all-orders"));
    let by_arn = both.replace("bus: orders", "bus: $(event_buses.orders.arn)");
    assert_eq!(bench.summaries(&by_arn).await, Vec::<String>::new());
    bench.consent(&[], &[], &["mass-change"]);
    let gone = "absent: { event_buses: [all-orders], rules: [{ name: bought, bus: all-orders }] }\n";
    let applied = bench.apply(gone).await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "rule/bought: delete rule bought",
            "event_bus/all-orders: delete bus all-orders"
        ]
    );
}

#[tokio::test]
async fn a_bus_in_use_is_kept() {
    let bench = Bench::new();
    bench.apply(&bus("")).await;
    let rule = client(&bench).put_rule().name("theirs").event_bus_name("orders");
    rule.event_pattern(r#"{"source":["shop"]}"#).send().await.unwrap();
    for doom in ["orders", "{ name: orders, detach: true }"] {
        let plan = bench.plan(&format!("absent: {{ event_buses: [{doom}] }}\n")).await;
        let [refusal] = plan.refusals.as_slice() else {
            panic!("{:?}", plan.refusals)
        };
        assert!(refusal.message.contains("rule/orders/theirs"), "{refusal:?}");
        assert!(!refusal.hint.contains("detach"), "{refusal:?}");
    }
    let declared = "rules: { theirs: { bus: { existing: orders }, pattern: { source: [shop] } } }
absent: { event_buses: [orders] }\n";
    let plan = bench.plan(declared).await;
    assert!(
        plan.refusals
            .iter()
            .any(|refusal| refusal.message.contains("still named by rule/theirs")),
        "{:?}",
        plan.refusals
    );
}

#[tokio::test]
async fn the_default_bus_belongs_to_one_environment() {
    let bench = Bench::new();
    let text = format!(
        "event_buses: {{ default: {{ policy: {} }} }}\n",
        sending("default", "210987654321")
    );
    let applied = bench.apply(&text).await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "event_bus/default: write policy",
            "event_bus/default: mark as this environment's"
        ]
    );
    let plan = bench.plan(&text.replace("210987654321", "310987654321")).await;
    assert_eq!(change(&plan, "event_bus/default").verb, Verb::Update);
    let arn = "arn:aws:events:us-east-1:123456789012:event-bus/default";
    let other = Tag::builder()
        .key("evenkeel:environment")
        .value("other")
        .build()
        .unwrap();
    client(&bench)
        .tag_resource()
        .resource_arn(arn)
        .tags(other)
        .send()
        .await
        .unwrap();
    let guards: Vec<&str> = bench.plan(&text).await.refusals.iter().map(|one| one.guard).collect();
    assert_eq!(guards, ["contested"]);
    assert!(bench.findings("absent: { event_buses: [default] }\n")[0].starts_with("E0508"));
}

#[tokio::test]
async fn somebody_else_s_policy_on_the_default_bus_needs_a_word() {
    let bench = Bench::new();
    let put = client(&bench)
        .put_permission()
        .action("events:PutEvents")
        .principal("210987654321");
    put.statement_id("theirs").send().await.unwrap();
    let text = format!(
        "event_buses: {{ default: {{ policy: {} }} }}\n",
        sending("default", "310987654321")
    );
    let guards: Vec<&str> = bench.plan(&text).await.refusals.iter().map(|one| one.guard).collect();
    assert_eq!(guards, ["adopt"]);
    bench.consent(&["event_bus/default"], &[], &[]);
    bench.apply(&text).await;
    assert!(policy_of(&bench, "default").await.unwrap().contains("310987654321"));
}

#[tokio::test]
async fn what_denies_is_held_and_everybody_needs_a_word() {
    let bench = Bench::new();
    let statement = |effect: &str| {
        let rest = "Principal: '*', Action: events:*, Resource: $(event_buses.orders.arn)";
        bus(&format!("policy: [{{ Effect: {effect}, {rest} }}]"))
    };
    let guards: Vec<&str> = bench
        .plan(&statement("Allow"))
        .await
        .refusals
        .iter()
        .map(|one| one.guard)
        .collect();
    assert_eq!(guards, ["public"]);
    bench.apply(&statement("Deny")).await;
    let plan = bench.plan(&bus("")).await;
    assert!(plan.is_empty(), "{plan:#?}");
    assert_eq!(change(&plan, "event_bus/orders").held.len(), 1);
    bench.apply(&bus("policy: none")).await;
    assert_eq!(policy_of(&bench, "orders").await, None);
}

#[tokio::test]
async fn a_description_takes_nothing_else_away() {
    let bench = Bench::new();
    bench.apply(&bus("description: one")).await;
    let queue = "arn:aws:sqs:us-east-1:123456789012:dead";
    let update = client(&bench).update_event_bus().name("orders").description("one");
    let config = DeadLetterConfig::builder().arn(queue).build();
    update.dead_letter_config(config).send().await.unwrap();
    let plan = bench.plan(&bus("description: one")).await;
    let notes = &change(&plan, "event_bus/orders").notes;
    assert!(
        plan.is_empty() && notes.iter().any(|note| note.contains(queue)),
        "{notes:?}"
    );
    bench.apply(&bus("description: two")).await;
    let found = client(&bench).describe_event_bus().name("orders").send().await.unwrap();
    assert_eq!(found.dead_letter_config().and_then(|config| config.arn()), Some(queue));
    assert_eq!(found.description(), Some("two"));
}

#[tokio::test]
async fn a_lost_answer_to_the_creation_does_no_harm() {
    let lost = std::sync::atomic::AtomicBool::new(false);
    let bench = Bench::meddled(move |asked, answer| {
        let is_created = answer.contains("EventBusArn") && asked.contains("evenkeel:environment");
        match is_created && !lost.swap(true, std::sync::atomic::Ordering::Relaxed) {
            true => Meddling::Lost,
            false => Meddling::None,
        }
    });
    bench.apply(&bus("description: one")).await;
}

#[tokio::test]
async fn a_managed_bus_is_left_alone() {
    let bench = Bench::meddled(|_, answer| match answer.contains("\"CreationTime\"") {
        true => Meddling::Rewritten(answer.replacen('{', "{\"ManagedBy\":\"svc.amazonaws.com\",", 1)),
        false => Meddling::None,
    });
    client(&bench).create_event_bus().name("orders").send().await.unwrap();
    let plan = bench.plan(&bus("description: mine")).await;
    let change = change(&plan, "event_bus/orders");
    assert_eq!(change.verb, Verb::Unknown);
    assert!(
        change.unknown[0].1.contains("managed by svc.amazonaws.com"),
        "{change:?}"
    );
}

#[tokio::test]
async fn rules_that_can_not_be_listed_keep_the_bus() {
    let bench = Bench::meddled(|asked, _| match asked == r#"{"EventBusName":"orders"}"# {
        true => Meddling::Refused(r#"{"__type":"AccessDeniedException","Message":"no"}"#.to_owned()),
        false => Meddling::None,
    });
    bench.apply(&bus("")).await;
    let plan = bench.plan("absent: { event_buses: [orders] }\n").await;
    assert_eq!(change(&plan, "event_bus/orders").verb, Verb::Unknown);
    assert!(plan.steps.is_empty());
}
