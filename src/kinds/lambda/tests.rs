//! Functions without any account.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::json;

use super::permission::Statements;
use super::steps::{How, facts};
use super::*;
use crate::fields::Fields as _;
use crate::kinds::AnyObject;
use crate::kinds::partial::Partial;
use crate::kinds::testing::{Desk, converges, heals, home, in_plain_world};

/// Fields with the ways in which they may be written.
const FIELDS: &[&[&str]] = &[
    &["architectures: [arm64]"],
    &["memory: 256", "memory: 1024"],
    &["timeout: 30s", "timeout: 15m"],
    &["storage: 1024"],
    &[
        "environment: { MODE: fast, TOKEN: { from_env: T } }",
        "environment: { MODE: slow, KEPT: { live: true } }",
    ],
    &["kms_key: arn:aws:kms:us-east-1:123456789012:key/1", "kms_key: none"],
    &[
        "layers: [arn:aws:lambda:us-east-1:123456789012:layer:b:2, arn:aws:lambda:us-east-1:123456789012:layer:a:1]",
        "layers: [arn:aws:lambda:us-east-1:123456789012:layer:a:1]",
    ],
    &["description: does the work"],
    &["tracing: Active"],
    &["dead_letter: arn:aws:sqs:us-east-1:123456789012:dead"],
    &[
        "vpc: { subnets: [subnet-1a, subnet-2b], security_groups: [sg-1] }",
        "vpc: none",
    ],
    &[
        "logging: { format: JSON, application_level: DEBUG }",
        "logging: { format: JSON, system_level: WARN, group: /x }",
        "logging: { group: /x }",
    ],
    &["reserved_concurrency: 0", "reserved_concurrency: 5"],
    &[
        "permissions: { a: { principal: s3.amazonaws.com, source_arn: \"arn:aws:s3:::b\" }, b: { principal: \"210987654321\" } }",
        "permissions: { c: { principal: \"210987654321\" }, a: { principal: s3.amazonaws.com, source_account: \"123456789012\" } }",
    ],
    &["tags: { team: data }", "tags: { Team: data, cost: low }"],
    &["handler: other.main"],
    &["runtime: python3.12"],
    &[
        "code: { path: ./other, exclude: [\"*.md\"] }",
        "code: { s3: bucket/key, version: v, sha256: \"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\" }",
    ],
];

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("code/handler.py", "code");
    desk.write("other/handler.py", "other");
    desk.set_env("T", "hunter2");
    desk
}

fn yaml(picks: &[usize]) -> String {
    let mut fields: BTreeMap<&str, String> = [
        "runtime: python3.13",
        "handler: handler.main",
        "role: runner",
        "code: ./code",
    ]
    .iter()
    .chain(FIELDS.iter().zip(picks).filter_map(|(ways, pick)| ways.get(*pick)))
    .map(|field| (field.split(':').next().unwrap(), (*field).to_owned()))
    .collect();
    fields.retain(|_, text| !text.is_empty());
    let lines: Vec<String> = fields.values().map(|field| format!("    {field}\n")).collect();
    format!(
        "roles: {{ runner: {{ trust: lambda.amazonaws.com }} }}\nlambdas:\n  worker:\n{}",
        lines.concat()
    )
}

fn lowered(desk: &Desk, text: &str) -> (Id, State) {
    let AnyObject::Lambda(object) = desk.object(text, "lambda/worker") else {
        panic!("no lambda")
    };
    (object.id, object.wanted.unwrap().state)
}

fn live(state: State) -> Observed<Lambda> {
    let evidence = Evidence {
        revision: "r".into(),
        last_modified: "m".into(),
        status: "Active".into(),
        unmodelled: Vec::new(),
    };
    Observed {
        state,
        evidence,
        unknown: BTreeMap::new(),
    }
}

fn picks() -> impl Strategy<Value = Vec<usize>> {
    FIELDS.iter().map(|ways| 0..=ways.len()).collect::<Vec<_>>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_diff_leads_where_it_should((wanted, before) in (picks(), picks())) {
        let desk = desk();
        let (id, wanted) = lowered(&desk, &yaml(&wanted));
        let (_, before) = lowered(&desk, &yaml(&before));
        let same = wanted.apart(&before).is_empty();
        let actions = converges::<Lambda>(&id, &wanted, &live(before));
        prop_assert_eq!(same, actions.is_empty());
        let told = format!("{}{:?}", serde_json::to_string(&actions).unwrap(), actions);
        prop_assert!(!told.contains("hunter2"));
    }

    #[test]
    fn what_is_spelled_reads_the_same(wanted in picks()) {
        let desk = desk();
        let (id, mut state) = lowered(&desk, &yaml(&wanted));
        // The mark of ownership is never written in a file.
        state.tags.remove("evenkeel:environment");
        let spelled = format!("lambdas: {}\n", json!({ "worker": Lambda::spell(&id, &state) }));
        let (_, mut again) = lowered(&desk, &spelled);
        again.tags.remove("evenkeel:environment");
        // What nobody may see is spelled as kept.
        state.environment.retain(|_, variable| variable.as_written().is_some());
        prop_assert_eq!(state.apart(&again), []);
    }
}

fn base() -> (Desk, Id, State) {
    let desk = desk();
    let (id, state) = lowered(&desk, &yaml(&[]));
    (desk, id, state)
}

#[test]
fn the_environment_goes_again_with_a_new_key_but_never_unknown() {
    let (_desk, _, mut state) = base();
    state.environment.insert("MODE".into(), Variable::written("fast"));
    let mut wanted = state.clone();
    wanted.kms_key = Arn::parse("arn:aws:kms:us-east-1:123456789012:key/1").ok();
    let fields = |live: &Observed<Lambda>| {
        let pair = Pair::Change { wanted: &wanted, live };
        match in_plain_world(|cx| steps::diff(pair, cx)).as_slice() {
            [Action::Update { to, leaves: None }] => to.fields().to_vec(),
            other => panic!("{other:?}"),
        }
    };
    let mut observed = live(state);
    assert_eq!(fields(&observed), ["environment", "kms_key"]);
    observed
        .unknown
        .insert(FieldPath::whole("environment"), "withheld".into());
    assert_eq!(fields(&observed), ["kms_key"]);
}

#[test]
fn a_role_that_is_made_anew_is_set_although_it_reads_the_same() {
    let (_desk, _, state) = base();
    let replaced = BTreeSet::from([state.role.clone()]);
    let live = live(state.clone());
    let pair = Pair::Change {
        wanted: &state,
        live: &live,
    };
    let actions = in_plain_world(|cx| {
        let DiffCx {
            home,
            entangled,
            owner_key,
            ..
        } = *cx;
        steps::diff(
            pair,
            &DiffCx {
                home,
                replaced: &replaced,
                entangled,
                owner_key,
            },
        )
    });
    let [Action::Update { to, leaves: None }] = actions.as_slice() else {
        panic!("{actions:?}")
    };
    assert_eq!(to.fields(), ["role"]);
}

const INVALID: &str = "InvalidParameterValueException";
const CONFLICT: &str = "ResourceConflictException";
const BUSY: &str = "The operation cannot be performed at this time. An update is in progress for resource: arn";

fn check_heals(action: &Action, answers: &[(&str, &str, bool)]) {
    let (_desk, id, _) = base();
    let facts = facts(&id, &Lambda::arn(&id, None, &home()), action, &home());
    for (code, message, expected) in answers {
        assert_eq!(heals(&facts, code, message), *expected, "{}: {message}", facts.call);
    }
}

#[test]
fn a_role_key_or_network_that_lambda_does_not_see_yet_is_waited_for() {
    let (_desk, _, state) = base();
    let role = "The role defined for the function cannot be assumed by Lambda.";
    let network = "The provided execution role does not have permissions to call CreateNetworkInterface on EC2";
    let key = "Lambda was unable to configure access to your environment variables because the KMS key is invalid for CreateGrant.";
    let answers = [
        (INVALID, role, true),
        (INVALID, network, true),
        (INVALID, key, true),
        (
            INVALID,
            "Your request has been throttled by EC2, please slow down",
            true,
        ),
        (
            INVALID,
            "The runtime parameter of python2.7 is no longer supported",
            false,
        ),
        (CONFLICT, BUSY, true),
        (CONFLICT, "Function already exist: worker", false),
        (
            "AccessDeniedException",
            "Cross-account pass role is not allowed.",
            false,
        ),
    ];
    let to = Partial::new(&["role"], &state);
    check_heals(&Action::Update { to, leaves: None }, &answers);
    check_heals(&Action::Create(Box::new(state)), &answers);
}

#[test]
fn what_heals_is_waited_for_and_what_does_not_is_told() {
    let (_desk, _, state) = base();
    let code = Action::UpdateCode {
        code: Box::new(state.code),
        architectures: state.architectures,
        fields: vec!["code"],
    };
    let too_large = "Unzipped size must be smaller than 262144000 bytes";
    check_heals(&code, &[(CONFLICT, BUSY, true), (INVALID, too_large, false)]);
    let permit = Action::Permit {
        sid: "x".into(),
        permission: Permission::of_service("s3.amazonaws.com", &state.role),
        how: How::Alone,
    };
    let exists = "The statement id (x) provided already exists. Please provide a new statement id";
    let answers = [
        (CONFLICT, exists, false),
        (CONFLICT, BUSY, true),
        ("ResourceNotFoundException", "Function not found", true),
        ("PolicyLengthExceededException", "too long", false),
    ];
    check_heals(&permit, &answers);
    let replicas = "Lambda was unable to delete x because it is a replicated function.";
    let answers = [
        (INVALID, replicas, true),
        ("ResourceNotFoundException", "Function not found", false),
    ];
    check_heals(&Action::Delete { role: state.role }, &answers);
}

#[test]
fn statements_are_read_as_lambda_renders_them() {
    let statement = |extra: serde_json::Value| {
        let mut whole = json!({ "Sid": "x", "Effect": "Allow", "Principal": { "Service": "s3.amazonaws.com" }, "Action": "lambda:InvokeFunction", "Resource": "arn" });
        for (key, value) in extra.as_object().unwrap() {
            whole[key] = value.clone();
        }
        Statements::read(&json!({ "Version": "2012-10-17", "Id": "default", "Statement": [whole] }).to_string())
            .unwrap()
    };
    let known = |extra| statement(extra).known.remove("x").unwrap();
    let arn = Arn::parse("arn:aws:s3:::b").unwrap();
    let conditions = json!({ "Condition": { "ArnLike": { "AWS:SourceArn": "arn:aws:s3:::b" } } });
    assert_eq!(known(conditions), Permission::of_service("s3.amazonaws.com", &arn));
    assert_eq!(
        known(json!({ "Principal": { "AWS": "AROAEXAMPLE" } })).principal,
        "AROAEXAMPLE"
    );
    for odd in [
        json!({ "Effect": "Deny" }),
        json!({ "Principal": { "AWS": ["a", "b"] } }),
        json!({ "Condition": { "StringEquals": { "aws:SourceVpc": "vpc-1" } } }),
        json!({ "Condition": { "ArnLike": { "AWS:SourceArn": ["a", "b"] } } }),
        json!({ "Condition": { "ArnLike": { "AWS:SourceArn": "a" }, "ArnEquals": { "aws:SourceArn": "b" } } }),
        json!({ "NotAction": "x" }),
    ] {
        let read = statement(odd.clone());
        assert!(read.known.is_empty() && read.odd == ["x"], "{odd}");
    }
    assert!(Statements::read("{}").is_err() && Statements::read("x").is_err());
}

#[test]
fn who_may_call_is_told_to_the_guards() {
    let (desk, _, _) = base();
    let text = format!("{}    permissions: {{ all: {{ principal: \"*\" }} }}\n", yaml(&[]));
    let (id, state) = lowered(&desk, &text);
    let grants = Lambda::grants(&id, &state, &home());
    let document = grants[0]
        .document
        .as_ref()
        .and_then(|policy| policy.document())
        .unwrap();
    assert_eq!(
        (grants[0].what.as_str(), document.public_statements().len()),
        ("permission all", 1)
    );
}

#[test]
fn what_everybody_may_call_is_told() {
    let (desk, _, _) = base();
    let exposed = |permission: &str| {
        let text = format!("{}    permissions: {{ all: {{ {permission} }} }}\n", yaml(&[]));
        let (id, state) = lowered(&desk, &text);
        Lambda::exposes(&id, &state, &home()).into_iter().collect::<Vec<_>>()
    };
    assert_eq!(exposed("principal: '*'"), ["lambda:InvokeFunction"]);
    let url = "principal: '*', action: lambda:InvokeFunctionUrl, function_url_auth_type";
    assert_eq!(exposed(&format!("{url}: NONE")), ["lambda:InvokeFunctionUrl"]);
    assert_eq!(
        exposed(&format!("{url}: AWS_IAM")),
        ["lambda:InvokeFunctionUrl by any identity of AWS"]
    );
    for narrow in [
        "principal: s3.amazonaws.com",
        "principal: '210987654321'",
        "principal: '*', source_account: '210987654321'",
        "principal: '*', principal_org_id: o-1234567890",
        "principal: '*', source_arn: arn:aws:s3:::uploads",
    ] {
        assert_eq!(exposed(narrow), Vec::<String>::new(), "{narrow}");
    }
    assert_eq!(exposed("principal: '*', source_arn: 'arn:aws:s3:::*'").len(), 1);
}

#[test]
fn values_show_nothing_that_is_hidden() {
    let hidden = Variable::hidden(crate::vault::Secret::new("hunter2".into()));
    let state = || BTreeMap::from([("TOKEN".to_owned(), hidden.clone())]);
    let shown = crate::fields::FieldValue::show_at(&state(), Some("TOKEN")).unwrap();
    assert_eq!(shown.to_line(), "(secret)");
    assert_eq!(serde_json::to_string(&state()).unwrap(), r#"{"TOKEN":"(secret)"}"#);
    assert_eq!(format!("{hidden:?}"), "(secret)");
    assert_eq!(Variable::written("hunter2"), hidden, "they are compared all the same");
}
