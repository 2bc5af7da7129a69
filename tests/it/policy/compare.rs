//! Pairs of documents and how the second relates to the first.

use serde_json::{Value, json};

use super::{Verdict, policy, tables, text};

/// The relation that `policy compare` tells, or `error` where it refuses a document.
fn relation(pair: &Value) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = ["a", "b"].map(|side| {
        let path = folder.path().join(format!("{side}.json"));
        std::fs::write(&path, pair[side].to_string()).expect("a document");
        path.to_string_lossy().into_owned()
    });
    let kind = text(pair, "type");
    let ran = policy(
        &["compare", &paths[0], &paths[1], "--type", kind, "--format", "json"],
        "",
    );
    match serde_json::from_str::<Value>(&ran.stdout) {
        Ok(answer) if answer["relation"].is_string() => text(&answer, "relation").to_owned(),
        Ok(answer) if answer.get("errors").is_some() && ran.code != 0 => "error".to_owned(),
        _ => format!("neither relation nor error: {} {} {}", ran.code, ran.stdout, ran.stderr),
    }
}

/// Without a type where the elements are to tell it.
fn arguments<'a>(file: &'a str, kind: &'a str) -> Vec<&'a str> {
    let mut arguments = vec!["compare", file, "--format", "json"];
    if kind != "any" {
        arguments.extend(["--type", kind]);
    }
    arguments
}

/// Whether an answer says that B grants no more although it may.
fn unforgivable(expected: &[&str], answer: &str) -> bool {
    let safe = ["same", "equivalent", "narrower"];
    safe.contains(&answer) && !expected.iter().any(|one| safe.contains(one) || *one == "error")
}

fn expected(pair: &Value) -> Vec<&str> {
    let list = pair["expected"].as_array().expect("a list of relations");
    list.iter().filter_map(Value::as_str).collect()
}

/// Whether what is gained and lost fits the relation.
fn tells_what(answer: &Value) -> bool {
    let is_empty = |side: &str| answer[side].as_array().is_some_and(Vec::is_empty);
    let (gains, loses) = match text(answer, "relation") {
        "same" | "equivalent" => (false, false),
        "narrower" => (false, true),
        "wider" => (true, false),
        _ => (true, true),
    };
    is_empty("gains") != gains && is_empty("loses") != loses
}

fn judged(pair: &Value, answer: &str) -> Option<String> {
    let expected = expected(pair);
    let mark = if unforgivable(&expected, answer) {
        " UNFORGIVABLE"
    } else {
        ""
    };
    let wrong = !expected.contains(&answer);
    wrong.then(|| {
        format!(
            "expected {}, answered {answer}{mark}; {}",
            expected.join(" or "),
            text(pair, "why")
        )
    })
}

#[test]
fn every_pair_is_related_as_its_meaning_says() {
    let mut all = Verdict::default();
    for (table, pairs) in tables("compare") {
        if table == "invalid" {
            continue;
        }
        for kind in ["identity", "resource", "trust", "scp", "any"] {
            let of_kind: Vec<&Value> = pairs.iter().filter(|pair| text(pair, "type") == kind).collect();
            if of_kind.is_empty() {
                continue;
            }
            let asked: Vec<Value> = of_kind
                .iter()
                .map(|pair| json!({"a": pair["a"], "b": pair["b"]}))
                .collect();
            let ran = policy(&arguments("-", kind), &json!(asked).to_string());
            let answers = ran.json(&table);
            let answers = answers.as_array().expect("a list of relations");
            assert_eq!(answers.len(), of_kind.len(), "{table}: a relation for each pair");
            for (pair, answer) in of_kind.iter().zip(answers) {
                let how = judged(pair, answer["relation"].as_str().unwrap_or("error"));
                let untold = || {
                    (answer["relation"].is_string() && !tells_what(answer))
                        .then(|| format!("gains and loses do not fit: {answer}"))
                };
                let how = how.or_else(untold);
                all.case(pair, how.map(|how| format!("[{table}] {how}")));
            }
        }
    }
    assert!(
        all.passed + all.known + all.wrong.len() >= 150,
        "the tables hold at least 150 pairs"
    );
    all.end("policy compare");
}

#[test]
fn an_invalid_document_is_an_error_and_never_a_relation() {
    let mut all = Verdict::default();
    for (table, pairs) in tables("compare") {
        for pair in pairs.iter().filter(|_| table == "invalid") {
            all.case(pair, judged(pair, &relation(pair)));
        }
    }
    all.end("policy compare, invalid");
}
