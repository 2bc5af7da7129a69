//! `policy eval`: what AWS would answer to a request.

use clap::Args;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;

/// Say what AWS would answer to a request, given all policies that matter.
#[derive(Debug, Args)]
pub(super) struct EvalArgs {
    /// A JSON file with the request and its policies, or `-` for standard input.
    #[arg(value_name = "FILE")]
    file: String,
}

pub(super) fn run(args: &EvalArgs, _: &Output) -> Result<Exit, Failure> {
    let EvalArgs { file } = args;
    Err(Failure::new(format!("{file}: `policy eval` is not built yet")))
}
