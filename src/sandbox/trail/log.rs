//! Where events are kept: the newest some thousand, one line each, in one file.
//!
//! Invariant: writing an event costs one append; the file is read only when somebody looks. A line that a killed process
//! left unfinished is passed over, and what can't be written is lost, as CloudTrail promises nothing. Never grows beyond
//! a bound.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::record::Event;
use crate::sandbox::{Clock, Due, store};

/// The folder below the account's.
pub(in crate::sandbox) const FOLDER: &str = "cloudtrail";
/// The file in it.
pub(in crate::sandbox) const FILE: &str = "events.jsonl";

/// How many events are shown at most.
const MOST: usize = 5_000;
/// At this size the file is written anew with the newest events.
const LARGEST: u64 = 16 * 1024 * 1024;
/// How much of a file that became too large stays.
const KEPT: usize = 8 * 1024 * 1024;

/// An event, and until when nobody sees it.
#[derive(Debug)]
struct Kept {
    event: Event,
    due: Option<Due>,
}

#[derive(Debug)]
pub(super) struct Log {
    path: Option<PathBuf>,
    file: Option<(File, u64)>,
    /// Nothing as long as nobody has looked.
    events: Option<VecDeque<Kept>>,
}

impl Log {
    /// In memory.
    pub(super) fn new() -> Self {
        Self {
            path: None,
            file: None,
            events: Some(VecDeque::new()),
        }
    }

    pub(super) fn keep_in(&mut self, folder: &Path) {
        self.path = Some(folder.join(FOLDER).join(FILE));
        self.events = None;
    }

    pub(super) fn append(&mut self, event: Event, due: Option<Due>) {
        // What is late is known only in memory.
        if due.is_some() {
            self.load();
        }
        if let Err(error) = self.write(&event) {
            tracing::warn!("an event of CloudTrail was not kept: {error}");
        }
        if let Some(events) = &mut self.events {
            events.push_back(Kept { event, due });
            if events.len() > MOST {
                events.pop_front();
            }
        }
    }

    /// The events that can be seen by now, newest first.
    pub(super) fn seen<'a>(&'a mut self, clock: &'a Clock) -> impl Iterator<Item = &'a Event> {
        self.load();
        let shown = move |kept: &&Kept| kept.due.is_none_or(|due| due.has_come(clock));
        let events = self.events.iter().flatten().rev();
        events.filter(shown).map(|kept| &kept.event)
    }

    fn load(&mut self) {
        let (None, Some(path)) = (&self.events, &self.path) else {
            return;
        };
        let text = fs::read(path).unwrap_or_default();
        let lines = text.split(|byte| *byte == b'\n').rev();
        let newest = lines.filter_map(|line| serde_json::from_slice(line).ok()).take(MOST);
        let mut events: VecDeque<Kept> = newest.map(|event| Kept { event, due: None }).collect();
        events.make_contiguous().reverse();
        self.events = Some(events);
    }

    fn write(&mut self, event: &Event) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        let (file, size) = match &mut self.file {
            Some(open) => open,
            None => self.file.insert(open(path)?),
        };
        file.write_all(&line)?;
        *size = size.saturating_add(line.len() as u64);
        if *size > LARGEST {
            self.file = None;
            shorten(path)?;
        }
        Ok(())
    }
}

/// The file for appending, behind a whole line.
fn open(path: &Path) -> io::Result<(File, u64)> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = File::options().read(true).append(true).create(true).open(path)?;
    let size = file.metadata()?.len();
    if size > 0 {
        let mut last = [b'\n'];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != [b'\n'] {
            file.write_all(b"\n")?;
        }
    }
    Ok((file, size))
}

/// Keeps the end of the file, from a whole line on.
fn shorten(path: &Path) -> io::Result<()> {
    let text = fs::read(path)?;
    let from = text.len().saturating_sub(KEPT);
    let tail = text.get(from..).unwrap_or_default();
    let start = tail.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    store::write(path, tail.get(start..).unwrap_or_default())
}
