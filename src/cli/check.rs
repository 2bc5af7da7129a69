//! `check`: everything that can be known without AWS.

use clap::Args;

use crate::access::{Broken, World};
use crate::render::{Doc, Label};
use crate::report::{Command, Context, Report, Word};

use crate::spec::finding::{Finding, Severity};
use crate::spec::resources::Environment;

use super::FileArgs;
use super::exit::Exit;
use super::fail_on::FailOn;
use super::failure::Failure;
use super::output::Output;
use super::report::{ReportArgs, verdict};
use super::session::Loaded;

/// Check the file: everything that can be known without AWS.
///
/// All mistakes are shown, each with its line and with what would be right. Nothing is read from or written to AWS.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    files: FileArgs,
    /// Taken as everywhere else, so that one alias serves all commands; `check` looks at no account.
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = "", hide = true)]
    sandbox: Option<String>,
    /// The same for the sandbox's lag.
    #[arg(long, value_name = "SEED", num_args = 0..=1, default_missing_value = "1", value_parser = super::seed, hide = true)]
    sandbox_lag: Option<u64>,
    /// Exit with 2 when there are findings of this severity or a graver one.
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// Show remarks, too.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    pub(super) report: ReportArgs,
}

pub(crate) fn run(args: &CheckArgs, output: &Output) -> Result<Exit, Failure> {
    let CheckArgs {
        files,
        sandbox: _,
        sandbox_lag: _,
        fail_on,
        all,
        report,
    } = args;
    let loaded = Loaded::read(files)?;
    let Some(environment) = loaded.offline() else {
        output.findings(&loaded.texts.findings, &loaded.texts.sources);
        return Ok(Exit::Error);
    };
    let found: Vec<Finding> = environment.findings.iter().chain(&environment.lint).cloned().collect();
    let (shown, hidden): (Vec<Finding>, Vec<Finding>) =
        (found.iter().cloned()).partition(|finding| *all || finding.severity != Severity::Info);
    output.findings_in_part(&found, &shown, &environment.sources);
    if environment.has_errors() {
        if !hidden.is_empty() {
            output.note(&with_hint(Severity::Info.counted(hidden.len())));
        }
        return Ok(Exit::Error);
    }
    let unproved = unproved(&loaded, &environment);
    if !unproved.is_empty() {
        output.findings(&unproved, &environment.sources);
        return Ok(Exit::Refused);
    }
    let exit = match found.iter().any(|finding| finding.severity <= fail_on.severity()) {
        true => Exit::Differences,
        false => Exit::Done,
    };
    let mut doc = Doc::default();
    let things = environment.objects.len();
    let plural = if things == 1 { "resource" } else { "resources" };
    doc.line([
        (Label::Heading, environment.name.clone()),
        (
            Label::Plain,
            format!(
                ": {things} {plural}, {}{}",
                judged(&environment.lint, hidden.len()),
                proved(environment.expectations.len())
            ),
        ),
    ]);
    report.deliver(said(&loaded, &environment, exit), &doc, output)?;
    Ok(exit)
}

/// "no mistakes found", or "no errors; 1 security finding, 2 remarks (evenkeel check --all shows them)".
fn judged(lint: &[Finding], hidden: usize) -> String {
    let is_clean = lint.iter().all(|finding| finding.severity == Severity::Info);
    let words = if is_clean { "no mistakes found" } else { "no errors" };
    let summary = Severity::summary(lint.iter().map(|finding| finding.severity));
    match (summary.is_empty(), hidden) {
        (true, _) => words.to_owned(),
        (false, 0) => format!("{words}; {summary}"),
        (false, _) => format!("{words}; {}", with_hint(summary)),
    }
}

fn with_hint(counted: String) -> String {
    format!("{counted} (evenkeel check --all shows them)")
}

fn said(loaded: &Loaded, environment: &Environment, exit: Exit) -> Report {
    let header = loaded.header.as_ref();
    let context = Context {
        environment: Some(environment.name.clone()),
        account: header.and_then(|header| header.account.as_ref().map(ToString::to_string)),
        region: header.and_then(|header| header.region.as_ref().map(ToString::to_string)),
        ..Context::default()
    };
    let mut report = Report::new(Command::Check, context, verdict(exit, Word::Clean));
    report.notes.extend(remark(environment.expectations.len()));
    report
}

/// The expectations that don't hold in what the file says.
fn unproved(loaded: &Loaded, environment: &Environment) -> Vec<Finding> {
    let Some((home, _)) = loaded.offline_home().filter(|_| !environment.expectations.is_empty()) else {
        return Vec::new();
    };
    let world = World::wanted(&environment.objects, &home, &environment.sources);
    world
        .broken(&environment.expectations)
        .iter()
        .map(Broken::finding)
        .collect()
}

/// What every report says of assertions that hold.
pub(super) fn remark(expectations: usize) -> Option<String> {
    (expectations > 0).then(|| proved(expectations).trim_start_matches("; ").to_owned())
}

fn proved(expectations: usize) -> String {
    match expectations {
        0 => String::new(),
        1 => "; 1 expectation holds".to_owned(),
        many => format!("; {many} expectations hold"),
    }
}
