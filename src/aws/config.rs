//! Where the clients' configuration comes from: the SDK's own chain, or a simulated account.
//!
//! Invariant: this is the only file outside the sandbox's room that knows that there is one.

use std::path::PathBuf;
use std::sync::Arc;

use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata as _;
use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use crate::fleet::Assume;
use crate::kind::Home;
use crate::names::{AccountId, Arn, Region};
use crate::sandbox::connector::SandboxHttp;
use crate::sandbox::{Account, OpenError, Options, Persona};

use super::call_error;

/// Who runs the tool, and where.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Partition and account.
    pub home: Home,
    /// The caller, as STS names it.
    pub caller: Arn,
    /// The region of the configuration, if any.
    pub region: Option<Region>,
    /// Whether the account is a simulated one.
    pub simulated: bool,
    /// Whether it is reached by an endpoint on this machine, such as a simulator's server.
    pub nearby: bool,
}

/// A simulated account in a folder.
#[derive(Debug, Clone)]
pub struct SandboxChoice {
    /// The folder.
    pub folder: PathBuf,
    /// The account to make there, if none is there yet.
    pub account: Option<AccountId>,
    /// With a seed, changes reach the rest of the account some calls later.
    pub lag: Option<u64>,
    /// Who acts there, held to its policies; the account's administrator if nobody is named.
    pub persona: Option<Persona>,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The simulated account could not be opened.
    #[error("the sandbox can't be opened: {0}")]
    Sandbox(#[from] OpenError),
    /// STS did not tell who we are.
    #[error("AWS did not say who you are: {0}")]
    Identity(crate::engine::CallError),
    /// The role can't be taken on.
    #[error("{role} can't be taken on: {why}")]
    Role {
        /// The role.
        role: Arn,
        /// AWS's code and message.
        why: String,
    },
    /// STS told something that can't be understood.
    #[error("AWS named an identity that can't be understood: `{0}`")]
    Odd(String),
}

/// Makes the configuration, takes on the role if there is one, and asks STS who we are.
///
/// # Errors
/// A sandbox that can't be opened; no credentials; an answer that makes no sense.
pub async fn connect(
    profile: Option<&str>,
    region: Option<&Region>,
    sandbox: Option<SandboxChoice>,
    role: Option<&Assume>,
) -> Result<(SdkConfig, Connection), ConfigError> {
    let simulated = sandbox.is_some();
    let config = match (sandbox, role) {
        // A simulated account is its user's own; there is nobody to take on a role from.
        (Some(choice), _) => simulated_config(choice, region)?,
        (None, None) => real_config(profile, region).await,
        (None, Some(role)) => in_role(real_config(profile, region).await, role).await,
    };
    let answer = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await;
    let identity = answer.map_err(|error| match role.zip(refused_role(&error)) {
        Some((assume, why)) => ConfigError::Role {
            role: assume.role.clone(),
            why,
        },
        None => ConfigError::Identity(call_error("sts:GetCallerIdentity", &error)),
    })?;
    let arn = identity.arn().unwrap_or_default();
    let caller = Arn::parse(arn).map_err(|_| ConfigError::Odd(arn.to_owned()))?;
    let account = caller.account().ok_or_else(|| ConfigError::Odd(arn.to_owned()))?;
    let region = config.region().and_then(|region| Region::parse(region.as_ref()).ok());
    let home = Home {
        partition: caller.partition(),
        account,
    };
    let nearby = config.endpoint_url().is_some_and(is_nearby);
    Ok((
        config,
        Connection {
            home,
            caller,
            region,
            simulated,
            nearby,
        },
    ))
}

async fn real_config(profile: Option<&str>, region: Option<&Region>) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .retry_config(RetryConfig::standard().with_max_attempts(6))
        .timeout_config(timeouts());
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = region {
        loader = loader.region(aws_types::region::Region::new(region.as_str().to_owned()));
    }
    loader.load().await
}

/// The same configuration with the credentials of a session of the role, renewed before they end.
async fn in_role(config: SdkConfig, assume: &Assume) -> SdkConfig {
    let Assume {
        role,
        session_name,
        external_id,
    } = assume;
    let mut provider = AssumeRoleProvider::builder(role.as_str())
        .session_name(session_name)
        .configure(&config);
    if let Some(external_id) = external_id {
        provider = provider.external_id(external_id);
    }
    let keys = SharedCredentialsProvider::new(provider.build().await);
    // What was remembered of the first credentials must not be taken for the role's.
    let cache = aws_config::identity::IdentityCache::lazy().build();
    config
        .to_builder()
        .credentials_provider(keys)
        .identity_cache(cache)
        .build()
}

/// Why STS refused a role, from deep within the error of the first call that needed it.
fn refused_role(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let refusal = causes
        .filter_map(|cause| cause.downcast_ref::<AssumeRoleError>())
        .next()?;
    let (code, message) = (
        refusal.code().unwrap_or("refused"),
        refusal.message().unwrap_or_default(),
    );
    Some(format!("{code}: {message}"))
}

/// Whether an endpoint is on this machine.
fn is_nearby(endpoint: &str) -> bool {
    let host = endpoint.parse::<http::Uri>().ok();
    let host = host.as_ref().and_then(http::Uri::host).unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    address.map_or(host == "localhost" || host.ends_with(".localhost"), |address| {
        address.is_loopback()
    })
}

/// Whether S3 is spoken to at an endpoint that the user has named.
pub(super) fn has_own_endpoint(config: &SdkConfig) -> bool {
    let key = ServiceConfigKey::builder()
        .service_id("S3")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build();
    let service = config.service_config().zip(key.ok());
    config.endpoint_url().is_some() || service.is_some_and(|(config, key)| config.load_config(key).is_some())
}

/// The SDK sets no limit of its own to an operation.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(std::time::Duration::from_secs(10))
        .operation_attempt_timeout(std::time::Duration::from_secs(120))
        .build()
}

fn simulated_config(choice: SandboxChoice, region: Option<&Region>) -> Result<SdkConfig, OpenError> {
    let mut options = Options {
        lag: choice.lag,
        persona: choice.persona,
        ..Options::default()
    };
    if let Some(account) = choice.account {
        options.account_id = account.to_string();
    }
    let account = Account::open(Some(&choice.folder), options)?;
    let region = region.map_or("us-east-1", Region::as_str).to_owned();
    let keys = aws_credential_types::Credentials::new("AKIASANDBOX", "sandbox", None, None, "sandbox");
    Ok(SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(aws_types::region::Region::new(region))
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .retry_config(RetryConfig::standard())
        .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
        .http_client(SandboxHttp::new(Arc::new(account)))
        .build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_nearby() {
        for near in [
            "http://127.0.0.1:4566",
            "http://localhost:5000/",
            "http://[::1]:5000",
            "https://s3.localhost",
        ] {
            assert!(is_nearby(near), "{near}");
        }
        for far in [
            "https://iam.amazonaws.com",
            "http://10.0.0.1:5000",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "",
        ] {
            assert!(!is_nearby(far), "{far}");
        }
    }
}
