//! From permissions to policy documents.
//!
//! Invariant: the statements allow what was given and nothing else; no document is longer than AWS takes. The same
//! permissions give the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::kind::Permit;

/// The longest managed policy in characters, white space aside (IAM quotas).
pub const LONGEST: usize = 6144;

/// Condition key to the values that it may have.
type Conditions = BTreeMap<&'static str, BTreeSet<String>>;

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Statement {
    /// `iam:GetRole` …
    pub actions: BTreeSet<&'static str>,
    /// ARNs and patterns.
    pub resources: BTreeSet<String>,
    /// What the request must carry.
    pub conditions: Conditions,
}

/// A policy document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Its statements.
    pub statements: Vec<Statement>,
}

/// The permissions as documents of which each can be a managed policy.
#[must_use]
pub fn documents(permits: &BTreeSet<Permit>) -> Vec<Document> {
    let mut documents: Vec<Document> = Vec::new();
    for statement in statements(permits).into_iter().flat_map(fitting) {
        match documents.last_mut() {
            Some(last) if last.with(&statement).size() <= LONGEST => last.statements.push(statement),
            _ => documents.push(Document {
                statements: vec![statement],
            }),
        }
    }
    documents
}

/// Permissions of the same resources under the same conditions make one statement.
fn statements(permits: &BTreeSet<Permit>) -> Vec<Statement> {
    let mut by_action: BTreeMap<(&'static str, Conditions), BTreeSet<String>> = BTreeMap::new();
    for ((action, resource), conditions) in joined(permits) {
        by_action.entry((action, conditions)).or_default().insert(resource);
    }
    let mut by_resources: BTreeMap<(&'static str, BTreeSet<String>, Conditions), BTreeSet<&'static str>> =
        BTreeMap::new();
    for ((action, conditions), resources) in by_action {
        let service = action.split(':').next().unwrap_or_default();
        by_resources
            .entry((service, resources, conditions))
            .or_default()
            .insert(action);
    }
    let statement = |((_, resources, conditions), actions)| Statement {
        actions,
        resources,
        conditions,
    };
    by_resources.into_iter().map(statement).collect()
}

/// What the same action on the same resource may carry: any of the values of each.
fn joined(permits: &BTreeSet<Permit>) -> BTreeMap<(&'static str, String), Conditions> {
    let mut joined: BTreeMap<(&'static str, String), Conditions> = BTreeMap::new();
    for Permit { action, on, with } in permits {
        let conditions = joined.entry((action, on.clone())).or_default();
        for (key, value) in with {
            conditions.entry(key).or_default().insert(value.clone());
        }
    }
    joined
}

/// A statement of more resources than a document holds, as several.
fn fitting(statement: Statement) -> Vec<Statement> {
    let whole = Document {
        statements: vec![statement.clone()],
    };
    if whole.size() <= LONGEST || statement.resources.len() < 2 {
        return vec![statement];
    }
    let mut resources: Vec<String> = statement.resources.iter().cloned().collect();
    let second = resources.split_off(resources.len() / 2);
    let part = |resources: Vec<String>| Statement {
        resources: resources.into_iter().collect(),
        ..statement.clone()
    };
    [resources, second].into_iter().map(part).flat_map(fitting).collect()
}

impl Statement {
    /// As IAM takes it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut statement = Map::new();
        statement.insert("Effect".to_owned(), json!("Allow"));
        statement.insert("Action".to_owned(), json!(self.actions));
        statement.insert("Resource".to_owned(), one_or_all(&self.resources));
        if !self.conditions.is_empty() {
            statement.insert("Condition".to_owned(), condition(&self.conditions));
        }
        Value::Object(statement)
    }
}

fn one_or_all(values: &BTreeSet<String>) -> Value {
    match values.iter().collect::<Vec<_>>().as_slice() {
        [one] => json!(one),
        all => json!(all),
    }
}

fn condition(conditions: &Conditions) -> Value {
    let mut operators: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for (key, values) in conditions {
        let operator = match *key {
            "iam:PolicyARN" | "iam:PermissionsBoundary" => "ArnEquals",
            _ => "StringEquals",
        };
        operators
            .entry(operator)
            .or_default()
            .insert((*key).to_owned(), one_or_all(values));
    }
    json!(operators)
}

impl Document {
    fn with(&self, statement: &Statement) -> Self {
        let mut longer = self.clone();
        longer.statements.push(statement.clone());
        longer
    }

    /// As IAM takes it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let statements: Vec<Value> = self.statements.iter().map(Statement::to_value).collect();
        json!({ "Version": "2012-10-17", "Statement": statements })
    }

    /// How IAM counts it: characters without white space.
    #[must_use]
    pub fn size(&self) -> usize {
        self.to_value()
            .to_string()
            .chars()
            .filter(|c| !c.is_whitespace())
            .count()
    }
}
