//! The rules over several policies, and those that compare policies with what else a file declares.

use crate::lint::{Rule, Sample};
use crate::spec::finding::Severity::{Info, Security, Warning};

/// Ordered by id.
pub const RULES: &[Rule] = &[
    Rule {
        id: "P206",
        severity: Security,
        lighter: &[Info],
        title: "actions that together make an administrator",
        why: "Some sets of actions let their holder become anybody: passing a role and starting something that runs as it, \
              writing a new version of a policy, giving a user a new key. What one principal holds is looked at as one: its own \
              policies, attached ones, and those of its groups, within its boundary.",
        sample: Sample::File(
            "roles:\n  ci:\n    trust: codebuild.amazonaws.com\n    inline_policies:\n      deploy: [{ Effect: Allow, Action: [iam:PassRole, lambda:CreateFunction, lambda:InvokeFunction], Resource: \"*\" }]\n",
            "roles:\n  ci:\n    trust: codebuild.amazonaws.com\n    inline_policies:\n      deploy: [{ Effect: Allow, Action: lambda:UpdateFunctionCode, Resource: \"arn:aws:lambda:eu-west-1:123456789012:function:worker\" }]\n",
        ),
    },
    Rule {
        id: "P214",
        severity: Warning,
        lighter: &[],
        title: "the number of an account that is neither this one nor declared",
        why: "A number that was pasted with an example gives rights to a stranger, or to nobody. Other accounts of your own stand \
              in the head of the file: `lint: { accounts: [\"210987654321\"] }`.",
        sample: Sample::File(
            "account: \"123456789012\"\npolicies:\n  read: { document: [{ Effect: Allow, Action: sqs:SendMessage, Resource: \"arn:aws:sqs:eu-west-1:851065145468:uploads\" }] }\n",
            "account: \"123456789012\"\npolicies:\n  read: { document: [{ Effect: Allow, Action: sqs:SendMessage, Resource: \"arn:aws:sqs:eu-west-1:123456789012:uploads\" }] }\n",
        ),
    },
    Rule {
        id: "P215",
        severity: Warning,
        lighter: &[],
        title: "a full-access policy on a role of a service",
        why: "What runs as the role needs a few actions on a few things; a `…FullAccess` policy gives it all of a service. Who \
              gets hold of the code or of its input gets all of that.",
        sample: Sample::File(
            "roles:\n  worker: { trust: lambda.amazonaws.com, policies: [AmazonS3FullAccess] }\n",
            "roles:\n  worker: { trust: lambda.amazonaws.com, policies: [AWSLambdaBasicExecutionRole] }\n",
        ),
    },
    Rule {
        id: "P301",
        severity: Warning,
        lighter: &[],
        title: "a statement without effect",
        why: "Everything that the statement allows is denied elsewhere, or lies outside of the boundary. It reads like a right and \
              is none.",
        sample: Sample::File(
            "policies:\n  odd: { document: [{ Effect: Allow, Action: s3:GetObject, Resource: \"arn:aws:s3:::imagery/*\" }, { Effect: Deny, Action: \"s3:*\", Resource: \"*\" }] }\n",
            "policies:\n  odd: { document: [{ Effect: Allow, Action: s3:GetObject, Resource: \"arn:aws:s3:::imagery/*\" }, { Effect: Deny, Action: \"s3:Put*\", Resource: \"*\" }] }\n",
        ),
    },
    Rule {
        id: "P302",
        severity: Info,
        lighter: &[],
        title: "said twice",
        why: "An action, resource or statement that another one holds already. It does no harm, and whoever takes one of the two \
              away has taken nothing away.",
        sample: Sample::File(
            "policies:\n  read: { document: [{ Effect: Allow, Action: [s3:GetObject, \"s3:Get*\"], Resource: \"arn:aws:s3:::imagery/*\" }] }\n",
            "policies:\n  read: { document: [{ Effect: Allow, Action: \"s3:Get*\", Resource: \"arn:aws:s3:::imagery/*\" }] }\n",
        ),
    },
    Rule {
        id: "P303",
        severity: Warning,
        lighter: &[],
        title: "a region around a service that is in none",
        why: "IAM, Route 53, CloudFront and other global services answer as us-east-1, whatever region the caller works in. With \
              another `aws:RequestedRegion` their actions are never granted.",
        sample: Sample::File(
            "policies:\n  dns: { document: [{ Effect: Allow, Action: route53:ListHostedZones, Resource: \"*\", Condition: { StringEquals: { aws:RequestedRegion: eu-west-1 } } }] }\n",
            "policies:\n  dns: { document: [{ Effect: Allow, Action: route53:ListHostedZones, Resource: \"*\", Condition: { StringEquals: { aws:RequestedRegion: us-east-1 } } }] }\n",
        ),
    },
    Rule {
        id: "P304",
        severity: Warning,
        lighter: &[Info],
        title: "half of a pair",
        why: "Rights on a bucket's objects (`bucket/*`) are not rights on the bucket: listing needs `s3:ListBucket` on \
              `arn:aws:s3:::bucket` itself, and without it a missing object is answered with AccessDenied.",
        sample: Sample::File(
            "policies:\n  all: { document: [{ Effect: Allow, Action: \"s3:*\", Resource: \"arn:aws:s3:::imagery/*\" }] }\n",
            "policies:\n  all: { document: [{ Effect: Allow, Action: \"s3:*\", Resource: [\"arn:aws:s3:::imagery\", \"arn:aws:s3:::imagery/*\"] }] }\n",
        ),
    },
    Rule {
        id: "P305",
        severity: Warning,
        lighter: &[],
        title: "a name that fits nothing that is declared",
        why: "The statement names a log group, rule, function or role of this account that no resource of the file is called by, \
              while others are nearly called so. Often the name of the role was taken for that of the function.",
        sample: Sample::File(
            "roles:\n  MonitorRole:\n    trust: lambda.amazonaws.com\n    inline_policies:\n      logs: [{ Effect: Allow, Action: logs:PutLogEvents, Resource: \"arn:aws:logs:*:*:log-group:/aws/lambda/MonitorRole:*\" }]\nlambdas:\n  Monitor: { role: MonitorRole, runtime: python3.12, handler: a.b, code: { live: true } }\n",
            "roles:\n  MonitorRole:\n    trust: lambda.amazonaws.com\n    inline_policies:\n      logs: [{ Effect: Allow, Action: logs:PutLogEvents, Resource: \"arn:aws:logs:*:*:log-group:/aws/lambda/Monitor:*\" }]\nlambdas:\n  Monitor: { role: MonitorRole, runtime: python3.12, handler: a.b, code: { live: true } }\n",
        ),
    },
    Rule {
        id: "P306",
        severity: Warning,
        lighter: &[],
        title: "a role that what uses it can't assume",
        why: "A function's role must be assumed by `lambda.amazonaws.com`, an instance's by `ec2.amazonaws.com`. A trust policy \
              that names another service keeps what uses the role from starting.",
        sample: Sample::File(
            "roles:\n  worker: { trust: ec2.amazonaws.com, instance_profile: true }\nlambdas:\n  Monitor: { role: worker, runtime: python3.12, handler: a.b, code: { live: true } }\n",
            "roles:\n  worker: { trust: lambda.amazonaws.com }\nlambdas:\n  Monitor: { role: worker, runtime: python3.12, handler: a.b, code: { live: true } }\n",
        ),
    },
];
