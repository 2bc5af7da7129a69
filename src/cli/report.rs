//! `--format` and `--report`: what goes to standard output, and what is also written into files.
//!
//! Invariant: with another format than text, standard output holds exactly one document of that format, also when the
//! command fails. A file is there whole or not at all.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::render::json::json;
use crate::render::markdown::markdown;
use crate::render::sarif::sarif;
use crate::render::{Colour, Doc, Label};
use crate::report::{Command, Context, Failure as Failed, Report, Verdict, Word};

use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use super::whole::{Readers, write};

/// In which formats a command reports.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ReportArgs {
    /// What goes to standard output.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Also write that format into a file; may be given more than once.
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = target)]
    reports: Vec<Target>,
}

/// A form of reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs; `evenkeel schema report` describes it.
    Json,
    /// For the comment of a pull request; at most 65,000 characters.
    Markdown,
    /// For code scanning: mistakes, refusals, drift and what could not be read, at their lines.
    Sarif,
}

/// A format and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    format: Format,
    path: PathBuf,
}

fn target(text: &str) -> Result<Target, String> {
    let (format, path) = text
        .split_once('=')
        .filter(|(_, path)| !path.is_empty())
        .ok_or("want a format and a path, such as json=plan.json")?;
    let format = Format::from_str(format, false).map_err(|_| {
        let known: Vec<String> = Format::value_variants().iter().filter_map(name).collect();
        format!("`{format}` is none of the formats {}", known.join(", "))
    })?;
    Ok(Target {
        format,
        path: PathBuf::from(path),
    })
}

fn name(format: &Format) -> Option<String> {
    Some(format.to_possible_value()?.get_name().to_owned())
}

impl ReportArgs {
    /// Whether standard output is for people.
    pub(crate) fn is_text(&self) -> bool {
        self.format == Format::Text
    }

    /// Whether nobody but people reads the report.
    #[cfg(feature = "aws")]
    pub(crate) fn is_only_text(&self) -> bool {
        self.is_text() && self.reports.iter().all(|target| target.format == Format::Text)
    }

    /// Whether anything but text for standard output is wanted.
    pub(crate) fn is_asked(&self) -> bool {
        !self.is_text() || !self.reports.is_empty()
    }

    /// Gives a report out in all formats that were asked for. What was told of files before is in it, too.
    ///
    /// # Errors
    /// A file that can't be written.
    pub(crate) fn deliver(&self, report: Report, text: &Doc, output: &Output) -> Result<(), Failure> {
        if self.is_text() {
            output.data(text);
        }
        self.record(report, text, output)
    }

    /// The same where standard output has been given its text already.
    ///
    /// # Errors
    /// A file that can't be written.
    pub(crate) fn record(&self, report: Report, text: &Doc, output: &Output) -> Result<(), Failure> {
        let report = output.with_told(report);
        output.delivered();
        let written = self.write_all(&report, text);
        if !self.is_text() {
            // Standard output is for whoever asked, also where a file could not be written.
            let report = match &written {
                Ok(()) => report,
                Err(failure) => failed(report, failure),
            };
            output.document(&render(self.format, &report, text));
        }
        written
    }

    fn write_all(&self, report: &Report, text: &Doc) -> Result<(), Failure> {
        for Target { format, path } in &self.reports {
            write(path, render(*format, report, text).as_bytes(), Readers::Others).map_err(|error| {
                Failure::new(format!(
                    "the report could not be written to {}: {error}",
                    path.display()
                ))
            })?;
        }
        Ok(())
    }

    /// Makes sure that a command which ended early has reported, too: with the mistakes that it told, or its failure.
    pub(crate) fn conclude(
        &self,
        command: Command,
        result: Result<Exit, Failure>,
        output: &Output,
    ) -> Result<Exit, Failure> {
        if output.has_delivered() || !self.is_asked() {
            return result;
        }
        let exit = result.as_ref().map_or_else(|failure| failure.exit, |exit| *exit);
        let mut report = Report::new(command, Context::default(), verdict(exit, Word::Clean));
        if let Err(failure) = &result {
            report = failed(report, failure);
        }
        let text = bare_text(&output.with_told(report.clone()));
        self.record(report, &text, output).and(result)
    }
}

/// A report of a command that could not do its work.
pub(crate) fn failed(mut report: Report, failure: &Failure) -> Report {
    let Failure { message, hints, exit } = failure;
    report.verdict = verdict(*exit, Word::Error);
    report.failure = Some(Failed {
        message: message.clone(),
        hints: hints.clone(),
    });
    report
}

/// The text of a report that holds nothing but mistakes and a failure.
fn bare_text(report: &Report) -> Doc {
    let mut doc = Doc::default();
    for finding in &report.findings {
        let place = finding.region.as_ref().map(|region| format!("{}: ", region.start));
        let place = place.unwrap_or_default();
        doc.text(Label::Plain, format!("{place}{}: {}", finding.code, finding.message));
    }
    if let Some(failure) = &report.failure {
        doc.text(Label::Plain, format!("error: {}", failure.message));
    }
    doc
}

/// An exit code with its word; `quiet` is the word of success.
pub(crate) fn verdict(exit: Exit, quiet: Word) -> Verdict {
    let word = match exit {
        Exit::Done => quiet,
        Exit::Error => Word::Error,
        Exit::Differences => Word::Changes,
        Exit::Incomplete => Word::Incomplete,
        Exit::Refused => Word::Refused,
        Exit::Interrupted => Word::Interrupted,
    };
    Verdict { exit: exit as u8, word }
}

fn render(format: Format, report: &Report, text: &Doc) -> String {
    match format {
        Format::Text => text.render(Colour::Never),
        Format::Json => json(report),
        Format::Markdown => markdown(report),
        Format::Sarif => sarif(report),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_format_and_a_path() {
        let json = target("json=out/a=b.json").unwrap();
        assert_eq!((json.format, json.path.to_str()), (Format::Json, Some("out/a=b.json")));
        assert!(target("json").is_err());
        assert!(target("json=").is_err());
        assert!(target("html=x").unwrap_err().contains("text, json"));
    }
}
