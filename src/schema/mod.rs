//! The JSON Schema of the environment file, made from the shapes that the decoders read by.
//!
//! Invariant: whatever a decoder takes, the schema takes; what the schema refuses, a decoder refuses. It says nothing of
//! AWS's rules for names, of references, or of several files: those are `check`'s.
//!
//! It is of draft 7, because that is the newest draft by which the language servers of editors judge YAML.

mod document;

use serde_json::{Map, Value as Json, json};

use crate::kind::{Field, Form, SettingTable};
use crate::kinds::{COMMON, KindName};
use crate::policy_doc::Flavour;
use crate::shape::{Choice, Items, Need, Number, Part, Shape, Table, Text};
use crate::spec::{header, resources};

/// What `$(…)` looks like wherever a scalar may stand.
const TEMPLATE: &str = r"\$\(";

/// The schema of an environment file, or of one of several that make one together.
#[must_use]
pub fn environment() -> Json {
    let mut properties = Map::new();
    for part in &header::PARTS {
        properties.insert(part.name.into(), of_part(part));
    }
    let sections = KindName::ALL.iter().flat_map(|kind| {
        let section = kind.section();
        let keys = [section.key].into_iter().chain(section.aliases.iter().copied());
        keys.map(|key| (key.to_owned(), of_section(*kind)))
    });
    properties.extend(sections);
    properties.insert("absent".into(), absent());
    properties.insert("expect".into(), expect());
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "environment of evenkeel",
        "description": "What an AWS account shall be like. Of several files that make one environment, each is one of these.",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "definitions": definitions(),
    })
}

/// The text of a schema, as it is checked in and printed.
#[must_use]
pub fn to_text(schema: &Json) -> String {
    format!("{schema:#}\n")
}

fn definitions() -> Json {
    let mut definitions = Map::new();
    definitions.insert(
        "template".into(),
        json!({ "description": "$(NAME) takes the value's type.", "type": "string", "pattern": TEMPLATE }),
    );
    definitions.insert("reference".into(), reference());
    definitions.insert("absent_entry".into(), of(&resources::ABSENT));
    document::define(&mut definitions);
    for kind in KindName::ALL {
        match kind.section().form {
            Form::Named | Form::Listed { .. } => drop(definitions.insert(kind.name().into(), of_kind(*kind))),
            Form::Settings => {}
        }
    }
    Json::Object(definitions)
}

fn reference() -> Json {
    json!({
        "description": "The id of a declared one, an ARN, or { existing: NAME } for one outside of this file; for policies also \
                        the name of one of AWS's.",
        "anyOf": [
            { "type": "string" },
            {
                "type": "object",
                "properties": { "existing": { "type": "string", "pattern": "\\S" } },
                "required": ["existing"],
                "additionalProperties": false,
            },
        ],
    })
}

fn to(definition: &str) -> Json {
    json!({ "$ref": format!("#/definitions/{definition}") })
}

/// A section may stand empty, with all its lines commented out.
fn of_section(kind: KindName) -> Json {
    let one = to(kind.name());
    let mut section = match kind.section().form {
        Form::Named => json!({ "type": ["object", "null"], "additionalProperties": one }),
        Form::Listed { .. } => {
            json!({ "type": ["array", "null"], "items": { "anyOf": [{ "type": "string", "pattern": "\\S" }, one] } })
        }
        Form::Settings => {
            let settings = kind.settings().iter();
            let settings: Map<String, Json> = settings
                .map(|setting| (setting.name.to_owned(), of_setting(kind, setting)))
                .collect();
            json!({ "type": ["object", "null"], "properties": settings, "additionalProperties": false })
        }
    };
    let text = first_paragraph(kind.doc());
    describe(&mut section, &text, kind.doc().trim());
    section
}

/// What a page of the reference begins with, on one line.
fn first_paragraph(page: &str) -> String {
    let first = page.trim().split("\n\n").next().unwrap_or_default();
    first.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Plain words for any reader, and Markdown for editors that show it.
fn describe(schema: &mut Json, text: &str, markdown: &str) {
    if let Json::Object(schema) = schema {
        schema.insert("description".into(), json!(text.replace('`', "")));
        schema.insert("markdownDescription".into(), json!(markdown));
    }
}

fn of_kind(kind: KindName) -> Json {
    let known = kind.known_keys();
    let fields = kind.fields().iter().chain(COMMON);
    let fields = fields.filter(|field| known.contains(&field.name));
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields {
        properties.insert(field.name.into(), of_field(kind, field));
        if field.is_required() {
            required.push(field.name);
        }
    }
    let whole = object(properties, &required, kind.choices());
    let mut forms = vec![whole];
    forms.extend(kind.also().iter().map(of));
    any_of(forms)
}

fn of_field(kind: KindName, field: &Field) -> Json {
    let mut schema = match field.name {
        "ignore" => ignore(kind),
        _ => of(&field.shape),
    };
    let Field {
        name: _,
        shape,
        default,
        on_change,
        doc,
    } = field;
    let markdown = format!("{doc}\n\nTakes: {shape}. Absent: {default}. A change: {on_change}.");
    schema = describable(schema);
    describe(&mut schema, doc, &markdown);
    schema
}

/// A reference must stand alone in draft 7: what stands beside it is not read.
fn describable(schema: Json) -> Json {
    match schema.get("$ref") {
        Some(_) => json!({ "allOf": [schema] }),
        None => schema,
    }
}

/// Fields of the kind, and entries of them.
fn ignore(kind: KindName) -> Json {
    let names: Vec<&str> = kind.fields().iter().map(|field| field.name).collect();
    let one = json!({ "type": "string", "pattern": format!(r"^({})(\..+)?$|{TEMPLATE}", names.join("|")) });
    json!({ "anyOf": [one, { "type": "array", "items": one }] })
}

fn of_setting(kind: KindName, setting: &SettingTable) -> Json {
    let fields = kind.fields().iter();
    let fields: Vec<&Field> = fields.filter(|field| setting.fields.contains(&field.name)).collect();
    let properties: Map<String, Json> = fields
        .iter()
        .map(|field| (field.name.to_owned(), of_field(kind, field)))
        .collect();
    let mut forms = Vec::new();
    // A value that is no mapping stands for the field of the setting's own name.
    forms.extend(
        fields
            .iter()
            .filter(|field| field.name == setting.name)
            .map(|field| of(&field.shape)),
    );
    let required: Vec<&str> = fields
        .iter()
        .map(|field| field.name)
        .filter(|name| *name == setting.name)
        .collect();
    forms.push(object(properties, &required, setting.choices));
    forms.extend(setting.also.iter().map(of));
    let mut schema = any_of(forms);
    describe(&mut schema, setting.doc, setting.doc);
    schema
}

fn absent() -> Json {
    let entry = to("absent_entry");
    let sections = KindName::ALL.iter().flat_map(|kind| {
        let section = kind.section();
        [section.key].into_iter().chain(section.aliases.iter().copied())
    });
    let sections: Map<String, Json> = sections
        .map(|key| {
            let mut names = json!({ "type": "array", "items": entry });
            describe(
                &mut names,
                &format!("Those of {key} that must not exist."),
                &format!("Those of `{key}` that must not exist."),
            );
            (key.to_owned(), names)
        })
        .collect();
    let doc = "What must not exist: by section, names, or `{ name: …, detach: true }`. `apply` deletes it.";
    let mut schema = json!({ "type": ["object", "null"], "properties": sections, "additionalProperties": false });
    describe(&mut schema, doc, doc);
    schema
}

fn expect() -> Json {
    let doc = "What somebody must or must not be able to do.";
    let mut schema = json!({ "type": "array", "items": of(&resources::EXPECTATION) });
    describe(&mut schema, doc, doc);
    schema
}

fn of_part(part: &Part) -> Json {
    let mut schema = describable(of(&part.shape));
    let markdown = format!("{}\n\nTakes: {}.", part.doc, part.shape);
    describe(&mut schema, part.doc, &markdown);
    schema
}

fn of(shape: &Shape) -> Json {
    any_of(forms(shape))
}

/// One form as it is, several as alternatives, none of them twice.
fn any_of(forms: Vec<Json>) -> Json {
    let mut different: Vec<Json> = Vec::new();
    for form in forms {
        if !different.contains(&form) {
            different.push(form);
        }
    }
    match different.as_slice() {
        [one] => one.clone(),
        _ => json!({ "anyOf": different }),
    }
}

fn forms(shape: &Shape) -> Vec<Json> {
    let template = || to("template");
    match shape {
        Shape::Text(text) => vec![of_text(*text)],
        Shape::Boolean => vec![json!({ "type": "boolean" }), template()],
        Shape::True => vec![json!({ "const": true }), template()],
        Shape::Number(number) => vec![of_number(*number), template()],
        Shape::Duration { .. } => vec![duration()],
        Shape::Words(words) => vec![json!({ "enum": words }), template()],
        Shape::Scalar => vec![json!({ "type": ["string", "number", "boolean"] })],
        Shape::Nothing => vec![json!({ "type": "null" })],
        Shape::List(items) => vec![list(items)],
        Shape::Texts(items) => forms(&items.shape).into_iter().chain([list(items)]).collect(),
        Shape::Map(items) => vec![json!({ "type": "object", "additionalProperties": of(&items.shape) })],
        Shape::Table(table) => vec![of_table(table)],
        Shape::Document(flavour) => vec![to(document::name(*flavour))],
        Shape::Statements(flavour) => vec![document::statements(*flavour)],
        Shape::Conditions => vec![to("conditions")],
        Shape::Reference(_) => vec![to("reference")],
        Shape::AnyOf(shapes) => shapes.iter().flat_map(forms).collect(),
        Shape::Called(_, shape) => forms(shape),
        Shape::Anything => vec![json!({})],
    }
}

fn of_text(Text { what: _, pattern }: Text) -> Json {
    match pattern {
        "" => json!({ "type": "string" }),
        r"\S" => json!({ "type": "string", "pattern": pattern }),
        _ => json!({ "type": "string", "pattern": format!("{pattern}|{TEMPLATE}") }),
    }
}

fn of_number(Number { unit: _, least, most }: Number) -> Json {
    match most {
        u64::MAX => json!({ "type": "integer", "minimum": least }),
        _ => json!({ "type": "integer", "minimum": least, "maximum": most }),
    }
}

/// The limits of a duration are more than a pattern can say.
fn duration() -> Json {
    json!({ "type": "string", "pattern": format!("^[0-9]+[smh]$|{TEMPLATE}"), "examples": ["30s", "15m", "1h"] })
}

fn list(Items { of: _, shape, least }: &Items) -> Json {
    let items = of(shape);
    match least {
        0 => json!({ "type": "array", "items": items }),
        _ => json!({ "type": "array", "items": items, "minItems": least }),
    }
}

fn of_table(Table { parts, choices }: &Table) -> Json {
    let properties = parts.iter().map(|part| (part.name.to_owned(), of_part(part)));
    let required = parts.iter().filter(|part| part.need == Need::Required);
    let required: Vec<&str> = required.map(|part| part.name).collect();
    object(properties.collect(), &required, choices)
}

/// A mapping that knows its keys.
fn object(properties: Map<String, Json>, required: &[&str], choices: &[Choice]) -> Json {
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if let Json::Object(schema) = &mut schema {
        if !required.is_empty() {
            schema.insert("required".into(), json!(required));
        }
        let choices: Vec<Json> = choices.iter().map(of_choice).collect();
        if !choices.is_empty() {
            schema.insert("allOf".into(), json!(choices));
        }
    }
    schema
}

fn of_choice(choice: &Choice) -> Json {
    let each = |keys: &[&str]| -> Vec<Json> { keys.iter().map(|key| json!({ "required": [key] })).collect() };
    match choice {
        Choice::One(keys) => json!({ "oneOf": each(keys) }),
        Choice::Some(keys) => json!({ "anyOf": each(keys) }),
        Choice::AtMostOne(keys) => {
            let pairs = keys.iter().enumerate();
            let pairs = pairs.flat_map(|(at, one)| {
                keys.iter()
                    .skip(at + 1)
                    .map(move |two| json!({ "required": [one, two] }))
            });
            json!({ "not": { "anyOf": pairs.collect::<Vec<_>>() } })
        }
    }
}

/// The documents of a flavour have the same name everywhere.
const fn flavours() -> [Flavour; 3] {
    [Flavour::Identity, Flavour::Resource, Flavour::Trust]
}
