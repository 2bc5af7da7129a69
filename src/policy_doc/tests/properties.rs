//! What holds for all documents and all nodes.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value as Json, json};

use super::*;
use crate::spec::node::{Key, Value};
use crate::spec::source::Span;

const ACTIONS: &[&str] = &["s3:GetObject", "s3:PutObject", "s3:*", "sqs:SendMessage", "*"];
const RESOURCES: &[&str] = &["*", "arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:aws:s3:::B/*"];
const PRINCIPALS: &[&str] = &[
    "*",
    "123456789012",
    "arn:aws:iam::123456789012:role/r",
    "arn:aws-cn:iam::123456789012:root",
];
const KEYS: &[&str] = &["aws:SourceAccount", "aws:ResourceTag/Env", "aws:MultiFactorAuthAge"];
const VALUES: &[&str] = &["1", "1.0", "true", "True", "x*"];
const OPERATORS: &[&str] = &[
    "StringEquals",
    "ForAnyValue:StringLike",
    "NumericLessThanIfExists",
    "Bool",
];

fn some(pool: &'static [&'static str]) -> impl Strategy<Value = Json> {
    subsequence(pool.to_vec(), 1..=pool.len()).prop_map(|items| json!(items))
}

fn condition() -> impl Strategy<Value = Json> {
    let keys = proptest::collection::btree_map(select(KEYS), some(VALUES), 1..3);
    proptest::collection::btree_map(select(OPERATORS), keys, 0..3).prop_map(|all| json!(all))
}

fn statement() -> impl Strategy<Value = Json> {
    let action = (select(vec!["Action", "NotAction"]), some(ACTIONS));
    let resource = (select(vec!["Resource", "NotResource"]), some(RESOURCES));
    let principal = prop_oneof![Just(json!("*")), some(PRINCIPALS).prop_map(|all| json!({ "AWS": all }))];
    let sense = select(vec!["Principal", "NotPrincipal"]);
    (select(vec!["Allow", "Deny"]), action, resource, (sense, principal), condition()).prop_map(
        |(effect, action, resource, principal, condition)| {
            json!({ "Effect": effect, action.0: action.1, resource.0: resource.1, principal.0: principal.1, "Condition": condition })
        },
    )
}

fn statements() -> impl Strategy<Value = Vec<Json>> {
    proptest::collection::vec((statement(), any::<bool>()), 1..5).prop_map(|all| {
        let name = |(index, (mut one, named)): (usize, (Json, bool))| {
            if named {
                one["Sid"] = json!(format!("S{index}"));
            }
            one
        };
        all.into_iter().enumerate().map(name).collect()
    })
}

fn policy(statements: &[Json]) -> Policy {
    live(&json!({ "Version": "2012-10-17", "Statement": statements }).to_string())
}

/// Another spelling of one meaning, drawn from a stream of random bits.
struct Speller(u64);

impl Speller {
    fn draw(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below.max(1)
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in 0..items.len() {
            let other = self.draw(items.len());
            items.swap(at, other);
        }
    }

    fn list(&mut self, items: &Json) -> Json {
        let mut items = items.as_array().unwrap().clone();
        if self.draw(2) == 0 {
            items.push(items[0].clone());
        }
        self.shuffle(&mut items);
        if items.len() == 1 {
            items[0].clone()
        } else {
            Json::Array(items)
        }
    }

    fn case(&mut self, text: &str) -> String {
        text.chars()
            .map(|c| {
                if self.draw(2) == 0 {
                    c.to_ascii_uppercase()
                } else {
                    c.to_ascii_lowercase()
                }
            })
            .collect()
    }

    fn map(&mut self, entries: &Map<String, Json>) -> Vec<(String, Json)> {
        let mut entries: Vec<_> = entries
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        self.shuffle(&mut entries);
        entries
    }

    fn statement(&mut self, statement: &Json) -> Json {
        let entries = self.map(statement.as_object().unwrap());
        entries
            .into_iter()
            .map(|(key, value)| {
                let value = self.element(&key, &value);
                (key, value)
            })
            .collect()
    }

    fn element(&mut self, key: &str, value: &Json) -> Json {
        match key {
            "Action" | "NotAction" => {
                let cased = value
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|one| json!(self.case(one.as_str().unwrap())))
                    .collect();
                self.list(&Json::Array(cased))
            }
            "Resource" | "NotResource" => self.list(value),
            "Principal" if value == "*" => json!({ "AWS": ["*"] }),
            "Principal" | "NotPrincipal" if value.is_object() => {
                json!({ "AWS": self.list(&value["AWS"]), "Service": [] })
            }
            "Condition" => self.condition(value),
            _ => value.clone(),
        }
    }

    fn condition(&mut self, value: &Json) -> Json {
        let mut whole = Map::new();
        for (operator, keys) in self.map(value.as_object().unwrap()) {
            let mut inner = Map::new();
            for (key, values) in self.map(keys.as_object().unwrap()) {
                let (name, rest) = key
                    .split_once('/')
                    .map_or((key.as_str(), None), |(name, rest)| (name, Some(rest)));
                let spelled = self.case(name) + &rest.map(|rest| format!("/{rest}")).unwrap_or_default();
                inner.insert(spelled, self.list(&values));
            }
            whole.insert(operator, Json::Object(inner));
        }
        Json::Object(whole)
    }
}

fn add(statement: &mut Json, names: [&str; 2], item: &str) {
    let name = names.into_iter().find(|name| statement.get(name).is_some()).unwrap();
    let clause = if name.ends_with("Principal") && statement[name].is_string() {
        statement[name] = json!({ "AWS": ["*"] });
        &mut statement[name]["AWS"]
    } else if name.ends_with("Principal") {
        &mut statement[name]["AWS"]
    } else {
        &mut statement[name]
    };
    clause.as_array_mut().unwrap().push(json!(item));
}

fn scalar() -> impl Strategy<Value = Value> {
    let words = [
        ACTIONS,
        RESOURCES,
        PRINCIPALS,
        VALUES,
        KEYS,
        &["Allow", "2012-10-17", "{\"Statement\":[]}", "[{\"Effect\":1", "é<A>"],
    ]
    .concat();
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        "[-+]?[0-9]{0,25}(\\.[0-9]{0,3})?(e[0-9]{1,12})?".prop_map(Value::Number),
        select(words).prop_map(|word| Value::Text(word.to_owned())),
        any::<String>().prop_map(Value::Text),
    ]
}

fn any_node() -> impl Strategy<Value = Node> {
    let elements = [
        "Version",
        "Id",
        "Statement",
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
        "AWS",
        "Service",
        "Actions",
    ];
    let keys = prop_oneof![
        4 => select([&elements[..], OPERATORS, KEYS].concat()).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    let span = Span {
        file: some_file(),
        start: 0,
        end: 0,
    };
    let node = move |value| Node { span, value };
    scalar().prop_map(node).prop_recursive(6, 64, 6, move |inner| {
        let entry = (keys.clone(), inner.clone()).prop_map(move |(text, value)| (Key { span, text }, value));
        prop_oneof![
            proptest::collection::vec(inner, 0..5).prop_map(Value::List),
            proptest::collection::vec(entry, 0..8).prop_map(Value::Map),
        ]
        .prop_map(node)
    })
}

fn any_flavour() -> impl Strategy<Value = Flavour> {
    select(vec![
        Flavour::Identity,
        Flavour::Boundary,
        Flavour::Resource,
        Flavour::Trust,
    ])
}

proptest! {
    #[test]
    fn spelling_and_order_mean_nothing(all in statements(), seed in any::<u64>()) {
        let mut speller = Speller(seed);
        let mut other: Vec<Json> = all.iter().map(|one| speller.statement(one)).collect();
        speller.shuffle(&mut other);
        let (left, right) = (policy(&all), policy(&other));
        prop_assert_eq!(&left, &right);
        prop_assert!(same(&left, &right));
        prop_assert!(diff(Some(&left), Some(&right)).is_empty());
    }

    #[test]
    fn one_more_of_anything_is_a_difference(all in statements(), at in any::<prop::sample::Index>(), which in 0..3usize) {
        let (names, item) = [
            (["Action", "NotAction"], "ec2:RunInstances"),
            (["Resource", "NotResource"], "arn:aws:s3:::new"),
            (["Principal", "NotPrincipal"], "arn:aws:iam::123456789012:user/new"),
        ][which];
        let mut more = all.clone();
        add(&mut more[at.index(all.len())], names, item);
        let (left, right) = (policy(&all), policy(&more));
        prop_assert_ne!(&left, &right);
        prop_assert!(!same(&left, &right) && !same(&right, &left));
        let shown = format!("{:?}", diff(Some(&left), Some(&right)));
        prop_assert!(shown.contains(item), "{}", shown);
    }

    #[test]
    fn a_statement_more_is_a_difference(all in statements(), extra in statement()) {
        let mut more = all.clone();
        more.push(extra);
        prop_assert!(!same(&policy(&all), &policy(&more)) && !same(&policy(&more), &policy(&all)));
    }

    #[test]
    fn nothing_is_shown_exactly_when_nothing_differs(left in statements(), right in statements(), keep in 0..4usize) {
        let mixed: Vec<Json> = left.iter().take(keep).chain(right.iter().skip(keep)).cloned().collect();
        let (before, after) = (policy(&left), policy(&mixed));
        prop_assert_eq!(diff(Some(&before), Some(&after)).is_empty(), same(&after, &before));
    }

    #[test]
    fn the_parts_written_out_again_mean_the_same(all in statements()) {
        let first = policy(&all);
        let again = live(&first.document().unwrap().to_value().to_string());
        prop_assert_eq!(&first, &again);
        let saved: Policy = serde_json::from_str(&serde_json::to_string(&first).unwrap()).unwrap();
        prop_assert_eq!(saved.to_json(), first.to_json());
        prop_assert_eq!(saved, first);
    }

    #[test]
    fn the_canonical_form_of_a_canonical_form_is_itself(all in statements()) {
        let first = policy(&all);
        let again = live(&canonical_json(first.canonical()).to_string());
        prop_assert_eq!(first.canonical(), again.canonical());
    }

    #[test]
    fn no_node_makes_the_reader_panic(node in any_node(), flavour in any_flavour()) {
        let mut findings = Vec::new();
        let policy = Policy::from_node(&node, flavour, &mut findings);
        prop_assert_eq!(policy.is_none(), !findings.is_empty());
        if let Some(policy) = policy {
            prop_assert!(same(&policy, &live(&policy.to_json())));
        }
        conditions(&node, &mut findings);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>(), json in any_node()) {
        let _ = Policy::live(&text);
        let _ = Policy::live(&format!("{{{text}}}"));
        let policy = Policy::live(&write::json_of(&json).to_string());
        prop_assert!(diff(Some(&policy), Some(&policy)).is_empty());
    }
}

fn canonical_json(canonical: &Canonical) -> Json {
    let Canonical::Known {
        version,
        id: _,
        statements,
    } = canonical
    else {
        panic!("{canonical:?}")
    };
    let statements: Vec<Json> = statements.iter().map(canonical_statement).collect();
    json!({ "Version": version.as_str(), "Statement": statements })
}

fn canonical_statement(statement: &CanonicalStatement) -> Json {
    let body = &statement.body;
    let mut whole = json!({ "Effect": body.effect.as_str() });
    if let Some(sid) = &statement.sid {
        whole["Sid"] = json!(sid);
    }
    whole[format!("{}Action", body.action.0.prefix())] = json!(body.action.1);
    if let Some((sense, items)) = &body.resource {
        whole[format!("{}Resource", sense.prefix())] = json!(items);
    }
    if let Some((sense, members)) = &body.principal {
        let names: Option<Vec<&String>> = members
            .iter()
            .map(|member| match member {
                Member::Everyone => None,
                Member::Named(_, name) => Some(name),
            })
            .collect();
        whole[format!("{}Principal", sense.prefix())] = names.map_or(json!("*"), |names| json!({ "AWS": names }));
    }
    let mut conditions = Map::new();
    for (operator, key, values) in &body.conditions {
        let keys = conditions.entry(operator.to_string()).or_insert_with(|| json!({}));
        keys[key] = json!(values);
    }
    whole["Condition"] = Json::Object(conditions);
    whole
}

proptest! {
    #[test]
    fn a_formatted_document_is_the_same_and_stays_as_it_is(statements in statements()) {
        use crate::policy_doc::Order;
        let policy = policy(&statements);
        for order in [Order::Kept, Order::Sorted] {
            let text = policy.document().unwrap().formatted(order);
            let again = live(&text);
            prop_assert_eq!(&policy, &again, "{}", text);
            prop_assert_eq!(again.document().unwrap().formatted(order), text);
        }
    }
}
