//! For tests of a bucket's settings: lowering of one value, and values of every shape.
//!
//! Invariant: every value that a strategy gives is one that a file can say.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value as Json;

use crate::kinds::KindName;
use crate::kinds::testing::{REGION, home};
use crate::names::{Arn, BucketName, Region};
use crate::spec::files::Folder;
use crate::spec::finding::Finding;
use crate::spec::interpolate::Scalar;
use crate::spec::lower::{Declared, Index, Learned, Lowering};
use crate::spec::node::Node;
use crate::spec::source::Sources;
use crate::spec::yaml;

use super::cors::{CorsRule, Method};
use super::lifecycle::{Expiration, Filter, LifecycleRule, Midnight, Noncurrent, Status, StorageClass, When};
use super::logging::{DateSource, KeyFormat, Logging};
use super::notifications::{Destination, EventName, Notification, Told};
use super::website::{Condition, Host, Pages, Protocol, Redirect, Rewrite, RoutingRule, Website};

/// What lowering makes of a value on one line, and what it reports: "code message: label at `text`". The function `one`
/// is declared.
pub(super) fn lowered<T>(
    value: &str,
    lower: impl FnOnce(&Node, &mut Lowering<'_>) -> Option<T>,
) -> (Option<T>, Vec<String>) {
    let mut sources = Sources::default();
    let file = sources.add("env.yaml", format!("f: {value}\n"));
    let tree = yaml::parse(&sources, file).unwrap_or_else(|findings| panic!("{value}: {findings:?}"));
    let region = Region::parse(REGION).unwrap();
    let mut index = Index::new();
    let function = Declared::bare("One", &region, tree.span);
    index
        .entry(KindName::Lambda)
        .or_default()
        .insert("one".to_owned(), function);
    let (home, names, files) = (
        home(),
        BTreeMap::<String, Scalar>::new(),
        Folder::new(std::env::temp_dir()),
    );
    let (mut findings, mut existing, mut claims) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
    let result = lower(
        tree.get("f").unwrap(),
        &mut Lowering {
            home: &home,
            environment: "test",
            region: &region,
            common_tags: &BTreeMap::new(),
            index: &index,
            learned: &Learned::default(),
            names: &names,
            files: &files,
            env: &|_| None,
            sources: &mut sources,
            findings: &mut findings,
            existing: &mut existing,
            claims: &mut claims,
            documents: &mut Vec::new(),
            attached: &mut Vec::new(),
        },
    );
    (result, findings.iter().map(|finding| line(finding, &sources)).collect())
}

fn line(finding: &Finding, sources: &Sources) -> String {
    let text = finding.span.map(|span| sources.text(span)).unwrap_or_default();
    format!("{} {}: {} at `{text}`", finding.code, finding.message, finding.label)
}

/// What a value without mistakes becomes.
pub(super) fn good<T>(value: &str, lower: impl FnOnce(&Node, &mut Lowering<'_>) -> Option<T>) -> T {
    let (result, findings) = lowered(value, lower);
    assert_eq!(findings, Vec::<String>::new(), "{value}");
    result.unwrap_or_else(|| panic!("nothing said of {value}"))
}

/// The one mistake of a value.
pub(super) fn mistake<T>(value: &str, lower: impl FnOnce(&Node, &mut Lowering<'_>) -> Option<T>) -> String {
    let (_, mut findings) = lowered(value, lower);
    assert_eq!(findings.len(), 1, "{value}: {findings:#?}");
    findings.remove(0)
}

/// The value with every list turned around.
pub(super) fn reversed(value: &Json) -> Json {
    match value {
        Json::Array(items) => items.iter().rev().map(reversed).collect(),
        Json::Object(entries) => {
            let turned = entries.iter().rev().map(|(key, value)| (key.clone(), reversed(value)));
            Json::Object(turned.collect())
        }
        other => other.clone(),
    }
}

pub(super) fn bucket() -> BucketName {
    BucketName::parse("my.data").unwrap()
}

fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9/._&<+-]{1,12}"
}

fn host() -> impl Strategy<Value = String> {
    "[a-z]{1,8}\\.example\\.com"
}

fn protocol() -> impl Strategy<Value = Option<Protocol>> {
    option::of(select(vec![Protocol::Http, Protocol::Https]))
}

pub(super) fn website() -> impl Strategy<Value = Website> {
    let redirect = (host(), protocol())
        .prop_map(|(host_name, protocol)| Website::RedirectAllRequestsTo(Host { host_name, protocol }));
    let pages = ("[a-z]{1,8}\\.html", option::of(text()), vec(routing_rule(), 0..3));
    let pages = pages.prop_map(|(index, error, routing_rules)| {
        Website::Pages(Pages {
            index,
            error,
            routing_rules,
        })
    });
    prop_oneof![redirect, pages]
}

fn routing_rule() -> impl Strategy<Value = RoutingRule> {
    let condition = (option::of(400..600_u16), option::of(text()));
    let condition = condition.prop_map(|(code, prefix)| Condition {
        http_error_code_returned_equals: code,
        key_prefix_equals: prefix,
    });
    let key = prop_oneof![
        Just(Rewrite::Kept),
        option::of(text()).prop_map(|text| Rewrite::ReplaceKeyPrefixWith(text.unwrap_or_default())),
        text().prop_map(Rewrite::ReplaceKeyWith),
    ];
    let redirect = (option::of(host()), protocol(), option::of(301..400_u16), key);
    let redirect = redirect.prop_map(|(host_name, protocol, http_redirect_code, key)| Redirect {
        host_name,
        protocol,
        http_redirect_code,
        key,
    });
    let redirect = redirect.prop_filter("it leads somewhere", |redirect| !redirect.is_empty());
    (condition, redirect).prop_map(|(condition, redirect)| RoutingRule { condition, redirect })
}

pub(super) fn cors() -> impl Strategy<Value = Vec<CorsRule>> {
    let methods: Vec<Method> = Method::WORDS.iter().map(|(_, method)| *method).collect();
    let headers = || btree_set("[a-z]{1,6}-[a-z]{1,6}", 0..3);
    let rule = (
        option::of(text()),
        btree_set(select(methods), 1..4),
        btree_set("https://[a-z]{1,5}\\*?", 1..3),
        headers(),
        headers(),
        option::of(0..100_000_u32),
    );
    let rule = rule.prop_map(|(id, methods, origins, allowed, exposed, seconds)| CorsRule {
        id,
        allowed_methods: methods,
        allowed_origins: origins,
        allowed_headers: allowed.into_iter().map(|header| format!("{header}*")).collect(),
        expose_headers: exposed,
        max_age_seconds: seconds,
    });
    vec(rule, 1..4)
}

pub(super) fn logging() -> impl Strategy<Value = Logging> {
    let formats = vec![
        KeyFormat::SimplePrefix,
        KeyFormat::PartitionedPrefix(DateSource::EventTime),
        KeyFormat::PartitionedPrefix(DateSource::DeliveryTime),
    ];
    (option::of(text()), select(formats)).prop_map(|(prefix, target_object_key_format)| Logging {
        target_bucket: bucket(),
        target_prefix: prefix.unwrap_or_default(),
        target_object_key_format,
    })
}

fn midnight() -> impl Strategy<Value = Midnight> {
    // The first of January 2020 and 100 years.
    (0..36_500_i64).prop_map(|day| Midnight::of_timestamp(1_577_836_800 + day * 86_400).unwrap())
}

fn filter() -> impl Strategy<Value = Filter> {
    let tags = btree_map("[a-z]{1,6}", "[a-z]{0,6}", 0..3);
    let filter = (
        option::of(text()),
        tags,
        option::of(0..1_000_u64),
        option::of(1_001..u64::from(u32::MAX) * 2),
    );
    filter.prop_map(|(prefix, tags, greater, less)| Filter {
        prefix: prefix.unwrap_or_default(),
        tags,
        object_size_greater_than: greater,
        object_size_less_than: less,
    })
}

fn noncurrent(days: impl Strategy<Value = u32>) -> impl Strategy<Value = Noncurrent> {
    (days, option::of(1..=100_u32)).prop_map(|(noncurrent_days, newer_noncurrent_versions)| Noncurrent {
        noncurrent_days,
        newer_noncurrent_versions,
    })
}

fn class() -> impl Strategy<Value = StorageClass> {
    select(StorageClass::WORDS.iter().map(|(_, class)| *class).collect::<Vec<_>>())
}

/// An expiration and transitions that S3 takes together.
fn current() -> impl Strategy<Value = (Option<Expiration>, BTreeMap<StorageClass, When>)> {
    let by_days = (
        option::of(1_000..5_000_u32),
        btree_map(class(), (30..1_000_u32).prop_map(When::Days), 0..3),
    );
    let by_days =
        by_days.prop_map(|(end, transitions)| (end.map(|days| Expiration::At(When::Days(days))), transitions));
    let by_date = (any::<bool>(), btree_map(class(), midnight().prop_map(When::Date), 0..3));
    let by_date = by_date.prop_map(|(ends, transitions)| {
        let end = Midnight::parse("2200-01-01").map(|date| Expiration::At(When::Date(date)));
        (end.filter(|_| ends), transitions)
    });
    let marker = Just((Some(Expiration::ExpiredObjectDeleteMarker), BTreeMap::new()));
    prop_oneof![by_days, by_date, marker]
}

pub(super) fn lifecycle() -> impl Strategy<Value = BTreeMap<String, LifecycleRule>> {
    let rule = (
        select(vec![Status::Enabled, Status::Disabled]),
        filter(),
        current(),
        option::of(noncurrent(1_000..5_000_u32)),
        btree_map(class(), noncurrent(30..1_000_u32), 0..3),
        option::of(1..100_u32),
    );
    let rule = rule.prop_map(
        |(status, mut filter, (expiration, transitions), deletion, noncurrent, abort)| {
            let mut rule = LifecycleRule {
                status,
                filter: Filter::default(),
                expiration,
                transitions,
                noncurrent_version_expiration: deletion,
                noncurrent_version_transitions: noncurrent,
                abort_incomplete_multipart_upload: abort,
            };
            if !rule.has_action() {
                rule.abort_incomplete_multipart_upload = Some(7);
            }
            let of_markers = rule.expiration == Some(Expiration::ExpiredObjectDeleteMarker);
            if of_markers || rule.abort_incomplete_multipart_upload.is_some() {
                filter.tags.clear();
            }
            LifecycleRule { filter, ..rule }
        },
    );
    btree_map(text(), rule, 1..4)
}

fn destination() -> impl Strategy<Value = Destination> {
    let arn = |text: &str| Arn::parse(&format!("arn:aws:{text}")).unwrap();
    select(vec![
        Destination::Lambda(arn("lambda:us-east-1:123456789012:function:One")),
        Destination::Lambda(arn("lambda:us-east-1:123456789012:function:Two")),
        Destination::Queue(arn("sqs:us-east-1:123456789012:work")),
        Destination::Topic(arn("sns:us-east-1:123456789012:news")),
    ])
}

/// Prefixes that exclude each other.
pub(super) fn told() -> impl Strategy<Value = Told> {
    let events: Vec<EventName> = EventName::ALL.iter().filter_map(|name| EventName::of(name)).collect();
    let one = (
        destination(),
        btree_set(select(events), 1..4),
        text(),
        option::of(text()),
    );
    let notifications = btree_map("[a-z]{4}", one, 0..4).prop_map(|by_id| {
        let named = by_id.into_iter().map(|(id, (destination, events, prefix, suffix))| {
            let notification = Notification {
                destination,
                events,
                prefix: format!("{id}/{prefix}"),
                suffix: suffix.unwrap_or_default(),
            };
            (id, notification)
        });
        named.collect()
    });
    (notifications, any::<bool>()).prop_map(|(notifications, eventbridge)| Told {
        notifications,
        eventbridge,
    })
}
