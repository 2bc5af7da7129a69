//! Taking what the account has into the file: `pull --into` and `drift --accept`.
//!
//! Invariant: a file is only written when what it says from then on plans without a difference for what was accepted; else
//! its bytes stay and people are given what to paste.

use std::collections::BTreeMap;
use std::path::Path;

use crate::address::Address;
use crate::author::Heading;
use crate::author::accept::{Acceptance, acceptance};
use crate::author::edit::{Edit, edit};
use crate::fields::FieldPath;
use crate::plan::{Change, Verb};
use crate::spec::files::{Entry, Files, Folder, Kind, Trouble};

use super::FileArgs;
use super::account::{Planned, Planner};
use super::failure::Failure;
use super::output::Output;
use super::session::Loaded;

/// How an acceptance ended.
#[derive(Debug, Default)]
pub(crate) struct Accepted {
    /// What is in the file now.
    pub(crate) edited: usize,
    /// What somebody has to write.
    pub(crate) left: usize,
}

/// Edits the files until they say what the account has of these fields of these resources, or says what to paste.
pub(crate) fn accept(
    planner: &Planner,
    planned: &Planned,
    files: &FileArgs,
    is_meant: impl Fn(&Address, &FieldPath) -> bool,
    output: &Output,
) -> Result<Accepted, Failure> {
    let mut run = Run {
        planner,
        planned,
        files,
        texts: BTreeMap::new(),
    };
    let mut accepted = Accepted::default();
    for change in &planned.plan.changes {
        let fields: Vec<FieldPath> = open(change)
            .filter(|path| is_meant(&change.address, path))
            .cloned()
            .collect();
        if fields.is_empty() || matches!(change.verb, Verb::Create | Verb::Delete | Verb::Unknown) {
            if change.verb == Verb::Create && !fields.is_empty() {
                accepted.left += 1;
                output.note(&format!(
                    "{} is not there: take it out of the file, or apply it",
                    change.address
                ));
            }
            continue;
        }
        match run.one(change, &fields)? {
            Ok(()) => {
                accepted.edited += 1;
                output.note(&format!("{}: {}", change.address, brief(&fields)));
            }
            Err(Left { why, patch }) => {
                accepted.left += 1;
                output.note(&format!("{} can't be edited: {why}; write by hand:", change.address));
                for line in patch.lines() {
                    output.note(line);
                }
            }
        }
    }
    for (path, text) in &run.texts {
        super::pull::put(Path::new(path), text.as_bytes())?;
    }
    Ok(accepted)
}

fn brief(fields: &[FieldPath]) -> String {
    fields.iter().map(FieldPath::brief).collect::<Vec<_>>().join(", ")
}

/// Why a resource's text stayed as it is.
struct Left {
    why: String,
    patch: String,
}

struct Run<'a> {
    planner: &'a Planner,
    planned: &'a Planned,
    files: &'a FileArgs,
    /// The texts that have been edited, by path.
    texts: BTreeMap<String, String>,
}

impl Run<'_> {
    fn one(&mut self, change: &Change, fields: &[FieldPath]) -> Result<Result<(), Left>, Failure> {
        let Some(origin) = &change.origin else {
            return Ok(Err(Left {
                why: "it does not stand in the file".into(),
                patch: String::new(),
            }));
        };
        let header = self.planner.header();
        let connection = &self.planner.aws.connection;
        let heading = Heading {
            environment: header.environment.clone(),
            account: header.account.clone(),
            region: self.planner.region().clone(),
            home: connection.home.clone(),
            tags: self.planned.environment.tags.clone(),
            remarks: Vec::new(),
        };
        let found = acceptance(&heading, &self.planned.objects, &header.tags, &change.address, fields);
        let Some(Acceptance { fine, coarse, patch }) = found else {
            return Ok(Err(Left {
                why: "it was not read".into(),
                patch: String::new(),
            }));
        };
        let text = self.text(&origin.file)?;
        let mut why = "the file would not say what the account has".to_owned();
        for edits in [fine, coarse] {
            match self.tried(&origin.file, &text, &edits, change, fields)? {
                Ok(new) => {
                    self.texts.insert(origin.file.clone(), new);
                    return Ok(Ok(()));
                }
                Err(reason) => why = reason.unwrap_or(why),
            }
        }
        Ok(Err(Left { why, patch }))
    }

    fn text(&self, path: &str) -> Result<String, Failure> {
        if let Some(text) = self.texts.get(path) {
            return Ok(text.clone());
        }
        std::fs::read_to_string(path).map_err(|error| Failure::new(format!("{path} can't be read: {error}")))
    }

    /// The text after some edits, if it then says what the account has; else why not, where an edit itself says it.
    fn tried(
        &self,
        path: &str,
        text: &str,
        edits: &[Edit],
        before: &Change,
        fields: &[FieldPath],
    ) -> Result<Result<String, Option<String>>, Failure> {
        let new = match edit(text, edits) {
            Ok(new) if !edits.is_empty() => new,
            Ok(_) => return Ok(Err(None)),
            Err(error) => return Ok(Err(Some(error.to_string()))),
        };
        let mut texts = self.texts.clone();
        texts.insert(path.to_owned(), new.clone());
        let files = Edited {
            folder: Folder::new("."),
            texts,
        };
        let loaded = Loaded::read_from(self.files, Box::new(files))?;
        let (environment, plan) = self.planner.plan_of(&loaded, self.planned);
        let settled = plan.changes.iter().find(|change| change.address == before.address);
        let is_settled = settled.is_some_and(|change| {
            open(change).all(|path| !fields.contains(path) && open(before).any(|known| known == path))
        });
        Ok(if is_settled && !environment.has_errors() {
            Ok(new)
        } else {
            Err(None)
        })
    }
}

/// The fields of which the file and the account say something else.
fn open(change: &Change) -> impl Iterator<Item = &FieldPath> {
    let unmet = change.unmet.iter().map(|unmet| &unmet.field);
    change.fields.iter().chain(unmet).map(|field| &field.path)
}

/// The files with some texts as they would be.
struct Edited {
    folder: Folder,
    texts: BTreeMap<String, String>,
}

impl Files for Edited {
    fn kind(&self, path: &str) -> Result<Kind, Trouble> {
        self.folder.kind(path)
    }

    fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, Trouble> {
        match self.texts.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.folder.read(path, limit),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, Trouble> {
        self.folder.list(folder)
    }

    fn real(&self, path: &str) -> Result<String, Trouble> {
        self.folder.real(path)
    }

    fn local(&self, path: &str) -> Option<std::path::PathBuf> {
        self.folder.local(path)
    }
}
