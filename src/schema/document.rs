//! The schema of policy documents, in AWS's own keys.
//!
//! Invariant: the elements are those that the grammar knows; what an element may mean is `check`'s.

use serde_json::{Map, Value as Json, json};

use crate::policy_doc::{ELEMENTS, Flavour, Part, PrincipalType, Test};
use crate::shape::Choice;

use super::{TEMPLATE, flavours, object, to};

/// Adds the documents of each flavour, and what they are made of.
pub(super) fn define(definitions: &mut Map<String, Json>) {
    definitions.insert("texts".into(), texts());
    definitions.insert("principals".into(), principals());
    definitions.insert("conditions".into(), conditions());
    for flavour in flavours() {
        definitions.insert(statement_name(flavour).into(), statement(flavour));
        definitions.insert(name(flavour).into(), document(flavour));
    }
}

/// The definition of a document.
pub(super) const fn name(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::Identity | Flavour::Boundary | Flavour::Session | Flavour::Scp => "identity_document",
        Flavour::Resource | Flavour::Rcp | Flavour::Endpoint => "resource_document",
        Flavour::Trust => "trust_document",
    }
}

const fn statement_name(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::Identity | Flavour::Boundary | Flavour::Session | Flavour::Scp => "identity_statement",
        Flavour::Resource | Flavour::Rcp | Flavour::Endpoint => "resource_statement",
        Flavour::Trust => "trust_statement",
    }
}

/// Statements: a list of them, or one alone.
pub(super) fn statements(flavour: Flavour) -> Json {
    let one = to(statement_name(flavour));
    json!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
}

fn document(flavour: Flavour) -> Json {
    let one = to(statement_name(flavour));
    json!({
        "description": "A policy document in AWS's own keys, a list of statements, { file: PATH.json }, or JSON text.",
        "anyOf": [
            {
                "type": "object",
                "properties": {
                    "Version": { "enum": ["2012-10-17", "2008-10-17"], "description": "Of the language; 2012-10-17 unless it is written." },
                    "Id": { "type": "string" },
                    "Statement": statements(flavour),
                },
                "required": ["Statement"],
                "additionalProperties": false,
            },
            { "type": "array", "items": one, "minItems": 1 },
            {
                "type": "object",
                "properties": { "file": { "type": "string", "pattern": "\\S", "description": "A file of strict JSON, beside this one or below." } },
                "required": ["file"],
                "additionalProperties": false,
            },
            { "type": "string", "pattern": format!(r"^\s*[{{\[]|{TEMPLATE}") },
        ],
    })
}

fn statement(flavour: Flavour) -> Json {
    let forbidden = match (flavour.principal(), flavour.resource()) {
        (Part::Forbidden, _) => "Principal",
        (_, Part::Forbidden) => "Resource",
        (Part::Required, Part::Required) => "",
    };
    let fits = |element: &&&str| forbidden.is_empty() || element.strip_prefix("Not").unwrap_or(element) != forbidden;
    let elements: Vec<&str> = ELEMENTS.iter().filter(fits).copied().collect();
    let properties = elements.iter().map(|name| ((*name).to_owned(), element(name)));
    let pairs = [
        Choice::One(&["Action", "NotAction"]),
        Choice::One(&["Principal", "NotPrincipal"]),
        Choice::One(&["Resource", "NotResource"]),
    ];
    let counts = |choice: &Choice| match choice {
        Choice::One(keys) => keys.iter().all(|key| elements.contains(key)),
        Choice::AtMostOne(_) | Choice::Some(_) => true,
    };
    let pairs: Vec<Choice> = pairs.into_iter().filter(counts).collect();
    object(properties.collect(), &["Effect"], &pairs)
}

fn element(name: &str) -> Json {
    match name {
        "Sid" => json!({ "type": "string", "description": "Its name." }),
        "Effect" => json!({ "anyOf": [{ "enum": ["Allow", "Deny"] }, to("template")] }),
        "Principal" | "NotPrincipal" => to("principals"),
        "Condition" => to("conditions"),
        _ => to("texts"),
    }
}

fn texts() -> Json {
    let one = json!({ "type": "string", "minLength": 1 });
    json!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
}

fn principals() -> Json {
    let kinds: Map<String, Json> = PrincipalType::ALL
        .into_iter()
        .map(|kind| (kind.as_str().to_owned(), to("texts")))
        .collect();
    json!({
        "description": "\"*\", or { AWS: …, Service: …, Federated: … }.",
        "anyOf": [
            { "const": "*" },
            { "type": "object", "properties": kinds, "additionalProperties": false, "minProperties": 1 },
            to("template"),
        ],
    })
}

fn conditions() -> Json {
    let tests: Vec<&str> = Test::ALL.iter().map(|test| test.as_str()).collect();
    let operator = format!(
        "^(ForAnyValue:|ForAllValues:)?({})(IfExists)?$|{TEMPLATE}",
        tests.join("|")
    );
    let value = json!({ "type": ["string", "number", "boolean"] });
    json!({
        "description": "Operators to keys to values: { StringEquals: { aws:SourceAccount: \"123456789012\" } }.",
        "type": "object",
        "propertyNames": { "pattern": operator },
        "additionalProperties": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": { "anyOf": [value, { "type": "array", "items": value, "minItems": 1 }] },
        },
    })
}
