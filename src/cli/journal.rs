//! Writing the journal while a plan runs.
//!
//! Invariant: a call's line is written before the call is made, each line by one write at the file's end, so that several
//! processes may share a file and a kill at any moment leaves what was under way. A journal that can't be written any
//! more stops nothing; that it is so is said at the end.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use crate::address::Address;
use crate::engine::apply::End;
use crate::engine::{Event, Watch};
use crate::journal::{Begin, Call, Change, Ended, Entry, Finish, Line, RunId, Start, Wait};
use crate::plan::Plan;

use super::exit::Exit;
use super::failure::Failure;

/// A journal open for writing.
pub(crate) struct Journal {
    path: PathBuf,
    file: RefCell<File>,
    run: RunId,
    /// What each step was last said to wait for: an answer that comes again is no news.
    waits: RefCell<BTreeMap<usize, String>>,
    broken: RefCell<Option<String>>,
}

/// The name of a run that begins now.
pub(crate) fn new_run() -> RunId {
    let mut random = [0; 3];
    // Without randomness the moment alone has to do; two runs of one second are told apart by their lines then.
    let _ = getrandom::fill(&mut random);
    RunId::new(OffsetDateTime::now_utc(), random)
}

impl Journal {
    /// Opens or makes the file, readable by its owner only, and writes how this run begins. Here, and at the end, the
    /// system is made to put it on the disk: in between a line costs a call nothing, and only a machine that dies
    /// loses the last ones.
    pub(crate) fn open(path: &Path, run: RunId, begin: Begin, plan: &Plan) -> Result<Self, Failure> {
        let failed = |error: io::Error| {
            Failure::new(format!("the journal {} can't be written: {error}", path.display()))
                .hint("name another one with --journal")
        };
        let file = open(path).map_err(failed)?;
        let journal = Self {
            path: path.to_owned(),
            file: RefCell::new(file),
            run,
            waits: RefCell::default(),
            broken: RefCell::default(),
        };
        journal.end_torn_line().map_err(failed)?;
        journal.append(Entry::Begin(Box::new(begin))).map_err(failed)?;
        for change in changes(plan) {
            journal.append(Entry::Change(change)).map_err(failed)?;
        }
        journal.file.borrow().sync_all().map_err(failed)?;
        Ok(journal)
    }

    /// Writes how the run ended; what could not be written in between is given as a sentence fragment.
    pub(crate) fn end(&self, exit: Exit, ends: &[End], unsettled: &[String]) -> Result<(), String> {
        self.write(Entry::End(Ended::of(exit as u8, ends, unsettled)));
        let _ = self.file.borrow().sync_all();
        let path = self.path.display();
        match self.broken.take() {
            Some(error) => Err(format!("the journal {path} is not complete: {error}")),
            None => Ok(()),
        }
    }

    /// A machine that died may have left half a line; what comes behind it must not be lost with it.
    fn end_torn_line(&self) -> io::Result<()> {
        let mut file = self.file.borrow_mut();
        if file.metadata()?.len() == 0 {
            return Ok(());
        }
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last == *b"\n" { Ok(()) } else { file.write_all(b"\n") }
    }

    fn append(&self, entry: Entry) -> io::Result<()> {
        let text = Line::text(&self.run, OffsetDateTime::now_utc(), entry);
        self.file.borrow_mut().write_all(text.as_bytes())
    }

    fn write(&self, entry: Entry) {
        if let Err(error) = self.append(entry) {
            self.broken.borrow_mut().get_or_insert(error.to_string());
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = File::options();
    options.create(true).append(true).read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    // Who looks at the journal knows by this lock that somebody is at work; it is gone with the process. Where the file
    // system knows no locks, runs without an end are just not told apart from those under way.
    #[cfg(unix)]
    let _ = file.try_lock_shared();
    Ok(file)
}

fn changes(plan: &Plan) -> Vec<Change> {
    let mut steps: BTreeMap<&Address, usize> = BTreeMap::new();
    for step in &plan.steps {
        *steps.entry(&step.address).or_default() += 1;
    }
    let changed = plan
        .changes
        .iter()
        .filter_map(|change| Some((change, steps.get(&change.address)?)));
    changed
        .map(|(change, steps)| Change {
            address: change.address.to_string(),
            verb: change.verb,
            steps: *steps,
        })
        .collect()
}

impl Watch for Journal {
    fn tell(&self, event: &Event<'_>) {
        match event {
            Event::Started(_) => {}
            Event::Calling { step, attempt } => self.write(Entry::Start(Start::of(step, *attempt))),
            Event::Attempted { step, attempt, result } => self.write(Entry::Call(Call::of(step, *attempt, result))),
            Event::Waiting { step, what } => {
                let before = self.waits.borrow_mut().insert(step.id, (*what).to_owned());
                if before.as_deref() != Some(*what) {
                    self.write(Entry::Wait(Wait {
                        step: step.id,
                        address: step.address.to_string(),
                        what: (*what).to_owned(),
                    }));
                }
            }
            Event::Finished { step, end } => self.write(Entry::Finish(Finish::of(step, end))),
        }
    }
}
