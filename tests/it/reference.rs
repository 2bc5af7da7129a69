//! The reference is made from the code: what the decoders take is what the page says.
//!
//! Invariant: the checked-in pages are byte for byte what the code gives. `EVENKEEL_BLESS=1 cargo test reference::` writes
//! them anew.

use std::fmt::Write as _;
use std::path::Path;

use evenkeel::kind::Field;
use evenkeel::kinds::{COMMON, KindName};
use evenkeel::lint::Sample;

const INTRODUCTION: &str = "\
# Reference: every section and field

This page is made from the code and checked by a test. How the file as a whole works (variables, `$(…)`, references,
documents, `absent:`) is told in [The environment file](../file-format.md).

The column *a change* says what happens when a written value differs from the live one:

- *in place*: AWS changes it; when the field is absent, AWS's default is wanted.
- *in place, held*: AWS changes it; when the field is absent, a stricter live value is kept and shown as held.
- *replace*: AWS can't change it. Left out, it stays; another written value needs `--replace ADDRESS`, which deletes the
  thing and makes it anew.
- *once*: it counts when the thing is made and is never changed afterwards.
- *watched*: AWS has no call that changes it; a difference is shown by every plan, with what to do by hand.
";

fn environment() -> String {
    let mut page = INTRODUCTION.to_owned();
    heading(&mut page, "Fields of every resource");
    table(&mut page, COMMON);
    for kind in KindName::ALL {
        let section = kind.section();
        heading(&mut page, &format!("`{}`", section.key));
        let aliases: Vec<String> = section.aliases.iter().map(|alias| format!("`{alias}`")).collect();
        let also = match aliases.as_slice() {
            [] => String::new(),
            names => format!(" The section may also be called {}.", names.join(", ")),
        };
        let tags = if kind.taggable() {
            ""
        } else {
            " AWS lets it carry no tags."
        };
        let _ = writeln!(
            page,
            "{}\n\nIts address is `{}/ID`.{also}{tags}\n",
            kind.doc().trim(),
            kind.name()
        );
        table(&mut page, kind.fields());
    }
    page
}

fn heading(page: &mut String, title: &str) {
    let _ = writeln!(page, "\n## {title}\n");
}

fn table(page: &mut String, fields: &[Field]) {
    page.push_str("| field | takes | absent means | a change | |\n| --- | --- | --- | --- | --- |\n");
    for Field {
        name,
        shape,
        default,
        on_change,
        doc,
    } in fields
    {
        let shape = shape.to_string();
        let change = on_change.to_string();
        let cells = [&shape, *default, &change, *doc].map(cell);
        let _ = writeln!(page, "| `{name}` | {} |", cells.join(" | "));
    }
}

/// A bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn codes() -> String {
    let mut page = "\
# Reference: what can be wrong with a file

This page is made from the code and checked by a test. Every finding of `evenkeel check` has one of these codes, or that of a
[rule for policies](../lint.md), such as `P202`; a code never changes its meaning. Findings come with the line, what was found
there, and what would be right.

| code | meaning |
| --- | --- |
"
    .to_owned();
    for (code, meaning) in evenkeel::spec::codes::CODES {
        let _ = writeln!(page, "| `{code}` | {} |", cell(meaning));
    }
    page
}

const RULES: &str = "\
# Rules for policies

Every rule that `evenkeel check` and `evenkeel policy lint` know, with an example and its fix. This page is made from the code
and checked by a test; `evenkeel explain P204` prints one entry of it. How findings are read, allowed and switched off is told in
[The environment file](file-format.md#findings-about-policies).

";

fn rules() -> String {
    let mut page = RULES.to_owned();
    page.push_str("| rule | severity | finds |\n| --- | --- | --- |\n");
    for rule in evenkeel::lint::RULES.iter() {
        let title = cell(rule.title);
        let _ = writeln!(
            page,
            "| [`{0}`](#{1}) | {2} | {title} |",
            rule.id,
            rule.id.to_lowercase(),
            rule.severities()
        );
    }
    for rule in evenkeel::lint::RULES.iter() {
        heading(&mut page, rule.id);
        let _ = writeln!(page, "*{}*: {}\n\n{}", rule.severities(), rule.title, rule.why);
        let (language, wrong, right) = match rule.sample {
            Sample::Policy(_, wrong, right) => ("json", wrong, right),
            Sample::File(wrong, right) => ("yaml", wrong, right),
        };
        let _ = writeln!(page, "\n```{language}\n{}\n```\n\nBetter:\n", wrong.trim_end());
        let _ = writeln!(page, "```{language}\n{}\n```", right.trim_end());
    }
    page
}

fn compare(file: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(file);
    if std::env::var_os("EVENKEEL_BLESS").is_some() {
        std::fs::write(&path, made).expect("the page can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let line = kept.lines().zip(made.lines()).position(|(kept, made)| kept != made);
    let line = line.unwrap_or_else(|| kept.lines().count().min(made.lines().count())) + 1;
    assert!(
        kept == made,
        "docs/{file}:{line} is not what the code says; EVENKEEL_BLESS=1 cargo test reference:: writes it anew"
    );
}

#[test]
fn the_page_of_fields_is_what_the_code_says() {
    compare("reference/environment.md", &environment());
}

#[test]
fn the_page_of_codes_is_what_the_code_says() {
    compare("reference/codes.md", &codes());
}

#[test]
fn the_page_of_rules_is_what_the_code_says() {
    compare("lint.md", &rules());
}
