//! `policy fmt`.

use clap::Args;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;

/// Not built yet.
#[derive(Debug, Args)]
pub(super) struct FmtArgs {
    /// JSON files, or `-` for standard input.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
}

pub(super) fn run(args: &FmtArgs, _: &Output) -> Result<Exit, Failure> {
    let FmtArgs { files } = args;
    Err(Failure::new(format!(
        "{}: `policy fmt` is not built yet",
        files.join(", ")
    )))
}
