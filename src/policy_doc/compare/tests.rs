//! Pairs of documents and what they are to each other.

use super::*;
use crate::policy_doc::{Reading, bare};
use crate::spec::source::Sources;

fn document(text: &str) -> Document {
    let file = Sources::default().add("p.json", text);
    let policy = bare(text, file, Reading::Unnamed).unwrap_or_else(|found| panic!("{text}: {found:?}"));
    policy.document().expect("a document").clone()
}

#[test]
fn judge() {
    let Ok(folder) = std::env::var("JUDGE") else { return };
    let mut bad = 0;
    for name in ["same", "equivalent", "narrower", "incomparable", "near_misses"] {
        let text = std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap();
        let cases: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        for case in &cases {
            let (a, b) = (document(&case["a"].to_string()), document(&case["b"].to_string()));
            let start = std::time::Instant::now();
            let found = compare(&a, &b);
            let word = found.relation.as_str();
            if start.elapsed().as_millis() > 300 {
                println!("SLOW {} {:?}", case["name"], start.elapsed());
            }
            if !case["expected"].as_array().unwrap().iter().any(|one| one == word) {
                bad += 1;
                println!(
                    "{name}: {} expected {} got {word}\n   {}\n   {}\n   +{:?}\n   -{:?}",
                    case["name"], case["expected"], case["a"], case["b"], found.gains, found.loses
                );
            }
        }
        println!("{name}: {} cases", cases.len());
    }
    assert_eq!(bad, 0);
}
