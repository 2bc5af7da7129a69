//! `schema`: what the files look like, for editors and other programs.

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::output::Output;

/// Print the JSON Schema of a file, for editors and other programs.
///
/// Save it beside your file and name it in the file's first line, as `# yaml-language-server: $schema=NAME`.
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Of which file.
    #[arg(value_name = "FILE", default_value = "environment")]
    of: Of,
}

/// The files that have a schema.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Of {
    /// The environment file.
    Environment,
    /// The JSON of `--format json` and `--report json=PATH`.
    Report,
    /// The file of `fleet`.
    Fleet,
}

pub(crate) fn run(args: &SchemaArgs, output: &Output) -> Exit {
    let schema = match args.of {
        Of::Environment => crate::schema::to_text(&crate::schema::environment()),
        Of::Report => crate::render::json::SCHEMA.to_owned(),
        Of::Fleet => crate::schema::to_text(&crate::fleet::schema()),
    };
    output.bytes(schema.as_bytes());
    Exit::Done
}
