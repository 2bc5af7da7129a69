//! `policy fmt`: documents in their usual form.

use std::path::Path;

use clap::Args;
use serde_json::{Value as Json, json};

use super::{Format, Kind, input};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::whole::{self, Readers};
use crate::policy_doc::Order;
use crate::spec::source::Sources;

/// Write documents in their usual form: AWS's order of elements, one item as a plain text, two spaces of indentation.
///
/// The order of statements and items is the author's, unless --sort is given. What the document means stays: a missing
/// version is written as 2008-10-17, which is what AWS takes it for. Formatting twice changes nothing.
#[derive(Debug, Args)]
pub(super) struct FmtArgs {
    /// JSON files, or `-` for standard input; the result goes to standard output.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// Write the files instead.
    #[arg(long, conflicts_with = "check")]
    write: bool,
    /// Write nothing, name the files that are in another form, and exit with 2 if there are any.
    #[arg(long)]
    check: bool,
    /// Sort actions, resources, principals and conditions, each once.
    #[arg(long)]
    sort: bool,
    /// What kind of policy they are; their elements tell, if this does not.
    #[arg(long = "type", value_name = "KIND")]
    kind: Option<Kind>,
    /// How mistakes are told.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn run(args: &FmtArgs, output: &Output) -> Result<Exit, Failure> {
    let mut sources = Sources::default();
    let mut exit = Exit::Done;
    let mut errors = Vec::new();
    for name in &args.files {
        let file = input::text(name, &mut sources)?;
        match input::document(file, &sources, Kind::asked(args.kind)) {
            Ok((policy, _)) => {
                let order = if args.sort { Order::Sorted } else { Order::Kept };
                let text = policy
                    .document()
                    .map(|document| document.formatted(order))
                    .unwrap_or_default();
                let is_new = *sources.get(file).text != *text;
                exit = exit.max(deliver(args, name, &text, is_new, output)?);
            }
            Err(refused) => {
                output.findings(&refused.findings, &sources);
                errors.extend(match input::findings(&refused, &sources) {
                    Json::Array(all) => all,
                    other => vec![other],
                });
            }
        }
    }
    if errors.is_empty() {
        return Ok(exit);
    }
    if args.format == Format::Json {
        input::print_json(&json!({ "errors": errors }), output);
    }
    Ok(Exit::Error)
}

fn deliver(args: &FmtArgs, name: &str, text: &str, is_new: bool, output: &Output) -> Result<Exit, Failure> {
    if args.check {
        if is_new {
            output.document(&format!("{name}\n"));
            return Ok(Exit::Differences);
        }
    } else if args.write && name != "-" {
        if is_new {
            whole::write(Path::new(name), text.as_bytes(), Readers::Others)
                .map_err(|error| Failure::new(format!("{name} can't be written: {error}")))?;
        }
    } else {
        output.document(text);
    }
    Ok(Exit::Done)
}
