//! Looking for what exists and no file declares.
//!
//! Invariant: a list that was refused is told, and never taken for an empty one.

use std::path::{Path, PathBuf};

use clap::Args;
use time::{Date, OffsetDateTime};

use crate::address::Address;
use crate::aws::{AwsBackend, View};
use crate::drift::Drift;
use crate::drift::accepted::AcceptedList;
use crate::drift::unmanaged::{Asking, Owner, Unmanaged};
use crate::engine::Backend as _;
use crate::kind::{Form, Object};
use crate::kinds::{AnyListed, AnyObject, KindName, Member, Visit};
use crate::plan::dropped;
use crate::spec::files::{Folder, read_text};
use crate::spec::finding::Severity;
use crate::spec::source::Sources;

use super::account::{Planned, Planner};
use super::failure::Failure;
use super::output::Output;

/// What of the account that no file declares is told.
#[derive(Debug, Clone, Args)]
pub(crate) struct UnmanagedArgs {
    /// List what exists and this file does not declare; of some kinds only with a list of them (role,user).
    #[arg(long, value_name = "KIND,…", num_args = 0..=1, default_missing_value = "", value_delimiter = ',')]
    unmanaged: Option<Vec<String>>,
    /// With --unmanaged, also what AWS made itself and what other environments and CloudFormation stacks own.
    #[arg(long, requires = "unmanaged")]
    all: bool,
    /// A file of what may exist without being declared, each with a reason.
    #[arg(long, value_name = "FILE", requires = "unmanaged")]
    accepted: Option<PathBuf>,
}

/// What was asked for, checked before any call to AWS.
pub(crate) struct Search {
    kinds: Vec<KindName>,
    elsewhere: Elsewhere,
    accepted: AcceptedList,
    today: Date,
}

/// What becomes of things that somebody else manages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Elsewhere {
    Counted,
    Listed,
}

impl UnmanagedArgs {
    /// Reads the words and the accepted file. `None` inside where nothing was asked for; `None` for mistakes in the file,
    /// which then have been shown.
    pub(crate) fn search(&self, output: &Output) -> Result<Asked, Failure> {
        let Some(words) = &self.unmanaged else {
            return Ok(Asked::Nothing);
        };
        let kinds = kinds(words)?;
        let accepted = match &self.accepted {
            Some(path) => match accepted(path, output)? {
                Some(list) => list,
                None => return Ok(Asked::Mistaken),
            },
            None => AcceptedList::default(),
        };
        let elsewhere = if self.all {
            Elsewhere::Listed
        } else {
            Elsewhere::Counted
        };
        Ok(Asked::Search(Search {
            kinds,
            elsewhere,
            accepted,
            today: OffsetDateTime::now_utc().date(),
        }))
    }
}

/// What the options ask for.
pub(crate) enum Asked {
    /// No search.
    Nothing,
    /// The accepted file has mistakes.
    Mistaken,
    /// A search.
    Search(Search),
}

/// Kinds of which a file may lack some; settings are there once.
fn searchable() -> impl Iterator<Item = KindName> + Clone {
    let can_lack = |kind: &KindName| kind.section().form != Form::Settings;
    KindName::ALL.iter().copied().filter(can_lack)
}

fn kinds(words: &[String]) -> Result<Vec<KindName>, Failure> {
    let words: Vec<&str> = words
        .iter()
        .map(|word| word.trim())
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        return Ok(searchable().collect());
    }
    let find = |word: &str| {
        let found = searchable().find(|kind| kind.name() == word || kind.section().key == word);
        let failure = || Failure::new(format!("`--unmanaged {word}`: there is no such kind to list"));
        found.ok_or_else(|| failure().near(word, searchable().map(KindName::name)))
    };
    words.into_iter().map(find).collect()
}

fn accepted(path: &Path, output: &Output) -> Result<Option<AcceptedList>, Failure> {
    let (mut sources, mut findings) = (Sources::default(), Vec::new());
    let name = path.to_string_lossy().into_owned();
    let text = read_text(&Folder::new("."), &name).map_err(|trouble| Failure::new(trouble.to_string()))?;
    let file = sources.add(name, text);
    let list = AcceptedList::read(&sources, file, &mut findings);
    output.findings(&findings, &sources);
    let is_broken = findings.iter().any(|finding| finding.severity == Severity::Error);
    Ok((!is_broken).then_some(list))
}

/// What every account has, such as the default bus.
struct IsAlwaysThere;

impl Visit for IsAlwaysThere {
    type Out = bool;

    fn visit<K: Member>(self, object: &Object<K>) -> bool {
        K::undeletable(&object.id).is_some()
    }
}

impl Search {
    /// Looks, and writes what it finds into the report.
    pub(crate) async fn run(&self, planner: &Planner, planned: &Planned, drift: &mut Drift) {
        let mut found = Vec::new();
        let view = View::new(&planner.aws);
        for kind in &self.kinds {
            match kind.list(&view, planner.region()).await {
                Ok(listed) => found.extend(listed),
                Err(error) => drop(drift.unlisted.insert(*kind, error.to_string())),
            }
        }
        let undeclared = self.undeclared(found, planned, drift);
        let mut unmanaged = self.owned(undeclared, planner, planned).await;
        let elsewhere = unmanaged.iter().filter(|one| one.owner.is_elsewhere()).count();
        if self.elsewhere == Elsewhere::Counted {
            unmanaged.retain(|one| !one.owner.is_elsewhere());
            if elsewhere > 0 {
                let note =
                    format!("{elsewhere} more belong to AWS, to other environments or to stacks; --all lists them");
                drift.notes.push(note);
            }
        }
        let addresses: Vec<&Address> = unmanaged.iter().map(|one| &one.address).collect();
        let is_listed = |kind: &&KindName| !drift.unlisted.contains_key(*kind);
        let listed: Vec<KindName> = self.kinds.iter().filter(is_listed).copied().collect();
        drift
            .notes
            .extend(self.accepted.remarks(&addresses, &listed, self.today));
        unmanaged.sort();
        drift.unmanaged = unmanaged;
    }

    /// What this file neither declares nor wants gone. What has no name to work with is told.
    fn undeclared(
        &self,
        found: Vec<AnyListed>,
        planned: &Planned,
        drift: &mut Drift,
    ) -> Vec<(AnyObject, Option<String>)> {
        let declared = dropped::Known::of(&planned.objects);
        let mut undeclared = Vec::new();
        for AnyListed { object, made_by } in found {
            match object {
                Ok(object) if declared.has(&object) || object.visit(IsAlwaysThere) => {}
                Ok(mut object) => {
                    dropped::distinguish(&mut object);
                    undeclared.push((object, made_by));
                }
                Err(name) => drift
                    .notes
                    .push(format!("`{name}` exists under a name that evenkeel can't work with")),
            }
        }
        undeclared
    }

    /// Whose each is. What AWS says that it made is not read.
    async fn owned(
        &self,
        undeclared: Vec<(AnyObject, Option<String>)>,
        planner: &Planner,
        planned: &Planned,
    ) -> Vec<Unmanaged> {
        let (by_aws, others): (Vec<_>, Vec<_>) = undeclared.into_iter().partition(|(_, made_by)| made_by.is_some());
        let by_aws = by_aws
            .into_iter()
            .map(|(object, who)| (object, Owner::Aws(who.unwrap_or_default())));
        let others = others.into_iter().map(|(object, _)| object).collect();
        let read = AwsBackend(&planner.aws).observe(others).await;
        let asked = read.into_iter().map(|object| {
            let owner = object.visit(Asking {
                environment: &planned.environment.name,
                tags: &planned.environment.tags,
            });
            (object, owner)
        });
        let entry = |(object, owner): (AnyObject, Owner)| Unmanaged {
            accepted: self.accepted.accepts(object.address(), self.today).cloned(),
            address: object.address().clone(),
            owner,
        };
        by_aws.chain(asked).map(entry).collect()
    }
}
