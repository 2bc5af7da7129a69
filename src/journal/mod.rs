//! The journal's lines: what a run was asked, each call before and after it was made, and how the run ended.
//!
//! Invariant: no secret and no document is in a line; a line is told apart from others by its run alone, so several
//! processes may write to one file. It says what was done and never what to do: nothing reads it to decide.

mod read;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::engine::apply::End;
use crate::engine::error::Nature;
use crate::engine::{CallError, Receipt};
use crate::plan::{Step, Verb};

pub use read::{Detail, Journal, Problem, Run, Standing, Thing, Tried, read};

/// The version of the format; told in every line, since lines of several versions may stand in one file.
pub const VERSION: u32 = 1;

/// The longest message that is kept of an error.
const LONGEST_MESSAGE: usize = 1_000;

/// The name of one run: the moment in which it began and something random, `20261122-183012-3f9a1c`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RunId(String);

impl RunId {
    /// The name of a run that begins at a moment; what is random tells apart those of one second.
    #[must_use]
    pub fn new(began: OffsetDateTime, random: [u8; 3]) -> Self {
        let (date, time) = (began.date(), began.time());
        let [a, b, c] = random;
        let day = format!("{:04}{:02}{:02}", date.year(), u8::from(date.month()), date.day());
        let moment = format!("{:02}{:02}{:02}", time.hour(), time.minute(), time.second());
        Self(format!("{day}-{moment}-{a:02x}{b:02x}{c:02x}"))
    }

    /// A name as it stands in a journal. It is also the name of a folder, so nothing but letters, digits and dashes is
    /// in it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let fits = (1..=64).contains(&text.len()) && text.chars().all(is_plain);
        fits.then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a user's word means this run: its beginning, or the beginning of its random end.
    #[must_use]
    pub fn is_meant_by(&self, word: &str) -> bool {
        let random = self.0.rsplit('-').next().unwrap_or_default();
        !word.is_empty() && (self.0.starts_with(word) || random.starts_with(word))
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RunId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("this is no name of a run"))
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// See [`VERSION`].
    pub v: u32,
    /// Which run wrote it.
    pub run: RunId,
    /// When, in the form of RFC 3339, in UTC.
    pub time: String,
    /// What happened.
    #[serde(flatten)]
    pub entry: Entry,
}

impl Line {
    /// A line of now; the text is one line with its end, to be written by one call.
    #[must_use]
    pub fn text(run: &RunId, time: OffsetDateTime, entry: Entry) -> String {
        let line = Self {
            v: VERSION,
            run: run.clone(),
            time: time.format(&Rfc3339).unwrap_or_default(),
            entry,
        };
        let mut text = serde_json::to_string(&line).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Entry {
    /// A run begins; nothing has been changed yet.
    Begin(Box<Begin>),
    /// What the run shall do to one resource.
    Change(Change),
    /// A call is about to be made.
    Start(Start),
    /// A call has been answered, or will not be any more.
    Call(Call),
    /// A step waits.
    Wait(Wait),
    /// A step has come to its end.
    Finish(Finish),
    /// The run ends. Where this is missing, it was killed or is still under way.
    End(Ended),
    /// Something that a later version tells within the same format.
    #[serde(other)]
    Other,
}

/// What a run was asked to do, by whom and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begin {
    /// The tool's version.
    pub evenkeel: String,
    /// The environment's name.
    pub environment: String,
    /// The account.
    pub account: String,
    /// The default region.
    pub region: String,
    /// The ARN of the identity that runs.
    pub identity: String,
    /// The digest of what the file wants.
    pub digest: String,
    /// The `-f` arguments.
    pub files: Vec<String>,
    /// The folder in which it runs.
    pub folder: String,
    /// The commit of the files, where git knows them.
    pub git: Option<Revision>,
    /// The saved plan, where one was executed.
    pub plan: Option<String>,
    /// The user's word, as options.
    pub consents: Vec<String>,
    /// How many steps the plan has.
    pub steps: usize,
    /// The folder of the simulated account, where it is one.
    pub sandbox: Option<String>,
    /// The file that undoes it.
    pub undo: Option<String>,
}

/// Where git stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The commit's full id.
    pub commit: String,
    /// Whether the files are as they are in it.
    pub tree: Tree,
}

/// Whether files are as git has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tree {
    /// They are.
    Clean,
    /// They are edited, or git does not have them.
    Edited,
}

/// What a run shall do to one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The resource.
    pub address: String,
    /// What happens to it.
    pub verb: Verb,
    /// In how many steps.
    pub steps: usize,
}

/// A call is about to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// The step's number in the plan.
    pub step: usize,
    /// The resource.
    pub address: String,
    /// The IAM action.
    pub call: String,
    /// In the reader's words.
    pub summary: String,
    /// Which try it is, from 1.
    pub attempt: u32,
}

/// How a call was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The step's number in the plan.
    pub step: usize,
    /// The resource.
    pub address: String,
    /// The IAM action.
    pub call: String,
    /// Which try it was, from 1.
    pub attempt: u32,
    /// The answer.
    pub result: Answer,
    /// AWS's id of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// AWS's code of an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// AWS's message, or what went wrong on the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// It has been done.
    Done,
    /// It was so already.
    Already,
    /// AWS has refused it; nothing was changed.
    Refused,
    /// AWS asks to be called more slowly; nothing was changed.
    Throttled,
    /// It isn't known whether it took effect.
    Unclear,
    /// Something on this side; nothing was sent, or what came back was of no use.
    Local,
}

/// A step waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// The step's number in the plan.
    pub step: usize,
    /// The resource.
    pub address: String,
    /// What it waits for.
    pub what: String,
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finish {
    /// The step's number in the plan.
    pub step: usize,
    /// The resource.
    pub address: String,
    /// How.
    pub end: Ending,
    /// The step whose failure has held it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<usize>,
    /// Why it has failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// How a step ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// It has been done, and AWS has finished it.
    Done,
    /// It has failed.
    Failed,
    /// It was not tried, because one before it was not done.
    Held,
    /// It was not tried, because the run was stopped.
    Stopped,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The exit code.
    pub exit: u8,
    /// Steps that were done.
    pub done: usize,
    /// Steps that failed.
    pub failed: usize,
    /// Steps that were not tried.
    pub untried: usize,
    /// Resources that AWS did not show as written in time.
    pub unsettled: Vec<String>,
}

impl Start {
    /// Before a call of a step.
    #[must_use]
    pub fn of(step: &Step, attempt: u32) -> Self {
        Self {
            step: step.id,
            address: step.address.to_string(),
            call: step.call.to_owned(),
            summary: step.summary.clone(),
            attempt,
        }
    }
}

impl Call {
    /// After a call of a step.
    #[must_use]
    pub fn of(step: &Step, attempt: u32, result: &Result<Receipt, CallError>) -> Self {
        let mut call = Self {
            step: step.id,
            address: step.address.to_string(),
            call: step.call.to_owned(),
            attempt,
            result: Answer::Done,
            request: None,
            code: None,
            message: None,
        };
        match result {
            Ok(receipt) => {
                call.request.clone_from(&receipt.request_id);
                if receipt.already {
                    call.result = Answer::Already;
                }
            }
            Err(error) => {
                call.result = Answer::of(error.nature);
                call.request.clone_from(&error.request_id);
                call.code.clone_from(&error.code);
                call.message = Some(shortened(&error.message));
            }
        }
        call
    }
}

impl Answer {
    fn of(nature: Nature) -> Self {
        match nature {
            Nature::Refused => Self::Refused,
            Nature::Throttled => Self::Throttled,
            Nature::Ambiguous => Self::Unclear,
            Nature::Local => Self::Local,
        }
    }

    /// The word in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Already => "already",
            Self::Refused => "refused",
            Self::Throttled => "throttled",
            Self::Unclear => "unclear",
            Self::Local => "failed",
        }
    }
}

impl Finish {
    /// At a step's end.
    #[must_use]
    pub fn of(step: &Step, end: &End) -> Self {
        let (end, because, message) = match end {
            End::Done(_) => (Ending::Done, None, None),
            End::Failed(error) => (Ending::Failed, None, Some(shortened(&error.to_string()))),
            End::Held(root) => (Ending::Held, Some(*root), None),
            End::Stopped => (Ending::Stopped, None, None),
        };
        Self {
            step: step.id,
            address: step.address.to_string(),
            end,
            because,
            message,
        }
    }
}

impl Ended {
    /// At a run's end.
    #[must_use]
    pub fn of(exit: u8, ends: &[End], unsettled: &[String]) -> Self {
        let count = |test: fn(&End) -> bool| ends.iter().filter(|end| test(end)).count();
        Self {
            exit,
            done: count(|end| matches!(end, End::Done(_))),
            failed: count(|end| matches!(end, End::Failed(_))),
            untried: count(|end| matches!(end, End::Held(_) | End::Stopped)),
            unsettled: unsettled.to_vec(),
        }
    }
}

/// A message may repeat what was sent; its beginning says what is wrong.
fn shortened(message: &str) -> String {
    match message.char_indices().nth(LONGEST_MESSAGE) {
        Some((at, _)) => format!("{} …", &message[..at]),
        None => message.to_owned(),
    }
}
