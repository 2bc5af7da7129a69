//! Documents as AWS returns them.

use super::*;

const PLAIN: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/a+b%2Fc"}]}"#;

#[test]
fn json_and_percent_encoded_json_read_alike_and_plus_stays() {
    let encoded = percent_encoding::utf8_percent_encode(PLAIN, percent_encoding::NON_ALPHANUMERIC).to_string();
    let loosely = PLAIN
        .replace('%', "%25")
        .replace('{', "%7B")
        .replace('}', "%7D")
        .replace('"', "%22");
    for text in [encoded.as_str(), loosely.as_str(), PLAIN, &format!("\n {PLAIN} ")] {
        let policy = live(text);
        assert_eq!(policy.arns(), ["arn:aws:s3:::b/a+b%2Fc"], "{text}");
        assert_eq!(policy, written(PLAIN, Flavour::Identity));
    }
}

#[test]
fn what_cannot_be_read_equals_only_itself() {
    let wanted = written(PLAIN, Flavour::Identity);
    for text in [
        "",
        "%FF",
        "null",
        "{",
        "[1]",
        r#"{"Version":"2012-10-17"}"#,
        r#"{"Version":"2020-01-01","Statement":[]}"#,
        r#"{"Statement":[{"Effect":"allow","Action":"s3:*","Resource":"*"}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":{"a":"b"}}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","New":"x"}]}"#,
        r#"{"Statement":[{"Effect":"Allow","action":"s3:*","Resource":"*"}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Action":"*","Resource":"*"}]}"#,
    ] {
        let error = Policy::from_live(text).unwrap_err();
        assert_eq!(error.text, text);
        let policy = Policy::live(text);
        assert!(policy.document().is_none() && policy != wanted, "{text}");
        assert!(!same(&wanted, &policy) && policy == Policy::live(text));
        assert_eq!(policy.to_json(), text);
        let saved = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&saved).unwrap(), policy);
        assert!(matches!(
            diff(Some(&policy), Some(&wanted))[0],
            StatementChange::UnreadableBefore { .. }
        ));
    }
}

#[test]
fn aws_may_hold_what_nobody_may_write() {
    for text in [
        r#"{"Statement":[]}"#,
        r#"{"Statement":{"Sid":"","Effect":"Allow","Action":[],"Resource":[],"Condition":{}}}"#,
        r#"{"Statement":{"Sid":"a b","Effect":"Allow","Principal":{"AWS":[]},"Action":"x","Condition":{"stringequals":{}}}}"#,
        r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"AIDAEXAMPLE"},"Action":"x","Resource":"<A>"}}"#,
    ] {
        live(text);
    }
}

#[test]
fn dead_principals_are_named_and_equal_no_arn() {
    let text = |who: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":[{who}]}},"Action":"sts:AssumeRole"}}]}}"#
        )
    };
    let role = r#""arn:aws:iam::123456789012:role/app""#;
    let dead = live(&text(
        r#""AROAEXAMPLE123","arn:aws:iam::123456789012:role/x","AIDA1","AROA","AIDAlower""#,
    ));
    assert_eq!(dead.dangling(), ["AROAEXAMPLE123", "AIDA1"]);
    let dead = live(&text(r#""AROAEXAMPLE123""#));
    let wanted = written(&text(role), Flavour::Trust);
    assert!(!same(&wanted, &dead) && wanted != dead);
    assert!(live(&text(role)).dangling().is_empty());
}

#[test]
fn a_missing_version_is_2008_in_aws_and_2012_here() {
    let body = r#""Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    let without = live(&format!("{{{body}"));
    let old = format!(r#"{{"Version":"2008-10-17",{body}"#);
    assert_eq!(without, live(&old));
    assert!(!same(&written(&format!("{{{body}"), Flavour::Identity), &without));
    assert!(same(&written(&old, Flavour::Identity), &without));
    assert!(!without.to_json().contains("Version"));
}
