//! Rules from YAML to a simulated account, with the real SDK clients.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use aws_sdk_eventbridge::Client;

use crate::aws::Intent;
use crate::kinds::live_testing::{Bench, Meddling, change, summaries};
use crate::names::Region;
use crate::plan::Verb;

fn bench() -> Bench {
    let bench = Bench::new();
    bench.write("code/handler.py", "def main(event, context): return 1\n");
    bench
}

fn client(bench: &Bench) -> Client {
    bench.aws.events(&Region::parse("us-east-1").unwrap(), Intent::Read)
}

fn lambda(bench: &Bench) -> aws_sdk_lambda::Client {
    bench.aws.lambda(&Region::parse("us-east-1").unwrap(), Intent::Read)
}

/// Two functions, a role for targets, and these rules.
fn environment(rules: &str) -> String {
    let function = "runtime: python3.13, handler: handler.main, role: runner, code: ./code";
    format!(
        "
roles:
  runner: {{ trust: lambda.amazonaws.com }}
  caller: {{ trust: events.amazonaws.com }}
lambdas:
  one: {{ {function} }}
  two: {{ {function} }}
rules:
{rules}"
    )
}

const EVERYTHING: &str = r#"
  all:
    pattern: { source: [aws.s3], detail: { size: [{ numeric: [">", 0, "<=", 5] }] } }
    schedule: rate(5 minutes)
    description: everything
    state: disabled
    role: caller
    targets:
      one: { lambda: one, input: { slug: demo, n: 1 } }
      path: { lambda: two, input_path: $.detail, retry: { attempts: 3, max_age: 1h } }
      text: { lambda: arn:aws:lambda:us-east-1:123456789012:function:two, input: '"text"' }
      made:
        lambda: one
        input_transformer: { input_paths_map: { size: $.detail.size }, input_template: "\"size <size>\"" }
        dead_letter: arn:aws:sqs:us-east-1:123456789012:dead
      queue: { arn: "arn:aws:sqs:us-east-1:123456789012:work", role: caller }
    tags: { team: data }
"#;

#[tokio::test]
async fn everything_is_made_as_written_and_can_be_taken_back() {
    let bench = bench();
    bench.apply(&environment(EVERYTHING)).await;
    bench.consent(&[], &[], &["mass-change"]);
    let applied = bench
        .apply(&environment("  all: { schedule: rate(5 minutes) }\n"))
        .await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "rule/all: set pattern, description, state, role",
            "rule/all: untag team",
            "rule/all: remove target made, one, path, queue, text",
            "lambda/one: remove evenkeel-default-all",
            "lambda/two: remove evenkeel-default-all",
        ]
    );
}

#[tokio::test]
async fn each_field_changes_by_itself() {
    let bench = bench();
    bench.apply(&environment("  r: { schedule: rate(5 minutes) }\n")).await;
    for fields in [
        "schedule: rate(10 minutes)",
        "schedule: cron(0 12 * * ? *)",
        "pattern: { source: [aws.s3] }",
        "pattern: { source: [aws.s3, aws.ec2] }",
        "schedule: rate(1 hour), description: hourly",
        "schedule: rate(1 hour), state: disabled",
        "schedule: rate(1 hour), role: caller",
        "schedule: rate(1 hour), targets: { t: { lambda: one } }",
        "schedule: rate(1 hour), targets: { t: { lambda: two } }",
        "schedule: rate(1 hour), targets: { t: { lambda: two, input: [1] } }",
        "schedule: rate(1 hour), targets: { t: { lambda: two, retry: { attempts: 0 } } }",
        "schedule: rate(1 hour), targets: { t: { lambda: two } }",
        "schedule: rate(1 hour), targets: { u: { lambda: two } }",
        "schedule: rate(1 hour), tags: { a: b }",
        "schedule: rate(1 hour), tags: { a: c }",
    ] {
        let text = environment(&format!("  r: {{ {fields} }}\n"));
        assert!(!bench.plan(&text).await.is_empty(), "{fields}");
        bench.apply(&text).await;
    }
}

#[tokio::test]
async fn the_order_of_a_pattern_s_lists_is_no_difference() {
    let bench = bench();
    bench
        .apply(&environment("  r: { pattern: { source: [aws.s3, aws.ec2] } }\n"))
        .await;
    let other = environment("  r: { pattern: '{\"source\": [\"aws.ec2\", \"aws.s3\"]}' }\n");
    assert_eq!(bench.summaries(&other).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_function_lets_the_rule_in_before_it_is_a_target() {
    let bench = bench();
    let applied = bench
        .apply(&environment(
            "  r: { schedule: rate(1 hour), targets: { t: { lambda: one } } }\n",
        ))
        .await;
    let told = summaries(&applied.plan);
    let place = |what: &str| {
        told.iter()
            .position(|line| line.contains(what))
            .unwrap_or_else(|| panic!("{what}: {told:?}"))
    };
    assert!(place("by evenkeel-default-r") < place("put target t"));
    let policy = lambda(&bench)
        .get_policy()
        .function_name("one")
        .send()
        .await
        .unwrap()
        .policy
        .unwrap();
    assert!(
        policy.contains("arn:aws:events:us-east-1:123456789012:rule/r"),
        "{policy}"
    );
    // A target that moves: the new function first, the old statement last.
    let applied = bench
        .apply(&environment(
            "  r: { schedule: rate(1 hour), targets: { t: { lambda: two } } }\n",
        ))
        .await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "lambda/two: let events.amazonaws.com in by evenkeel-default-r",
            "rule/r: put target t (function:two)",
            "lambda/one: remove evenkeel-default-r",
        ]
    );
}

#[tokio::test]
async fn two_rules_may_swap_their_functions() {
    let bench = bench();
    let rules = |a: &str, b: &str| {
        environment(&format!(
            "  a: {{ schedule: rate(1 hour), targets: {{ {a}: {{ lambda: {a} }} }} }}\n  b: {{ schedule: rate(1 hour), targets: {{ {b}: {{ lambda: {b} }} }} }}\n"
        ))
    };
    bench.apply(&rules("one", "two")).await;
    bench.consent(&[], &[], &["mass-change"]);
    bench.apply(&rules("two", "one")).await;
}

#[tokio::test]
async fn an_equal_statement_under_another_id_is_replaced_by_adding_first() {
    let bench = bench();
    let rules = "  r: { schedule: rate(1 hour), targets: { t: { lambda: one } } }\n";
    bench.apply(&environment(rules)).await;
    let client = lambda(&bench);
    client
        .remove_permission()
        .function_name("one")
        .statement_id("evenkeel-default-r")
        .send()
        .await
        .unwrap();
    let request = client
        .add_permission()
        .function_name("one")
        .statement_id("by-hand")
        .principal("events.amazonaws.com");
    let request = request
        .action("lambda:InvokeFunction")
        .source_arn("arn:aws:events:us-east-1:123456789012:rule/r");
    request.send().await.unwrap();
    let applied = bench.apply(&environment(rules)).await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "lambda/one: let events.amazonaws.com in by evenkeel-default-r",
            "lambda/one: remove by-hand, whose place another id takes",
        ]
    );
    let declared = environment(rules).replace(
        "one: { ",
        "one: { permissions: { mine: { principal: events.amazonaws.com, source_arn: \"$(rules.r.arn)\" } }, ",
    );
    bench.apply(&declared).await;
    let policy = client
        .get_policy()
        .function_name("one")
        .send()
        .await
        .unwrap()
        .policy
        .unwrap();
    assert!(policy.contains("\"mine\"") && !policy.contains("evenkeel"), "{policy}");
}

#[tokio::test]
async fn the_owner_of_a_foreign_function_is_told_what_to_do() {
    let bench = bench();
    let rules = "  r: { schedule: rate(1 hour), targets: { t: { lambda: \"arn:aws:lambda:us-east-1:210987654321:function:far\" } } }\n";
    let applied = bench.apply(&environment(rules)).await;
    let notes = &change(&applied.plan, "rule/r").notes;
    assert!(
        notes[0]
            .contains("aws lambda add-permission --function-name arn:aws:lambda:us-east-1:210987654321:function:far"),
        "{notes:?}"
    );
    assert!(
        notes[0].contains("--source-arn arn:aws:events:us-east-1:123456789012:rule/r"),
        "{notes:?}"
    );
    assert_eq!(
        change(&bench.plan(&environment(rules)).await, "rule/r").notes,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_state_that_is_ignored_survives_other_changes() {
    let bench = bench();
    let rule = |rate: &str| {
        environment(&format!(
            "  r: {{ schedule: rate({rate}), state: enabled, ignore: [state] }}\n"
        ))
    };
    bench.apply(&rule("1 hour")).await;
    client(&bench).disable_rule().name("r").send().await.unwrap();
    assert_eq!(bench.summaries(&rule("1 hour")).await, Vec::<String>::new());
    bench.apply(&rule("2 hours")).await;
    let live = client(&bench).describe_rule().name("r").send().await.unwrap();
    assert_eq!(live.state().map(|state| state.as_str()), Some("DISABLED"));
}

#[tokio::test]
async fn rules_live_on_their_own_buses() {
    let bench = bench();
    client(&bench).create_event_bus().name("orders").send().await.unwrap();
    let rules = "  r: { bus: orders, pattern: { source: [shop] }, targets: { t: { lambda: one } }, tags: { a: b } }\n  s: { name: r, pattern: { source: [shop] } }\n";
    bench.apply(&environment(rules)).await;
    let policy = lambda(&bench)
        .get_policy()
        .function_name("one")
        .send()
        .await
        .unwrap()
        .policy
        .unwrap();
    assert!(
        policy.contains("evenkeel-orders-r") && policy.contains(":rule/orders/r"),
        "{policy}"
    );
    let by_arn = rules.replace(
        "bus: orders",
        "bus: \"arn:aws:events:us-east-1:123456789012:event-bus/orders\"",
    );
    assert_eq!(bench.summaries(&environment(&by_arn)).await, Vec::<String>::new());
    let listed = bench.listed::<super::Rule>().await;
    assert_eq!(listed, ["r in us-east-1", "r on orders in us-east-1"]);
    bench.consent(&[], &[], &["mass-change"]);
    let gone = environment("  {}\n").replace("rules:\n  {}\n", "absent: { rules: [{ name: r, bus: orders }] }\n");
    bench.apply(&gone).await;
    bench.apply(&gone.replace("{ name: r, bus: orders }", "r")).await;
    assert!(bench.listed::<super::Rule>().await.is_empty());
}

#[tokio::test]
async fn rules_and_functions_go_together() {
    let bench = bench();
    bench
        .apply(&environment(
            "  r: { schedule: rate(1 hour), targets: { t: { lambda: one } } }\n",
        ))
        .await;
    bench.consent(&[], &[], &["mass-change"]);
    let applied = bench
        .apply("absent: { rules: [r], lambdas: [one, two], roles: [runner, caller] }\n")
        .await;
    let told = summaries(&applied.plan);
    let place = |what: &str| {
        told.iter()
            .position(|line| line.contains(what))
            .unwrap_or_else(|| panic!("{what}: {told:?}"))
    };
    assert!(place("remove target t") < place("delete function one"));
    assert!(place("delete function one") < place("delete role runner"));
}

#[tokio::test]
async fn targets_with_unknown_parameters_are_left_alone_but_go_with_their_rule() {
    let bench = bench();
    let rules = "  r: { schedule: rate(1 hour), targets: { t: { lambda: one } } }\n";
    bench.apply(&environment(rules)).await;
    let target = aws_sdk_eventbridge::types::Target::builder()
        .id("odd")
        .arn("arn:aws:sqs:us-east-1:123456789012:x.fifo");
    let parameters = aws_sdk_eventbridge::types::SqsParameters::builder()
        .message_group_id("g")
        .build();
    let target = target.sqs_parameters(parameters).build().unwrap();
    client(&bench)
        .put_targets()
        .rule("r")
        .targets(target)
        .send()
        .await
        .unwrap();
    let plan = bench.plan(&environment(rules)).await;
    assert!(plan.is_empty() && plan.is_incomplete());
    assert_eq!(change(&plan, "rule/r").unknown[0].0.to_string(), "targets.odd");
    bench.consent(&[], &[], &["mass-change"]);
    bench
        .apply(&environment("  {}\n").replace("rules:\n  {}\n", "absent: { rules: [r] }\n"))
        .await;
}

#[tokio::test]
async fn a_rule_that_appears_after_the_plan_is_not_overwritten() {
    let bench = bench();
    let text = "rules: { r: { schedule: rate(1 hour) } }\n";
    let plan = bench.plan(text).await;
    client(&bench)
        .put_rule()
        .name("r")
        .schedule_expression("rate(7 days)")
        .send()
        .await
        .unwrap();
    let crate::kinds::AnyAction::Rule { .. } = &plan.steps[0].action else {
        panic!("{plan:?}")
    };
    let error = plan.steps[0].action.run(&bench.aws).await.unwrap_err();
    assert!(error.message.contains("has appeared since"), "{error}");
    let adopt = bench.plan(text).await;
    assert_eq!(change(&adopt, "rule/r").verb, Verb::Refuse);
}

#[tokio::test]
async fn too_many_rules_fail_at_once() {
    let bench = bench();
    for number in 0..300 {
        client(&bench)
            .put_rule()
            .name(format!("r{number}"))
            .schedule_expression("rate(1 hour)")
            .send()
            .await
            .unwrap();
    }
    let begun = std::time::Instant::now();
    let failures = bench
        .try_apply("rules: { more: { schedule: rate(1 hour) } }\n")
        .await
        .failures();
    assert!(failures[0].contains("LimitExceededException"), "{failures:?}");
    assert!(begun.elapsed().as_secs() < 5);
}

#[test]
fn mistakes_are_found_at_load() {
    let bench = bench();
    let rule = |fields: &str| environment(&format!("  r: {{ {fields} }}\n"));
    let target = |fields: &str| rule(&format!("schedule: rate(1 hour), targets: {{ t: {{ {fields} }} }}"));
    for (text, expected) in [
        (rule("description: x"), "E0304 this rule has neither"),
        (rule("schedule: rate(1 minutes)"), "E0411"),
        (
            rule("bus: orders, schedule: rate(1 hour)"),
            "E0432 schedules run on the default bus only",
        ),
        (
            rule("bus: \"arn:aws:events:eu-west-1:123456789012:event-bus/orders\", pattern: { source: [x] }"),
            "E0411",
        ),
        (rule("bus: [orders], pattern: { source: [x] }"), "E0301"),
        (rule("pattern: {}"), "E0411"),
        (rule("pattern: { source: aws.s3 }"), "E0411"),
        (rule("schedule: rate(1 hour), state: on"), "E0403"),
        (target("lambda: nine"), "E0501"),
        (
            target("lambda: one, arn: \"arn:aws:sqs:us-east-1:123456789012:x\""),
            "E0432",
        ),
        (target("input: {}"), "E0432"),
        (target("lambda: one, input: not json"), "E0411"),
        (target("lambda: one, input: {}, input_path: $.x"), "E0432"),
        (target("lambda: one, input_path: x"), "E0411"),
        (target("lambda: one, input_transformer: {}"), "E0304"),
        (target("lambda: one, retry: { attempts: 186 }"), "E0402"),
        (target("lambda: one, retry: { max_age: 30s }"), "E0402"),
        (
            target("lambda: \"arn:aws:lambda:eu-west-1:123456789012:function:one\""),
            "E0411",
        ),
        (
            target("arn: \"arn:aws:states:us-east-1:123456789012:stateMachine:x\""),
            "E0304 EventBridge needs a `role`",
        ),
        (
            rule(
                "schedule: rate(1 hour), targets: { a: { lambda: one }, b: { lambda: one }, c: { lambda: one }, d: { lambda: one }, e: { lambda: one }, f: { lambda: one } }",
            ),
            "E0413",
        ),
    ] {
        let found = bench.findings(&text);
        assert!(
            found.iter().any(|line| line.starts_with(expected)),
            "{expected}: {found:#?}\n{text}"
        );
        assert!(found.len() <= 2, "{found:#?}");
    }
    assert_eq!(bench.findings(&environment(EVERYTHING)), Vec::<String>::new());
}

/// A bench whose first answers to PutTargets say that a target was refused with this code.
fn partial(code: &'static str, times: usize) -> Bench {
    let left = std::sync::atomic::AtomicUsize::new(times);
    let bench = Bench::meddled(move |asked, _| {
        let puts = asked.contains("\"Targets\":");
        let once = |left: usize| left.checked_sub(1);
        let now = std::sync::atomic::Ordering::Relaxed;
        if !puts || left.fetch_update(now, now, once).is_err() {
            return Meddling::None;
        }
        let entry = serde_json::json!({ "TargetId": "t", "ErrorCode": code, "ErrorMessage": "as it is" });
        Meddling::Rewritten(serde_json::json!({ "FailedEntryCount": 1, "FailedEntries": [entry] }).to_string())
    });
    bench.write("code/handler.py", "def main(event, context): return 1\n");
    bench
}

#[tokio::test]
async fn targets_that_are_refused_within_an_answer_are_errors_of_those_targets() {
    let rules = environment("  r: { schedule: rate(1 hour), targets: { t: { lambda: one } } }\n");
    partial("ConcurrentModificationException", 2).apply(&rules).await;
    let failures = partial("ManagedRuleException", 1).try_apply(&rules).await.failures();
    assert_eq!(failures.len(), 1);
    assert!(
        failures[0].contains("ManagedRuleException: target t: ManagedRuleException as it is"),
        "{failures:?}"
    );
}

#[tokio::test]
async fn rules_of_services_are_left_alone() {
    let managed = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let on = std::sync::Arc::clone(&managed);
    let bench = Bench::meddled(move |_, answer| {
        if on.load(std::sync::atomic::Ordering::Relaxed) && answer.contains("\"CreatedBy\"") {
            return Meddling::Rewritten(answer.replacen('{', "{\"ManagedBy\":\"batch.amazonaws.com\",", 1));
        }
        Meddling::None
    });
    bench.apply("rules: { r: { schedule: rate(1 hour) } }\n").await;
    managed.store(true, std::sync::atomic::Ordering::Relaxed);
    for text in [
        "rules: { r: { schedule: rate(2 hours) } }\n",
        "absent: { rules: [r] }\n",
    ] {
        let plan = bench.plan(text).await;
        let change = change(&plan, "rule/r");
        assert_eq!((change.verb, plan.steps.len()), (Verb::Unknown, 0));
        assert_eq!(
            change.unknown[0].1,
            "it is managed by batch.amazonaws.com and left alone"
        );
    }
}
