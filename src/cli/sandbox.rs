//! `sandbox`: a simulated account for clients of every sort.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;

use crate::sandbox::{Account, Options, server};

use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;

/// Serve a simulated account, for the AWS CLI and other clients.
///
/// It answers on a loopback address until it is interrupted, and keeps its state in a folder.
#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// The address to answer on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The folder of the account, the same as for --sandbox.
    #[arg(long, value_name = "DIR", default_value = ".evenkeel/sandbox")]
    state: PathBuf,
    /// Be as slow to agree with itself as AWS is; the seed decides when.
    #[arg(long, value_name = "SEED", num_args = 0..=1, require_equals = true, default_missing_value = "1")]
    lag: Option<u64>,
}

pub(crate) async fn run(args: &SandboxArgs, output: &Output) -> Result<Exit, Failure> {
    if !args.listen.ip().is_loopback() {
        let failure = Failure::new(format!("{} is not a loopback address", args.listen));
        return Err(failure.hint("signatures are not verified, so nobody else may reach it; use 127.0.0.1"));
    }
    let options = Options {
        lag: args.lag,
        ..Options::default()
    };
    let account = Account::open(Some(&args.state), options)
        .map_err(|error| Failure::new(format!("the sandbox can't be opened: {error}")))?;
    let failed = |error: std::io::Error| Failure::new(format!("{} can't be listened on: {error}", args.listen));
    let listener = TcpListener::bind(args.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    output.note(&format!(
        "Serving the account in {}. For another terminal:",
        args.state.display()
    ));
    let mut doc = crate::render::Doc::default();
    for line in [
        format!("export AWS_ENDPOINT_URL=http://{address}"),
        "export AWS_ACCESS_KEY_ID=AKIASANDBOX AWS_SECRET_ACCESS_KEY=sandbox AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1".to_owned(),
    ] {
        doc.text(crate::render::Label::Plain, line);
    }
    output.data(&doc);
    tokio::select! {
        result = server::serve(listener, Arc::new(account)) => result.map_err(failed).map(|()| Exit::Done),
        _ = tokio::signal::ctrl_c() => Ok(Exit::Done),
    }
}
