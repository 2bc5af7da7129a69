//! `apply`: plan, ask, execute, read back.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;

use crate::address::Address;
use crate::aws::AwsBackend;
use crate::engine::Backend as _;
use crate::engine::apply::{End, Stop, execute};
use crate::journal::{Begin, RunId};
use crate::plan::saved::SavedPlan;
use crate::plan::{Header, Plan};
use crate::render::Label;
use crate::render::history::undo_command;
use crate::report::{Command, Report, Word};

use super::account::{Past, Planned, Planner};
use super::base::BaseArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::journal::{Journal, new_run};
use super::output::Output;
use super::progress::{Both, Progress};
use super::report::{ReportArgs, failed, verdict};
use super::undo::Undo;
use super::{AccountArgs, ConsentArgs, FileArgs, state};

/// Readings after an apply that are made at least, however long each of them takes.
const READ_BACKS: u32 = 12;

/// Show the plan, ask, execute it, read back, and say what is true now.
///
/// With a saved PLAN, exactly that is executed: the account is read again, and if anything has moved since the plan was
/// made, nothing is done and what has moved is said.
#[derive(Debug, Args)]
pub(crate) struct ApplyArgs {
    /// A plan saved by `plan -o`; it knows its files and consents.
    #[arg(value_name = "PLAN", conflicts_with_all = ["files", "vars", "vars_files", "adopt", "replace", "allow", "base", "prune"])]
    plan: Option<PathBuf>,
    #[command(flatten)]
    files: FileArgs,
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    consents: ConsentArgs,
    #[command(flatten)]
    base: BaseArgs,
    /// Also delete what --base declared, carries this environment's mark, and is no longer declared.
    #[arg(long, requires = "base")]
    prune: bool,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
    /// Where to record every call; by default below the user's state folder.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Where to write the file that undoes this; by default below the user's state folder.
    #[arg(long, value_name = "DIR")]
    undo: Option<PathBuf>,
    #[command(flatten)]
    pub(super) report: ReportArgs,
}

pub(crate) async fn run(args: &ApplyArgs, output: &Output) -> Result<Exit, Failure> {
    let saved = args.plan.as_deref().map(read_saved).transpose()?;
    let (files, consents) = inputs(args, saved.as_ref());
    let (base, prune) = saved.as_ref().map_or((args.base.clone(), args.prune), |saved| {
        let base = saved.given.base.clone();
        (BaseArgs { base }, saved.given.prune)
    });
    let past = Past::of(&base, prune);
    let Some(mut planner) = Planner::prepare(&files, &args.account, &consents, &past, output).await? else {
        return Ok(Exit::Error);
    };
    if !planner.is_pinned(&args.account) {
        let account = &planner.aws.connection.home.account;
        let failure = Failure::new("neither the file nor the command names the account that this is for");
        return Err(failure
            .hint(format!(
                "write `account: \"{account}\"` into the file, or give --account {account}"
            ))
            .exit(Exit::Refused));
    }
    let Some(planned) = planner.plan(output).await? else {
        return Ok(Exit::Error);
    };
    let shown = crate::render::plan::plan(&planned.plan);
    if args.report.is_text() {
        output.data(&shown);
    } else {
        output.aside(&shown);
    }
    planner.closing_notes(output);
    planner.note_dropped(&planned, output);
    match decide(args, &planner, &planned, saved.as_ref(), output).await {
        Ok(Some(exit)) => {
            args.report
                .record(report(&planner, &planned.plan, exit), &shown, output)?;
            Ok(exit)
        }
        Ok(None) => {
            let run = prepare(args, &mut planner, &planned, output).await?;
            carry_out(args, &planner, planned, run, output).await
        }
        Err(failure) => {
            let report = failed(report(&planner, &planned.plan, failure.exit), &failure);
            args.report.record(report, &shown, output)?;
            Err(failure)
        }
    }
}

/// `None` when the plan is to be carried out; else how it ends without.
async fn decide(
    args: &ApplyArgs,
    planner: &Planner,
    planned: &Planned,
    saved: Option<&SavedPlan>,
    output: &Output,
) -> Result<Option<Exit>, Failure> {
    if let Some(refusal) = saved.and_then(|saved| stale(saved, &planned.plan)) {
        return Err(refusal);
    }
    if !planned.plan.refusals.is_empty() {
        return Ok(Some(Exit::Refused));
    }
    if planned.plan.steps.is_empty() {
        let is_incomplete = planned.plan.is_incomplete();
        return Ok(Some(if is_incomplete { Exit::Incomplete } else { Exit::Done }));
    }
    if !args.yes && saved.is_none() {
        return match ask(planner, planned, output).await? {
            Answer::Yes => Ok(None),
            Answer::No => Ok(Some(Exit::Refused)),
        };
    }
    Ok(None)
}

fn report(planner: &Planner, plan: &Plan, exit: Exit) -> Report {
    let quiet = if plan.steps.is_empty() { Word::Clean } else { Word::Done };
    let mut report = Report::of_plan(Command::Apply, plan, verdict(exit, quiet));
    report.notes.extend(planner.remark());
    report
}

fn read_saved(path: &std::path::Path) -> Result<SavedPlan, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("the plan {} can't be read: {error}", path.display())))?;
    SavedPlan::parse(&text).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

fn inputs(args: &ApplyArgs, saved: Option<&SavedPlan>) -> (FileArgs, ConsentArgs) {
    let Some(saved) = saved else {
        return (args.files.clone(), args.consents.clone());
    };
    let given = saved.given.clone();
    let files = FileArgs {
        files: given.files,
        vars: given.vars,
        vars_files: given.vars_files,
    };
    (
        files,
        ConsentArgs {
            adopt: given.adopt,
            replace: given.replace,
            allow: given.allow,
        },
    )
}

fn stale(saved: &SavedPlan, now: &Plan) -> Option<Failure> {
    let moved = saved.moved(now);
    (!moved.is_empty()).then(|| {
        let failure =
            Failure::new("the saved plan is not what would be done now, so nothing was done").exit(Exit::Refused);
        let failure = moved
            .into_iter()
            .fold(failure, |failure, moved| failure.hint(format!("moved: {moved}")));
        failure.hint("plan again, and have that reviewed")
    })
}

enum Answer {
    Yes,
    No,
}

/// Asks, and makes sure that the account has not moved while the question stood.
async fn ask(planner: &Planner, planned: &Planned, output: &Output) -> Result<Answer, Failure> {
    if !std::io::stdin().is_terminal() {
        let failure = Failure::new("there is no terminal to ask on");
        return Err(failure
            .hint("give --yes, or save the plan with `plan -o` and apply that")
            .exit(Exit::Refused));
    }
    output.note(&format!(
        "Apply this to account {}? Type yes:",
        planner.aws.connection.home.account
    ));
    let mut line = String::new();
    let _ = std::io::stdin().lock().read_line(&mut line);
    if line.trim() != "yes" {
        output.note("Nothing was done.");
        return Ok(Answer::No);
    }
    let now = planner.build(
        &planned.environment,
        &planned.before,
        &AwsBackend(&planner.aws).observe(planned.objects.clone()).await,
    );
    let before = SavedPlan::new(planner.given(), &planned.plan);
    stale(&before, &now).map_or(Ok(Answer::Yes), Err)
}

/// Names the run and writes what undoes it.
async fn prepare(args: &ApplyArgs, planner: &mut Planner, planned: &Planned, output: &Output) -> Result<Run, Failure> {
    let id = new_run();
    let folder = args.undo.clone();
    let folder = folder.unwrap_or_else(|| state::undo_folder(&planner.state_folder, &id));
    let Undo { file, lost } = super::undo::write(planner, planned, &folder, &id, output).await?;
    Ok(Run { id, undo: file, lost })
}

/// What a run is called, and what undoes it.
struct Run {
    id: RunId,
    undo: PathBuf,
    /// What that can't bring back.
    lost: Vec<String>,
}

async fn carry_out(
    args: &ApplyArgs,
    planner: &Planner,
    planned: Planned,
    run: Run,
    output: &Output,
) -> Result<Exit, Failure> {
    let journal_path = args.journal.clone();
    let journal_path = journal_path.unwrap_or_else(|| state::journal(&planner.state_folder));
    let begin = begin(args, planner, &planned, &run.undo);
    let undo = undo_command(&run.undo.display().to_string(), begin.sandbox.as_deref());
    let journal = Journal::open(&journal_path, run.id, begin, &planned.plan)?;
    let progress = Progress::new(planned.plan.steps.len());
    let stop = Stop::default();
    let backend = AwsBackend(&planner.aws);
    let watch = Both(&journal, &progress);
    let ends = {
        let work = execute(&backend, &planned.plan.steps, planner.pace, &stop, &watch);
        tokio::pin!(work);
        loop {
            tokio::select! {
                ends = &mut work => break ends,
                _ = tokio::signal::ctrl_c() => second_time_leaves(&stop, output),
            }
        }
    };
    let remaining = ReadBack {
        planner,
        planned: &planned,
        progress: &progress,
    }
    .read(&ends)
    .await;
    progress.finish();
    let exit = exit(&stop, &ends, &remaining, &planned.plan);
    let mut outcome = crate::render::outcome::outcome(&planned.plan, &ends, &remaining);
    outcome.text(Label::Plain, format!("to undo: {undo}"));
    if !run.lost.is_empty() {
        outcome.text(Label::Plain, "what can't come back:");
    }
    for lost in &run.lost {
        outcome.text(Label::Plain, format!("    {lost}"));
    }
    if args.report.is_text() {
        output.data(&outcome);
    }
    if let Err(broken) = journal.end(exit, &ends, &remaining) {
        output.note(&broken);
    }
    let mut text = crate::render::plan::plan(&planned.plan);
    text.append(&outcome);
    let report = report(planner, &planned.plan, exit).ended(&ends, &remaining);
    args.report.record(report, &text, output)?;
    Ok(exit)
}

/// What the journal tells of a run before it does anything.
fn begin(args: &ApplyArgs, planner: &Planner, planned: &Planned, undo: &Path) -> Begin {
    let Header {
        environment,
        account,
        region,
        identity,
        digest,
    } = planned.plan.header.clone();
    let files = planner.given().files;
    let path = |path: &PathBuf| path.display().to_string();
    let absolute = |given: &PathBuf| path(&std::path::absolute(given).unwrap_or_else(|_| given.clone()));
    Begin {
        evenkeel: env!("CARGO_PKG_VERSION").to_owned(),
        environment,
        account,
        region,
        identity,
        digest,
        git: super::revision::of(&files),
        files,
        folder: std::env::current_dir().map(|folder| path(&folder)).unwrap_or_default(),
        plan: args.plan.as_ref().map(path),
        consents: planned.plan.consents.clone(),
        steps: planned.plan.steps.len(),
        sandbox: args.account.sandbox.as_ref().map(absolute),
        undo: Some(undo.display().to_string()),
    }
}

/// The first Ctrl-C starts nothing more; the second one leaves at once, and what is under way then is not known.
fn second_time_leaves(stop: &Stop, output: &Output) {
    if stop.is_asked() {
        output.note("left at once: the calls under way may or may not have taken effect; `evenkeel plan` tells");
        leave();
    }
    output.note("stopping: nothing more is started, and what has started is awaited; Ctrl-C again leaves at once");
    stop.ask();
}

#[expect(clippy::exit, reason = "a second Ctrl-C must not wait for anything")]
fn leave() -> ! {
    std::process::exit(Exit::Interrupted as i32)
}

/// Reads what was touched until AWS shows it as written.
struct ReadBack<'a> {
    planner: &'a Planner,
    planned: &'a Planned,
    progress: &'a Progress,
}

impl ReadBack<'_> {
    /// Gives the addresses that still differ when the time for it has passed. What has failed is not waited for.
    async fn read(&self, ends: &[End]) -> Vec<String> {
        let begun = Instant::now();
        let mut open = self.touched(ends);
        for attempt in 1.. {
            if open.is_empty() {
                break;
            }
            let differing = self.differing(&open).await;
            for (address, readings) in &mut open {
                if differing.contains(address) {
                    *readings = self.readings(address);
                    self.progress.reading_back(address);
                } else {
                    *readings = readings.saturating_sub(1);
                }
            }
            open.retain(|_, readings| *readings > 0);
            if attempt >= READ_BACKS && begun.elapsed() > self.planner.pace.read_back {
                break;
            }
            if !open.is_empty() {
                tokio::time::sleep(self.planner.pace.pause(attempt)).await;
            }
        }
        open.into_keys().map(|address| address.to_string()).collect()
    }

    /// What was touched and has not failed, and how many readings in a row must show it.
    fn touched(&self, ends: &[End]) -> BTreeMap<Address, u32> {
        let pairs = || self.planned.plan.steps.iter().zip(ends);
        let is_done = |end: &End| matches!(end, End::Done(_));
        let failed: BTreeSet<&Address> = pairs()
            .filter(|(_, end)| !is_done(end))
            .map(|(step, _)| &step.address)
            .collect();
        pairs()
            .map(|(step, _)| &step.address)
            .filter(|address| !failed.contains(address))
            .map(|address| (address.clone(), self.readings(address)))
            .collect()
    }

    fn readings(&self, address: &Address) -> u32 {
        let steps = self.planned.plan.steps.iter();
        let own = steps.filter(|step| step.address == *address);
        own.map(|step| step.facts.readings).max().unwrap_or(1)
    }

    /// Those that a reading does not show as written. What could not be read at all is not shown.
    async fn differing(&self, open: &BTreeMap<Address, u32>) -> BTreeSet<Address> {
        let objects = self.planned.objects.iter();
        let touched = objects.filter(|object| open.contains_key(object.address())).cloned();
        let read = AwsBackend(&self.planner.aws).observe(touched.collect()).await;
        let plan = self
            .planner
            .build(&self.planned.environment, &self.planned.before, &read);
        let unread = read.iter().filter(|object| object.is_unread());
        unread
            .map(|object| object.address().clone())
            .chain(plan.steps.iter().map(|step| step.address.clone()))
            .collect()
    }
}

fn exit(stop: &Stop, ends: &[End], remaining: &[String], plan: &Plan) -> Exit {
    if stop.is_asked() {
        return Exit::Interrupted;
    }
    if ends.iter().any(|end| !matches!(end, End::Done(_))) {
        return Exit::Error;
    }
    if !remaining.is_empty() || plan.is_incomplete() {
        Exit::Incomplete
    } else {
        Exit::Done
    }
}
