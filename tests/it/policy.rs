//! `policy` judged from outside: cases and pairs written from AWS's documentation, and a search for contradictions.
//!
//! Each case names the page and the gist of the sentence that decides it. An expectation is never taken from the
//! program's own answer; what is known to differ says why under `known`.

mod compare;
mod contract;
mod eval;
mod fuzz;
mod lint;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// What `policy` printed and how it ended.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ran {
    fn json(&self, asked: &str) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{asked}: {error}\n{}\n{}", self.stdout, self.stderr))
    }
}

/// Runs `evenkeel policy …` with a text on standard input.
fn policy(arguments: &[&str], input: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .arg("policy")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("evenkeel starts");
    let mut stdin = child.stdin.take().expect("standard input");
    let text = input.to_owned();
    let writer = std::thread::spawn(move || drop(stdin.write_all(text.as_bytes())));
    let output = child.wait_with_output().expect("evenkeel ends");
    writer.join().expect("the text was written");
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/policy").join(name)
}

/// The files of a folder of cases, each with its cases.
fn tables(name: &str) -> Vec<(String, Vec<Value>)> {
    let entries = std::fs::read_dir(folder(name)).expect("the folder of cases");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths.iter().map(|path| (stem(path), table(path))).collect()
}

fn table(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("a table");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn stem(path: &Path) -> String {
    path.file_stem().expect("a name").to_string_lossy().into_owned()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// Gathers what differs, so that a table tells all of it at once.
#[derive(Default)]
struct Verdict {
    passed: usize,
    known: usize,
    wrong: Vec<String>,
}

impl Verdict {
    fn case(&mut self, case: &Value, differs: Option<String>) {
        match (differs, case["known"].as_str()) {
            (None, None) => self.passed += 1,
            (Some(_), Some(_)) => self.known += 1,
            (Some(how), None) => self.wrong.push(format!("{}: {how}", text(case, "name"))),
            (None, Some(why)) => self
                .wrong
                .push(format!("{}: no longer differs, take out {why:?}", text(case, "name"))),
        }
    }

    fn end(self, table: &str) {
        let Self { passed, known, wrong } = self;
        assert!(
            wrong.is_empty(),
            "{table}: {} differ, {passed} as they should be, {known} known:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }
}
