//! Standard output and standard error, and whether they may be coloured.

use std::cell::{Cell, RefCell};
use std::io::{IsTerminal as _, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::render::{Colour, Doc};
use crate::report::{self, Report};
use crate::spec::finding::Finding;
use crate::spec::source::Sources;

use super::When;
use super::exit::Exit;
use super::failure::Failure;

/// Where a command writes to, and what it has told so far.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    out: Colour,
    err: Colour,
    /// Where the lines for people go instead of standard error, if they shall be told later.
    kept: Option<Arc<Mutex<String>>>,
    told: RefCell<Vec<report::Finding>>,
    delivered: Cell<bool>,
    unwritten: Arc<Mutex<String>>,
}

impl Output {
    pub(crate) fn new(when: When) -> Self {
        let decide = |terminal: bool| match when {
            When::Always => Colour::Always,
            When::Auto if terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) => {
                Colour::Always
            }
            When::Auto | When::Never => Colour::Never,
        };
        Self {
            out: decide(std::io::stdout().is_terminal()),
            err: decide(std::io::stderr().is_terminal()),
            kept: None,
            told: RefCell::default(),
            delivered: Cell::new(false),
            unwritten: Arc::default(),
        }
    }

    /// The same, that keeps what it would write to standard error until it is taken.
    #[cfg(feature = "aws")]
    pub(crate) fn keeping(&self) -> Self {
        Self {
            kept: Some(Arc::default()),
            told: RefCell::default(),
            delivered: Cell::new(false),
            ..self.clone()
        }
    }

    /// What was kept.
    #[cfg(feature = "aws")]
    pub(crate) fn take_kept(&self) -> String {
        let kept = self.kept.as_ref().map(|kept| std::mem::take(&mut *lock(kept)));
        kept.unwrap_or_default()
    }

    fn tell(&self, text: &str) {
        match &self.kept {
            Some(kept) => lock(kept).push_str(text),
            None => {
                let _ = std::io::stderr().write_all(text.as_bytes());
            }
        }
    }

    /// Data, to standard output.
    pub(crate) fn data(&self, doc: &Doc) {
        self.bytes(doc.render(self.out).as_bytes());
    }

    /// A whole document for programs, to standard output.
    pub(crate) fn document(&self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// What would be data, to standard error, because standard output holds something else.
    #[cfg(feature = "aws")]
    pub(crate) fn aside(&self, doc: &Doc) {
        let _ = std::io::stderr().write_all(doc.render(self.err).as_bytes());
    }

    /// Text of our own making, such as a script, to standard output as it is. A reader that has gone away is no error; what
    /// can't be written is remembered, see [`Output::unwritten`].
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        let mut out = std::io::stdout();
        let written = out.write_all(bytes).and_then(|()| out.flush());
        if let Err(error) = written
            && error.kind() != std::io::ErrorKind::BrokenPipe
        {
            lock(&self.unwritten).push_str(&error.to_string());
        }
    }

    /// Why standard output does not hold what was written to it: a run that nobody can read is not a clean one.
    pub(crate) fn unwritten(&self) -> Option<Failure> {
        let why = lock(&self.unwritten).clone();
        (!why.is_empty()).then(|| Failure::new(format!("standard output can't be written: {why}")))
    }

    /// A line for people, to standard error.
    pub(crate) fn note(&self, text: &str) {
        self.tell(&format!("{text}\n"));
    }

    /// Findings with their excerpts, to standard error. A report that follows holds them, too.
    pub(crate) fn findings(&self, findings: &[Finding], sources: &Sources) {
        self.findings_in_part(findings, findings, sources);
    }

    /// The same where people are shown a part; a report that follows holds all of them.
    pub(crate) fn findings_in_part(&self, findings: &[Finding], shown: &[Finding], sources: &Sources) {
        self.told.borrow_mut().extend(report::Finding::all(findings, sources));
        let text = crate::render::snippet::render(shown, sources, self.err);
        self.tell(&text);
    }

    /// A failure, to standard error; gives its exit code.
    pub(crate) fn failure(&self, failure: &Failure) -> Exit {
        let mut doc = Doc::default();
        doc.line([
            (crate::render::Label::Alarm, "error: ".into()),
            (crate::render::Label::Plain, failure.message.clone()),
        ]);
        for hint in &failure.hints {
            doc.text(crate::render::Label::Plain, format!("  = help: {hint}"));
        }
        self.tell(&doc.render(self.err));
        failure.exit
    }

    /// A report with the findings that were told.
    pub(crate) fn with_told(&self, mut report: Report) -> Report {
        report.findings.extend(self.told.borrow().iter().cloned());
        report.findings.sort();
        report.findings.dedup();
        report
    }

    /// Remembers that the command has reported.
    pub(crate) fn delivered(&self) {
        self.delivered.set(true);
    }

    /// Whether the command has reported.
    pub(crate) fn has_delivered(&self) -> bool {
        self.delivered.get()
    }
}

fn lock(kept: &Mutex<String>) -> MutexGuard<'_, String> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
