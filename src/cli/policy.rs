//! `policy`: documents by themselves, from files or standard input.
//!
//! Invariant: nothing is read but what is named, and nothing is changed but by `fmt --write`. A text that AWS would
//! refuse is an error with its place, never an answer.

mod compare;
mod diff;
mod eval;
mod expand;
mod fmt;
mod input;
mod lint;

use std::io::IsTerminal as _;

use clap::{Args, Subcommand, ValueEnum};

use crate::policy_doc::{Flavour, Reading};

use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;

/// Work with policy documents by themselves: JSON files, or `-` for standard input.
#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    #[command(subcommand)]
    task: Task,
}

/// Each is told by the words on its own arguments.
#[derive(Debug, Subcommand)]
enum Task {
    Lint(lint::LintArgs),
    Diff(diff::DiffArgs),
    Compare(compare::CompareArgs),
    Eval(eval::EvalArgs),
    Expand(expand::ExpandArgs),
    Fmt(fmt::FmtArgs),
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Format {
    /// The given one, else text on a terminal and JSON elsewhere.
    fn chosen(given: Option<Self>) -> Self {
        given.unwrap_or(match std::io::stdout().is_terminal() {
            true => Self::Text,
            false => Self::Json,
        })
    }
}

/// What kind of policy a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Of a user, group or role.
    Identity,
    /// A permissions boundary.
    Boundary,
    /// Passed when a session is made.
    Session,
    /// Of a bucket, bus or other resource.
    Resource,
    /// Of a role: who may assume it.
    Trust,
    /// A service control policy.
    Scp,
    /// A resource control policy.
    Rcp,
    /// Of a VPC endpoint.
    Endpoint,
}

impl Kind {
    const fn flavour(self) -> Flavour {
        match self {
            Self::Identity => Flavour::Identity,
            Self::Boundary => Flavour::Boundary,
            Self::Session => Flavour::Session,
            Self::Resource => Flavour::Resource,
            Self::Trust => Flavour::Trust,
            Self::Scp => Flavour::Scp,
            Self::Rcp => Flavour::Rcp,
            Self::Endpoint => Flavour::Endpoint,
        }
    }

    /// To ask a document something, whether or not its kind was told.
    const fn asked(kind: Option<Self>) -> Reading {
        match kind {
            Some(kind) => Reading::Asked(kind.flavour()),
            None => Reading::Unnamed,
        }
    }
}

pub(crate) fn run(args: &PolicyArgs, output: &Output) -> Result<Exit, Failure> {
    match &args.task {
        Task::Lint(args) => lint::run(args, output),
        Task::Diff(args) => diff::run(args, output),
        Task::Compare(args) => compare::run(args, output),
        Task::Eval(args) => eval::run(args, output),
        Task::Expand(args) => expand::run(args, output),
        Task::Fmt(args) => fmt::run(args, output),
    }
}
