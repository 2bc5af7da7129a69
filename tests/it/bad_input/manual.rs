//! The pages of the manual of mistakes: Markdown whose examples are run.
//!
//! A page is a list of cases. Each begins with a `##` title and has any number of files (```` ```yaml NAME ````; without a
//! name it is `environment.yaml`) and one ```` ```console ```` block: a command and the whole of what it says. Text around
//! them is for the reader.
//!
//! With `EVENKEEL_BLESS=1` the answers are written into the page instead of compared, to be reviewed as any change.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::super::place::{Answer, Place};

/// One example of a page.
#[derive(Default)]
pub(crate) struct Case {
    pub(crate) title: String,
    pub(crate) files: Vec<(String, String)>,
    command: String,
    pub(crate) expected: String,
    /// The lines of the page that hold what is expected.
    lines: std::ops::Range<usize>,
}

/// Runs every case of a page; fails with all differences at once.
pub(crate) fn hold(page: &str) {
    let path = path(page);
    let text = std::fs::read_to_string(&path).expect("a page");
    let cases = cases(&text);
    assert!(!cases.is_empty(), "{page} has no case");
    let answers: Vec<Answer> = cases.iter().map(run).collect();
    if std::env::var_os("EVENKEEL_BLESS").is_some() {
        std::fs::write(&path, blessed(&text, &cases, &answers)).expect("a page that can be written");
    }
    let mut wrong = String::new();
    for (case, answer) in cases.iter().zip(&answers) {
        judge(case, answer, &mut wrong);
    }
    assert!(wrong.is_empty(), "{page}\n{wrong}");
}

/// The cases of a page.
pub(crate) fn cases_of(page: &str) -> Vec<Case> {
    cases(&std::fs::read_to_string(path(page)).expect("a page"))
}

/// The codes that the cases of a page end in.
pub(crate) fn codes(page: &str) -> Vec<String> {
    let text = std::fs::read_to_string(path(page)).expect("a page");
    let lines = cases(&text).into_iter().flat_map(|case| {
        let lines: Vec<String> = case.expected.lines().map(str::to_owned).collect();
        lines
    });
    lines
        .filter_map(|line| {
            let rest = line.strip_prefix("error[").or_else(|| line.strip_prefix("warning["))?;
            rest.split_once(']').map(|(code, _)| code.to_owned())
        })
        .collect()
}

fn path(page: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/bad_input")
        .join(page)
}

fn judge(case: &Case, answer: &Answer, wrong: &mut String) {
    let mut say = |what: &str| writeln!(wrong, "## {}\n{what}\n", case.title).expect("text");
    if answer.err != case.expected && std::env::var_os("EVENKEEL_BLESS").is_none() {
        say(&format!("--- expected\n{}\n--- found\n{}", case.expected, answer.err));
    }
    if answer.code != Some(code(answer)) {
        say(&format!("exit code {:?}", answer.code));
    }
    if !answer.out.is_empty() {
        say(&format!("standard output holds\n{}", answer.out));
    }
}

/// A mistake is an error; a file without one that does not do what it promises is refused.
fn code(answer: &Answer) -> i32 {
    let mut errors = answer.err.lines().filter(|line| line.starts_with("error")).peekable();
    let is_refused = errors.peek().is_some() && errors.all(|line| line.starts_with("error[E07"));
    if is_refused { 4 } else { 1 }
}

fn run(case: &Case) -> Answer {
    let mut place = Place::new();
    for (name, content) in &case.files {
        place = place.file(name, content);
    }
    let mut words = case.command.split_whitespace().peekable();
    while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
        place = place.env(name, value);
        words.next();
    }
    assert_eq!(words.next(), Some("evenkeel"), "{}: {}", case.title, case.command);
    place.run(words)
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            cases.push(Case {
                title: title.to_owned(),
                ..Case::default()
            });
        }
        let Some(block) = line.strip_prefix("```") else {
            continue;
        };
        let body: Vec<(usize, &str)> = lines.by_ref().take_while(|(_, line)| *line != "```").collect();
        let case = cases.last_mut().expect("a title above the first block");
        let (language, name) = block.split_once(' ').unwrap_or((block, "environment.yaml"));
        let whole = |body: &[(usize, &str)]| body.iter().fold(String::new(), |text, (_, line)| text + line + "\n");
        if language == "console" {
            let [(at, command), expected @ ..] = body.as_slice() else {
                panic!("{}: an empty console", case.title)
            };
            case.command = command.strip_prefix("$ ").expect("a command").to_owned();
            case.expected = whole(expected);
            case.lines = at + 1..at + 1 + expected.len();
        } else {
            case.files.push((name.to_owned(), whole(&body)));
        }
    }
    cases
}

fn blessed(text: &str, cases: &[Case], answers: &[Answer]) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    for (case, answer) in cases.iter().zip(answers).rev() {
        lines.splice(case.lines.clone(), answer.err.lines());
    }
    lines.join("\n") + "\n"
}
