use proptest::prelude::*;

use super::*;
use crate::spec::json::parse_json;

fn read(text: &str) -> (Sources, Result<Node, Vec<Finding>>) {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", text);
    let result = parse(&sources, file);
    (sources, result)
}

fn good(text: &str) -> Node {
    read(text).1.expect("should be read")
}

/// Code, place, offending text and message of what is wrong.
fn wrong(text: &str) -> Vec<String> {
    let (sources, result) = read(text);
    let said = |f: Finding| {
        let span = f.span.expect("has a place");
        let place = sources.place(span);
        format!(
            "{} {}:{} `{}` {}",
            f.code,
            place.line,
            place.column,
            sources.text(span),
            f.message
        )
    };
    result.expect_err("should be refused").into_iter().map(said).collect()
}

/// The tree in one line, so that tests can be read.
fn show(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".into(),
        Value::Bool(b) => format!("bool:{b}"),
        Value::Number(n) => format!("num:{n}"),
        Value::Text(t) => format!("{t:?}"),
        Value::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .map(|(k, v)| format!("{}: {}", k.text, show(v)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

#[test]
fn plain_scalars_have_a_type_and_quoted_ones_are_text() {
    let plain = "[~, null, Null, , true, True, FALSE, 1, -1, 0, 1.50, 1e5, 2.5E-3]";
    assert_eq!(
        show(&good(&plain.replace(", ,", ",")),),
        "[null, null, null, bool:true, bool:true, bool:false, num:1, num:-1, num:0, num:1.50, num:1e5, num:2.5E-3]"
    );
    let text = "[yes, no, on, off, y, tRUE, nUll, 012345678901, 1_000, 0x1F, 0o7, .5, 5., .inf, +1, 1.2.3, 2012-10-17, -, 1:30]";
    let node = good(&text.replace(" -,", ""));
    assert!(node.items().iter().all(|item| item.text().is_some()), "{}", show(&node));
    assert_eq!(
        show(&good(r#"["1", 'true', "null", "", '~']"#)),
        r#"["1", "true", "null", "", "~"]"#
    );
    assert_eq!(show(&good("a: |\n  1\nb: >\n  true\n")), r#"{a: "1\n", b: "true\n"}"#);
}

#[test]
fn tags_of_the_core_schema_work_and_others_are_refused() {
    assert_eq!(
        show(&good(
            "[!!str 1, !!int 5, !!float 1.5, !!bool true, !!null '', ! 12, !!int '7', !!seq [], !!map {}]"
        )),
        "[\"1\", num:5, num:1.5, bool:true, null, \"12\", num:7, [], {}]"
    );
    assert_eq!(
        wrong("a: !!int abc\nb: !Ref x\nc: !!binary aGk=\nd: !!set {x}\ne: !!seq {}\nf: !!bool yes\n"),
        [
            "E0210 1:4 `!!int abc` `!!int` on `abc`, which is not a whole number",
            "E0210 2:4 `!Ref x` the tag `!Ref` has no meaning here",
            "E0210 3:4 `!!binary aGk=` the tag `!!binary` has no meaning here",
            "E0210 4:4 `!!set {` the tag `!!set` has no meaning here",
            "E0210 5:4 `!!seq {` the tag `!!seq` has no meaning here",
            "E0210 6:4 `!!bool yes` `!!bool` on `yes`, which is not `true` or `false`",
        ]
    );
}

#[test]
fn anchors_and_aliases_work_for_keys_too() {
    assert_eq!(
        show(&good(
            "a: &x [1, two]\nb: *x\nc: &n name\n*n : d\n&k key: *n\nlast: *k\n"
        )),
        "{a: [num:1, \"two\"], b: [num:1, \"two\"], c: \"name\", name: \"d\", key: \"name\", last: \"key\"}"
    );
}

#[test]
fn an_alias_points_to_where_its_value_is_written() {
    let (sources, node) = read("a: &x [1]\nb: *x\nc: &y\n  d: e\nf: !!str 5\n");
    let node = node.expect("fine");
    let text = |key: &str| sources.text(node.get(key).expect("there").span);
    assert_eq!(
        [text("a"), text("b"), text("c"), text("f")],
        ["[1]", "[1]", "d: e", "5"]
    );
    assert_eq!(sources.text(node.span), "a: &x [1]\nb: *x\nc: &y\n  d: e\nf: !!str 5");
}

#[test]
fn merge_keys_let_own_keys_win() {
    let text = "base: &b {x: 1, y: 1}\nmore: &m {y: 2, z: 2}\none:\n  a: 0\n  <<: *b\n  y: own\nlist: {<<: [*b, *m], w: 3}\nturned: {<<: [*m, *b]}\n'<<': text\nquoted: {'<<': 1}\ninline: {<<: {q: 1}}\n";
    assert_eq!(
        show(&good(text)),
        "{base: {x: num:1, y: num:1}, more: {y: num:2, z: num:2}, one: {a: num:0, x: num:1, y: \"own\"}, \
         list: {x: num:1, y: num:1, z: num:2, w: num:3}, turned: {y: num:2, z: num:2, x: num:1}, <<: \"text\", \
         quoted: {<<: num:1}, inline: {q: num:1}}"
    );
    assert_eq!(
        wrong("a: {<<: text}\nb: {<<: [{}, 1]}\nc: {<<: {}, <<: {}}\n"),
        [
            "E0206 1:9 `text` `<<` merges a mapping or a list of mappings, not text",
            "E0206 2:14 `1` `<<` merges a mapping or a list of mappings, not a number",
            "E0204 3:13 `<<` the key `<<` stands twice in this mapping",
        ]
    );
}

#[test]
fn every_duplicate_key_is_found_with_both_places() {
    let (sources, result) = read("a: 1\nb: {c: 1, 'c': {d: 1, d: 2}}\n\"a\": 2\na: 3\n");
    let found: Vec<_> = result
        .expect_err("duplicates")
        .into_iter()
        .map(|f| {
            (
                f.code,
                sources.text(f.span.expect("place")).to_owned(),
                f.related[0].0.start,
            )
        })
        .collect();
    let expected = [("'c'", 9), ("d", 21), ("\"a\"", 0), ("a", 0)];
    let expected: Vec<_> = expected.map(|(text, first)| ("E0204", text.to_owned(), first)).into();
    assert_eq!(found, expected);
}

#[test]
fn keys_must_be_text() {
    assert_eq!(
        wrong("? [a]\n: 1\n? {b: c}\n: 2\n: 3\nname: {{ x }}\n"),
        [
            "E0205 1:3 `[a]` a key must be text, not a list",
            "E0205 3:3 `{b: c}` a key must be text, not a mapping",
            "E0205 5:1 `` a key is missing",
            "E0205 6:8 `{ x }` a key must be text, not a mapping",
        ]
    );
    assert_eq!(
        show(&good("{1: a, true: b, null: c, 2.0: d}")),
        "{1: \"a\", true: \"b\", null: \"c\", 2.0: \"d\"}"
    );
}

#[test]
fn one_document_and_not_nothing() {
    assert_eq!(show(&good("---\na: 1\n...\n")), "{a: num:1}");
    assert_eq!(
        wrong("a: 1\n---\nb: 2\n"),
        ["E0203 2:1 `---` a second YAML document begins here"]
    );
    for empty in ["", " \n\n", "# only a comment\n", "---\n", "null\n", "---\n...\n"] {
        assert!(
            wrong(empty)[0].starts_with("E0202 1:1 `` there is nothing"),
            "{empty:?}"
        );
    }
}

#[test]
fn places_count_characters_right_in_any_text() {
    let lines = [
        "\"größe\": \"日本語\"",
        "emoji😀: [x, 'é y', *a , 😀z]",
        "text: |",
        "  zwei",
        "  drei",
        "",
        "last: &a ü # c",
    ];
    for (line_end, long) in [("\n", 0), ("\r\n", 0), ("\n", 200), ("\r\n", 200)] {
        let filler = format!("# {}{line_end}", "ä".repeat(long));
        let text = format!("{filler}x: &a 1{line_end}{}{line_end}", lines.join(line_end));
        let (sources, node) = read(&text);
        let node = node.expect("fine");
        let spans: Vec<_> = node
            .entries()
            .iter()
            .map(|(k, v)| (sources.text(k.span), sources.text(v.span)))
            .collect();
        let block = format!("zwei{line_end}  drei");
        let expected = [
            ("x", "1"),
            ("\"größe\"", "\"日本語\""),
            ("emoji😀", "[x, 'é y', *a , 😀z]"),
            ("text", &*block),
            ("last", "ü"),
        ];
        assert_eq!(spans, expected, "{text:?}");
        let items: Vec<_> = node.entries()[2]
            .1
            .items()
            .iter()
            .map(|item| sources.text(item.span))
            .collect();
        assert_eq!(items, ["x", "'é y'", "1", "😀z"]);
    }
}

#[test]
fn collections_end_where_their_last_value_ends() {
    let (sources, node) = read("a:\n  - x: 1\n    y: [p: q]\n  -\n    z\n\n# comment\nb: {}\n");
    let node = node.expect("fine");
    let list = node.get("a").expect("a");
    assert_eq!(sources.text(list.span), "- x: 1\n    y: [p: q]\n  -\n    z");
    assert_eq!(sources.text(list.items()[0].span), "x: 1\n    y: [p: q]");
    let pair = &list.items()[0].get("y").expect("y").items()[0];
    assert_eq!((sources.text(pair.span), show(pair)), ("p: q", "{p: \"q\"}".to_owned()));
}

#[test]
fn syntax_errors_are_explained_and_say_that_there_may_be_more() {
    let cases = [
        ("a: b: c\n", "E0201 1:5 `:` a `: ` stands where no key can be"),
        ("a:\n\tb: 1\n", "E0201 2:1 `\t` a tab stands where YAML wants spaces"),
        ("a: [1, 2\nb: 3\n", "E0201"),
        ("a: {x: 1\n", "E0201"),
        ("a: \"open\n", "E0201 1:4 `\"` the text ends inside quotes"),
        (
            "a: \"open\nb: 1\n",
            "E0201 1:4 `\"` the text in these quotes goes on in a line that is not indented",
        ),
        ("a: > x\n", "E0201 1:4 `>` text can't follow `|` or `>` on its line"),
        (
            "a: *nope\n",
            "E0201 1:4 `*` this alias names an anchor that is not defined above it",
        ),
        ("a: *\n", "E0201 1:4 `*` `*` and `&` begin an alias or an anchor"),
        ("a: @x\n", "E0201 1:4 `@` this character can't begin a value"),
        ("a: 1\n b: 2\n", "E0201"),
        ("a: \"\\d\"\n", "E0201"),
        ("a: ]\n", "E0201 1:4 `]`"),
        ("a: !x!y z\n", "E0201"),
    ];
    for (text, expected) in cases {
        let said = wrong(text);
        assert_eq!(said.len(), 1, "{text:?}: {said:?}");
        assert!(said[0].starts_with(expected), "{text:?}: {said:?}");
        let findings = read(text).1.expect_err("refused");
        assert!(
            findings[0]
                .help
                .as_deref()
                .is_some_and(|help| help.contains("one at a time"))
        );
    }
    let said = wrong("a: 1\na: 2\nb: [\n");
    assert_eq!(said.iter().map(|s| &s[..5]).collect::<Vec<_>>(), ["E0204", "E0201"]);
}

#[test]
fn a_document_built_to_explode_is_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let alias = format!("*a{}", level - 1);
        bomb += &format!("a{level}: &a{level} [{}]\n", [alias.as_str(); 10].join(", "));
    }
    assert!(wrong(&bomb)[0].starts_with("E0208"), "many nodes");
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1_000_000), ["*a"; 100].join(", "));
    assert!(wrong(&long)[0].ends_with("this text is too large"), "much text");
    let merges = format!("a: &a {{x: &b {{<<: {{}}}}}}\nb: [{}]\n", ["{<<: *a}"; 50].join(", "));
    assert!(read(&merges).1.is_ok());
    assert!(wrong("a: &a [*a]\n")[0].starts_with("E0207 1:8 `*a`"));
    assert!(wrong("a: &a\n  b: {<<: *a}\n")[0].starts_with("E0207"));
}

#[test]
fn depth_is_limited_with_and_without_aliases() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read(&nested(MAX_DEPTH)).1.is_ok());
    assert!(wrong(&nested(MAX_DEPTH + 1))[0].starts_with("E0209"));
    for deep in ["[", "{a: ", "- ", "? ", "[{a: "] {
        let said = wrong(&deep.repeat(100_000));
        assert!(
            said[0].starts_with("E0209") || said[0].starts_with("E0201"),
            "{deep}: {said:?}"
        );
    }
    let mut chain = "a0: &a0 [x]\n".to_owned();
    for level in 1..=MAX_DEPTH {
        chain += &format!("a{level}: &a{level} [*a{}]\n", level - 1);
    }
    assert!(wrong(&chain)[0].starts_with("E0209"));
}

/// Texts that are often nearly YAML.
fn yamlish() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "a",
        ": ",
        "- ",
        "\n",
        "  ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&x ",
        "*x",
        "<<: ",
        "!!str ",
        "!t ",
        "|\n",
        ">-\n",
        "'",
        "\"",
        "#",
        "---\n",
        "...\n",
        "? ",
        "\t",
        "é",
        "😀",
        "\\",
        "%",
        "\r\n",
        "1",
        "\u{feff}",
        "\0",
        "@",
        "!<a> ",
        "%TAG ! a\n",
    ]);
    prop::collection::vec(parts, 0..30).prop_map(|parts| parts.concat())
}

fn jsonish() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "{\"a\":", "}", "[", "]", ",", "\"b\":", "\"x\"", "1", "null", " ", "\n",
    ]);
    prop::collection::vec(parts, 0..20).prop_map(|parts| parts.concat())
}

fn spans_lie_within(sources: &Sources, node: &Node) -> bool {
    let ok = |span: Span| {
        let text = &sources.get(span.file).text;
        text.get(span.start as usize..span.end as usize).is_some()
    };
    ok(node.span)
        && node.items().iter().all(|item| spans_lie_within(sources, item))
        && node
            .entries()
            .iter()
            .all(|(key, node)| ok(key.span) && spans_lie_within(sources, node))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_gives_a_tree_or_findings_with_good_places(text in prop_oneof![3 => yamlish(), 1 => any::<String>()]) {
        let (sources, result) = read(&text);
        match result {
            Ok(node) => prop_assert!(spans_lie_within(&sources, &node)),
            Err(findings) => {
                prop_assert!(!findings.is_empty());
                for finding in findings {
                    let span = finding.span.expect("has a place");
                    prop_assert!(sources.get(span.file).text.get(span.start as usize..span.end as usize).is_some());
                }
            }
        }
    }

    #[test]
    fn json_is_yaml(text in jsonish()) {
        let mut sources = Sources::default();
        let file = sources.add("a", text.as_str());
        if let Ok(json) = parse_json(&sources, file) {
            match parse(&sources, file) {
                Ok(yaml) => prop_assert_eq!(show(&yaml), show(&json)),
                Err(findings) => prop_assert!(findings[0].code == "E0202" && json.value == Value::Null),
            }
        }
    }
}
