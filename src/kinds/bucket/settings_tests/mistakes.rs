//! What S3 would refuse in the settings of a bucket, and what is said of it.

use super::super::settings_testing::{good, lowered, mistake};
use super::super::{cors, lifecycle, website};
use super::{logs, tells};

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

const IN_LIFECYCLE: &[(&str, &str)] = &[
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

#[test]
fn mistakes_in_lifecycle_are_reported() {
    for (yaml, wanted) in IN_LIFECYCLE {
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

const QUEUE: &str = "queue: \"arn:aws:sqs:us-east-1:123456789012:work\"";
const CREATED: &str = "events: ['s3:ObjectCreated:*']";

#[test]
fn mistakes_in_notifications_are_reported() {
    let (queue, created) = (QUEUE, CREATED);
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
}

#[test]
fn two_notifications_may_share_an_event_where_keys_keep_them_apart() {
    let (queue, created) = (QUEUE, CREATED);
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
