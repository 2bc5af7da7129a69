//! The proof: what was written is read, lowered and planned against what was read of the account.
//!
//! Invariant: what the file's own reader refuses does not get into the file. First the entry or field at fault is left
//! to AWS, then the whole resource is left out, each with a remark that says why.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::author::{Authored, Heading, Layout, Style};
use crate::kind::{Object, Seen};
use crate::kinds::{AnyObject, Member, Visit};
use crate::plan::build::{Input, build};
use crate::plan::consent::Consents;
use crate::plan::{Header as PlanHeader, Plan};
use crate::spec::files::Folder;
use crate::spec::finding::{Finding, Severity};
use crate::spec::header;
use crate::spec::load::{self, Inputs};
use crate::spec::lower::Learned;
use crate::spec::resources::{self, Environment};

use super::spot::{Spot, spot};
use super::{Caller, Pulled, Thing, Wishes, write};

/// How often what was written is mended before the program gives up.
const ROUNDS: usize = 12;

/// Why what was written is no environment.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The file could not be tried out.
    #[error("the file could not be tried out in a temporary folder: {0}")]
    Folder(#[from] std::io::Error),
    /// It has mistakes that belong to no resource, or that no leaving out has mended.
    #[error("what would be written is not what evenkeel reads: {0}")]
    Unreadable(String),
}

/// Writes, reads, mends, and plans.
pub(super) fn prove(
    mut heading: Heading,
    mut things: Vec<Thing>,
    wishes: &Wishes,
    beside: BTreeMap<String, Vec<u8>>,
    caller: &Caller,
) -> Result<Pulled, TrialError> {
    let plain = Style {
        layout: Layout::File("environment.yaml".into()),
        document_lines: None,
        ..wishes.style.clone()
    };
    for _ in 0..ROUNDS {
        let trial = Trial::of(&heading, &things, &plain, &beside)?;
        if trial.mistakes().is_empty() {
            break;
        }
        trial.mend(&mut things)?;
    }
    heading.remarks = things.iter().filter_map(remark).collect();
    let trial = Trial::of(&heading, &things, &wishes.style, &beside)?;
    if let Some(mistake) = trial.mistakes().first() {
        return Err(trial.unreadable(mistake));
    }
    let plan = trial.plan(&heading, &things, wishes, caller);
    let Authored { mut files, unsaid, .. } = trial.authored;
    files.extend(beside);
    Ok(Pulled {
        environment: heading.environment,
        files,
        unsaid,
        left_out: things.into_iter().filter_map(absence).collect(),
        plan,
    })
}

/// What the head of the file says of what it leaves out.
fn remark(thing: &Thing) -> Option<String> {
    let why = thing.left_out.as_ref()?;
    Some(format!("left out: {}: {why}", thing.object.address()))
}

fn absence(thing: Thing) -> Option<(crate::address::Address, String)> {
    let address = thing.object.address().clone();
    thing.left_out.map(|why| (address, why))
}

/// The file, read.
struct Trial {
    authored: Authored,
    /// Which thing each address of the file is.
    at: Vec<usize>,
    environment: Environment,
}

impl Trial {
    fn of(
        heading: &Heading,
        things: &[Thing],
        style: &Style,
        beside: &BTreeMap<String, Vec<u8>>,
    ) -> Result<Self, TrialError> {
        let (authored, at) = write(heading, things, style);
        let folder = tempfile::tempdir()?;
        for (path, bytes) in authored.files.iter().chain(beside) {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))?;
            std::fs::write(path, bytes)?;
        }
        let argument = match &style.layout {
            Layout::File(name) => name.clone(),
            Layout::Folder => ".".to_owned(),
        };
        let environment = read(folder.path(), argument, heading, &learned(things))?;
        Ok(Self {
            authored,
            at,
            environment,
        })
    }

    fn mistakes(&self) -> Vec<&Finding> {
        let findings = self.environment.findings.iter();
        findings.filter(|finding| finding.severity == Severity::Error).collect()
    }

    fn unreadable(&self, finding: &Finding) -> TrialError {
        let text = finding.span.map(|span| self.environment.sources.text(span));
        TrialError::Unreadable(format!("{} at `{}`", finding.message, text.unwrap_or_default()))
    }

    /// Leaves out what the reader refuses.
    fn mend(&self, things: &mut [Thing]) -> Result<(), TrialError> {
        for finding in self.mistakes() {
            let spot = finding.span.and_then(|span| {
                let tree = crate::spec::yaml::parse(&self.environment.sources, span.file).ok()?;
                spot(&tree, span)
            });
            let spot = spot.ok_or_else(|| self.unreadable(finding))?;
            let thing = self.at_fault(&spot).and_then(|at| things.get_mut(at));
            let thing = thing.ok_or_else(|| self.unreadable(finding))?;
            match thing.object.visit(Pattern(&spot)) {
                Some(pattern) if !thing.ignore.contains(&pattern) => {
                    thing
                        .remarks
                        .push(format!("{pattern} is kept as it is: {}", finding.message));
                    thing.ignore.push(pattern);
                }
                _ => thing.leave_out(finding.message.clone()),
            }
        }
        Ok(())
    }

    fn at_fault(&self, spot: &Spot) -> Option<usize> {
        let addresses = self.authored.addresses.iter().zip(&self.at);
        let named = |address: &crate::address::Address| address.kind == spot.kind && address.name == spot.id;
        addresses
            .filter(|(address, _)| address.as_ref().is_some_and(named))
            .map(|(_, at)| *at)
            .next()
    }

    /// Plans the file against what was read.
    fn plan(&self, heading: &Heading, things: &[Thing], wishes: &Wishes, caller: &Caller) -> Plan {
        let objects = &self.environment.objects;
        let objects: Vec<AnyObject> = objects.iter().map(|object| self.seen(object, things)).collect();
        build(Input {
            header: PlanHeader {
                environment: heading.environment.clone(),
                account: heading.home.account.to_string(),
                region: wishes.region.to_string(),
                identity: caller.to_string(),
                digest: crate::plan::fingerprint::of_wanted(&self.environment.objects),
            },
            home: &heading.home,
            tags: &self.environment.tags,
            consents: &Consents::default(),
            caller,
            objects: &objects,
            known: &BTreeSet::new(),
            refusals: Vec::new(),
        })
    }

    /// What the file says of a thing, with what was read of it.
    fn seen(&self, object: &AnyObject, things: &[Thing]) -> AnyObject {
        let addresses = self.authored.addresses.iter().zip(&self.at);
        let mut same = addresses.filter(|(address, _)| address.as_ref() == Some(object.address()));
        match same.next().and_then(|(_, at)| things.get(*at)) {
            Some(thing) => object.clone().seen_as(&thing.object),
            None => object.clone(),
        }
    }
}

fn read(folder: &Path, argument: String, heading: &Heading, learned: &Learned) -> Result<Environment, TrialError> {
    let files = Folder::new(folder);
    let arguments = [argument];
    let inputs = Inputs {
        files: &files,
        arguments: &arguments,
        vars: &[],
        vars_files: &[],
        env: &|_| None,
    };
    let mut texts = load::read(&inputs);
    let Some(header) = header::read(&mut texts, &inputs) else {
        let first = texts.findings.first().map(|finding| finding.message.clone());
        return Err(TrialError::Unreadable(first.unwrap_or_default()));
    };
    Ok(resources::lower(
        &texts,
        &header,
        &heading.home,
        &heading.region,
        learned,
        &inputs,
    ))
}

/// The paths of IAM things, which a file leaves open where they are `/`.
fn learned(things: &[Thing]) -> Learned {
    let paths = things.iter().filter_map(|thing| thing.object.live_path());
    Learned { paths: paths.collect() }
}

/// What `ignore:` calls a place: the entry, where entries are compared by themselves, else the field. What a resource
/// can't do without is never kept in this way.
struct Pattern<'a>(&'a Spot);

impl Visit for Pattern<'_> {
    type Out = Option<String>;

    fn visit<K: Member>(self, object: &Object<K>) -> Option<String> {
        use crate::fields::Fields as _;
        let Seen::There(live) = &object.seen else { return None };
        let name = self.0.field.as_deref()?;
        let field = K::FIELDS
            .iter()
            .find(|field| field.name == name && field.default != "required")?;
        let entry = self.0.entry.as_deref().filter(|entry| {
            let last = |key: &str| {
                key.rsplit('/')
                    .next()
                    .is_some_and(|last| Some(last) == entry.rsplit('/').next())
            };
            let paths = live.state.present();
            paths.iter().any(|path| {
                path.field == field.name && path.key.as_deref().is_some_and(|key| key == *entry || last(key))
            })
        });
        Some(match entry {
            Some(entry) => format!("{name}.{}", entry.rsplit('/').next().unwrap_or(entry)),
            None => name.to_owned(),
        })
    }
}
