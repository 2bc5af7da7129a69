//! The command line: arguments, and one file for each command.
//!
//! Invariant: data goes to standard output, everything else to standard error; what a command returns is its exit code.

#[cfg(feature = "aws")]
mod accept;
#[cfg(feature = "aws")]
mod account;
#[cfg(feature = "aws")]
mod apply;
#[cfg_attr(not(feature = "aws"), allow(dead_code, reason = "`diff` needs its search alone"))]
mod base;
mod can;
mod catalogue;
mod check;
mod diff;
#[cfg(feature = "aws")]
mod drift;
mod exit;
#[cfg(feature = "aws")]
mod explain;
mod fail_on;
mod failure;
#[cfg(feature = "aws")]
mod fleet;
mod history;
#[cfg(feature = "aws")]
mod journal;
mod limits;
#[cfg(feature = "aws")]
mod live_world;
mod output;
mod permissions;
#[cfg(feature = "aws")]
mod plan;
mod policy;
#[cfg(feature = "aws")]
mod preflight;
#[cfg(feature = "aws")]
mod progress;
#[cfg(feature = "aws")]
mod pull;
#[cfg(all(test, feature = "aws"))]
mod reference;
mod report;
#[cfg(feature = "aws")]
mod revision;
mod sandbox;
mod schema;
mod session;
mod shell;
mod state;
#[cfg(feature = "aws")]
mod undo;
#[cfg(feature = "aws")]
mod unmanaged;
#[cfg(feature = "aws")]
mod who;
mod whole;

#[cfg(feature = "aws")]
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::report::Command as Reported;

pub use exit::Exit;

use output::Output;

/// Keeps an AWS account as a YAML file says: plan, apply, and no state file.
#[derive(Debug, Parser)]
#[command(name = "evenkeel", version, max_term_width = 100, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

#[derive(Debug, Args)]
struct Global {
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: When,
    /// Say what is called (-v) or everything (-vv), on standard error.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum When {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Each is told by the words on its own arguments; words here would hide all but their first line.
#[derive(Debug, Subcommand)]
enum Command {
    Check(check::CheckArgs),
    Can(can::CanArgs),
    WhoCan(can::WhoCanArgs),
    Diff(diff::DiffArgs),
    #[cfg(feature = "aws")]
    Plan(plan::PlanArgs),
    #[cfg(feature = "aws")]
    Apply(apply::ApplyArgs),
    #[cfg(feature = "aws")]
    Pull(pull::PullArgs),
    #[cfg(feature = "aws")]
    Drift(drift::DriftArgs),
    #[cfg(feature = "aws")]
    Fleet(fleet::FleetArgs),
    #[cfg(feature = "aws")]
    Explain(explain::ExplainArgs),
    Permissions(permissions::PermissionsArgs),
    History(history::HistoryArgs),
    Policy(policy::PolicyArgs),
    Sandbox(sandbox::SandboxArgs),
    Catalogue(catalogue::CatalogueArgs),
    Schema(schema::SchemaArgs),
    Completions(shell::CompletionsArgs),
    Man(shell::ManArgs),
}

/// For people or for programs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum OneFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Which files, and with which values.
#[derive(Debug, Clone, Args)]
struct FileArgs {
    /// An environment file, or a folder with its *.yaml and *.yml; may be given more than once.
    #[arg(short, long = "file", value_name = "FILE", default_value = "environment.yaml")]
    files: Vec<String>,
    /// A variable's value.
    #[arg(long = "var", value_name = "NAME=VALUE")]
    vars: Vec<String>,
    /// A YAML file with values of variables.
    #[arg(long = "vars", value_name = "FILE")]
    vars_files: Vec<String>,
}

/// Which account, and how to reach it.
#[cfg(feature = "aws")]
#[derive(Debug, Clone, Args)]
struct AccountArgs {
    /// A profile of the AWS configuration.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The default region, where the file names none.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// The account that the credentials must lead to, where the file pins none.
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Use a simulated account, kept in this folder, in place of AWS.
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = ".evenkeel/sandbox")]
    sandbox: Option<PathBuf>,
    /// Let the simulated account be as slow to agree with itself as AWS is; the seed decides when.
    #[arg(long, value_name = "SEED", num_args = 0..=1, default_missing_value = "1", value_parser = seed, requires = "sandbox")]
    sandbox_lag: Option<u64>,
    /// Act as this user or role of the simulated account, held to its policies as AWS would.
    #[arg(
        long,
        value_name = "user/NAME|role/NAME",
        requires = "sandbox",
        conflicts_with = "sandbox_policy"
    )]
    sandbox_as: Option<String>,
    /// Act as somebody who has just this policy; may be given more than once.
    #[arg(long, value_name = "FILE", requires = "sandbox")]
    sandbox_policy: Vec<PathBuf>,
    /// The role that is taken on first; a fleet's file names it.
    #[arg(skip)]
    assume: Option<crate::fleet::Assume>,
}

/// The seed of an account's lag. A word that follows the option without `=` is taken for it, so a plan file may land here.
fn seed(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| "want a number; what is no seed must not follow this option".to_owned())
}

/// The user's word on what is dangerous.
#[cfg(feature = "aws")]
#[derive(Debug, Clone, Default, Args)]
struct ConsentArgs {
    /// Take over a resource that exists and is not this environment's (patterns: `role/*`).
    #[arg(long, value_name = "ADDRESS")]
    adopt: Vec<String>,
    /// Delete and make anew a resource that AWS can't change in place.
    #[arg(long, value_name = "ADDRESS")]
    replace: Vec<String>,
    /// Allow a danger: lockout, mass-change, public, data-loss or delete; for one resource with `:ADDRESS`.
    #[arg(long, value_name = "DANGER[:ADDRESS]")]
    allow: Vec<String>,
}

/// Parses the arguments and runs the command.
#[must_use]
pub fn main() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    init_log(cli.global.verbose);
    let output = Output::new(cli.global.color);
    let result = match cli.command {
        Command::Check(args) => args
            .report
            .conclude(Reported::Check, check::run(&args, &output), &output),
        Command::Can(args) => block_on(can::can(&args, &output)),
        Command::WhoCan(args) => block_on(can::who_can(&args, &output)),
        Command::Diff(args) => args.report.conclude(Reported::Diff, diff::run(&args, &output), &output),
        #[cfg(feature = "aws")]
        Command::Plan(args) => args
            .report
            .conclude(Reported::Plan, block_on(plan::run(&args, &output)), &output),
        #[cfg(feature = "aws")]
        Command::Apply(args) => args
            .report
            .conclude(Reported::Apply, block_on(apply::run(&args, &output)), &output),
        #[cfg(feature = "aws")]
        Command::Pull(args) => block_on(pull::run(&args, &output)),
        #[cfg(feature = "aws")]
        Command::Drift(args) => args
            .report
            .conclude(Reported::Drift, block_on(drift::run(&args, &output)), &output),
        #[cfg(feature = "aws")]
        Command::Fleet(args) => args
            .report
            .conclude(Reported::Fleet, block_on(fleet::run(&args, &output)), &output),
        #[cfg(feature = "aws")]
        Command::Explain(args) => block_on(explain::run(&args, &output)),
        Command::Permissions(args) => permissions::run(&args, &output),
        Command::History(args) => history::run(&args, &output),
        Command::Policy(args) => policy::run(&args, &output),
        Command::Sandbox(args) => block_on(sandbox::run(&args, &output)),
        Command::Catalogue(args) => Ok(catalogue::run(&args, &output)),
        Command::Schema(args) => Ok(schema::run(&args, &output)),
        Command::Completions(args) => Ok(shell::completions(&args, &output)),
        Command::Man(args) => shell::man(&args, &output),
    };
    let exit = result.unwrap_or_else(|failure| output.failure(&failure));
    match output.unwritten() {
        Some(failure) => output.failure(&failure),
        None => exit,
    }
}

/// Help and version are no mistakes; everything else exits with 1, as errors do.
fn usage(error: &clap::Error) -> Exit {
    let _ = error.print();
    if error.use_stderr() { Exit::Error } else { Exit::Done }
}

fn init_log(verbose: u8) {
    let level = match verbose {
        0 => "off",
        1 => "evenkeel=info",
        _ => "evenkeel=debug,aws_smithy_runtime=debug",
    };
    // At trace the SDK logs whole requests, passwords included; no setting gets that far.
    let asked = std::env::var("EVENKEEL_LOG")
        .unwrap_or_else(|_| level.to_owned())
        .to_lowercase()
        .replace("trace", "debug");
    let filter = tracing_subscriber::EnvFilter::new(asked);
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}

fn block_on(work: impl Future<Output = Result<Exit, failure::Failure>>) -> Result<Exit, failure::Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => Err(failure::Failure::new(format!(
            "the runtime could not be started: {error}"
        ))),
    }
}
