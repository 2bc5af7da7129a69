//! The rules about access that hardly anybody means to give.

use super::{Rule, Sample};
use crate::policy_doc::Flavour::{Identity, Resource, Trust};
use crate::spec::finding::Severity::{Info, Security, Warning};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "P201",
        severity: Security,
        lighter: &[],
        title: "everything on everything",
        why: "`Action: \"*\"` on `Resource: \"*\"` makes an administrator, also of what AWS adds tomorrow. A condition on the \
              region does not make it less.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*"}"#,
        ),
    },
    Rule {
        id: "P202",
        severity: Security,
        lighter: &[],
        title: "every action of a service",
        why: "`s3:*` holds reading, writing, deleting, and changing who else may: `s3:PutBucketPolicy`, `s3:PutObjectAcl`. \
              Name what is needed, or a group of it such as `s3:Get*`.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::imagery/*"}"#,
            r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::imagery/*"}"#,
        ),
    },
    Rule {
        id: "P203",
        severity: Warning,
        lighter: &[],
        title: "all resources, though every action can name its own",
        why: "Each action of the statement takes a resource, so that it can be limited to the things that are meant. Statements \
              with a condition on the resource's tags or account are left alone, and so are those that only list.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:uploads"}"#,
        ),
    },
    Rule {
        id: "P204",
        severity: Security,
        lighter: &[],
        title: "any role can be passed to a service",
        why: "Who may pass any role, and may start something that runs as it, has the rights of the strongest role in \
              the account. Name the roles in `Resource`, and the service in a condition on `iam:PassedToService`.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/worker", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}"#,
        ),
    },
    Rule {
        id: "P205",
        severity: Info,
        lighter: &[],
        title: "a role can be passed to any service",
        why: "The role's trust decides which services take it. A condition on `iam:PassedToService` says so here, too, and \
              holds when the trust is widened one day.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/worker"}"#,
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/worker", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}"#,
        ),
    },
    Rule {
        id: "P207",
        severity: Security,
        lighter: &[],
        title: "everybody is let in",
        why: "The principal `*` is every account of AWS and, for some services, everybody without one. It is restricted only by \
              a condition on fixed values of a few keys: the organisation, an account, an address range, an endpoint. What \
              a bucket's `public:` consents to is not told again.",
        sample: Sample::Policy(
            Resource,
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*"}"#,
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}"#,
        ),
    },
    Rule {
        id: "P208",
        severity: Warning,
        lighter: &[],
        title: "a service is let in on anybody's behalf",
        why: "A service acts for all of its customers. Without a condition on `aws:SourceAccount` or `aws:SourceArn` somebody \
              else's account may make it use your resource (the confused deputy). Services that act for your own account \
              alone, such as Lambda and EC2 as they assume a role, are left alone.",
        sample: Sample::Policy(
            Resource,
            r#"{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:uploads"}"#,
            r#"{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:uploads", "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}"#,
        ),
    },
    Rule {
        id: "P209",
        severity: Security,
        lighter: &[],
        title: "everything but something is allowed",
        why: "An Allow with `NotAction`, `NotResource` or `NotPrincipal` grants all that is not named, also what AWS adds \
              tomorrow. Name what is meant; everything-but belongs into a Deny.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#,
            r#"{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}"#,
        ),
    },
    Rule {
        id: "P210",
        severity: Security,
        lighter: &[],
        title: "a test for a second factor that long-term keys slip past",
        why: "`aws:MultiFactorAuthPresent` is absent in requests that are signed with a user's access key. \
              `Bool: { aws:MultiFactorAuthPresent: \"false\" }` in a Deny does not hold then, so such requests are not denied. \
              Write `BoolIfExists`.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}"#,
            r#"{"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}"#,
        ),
    },
    Rule {
        id: "P211",
        severity: Security,
        lighter: &[],
        title: "all secrets, credentials or data can be read",
        why: "The action hands out credentials, secrets or stored data, and the statement limits it to nothing. Name the \
              secrets, parameters, buckets or roles that are meant.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:token-a1b2c3"}"#,
        ),
    },
    Rule {
        id: "P212",
        severity: Info,
        lighter: &[],
        title: "the right to give rights",
        why: "AWS counts these actions as permissions management: who has them can change who may do what. That is often \
              meant, and worth a look.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "s3:PutBucketPolicy", "Resource": "arn:aws:s3:::imagery"}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetBucketPolicy", "Resource": "arn:aws:s3:::imagery"}"#,
        ),
    },
    Rule {
        id: "P213",
        severity: Security,
        lighter: &[Info],
        title: "a role that strangers can assume",
        why: "Another account that is trusted without `sts:ExternalId` may be tricked into using the role for somebody else; \
              declare your own accounts in the head of the file, `lint: { accounts: [\"…\"] }`. A provider of web \
              identities speaks for all of its users: without a condition on `sub` (and `aud`) all of them may come.",
        sample: Sample::Policy(
            Trust,
            r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Action": "sts:AssumeRole"}"#,
            r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "a1b2c3"}}}"#,
        ),
    },
];
