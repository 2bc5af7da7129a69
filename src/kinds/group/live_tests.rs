//! The kind with the real SDK client and a simulated account.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use crate::kinds::live_testing::{Bench, change, summaries};
use crate::plan::Verb;
use crate::sandbox::Options;

const FULL: &str = "
policies: { read: { document: { Statement: [{ Effect: Allow, Action: 's3:Get*', Resource: '*' }] } } }
groups:
  ops:
    path: /people/
    policies: [read, ReadOnlyAccess]
    inline_policies: { extra: { Statement: [{ Effect: Allow, Action: 's3:*', Resource: '*' }] } }
users:
  erika: { path: /people/, groups: [ops] }
";

async fn user(bench: &Bench, name: &str, groups: &[&str]) {
    bench
        .iam()
        .create_user()
        .user_name(name)
        .path("/people/")
        .send()
        .await
        .unwrap();
    for group in groups {
        bench
            .iam()
            .add_user_to_group()
            .user_name(name)
            .group_name(*group)
            .send()
            .await
            .unwrap();
    }
}

async fn members(bench: &Bench, group: &str) -> Vec<String> {
    let answer = bench.iam().get_group().group_name(group).send().await.unwrap();
    answer.users().iter().map(|user| user.user_name().to_owned()).collect()
}

#[tokio::test]
async fn a_group_is_made_changed_and_deleted() {
    let bench = Bench::new();
    bench.apply(FULL).await;
    let group = bench.iam().get_group().group_name("ops").send().await.unwrap();
    assert_eq!(group.group().unwrap().path(), "/people/");
    assert_eq!(members(&bench, "ops").await, ["erika"]);

    bench.consent(&["group/ops"], &[], &["mass-change"]);
    let applied = bench.apply("groups: { ops: { policies: [AmazonS3ReadOnlyAccess] } }\nusers: { erika: { path: /people/, groups: [ops] } }").await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "group/ops: move to path /",
            "group/ops: attach AmazonS3ReadOnlyAccess",
            "group/ops: detach read",
            "group/ops: detach ReadOnlyAccess",
            "group/ops: delete inline policy extra",
        ]
    );

    let applied = bench
        .apply("absent: { groups: [ops] }\nusers: { erika: { path: /people/ } }")
        .await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "group/ops: detach AmazonS3ReadOnlyAccess",
            "user/erika: leave group ops",
            "group/ops: delete group ops"
        ]
    );
}

#[tokio::test]
async fn a_spreading_account_gets_there_too() {
    for seed in 0..8 {
        let bench = Bench::with(Options {
            lag: Some(seed),
            ..Options::default()
        });
        bench.apply(FULL).await;
    }
}

#[tokio::test]
async fn a_stranger_is_shown_and_kept() {
    let bench = Bench::new();
    bench.apply(FULL).await;
    user(&bench, "mallory", &["ops"]).await;
    let plan = bench.plan(FULL).await;
    assert!(plan.is_empty());
    let group = change(&plan, "group/ops");
    let held: Vec<String> = group.held.iter().map(|one| one.path.to_string()).collect();
    assert_eq!((group.verb, held), (Verb::Keep, vec!["members.mallory".to_owned()]));
}

#[tokio::test]
async fn exact_members_take_strangers_out_by_word() {
    let bench = Bench::new();
    bench.apply(FULL).await;
    user(&bench, "mallory", &["ops"]).await;
    let exact = FULL.replace(
        "path: /people/\n    policies",
        "path: /people/\n    members: exact\n    policies",
    );
    let refused = bench.plan(&exact).await;
    assert_eq!(refused.refusals[0].guard, "adopt");
    bench.consent(&["group/ops"], &[], &[]);
    let applied = bench.apply(&exact).await;
    assert_eq!(summaries(&applied.plan), ["group/ops: remove member mallory"]);
    assert_eq!(members(&bench, "ops").await, ["erika"]);
}

#[tokio::test]
async fn a_link_is_broken_by_one_step_only() {
    let bench = Bench::new();
    bench.apply(FULL).await;
    bench.consent(&["group/ops"], &[], &[]);
    let exact = FULL.replace(
        "path: /people/\n    policies",
        "path: /people/\n    members: exact\n    policies",
    );
    // The declared user leaves by its own step, and the group has nothing to say.
    let applied = bench.apply(&exact.replace("groups: [ops] }", "groups: [] }")).await;
    assert_eq!(summaries(&applied.plan), ["user/erika: leave group ops"]);
    // The same where the user itself goes.
    bench.apply(&exact).await;
    bench.consent(&["*"], &[], &["mass-change"]);
    let gone = exact.replace(
        "users:\n  erika: { path: /people/, groups: [ops] }",
        "absent: { users: [erika] }",
    );
    let applied = bench.apply(&gone).await;
    assert_eq!(
        summaries(&applied.plan),
        ["user/erika: leave group ops", "user/erika: delete user erika"]
    );
}

#[tokio::test]
async fn a_shared_user_is_a_stranger_where_it_is_not_put_in() {
    let bench = Bench::new();
    bench.apply(FULL).await;
    user(&bench, "guest", &["ops"]).await;
    let shared = format!("{FULL}  guest: {{ shared: true }}\n");
    let plan = bench.plan(&shared).await;
    assert_eq!(change(&plan, "group/ops").held.len(), 1);
    bench.consent(&["group/ops"], &[], &[]);
    let exact = shared.replace(
        "path: /people/\n    policies",
        "path: /people/\n    members: exact\n    policies",
    );
    assert_eq!(bench.summaries(&exact).await, ["group/ops: remove member guest"]);
    let listed = exact.replace("{ shared: true }", "{ shared: true, groups: [ops] }");
    assert_eq!(bench.summaries(&listed).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_group_with_strangers_goes_only_by_word() {
    let bench = Bench::new();
    bench.apply(FULL).await;
    user(&bench, "mallory", &["ops"]).await;
    let refused = bench.plan("absent: { groups: [ops] }").await;
    let told: Vec<(&str, &str)> = refused
        .refusals
        .iter()
        .map(|one| (one.guard, one.message.as_str()))
        .collect();
    assert_eq!(told[0].0, "in-use");
    assert!(
        told[0].1.contains("user/people/mallory") && told[0].1.contains("user/people/erika"),
        "{told:?}"
    );
    bench.consent(&[], &[], &["mass-change"]);
    let applied = bench.apply("absent: { groups: [{ name: ops, detach: true }] }").await;
    let told = summaries(&applied.plan);
    assert_eq!(
        told[..2],
        ["group/ops: remove member erika", "group/ops: remove member mallory"]
    );
    assert_eq!(told.last().unwrap(), "group/ops: delete group ops");
}

#[tokio::test]
async fn a_group_and_its_last_user_go_in_one_plan() {
    let bench = Bench::new();
    bench.apply(FULL).await;
    bench.consent(&[], &[], &["mass-change"]);
    let applied = bench
        .apply("absent: { groups: [ops], users: [erika], policies: [read] }")
        .await;
    let told = summaries(&applied.plan);
    let links = told
        .iter()
        .filter(|step| step.contains("member") || step.contains("leave"))
        .count();
    let detachments = told.iter().filter(|step| step.contains("detach")).count();
    assert_eq!((links, detachments), (1, 2), "{told:?}");
    let at = |text: &str| {
        told.iter()
            .position(|step| step.ends_with(text))
            .unwrap_or_else(|| panic!("{text}: {told:?}"))
    };
    assert!(at("user/erika: leave group ops") < at("delete user erika").min(at("delete group ops")));
    assert!(at("group/ops: detach read") < at("delete group ops").min(at("delete policy read")));
}

#[tokio::test]
async fn the_bulk_answer_tells_the_same() {
    let bench = Bench::new();
    let many: String = (0..12)
        .map(|nth| format!("  u{nth}: {{ path: /x/, groups: [ops] }}\n"))
        .collect();
    let sections = format!("{FULL}{many}");
    bench.apply(&sections).await;
    assert_eq!(members(&bench, "ops").await.len(), 13);
    user(&bench, "mallory", &["ops"]).await;
    let plan = bench.plan(&sections).await;
    assert_eq!(change(&plan, "group/ops").held.len(), 1);
    assert!(plan.is_empty());
}
