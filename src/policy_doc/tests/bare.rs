//! Documents by themselves: what is taken, what is refused, and where.

use super::*;
use crate::policy_doc::{Reading, bare, json_path, tree};

fn findings(text: &str, reading: Reading) -> Vec<(&'static str, String)> {
    let mut sources = Sources::default();
    let file = sources.add("p.json", text);
    let found = match bare(text, file, reading) {
        Ok(_) => return Vec::new(),
        Err(found) => found,
    };
    assert!(!found.is_empty(), "{text}");
    let path = |finding: &Finding| match tree(text, file) {
        Ok(root) => json_path(&root, finding.span.unwrap()),
        Err(_) => "$".to_owned(),
    };
    found.iter().map(|one| (one.code, path(one))).collect()
}

fn only(text: &str, flavour: Flavour) -> (&'static str, String) {
    let mut all = findings(text, Reading::Judged(flavour));
    assert_eq!(all.len(), 1, "{text}: {all:?}");
    all.remove(0)
}

#[test]
fn what_each_flavour_refuses_and_where() {
    use Flavour::{Boundary, Endpoint, Identity, Rcp, Resource, Scp, Session, Trust};
    let in_version = |statement: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
    let plain = in_version(r#"{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#);
    let named = in_version(r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#);
    for flavour in [Identity, Boundary, Session, Scp] {
        assert_eq!(findings(&plain, Reading::Judged(flavour)), [], "{flavour:?}");
        assert_eq!(
            only(&named, flavour),
            (codes::ELEMENT_NOT_ALLOWED, "$.Statement[0].Principal".to_owned())
        );
    }
    for flavour in [Resource, Rcp, Endpoint] {
        assert_eq!(findings(&named, Reading::Judged(flavour)), [], "{flavour:?}");
        assert_eq!(
            only(&plain, flavour),
            (codes::MISSING_ELEMENT, "$.Statement[0]".to_owned())
        );
    }
    assert_eq!(
        only(&named, Trust),
        (codes::ELEMENT_NOT_ALLOWED, "$.Statement[0].Resource".to_owned())
    );
    for (statement, code, path) in [
        (
            r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}"#,
            codes::ELEMENT_NOT_ALLOWED,
            ".Effect",
        ),
        (
            r#"{"Effect":"Deny","Principal":{"AWS":"123456789012"},"Action":"s3:*","Resource":"*"}"#,
            codes::BAD_PRINCIPAL,
            ".Principal",
        ),
        (
            r#"{"Effect":"Deny","NotPrincipal":"*","Action":"s3:*","Resource":"*"}"#,
            codes::ELEMENT_NOT_ALLOWED,
            ".NotPrincipal",
        ),
        (
            r#"{"Effect":"Deny","Principal":"*","NotAction":"s3:*","Resource":"*"}"#,
            codes::ELEMENT_NOT_ALLOWED,
            ".NotAction",
        ),
    ] {
        assert_eq!(
            only(&in_version(statement), Rcp),
            (code, format!("$.Statement[0]{path}"))
        );
    }
    let full = in_version(r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#);
    assert_eq!(findings(&full, Reading::Judged(Rcp)), []);
    let lately = in_version(
        r#"{"Effect":"Allow","NotAction":"s3:*ject","NotResource":"arn:aws:s3:::b","Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#,
    );
    assert_eq!(findings(&lately, Reading::Judged(Scp)), []);
    let old = r#"{"Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}"#;
    assert_eq!(only(old, Scp), (codes::BAD_VERSION, "$".to_owned()));
    assert_eq!(findings(old, Reading::Judged(Identity)), []);
}

#[test]
fn what_is_no_document_is_refused_in_every_reading() {
    for (text, code, path) in [
        ("", codes::NOT_JSON, "$"),
        ("\u{feff}{}", codes::NOT_JSON, "$"),
        (r#"{"Version":"2012-10-17",}"#, codes::NOT_JSON, "$"),
        ("{} // why", codes::NOT_JSON, "$"),
        (r#"{"Statement":[],"Statement":[]}"#, codes::NOT_JSON, "$"),
        ("[]", codes::NOT_A_DOCUMENT, "$"),
        ("{}", codes::MISSING_ELEMENT, "$"),
        (r#"{"Statement":[],"Extra":1}"#, codes::UNKNOWN_ELEMENT, "$.Extra"),
        (r#"{"Version":"2012","Statement":[]}"#, codes::BAD_VERSION, "$.Version"),
        (
            r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#,
            codes::MISSING_ELEMENT,
            "$",
        ),
        (
            r#"{"Statement":[{"Effect":"allow","Action":"s3:*","Resource":"*"}]}"#,
            codes::BAD_EFFECT,
            "$.Statement[0].Effect",
        ),
        (
            r#"{"Statement":[{"Effect":"Allow","Actions":"s3:*","Resource":"*"}]}"#,
            codes::UNKNOWN_ELEMENT,
            "$.Statement[0].Actions",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":["s3:*",""],"Resource":"*"}}"#,
            codes::EMPTY,
            "$.Statement.Action[1]",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringIs":{"a":"b"}}}}"#,
            codes::UNKNOWN_OPERATOR,
            "$.Statement.Condition.StringIs",
        ),
    ] {
        for reading in [
            Reading::Judged(Flavour::Identity),
            Reading::Asked(Flavour::Identity),
            Reading::Unnamed,
        ] {
            assert_eq!(findings(text, reading), [(code, path.to_owned())], "{text}");
        }
    }
}

#[test]
fn what_aws_may_hold_can_be_asked_about() {
    for (text, judged) in [
        (
            r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${aws:username}"}}"#,
            true,
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"AROAEXAMPLE"},"Action":"s3:*","Resource":"*"}}"#,
            true,
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::YOUR-BUCKET/*"}}"#,
            true,
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":[],"Resource":[],"Condition":{"stringequals":{"aws:x":[]}}}}"#,
            false,
        ),
        (r#"{"Statement":[]}"#, false),
    ] {
        assert_eq!(findings(text, Reading::Unnamed), [], "{text}");
        let flavour = if text.contains("Principal") {
            Flavour::Resource
        } else {
            Flavour::Identity
        };
        assert_eq!(!findings(text, Reading::Judged(flavour)).is_empty(), judged, "{text}");
    }
}

#[test]
fn paths_quote_what_is_no_name() {
    let text = r#"{"Condition":{"StringEquals":{"aws:x":["a","it's"],"b'c":1}}}"#;
    let mut sources = Sources::default();
    let file = sources.add("p.json", text);
    let root = tree(text, file).unwrap();
    let inner = &root.entries()[0].1.entries()[0].1;
    let (_, values) = &inner.entries()[0];
    assert_eq!(
        json_path(&root, values.items()[1].span),
        "$.Condition.StringEquals['aws:x'][1]"
    );
    assert_eq!(
        json_path(&root, inner.entries()[1].0.span),
        r"$.Condition.StringEquals['b\'c']"
    );
    assert_eq!(json_path(&root, root.span), "$");
}
