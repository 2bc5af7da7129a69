//! `check`: everything that can be known without AWS.

use clap::Args;

use crate::render::{Doc, Label};

use super::FileArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use super::session::Loaded;

/// Check the file: everything that can be known without AWS.
///
/// All mistakes are shown, each with its line and with what would be right. Nothing is read from or written to AWS.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    files: FileArgs,
    /// Taken as everywhere else, so that one alias serves all commands; `check` looks at no account.
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = "", hide = true)]
    sandbox: Option<String>,
    /// The same for the sandbox's lag.
    #[arg(long, value_name = "SEED", num_args = 0..=1, default_missing_value = "1", value_parser = super::seed, hide = true)]
    sandbox_lag: Option<u64>,
}

pub(crate) fn run(args: &CheckArgs, output: &Output) -> Result<Exit, Failure> {
    let CheckArgs {
        files,
        sandbox: _,
        sandbox_lag: _,
    } = args;
    let loaded = Loaded::read(files)?;
    let Some(environment) = loaded.offline() else {
        output.findings(&loaded.texts.findings, &loaded.texts.sources);
        return Ok(Exit::Error);
    };
    output.findings(&environment.findings, &environment.sources);
    if environment.has_errors() {
        return Ok(Exit::Error);
    }
    let mut doc = Doc::default();
    let things = environment.objects.len();
    let plural = if things == 1 { "resource" } else { "resources" };
    doc.line([
        (Label::Heading, environment.name.clone()),
        (
            Label::Plain,
            format!(
                ": {things} {plural}, no mistakes found{}",
                not_evaluated(environment.expectations)
            ),
        ),
    ]);
    output.data(&doc);
    Ok(Exit::Done)
}

/// A reminder that assertions are only checked for form.
pub(super) fn not_evaluated(expectations: usize) -> String {
    match expectations {
        0 => String::new(),
        1 => "; 1 expectation not evaluated".to_owned(),
        many => format!("; {many} expectations not evaluated"),
    }
}
