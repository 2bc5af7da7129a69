use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::fields::Fields as _;
use crate::kind::Object;
use crate::kinds::testing::{ACCOUNT, Desk, REGION, home};
use crate::kinds::{Member, Visit};
use crate::spec::resources::Environment;

fn heading() -> Heading {
    Heading {
        environment: "test".into(),
        account: Some(AccountId::parse(ACCOUNT).unwrap()),
        region: Region::parse(REGION).unwrap(),
        home: home(),
        tags: TagRules::new(Vec::new()),
        remarks: vec!["Pulled.".into()],
    }
}

fn author(objects: &[AnyObject], style: &Style) -> Authored {
    let things: Vec<Written<'_>> = objects
        .iter()
        .map(|object| Written::new(object, Stance::Declared))
        .collect();
    environment(&heading(), &things, style)
}

fn text(authored: &Authored) -> String {
    String::from_utf8(authored.files["environment.yaml"].clone()).unwrap()
}

/// What two states of one address differ in.
struct Apart<'a>(&'a AnyObject);

impl Visit for Apart<'_> {
    type Out = Vec<String>;

    fn visit<K: Member>(self, object: &Object<K>) -> Vec<String> {
        let mine = object.wanted.as_ref().unwrap();
        struct State;
        impl Visit for State {
            type Out = crate::kinds::AnyState;
            fn visit<K: Member>(self, object: &Object<K>) -> Self::Out {
                K::any_state(object.wanted.as_ref().unwrap().state.clone())
            }
        }
        let theirs = K::state_of(self.0.visit(State)).unwrap();
        mine.state.apart(&theirs).iter().map(ToString::to_string).collect()
    }
}

/// Writes what an environment wants, reads that, and compares; then once more, which must change no byte.
fn comes_back(desk: &Desk, first: &Environment, style: &Style) -> Authored {
    assert!(!first.has_errors(), "{:#?}", first.findings);
    let authored = author(&first.objects, style);
    for (path, bytes) in &authored.files {
        desk.write(&format!("out/{path}"), bytes);
    }
    let argument = match &style.layout {
        Layout::File(name) => format!("out/{name}"),
        Layout::Folder => "out".to_owned(),
    };
    let second = desk.read(&[argument]);
    let everything = || {
        let files = authored.files.iter();
        let files = files.map(|(path, bytes)| format!("--- {path}\n{}", String::from_utf8_lossy(bytes)));
        files.collect::<String>()
    };
    assert!(!second.has_errors(), "{:#?}\n{}", second.findings, everything());
    assert_eq!(first.objects.len(), second.objects.len(), "{}", everything());
    for (object, address) in first.objects.iter().zip(&authored.addresses) {
        let address = address.as_ref().unwrap();
        let found = second.objects.iter().find(|other| other.address() == address);
        let found = found.unwrap_or_else(|| panic!("no {address}\n{}", everything()));
        let apart = object.visit(Apart(found));
        assert!(apart.is_empty(), "{address}: {apart:?}\n{}", everything());
    }
    let again = author(&second.objects, style);
    assert_eq!(authored.files, again.files);
    authored
}

const EVERYTHING: &str = r#"
tags: { project: keel, "on": "no" }
policies:
  base: { description: "What: all # need", document: { Statement: [ { Sid: A, Effect: Allow, Action: "s3:Get*", Resource: "*", Condition: { StringLike: { "aws:username": "${aws:username}" } } } ] } }
  AmazonS3ReadOnlyAccess: { path: /own/, document: { Version: "2008-10-17", Statement: { Effect: Deny, NotAction: ["iam:*", "sts:*"], Resource: ["arn:aws:s3:::a", "arn:aws:s3:::a/*"] } } }
groups:
  readers: { path: /a/, policies: [base, AmazonS3ReadOnlyAccess, "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", PowerUserAccess], inline_policies: { more: [ { Effect: Allow, Action: "ec2:*", Resource: "*" } ] } }
users:
  "012": { groups: [readers], permissions_boundary: base, tags: { date: "2024-01-01", octal: "0777", empty: "" } }
roles:
  fn: { trust: lambda.amazonaws.com, policies: [base], max_session_duration: 2h, protect: true }
  ci: { path: /ci/, trust: { federated: gh, conditions: { StringEquals: { "token.actions.githubusercontent.com:aud": sts.amazonaws.com, "token.actions.githubusercontent.com:sub": "repo:o/r:ref:refs/heads/main" } } } }
  vm: { trust: [ec2.amazonaws.com, ssm.amazonaws.com], instance_profile: true, description: "yes" }
service_linked_roles: [spot.amazonaws.com, { service: autoscaling.amazonaws.com, suffix: x, description: two words }]
oidc_providers: { gh: { url: "https://token.actions.githubusercontent.com", audiences: [sts.amazonaws.com] } }
buckets:
  data:
    name: my-data
    region: eu-west-1
    versioning: true
    encryption: { kms_key: alias/x, bucket_key: true }
    public_access_block: { block_public_policy: false, restrict_public_buckets: false }
    public: [status/*]
    policy: { Statement: [ { Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::my-data/status/*" } ] }
    lifecycle: [ { id: old, prefix: tmp/, expiration: { days: 30 } } ]
    cors: [ { allowed_methods: [GET], allowed_origins: ["*"] } ]
    website: { index: index.html }
  plain: {}
  logs: { notifications: { up: { lambda: work, events: ["s3:ObjectCreated:*"], suffix: .csv } } }
lambdas:
  work:
    runtime: python3.13
    handler: main.run
    role: fn
    code: { s3: code/x.zip, sha256: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
    timeout: 30s
    memory: 256
    environment: { MODE: "on", TEXT: "$$(not a name) $${x} a: b #c" }
    permissions: { other: { principal: s3.amazonaws.com, source_arn: "arn:aws:s3:::x", source_account: "123456789012" } }
    tags: { team: "1e3" }
  work-eu: { name: work, region: eu-west-1, runtime: python3.13, handler: main.run, role: fn, code: { s3: code/x.zip, sha256: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" } }
event_buses:
  orders: { description: "true", policy: { Statement: [ { Sid: in, Effect: Allow, Principal: { AWS: "arn:aws:iam::210987654321:root" }, Action: "events:PutEvents", Resource: "arn:aws:events:us-east-1:123456789012:event-bus/orders" } ] } }
rules:
  nightly: { schedule: cron(0 3 * * ? *), targets: { a: { lambda: work, input: { "on": [1, 2.5, null, "~"] } } } }
  placed: { bus: orders, pattern: { source: [shop], detail: { total: [ { numeric: [">", 100] } ] } }, state: disabled, targets: { q: { arn: "arn:aws:sqs:us-east-1:123456789012:q", input_transformer: { input_paths_map: { a: $.detail.a }, input_template: "\"<a>\"" } } } }
account_settings: { alias: keel, password_policy: { minimum_length: 14 }, root: { mfa: required } }
"#;

#[test]
fn every_kind_comes_back() {
    let desk = Desk::new();
    let first = desk.environment(EVERYTHING);
    let authored = comes_back(&desk, &first, &Style::default());
    insta::assert_snapshot!(text(&authored));
}

#[test]
fn folders_and_documents_of_their_own_come_back() {
    let desk = Desk::new();
    let first = desk.environment(EVERYTHING);
    let style = Style {
        layout: Layout::Folder,
        document_lines: Some(3),
        ..Style::default()
    };
    let authored = comes_back(&desk, &first, &style);
    let paths: Vec<&str> = authored.files.keys().map(String::as_str).collect();
    assert!(
        paths.contains(&"policies/base.json") && paths.contains(&"roles.yaml"),
        "{paths:?}"
    );
}

#[test]
fn what_shall_be_absent_is_named() {
    let desk = Desk::new();
    let first = desk.environment(
        "absent:\n  roles: [gone]\n  rules: [{ name: r, bus: b }, r]\n  lambdas: [{ name: f, region: eu-west-1 }]\n",
    );
    assert!(!first.has_errors(), "{:#?}", first.findings);
    let things: Vec<Written<'_>> = first
        .objects
        .iter()
        .map(|one| Written::new(one, Stance::Absent))
        .collect();
    let authored = environment(&heading(), &things, &Style::default());
    desk.write("out.yaml", &authored.files["environment.yaml"]);
    let second = desk.read(&["out.yaml".into()]);
    assert!(!second.has_errors(), "{:#?}\n{}", second.findings, text(&authored));
    struct IdOf;
    impl Visit for IdOf {
        type Out = String;
        fn visit<K: Member>(self, object: &Object<K>) -> String {
            format!("{} {}", K::NAME, object.id)
        }
    }
    let ids = |environment: &Environment| -> BTreeSet<String> {
        environment.objects.iter().map(|one| one.visit(IdOf)).collect()
    };
    assert_eq!(ids(&first), ids(&second), "{}", text(&authored));
}

#[test]
fn what_is_ignored_is_not_written_and_what_is_shared_has_no_tags() {
    let desk = Desk::new();
    let role = desk.object(
        "roles: { r: { trust: ec2.amazonaws.com, policies: [PowerUserAccess, ReadOnlyAccess], tags: { a: b } } }",
        "role/r",
    );
    let thing = Written {
        ignore: vec!["policies.ReadOnlyAccess".into()],
        remarks: vec!["two\nlines \u{1b}[1m".into()],
        ..Written::new(&role, Stance::Shared)
    };
    let authored = environment(&heading(), &[thing], &Style::default());
    let written = text(&authored);
    let (_, body) = written.split_once("roles:\n").unwrap();
    assert_eq!(
        body,
        "  # two\n  # lines \u{fffd}[1m\n  r:\n    trust: ec2.amazonaws.com\n    policies: [PowerUserAccess]\n    \
         ignore: [policies.ReadOnlyAccess]\n    shared: true\n"
    );
}

#[test]
fn a_permission_that_a_rule_implies_and_that_is_not_there_is_kept_from_being_made() {
    let desk = Desk::new();
    let mut objects = desk
        .environment(
            "roles: { fn: { trust: lambda.amazonaws.com } }\nlambdas: { f: { runtime: python3.13, handler: a.b, role: fn, \
             code: { live: true } } }\nrules: { r: { schedule: rate(1 hour), targets: { f: { lambda: f } } } }",
        )
        .objects;
    for object in &mut objects {
        if let AnyObject::Lambda(function) = object {
            function.wanted.as_mut().unwrap().state.permissions.clear();
        }
    }
    let authored = author(&objects, &Style::default());
    assert!(
        text(&authored).contains("    ignore: [permissions.evenkeel-default-r]\n"),
        "{}",
        text(&authored)
    );
    assert_eq!(authored.unsaid.len(), 1);
}

#[test]
fn code_that_is_kept_makes_no_function() {
    let desk = Desk::new();
    let sections =
        "roles: { fn: { trust: lambda.amazonaws.com } }\nlambdas: { f: { role: fn, code: { live: false } } }";
    let found = desk.findings(sections);
    assert!(
        found.iter().any(|one| one.contains("`live` can only be `true`")),
        "{found:?}"
    );
}

/// A value as it comes back from a text.
fn read_back(value: &Json) -> Json {
    let mut text = String::new();
    yaml::entry(&mut text, 0, "key", value);
    let mut sources = crate::spec::source::Sources::default();
    let id = sources.add("x.yaml", text.clone());
    let node = crate::spec::yaml::parse(&sources, id).unwrap_or_else(|found| panic!("{found:?}\n{text}"));
    json_of(node.get("key").unwrap_or_else(|| panic!("{text}")))
}

fn json_of(node: &crate::spec::node::Node) -> Json {
    use crate::spec::node::Value;
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(truth) => json!(truth),
        Value::Number(number) => serde_json::from_str(number).unwrap(),
        Value::Text(text) => json!(text),
        Value::List(items) => items.iter().map(json_of).collect(),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, node)| (key.text.clone(), json_of(node)))
            .collect(),
    }
}

#[test]
fn words_that_some_reader_takes_for_something_else_are_quoted() {
    for text in [
        "on",
        "No",
        "~",
        "null",
        "123456789012",
        "012",
        "1_000",
        "2012-10-17",
        "1e3",
        ".5",
        "0x1f",
        "12:30:45",
        "",
        " a",
        "a ",
        "a: b",
        "a #b",
        "- a",
        "*",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a`",
        "{a}",
        "[a]",
        "a,b",
        "? a",
        "=",
        "<<",
        "\u{85}",
        "\u{feff}",
        "\u{1b}[31m",
        "é",
        "a\nb",
        "...",
        "---",
        "|",
        ">",
        "'",
        "\"",
        "\\",
        ".inf",
        ".NaN",
        "y",
        "arn:",
        "\u{202e}x",
    ] {
        assert!(
            yaml::scalar(text).starts_with('"') && yaml::scalar(text).is_ascii() || text == "é",
            "{text:?}"
        );
        assert_eq!(read_back(&json!(text)), json!(text), "{text:?}");
    }
    for text in [
        "30s",
        "arn:aws:iam::123456789012:role/x",
        "s3:GetObject",
        "/a/b/",
        "$(x)",
        "rate(5 minutes)",
        "v1.2",
    ] {
        assert_eq!(yaml::scalar(text), text);
    }
}

fn any_json() -> impl Strategy<Value = Json> {
    let text = prop_oneof![
        any::<String>(),
        "[ -~]{0,12}",
        "[a-z:#\\[\\]{},&*!|>'\"%@` -]{0,8}",
        "[0-9eE.x_:+-]{1,7}"
    ];
    let leaf = prop_oneof![
        text.prop_map(Json::from),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        Just(Json::Null)
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::btree_map("[ -~]{1,6}", inner, 0..5)
                .prop_map(|map| map.into_iter().filter(|(key, _)| key != "<<").collect()),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_is_read_as_itself(value in any_json()) {
        prop_assert_eq!(read_back(&value), value);
    }

    #[test]
    fn nasty_texts_come_back(
        description in "[ -~]{0,40}",
        value in "[\\t\\n -~\u{a1}-\u{ff}]{0,60}|[$(){}a:# ]{0,12}",
        name in "[A-Za-z0-9+=,.@_-]{1,20}",
        sid in "[A-Za-z0-9]{1,8}",
    ) {
        let desk = Desk::new();
        let policy = json!({ (name.clone()): {
            "description": escape::text(&description),
            "document": { "Statement": [{
                "Sid": sid, "Effect": "Allow", "Action": "s3:*", "Resource": "*",
                "Condition": { "StringEquals": { "aws:PrincipalTag/x": escape::text(&value) } },
            }] },
        } });
        let first = desk.environment(&format!("policies: {}", yaml::flow(&policy)));
        prop_assume!(!first.has_errors());
        comes_back(&desk, &first, &Style::default());
    }
}
