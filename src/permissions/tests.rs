use std::collections::BTreeMap;

use super::*;
use crate::catalogue;
use crate::fields::Fields as _;
use crate::kinds::testing::Desk;
use crate::kinds::{Member, VisitKind};

fn permit(action: &'static str, on: &str) -> Permit {
    Permit::new(action, on)
}

fn values(permits: &[Permit]) -> Vec<serde_json::Value> {
    documents(&permits.iter().cloned().collect())
        .iter()
        .map(Document::to_value)
        .collect()
}

#[test]
fn actions_on_the_same_things_under_the_same_conditions_are_one_statement() {
    let role = "arn:aws:iam::123456789012:role/a";
    let pass = |service| permit("iam:PassRole", role).with("iam:PassedToService", service);
    let made = values(&[
        permit("iam:GetRole", role),
        permit("iam:CreateRole", role),
        pass("lambda.amazonaws.com"),
        pass("events.amazonaws.com"),
    ]);
    assert_eq!(
        made,
        [serde_json::json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": ["iam:CreateRole", "iam:GetRole"], "Resource": role },
            { "Effect": "Allow", "Action": ["iam:PassRole"], "Resource": role, "Condition": { "StringEquals": {
                "iam:PassedToService": ["events.amazonaws.com", "lambda.amazonaws.com"] } } },
        ] })]
    );
}

#[test]
fn a_document_is_never_longer_than_aws_takes_and_nothing_is_lost() {
    let permits: BTreeSet<Permit> = (0..400)
        .map(|number| {
            permit(
                "s3:GetBucketCORS",
                &format!("arn:aws:s3:::a-bucket-with-a-long-name-{number}"),
            )
        })
        .chain((0..400).map(|number| permit("iam:GetRole", &format!("arn:aws:iam::123456789012:role/r-{number}"))))
        .collect();
    let made = documents(&permits);
    assert!(made.len() > 2);
    assert!(made.iter().all(|document| document.size() <= LONGEST));
    let found = made.iter().flat_map(|document| &document.statements);
    let found: usize = found.map(|statement| statement.resources.len()).sum();
    assert_eq!(found, permits.len());
}

#[test]
fn what_is_permitted_freely_needs_no_narrower_word() {
    let role = "arn:aws:iam::123456789012:role/a";
    let narrow = permit("iam:CreateRole", role).with("iam:PermissionsBoundary", "x");
    let all = BTreeSet::from([
        narrow,
        permit("iam:CreateRole", role),
        permit("iam:ListRoles", role),
        permit("iam:ListRoles", "*"),
    ]);
    let left: Vec<String> = covered_once(all)
        .iter()
        .map(|one| format!("{} {} {}", one.action, one.on, one.with.len()))
        .collect();
    assert_eq!(
        left,
        [format!("iam:CreateRole {role} 0"), "iam:ListRoles * 0".to_owned()]
    );
}

const EVERYTHING: &str = include_str!("../../environment.example.yaml");

/// The example, without its header.
fn example() -> (Environment, Home, Region) {
    let desk = Desk::new();
    let at = EVERYTHING.find("\npolicies:").unwrap();
    let text = EVERYTHING[at..].replace("$(bucket)", "example-readings");
    desk.write(
        "examples/src/nightly_summary/handler.py",
        "def handler(event, context): pass\n",
    );
    let environment = desk.environment(&text);
    (
        environment,
        crate::kinds::testing::home(),
        Region::parse(crate::kinds::testing::REGION).unwrap(),
    )
}

#[test]
fn every_permission_is_one_that_aws_has_and_takes_a_resource_where_aws_does() {
    let (environment, home, region) = example();
    assert!(!environment.objects.is_empty());
    let extras = Extras {
        prune: true,
        unmanaged: KindName::ALL.iter().copied().collect(),
        who: true,
        bulk: true,
        ..Extras::default()
    };
    let mut permits = needed(Run::Apply, &environment, &extras, &home, &region);
    permits.extend(needed(Run::Drift, &environment, &extras, &home, &region));
    assert!(permits.len() > 100, "{}", permits.len());
    for Permit { action, on, with } in &permits {
        let known = catalogue::action(action).unwrap_or_else(|| panic!("AWS has no {action}"));
        if known.is_wildcard_only() {
            assert_eq!(on, "*", "{action} takes no resource");
        }
        for key in with.keys() {
            let takes = known.takes_key(key) || with.contains_key("iam:PassedToService");
            assert!(takes, "{action} has no condition key {key}");
        }
    }
}

/// Fields that nothing changes in place, and those that stand for what other things do.
const UNCHANGED: [&str; 3] = ["region", "url", "objects"];

#[test]
fn a_strange_state_differs_in_every_field_that_can_be_changed() {
    struct Strange;
    impl VisitKind for Strange {
        type Out = (&'static str, Vec<&'static str>);
        fn visit<K: Member>(self) -> Self::Out {
            (K::NAME, unmoved::<K>())
        }
    }
    let silent: BTreeMap<_, _> = KindName::ALL.iter().map(|kind| kind.visit(Strange)).collect();
    let silent: BTreeMap<_, _> = silent.into_iter().filter(|(_, fields)| !fields.is_empty()).collect();
    // One call sets these together with one that does differ, or nothing sets them at all.
    let known = BTreeMap::from([
        (
            "account",
            vec![
                "require_symbols",
                "require_numbers",
                "require_uppercase",
                "require_lowercase",
                "allow_users_to_change",
                "max_age_days",
                "reuse_prevention",
                "hard_expiry",
                "mfa",
                "access_keys",
            ],
        ),
        ("bucket", vec!["notifications"]),
        ("bucket_policy", vec!["absent"]),
        (
            "lambda",
            vec![
                "runtime",
                "handler",
                "environment",
                "kms_key",
                "layers",
                "dead_letter",
                "vpc",
            ],
        ),
        ("policy", vec!["description"]),
        ("rule", vec!["schedule", "pattern", "role"]),
        ("service_linked_role", vec!["description"]),
    ]);
    assert_eq!(silent, known);
}

/// The fields of a kind in which none of its strange states differ from one another or from a state with nothing in it.
fn unmoved<K: Member>() -> Vec<&'static str> {
    let home = crate::kinds::testing::home();
    let mut moved: BTreeSet<&'static str> = BTreeSet::new();
    for name in [K::STAND_IN, "alias", "password_policy", "root"] {
        let declared = gather::declared(name, &Region::parse("us-east-1").unwrap());
        let Ok(id) = K::identify(&declared) else { continue };
        let others = K::otherwise(&id, None, &home);
        for one in &others {
            moved.extend(one.state.present().iter().map(|path| path.field));
            for other in &others {
                moved.extend(one.state.apart(&other.state).iter().map(|path| path.field));
            }
        }
    }
    let names = <K::State as crate::fields::Fields>::NAMES.iter().copied();
    names
        .filter(|name| !moved.contains(name) && !UNCHANGED.contains(name))
        .collect()
}

#[test]
fn bringing_a_strange_thing_back_takes_every_call_that_its_kind_can_make() {
    let (environment, home, region) = example();
    let extras = Extras {
        prune: true,
        ..Extras::default()
    };
    let permits = needed(Run::Apply, &environment, &extras, &home, &region);
    let actions: BTreeSet<&str> = permits.iter().map(|permit| permit.action).collect();
    for action in [
        "iam:CreateRole",
        "iam:DeleteRole",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:AttachRolePolicy",
        "iam:DetachRolePolicy",
        "iam:PassRole",
        "iam:DeactivateMFADevice",
        "iam:DeleteVirtualMFADevice",
        "iam:DeletePolicyVersion",
        "iam:SetDefaultPolicyVersion",
        "s3:DeleteBucket",
        "lambda:DeleteFunction",
        "events:RemoveTargets",
        "events:DeleteEventBus",
        "iam:DeleteOpenIDConnectProvider",
        "lambda:TagResource",
        "s3:TagResource",
    ] {
        assert!(actions.contains(action), "{action}");
    }
    for never in ["s3:DeleteObjectVersion", "iam:DeleteServiceLinkedRole"] {
        assert!(!actions.contains(never), "{never}");
    }
}
