use proptest::prelude::*;

use super::*;
use crate::spec::yaml;

fn names() -> BTreeMap<String, Scalar> {
    let text = |text: &str| Scalar::Text(text.to_owned());
    BTreeMap::from([
        ("bucket".to_owned(), text("rmi-360")),
        ("tricky".to_owned(), text("$(bucket) $$(")),
        ("roles.ci.x.arn".to_owned(), text("arn:x")),
        ("memory".to_owned(), Scalar::Number("256".to_owned())),
        ("on".to_owned(), Scalar::Bool(true)),
    ])
}

fn run(yaml: &str) -> (Sources, Node, Vec<Finding>) {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", yaml);
    let node = yaml::parse(&sources, file).expect("good YAML");
    let (node, findings) = interpolate(&node, &names(), &sources);
    (sources, node, findings)
}

/// The text of the one value of `a`.
fn text(yaml: &str) -> String {
    let (_, node, findings) = run(&format!("a: {yaml}\n"));
    assert_eq!(findings, []);
    node.get("a").and_then(Node::text).expect("text").to_owned()
}

/// Code, place, offending text, message, label.
fn wrong(yaml: &str) -> Vec<String> {
    let (sources, _, findings) = run(yaml);
    let said = |f: Finding| {
        let span = f.span.expect("has a place");
        let place = sources.place(span);
        let text = sources.text(span);
        format!(
            "{} {}:{} `{text}` {} | {}",
            f.code, place.line, place.column, f.message, f.label
        )
    };
    findings.into_iter().map(said).collect()
}

#[test]
fn names_are_replaced_in_text() {
    assert_eq!(text("arn:aws:s3:::$(bucket)/*"), "arn:aws:s3:::rmi-360/*");
    assert_eq!(text("$(bucket)$(bucket)-$(memory)$(on)"), "rmi-360rmi-360-256true");
    assert_eq!(text("'$(roles.ci.x.arn)'"), "arn:x");
    assert_eq!(text("${aws:username} $bucket ) ("), "${aws:username} $bucket ) (");
}

#[test]
fn two_dollars_are_literal_and_values_are_not_read_again() {
    assert_eq!(text("$$(bucket)"), "$(bucket)");
    assert_eq!(text("$$$(bucket)"), "$$(bucket)");
    assert_eq!(text("a$$(x)$(bucket)$$("), "a$(x)rmi-360$(");
    assert_eq!(text("$(tricky)"), "$(bucket) $$(");
    assert_eq!(text("x$(tricky)"), "x$(bucket) $$(");
}

#[test]
fn a_value_that_is_one_name_takes_its_type() {
    let (_, node, findings) = run("[$(memory), '$(on)', $(bucket), $(memory)s]");
    assert_eq!(findings, []);
    let values: Vec<_> = node.items().iter().map(|item| item.value.clone()).collect();
    let text = |text: &str| Value::Text(text.to_owned());
    let expected = [
        Value::Number("256".to_owned()),
        Value::Bool(true),
        text("rmi-360"),
        text("256s"),
    ];
    assert_eq!(values, expected);
}

#[test]
fn keys_are_replaced_and_places_are_kept() {
    let (sources, node, _) = run("$(bucket)-x:\n  - k: $(bucket)\n");
    let (key, list) = &node.entries()[0];
    assert_eq!(
        (key.text.as_str(), sources.text(key.span)),
        ("rmi-360-x", "$(bucket)-x")
    );
    assert_eq!(sources.text(list.items()[0].get("k").expect("k").span), "$(bucket)");
}

#[test]
fn keys_that_become_one_are_found() {
    let (sources, _, findings) = run("{rmi-360: 1, $(bucket): 2}");
    let found: Vec<_> = findings
        .iter()
        .map(|f| (f.code, sources.text(f.span.expect("place"))))
        .collect();
    assert_eq!(found, [("E0204", "$(bucket)")]);
    assert_eq!(sources.text(findings[0].related[0].0), "rmi-360");
}

#[test]
fn an_unknown_name_is_found_at_its_place() {
    assert_eq!(
        wrong("a: arn:$(bucket)/$(bukket)\n$(nobody): 1\nb: \"é $$( \\n $(on)$(memry)\"\nc: $(buckt)\n"),
        [
            "E0221 1:18 `$(bukket)` `$(bukket)` is not known | did you mean `$(bucket)`?",
            "E0221 2:1 `$(nobody)` `$(nobody)` is not known | no variable or attribute has this name",
            "E0221 3:19 `$(memry)` `$(memry)` is not known | did you mean `$(memory)`?",
            "E0221 4:4 `$(buckt)` `$(buckt)` is not known | did you mean `$(bucket)`?",
        ]
    );
}

#[test]
fn places_are_right_in_blocks_and_behind_escapes_and_aliases() {
    assert_eq!(
        wrong("a: |\n  $(bucket)\n  x $(y)\nb: \"\\u0024(z)\"\nc: &k $(w)\n? *k\n: 1\n"),
        [
            "E0221 3:5 `$(y)` `$(y)` is not known | no variable or attribute has this name",
            "E0221 4:4 `\"\\u0024(z)\"` `$(z)` is not known | no variable or attribute has this name",
            "E0221 5:7 `$(w)` `$(w)` is not known | no variable or attribute has this name",
            "E0221 6:3 `*k` `$(w)` is not known | no variable or attribute has this name",
        ]
    );
}

#[test]
fn an_open_name_is_found() {
    assert_eq!(
        wrong("a: x $(bucket\nb: $(bucket $(on)\nc: |\n  $(buc\n  ket)\n"),
        [
            "E0222 1:6 `$(` this `$(` has no `)` | close it on its line",
            "E0222 2:4 `$(` this `$(` has no `)` | close it on its line",
            "E0222 4:3 `$(` this `$(` has no `)` | close it on its line",
        ]
    );
}

#[test]
fn a_closure_may_know_the_names_and_say_what_is_unset() {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", "$(x)");
    let span = Span { file, start: 0, end: 4 };
    let unset = |_: &str| {
        Err(Unresolved::Unset {
            help: "give it with --var x=…".to_owned(),
        })
    };
    let (text, findings) = interpolate_text("$(x)", span, &unset, &sources);
    assert_eq!(text, "$(x)");
    assert_eq!(
        (findings[0].code, findings[0].label.as_str()),
        ("E0224", "give it with --var x=…")
    );
}

#[test]
fn growth_without_bounds_is_refused_once() {
    let long = Scalar::Text("x".repeat(1 << 20));
    let names = BTreeMap::from([("x".to_owned(), long)]);
    let mut sources = Sources::default();
    let text = "$(x)".repeat(1000);
    let file = sources.add("a.yaml", text.as_str());
    let span = Span {
        file,
        start: 0,
        end: 4000,
    };
    let (text, findings) = interpolate_text(&text, span, &names, &sources);
    assert!(text.len() <= MAX_TEXT + 4000);
    assert_eq!(findings.iter().map(|f| f.code).collect::<Vec<_>>(), ["E0223"]);
}

#[test]
fn the_names_of_a_text_can_be_listed() {
    assert_eq!(names_in("a $(x)$$(y) $(z $(x)"), ["x", "x"]);
}

proptest! {
    #[test]
    fn text_without_names_stays_and_doubled_dollars_come_back(text in "[a$() \n\u{e9}]{0,20}") {
        let escaped = text.replace("$(", "$$(");
        let mut sources = Sources::default();
        let file = sources.add("a", escaped.as_str());
        let span = Span { file, start: 0, end: escaped.len() as u32 };
        let (back, findings) = interpolate_text(&escaped, span, &names(), &sources);
        prop_assert_eq!(findings, []);
        prop_assert_eq!(back, text);
    }

    #[test]
    fn any_text_is_fine(text in "([$(){}a\n\u{e9}]|bucket|\\PC){0,20}") {
        let mut sources = Sources::default();
        let file = sources.add("a", text.as_str());
        let span = Span { file, start: 0, end: text.len() as u32 };
        let (_, findings) = interpolate_text(&text, span, &names(), &sources);
        for finding in findings {
            let span = finding.span.expect("place");
            prop_assert!(sources.text(span).starts_with("$("));
        }
    }
}
