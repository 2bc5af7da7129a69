use super::*;
use crate::spec::interpolate::{Scalar, interpolate};
use crate::spec::yaml;

/// What `read` makes of the value of `a`, and what it reports: code, offending text, message, label.
fn field<T>(value: &str, read: impl Fn(&Node, &mut Reading<'_>) -> Option<T>) -> (Option<T>, Vec<String>) {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", format!("a: {value}\n"));
    let node = yaml::parse(&sources, file).expect("good YAML");
    let names = [("n", "256"), ("t", "true"), ("id", "123456789012")];
    let names = names
        .map(|(name, text)| (name.to_owned(), Scalar::Text(text.to_owned())))
        .into();
    let names: std::collections::BTreeMap<_, _> = names;
    let (node, mut findings) = interpolate(&node, &names, &sources);
    let mut reading = Reading {
        sources: &sources,
        findings: &mut findings,
    };
    let result = read(node.get("a").expect("there"), &mut reading);
    let said = |f: Finding| {
        format!(
            "{} `{}` {} | {}",
            f.code,
            sources.text(f.span.expect("place")),
            f.message,
            f.label
        )
    };
    (result, findings.into_iter().map(said).collect())
}

fn refused<T: std::fmt::Debug + PartialEq>(value: &str, read: impl Fn(&Node, &mut Reading<'_>) -> Option<T>) -> String {
    let (result, mut said) = field(value, read);
    assert_eq!((result, said.len()), (None, 1), "{value}: {said:?}");
    said.remove(0)
}

fn owned(
    read: impl Fn(&Node, &mut Reading<'_>) -> Option<String>,
) -> impl Fn(&Node, &mut Reading<'_>) -> Option<String> {
    read
}

#[test]
fn unknown_keys_are_suggested_or_listed() {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", "polices: []\nruntime: x\npath: /\n");
    let node = yaml::parse(&sources, file).expect("good");
    let mut findings = Vec::new();
    let mut reading = Reading {
        sources: &sources,
        findings: &mut findings,
    };
    let mut table = Table::new(&node, "role", &["path", "policies", "trust"], &mut reading).expect("a mapping");
    assert_eq!(table.text("path", &mut reading), Some("/"));
    assert_eq!(table.take("path"), None);
    assert_eq!(table.take("policies"), None);
    assert_eq!(table.required("trust", &mut reading), None);
    let said: Vec<_> = findings
        .iter()
        .map(|f| format!("{} {} | {}", f.code, f.message, f.label))
        .collect();
    assert_eq!(
        said,
        [
            "E0303 unknown key `polices` in this role | did you mean `policies`?",
            "E0303 unknown key `runtime` in this role | the keys of a role: path, policies, trust",
            "E0304 this role has no `trust` | `trust` is required",
        ]
    );
}

#[test]
fn a_table_may_be_named_elsewhere_and_must_be_a_mapping() {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", "ci: {}\nx: [1]\n");
    let node = yaml::parse(&sources, file).expect("good");
    let mut findings = Vec::new();
    let mut reading = Reading {
        sources: &sources,
        findings: &mut findings,
    };
    let (key, inner) = &node.entries()[0];
    let mut table = Table::new(inner, "role", &["trust"], &mut reading)
        .expect("a mapping")
        .at(key.span);
    assert_eq!(table.required("trust", &mut reading), None);
    assert!(Table::new(&node.entries()[1].1, "role", &["trust"], &mut reading).is_none());
    assert_eq!(sources.text(findings[0].span.expect("place")), "ci");
    assert_eq!(findings[1].message, "`role`: expected a mapping, found a list");
}

#[test]
fn text_is_text() {
    let read = owned(|node, reading| text(node, "path", reading).map(str::to_owned));
    assert_eq!(field("/x/", &read), (Some("/x/".to_owned()), vec![]));
    assert_eq!(field("''", &read).0.as_deref(), Some(""));
    assert_eq!(
        refused("12", &read),
        "E0302 `12` `path`: expected text, found the number `12` | quote it: \"12\""
    );
    assert_eq!(
        refused("True", &read),
        "E0301 `True` `path`: expected text, found the boolean `true` | quote it: \"True\""
    );
    assert_eq!(
        refused("[a]", &read),
        "E0301 `[a]` `path`: expected text, found a list | "
    );
    assert!(refused("", &read).ends_with("expected text, found nothing | write a value, or leave the key out"));
}

#[test]
fn empty_text_is_no_value() {
    let read = owned(|node, reading| written_text(node, "name", reading).map(str::to_owned));
    assert_eq!(
        refused("' '", &read),
        "E0401 `' '` `name` is empty | write a value, or leave the key out"
    );
    assert_eq!(field("x", &read).0.as_deref(), Some("x"));
}

#[test]
fn account_ids_must_be_quoted_unless_they_are_variables() {
    let read = owned(|node, reading| quoted_text(node, "account", reading).map(str::to_owned));
    assert_eq!(field("\"012345678901\"", &read).0.as_deref(), Some("012345678901"));
    assert_eq!(field("\"$(id)\"", &read).0.as_deref(), Some("123456789012"));
    assert_eq!(field("$(id)", &read).0.as_deref(), Some("123456789012"));
    assert_eq!(
        refused("012345678901", &read),
        "E0302 `012345678901` `account`: `012345678901` without quotes is a number to some readers of YAML | quote it: \"012345678901\""
    );
    assert_eq!(
        refused("123456789012", &read),
        "E0302 `123456789012` `account`: expected text, found the number `123456789012` | quote it: \"123456789012\""
    );
}

#[test]
fn booleans_are_two_words() {
    let read = |node: &Node, reading: &mut Reading<'_>| boolean(node, "versioning", reading);
    assert_eq!(field("true", read), (Some(true), vec![]));
    assert_eq!(field("$(t)", read), (Some(true), vec![]));
    assert_eq!(
        refused("yes", read),
        "E0301 `yes` `versioning`: expected `true` or `false`, found the text `yes` | write `true`, without quotes"
    );
    assert!(refused("'false'", read).ends_with("| write `false`, without quotes"));
    assert!(refused("1", read).ends_with("found the number `1` | "));
}

#[test]
fn whole_numbers_have_limits_with_units() {
    let read = |node: &Node, reading: &mut Reading<'_>| integer(node, "days", 1..=365, "days", reading);
    assert_eq!(field("365", read), (Some(365), vec![]));
    assert_eq!(field("$(n)", read), (Some(256), vec![]));
    assert_eq!(field("'$(n)'", read), (Some(256), vec![]));
    assert_eq!(
        refused("366", read),
        "E0402 `366` `days` can't be 366 | from 1 to 365 days"
    );
    for beyond in ["-1", "0", "99999999999999999999"] {
        assert!(refused(beyond, read).starts_with("E0402"), "{beyond}");
    }
    assert_eq!(
        refused("'7'", read),
        "E0301 `'7'` `days`: expected a whole number, found the text `7` | write `7` without quotes"
    );
    assert!(refused("1.5", read).ends_with("| write it in digits, without point or exponent"));
    assert!(refused("'$(n)$(n)'", read).ends_with("| write `256256` without quotes"));
    assert!(refused("$(t)", read).ends_with("expected a whole number, found the text `true` | "));
}

#[test]
fn durations_name_their_unit() {
    let read = |node: &Node, reading: &mut Reading<'_>| {
        duration(node, "timeout", 60..=43_200, reading).map(|duration| duration.as_secs())
    };
    for (written, seconds) in [("60s", 60), ("15m", 900), ("12h", 43_200), ("007m", 420)] {
        assert_eq!(field(written, read), (Some(seconds), vec![]), "{written}");
    }
    assert_eq!(
        refused("30", read),
        "E0404 `30` `timeout`: 30 of what? | write the unit: `30s`, `30m` or `30h`"
    );
    assert_eq!(
        refused("30s", read),
        "E0402 `30s` `timeout` can't be 30s | from 1m to 12h"
    );
    assert!(refused("99999999999h", read).starts_with("E0402"));
    for (written, meant) in [
        ("1h30m", "| write `90m`"),
        ("5 minutes", "| write `5m`"),
        ("1d", "| write `24h`"),
        ("90 s", "| write `90s`"),
        ("soon", "such as `30s`, `15m` or `1h`"),
        ("s", "such as `30s`, `15m` or `1h`"),
        ("-5m", "such as `30s`, `15m` or `1h`"),
        ("1.5h", "such as `30s`, `15m` or `1h`"),
    ] {
        let said = refused(written, read);
        assert!(said.starts_with("E0404") && said.ends_with(meant), "{written}: {said}");
    }
}

#[test]
fn sizes_are_mebibytes() {
    let read = |node: &Node, reading: &mut Reading<'_>| mebibytes(node, "memory", 128..=10_240, reading);
    assert_eq!(field("256", read), (Some(256), vec![]));
    assert_eq!(field("$(n)", read), (Some(256), vec![]));
    assert_eq!(
        refused("1 GB", read),
        "E0405 `1 GB` `memory`: `1 GB` is not a number of MiB | write `1024`: sizes are MiB"
    );
    assert_eq!(
        refused("64", read),
        "E0402 `64` `memory` can't be 64 | from 128 to 10240 MiB"
    );
}

#[test]
fn one_text_may_stand_for_a_list() {
    let read = |node: &Node, reading: &mut Reading<'_>| {
        texts(node, "policies", reading)
            .map(|texts| texts.into_iter().map(|(text, _)| text.to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(field("x", read).0, Some(vec!["x".to_owned()]));
    let (some, said) = field("[x, {y: z}, 3, w]", read);
    assert_eq!(some, Some(vec!["x".to_owned(), "w".to_owned()]));
    assert_eq!(
        said,
        [
            "E0301 `{y: z}` `policies`: expected text, found a mapping | ",
            "E0302 `3` `policies`: expected text, found the number `3` | quote it: \"3\"",
        ]
    );
    assert_eq!(
        refused("{a: b}", read),
        "E0301 `{a: b}` `policies`: expected a list of text, found a mapping | "
    );
}

#[test]
fn collections_are_not_nothing() {
    let items = |node: &Node, reading: &mut Reading<'_>| list(node, "cors", "rules", reading).map(<[_]>::len);
    assert_eq!(field("[1, 2]", items).0, Some(2));
    assert!(refused("", items).ends_with("found nothing | write `[]` for an empty list, or leave the key out"));
    let map = |node: &Node, reading: &mut Reading<'_>| entries(node, "tags", "names to text", reading).map(<[_]>::len);
    assert_eq!(field("{a: 1}", map).0, Some(1));
    assert!(refused("[]", map).starts_with("E0301 `[]` `tags`: expected a mapping of names to text, found a list"));
    let whole =
        |node: &Node, reading: &mut Reading<'_>| section(node, "roles", "names to roles", reading).map(<[_]>::len);
    assert_eq!(field("", whole), (Some(0), vec![]));
}

#[test]
fn words_are_suggested_or_listed() {
    let words = [("true", 1), ("suspended", 2)];
    let read = |node: &Node, reading: &mut Reading<'_>| one_of(node, "versioning", &words, reading);
    assert_eq!((field("true", read).0, field("suspended", read).0), (Some(1), Some(2)));
    assert_eq!(
        refused("suspend", read),
        "E0403 `suspend` `versioning` can't be `suspend` | did you mean `suspended`?"
    );
    assert_eq!(
        refused("never", read),
        "E0403 `never` `versioning` can't be `never` | expected `true` or `suspended`"
    );
    assert_eq!(
        refused("[]", read),
        "E0301 `[]` `versioning`: expected `true` or `suspended`, found a list | "
    );
}
