use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<Node, Vec<Finding>> {
    let mut sources = Sources::default();
    let file = sources.add("a.json", text);
    parse_json(&sources, file)
}

/// Code, offending text and label of what is wrong.
fn wrong(text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add("a.json", text);
    let findings = parse_json(&sources, file).expect_err("should be refused");
    let said = |f: Finding| {
        let span = f.span.expect("has a place");
        let place = sources.place(span);
        format!(
            "{} {}:{} `{}` {} | {}",
            f.code,
            place.line,
            place.column,
            sources.text(span),
            f.message,
            f.label
        )
    };
    findings.into_iter().map(said).collect()
}

fn to_serde(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(b) => (*b).into(),
        Value::Number(n) => serde_json::from_str(n).expect("a number"),
        Value::Text(t) => t.clone().into(),
        Value::List(items) => items.iter().map(to_serde).collect(),
        Value::Map(entries) => entries.iter().map(|(k, v)| (k.text.clone(), to_serde(v))).collect(),
    }
}

#[test]
fn a_document_keeps_its_places() {
    let text = "{\n  \"Grüße\": [1, \"x\"]\n}\n";
    let mut sources = Sources::default();
    let file = sources.add("a.json", text);
    let node = parse_json(&sources, file).expect("fine");
    let (key, list) = &node.entries()[0];
    assert_eq!(sources.text(key.span), "\"Grüße\"");
    assert_eq!(sources.text(list.span), "[1, \"x\"]");
    assert_eq!(sources.text(list.items()[1].span), "\"x\"");
    assert_eq!(sources.place(list.span).column, 12);
    assert_eq!(sources.text(node.span), "{\n  \"Grüße\": [1, \"x\"]\n}");
}

#[test]
fn escapes_mean_what_they_say() {
    let node = read(r#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#).expect("fine");
    assert_eq!(node.text(), Some("a\"\\/\u{8}\u{c}\n\r\té😀"));
}

#[test]
fn what_is_nearly_json_is_refused_with_the_fix() {
    let said = |text: &str| wrong(text).join("\n");
    assert_eq!(
        said("[1,]"),
        "E0211 1:3 `,` a comma stands before the closing `]` | trailing comma; remove it"
    );
    assert_eq!(
        said("{\"a\": 1,\n}"),
        "E0211 1:8 `,` a comma stands before the closing `}` | trailing comma; remove it"
    );
    assert_eq!(
        said("[1 2]"),
        "E0211 1:4 `2` expected `,` or `]` before this | a comma is missing before it"
    );
    assert_eq!(
        said("[1,,2]"),
        "E0211 1:4 `,` two commas follow each other | remove one"
    );
    assert_eq!(
        said("{a: 1}"),
        "E0211 1:2 `a` expected a key in double quotes | keys need double quotes: \"…\""
    );
    assert_eq!(
        said("{'a': 1}"),
        "E0211 1:2 `'` expected a key in double quotes | JSON wants double quotes: \"…\""
    );
    assert_eq!(
        said("{\"a\" 1}"),
        "E0211 1:6 `1` the key `a` has no value | expected `:` here"
    );
    assert_eq!(
        said("[True]"),
        "E0211 1:2 `True` `True` is not a JSON value | write `true`"
    );
    assert_eq!(
        said("[abc]"),
        "E0211 1:2 `abc` `abc` is not a JSON value | text needs double quotes"
    );
    assert_eq!(
        said("{} {}"),
        "E0211 1:4 `{` text goes on after the end of the JSON value | remove it, or a bracket or brace before it closes too much"
    );
    assert_eq!(
        said("// x\n{}"),
        "E0211 1:1 `/` JSON has no comments | remove it, or write the document in YAML"
    );
    assert_eq!(
        said("  "),
        "E0211 1:3 `` there is no JSON here | expected a value, such as `{ … }`"
    );
    assert_eq!(
        said("\"a\nb\""),
        "E0211 1:1 `\"` this text has no closing quote on its line | add the closing `\"`, or write a line break as `\\n`"
    );
    assert_eq!(
        said("\"a\tb\""),
        "E0211 1:3 `\t` a control character (U+0009) stands in the text | write `\\u0009`"
    );
    assert_eq!(
        said(r#""\x""#),
        "E0211 1:2 `\\` JSON has no such escape | write `\\\\` for a backslash"
    );
    assert_eq!(
        said(r#""\ud800x""#),
        "E0211 1:2 `\\` this escape is half of a surrogate pair | write both halves, or the character itself"
    );
    assert_eq!(
        said(r#""\udc00""#),
        "E0211 1:2 `\\` this escape is half of a surrogate pair | write both halves, or the character itself"
    );
    for text in ["01", "+1", ".5", "1.", "1e", "-", "0x1", "1_0"] {
        assert!(said(text).contains("leading zeros"), "{text}");
    }
}

#[test]
fn an_unclosed_collection_shows_where_it_opened() {
    let findings = read("{\"a\": [1, 2").expect_err("unclosed");
    assert_eq!(findings[0].related[0].0.start, 6);
}

#[test]
fn all_duplicate_keys_are_found_with_both_places() {
    let findings = read("{\"a\": 1, \"a\": {\"b\": 1, \"\\u0062\": 2}, \"a\": 3}").expect_err("duplicates");
    let codes: Vec<_> = findings.iter().map(|f| (f.code, f.related.len())).collect();
    assert_eq!(codes, [("E0204", 1); 3]);
}

#[test]
fn deep_and_large_texts_are_refused() {
    assert!(wrong(&"[".repeat(100_000))[0].starts_with("E0209"));
    assert!(wrong(&"{\"a\":".repeat(100_000))[0].starts_with("E0209"));
    let deepest = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert!(read(&deepest).is_ok());
    assert!(wrong(&format!("[{}0]", "0,".repeat(MAX_NODES)))[0].starts_with("E0208"));
}

#[test]
fn a_part_of_a_file_keeps_the_places_of_the_file() {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", "doc: |\n  {\"a\": tru}\n");
    let part = Span {
        file,
        start: 9,
        end: 19,
    };
    let findings = parse_from(&sources, part).expect_err("refused");
    assert_eq!(sources.text(findings[0].span.expect("place")), "tru");
}

/// Texts that are often nearly JSON.
fn jsonish() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "1", "-0.5e3", "true", "null", " ", "\n", "\\", "\\u12", "é",
        "//", "x",
    ]);
    prop::collection::vec(parts, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn it_agrees_with_serde_json(text in prop_oneof![jsonish(), any::<String>()]) {
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        match read(&text) {
            Ok(node) => prop_assert_eq!(to_serde(&node), theirs.expect("serde takes it too")),
            // serde_json takes the last of duplicate keys and refuses numbers beyond f64; nothing else may differ.
            Err(findings) => prop_assert!(theirs.is_err() || findings.iter().all(|f| f.code == "E0204")),
        }
    }
}
