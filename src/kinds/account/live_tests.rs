//! Settings from YAML to a simulated account, with the real SDK clients.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use crate::kinds::live_testing::{Bench, Meddling, change, summaries};
use crate::plan::Verb;
use crate::render;
use crate::render::snippet::Colour;

fn settings(settings: &str) -> String {
    format!("account_settings: {{ {settings} }}\n")
}

async fn aliases(bench: &Bench) -> Vec<String> {
    bench.iam().list_account_aliases().send().await.unwrap().account_aliases
}

fn guards(plan: &crate::plan::Plan) -> Vec<&'static str> {
    plan.refusals.iter().map(|refusal| refusal.guard).collect()
}

#[tokio::test]
async fn what_was_not_set_is_set_without_a_word_and_changed_only_with_one() {
    let bench = Bench::new();
    let first = settings("alias: imaging, password_policy: { minimum_length: 14, max_age_days: 90 }");
    let applied = bench.apply(&first).await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "account/alias: set alias imaging",
            "account/password_policy: set password policy: minimum_length, max_age_days",
        ]
    );
    let second = settings("alias: remote, password_policy: { minimum_length: 16, max_age_days: none }");
    assert_eq!(guards(&bench.plan(&second).await), ["adopt", "adopt"]);
    assert_eq!(aliases(&bench).await, ["imaging"]);
    bench.consent(&["account/*"], &[], &[]);
    let applied = bench.apply(&second).await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "account/alias: set alias remote in place of imaging",
            "account/password_policy: change password policy: minimum_length, max_age_days",
        ]
    );
    let applied = bench.apply(&settings("alias: none, password_policy: none")).await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "account/alias: remove alias remote",
            "account/password_policy: remove the password policy"
        ]
    );
    assert_eq!(aliases(&bench).await, Vec::<String>::new());
    assert!(bench.iam().get_account_password_policy().send().await.is_err());
}

#[tokio::test]
async fn each_field_of_a_password_policy_changes_by_itself() {
    let bench = Bench::new();
    bench.consent(&["account/password_policy"], &[], &[]);
    for fields in [
        "",
        "minimum_length: 20",
        "minimum_length: 8",
        "require_symbols: true",
        "require_symbols: false",
        "require_numbers: true",
        "require_numbers: false",
        "require_uppercase: true",
        "require_uppercase: false",
        "require_lowercase: true",
        "require_lowercase: false",
        "allow_users_to_change: true",
        "",
        "max_age_days: 1",
        "max_age_days: 1095",
        "max_age_days: 0",
        "reuse_prevention: 24",
        "reuse_prevention: none",
        "hard_expiry: true",
        "hard_expiry: false",
    ] {
        let text = settings(&format!("password_policy: {{ {fields} }}"));
        assert!(!bench.plan(&text).await.is_empty(), "{fields}");
        bench.apply(&text).await;
    }
}

#[tokio::test]
async fn what_is_stricter_is_held_and_absent_settings_are_left_alone() {
    let bench = Bench::new();
    let update = bench.iam().update_account_password_policy().minimum_password_length(20);
    update
        .require_symbols(true)
        .password_reuse_prevention(5)
        .send()
        .await
        .unwrap();
    bench
        .iam()
        .create_account_alias()
        .account_alias("theirs")
        .send()
        .await
        .unwrap();
    let text = settings("password_policy: { require_numbers: true }");
    bench.consent(&["account/password_policy"], &[], &[]);
    let applied = bench.apply(&text).await;
    assert_eq!(
        summaries(&applied.plan),
        ["account/password_policy: change password policy: require_numbers"]
    );
    let held = &change(&applied.plan, "account/password_policy").held;
    let held: Vec<String> = held.iter().map(|field| field.path.to_string()).collect();
    assert_eq!(held, ["minimum_length", "require_symbols", "reuse_prevention"]);
    let policy = bench.iam().get_account_password_policy().send().await.unwrap();
    let policy = policy.password_policy.unwrap();
    assert_eq!(
        (
            policy.minimum_password_length,
            policy.require_symbols,
            policy.require_numbers
        ),
        (Some(20), true, true)
    );
    assert_eq!(aliases(&bench).await, ["theirs"]);
}

/// An account whose root user is not as it should be.
fn careless() -> Bench {
    let entry = |key: &str, value: u8| format!("<entry><key>{key}</key><value>{value}</value></entry>");
    Bench::meddled(move |asked, answer| match asked.contains("Action=GetAccountSummary&") {
        true => {
            let (mfa, keys) = ("AccountMFAEnabled", "AccountAccessKeysPresent");
            let answer = answer.replace(&entry(mfa, 1), &entry(mfa, 0));
            Meddling::Rewritten(answer.replace(&entry(keys, 0), &entry(keys, 1)))
        }
        false => Meddling::None,
    })
}

#[tokio::test]
async fn root_is_told_of_in_every_plan_and_never_changed() {
    let text = settings("root: { mfa: required, access_keys: none }");
    let good = Bench::new();
    assert!(change(&good.apply(&text).await.plan, "account/root").unmet.is_empty());
    let bench = careless();
    for _ in 0..2 {
        let applied = bench.apply(&text).await;
        assert!(applied.plan.steps.is_empty());
        assert_eq!(change(&applied.plan, "account/root").verb, Verb::Keep);
        let shown = render::plan::plan(&applied.plan).render(Colour::Never);
        let lines: Vec<&str> = shown.lines().skip(2).collect();
        assert_eq!(
            lines,
            [
                "  account/root                                                          env.yaml:5",
                "    mfa          not enabled (the file says required); evenkeel can't change it: sign in as root and assign a device under \"Security credentials\"",
                "    access_keys  present (the file says none); evenkeel can't change it: sign in as root and delete them under \"Security credentials\"",
                "",
                "Nothing to do: 0 as written, 1 not as written, which only a person can change.",
            ]
        );
    }
    let silent = bench.plan(&settings("root: { access_keys: none }")).await;
    assert_eq!(change(&silent, "account/root").unmet.len(), 1);
}

#[tokio::test]
async fn what_can_not_be_read_is_unknown_and_never_none() {
    const REFUSAL: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
    for (operation, setting) in [
        ("ListAccountAliases", "alias: imaging"),
        ("GetAccountPasswordPolicy", "password_policy: none"),
        ("GetAccountSummary", "root: { mfa: required }"),
    ] {
        let bench = Bench::refusing(operation, REFUSAL);
        let plan = bench.plan(&settings(setting)).await;
        assert!(plan.is_incomplete() && plan.steps.is_empty(), "{setting}: {plan:#?}");
    }
    let bench = Bench::meddled(|_, answer| Meddling::Rewritten(answer.replace("AccountMFAEnabled", "Other")));
    let plan = bench.plan(&settings("root: { mfa: required }")).await;
    assert!(plan.is_incomplete(), "{plan:#?}");
}

#[tokio::test]
async fn an_alias_of_another_account_is_told_and_a_lost_answer_does_no_harm() {
    const TAKEN: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>EntityAlreadyExists</Code><Message>The account alias imaging already exists.</Message></Error></ErrorResponse>";
    let taken = |asked: &str, _: &str| match asked.contains("Action=CreateAccountAlias&") {
        true => Meddling::Refused(TAKEN.to_owned()),
        false => Meddling::None,
    };
    // The request itself has taken effect here: it was our own first attempt.
    let ours = Bench::meddled(taken);
    ours.apply(&settings("alias: imaging")).await;
    let theirs = Bench::meddled(
        move |asked, answer| match asked.contains("Action=ListAccountAliases&") {
            true => Meddling::Rewritten(answer.replace("<member>imaging</member>", "")),
            false => taken(asked, answer),
        },
    );
    let failures = theirs.try_apply(&settings("alias: imaging")).await.failures();
    assert!(
        failures[0].contains("EntityAlreadyExists") && failures[0].contains("already exists"),
        "{failures:?}"
    );
}
