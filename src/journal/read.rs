//! From the journal's lines to runs.
//!
//! Invariant: no line can stop the reading: what can't be read is told with its number. The last line may be torn.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::plan::Verb;

use super::{Begin, Call, Ended, Ending, Entry, Line, RunId, Start, VERSION};

/// How much of the runs is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail<'a> {
    /// What a list of runs needs.
    Counts,
    /// Every call of this run.
    CallsOf(&'a RunId),
}

/// What a journal tells.
#[derive(Debug, Default)]
pub struct Journal {
    /// The runs in the order in which they began.
    pub runs: Vec<Run>,
    /// Lines that could not be read.
    pub problems: Vec<Problem>,
}

/// Something in the journal that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong with it, as a sentence fragment.
    pub what: String,
}

/// One run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its name.
    pub id: RunId,
    /// What it was asked.
    pub begin: Begin,
    /// When it began.
    pub began: OffsetDateTime,
    /// When it last wrote.
    pub last: OffsetDateTime,
    /// How it ended; `None` for one that was killed or is under way.
    pub end: Option<Ended>,
    /// The resources that it shall change, by address.
    pub things: BTreeMap<String, Thing>,
    /// Its calls in the order in which they began, where they were asked for.
    pub tried: Vec<Tried>,
}

/// How far a run has come with one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// What happens to it.
    pub verb: Verb,
    /// In how many steps.
    pub steps: usize,
    /// How many of them are done.
    pub done: usize,
    /// How many of them have failed.
    pub failed: usize,
    /// Those that have begun and not ended.
    pub open: BTreeSet<usize>,
}

/// How a resource stands after, or in the middle of, a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Every step was done.
    Complete,
    /// A step has failed.
    Failed,
    /// Some steps were done or begun, not all.
    Partly,
    /// Nothing was done.
    Untouched,
}

impl Thing {
    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match (self.failed, self.done, self.open.len()) {
            (0, done, _) if done >= self.steps => Standing::Complete,
            (0, 0, 0) => Standing::Untouched,
            (0, _, _) => Standing::Partly,
            _ => Standing::Failed,
        }
    }
}

/// One try of one call.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// When it began.
    pub began: OffsetDateTime,
    /// What was called.
    pub start: Start,
    /// The answer; `None` where the run ended before it came.
    pub answer: Option<Call>,
    /// What it waited for afterwards.
    pub waits: Vec<String>,
    /// What has gone wrong with the step in the end although AWS has taken the call.
    pub failed: Option<String>,
}

/// Reads a journal.
///
/// # Errors
/// Only what the reader itself fails with.
pub fn read(mut text: impl BufRead, detail: Detail<'_>) -> io::Result<Journal> {
    let mut reading = Reading {
        detail,
        journal: Journal::default(),
        places: BTreeMap::new(),
    };
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        if text.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let is_whole = bytes.ends_with(b"\n");
        if let Err(what) = parse(&bytes).and_then(|(line, time)| reading.take(line, time)) {
            let what = if is_whole {
                what
            } else {
                "it breaks off; whoever wrote it was stopped".to_owned()
            };
            reading.journal.problems.push(Problem { line: number, what });
        }
    }
    Ok(reading.journal)
}

fn parse(bytes: &[u8]) -> Result<(Line, OffsetDateTime), String> {
    #[derive(serde::Deserialize)]
    struct Head {
        v: Option<u32>,
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "it is no text".to_owned())?;
    let head: Head = serde_json::from_str(text).map_err(|_| "it is no entry of a journal".to_owned())?;
    match head.v {
        Some(VERSION) => {}
        Some(other) => return Err(format!("it has version {other}, and this program reads {VERSION}")),
        None => return Err("it has no version".to_owned()),
    }
    let line: Line = serde_json::from_str(text).map_err(|error| format!("it makes no sense: {error}"))?;
    let time = OffsetDateTime::parse(&line.time, &Rfc3339).map_err(|_| format!("`{}` is no moment", line.time))?;
    Ok((line, time))
}

struct Reading<'a> {
    detail: Detail<'a>,
    journal: Journal,
    places: BTreeMap<RunId, usize>,
}

impl Reading<'_> {
    fn take(&mut self, line: Line, time: OffsetDateTime) -> Result<(), String> {
        let Line {
            v: _,
            run: id,
            time: _,
            entry,
        } = line;
        if let Entry::Begin(begin) = entry {
            return self.begin(id, *begin, time);
        }
        let run = self.places.get(&id).and_then(|at| self.journal.runs.get_mut(*at));
        let run = run.ok_or_else(|| format!("the beginning of its run {id} is not in this journal"))?;
        run.last = run.last.max(time);
        run.count(&entry);
        if self.detail == Detail::CallsOf(&id) {
            run.recall(&entry, time);
        }
        if let Entry::End(end) = entry {
            run.end = Some(end);
        }
        Ok(())
    }

    fn begin(&mut self, id: RunId, begin: Begin, time: OffsetDateTime) -> Result<(), String> {
        if self.places.contains_key(&id) {
            return Err(format!("the run {id} begins a second time"));
        }
        self.places.insert(id.clone(), self.journal.runs.len());
        self.journal.runs.push(Run {
            id,
            begin,
            began: time,
            last: time,
            end: None,
            things: BTreeMap::new(),
            tried: Vec::new(),
        });
        Ok(())
    }
}

impl Run {
    fn count(&mut self, entry: &Entry) {
        match entry {
            Entry::Change(change) => {
                let thing = Thing {
                    verb: change.verb,
                    steps: change.steps,
                    done: 0,
                    failed: 0,
                    open: BTreeSet::new(),
                };
                self.things.insert(change.address.clone(), thing);
            }
            Entry::Start(start) => {
                if let Some(thing) = self.things.get_mut(&start.address) {
                    thing.open.insert(start.step);
                }
            }
            Entry::Finish(finish) => {
                if let Some(thing) = self.things.get_mut(&finish.address) {
                    thing.open.remove(&finish.step);
                    match finish.end {
                        Ending::Done => thing.done += 1,
                        Ending::Failed => thing.failed += 1,
                        Ending::Held | Ending::Stopped => {}
                    }
                }
            }
            Entry::Begin(_) | Entry::Call(_) | Entry::Wait(_) | Entry::End(_) | Entry::Other => {}
        }
    }

    fn recall(&mut self, entry: &Entry, time: OffsetDateTime) {
        let last_of = |tried: &mut Vec<Tried>, step: usize| tried.iter().rposition(|one| one.start.step == step);
        match entry {
            Entry::Start(start) => self.tried.push(Tried {
                began: time,
                start: start.clone(),
                answer: None,
                waits: Vec::new(),
                failed: None,
            }),
            Entry::Call(call) => {
                if let Some(one) = last_of(&mut self.tried, call.step).and_then(|at| self.tried.get_mut(at)) {
                    one.answer = Some(call.clone());
                }
            }
            Entry::Wait(wait) => {
                if let Some(one) = last_of(&mut self.tried, wait.step).and_then(|at| self.tried.get_mut(at)) {
                    one.waits.push(wait.what.clone());
                }
            }
            Entry::Finish(finish) => {
                if let Some(one) = last_of(&mut self.tried, finish.step).and_then(|at| self.tried.get_mut(at)) {
                    let is_told = one.answer.as_ref().is_some_and(|call| call.message.is_some());
                    one.failed = finish.message.clone().filter(|_| !is_told);
                }
            }
            Entry::Begin(_) | Entry::Change(_) | Entry::End(_) | Entry::Other => {}
        }
    }

    /// How many of its resources stand so.
    #[must_use]
    pub fn count_of(&self, standing: Standing) -> usize {
        let things = self.things.values();
        things.filter(|thing| thing.standing() == standing).count()
    }

    /// How many of its resources were wholly brought there by this verb.
    #[must_use]
    pub fn completed(&self, verb: Verb) -> usize {
        let things = self.things.values().filter(|thing| thing.verb == verb);
        things.filter(|thing| thing.standing() == Standing::Complete).count()
    }
}
