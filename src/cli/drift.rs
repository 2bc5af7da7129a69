//! `drift`: where the account is not as the file says.

use clap::Args;

use crate::access::GUARD;
use crate::address::Address;
use crate::aws::notice::{NoticeError, put};
use crate::drift::{Class, Counts, Drift, compare};
use crate::fields::FieldPath;
use crate::notice::{Status, detail};
use crate::plan::Plan;
use crate::report::{Report, Word};

use super::account::{Dropping, Past, Planned, Planner};
use super::base::BaseArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::limits::{self, LimitArgs};
use super::output::Output;
use super::report::{ReportArgs, failed, verdict};
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
    /// Take what the account has of this resource into the file (patterns: `role/*`); comments and order stay.
    #[arg(long, value_name = "ADDRESS")]
    accept: Vec<String>,
    #[command(flatten)]
    unmanaged: UnmanagedArgs,
    /// Ask CloudTrail who made what moved, and when.
    #[arg(long)]
    who: bool,
    /// Where something moved or could not be read, put an `evenkeel.drift` event on this event bus (a name or an ARN).
    #[arg(long, value_name = "BUS")]
    notify: Option<String>,
    /// Put the event there also when everything is as written.
    #[arg(long, requires = "notify")]
    notify_always: bool,
    /// Also hold the account as it is now to `expect:`, and exit with 4 where it does not.
    #[arg(long)]
    live_expect: bool,
    #[command(flatten)]
    limits: LimitArgs,
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
    let Some(mut planned) = planner.plan(output).await? else {
        return Ok(Exit::Error);
    };
    // What would not hold after an apply is no drift.
    planned.plan.refusals.retain(|refusal| refusal.guard != GUARD);
    let mut drift = drifted(&planner, &planned);
    if let Some(search) = &search {
        search.run(&planner, &planned, &mut drift).await;
    }
    if args.who {
        let now = time::OffsetDateTime::now_utc();
        super::who::tell(&mut drift, &planned.objects, &planner.aws, planner.region(), now).await;
    }
    let mut crossed = args.limits.crossed(&drift.access);
    if args.live_expect {
        crossed.extend(planner.unproved_now(&planned));
    }
    let exit = limits::exit(exit(&drift), &crossed);
    let notified = notify(args, &drift, &planner).await;
    let report = Report::of_drift(&drift, verdict(exit, quiet(&drift)));
    let mut report = limits::report(report, &crossed);
    report.notes.extend(planner.remark());
    if let Err(failure) = &notified {
        report = failed(report, failure);
    }
    let mut text = crate::render::drift::drift(&drift);
    crossed
        .iter()
        .for_each(|refusal| crate::render::plan::refused(&mut text, refusal));
    args.report.deliver(report, &text, output)?;
    planner.closing_notes(output);
    if !args.accept.is_empty() {
        // What the file is ahead with is the author's own, and stays.
        let is_pending = |address: &Address, path: &FieldPath| {
            let thing = drift.things.iter().find(|thing| thing.address == *address);
            let mut differences = thing.into_iter().flat_map(|thing| &thing.differences);
            differences.any(|one| one.path == *path && one.class == Class::Pending)
        };
        for pattern in &args.accept {
            let mut named = drift.things.iter().filter(|thing| thing.address.matches(pattern));
            if named.all(|thing| thing.differences.is_empty()) {
                output.note(&format!("--accept {pattern}: nothing of that name differs"));
            }
        }
        let is_named = |address: &Address| args.accept.iter().any(|pattern| address.matches(pattern));
        let is_meant = |address: &Address, path: &FieldPath| is_named(address) && !is_pending(address, path);
        super::accept::accept(&planner, &planned, &args.files, is_meant, output)?;
    }
    if let Some(sent) = notified? {
        output.note(&sent);
    }
    Ok(exit)
}

/// Tells a bus, and gives what to say of it. Whoever waits for the event must hear that it was not sent, so a failure is an
/// error.
async fn notify(args: &DriftArgs, drift: &Drift, planner: &Planner) -> Result<Option<String>, Failure> {
    let status = match exit(drift) {
        Exit::Done => Status::Clean,
        Exit::Incomplete => Status::Incomplete,
        _ => Status::Drift,
    };
    let is_news = status != Status::Clean || args.notify_always;
    let Some(bus) = args.notify.as_ref().filter(|_| is_news) else {
        return Ok(None);
    };
    let sent = put(&planner.aws, bus, planner.region(), detail(drift, status)).await;
    let id = sent.map_err(unsent)?;
    Ok(Some(format!("put on the event bus {bus}: event {id}")))
}

fn unsent(error: NoticeError) -> Failure {
    let failure = Failure::new(format!("nobody was notified: {error}"));
    match error {
        NoticeError::NoBus { .. } => failure.hint(
            "`--notify default` is the bus that every region has; another is made with `event_buses:` or named by its ARN",
        ),
        NoticeError::Odd(_) => {
            failure.hint("write --notify NAME or --notify arn:aws:events:REGION:ACCOUNT:event-bus/NAME")
        }
        NoticeError::Call(call) if call.is_denied() => {
            failure.hint("the permission `events:PutEvents` on the bus is missing")
        }
        NoticeError::Call(_) | NoticeError::Failed { .. } => failure,
    }
}

/// The comparison with every base.
pub(super) fn drifted(planner: &Planner, planned: &Planned) -> Drift {
    let names = planner.base_names().map(str::to_owned);
    let plans = planned.before.iter().map(|before| planner.plan_before(before, planned));
    let bases: Vec<(String, Plan)> = names.zip(plans).collect();
    let mut drift = compare(&planned.plan, &bases);
    drift.access = crate::drift::access(
        &planned.plan,
        &planned.objects,
        &planner.aws.connection.home,
        &planned.environment.tags,
    );
    drift
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
