//! The kind with the real SDK client and a simulated account.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_iam::operation::get_open_id_connect_provider::GetOpenIdConnectProviderOutput;
use aws_sdk_iam::types::Tag;

use crate::kinds::live_testing::{Bench, Meddling, change, summaries};
use crate::plan::Verb;
use crate::sandbox::Options;

const URL: &str = "https://token.actions.githubusercontent.com";
const ARN: &str = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
const PRINT: &str = "6938fd4d98bab03faadb97b34396831e3780aea1";

const FULL: &str = "
oidc_providers:
  github:
    url: https://token.actions.githubusercontent.com
    audiences: [sts.amazonaws.com, other]
    thumbprints: [6938fd4d98bab03faadb97b34396831e3780aea1]
    tags: { Team: data }
roles:
  ci: { trust: { federated: github, conditions: { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:x/*' } } } }
";

const BARE: &str = "oidc_providers: { github: { url: 'https://token.actions.githubusercontent.com' } }";

async fn got(bench: &Bench) -> GetOpenIdConnectProviderOutput {
    let request = bench.iam().get_open_id_connect_provider();
    request.open_id_connect_provider_arn(ARN).send().await.unwrap()
}

async fn by_hand(bench: &Bench, audiences: &[&str]) {
    let mut request = bench.iam().create_open_id_connect_provider().url(URL);
    for audience in audiences {
        request = request.client_id_list(*audience);
    }
    request.send().await.unwrap();
}

#[tokio::test]
async fn a_provider_is_made_changed_and_deleted() {
    let bench = Bench::new();
    let applied = bench.apply(FULL).await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "oidc_provider/github: create OIDC provider token.actions.githubusercontent.com",
            "role/ci: create role ci",
        ]
    );
    let made = got(&bench).await;
    assert_eq!(made.url(), Some("token.actions.githubusercontent.com"));
    assert_eq!(made.client_id_list().len(), 2);
    assert_eq!(made.thumbprint_list(), [PRINT]);

    let other = PRINT.replace('6', "7");
    let changed = FULL
        .replace("[sts.amazonaws.com, other]", "[sts.amazonaws.com, third]")
        .replace(PRINT, &other)
        .replace("Team: data", "team: sea");
    let applied = bench.apply(&changed).await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "oidc_provider/github: tag team".to_owned(),
            "oidc_provider/github: untag Team".into(),
            "oidc_provider/github: add audience third".into(),
            format!("oidc_provider/github: set thumbprints {other}"),
            "oidc_provider/github: remove audience other".into(),
        ]
    );
    assert_eq!(got(&bench).await.client_id_list(), ["sts.amazonaws.com", "third"]);

    let refused = bench.plan("absent: { oidc_providers: ['https://token.actions.githubusercontent.com'] }\nroles: { ci: { trust: { federated: $(arn) } } }\nvariables: { arn: { default: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com' } }").await;
    assert_eq!(refused.refusals[0].guard, "in-use", "{:?}", refused.refusals);
    bench.consent(&[], &[], &["mass-change"]);
    let applied = bench
        .apply("absent: { oidc_providers: ['https://token.actions.githubusercontent.com'], roles: [ci] }")
        .await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "role/ci: delete role ci",
            "oidc_provider/https://token.actions.githubusercontent.com: delete OIDC provider token.actions.githubusercontent.com",
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
async fn a_thumbprint_that_aws_has_fetched_is_kept_and_shown() {
    let bench = Bench::new();
    bench.apply(BARE).await;
    let fetched = got(&bench).await.thumbprint_list().to_vec();
    assert_eq!(fetched.len(), 1);
    let request = bench.iam().update_open_id_connect_provider_thumbprint();
    let request = request.open_id_connect_provider_arn(ARN);
    request.thumbprint_list(PRINT).send().await.unwrap();
    let plan = bench.plan(BARE).await;
    let change = change(&plan, "oidc_provider/github");
    let held: Vec<String> = change.held.iter().map(|one| one.path.to_string()).collect();
    assert_eq!((change.verb, held), (Verb::Keep, vec![format!("thumbprints.{PRINT}")]));
    assert!(plan.is_empty());
}

#[tokio::test]
async fn edits_by_hand_are_taken_back() {
    let bench = Bench::new();
    bench.apply(BARE).await;
    let request = bench.iam().add_client_id_to_open_id_connect_provider();
    let request = request.open_id_connect_provider_arn(ARN);
    request.client_id("mallory").send().await.unwrap();
    let request = bench.iam().tag_open_id_connect_provider();
    let tag = Tag::builder().key("who").value("me").build().unwrap();
    let request = request.open_id_connect_provider_arn(ARN);
    request.tags(tag).send().await.unwrap();
    let applied = bench.apply(BARE).await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "oidc_provider/github: remove audience mallory",
            "oidc_provider/github: untag who"
        ]
    );
}

#[tokio::test]
async fn what_others_have_made_needs_the_users_word() {
    let bench = Bench::new();
    by_hand(&bench, &["sts.amazonaws.com"]).await;
    let refused = bench.plan(BARE).await;
    assert_eq!((refused.refusals[0].guard, refused.steps.len()), ("adopt", 0));
    // As it is, it is taken over by its mark alone.
    let as_it_is = BARE.replace("com'", "com', audiences: [sts.amazonaws.com]");
    assert_eq!(
        bench.summaries(&as_it_is).await,
        ["oidc_provider/github: mark as this environment's"]
    );
    bench.consent(&["oidc_provider/github"], &[], &[]);
    let applied = bench.apply(BARE).await;
    assert_eq!(
        summaries(&applied.plan),
        [
            "oidc_provider/github: remove audience sts.amazonaws.com",
            "oidc_provider/github: mark as this environment's"
        ]
    );
}

#[tokio::test]
async fn a_creation_whose_answer_was_lost_is_found_to_be_done() {
    let lost = AtomicBool::new(false);
    let bench = Bench::meddled(move |asked, _| {
        let is_first = asked.contains("Action=CreateOpenIDConnectProvider&") && !lost.swap(true, Ordering::SeqCst);
        if is_first { Meddling::Lost } else { Meddling::None }
    });
    bench.apply(FULL).await;
}

#[tokio::test]
async fn one_that_somebody_else_makes_at_the_same_time_is_not_ours() {
    let bench = Bench::new();
    let (_, objects) = bench.read(BARE).await;
    drop(objects);
    let plan = bench.plan(BARE).await;
    by_hand(&bench, &["theirs"]).await;
    let crate::kinds::AnyAction::OidcProvider { .. } = &plan.steps[0].action else {
        panic!()
    };
    let error = plan.steps[0].action.run(&bench.aws).await.unwrap_err();
    assert!(error.is("EntityAlreadyExists"), "{error}");
}

#[tokio::test]
async fn what_cant_be_read_is_unknown() {
    const DENIED: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
    let bench = Bench::refusing("GetOpenIDConnectProvider", DENIED);
    let plan = bench.plan(BARE).await;
    assert_eq!(change(&plan, "oidc_provider/github").verb, Verb::Unknown);
    assert!(plan.steps.is_empty());
}

#[tokio::test]
async fn the_account_lists_its_providers() {
    let bench = Bench::new();
    by_hand(&bench, &[]).await;
    assert_eq!(bench.listed::<super::OidcProvider>().await, [URL]);
}
