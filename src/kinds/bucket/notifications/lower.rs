//! Notifications as the file has them.
//!
//! Invariant: what S3 would refuse is refused here, and a function of the file is asked to let S3 in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::address::Address;
use crate::fields::FieldPath;
use crate::kind::Home;
use crate::kinds::AnyPart;
use crate::kinds::Member as _;
use crate::kinds::decode::text_within;
use crate::kinds::lambda::{Invocation, Lambda, Permission};
use crate::names::{Arn, BucketName, Region, StatementId, nearest};
use crate::shape::{self, Choice, Part, Shape, items, needed, part, some_items};
use crate::spec::finding::Finding;
use crate::spec::lower::{Contribution, Lowering, Referent};
use crate::spec::node::{Key, Node};
use crate::spec::source::Span;
use crate::spec::table::{self, Table};

use super::super::items::{ID_CHARACTERS, KEY_CHARACTERS, some};
use super::{Destination, EventName, Notification};

/// S3's own service principal.
const S3: &str = "s3.amazonaws.com";

/// Notifications of one bucket, at most (S3 guide, "event notification types and destinations").
const MOST: usize = 100;

/// What lowering made of `notifications:`.
#[derive(Debug, Default)]
pub(in super::super) struct Lowered {
    /// By id.
    pub(in super::super) notifications: BTreeMap<String, Notification>,
    /// What functions of this file are asked for.
    pub(in super::super) contributions: Vec<Contribution>,
    /// What the owners of other functions have to do.
    pub(in super::super) notes: Vec<String>,
}

/// The bucket that tells.
struct Teller<'a> {
    bucket: &'a BucketName,
    region: Option<&'a Region>,
    lowered: Lowered,
    asked: BTreeSet<Arn>,
}

/// A mapping of ids to notifications, or `none` in words. `region` is the bucket's, where it is known.
pub(in super::super) fn lower(
    bucket: &BucketName,
    region: Option<&Region>,
    node: &Node,
    cx: &mut Lowering<'_>,
) -> Option<Lowered> {
    if node.text() == Some("none") {
        return Some(Lowered::default());
    }
    let entries = table::entries(node, "notifications", "ids to notifications", &mut cx.reading())?;
    if entries.len() > MOST {
        let message = format!(
            "{} notifications, and AWS takes at most {MOST} of one bucket",
            entries.len()
        );
        cx.report(Finding::error("E0413", node.span, message));
    }
    let mut teller = Teller {
        bucket,
        region,
        lowered: Lowered::default(),
        asked: BTreeSet::new(),
    };
    let mut earlier: Vec<(&Key, Notification)> = Vec::new();
    for (key, node) in entries {
        let fits = id_fits(key, cx);
        let Some(notification) = teller.one(node, cx).filter(|_| fits) else {
            continue;
        };
        clash(key, &notification, &earlier, cx);
        earlier.push((key, notification));
    }
    if earlier.len() < entries.len() {
        return None;
    }
    let notifications = earlier.into_iter().map(|(key, one)| (key.text.clone(), one));
    teller.lowered.notifications = notifications.collect();
    Some(teller.lowered)
}

fn id_fits(key: &Key, cx: &mut Lowering<'_>) -> bool {
    let length = key.text.chars().count() as u64;
    if key.text.trim().is_empty() {
        cx.report(Finding::error("E0401", key.span, "the id of a notification is empty").label("name it"));
        return false;
    }
    if length > ID_CHARACTERS {
        let message = format!("this id has {length} characters, and AWS takes {ID_CHARACTERS}");
        cx.report(Finding::error("E0412", key.span, message));
        return false;
    }
    true
}

/// S3 tells one of an event, not two (InvalidArgument "Configuration is ambiguously defined. Cannot have overlapping
/// suffixes in two rules if the prefixes are overlapping for the same event type").
fn clash(key: &Key, notification: &Notification, earlier: &[(&Key, Notification)], cx: &mut Lowering<'_>) {
    for (other_key, other) in earlier {
        let keys_meet = meet(&notification.prefix, &other.prefix, |one, beginning| {
            one.starts_with(beginning)
        }) && meet(&notification.suffix, &other.suffix, |one, end| one.ends_with(end));
        let shared = notification
            .events
            .iter()
            .find(|event| other.events.iter().any(|other| event.meets(*other)));
        let (true, Some(event)) = (keys_meet, shared) else {
            continue;
        };
        let (one, two) = (&key.text, &other_key.text);
        let message = format!("`{one}` and `{two}` would both be told of `{}`", event.as_str());
        let label = "S3 tells one of them: give them other events, or prefixes or suffixes that exclude each other";
        let finding = Finding::error("E0507", key.span, message).label(label);
        cx.report(finding.related(other_key.span, "the other one"));
    }
}

fn meet(one: &str, other: &str, contains: fn(&str, &str) -> bool) -> bool {
    contains(one, other) || contains(other, one)
}

const PARTS: [Part; 6] = [
    part(
        "lambda",
        Shape::Reference("lambda"),
        "A function of this file by id, or any by ARN.",
    ),
    part("queue", shape::ARN, "A queue of SQS."),
    part("topic", shape::ARN, "A topic of SNS."),
    needed(
        "events",
        Shape::Texts(&some_items("events", shape::text("event", "^s3:"))),
        "What is told, such as `s3:ObjectCreated:*`.",
    ),
    part("prefix", shape::TEXT, "What keys begin with."),
    part("suffix", shape::TEXT, "What keys end in."),
];

const KEYS: &[&str] = &shape::names(&PARTS);

pub(in super::super) const SHAPE: Shape = Shape::Called(
    "map of destinations",
    &Shape::AnyOf(&[
        Shape::Map(&items(
            "destinations",
            shape::table(&PARTS, &[Choice::One(&["lambda", "queue", "topic"])]),
        )),
        shape::NONE,
    ]),
);

impl Teller<'_> {
    fn one(&mut self, node: &Node, cx: &mut Lowering<'_>) -> Option<Notification> {
        let mut table = Table::new(node, "notification", KEYS, &mut cx.reading())?;
        let destination = self.destination(node, &mut table, cx);
        let events = table
            .required("events", &mut cx.reading())
            .and_then(|node| some(node, "events", cx, event));
        let [prefix, suffix] = ["prefix", "suffix"].map(|key| {
            let node = table.take(key);
            node.map_or(Some(String::new()), |node| text_within(node, key, KEY_CHARACTERS, cx))
        });
        Some(Notification {
            destination: destination?,
            events: events?,
            prefix: prefix?,
            suffix: suffix?,
        })
    }

    fn destination(&mut self, whole: &Node, table: &mut Table<'_>, cx: &mut Lowering<'_>) -> Option<Destination> {
        let (lambda, queue, topic) = (table.take("lambda"), table.take("queue"), table.take("topic"));
        match (lambda, queue, topic) {
            (Some(node), None, None) => self.function(node, cx).map(Destination::Lambda),
            (None, Some(node), None) => self.named(node, "queue", "sqs", cx).map(Destination::Queue),
            (None, None, Some(node)) => self.named(node, "topic", "sns", cx).map(Destination::Topic),
            _ => {
                let message = "a notification has exactly one of `lambda`, `queue` and `topic`";
                cx.report(Finding::error("E0432", whole.span, message).label("write one of them"));
                None
            }
        }
    }

    fn named(&self, node: &Node, what: &str, service: &str, cx: &mut Lowering<'_>) -> Option<Arn> {
        let arn = cx.parse(node, what, Arn::parse)?;
        if arn.service() != service {
            let message = format!("`{arn}` is not the ARN of a {what}");
            let label = format!("such an ARN has `:{service}:` in it");
            cx.report(Finding::error("E0501", node.span, message).label(label));
            return None;
        }
        if arn.resource().ends_with(".fifo") {
            let message = format!("S3 can't tell `{arn}`: it is a FIFO {what}");
            cx.report(Finding::error("E0411", node.span, message).label(format!("name a {what} that is none")));
            return None;
        }
        self.is_near(&arn, node.span, cx).then_some(arn)
    }

    /// Destinations are in the bucket's own region (InvalidArgument "The notification destination service region is not
    /// valid for the bucket location constraint").
    fn is_near(&self, arn: &Arn, span: Span, cx: &mut Lowering<'_>) -> bool {
        let Some(region) = self.region else { return true };
        let near = arn.region().as_ref() == Some(region);
        if !near {
            let message = format!("`{arn}` is not in {region}, where the bucket is");
            let label = "a bucket tells only what is in its own region";
            cx.report(Finding::error("E0411", span, message).label(label));
        }
        near
    }

    /// A function of this file is asked to let S3 in, once; of others the owner is told.
    fn function(&mut self, node: &Node, cx: &mut Lowering<'_>) -> Option<Arn> {
        let referent = cx.reference(node, Lambda::KIND, &[])?;
        let arn = referent.arn().clone();
        if !self.is_near(&arn, node.span, cx) {
            return None;
        }
        if !self.asked.insert(arn.clone()) {
            return Some(arn);
        }
        let (id, permission) = (statement_id(self.bucket)?, permission(self.bucket, cx.home));
        match referent {
            Referent::Declared { id: function, arn: _ } => {
                let to = Address::new(Lambda::KIND, function);
                let part = AnyPart::Lambda(Invocation { id, permission });
                self.lowered.contributions.push(Contribution { to, part });
            }
            Referent::Foreign(arn) => {
                let (source, account) = (self.arn(cx), &cx.home.account);
                self.lowered.notes.push(format!(
                    "the owner of {arn} must let the bucket in: aws lambda add-permission --function-name {arn} \
                     --statement-id {id} --action lambda:InvokeFunction --principal {S3} --source-arn {source} \
                     --source-account {account}"
                ));
            }
        }
        Some(arn)
    }

    fn arn(&self, cx: &Lowering<'_>) -> Arn {
        Arn::bucket(cx.home.partition, self.bucket)
    }
}

/// A bucket's ARN names no account, and a deleted bucket's name is free for others: the account must be named too.
fn permission(bucket: &BucketName, home: &Home) -> Permission {
    Permission {
        source_account: Some(home.account.to_string()),
        ..Permission::of_service(S3, &Arn::bucket(home.partition, bucket))
    }
}

/// What a bucket gives the functions that it tells.
pub(in super::super) fn invocations(
    bucket: &BucketName,
    notifications: &BTreeMap<String, Notification>,
    home: &Home,
) -> Vec<(Arn, FieldPath, Json)> {
    let Some(id) = statement_id(bucket) else {
        return Vec::new();
    };
    let invocation = Invocation {
        id,
        permission: permission(bucket, home),
    };
    let told = notifications.values().map(|one| &one.destination);
    let functions = told.filter(|destination| matches!(destination, Destination::Lambda(_)));
    functions.map(|function| invocation.implied(function.arn())).collect()
}

/// `evenkeel-s3-BUCKET`. Statement ids have no dots, and names of buckets no underscores, so that ids stay apart.
fn statement_id(bucket: &BucketName) -> Option<StatementId> {
    StatementId::parse(&format!("evenkeel-s3-{}", bucket.as_str().replace('.', "_"))).ok()
}

fn event(text: &str, span: Span, cx: &mut Lowering<'_>) -> Option<EventName> {
    let known = EventName::of(text);
    if known.is_none() {
        let prefixed = format!("s3:{text}");
        let near = EventName::of(&prefixed).map_or_else(
            || nearest(text, EventName::ALL.iter().copied()),
            |event| Some(event.as_str()),
        );
        let label = near.map_or("events look like `s3:ObjectCreated:*`".to_owned(), |near| {
            format!("did you mean `{near}`?")
        });
        cx.report(Finding::error("E0403", span, format!("S3 knows no event `{text}`")).label(label));
    }
    known
}
