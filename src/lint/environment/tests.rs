//! Each rule with what it finds and what nearly looks like it.

use super::*;
use crate::lint::Source;
use crate::policy_doc::{Policy, parse_json};
use crate::spec::source::Sources;

const ACCOUNT: &str = "123456789012";

fn parsed(json: &str, flavour: Flavour) -> Written<'static> {
    let whole = match json.trim_start().starts_with("{\"Version") {
        true => json.to_owned(),
        false => format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{json}]}}"),
    };
    let file = Sources::default().add("test.json", whole.as_str());
    let node = parse_json(&whole, file).unwrap_or_else(|fault| panic!("{}: {whole}", fault.message));
    let mut findings = Vec::new();
    let policy = Policy::from_node(&node, flavour, &mut findings).unwrap_or_else(|| panic!("{findings:?}: {whole}"));
    let document = Box::leak(Box::new(policy.document().unwrap().clone()));
    Written {
        flavour,
        document,
        span: node.span,
    }
}

fn thing(address: &str, documents: &[(Flavour, &str)]) -> Thing<'static> {
    let (kind, name) = address.split_once('/').unwrap();
    let arn = match kind {
        "lambda" => format!("arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{name}"),
        "rule" => format!("arn:aws:events:eu-west-1:{ACCOUNT}:rule/{name}"),
        "bucket" => format!("arn:aws:s3:::{name}"),
        _ => format!("arn:aws:iam::{ACCOUNT}:{address}"),
    };
    let kind = ["policy", "role", "user", "group", "lambda", "rule", "bucket"]
        .into_iter()
        .find(|known| *known == kind);
    Thing {
        address: address.to_owned(),
        kind: kind.unwrap(),
        arn,
        documents: documents.iter().map(|(flavour, json)| parsed(json, *flavour)).collect(),
        ..Thing::default()
    }
}

fn identity(address: &str, json: &str) -> Thing<'static> {
    thing(address, &[(Flavour::Identity, json)])
}

impl Thing<'_> {
    fn with(mut self, managed: &str) -> Self {
        let arn = match managed.starts_with("arn:") {
            true => managed.to_owned(),
            false => format!("arn:aws:iam::aws:policy/{managed}"),
        };
        self.managed.push((arn, None));
        self
    }

    fn within(mut self, boundary: &str) -> Self {
        self.boundary = Some(boundary.to_owned());
        self
    }

    fn naming(mut self, arn: &str) -> Self {
        self.names.push(arn.to_owned());
        self
    }
}

fn file(things: Vec<Thing<'static>>) -> Vec<Told> {
    environment(&Whole {
        account: Some(ACCOUNT.to_owned()),
        partition: "aws".to_owned(),
        things,
        ..Whole::default()
    })
}

fn of<'t>(told: &'t [Told], id: &str) -> Vec<(&'t str, &'t Finding)> {
    let chosen = told.iter().filter(|one| one.finding.code == id);
    chosen
        .map(|one| (one.address.as_deref().unwrap_or(""), &one.finding))
        .collect()
}

/// The addresses of what a rule finds in one policy.
fn hits(id: &str, statements: &str) -> Vec<Finding> {
    let told = file(vec![identity("policy/p", statements)]);
    of(&told, id).into_iter().map(|(_, finding)| finding.clone()).collect()
}

fn allow(actions: &str, resources: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": {actions}, "Resource": {resources}}}"#)
}

const TRUST_LAMBDA: &str =
    r#"{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}"#;
const TRUST_EC2: &str =
    r#"{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}"#;

mod p206 {
    use super::*;

    const RUN: &str = r#"["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]"#;

    #[test]
    fn a_set_in_one_policy_is_told_at_the_policy() {
        let policy = identity("policy/deploy", &allow(RUN, r#""*""#));
        let arn = policy.arn.clone();
        let told = file(vec![policy, thing("role/ci", &[]).with(&arn)]);
        let found = of(&told, "P206");
        assert_eq!(found.len(), 1, "{found:?}");
        let (address, finding) = found[0];
        assert_eq!((address, finding.severity), ("policy/deploy", Severity::Security));
        assert!(finding.message.contains("`lambda:InvokeFunction`"), "{finding:?}");
        assert!(finding.span.is_some() && finding.help.is_some());
    }

    #[test]
    fn a_set_that_comes_together_at_a_principal_is_told_there() {
        let pass = identity("policy/pass", &allow(r#""iam:PassRole""#, r#""*""#));
        let group = identity(
            "group/builders",
            &allow(r#"["lambda:CreateFunction", "lambda:InvokeFunction"]"#, r#""*""#),
        );
        let user = thing("user/erika", &[]).with(&pass.arn).naming(&group.arn);
        let told = file(vec![pass, group, user]);
        let found = of(&told, "P206");
        assert_eq!(
            found.iter().map(|(address, _)| *address).collect::<Vec<_>>(),
            ["user/erika"]
        );
    }

    #[test]
    fn documents_of_aws_count() {
        let role = identity("role/ci", &allow(r#""iam:PassRole""#, r#""*""#)).with("AWSLambda_FullAccess");
        assert_eq!(of(&file(vec![role]), "P206").len(), 1);
        let narrow = r#""arn:aws:iam::123456789012:role/worker""#;
        let role = identity("role/ci", &allow(r#""iam:PassRole""#, narrow)).with("AWSLambda_FullAccess");
        // What AWS's own policy may pass to Lambda is every role.
        assert_eq!(of(&file(vec![role]), "P206").len(), 1);
        let role = thing("role/ci", &[]).with("AdministratorAccess");
        assert_eq!(of(&file(vec![role]), "P206").len(), 0);
    }

    #[test]
    fn named_roles_make_it_lighter() {
        let statements = format!(
            "{}, {}",
            allow(
                r#"["lambda:CreateFunction", "lambda:AddPermission"]"#,
                r#""arn:aws:lambda:eu-west-1:123456789012:function:worker""#
            ),
            allow(r#""iam:PassRole""#, r#""arn:aws:iam::123456789012:role/worker""#)
        );
        let found = hits("P206", &statements);
        assert_eq!(
            found.iter().map(|one| one.severity).collect::<Vec<_>>(),
            [Severity::Info]
        );
        assert!(found[0].label.contains("role/worker"), "{found:?}");
    }

    #[test]
    fn less_than_a_set_is_silent() {
        for (actions, resources) in [
            (r#""iam:PassRole""#, r#""*""#),
            (r#"["lambda:CreateFunction", "lambda:InvokeFunction"]"#, r#""*""#),
            (
                r#""lambda:UpdateFunctionCode""#,
                r#""arn:aws:lambda:eu-west-1:123456789012:function:worker""#,
            ),
            (r#""iam:CreateAccessKey""#, r#""arn:aws:iam::*:user/${aws:username}""#),
            (r#""lambda:UpdateFunctionCode""#, r#""arn:aws:s3:::b/*""#),
        ] {
            assert_eq!(hits("P206", &allow(actions, resources)), [], "{actions} {resources}");
        }
    }

    #[test]
    fn every_resource_of_the_type_is_wide() {
        for resources in [
            r#""*""#,
            r#""arn:aws:lambda:*:*:function:*""#,
            r#"["arn:aws:s3:::b", "arn:aws:lambda:eu-west-1:123456789012:*"]"#,
        ] {
            assert_eq!(
                hits("P206", &allow(r#""lambda:UpdateFunctionCode""#, resources)).len(),
                1,
                "{resources}"
            );
        }
    }

    #[test]
    fn denials_and_boundaries_take_it_away() {
        let denied = format!(
            "{}, {}",
            allow(RUN, r#""*""#),
            r#"{"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"}"#
        );
        assert_eq!(hits("P206", &denied), []);
        let partly = format!(
            "{}, {}",
            allow(RUN, r#""*""#),
            r#"{"Effect": "Deny", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/admin"}"#
        );
        assert_eq!(hits("P206", &partly).len(), 1);
        let boundary = identity("policy/limit", &allow(r#""lambda:*""#, r#""*""#));
        let role = identity("role/ci", &allow(RUN, r#""*""#)).within(&boundary.arn);
        let told = file(vec![boundary, role]);
        let found = of(&told, "P206");
        // What lambda alone gives is left.
        assert!(
            found.iter().all(|(_, finding)| !finding.message.contains("PassRole")),
            "{found:?}"
        );
    }

    #[test]
    fn a_role_that_goes_to_another_service_is_silent() {
        let with = |service: &str| {
            format!(
                r#"{}, {{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {{"StringEquals": {{"iam:PassedToService": "{service}"}}}}}}"#,
                allow(r#"["lambda:CreateFunction", "lambda:InvokeFunction"]"#, r#""*""#)
            )
        };
        assert_eq!(hits("P206", &with("ec2.amazonaws.com")), []);
        assert_eq!(hits("P206", &with("lambda.amazonaws.com")).len(), 1);
    }

    #[test]
    fn rights_over_oneself_count_where_they_change_rights() {
        let own = |action: &str| {
            let role = identity("role/ci", &allow(action, r#""arn:aws:iam::123456789012:role/ci""#));
            of(&file(vec![role]), "P206").len()
        };
        assert_eq!(own(r#""iam:PutRolePolicy""#), 1);
        assert_eq!(own(r#""iam:UpdateAssumeRolePolicy""#), 0);
        let other = identity(
            "role/ci",
            &allow(r#""iam:PutRolePolicy""#, r#""arn:aws:iam::123456789012:role/worker""#),
        );
        assert_eq!(of(&file(vec![other]), "P206").len(), 0);
    }

    #[test]
    fn a_boundary_gives_nothing() {
        let boundary = identity("policy/limit", &allow(RUN, r#""*""#));
        let role = identity("role/ci", &allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/*""#)).within(&boundary.arn);
        assert_eq!(of(&file(vec![boundary, role]), "P206").len(), 0);
    }
}

mod p214 {
    use super::*;

    #[test]
    fn strangers_are_told_once_for_each_resource() {
        let statement = allow(
            r#""sqs:SendMessage""#,
            r#"["arn:aws:sqs:eu-west-1:851065145468:a", "arn:aws:sqs:eu-west-1:851065145468:b"]"#,
        );
        let found = hits("P214", &statement);
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("851065145468") && found[0].span.is_some());
        let trust = r#"{"Effect": "Allow", "Principal": {"AWS": "210987654321"}, "Action": "sts:AssumeRole"}"#;
        assert_eq!(
            of(&file(vec![thing("role/r", &[(Flavour::Trust, trust)])]), "P214").len(),
            1
        );
        let attached = thing("role/r", &[]).with("arn:aws:iam::210987654321:policy/p");
        assert_eq!(of(&file(vec![attached]), "P214").len(), 1);
        let condition = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceAccount": "210987654321"}}}"#;
        assert_eq!(hits("P214", condition).len(), 1);
    }

    #[test]
    fn own_and_declared_accounts_are_not() {
        assert_eq!(
            hits(
                "P214",
                &allow(r#""sqs:SendMessage""#, r#""arn:aws:sqs:eu-west-1:123456789012:a""#)
            ),
            []
        );
        assert_eq!(
            hits(
                "P214",
                &allow(r#""s3:GetObject""#, r#""arn:aws:s3:::logs-851065145468/*""#)
            ),
            []
        );
        let elb = r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::127311923021:root"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}"#;
        assert_eq!(
            of(&file(vec![thing("bucket/b", &[(Flavour::Resource, elb)])]), "P214").len(),
            0
        );
        let things = || {
            vec![identity(
                "policy/p",
                &allow(r#""sqs:SendMessage""#, r#""arn:aws:sqs:eu-west-1:210987654321:a""#),
            )]
        };
        let declared = Whole {
            account: Some(ACCOUNT.to_owned()),
            accounts: BTreeSet::from(["210987654321".to_owned()]),
            things: things(),
            ..Whole::default()
        };
        assert_eq!(of(&environment(&declared), "P214").len(), 0);
        let unpinned = Whole {
            things: things(),
            ..Whole::default()
        };
        assert_eq!(of(&environment(&unpinned), "P214").len(), 0);
    }
}

mod p215 {
    use super::*;

    #[test]
    fn full_access_on_a_role_of_a_service() {
        let told = file(vec![
            thing("role/worker", &[(Flavour::Trust, TRUST_LAMBDA)]).with("AmazonS3FullAccess"),
        ]);
        let found = of(&told, "P215");
        assert_eq!(found.len(), 1);
        assert!(found[0].1.help.as_deref().unwrap().contains("AmazonS3ReadOnlyAccess"));
        for (trust, managed) in [
            (TRUST_LAMBDA, "AmazonS3ReadOnlyAccess"),
            (TRUST_LAMBDA, "service-role/AWSLambdaBasicExecutionRole"),
        ] {
            assert_eq!(
                of(
                    &file(vec![thing("role/worker", &[(Flavour::Trust, trust)]).with(managed)]),
                    "P215"
                )
                .len(),
                0
            );
        }
        let people = r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}"#;
        let role = thing("role/people", &[(Flavour::Trust, people)]).with("AmazonS3FullAccess");
        assert_eq!(
            of(
                &file(vec![role, thing("user/erika", &[]).with("AmazonS3FullAccess")]),
                "P215"
            )
            .len(),
            0
        );
    }
}

mod p301 {
    use super::*;

    const READ: &str =
        r#"{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#;

    fn with_deny(deny: &str) -> usize {
        hits("P301", &format!("{READ}, {deny}")).len()
    }

    #[test]
    fn what_a_denial_covers_has_no_effect() {
        let found = hits(
            "P301",
            &format!("{READ}, {}", r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}"#),
        );
        assert_eq!(found.len(), 1);
        assert!(
            found[0].message.contains("`Read`") && found[0].related.len() == 1,
            "{found:?}"
        );
        assert_eq!(
            with_deny(r#"{"Effect": "Deny", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b*"}"#),
            1
        );
        assert_eq!(
            with_deny(r#"{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}"#),
            1
        );
        assert_eq!(
            with_deny(r#"{"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::c/*"}"#),
            1
        );
    }

    #[test]
    fn what_is_denied_partly_has() {
        for deny in [
            r#"{"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}"#,
            r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/secret/*"}"#,
            r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#,
            r#"{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}"#,
            r#"{"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"}"#,
            r#"{"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::${aws:username}/*"}"#,
        ] {
            assert_eq!(with_deny(deny), 0, "{deny}");
        }
    }

    #[test]
    fn denials_of_other_policies_count_where_all_holders_have_them() {
        let read = identity("policy/read", READ);
        let deny = identity(
            "policy/deny",
            r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}"#,
        );
        let one = || thing("user/one", &[]).with(&read.arn).with(&deny.arn);
        let two = || thing("user/two", &[]).with(&read.arn);
        let count = |users: Vec<Thing<'static>>| {
            let policies = vec![
                identity("policy/read", READ),
                identity(
                    "policy/deny",
                    r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}"#,
                ),
            ];
            of(&file(policies.into_iter().chain(users).collect()), "P301").len()
        };
        assert_eq!(count(vec![one()]), 1);
        assert_eq!(count(vec![one(), two()]), 0);
        assert_eq!(count(vec![]), 0);
    }

    #[test]
    fn what_the_boundary_leaves_out_has_no_effect() {
        let count = |boundary: &str| {
            let limit = identity("policy/limit", boundary);
            let user = identity("user/erika", READ).within(&limit.arn);
            of(&file(vec![limit, user]), "P301").len()
        };
        assert_eq!(count(&allow(r#""ec2:*""#, r#""*""#)), 1);
        assert_eq!(count(&allow(r#""s3:*""#, r#""arn:aws:s3:::other/*""#)), 1);
        assert_eq!(count(&allow(r#""s3:*""#, r#""arn:aws:s3:::b/public/*""#)), 0);
        let user = identity("user/erika", READ).within("arn:aws:iam::123456789012:policy/elsewhere");
        assert_eq!(of(&file(vec![user]), "P301").len(), 0);
    }

    #[test]
    fn in_a_bucket_policy_only_denials_for_everyone_count() {
        let count = |principal: &str| {
            let allow = r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#;
            let deny = format!(
                r#"{{"Effect": "Deny", "Principal": {principal}, "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}}"#
            );
            let bucket = thing("bucket/b", &[(Flavour::Resource, &format!("{allow}, {deny}"))]);
            of(&file(vec![bucket]), "P301").len()
        };
        assert_eq!(count(r#""*""#), 1);
        assert_eq!(count(r#"{"AWS": "arn:aws:iam::123456789012:user/erika"}"#), 0);
    }
}

mod p302 {
    use super::*;

    #[test]
    fn items_that_another_one_holds() {
        for (actions, resources, count) in [
            (r#"["s3:GetObject", "s3:Get*"]"#, r#""*""#, 1),
            (r#"["s3:GetObject", "s3:getobject"]"#, r#""*""#, 1),
            (r#"["s3:GetObject", "s3:PutObject"]"#, r#""*""#, 0),
            (r#"["s3:Get*", "s3:*Object"]"#, r#""*""#, 0),
            (r#""s3:GetObject""#, r#"["arn:aws:s3:::b/*", "arn:aws:s3:::b/a/*"]"#, 1),
            (r#""s3:GetObject""#, r#"["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#, 0),
            (r#""s3:GetObject""#, r#"["arn:aws:s3:::b/*", "*"]"#, 1),
        ] {
            assert_eq!(
                hits("P302", &allow(actions, resources)).len(),
                count,
                "{actions} {resources}"
            );
        }
    }

    #[test]
    fn actions_and_statements_that_another_statement_holds() {
        let console = r#"{"Effect": "Allow", "Action": ["iam:ListPolicies", "iam:ListMFADevices"], "Resource": "*"}"#;
        let own = r#"{"Effect": "Allow", "Action": ["iam:EnableMFADevice", "iam:ListMFADevices"], "Resource": "arn:aws:iam::*:user/${aws:username}"}"#;
        let found = hits("P302", &format!("{console}, {own}"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].message.contains("`iam:ListMFADevices`") && found[0].related.len() == 1);
        let found = hits(
            "P302",
            &format!(
                "{}, {}",
                allow(r#""s3:*""#, r#""*""#),
                allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/*""#)
            ),
        );
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("says nothing"), "{found:?}");
        assert_eq!(
            hits(
                "P302",
                &format!(
                    "{}, {}",
                    allow(r#""s3:GetObject""#, r#""*""#),
                    allow(r#""s3:GetObject""#, r#""*""#)
                )
            )
            .len(),
            1
        );
    }

    #[test]
    fn other_circumstances_and_effects_are_not_the_same() {
        let guarded = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}"#;
        let read = allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/*""#);
        assert_eq!(hits("P302", &format!("{guarded}, {read}")), []);
        let deny = r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}"#;
        assert_eq!(hits("P302", &format!("{deny}, {read}")), []);
        let more = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:PrincipalAccount": "123456789012"}}}"#;
        assert_eq!(hits("P302", &format!("{guarded}, {more}")).len(), 1);
        let region = |values: &str| {
            format!(
                r#"{{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {{"StringEquals": {{"aws:RequestedRegion": {values}}}}}}}"#
            )
        };
        assert_eq!(
            hits(
                "P302",
                &format!(
                    "{}, {}",
                    region(r#"["eu-west-1", "eu-west-2"]"#),
                    region(r#""eu-west-1""#)
                )
            )
            .len(),
            1
        );
        let not = |values: &str| {
            format!(
                r#"{{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {{"StringNotEquals": {{"aws:RequestedRegion": {values}}}}}}}"#
            )
        };
        let found = hits(
            "P302",
            &format!("{}, {}", not(r#"["eu-west-1", "eu-west-2"]"#), not(r#""eu-west-1""#)),
        );
        assert_eq!(found.len(), 1);
    }
}

mod p303 {
    use super::*;

    fn guarded(effect: &str, action: &str, operator: &str, region: &str) -> String {
        format!(
            r#"{{"Effect": "{effect}", {action}, "Resource": "*", "Condition": {{"{operator}": {{"aws:RequestedRegion": {region}}}}}}}"#
        )
    }

    #[test]
    fn global_services_in_a_region() {
        for (statement, count) in [
            (
                guarded(
                    "Allow",
                    r#""Action": "route53:ListHostedZones""#,
                    "StringEquals",
                    r#""eu-west-1""#,
                ),
                1,
            ),
            (
                guarded("Allow", r#""Action": "*""#, "StringEquals", r#""ap-southeast-2""#),
                1,
            ),
            (
                guarded(
                    "Allow",
                    r#""Action": "s3:ListAllMyBuckets""#,
                    "StringEquals",
                    r#""ap-southeast-2""#,
                ),
                1,
            ),
            (guarded("Allow", r#""Action": "iam:*""#, "StringLike", r#""eu-*""#), 1),
            (
                guarded("Deny", r#""Action": "*""#, "StringNotEquals", r#"["eu-west-1"]"#),
                1,
            ),
            (
                guarded(
                    "Allow",
                    r#""Action": "iam:*""#,
                    "StringEquals",
                    r#"["eu-west-1", "us-east-1"]"#,
                ),
                0,
            ),
            (guarded("Allow", r#""Action": "iam:*""#, "StringLike", r#""us-*""#), 0),
            (
                guarded("Allow", r#""Action": "ec2:*""#, "StringEquals", r#""eu-west-1""#),
                0,
            ),
            (
                guarded(
                    "Deny",
                    r#""Action": "*""#,
                    "StringNotEquals",
                    r#"["eu-west-1", "us-east-1"]"#,
                ),
                0,
            ),
            (guarded("Deny", r#""Action": "*""#, "StringEquals", r#""eu-west-1""#), 0),
            (
                guarded("Deny", r#""Action": "ec2:*""#, "StringNotEquals", r#""eu-west-1""#),
                0,
            ),
        ] {
            assert_eq!(hits("P303", &statement).len(), count, "{statement}");
        }
    }

    #[test]
    fn what_another_statement_allows_at_home_is_not_missed() {
        let here = guarded("Allow", r#""Action": "*""#, "StringEquals", r#""ap-southeast-2""#);
        let home = guarded("Allow", r#""Action": "iam:*""#, "StringEquals", r#""us-east-1""#);
        let found = hits("P303", &format!("{here}, {home}"));
        assert_eq!(found.len(), 1);
        assert!(
            found[0].message.contains("route53") && !found[0].message.contains("iam"),
            "{found:?}"
        );
        let all = guarded("Allow", r#""Action": "*""#, "StringEquals", r#""us-east-1""#);
        assert_eq!(hits("P303", &format!("{here}, {all}")), []);
    }

    #[test]
    fn other_partitions_have_other_homes() {
        let whole = Whole {
            partition: "aws-cn".to_owned(),
            things: vec![identity(
                "policy/p",
                &guarded("Allow", r#""Action": "iam:*""#, "StringEquals", r#""cn-north-1""#),
            )],
            ..Whole::default()
        };
        assert_eq!(of(&environment(&whole), "P303").len(), 0);
    }
}

mod p304 {
    use super::*;

    #[test]
    fn listing_needs_the_bucket() {
        let objects = r#""arn:aws:s3:::b/*""#;
        let found = hits("P304", &allow(r#""s3:*""#, objects));
        assert_eq!(found.len(), 1);
        assert!(
            found[0].label.contains("`arn:aws:s3:::b`") && found[0].severity == Severity::Warning,
            "{found:?}"
        );
        assert_eq!(hits("P304", &allow(r#""s3:List*""#, objects)).len(), 1);
        assert_eq!(hits("P304", &allow(r#""s3:GetObject""#, objects)), []);
        assert_eq!(hits("P304", &allow(r#""s3:Get*""#, objects)), []);
        assert_eq!(
            hits("P304", &allow(r#""s3:*""#, r#"["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#)),
            []
        );
        assert_eq!(hits("P304", &allow(r#""s3:*""#, r#""arn:aws:s3:::b*""#)), []);
        assert_eq!(
            hits(
                "P304",
                &format!(
                    "{}, {}",
                    allow(r#""s3:*""#, objects),
                    allow(r#""s3:ListBucket""#, r#""arn:aws:s3:::b""#)
                )
            ),
            []
        );
        assert_eq!(
            hits(
                "P304",
                &format!(
                    "{}, {}",
                    allow(r#""s3:*""#, objects),
                    allow(r#""s3:ListBucket""#, r#""arn:aws:s3:::c""#)
                )
            )
            .len(),
            1
        );
        let policy = r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}"#;
        assert_eq!(
            of(&file(vec![thing("bucket/b", &[(Flavour::Resource, policy)])]), "P304").len(),
            1
        );
    }

    #[test]
    fn halves_are_told_lightly_and_only_if_nobody_completes_them() {
        let put = allow(r#""logs:PutLogEvents""#, r#""*""#);
        let found = hits("P304", &put);
        assert_eq!(
            found.iter().map(|one| one.severity).collect::<Vec<_>>(),
            [Severity::Info]
        );
        assert_eq!(
            hits(
                "P304",
                &allow(r#"["logs:PutLogEvents", "logs:CreateLogStream"]"#, r#""*""#)
            ),
            []
        );
        let policy = identity("policy/p", &put);
        let role = thing("role/r", &[])
            .with(&policy.arn)
            .with("service-role/AWSLambdaBasicExecutionRole");
        assert_eq!(of(&file(vec![policy, role]), "P304").len(), 0);
    }
}

mod p305 {
    use super::*;

    fn found(resource: &str) -> Vec<String> {
        let role = identity(
            "role/LambdaProgressMonitorRole",
            &allow(r#""logs:PutLogEvents""#, &format!("\"{resource}\"")),
        );
        let told = file(vec![
            role,
            thing("lambda/ProgressMonitor", &[]),
            thing("lambda/DisableUploadMonitorRule", &[]),
            thing("rule/UploadMonitorRule", &[]),
        ]);
        of(&told, "P305")
            .into_iter()
            .map(|(_, finding)| format!("{} {}", finding.message, finding.label))
            .collect()
    }

    #[test]
    fn the_name_of_the_role_is_not_that_of_the_function() {
        let told = found("arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/LambdaProgressMonitorRole*");
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("role/LambdaProgressMonitorRole"), "{told:?}");
        assert_eq!(
            found("arn:aws:logs:*:*:log-group:/aws/lambda/progressMonitor:*").len(),
            1
        );
        assert_eq!(
            found("arn:aws:lambda:eu-west-1:123456789012:function:ProgresMonitor").len(),
            1
        );
        assert_eq!(
            found("arn:aws:events:eu-west-1:123456789012:rule/UploadMonitorRules").len(),
            1
        );
    }

    #[test]
    fn fitting_names_and_strangers_are_silent() {
        for resource in [
            "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/ProgressMonitor:*",
            "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/Progress*",
            "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/*",
            "arn:aws:logs:eu-west-1:123456789012:log-group:*",
            "arn:aws:logs:eu-west-1:210987654321:log-group:/aws/lambda/LambdaProgressMonitorRole",
            "arn:aws:lambda:eu-west-1:123456789012:function:SomethingElse",
            "arn:aws:lambda:eu-west-1:123456789012:function:ProgressMonitor:live",
            "arn:aws:events:eu-west-1:123456789012:rule/UploadMonitorRule*",
            "arn:aws:events:eu-west-1:123456789012:rule/bus/UploadMonitorRule",
            "arn:aws:iam::123456789012:user/LambdaProgressMonitorRole",
            "*",
        ] {
            assert_eq!(found(resource), Vec::<String>::new(), "{resource}");
        }
    }
}

mod p306 {
    use super::*;

    fn count(trust: &str, user: &str) -> usize {
        let role = thing("role/worker", &[(Flavour::Trust, trust)]);
        let user = thing(user, &[]).naming(&role.arn);
        of(&file(vec![role, user]), "P306").len()
    }

    #[test]
    fn what_uses_a_role_must_be_trusted() {
        assert_eq!(count(TRUST_EC2, "lambda/monitor"), 1);
        assert_eq!(count(TRUST_LAMBDA, "lambda/monitor"), 0);
        assert_eq!(count(TRUST_LAMBDA, "rule/tick"), 1);
        assert_eq!(count(TRUST_LAMBDA, "user/erika"), 0);
        let both = r#"{"Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}, "Action": "sts:AssumeRole"}"#;
        assert_eq!(count(both, "lambda/monitor"), 0);
        let lambda = thing("lambda/monitor", &[]).naming("arn:aws:iam::123456789012:role/elsewhere");
        assert_eq!(of(&file(vec![lambda]), "P306").len(), 0);
    }

    #[test]
    fn what_is_made_for_another_service_is_told() {
        let role =
            |trust| thing("role/worker", &[(Flavour::Trust, trust)]).with("service-role/AWSLambdaBasicExecutionRole");
        assert_eq!(of(&file(vec![role(TRUST_EC2)]), "P306").len(), 1);
        assert_eq!(of(&file(vec![role(TRUST_LAMBDA)]), "P306").len(), 0);
        let people = r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}"#;
        assert_eq!(of(&file(vec![role(people)]), "P306").len(), 0);
    }
}

fn by_itself(document: &Document, flavour: Flavour, span: Span) -> Vec<Finding> {
    let cx = LintCx {
        flavour,
        place: Some(span),
        account: None,
        accounts: &BTreeSet::new(),
        source: Source::Bare,
    };
    alone(document, &cx)
}

#[test]
fn a_document_by_itself_is_judged_without_holders() {
    let written = parsed(
        &allow(
            r#"["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction", "lambda:*"]"#,
            r#""*""#,
        ),
        Flavour::Identity,
    );
    let codes: BTreeSet<&str> = by_itself(written.document, written.flavour, written.span)
        .iter()
        .map(|one| one.code)
        .collect();
    assert_eq!(codes, BTreeSet::from(["P206", "P302"]));
}

#[test]
fn aws_s_own_policies_are_judged_soon_and_without_harm() {
    let start = std::time::Instant::now();
    let documents: Vec<Policy> = crate::catalogue::managed_documents()
        .step_by(24)
        .filter_map(|(_, one)| Policy::from_live(one.json).ok())
        .collect();
    let span = parsed(&allow(r#""s3:GetObject""#, r#""*""#), Flavour::Identity).span;
    for policy in &documents {
        let told = by_itself(policy.document().unwrap(), Flavour::Identity, span);
        assert!(
            told.iter()
                .all(|one| !one.message.is_empty() && crate::lint::rule(one.code).is_some())
        );
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
