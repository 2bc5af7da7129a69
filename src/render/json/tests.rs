//! The format is frozen: its bytes for everything that can be said, its schema, and that each holds to the other.

use serde_json::{Value as Json, json};

use crate::report::testing::{everything, hostile, rich_plan};
use crate::report::{Command, Context, Report, Verdict, Word};

const SCHEMA_PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema/report.schema.json");

fn generated() -> String {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<super::v1::Report>();
    let mut schema = schema.to_value();
    without_null(&mut schema);
    schema["$id"] = json!("urn:evenkeel:schema:report:1");
    schema["title"] = json!("A report of evenkeel, version 1");
    let mut text = serde_json::to_string_pretty(&schema).unwrap();
    text.push('\n');
    text
}

/// What there is not is left out and never null.
fn without_null(schema: &mut Json) {
    if let Some(Json::Array(kinds)) = schema.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [one] = kinds.as_slice() {
            schema["type"] = one.clone();
        }
    }
    if let Some(Json::Array(kinds)) = schema.get_mut("anyOf") {
        kinds.retain(|kind| *kind != json!({ "type": "null" }));
        if let [one] = kinds.as_slice() {
            let one = one.clone();
            let object = schema.as_object_mut().unwrap();
            object.remove("anyOf");
            object.extend(one.as_object().unwrap().clone());
        }
    }
    match schema {
        Json::Object(object) => object.values_mut().for_each(without_null),
        Json::Array(list) => list.iter_mut().for_each(without_null),
        _ => {}
    }
}

#[test]
fn the_schema_is_made_of_the_types() {
    if std::env::var_os("EVENKEEL_BLESS").is_some() {
        std::fs::write(SCHEMA_PATH, generated()).unwrap();
    }
    let written = std::fs::read_to_string(SCHEMA_PATH).unwrap();
    assert!(
        written == generated(),
        "docs/schema/report.schema.json is not what the types say; EVENKEEL_BLESS=1 cargo test schema writes it anew"
    );
}

/// A strict reading of the schema: what it does not name is a mistake.
struct Validator {
    schema: Json,
}

impl Validator {
    fn new() -> Self {
        Self {
            schema: serde_json::from_str(super::SCHEMA).unwrap(),
        }
    }

    fn mistakes(&self, value: &Json) -> Vec<String> {
        let mut mistakes = Vec::new();
        self.check(&self.schema, value, "$", &mut mistakes);
        mistakes
    }

    fn check(&self, schema: &Json, value: &Json, at: &str, mistakes: &mut Vec<String>) {
        if let Some(target) = schema.get("$ref").and_then(Json::as_str) {
            let target = self
                .schema
                .pointer(target.trim_start_matches('#'))
                .expect("a definition");
            self.check(target, value, at, mistakes);
        }
        for alternatives in ["anyOf", "oneOf"] {
            let Some(schemas) = schema.get(alternatives).and_then(Json::as_array) else {
                continue;
            };
            let fits = |schema: &&Json| {
                let mut own = Vec::new();
                self.check(schema, value, at, &mut own);
                own.is_empty()
            };
            if schemas.iter().filter(fits).count() != 1 {
                mistakes.push(format!("{at}: {value} fits not exactly one of {schemas:?}"));
            }
        }
        if schema.get("const").is_some_and(|wanted| wanted != value) {
            mistakes.push(format!("{at}: {value} is not {}", schema["const"]));
        }
        let words = schema.get("enum").and_then(Json::as_array);
        if words.is_some_and(|words| !words.contains(value)) {
            mistakes.push(format!("{at}: {value} is none of {words:?}"));
        }
        if let Some(kind) = schema.get("type")
            && !is_of(kind, value)
        {
            mistakes.push(format!("{at}: {value} is no {kind}"));
        }
        self.inside(schema, value, at, mistakes);
    }

    fn inside(&self, schema: &Json, value: &Json, at: &str, mistakes: &mut Vec<String>) {
        if let (Some(items), Some(values)) = (schema.get("items"), value.as_array()) {
            for (index, value) in values.iter().enumerate() {
                self.check(items, value, &format!("{at}[{index}]"), mistakes);
            }
        }
        let Some(object) = value.as_object() else { return };
        for required in schema.get("required").and_then(Json::as_array).into_iter().flatten() {
            if !object.contains_key(required.as_str().unwrap()) {
                mistakes.push(format!("{at} lacks {required}"));
            }
        }
        let Some(known) = schema.get("properties") else { return };
        for (key, value) in object {
            match known.get(key) {
                Some(schema) => self.check(schema, value, &format!("{at}.{key}"), mistakes),
                None => mistakes.push(format!("{at}: `{key}` is not in the schema")),
            }
        }
    }
}

fn is_of(kind: &Json, value: &Json) -> bool {
    let one = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the schema has the type {other}, which this test doesn't know"),
    };
    match kind {
        Json::String(kind) => one(kind),
        Json::Array(kinds) => kinds.iter().filter_map(Json::as_str).any(one),
        other => panic!("no type: {other}"),
    }
}

#[track_caller]
fn valid(report: &Report) -> Json {
    let value: Json = serde_json::from_str(&super::json(report)).unwrap();
    let mistakes = Validator::new().mistakes(&value);
    assert!(mistakes.is_empty(), "{mistakes:#?}");
    value
}

#[test]
fn everything_that_can_be_said_fits_the_schema() {
    valid(&everything());
    valid(&rich_plan());
    valid(&hostile("</details>\u{1b}[2J`\"\\\n"));
    let error = Verdict {
        exit: 1,
        word: Word::Error,
    };
    valid(&Report::new(Command::Check, Context::default(), error));
}

#[test]
fn what_does_not_fit_is_found() {
    let mut value = valid(&everything());
    value["things"][0]["status"] = json!("vanished");
    value["verdict"]["exit"] = json!("4");
    value["steps"][0]["colour"] = json!("red");
    value.as_object_mut().unwrap().remove("counts");
    let mistakes = Validator::new().mistakes(&value);
    assert_eq!(mistakes.len(), 4, "{mistakes:#?}");
}

#[test]
fn the_bytes_of_version_1_are_frozen() {
    let text = super::json(&everything()).replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!("everything", text);
}

#[test]
fn a_plan_as_others_read_it() {
    let text = super::json(&rich_plan()).replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!("plan", text);
}
