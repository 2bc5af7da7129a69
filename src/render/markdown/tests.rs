//! The page as CommonMark reads it: what is in it, how long it gets, and that nobody's text becomes mark-up.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

use super::text::{code, prose};
use super::{MOST, markdown, size};
use crate::report::testing::{everything, hostile, rich_plan, thing};
use crate::report::{Report, Status};

fn events(page: &str) -> Vec<Event<'_>> {
    Parser::new_ext(page, Options::all()).collect()
}

/// The words that stand outside of code, and the HTML.
struct Reading {
    words: String,
    html: String,
    code: Vec<String>,
}

/// Reads a page and makes sure that it holds only what this program writes.
#[track_caller]
fn read(page: &str) -> Reading {
    let mut reading = Reading {
        words: String::new(),
        html: String::new(),
        code: Vec::new(),
    };
    let mut in_block = false;
    for event in events(page) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_block = true,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => in_block = false,
            Event::Start(
                Tag::Paragraph
                | Tag::List(None)
                | Tag::Item
                | Tag::Strong
                | Tag::BlockQuote(None)
                | Tag::Table(_)
                | Tag::TableHead
                | Tag::TableRow
                | Tag::TableCell
                | Tag::HtmlBlock,
            ) => {}
            Event::Start(tag) => panic!("{tag:?} in\n{page}"),
            Event::Html(html) => reading.html.push_str(&html),
            Event::InlineHtml(html) => panic!("{html} in\n{page}"),
            Event::Text(_) if in_block => {}
            Event::Text(text) => reading.words.push_str(&text),
            Event::Code(text) => reading.code.push(text.to_string()),
            Event::SoftBreak | Event::Rule | Event::End(_) => reading.words.push('\n'),
            other => panic!("{other:?} in\n{page}"),
        }
    }
    for sign in ["@", "://", "www.", "#"] {
        assert!(!reading.words.contains(sign), "{sign} in the words of\n{page}");
    }
    reading
}

/// Only what the page itself writes: comments at the top, and details with a summary of code.
#[track_caller]
fn harmless_html(html: &str) {
    let mut rest = html.to_owned();
    for own in [
        "<details>",
        "</details>",
        "<summary>",
        "</summary>",
        "<code>",
        "</code>",
    ] {
        rest = rest.replace(own, "");
    }
    let comments = rest
        .lines()
        .filter(|line| line.starts_with("<!-- evenkeel:") && line.ends_with(" -->"));
    assert!(comments.count() <= 1, "{html}");
    let others = rest.lines().filter(|line| !line.starts_with("<!-- "));
    for line in others {
        assert!(!line.contains('<') && !line.contains('>'), "{line}");
    }
    assert_eq!(html.matches("<details>").count(), html.matches("</details>").count());
}

#[test]
fn a_plan_as_a_comment() {
    let page = markdown(&rich_plan());
    harmless_html(&read(&page).html);
    insta::assert_snapshot!("plan", page);
}

#[test]
fn everything_as_a_comment() {
    let page = markdown(&everything());
    harmless_html(&read(&page).html);
    insta::assert_snapshot!("everything", page.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
}

const NASTY: &[&str] = &[
    "&\t\t",
    "@team please approve",
    "</details><script>alert(1)</script>",
    "<!-- x --> --> <img src=x>",
    "[click](https://evil.example) ![x](https://evil.example/x.png)",
    "https://evil.example www.evil.example me@evil.example",
    "| a | b |\n|---|---|\n| c | d |",
    "# heading\n\n## another\n===\n---",
    "```\n``````\n~~~",
    "`` ` ``` ` `",
    "a`b",
    "`",
    "\u{1b}[2J\u{202e}txt\r\n\0",
    "*bold* _it_ ~~gone~~ $x$ $$y$$",
    "- item\n1. item\n> quote",
    "#123 GH-123 evil/repo#1 deadbeef0 :tada:",
    "&lt;b&gt; &amp; &#64;team \\@team",
    "[^1] [x]: http://evil.example",
    "1. 2) + - * = ~",
    "  indented\n\n    code\n\ttab",
    "\"quoted\" (in brackets), 'so': yes!",
];

#[test]
fn text_of_others_is_never_mark_up() {
    for text in NASTY {
        let page = markdown(&hostile(text));
        harmless_html(&read(&page).html);
        assert!(page.starts_with("<!-- evenkeel:fleet"), "{page}");
    }
}

#[test]
fn text_of_others_is_still_there() {
    let page = markdown(&hostile("@team <b>"));
    let reading = read(&page);
    assert!(
        reading.code.iter().any(|code| code == "@team <b>"),
        "{:?}",
        reading.code
    );
    assert!(
        reading.html.contains("<code>role/@team &lt;b&gt;</code>"),
        "{}",
        reading.html
    );
}

#[test]
fn sentences_stay_sentences() {
    assert_eq!(
        prose("role/ci exists, and is not this environment's (see `--adopt`)."),
        "`role/ci` exists, and is not this environment's (see `--adopt`)."
    );
    assert_eq!(prose("3 of 17 things, 4."), "3 of 17 things, 4\\.");
    assert_eq!(code("a`b"), "``a`b``");
    assert_eq!(code("`"), "`` ` ``");
}

/// A report with so many resources, each with so many long fields.
fn large(things: usize, fields: usize, length: usize) -> Report {
    let mut report = rich_plan();
    report.things = (0..things)
        .map(|at| {
            let mut thing = thing(&format!("worker-{at}"), Status::Update);
            let long = "x".repeat(length);
            thing.fields = vec![crate::report::testing::field("description", Some(&long), Some("short")); fields];
            thing
        })
        .collect();
    report
}

#[track_caller]
fn fits_with_all(report: &Report) -> String {
    let page = markdown(report);
    assert!(size(&page) <= MOST, "{}", size(&page));
    let reading = read(&page);
    harmless_html(&reading.html);
    for thing in &report.things {
        assert!(page.contains(&thing.address.to_string()), "{}", thing.address);
    }
    assert!(page.contains("`--adopt role/foreign`") || page.contains("Refused"));
    page
}

#[test]
fn detail_is_left_out_step_by_step() {
    assert!(!fits_with_all(&large(10, 1, 1000)).contains("To fit into a comment"));
    assert!(fits_with_all(&large(60, 3, 4000)).contains("long values are cut"));
    assert!(fits_with_all(&large(120, 20, 100)).contains("the values are left out"));
    assert!(fits_with_all(&large(700, 20, 100)).contains("what differs in each resource is left out"));
    assert!(fits_with_all(&large(2500, 1, 100)).contains("everything but the addresses"));
}

#[test]
fn what_can_not_fit_is_cut_and_says_so() {
    let page = markdown(&large(5_000, 1, 10));
    assert!(size(&page) <= MOST);
    assert!(page.contains("**Cut here**"));
    assert!(page.contains("**Refused**"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_text_stays_harmless(text in "[-@#<>&`~*_|!\\[\\]()\\\\/:.$a-c0-9 \n\t\"'=+]{0,40}") {
        let page = markdown(&hostile(&text));
        prop_assert!(size(&page) <= MOST);
        harmless_html(&read(&page).html);
    }

    #[test]
    fn any_size_fits(things in 0_usize..400, fields in 0_usize..4, length in 0_usize..300) {
        let page = markdown(&large(things, fields, length));
        prop_assert!(size(&page) <= MOST);
        prop_assert_eq!(page.matches("<details>").count(), page.matches("</details>").count());
    }

    #[test]
    fn a_code_span_holds_what_was_put_in(text in "[`a ]{1,20}") {
        prop_assume!(!text.trim().is_empty());
        let span = code(&text);
        let read: Vec<String> = events(&span).into_iter().filter_map(|event| match event {
            Event::Code(text) => Some(text.to_string()),
            _ => None,
        }).collect();
        prop_assert_eq!(read, vec![text]);
    }
}
