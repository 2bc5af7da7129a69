//! Comparisons against the evaluator on random requests.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::evaluate::{Asked, Compiled, Context, Principal, Request, Truth};

const ACTIONS: &[&str] = &[
    "*",
    "s3:*",
    "s3:Get*",
    "s3:GetObject",
    "S3:getobject",
    "s3:Put?bject",
    "s3:PutObject",
    "ec2:*",
    "ec2:RunInstances",
    "s3:*Object",
];
const RESOURCES: &[&str] = &[
    "*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b*",
    "arn:aws:s3:::b/a*",
    "arn:aws:s3:::*/x",
    "arn:aws:s3:::b/?",
    "arn:aws:s3:::b/${aws:username}",
    "arn:aws:s3:::b/${aws:UserName}/*",
    "arn:aws:s3:::b/${aws:username, 'a'}",
    "arn:aws:s3:::b/${*}",
    "arn:aws:s3:::b/a${aws:username}",
    "arn:aws:s3*",
];
const PRINCIPALS: &[&str] = &[
    r#""*""#,
    r#"{"AWS":"*"}"#,
    r#"{"AWS":"111122223333"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:user/u"}"#,
    r#"{"AWS":["arn:aws:iam::111122223333:user/u","arn:aws:iam::111122223333:root"]}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:role/p/r"}"#,
    r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/r/s"}"#,
    r#"{"AWS":["arn:aws:sts::111122223333:assumed-role/r/s","arn:aws:iam::111122223333:role/p/r","111122223333"]}"#,
    r#"{"Service":"sns.amazonaws.com"}"#,
    r#"{"Federated":"accounts.google.com"}"#,
    r#"{"AWS":"444455556666","Service":"sns.amazonaws.com"}"#,
];
const CONDITIONS: &[&str] = &[
    r#"{"StringEquals":{"aws:PrincipalTag/t":"a"}}"#,
    r#"{"StringEquals":{"AWS:principaltag/t":["a","b"]}}"#,
    r#"{"StringNotEquals":{"aws:PrincipalTag/t":"a"}}"#,
    r#"{"StringLike":{"aws:PrincipalTag/t":"a*"}}"#,
    r#"{"StringLikeIfExists":{"aws:PrincipalTag/t":["?","*b"]}}"#,
    r#"{"StringNotLike":{"aws:PrincipalTag/t":"*b*"}}"#,
    r#"{"StringEqualsIgnoreCase":{"aws:PrincipalTag/t":"aB"}}"#,
    r#"{"StringEquals":{"aws:PrincipalTag/t":"${aws:username}"}}"#,
    r#"{"StringLike":{"aws:PrincipalTag/t":"${aws:username}*"}}"#,
    r#"{"StringNotLike":{"aws:PrincipalTag/t":["${aws:username}","b"]}}"#,
    r#"{"Null":{"aws:PrincipalTag/t":"true"}}"#,
    r#"{"Null":{"aws:PrincipalTag/t":"false"}}"#,
    r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#,
    r#"{"IpAddress":{"aws:SourceIp":["10.1.0.0/16","192.168.0.1"]}}"#,
    r#"{"NotIpAddress":{"aws:SourceIp":"10.1.0.0/16"}}"#,
    r#"{"NumericLessThan":{"s3:max-keys":"10"}}"#,
    r#"{"NumericLessThanEquals":{"s3:max-keys":10}}"#,
    r#"{"NumericGreaterThanEqualsIfExists":{"s3:max-keys":"-3"}}"#,
    r#"{"NumericNotEquals":{"s3:max-keys":"10.0"}}"#,
    r#"{"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}"#,
    r#"{"DateGreaterThanEquals":{"aws:CurrentTime":"1767225600"}}"#,
    r#"{"DateEquals":{"aws:CurrentTime":"2026-01-01"}}"#,
    r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
    r#"{"Bool":{"aws:SecureTransport":["false"]}}"#,
    r#"{"BoolIfExists":{"aws:SecureTransport":"false"}}"#,
    r#"{"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}}"#,
    r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}"#,
    r#"{"ForAllValues:StringLike":{"aws:TagKeys":"a*"}}"#,
    r#"{"ForAnyValue:StringNotEquals":{"aws:TagKeys":"a"}}"#,
    r#"{"ForAllValues:StringNotLike":{"aws:TagKeys":"*b"}}"#,
    r#"{"Null":{"aws:TagKeys":"false"}}"#,
    r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:111122223333:*"}}"#,
    r#"{"ArnNotEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:*:t"}}"#,
    r#"{"StringLike":{"aws:SourceArn":"arn:aws:sns:*"}}"#,
    r#"{"BinaryEquals":{"x:blob":"QUJD"}}"#,
    r#"{"ForAnyValue:StringLike":{"x:unknown":["a","b*"]}}"#,
    r#"{"StringEquals":{"x:unknown":"a"}}"#,
];

const VALUES: &[(&str, &[&[&str]])] = &[
    (
        "aws:PrincipalTag/t",
        &[
            &[],
            &["a"],
            &["b"],
            &["ab"],
            &["AB"],
            &["aB"],
            &[""],
            &["c"],
            &["u"],
            &["ux"],
            &["*"],
        ],
    ),
    ("aws:username", &[&[], &["a"], &["u"], &["x"], &["*"], &["ab"], &["b"]]),
    (
        "aws:SourceIp",
        &[
            &[],
            &["10.0.0.1"],
            &["10.1.255.255"],
            &["10.2.0.0"],
            &["192.168.0.1"],
            &["::1"],
            &["x"],
        ],
    ),
    (
        "s3:max-keys",
        &[&[], &["10"], &["9.99"], &["-3"], &["-4"], &["11"], &["x"]],
    ),
    (
        "aws:CurrentTime",
        &[
            &[],
            &["2026-01-01T00:00:00Z"],
            &["2025-12-31T23:59:59Z"],
            &["2026-01-01T00:00:01Z"],
        ],
    ),
    ("aws:SecureTransport", &[&[], &["true"], &["false"]]),
    (
        "aws:TagKeys",
        &[
            &[],
            &["a"],
            &["b"],
            &["a", "b"],
            &["a", "c"],
            &["c"],
            &["ab"],
            &[""],
            &["ab", "a"],
        ],
    ),
    (
        "aws:SourceArn",
        &[
            &[],
            &["arn:aws:sns:us-east-1:111122223333:t"],
            &["arn:aws:sns:eu-west-1:4:t"],
            &["arn:aws:sns:x"],
            &["y"],
        ],
    ),
    ("x:blob", &[&[], &["QUJD"], &["QUJE"]]),
    ("x:unknown", &[&[], &["a"], &["b"], &["a", "b"], &["c", "a"], &["c"]]),
];
const ASKED_ACTIONS: &[&str] = &[
    "s3:GetObject",
    "s3:PutObject",
    "s3:PutXbject",
    "S3:GetBucketPolicy",
    "ec2:RunInstances",
    "ec2:X",
    "iam:Get",
    "s3:A",
];
const ASKED_RESOURCES: &[&str] = &[
    "*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/",
    "arn:aws:s3:::b/a",
    "arn:aws:s3:::b/ab",
    "arn:aws:s3:::b/x",
    "arn:aws:s3:::c/x",
    "arn:aws:s3:::b/u",
    "arn:aws:s3:::b/u/z",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/au",
    "arn:aws:ec2:r:111122223333:instance/i",
    "arn:aws:s3:::bb",
];
const ASKERS: &[&str] = &[
    "arn:aws:iam::111122223333:user/u",
    "arn:aws:iam::111122223333:user/v",
    "arn:aws:iam::444455556666:user/u",
    "arn:aws:sts::111122223333:assumed-role/r/s",
    "arn:aws:sts::111122223333:assumed-role/r/t",
    "arn:aws:iam::111122223333:root",
    "sns.amazonaws.com",
    "sqs.amazonaws.com",
    "anonymous",
];

fn some(pool: &'static [&'static str], at_most: usize) -> impl Strategy<Value = Json> {
    prop::collection::vec(prop::sample::select(pool), 1..=at_most).prop_map(|all| json!(all))
}

fn statement(has_principals: bool) -> impl Strategy<Value = Json> {
    let parts = (
        prop::bool::weighted(0.7),
        prop::bool::weighted(0.8),
        some(ACTIONS, 3),
        prop::bool::weighted(0.8),
        some(RESOURCES, 3),
        prop::bool::weighted(0.85),
        prop::sample::select(PRINCIPALS),
        prop::collection::vec(prop::sample::select(CONDITIONS), 0..3),
    );
    parts.prop_map(move |(allows, acts, actions, on, resources, is_who, who, conditions)| {
        let mut one = serde_json::Map::new();
        one.insert("Effect".into(), if allows { "Allow" } else { "Deny" }.into());
        one.insert(if acts { "Action" } else { "NotAction" }.into(), actions);
        one.insert(if on { "Resource" } else { "NotResource" }.into(), resources);
        if has_principals {
            let who = serde_json::from_str(who).unwrap();
            one.insert(if is_who { "Principal" } else { "NotPrincipal" }.into(), who);
        }
        let mut all = serde_json::Map::new();
        for condition in conditions {
            let condition: serde_json::Map<String, Json> = serde_json::from_str(condition).unwrap();
            all.extend(condition);
        }
        one.insert("Condition".into(), all.into());
        one.into()
    })
}

/// A change of one statement into another.
fn mutated(from: &Json, other: &Json, element: usize) -> Json {
    let mut one = from.clone();
    let elements = [
        &["Condition"][..],
        &["Effect"],
        &["Action", "NotAction"],
        &["Resource", "NotResource"],
        &["Principal", "NotPrincipal"],
    ];
    let (Some(own), Some(given)) = (one.as_object_mut(), other.as_object()) else {
        return one;
    };
    let names = elements[element % elements.len()];
    names.iter().for_each(|name| drop(own.remove(*name)));
    own.extend(
        given
            .iter()
            .filter(|(name, _)| names.contains(&name.as_str()))
            .map(|(k, v)| (k.clone(), v.clone())),
    );
    one
}

/// Two documents that have much in common.
fn pair() -> impl Strategy<Value = (Json, Json)> {
    let parts = |has_principals: bool| {
        (
            prop::collection::vec(statement(has_principals), 1..4),
            statement(has_principals),
            0_usize..9,
            any::<prop::sample::Index>(),
            prop::bool::weighted(0.9),
        )
    };
    let all = prop::bool::weighted(0.3).prop_flat_map(parts);
    all.prop_map(|(statements, other, how, at, is_new)| {
        let mut changed = statements.clone();
        let at = at.index(changed.len());
        match how {
            0..5 => changed[at] = mutated(&changed[at], &other, how),
            5 => drop(changed.remove(at)),
            6 => changed.push(other),
            7 => {
                changed[at] = mutated(&changed[at], &other, 2);
                changed[at] = mutated(&changed[at], &other, 3);
            }
            _ => changed.extend(statements.first().cloned()),
        }
        let version = |is_new: bool| if is_new { "2012-10-17" } else { "2008-10-17" };
        let whole = |statements: Vec<Json>, version: &str| json!({ "Version": version, "Statement": statements });
        (whole(statements, "2012-10-17"), whole(changed, version(is_new)))
    })
}

/// A plain generator, so that a failing pair can be asked again.
struct Dice(u64);

impl Dice {
    fn pick<'a, T: ?Sized>(&mut self, all: &'a [&'a T]) -> &'a T {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        all[usize::try_from(self.0 >> 33).unwrap() % all.len()]
    }
}

fn request(dice: &mut Dice) -> Request {
    let mut context = Context::complete();
    for (key, values) in VALUES {
        context.set(key, dice.pick(values).iter().copied());
    }
    Request {
        principal: Principal::parse(dice.pick(ASKERS)).unwrap(),
        action: dice.pick(ASKED_ACTIONS).to_owned(),
        resource: dice.pick(ASKED_RESOURCES).to_owned(),
        resource_account: Some("111122223333".to_owned()),
        context,
    }
}

/// 0 denied, 1 nothing, 2 allowed; none where AWS does not say.
fn says(document: &Compiled, request: &Request) -> Option<u8> {
    let effects = document.effects(&Asked::new(request));
    match (effects.deny, effects.allow) {
        (Truth::True, _) => Some(0),
        (Truth::False, Truth::True) => Some(2),
        (Truth::False, Truth::False) => Some(1),
        _ => None,
    }
}

/// Whether some of many requests is decided more or less permissively by the later document.
fn differences(before: &Document, after: &Document, count: u64) -> (Option<Request>, Option<Request>) {
    let (before, after) = (Compiled::new(before), Compiled::new(after));
    let mut dice = Dice(7);
    let (mut more, mut less) = (None, None);
    for _ in 0..count {
        let request = request(&mut dice);
        match (says(&before, &request), says(&after, &request)) {
            (Some(before), Some(after)) if after > before => more = Some(request),
            (Some(before), Some(after)) if after < before => less = Some(request),
            _ => {}
        }
    }
    (more, less)
}

proptest! {
    #[test]
    fn the_evaluator_never_contradicts((left, right) in pair()) {
        let (before, after) = (document(&left.to_string()), document(&right.to_string()));
        let found = compare(&before, &after);
        let (more, less) = differences(&before, &after, 400);
        let allowed = match found.relation {
            Relation::Same | Relation::Equivalent => (false, false),
            Relation::Narrower => (false, true),
            Relation::Wider => (true, false),
            Relation::Incomparable => (true, true),
        };
        prop_assert!(allowed.0 || more.is_none(), "{}: more at {more:?}\n{left}\n{right}", found.relation);
        prop_assert!(allowed.1 || less.is_none(), "{}: less at {less:?}\n{left}\n{right}", found.relation);
    }

    #[test]
    fn the_other_way_round_is_the_opposite((left, right) in pair()) {
        let (before, after) = (document(&left.to_string()), document(&right.to_string()));
        let (there, back) = (compare(&before, &after), compare(&after, &before));
        let opposite = match there.relation {
            Relation::Narrower => Relation::Wider,
            Relation::Wider => Relation::Narrower,
            other => other,
        };
        prop_assert_eq!(back.relation, opposite);
        prop_assert_eq!(there.gains.is_empty(), back.loses.is_empty());
        prop_assert_eq!(compare(&before, &before).relation, Relation::Same);
    }
}
