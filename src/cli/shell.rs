//! `completions` and `man`: what a shell and a manual want to know of the command line, made from the parser itself.
//!
//! Invariant: every command and option that the parser takes is in them; nothing is written but what was asked for.

use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory as _};
use clap_complete::Shell;

use super::Cli;
use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;

/// Print the completions of a shell.
///
/// Where to put them is told in docs/shell.md.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Print the manual page, or write the pages of all commands.
///
/// Without -o the page of `evenkeel` itself goes to standard output.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Write a page for each command into this folder.
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn completions(args: &CompletionsArgs, output: &Output) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "evenkeel", &mut script);
    output.bytes(&script);
    Exit::Done
}

pub(crate) fn man(args: &ManArgs, output: &Output) -> Result<Exit, Failure> {
    match &args.out {
        Some(folder) => write_all(folder, output)?,
        None => output.bytes(&page(Cli::command()).map_err(|error| Failure::new(error.to_string()))?),
    }
    Ok(Exit::Done)
}

fn page(command: Command) -> std::io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    Ok(page)
}

fn write_all(folder: &Path, output: &Output) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(format!(
            "the manual can't be written into {}: {error}",
            folder.display()
        ))
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(failed)?;
    output.note(&format!(
        "written to {}; `man -l {}` shows the first",
        folder.display(),
        folder.join("evenkeel.1").display()
    ));
    Ok(())
}
