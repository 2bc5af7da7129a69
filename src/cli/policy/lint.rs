//! `policy lint`: what is wrong with a document, or likely to be.

use std::collections::BTreeSet;

use clap::Args;
use serde_json::{Value as Json, json};

use super::input::{self, Refused};
use super::{Format, Kind};
use crate::cli::exit::Exit;
use crate::cli::fail_on::FailOn;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::lint::{self, LintCx, Source};
use crate::spec::finding::{Finding, Severity};
use crate::spec::node::Node;
use crate::spec::source::Sources;
use crate::spec::yaml;

/// Find what AWS would refuse in a document, and what an attacker would like about it.
///
/// The rules are those of `check`; `evenkeel explain P202` tells what one of them means.
#[derive(Debug, Args)]
pub(super) struct LintArgs {
    /// A JSON file, or `-` for standard input.
    #[arg(value_name = "FILE")]
    file: String,
    /// What kind of policy it is.
    #[arg(long = "type", value_name = "KIND", default_value = "identity")]
    kind: Kind,
    /// The account that it is for, and others of your own; may be given more than once.
    #[arg(long = "account", value_name = "ID")]
    accounts: Vec<String>,
    /// Exit with 2 when there are findings of this severity or a graver one.
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// What goes to standard output.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn run(args: &LintArgs, output: &Output) -> Result<Exit, Failure> {
    let mut sources = Sources::default();
    let file = input::text(&args.file, &mut sources)?;
    let (mut findings, tree) = match input::parsed(file, &sources) {
        Ok(tree) => (Vec::new(), Some(tree)),
        // A slip against JSON hides nothing else, where YAML can read on.
        Err(refused) => (refused.findings, yaml::parse(&sources, file).ok()),
    };
    let cx = LintCx {
        flavour: args.kind.flavour(),
        place: tree.as_ref().map(|tree| tree.span),
        account: args.accounts.first().map(String::as_str),
        accounts: &args.accounts.iter().cloned().collect::<BTreeSet<_>>(),
        source: Source::Bare,
    };
    findings.extend(tree.iter().flat_map(|tree| lint::node(tree, &cx)));
    let found = Refused { findings, tree };
    match args.format {
        Format::Text => output.findings(&found.findings, &sources),
        Format::Json => input::print_json(&document(&found, &sources), output),
    }
    Ok(exit(&found.findings, args.fail_on))
}

/// What AWS refuses is an error, as in `check`.
fn exit(findings: &[Finding], fail_on: FailOn) -> Exit {
    match findings.iter().map(|finding| finding.severity).min() {
        Some(Severity::Error) => Exit::Error,
        Some(gravest) if gravest <= fail_on.severity() => Exit::Differences,
        _ => Exit::Done,
    }
}

fn document(found: &Refused, sources: &Sources) -> Json {
    let Refused { findings, tree } = found;
    let tree: Option<&Node> = tree.as_ref();
    let findings: Vec<Json> = findings.iter().map(|one| input::finding(one, tree, sources)).collect();
    json!({ "findings": findings })
}
