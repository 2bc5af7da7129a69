//! `policy lint`: what is wrong with a document, or likely to be.

use clap::Args;

use super::Kind;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;

/// Find what AWS would refuse in a document, and what an attacker would like about it.
#[derive(Debug, Args)]
pub(super) struct LintArgs {
    /// A JSON file, or `-` for standard input.
    #[arg(value_name = "FILE")]
    file: String,
    /// What kind of policy it is.
    #[arg(long = "type", value_name = "KIND", default_value = "identity")]
    kind: Kind,
}

pub(super) fn run(args: &LintArgs, _: &Output) -> Result<Exit, Failure> {
    let LintArgs { file, kind } = args;
    Err(Failure::new(format!(
        "{file}: `policy lint` of {} is not built yet",
        kind.flavour().as_str()
    )))
}
