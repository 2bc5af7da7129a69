//! Reports as a program gets them: one document on standard output whatever happens, and files that are whole.
//!
//! Invariant: nothing here needs an account; what is written is held to the published schema by a validator of others.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value as Json;
use tempfile::TempDir;

const GOOD: &str = "version: 1\nenvironment: x\nroles: { a: { trust: ec2.amazonaws.com } }\n";
const BAD: &str = "version: 1\nenvironment: x\nroles: { a: { trsut: ec2.amazonaws.com } }\n";
const OTHER: &str = "version: 1\nenvironment: x\nroles: { a: { trust: lambda.amazonaws.com } }\n";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

fn evenkeel(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .output()
        .expect("evenkeel runs")
}

/// One document, valid by the schema that the command itself prints.
#[track_caller]
fn document(folder: &Path, arguments: &[&str]) -> (Option<i32>, Json) {
    let schema = evenkeel(folder, &["schema", "report"]);
    let schema: Json = serde_json::from_slice(&schema.stdout).expect("a schema");
    let output = evenkeel(folder, arguments);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let value: Json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("report.schema.json", schema).expect("a resource");
    let index = compiler
        .compile("report.schema.json", &mut schemas)
        .expect("a valid schema");
    if let Err(mistakes) = schemas.validate(&value, index) {
        panic!("{mistakes:#} in {text}");
    }
    assert_eq!(value["verdict"]["exit"].as_i64(), output.status.code().map(i64::from));
    (output.status.code(), value)
}

#[test]
fn the_printed_schema_is_the_published_one() {
    let folder = folder(&[]);
    let printed = evenkeel(folder.path(), &["schema", "report"]).stdout;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema/report.schema.json");
    assert!(printed == std::fs::read(path).expect("the schema"));
}

#[test]
fn there_is_one_document_also_where_the_file_has_mistakes() {
    let folder = folder(&[("environment.yaml", BAD), ("good.yaml", GOOD)]);
    let (code, value) = document(folder.path(), &["check", "--format", "json"]);
    assert_eq!(code, Some(1));
    assert_eq!(value["findings"][0]["place"]["line"], 3);
    let (code, _) = document(folder.path(), &["check", "-f", "none.yaml", "--format", "json"]);
    assert_eq!(code, Some(1));
    let (code, value) = document(folder.path(), &["check", "-f", "good.yaml", "--format", "json"]);
    assert_eq!((code, &value["verdict"]["word"]), (Some(0), &Json::from("clean")));
    let (code, value) = document(
        folder.path(),
        &["diff", "good.yaml", "no-such-thing", "--format", "json"],
    );
    assert_eq!(code, Some(1));
    assert!(value["failure"]["message"].is_string());
}

#[test]
fn a_report_is_written_beside_the_text() {
    let folder = folder(&[("environment.yaml", GOOD)]);
    let reports = ["json=r.json", "sarif=r.sarif", "markdown=r.md", "text=r.txt"];
    let mut arguments = vec!["check"];
    arguments.extend(reports.iter().flat_map(|report| ["--report", report]));
    let output = evenkeel(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(0));
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect(name);
    assert_eq!(read("r.txt"), String::from_utf8(output.stdout).expect("UTF-8"));
    assert!(read("r.md").starts_with("<!-- evenkeel:check:x -->\n"));
    assert!(read("r.sarif").contains("\"2.1.0\""));
    assert!(read("r.json").starts_with("{\n  \"evenkeel\": 1,"));
}

#[test]
fn a_report_that_cannot_be_written_is_an_error() {
    let folder = folder(&[("environment.yaml", GOOD)]);
    let arguments = ["check", "--format", "json", "--report", "json=none/r.json"];
    let (code, value) = document(folder.path(), &arguments);
    assert_eq!((code, &value["verdict"]["word"]), (Some(1), &Json::from("error")));
}

#[test]
fn diff_exits_as_it_is_asked_to() {
    let folder = folder(&[("old.yaml", GOOD), ("new.yaml", OTHER)]);
    let (code, value) = document(folder.path(), &["diff", "old.yaml", "new.yaml", "--format", "json"]);
    assert_eq!((code, value["counts"]["changed"].as_i64()), (Some(0), Some(1)));
    let arguments = ["diff", "old.yaml", "new.yaml", "--exit-code", "--format", "json"];
    assert_eq!(document(folder.path(), &arguments).0, Some(2));
    let arguments = ["diff", "old.yaml", "old.yaml", "--exit-code", "--format", "json"];
    assert_eq!(document(folder.path(), &arguments).0, Some(0));
}

#[test]
fn diff_reads_revisions_of_git() {
    let folder = folder(&[("environment.yaml", GOOD)]);
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(arguments)
            .current_dir(folder.path())
            .output();
        assert!(output.expect("git runs").status.success(), "{arguments:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "environment.yaml"]);
    git(&["commit", "-qm", "one"]);
    std::fs::write(folder.path().join("environment.yaml"), OTHER).expect("a file");
    let arguments = ["diff", "HEAD", "environment.yaml", "--format", "json"];
    assert_eq!(document(folder.path(), &arguments).1["things"][0]["status"], "changed");
    let arguments = ["diff", "HEAD", "HEAD", "--format", "json"];
    assert_eq!(document(folder.path(), &arguments).1["verdict"]["word"], "clean");
}
