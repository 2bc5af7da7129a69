//! Functions from YAML to a simulated account, with the real SDK clients.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_lambda::Client;
use serde_json::json;

use crate::aws::Intent;
use crate::engine::apply::End;
use crate::kinds::live_testing::{Bench, Meddling, change, summaries};
use crate::names::Region;
use crate::plan::Verb;

const ROLE: &str = "
roles:
  runner: { trust: lambda.amazonaws.com }
";

/// A bench with code to pack.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.write("code/handler.py", "def main(event, context): return 1\n");
    bench
}

/// A function with these fields beside the required ones.
fn function(fields: &str) -> String {
    format!(
        "{ROLE}
lambdas:
  worker:
    runtime: python3.13
    handler: handler.main
    role: runner
    code: ./code
{fields}"
    )
}

/// The same with a role that may send to dead letter queues, since Lambda asks that of the role.
fn sending(fields: &str) -> String {
    let sender = "
roles:
  runner:
    trust: lambda.amazonaws.com
    inline_policies: { send: { Statement: [{ Effect: Allow, Action: ['sqs:SendMessage', 'ec2:*'], Resource: '*' }] } }
";
    function(fields).replace(ROLE, sender)
}

fn client(bench: &Bench) -> Client {
    bench.aws.lambda(&Region::parse("us-east-1").unwrap(), Intent::Read)
}

const EVERYTHING: &str = "
    architectures: [arm64]
    memory: 256
    timeout: 30s
    storage: 1024
    environment: { MODE: fast, TOKEN: { from_env: WORKER_TOKEN } }
    kms_key: arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555
    layers: [arn:aws:lambda:us-east-1:210987654321:layer:b:2, arn:aws:lambda:us-east-1:210987654321:layer:a:1]
    description: does the work, \u{201c}quoted\u{201d}
    tracing: Active
    dead_letter: arn:aws:sqs:us-east-1:123456789012:dead
    vpc: { subnets: [subnet-1a, subnet-2b], security_groups: [sg-1] }
    logging: { format: JSON, application_level: DEBUG, group: /own/group }
    reserved_concurrency: 5
    permissions:
      allow-s3: { principal: s3.amazonaws.com, source_arn: \"arn:aws:s3:::pictures\", source_account: \"123456789012\" }
      allow-account: { principal: \"210987654321\", action: lambda:GetFunction }
    tags: { team: data }
";

#[tokio::test]
async fn everything_is_made_as_written_and_can_be_taken_back() {
    let bench = bench();
    bench.set_env("WORKER_TOKEN", "hunter2");
    bench.apply(&sending(EVERYTHING)).await;
    let cleared = sending(
        "
    kms_key: none
    dead_letter: none
    vpc: none
    reserved_concurrency: none
",
    );
    let applied = bench.apply(&cleared).await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "lambda/worker: remove allow-account",
            "lambda/worker: set memory, timeout, storage, environment, kms_key, layers, description, tracing, dead_letter, vpc, logging",
            "lambda/worker: save the live code",
            "lambda/worker: upload architectures",
            "lambda/worker: take the reservation off",
            "lambda/worker: untag team",
            "lambda/worker: remove allow-s3",
        ]
    );
    let live = client(&bench)
        .get_function()
        .function_name("worker")
        .send()
        .await
        .unwrap();
    let live = live.configuration().unwrap();
    assert_eq!((live.description(), live.kms_key_arn()), (Some(""), None));
    let variables = live.environment().and_then(|environment| environment.variables());
    assert!(variables.is_none_or(std::collections::HashMap::is_empty));
}

#[tokio::test]
async fn each_field_changes_by_itself() {
    let bench = bench();
    bench.apply(&sending("")).await;
    for fields in EVERYTHING.split("\n    ").filter(|field| !field.trim().is_empty()) {
        // Entries of a mapping over several lines belong together.
        if fields.starts_with(' ') || fields.starts_with("permissions") {
            continue;
        }
        bench.set_env("WORKER_TOKEN", "hunter2");
        let with = sending(&format!("    {fields}\n"));
        assert!(!bench.plan(&with).await.is_empty(), "{fields}");
        bench.apply(&with).await;
    }
}

#[tokio::test]
async fn what_protects_is_held_where_the_file_is_silent() {
    let bench = bench();
    bench.set_env("WORKER_TOKEN", "hunter2");
    bench.apply(&sending(EVERYTHING)).await;
    let plan = bench.plan(&sending("")).await;
    let held: Vec<String> = change(&plan, "lambda/worker")
        .held
        .iter()
        .map(|field| field.path.to_string())
        .collect();
    assert_eq!(held, ["kms_key", "dead_letter", "vpc", "reserved_concurrency"]);
    bench.apply(&sending("")).await;
}

#[tokio::test]
async fn a_function_and_its_role_go_when_the_file_says_so() {
    let bench = bench();
    bench.apply(&function("    reserved_concurrency: 1\n")).await;
    let gone = "absent: { lambdas: [worker], roles: [runner] }\n";
    bench.consent(&[], &[], &["mass-change"]);
    let applied = bench.apply(gone).await;
    let told = summaries(&applied.plan);
    assert_eq!(
        told,
        [
            "lambda/worker: save the live code",
            "lambda/worker: delete function worker",
            "role/runner: delete role runner",
        ]
    );
    assert!(
        client(&bench)
            .get_function()
            .function_name("worker")
            .send()
            .await
            .is_err()
    );
}

#[tokio::test]
async fn live_code_is_saved_before_it_is_replaced() {
    let bench = bench();
    bench.apply(&function("")).await;
    let before = client(&bench)
        .get_function()
        .function_name("worker")
        .send()
        .await
        .unwrap();
    let sha256 = before.configuration().unwrap().code_sha256().unwrap().to_owned();
    bench.write("code/handler.py", "def main(event, context): return 2\n");
    let applied = bench.apply(&function("")).await;
    assert_eq!(
        summaries(&applied.plan),
        ["lambda/worker: save the live code", "lambda/worker: upload code"]
    );
    let saved: Vec<_> = std::fs::read_dir(&bench.aws.code_backups)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let [path] = saved.as_slice() else { panic!("{saved:?}") };
    assert!(
        applied.told()[0].contains(&path.display().to_string()),
        "{:?}",
        applied.told()
    );
    let archive = crate::archive::from_zip(path).unwrap();
    assert_eq!(archive.sha256_base64, sha256);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // Back to the first code and away again: the file of the first is there already and stays.
    std::fs::write(path, "kept").unwrap();
    bench.write("code/handler.py", "def main(event, context): return 1\n");
    bench.apply(&function("")).await;
    bench.write("code/handler.py", "def main(event, context): return 2\n");
    bench.apply(&function("")).await;
    assert_eq!(std::fs::read_to_string(path).unwrap(), "kept");
}

#[tokio::test]
async fn values_of_environments_are_compared_and_never_told() {
    let bench = bench();
    bench.set_env("WORKER_TOKEN", "hunter2");
    let text = function("    environment: { MODE: fast, TOKEN: { from_env: WORKER_TOKEN }, KEPT: { live: true } }\n");
    let created = bench.apply(&text).await.plan;
    let written = serde_json::to_string(&created).unwrap();
    assert!(!format!("{written}{created:?}").contains("hunter2"));
    assert!(written.contains("fast"), "what stands in the file may be seen");
    set_environment(
        &bench,
        &[
            ("MODE", "sloww"),
            ("TOKEN", "hunter3"),
            ("KEPT", "treasure"),
            ("EXTRA", "left"),
        ],
    )
    .await;
    let plan = bench.plan(&text).await;
    let told = format!("{}{plan:?}", serde_json::to_string(&plan).unwrap());
    for secret in ["hunter2", "hunter3", "treasure", "left", "sloww"] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
    let fields: Vec<String> = change(&plan, "lambda/worker")
        .fields
        .iter()
        .map(|field| field.path.to_string())
        .collect();
    assert_eq!(fields, ["environment.EXTRA", "environment.MODE", "environment.TOKEN"]);
    bench.apply(&text).await;
    assert_eq!(
        environment(&bench).await,
        [("KEPT", "treasure"), ("MODE", "fast"), ("TOKEN", "hunter2")].map(owned)
    );
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

async fn set_environment(bench: &Bench, variables: &[(&str, &str)]) {
    let variables = variables.iter().copied().map(owned).collect();
    let environment = aws_sdk_lambda::types::Environment::builder()
        .set_variables(Some(variables))
        .build();
    let request = client(bench)
        .update_function_configuration()
        .function_name("worker")
        .environment(environment);
    request.send().await.unwrap();
    settle(bench).await;
}

async fn settle(bench: &Bench) {
    for _ in 0..5 {
        client(bench)
            .get_function()
            .function_name("worker")
            .send()
            .await
            .unwrap();
    }
}

async fn environment(bench: &Bench) -> Vec<(String, String)> {
    let live = client(bench)
        .get_function()
        .function_name("worker")
        .send()
        .await
        .unwrap();
    let variables = live
        .configuration()
        .and_then(|live| live.environment()?.variables().cloned());
    let mut variables: Vec<_> = variables.unwrap_or_default().into_iter().collect();
    variables.sort();
    variables
}

#[tokio::test]
async fn a_secret_that_is_not_set_keeps_the_live_one() {
    let bench = bench();
    let text = function("    memory: 512\n    environment: { TOKEN: { from_env: WORKER_TOKEN } }\n");
    let plan = bench.plan(&text).await;
    assert_eq!(
        change(&plan, "lambda/worker").verb,
        Verb::Unknown,
        "never made without its secret"
    );
    bench.set_env("WORKER_TOKEN", "hunter2");
    bench.apply(&text).await;
    let other = function("    memory: 128\n    environment: { MODE: fast, TOKEN: { from_env: OTHER } }\n");
    let applied = bench.try_apply(&other).await;
    assert_eq!(applied.failures(), Vec::<String>::new());
    assert!(bench.plan(&other).await.is_incomplete());
    assert_eq!(
        environment(&bench).await,
        [("MODE", "fast"), ("TOKEN", "hunter2")].map(owned)
    );
}

#[tokio::test]
async fn ignored_entries_survive_a_write_of_the_whole_map() {
    let bench = bench();
    bench.apply(&function("    environment: { MODE: fast }\n")).await;
    set_environment(&bench, &[("MODE", "fast"), ("THEIRS", "x")]).await;
    let text = function("    environment: { MODE: quick }\n    ignore: [environment.THEIRS]\n");
    bench.apply(&text).await;
    assert_eq!(
        environment(&bench).await,
        [("MODE", "quick"), ("THEIRS", "x")].map(owned)
    );
}

#[tokio::test]
async fn code_that_is_ignored_stays() {
    let bench = bench();
    bench.apply(&function("")).await;
    bench.write("code/handler.py", "other");
    bench.apply(&function("    ignore: [code]\n    memory: 256\n")).await;
    let plan = bench
        .plan(&function(
            "    ignore: [code]\n    memory: 256\n    architectures: [arm64]\n",
        ))
        .await;
    assert_eq!(summaries(&plan), ["lambda/worker: upload architectures"]);
    let text = function("    ignore: [code]\n    memory: 256\n    architectures: [arm64]\n");
    let failures = bench.try_apply(&text).await.failures();
    assert!(failures[0].contains("take `code` out of `ignore:`"), "{failures:?}");
}

#[tokio::test]
async fn statements_are_changed_by_id_and_strangers_removed() {
    let bench = bench();
    let text = function("    permissions: { s3: { principal: s3.amazonaws.com, source_arn: \"arn:aws:s3:::a\" } }\n");
    bench.apply(&text).await;
    permit(&bench, "by-hand", "*", None).await;
    let text = function("    permissions: { s3: { principal: s3.amazonaws.com, source_arn: \"arn:aws:s3:::b\" } }\n");
    let applied = bench.apply(&text).await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "lambda/worker: remove by-hand",
            "lambda/worker: remove s3 to add it changed (calls are refused in between)",
            "lambda/worker: let s3.amazonaws.com in by s3 again",
        ]
    );
    permit(&bench, "theirs", "*", None).await;
    bench
        .apply(&text.replace("    permissions:", "    ignore: [permissions.theirs]\n    permissions:"))
        .await;
}

#[tokio::test]
async fn nobody_opens_a_function_to_everybody_without_a_word() {
    let bench = bench();
    let open = function("    permissions: { all: { principal: \"*\" } }\n");
    let plan = bench.plan(&open).await;
    let refused: Vec<(&str, &str)> = plan
        .refusals
        .iter()
        .map(|one| (one.guard, one.message.as_str()))
        .collect();
    assert_eq!(
        refused,
        [("public", "lambda/worker would give everybody lambda:InvokeFunction")]
    );
    bench.apply(&function("")).await;
    assert_eq!(
        bench.plan(&open).await.refusals.len(),
        1,
        "what is there is not opened either"
    );
    permit(&bench, "by-hand", "*", None).await;
    let applied = bench.apply(&open).await;
    assert_eq!(summaries(&applied.plan).len(), 2, "it was as open before");
    bench.consent(&[], &[], &["public:lambda/other"]);
    let other = open.replace("worker", "other");
    assert_eq!(bench.plan(&other).await.refusals, []);
}

async fn permit(bench: &Bench, sid: &str, principal: &str, source: Option<&str>) {
    let request = client(bench).add_permission().function_name("worker").statement_id(sid);
    let request = request.principal(principal).action("lambda:InvokeFunction");
    request.set_source_arn(source.map(str::to_owned)).send().await.unwrap();
}

#[tokio::test]
async fn every_form_of_a_statement_reads_back_as_written() {
    let bench = bench();
    // Function URLs are open on purpose here.
    bench.consent(&[], &[], &["public:lambda/worker"]);
    let text = function(
        "
    permissions:
      account: { principal: \"210987654321\" }
      root: { principal: \"arn:aws:iam::210987654321:root\" }
      everyone: { principal: \"*\", principal_org_id: o-abcdefghij }
      url: { principal: \"*\", action: lambda:InvokeFunctionUrl, function_url_auth_type: AWS_IAM }
      through: { principal: \"*\", invoked_via_function_url: true }
      alexa: { principal: alexa-appkit.amazon.com, event_source_token: amzn1.ask.skill.x }
      pattern: { principal: events.amazonaws.com, source_arn: \"arn:aws:events:us-east-1:123456789012:rule/a-*\" }
      role: { principal: \"$(roles.runner.arn)\", action: \"lambda:*\" }
",
    );
    bench.apply(&text).await;
}

#[tokio::test]
async fn a_zip_never_becomes_an_image_in_place() {
    let bench = bench();
    bench.apply(&function("")).await;
    let digest = "a".repeat(64);
    let image = format!(
        "{ROLE}\nlambdas:\n  worker:\n    role: runner\n    code: {{ image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/w@sha256:{digest} }}\n"
    );
    let plan = bench.plan(&image).await;
    assert_eq!(plan.refusals[0].guard, "replace");
    assert!(
        plan.refusals[0].message.contains("package_type from Zip to Image"),
        "{:?}",
        plan.refusals
    );
    bench.consent(&[], &["lambda/worker"], &[]);
    let applied = bench.apply(&image).await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "lambda/worker: save the live code",
            "lambda/worker: delete function worker",
            "lambda/worker: create function worker",
        ]
    );
}

#[tokio::test]
async fn a_role_that_does_not_trust_lambda_is_said_at_once() {
    let bench = bench();
    let text = function("").replace("lambda.amazonaws.com", "ec2.amazonaws.com");
    let begun = std::time::Instant::now();
    let failures = bench.try_apply(&text).await.failures();
    assert!(
        failures[0].contains("does not let lambda.amazonaws.com in"),
        "{failures:?}"
    );
    assert!(begun.elapsed().as_secs() < 10);
}

#[tokio::test]
async fn a_role_that_is_made_anew_is_set_again() {
    let bench = bench();
    bench.apply(&function("")).await;
    bench.consent(&[], &["role/runner"], &[]);
    let moved = function("").replace("trust: lambda", "path: /moved/, trust: lambda");
    let applied = bench.apply(&moved).await;
    let told = summaries(&applied.plan);
    let place = |what: &str| {
        told.iter()
            .position(|line| line.contains(what))
            .unwrap_or_else(|| panic!("{what}: {told:?}"))
    };
    assert!(place("create role") < place("lambda/worker: set role"));
    assert!(place("lambda/worker: set role") > place("delete role"));
}

#[tokio::test]
async fn code_in_a_bucket_is_known_by_its_hash() {
    let bench = bench();
    let archive = crate::archive::pack(&bench.folder().join("code"), &[]).unwrap();
    let s3 = aws_sdk_s3::Client::from_conf(
        aws_sdk_s3::config::Builder::from(bench.aws.sdk_config())
            .force_path_style(true)
            .build(),
    );
    s3.create_bucket().bucket("code-bucket").send().await.unwrap();
    let put = s3
        .put_object()
        .bucket("code-bucket")
        .key("w/code.zip")
        .body(archive.bytes.clone().into());
    put.send().await.unwrap();
    let text = |sha256: &str| {
        function("").replace(
            "./code",
            &format!("{{ s3: code-bucket/w/code.zip, sha256: \"{sha256}\" }}"),
        )
    };
    bench.apply(&text(&archive.sha256_base64)).await;
    let wrong = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let failures = bench.try_apply(&text(wrong)).await.failures();
    assert!(failures[0].contains("the file names 47DEQ"), "{failures:?}");
}

#[tokio::test]
async fn what_somebody_else_has_made_is_adopted_only_as_it_is() {
    let bench = bench();
    bench.apply(&function("    memory: 256\n")).await;
    let client = client(&bench);
    let arn = "arn:aws:lambda:us-east-1:123456789012:function:worker";
    client
        .untag_resource()
        .resource(arn)
        .tag_keys("evenkeel:environment")
        .send()
        .await
        .unwrap();
    let plan = bench.plan(&function("    memory: 512\n")).await;
    assert_eq!(plan.refusals[0].guard, "adopt");
    let applied = bench.apply(&function("    memory: 256\n")).await;
    assert_eq!(summaries(&applied.plan), ["lambda/worker: mark as this environment's"]);
}

#[tokio::test]
async fn functions_live_in_their_own_regions() {
    let bench = bench();
    let text = format!(
        "{}  far:\n    name: worker\n    region: eu-west-1\n    runtime: python3.13\n    handler: handler.main\n    role: runner\n    code: ./code\n",
        function("")
    );
    bench.apply(&text).await;
    let far = bench.aws.lambda(&Region::parse("eu-west-1").unwrap(), Intent::Read);
    assert!(far.get_function().function_name("worker").send().await.is_ok());
    assert_eq!(bench.listed::<super::Lambda>().await, ["worker in us-east-1"]);
}

#[test]
fn mistakes_are_found_at_load() {
    let bench = bench();
    bench.write("note.txt", "no zip");
    let code = |value: &str| function("").replace("./code", value);
    for (text, expected) in [
        (code("./cod"), "E0101 there is no `cod`"),
        (code("../code"), "E0109"),
        (code("{ zip: note.txt }"), "E0431"),
        (
            code("{ path: ./code, exclude: [\"[\"] }"),
            "E0431 the pattern `[` can't be used",
        ),
        (code("{ path: ./code, exclude: [handler.py] }"), "E0431"),
        (
            code("{ s3: bucket/key, version: abc }"),
            "E0304 code in a bucket needs its `sha256`",
        ),
        (code("{ s3: bucket/key, sha256: abc }"), "E0411 `abc` is no SHA-256"),
        (code("{ zip: note.txt, image: x }"), "E0432 `code` takes exactly one"),
        (
            code("{ image: \"123456789012.dkr.ecr.us-east-1.amazonaws.com/w:latest\" }"),
            "E0411",
        ),
        (function("    memory: 64\n"), "E0402"),
        (function("    memory: 20480\n"), "E0415"),
        (function("    timeout: 16m\n"), "E0402"),
        (function("    environment: { AWS_REGION: x }\n"), "E0411"),
        (function("    environment: { A1: 5 }\n"), "E0302"),
        (
            function("    environment: { A1: { from_env: X, live: true } }\n"),
            "E0432",
        ),
        (function("    architectures: [x86_64, arm64]\n"), "E0413"),
        (function("    logging: { application_level: DEBUG }\n"), "E0432"),
        (function("    vpc: { subnets: [subnet-1] }\n"), "E0304"),
        (
            function("    layers: [arn:aws:lambda:eu-west-1:123456789012:layer:b:2]\n"),
            "E0411",
        ),
        (function("    region: nowhere\n"), "E0411"),
        (function("    region: cn-north-1\n"), "E0411"),
        (function("    package_type: Image\n"), "E0432"),
        (function("    permissions: { x: { principal: s3 } }\n"), "E0411"),
        (function("    permissions: { x: { } }\n"), "E0304"),
        (
            function("    permissions: { \"a b\": { principal: \"*\" } }\n"),
            "E0411",
        ),
        (
            function("    description: ").to_string() + &"x".repeat(257) + "\n",
            "E0412",
        ),
        (
            function("    environment: { BIG: ").to_string() + &"x".repeat(4096) + " }\n",
            "E0412",
        ),
        (function("").replace("role: runner", "role: runer"), "E0501"),
        (function("").replace("    handler: handler.main\n", ""), "E0304"),
        (function("").replace("python3.13", "python3.99"), "E0433"),
        (function("").replace("python3.13", "python2.7"), "E0433"),
    ] {
        let found = bench.findings(&text);
        assert!(
            found.iter().any(|line| line.starts_with(expected)),
            "{expected}: {found:#?}\n{text}"
        );
        assert!(found.len() <= 2, "{found:#?}");
    }
    assert_eq!(bench.findings(&function(EVERYTHING)), Vec::<String>::new());
}

/// A bench whose GetFunction answers are changed by `edit` as long as `on` says so.
fn edited(on: &Arc<AtomicBool>, edit: fn(&mut serde_json::Value)) -> Bench {
    let on = Arc::clone(on);
    let bench = Bench::meddled(move |_, answer| {
        if !on.load(Ordering::Relaxed) || !answer.contains("\"Configuration\"") {
            return Meddling::None;
        }
        let mut whole: serde_json::Value = serde_json::from_str(answer).unwrap();
        edit(&mut whole);
        Meddling::Rewritten(whole.to_string())
    });
    bench.write("code/handler.py", "def main(event, context): return 1\n");
    bench
}

fn unknown(plan: &crate::plan::Plan) -> Vec<String> {
    let fields = &change(plan, "lambda/worker").unknown;
    fields.iter().map(|(path, why)| format!("{path}: {why}")).collect()
}

#[tokio::test]
async fn withheld_values_are_unknown_and_never_cleared() {
    let on = Arc::new(AtomicBool::new(false));
    let bench = edited(&on, |whole| {
        whole["Configuration"]["Environment"] =
            json!({ "Error": { "ErrorCode": "AccessDeniedException", "Message": "no kms:Decrypt" } });
    });
    bench
        .apply(&function("    environment: { MODE: fast, TOKEN: treasure }\n"))
        .await;
    on.store(true, Ordering::Relaxed);
    let text = function("    memory: 256\n    environment: { MODE: slow }\n");
    let plan = bench.plan(&text).await;
    assert_eq!(
        unknown(&plan),
        ["environment.MODE: its values are withheld: AccessDeniedException"]
    );
    assert_eq!(summaries(&plan), ["lambda/worker: set memory"]);
    assert_eq!(bench.try_apply(&text).await.failures(), Vec::<String>::new());
    on.store(false, Ordering::Relaxed);
    assert_eq!(
        environment(&bench).await,
        [("MODE", "fast"), ("TOKEN", "treasure")].map(owned)
    );
}

#[tokio::test]
async fn withheld_tags_are_unknown_and_never_taken_for_none() {
    let on = Arc::new(AtomicBool::new(false));
    let bench = edited(&on, |whole| {
        whole.as_object_mut().unwrap().remove("Tags");
        whole["TagsError"] = json!({ "ErrorCode": "AccessDeniedException", "Message": "no lambda:ListTags" });
    });
    bench.apply(&function("")).await;
    on.store(true, Ordering::Relaxed);
    let plan = bench.plan(&function("    tags: { a: b }\n")).await;
    assert_eq!(
        unknown(&plan),
        [
            "tags.a: they are withheld: AccessDeniedException",
            "tags.evenkeel:environment: they are withheld: AccessDeniedException",
        ]
    );
    assert_eq!(summaries(&plan), Vec::<String>::new());
}

#[tokio::test]
async fn a_policy_that_may_not_be_read_is_left_as_it_is() {
    let on = Arc::new(AtomicBool::new(false));
    let refusing = Arc::clone(&on);
    let bench = Bench::meddled(move |_, answer| {
        if refusing.load(Ordering::Relaxed) && answer.starts_with("{\"Policy\"") {
            let refusal = json!({ "__type": "AccessDeniedException", "Message": "no lambda:GetPolicy" });
            return Meddling::Refused(refusal.to_string());
        }
        Meddling::None
    });
    bench.write("code/handler.py", "def main(event, context): return 1\n");
    bench
        .apply(&function("    permissions: { all: { principal: \"210987654321\" } }\n"))
        .await;
    on.store(true, Ordering::Relaxed);
    let plan = bench.plan(&function("")).await;
    assert!(
        unknown(&plan)[0].starts_with("permissions: lambda:GetPolicy: AccessDeniedException"),
        "{:?}",
        unknown(&plan)
    );
    assert_eq!(summaries(&plan), Vec::<String>::new());
}

#[tokio::test]
async fn a_statement_that_can_not_be_expressed_is_left_as_it_is() {
    let on = Arc::new(AtomicBool::new(false));
    let odd = Arc::clone(&on);
    let bench = Bench::meddled(move |_, answer| {
        if odd.load(Ordering::Relaxed) && answer.starts_with("{\"Policy\"") {
            return Meddling::Rewritten(answer.replace("AWS:SourceArn", "aws:SourceVpc"));
        }
        Meddling::None
    });
    bench.write("code/handler.py", "def main(event, context): return 1\n");
    bench
        .apply(&function(
            "    permissions: { s3: { principal: s3.amazonaws.com, source_arn: \"arn:aws:s3:::b\" } }\n",
        ))
        .await;
    on.store(true, Ordering::Relaxed);
    let plan = bench.plan(&function("")).await;
    assert_eq!(
        unknown(&plan),
        ["permissions.s3: a statement that can't be expressed in the file; it is left as it is"]
    );
    assert_eq!(summaries(&plan), Vec::<String>::new());
    // It goes with its function all the same.
    bench.consent(&[], &[], &["mass-change"]);
    bench.apply("absent: { lambdas: [worker] }\n").await;
}

#[tokio::test]
async fn a_lost_answer_to_a_creation_is_no_failure() {
    let lost = AtomicBool::new(false);
    let bench = Bench::meddled(move |asked, answer| {
        let made = asked.contains("ZipFile") && answer.contains("CodeSha256");
        if made && !lost.swap(true, Ordering::Relaxed) {
            return Meddling::Lost;
        }
        Meddling::None
    });
    bench.write("code/handler.py", "def main(event, context): return 1\n");
    let applied = bench.apply(&function("")).await;
    let already = applied
        .ends
        .iter()
        .filter(|end| matches!(end, End::Done(receipt) if receipt.already));
    assert_eq!(already.count(), 1);
}
