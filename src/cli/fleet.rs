//! `fleet`: `plan` or `drift` over many accounts.
//!
//! Invariant: one account never stops another; a finished one keeps only its report; the report has the order of names.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use futures_util::FutureExt as _;
use futures_util::stream::{FuturesUnordered, StreamExt as _};

use crate::fleet::{Member, Shard};
use crate::render::Doc;
use crate::render::fleet::{Ending, Member as Shown};
use crate::report::{Command, Context, Member as Reported, Report, Word};
use crate::spec::files::Folder;

use super::account::{Dropping, Past, Planner};
use super::base::BaseArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use super::report::{ReportArgs, failed, verdict};
use super::{AccountArgs, ConsentArgs, FileArgs};

/// Plan or look for drift in many accounts at once, with one report and one exit code.
///
/// FILE names the accounts, their files, their variables and the roles to take on. Nothing is changed. An account that
/// can't be looked at is reported and stops no other.
#[derive(Debug, Args)]
pub(crate) struct FleetArgs {
    /// What to do in each account.
    #[arg(value_enum)]
    task: Task,
    /// The file that names the accounts.
    #[arg(value_name = "FILE")]
    file: String,
    /// How many accounts at once.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: u16,
    /// Only the I-th of N parts; together they are everything, and an account is always in the same one.
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Use simulated accounts in place of AWS, each in a folder of its name in this one.
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = ".evenkeel/fleet")]
    sandbox: Option<PathBuf>,
    /// With `plan`: exit with 2 when there is something to do.
    #[arg(long)]
    detailed_exitcode: bool,
    #[command(flatten)]
    pub(super) report: ReportArgs,
}

/// What is done in each account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Task {
    /// What `apply` would do.
    Plan,
    /// Where the account is not as its file says.
    Drift,
}

impl Task {
    fn word(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Drift => "drift",
        }
    }
}

pub(crate) async fn run(args: &FleetArgs, output: &Output) -> Result<Exit, Failure> {
    let read = crate::fleet::read(&Folder::new("."), &args.file);
    output.findings(&read.findings, &read.sources);
    let Some(fleet) = read.fleet else {
        return Ok(Exit::Error);
    };
    let is_asked = |name: &str| args.shard.is_none_or(|shard| shard.holds(name));
    let all = fleet.len();
    let asked: BTreeMap<String, Member> = fleet.into_iter().filter(|(name, _)| is_asked(name)).collect();
    let mut title = format!("fleet {} · {}", args.task.word(), args.file);
    if let Some(shard) = args.shard {
        title.push_str(&format!(" · shard {shard}, {} of {all} accounts", asked.len()));
    }
    let (ends, interrupted) = all_of(args, asked, output).await;
    for end in &ends {
        if !end.notes.is_empty() {
            output.note(&format!("{}:\n{}", end.shown.name, end.notes.trim_end()));
        }
    }
    let is_no_difference =
        |exit: &Exit| *exit == Exit::Differences && args.task == Task::Plan && !args.detailed_exitcode;
    let exits = ends.iter().map(|end| end.exit).filter(|exit| !is_no_difference(exit));
    let exit = gravest(exits, interrupted);
    let mut report = Report::new(Command::Fleet, Context::default(), verdict(exit, Word::Clean));
    let mut shown = Vec::new();
    for end in ends {
        if !args.report.is_only_text() {
            let unseen = || empty(args.task, &end.shown.account, Exit::Interrupted, Word::Interrupted);
            report.members.push(Reported {
                name: end.shown.name.clone(),
                report: end.report.unwrap_or_else(unseen),
            });
        }
        shown.push(end.shown);
    }
    args.report
        .deliver(report, &crate::render::fleet::fleet(&title, &shown), output)?;
    Ok(exit)
}

/// What is left of an account's run.
struct End {
    shown: Shown,
    exit: Exit,
    /// What it would have said on standard error.
    notes: String,
    /// The report for programs, where one is wanted.
    report: Option<Report>,
}

/// Whether the user has asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Interrupted {
    No,
    Yes,
}

/// The ends of all accounts by name; those that were not started or not awaited, too.
async fn all_of(args: &FleetArgs, asked: BTreeMap<String, Member>, output: &Output) -> (Vec<End>, Interrupted) {
    let mut ends: BTreeMap<String, End> = asked
        .iter()
        .map(|(name, member)| (name.clone(), not_started(name, member)))
        .collect();
    let mut waiting = asked.iter();
    let mut running = FuturesUnordered::new();
    let mut interrupted = Interrupted::No;
    let mut signal = Box::pin(tokio::signal::ctrl_c());
    loop {
        while interrupted == Interrupted::No && running.len() < usize::from(args.jobs) {
            let Some((name, member)) = waiting.next() else { break };
            running.push(guarded(args, name, member, output));
        }
        tokio::select! {
            end = running.next() => match end {
                Some(end) => { ends.insert(end.shown.name.clone(), end); }
                None => break,
            },
            _ = &mut signal => {
                if interrupted == Interrupted::Yes {
                    break;
                }
                interrupted = Interrupted::Yes;
                signal = Box::pin(tokio::signal::ctrl_c());
                output.note(&format!(
                    "stopping: no further account is started, {} are awaited; Ctrl-C again leaves at once", running.len()
                ));
            }
        }
    }
    drop(running);
    (ends.into_values().collect(), interrupted)
}

fn not_started(name: &str, member: &Member) -> End {
    End {
        shown: Shown {
            name: name.to_owned(),
            account: member.account.to_string(),
            ending: Ending::NotStarted,
            summary: "not looked at: interrupted".into(),
            report: None,
        },
        exit: Exit::Interrupted,
        notes: String::new(),
        report: None,
    }
}

/// One account; a defect that shows there ends that account's run and no other's.
async fn guarded(args: &FleetArgs, name: &str, member: &Member, output: &Output) -> End {
    let own = output.keeping();
    let result = AssertUnwindSafe(one(args, name, member, &own)).catch_unwind().await;
    let result = result.unwrap_or_else(|_| Err(Failure::new("evenkeel itself failed; please report this")));
    let told = (!args.report.is_only_text()).then(|| told(args.task, member, &result, &own));
    let (ending, exit, summary, report) = match result {
        Ok(Some(Found {
            exit, summary, text, ..
        })) => (ending(exit), exit, summary, text),
        Ok(None) => {
            let summary = "error: its files have mistakes".to_owned();
            (Ending::Failed, Exit::Error, summary, None)
        }
        Err(failure) => {
            let hints: Vec<String> = failure.hints.iter().map(|hint| format!("  = help: {hint}")).collect();
            if !hints.is_empty() {
                own.note(&hints.join("\n"));
            }
            let word = if failure.exit == Exit::Refused {
                "refused"
            } else {
                "error"
            };
            let end = if failure.exit == Exit::Refused {
                Ending::Refused
            } else {
                Ending::Failed
            };
            (end, failure.exit, format!("{word}: {}", failure.message), None)
        }
    };
    let mut end = not_started(name, member);
    end.shown = Shown {
        ending,
        summary,
        report,
        ..end.shown
    };
    End {
        exit,
        notes: own.take_kept(),
        report: told,
        ..end
    }
}

/// The report of an account for programs, also of one that could not be looked at.
fn told(task: Task, member: &Member, result: &Result<Option<Found>, Failure>, own: &Output) -> Report {
    let bare = empty(task, member.account.as_str(), Exit::Error, Word::Error);
    own.with_told(match result {
        Ok(Some(Found {
            report: Some(report), ..
        })) => (**report).clone(),
        Ok(_) => bare,
        Err(failure) => failed(bare, failure),
    })
}

/// A report that says nothing but how it ended.
fn empty(task: Task, account: &str, exit: Exit, word: Word) -> Report {
    let command = match task {
        Task::Plan => Command::Plan,
        Task::Drift => Command::Drift,
    };
    let context = Context {
        account: Some(account.to_owned()),
        ..Context::default()
    };
    Report::new(command, context, verdict(exit, word))
}

/// What was found in an account.
struct Found {
    exit: Exit,
    summary: String,
    /// Nothing where all is as written.
    text: Option<Doc>,
    /// Nothing where no program asks for it.
    report: Option<Box<Report>>,
}

fn ending(exit: Exit) -> Ending {
    match exit {
        Exit::Done => Ending::AsWritten,
        Exit::Differences => Ending::Differs,
        Exit::Incomplete => Ending::Incomplete,
        Exit::Refused => Ending::Refused,
        Exit::Error | Exit::Interrupted => Ending::Failed,
    }
}

async fn one(args: &FleetArgs, name: &str, member: &Member, output: &Output) -> Result<Option<Found>, Failure> {
    let Member {
        account,
        region,
        profile,
        role,
        files,
        vars,
        vars_files,
        base,
        sandbox,
    } = member;
    let own = sandbox.as_ref().map(PathBuf::from);
    let account = AccountArgs {
        profile: profile.clone(),
        region: region.as_ref().map(ToString::to_string),
        account: Some(account.to_string()),
        sandbox: args.sandbox.as_deref().map(|folder: &Path| folder.join(name)).or(own),
        sandbox_lag: None,
        sandbox_as: None,
        sandbox_policy: Vec::new(),
        assume: role.clone(),
    };
    let files = FileArgs {
        files: files.clone(),
        vars: vars.iter().map(|(name, value)| format!("{name}={value}")).collect(),
        vars_files: vars_files.clone(),
    };
    let base = match args.task {
        Task::Plan => BaseArgs::default(),
        Task::Drift => BaseArgs { base: base.clone() },
    };
    let dropping = match args.task {
        Task::Plan => Dropping::Keep,
        Task::Drift => Dropping::Tell,
    };
    let past = Past { args: &base, dropping };
    let prepared = Planner::prepare(&files, &account, &ConsentArgs::default(), &past, output).await?;
    let Some(planner) = prepared else {
        return Ok(None);
    };
    let Some(planned) = planner.plan(output).await? else {
        return Ok(None);
    };
    let is_asked = !args.report.is_only_text();
    let (exit, summary, text, report) = match args.task {
        Task::Plan => {
            let plan = &planned.plan;
            let summary = crate::render::plan::counts(plan);
            let exit = super::plan::exit(plan, true);
            let of = || Report::of_plan(Command::Plan, plan, verdict(exit, super::plan::quiet(plan)));
            (exit, summary, crate::render::plan::plan(plan), is_asked.then(of))
        }
        Task::Drift => {
            let drift = super::drift::drifted(&planner, &planned);
            let summary = crate::render::drift::counts(&drift);
            let exit = super::drift::exit(&drift);
            let of = || Report::of_drift(&drift, verdict(exit, super::drift::quiet(&drift)));
            (exit, summary, crate::render::drift::drift(&drift), is_asked.then(of))
        }
    };
    Ok(Some(Found {
        exit,
        summary,
        text: (exit != Exit::Done).then_some(text),
        report: report.map(Box::new),
    }))
}

/// The gravest that applies: 0, 2, 3, 4, 1, 130, from the lightest.
fn gravest(exits: impl IntoIterator<Item = Exit>, interrupted: Interrupted) -> Exit {
    let weight = |exit: &Exit| match exit {
        Exit::Done => 0,
        Exit::Differences => 1,
        Exit::Incomplete => 2,
        Exit::Refused => 3,
        Exit::Error => 4,
        Exit::Interrupted => 5,
    };
    let all = exits
        .into_iter()
        .chain((interrupted == Interrupted::Yes).then_some(Exit::Interrupted));
    all.max_by_key(weight).unwrap_or(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_exit_is_that_of_the_fleet() {
        let of = |exits: &[Exit]| gravest(exits.iter().copied(), Interrupted::No);
        assert_eq!(of(&[]), Exit::Done);
        assert_eq!(of(&[Exit::Done, Exit::Differences]), Exit::Differences);
        assert_eq!(of(&[Exit::Refused, Exit::Incomplete]), Exit::Refused);
        assert_eq!(of(&[Exit::Error, Exit::Refused, Exit::Differences]), Exit::Error);
        assert_eq!(gravest([Exit::Error], Interrupted::Yes), Exit::Interrupted);
    }
}
