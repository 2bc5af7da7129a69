//! `sandbox`: a simulated account for clients of every sort.
//!
//! Invariant: the lines to paste are printed once the server answers, so a script that waits for them waits for it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use tokio::net::TcpListener;

use crate::names::{AccountId, Region};
use crate::policy_doc::Policy;
use crate::render::{Doc, Label};
use crate::sandbox::{Account, Emptied, Leave, OpenError, Options, Persona, ResetError, reset, server};

use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;

/// Serve a simulated account, for the AWS CLI and other clients.
///
/// It answers on a loopback address until it is interrupted, and keeps its state in a folder.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct SandboxArgs {
    #[command(subcommand)]
    command: Option<SandboxCommand>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Debug, Subcommand)]
enum SandboxCommand {
    /// Empty the account: everything in it goes, with evenkeel's journal and the secrets beside it.
    Reset(ResetArgs),
}

#[derive(Debug, Args)]
struct ResetArgs {
    /// The folder of the account.
    #[arg(long, value_name = "DIR", default_value = ".evenkeel/sandbox")]
    state: PathBuf,
}

#[derive(Debug, Args)]
struct ServeArgs {
    /// The address to answer on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", value_parser = address)]
    listen: SocketAddr,
    /// Answer on an address that other machines reach. Anyone who reaches it is the account's administrator.
    #[arg(long)]
    allow_remote: bool,
    /// The folder of the account, the same as for --sandbox.
    #[arg(long, value_name = "DIR", default_value = ".evenkeel/sandbox")]
    state: PathBuf,
    /// Be as slow to agree with itself as AWS is; the seed decides when.
    #[arg(long, value_name = "SEED", num_args = 0..=1, default_missing_value = "1", value_parser = super::seed)]
    lag: Option<u64>,
    /// Hold users and roles to their policies, as AWS does; other keys stay the administrator's.
    #[arg(long)]
    enforce: bool,
    /// The account's number, for a folder that holds none yet [default: 123456789012].
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// The Region of requests that name none.
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    region: String,
}

pub(crate) async fn run(args: &SandboxArgs, output: &Output) -> Result<Exit, Failure> {
    match &args.command {
        Some(SandboxCommand::Reset(args)) => empty(&args.state, output),
        None => serve(&args.serve, output).await,
    }
}

async fn serve(args: &ServeArgs, output: &Output) -> Result<Exit, Failure> {
    if !args.listen.ip().is_loopback() && !args.allow_remote {
        let failure = Failure::new(format!("{} is not a loopback address", args.listen));
        return Err(failure
            .hint("any key that it does not know is the administrator's, so whoever reaches it is; use 127.0.0.1")
            .hint("if other machines shall reach it, say --allow-remote"));
    }
    // A port in use is found before a folder is made.
    let listener = TcpListener::bind(args.listen)
        .await
        .map_err(|error| busy(args.listen, &error))?;
    let bound = listener.local_addr().map_err(|error| busy(args.listen, &error))?;
    let account = open(args)?;
    let telling = output.clone();
    let account = account.telling(move |sentence| telling.note(sentence));
    let end = interrupted().map_err(|error| Failure::new(format!("signals can't be waited for: {error}")))?;
    let number = account.number();
    output.note(&format!(
        "Serving account {number} in {}. For the shell of another terminal (Bash, Zsh):",
        args.state.display()
    ));
    output.data(&environment(bound, &args.region));
    server::serve(listener, Arc::new(account), end).await;
    Ok(Exit::Done)
}

/// Comes when the process is told to end, by Ctrl-C or as services are. From the call on both are waited for, so that a
/// signal between the ready line and the first poll is not missed.
#[cfg(unix)]
fn interrupted() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Comes when the process is told to end.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the other systems have a way to fail")]
fn interrupted() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

fn open(args: &ServeArgs) -> Result<Account, Failure> {
    let region = Region::parse(&args.region).map_err(|error| Failure::new(format!("--region: {error}")))?;
    let mut options = Options {
        lag: args.lag,
        region: region.as_str().to_owned(),
        leave: if args.enforce { Leave::Judged } else { Leave::Free },
        ..Options::default()
    };
    if let Some(number) = &args.account {
        let number = AccountId::parse(number).map_err(|error| Failure::new(format!("--account: {error}")))?;
        options.account_id = number.as_str().to_owned();
    }
    let account = Account::open(Some(&args.state), options).map_err(|error| unopened(&error, &args.state))?;
    let (number, state) = (account.number(), args.state.display());
    match &args.account {
        Some(asked) if *asked != number => {
            let failure = Failure::new(format!("the sandbox in {state} is account {number}, not {asked}"));
            Err(failure.hint("leave out --account, or name another folder with --state"))
        }
        _ => Ok(account),
    }
}

/// Who acts in a simulated account: `user/NAME`, `role/NAME`, or somebody with the policies of these files.
#[cfg_attr(
    not(feature = "aws"),
    allow(dead_code, reason = "only commands that need an account ask")
)]
pub(super) fn persona(named: Option<&str>, policies: &[PathBuf]) -> Result<Option<Persona>, Failure> {
    if let Some(named) = named {
        let persona = match named.split_once('/') {
            Some(("user", name)) if !name.is_empty() => Persona::User(name.to_owned()),
            Some(("role", name)) if !name.is_empty() => Persona::Role(name.to_owned()),
            _ => {
                return Err(Failure::new(format!(
                    "--sandbox-as {named}: want user/NAME or role/NAME"
                )));
            }
        };
        return Ok(Some(persona));
    }
    let read = self::policies(policies)?;
    Ok((!read.is_empty()).then_some(Persona::With(read)))
}

/// The policy documents of files, by the names of the files.
#[cfg_attr(
    not(feature = "aws"),
    allow(dead_code, reason = "only commands that need an account ask")
)]
pub(super) fn policies(paths: &[PathBuf]) -> Result<Vec<(String, String)>, Failure> {
    let read: Vec<Vec<(String, String)>> = paths.iter().map(|path| policy(path)).collect::<Result<_, _>>()?;
    Ok(read.into_iter().flatten().collect())
}

/// A policy document by the name of its file, or the list of them that `permissions` prints where one would be too long.
#[cfg_attr(
    not(feature = "aws"),
    allow(dead_code, reason = "only commands that need an account ask")
)]
fn policy(path: &Path) -> Result<Vec<(String, String)>, Failure> {
    let failure = |why: String| Failure::new(format!("--sandbox-policy {}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| failure(error.to_string()))?;
    let texts: Vec<String> = match serde_json::from_str(&text) {
        Ok(serde_json::Value::Array(all)) => all.iter().map(ToString::to_string).collect(),
        Ok(_) | Err(_) => vec![text],
    };
    let read = texts.into_iter().map(|text| match Policy::from_live(&text) {
        Ok(_) => Ok((path.display().to_string(), text)),
        Err(error) => Err(failure(error.to_string())),
    });
    read.collect()
}

fn unopened(error: &OpenError, state: &Path) -> Failure {
    let failure = Failure::new(format!("the sandbox can't be opened: {error}"));
    match error {
        OpenError::Locked { .. } => failure.hint("end the other process, or name another folder with --state"),
        OpenError::Foreign { .. } | OpenError::NotAFolder { .. } => {
            failure.hint("name a new or an empty folder with --state")
        }
        OpenError::Format { .. } => failure.hint("use the newer evenkeel, or name another folder with --state"),
        OpenError::Content { .. } => failure.hint(format!(
            "mend the file, or empty the account: evenkeel sandbox reset --state {}",
            state.display()
        )),
        OpenError::Io { .. } | OpenError::AccountId(_) => failure,
    }
}

fn busy(address: SocketAddr, error: &std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => Failure::new(format!("{address} is in use by another process"))
            .hint("name another port with --listen; port 0 takes a free one"),
        _ => Failure::new(format!("{address} can't be listened on: {error}")),
    }
}

/// What a shell needs to know, as lines to paste.
fn environment(bound: SocketAddr, region: &str) -> Doc {
    // Nobody can connect to the address that stands for all of them.
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let mut doc = Doc::default();
    for line in [
        format!("export AWS_ENDPOINT_URL=http://{}", SocketAddr::new(ip, bound.port())),
        format!(
            "export AWS_ACCESS_KEY_ID=AKIASANDBOX AWS_SECRET_ACCESS_KEY=sandbox AWS_REGION={region} AWS_DEFAULT_REGION={region}"
        ),
        "unset AWS_PROFILE AWS_SESSION_TOKEN".to_owned(),
    ] {
        doc.text(Label::Plain, line);
    }
    doc
}

/// `127.0.0.1:4599`, `[::1]:4599` or `localhost:4599`.
fn address(text: &str) -> Result<SocketAddr, String> {
    let numeric = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    numeric
        .parse()
        .map_err(|_| "want an address with a port, such as 127.0.0.1:4599".to_owned())
}

fn empty(state: &Path, output: &Output) -> Result<Exit, Failure> {
    let emptied = reset(state).map_err(|error| {
        let failure = Failure::new(format!("the sandbox can't be emptied: {error}"));
        match error {
            ResetError::Open(OpenError::Locked { .. }) => failure.hint("end the other process first"),
            ResetError::Open(OpenError::Format { .. }) => failure.hint("use the newer evenkeel"),
            ResetError::NoSandbox { .. } => failure.hint("nothing was removed; name the sandbox's folder with --state"),
            ResetError::Open(_) => failure,
        }
    })?;
    let Emptied { account, removed, left } = emptied;
    let counts: Vec<String> = removed.iter().map(|(what, count)| format!("{what} {count}")).collect();
    let counts = if counts.is_empty() {
        "nothing".to_owned()
    } else {
        counts.join(", ")
    };
    output.note(&format!(
        "Account {account} in {} is empty. Files removed: {counts}.",
        state.display()
    ));
    for path in left {
        output.note(&format!(
            "Left alone, since it is not the sandbox's: {}",
            path.display()
        ));
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_name_localhost() {
        assert_eq!(address("localhost:4599").unwrap().to_string(), "127.0.0.1:4599");
        assert_eq!(address("[::1]:0").unwrap().to_string(), "[::1]:0");
        assert!(address("4599").is_err());
    }

    #[test]
    fn the_lines_to_paste_name_an_address_that_can_be_reached() {
        let lines = environment("0.0.0.0:99".parse().unwrap(), "eu-west-1").render(crate::render::Colour::Never);
        assert!(
            lines.starts_with("export AWS_ENDPOINT_URL=http://127.0.0.1:99\n"),
            "{lines}"
        );
        assert!(lines.contains("AWS_DEFAULT_REGION=eu-west-1\n"), "{lines}");
    }
}
