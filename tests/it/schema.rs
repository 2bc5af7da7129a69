//! The JSON Schema of the environment file and the decoders say the same of the same texts, as far as a schema can see.
//!
//! Invariant: the checked-in schema is byte for byte what the code gives. `EVENKEEL_BLESS=1 cargo test schema::` writes it
//! anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use evenkeel::kinds::KindName;
use evenkeel::schema;
use evenkeel::spec::node::{Node, Value};
use evenkeel::spec::source::Sources;
use evenkeel::spec::yaml;
use jsonschema::Validator;
use serde_json::{Map, Number, Value as Json};

use crate::bad_input::manual::{self, Case};
use crate::place::Place;

static SCHEMA: LazyLock<Json> = LazyLock::new(schema::environment);

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| jsonschema::draft7::new(&SCHEMA).expect("a schema"));

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// A text as any reader of YAML sees it; `None` for what is no YAML.
fn json(text: &str) -> Option<Json> {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", text);
    yaml::parse(&sources, file).ok().map(|node| of_node(&node))
}

fn of_node(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Text(text) => Json::String(text.clone()),
        Value::Number(number) => of_number(number),
        Value::List(items) => items.iter().map(of_node).collect(),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, node)| (key.text.clone(), of_node(node)));
            Json::Object(entries.collect::<Map<String, Json>>())
        }
    }
}

fn of_number(text: &str) -> Json {
    let whole = text.parse::<u64>().map(Number::from);
    let whole = whole.or_else(|_| text.parse::<i64>().map(Number::from)).ok();
    let number = whole.or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64));
    number.map_or(Json::String(text.to_owned()), Json::Number)
}

/// What the schema has against a text, each with its place.
pub(crate) fn complaints(text: &str) -> Vec<String> {
    let Some(json) = json(text) else {
        return vec!["this is no YAML".to_owned()];
    };
    let said = |error: jsonschema::ValidationError<'_>| format!("{}: {error}", error.instance_path());
    VALIDATOR.iter_errors(&json).map(said).collect()
}

#[test]
fn the_schema_is_what_the_code_says() {
    let path = root().join("docs/environment.schema.json");
    let made = schema::to_text(&SCHEMA);
    if std::env::var_os("EVENKEEL_BLESS").is_some() {
        std::fs::write(&path, &made).expect("the schema can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "docs/environment.schema.json is not what the code says; EVENKEEL_BLESS=1 cargo test schema:: writes it anew"
    );
}

#[test]
fn the_schema_is_one_of_draft_7() {
    jsonschema::draft7::meta::validate(&SCHEMA).expect("a schema of draft 7");
}

#[test]
fn the_command_prints_the_schema() {
    let answer = Place::new().run(["schema"]);
    assert_eq!((answer.code, answer.err.as_str()), (Some(0), ""));
    assert_eq!(answer.out, schema::to_text(&SCHEMA));
    assert_eq!(Place::new().run(["schema", "environment"]), answer);
    for other in ["report", "fleet"] {
        let printed = Place::new().run(["schema", other]).out;
        assert!(
            serde_json::from_str::<Json>(&printed).is_ok_and(|schema| schema.is_object()),
            "{other}"
        );
    }
    assert_eq!(Place::new().run(["schema", "enviroment"]).code, Some(1));
}

/// The definition of what may stand under a key of a mapping.
fn properties(schema: &Json) -> BTreeSet<&str> {
    let forms = schema.get("anyOf").and_then(Json::as_array);
    let forms = forms.map_or(vec![schema], |forms| forms.iter().collect());
    let own = forms.iter().find_map(|form| form.get("properties")?.as_object());
    own.expect("a mapping").keys().map(String::as_str).collect()
}

#[test]
fn every_kind_has_the_keys_that_its_decoder_knows() {
    for kind in KindName::ALL {
        let known: BTreeSet<&str> = kind.known_keys().iter().copied().collect();
        let Some(definition) = SCHEMA["definitions"].get(kind.name()) else {
            let settings = SCHEMA["properties"][kind.section().key]["properties"].as_object();
            let settings = settings.expect("settings").values();
            let shown: BTreeSet<&str> = settings.flat_map(properties).collect();
            assert_eq!(shown, known, "{kind}");
            continue;
        };
        assert_eq!(properties(definition), known, "{kind}");
    }
}

#[test]
fn every_key_is_told_in_words() {
    fn untold(schema: &Json, path: &str, found: &mut Vec<String>) {
        for (key, inner) in schema.as_object().into_iter().flatten() {
            if key == "properties" {
                for (name, property) in inner.as_object().into_iter().flatten() {
                    if property.get("description").is_none() && property.get("$ref").is_none() {
                        found.push(format!("{path}/{name}"));
                    }
                }
            }
            untold(inner, &format!("{path}/{key}"), found);
        }
        for (at, inner) in schema.as_array().into_iter().flatten().enumerate() {
            untold(inner, &format!("{path}/{at}"), found);
        }
    }
    let mut found = Vec::new();
    untold(&SCHEMA["properties"], "", &mut found);
    assert_eq!(found, Vec::<String>::new());
}

/// The examples, and the file of the tests that uses everything that there is.
const FILES: &[&str] = &[
    "environment.example.yaml",
    "examples/rmi-360-monitor/environment.yaml",
    "examples/imaging-workflow/environment.yaml",
    "examples/noisepy/environment.yaml",
    "examples/aws-basics/environment.yaml",
    "examples/aws-usage-notes/environment.yaml",
    "examples/github-oidc/environment.yaml",
    "tests/it/bad_input/good.yaml",
];

#[test]
fn every_example_fits() {
    for file in FILES {
        assert_eq!(complaints(&read(file)), Vec::<String>::new(), "{file}");
    }
}

#[test]
fn every_example_points_to_the_schema_in_its_first_line() {
    for file in FILES.iter().filter(|file| !file.starts_with("tests/")) {
        let text = read(file);
        let first = text.lines().next().unwrap_or_default();
        let named = first.strip_prefix("# yaml-language-server: $schema=");
        let named = named.unwrap_or_else(|| panic!("{file} begins with: {first}"));
        let path = root().join(file).parent().expect("a folder").join(named);
        assert!(
            path.ends_with("docs/environment.schema.json") && path.exists(),
            "{file}: {named}"
        );
    }
}

/// The blocks of YAML in the pages that are whole sections.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim() == "```yaml" {
            let indent = line.len() - line.trim_start().len();
            let body = lines.by_ref().take_while(|line| line.trim() != "```");
            blocks.push(
                body.map(|line| line.get(indent..).unwrap_or_default().to_owned() + "\n")
                    .collect(),
            );
        }
    }
    blocks
}

#[test]
fn what_the_pages_show_fits() {
    let known = SCHEMA["properties"].as_object().expect("keys");
    let mut count = 0;
    for page in [
        "README.md",
        "docs/file-format.md",
        "docs/tutorial.md",
        "docs/reference/environment.md",
    ] {
        for block in blocks(&read(page)) {
            let Some(Json::Object(top)) = json(&block) else {
                continue;
            };
            if top.keys().all(|key| known.contains_key(key)) {
                count += 1;
                assert_eq!(complaints(&block), Vec::<String>::new(), "{page}:\n{block}");
            }
        }
    }
    assert!(count > 5, "only {count} blocks were found; is the search broken?");
}

/// What a schema can see: unknown and missing keys, wrong types, words that are none, and the same of documents.
const STRUCTURE: &[&str] = &["E0301", "E0303", "E0304", "E0403", "E0404", "E0405", "E0432", "E0505"];

/// Mistakes of structure that it can't see, with why.
const UNSEEN: &[(&str, &str)] = &[
    ("files.md: A file that says nothing of what it is for", SEVERAL_FILES),
    ("header.md: No version and no environment", SEVERAL_FILES),
    (
        "variables.md: A variable of the wrong type",
        "what the variable stands for is text",
    ),
    (
        "lambdas.md: No runtime and no handler",
        "an image needs none, and `code` says whether it is one",
    ),
    ("lambdas.md: An image with a handler", "the same"),
    (
        "buckets.md: A public policy behind a public access block",
        "what is public is no matter of form",
    ),
    (
        "rules.md: A schedule on another bus",
        "the bus may be a reference to the default one",
    ),
    (
        "bucket_policies.md: Without a Sid, and twice",
        "in other documents a statement needs none",
    ),
];

const SEVERAL_FILES: &str = "another file of the environment may hold it";

fn is_structural(case: &Case) -> bool {
    let errors = case.expected.lines().filter_map(|line| line.strip_prefix("error["));
    errors
        .filter_map(|line| line.split_once(']'))
        .any(|(code, _)| STRUCTURE.contains(&code))
}

#[test]
fn every_documented_mistake_of_structure_is_refused() {
    let (mut refused, mut taken) = (0, Vec::new());
    for page in crate::bad_input::PAGES {
        for case in manual::cases_of(page).iter().filter(|case| is_structural(case)) {
            let yaml = case.files.iter().filter(|(name, _)| name.ends_with(".yaml"));
            let is_refused = yaml.clone().any(|(_, text)| !complaints(text).is_empty());
            match is_refused {
                true => refused += 1,
                false => taken.push(format!("{page}: {}", case.title)),
            }
        }
    }
    let known: BTreeMap<&str, &str> = UNSEEN.iter().copied().collect();
    let missed: Vec<&String> = taken.iter().filter(|case| !known.contains_key(case.as_str())).collect();
    assert_eq!(missed, Vec::<&String>::new(), "{refused} were refused");
    let seen: Vec<&&str> = known
        .keys()
        .filter(|case| !taken.iter().any(|taken| taken == *case))
        .collect();
    assert_eq!(seen, Vec::<&&str>::new(), "these are seen after all");
}
