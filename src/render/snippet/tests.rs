use proptest::prelude::*;

use super::*;
use crate::spec::{json, yaml};

fn sources(texts: &[(&str, &str)]) -> (Sources, Vec<FileId>) {
    let mut sources = Sources::default();
    let ids = texts.iter().map(|(name, text)| sources.add(*name, *text)).collect();
    (sources, ids)
}

/// The `n`th place of a text.
fn at(sources: &Sources, file: FileId, text: &str, nth: usize) -> Span {
    let start = sources
        .get(file)
        .text
        .match_indices(text)
        .nth(nth)
        .expect("stands there")
        .0;
    Span {
        file,
        start: start as u32,
        end: (start + text.len()) as u32,
    }
}

#[test]
fn a_finding_is_shown_as_the_compiler_shows_it() {
    let text = "roles:\n  ci:\n    trust: x\n    polices: [AWSLambdaFullAccess]\n";
    let (sources, ids) = sources(&[("environment.yaml", text)]);
    let findings = [
        Finding::warning("E0402", at(&sources, ids[0], "x", 0), "`x` trusts everyone")
            .help("name a service\nor an account"),
        Finding::error(
            "E0303",
            at(&sources, ids[0], "polices", 0),
            "unknown key `polices` in this role",
        )
        .label("did you mean `policies`?"),
    ];
    insta::assert_snapshot!(render(&findings, &sources, Colour::Never), @r#"
    warning[E0402]: `x` trusts everyone
     --> environment.yaml:3:12
      |
    3 |     trust: x
      |            ^
      |
      = help: name a service
              or an account

    error[E0303]: unknown key `polices` in this role
     --> environment.yaml:4:5
      |
    4 |     polices: [AWSLambdaFullAccess]
      |     ^^^^^^^ did you mean `policies`?

    1 error, 1 warning
    "#);
}

#[test]
fn related_places_share_an_excerpt_where_they_are_near() {
    let far = "# far\n".repeat(200);
    let text = format!("a: 1\nb: 2\n#\n#\n#\n#\n#\na: 3\n{far}a: 4\n");
    let (sources, ids) = sources(&[("one.yaml", &text), ("two.yaml", "x\na: 5\n")]);
    let findings = [
        Finding::error("E0204", at(&sources, ids[0], "a:", 1), "the key `a` stands twice")
            .label("remove one")
            .related(at(&sources, ids[0], "a:", 0), "first written here")
            .related(at(&sources, ids[0], "a: 4", 0), "and here")
            .related(at(&sources, ids[1], "a:", 0), "and here"),
    ];
    insta::assert_snapshot!(render(&findings, &sources, Colour::Never), @r#"
    error[E0204]: the key `a` stands twice
       --> one.yaml:8:1
        |
      1 | a: 1
        | -- first written here
    ...
      8 | a: 3
        | ^^ remove one
        |
       ::: one.yaml:209:1
        |
    209 | a: 4
        | ---- and here
        |
       ::: two.yaml:2:1
        |
      2 | a: 5
        | -- and here

    1 error
    "#);
}

#[test]
fn what_has_no_place_comes_first() {
    let (sources, ids) = sources(&[("a.yaml", "a: 1\n"), ("b.yaml", "b: 1\n")]);
    let findings = [
        Finding::error("E0301", at(&sources, ids[1], "b", 0), "third"),
        Finding::error("E0301", at(&sources, ids[0], "1", 0), "second"),
        Finding::error("E0301", at(&sources, ids[0], "1", 0), "second"),
        Finding::placeless("E0101", "there is no `x.yaml`").help("did you mean `a.yaml`?"),
    ];
    insta::assert_snapshot!(render(&findings, &sources, Colour::Never), @r#"
    error[E0101]: there is no `x.yaml`
     |
     = help: did you mean `a.yaml`?

    error[E0301]: second
     --> a.yaml:1:4
      |
    1 | a: 1
      |    ^

    error[E0301]: third
     --> b.yaml:1:1
      |
    1 | b: 1
      | ^

    3 errors
    "#);
}

#[test]
fn a_long_span_is_shown_by_its_first_line() {
    let (sources, ids) = sources(&[("a.yaml", "roles:\n  ci:\r\n    path: /\n    x: 1\n")]);
    let span = Span {
        end: 38,
        ..at(&sources, ids[0], "ci", 0)
    };
    let findings = [Finding::error("E0304", span, "this role has no `trust`").label("`trust` is required")];
    insta::assert_snapshot!(render(&findings, &sources, Colour::Never), @r#"
    error[E0304]: this role has no `trust`
     --> a.yaml:2:3
      |
    2 |   ci:
      |   ^^^ `trust` is required

    1 error
    "#);
}

#[test]
fn the_end_of_the_file_has_a_place() {
    let (sources, ids) = sources(&[("a.yaml", "a: [1\n"), ("b.yaml", "")]);
    let end = |file, at| Span {
        file,
        start: at,
        end: at,
    };
    let findings = [
        Finding::error("E0201", end(ids[0], 6), "the list is open").label("close it"),
        Finding::error("E0202", end(ids[1], 0), "there is nothing in this file"),
    ];
    insta::assert_snapshot!(render(&findings, &sources, Colour::Never), @r#"
    error[E0201]: the list is open
     --> a.yaml:2:1
      |
    2 |
      | ^ close it

    error[E0202]: there is nothing in this file
     --> b.yaml:1:1
      |
    1 |
      | ^

    2 errors
    "#);
}

#[test]
fn long_lines_are_cut_around_the_place() {
    for lead in [200, 5000, 200_000] {
        let text = format!("a: {} bad {}\nb: 1\n", "é".repeat(lead), "y".repeat(5000));
        let (sources, ids) = sources(&[("a.yaml", &text)]);
        let findings = [Finding::error("E0301", at(&sources, ids[0], "bad", 0), "m".repeat(2000)).label("here")];
        let shown = render(&findings, &sources, Colour::Never);
        assert!(shown.contains(&format!("a.yaml:1:{}\n", lead + 5)), "{shown}");
        assert!(shown.contains("é bad y"), "{shown}");
        assert!(shown.contains("^^^ here"), "{shown}");
        assert!(shown.len() < 2500, "{}", shown.len());
    }
}

#[test]
fn text_cannot_steer_the_terminal() {
    let text = "a: \"\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}31m \u{202e}evil\" # \tz\r\n";
    let (sources, ids) = sources(&[("a\u{1b}[2J.yaml", text)]);
    let findings = [
        Finding::error("E0301", at(&sources, ids[0], "evil", 0), "a\u{1b}[31m\nerror: fake")
            .label("l\u{1b}[1A\r\n")
            .related(at(&sources, ids[0], "a", 0), "\u{7}")
            .help("h\u{1b}[0m"),
    ];
    insta::assert_snapshot!(render(&findings, &sources, Colour::Never), @r#"
    error[E0301]: a␛[31m␊error: fake
     --> a␛[2J.yaml:1:29
      |
    1 | a: "␛[31mred␛]0;title␇�31m �evil" #  z
      | - ␇                         ^^^^ l␛[1A␍␊
      |
      = help: h␛[0m

    1 error
    "#);
}

#[test]
fn colour_is_only_there_when_asked_for() {
    let (sources, ids) = sources(&[("a.yaml", "a: 1\n")]);
    let findings = [Finding::error("E0301", at(&sources, ids[0], "1", 0), "wrong").help("mend it")];
    let plain = render(&findings, &sources, Colour::Never);
    let coloured = render(&findings, &sources, Colour::Always);
    assert!(!plain.contains('\u{1b}'));
    assert!(coloured.contains("\u{1b}["));
    let mut stripped = String::new();
    for part in coloured.split('\u{1b}') {
        stripped.push_str(
            part.strip_prefix('[')
                .and_then(|p| p.split_once('m'))
                .map_or(part, |(_, rest)| rest),
        );
    }
    assert_eq!(stripped, plain);
}

#[test]
fn the_summary_counts() {
    let error = Finding::placeless("E0101", "x");
    let warning = Finding {
        severity: Severity::Warning,
        ..error.clone()
    };
    let count = |errors: usize, warnings: usize| {
        summary(std::iter::repeat_n(&error, errors).chain(std::iter::repeat_n(&warning, warnings)))
    };
    assert_eq!(count(2, 3), "2 errors, 3 warnings");
    assert_eq!(count(1, 1), "1 error, 1 warning");
    assert_eq!((count(0, 1), count(0, 0)), ("1 warning".to_owned(), String::new()));
    assert_eq!(render(&[], &Sources::default(), Colour::Never), "");
}

#[test]
fn only_the_number_is_shown_of_very_many() {
    let text = "a: 1\n".repeat(1500);
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", text);
    let findings = yaml::parse(&sources, file).expect_err("duplicates");
    let shown = render(&findings, &sources, Colour::Never);
    assert!(shown.ends_with("\n\n... and 499 more\n\n1499 errors\n"));
    assert_eq!(shown.matches("error[E0204]").count(), 1000);
}

proptest! {
    #[test]
    fn whatever_is_wrong_with_a_text_can_be_shown(text in prop_oneof![any::<String>(), "([a:\\-\\[{}&*!\"'\n\t ]|<<|\\PC){0,40}"]) {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", text);
        for result in [yaml::parse(&sources, file), json::parse_json(&sources, file)] {
            let findings = result.err().unwrap_or_default();
            let shown = render(&findings, &sources, Colour::Never);
            prop_assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{:?}", shown);
            prop_assert_eq!(shown.is_empty(), findings.is_empty());
        }
    }

    #[test]
    fn any_text_and_any_span_can_be_shown(
        text in "(\\PC|[\n\r\t\u{1b}\u{0}\u{85}\u{202e}]|\u{fe0f}|\u{200d}|aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa){0,40}",
        message in any::<String>(),
        places in prop::collection::vec((0_u32..300, 0_u32..300), 1..5),
        colour in prop_oneof![Just(Colour::Never), Just(Colour::Always)],
    ) {
        let (sources, ids) = sources(&[("a.yaml", &text)]);
        // Spans are taken as they come, also beyond the end and within characters.
        let spans = places.iter().map(|(start, end)| Span { file: ids[0], start: *start, end: *end });
        let mut finding = Finding::placeless("E0301", message.as_str()).label(message.as_str()).help(message.as_str());
        for (at, span) in spans.enumerate() {
            if at == 0 {
                finding.span = Some(span);
            } else {
                finding = finding.related(span, message.as_str());
            }
        }
        let shown = render(&[finding], &sources, colour);
        let shown = if colour == Colour::Always { shown.replace('\u{1b}', "") } else { shown };
        prop_assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{:?}", shown);
    }
}
