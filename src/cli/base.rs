//! `--base`: the environment as it was declared before, in a git revision or in a file.
//!
//! Invariant: a revision is read without touching the work tree; a base that can't be read stops the command, since
//! without it everything would seem to be new.

use std::path::Path;

use clap::Args;

use crate::git::Revision;
use crate::spec::files::{Files as _, Trouble};
use crate::spec::header::Header;

use super::FileArgs;
use super::failure::Failure;
use super::output::Output;
use super::session::Loaded;

/// What was declared before.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct BaseArgs {
    /// The file as it was last applied: a git revision of it (main~1), or another file; twice after a failed apply.
    #[arg(long, value_name = "REV|FILE")]
    pub(crate) base: Vec<String>,
}

/// An environment as it was declared before.
pub(crate) struct Base {
    /// As the user names it.
    pub(crate) name: String,
    /// What leads to the same for ever, as far as there is something: a commit's id.
    pub(crate) pin: String,
    /// The texts.
    pub(crate) loaded: Loaded,
    /// Its header.
    pub(crate) header: Header,
}

/// The files of a revision, or the file that a word names.
pub(crate) struct Found {
    /// What leads to the same for ever, as far as there is something.
    pub(crate) pin: String,
    /// The texts; nothing where the revision has none of the files.
    pub(crate) loaded: Option<Loaded>,
}

/// Reads what a word of the user names: a path that exists, else a git revision of the files of the command.
pub(crate) fn find(word: &str, files: &FileArgs) -> Result<Found, Failure> {
    if Path::new(word).exists() {
        let alone = FileArgs {
            files: vec![word.to_owned()],
            ..files.clone()
        };
        let loaded = Loaded::read(&alone)?;
        return Ok(Found {
            pin: word.to_owned(),
            loaded: Some(loaded),
        });
    }
    let revision = Revision::find(Path::new("."), word).map_err(|error| {
        let failure = Failure::new(error.to_string());
        error.hint().into_iter().fold(failure, Failure::hint)
    })?;
    let pin = revision.commit().to_owned();
    let is_missing = |file: &String| matches!(revision.kind(file), Err(Trouble::Missing { .. }));
    let loaded = match files.files.iter().all(is_missing) {
        true => None,
        false => Some(Loaded::read_from(files, Box::new(revision))?),
    };
    Ok(Found { pin, loaded })
}

impl Base {
    /// Reads every base. `None` when one has mistakes, which then have been shown.
    pub(crate) fn read_all(args: &BaseArgs, files: &FileArgs, output: &Output) -> Result<Option<Vec<Self>>, Failure> {
        let mut bases = Vec::new();
        for word in &args.base {
            let Some(base) = Self::read(word, files, output)? else {
                return Ok(None);
            };
            bases.push(base);
        }
        Ok(Some(bases))
    }

    fn read(word: &str, files: &FileArgs, output: &Output) -> Result<Option<Self>, Failure> {
        let Found { pin, loaded } = find(word, files)?;
        let Some(mut loaded) = loaded else {
            let files = files.files.join(", ");
            let failure = Failure::new(format!(
                "{word} has none of {files}, so there is nothing to compare with"
            ));
            return Err(failure.hint("name the file itself where it was called otherwise then: --base FILE"));
        };
        let offline = loaded.offline();
        let findings = offline
            .as_ref()
            .map_or(&loaded.texts.findings, |environment| &environment.findings);
        let is_broken = offline.as_ref().is_none_or(|environment| environment.has_errors());
        if is_broken {
            output.note(&format!("in --base {word}:"));
            let sources = offline
                .as_ref()
                .map_or(&loaded.texts.sources, |environment| &environment.sources);
            output.findings(findings, sources);
            return Ok(None);
        }
        let header = loaded.header.take();
        Ok(header.map(|header| Self {
            name: word.to_owned(),
            pin,
            loaded,
            header,
        }))
    }
}
