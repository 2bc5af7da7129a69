//! The kind with the real SDK client and a simulated account.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::sync::atomic::{AtomicBool, Ordering};

use crate::kinds::live_testing::{Bench, Meddling, change, summaries};
use crate::plan::Verb;
use crate::sandbox::Options;

const FULL: &str = "
service_linked_roles:
  - spot.amazonaws.com
  - spotfleet.amazonaws.com
  - { service: autoscaling.amazonaws.com, description: For everybody }
  - { service: autoscaling.amazonaws.com, suffix: team }
  - dynamodb.application-autoscaling.amazonaws.com
";

async fn names(bench: &Bench) -> Vec<String> {
    let answer = bench
        .iam()
        .list_roles()
        .path_prefix("/aws-service-role/")
        .send()
        .await
        .unwrap();
    answer.roles().iter().map(|role| role.role_name().to_owned()).collect()
}

async fn by_hand(bench: &Bench, service: &str) {
    bench
        .iam()
        .create_service_linked_role()
        .aws_service_name(service)
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn roles_are_made_and_then_nothing_is_left_to_do() {
    let bench = Bench::new();
    let applied = bench.apply(FULL).await;
    assert_eq!(applied.plan.steps.len(), 5);
    let step = "service_linked_role/autoscaling.amazonaws.com_team: create the service-linked role of autoscaling.amazonaws.com_team";
    assert!(
        summaries(&applied.plan).iter().any(|told| told == step),
        "{:?}",
        summaries(&applied.plan)
    );
    let mut made = names(&bench).await;
    made.sort();
    assert_eq!(
        made,
        [
            "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable",
            "AWSServiceRoleForAutoScaling",
            "AWSServiceRoleForAutoScaling_team",
            "AWSServiceRoleForEC2Spot",
            "AWSServiceRoleForEC2SpotFleet",
        ]
    );
    let role = bench
        .iam()
        .get_role()
        .role_name("AWSServiceRoleForAutoScaling")
        .send()
        .await
        .unwrap();
    assert_eq!(role.role().unwrap().description(), Some("For everybody"));
    // Another description is no difference, and taking lines out takes no role away.
    bench.apply(&FULL.replace("For everybody", "For us")).await;
    bench.apply("service_linked_roles: [spot.amazonaws.com]").await;
    assert_eq!(names(&bench).await.len(), 5);
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
async fn what_aws_has_made_itself_is_as_written_and_stays_unmarked() {
    let bench = Bench::new();
    by_hand(&bench, "spot.amazonaws.com").await;
    let plan = bench
        .plan("service_linked_roles: [{ service: spot.amazonaws.com, description: Ours }]")
        .await;
    let found = change(&plan, "service_linked_role/spot.amazonaws.com");
    assert_eq!(
        (found.verb, found.fields.len(), plan.refusals.len()),
        (Verb::Keep, 0, 0)
    );
    assert!(plan.is_empty());
    let role = bench
        .iam()
        .get_role()
        .role_name("AWSServiceRoleForEC2Spot")
        .send()
        .await
        .unwrap();
    assert!(role.role().unwrap().tags().is_empty());
}

#[tokio::test]
async fn the_first_role_and_one_with_a_suffix_are_two() {
    let bench = Bench::new();
    by_hand(&bench, "autoscaling.amazonaws.com").await;
    let applied = bench
        .apply(
            "service_linked_roles: [autoscaling.amazonaws.com, { service: autoscaling.amazonaws.com, suffix: team }]",
        )
        .await;
    assert_eq!(applied.plan.steps.len(), 1);
}

#[tokio::test]
async fn the_bulk_answer_tells_the_same() {
    let bench = Bench::new();
    let policies: String = (0..12)
        .map(|nth| {
            format!("  p{nth}: {{ document: {{ Statement: [{{ Effect: Allow, Action: 's3:*', Resource: '*' }}] }} }}\n")
        })
        .collect();
    bench.apply(&format!("{FULL}policies:\n{policies}")).await;
}

#[tokio::test]
async fn a_creation_whose_answer_was_lost_is_found_to_be_done() {
    let lost = AtomicBool::new(false);
    let bench = Bench::meddled(move |asked, _| {
        let is_first = asked.contains("Action=CreateServiceLinkedRole&") && !lost.swap(true, Ordering::SeqCst);
        if is_first { Meddling::Lost } else { Meddling::None }
    });
    bench.apply("service_linked_roles: [spot.amazonaws.com]").await;
}

#[tokio::test]
async fn taken_is_believed_only_after_a_look() {
    const TAKEN: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidInput</Code><Message>Service role name AWSServiceRoleForEC2Spot has been taken in this account, please try a different suffix.</Message></Error></ErrorResponse>";
    const NONE: &str = "<ListRolesResponse><ListRolesResult><Roles/><IsTruncated>false</IsTruncated></ListRolesResult></ListRolesResponse>";
    let spot = "service_linked_roles: [spot.amazonaws.com]";
    // The refusal comes although the role is there by now.
    let applied = Bench::refusing("CreateServiceLinkedRole", TAKEN).try_apply(spot).await;
    assert_eq!(applied.failures(), Vec::<String>::new());
    let blind = Bench::meddled(|asked, _| {
        match (
            asked.contains("Action=CreateServiceLinkedRole&"),
            asked.contains("Action=ListRoles&"),
        ) {
            (true, _) => Meddling::Refused(TAKEN.into()),
            (_, true) => Meddling::Rewritten(NONE.into()),
            (false, false) => Meddling::None,
        }
    });
    let failures = blind.try_apply(spot).await.failures();
    assert!(
        failures.len() == 1 && failures[0].contains("has been taken"),
        "{failures:?}"
    );
}

#[tokio::test]
async fn what_aws_refuses_is_told_as_it_is() {
    let bench = Bench::new();
    let applied = bench
        .try_apply("service_linked_roles: [nothing.amazonaws.com, { service: spot.amazonaws.com, suffix: team }]")
        .await;
    let failures = applied.failures();
    assert!(
        failures
            .iter()
            .any(|one| one.contains("nothing.amazonaws.com is not a valid service principal")),
        "{failures:?}"
    );
    assert!(
        failures
            .iter()
            .any(|one| one.contains("leave `suffix` out if this one doesn't")),
        "{failures:?}"
    );
}

#[tokio::test]
async fn what_cant_be_read_is_unknown() {
    const DENIED: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
    let bench = Bench::refusing("ListRoles", DENIED);
    let plan = bench.plan("service_linked_roles: [spot.amazonaws.com]").await;
    assert_eq!(
        change(&plan, "service_linked_role/spot.amazonaws.com").verb,
        Verb::Unknown
    );
    assert!(plan.steps.is_empty());
}

#[tokio::test]
async fn the_account_lists_its_roles() {
    let bench = Bench::new();
    bench.apply(FULL).await;
    let mut listed = bench.listed::<super::ServiceLinkedRole>().await;
    listed.sort();
    assert_eq!(listed.len(), 5);
    assert!(
        listed.contains(&"autoscaling.amazonaws.com_team".to_owned())
            && listed.contains(&"dynamodb.application-autoscaling.amazonaws.com".to_owned()),
        "{listed:?}"
    );
}
