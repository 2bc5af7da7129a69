//! The rules about what the words of a document mean to AWS.

use super::{Rule, Sample};
use crate::policy_doc::Flavour::{Identity, Resource, Trust};
use crate::spec::finding::Severity::{Error, Info, Security, Warning};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "P101",
        severity: Warning,
        lighter: &[],
        title: "no service has this prefix",
        why: "AWS stores an action of a service that does not exist, and it never grants anything. The catalogue knows the \
              services of its day (`evenkeel catalogue` prints it), so a newer one may be real.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "ecs2:RunTask", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "ecs:RunTask", "Resource": "arn:aws:ecs:eu-west-1:123456789012:task-definition/job:*"}"#,
        ),
    },
    Rule {
        id: "P102",
        severity: Warning,
        lighter: &[],
        title: "the service has no such action",
        why: "Actions are often named unlike the call of the API or the command of the CLI: HeadObject needs \
              `s3:GetObject`, ListObjects `s3:ListBucket`. AWS stores any name; one that does not exist grants nothing, and \
              in a Deny protects nothing.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "s3:GetBucketEncryption", "Resource": "arn:aws:s3:::imagery"}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetEncryptionConfiguration", "Resource": "arn:aws:s3:::imagery"}"#,
        ),
    },
    Rule {
        id: "P103",
        severity: Warning,
        lighter: &[],
        title: "the pattern matches no action",
        why: "A pattern with `*` or `?` is good for the actions that it matches; this one matches none, so the line has no \
              effect.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "s3:Gett*", "Resource": "arn:aws:s3:::imagery/*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetObject*", "Resource": "arn:aws:s3:::imagery/*"}"#,
        ),
    },
    Rule {
        id: "P104",
        severity: Warning,
        lighter: &[],
        title: "AWS has retired the action",
        why: "The action is still accepted and no longer means anything: AWS has replaced it by others. In July 2023 all of \
              `aws-portal:` went that way.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "aws-portal:ViewBilling", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "billing:GetBillingData", "Resource": "*"}"#,
        ),
    },
    Rule {
        id: "P105",
        severity: Error,
        lighter: &[Warning],
        title: "an AWS-managed policy that is withdrawn or not known",
        why: "AWS withdraws managed policies: where one is attached it stays in force, and no new attachment succeeds. Where \
              it is attached already, say so: `allow: [{ P105: attached since 2019 }]`. A name that the catalogue does not \
              know may be newer than the catalogue, which is a warning.",
        sample: Sample::File(
            "roles:\n  worker: { trust: lambda.amazonaws.com, policies: [AWSLambdaFullAccess] }\n",
            "roles:\n  worker: { trust: lambda.amazonaws.com, policies: [AWSLambda_FullAccess], allow: [{ P215: it manages functions }] }\n",
        ),
    },
    Rule {
        id: "P106",
        severity: Error,
        lighter: &[],
        title: "an AWS-managed policy under a wrong path",
        why: "The path is part of the ARN: `policy/service-role/…`, `policy/job-function/…`. Write the policy's name alone, \
              and the path is filled in.",
        sample: Sample::File(
            "roles:\n  worker: { trust: lambda.amazonaws.com, policies: [\"arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole\"] }\n",
            "roles:\n  worker: { trust: lambda.amazonaws.com, policies: [AWSLambdaBasicExecutionRole] }\n",
        ),
    },
    Rule {
        id: "P107",
        severity: Warning,
        lighter: &[],
        title: "no resource of the statement fits the action",
        why: "Each action is about a type of resource. `s3:PutObject` is about objects, whose ARNs have a slash, and \
              `s3:ListBucket` about the bucket itself. With a resource of another type the action is never granted.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::imagery"}"#,
            r#"{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::imagery/*"}"#,
        ),
    },
    Rule {
        id: "P108",
        severity: Info,
        lighter: &[],
        title: "a resource that none of the actions can use",
        why: "The resource does no harm and has no effect: none of the statement's actions is about things of its type. Often \
              an action has been forgotten.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "s3:PutObject", "Resource": ["arn:aws:s3:::imagery", "arn:aws:s3:::imagery/*"]}"#,
            r#"{"Effect": "Allow", "Action": ["s3:PutObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::imagery", "arn:aws:s3:::imagery/*"]}"#,
        ),
    },
    Rule {
        id: "P109",
        severity: Warning,
        lighter: &[],
        title: "the action is about no resource and needs `*`",
        why: "Some actions, such as `s3:ListAllMyBuckets`, are about nothing in particular. They are granted by a statement \
              whose `Resource` is `*`, and by no other.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::imagery"}"#,
            r#"{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}"#,
        ),
    },
    Rule {
        id: "P110",
        severity: Error,
        lighter: &[Warning],
        title: "a condition key that there is not, or not for the action",
        why: "A key that no request has is always absent: a plain condition on it never holds, and a negated one always \
              does. `aws:` keys are the same for all services and none is made up; a service's keys are listed with \
              its actions.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*", "Condition": {"StringEquals": {"aws:SourceRegion": "eu-west-1"}}}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*", "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}"#,
        ),
    },
    Rule {
        id: "P111",
        severity: Error,
        lighter: &[Warning],
        title: "a condition operator that there is not, or that does not fit its key or value",
        why: "Each key has a type: text, number, date, true or false, address, ARN. An operator of another type compares \
              what can't be compared. ARNs are compared part by part by `ArnLike`; `StringLike` lets a `*` run over the \
              colons, so that another account may fit, too.",
        sample: Sample::Policy(
            Resource,
            r#"{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:uploads", "Condition": {"StringLike": {"aws:SourceArn": "arn:aws:s3:::imagery*"}}}"#,
            r#"{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:uploads", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::imagery*"}}}"#,
        ),
    },
    Rule {
        id: "P112",
        severity: Security,
        lighter: &[Warning],
        title: "a set operator that lets through what is absent, or that does not fit its key",
        why: "`ForAllValues:` holds when the key is absent altogether. In an Allow it needs a second condition, \
              `Null: { key: \"false\" }`, or who sends no tags at all is let through. Keys with one value take no set \
              operator, and keys with several need one.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "arn:aws:ec2:*:123456789012:instance/*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}}"#,
            r#"{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "arn:aws:ec2:*:123456789012:instance/*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}, "Null": {"aws:TagKeys": "false"}}}"#,
        ),
    },
    Rule {
        id: "P113",
        severity: Error,
        lighter: &[Warning],
        title: "a principal that is not written as AWS wants it",
        why: "A principal is an account, the full ARN of a user, role or session, a service such as \
              `lambda.amazonaws.com`, or an identity provider. Its ARN has no wildcards, and ids such as `AIDA…` are what \
              AWS shows of deleted ones and never takes back. A service that the catalogue does not know is a warning.",
        sample: Sample::Policy(
            Trust,
            r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/ci-*"}, "Action": "sts:AssumeRole"}"#,
            r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/ci"}, "Action": "sts:AssumeRole"}"#,
        ),
    },
    Rule {
        id: "P114",
        severity: Error,
        lighter: &[Warning],
        title: "an ARN that has not the form of its service",
        why: "An ARN has six parts: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`. IAM and S3 buckets are in no region, \
              and buckets in no account. IAM refuses some of these; others are stored and never match.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:eu-west-1:123456789012:imagery/*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*"}"#,
        ),
    },
    Rule {
        id: "P115",
        severity: Error,
        lighter: &[Warning],
        title: "a policy variable that is not closed or not known",
        why: "`${aws:username}` stands for a condition key of the request. One that no request has makes the whole value match \
              nothing. A literal `$` is written `${$}`, and a default stands behind the name: `${aws:username, 'nobody'}`.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/${aws:user}/*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/${aws:username}/*"}"#,
        ),
    },
    Rule {
        id: "P116",
        severity: Warning,
        lighter: &[],
        title: "a wildcard under an operator that takes it literally",
        why: "`StringEquals` compares letter by letter: a `*` is a star. Patterns go with `StringLike`.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::imagery", "Condition": {"StringEquals": {"s3:prefix": "status/*"}}}"#,
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::imagery", "Condition": {"StringLike": {"s3:prefix": "status/*"}}}"#,
        ),
    },
];
