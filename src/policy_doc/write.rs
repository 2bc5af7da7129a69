//! Documents and nodes back to JSON.
//!
//! Invariant: the author's order of keys and items is kept and no number changes its value: one that JSON's machine
//! types cannot hold is written as text, which AWS reads alike.

use serde_json::{Map, Number, Value as Json};

use super::document::{Clause, Condition, Document, PrincipalClause, Statement, Version, Who, Word};
use crate::spec::node::{Node, Value};

const VERSION: &str = "Version";
const STATEMENT: &str = "Statement";

/// A node as JSON.
pub(super) fn json_of(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(text) => exact_number(text).map_or_else(|| Json::String(text.clone()), Json::Number),
        Value::Text(text) => Json::String(text.clone()),
        Value::List(items) => Json::Array(items.iter().map(json_of).collect()),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| (key.text.clone(), json_of(value)))
            .collect(),
    }
}

fn exact_number(text: &str) -> Option<Number> {
    let number: Number = serde_json::from_str(text).ok()?;
    (number.to_string() == text).then_some(number)
}

/// A document's node as JSON with the wrapper and the version that the author left out.
pub(super) fn document_json(node: &Node) -> Json {
    let (has_version, body) = match json_of(node) {
        Json::Object(body) => (body.contains_key(VERSION), body),
        statements => (false, Map::from_iter([(STATEMENT.to_owned(), statements)])),
    };
    if has_version {
        return Json::Object(body);
    }
    let mut whole = Map::from_iter([(VERSION.to_owned(), Json::from(Version::V2012.as_str()))]);
    whole.extend(body);
    Json::Object(whole)
}

impl Document {
    /// The document as JSON in AWS's usual order of elements; single items are written as plain texts.
    #[must_use]
    pub fn to_value(&self) -> Json {
        let mut whole = Map::new();
        whole.insert(VERSION.to_owned(), Json::from(self.version.as_str()));
        if let Some(id) = &self.id {
            whole.insert("Id".to_owned(), Json::from(id.text.as_str()));
        }
        whole.insert(
            STATEMENT.to_owned(),
            self.statements.iter().map(Statement::to_value).collect(),
        );
        Json::Object(whole)
    }
}

impl Statement {
    /// The statement as JSON.
    #[must_use]
    pub fn to_value(&self) -> Json {
        let mut whole = Map::new();
        if let Some(sid) = &self.sid {
            whole.insert("Sid".to_owned(), Json::from(sid.text.as_str()));
        }
        whole.insert("Effect".to_owned(), Json::from(self.effect.as_str()));
        if let Some(clause) = &self.principal {
            whole.insert(format!("{}Principal", clause.sense.prefix()), principals(clause));
        }
        whole.insert(format!("{}Action", self.action.sense.prefix()), items(&self.action));
        if let Some(clause) = &self.resource {
            whole.insert(format!("{}Resource", clause.sense.prefix()), items(clause));
        }
        if !self.conditions.is_empty() {
            whole.insert("Condition".to_owned(), conditions(&self.conditions));
        }
        Json::Object(whole)
    }
}

fn items(clause: &Clause) -> Json {
    words(clause.items.iter())
}

fn words<'a>(words: impl Iterator<Item = &'a Word>) -> Json {
    let mut all: Vec<Json> = words.map(|word| Json::from(word.text.as_str())).collect();
    match (all.len(), all.pop()) {
        (1, Some(only)) => only,
        (_, None) => Json::Array(all),
        (_, Some(last)) => {
            all.push(last);
            Json::Array(all)
        }
    }
}

fn principals(clause: &PrincipalClause) -> Json {
    let entries = match &clause.who {
        Who::Everyone => return Json::from("*"),
        Who::Named(entries) => entries,
    };
    let mut whole = Map::new();
    for entry in entries {
        let kind = entry.kind;
        if !whole.contains_key(kind.as_str()) {
            let names = entries
                .iter()
                .filter(|other| other.kind == kind)
                .map(|other| &other.name);
            whole.insert(kind.as_str().to_owned(), words(names));
        }
    }
    Json::Object(whole)
}

fn conditions(all: &[Condition]) -> Json {
    let mut whole = Map::new();
    for condition in all {
        let keys = whole
            .entry(condition.spelled.text.clone())
            .or_insert_with(|| Json::Object(Map::new()));
        if let Json::Object(keys) = keys {
            keys.insert(condition.key.text.clone(), words(condition.values.iter()));
        }
    }
    Json::Object(whole)
}
