//! Differences between policies, as snapshots.

use super::*;

fn show(changes: &[StatementChange]) -> String {
    let part = |one: &PartChange| format!("  {}: -{:?} +{:?}\n", one.element, one.removed, one.added);
    let show_one = |change: &StatementChange| match change {
        StatementChange::Document { parts } => format!("document\n{}", parts.iter().map(part).collect::<String>()),
        StatementChange::Added { label, statement } => format!("+ {label}: {}\n", statement.summary()),
        StatementChange::Removed { label, statement } => format!("- {label}: {}\n", statement.summary()),
        StatementChange::Changed { label, parts } => {
            format!("~ {label}\n{}", parts.iter().map(part).collect::<String>())
        }
        StatementChange::UnreadableBefore { text } => format!("? before {text}\n"),
        StatementChange::UnreadableAfter { text } => format!("? after {text}\n"),
    };
    changes.iter().map(show_one).collect()
}

fn between(before: &str, after: &str) -> String {
    show(&diff(Some(&live(before)), Some(&live(after))))
}

#[test]
fn each_element_shows_what_came_and_went_in_the_authors_words() {
    let before = r#"{"Version":"2008-10-17","Statement":[
        {"Sid":"Read","Effect":"Allow","Principal":{"AWS":"123456789012","Service":["a.amazonaws.com"]},
         "Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],
         "Condition":{"StringEquals":{"aws:SourceAccount":["1","2"]},"Bool":{"aws:SecureTransport":"true"}}}]}"#;
    let after = r#"{"Version":"2012-10-17","Id":"new","Statement":[
        {"Sid":"Read","Effect":"Deny","Principal":{"AWS":["arn:aws:iam::123456789012:root","arn:aws:iam::123456789012:role/x"]},
         "Action":["S3:PutObject","S3:getobject","s3:DeleteObject"],"NotResource":"arn:aws:s3:::b",
         "Condition":{"StringEquals":{"AWS:SourceAccount":["3","1"]},"Null":{"aws:x":true}}}]}"#;
    insta::assert_snapshot!(between(before, after), @r#"
    document
      Version: -["2008-10-17"] +["2012-10-17"]
      Id: -[] +["new"]
    ~ Read
      Effect: -["Allow"] +["Deny"]
      Principal AWS: -[] +["arn:aws:iam::123456789012:role/x"]
      Principal Service: -["a.amazonaws.com"] +[]
      Action: -["s3:ListBucket"] +["S3:PutObject", "s3:DeleteObject"]
      Resource: -["arn:aws:s3:::b", "arn:aws:s3:::b/*"] +[]
      NotResource: -[] +["arn:aws:s3:::b"]
      Condition StringEquals AWS:SourceAccount: -["2"] +["3"]
      Condition Null aws:x: -[] +["true"]
      Condition Bool aws:SecureTransport: -["true"] +[]
    "#);
}

#[test]
fn statements_are_paired_by_sid_then_by_likeness() {
    let before = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"logs:*","Resource":"*"},
        {"Sid":"A","Effect":"Allow","Action":["s3:GetObject"],"Resource":"arn:aws:s3:::a/*"},
        {"Sid":"Gone","Effect":"Deny","Action":"iam:*","Resource":"*"},
        {"Effect":"Allow","Action":["sqs:SendMessage","sqs:ReceiveMessage"],"Resource":"arn:aws:sqs:::q"}]}"#;
    let after = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":["sqs:SendMessage","sqs:ReceiveMessage","sqs:DeleteMessage"],"Resource":"arn:aws:sqs:::q"},
        {"Effect":"Allow","NotAction":"ec2:*","NotResource":["arn:aws:ec2:::x"],"Condition":{"StringLike":{"aws:x":["a","b*"]},"Bool":{"aws:y":true}}},
        {"Sid":"A","Effect":"Allow","Action":"kms:Decrypt","Resource":"*"},
        {"Sid":"Logs","Effect":"Allow","Action":"LOGS:*","Resource":"*"}]}"#;
    insta::assert_snapshot!(between(before, after), @r#"
    ~ statement 1
      Action: -[] +["sqs:DeleteMessage"]
    + statement 2: Allow all but ec2:* on all but arn:aws:ec2:::x if StringLike aws:x a, b* and Bool aws:y true
    ~ A
      Action: -["s3:GetObject"] +["kms:Decrypt"]
      Resource: -["arn:aws:s3:::a/*"] +["*"]
    ~ Logs
      Sid: -[] +["Logs"]
    - Gone: Deny iam:* on *
    "#);
}

#[test]
fn a_whole_policy_that_comes_or_goes_is_all_its_statements() {
    let policy = live(
        r#"{"Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com","AWS":["x","y"]},"Action":"sts:AssumeRole"},
        {"Sid":"P","Effect":"Deny","NotPrincipal":"*","Action":"s3:*","Resource":"*"}]}"#,
    );
    insta::assert_snapshot!(show(&diff(None, Some(&policy))), @r#"
    + statement 1: Allow sts:AssumeRole to lambda.amazonaws.com, x, y
    + P: Deny s3:* to all but * on *
    "#);
    insta::assert_snapshot!(show(&diff(Some(&policy), None)), @r#"
    - statement 1: Allow sts:AssumeRole to lambda.amazonaws.com, x, y
    - P: Deny s3:* to all but * on *
    "#);
    assert!(diff(None, None).is_empty());
    let broken = Policy::live("{");
    insta::assert_snapshot!(show(&diff(Some(&broken), Some(&policy))), @r#"
    ? before {
    + statement 1: Allow sts:AssumeRole to lambda.amazonaws.com, x, y
    + P: Deny s3:* to all but * on *
    "#);
    insta::assert_snapshot!(show(&diff(Some(&policy), Some(&broken))), @r#"
    ? after {
    - statement 1: Allow sts:AssumeRole to lambda.amazonaws.com, x, y
    - P: Deny s3:* to all but * on *
    "#);
}
