//! `history`: what the journal tells.
//!
//! Invariant: it reads, and what it can't read it says; it needs neither an environment file nor an account.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::journal::{Detail, Journal, RunId, read};
use crate::render::Doc;
use crate::render::history::{Ending, Shown, calls, json_text, list, to_json};

use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use super::state;

/// Show what was applied, when, by whom, and every call of a run.
///
/// Without RUN the runs are listed, the newest first. RUN is a run's name, the beginning of it, or `last`.
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// Every call of this run.
    #[arg(value_name = "RUN")]
    of: Option<String>,
    /// The journal; by default the one below the user's state folder.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Show no more than so many runs.
    #[arg(long, value_name = "N", default_value = "20", conflicts_with = "of")]
    limit: usize,
    /// For people, or for programs.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// The journal of the simulated account in this folder.
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = ".evenkeel/sandbox")]
    sandbox: Option<PathBuf>,
    /// Taken as everywhere else, so that one alias serves all commands.
    #[arg(long, value_name = "SEED", num_args = 0..=1, default_missing_value = "1", value_parser = super::seed, hide = true)]
    sandbox_lag: Option<u64>,
}

/// How the history is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs; docs/journal.md describes it.
    Json,
}

pub(crate) fn run(args: &HistoryArgs, output: &Output) -> Result<Exit, Failure> {
    let HistoryArgs {
        of,
        journal,
        limit,
        format,
        sandbox,
        sandbox_lag: _,
    } = args;
    let usual = || state::journal(&state::state_folder(sandbox.as_deref()));
    let path = journal.clone().unwrap_or_else(usual);
    if !path.exists() {
        return nothing_yet(&path, journal.is_some(), *format, output);
    }
    let mut found = load(&path, Detail::Counts)?;
    let ending = ending(&path);
    let problems = std::mem::take(&mut found.problems);
    let mut runs = found.runs;
    if let Some(word) = of {
        let id = chosen(&runs, word)?;
        runs = load(&path, Detail::CallsOf(&id))?.runs;
        runs.retain(|run| run.id == id);
    }
    runs.sort_by(|a, b| (b.began, &b.id).cmp(&(a.began, &a.id)));
    let older = runs.len().saturating_sub(*limit);
    if of.is_none() {
        runs.truncate(*limit);
    }
    let shown: Vec<Shown<'_>> = runs.iter().map(|run| Shown::new(run, ending, is_there)).collect();
    match (format, of, shown.first()) {
        (Format::Json, _, _) => output.data(&json(&to_json(&shown, &problems))),
        (Format::Text, Some(_), Some(run)) => output.data(&calls(run)),
        (Format::Text, _, _) => output.data(&list(&shown)),
    }
    if of.is_none() && older > 0 && *format == Format::Text {
        output.note(&format!("{older} older not shown; --limit {} shows all", older + limit));
    }
    for problem in &problems {
        output.note(&format!("{}:{}: {}", path.display(), problem.line, problem.what));
    }
    Ok(Exit::Done)
}

fn nothing_yet(path: &Path, is_named: bool, format: Format, output: &Output) -> Result<Exit, Failure> {
    let path = path.display();
    if is_named {
        return Err(Failure::new(format!("there is no journal {path}")));
    }
    if format == Format::Json {
        output.data(&json(&to_json(&[], &[])));
    }
    output.note(&format!(
        "nothing was applied from here yet: there is no journal {path}"
    ));
    Ok(Exit::Done)
}

fn load(path: &Path, detail: Detail<'_>) -> Result<Journal, Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("the journal {} can't be read: {error}", path.display()));
    let file = File::open(path).map_err(failed)?;
    read(BufReader::new(file), detail).map_err(failed)
}

/// Whether a run without an end may still be under way: every run holds a lock on its journal as long as it lives.
fn ending(path: &Path) -> Ending {
    match File::open(path).map(|file| file.try_lock()) {
        Ok(Ok(())) if cfg!(unix) => Ending::Interrupted,
        _ => Ending::Unknown,
    }
}

fn is_there(path: &str) -> bool {
    Path::new(path).is_file()
}

/// The one run that a word means.
fn chosen(runs: &[crate::journal::Run], word: &str) -> Result<RunId, Failure> {
    if word == "last" {
        let last = runs.iter().max_by_key(|run| (run.began, &run.id));
        return last
            .map(|run| run.id.clone())
            .ok_or_else(|| Failure::new("there is no run in this journal"));
    }
    let mut meant: Vec<&RunId> = runs
        .iter()
        .map(|run| &run.id)
        .filter(|id| id.is_meant_by(word))
        .collect();
    meant.sort();
    match meant.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(Failure::new(format!("there is no run `{word}` in this journal"))
            .hint("`evenkeel history` lists them; `last` is the newest")),
        several => {
            let names: Vec<&str> = several.iter().rev().take(5).map(|id| id.as_str()).collect();
            Err(Failure::new(format!("`{word}` means {} runs", several.len()))
                .hint(format!("among them {}", names.join(", "))))
        }
    }
}

fn json(value: &serde_json::Value) -> Doc {
    let mut doc = Doc::default();
    for line in json_text(value).lines() {
        doc.text(crate::render::Label::Plain, line);
    }
    doc
}
