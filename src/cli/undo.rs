//! The undo folder: written before the first change, so that whatever happens afterwards can be undone.
//!
//! Invariant: nothing is overwritten, only its owner can read it, and it is on the disk before anything is changed.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::author::Authored;
use crate::aws::AwsBackend;
use crate::engine::Backend as _;
use crate::journal::RunId;
use crate::kinds::AnyObject;
use crate::undo::{self, Input};

use super::account::{Planned, Planner};
use super::failure::Failure;
use super::output::Output;

/// What undoes a run.
pub(super) struct Undo {
    /// The file.
    pub(super) file: PathBuf,
    /// What it can't bring back, a line each.
    pub(super) lost: Vec<String>,
}

/// Saves what the plan would lose, and writes the file that undoes it.
pub(super) async fn write(
    planner: &mut Planner,
    planned: &Planned,
    folder: &Path,
    run: &RunId,
    output: &Output,
) -> Result<Undo, Failure> {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let failed = |error: io::Error| {
        Failure::new(format!(
            "the undo folder {} can't be written: {error}",
            folder.display()
        ))
        .hint("name another one with --undo; nothing was changed")
    };
    make(&folder).map_err(failed)?;
    let file = folder.join(undo::FILE);
    if file.exists() {
        let failure = Failure::new(format!("{} is there already", file.display()));
        return Err(failure.hint("name another folder with --undo; nothing was changed"));
    }
    // What is saved step by step goes there as well.
    planner.aws.code_backups = folder.join("code");
    let (authored, lost) = author(planner, planned, &folder, run, output).await;
    for (name, bytes) in &authored.files {
        put(&folder.join(name), bytes).map_err(failed)?;
    }
    File::open(&folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed)?;
    for unsaid in &authored.unsaid {
        output.note(&format!(
            "the undo file can't say of {}: {}",
            unsaid.address, unsaid.what
        ));
    }
    Ok(Undo { file, lost })
}

async fn author(
    planner: &Planner,
    planned: &Planned,
    folder: &Path,
    run: &RunId,
    output: &Output,
) -> (Authored, Vec<String>) {
    let backend = AwsBackend(&planner.aws);
    let home = &planner.aws.connection.home;
    for step in planned.plan.steps.iter().filter(|step| step.facts.only_saves) {
        if let Err(error) = backend.run(&step.action).await {
            output.note(&format!("{}: {}: {error}", step.address, step.summary));
        }
    }
    let strangers = undo::strangers(&planned.plan, &planned.objects, home);
    let strangers: Vec<AnyObject> = strangers.iter().filter_map(|arn| planner.bare_of(arn)).collect();
    let strangers = backend.observe(strangers).await;
    let input = Input {
        plan: &planned.plan,
        objects: &planned.objects,
        strangers: &strangers,
        tags: &planned.environment.tags,
        home,
        region: planner.region(),
    };
    let mut entries = undo::entries(&input);
    for entry in &mut entries {
        if entry.code().is_some_and(|code| !folder.join(code).is_file()) {
            entry.keep_code();
        }
    }
    (undo::write(&input, &entries, &why(planned, run)), undo::lost(&entries))
}

/// What stands at the head of the file.
fn why(planned: &Planned, run: &RunId) -> Vec<String> {
    let lines = [
        format!("What the run {run} of `evenkeel apply` touches in {}, as it was before.", planned.environment.name),
        "Applying this file undoes that run. It is planned anew, like any file, and asks for the same words as any file:".to_owned(),
        "deleting much or what holds data, taking something over. What it does not name is left alone.".to_owned(),
    ];
    lines.to_vec()
}

fn make(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        make(folder)?;
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
