//! The settings of a bucket without any account.

mod mistakes;

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;

use super::settings_testing::{self as any_of, bucket, good, lowered, reversed};
use super::*;
use crate::fields::{FieldPath, FieldValue};
use crate::kinds::AnyPart;
use crate::names::Region;
use crate::spec::lower::Lowering;
use crate::spec::node::Node;

fn logs(node: &Node, cx: &mut Lowering<'_>) -> Option<Option<logging::Logging>> {
    logging::lower(node, cx, logging::by_name)
}

fn tells(node: &Node, cx: &mut Lowering<'_>) -> Option<notifications::Lowered> {
    let region = Region::parse("us-east-1").unwrap();
    notifications::lower(&bucket(), Some(&region), node, cx)
}

/// Two values look the same only if they are.
fn told_apart<T: FieldValue + std::fmt::Debug>(one: &T, two: &T) {
    if one != two {
        assert_ne!(one.show(), two.show(), "{one:?} {two:?}");
    }
}

const KEYS: &[&str] = &[
    "a",
    "id",
    "status",
    "filter",
    "prefix",
    "expiration",
    "transitions",
    "noncurrent_version_expiration",
    "noncurrent_version_transitions",
    "abort_incomplete_multipart_upload",
    "index",
    "error",
    "routing_rules",
    "redirect_all_requests_to",
    "allowed_methods",
    "allowed_origins",
    "max_age_seconds",
    "target_bucket",
    "target_object_key_format",
];

const VALUES: &[&str] = &[
    "{}",
    "[]",
    "x",
    "1",
    "-1",
    "1.5",
    "true",
    "",
    "''",
    "[{}]",
    "[x]",
    "[1]",
    "{ a: 1 }",
    "{ days: 1 }",
    "{ date: x }",
    "{ partitioned_prefix: x }",
    "[{ days: 1 }]",
    "[{ redirect: {} }]",
    "[{ redirect: { a: b } }]",
    "{ host_name: '' }",
    "{ events: [x] }",
    "{ lambda: one }",
    "{ queue: x }",
    "[[]]",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_spelled_of_a_website_reads_the_same((one, two) in (any_of::website(), any_of::website())) {
        prop_assert_eq!(good(&website::spell(&one).to_string(), website::lower), Some(one.clone()));
        told_apart(&one, &two);
    }

    #[test]
    fn what_is_spelled_of_cors_reads_the_same(rules in any_of::cors()) {
        let spelled = cors::spell(&rules);
        prop_assert_eq!(good(&spelled.to_string(), cors::lower), rules.clone());
        let turned: Vec<_> = rules.iter().rev().cloned().collect();
        // The order of rules counts, that inside of them does not.
        prop_assert_eq!(good(&reversed(&spelled).to_string(), cors::lower), turned.clone());
        told_apart(&rules, &turned);
    }

    #[test]
    fn what_is_spelled_of_logging_reads_the_same((one, two) in (any_of::logging(), any_of::logging())) {
        prop_assert_eq!(good(&logging::spell(&one).to_string(), logs), Some(one.clone()));
        told_apart(&one, &two);
    }

    #[test]
    fn what_is_spelled_of_lifecycle_reads_the_same((rules, others) in (any_of::lifecycle(), any_of::lifecycle())) {
        let spelled = lifecycle::spell(&rules);
        prop_assert_eq!(good(&spelled.to_string(), lifecycle::lower), rules.clone());
        prop_assert_eq!(good(&reversed(&spelled).to_string(), lifecycle::lower), rules.clone());
        for (one, two) in rules.values().zip(others.values()) {
            told_apart(one, two);
        }
    }

    #[test]
    fn what_is_spelled_of_notifications_reads_the_same((told, others) in (any_of::told(), any_of::told())) {
        let spelled = notifications::spell(&told.notifications);
        prop_assert_eq!(good(&spelled.to_string(), tells).notifications, told.notifications.clone());
        prop_assert_eq!(good(&reversed(&spelled).to_string(), tells).notifications, told.notifications.clone());
        for (one, two) in told.notifications.values().zip(others.notifications.values()) {
            told_apart(one, two);
        }
    }

    #[test]
    fn nothing_is_refused_in_silence((key, value, way) in (select(KEYS), select(VALUES), 0..4)) {
        let text = match way {
            0 => value.to_owned(),
            1 => format!("[{value}]"),
            2 => format!("{{ {key}: {value} }}"),
            _ => format!("[{{ {key}: {value} }}]"),
        };
        let is_silent = |(said, findings): (Option<()>, Vec<String>)| said.is_none() && findings.is_empty();
        prop_assert!(!is_silent(lowered(&text, |node, cx| website::lower(node, cx).map(drop))));
        prop_assert!(!is_silent(lowered(&text, |node, cx| cors::lower(node, cx).map(drop))));
        prop_assert!(!is_silent(lowered(&text, |node, cx| logs(node, cx).map(drop))));
        prop_assert!(!is_silent(lowered(&text, |node, cx| lifecycle::lower(node, cx).map(drop))));
        prop_assert!(!is_silent(lowered(&text, |node, cx| tells(node, cx).map(drop))));
    }
}

#[test]
fn none_in_words_is_nothing() {
    assert_eq!(good("none", website::lower), None);
    assert_eq!(good("none", logs), None);
    assert_eq!(good("none", cors::lower), []);
    assert_eq!(good("[]", cors::lower), []);
    assert_eq!(good("none", lifecycle::lower), BTreeMap::new());
    assert_eq!(good("[]", lifecycle::lower), BTreeMap::new());
    assert_eq!(good("none", tells).notifications, BTreeMap::new());
    assert_eq!(good("{}", tells).notifications, BTreeMap::new());
}

#[test]
fn settings_are_shown_on_one_line() {
    let shown = |value: &dyn FieldValueDyn| value.line();
    let site = good(
        "{ index: i.html, error: e.html, routing_rules: [{ condition: { http_error_code_returned_equals: 404, key_prefix_equals: a/ }, \
         redirect: { host_name: x.org, protocol: https, replace_key_prefix_with: b/, http_redirect_code: 302 } }] }",
        website::lower,
    );
    assert_eq!(
        shown(&site.unwrap()),
        "i.html, errors e.html; 404 under a/ to https://x.org/b/… (302)"
    );
    let site = good("{ redirect_all_requests_to: { host_name: x.org } }", website::lower);
    assert_eq!(shown(&site.unwrap()), "everything to x.org");
    let rules = good(
        "[{ allowed_methods: [PUT, GET], allowed_origins: '*', allowed_headers: [x-*], expose_headers: [ETag], max_age_seconds: 3 }]",
        cors::lower,
    );
    assert_eq!(shown(&rules), "GET PUT from * with x-* showing ETag for 3 s");
    let logging = good(
        "{ target_bucket: logs, target_prefix: a/, target_object_key_format: { partitioned_prefix: EventTime } }",
        logs,
    );
    assert_eq!(shown(&logging.unwrap()), "to logs under a/, partitioned by EventTime");
    let rules = good(
        "[{ id: a, status: disabled, prefix: tmp/, expiration: { days: 1 } }, \
         { id: b, transitions: [{ days: 30, storage_class: GLACIER }], noncurrent_version_expiration: { noncurrent_days: 2, newer_noncurrent_versions: 3 }, \
         filter: { tags: { k: v }, object_size_less_than: 9 } }]",
        lifecycle::lower,
    );
    assert_eq!(shown(&rules["a"]), "disabled: expire after 1 day for tmp/");
    let line = "GLACIER after 30 days, delete noncurrent versions after 2 days but the newest 3 for tag k=v, less than 9 bytes";
    assert_eq!(shown(&rules["b"]), line);
    let told = good(
        "{ n: { lambda: one, events: ['s3:ObjectCreated:*'], prefix: in/, suffix: .zip } }",
        tells,
    );
    let line = "s3:ObjectCreated:* to arn:aws:lambda:us-east-1:123456789012:function:One, under in/, ending in .zip";
    assert_eq!(shown(&told.notifications["n"]), line);
}

trait FieldValueDyn {
    fn line(&self) -> String;
}

impl<T: FieldValue> FieldValueDyn for T {
    fn line(&self) -> String {
        self.show().unwrap().to_line()
    }
}

#[test]
fn a_filter_has_one_form() {
    let with = |filter: &str| {
        good(
            &format!("[{{ id: a, {filter}expiration: {{ days: 3 }} }}]"),
            lifecycle::lower,
        )
    };
    let all = with("");
    for same in [
        "filter: {}, ",
        "prefix: '', ",
        "filter: { prefix: '' }, ",
        "filter: { tags: {} }, ",
        "status: enabled, ",
    ] {
        assert_eq!(with(same), all, "{same}");
    }
    assert_eq!(with("prefix: tmp/, "), with("filter: { prefix: tmp/ }, "));
    assert_ne!(with("prefix: tmp/, "), all);
    let dated = |date: &str| {
        good(
            &format!("[{{ id: a, expiration: {{ date: {date} }} }}]"),
            lifecycle::lower,
        )
    };
    assert_eq!(dated("2030-01-31"), dated("2030-01-31T00:00:00Z"));
    assert_eq!(dated("2030-01-31"), dated("\"2030-01-31T00:00:00.000Z\""));
}

#[test]
fn rules_are_located_by_their_ids() {
    let spans = good(
        "[{ id: a, expiration: { days: 3 } }, { prefix: x }, { id: b }]",
        |node, _| Some(lifecycle::spans(node, "lifecycle")),
    );
    let paths: Vec<_> = spans.into_keys().collect();
    assert_eq!(
        paths,
        [FieldPath::entry("lifecycle", "a"), FieldPath::entry("lifecycle", "b")]
    );
}

#[test]
fn functions_of_the_file_are_asked_once_and_owners_of_others_told() {
    let foreign = "arn:aws:lambda:us-east-1:999999999999:function:theirs";
    let lowered = good(
        &format!(
            "{{ a: {{ lambda: one, events: ['s3:ObjectCreated:*'], prefix: a }}, b: {{ lambda: one, events: ['s3:ObjectCreated:*'], prefix: b }}, \
             c: {{ lambda: \"{foreign}\", events: ['s3:ObjectRemoved:*'] }} }}"
        ),
        tells,
    );
    let [one] = lowered.contributions.as_slice() else {
        panic!("{:?}", lowered.contributions)
    };
    assert_eq!(one.to.to_string(), "lambda/one");
    #[allow(irrefutable_let_patterns, reason = "more kinds have parts later")]
    let AnyPart::Lambda(invocation) = &one.part else {
        panic!("{:?}", one.part)
    };
    assert_eq!(invocation.id.as_str(), "evenkeel-s3-my_data");
    let permission = serde_json::json!(invocation.permission);
    let wanted = serde_json::json!({
        "principal": "s3.amazonaws.com", "action": "lambda:InvokeFunction",
        "source_arn": "arn:aws:s3:::my.data", "source_account": "123456789012",
    });
    assert_eq!(permission, wanted);
    let [note] = lowered.notes.as_slice() else {
        panic!("{:?}", lowered.notes)
    };
    assert!(
        note.contains(foreign) && note.contains("--source-account 123456789012"),
        "{note}"
    );
    assert_eq!(lowered.notifications.len(), 3);
}
