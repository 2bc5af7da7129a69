//! The simulated account behind the SDK's HTTP seam: the same bytes as over a network, without one.
//!
//! Invariant: nothing is translated but the envelope.

use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body_util::BodyExt as _;

use super::Account;

/// An HTTP client whose other end is a simulated account.
#[derive(Clone)]
pub struct SandboxHttp {
    account: Arc<Account>,
}

impl SandboxHttp {
    /// A client of this account.
    #[must_use]
    pub fn new(account: Arc<Account>) -> Self {
        Self { account }
    }
}

impl fmt::Debug for SandboxHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SandboxHttp")
    }
}

impl HttpClient for SandboxHttp {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for SandboxHttp {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let account = Arc::clone(&self.account);
        HttpConnectorFuture::new(async move { exchange(&account, request).await })
    }
}

async fn exchange(account: &Account, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| ConnectorError::other(error, None);
    let (parts, body) = request.try_into_http1x().map_err(|error| failed(error.into()))?.into_parts();
    let body: Bytes = body.collect().await.map_err(failed)?.to_bytes();
    let response = account.answer(http::Request::from_parts(parts, body)).map(SdkBody::from);
    HttpResponse::try_from(response).map_err(|error| failed(error.into()))
}
