//! Downloads by link: what AWS hands out as a signed address instead of bytes, such as a function's zip.
//!
//! Invariant: the SDK's own HTTP client makes the call, so proxies, trust roots and the simulated account hold here, too;
//! nothing is signed, since a second signature beside the link's own is refused. The link itself is a secret for as long
//! as it lives and stands in no error.

use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;

use crate::engine::CallError;

use super::Aws;

/// The address answered, and not with what was asked for.
#[derive(Debug, thiserror::Error)]
#[error("the link was answered with HTTP {0}")]
struct Unwilling(u16);

impl Aws {
    /// The bytes behind a link that AWS has handed out.
    ///
    /// # Errors
    /// An address that makes no sense, no answer, or one that is no success.
    pub async fn fetch(&self, operation: &'static str, link: &str) -> Result<Bytes, CallError> {
        let uri: http::Uri = link
            .parse()
            .map_err(|_| CallError::local(operation, "AWS handed out a link that can't be understood"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(CallError::local(operation, "AWS handed out a link without a host"));
        };
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let mut builder = Operation::builder()
            .service_name("download")
            .operation_name("Get")
            .behavior_version(aws_smithy_runtime_api::client::behavior_version::BehaviorVersion::latest())
            .endpoint_url(&format!("{scheme}://{authority}"))
            .no_auth()
            .no_retry();
        if let Some(client) = self.sdk_config().http_client() {
            builder = builder.http_client(client);
        }
        let call = builder.serializer(request).deserializer(answer).build();
        call.invoke(path).await.map_err(|error| failure(operation, &error))
    }
}

fn request(path: String) -> Result<HttpRequest, BoxError> {
    let request = http::Request::get(path).body(SdkBody::empty())?;
    Ok(HttpRequest::try_from(request)?)
}

fn answer(response: &HttpResponse) -> Result<Bytes, OrchestratorError<Unwilling>> {
    let status = response.status();
    match response.body().bytes() {
        Some(bytes) if status.is_success() => Ok(Bytes::copy_from_slice(bytes)),
        _ => Err(OrchestratorError::operation(Unwilling(status.as_u16()))),
    }
}

fn failure(operation: &'static str, error: &SdkError<Unwilling, HttpResponse>) -> CallError {
    match error {
        SdkError::ServiceError(context) => CallError::local(operation, context.err().to_string()),
        SdkError::TimeoutError(_) => CallError::local(operation, "the download took too long"),
        _ => CallError::local(operation, "the download failed on the way"),
    }
}
