//! Lifecycle rules as the file has them.
//!
//! Invariant: what S3 would refuse is refused here, each mistake by itself.

use std::collections::BTreeMap;

use crate::fields::FieldPath;
use crate::kinds::decode::{Maybe, key_of, text_within};
use crate::names::{TagKey, TagValue};
use crate::shape;
use crate::spec::finding::Finding;
use crate::spec::lower::Lowering;
use crate::spec::node::Node;
use crate::spec::source::Span;
use crate::spec::table::{self, Table};

use super::super::items::{ID_CHARACTERS, KEY_CHARACTERS, MOST_DAYS, all, written_within};
use super::parts;
use super::{Expiration, Filter, LifecycleRule, Midnight, Noncurrent, Status, StorageClass, When};

/// Rules of one bucket, at most; AWS never raises it (S3 guide, "setting lifecycle configuration").
const MOST_RULES: usize = 1000;

/// Bytes of one object, at most (S3 guide, "uploading objects"), and so of a limit.
pub(super) const MOST_BYTES: u64 = 50 * 1024 * 1024 * 1024 * 1024;

/// Versions that can be left out of an action, at most (S3 reference, NoncurrentVersionExpiration).
const MOST_VERSIONS: u32 = 100;

/// Days before an object can go to a class for what is rarely read (InvalidArgument "'Days' in Transition action must be
/// greater than or equal to 30 for storageClass 'STANDARD_IA'").
const LEAST_DAYS_BEFORE_IA: u32 = 30;

/// A list of rules, which may be empty, or `none` in words.
pub(in super::super) fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<BTreeMap<String, LifecycleRule>> {
    if node.text() == Some("none") {
        return Some(BTreeMap::new());
    }
    let items = table::list(node, "lifecycle", "rules", &mut cx.reading())?;
    if items.len() > MOST_RULES {
        let message = format!("{} rules, and AWS takes at most {MOST_RULES} of lifecycle", items.len());
        cx.report(Finding::error("E0413", node.span, message));
    }
    let mut ids = BTreeMap::new();
    let rules = items.iter().map(|item| rule(item, &mut ids, cx)).collect();
    all(rules).map(|rules| rules.into_iter().collect())
}

/// Where each rule is written.
pub(in super::super) fn spans(node: &Node, field: &'static str) -> BTreeMap<FieldPath, Span> {
    let rules = node.items().iter();
    rules
        .filter_map(|item| Some((FieldPath::entry(field, item.get("id")?.text()?), item.span)))
        .collect()
}

fn rule(node: &Node, ids: &mut BTreeMap<String, Span>, cx: &mut Lowering<'_>) -> Option<(String, LifecycleRule)> {
    let mut table = Table::new(
        node,
        "lifecycle rule",
        const { &shape::names(&parts::RULE) },
        &mut cx.reading(),
    )?;
    let id = table
        .required("id", &mut cx.reading())
        .and_then(|node| id(node, ids, cx));
    let status = table.take("status").map_or(Some(Status::Enabled), |node| {
        table::one_of(node, "status", Status::WORDS, &mut cx.reading())
    });
    let filter = filter(&mut table, cx);
    let written = Actions::take(&mut table);
    let (expiration, current) = (written.expiration(cx), written.transitions(cx));
    let (deletion, noncurrent) = (written.noncurrent_expiration(cx), written.noncurrent_transitions(cx));
    let abort = written.abort(cx);
    let rule = LifecycleRule {
        status: status?,
        filter: filter?,
        expiration: expiration?,
        transitions: current?,
        noncurrent_version_expiration: deletion?,
        noncurrent_version_transitions: noncurrent?,
        abort_incomplete_multipart_upload: abort?,
    };
    let id = id?;
    written.agree(&id, node, &rule, cx).then_some((id, rule))
}

fn id(node: &Node, ids: &mut BTreeMap<String, Span>, cx: &mut Lowering<'_>) -> Option<String> {
    let id = written_within(node, "id", ID_CHARACTERS, cx)?;
    if let Some(first) = ids.get(&id) {
        let finding = Finding::error("E0414", node.span, format!("there are two rules `{id}`"));
        let finding = finding.label("a rule is known by its id: name it otherwise");
        cx.report(finding.related(*first, "the first one"));
        return None;
    }
    ids.insert(id.clone(), node.span);
    Some(id)
}

fn filter(table: &mut Table<'_>, cx: &mut Lowering<'_>) -> Option<Filter> {
    let (whole, prefix) = (table.take("filter"), table.take("prefix"));
    match (whole, prefix) {
        (None, None) => Some(Filter::default()),
        (None, Some(node)) => Some(Filter {
            prefix: key_prefix(node, cx)?,
            ..Filter::default()
        }),
        (Some(node), None) => filter_of(node, cx),
        (Some(whole), Some(prefix)) => {
            let finding = Finding::error("E0432", prefix.span, "`prefix` stands beside `filter`");
            cx.report(
                finding
                    .label("write it into the filter")
                    .related(whole.span, "the filter"),
            );
            None
        }
    }
}

fn key_prefix(node: &Node, cx: &mut Lowering<'_>) -> Option<String> {
    text_within(node, "prefix", KEY_CHARACTERS, cx)
}

fn filter_of(node: &Node, cx: &mut Lowering<'_>) -> Option<Filter> {
    let mut table = Table::new(
        node,
        "filter",
        const { &shape::names(&parts::FILTER) },
        &mut cx.reading(),
    )?;
    let prefix = table
        .take("prefix")
        .map_or(Some(String::new()), |node| key_prefix(node, cx));
    let tags = table.take("tags").map_or(Some(BTreeMap::new()), |node| tags(node, cx));
    let [greater, less] = [("object_size_greater_than", 0), ("object_size_less_than", 1)].map(|(key, least)| {
        table.take(key).map_or(Some(None), |node| {
            table::large_integer(node, key, least..=MOST_BYTES, "bytes", &mut cx.reading()).map(Some)
        })
    });
    let (greater, less) = (greater?, less?);
    if let (Some(greater), Some(less)) = (greater, less)
        && greater >= less
    {
        let message = format!("no object is larger than {greater} and smaller than {less} bytes");
        let label = "`object_size_greater_than` must be the smaller one";
        cx.report(Finding::error("E0402", node.span, message).label(label));
    }
    Some(Filter {
        prefix: prefix?,
        tags: tags?,
        object_size_greater_than: greater,
        object_size_less_than: less,
    })
}

fn tags(node: &Node, cx: &mut Lowering<'_>) -> Option<BTreeMap<String, String>> {
    let entries = table::entries(node, "tags", "names to text", &mut cx.reading())?;
    let tags = entries.iter().map(|(key, value)| {
        let name = key_of(key, "tag key", TagKey::parse, cx);
        let value = cx.parse(value, "tag value", TagValue::parse);
        Some((name?.to_string(), value?.to_string()))
    });
    all(tags.collect()).map(|tags| tags.into_iter().collect())
}

/// What a rule does, as written.
struct Actions<'n> {
    expiration: Option<&'n Node>,
    transitions: Option<&'n Node>,
    noncurrent_version_expiration: Option<&'n Node>,
    noncurrent_version_transitions: Option<&'n Node>,
    abort: Option<&'n Node>,
}

impl<'n> Actions<'n> {
    fn take(table: &mut Table<'n>) -> Self {
        Self {
            expiration: table.take("expiration"),
            transitions: table.take("transitions"),
            noncurrent_version_expiration: table.take("noncurrent_version_expiration"),
            noncurrent_version_transitions: table.take("noncurrent_version_transitions"),
            abort: table.take("abort_incomplete_multipart_upload"),
        }
    }

    fn expiration(&self, cx: &mut Lowering<'_>) -> Maybe<Expiration> {
        let Some(node) = self.expiration else { return Some(None) };
        expiration(node, cx).map(Some)
    }

    fn transitions(&self, cx: &mut Lowering<'_>) -> Option<BTreeMap<StorageClass, When>> {
        let Some(node) = self.transitions else {
            return Some(BTreeMap::new());
        };
        by_class(node, "transitions", cx, |item, cx| {
            let mut table = Table::new(
                item,
                "transition",
                const { &shape::names(&parts::TRANSITION) },
                &mut cx.reading(),
            )?;
            let class = class(&mut table, cx);
            let when = exactly_one(item, "a transition", &["days", "date"], &mut table, cx)
                .and_then(|(key, node)| when(key, node, 0, cx));
            let (class, when) = (class?, when?);
            match when {
                When::Days(days) => kept_long_enough(item, class, days, cx)?,
                When::Date(_) => {}
            }
            Some((class, when))
        })
    }

    fn noncurrent_expiration(&self, cx: &mut Lowering<'_>) -> Maybe<Noncurrent> {
        let Some(node) = self.noncurrent_version_expiration else {
            return Some(None);
        };
        let keys = const { &shape::names(&parts::NONCURRENT) };
        let mut table = Table::new(node, "noncurrent_version_expiration", keys, &mut cx.reading())?;
        noncurrent(&mut table, 1, cx).map(Some)
    }

    fn noncurrent_transitions(&self, cx: &mut Lowering<'_>) -> Option<BTreeMap<StorageClass, Noncurrent>> {
        let Some(node) = self.noncurrent_version_transitions else {
            return Some(BTreeMap::new());
        };
        by_class(node, "noncurrent_version_transitions", cx, |item, cx| {
            let keys = const { &shape::names(&parts::NONCURRENT_TRANSITION) };
            let mut table = Table::new(item, "noncurrent transition", keys, &mut cx.reading())?;
            let (class, noncurrent) = (class(&mut table, cx), noncurrent(&mut table, 0, cx));
            let (class, noncurrent) = (class?, noncurrent?);
            kept_long_enough(item, class, noncurrent.noncurrent_days, cx)?;
            Some((class, noncurrent))
        })
    }

    fn abort(&self, cx: &mut Lowering<'_>) -> Maybe<u32> {
        let Some(node) = self.abort else { return Some(None) };
        let what = "abort_incomplete_multipart_upload";
        let mut table = Table::new(node, what, const { &shape::names(&parts::ABORT) }, &mut cx.reading())?;
        let node = table.required("days_after_initiation", &mut cx.reading())?;
        days("days_after_initiation", node, 1, cx).map(Some)
    }

    /// Whether S3 takes the actions together.
    fn agree(&self, id: &str, node: &Node, rule: &LifecycleRule, cx: &mut Lowering<'_>) -> bool {
        let before = cx.findings.len();
        if !rule.has_action() {
            let finding = Finding::error("E0304", node.span, format!("rule `{id}` does nothing"));
            cx.report(finding.label("S3 wants at least one action, such as `expiration: { days: 30 }`"));
        }
        self.without_tags(rule, cx);
        if let (Some(node), Some(Expiration::At(end))) = (self.expiration, rule.expiration) {
            ends_last(node, end, &rule.transitions, cx);
        }
        if let (Some(node), Some(end)) = (self.noncurrent_version_expiration, rule.noncurrent_version_expiration) {
            let transitions = &rule.noncurrent_version_transitions;
            let days = transitions
                .iter()
                .map(|(class, when)| (*class, When::Days(when.noncurrent_days)));
            ends_last(node, When::Days(end.noncurrent_days), &days.collect(), cx);
        }
        self.one_unit(&rule.transitions, cx);
        cx.findings.len() == before
    }

    /// Neither uploads nor delete markers have tags (S3 guide, "lifecycle configuration elements").
    fn without_tags(&self, rule: &LifecycleRule, cx: &mut Lowering<'_>) {
        if rule.filter.tags.is_empty() {
            return;
        }
        let marker = rule.expiration == Some(Expiration::ExpiredObjectDeleteMarker);
        let marker = self.expiration.filter(|_| marker);
        for (node, what) in [(marker, "delete markers"), (self.abort, "incomplete uploads")] {
            let Some(node) = node else { continue };
            let message = format!("{what} have no tags, and this rule is filtered by tags");
            cx.report(Finding::error("E0432", node.span, message).label("make a rule of its own of it, without tags"));
        }
    }

    fn one_unit(&self, transitions: &BTreeMap<StorageClass, When>, cx: &mut Lowering<'_>) {
        let dates = transitions
            .values()
            .filter(|when| matches!(when, When::Date(_)))
            .count();
        if let Some(node) = self.transitions
            && dates > 0
            && dates < transitions.len()
        {
            mixed(node, cx);
        }
    }
}

fn mixed(node: &Node, cx: &mut Lowering<'_>) {
    let finding = Finding::error("E0432", node.span, "this rule mixes `days` and `date`");
    cx.report(finding.label("S3 takes either of them in one rule: write the same everywhere"));
}

/// S3 refuses to move what has expired (InvalidArgument "'Days' in the Expiration action … must be greater than 'Days' in
/// the Transition action").
fn ends_last(node: &Node, end: When, transitions: &BTreeMap<StorageClass, When>, cx: &mut Lowering<'_>) {
    for (class, when) in transitions {
        let (late, least) = match (end, *when) {
            (When::Days(end), When::Days(days)) => (end <= days, format!("{days} days")),
            (When::Date(end), When::Date(date)) => (end <= date, date.to_string()),
            (When::Days(_), When::Date(_)) | (When::Date(_), When::Days(_)) => return mixed(node, cx),
        };
        if late {
            let message = format!("it expires before it goes to {}", class.word());
            cx.report(Finding::error("E0402", node.span, message).label(format!("write more than {least}")));
        }
    }
}

fn expiration(node: &Node, cx: &mut Lowering<'_>) -> Option<Expiration> {
    let keys = const { &shape::names(&parts::EXPIRATION) };
    let mut table = Table::new(node, "expiration", keys, &mut cx.reading())?;
    let (key, node) = exactly_one(node, "an expiration", keys, &mut table, cx)?;
    if key != "expired_object_delete_marker" {
        return when(key, node, 1, cx).map(Expiration::At);
    }
    if table::boolean(node, key, &mut cx.reading())? {
        return Some(Expiration::ExpiredObjectDeleteMarker);
    }
    let finding = Finding::error("E0402", node.span, format!("`{key}` can only be `true`"));
    cx.report(finding.label("leave `expiration` out"));
    None
}

/// The one of some keys that is written.
fn exactly_one<'n>(
    node: &Node,
    what: &str,
    keys: &[&'static str],
    table: &mut Table<'n>,
    cx: &mut Lowering<'_>,
) -> Option<(&'static str, &'n Node)> {
    let mut written: Vec<_> = keys
        .iter()
        .filter_map(|key| table.take(key).map(|node| (*key, node)))
        .collect();
    if written.len() == 1 {
        return written.pop();
    }
    let is_stranger = |key: &str| !keys.contains(&key) && key != "storage_class";
    let slipped = node.entries().iter().any(|(key, _)| is_stranger(&key.text));
    // A key with a slip has been reported as one that is not known.
    if !(written.is_empty() && slipped) {
        let named: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
        let message = format!("{what} has exactly one of {}", named.join(", "));
        let label = if written.is_empty() {
            "write one of them"
        } else {
            "leave the others out"
        };
        cx.report(Finding::error("E0432", node.span, message).label(label));
    }
    None
}

fn when(key: &str, node: &Node, least: u32, cx: &mut Lowering<'_>) -> Option<When> {
    if key == "days" {
        return days(key, node, least, cx).map(When::Days);
    }
    let text = table::text(node, key, &mut cx.reading())?;
    let date = Midnight::parse(text);
    if date.is_none() {
        let message = format!("`date` can't be `{text}`");
        let label = "write a date, as in `2030-01-31`; S3 takes midnight UTC";
        cx.report(Finding::error("E0411", node.span, message).label(label));
    }
    date.map(When::Date)
}

fn days(key: &str, node: &Node, least: u32, cx: &mut Lowering<'_>) -> Option<u32> {
    table::integer(node, key, least..=MOST_DAYS, "days", &mut cx.reading())
}

fn noncurrent(table: &mut Table<'_>, least: u32, cx: &mut Lowering<'_>) -> Option<Noncurrent> {
    let noncurrent_days = table
        .required("noncurrent_days", &mut cx.reading())
        .and_then(|node| days("noncurrent_days", node, least, cx));
    let newer = table.take("newer_noncurrent_versions").map_or(Some(None), |node| {
        let range = 1..=MOST_VERSIONS;
        table::integer(node, "newer_noncurrent_versions", range, "versions", &mut cx.reading()).map(Some)
    });
    Some(Noncurrent {
        noncurrent_days: noncurrent_days?,
        newer_noncurrent_versions: newer?,
    })
}

fn class(table: &mut Table<'_>, cx: &mut Lowering<'_>) -> Option<StorageClass> {
    let node = table.required("storage_class", &mut cx.reading())?;
    table::one_of(node, "storage_class", StorageClass::WORDS, &mut cx.reading())
}

fn kept_long_enough(node: &Node, class: StorageClass, days: u32, cx: &mut Lowering<'_>) -> Option<()> {
    let rarely_read = matches!(class, StorageClass::StandardIa | StorageClass::OnezoneIa);
    if rarely_read && days < LEAST_DAYS_BEFORE_IA {
        let message = format!("an object can't go to {} after {days} days", class.word());
        let label = format!("write at least {LEAST_DAYS_BEFORE_IA} days");
        cx.report(Finding::error("E0402", node.span, message).label(label));
        return None;
    }
    Some(())
}

/// A list whose items each have a storage class of their own (InvalidRequest "'StorageClass' must be different for
/// 'Transition' actions in same 'Rule'").
fn by_class<'a, T>(
    node: &Node,
    what: &str,
    cx: &mut Lowering<'a>,
    read: impl Fn(&Node, &mut Lowering<'a>) -> Option<(StorageClass, T)>,
) -> Option<BTreeMap<StorageClass, T>> {
    let items = table::list(node, what, "transitions", &mut cx.reading())?;
    let (mut transitions, mut complete) = (BTreeMap::new(), true);
    for item in items {
        let Some((class, transition)) = read(item, cx) else {
            complete = false;
            continue;
        };
        if transitions.insert(class, transition).is_some() {
            let message = format!("there are two transitions to {}", class.word());
            cx.report(Finding::error("E0414", item.span, message).label("remove one of them"));
        }
    }
    complete.then_some(transitions)
}
