//! The journal for people and for programs: a list of runs, and one run call by call.
//!
//! Invariant: what was done is told as it was recorded; a run of which no end is recorded is never called done.

use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::journal::{Answer, Begin, Problem, Run, Standing, Tree, Tried};
use crate::plan::Verb;

use super::snippet::visible;
use super::{Doc, Label};

/// The version of the JSON.
const VERSION: u32 = 1;

/// What a run without a recorded end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Nobody is at work, so it was killed.
    Interrupted,
    /// It was killed, or it is under way.
    Unknown,
}

/// A run with what only the machine that shows it can know.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    run: &'a Run,
    ending: Ending,
    /// The file that undoes it, if it is still there.
    undo: Option<&'a str>,
}

impl<'a> Shown<'a> {
    /// A run; `is_there` looks for files.
    pub fn new(run: &'a Run, ending: Ending, is_there: impl Fn(&str) -> bool) -> Self {
        Self {
            run,
            ending,
            undo: run.begin.undo.as_deref().filter(|path| is_there(path)),
        }
    }

    /// How it ended, in one word or two.
    fn end(&self) -> &'static str {
        match (&self.run.end, self.ending) {
            (Some(end), _) => match end.exit {
                0 => "done",
                3 => "incomplete",
                130 => "stopped",
                _ => "failed",
            },
            (None, Ending::Interrupted) => "interrupted",
            (None, Ending::Unknown) => "interrupted or under way",
        }
    }

    fn label(&self) -> Label {
        match self.end() {
            "done" => Label::Plain,
            _ => Label::Alarm,
        }
    }

    /// The command that undoes it.
    fn undo_command(&self) -> Option<String> {
        Some(undo_command(self.undo?, self.run.begin.sandbox.as_deref()))
    }
}

/// The command that applies an undo file, to the same account.
#[must_use]
pub fn undo_command(file: &str, sandbox: Option<&str>) -> String {
    let account = sandbox.map(|folder| format!(" --sandbox {}", quoted(folder)));
    format!("evenkeel apply -f {}{}", quoted(file), account.unwrap_or_default())
}

/// As a shell takes it.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@:,=".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The runs as a table.
#[must_use]
pub fn list(runs: &[Shown<'_>]) -> Doc {
    let mut doc = Doc::default();
    let rows: Vec<[String; 5]> = runs.iter().map(row).collect();
    let head = ["run", "when (UTC)", "environment", "account", "who"].map(str::to_owned);
    let width = |column: usize| {
        let cells = rows.iter().chain([&head]).map(|row| row[column].chars().count());
        cells.max().unwrap_or_default()
    };
    let widths = [0, 1, 2, 3, 4].map(width);
    let line = |row: &[String; 5]| {
        let cells = row.iter().zip(widths);
        cells
            .map(|(cell, width)| format!("{cell:width$}  "))
            .collect::<String>()
    };
    if runs.is_empty() {
        doc.text(Label::Plain, "no run is in this journal");
        return doc;
    }
    doc.text(Label::Dim, format!("{}what", line(&head)));
    for (run, row) in runs.iter().zip(&rows) {
        let (what, end) = (work(run.run), run.end());
        let what = if what.is_empty() {
            String::new()
        } else {
            format!("{what}; ")
        };
        doc.line([
            (Label::Plain, format!("{}{what}", line(row))),
            (run.label(), end.to_owned()),
        ]);
        if let Some(command) = run.undo_command() {
            doc.text(Label::Dim, format!("    to undo: {command}"));
        }
    }
    doc
}

fn row(shown: &Shown<'_>) -> [String; 5] {
    let Run { id, begin, began, .. } = shown.run;
    [
        id.to_string(),
        moment(*began).chars().take(16).collect(),
        begin.environment.clone(),
        begin.account.clone(),
        who(begin),
    ]
}

/// What is behind the account in an ARN: `user/erika`, `assumed-role/ci/run-7`.
fn who(begin: &Begin) -> String {
    let parts: Vec<&str> = begin.identity.splitn(6, ':').collect();
    parts.get(5).copied().unwrap_or(&begin.identity).to_owned()
}

/// How often each word is said of a run's resources.
fn tally(run: &Run) -> Vec<(&'static str, usize)> {
    let words = [
        ("created", run.completed(Verb::Create)),
        ("changed", run.completed(Verb::Update)),
        ("replaced", run.completed(Verb::Replace)),
        ("deleted", run.completed(Verb::Delete)),
        ("adopted", run.completed(Verb::Adopt)),
        ("failed", run.count_of(Standing::Failed)),
        ("half done", run.count_of(Standing::Partly)),
        ("not tried", run.count_of(Standing::Untouched)),
    ];
    words.into_iter().filter(|(_, count)| *count > 0).collect()
}

fn work(run: &Run) -> String {
    let parts: Vec<String> = tally(run)
        .iter()
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    parts.join(", ")
}

fn moment(time: OffsetDateTime) -> String {
    let text = time.format(&Rfc3339).unwrap_or_default();
    text.chars().take(19).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

/// One run, call by call.
#[must_use]
pub fn calls(shown: &Shown<'_>) -> Doc {
    let mut doc = Doc::default();
    let run = shown.run;
    doc.line([
        (Label::Heading, run.id.to_string()),
        (Label::Plain, "  ".into()),
        (shown.label(), shown.end().to_owned()),
    ]);
    for (word, text) in particulars(shown) {
        doc.line([(Label::Dim, format!("  {word:<12}")), (Label::Plain, text)]);
    }
    doc.gap();
    for tried in &run.tried {
        call(&mut doc, tried);
    }
    for (address, thing) in &run.things {
        let text = match thing.standing() {
            Standing::Complete | Standing::Failed => continue,
            Standing::Partly => format!("{address}: {} of {} steps done", thing.done, thing.steps),
            Standing::Untouched => format!("{address}: not tried"),
        };
        doc.text(Label::Changed, text);
    }
    for address in run.end.iter().flat_map(|end| &end.unsettled) {
        doc.text(
            Label::Changed,
            format!("{address}: AWS did not show it as written in time"),
        );
    }
    doc
}

fn particulars(shown: &Shown<'_>) -> Vec<(&'static str, String)> {
    let Run { begin, began, last, .. } = shown.run;
    let took = (*last - *began).whole_seconds().max(0);
    let mut lines = vec![
        ("began", format!("{} UTC, and took {took} s", moment(*began))),
        ("environment", begin.environment.clone()),
        ("account", format!("{}, {}", begin.account, begin.region)),
        ("by", begin.identity.clone()),
        ("files", format!("{} in {}", begin.files.join(", "), begin.folder)),
    ];
    if let Some(git) = &begin.git {
        let edited = match git.tree {
            Tree::Clean => "",
            Tree::Edited => ", edited since",
        };
        lines.push(("commit", format!("{}{edited}", git.commit)));
    }
    lines.push(("digest", begin.digest.clone()));
    lines.extend(begin.plan.clone().map(|plan| ("saved plan", plan)));
    if !begin.consents.is_empty() {
        lines.push(("consents", begin.consents.join(" ")));
    }
    lines.extend(begin.sandbox.clone().map(|folder| ("sandbox", folder)));
    lines.push(("evenkeel", begin.evenkeel.clone()));
    lines.push(("what", work(shown.run)));
    let gone = || begin.undo.as_ref().map(|path| format!("{path} is not there any more"));
    lines.extend(shown.undo_command().or_else(gone).map(|text| ("to undo", text)));
    lines
}

fn call(doc: &mut Doc, tried: &Tried) {
    let start = &tried.start;
    let clock = tried.began.time();
    let (hour, minute, second, milli) = (clock.hour(), clock.minute(), clock.second(), clock.millisecond());
    let time = format!("{hour:02}:{minute:02}:{second:02}.{milli:03}");
    let again = if start.attempt > 1 {
        format!(" (try {})", start.attempt)
    } else {
        String::new()
    };
    let what = format!("{time}  {}  {}: {}{again}  ", start.call, start.address, start.summary);
    let Some(answer) = &tried.answer else {
        doc.line([
            (Label::Plain, what),
            (
                Label::Alarm,
                "no answer is recorded: it may or may not have taken effect".into(),
            ),
        ]);
        return;
    };
    let label = match answer.result {
        Answer::Done | Answer::Already => Label::Added,
        Answer::Throttled => Label::Changed,
        Answer::Refused | Answer::Unclear | Answer::Local => Label::Alarm,
    };
    let code = answer.code.as_ref().map(|code| format!(" {code}")).unwrap_or_default();
    let request = answer.request.as_ref().map(|id| format!("  {id}")).unwrap_or_default();
    doc.line([
        (Label::Plain, what),
        (label, format!("{}{code}", answer.result.word())),
        (Label::Dim, request),
    ]);
    let told = answer.message.iter().chain(&tried.failed);
    told.for_each(|message| doc.text(Label::Plain, format!("          {message}")));
    for wait in &tried.waits {
        doc.text(Label::Dim, format!("          then waited for {wait}"));
    }
}

/// The runs as JSON; docs/journal.md describes it.
#[must_use]
pub fn to_json(runs: &[Shown<'_>], problems: &[Problem]) -> Json {
    let runs: Vec<Json> = runs.iter().map(run_json).collect();
    json!({ "version": VERSION, "report": "history", "runs": runs, "problems": problems })
}

/// JSON as text. What could steer a terminal stands there as an escape, which is the same to who parses it.
#[must_use]
pub fn json_text(value: &Json) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => safe.push(c),
            c if visible(c) == c => safe.push(c),
            c => c
                .encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| safe.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    safe
}

fn run_json(shown: &Shown<'_>) -> Json {
    let run = shown.run;
    let time = |time: OffsetDateTime| time.format(&Rfc3339).unwrap_or_default();
    let things: serde_json::Map<String, Json> = run
        .things
        .iter()
        .map(|(address, thing)| {
            let standing = match thing.standing() {
                Standing::Complete => "complete",
                Standing::Failed => "failed",
                Standing::Partly => "partly",
                Standing::Untouched => "untouched",
            };
            (
                address.clone(),
                json!({ "verb": thing.verb, "standing": standing, "steps": thing.steps, "done": thing.done }),
            )
        })
        .collect();
    let tally: serde_json::Map<String, Json> = tally(run)
        .into_iter()
        .map(|(word, count)| (word.replace(' ', "_"), json!(count)))
        .collect();
    let mut whole = json!({
        "run": run.id,
        "began": time(run.began),
        "last": time(run.last),
        "state": shown.end().replace(' ', "_"),
        "begin": run.begin,
        "end": run.end,
        "tally": tally,
        "resources": things,
        "undo": shown.undo_command(),
    });
    if !run.tried.is_empty() {
        let calls: Vec<Json> = run
            .tried
            .iter()
            .map(|tried| {
                json!({
                    "began": time(tried.began),
                    "start": tried.start,
                    "answer": tried.answer,
                    "waits": tried.waits,
                    "failed": tried.failed,
                })
            })
            .collect();
        whole["calls"] = Json::Array(calls);
    }
    whole
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
