//! `policy compare` against brute force: small documents, and what `policy eval` answers for both of them.
//!
//! A relation that one request contradicts is wrong. The seed is fixed; `EVENKEEL_FUZZ_SEED` and `EVENKEEL_FUZZ_PAIRS`
//! search elsewhere and longer. The evaluator is the judge here, itself judged by the tables of requests.

mod documents;
mod requests;

use serde_json::{Value, json};

use super::{policy, text};
use documents::{Dice, pair};
use requests::request;

const PAIRS: u64 = 100;
const REQUESTS: usize = 40;

fn setting(name: &str, default: u64) -> u64 {
    let told = std::env::var(name).ok();
    told.and_then(|told| told.parse().ok()).unwrap_or(default)
}

fn answers(command: &[&str], asked: &[Value]) -> Vec<Value> {
    let ran = policy(command, &json!(asked).to_string());
    let answers = ran.json(&command.join(" "));
    let answers = answers.as_array().expect("a list of answers").clone();
    assert_eq!(answers.len(), asked.len(), "an answer for each question");
    answers
}

/// How much a decision lets: a Deny takes away what other policies give, no Allow leaves it to them.
fn reach(answer: &Value) -> u8 {
    match text(answer, "decision") {
        "Allowed" => 2,
        "ImplicitlyDenied" => 1,
        "ExplicitlyDenied" => 0,
        other => panic!("the context is complete, yet: {other} {answer}"),
    }
}

/// Whether a relation of B to A may hold where A reaches `a` and B reaches `b`.
fn agrees(relation: &str, a: u8, b: u8) -> bool {
    match relation {
        "same" | "equivalent" => a == b,
        "narrower" => b <= a,
        "wider" => b >= a,
        "incomparable" => true,
        other => panic!("no relation: {other}"),
    }
}

/// A pair, its relation, and a request that contradicts it.
struct Contradiction {
    relation: String,
    asked: Value,
    a: Value,
    b: Value,
    request: Value,
    answers: [u8; 2],
}

impl Contradiction {
    fn length(&self) -> usize {
        self.a.to_string().len() + self.b.to_string().len()
    }

    fn told(&self) -> String {
        let Self {
            relation,
            asked: _,
            a,
            b,
            request,
            answers,
        } = self;
        format!(
            "{relation}, but A reaches {} and B {}:\n  A {a}\n  B {b}\n  on {request}",
            answers[0], answers[1]
        )
    }
}

fn contradictions(kind: &str, seed: u64, count: u64) -> Vec<Contradiction> {
    let mut dice = Dice::new(seed);
    let pairs: Vec<Value> = (0..count).map(|_| pair(&mut dice, kind)).collect();
    let relations = answers(&["compare", "-", "--type", kind, "--format", "json"], &pairs);
    let mut asked = Vec::new();
    for pair in &pairs {
        for _ in 0..REQUESTS {
            let request = request(&mut dice, kind);
            asked.push(requests::case(kind, &request, &pair["a"]));
            asked.push(requests::case(kind, &request, &pair["b"]));
        }
    }
    let decided = answers(&["eval", "-", "--format", "json"], &asked);
    let mut found = Vec::new();
    for (index, (pair, relation)) in pairs.iter().zip(&relations).enumerate() {
        let from = index * REQUESTS * 2;
        for at in (from..from + REQUESTS * 2).step_by(2) {
            let both = [reach(&decided[at]), reach(&decided[at + 1])];
            if agrees(text(relation, "relation"), both[0], both[1]) {
                continue;
            }
            found.push(Contradiction {
                relation: text(relation, "relation").to_owned(),
                asked: pair.clone(),
                a: pair["a"].clone(),
                b: pair["b"].clone(),
                request: asked[at]["request"].clone(),
                answers: both,
            });
        }
    }
    found
}

fn search(kind: &str) {
    let seed = setting("EVENKEEL_FUZZ_SEED", 20_121_017);
    let mut found = contradictions(kind, seed, setting("EVENKEEL_FUZZ_PAIRS", PAIRS));
    found.sort_by_key(Contradiction::length);
    found.dedup_by_key(|one| one.asked.to_string());
    let told: Vec<String> = found.iter().take(5).map(Contradiction::told).collect();
    assert!(
        found.is_empty(),
        "{kind}, seed {seed}: {} pairs, the smallest:\n{}",
        found.len(),
        told.join("\n")
    );
}

#[test]
fn no_request_contradicts_a_relation_of_identity_policies() {
    search("identity");
}

#[test]
fn no_request_contradicts_a_relation_of_resource_policies() {
    search("resource");
}

/// The document with one more statement, or the same said in another way.
fn changed(dice: &mut Dice, kind: &str, document: &Value, effect: &str) -> Value {
    let mut changed = document.clone();
    let statements = changed["Statement"].as_array_mut().expect("statements");
    match effect {
        "none" => {
            let again = statements[dice.below(statements.len())].clone();
            statements.push(again);
            statements.reverse();
        }
        effect => {
            let mut fresh = documents::statement(dice, kind);
            fresh["Effect"] = json!(effect);
            statements.push(fresh);
        }
    }
    changed
}

#[test]
fn an_allow_only_adds_a_deny_only_takes_and_repetition_does_nothing() {
    let mut dice = Dice::new(setting("EVENKEEL_FUZZ_SEED", 20_081_017));
    let mut asked = Vec::new();
    let mut effects = Vec::new();
    for _ in 0..PAIRS * 6 {
        let document = pair(&mut dice, "identity")["a"].clone();
        let effect = *dice.one(&["Allow", "Deny", "none"]);
        let request = request(&mut dice, "identity");
        let after = changed(&mut dice, "identity", &document, effect);
        asked.push(requests::case("identity", &request, &document));
        asked.push(requests::case("identity", &request, &after));
        effects.push(effect);
    }
    let decided = answers(&["eval", "-", "--format", "json"], &asked);
    for (index, effect) in effects.iter().enumerate() {
        let [before, after] = [reach(&decided[index * 2]), reach(&decided[index * 2 + 1])];
        let holds = match *effect {
            "Allow" => after >= before,
            "Deny" => after <= before,
            _ => after == before,
        };
        assert!(holds, "{effect} moved {before} to {after}: {}", asked[index * 2 + 1]);
    }
}
