//! Small random documents, and pairs of them that are close to each other.

use serde_json::{Map, Value, json};

/// A repeatable source of choices (splitmix64).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).expect("small")
    }

    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// One to `most` different ones.
    fn some(&mut self, of: &[&str], most: usize) -> Value {
        let mut chosen: Vec<&str> = (0..=self.below(most)).map(|_| *self.one(of)).collect();
        chosen.sort_unstable();
        chosen.dedup();
        match chosen.as_slice() {
            [one] => json!(one),
            more => json!(more),
        }
    }
}

const ACTIONS: &[&str] = &[
    "s3:GetObject",
    "s3:PutObject",
    "s3:Get*",
    "s3:*Object",
    "s3:*",
    "*",
    "S3:getobject",
    "s3:DeleteObject",
    "s3:GetObject?cl",
];
const RESOURCES: &[&str] = &[
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b*",
    "*",
    "arn:aws:s3:::b/a*",
    "arn:aws:s3:::b/*a",
    "arn:aws:s3:::b/a",
    "arn:aws:s3:::b/?",
    "arn:aws:s3:::c/*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::b/${aws:username}",
    "arn:aws:s3:::b/${aws:username, 'a'}",
    "arn:aws:s3:::b/${*}",
    "arn:aws:s3:::b/A",
];
const USER: &str = "arn:aws:iam::111122223333:user/ana";
const PRINCIPALS: &[&str] = &[
    "*",
    USER,
    "arn:aws:iam::111122223333:user/bob",
    "arn:aws:iam::111122223333:role/builder",
    "arn:aws:sts::111122223333:assumed-role/builder/run-1",
    "444455556666",
    "arn:aws:iam::444455556666:root",
];
/// Operators with the keys and values that suit them.
const TESTS: &[(&[&str], &str, &[&str])] = &[
    (
        &[
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
        ],
        "aws:PrincipalTag/t",
        &["x", "X", "x*", "*", "xy", "y", "?", "${aws:username}"],
    ),
    (
        &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        "s3:max-keys",
        &["5", "10", "9.5", "10.0"],
    ),
    (&["Bool"], "aws:SecureTransport", &["true", "false"]),
    (
        &["IpAddress", "NotIpAddress"],
        "aws:SourceIp",
        &[
            "10.0.0.0/8",
            "10.1.0.0/16",
            "10.1.2.3",
            "0.0.0.0/0",
            "2001:db8::/32",
            "::/0",
        ],
    ),
    (&["Null"], "aws:PrincipalTag/t", &["true", "false"]),
    (
        &[
            "ForAllValues:StringEquals",
            "ForAnyValue:StringEquals",
            "ForAllValues:StringNotEquals",
            "ForAnyValue:StringNotEquals",
            "ForAllValues:StringLike",
            "ForAnyValue:StringLike",
        ],
        "aws:TagKeys",
        &["a", "b", "a*", "*"],
    ),
    (
        &["DateLessThan", "DateGreaterThanEquals", "DateEquals", "DateNotEquals"],
        "aws:CurrentTime",
        &[
            "2026-01-01T00:00:00Z",
            "1767225600",
            "2026-01-01T01:00:00+01:00",
            "2027-01-01",
        ],
    ),
    (
        &["ArnLike", "ArnNotEquals", "StringLike"],
        "aws:SourceArn",
        &[
            "arn:aws:sns:*:111122223333:*",
            "arn:aws:sns:us-east-1:111122223333:t",
            "arn:aws:sns:us-east-1:*:t*",
        ],
    ),
];

fn condition(dice: &mut Dice) -> Value {
    let mut block = Map::new();
    for _ in 0..=dice.below(2) {
        let (operators, key, values) = dice.one(TESTS);
        let operator = *dice.one(operators);
        let suffix = if dice.below(5) == 0 && operator != "Null" {
            "IfExists"
        } else {
            ""
        };
        let most = if matches!(operator, "Null" | "Bool") { 1 } else { 2 };
        let values = dice.some(values, most);
        let tests = block.entry(format!("{operator}{suffix}")).or_insert_with(|| json!({}));
        tests[*key] = values;
    }
    Value::Object(block)
}

fn principal(dice: &mut Dice) -> Value {
    match dice.below(5) {
        0 => json!("*"),
        1 => json!({"Service": "sns.amazonaws.com"}),
        _ => json!({ "AWS": dice.some(PRINCIPALS, 2) }),
    }
}

pub(super) fn statement(dice: &mut Dice, kind: &str) -> Value {
    let deny = dice.below(4) == 0;
    let mut statement = json!({ "Effect": if deny { "Deny" } else { "Allow" } });
    let not = |dice: &mut Dice, name: &str| {
        if dice.below(6) == 0 {
            format!("Not{name}")
        } else {
            name.to_owned()
        }
    };
    let action = not(dice, "Action");
    statement[action.as_str()] = dice.some(ACTIONS, 2);
    let resource = not(dice, "Resource");
    statement[resource.as_str()] = dice.some(RESOURCES, 2);
    if kind == "resource" {
        statement["Principal"] = principal(dice);
    }
    if dice.below(2) == 0 {
        statement["Condition"] = condition(dice);
    }
    statement
}

fn version(dice: &mut Dice) -> &'static str {
    if dice.below(8) == 0 { "2008-10-17" } else { "2012-10-17" }
}

/// A statement with one element of another in the place of its own.
fn mixed(dice: &mut Dice, statement: &Value, other: &Value) -> Value {
    let mut mixed = statement.clone();
    let groups: &[&[&str]] = &[
        &["Effect"],
        &["Action", "NotAction"],
        &["Resource", "NotResource"],
        &["Condition"],
        &["Principal"],
    ];
    let group = *dice.one(groups);
    let fields = mixed.as_object_mut().expect("an object");
    fields.retain(|name, _| !group.contains(&name.as_str()));
    for name in group {
        if let Some(value) = other.get(name) {
            fields.insert((*name).to_owned(), value.clone());
        }
    }
    mixed
}

/// Two documents of which the second mostly came out of the first.
pub(super) fn pair(dice: &mut Dice, kind: &str) -> Value {
    let first: Vec<Value> = (0..=dice.below(2)).map(|_| statement(dice, kind)).collect();
    let mut second = first.clone();
    for _ in 0..=dice.below(2) {
        let fresh = statement(dice, kind);
        let at = dice.below(second.len());
        match dice.below(6) {
            0 => second.push(fresh),
            1 if second.len() > 1 => drop(second.remove(at)),
            2 => second[at] = fresh,
            3 => second.reverse(),
            _ => second[at] = mixed(dice, &second[at].clone(), &fresh),
        }
    }
    let a = version(dice);
    let b = if dice.below(8) == 0 { version(dice) } else { a };
    json!({"a": {"Version": a, "Statement": first}, "b": {"Version": b, "Statement": second}})
}
