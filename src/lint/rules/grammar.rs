//! The rules about the form of a document: what AWS's own parsers refuse.

use super::{Rule, Sample};
use crate::policy_doc::Flavour::{Identity, Resource, Trust};
use crate::spec::finding::Severity::{Error, Info, Warning};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "P001",
        severity: Error,
        lighter: &[],
        title: "the text is not strict JSON",
        why: "AWS takes policy documents as JSON and nothing else: no comma after the last item, no comments, no single \
              quotes, no key twice. A document that is written as YAML in the environment file may have all of that but the \
              last.",
        sample: Sample::Policy(
            Identity,
            r#"{"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject",], "Resource": "arn:aws:s3:::imagery/*"}]}"#,
            r#"{"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::imagery/*"}]}"#,
        ),
    },
    Rule {
        id: "P002",
        severity: Error,
        lighter: &[],
        title: "an element that must be there is missing",
        why: "Every document has a `Statement`, and every statement an `Effect` and an `Action`. Policies of identities and \
              resources say on which `Resource`, those of resources and roles' trust for which `Principal`. A statement by \
              itself is no document.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "s3:GetObject"}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*"}"#,
        ),
    },
    Rule {
        id: "P003",
        severity: Error,
        lighter: &[],
        title: "the policy language has no such element here",
        why: "Elements are written exactly as AWS spells them, capitals included. AWS refuses a document with any other key.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Actions": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*"}"#,
        ),
    },
    Rule {
        id: "P004",
        severity: Error,
        lighter: &[],
        title: "two elements exclude each other",
        why: "A statement names its actions, or all but some: `Action` and `NotAction` never stand together. The same holds \
              for resources and principals.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Deny", "Action": "s3:*", "NotAction": "s3:GetObject", "Resource": "*"}"#,
            r#"{"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*"}"#,
        ),
    },
    Rule {
        id: "P005",
        severity: Error,
        lighter: &[Warning],
        title: "the version of the language is wrong or old",
        why: "`Version` is the version of the policy language, not of your policy: \"2012-10-17\". With \"2008-10-17\", or \
              in a bare document that says nothing, policy variables such as `${aws:username}` are plain text and match \
              nothing. In an environment file an absent version is the current one.",
        sample: Sample::Policy(
            Identity,
            r#"{"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*"}}"#,
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*"}}"#,
        ),
    },
    Rule {
        id: "P006",
        severity: Error,
        lighter: &[Info],
        title: "a `Sid` that AWS refuses, that stands twice, or that is empty",
        why: "IAM takes letters and digits in a `Sid`, and each only once in a document. An empty one is taken and says \
              nothing: leave it out, or give the statement a name that reports can call it by.",
        sample: Sample::Policy(
            Identity,
            r#"{"Sid": "read-it", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*"}"#,
            r#"{"Sid": "ReadIt", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*"}"#,
        ),
    },
    Rule {
        id: "P007",
        severity: Error,
        lighter: &[],
        title: "this kind of policy may not have the element",
        why: "A policy of a user, group or role has no `Principal`: it applies to whoever it is attached to. A trust policy \
              has no `Resource`: that is the role. Organisations' policies have limits of their own.",
        sample: Sample::Policy(
            Trust,
            r#"{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}"#,
        ),
    },
    Rule {
        id: "P008",
        severity: Error,
        lighter: &[Warning],
        title: "a document is larger than AWS takes",
        why: "A managed policy has at most 6,144 characters; the inline policies of a user 2,048, of a group 5,120 and of a \
              role 10,240 in sum; a trust policy 2,048, which AWS raises on request; a bucket policy 20,480 bytes. White \
              space between the parts is not counted, but for buckets. An organisation's policy has 5,120.",
        sample: Sample::File(
            "policies:\n  wide: { document: … more than 6,144 characters … }\n",
            "policies:\n  wide: { document: … the first half … }\n  wider: { document: … the second half … }\n",
        ),
    },
    Rule {
        id: "P009",
        severity: Error,
        lighter: &[],
        title: "a placeholder was left in",
        why: "Guides write `<ACCOUNT-ID>` or `YOUR-BUCKET` where you put your own. AWS takes many of these as they are, \
              and the statement then matches nothing, or a name that somebody else owns.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::YOUR-BUCKET/*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*"}"#,
        ),
    },
    Rule {
        id: "P010",
        severity: Error,
        lighter: &[],
        title: "this is not a policy document",
        why: "A document is a mapping with `Statement`, a list of statements, `{ file: path.json }`, or JSON text.",
        sample: Sample::File(
            "policies:\n  read: { document: s3:GetObject }\n",
            "policies:\n  read: { document: [{ Effect: Allow, Action: s3:GetObject, Resource: \"arn:aws:s3:::imagery/*\" }] }\n",
        ),
    },
    Rule {
        id: "P011",
        severity: Error,
        lighter: &[],
        title: "`Effect` is neither `Allow` nor `Deny`",
        why: "AWS knows these two words, written so, capitals included.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*"}"#,
        ),
    },
    Rule {
        id: "P012",
        severity: Error,
        lighter: &[],
        title: "the value has the wrong type",
        why: "Actions and resources are text or lists of text; conditions are a mapping of operators to keys to values.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": {"s3": "GetObject"}, "Resource": "arn:aws:s3:::imagery/*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*"}"#,
        ),
    },
    Rule {
        id: "P013",
        severity: Error,
        lighter: &[],
        title: "the action is neither `*` nor `service:name`",
        why: "An action has the prefix of its service, one colon, and a name, in which `*` and `?` may stand. The prefix has \
              no wildcards.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": "GetObject", "Resource": "arn:aws:s3:::imagery/*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery/*"}"#,
        ),
    },
    Rule {
        id: "P014",
        severity: Error,
        lighter: &[],
        title: "nothing is named where something must be",
        why: "An empty list or text is refused by AWS, or means that the statement never applies.",
        sample: Sample::Policy(
            Identity,
            r#"{"Effect": "Allow", "Action": [], "Resource": "arn:aws:s3:::imagery/*"}"#,
            r#"{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::imagery/*"}"#,
        ),
    },
    Rule {
        id: "P015",
        severity: Error,
        lighter: &[],
        title: "the text has a character that IAM does not allow",
        why: "IAM takes tabs, line ends and the characters U+0020 to U+00FF. What is pasted from a word processor often has \
              others: dashes, quotation marks, spaces of odd widths.",
        sample: Sample::Policy(
            Identity,
            "{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::imagery\u{2013}old/*\"}",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::imagery-old/*"}"#,
        ),
    },
    Rule {
        id: "P016",
        severity: Error,
        lighter: &[],
        title: "a condition key stands twice under one operator",
        why: "Condition keys have no case, so that `s3:prefix` and `S3:Prefix` are one key, and only one of the two would \
              count. Several values of one key go into a list.",
        sample: Sample::Policy(
            Resource,
            r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::imagery", "Condition": {"StringLike": {"s3:prefix": "a/*", "S3:Prefix": "b/*"}}}"#,
            r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::imagery", "Condition": {"StringLike": {"s3:prefix": ["a/*", "b/*"]}}}"#,
        ),
    },
    Rule {
        id: "P017",
        severity: Info,
        lighter: &[],
        title: "an `allow:` that nothing needs",
        why: "Nothing on the resource breaks the rule any more, so that the line would only hide what comes one day.",
        sample: Sample::File(
            "groups:\n  readers: { policies: [ReadOnlyAccess], allow: [{ P202: they manage all of S3 }] }\n",
            "groups:\n  readers: { policies: [ReadOnlyAccess] }\n",
        ),
    },
];
