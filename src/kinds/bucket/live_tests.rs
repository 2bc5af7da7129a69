//! Buckets from YAML to a simulated account, with the real SDK clients.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types as sdk;

use crate::aws::Intent;
use crate::kinds::live_testing::{Bench, Meddling, change, summaries};
use crate::names::Region;
use crate::plan::Verb;

fn client(bench: &Bench) -> Client {
    bench.aws.s3(&Region::parse("us-east-1").unwrap(), Intent::Read)
}

fn bucket(fields: &str) -> String {
    format!("buckets:\n  imagery-1: {{ {fields} }}\n")
}

const STATUS: &str = "{ Statement: [{ Sid: Read, Effect: Allow, Principal: '*', Action: s3:GetObject, \
                      Resource: 'arn:aws:s3:::imagery-1/status/*' }] }";
const OPEN: &str = "public_access_block: { block_public_policy: false, restrict_public_buckets: false }";

fn place(steps: &[String], of: &str) -> usize {
    steps
        .iter()
        .position(|step| step.ends_with(of))
        .unwrap_or_else(|| panic!("no `{of}` in {steps:#?}"))
}

#[tokio::test]
async fn a_bare_bucket_is_private_and_marked() {
    let bench = Bench::new();
    bench.apply("buckets: { imagery-1: {} }").await;
    let s3 = client(&bench);
    let block = s3.get_public_access_block().bucket("imagery-1").send().await.unwrap();
    let block = block.public_access_block_configuration.unwrap();
    let flags = [
        block.block_public_acls,
        block.ignore_public_acls,
        block.block_public_policy,
        block.restrict_public_buckets,
    ];
    assert_eq!(flags, [Some(true); 4]);
    let ownership = s3
        .get_bucket_ownership_controls()
        .bucket("imagery-1")
        .send()
        .await
        .unwrap();
    let rule = &ownership.ownership_controls.unwrap().rules[0];
    assert_eq!(rule.object_ownership, sdk::ObjectOwnership::BucketOwnerEnforced);
    let tags = s3.get_bucket_tagging().bucket("imagery-1").send().await.unwrap();
    assert_eq!(tags.tag_set()[0].key(), "evenkeel:environment");
}

#[tokio::test]
async fn each_small_setting_changes_by_itself_and_back() {
    let bench = Bench::new();
    bench.apply(&bucket("")).await;
    for fields in [
        "versioning: true",
        "versioning: suspended",
        "versioning: true, encryption: aws:kms",
        "versioning: true, encryption: { kms_key: alias/own, bucket_key: true }",
        "versioning: true, encryption: AES256",
        "versioning: true, public_access_block: { block_public_acls: false }",
        "versioning: true, public_access_block: none",
        "versioning: true, public_access_block: true",
        "versioning: true, ownership: ObjectWriter, public_access_block: true",
        "versioning: true, ownership: BucketOwnerPreferred",
        "versioning: true, ownership: BucketOwnerEnforced",
        "versioning: true, tags: { team: data, b: c }",
        "versioning: true, tags: { team: other }",
        "versioning: true, eventbridge: true",
        "versioning: true, policy: { Statement: [{ Sid: A, Effect: Deny, Principal: '*', Action: 's3:*', Resource: \
         'arn:aws:s3:::imagery-1/*', Condition: { Bool: { 'aws:SecureTransport': false } } }] }",
        // A Deny goes only by the word.
        "versioning: true, policy: none",
    ] {
        let applied = bench.apply(&bucket(fields)).await;
        assert!(!applied.plan.steps.is_empty(), "{fields}");
    }
}

#[tokio::test]
async fn what_the_file_leaves_out_is_held_where_it_is_stricter() {
    let bench = Bench::new();
    bench.apply("buckets: { logs-1: {} }\n").await;
    bench
        .apply(&bucket(
            "versioning: true, encryption: aws:kms, logging: { target_bucket: logs-1 }",
        ))
        .await;
    let plan = bench.plan(&bucket("")).await;
    assert!(plan.steps.is_empty(), "{:?}", summaries(&plan));
    let held: Vec<String> = change(&plan, "bucket/imagery-1")
        .held
        .iter()
        .map(|one| one.path.to_string())
        .collect();
    assert_eq!(held, ["versioning", "encryption", "logging"]);
}

#[tokio::test]
async fn making_something_public_needs_a_word() {
    let bench = Bench::new();
    let plan = bench.plan(&bucket(&format!("{OPEN}, policy: {STATUS}"))).await;
    assert_eq!(plan.refusals.len(), 1);
    let refusal = &plan.refusals[0];
    assert_eq!(refusal.guard, "public");
    assert_eq!(
        refusal.message,
        "bucket/imagery-1 would give everybody s3:GetObject on status/*"
    );
    // The narrower word is none.
    let narrow = bench
        .plan(&bucket(&format!("{OPEN}, policy: {STATUS}, public: [status/public/*]")))
        .await;
    assert_eq!(narrow.refusals.len(), 1);
    bench.consent(&[], &[], &["public:bucket/imagery-1"]);
    bench.apply(&bucket(&format!("{OPEN}, policy: {STATUS}"))).await;
    // What is public already needs no word to stay so.
    bench.consent(&[], &[], &[]);
    bench
        .apply(&bucket(&format!("{OPEN}, policy: {STATUS}, tags: {{ a: b }}")))
        .await;
}

#[tokio::test]
async fn the_file_s_own_word_is_enough_for_what_it_names() {
    let bench = Bench::new();
    let applied = bench
        .apply(&bucket(&format!("{OPEN}, policy: {STATUS}, public: [status/*]")))
        .await;
    let steps = summaries(&applied.plan);
    assert!(
        place(&steps, "write public access block") < place(&steps, "write bucket policy"),
        "{steps:?}"
    );
    let wide = STATUS.replace("s3:GetObject", "'s3:*'");
    let plan = bench
        .plan(&bucket(&format!("{OPEN}, policy: {wide}, public: ['*']")))
        .await;
    assert_eq!(plan.refusals.len(), 1, "more than reading is no matter of `public:`");
}

#[tokio::test]
async fn a_public_policy_that_is_blocked_is_refused_before_any_call() {
    let bench = Bench::new();
    let found = bench.findings(&bucket(&format!("policy: {STATUS}")));
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("E0432 this policy is public"), "{found:?}");
}

#[tokio::test]
async fn an_old_public_policy_is_gone_before_the_block_that_held_it_is_lifted() {
    let bench = Bench::new();
    let restricted = "public_access_block: { block_public_policy: false }";
    let kept = "{ Sid: Kept, Effect: Deny, Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::imagery-1/own/*' }";
    let old = STATUS.replace("Statement: [", &format!("Statement: [{kept}, "));
    bench
        .apply(&bucket(&format!("{restricted}, policy: {old}, public: [status/*]")))
        .await;
    let other = bucket(&format!(
        "{OPEN}, policy: {}, public: [other/*]",
        STATUS.replace("status/*", "other/*")
    ));
    // Nothing keeps the new policy from being put first.
    assert_eq!(
        bench.summaries(&other).await,
        [
            "bucket/imagery-1: write bucket policy",
            "bucket/imagery-1: write public access block",
        ]
    );
    let block = sdk::PublicAccessBlockConfiguration::builder();
    let block = block.block_public_policy(true).restrict_public_buckets(true).build();
    let request = client(&bench).put_public_access_block().bucket("imagery-1");
    request.public_access_block_configuration(block).send().await.unwrap();
    let applied = bench.apply(&other).await;
    let steps = summaries(&applied.plan);
    assert_eq!(
        steps[steps.len() - 3..],
        [
            "bucket/imagery-1: write bucket policy",
            "bucket/imagery-1: write public access block",
            "bucket/imagery-1: write bucket policy",
        ]
    );
}

#[tokio::test]
async fn seeded_objects_are_made_once_and_left_alone() {
    let bench = Bench::new();
    bench.write("page.html", "<p>hello</p>");
    let objects = "objects: { status/progress.json: { content: '{}', content_type: application/json }, \
                   index.html: { file: page.html, content_type: text/html, overwrite: true } }";
    bench.apply(&bucket(objects)).await;
    let s3 = client(&bench);
    let put = |key: &'static str, text: &'static [u8]| {
        let request = s3.put_object().bucket("imagery-1").key(key);
        request.body(ByteStream::from_static(text)).send()
    };
    put("status/progress.json", b"{\"done\": 3}").await.unwrap();
    assert!(
        bench.plan(&bucket(objects)).await.is_empty(),
        "the function's own progress is not ours"
    );
    put("index.html", b"<p>defaced</p>").await.unwrap();
    let applied = bench.apply(&bucket(objects)).await;
    assert_eq!(summaries(&applied.plan), ["bucket/imagery-1: put object index.html"]);
    s3.delete_object()
        .bucket("imagery-1")
        .key("status/progress.json")
        .send()
        .await
        .unwrap();
    let applied = bench.apply(&bucket(objects)).await;
    assert_eq!(
        summaries(&applied.plan),
        ["bucket/imagery-1: put object status/progress.json"]
    );
}

#[tokio::test]
async fn an_unmarked_bucket_with_something_in_it_needs_a_word_and_an_empty_one_does_not() {
    let bench = Bench::new();
    let s3 = client(&bench);
    s3.create_bucket().bucket("imagery-1").send().await.unwrap();
    let fields = bucket("versioning: true");
    assert_eq!(bench.plan(&fields).await.refusals.len(), 0, "nothing to lose");
    let put = s3.put_object().bucket("imagery-1").key("a");
    put.body(ByteStream::from_static(b"a")).send().await.unwrap();
    let plan = bench.plan(&fields).await;
    assert_eq!(plan.refusals[0].guard, "adopt");
    bench.consent(&["bucket/imagery-1"], &[], &[]);
    let applied = bench.apply(&fields).await;
    let steps = summaries(&applied.plan);
    assert_eq!(steps.last().unwrap(), "bucket/imagery-1: mark as this environment's");
}

#[tokio::test]
async fn a_bucket_declared_bare_that_is_as_written_is_only_marked() {
    let bench = Bench::new();
    let s3 = client(&bench);
    s3.create_bucket().bucket("imagery-1").send().await.unwrap();
    let put = s3.put_object().bucket("imagery-1").key("a");
    put.body(ByteStream::from_static(b"a")).send().await.unwrap();
    let applied = bench.apply(&bucket("")).await;
    assert_eq!(change(&applied.plan, "bucket/imagery-1").verb, Verb::Adopt);
    assert_eq!(
        summaries(&applied.plan),
        ["bucket/imagery-1: mark as this environment's"]
    );
}

#[tokio::test]
async fn a_full_bucket_goes_only_with_every_word() {
    let bench = Bench::new();
    bench
        .apply(&bucket("versioning: true, objects: { a: one, b: two }"))
        .await;
    client(&bench)
        .delete_object()
        .bucket("imagery-1")
        .key("a")
        .send()
        .await
        .unwrap();
    let plain = "absent: { buckets: [imagery-1] }\n";
    let plan = bench.plan(plain).await;
    let refusal = plan.refusals.iter().find(|one| one.guard == "data-loss").unwrap();
    assert_eq!(refusal.message, "bucket/imagery-1 holds 3 objects and versions");
    let empty = "absent: { buckets: [{ name: imagery-1, empty: true }] }\n";
    let plan = bench.plan(empty).await;
    assert_eq!(plan.refusals[0].hint, "to go on: --allow data-loss:bucket/imagery-1");
    bench.consent(&[], &[], &["data-loss:bucket/imagery-1"]);
    let plan = bench.plan(empty).await;
    assert_eq!(plan.refusals[0].guard, "mass-change", "{:?}", plan.refusals);
    bench.consent(&[], &[], &["data-loss:bucket/imagery-1", "mass-change"]);
    let applied = bench.apply(empty).await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "bucket/imagery-1: delete 3 objects and versions",
            "bucket/imagery-1: delete bucket imagery-1",
        ]
    );
}

#[tokio::test]
async fn a_bucket_of_nobody_is_never_emptied() {
    let bench = Bench::new();
    let s3 = client(&bench);
    s3.create_bucket().bucket("imagery-1").send().await.unwrap();
    let put = s3.put_object().bucket("imagery-1").key("a");
    put.body(ByteStream::from_static(b"a")).send().await.unwrap();
    bench.consent(&["bucket/*"], &[], &["data-loss", "mass-change"]);
    let plan = bench
        .plan("absent: { buckets: [{ name: imagery-1, empty: true }] }\n")
        .await;
    assert_eq!(plan.refusals[0].guard, "data-loss", "{:?}", plan.refusals);
}

#[tokio::test]
async fn a_bucket_lives_where_it_was_made() {
    let bench = Bench::new();
    bench
        .apply(&bucket("region: ap-southeast-2, versioning: true, objects: { a: one }"))
        .await;
    let location = client(&bench)
        .get_bucket_location()
        .bucket("imagery-1")
        .send()
        .await
        .unwrap();
    assert_eq!(location.location_constraint.unwrap().as_str(), "ap-southeast-2");
    let elsewhere = bucket("region: eu-central-1, versioning: true, objects: { a: one }");
    bench.consent(&[], &["bucket/imagery-1"], &[]);
    let plan = bench.plan(&elsewhere).await;
    assert_eq!(plan.refusals[0].guard, "replace");
    assert_eq!(
        plan.refusals[0].hint,
        "write it as it is, or leave it out; a bucket is never made anew"
    );
    // What is not written is as it is, wherever that is.
    let plan = bench.plan(&bucket("versioning: true, objects: { a: one }")).await;
    assert!(plan.is_empty() && plan.refusals.is_empty(), "{:?}", plan.refusals);
}

#[tokio::test]
async fn a_policy_for_a_new_role_waits_for_it_and_is_written_again_for_its_successor() {
    let bench = Bench::new();
    let both = |path: &str| {
        format!(
            "roles: {{ reader: {{ trust: ec2.amazonaws.com, path: {path} }} }}\n{}",
            bucket(
                "policy: { Statement: [{ Sid: Read, Effect: Allow, Principal: { AWS: $(roles.reader.arn) }, Action: \
                 s3:GetObject, Resource: 'arn:aws:s3:::imagery-1/*' }] }"
            )
        )
    };
    let applied = bench.apply(&both("/")).await;
    let steps = summaries(&applied.plan);
    assert!(place(&steps, "create role reader") < place(&steps, "write bucket policy"));
    // A new id behind the same ARN: S3 shows the old one.
    bench.iam().delete_role().role_name("reader").send().await.unwrap();
    let applied = bench.apply(&both("/")).await;
    let steps = summaries(&applied.plan);
    assert!(
        place(&steps, "create role reader") < place(&steps, "write bucket policy"),
        "{steps:?}"
    );
}

#[tokio::test]
async fn a_setting_that_may_not_be_read_is_unknown() {
    let bench = Bench::meddled(|asked, answer| {
        let _ = asked;
        match answer.contains("<VersioningConfiguration") {
            true => Meddling::Refused("<Error><Code>AccessDenied</Code><Message>no</Message></Error>".to_owned()),
            false => Meddling::None,
        }
    });
    bench.try_apply(&bucket("")).await;
    let plan = bench.plan(&bucket("")).await;
    let unknown = &change(&plan, "bucket/imagery-1").unknown;
    assert_eq!(unknown.len(), 1, "{unknown:?}");
    assert_eq!(unknown[0].0.to_string(), "versioning");
}

const TWO: &str = "policy: { Statement: [{ Sid: Own, Effect: Deny, Principal: '*', Action: 's3:*', Resource: \
                   'arn:aws:s3:::imagery-1/own/*' }] }";

/// Adds a statement of somebody else's to the policy.
async fn add_statement(s3: &Client, sid: &str) {
    let policy = s3.get_bucket_policy().bucket("imagery-1").send().await.unwrap();
    let mut policy: serde_json::Value = serde_json::from_str(policy.policy().unwrap()).unwrap();
    let mut other = match &policy["Statement"] {
        serde_json::Value::Array(statements) => statements.clone(),
        one => vec![one.clone()],
    };
    let mut new = other[0].clone();
    new["Sid"] = sid.into();
    other.push(new);
    policy["Statement"] = other.into();
    s3.put_bucket_policy()
        .bucket("imagery-1")
        .policy(policy.to_string())
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_statement_that_is_ignored_outlives_every_change_of_the_policy() {
    let bench = Bench::new();
    bench.apply(&bucket(&format!("{TWO}, ignore: [policy.Theirs]"))).await;
    add_statement(&client(&bench), "Theirs").await;
    assert!(
        bench
            .plan(&bucket(&format!("{TWO}, ignore: [policy.Theirs]")))
            .await
            .is_empty()
    );
    let changed = TWO.replace("own/*", "other/*");
    bench
        .apply(&bucket(&format!("{changed}, ignore: [policy.Theirs]")))
        .await;
    let policy = client(&bench)
        .get_bucket_policy()
        .bucket("imagery-1")
        .send()
        .await
        .unwrap();
    assert!(policy.policy().unwrap().contains("Theirs") && policy.policy().unwrap().contains("other/*"));
    // Without the word it is drift, and seen by its name.
    let plan = bench.plan(&bucket(&changed)).await;
    let fields: Vec<String> = change(&plan, "bucket/imagery-1")
        .fields
        .iter()
        .map(|one| one.path.to_string())
        .collect();
    assert_eq!(fields, ["policy.Theirs"]);
}

#[tokio::test]
async fn of_a_shared_bucket_only_what_is_listed_counts() {
    let bench = Bench::new();
    let s3 = client(&bench);
    s3.create_bucket().bucket("imagery-1").send().await.unwrap();
    bench.apply(&bucket(&format!("shared: true, {TWO}"))).await;
    add_statement(&s3, "Theirs").await;
    assert!(bench.plan(&bucket(&format!("shared: true, {TWO}"))).await.is_empty());
    assert!(
        s3.get_bucket_tagging().bucket("imagery-1").send().await.is_err(),
        "no mark"
    );
}

#[tokio::test]
async fn what_another_environment_keeps_whole_is_not_added_to_without_a_word() {
    let bench = Bench::new();
    bench.apply(&bucket("tags: { 'evenkeel:environment': test }")).await;
    let mark = sdk::Tag::builder()
        .key("evenkeel:environment")
        .value("other")
        .build()
        .unwrap();
    let tags = sdk::Tagging::builder().tag_set(mark).build().unwrap();
    client(&bench)
        .put_bucket_tagging()
        .bucket("imagery-1")
        .tagging(tags)
        .send()
        .await
        .unwrap();
    for sections in [
        bucket(&format!("shared: true, {TWO}")),
        TWO.replace("policy:", "bucket_policies: { imagery-1:") + " }",
    ] {
        let plan = bench.plan(&sections).await;
        assert_eq!(plan.refusals.len(), 1, "{sections}: {:?}", plan.refusals);
        assert_eq!(plan.refusals[0].guard, "contested");
    }
}

#[tokio::test]
async fn a_denial_is_held_and_a_grant_is_not() {
    let bench = Bench::new();
    let both = TWO.replace(
        "Statement: [",
        "Statement: [{ Sid: Let, Effect: Allow, Principal: { AWS: '111122223333' }, Action: s3:GetObject, Resource: \
         'arn:aws:s3:::imagery-1/*' }, ",
    );
    bench.apply(&bucket(&both)).await;
    let applied = bench.apply(&bucket("")).await;
    let held = &change(&applied.plan, "bucket/imagery-1").held;
    assert_eq!(
        held.iter().map(|one| one.path.to_string()).collect::<Vec<_>>(),
        ["policy.Own"]
    );
    let policy = client(&bench)
        .get_bucket_policy()
        .bucket("imagery-1")
        .send()
        .await
        .unwrap();
    assert!(!policy.policy().unwrap().contains("Let"));
}

/// What everybody may do can't be told while a part of it is unknown.
#[tokio::test]
async fn nothing_that_may_open_a_bucket_is_changed_while_its_block_or_policy_is_unread() {
    for hidden in ["<PublicAccessBlockConfiguration", "\"Statement\""] {
        let hide = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let hides = std::sync::Arc::clone(&hide);
        let bench = Bench::meddled(move |asked, answer| {
            let is_read = asked.is_empty() && answer.contains(hidden);
            match hides.load(std::sync::atomic::Ordering::SeqCst) && is_read {
                true => Meddling::Refused("<Error><Code>AccessDenied</Code><Message>no</Message></Error>".to_owned()),
                false => Meddling::None,
            }
        });
        bench.apply(&bucket(TWO)).await;
        hide.store(true, std::sync::atomic::Ordering::SeqCst);
        let wide = bucket(&format!("{OPEN}, policy: {STATUS}, public: [status/*]"));
        let plan = bench.plan(&wide).await;
        assert!(plan.steps.is_empty(), "{hidden}: {:?}", summaries(&plan));
        assert_eq!(plan.refusals[0].guard, "public", "{hidden}");
    }
}

#[tokio::test]
async fn a_public_policy_goes_before_the_block_that_holds_it() {
    let bench = Bench::new();
    let open = STATUS.replace(
        "Statement: [",
        "Statement: [{ Sid: Own, Effect: Deny, Principal: '*', Action: 's3:*', \
                                               Resource: 'arn:aws:s3:::imagery-1/own/*' }, ",
    );
    bench
        .apply(&bucket(&format!("{OPEN}, policy: {open}, public: [status/*]")))
        .await;
    let block = sdk::PublicAccessBlockConfiguration::builder();
    let block = block.block_public_policy(true).restrict_public_buckets(true).build();
    let request = client(&bench).put_public_access_block().bucket("imagery-1");
    request.public_access_block_configuration(block).send().await.unwrap();
    let plan = bench.plan(&bucket("public_access_block: none, policy: none")).await;
    assert_eq!(
        summaries(&plan),
        [
            "bucket/imagery-1: write bucket policy",
            "bucket/imagery-1: write public access block",
            "bucket/imagery-1: remove bucket policy",
        ]
    );
}
