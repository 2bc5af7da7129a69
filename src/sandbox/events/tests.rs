//! EventBridge through the account's front door.

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use super::rule_key;
use crate::sandbox::testing::{account, query, signed, text};
use crate::sandbox::{Account, Options, Stored as _};

const LAMBDA: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";

fn ask(account: &Account, operation: &str, body: &Value) -> Response<Bytes> {
    let kind = "application/x-amz-json-1.1";
    let uri = "https://events.us-east-1.amazonaws.com/";
    let mut request = signed("events", "test", "POST", uri, kind, body.to_string());
    request
        .headers_mut()
        .insert("x-amz-target", format!("AWSEvents.{operation}").parse().unwrap());
    account.answer(request)
}

#[track_caller]
fn taken(account: &Account, operation: &str, body: &Value) -> Value {
    let response = ask(account, operation, body);
    assert_eq!(response.status(), 200, "{operation}: {}", text(&response));
    serde_json::from_slice(response.body()).unwrap()
}

#[track_caller]
fn refused(account: &Account, operation: &str, body: &Value, code: &str, fragment: &str) {
    let response = ask(account, operation, body);
    let answer = text(&response);
    assert!(response.status().is_client_error(), "{answer}");
    let shown: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(shown["__type"], code, "{answer}");
    assert!(shown["message"].as_str().unwrap().contains(fragment), "{answer}");
}

fn with_rule() -> Account {
    let account = account();
    let body = json!({
        "Name": "tick", "ScheduleExpression": "rate(5 minutes)", "Description": "d", "State": "DISABLED",
        "Tags": [{ "Key": "a", "Value": "b" }],
    });
    taken(&account, "PutRule", &body);
    account
}

#[test]
fn putting_a_rule_again_forgets_what_is_not_sent_and_ignores_tags() {
    let account = with_rule();
    let again =
        json!({ "Name": "tick", "EventPattern": "{\"source\": [\"x\"]}", "Tags": [{ "Key": "c", "Value": "d" }] });
    taken(&account, "PutRule", &again);
    let arn = "arn:aws:events:us-east-1:123456789012:rule/tick";
    assert_eq!(
        taken(&account, "DescribeRule", &json!({ "Name": "tick" })),
        json!({
            "Name": "tick", "Arn": arn, "State": "ENABLED", "EventBusName": "default",
            "EventPattern": "{\"source\": [\"x\"]}", "CreatedBy": "123456789012",
        })
    );
    let tags = taken(&account, "ListTagsForResource", &json!({ "ResourceARN": arn }));
    assert_eq!(tags, json!({ "Tags": [{ "Key": "a", "Value": "b" }] }));
}

#[test]
fn wrong_rules_are_refused_in_eventbridges_words() {
    let account = account();
    taken(&account, "CreateEventBus", &json!({ "Name": "bus" }));
    let rate = "rate(5 minutes)";
    for (body, code, fragment) in [
        (json!({ "Name": "x" }), "ValidationException", "must be specified"),
        (
            json!({ "Name": "a b", "ScheduleExpression": rate }),
            "ValidationException",
            "at 'name'",
        ),
        (
            json!({ "Name": "x".repeat(65), "ScheduleExpression": rate }),
            "ValidationException",
            "equal to 64",
        ),
        (
            json!({ "Name": "x", "ScheduleExpression": "rate(1 minutes)" }),
            "ValidationException",
            "ScheduleExpression is not valid",
        ),
        (
            json!({ "Name": "x", "EventPattern": "{}" }),
            "InvalidEventPatternException",
            "Event pattern is not valid. Reason: ",
        ),
        (
            json!({ "Name": "x", "ScheduleExpression": rate, "State": "ON" }),
            "ValidationException",
            "at 'state'",
        ),
        (
            json!({ "Name": "x", "ScheduleExpression": rate, "EventBusName": "bus" }),
            "ValidationException",
            "only on the default event bus",
        ),
        (
            json!({ "Name": "x", "ScheduleExpression": rate, "EventBusName": "none" }),
            "ResourceNotFoundException",
            "Event bus none",
        ),
        (
            json!({ "Name": "x", "ScheduleExpression": rate, "RoleArn": "arn:aws:iam::123456789012:role/none" }),
            "ValidationException",
            "cannot be assumed by principal",
        ),
    ] {
        refused(&account, "PutRule", &body, code, fragment);
    }
    refused(
        &account,
        "DescribeRule",
        &json!({ "Name": "x" }),
        "ResourceNotFoundException",
        "Rule x does not exist on EventBus default.",
    );
}

#[test]
fn a_fresh_role_can_be_taken_on_at_once_and_with_lag_after_some_tries() {
    let trust = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" }, "Action": "sts:AssumeRole" }
    ] });
    let trust = trust.to_string();
    let fields = [
        ("Action", "CreateRole"),
        ("RoleName", "r"),
        ("AssumeRolePolicyDocument", trust.as_str()),
    ];
    let body = json!({
        "Name": "x", "ScheduleExpression": "rate(1 day)", "RoleArn": "arn:aws:iam::123456789012:role/r",
    });
    let tries = |lag: Option<u64>| {
        let options = Options {
            lag,
            ..Options::default()
        };
        let account = Account::open(None, options).unwrap();
        assert_eq!(query(&account, "iam", "test", &fields).status(), 200);
        (0..5).position(|_| {
            let response = ask(&account, "PutRule", &body);
            assert!(response.status() == 200 || text(&response).contains("cannot be assumed by principal"));
            response.status() == 200
        })
    };
    assert_eq!(tries(None), Some(0));
    assert!((0..20).filter_map(|seed| tries(Some(seed))).max() > Some(0));
}

#[test]
fn targets_are_put_whole_and_counted() {
    let account = with_rule();
    let put = |targets: Value| json!({ "Rule": "tick", "Targets": targets });
    let shown = taken(
        &account,
        "PutTargets",
        &put(json!([
            { "Id": "1", "Arn": LAMBDA, "Input": "{\"a\": 1}" },
            { "Id": "2", "Arn": "arn:aws:events:us-east-1:123456789012:event-bus/none" },
        ])),
    );
    assert_eq!(shown["FailedEntryCount"], 1);
    assert_eq!(shown["FailedEntries"][0]["TargetId"], "2");
    taken(&account, "PutTargets", &put(json!([{ "Id": "1", "Arn": LAMBDA }])));
    let listed = || taken(&account, "ListTargetsByRule", &json!({ "Rule": "tick" }));
    assert_eq!(listed(), json!({ "Targets": [{ "Id": "1", "Arn": LAMBDA }] }));
    let many: Vec<Value> = (2..7)
        .map(|id| json!({ "Id": id.to_string(), "Arn": LAMBDA }))
        .collect();
    refused(
        &account,
        "PutTargets",
        &put(json!(many)),
        "LimitExceededException",
        "exceeds the maximum number allowed",
    );
    assert_eq!(listed()["Targets"].as_array().unwrap().len(), 1);
    for (target, fragment) in [
        (json!({ "Id": "a b", "Arn": LAMBDA }), "failed to satisfy constraint"),
        (json!({ "Id": "3", "Arn": "f" }), "not in correct format"),
        (
            json!({ "Id": "3", "Arn": LAMBDA, "Input": "{" }),
            "JSON syntax error in input for target 3",
        ),
        (
            json!({ "Id": "3", "Arn": LAMBDA, "Input": "1", "InputPath": "$" }),
            "Only one of Input",
        ),
        (
            json!({ "Id": "3", "Arn": "arn:aws:states:us-east-1:123456789012:stateMachine:m" }),
            "RoleArn is required",
        ),
        (
            json!({ "Id": "3", "Arn": LAMBDA, "RetryPolicy": { "MaximumRetryAttempts": 186 } }),
            "maximumRetryAttempts",
        ),
    ] {
        refused(
            &account,
            "PutTargets",
            &put(json!([target])),
            "ValidationException",
            fragment,
        );
    }
    let names = taken(&account, "ListRuleNamesByTarget", &json!({ "TargetArn": LAMBDA }));
    assert_eq!(names, json!({ "RuleNames": ["tick"] }));
}

#[test]
fn a_rule_goes_after_its_targets_and_then_again_with_success() {
    let account = with_rule();
    taken(
        &account,
        "PutTargets",
        &json!({ "Rule": "tick", "Targets": [{ "Id": "1", "Arn": LAMBDA }] }),
    );
    let delete = json!({ "Name": "tick" });
    refused(
        &account,
        "DeleteRule",
        &delete,
        "ValidationException",
        "Rule can't be deleted since it has targets.",
    );
    taken(
        &account,
        "RemoveTargets",
        &json!({ "Rule": "tick", "Ids": ["1", "never"] }),
    );
    taken(&account, "DeleteRule", &delete);
    taken(&account, "DeleteRule", &delete);
    let elsewhere = json!({ "Name": "tick", "EventBusName": "none" });
    refused(
        &account,
        "DeleteRule",
        &elsewhere,
        "ResourceNotFoundException",
        "Event bus none",
    );
}

#[test]
fn with_lag_removed_targets_hold_their_rule_for_a_while() {
    let refusals = |seed: u64| {
        let options = Options {
            lag: Some(seed),
            ..Options::default()
        };
        let account = Account::open(None, options).unwrap();
        taken(
            &account,
            "PutRule",
            &json!({ "Name": "tick", "ScheduleExpression": "rate(1 day)" }),
        );
        taken(
            &account,
            "PutTargets",
            &json!({ "Rule": "tick", "Targets": [{ "Id": "1", "Arn": LAMBDA }] }),
        );
        taken(&account, "RemoveTargets", &json!({ "Rule": "tick", "Ids": ["1"] }));
        let delete = || ask(&account, "DeleteRule", &json!({ "Name": "tick" })).status();
        (0..9).take_while(|_| delete() != 200).count()
    };
    let counts: Vec<usize> = (0..20).map(refusals).collect();
    assert!(
        counts.iter().all(|count| *count <= 3) && counts.iter().any(|count| *count > 0),
        "{counts:?}"
    );
}

#[test]
fn a_service_keeps_its_rule_to_itself() {
    let account = with_rule();
    {
        let mut inner = account.inner.lock().unwrap();
        let rule = inner
            .world
            .events
            .rules
            .get_mut(&rule_key("us-east-1", "default", "tick"))
            .unwrap();
        rule.managed_by = Some("ssm.amazonaws.com".into());
        inner.world.events.rules.commit(None);
    }
    let name = json!({ "Name": "tick" });
    let target = json!({ "Rule": "tick", "Targets": [{ "Id": "1", "Arn": LAMBDA }] });
    let tag = json!({
        "ResourceARN": "arn:aws:events:us-east-1:123456789012:rule/tick", "Tags": [{ "Key": "a", "Value": "b" }],
    });
    let put = json!({ "Name": "tick", "ScheduleExpression": "rate(1 day)" });
    for (operation, body) in [
        ("PutRule", &put),
        ("PutTargets", &target),
        ("DisableRule", &name),
        ("TagResource", &tag),
        ("DeleteRule", &name),
    ] {
        refused(
            &account,
            operation,
            body,
            "ManagedRuleException",
            "managed by ssm.amazonaws.com",
        );
    }
    assert_eq!(taken(&account, "DescribeRule", &name)["ManagedBy"], "ssm.amazonaws.com");
    taken(&account, "DeleteRule", &json!({ "Name": "tick", "Force": true }));
}

#[test]
fn buses_hold_rules_and_a_policy() {
    let account = account();
    taken(
        &account,
        "CreateEventBus",
        &json!({ "Name": "bus", "Tags": [{ "Key": "a", "Value": "b" }] }),
    );
    refused(
        &account,
        "CreateEventBus",
        &json!({ "Name": "bus" }),
        "ResourceAlreadyExistsException",
        "bus",
    );
    let rule = json!({ "Name": "r", "EventBusName": "bus", "EventPattern": "{\"source\":[\"x\"]}" });
    let arn = "arn:aws:events:us-east-1:123456789012:rule/bus/r";
    assert_eq!(taken(&account, "PutRule", &rule), json!({ "RuleArn": arn }));
    let by_arn = json!({ "Name": "r", "EventBusName": "arn:aws:events:us-east-1:123456789012:event-bus/bus" });
    assert_eq!(taken(&account, "DescribeRule", &by_arn)["EventBusName"], "bus");
    let permission = json!({
        "EventBusName": "bus", "StatementId": "s", "Action": "events:PutEvents", "Principal": "111122223333",
    });
    taken(&account, "PutPermission", &permission);
    taken(&account, "PutPermission", &permission);
    let shown = taken(&account, "DescribeEventBus", &json!({ "Name": "bus" }));
    let policy: Value = serde_json::from_str(shown["Policy"].as_str().unwrap()).unwrap();
    assert_eq!(policy["Statement"].as_array().unwrap().len(), 1);
    assert_eq!(
        policy["Statement"][0]["Principal"],
        json!({ "AWS": "arn:aws:iam::111122223333:root" })
    );
    refused(
        &account,
        "DeleteEventBus",
        &json!({ "Name": "bus" }),
        "ValidationException",
        "since it has rules",
    );
    refused(
        &account,
        "DeleteEventBus",
        &json!({ "Name": "default" }),
        "ValidationException",
        "default",
    );
    taken(&account, "DeleteRule", &json!({ "Name": "r", "EventBusName": "bus" }));
    taken(&account, "DeleteEventBus", &json!({ "Name": "bus" }));
    taken(&account, "DeleteEventBus", &json!({ "Name": "bus" }));
    let update = |body: Value| taken(&account, "UpdateEventBus", &body);
    let queue = json!({ "Arn": "arn:aws:sqs:us-east-1:123456789012:dead" });
    taken(
        &account,
        "CreateEventBus",
        &json!({ "Name": "bus", "KmsKeyIdentifier": "key" }),
    );
    update(json!({ "Name": "bus", "Description": "d", "DeadLetterConfig": queue, "KmsKeyIdentifier": "key" }));
    let shown = update(json!({ "Name": "bus" }));
    assert_eq!(
        (
            &shown["Description"],
            &shown["DeadLetterConfig"],
            &shown["KmsKeyIdentifier"]
        ),
        (&json!("d"), &queue, &Value::Null)
    );
    let shown = update(json!({ "Name": "bus", "Description": "", "DeadLetterConfig": {} }));
    assert_eq!(
        (&shown["Description"], &shown["DeadLetterConfig"]),
        (&Value::Null, &Value::Null)
    );
    taken(&account, "DeleteEventBus", &json!({ "Name": "bus" }));
    let names = taken(&account, "ListEventBuses", &json!({}));
    assert_eq!(names["EventBuses"].as_array().unwrap().len(), 1);
}

#[test]
fn rules_are_listed_by_prefix_in_pages() {
    let account = with_rule();
    for name in ["p1", "p2", "p3"] {
        taken(
            &account,
            "PutRule",
            &json!({ "Name": name, "ScheduleExpression": "rate(1 day)" }),
        );
    }
    let first = taken(&account, "ListRules", &json!({ "NamePrefix": "p", "Limit": 2 }));
    assert_eq!(first["Rules"].as_array().unwrap().len(), 2);
    let more = json!({ "NamePrefix": "p", "Limit": 2, "NextToken": first["NextToken"] });
    let second = taken(&account, "ListRules", &more);
    assert_eq!(
        (&second["Rules"][0]["Name"], second.get("NextToken")),
        (&json!("p3"), None)
    );
}

#[test]
fn rules_survive_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let open = || Account::open(Some(dir.path()), Options::default()).unwrap();
    let account = open();
    taken(
        &account,
        "PutRule",
        &json!({ "Name": "tick", "ScheduleExpression": "rate(1 day)" }),
    );
    taken(
        &account,
        "PutTargets",
        &json!({ "Rule": "tick", "Targets": [{ "Id": "1", "Arn": LAMBDA }] }),
    );
    let before = taken(&account, "ListTargetsByRule", &json!({ "Rule": "tick" }));
    drop(account);
    assert_eq!(taken(&open(), "ListTargetsByRule", &json!({ "Rule": "tick" })), before);
}
