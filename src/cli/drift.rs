//! `drift`: where the account is not as the file says.

use clap::Args;

use crate::drift::{Counts, Drift, compare};
use crate::plan::Plan;
use crate::report::{Report, Word};

use super::account::{Dropping, Past, Planned, Planner};
use super::base::BaseArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use super::report::{ReportArgs, verdict};
use super::unmanaged::{Asked, UnmanagedArgs};
use super::{AccountArgs, ConsentArgs, FileArgs};

/// Show where the account is not as the file says, and change nothing.
///
/// With --base, the file as it was last applied, every difference is told apart: drift (the account moved), pending (the
/// file moved), conflict (both). Exits with 2 on drift; pending changes alone are none.
#[derive(Debug, Args)]
pub(crate) struct DriftArgs {
    #[command(flatten)]
    files: FileArgs,
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    base: BaseArgs,
    #[command(flatten)]
    unmanaged: UnmanagedArgs,
    #[command(flatten)]
    pub(super) report: ReportArgs,
}

pub(crate) async fn run(args: &DriftArgs, output: &Output) -> Result<Exit, Failure> {
    let past = Past {
        args: &args.base,
        dropping: Dropping::Tell,
    };
    let search = match args.unmanaged.search(output)? {
        Asked::Nothing => None,
        Asked::Search(search) => Some(search),
        Asked::Mistaken => return Ok(Exit::Error),
    };
    let none = ConsentArgs::default();
    let Some(planner) = Planner::prepare(&args.files, &args.account, &none, &past, output).await? else {
        return Ok(Exit::Error);
    };
    let Some(planned) = planner.plan(output).await? else {
        return Ok(Exit::Error);
    };
    let mut drift = drifted(&planner, &planned);
    if let Some(search) = &search {
        search.run(&planner, &planned, &mut drift).await;
    }
    let exit = exit(&drift);
    let mut report = Report::of_drift(&drift, verdict(exit, quiet(&drift)));
    report.notes.extend(planner.remark());
    args.report
        .deliver(report, &crate::render::drift::drift(&drift), output)?;
    planner.closing_notes(output);
    Ok(exit)
}

/// The comparison with every base.
pub(super) fn drifted(planner: &Planner, planned: &Planned) -> Drift {
    let names = planner.base_names().map(str::to_owned);
    let plans = planned.before.iter().map(|before| planner.plan_before(before, planned));
    let bases: Vec<(String, Plan)> = names.zip(plans).collect();
    compare(&planned.plan, &bases)
}

/// The word where nobody has to look at anything.
pub(super) fn quiet(drift: &Drift) -> Word {
    if drift.counts().pending > 0 {
        Word::Changes
    } else {
        Word::Clean
    }
}

/// The gravest that applies: incomplete before differences.
pub(super) fn exit(drift: &Drift) -> Exit {
    let counts: Counts = drift.counts();
    let is_unknown = !drift.unlisted.is_empty() || drift.things.iter().any(|thing| thing.is_unknown());
    match (is_unknown, counts.differs() || !drift.refusals.is_empty()) {
        (true, _) => Exit::Incomplete,
        (false, true) => Exit::Differences,
        (false, false) => Exit::Done,
    }
}
