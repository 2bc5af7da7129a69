//! What the file says of a bucket, and how a bucket is said in the file.
//!
//! Invariant: `spell` of what `lower` gives leads to the same state; seeded objects are the file's alone and never spelled.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::fields::FieldPath;

use crate::kind::{Field, OnChange, field};
use crate::kinds::Member as _;
use crate::kinds::decode::{none_or, region};
use crate::kinds::statements::Statements;
use crate::names::BucketName;
use crate::policy_doc::Flavour;
use crate::shape::{self, Shape, items};
use crate::spec::lower::{Lowered, Lowering};
use crate::spec::node::{Node, Value};
use crate::spec::source::Span;
use crate::spec::table::Table;

use super::cors::CorsRule;
use super::lifecycle::LifecycleRule;
use super::logging::Logging;
use super::values::{Block, Encryption, Ownership, Versioning};
use super::website::Website;
use super::{Bucket, State, access, cors, lifecycle, logging, notifications, seed, website};

pub(super) const FIELDS: &[Field] = &[
    field(
        "region",
        shape::REGION,
        "the environment's",
        OnChange::Replace,
        "Where it is. A bucket can't move.",
    ),
    field(
        "versioning",
        Versioning::SHAPE,
        "off",
        OnChange::Held,
        "Keep every version of an object. Only `suspended` stops it.",
    ),
    field(
        "encryption",
        Encryption::SHAPE,
        "AES256",
        OnChange::Held,
        "How new objects are encrypted; only `AES256` in words takes a KMS key off.",
    ),
    field(
        "public_access_block",
        Block::SHAPE,
        "true",
        OnChange::InPlace,
        "What is refused or ignored that would open the bucket; a flag that is not written is on.",
    ),
    field(
        "public",
        Shape::Texts(&items("patterns of keys", shape::WRITTEN)),
        "nothing",
        OnChange::InPlace,
        "The word for what everybody may read; without it a public policy is refused.",
    ),
    field(
        "ownership",
        Ownership::SHAPE,
        "BucketOwnerEnforced",
        OnChange::InPlace,
        "Who owns objects, and whether ACLs count.",
    ),
    field(
        "policy",
        Shape::AnyOf(&[Shape::Document(Flavour::Resource), shape::NONE]),
        "none",
        OnChange::Held,
        "The whole bucket policy. Without it, statements of a live one that deny something are kept; `none` takes them away.",
    ),
    field("website", website::SHAPE, "none", OnChange::InPlace, "The website."),
    field(
        "lifecycle",
        lifecycle::SHAPE,
        "none",
        OnChange::InPlace,
        "What becomes of objects with time; the whole list, each rule with an `id`.",
    ),
    field(
        "cors",
        cors::SHAPE,
        "none",
        OnChange::InPlace,
        "Which pages of other sites may use it; the whole list.",
    ),
    field(
        "logging",
        logging::SHAPE,
        "none",
        OnChange::Held,
        "Where access logs go; only `none` stops them.",
    ),
    field(
        "notifications",
        notifications::SHAPE,
        "none",
        OnChange::InPlace,
        "Functions, queues and topics that are told of events; the whole map.",
    ),
    field(
        "eventbridge",
        Shape::Boolean,
        "false",
        OnChange::InPlace,
        "Send every event to the default event bus.",
    ),
    field(
        "objects",
        Shape::Map(&items("keys to content", seed::SHAPE)),
        "nothing",
        OnChange::InPlace,
        "Content to begin with; never overwritten unless `overwrite: true`, never deleted.",
    ),
    field("tags", shape::TAGS, "nothing", OnChange::InPlace, "Tags."),
];

pub(super) fn lower(id: &BucketName, node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Bucket>> {
    let mut table = cx.table::<Bucket>(node)?;
    if let Some(node) = table.take("region") {
        region(node, cx);
    }
    let versioning = table.take("versioning").map(|node| Versioning::lower(node, cx));
    let encryption = table.take("encryption").map(|node| Encryption::lower(node, cx));
    let blocks = table.take("public_access_block").map(|node| Block::lower(node, cx));
    let ownership = table.take("ownership").map(|node| Ownership::lower(node, cx));
    let public = access::consents(table.take("public"), cx);
    let policy_node = table.take("policy");
    let policy = none_or(policy_node, cx, |node, cx| access::lower(id, node, cx));
    let seeds = seed::lower(table.take("objects"), cx);
    let large = large(id, &mut table, cx);
    let tags = cx.tags(table.take("tags"));
    let fresh = State::new(cx.region.clone());
    let Large {
        website,
        lifecycle,
        cors,
        logging,
        notifications,
        eventbridge,
        mut spans,
    } = large?;
    spans.extend(seeds.spans);
    let notifications::Lowered {
        notifications,
        contributions,
        notes,
    } = notifications;
    let state = State {
        region: fresh.region,
        versioning: versioning.unwrap_or(Some(fresh.versioning))?,
        encryption: encryption.unwrap_or(Some(fresh.encryption))?,
        public_access_block: blocks.unwrap_or(Some(fresh.public_access_block))?,
        ownership: ownership.unwrap_or(Some(fresh.ownership))?,
        policy: Statements(policy?),
        website,
        lifecycle,
        cors,
        logging,
        notifications,
        eventbridge,
        objects: seeds.objects,
        tags,
    };
    let refused =
        policy_node.and_then(|node| access::blocked(id, state.policy.get(), &state.public_access_block, node));
    cx.findings.extend(refused);
    let public = access::consented(id, state.policy.get(), &public);
    Some(Lowered {
        public,
        spans,
        contributions,
        notes,
        ..Lowered::new(state)
    })
}

/// The large settings.
struct Large {
    website: Option<Website>,
    lifecycle: BTreeMap<String, LifecycleRule>,
    cors: Vec<CorsRule>,
    logging: Option<Logging>,
    notifications: notifications::Lowered,
    eventbridge: bool,
    spans: BTreeMap<FieldPath, Span>,
}

fn large(id: &BucketName, table: &mut Table<'_>, cx: &mut Lowering<'_>) -> Option<Large> {
    let website = table.take("website").map(|node| website::lower(node, cx));
    let lifecycle_node = table.take("lifecycle");
    let lifecycle = lifecycle_node.map(|node| lifecycle::lower(node, cx));
    let cors = table.take("cors").map(|node| cors::lower(node, cx));
    let logging = table.take("logging").map(|node| logging::lower(node, cx, log_bucket));
    let region = cx.region.clone();
    let told = table.take("notifications");
    let told = told.map(|node| notifications::lower(id, Some(&region), node, cx));
    let eventbridge = table.boolean("eventbridge", &mut cx.reading());
    Some(Large {
        website: website.unwrap_or(Some(None))?,
        lifecycle: lifecycle.unwrap_or_else(|| Some(BTreeMap::new()))?,
        cors: cors.unwrap_or_else(|| Some(Vec::new()))?,
        logging: logging.unwrap_or(Some(None))?,
        notifications: told.unwrap_or_else(|| Some(notifications::Lowered::default()))?,
        eventbridge: eventbridge.unwrap_or(false),
        spans: lifecycle_node
            .map(|node| lifecycle::spans(node, "lifecycle"))
            .unwrap_or_default(),
    })
}

/// A declared bucket by its id, any other by its name.
fn log_bucket(node: &Node, cx: &mut Lowering<'_>) -> Option<BucketName> {
    let declared = node.text().and_then(|id| cx.index.get(&Bucket::KIND)?.get(id));
    match declared.map(|declared| declared.name.clone()) {
        Some(name) => BucketName::parse(&name).ok(),
        None if matches!(node.value, Value::Map(_)) => cx.reference(node, Bucket::KIND, &[])?.arn().bucket_name(),
        None => logging::by_name(node, cx),
    }
}

pub(super) fn spell(id: &BucketName, state: &State) -> Json {
    let mut spelled = Map::new();
    let mut put = |key: &str, value: Option<Json>| {
        if let Some(value) = value {
            spelled.insert(key.to_owned(), value);
        }
    };
    put("name", Some(json!(id)));
    put("region", Some(json!(state.region)));
    put("versioning", state.versioning.spell());
    put("encryption", state.encryption.spell());
    put("public_access_block", Block::spell(&state.public_access_block));
    let public = access::exposed(id, state.policy.get(), &state.public_access_block);
    put(
        "public",
        (!public.is_empty()).then(|| access::spell_consents(id, state.policy.get())),
    );
    let enforced = state.ownership == Ownership::BucketOwnerEnforced;
    put("ownership", (!enforced).then(|| json!(state.ownership.word())));
    put("policy", state.policy.get().map(|policy| policy.written().clone()));
    put("website", state.website.as_ref().map(website::spell));
    put(
        "lifecycle",
        (!state.lifecycle.is_empty()).then(|| lifecycle::spell(&state.lifecycle)),
    );
    put("cors", (!state.cors.is_empty()).then(|| cors::spell(&state.cors)));
    put("logging", state.logging.as_ref().map(logging::spell));
    put(
        "notifications",
        (!state.notifications.is_empty()).then(|| notifications::spell(&state.notifications)),
    );
    put("eventbridge", state.eventbridge.then_some(json!(true)));
    put("tags", (!state.tags.is_empty()).then(|| json!(state.tags)));
    Json::Object(spelled)
}
