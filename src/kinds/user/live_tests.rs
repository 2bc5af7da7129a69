//! The kind with the real SDK client and a simulated account.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use crate::kinds::live_testing::{Bench, Meddling, change, summaries};
use crate::plan::Verb;
use crate::sandbox::Options;

const FULL: &str = "
tags: { project: imaging }
policies:
  limits: { document: { Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } }
  read: { document: { Statement: [{ Effect: Allow, Action: 's3:Get*', Resource: '*' }] } }
groups: { ops: { path: /g/ }, dev: {} }
users:
  erika:
    path: /people/
    groups: [ops, dev]
    policies: [read, ReadOnlyAccess]
    inline_policies: { extra: { Statement: [{ Effect: Allow, Action: 's3:*', Resource: '*' }] } }
    permissions_boundary: limits
    console_access: { store: 'file:secrets/erika.password', reset_required: true }
    access_key: { store: 'file:secrets/erika.key' }
    tags: { team: data }
";

async fn key_ids(bench: &Bench, user: &str) -> Vec<String> {
    let answer = bench.iam().list_access_keys().user_name(user).send().await.unwrap();
    answer
        .access_key_metadata()
        .iter()
        .filter_map(|key| key.access_key_id().map(str::to_owned))
        .collect()
}

async fn has_login(bench: &Bench, user: &str) -> bool {
    bench.iam().get_login_profile().user_name(user).send().await.is_ok()
}

fn stored(bench: &Bench, name: &str) -> Option<String> {
    std::fs::read_to_string(bench.folder().join(name)).ok()
}

#[tokio::test]
async fn a_user_is_made_with_everything() {
    let bench = Bench::new();
    let applied = bench.apply(FULL).await;
    let user = bench
        .iam()
        .get_user()
        .user_name("erika")
        .send()
        .await
        .unwrap()
        .user()
        .unwrap()
        .clone();
    assert_eq!(user.path(), "/people/");
    assert_eq!(
        user.permissions_boundary().unwrap().permissions_boundary_arn().unwrap(),
        "arn:aws:iam::123456789012:policy/limits"
    );
    assert_eq!(user.tags().len(), 3);
    let login = bench.iam().get_login_profile().user_name("erika").send().await.unwrap();
    assert!(login.login_profile().unwrap().password_reset_required());

    let [key] = key_ids(&bench, "erika").await.try_into().unwrap();
    let file = stored(&bench, "secrets/erika.key").unwrap();
    assert!(
        file.contains(&format!("aws_access_key_id = {key}\n")),
        "the id is kept with the secret"
    );
    let secret = file
        .lines()
        .find_map(|line| line.strip_prefix("aws_secret_access_key = "))
        .unwrap()
        .to_owned();
    let password_file = stored(&bench, "secrets/erika.password").unwrap();
    let password = password_file
        .lines()
        .find_map(|line| line.strip_prefix("password = "))
        .unwrap()
        .to_owned();
    assert!(password_file.contains("sign_in_url = https://123456789012.signin.aws.amazon.com/console\n"));
    let mode = std::fs::metadata(bench.folder().join("secrets/erika.key"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);

    let told = applied.told();
    assert_eq!(told.len(), 2);
    assert!(told.contains(&format!(
        "access key {key} of user/erika written to the file {}/secrets/erika.key",
        bench.folder().display()
    )));
    let everything = format!(
        "{:?} {} {told:?}",
        applied.ends,
        serde_json::to_string(&applied.plan).unwrap()
    );
    assert!(!everything.contains(&secret) && !everything.contains(&password));
    assert!(everything.contains("file:secrets/erika.key"));
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
async fn every_field_is_changed_in_place() {
    let bench = Bench::new();
    bench.apply(FULL).await;
    let id = bench
        .iam()
        .get_user()
        .user_name("erika")
        .send()
        .await
        .unwrap()
        .user()
        .unwrap()
        .user_id()
        .to_owned();
    bench.consent(&["*"], &[], &["mass-change"]);
    for (from, to, steps) in [
        ("path: /people/", "path: /staff/", vec!["move to path /staff/"]),
        ("path: /people/", "", vec!["move to path /"]),
        ("groups: [ops, dev]", "groups: [dev]", vec!["leave group ops"]),
        (
            "policies: [read, ReadOnlyAccess]",
            "policies: [read]",
            vec!["detach ReadOnlyAccess"],
        ),
        (
            "policies: [read, ReadOnlyAccess]",
            "policies: [read, AmazonS3ReadOnlyAccess]",
            vec!["attach AmazonS3ReadOnlyAccess", "detach ReadOnlyAccess"],
        ),
        (
            "Action: 's3:*'",
            "Action: 's3:List*'",
            vec!["write inline policy extra"],
        ),
        (
            "extra:",
            "other:",
            vec!["write inline policy other", "delete inline policy extra"],
        ),
        (
            "permissions_boundary: limits",
            "permissions_boundary: none",
            vec!["take off boundary limits"],
        ),
        (
            "permissions_boundary: limits",
            "permissions_boundary: read",
            vec!["set boundary read"],
        ),
        ("team: data", "team: ops", vec!["tag team"]),
        ("team: data", "Team: data", vec!["tag Team"]),
        ("team: data", "cost: x", vec!["tag cost", "untag team"]),
        (
            "console_access: { store: 'file:secrets/erika.password', reset_required: true }",
            "console_access: none",
            vec!["remove the console password"],
        ),
    ] {
        assert!(FULL.contains(from), "{from}");
        let changed = bench.apply(&FULL.replace(from, to)).await;
        let steps: Vec<String> = steps.into_iter().map(|step| format!("user/erika: {step}")).collect();
        assert_eq!(summaries(&changed.plan), steps, "{from} -> {to}");
        std::fs::remove_file(bench.folder().join("secrets/erika.password")).ok();
        bench.apply(FULL).await;
    }
    let after = bench
        .iam()
        .get_user()
        .user_name("erika")
        .send()
        .await
        .unwrap()
        .user()
        .unwrap()
        .user_id()
        .to_owned();
    assert_eq!(id, after, "never deleted and made anew");
}

#[tokio::test]
async fn a_boundary_is_held_and_goes_by_word() {
    let bench = Bench::new();
    bench.apply(FULL).await;
    let silent = FULL.replace("    permissions_boundary: limits\n", "");
    let plan = bench.plan(&silent).await;
    assert!(plan.is_empty());
    assert_eq!(
        change(&plan, "user/erika").held[0].path.to_string(),
        "permissions_boundary"
    );
}

#[tokio::test]
async fn groups_are_the_whole_list_and_change_by_adding_first() {
    let bench = Bench::new();
    bench
        .apply("groups: { a: {}, b: {} }\nusers: { erika: { groups: [a] } }")
        .await;
    let applied = bench
        .apply("groups: { a: {}, b: {} }\nusers: { erika: { groups: [b] } }")
        .await;
    assert_eq!(
        summaries(&applied.plan),
        ["user/erika: join group b", "user/erika: leave group a"]
    );
    bench
        .iam()
        .add_user_to_group()
        .user_name("erika")
        .group_name("a")
        .send()
        .await
        .unwrap();
    assert_eq!(
        bench
            .summaries("groups: { a: {}, b: {} }\nusers: { erika: { groups: [b] } }")
            .await,
        ["user/erika: leave group a"]
    );
    // A group outside of the file is a group like any other.
    let applied = bench
        .apply("users: { erika: { groups: [{ existing: a }, { existing: B }] } }")
        .await;
    assert_eq!(summaries(&applied.plan), Vec::<String>::new());
}

#[tokio::test]
async fn existing_credentials_are_never_replaced() {
    let bench = Bench::new();
    bench.apply("users: { erika: {} }").await;
    bench
        .iam()
        .create_login_profile()
        .user_name("erika")
        .password("Correct-Horse-1")
        .send()
        .await
        .unwrap();
    bench.iam().create_access_key().user_name("erika").send().await.unwrap();
    let keys = key_ids(&bench, "erika").await;
    let wish = "users: { erika: { console_access: { store: 'file:p' }, access_key: { store: 'file:k' } } }";
    let plan = bench.plan(wish).await;
    assert!(plan.is_empty());
    assert!(change(&plan, "user/erika").held.is_empty());
    assert_eq!((stored(&bench, "p"), stored(&bench, "k")), (None, None));

    let silent = bench.plan("users: { erika: {} }").await;
    let held: Vec<String> = change(&silent, "user/erika")
        .held
        .iter()
        .map(|one| one.path.to_string())
        .collect();
    assert_eq!(
        (silent.is_empty(), held),
        (
            true,
            vec!["console_access".to_owned(), format!("access_keys.{}", keys[0])]
        )
    );

    bench.consent(&[], &[], &["mass-change"]);
    let applied = bench
        .apply("users: { erika: { console_access: none, access_keys: none } }")
        .await;
    let told: Vec<String> = [
        "remove the console password".to_owned(),
        format!("deactivate access key {}", keys[0]),
        format!("delete access key {}", keys[0]),
    ]
    .map(|step| format!("user/erika: {step}"))
    .into();
    assert_eq!(summaries(&applied.plan), told);
    assert_eq!(
        (has_login(&bench, "erika").await, key_ids(&bench, "erika").await),
        (false, vec![])
    );
}

#[tokio::test]
async fn nothing_is_made_when_the_store_is_taken() {
    let bench = Bench::new();
    bench.write("p", "mine");
    bench.write("k", "mine");
    let applied = bench
        .try_apply("users: { erika: { console_access: { store: 'file:p' }, access_key: { store: 'file:k' } } }")
        .await;
    let failures = applied.failures();
    assert_eq!(failures.len(), 1, "the second one is held: {failures:?}");
    assert!(
        failures[0].contains("nothing was made: the file") && failures[0].contains("exists already"),
        "{failures:?}"
    );
    assert_eq!(
        (has_login(&bench, "erika").await, key_ids(&bench, "erika").await),
        (false, vec![])
    );
    assert_eq!(
        (stored(&bench, "p").unwrap(), stored(&bench, "k").unwrap()),
        ("mine".into(), "mine".into())
    );
}

/// A bench on which something is written into the store between the proof and the storing.
fn racing(operation: &'static str) -> Bench {
    let folder: Arc<Mutex<Option<PathBuf>>> = Arc::default();
    let place = Arc::clone(&folder);
    let bench = Bench::meddled(move |asked, _| {
        if asked.contains(&format!("Action={operation}&")) {
            let folder = place.lock().unwrap().clone().unwrap();
            std::fs::write(folder.join("taken"), "somebody else").unwrap();
        }
        Meddling::None
    });
    *folder.lock().unwrap() = Some(bench.folder());
    bench
}

#[tokio::test]
async fn a_key_that_cannot_be_kept_is_deleted_again() {
    let bench = racing("CreateAccessKey");
    let applied = bench
        .try_apply("users: { erika: { access_key: { store: 'file:taken' } } }")
        .await;
    let failures = applied.failures();
    assert!(
        failures[0].contains("could not be stored, it was deleted in AWS again"),
        "{failures:?}"
    );
    assert_eq!(key_ids(&bench, "erika").await, Vec::<String>::new());
    assert_eq!(stored(&bench, "taken").unwrap(), "somebody else");
}

#[tokio::test]
async fn a_password_that_cannot_be_kept_is_removed_again() {
    let bench = racing("CreateLoginProfile");
    let applied = bench
        .try_apply("users: { erika: { console_access: { store: 'file:taken' } } }")
        .await;
    let failures = applied.failures();
    assert!(
        failures[0].contains("could not be stored, it was removed from AWS again"),
        "{failures:?}"
    );
    assert!(!has_login(&bench, "erika").await);
}

#[tokio::test]
async fn a_key_whose_answer_is_lost_is_named_and_not_made_twice() {
    let bench = Bench::meddled(|asked, _| match asked.contains("Action=CreateAccessKey&") {
        true => Meddling::Lost,
        false => Meddling::None,
    });
    let sections = "users: { erika: { access_key: { store: 'file:k' } } }";
    let applied = bench.try_apply(sections).await;
    let keys = key_ids(&bench, "erika").await;
    let failures = applied.failures();
    assert_eq!(keys.len(), 1, "one call and no more");
    assert!(
        failures[0].contains(&format!("the user now has {}, whose secret was not received", keys[0])),
        "{failures:?}"
    );
    assert_eq!(stored(&bench, "k"), None);
    assert!(bench.plan(sections).await.steps.is_empty());
}

#[tokio::test]
async fn a_password_whose_answer_is_lost_is_kept_all_the_same() {
    let bench = Bench::meddled(|asked, _| match asked.contains("Action=CreateLoginProfile&") {
        true => Meddling::Lost,
        false => Meddling::None,
    });
    bench
        .apply("users: { erika: { console_access: { store: 'file:p' } } }")
        .await;
    assert!(has_login(&bench, "erika").await);
    assert!(stored(&bench, "p").unwrap().contains("password = "));
}

#[tokio::test]
async fn a_password_satisfies_the_accounts_policy() {
    let bench = Bench::new();
    let policy = bench
        .iam()
        .update_account_password_policy()
        .minimum_password_length(60)
        .require_symbols(true);
    policy
        .require_numbers(true)
        .require_uppercase_characters(true)
        .require_lowercase_characters(true)
        .send()
        .await
        .unwrap();
    bench
        .apply("users: { erika: { console_access: { store: 'file:p' } } }")
        .await;
    let file = stored(&bench, "p").unwrap();
    let password = file
        .lines()
        .find_map(|line| line.strip_prefix("password = "))
        .unwrap()
        .to_owned();
    assert_eq!(password.len(), 60);
}

#[tokio::test]
async fn a_user_goes_with_all_that_it_has() {
    let bench = Bench::new();
    bench.apply(FULL).await;
    bench.iam().create_access_key().user_name("erika").send().await.unwrap();
    bench.consent(&[], &[], &["mass-change"]);
    let rest = "absent: { users: [erika], policies: [limits] }\ngroups: { ops: { path: /g/ }, dev: {} }";
    let applied = bench.apply(rest).await;
    let told = summaries(&applied.plan);
    let at = |text: &str| {
        told.iter()
            .position(|step| step.ends_with(text))
            .unwrap_or_else(|| panic!("{text}: {told:#?}"))
    };
    assert!(at("user/erika: delete user erika") < at("policy/limits: delete policy limits"));
    assert_eq!(told.iter().filter(|step| step.contains("delete access key")).count(), 2);
    assert!(bench.iam().get_user().user_name("erika").send().await.is_err());
}

#[tokio::test]
async fn of_a_shared_user_only_the_listed_is_touched() {
    let bench = Bench::new();
    bench
        .iam()
        .create_user()
        .user_name("erika")
        .path("/people/")
        .send()
        .await
        .unwrap();
    bench
        .iam()
        .attach_user_policy()
        .user_name("erika")
        .policy_arn("arn:aws:iam::aws:policy/ReadOnlyAccess")
        .send()
        .await
        .unwrap();
    bench.iam().create_access_key().user_name("erika").send().await.unwrap();
    let shared = "tags: { project: x }\nusers: { erika: { shared: true, policies: [AmazonS3ReadOnlyAccess] } }";
    let applied = bench.apply(shared).await;
    assert_eq!(summaries(&applied.plan), ["user/erika: attach AmazonS3ReadOnlyAccess"]);
    let user = bench
        .iam()
        .get_user()
        .user_name("erika")
        .send()
        .await
        .unwrap()
        .user()
        .unwrap()
        .clone();
    assert_eq!((user.path(), user.tags().len()), ("/people/", 0));
    // One that is not there is made, without any tag.
    bench
        .apply("tags: { project: x }\nusers: { tom: { shared: true, policies: [AmazonS3ReadOnlyAccess] } }")
        .await;
    let user = bench
        .iam()
        .get_user()
        .user_name("tom")
        .send()
        .await
        .unwrap()
        .user()
        .unwrap()
        .clone();
    assert_eq!(user.tags().len(), 0);
}

#[tokio::test]
async fn a_user_of_nobody_is_taken_over_only_by_word() {
    let bench = Bench::new();
    bench.iam().create_user().user_name("erika").send().await.unwrap();
    let plan = bench.plan("users: { erika: {} }").await;
    assert_eq!(
        (change(&plan, "user/erika").verb, plan.refusals.len()),
        (Verb::Adopt, 0)
    );
    let plan = bench.plan("users: { erika: { policies: [ReadOnlyAccess] } }").await;
    assert_eq!(
        (change(&plan, "user/erika").verb, plan.refusals[0].guard),
        (Verb::Refuse, "adopt")
    );
    bench.consent(&["user/erika"], &[], &[]);
    let applied = bench.apply("users: { erika: { policies: [ReadOnlyAccess] } }").await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "user/erika: attach ReadOnlyAccess",
            "user/erika: mark as this environment's"
        ]
    );
}

/// Eleven more users, so that the account is read in bulk.
fn crowded(sections: &str) -> String {
    let crowd: String = (0..11).map(|nth| format!("  u{nth}: {{}}\n")).collect();
    format!("{sections}{crowd}")
}

#[tokio::test]
async fn the_bulk_answer_tells_the_same() {
    let bench = Bench::new();
    bench.apply(&crowded(FULL)).await;
    bench.apply(FULL).await;
}

#[tokio::test]
async fn a_boundary_that_the_bulk_answer_leaves_out_is_asked_for() {
    const END: &str = "</PermissionsBoundary>";
    let left_out = Arc::new(Mutex::new(0));
    let count = Arc::clone(&left_out);
    let bench = Bench::meddled(move |asked, answer| {
        if !asked.contains("Action=GetAccountAuthorizationDetails&") {
            return Meddling::None;
        }
        let mut text = answer.to_owned();
        while let (Some(from), Some(to)) = (text.find("<PermissionsBoundary>"), text.find(END)) {
            text.replace_range(from..to + END.len(), "");
            *count.lock().unwrap() += 1;
        }
        Meddling::Rewritten(text)
    });
    let roles = "roles: { ci: { trust: ec2.amazonaws.com, permissions_boundary: limits } }\n";
    bench.apply(&crowded(&format!("{roles}{}", FULL.trim_start()))).await;
    assert_eq!(*left_out.lock().unwrap(), 2, "those of the user and of the role");
}

#[tokio::test]
async fn what_may_not_be_read_is_unknown_and_nothing_is_made() {
    let refused = r#"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"#;
    let bench = Bench::refusing("ListAccessKeys", refused);
    let first = "users: { erika: {} }";
    let applied = bench.try_apply(first).await;
    assert_eq!(applied.failures(), Vec::<String>::new());
    let plan = bench
        .plan("users: { erika: { access_key: { store: 'file:k' } } }")
        .await;
    assert!(plan.steps.is_empty() && plan.is_incomplete());
    let unknown = &change(&plan, "user/erika").unknown;
    assert!(
        unknown
            .iter()
            .any(|(path, why)| path.field == "access_key" && why.contains("AccessDenied")),
        "{unknown:?}"
    );
    // What can't be read whole is never deleted.
    let doomed = bench.plan("absent: { users: [erika] }").await;
    assert_eq!(
        (change(&doomed, "user/erika").verb, doomed.steps.len()),
        (Verb::Unknown, 0)
    );
}
