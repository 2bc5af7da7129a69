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

#[test]
fn a_bucket_for_a_role() {
    let text = include_str!("guides/bucket.json");
    insta::assert_snapshot!(told(Resource, text).join("\n"), @"");
}

#[test]
fn a_role_for_spot_fleets() {
    let text = include_str!("guides/spot_fleet.json");
    insta::assert_snapshot!(told(Trust, text).join("\n"), @"");
}

#[test]
fn administrators_of_one_region() {
    let text = include_str!("guides/admin.json");
    insta::assert_snapshot!(told(Identity, text).join("\n"), @"");
}

#[test]
fn engineers_with_a_comma_too_many() {
    let text = include_str!("guides/engineer.json");
    let file = Sources::default().add("guide.json", text);
    let fault = parse_json(text, file).expect_err("no JSON");
    let line = text[..fault.range.start].lines().count();
    insta::assert_snapshot!(format!("{line}: {fault}; {}", fault.help.unwrap_or_default()), @"");
    let mended = text.replace(
        "\"s3:GetEncryptionConfiguration\",",
        "\"s3:GetEncryptionConfiguration\"",
    );
    insta::assert_snapshot!(told(Identity, &mended).join("\n"), @"");
}

#[test]
fn whoever_deploys_a_monitor() {
    let text = include_str!("guides/deployer.json");
    insta::assert_snapshot!(told(Identity, text).join("\n"), @"");
}

#[test]
fn a_statement_by_itself() {
    let text = include_str!("guides/logs.json");
    insta::assert_snapshot!(told(Identity, text).join("\n"), @"");
}
