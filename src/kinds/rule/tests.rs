//! Rules without any account.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::steps::{Timing, facts};
use super::*;
use crate::fields::Fields as _;
use crate::kind::Rank;
use crate::kinds::AnyObject;
use crate::kinds::testing::{Desk, converges, heals, home, in_plain_world};

/// Fields with the ways in which they may be written.
const FIELDS: &[&[&str]] = &[
    &["schedule: rate(5 minutes)", "schedule: cron(0 12 * * ? *)"],
    &["description: what for"],
    &[
        "state: disabled",
        "state: enabled_with_all_cloudtrail_management_events",
    ],
    &["role: caller"],
    &[
        "targets: { a: { lambda: one, input: { b: 1, a: [2] } }, b: { lambda: one, input_path: $.detail } }",
        "targets: { a: { lambda: one, input: '\"text\"' }, c: { arn: \"arn:aws:sqs:us-east-1:123456789012:q\", role: caller } }",
        "targets: { d: { lambda: one, input_transformer: { input_paths_map: { x: $.y }, input_template: '\"<x>\"' }, retry: { attempts: 0, max_age: 90s }, dead_letter: \"arn:aws:sqs:us-east-1:123456789012:q\" } }",
        "targets: { p: { lambda: one }, q: { lambda: one }, r: { lambda: one }, s: { lambda: one }, t: { lambda: one } }",
    ],
    &["tags: { team: data }", "tags: { Team: data }"],
];

fn yaml(picks: &[usize]) -> String {
    let fields = FIELDS.iter().zip(picks).filter_map(|(ways, pick)| ways.get(*pick));
    let lines: String = fields.map(|field| format!("    {field}\n")).collect();
    format!(
        "roles: {{ runner: {{ trust: lambda.amazonaws.com }}, caller: {{ trust: events.amazonaws.com }} }}
lambdas: {{ one: {{ runtime: python3.13, handler: h.m, role: runner, code: ./code }} }}
rules:
  r:
    pattern: {{ source: [aws.s3, aws.ec2] }}
{lines}"
    )
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("code/h.py", "x");
    desk
}

fn lowered(desk: &Desk, text: &str) -> (Id, State) {
    let AnyObject::Rule(object) = desk.object(text, "rule/r") else {
        panic!("no rule")
    };
    (object.id, object.wanted.unwrap().state)
}

fn live(state: State) -> Observed<Rule> {
    let target_ids = state.targets.keys().cloned().collect();
    let evidence = Evidence {
        target_ids,
        unmodelled: Vec::new(),
    };
    Observed {
        state,
        evidence,
        unknown: BTreeMap::new(),
    }
}

fn picks() -> impl Strategy<Value = Vec<usize>> {
    FIELDS.iter().map(|ways| 0..=ways.len()).collect::<Vec<_>>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_diff_leads_where_it_should((wanted, before) in (picks(), picks())) {
        let desk = desk();
        let (id, wanted) = lowered(&desk, &yaml(&wanted));
        let (_, before) = lowered(&desk, &yaml(&before));
        let same = wanted.apart(&before).is_empty();
        let room = before.targets.len() + wanted.targets.keys().filter(|id| !before.targets.contains_key(*id)).count() <= 5;
        let actions = converges::<Rule>(&id, &wanted, &live(before));
        prop_assert_eq!(same, actions.is_empty());
        for action in &actions {
            if let Action::RemoveTargets { timing, .. } = action {
                prop_assert_eq!(*timing, if room { Timing::After } else { Timing::First });
            }
        }
    }

    #[test]
    fn what_is_spelled_reads_the_same(wanted in picks()) {
        let desk = desk();
        let (id, mut state) = lowered(&desk, &yaml(&wanted));
        // The mark of ownership is never written in a file.
        state.tags.remove("evenkeel:environment");
        let spelled = format!("rules: {}\n", json!({ "r": Rule::spell(&id, &state) }));
        let (_, mut again) = lowered(&desk, &spelled);
        again.tags.remove("evenkeel:environment");
        prop_assert_eq!(state.apart(&again), []);
    }
}

#[test]
fn a_rule_is_always_written_whole() {
    let desk = desk();
    let (id, state) = lowered(&desk, &yaml(&[]));
    let mut before = state.clone();
    before.description = "other".into();
    before.state = Switch::Disabled;
    let mut wanted = state;
    wanted.state = Switch::Disabled;
    let before = live(before);
    let pair = Pair::Change {
        wanted: &wanted,
        live: &before,
    };
    let actions = in_plain_world(|cx| steps::diff(pair, cx));
    let [Action::Put { to, fields }] = actions.as_slice() else {
        panic!("{actions:?}")
    };
    assert_eq!(fields, &["description"]);
    assert_eq!(to.fields(), ["schedule", "pattern", "description", "state", "role"]);
    let told = facts(&id, &Rule::arn(&id, None, &home()), &actions[0], &home());
    assert_eq!((told.summary.as_str(), told.rank), ("set description", Rank::Set));
}

#[test]
fn what_heals_is_waited_for_and_what_does_not_is_told() {
    let desk = desk();
    let (id, state) = lowered(&desk, &yaml(&[0, 1, 2, 0, 0]));
    let of = |action: Action| facts(&id, &Rule::arn(&id, None, &home()), &action, &home());
    let put = of(Action::Create(Box::new(state.clone())));
    let targets = of(Action::PutTargets {
        targets: state.targets,
        before: Vec::new(),
    });
    let delete = of(Action::Delete);
    let (invalid, concurrent) = ("ValidationException", "ConcurrentModificationException");
    for (facts, code, message, expected) in [
        (
            &put,
            invalid,
            "Provided role 'x' cannot be assumed by principal 'events.amazonaws.com'.",
            true,
        ),
        (&put, invalid, "Parameter ScheduleExpression is not valid.", false),
        (&put, concurrent, "", true),
        (
            &put,
            "LimitExceededException",
            "The requested resource exceeds the maximum number allowed.",
            false,
        ),
        (
            &targets,
            "LimitExceededException",
            "The requested resource exceeds the maximum number allowed.",
            false,
        ),
        (&targets, concurrent, "target a: ConcurrentModificationException", true),
        (&targets, "ManagedRuleException", "", false),
        (&delete, invalid, "Rule can't be deleted since it has targets.", true),
        (&delete, invalid, "other", false),
    ] {
        assert_eq!(heals(facts, code, message), expected, "{}: {message}", facts.call);
    }
}

#[test]
fn statement_ids_hold_what_fits_and_stay_apart() {
    let desk = desk();
    let sid = |rule: &str| {
        let text = yaml(&[0, 1, 2, 0, 3]).replace("  r:\n", &format!("  {rule}:\n"));
        let AnyObject::Lambda(object) = desk.object(&text, "lambda/one") else {
            panic!("no lambda")
        };
        object
            .wanted
            .unwrap()
            .state
            .permissions
            .into_keys()
            .collect::<Vec<_>>()
            .concat()
    };
    assert_eq!(sid("plain-rule"), "evenkeel-default-plain-rule");
    let (dot, underscore) = (sid("a.b"), sid("a_b"));
    assert_eq!(underscore, "evenkeel-default-a_b");
    assert!(
        dot.starts_with("evenkeel-default-a_b-") && dot.len() == "evenkeel-default-a_b-".len() + 10,
        "{dot}"
    );
}

#[test]
fn what_aws_has_stored_is_kept_even_where_it_can_not_be_read() {
    assert_eq!(
        Timer::live("rate(5  minutes)"),
        Timer::new(&Schedule::parse("rate(5 minutes)").unwrap())
    );
    assert_eq!(
        Timer::live("at(2030-01-01T00:00:00)").as_str(),
        "at(2030-01-01T00:00:00)"
    );
    assert_eq!(Matching::live("odd").as_str(), "odd");
    let one = Matching::live(r#"{"a":["x","y"]}"#);
    assert_eq!(one, Matching::live(r#"{ "a": ["y", "x"] }"#));
}
