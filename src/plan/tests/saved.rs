//! Saved plans: what still is what was reviewed, and what has moved.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::plan::Plan;
use crate::plan::saved::{FORMAT, Given, SavedError, SavedPlan};

fn given() -> Given {
    Given {
        files: vec!["environment.yaml".into()],
        vars: Vec::new(),
        vars_files: Vec::new(),
        adopt: Vec::new(),
        replace: Vec::new(),
        allow: Vec::new(),
        base: Vec::new(),
        prune: false,
    }
}

/// Written to a file and read again.
fn saved(plan: &Plan) -> SavedPlan {
    SavedPlan::parse(&SavedPlan::new(given(), plan).to_text()).unwrap()
}

/// A change of a policy, and a role that is new.
fn world() -> World {
    World::of(WIDER).live(PAIR.split("roles:").next().unwrap())
}

#[test]
fn the_same_again_has_not_moved() {
    let before = saved(&world().plan());
    assert_eq!(before.moved(&world().plan()), [""; 0]);
    assert_eq!(before.given, given());
    assert_eq!(SavedPlan::parse(&before.to_text()).unwrap(), before);
}

#[test]
fn spelling_is_no_meaning() {
    let before = saved(&world().plan());
    for spelling in [
        WIDER.replace("policies:\n", "# A comment.\n\n\npolicies:\n"),
        WIDER.replace("lambda.amazonaws.com", "'lambda.amazonaws.com'"),
        WIDER.replace("[reading]", "[\n      reading,\n    ]"),
        WIDER.replace("'s3:*'", "\"s3:*\""),
        "
roles: { monitor: { policies: [reading], trust: [lambda.amazonaws.com] } }
policies:
  reading:
    document: |
      {\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}]}
"
        .to_owned(),
    ] {
        let mut now = world();
        now.environment = World::of(&spelling).environment;
        assert_eq!(before.moved(&now.plan()), [""; 0], "{spelling}");
    }
}

#[test]
fn another_meaning_has_moved_and_is_named() {
    let before = saved(&world().plan());
    let mut now = world();
    now.environment = World::of(&WIDER.replace("s3:*", "s3:Get*")).environment;
    assert_eq!(
        before.moved(&now.plan()),
        [
            "what the file says (its meaning, not its spelling), or the code it names",
            "policy/reading: other changes would be made than were planned",
        ]
    );
    // What changes no step all the same.
    now.environment = World::of(&format!("{WIDER}absent: {{ roles: [old] }}")).environment;
    assert!(before.moved(&now.plan())[0].starts_with("what the file says"));
}

#[test]
fn another_account_state_has_moved_and_is_named() {
    let before = saved(&world().plan());
    // The same step would do, but it was reviewed against another text.
    let now = world().policy("reading", |policy| {
        policy.document = crate::policy_doc::Policy::live("{}")
    });
    assert_eq!(
        before.moved(&now.plan()),
        ["policy/reading: AWS has something else than when this was planned"]
    );
    let now = world().live(WIDER);
    assert_eq!(
        before.moved(&now.plan()),
        [
            "policy/reading: other changes would be made than were planned",
            "role/monitor: other changes would be made than were planned",
        ]
    );
}

#[test]
fn where_and_with_which_words_belong_to_it() {
    let before = saved(&world().plan());
    let mut plan = world().plan();
    plan.header.account = "210987654321".into();
    plan.header.identity = "arn:aws:iam::210987654321:user/tom".into();
    plan.header.region = "us-east-1".into();
    assert_eq!(
        before.moved(&plan),
        [
            "the account: \"123456789012\" then, \"210987654321\" now",
            "the region: \"eu-west-1\" then, \"us-east-1\" now",
        ]
    );
    assert_eq!(
        before.moved(&world().allow("lockout").plan()),
        ["the consents: [] then, [\"--allow lockout\"] now"]
    );
}

/// Whatever is changed in a saved plan, it is never taken for the plan that would be made now.
#[test]
fn whatever_is_tampered_with_is_noticed() {
    let plan = world().plan();
    let whole = serde_json::to_value(saved(&plan)).unwrap();
    let mut paths = Vec::new();
    leaves(&whole["plan"], "/plan", &mut paths);
    assert!(paths.len() > 50);
    for path in paths {
        // Where it stands in the YAML, and who plans: what that person may do to themselves is judged anew.
        let may_differ = path.contains("/origin/") || path.contains("/place/") || path == "/plan/header/identity";
        let mut tampered = whole.clone();
        *tampered.pointer_mut(&path).unwrap() = json!("tampered");
        let moved = SavedPlan::parse(&tampered.to_string()).unwrap().moved(&plan);
        assert_eq!(moved.is_empty(), may_differ, "{path}: {moved:?}");
    }
    for (path, part) in [
        ("/plan/steps", json!([])),
        ("/plan", Value::Null),
        ("/plan", json!([])),
        ("/plan/header", json!(1)),
    ] {
        let mut tampered = whole.clone();
        *tampered.pointer_mut(path).unwrap() = part;
        assert!(
            !SavedPlan::parse(&tampered.to_string()).unwrap().moved(&plan).is_empty(),
            "{path}"
        );
    }
}

#[test]
fn the_order_of_steps_belongs_to_it() {
    let plan = world().plan();
    let mut other = plan.clone();
    other.steps.swap(0, 1);
    assert!(!saved(&plan).moved(&other).is_empty());
    let mut other = plan.clone();
    other.steps[2].after.clear();
    assert_eq!(
        saved(&plan).moved(&other),
        ["the order of the steps, or something else that no summary shows; compare the two plans"]
    );
}

fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    let below = |key: &str| format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(map) if !map.is_empty() => map.iter().for_each(|(key, value)| leaves(value, &below(key), found)),
        Value::Array(items) if !items.is_empty() => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, value)| leaves(value, &below(&at.to_string()), found));
        }
        _ => found.push(path.to_owned()),
    }
}

#[test]
fn other_formats_and_other_files_are_told_apart() {
    let text = saved(&world().plan()).to_text();
    let later = text.replacen(&format!("\"format\": {FORMAT}"), "\"format\": 99, \"new\": 1", 1);
    assert!(matches!(SavedPlan::parse(&later), Err(SavedError::Format(99))));
    insta::assert_snapshot!(SavedPlan::parse(&later).unwrap_err(), @"this plan has format 99, and this version reads 1; plan again");
    let odd = text.replacen("\"format\": 1", "\"format\": 1, \"new\": 1", 1);
    assert!(matches!(SavedPlan::parse(&odd), Err(SavedError::Unreadable(_))));
    for text in ["", "{}", "[]", "null", "roles:\n", "{\"format\":1}", "{\"format\":-1}"] {
        assert!(
            matches!(SavedPlan::parse(text), Err(SavedError::Unreadable(_))),
            "{text}"
        );
    }
    assert!(SavedPlan::parse(&"[".repeat(100_000)).is_err());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z/]{0,6}".prop_map(Value::from)
    ];
    let keys = prop::sample::select(vec![
        "header", "changes", "steps", "refusals", "consents", "address", "before", "fields",
    ]);
    leaf.prop_recursive(4, 32, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(keys.clone().prop_map(str::to_owned), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_too_odd_to_be_refused(text in "\\PC{0,60}") {
        prop_assert!(SavedPlan::parse(&text).is_err());
    }

    #[test]
    fn no_plan_is_too_odd_to_be_compared(plan in any_json(), cut in any::<prop::sample::Index>()) {
        let now = World::of("roles: { r: { trust: ec2.amazonaws.com } }").plan();
        let odd = SavedPlan { format: FORMAT, given: given(), plan };
        prop_assert!(!odd.moved(&now).is_empty());
        let text = odd.to_text();
        prop_assert_eq!(SavedPlan::parse(&text).unwrap(), odd);
        let part: String = text.trim_end().chars().take(cut.index(text.trim_end().chars().count())).collect();
        prop_assert!(SavedPlan::parse(&part).is_err());
    }
}
