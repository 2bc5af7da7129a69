//! The JSON Schema of a fleet's file.
//!
//! Invariant: whatever the reader takes, the schema takes. It is of draft 7, the newest by which the language servers of
//! editors judge YAML.

use serde_json::{Map, Value as Json, json};

use super::read::{DEFAULTS, FIELDS, MEMBER};

/// The schema.
#[must_use]
pub fn schema() -> Json {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "fleet of evenkeel",
        "description": "Many accounts, each with its file, its variables and the role that leads to it.",
        "type": "object",
        "additionalProperties": false,
        "required": ["version", "accounts"],
        "properties": {
            "version": { "description": "The version of this format.", "enum": [1, "1"] },
            "defaults": {
                "description": "What holds for every account that says nothing else.",
                "type": ["object", "null"],
                "properties": properties(DEFAULTS),
                "additionalProperties": false,
            },
            "accounts": {
                "description": "The accounts by name.",
                "type": "object",
                "minProperties": 1,
                "propertyNames": { "pattern": "^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$" },
                "additionalProperties": {
                    "type": "object",
                    "properties": properties(MEMBER),
                    "required": ["account"],
                    "additionalProperties": false,
                },
            },
        },
    })
}

fn properties(keys: &[&str]) -> Map<String, Json> {
    let told = FIELDS.iter().filter(|(key, _)| keys.contains(key));
    told.map(|(key, words)| ((*key).to_owned(), property(key, words)))
        .collect()
}

fn property(key: &str, words: &str) -> Json {
    let mut shape = match key {
        "account" => json!({ "type": "string", "pattern": "^[0-9]{12}$" }),
        "session_name" => json!({ "type": "string", "pattern": "^[A-Za-z0-9_+=,.@-]{2,64}$" }),
        "files" => json!({ "anyOf": [
            { "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 },
        ] }),
        "vars_files" | "base" => json!({ "anyOf": [
            { "type": "string" }, { "type": "array", "items": { "type": "string" } },
        ] }),
        "vars" => json!({ "type": "object", "additionalProperties": { "type": ["string", "number", "boolean"] } }),
        _ => json!({ "type": "string", "pattern": "\\S" }),
    };
    if let Some(shape) = shape.as_object_mut() {
        shape.insert("description".to_owned(), json!(words));
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `EVENKEEL_BLESS=1 cargo test fleet::schema` writes it anew.
    #[test]
    fn the_checked_in_schema_is_that_of_the_reader() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema/fleet.schema.json");
        let text = format!("{:#}\n", schema());
        if std::env::var_os("EVENKEEL_BLESS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }

    #[test]
    fn every_key_has_its_words() {
        for key in MEMBER {
            assert!(FIELDS.iter().any(|(known, _)| known == key), "{key}");
        }
        assert!(DEFAULTS.iter().all(|key| MEMBER.contains(key)));
    }
}
