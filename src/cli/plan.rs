//! `plan`: what `apply` would do.

use std::path::PathBuf;

use clap::Args;

use crate::plan::saved::SavedPlan;
use crate::plan::{Plan, Verb};
use crate::report::{Command, Report, Word};

use super::account::{Past, Planner};
use super::base::BaseArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::limits::{self, LimitArgs};
use super::output::Output;
use super::preflight::PreflightArgs;
use super::report::{ReportArgs, failed, verdict};
use super::whole::{Readers, write};
use super::{AccountArgs, ConsentArgs, FileArgs};

/// Show what `apply` would do, in order.
///
/// Reads the account and changes nothing. With -o the plan is also saved; `apply FILE` then executes exactly that, or
/// refuses and says what has moved.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
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
    /// Save the plan for `apply`.
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Exit with 2 when there is something to do.
    #[arg(long)]
    detailed_exitcode: bool,
    /// Also hold the account as it is now to `expect:`, and exit with 4 where it does not.
    #[arg(long)]
    live_expect: bool,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    preflight: PreflightArgs,
    #[command(flatten)]
    pub(super) report: ReportArgs,
}

pub(crate) async fn run(args: &PlanArgs, output: &Output) -> Result<Exit, Failure> {
    let past = Past::of(&args.base, args.prune);
    let Some(planner) = Planner::prepare(&args.files, &args.account, &args.consents, &past, output).await? else {
        return Ok(Exit::Error);
    };
    let Some(planned) = planner.plan(output).await? else {
        return Ok(Exit::Error);
    };
    let preflight = args.preflight.look(&args.account, &planner, &planned).await?;
    let mut crossed = args.limits.crossed(&planned.plan.access);
    if args.live_expect {
        crossed.extend(planner.unproved_now(&planned));
    }
    crossed.extend(preflight.refusals());
    let exit = limits::exit(exit(&planned.plan, args.detailed_exitcode), &crossed);
    let saved = args
        .out
        .as_ref()
        .map(|path| save(path, &SavedPlan::new(planner.given(), &planned.plan)).map(|()| path));
    let report = Report::of_plan(Command::Plan, &planned.plan, verdict(exit, quiet(&planned.plan)));
    let mut report = limits::report(report, &crossed);
    report
        .notes
        .extend(planner.remark().into_iter().chain(preflight.remark()));
    if let Some(Err(failure)) = &saved {
        report = failed(report, failure);
    }
    let mut text = crate::render::plan::plan(&planned.plan);
    preflight.tell(&mut text);
    crossed
        .iter()
        .for_each(|refusal| crate::render::plan::refused(&mut text, refusal));
    args.report.deliver(report, &text, output)?;
    planner.closing_notes(output);
    planner.note_dropped(&planned, output);
    if let Some(remark) = preflight.remark() {
        output.note(&remark);
    }
    if let Some(path) = saved.transpose()? {
        let use_of_it = match planned.plan.refusals.is_empty() {
            true => format!("`evenkeel apply {}` executes exactly this", path.display()),
            false => "it was refused, so nothing of it will be executed".to_owned(),
        };
        output.note(&format!("saved to {}; {use_of_it}", path.display()));
    }
    Ok(exit)
}

/// The word of a plan that nothing stands in the way of.
pub(super) fn quiet(plan: &Plan) -> Word {
    if plan.steps.is_empty() {
        Word::Clean
    } else {
        Word::Changes
    }
}

/// The first that applies from the right: refused, incomplete, differences, done.
pub(super) fn exit(plan: &Plan, detailed: bool) -> Exit {
    if !plan.refusals.is_empty() {
        return Exit::Refused;
    }
    if plan.is_incomplete() {
        return Exit::Incomplete;
    }
    let differs = plan
        .changes
        .iter()
        .any(|change| !matches!(change.verb, Verb::Keep | Verb::Adopt));
    if detailed && differs {
        Exit::Differences
    } else {
        Exit::Done
    }
}

/// Readable by its owner only: a plan tells a lot about an account.
fn save(path: &std::path::Path, saved: &SavedPlan) -> Result<(), Failure> {
    write(path, saved.to_text().as_bytes(), Readers::Owner)
        .map_err(|error| Failure::new(format!("the plan could not be saved to {}: {error}", path.display())))
}
