//! The settings of a bucket without any account.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;

use super::settings_testing::{self as any_of, bucket, good, lowered, mistake, reversed};
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

#[test]
fn mistakes_in_websites_are_reported() {
    let cases = [
        ("{}", "E0304 this website has no `index`"),
        ("index.html", "E0301 "),
        ("{ index: a/b.html }", "E0411 `index` can't be `a/b.html`"),
        ("{ index: '' }", "E0401 `index` is empty"),
        ("{ index: i, error: ' ' }", "E0401 `error` is empty"),
        ("{ indx: i }", "E0303 unknown key `indx`"),
        (
            "{ index: i, redirect_all_requests_to: { host_name: x.org } }",
            "E0432 `index` stands beside",
        ),
        (
            "{ redirect_all_requests_to: {} }",
            "E0304 this redirect has no `host_name`",
        ),
        (
            "{ redirect_all_requests_to: { host_name: 'https://x.org' } }",
            "E0411 `host_name` can't be",
        ),
        (
            "{ redirect_all_requests_to: { host_name: x.org, protocol: htps } }",
            "E0403 `protocol` can't be `htps`: did you mean `https`?",
        ),
        (
            "{ index: i, routing_rules: [{}] }",
            "E0304 this routing rule has no `redirect`",
        ),
        (
            "{ index: i, routing_rules: [{ redirect: {} }] }",
            "E0401 `redirect` is empty",
        ),
        (
            "{ index: i, routing_rules: [{ condition: {}, redirect: { protocol: https } }] }",
            "E0401 `condition` is empty",
        ),
        (
            "{ index: i, routing_rules: [{ redirect: { replace_key_with: a, replace_key_prefix_with: b } }] }",
            "E0432 a redirect has at most one",
        ),
        (
            "{ index: i, routing_rules: [{ redirect: { http_redirect_code: 300 } }] }",
            "E0402 `http_redirect_code` can't be 300: from 301 to 399",
        ),
        (
            "{ index: i, routing_rules: [{ redirect: { http_redirect_code: '301' } }] }",
            "E0301 ",
        ),
        (
            "{ index: i, routing_rules: [{ condition: { http_error_code_returned_equals: 200 }, redirect: { protocol: https } }] }",
            "E0402 ",
        ),
        ("{ index: i, routing_rules: {} }", "E0301 "),
    ];
    for (yaml, wanted) in cases {
        let said = mistake(yaml, website::lower);
        assert!(said.starts_with(wanted), "{yaml}: {said}");
    }
    let many = vec!["{ redirect: { protocol: https } }"; 51].join(", ");
    let said = mistake(&format!("{{ index: i, routing_rules: [{many}] }}"), website::lower);
    assert!(
        said.starts_with("E0413 51 routing rules, and AWS takes at most 50"),
        "{said}"
    );
    let (_, all) = lowered(
        "{ error: '', routing_rules: [{ redirect: {} }, { redirect: 1 }] }",
        website::lower,
    );
    assert_eq!(all.len(), 4, "{all:#?}");
}

#[test]
fn mistakes_in_cors_are_reported() {
    let cases = [
        ("{}", "E0301 `cors`: expected a list of rules"),
        (
            "[{ allowed_methods: [GET] }]",
            "E0304 this CORS rule has no `allowed_origins`",
        ),
        (
            "[{ allowed_origins: ['*'] }]",
            "E0304 this CORS rule has no `allowed_methods`",
        ),
        (
            "[{ allowed_methods: [], allowed_origins: ['*'] }]",
            "E0401 `allowed_methods` is empty",
        ),
        (
            "[{ allowed_methods: [get], allowed_origins: ['*'] }]",
            "E0403 S3 knows no method `get` for CORS: did you mean `GET`?",
        ),
        (
            "[{ allowed_methods: [OPTIONS], allowed_origins: ['*'] }]",
            "E0403 S3 knows no method `OPTIONS` for CORS: expected GET",
        ),
        (
            "[{ allowed_methods: [GET, GET], allowed_origins: ['*'] }]",
            "E0414 `GET` is listed twice",
        ),
        (
            "[{ allowed_methods: [GET], allowed_origins: ['https://*.x.*'] }]",
            "E0411 `https://*.x.*` has more than one `*`",
        ),
        (
            "[{ allowed_methods: [GET], allowed_origins: [''] }]",
            "E0401 an empty text",
        ),
        (
            "[{ allowed_methods: [GET], allowed_origins: ['*'], expose_headers: ['*'] }]",
            "E0411 `expose_headers` can't be `*`",
        ),
        (
            "[{ allowed_methods: [GET], allowed_origins: ['*'], max_age_seconds: -1 }]",
            "E0402 `max_age_seconds` can't be -1",
        ),
        (
            "[{ allowed_methods: [GET], allowed_origins: ['*'], max_age: 1 }]",
            "E0303 unknown key `max_age`",
        ),
        (
            "[{ id: '', allowed_methods: [GET], allowed_origins: ['*'] }]",
            "E0401 `id` is empty",
        ),
    ];
    for (yaml, wanted) in cases {
        let said = mistake(yaml, cors::lower);
        assert!(said.starts_with(wanted), "{yaml}: {said}");
    }
    let many = vec!["{ allowed_methods: GET, allowed_origins: '*' }"; 101].join(", ");
    let said = mistake(&format!("[{many}]"), cors::lower);
    assert!(said.starts_with("E0413 101 rules, and AWS takes at most 100"), "{said}");
}

#[test]
fn mistakes_in_logging_are_reported() {
    let cases = [
        ("{}", "E0304 this logging has no `target_bucket`"),
        ("logs", "E0301 "),
        ("{ target_bucket: Logs }", "E0411 target_bucket: "),
        ("{ target_bucket: logs, target_prefix: 1 }", "E0302 "),
        ("{ target_bucket: logs, target_object_key_format: simple }", "E0403 "),
        ("{ target_bucket: logs, target_object_key_format: {} }", "E0304 "),
        (
            "{ target_bucket: logs, target_object_key_format: { partitioned_prefix: event_time } }",
            "E0403 `partitioned_prefix` can't be `event_time`: did you mean `EventTime`?",
        ),
    ];
    for (yaml, wanted) in cases {
        let said = mistake(yaml, logs);
        assert!(said.starts_with(wanted), "{yaml}: {said}");
    }
}

#[test]
fn mistakes_in_lifecycle_are_reported() {
    let cases = [
        ("{ id: a }", "E0301 `lifecycle`: expected a list of rules"),
        ("[{ expiration: { days: 1 } }]", "E0304 this lifecycle rule has no `id`"),
        ("[{ id: '', expiration: { days: 1 } }]", "E0401 `id` is empty"),
        ("[{ id: a }]", "E0304 rule `a` does nothing"),
        ("[{ id: a, transitions: [] }]", "E0304 rule `a` does nothing"),
        (
            "[{ id: a, expiration: { days: 1 } }, { id: a, expiration: { days: 2 } }]",
            "E0414 there are two rules `a`",
        ),
        (
            "[{ id: a, status: on, expiration: { days: 1 } }]",
            "E0403 `status` can't be `on`",
        ),
        (
            "[{ id: a, expiration: {} }]",
            "E0432 an expiration has exactly one of `days`, `date`, `expired_object_delete_marker`: write one",
        ),
        (
            "[{ id: a, expiration: { days: 1, date: 2030-01-01 } }]",
            "E0432 an expiration has exactly one of",
        ),
        (
            "[{ id: a, expiration: { days: 1, expired_object_delete_marker: true } }]",
            "E0432 an expiration has exactly one of",
        ),
        ("[{ id: a, expiration: { day: 1 } }]", "E0303 unknown key `day`"),
        ("[{ id: a, expiration: { days: 0 } }]", "E0402 `days` can't be 0"),
        (
            "[{ id: a, expiration: { days: 4294967297 } }]",
            "E0402 `days` can't be 4294967297",
        ),
        (
            "[{ id: a, expiration: { expired_object_delete_marker: false } }]",
            "E0402 `expired_object_delete_marker` can only be `true`",
        ),
        (
            "[{ id: a, expiration: { date: '2030-01-01T12:00:00Z' } }]",
            "E0411 `date` can't be `2030-01-01T12:00:00Z`",
        ),
        (
            "[{ id: a, expiration: { date: '2030-02-30' } }]",
            "E0411 `date` can't be `2030-02-30`",
        ),
        (
            "[{ id: a, prefix: x, filter: { prefix: x }, expiration: { days: 1 } }]",
            "E0432 `prefix` stands beside `filter`",
        ),
        (
            "[{ id: a, filter: { prefixes: x }, expiration: { days: 1 } }]",
            "E0303 unknown key `prefixes`",
        ),
        (
            "[{ id: a, filter: { tags: { 'aws:x': y } }, expiration: { days: 1 } }]",
            "E0411 tag key",
        ),
        (
            "[{ id: a, filter: { object_size_greater_than: 9, object_size_less_than: 9 }, expiration: { days: 1 } }]",
            "E0402 no object is larger than 9 and smaller than 9 bytes",
        ),
        (
            "[{ id: a, filter: { object_size_less_than: 54975581388801 }, expiration: { days: 1 } }]",
            "E0402 `object_size_less_than` can't be",
        ),
        (
            "[{ id: a, filter: { tags: { k: v } }, expiration: { expired_object_delete_marker: true } }]",
            "E0432 delete markers have no tags",
        ),
        (
            "[{ id: a, filter: { tags: { k: v } }, abort_incomplete_multipart_upload: { days_after_initiation: 1 } }]",
            "E0432 incomplete uploads have no tags",
        ),
        (
            "[{ id: a, transitions: [{ days: 1 }] }]",
            "E0304 this transition has no `storage_class`",
        ),
        (
            "[{ id: a, transitions: [{ storage_class: GLACIER }] }]",
            "E0432 a transition has exactly one of `days`, `date`",
        ),
        (
            "[{ id: a, transitions: [{ days: 1, storage_class: GLACIR }] }]",
            "E0403 `storage_class` can't be `GLACIR`: did you mean `GLACIER`?",
        ),
        (
            "[{ id: a, transitions: [{ days: 29, storage_class: STANDARD_IA }] }]",
            "E0402 an object can't go to STANDARD_IA after 29 days",
        ),
        (
            "[{ id: a, transitions: [{ days: 1, storage_class: GLACIER }, { days: 2, storage_class: GLACIER }] }]",
            "E0414 there are two transitions to GLACIER",
        ),
        (
            "[{ id: a, transitions: [{ days: 1, storage_class: GLACIER }, { date: 2030-01-01, storage_class: DEEP_ARCHIVE }] }]",
            "E0432 this rule mixes `days` and `date`",
        ),
        (
            "[{ id: a, expiration: { days: 90 }, transitions: [{ date: 2030-01-01, storage_class: GLACIER }] }]",
            "E0432 this rule mixes `days` and `date`",
        ),
        (
            "[{ id: a, expiration: { days: 90 }, transitions: [{ days: 90, storage_class: GLACIER }] }]",
            "E0402 it expires before it goes to GLACIER: write more than 90 days",
        ),
        (
            "[{ id: a, expiration: { date: 2030-01-01 }, transitions: [{ date: 2030-01-02, storage_class: GLACIER }] }]",
            "E0402 it expires before it goes to GLACIER: write more than 2030-01-02",
        ),
        (
            "[{ id: a, noncurrent_version_expiration: { newer_noncurrent_versions: 3 } }]",
            "E0304 this noncurrent_version_expiration has no `noncurrent_days`",
        ),
        (
            "[{ id: a, noncurrent_version_expiration: { noncurrent_days: 3, newer_noncurrent_versions: 101 } }]",
            "E0402 `newer_noncurrent_versions` can't be 101: from 1 to 100 versions",
        ),
        (
            "[{ id: a, noncurrent_version_transitions: [{ noncurrent_days: 3, storage_class: ONEZONE_IA }] }]",
            "E0402 an object can't go to ONEZONE_IA after 3 days",
        ),
        (
            "[{ id: a, noncurrent_version_expiration: { noncurrent_days: 3 }, noncurrent_version_transitions: [{ noncurrent_days: 3, storage_class: GLACIER }] }]",
            "E0402 it expires before it goes to GLACIER",
        ),
        (
            "[{ id: a, abort_incomplete_multipart_upload: {} }]",
            "E0304 this abort_incomplete_multipart_upload has no `days_after_initiation`",
        ),
    ];
    for (yaml, wanted) in cases {
        let said = mistake(yaml, lifecycle::lower);
        assert!(said.starts_with(wanted), "{yaml}: {said}");
    }
    let long = "x".repeat(256);
    let said = mistake(
        &format!("[{{ id: {long}, expiration: {{ days: 1 }} }}]"),
        lifecycle::lower,
    );
    assert!(said.starts_with("E0412 this id has 256 characters"), "{said}");
    let many: Vec<_> = (0..1001)
        .map(|n| format!("{{ id: r{n}, expiration: {{ days: 1 }} }}"))
        .collect();
    let said = mistake(&format!("[{}]", many.join(", ")), lifecycle::lower);
    assert!(
        said.starts_with("E0413 1001 rules, and AWS takes at most 1000"),
        "{said}"
    );
}

#[test]
fn mistakes_in_notifications_are_reported() {
    let queue = "queue: \"arn:aws:sqs:us-east-1:123456789012:work\"";
    let created = "events: ['s3:ObjectCreated:*']";
    let cases = [
        ("[]".to_owned(), "E0301 `notifications`: expected a mapping"),
        (
            format!("{{ a: {{ {queue} }} }}"),
            "E0304 this notification has no `events`",
        ),
        (
            format!("{{ a: {{ {created} }} }}"),
            "E0432 a notification has exactly one of",
        ),
        (
            format!("{{ a: {{ {queue}, lambda: one, {created} }} }}"),
            "E0432 a notification has exactly one of",
        ),
        (format!("{{ a: {{ {queue}, events: [] }} }}"), "E0401 `events` is empty"),
        (
            format!("{{ a: {{ {queue}, events: ['s3:ObjectCreate:*'] }} }}"),
            "E0403 S3 knows no event `s3:ObjectCreate:*`: did you mean `s3:ObjectCreated:*`?",
        ),
        (
            format!("{{ a: {{ {queue}, events: ['ObjectCreated:Put'] }} }}"),
            "E0403 S3 knows no event `ObjectCreated:Put`: did you mean `s3:ObjectCreated:Put`?",
        ),
        (
            format!("{{ a: {{ {queue}, events: [zebra] }} }}"),
            "E0403 S3 knows no event `zebra`: events look like",
        ),
        (
            format!("{{ a: {{ lambda: on, {created} }} }}"),
            "E0501 there is no lambda `on` in this file: did you mean `one`?",
        ),
        (
            format!("{{ a: {{ lambda: \"arn:aws:sqs:us-east-1:123456789012:q\", {created} }} }}"),
            "E0501 ",
        ),
        (
            format!("{{ a: {{ topic: \"arn:aws:sqs:us-east-1:123456789012:q\", {created} }} }}"),
            "E0501 `arn:aws:sqs:us-east-1:123456789012:q` is not the ARN of a topic",
        ),
        (format!("{{ a: {{ queue: work, {created} }} }}"), "E0411 "),
        (
            format!("{{ a: {{ queue: \"arn:aws:sqs:us-east-1:123456789012:q.fifo\", {created} }} }}"),
            "E0411 S3 can't tell",
        ),
        (
            format!("{{ a: {{ queue: \"arn:aws:sqs:eu-west-1:123456789012:q\", {created} }} }}"),
            "E0411 `arn:aws:sqs:eu-west-1:123456789012:q` is not in us-east-1",
        ),
        (
            format!("{{ '': {{ {queue}, {created} }} }}"),
            "E0401 the id of a notification is empty",
        ),
        (
            format!(
                "{{ a: {{ {queue}, {created} }}, b: {{ lambda: one, events: ['s3:ObjectCreated:Put'], prefix: x }} }}"
            ),
            "E0507 `b` and `a` would both be told of `s3:ObjectCreated:Put`",
        ),
        (
            format!(
                "{{ a: {{ {queue}, {created}, prefix: a/, suffix: .zip }}, b: {{ {queue}, {created}, prefix: a/b, suffix: b.zip }} }}"
            ),
            "E0507 ",
        ),
    ];
    for (yaml, wanted) in cases {
        let said = mistake(&yaml, tells);
        assert!(said.starts_with(wanted), "{yaml}: {said}");
    }
    for apart in [
        "prefix: b",
        "suffix: .gz, prefix: a/",
        "prefix: a/, events: ['s3:ObjectRemoved:*']",
    ] {
        let events = if apart.contains("events") {
            ""
        } else {
            "events: ['s3:ObjectCreated:*'], "
        };
        let yaml =
            format!("{{ a: {{ {queue}, {created}, prefix: a/, suffix: .zip }}, b: {{ {queue}, {events}{apart} }} }}");
        assert_eq!(good(&yaml, tells).notifications.len(), 2, "{apart}");
    }
    let many: Vec<_> = (0..101)
        .map(|n| format!("n{n:03}: {{ {queue}, {created}, prefix: p{n:03} }}"))
        .collect();
    let said = mistake(&format!("{{ {} }}", many.join(", ")), tells);
    assert!(
        said.starts_with("E0413 101 notifications, and AWS takes at most 100"),
        "{said}"
    );
}
