//! `diff`: what a change of the file means.

use clap::Args;

use crate::access::World;
use crate::access::delta::Delta;
use crate::diff::{Side, compare};
use crate::kind::Home;
use crate::names::{AccountId, Partition, Region};
use crate::report::{Report, Word};
use crate::spec::header::Header;
use crate::spec::lower::Learned;
use crate::spec::resources::Environment;
use crate::spec::source::Sources;

use super::FileArgs;
use super::base;
use super::exit::Exit;
use super::failure::Failure;
use super::limits::{self, LimitArgs};
use super::output::Output;
use super::report::{ReportArgs, verdict};
use super::session::{Loaded, USUAL_REGION};

/// Show what a change of the file means: resources, fields and statements, not lines.
///
/// OLD and NEW are files, folders, or git revisions of the files that -f names (`diff main HEAD`). Nothing is asked of AWS.
/// What only moves, or is spelled another way, is no difference.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The earlier file, folder or git revision.
    #[arg(value_name = "OLD")]
    old: String,
    /// The later one.
    #[arg(value_name = "NEW")]
    new: String,
    #[command(flatten)]
    files: FileArgs,
    /// Exit with 2 when there are differences.
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    pub(super) report: ReportArgs,
}

pub(crate) fn run(args: &DiffArgs, output: &Output) -> Result<Exit, Failure> {
    let mut old = Version::read(&args.old, &args.files)?;
    let mut new = Version::read(&args.new, &args.files)?;
    if old.loaded.is_none() && new.loaded.is_none() {
        let files = args.files.files.join(", ");
        return Err(Failure::new(format!("neither {} nor {} has {files}", args.old, args.new)).hint("name it with -f"));
    }
    // Both for one account: its number is in every ARN, and a difference of the account is told by itself.
    let account = new
        .account()
        .or_else(|| old.account())
        .unwrap_or_else(AccountId::unknown);
    let region = new.region().or_else(|| old.region());
    if !(old.lower(&account, region.as_ref(), output) & new.lower(&account, region.as_ref(), output)) {
        return Ok(Exit::Error);
    }
    let mut diff = compare(old.side(), new.side());
    let home = Home {
        partition: new.partition().or_else(|| old.partition()).unwrap_or(Partition::Aws),
        account,
    };
    diff.access = Delta::between(&old.world(&home), &new.world(&home));
    let crossed = args.limits.crossed(&diff.access);
    let exit = match (diff.is_empty(), args.exit_code) {
        (false, true) => Exit::Differences,
        (true, _) | (false, false) => Exit::Done,
    };
    let exit = limits::exit(exit, &crossed);
    let quiet = if diff.is_empty() { Word::Clean } else { Word::Changes };
    let report = limits::report(Report::of_diff(&diff, verdict(exit, quiet)), &crossed);
    let mut text = crate::render::diff::diff(&diff);
    crossed
        .iter()
        .for_each(|refusal| crate::render::plan::refused(&mut text, refusal));
    args.report.deliver(report, &text, output)?;
    Ok(exit)
}

/// The file as one of the words names it; without texts where a revision does not have it.
struct Version {
    name: String,
    loaded: Option<Loaded>,
    environment: Option<Environment>,
}

impl Version {
    fn read(word: &str, files: &FileArgs) -> Result<Self, Failure> {
        Ok(Self {
            name: word.to_owned(),
            loaded: base::find(word, files)?.loaded,
            environment: None,
        })
    }

    fn header(&self) -> Option<&Header> {
        self.loaded.as_ref()?.header.as_ref()
    }

    fn account(&self) -> Option<AccountId> {
        self.header()?.account.clone()
    }

    fn region(&self) -> Option<Region> {
        self.header()?.region.clone()
    }

    /// Whether it has no mistakes; those that it has are told.
    fn lower(&mut self, account: &AccountId, other: Option<&Region>, output: &Output) -> bool {
        let Some(loaded) = &self.loaded else { return true };
        let usual = || Region::parse(USUAL_REGION).ok();
        let region = self.region().or_else(|| other.cloned()).or_else(usual);
        let (Some(header), Some(region)) = (&loaded.header, region) else {
            output.note(&format!("in {}:", self.name));
            output.findings(&loaded.texts.findings, &loaded.texts.sources);
            return false;
        };
        let home = Home {
            partition: Partition::of_region(&region),
            account: account.clone(),
        };
        let environment = loaded.lower(header, &home, &region, &Learned::default());
        if environment.has_errors() {
            output.note(&format!("in {}:", self.name));
            output.findings(&environment.findings, &environment.sources);
            return false;
        }
        self.environment = Some(environment);
        true
    }

    fn partition(&self) -> Option<Partition> {
        self.region().as_ref().map(Partition::of_region)
    }

    /// Who may do what by it; nobody anything where there is no file.
    fn world(&self, home: &Home) -> World {
        match &self.environment {
            Some(environment) => World::wanted(&environment.objects, home, &environment.sources),
            None => World::wanted(&[], home, &Sources::default()),
        }
    }

    fn side(&self) -> Side<'_> {
        Side {
            name: &self.name,
            header: self.header(),
            environment: self.environment.as_ref(),
        }
    }
}
