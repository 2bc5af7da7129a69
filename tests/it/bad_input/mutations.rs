//! Good environments made bad at random: reading, lowering and showing what is wrong never panic.

use std::collections::BTreeMap;

use evenkeel::kind::Home;
use evenkeel::names::{AccountId, Partition, Region};
use evenkeel::render::{Colour, snippet};
use evenkeel::spec::files::{Entry, Files, Kind, Trouble};
use evenkeel::spec::load::{self, Inputs};
use evenkeel::spec::lower::Learned;
use evenkeel::spec::{header, resources};
use proptest::prelude::*;

/// A file that uses everything that there is.
const GOOD: &str = include_str!("good.yaml");

/// The document that it names.
const DOCUMENT: &str = include_str!("good.json");

/// Files in memory, all in one folder.
struct Memory(BTreeMap<String, String>);

impl Files for Memory {
    fn kind(&self, path: &str) -> Result<Kind, Trouble> {
        match path {
            "." => Ok(Kind::Folder),
            _ => self.text(path).map(|_| Kind::File),
        }
    }

    fn read(&self, path: &str, _: u64) -> Result<Vec<u8>, Trouble> {
        self.text(path).map(|text| text.as_bytes().to_vec())
    }

    fn list(&self, _: &str) -> Result<Vec<Entry>, Trouble> {
        let entry = |name: &String| Entry {
            name: name.clone(),
            kind: Kind::File,
        };
        Ok(self.0.keys().map(entry).collect())
    }

    fn real(&self, path: &str) -> Result<String, Trouble> {
        match path {
            "." => Ok("/all".to_owned()),
            _ => self.text(path).map(|_| format!("/all/{path}")),
        }
    }
}

impl Memory {
    fn text(&self, path: &str) -> Result<&String, Trouble> {
        let missing = Trouble::Missing {
            path: path.to_owned(),
            suggestion: None,
        };
        self.0.get(path).ok_or(missing)
    }
}

/// Everything that `check` does with a file; what it says.
fn check(environment: &str, document: &str) -> String {
    let files = Memory(BTreeMap::from([
        ("environment.yaml".to_owned(), environment.to_owned()),
        ("good.json".to_owned(), document.to_owned()),
    ]));
    let inputs = Inputs {
        files: &files,
        arguments: &["environment.yaml".to_owned()],
        vars: &[],
        vars_files: &[],
        env: &|_| None,
    };
    let mut texts = load::read(&inputs);
    let Some(header) = header::read(&mut texts, &inputs) else {
        return snippet::render(&texts.findings, &texts.sources, Colour::Never);
    };
    let region = Region::parse("eu-west-1").expect("a region");
    let home = Home {
        partition: Partition::of_region(&region),
        account: AccountId::parse("123456789012").expect("an account"),
    };
    let environment = resources::lower(&texts, &header, &home, &region, &Learned::default(), &inputs);
    snippet::render(&environment.findings, &environment.sources, Colour::Never)
}

#[test]
fn the_good_file_is_good() {
    assert_eq!(check(GOOD, DOCUMENT), "");
}

/// What a line, a word or a piece of a text may become.
const ODD: &[&str] = &[
    "",
    "~",
    "7",
    "-1",
    "1e999",
    "true",
    "''",
    "\"",
    "[]",
    "{}",
    "[",
    "]",
    "{",
    "}",
    ":",
    "- ",
    "*a",
    "&a ",
    "<<: *a",
    "!!int ",
    "$(",
    "$()",
    "$(stage)",
    "$$(",
    "|",
    ">",
    "#",
    "\t",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "é",
    "💾",
    "\r\n",
    "---",
    "? ",
    "${aws:username}",
    "arn:",
    "arn:aws:iam::aws:policy/",
    "{ existing: x }",
    "{ file: good.json }",
    "{ file: . }",
    "none",
    "{ Statement: [] }",
    "99999999999999999999h",
    "a b",
    "..",
    "roles",
    "name: x",
];

/// One change of a text. Positions are shares of it, so that they stay meaningful while it shrinks.
#[derive(Debug, Clone)]
enum Change {
    Cut(f64, usize),
    Insert(f64, &'static str),
    Word(f64, &'static str),
    Value(f64, &'static str),
    DropLine(f64),
    SwapLines(f64, f64),
    RepeatLine(f64, f64),
    Indent(f64, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = || 0.0..1.0_f64;
    let odd = || prop::sample::select(ODD);
    prop_oneof![
        (at(), 1..9_usize).prop_map(|(at, length)| Change::Cut(at, length)),
        (at(), odd()).prop_map(|(at, odd)| Change::Insert(at, odd)),
        (at(), odd()).prop_map(|(at, odd)| Change::Word(at, odd)),
        (at(), odd()).prop_map(|(at, odd)| Change::Value(at, odd)),
        at().prop_map(Change::DropLine),
        (at(), at()).prop_map(|(from, to)| Change::SwapLines(from, to)),
        (at(), at()).prop_map(|(from, to)| Change::RepeatLine(from, to)),
        (at(), 0..8_usize).prop_map(|(at, depth)| Change::Indent(at, depth)),
    ]
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of a small count"
)]
fn index(share: f64, count: usize) -> usize {
    (share * count as f64) as usize
}

fn apply(text: &str, change: &Change) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let count = lines.len();
    match *change {
        Change::Cut(at, length) => {
            let start = index(at, text.chars().count());
            return text
                .chars()
                .take(start)
                .chain(text.chars().skip(start + length))
                .collect();
        }
        Change::Insert(at, odd) => {
            let start = index(at, text.chars().count());
            let (before, after): (String, String) =
                (text.chars().take(start).collect(), text.chars().skip(start).collect());
            return before + odd + &after;
        }
        Change::Word(at, odd) => {
            let words: Vec<&str> = text.split_inclusive([' ', '\n', ',', ':', '/']).collect();
            let drop = index(at, words.len());
            let kept = words
                .iter()
                .enumerate()
                .map(|(at, word)| if at == drop { odd } else { word });
            return kept.collect();
        }
        Change::Value(at, odd) => {
            let line = &mut lines[index(at, count)];
            let end = line.find(": ").map_or(line.len(), |at| at + 2);
            line.replace_range(end.., odd);
        }
        Change::DropLine(at) => drop(lines.remove(index(at, count))),
        Change::SwapLines(from, to) => lines.swap(index(from, count), index(to, count)),
        Change::RepeatLine(from, to) => {
            let line = lines[index(from, count)].clone();
            lines.insert(index(to, count), line);
        }
        Change::Indent(at, depth) => {
            let line = &mut lines[index(at, count)];
            *line = " ".repeat(depth) + line.trim_start();
        }
    }
    lines.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_changed_environment_never_panics(changes in prop::collection::vec(change(), 1..6)) {
        let text = changes.iter().fold(GOOD.to_owned(), |text, change| apply(&text, change));
        check(&text, DOCUMENT);
    }

    #[test]
    fn a_changed_environment_that_is_accepted_fits_the_schema(change in change()) {
        let text = apply(GOOD, &change);
        if check(&text, DOCUMENT).is_empty() {
            let complaints = crate::schema::complaints(&text);
            prop_assert!(complaints.is_empty(), "{complaints:#?}\n{text}");
        }
    }

    #[test]
    fn a_changed_document_never_panics(changes in prop::collection::vec(change(), 1..6)) {
        let text = changes.iter().fold(DOCUMENT.to_owned(), |text, change| apply(&text, change));
        check(GOOD, &text);
    }

    #[test]
    fn any_text_never_panics(text in "(?s).{0,200}") {
        check(&text, &text);
        check(&format!("version: 1\nenvironment: demo\n{text}"), &text);
    }
}
