//! `drift`: where the account is not as the file says.

use clap::Args;

use crate::address::Address;
use crate::drift::{Counts, Drift, compare};
use crate::plan::Plan;

use super::account::{Dropping, Past, Planned, Planner};
use super::base::BaseArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
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
    /// Take what the account has of this resource into the file (patterns: `role/*`); comments and order stay.
    #[arg(long, value_name = "ADDRESS")]
    accept: Vec<String>,
}

pub(crate) async fn run(args: &DriftArgs, output: &Output) -> Result<Exit, Failure> {
    let past = Past {
        args: &args.base,
        dropping: Dropping::Tell,
    };
    let none = ConsentArgs::default();
    let Some(planner) = Planner::prepare(&args.files, &args.account, &none, &past, output).await? else {
        return Ok(Exit::Error);
    };
    let Some(planned) = planner.plan(output).await? else {
        return Ok(Exit::Error);
    };
    let drift = drifted(&planner, &planned);
    output.data(&crate::render::drift::drift(&drift));
    planner.closing_notes(output);
    if !args.accept.is_empty() {
        let is_meant = |address: &Address| args.accept.iter().any(|pattern| address.matches(pattern));
        super::accept::accept(&planner, &planned, &args.files, is_meant, output)?;
    }
    Ok(exit(&drift))
}

/// The comparison with every base.
pub(super) fn drifted(planner: &Planner, planned: &Planned) -> Drift {
    let names = planner.base_names().map(str::to_owned);
    let plans = planned.before.iter().map(|before| planner.plan_before(before, planned));
    let bases: Vec<(String, Plan)> = names.zip(plans).collect();
    compare(&planned.plan, &bases)
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
