//! What real guides paste, as it stands there, and what there is to say of it.

use super::*;
use crate::policy_doc::Flavour::{Identity, Resource, Trust};

/// Each finding as "line id: label", in order.
fn told(flavour: Flavour, text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add("guide.json", text);
    let node = parse_json(text, file).expect("JSON");
    let cx = LintCx {
        flavour,
        place: Some(node.span),
        account: Some("123456789012"),
        accounts: &BTreeSet::new(),
        source: Source::Bare,
    };
    let findings = super::super::node(&node, &cx);
    let mut lines: Vec<(u32, String)> = findings
        .iter()
        .map(|finding| {
            let line = finding.span.map_or(0, |span| sources.place(span).line);
            (line, format!("{line} {}: {}", finding.code, finding.label))
        })
        .collect();
    lines.sort();
    lines.into_iter().map(|(_, line)| line).collect()
}

#[track_caller]
fn tells(flavour: Flavour, text: &str, expected: &[&str]) {
    assert_eq!(told(flavour, text), expected);
}

#[test]
fn a_bucket_for_a_role() {
    tells(
        Resource,
        include_str!("guides/bucket.json"),
        &[
            "9 P009: put the real value for `<ACCOUNT-ID>`",
            "11 P202: name what is needed",
            "11 P212: meant so?",
            "12 P009: put the real value for `<S3_BUCKET>`",
            "12 P304: `s3:ListBucket` needs `arn:aws:s3:::<S3_BUCKET>`",
        ],
    );
}

#[test]
fn a_role_for_spot_fleets() {
    tells(
        Trust,
        include_str!("guides/spot_fleet.json"),
        &[
            "1 P006: leave it out, or name the statement",
            "1 P208: add a condition on `aws:SourceAccount` or `aws:SourceArn`",
        ],
    );
}

#[test]
fn administrators_of_one_region() {
    tells(
        Identity,
        include_str!("guides/admin.json"),
        &[
            "8 P201: name what is needed",
            "10 P303: the region that is asked for",
            "17 P202: name what is needed",
            "17 P204: name the roles in `Resource`",
            "17 P212: meant so?",
            "18 P202: name what is needed",
            "19 P104: use cur:GetUsageReport",
            "20 P104: use account:GetAccountInformation, billing:Get*, ce:Describe* and 12 more",
            "21 P104: use account:GetAccountInformation, account:GetAlternateContact, account:GetContactInformation and 4 more",
        ],
    );
}

#[test]
fn engineers_with_a_comma_too_many() {
    let text = include_str!("guides/engineer.json");
    let file = Sources::default().add("guide.json", text);
    let fault = parse_json(text, file).expect_err("no JSON");
    let line = text[..fault.range.start].lines().count();
    let fault = format!("{line}: {fault}; {}", fault.help.unwrap_or_default());
    assert_eq!(fault, "41: trailing comma; take out the comma before it");
    let mended = text.replace(
        "\"s3:GetEncryptionConfiguration\",",
        "\"s3:GetEncryptionConfiguration\"",
    );
    let told = told(Identity, &mended);
    for id in [
        "8 P202", "9 P203", "71 P204", "72 P104", "73 P104", "74 P104", "58 P108", "59 P108",
    ] {
        assert!(
            told.iter().any(|line| line.starts_with(&format!("{id}:"))),
            "{id}: {told:#?}"
        );
    }
    assert!(told.iter().any(|line| line.contains(" P206:")), "{told:#?}");
}

#[test]
fn whoever_deploys_a_monitor() {
    tells(
        Identity,
        include_str!("guides/deployer.json"),
        &[
            "13 P009: put the real value for `<YOUR-BUCKET-NAME>`",
            "14 P009: put the real value for `<YOUR-BUCKET-NAME>`",
            "24 P212: meant so?",
            "27 P009: put the real value for `<YOUR-AWS-REGION>`",
            "28 P009: put the real value for `<YOUR-AWS-REGION>`",
            "38 P009: put the real value for `<YOUR-AWS-REGION>`",
            "49 P205: add a condition on `iam:PassedToService`",
            "49 P206: whoever holds this can let others call a function of its own that has any role that it may pass: \
             `arn:aws:iam::<YOUR-AWS-ACCOUNT-ID>:role/LambdaProgressMonitorRole`",
            "50 P009: put the real value for `<YOUR-AWS-ACCOUNT-ID>`",
        ],
    );
}

#[test]
fn a_statement_by_itself() {
    tells(
        Identity,
        include_str!("guides/logs.json"),
        &["1 P002: this looks like a statement by itself"],
    );
}
