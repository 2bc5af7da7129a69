//! Standard output and standard error, and whether they may be coloured.

use std::io::{IsTerminal as _, Write as _};

use crate::render::{Colour, Doc};
use crate::spec::finding::Finding;
use crate::spec::source::Sources;

use super::When;
use super::exit::Exit;
use super::failure::Failure;

/// Where a command writes to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    out: Colour,
    err: Colour,
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
        }
    }

    /// Data, to standard output. A reader that has gone away is no error.
    pub(crate) fn data(&self, doc: &Doc) {
        let _ = std::io::stdout().write_all(doc.render(self.out).as_bytes());
        let _ = std::io::stdout().flush();
    }

    /// Text of our own making, such as a script, to standard output as it is.
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        let _ = std::io::stdout().write_all(bytes);
        let _ = std::io::stdout().flush();
    }

    /// A line for people, to standard error.
    pub(crate) fn note(&self, text: &str) {
        let _ = writeln!(std::io::stderr(), "{text}");
    }

    /// Findings with their excerpts, to standard error.
    pub(crate) fn findings(&self, findings: &[Finding], sources: &Sources) {
        let text = crate::render::snippet::render(findings, sources, self.err);
        let _ = std::io::stderr().write_all(text.as_bytes());
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
        let _ = std::io::stderr().write_all(doc.render(self.err).as_bytes());
        failure.exit
    }
}
