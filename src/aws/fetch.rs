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

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use aws_config::BehaviorVersion;
    use aws_types::SdkConfig;

    use super::*;
    use crate::aws::Connection;
    use crate::kind::Home;
    use crate::names::{AccountId, Arn, Partition};

    /// Clients as they are made for AWS itself: with the SDK's own HTTP client.
    fn aws() -> Aws {
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .build();
        let connection = Connection {
            home: Home {
                partition: Partition::Aws,
                account: AccountId::parse("123456789012").unwrap(),
            },
            caller: Arn::parse("arn:aws:iam::123456789012:user/erika").unwrap(),
            region: None,
            simulated: false,
            nearby: false,
        };
        let base = std::path::PathBuf::from("/nowhere");
        let vault = crate::vault::Context {
            home: None,
            base: base.clone(),
            credentials_file: None,
            redirect: None,
        };
        Aws::new(config, connection, vault, base)
    }

    /// A host that answers one request so, and tells what it was asked.
    fn host(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let link = format!("http://{}/code.zip?X-Amz-Signature=abc", listener.local_addr().unwrap());
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = [0; 4096];
            let read = stream.read(&mut bytes).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8_lossy(&bytes[..read]).into_owned()
        });
        (link, asked)
    }

    #[tokio::test]
    async fn a_link_is_fetched_as_it_is_and_unsigned() {
        let (link, asked) = host("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nzip");
        assert_eq!(aws().fetch("lambda:GetFunction", &link).await.unwrap(), "zip");
        let asked = asked.join().unwrap();
        assert!(
            asked.starts_with("GET /code.zip?X-Amz-Signature=abc HTTP/1.1\r\n"),
            "{asked}"
        );
        assert!(!asked.to_lowercase().contains("authorization"), "{asked}");
    }

    #[tokio::test]
    async fn a_failure_does_not_tell_the_link() {
        let (link, asked) = host("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        let error = aws().fetch("lambda:GetFunction", &link).await.unwrap_err();
        asked.join().unwrap();
        assert_eq!(error.message, "the link was answered with HTTP 403");
        let nobody = "http://127.0.0.1:1/code.zip?X-Amz-Signature=abc";
        let error = aws().fetch("lambda:GetFunction", nobody).await.unwrap_err();
        assert!(!error.to_string().contains("abc"), "{error}");
        for odd in ["", "code.zip", "http://"] {
            assert!(aws().fetch("lambda:GetFunction", odd).await.is_err(), "{odd}");
        }
    }
}
