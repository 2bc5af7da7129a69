//! The policy that the statements stand in: what of it is ours, and what it becomes.
//!
//! Invariant: other people's statements are values that go back as they came, in their order; their meaning is not
//! changed by what stands beside them, so the version of the language is only raised where none of them cares.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use crate::names::limits::BUCKET_POLICY_BYTES;
use crate::policy_doc::Policy as Document;

const CURRENT: &str = "2012-10-17";

/// What a live policy is taken apart into.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Parts {
    /// The statements with Sids that the file names.
    pub(super) own: BTreeMap<String, Document>,
    /// Other people's statements that name dead ids, as "Sid (AROA…)".
    pub(super) dangling: Vec<String>,
}

/// Takes a live policy apart.
///
/// # Errors
/// A text that is no policy.
pub(super) fn parts(text: &str, sids: &BTreeSet<&str>, partition: &str) -> Result<Parts, String> {
    let (whole, statements) = read(text)?;
    let version = whole.get("Version").and_then(Json::as_str);
    let mut own: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    let mut parts = Parts::default();
    for (index, statement) in statements.into_iter().enumerate() {
        match sid(&statement).filter(|sid| sids.contains(sid)) {
            Some(sid) => own.entry(sid.to_owned()).or_default().push(statement),
            None => parts.dangling.extend(dangling(&statement, index)),
        }
    }
    let known = |(sid, statements): (String, Vec<Json>)| {
        let document = alone(statements, version);
        (sid, document.in_partition(partition))
    };
    parts.own = own.into_iter().map(known).collect();
    Ok(parts)
}

/// Statements as a document of their own. The version means nothing to those without variables, so they all get one.
pub(super) fn alone(statements: Vec<Json>, version: Option<&str>) -> Document {
    let mut whole = Map::new();
    if !statements.iter().any(has_variable) {
        whole.insert("Version".into(), json!(CURRENT));
    } else if let Some(version) = version {
        whole.insert("Version".into(), json!(version));
    }
    whole.insert("Statement".into(), Json::Array(statements));
    Document::live(&Json::Object(whole).to_string())
}

/// The statements of such a document as they are written.
pub(super) fn written(document: &Document) -> Vec<Json> {
    match document.written().get("Statement") {
        Some(Json::Array(statements)) => statements.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    }
}

/// The policy with some statements put and some taken out; `None` where nothing is left.
///
/// # Errors
/// A live text that is no policy, and a new one that S3 would refuse or that would change what others have written.
pub(super) fn merged(
    live: Option<&str>,
    put: &BTreeMap<&str, &Document>,
    dropped: &BTreeSet<&str>,
) -> Result<Option<String>, String> {
    let (mut whole, statements) = match live {
        Some(text) => read(text)?,
        None => (Map::from_iter([("Version".to_owned(), json!(CURRENT))]), Vec::new()),
    };
    let is_ours = |statement: &Json| sid(statement).is_some_and(|sid| put.contains_key(sid) || dropped.contains(sid));
    let (ours, others): (Vec<_>, Vec<_>) = statements.iter().partition(|statement| is_ours(statement));
    let mut left: BTreeMap<&str, &Document> = put.clone();
    let mut result = Vec::new();
    for statement in &statements {
        if !ours.contains(&statement) {
            result.push(statement.clone());
        } else if let Some(document) = sid(statement).and_then(|sid| left.remove(sid)) {
            result.extend(written(document));
        }
    }
    result.extend(left.into_values().flat_map(written));
    if result.is_empty() {
        return Ok(None);
    }
    if put.values().any(|document| written(document).iter().any(has_variable)) {
        raise_version(&mut whole, &others)?;
    }
    whole.insert("Statement".into(), Json::Array(result));
    within_size(Json::Object(whole).to_string()).map(Some)
}

/// In 2008 `${…}` is literal text; who has such text there must not find it become a variable.
fn raise_version(whole: &mut Map<String, Json>, others: &[&Json]) -> Result<(), String> {
    if whole.get("Version").and_then(Json::as_str) == Some(CURRENT) {
        return Ok(());
    }
    if let Some(other) = others.iter().find(|statement| has_variable(statement)) {
        let name = sid(other).unwrap_or("without a Sid");
        return Err(format!(
            "the policy is of version 2008-10-17, in which `${{…}}` is plain text, and the statement {name}, which is not this \
             file's, has such text: statements with variables can't stand beside it"
        ));
    }
    whole.insert("Version".into(), json!(CURRENT));
    Ok(())
}

fn within_size(text: String) -> Result<String, String> {
    let most = usize::try_from(BUCKET_POLICY_BYTES.value).unwrap_or(usize::MAX);
    if text.len() <= most {
        return Ok(text);
    }
    Err(format!(
        "the whole policy would be {} bytes long, and S3 takes {most}",
        text.len()
    ))
}

fn read(text: &str) -> Result<(Map<String, Json>, Vec<Json>), String> {
    let odd = || "AWS told a policy that can't be understood".to_owned();
    let Ok(Json::Object(mut whole)) = serde_json::from_str(text) else {
        return Err(odd());
    };
    let statements = match whole.get_mut("Statement").map(Json::take) {
        Some(Json::Array(statements)) if statements.iter().all(Json::is_object) => statements,
        Some(one @ Json::Object(_)) => vec![one],
        _ => return Err(odd()),
    };
    Ok((whole, statements))
}

fn sid(statement: &Json) -> Option<&str> {
    statement.get("Sid").and_then(Json::as_str)
}

fn has_variable(statement: &Json) -> bool {
    statement.to_string().contains("${")
}

fn dangling(statement: &Json, index: usize) -> Option<String> {
    let document = alone(vec![statement.clone()], Some(CURRENT));
    let dead = document.dangling();
    let name = sid(statement).map_or_else(|| format!("statement {}", index + 1), str::to_owned);
    (!dead.is_empty()).then(|| format!("{name} ({})", dead.join(", ")))
}

/// The statements of a live policy that are not ours and name dead ids.
#[cfg(feature = "aws")]
pub(super) fn dangling_beside(live: Option<&str>, sids: &BTreeSet<&str>) -> Vec<String> {
    live.and_then(|text| parts(text, sids, "aws").ok())
        .map(|parts| parts.dangling)
        .unwrap_or_default()
}
