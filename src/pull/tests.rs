#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use super::*;
use crate::kinds::live_testing::Bench;
use crate::kinds::testing::REGION;
use crate::names::Region;

const ZIP_NAME: &str = "code/worker.zip";

const FULL: &str = r#"
policies:
  base: { path: /own/, description: "no: \"yes\"", document: { Statement: [ { Sid: A, Effect: Allow, Action: "s3:Get*", Resource: "*", Condition: { StringLike: { "s3:prefix": ["${aws:username}/*", "$$(x)"] } } } ] }, tags: { team: "012" } }
groups: { readers: { policies: [base, ReadOnlyAccess], inline_policies: { more: [ { Effect: Allow, Action: "ec2:*", Resource: "*" } ] } } }
users: { erika: { path: /people/, groups: [readers], permissions_boundary: base, tags: { on: "yes" } } }
roles:
  runner: { trust: lambda.amazonaws.com, policies: [base], protect: true }
  vm: { path: /vm/, trust: ec2.amazonaws.com, instance_profile: true, max_session_duration: 2h }
service_linked_roles: [spot.amazonaws.com]
oidc_providers: { github: { url: "https://token.actions.githubusercontent.com", audiences: [sts.amazonaws.com] } }
buckets:
  data:
    name: pulled-data
    versioning: true
    public_access_block: { block_public_policy: false, restrict_public_buckets: false }
    public: [status/*]
    policy: { Statement: [ { Sid: Read, Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::pulled-data/status/*" } ] }
    lifecycle: [ { id: old, prefix: tmp/, expiration: { days: 30 } } ]
    notifications: { up: { lambda: worker, events: ["s3:ObjectCreated:*"] } }
  far: { name: pulled-far, region: eu-west-1 }
lambdas:
  worker: { runtime: python3.13, handler: handler.main, role: runner, code: ./code, environment: { SECRET: hush-hush }, timeout: 30s }
  far: { name: worker, region: eu-west-1, runtime: python3.13, handler: handler.main, role: runner, code: ./code }
event_buses: { orders: { policy: { Statement: [ { Sid: in, Effect: Allow, Principal: { AWS: "arn:aws:iam::210987654321:root" }, Action: "events:PutEvents", Resource: "arn:aws:events:us-east-1:123456789012:event-bus/orders" } ] } } }
rules:
  nightly: { schedule: rate(1 hour), state: disabled, targets: { a: { lambda: worker, input: { "on": [1, null] } } } }
  placed: { bus: orders, pattern: { source: [shop] }, targets: { a: { lambda: worker } } }
account_settings: { alias: keel-test, password_policy: { minimum_length: 14 } }
"#;

fn wishes(environment: Option<&str>) -> Wishes {
    Wishes {
        environment: environment.map(str::to_owned),
        region: Region::parse(REGION).unwrap(),
        style: Style::default(),
        code: Code::Live,
    }
}

fn everywhere() -> Selection {
    Selection::everything(vec![
        Region::parse(REGION).unwrap(),
        Region::parse("eu-west-1").unwrap(),
    ])
}

async fn pulled(bench: &Bench, selection: &Selection, wishes: &Wishes) -> (Vec<String>, Pulled) {
    let gathered = gather(&bench.aws, selection).await;
    let unread = gathered.unread.clone();
    (unread, pull(&bench.aws, gathered, wishes).await.unwrap())
}

fn text(pulled: &Pulled) -> String {
    String::from_utf8(pulled.files["environment.yaml"].clone()).unwrap()
}

async fn full() -> Bench {
    let bench = Bench::new();
    bench.write("code/handler.py", "def main(event, context):\n    pass\n");
    bench.apply(FULL).await;
    bench
}

#[tokio::test]
async fn an_account_that_was_applied_comes_back_and_its_plan_is_empty() {
    let bench = full().await;
    let (unread, first) = pulled(&bench, &everywhere(), &wishes(None)).await;
    assert_eq!(unread, Vec::<String>::new());
    assert_eq!(first.differences(), Vec::<String>::new(), "{}", text(&first));
    assert_eq!(first.left_out, []);
    assert!(
        first.plan.steps.is_empty(),
        "everything has its mark: {:#?}",
        first.plan.steps
    );
    assert_eq!(first.environment, "test");
    assert!(!text(&first).contains("hush"), "a secret is never written");
    insta::assert_snapshot!(text(&first));
    let (_, second) = pulled(&bench, &everywhere(), &wishes(None)).await;
    assert_eq!(first.files, second.files);
}

#[tokio::test]
async fn code_comes_along_where_it_is_asked_for() {
    let bench = full().await;
    let wishes = Wishes {
        code: Code::Beside,
        style: Style {
            layout: crate::author::Layout::Folder,
            document_lines: Some(2),
            ..Style::default()
        },
        ..wishes(None)
    };
    let (_, pulled) = pulled(&bench, &everywhere(), &wishes).await;
    assert_eq!(pulled.differences(), Vec::<String>::new());
    assert!(pulled.files[ZIP_NAME].starts_with(b"PK"));
    assert!(pulled.files.contains_key("code/worker-eu-west-1.zip"));
    assert!(pulled.files.contains_key("policies/base.json"));
    assert!(!pulled.plan.changes.iter().any(|change| !change.ignored.is_empty()
        && change.address.name == "worker"
        && change.ignored.iter().any(|field| field.path.field == "code")));
}

#[tokio::test]
async fn what_belongs_to_others_is_left_out_and_told() {
    let bench = full().await;
    let (_, pulled) = pulled(&bench, &everywhere(), &wishes(Some("mine"))).await;
    assert!(pulled.left_out.iter().any(|(address, why)| address.to_string() == "role/runner"
        && why == "it belongs to the environment `test`"));
    assert!(text(&pulled).contains("# left out: role/runner: it belongs to the environment `test`\n"));
    assert!(!text(&pulled).contains("roles:"));
    assert_eq!(pulled.differences(), Vec::<String>::new(), "{}", text(&pulled));
}

#[tokio::test]
async fn a_part_names_the_rest_by_arn() {
    let bench = full().await;
    let selection = Selection {
        kinds: vec![crate::kinds::KindName::User, crate::kinds::KindName::Rule],
        ..everywhere()
    };
    let (_, some) = pulled(&bench, &selection, &wishes(None)).await;
    assert_eq!(some.differences(), Vec::<String>::new(), "{}", text(&some));
    assert!(
        text(&some).contains("groups: [arn:aws:iam::123456789012:group/readers]"),
        "{}",
        text(&some)
    );
    assert!(text(&some).contains("bus: { existing: orders }"), "{}", text(&some));
    for (selection, expected) in [
        (
            Selection {
                names: vec!["eri*".into()],
                ..everywhere()
            },
            "erika",
        ),
        (
            Selection {
                path: crate::names::IamPath::parse("/people/").ok(),
                ..everywhere()
            },
            "erika",
        ),
        (
            Selection {
                tags: vec![("team".into(), "012".into())],
                ..everywhere()
            },
            "base",
        ),
    ] {
        let gathered = gather(&bench.aws, &selection).await;
        let names: Vec<&str> = gathered
            .objects
            .iter()
            .map(|object| object.address().name.as_str())
            .collect();
        assert_eq!(names, [expected]);
    }
}

#[tokio::test]
async fn what_a_file_can_not_say_is_kept_or_left_out_with_a_remark() {
    let bench = Bench::new();
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let iam = bench.iam();
    iam.create_role()
        .role_name("old")
        .assume_role_policy_document(trust)
        .send()
        .await
        .unwrap();
    iam.create_user().user_name("gone").send().await.unwrap();
    let named = trust.replace(
        r#"{"Service":"ec2.amazonaws.com"}"#,
        r#"{"AWS":"arn:aws:iam::123456789012:user/gone"}"#,
    );
    iam.create_role()
        .role_name("dangling")
        .assume_role_policy_document(named)
        .send()
        .await
        .unwrap();
    iam.delete_user().user_name("gone").send().await.unwrap();
    let (unread, pulled) = pulled(&bench, &everywhere(), &wishes(None)).await;
    assert_eq!(unread, Vec::<String>::new());
    assert_eq!(pulled.differences(), Vec::<String>::new(), "{}", text(&pulled));
    assert!(
        text(&pulled).contains("  old:\n    trust: ec2.amazonaws.com\n"),
        "{}",
        text(&pulled)
    );
    insta::assert_snapshot!(text(&pulled));
}

#[tokio::test]
async fn a_list_that_was_refused_is_told() {
    let bench = Bench::refusing(
        "ListRoles",
        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
    );
    let gathered = gather(&bench.aws, &everywhere()).await;
    assert!(
        gathered
            .unread
            .iter()
            .any(|what| what.starts_with("roles in us-east-1 could not be listed: ")),
        "{:?}",
        gathered.unread
    );
}
