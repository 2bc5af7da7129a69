//! From the file to statements by Sid, and back.
//!
//! Invariant: whatever S3 would refuse of the written statements alone is said here, with its place.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use crate::fields::FieldPath;
use crate::kinds::{COMMON, KindName, Member as _};
use crate::names::BucketName;
use crate::names::limits::BUCKET_POLICY_BYTES;
use crate::policy_doc::{Document as Typed, Flavour, Policy as Document, Statement};
use crate::spec::finding::Finding;
use crate::spec::lower::{Lowered, Lowering};
use crate::spec::node::{Node, Value};
use crate::spec::source::Span;
use crate::spec::table;

use super::{BucketPolicy, State, Unwanted, document};

pub(super) fn lower(id: &BucketName, node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<BucketPolicy>> {
    not_declared_whole(id, node.span, cx);
    let before = cx.findings.len();
    let gone = absent(node, cx);
    let written = written(node, gone.is_empty());
    let policy = written.as_ref().map(|node| cx.document(node, Flavour::Resource));
    let (statements, spans) = match &policy {
        None => (BTreeMap::new(), BTreeMap::new()),
        Some(policy) => statements(id, policy.as_ref()?, node, cx),
    };
    for (sid, span) in gone.iter().filter(|(sid, _)| statements.contains_key(*sid)) {
        let message = format!("the statement `{sid}` is declared and under `absent` at once");
        cx.report(Finding::error("E0506", *span, message).label("remove it from one of them"));
    }
    let is_sound = cx.findings.len() == before;
    let state = State {
        Statement: statements,
        absent: Unwanted(gone.into_keys().collect()),
    };
    is_sound.then(|| Lowered {
        spans,
        implied: BTreeSet::from(["Statement"]),
        ..Lowered::new(state)
    })
}

/// A bucket that this file declares has its policy there, whole.
fn not_declared_whole(id: &BucketName, span: Span, cx: &mut Lowering<'_>) {
    let buckets = KindName::of_section("buckets").and_then(|kind| cx.index.get(&kind));
    let declared = buckets.and_then(|ids| ids.iter().find(|(_, declared)| declared.name == id.as_str()));
    let Some((key, declared)) = declared.map(|(key, declared)| (key.clone(), declared.span)) else {
        return;
    };
    let message = format!("the bucket `{id}` is declared in this file, and its whole policy with it");
    let finding = Finding::error("E0507", span, message)
        .label(format!("put these statements into the `policy` of `{key}`"))
        .related(declared, "declared here");
    cx.report(finding);
}

/// The Sids under `absent`, with their places.
fn absent(node: &Node, cx: &mut Lowering<'_>) -> BTreeMap<String, Span> {
    let texts = node
        .get("absent")
        .and_then(|node| table::texts(node, "absent", &mut cx.reading()));
    let texts = texts.unwrap_or_default().into_iter();
    texts.map(|(sid, span)| (sid.to_owned(), span)).collect()
}

/// The document in a resource: what is left without the fields that are none of its elements.
fn written(node: &Node, alone: bool) -> Option<Node> {
    let Value::Map(entries) = &node.value else {
        return Some(node.clone());
    };
    let is_element = |key: &str| key != "absent" && COMMON.iter().all(|field| field.name != key);
    let entries: Vec<_> = entries
        .iter()
        .filter(|(key, _)| is_element(&key.text))
        .cloned()
        .collect();
    // Nothing but Sids that shall go is a wish, too.
    (alone || !entries.is_empty()).then_some(Node {
        span: node.span,
        value: Value::Map(entries),
    })
}

type Found = (BTreeMap<String, Document>, BTreeMap<FieldPath, Span>);

fn statements(id: &BucketName, policy: &Document, node: &Node, cx: &mut Lowering<'_>) -> Found {
    let mut found: Found = Default::default();
    let Some(typed) = policy.document() else { return found };
    whole(typed, policy, node, cx);
    let texts = document::written(policy);
    for (statement, text) in typed.statements.iter().zip(texts) {
        let span = statement.at.0.unwrap_or(node.span);
        inside(id, statement, span, cx);
        let Some(sid) = &statement.sid else {
            let message = "this statement has no `Sid`";
            let label = "name it: that is what tells it from other people's statements";
            cx.report(Finding::error("E0304", span, message).label(label));
            continue;
        };
        let one = document::alone(vec![text], Some(typed.version.as_str()));
        found
            .0
            .insert(sid.text.clone(), one.in_partition(cx.home.partition.as_str()));
        found.1.insert(FieldPath::entry("Statement", &sid.text), span);
    }
    found
}

/// What concerns the document as a whole.
fn whole(typed: &Typed, policy: &Document, node: &Node, cx: &mut Lowering<'_>) {
    if let Some(id) = &typed.id {
        let message = "`Id` names the whole policy, which is not this file's";
        cx.report(Finding::error("E0303", id.at.0.unwrap_or(node.span), message).label("remove it"));
    }
    let (size, most) = (policy.to_json().len() as u64, BUCKET_POLICY_BYTES.value);
    if size > most {
        let message = format!("these statements are {size} bytes long, and S3 takes {most} for the whole policy");
        cx.report(Finding::error("P008", node.span, message));
    }
}

/// A bucket's policy is about the bucket and what is in it (MalformedPolicy, "Policy has invalid resource").
fn inside(id: &BucketName, statement: &Statement, span: Span, cx: &mut Lowering<'_>) {
    let mut declared = cx.index.get(&BucketPolicy::KIND).into_iter().flatten();
    if !declared.any(|(_, declared)| declared.name == id.as_str()) {
        // The name was refused, and this is a stand-in.
        return;
    }
    let resources = statement.resource.iter().flat_map(|clause| &clause.items);
    for resource in resources.filter(|resource| is_elsewhere(id, &resource.text)) {
        let message = format!("`{}` is not in the bucket `{id}`", resource.text);
        let arn = crate::names::Arn::bucket(cx.home.partition, id);
        let label = format!("write `{arn}` or `{arn}/*`");
        cx.report(Finding::error("E0411", resource.at.0.unwrap_or(span), message).label(label));
    }
}

/// Where the name of the bucket is a pattern, S3 may judge.
fn is_elsewhere(id: &BucketName, resource: &str) -> bool {
    if resource.starts_with('*') {
        return false;
    }
    let named = resource.strip_prefix("arn:").and_then(|rest| rest.split_once(":s3:::"));
    named.is_none_or(|(_, path)| {
        let name = path.split('/').next().unwrap_or(path);
        !name.contains(['*', '?']) && name != id.as_str()
    })
}

pub(super) fn spell(state: &State) -> Json {
    let mut spelled = Map::new();
    let statements: Vec<Json> = state.Statement.values().flat_map(document::written).collect();
    if !statements.is_empty() {
        spelled.insert("Statement".into(), Json::Array(statements));
    }
    if !state.absent.0.is_empty() {
        spelled.insert("absent".into(), json!(state.absent));
    }
    Json::Object(spelled)
}
