//! The tables are whole, sound and quick.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sha2::Digest;

use super::*;

fn hex(text: &str) -> String {
    let digest = sha2::Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_tables_are_the_ones_that_the_stamp_describes() {
    let stamp = stamp();
    assert_eq!(hex(table::text()), stamp.actions_sha256);
    assert_eq!(hex(&documents::digest_text()), stamp.documents_sha256);
    assert_eq!(services().count(), stamp.services);
    assert_eq!(
        services().map(|service| service.actions.len()).sum::<usize>(),
        stamp.actions
    );
    assert_eq!(ActionSet::all().len(), stamp.actions);
    assert_eq!(ActionSet::all().iter().count(), stamp.actions);
    assert_eq!(
        services().map(|service| service.resources.len()).sum::<usize>(),
        stamp.resource_types
    );
    assert_eq!(
        services().map(|service| service.keys.len()).sum::<usize>(),
        stamp.condition_keys
    );
    assert_eq!(table::keys().len(), stamp.condition_keys);
    assert_eq!(table::principals().len(), stamp.service_principals);
    assert_eq!(managed_documents().count(), stamp.current);
    assert!(stamp.actions > 20_000 && stamp.iam_data_updated.as_str() > "2026-09-01");
}

#[test]
fn all_tables_together_stay_below_700_kilobytes() {
    let sizes = [
        include_bytes!("actions.tsv.gz").len(),
        include_bytes!("managed_policies.tsv.gz").len(),
        include_bytes!("managed_documents.bin").len(),
        include_bytes!("stamp.json").len(),
    ];
    assert!(sizes.iter().sum::<usize>() < 700_000, "{sizes:?}");
}

#[test]
fn indexes_and_orders_are_sound() {
    let mut index = 0;
    for service in services() {
        assert_eq!(service.prefix, service.prefix.to_ascii_lowercase());
        for action in &service.actions {
            assert_eq!(action.index, index, "{}", action.full_name());
            index += 1;
            let found = super::action(&action.full_name().to_ascii_uppercase());
            assert_eq!(found.map(|found| found.index), Some(action.index));
            assert!(ActionSet::of_pattern(&action.full_name()).contains(action));
        }
    }
    assert!(services().is_sorted_by_key(|service| service.prefix));
}

#[test]
fn well_known_actions_are_as_aws_documents_them() {
    let get = action("S3:getobject").unwrap();
    assert_eq!(get.full_name(), "s3:GetObject");
    assert_eq!(get.level, Level::Read);
    assert!(get.resources.iter().any(|target| target.name == "object"));
    assert!(get.takes_key("s3:existingobjecttag/team") && !get.takes_key("s3:prefix"));
    let list = action("s3:ListAllMyBuckets").unwrap();
    assert!(list.is_wildcard_only());
    assert_eq!(list.level, Level::List);
    assert_eq!(
        action("s3:PutBucketPolicy").unwrap().level,
        Level::PermissionsManagement
    );
    assert_eq!(action("ec2:CreateTags").unwrap().level, Level::Tagging);
    assert_eq!(action("iam:PassRole").unwrap().level, Level::Write);
    assert!(action("iam:PassRole").unwrap().takes_key("iam:PassedToService"));
    assert!(
        action("lambda:CreateFunction")
            .unwrap()
            .dependents
            .contains(&"iam:PassRole")
    );
    let bucket = service("s3").unwrap().resource("bucket").unwrap();
    assert_eq!(bucket.arn, "arn:${Partition}:s3:::${BucketName}");
    assert_eq!(service("S3").unwrap().name, "Amazon S3");
    assert_eq!(action("s3:GetBucketEncryption"), None);
    assert_eq!(action("s3GetObject"), None);
    assert_eq!(service(""), None);
}

#[test]
fn arn_forms_have_six_parts_and_whole_variables() {
    for service in services() {
        for resource in &service.resources {
            assert_eq!(resource.arns.first(), Some(&resource.arn));
            for arn in &resource.arns {
                let parts: Vec<&str> = arn.splitn(6, ':').collect();
                assert_eq!(parts.len(), 6, "{arn}");
                assert_eq!(parts.first(), Some(&"arn"), "{arn}");
                assert!(parts.last().is_some_and(|name| !name.is_empty()), "{arn}");
                assert_eq!(arn.matches('{').count(), arn.matches('}').count(), "{arn}");
                assert!(!arn.contains([' ', ',']), "{arn}");
            }
        }
    }
}

#[test]
fn what_actions_refer_to_exists() {
    for action in services().flat_map(|service| &service.actions) {
        assert_eq!(
            action.resource_types().count(),
            action.resources.len(),
            "{}",
            action.full_name()
        );
        for key in &action.keys {
            assert!(condition_key(key).is_some(), "{key}");
        }
        for dependent in &action.dependents {
            assert!(super::action(dependent).is_some(), "{dependent}");
        }
    }
}

#[test]
fn patterns_mean_sets() {
    let of = ActionSet::of_pattern;
    let names = |set: &ActionSet| set.iter().map(Action::full_name).collect::<Vec<_>>();
    assert_eq!(names(&of("s3:listallmy*")), ["s3:ListAllMyBuckets"]);
    assert_eq!(names(&of("S3:?utBucketPolicy")), ["s3:PutBucketPolicy"]);
    assert_eq!(of("*"), ActionSet::all());
    assert_eq!(of("*:*"), ActionSet::all());
    assert_eq!(of("s3:*").len(), service("s3").unwrap().actions.len());
    assert!(of("s3*").len() > of("s3:*").len());
    assert!(of("").is_empty() && of(":").is_empty() && of("s3:").is_empty() && of("s3:zz*").is_empty());
    assert!(of("nonsense:*").is_empty() && of("s3:Gét*").is_empty());
    assert_eq!(ActionSet::of_patterns(["s3:Get*", "s3:*"]), of("s3:*"));
    assert_eq!(of("s3:*").complement().len() + of("s3:*").len(), ActionSet::all().len());
}

/// The meaning of a pattern, name by name.
fn slow(pattern: &str) -> ActionSet {
    let mut set = ActionSet::none();
    for action in services().flat_map(|service| &service.actions) {
        if crate::policy_doc::matches_ignoring_case(pattern, &action.full_name()) {
            set.insert(action);
        }
    }
    set
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn patterns_mean_what_they_match(pattern in "(s3|s?s|sqs|e*|\\*|kms):[GLDgp*?]{0,2}[eit*]?[a-z*?]{0,3}[A-Zk*]?\\*?") {
        prop_assert_eq!(ActionSet::of_pattern(&pattern), slow(&pattern));
    }

    #[test]
    fn sets_obey_the_laws_of_sets(left in "(s3|sqs|ec2):[GLD]?[a-z]?\\*", right in "(s3|sqs|ec2):[GLD]?[a-z]?\\*") {
        let (left, right) = (ActionSet::of_pattern(&left), ActionSet::of_pattern(&right));
        let both = left.intersection(&right);
        prop_assert_eq!(left.union(&right).len() + both.len(), left.len() + right.len());
        prop_assert_eq!(&left.difference(&right).union(&both), &left);
        prop_assert!(both.is_subset(&left) && both.is_subset(&right) && left.is_subset(&left.union(&right)));
        prop_assert_eq!(&left.complement().complement(), &left);
        prop_assert!(left.intersection(&left.complement()).is_empty());
        prop_assert_eq!(left.is_empty(), left.iter().next().is_none());
    }
}

#[test]
fn condition_keys_are_found_with_their_types() {
    let key = |name: &str| condition_key(name).unwrap();
    assert_eq!(key("AWS:requesttag/Team").name, "aws:RequestTag/${TagKey}");
    assert_eq!(key("aws:RequestTag/${TagKey}").name, "aws:RequestTag/${TagKey}");
    assert!(key("aws:tagkeys").is_multivalued && key("aws:CalledVia").is_multivalued);
    assert!(!key("aws:CalledViaFirst").is_multivalued);
    assert_eq!(key("aws:SourceArn").kind, KeyType::Arn);
    assert_eq!(key("aws:SourceIp").kind, KeyType::Ip);
    assert_eq!(key("aws:MultiFactorAuthAge").kind, KeyType::Numeric);
    assert!(key("aws:PrincipalTag/a/b").is_global && key("lambda:SourceFunctionArn").is_global);
    let tag = key("s3:ExistingObjectTag/team");
    assert_eq!((tag.name, tag.is_global), ("s3:ExistingObjectTag/${key}", false));
    assert_eq!(key("iam:PassedToService").kind, KeyType::String);
    assert_eq!(key("s3:max-keys").kind, KeyType::Numeric);
    assert_eq!(key("saml:aud").kind, KeyType::String);
    assert_eq!(key("token.actions.githubusercontent.com:sub").name, "${Provider}:sub");
    assert_eq!(
        key("oidc.eks.eu-central-1.amazonaws.com/id/ABC:sub").name,
        "${Provider}:sub"
    );
    for unknown in [
        "aws:user",
        "aws:RequestTag/",
        "aws:RequestTag",
        "s3:nothing",
        "sub",
        "",
        "host:sub",
        "a.b:nothing",
    ] {
        assert_eq!(condition_key(unknown), None, "{unknown}");
    }
}

#[test]
fn global_keys_are_unique_and_win() {
    let names: BTreeSet<String> = GLOBAL_KEYS.iter().map(|key| key.name.to_ascii_lowercase()).collect();
    assert_eq!(names.len(), GLOBAL_KEYS.len());
    for global in GLOBAL_KEYS {
        assert_eq!(condition_key(global.name), Some(*global));
    }
}

#[test]
fn retired_actions_name_living_replacements() {
    assert_eq!(
        retired("AWS-Portal:viewBilling").unwrap().action,
        "aws-portal:ViewBilling"
    );
    assert_eq!(retired("purchase-orders:ViewPurchaseOrders").unwrap().since, "2023-07");
    assert_eq!(retired("purchase-orders:GetPurchaseOrder"), None);
    assert_eq!(retired("aws-portal:GetConsoleActionSetEnforced"), None);
    for each in retired_actions() {
        assert!(action(each.action).is_some(), "{}", each.action);
        for pattern in each.replacements {
            let meaning = ActionSet::of_pattern(pattern);
            assert!(!meaning.is_empty(), "{pattern}");
            assert!(
                meaning.iter().all(|action| retired(&action.full_name()).is_none()),
                "{pattern}"
            );
        }
    }
}

#[test]
fn misspelt_actions_have_a_meaning() {
    for (written, expected) in [
        ("s3:ListObjects", Some("s3:ListBucket")),
        ("s3:listobjectsv2", Some("s3:ListBucket")),
        ("s3:HeadObject", Some("s3:GetObject")),
        ("s3:GetBucketEncryption", Some("s3:GetEncryptionConfiguration")),
        ("s3:ListBuckets", Some("s3:ListAllMyBuckets")),
        ("s3:GetObjct", Some("s3:GetObject")),
        ("lambda:InvokeFuntion", Some("lambda:InvokeFunction")),
        ("cloudwatchlogs:PutLogEvents", Some("logs:PutLogEvents")),
        ("dynamdb:GetItem", Some("dynamodb:GetItem")),
        ("s3:GetObject", None),
        ("s3:Get*", None),
        ("s3:Xylophone", None),
        ("nothing", None),
        ("", None),
    ] {
        assert_eq!(meant(written).as_deref(), expected, "{written}");
    }
    assert_eq!(meant_prefix("ecs2"), Some("ec2"));
    assert_eq!(meant_prefix("ec2"), None);
    assert_eq!(meant_prefix("qqqqqqqq"), None);
}

#[test]
fn what_is_meant_exists_and_what_was_written_does_not() {
    for (from, to) in meant::operations() {
        assert_eq!(
            action(from).filter(|found| found.name == from.rsplit(':').next().unwrap_or("")),
            None,
            "{from}"
        );
        assert!(action(to).is_some(), "{to}");
    }
    for (from, to) in meant::aliases() {
        assert!(service(from).is_none() && service(to).is_some(), "{from} {to}");
    }
}

#[test]
fn service_principals_are_known_with_regions() {
    for known in [
        "lambda.amazonaws.com",
        "ec2.amazonaws.com",
        "ec2.amazonaws.com.cn",
        "ecs-tasks.amazonaws.com",
        "logs.eu-central-1.amazonaws.com",
        "states.us-gov-west-1.amazonaws.com",
        "delivery.logs.amazonaws.com",
        "edgelambda.amazonaws.com",
        "spotfleet.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
        "malware-protection-plan.guardduty.amazonaws.com",
    ] {
        assert!(is_service_principal(known), "{known}");
    }
    for unknown in [
        "lamda.amazonaws.com",
        "lambda",
        "amazonaws.com",
        ".amazonaws.com",
        "",
        "lambda.amazon.com",
        "lambda.eu-x.amazonaws.com",
    ] {
        assert!(!is_service_principal(unknown), "{unknown}");
    }
}

#[test]
fn escalation_sets_are_of_known_actions_and_minimal() {
    let ids: BTreeSet<&str> = ESCALATIONS.iter().map(|each| each.id).collect();
    assert_eq!(ids.len(), ESCALATIONS.len());
    assert!(ESCALATIONS.len() >= 59);
    let sets: Vec<BTreeSet<&str>> = ESCALATIONS
        .iter()
        .map(|each| each.actions.iter().copied().collect())
        .collect();
    for (number, each) in ESCALATIONS.iter().enumerate() {
        assert!(each.how.starts_with("can ") && !each.how.ends_with('.'), "{}", each.id);
        for action in each.actions {
            assert_eq!(
                super::action(action).map(Action::full_name).as_deref(),
                Some(*action),
                "{}",
                each.id
            );
        }
        // With a passed role there is no need of a thing that has one already, so that such a set may hold a smaller one.
        let others = ESCALATIONS.iter().zip(&sets).enumerate();
        let covered = others
            .filter(|(other, (small, _))| *other != number && small.passes_role() == each.passes_role())
            .find(|(_, (_, set))| set.is_subset(&sets[number]));
        assert_eq!(covered, None, "{} holds another set", each.id);
    }
}

#[test]
fn documents_of_managed_policies_are_policies() {
    for (name, document) in managed_documents() {
        assert_eq!(
            managed_policy(name).map(|known| known.status),
            Some(Status::Current),
            "{name}"
        );
        assert_eq!(managed_document(name), Some(document.json));
        assert!(
            document.version.starts_with('v') && document.updated.len() == 10,
            "{name}"
        );
        let policy = crate::policy_doc::Policy::from_live(document.json);
        assert!(policy.is_ok_and(|policy| policy.document().is_some()), "{name}");
    }
    assert!(managed_document("ReadOnlyAccess").is_some_and(|json| json.contains("s3:Get*")));
    assert_eq!(managed_document("AWSLambdaFullAccess"), None);
    assert_eq!(managed_document(""), None);
}

#[test]
fn below_three_in_a_thousand_actions_of_managed_policies_are_unknown() {
    let (mut all, mut unknown) = (0_usize, BTreeSet::new());
    for (name, document) in managed_documents() {
        if managed_policy(name).is_some_and(|known| known.attachment() == Attachment::ServiceLinkedRole) {
            continue;
        }
        let policy = crate::policy_doc::Policy::from_live(document.json).unwrap();
        for word in policy
            .document()
            .unwrap()
            .statements
            .iter()
            .flat_map(|statement| &statement.action.items)
        {
            all += 1;
            if ActionSet::of_pattern(&word.text).is_empty() {
                unknown.insert((name, word.text.clone()));
            }
        }
    }
    assert!(all > 40_000, "{all}");
    assert!(unknown.len() * 1000 < all * 3, "{} of {all}", unknown.len());
}

#[test]
fn the_first_question_is_answered_soon() {
    let start = std::time::Instant::now();
    assert!(action("s3:GetObject").is_some() && managed_document("ReadOnlyAccess").is_some());
    for _ in 0..100 {
        assert!(!ActionSet::of_pattern("s3:Get*").is_empty());
    }
    // A debug build on a busy machine needs far less; a release build needs about 10 ms.
    assert!(start.elapsed().as_secs() < 3, "{:?}", start.elapsed());
}
