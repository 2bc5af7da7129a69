//! Documents and the rules that find something in them, or must not.

use serde_json::Value;

use super::{Verdict, folder, policy, table, text};

/// The ids that `policy lint` tells of a document, findings and refusals alike.
fn ids(case: &Value) -> Vec<String> {
    let document = case["text"]
        .as_str()
        .map_or_else(|| case["document"].to_string(), str::to_owned);
    let ran = policy(
        &["lint", "-", "--type", text(case, "type"), "--format", "json"],
        &document,
    );
    let answer = ran.json(text(case, "name"));
    let lists = [&answer, &answer["findings"], &answer["errors"]];
    let findings = lists.iter().filter_map(|list| list.as_array()).flatten();
    findings.map(|finding| text(finding, "id").to_owned()).collect()
}

fn strings(value: &Value) -> Vec<String> {
    let list = value.as_array().into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

#[test]
fn every_rule_finds_what_it_is_for_and_nothing_else() {
    let mut all = Verdict::default();
    for case in table(&folder("lint.json")) {
        let found = ids(&case);
        let missing: Vec<String> = strings(&case["present"])
            .into_iter()
            .filter(|id| !found.contains(id))
            .collect();
        let wrong: Vec<String> = strings(&case["absent"])
            .into_iter()
            .filter(|id| found.contains(id))
            .collect();
        let differs = !missing.is_empty() || !wrong.is_empty();
        let how = format!(
            "missing {missing:?}, wrong {wrong:?}, found {found:?}; {}",
            text(&case, "page")
        );
        all.case(&case, differs.then_some(how));
    }
    all.end("policy lint");
}
