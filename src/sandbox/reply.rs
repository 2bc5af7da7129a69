//! What the account answers, and how each protocol writes a refusal.
//!
//! Invariant: a service says status, code and message; the form on the wire follows from the service's protocol alone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Response, StatusCode};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::call::{Call, Service};
use super::xml::Xml;

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers but for the request id, which the core adds.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl Reply {
    /// No body.
    #[must_use]
    pub fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// A body of the given content type.
    #[must_use]
    pub fn body(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut reply = Self::empty(status);
        reply
            .headers
            .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        reply.body = body.into();
        reply
    }

    /// An XML document with status 200.
    #[must_use]
    pub fn xml(document: String) -> Self {
        Self::body(StatusCode::OK, "application/xml", document)
    }

    /// REST JSON, as Lambda answers.
    #[must_use]
    pub fn json(status: StatusCode, value: &serde_json::Value) -> Self {
        Self::body(status, "application/json", value.to_string())
    }

    /// JSON 1.1 with status 200, as EventBridge answers.
    #[must_use]
    pub fn json11(value: &serde_json::Value) -> Self {
        Self::body(StatusCode::OK, "application/x-amz-json-1.1", value.to_string())
    }

    /// With one more header. A value that can't stand in a header is left out.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }
}

/// Whose fault a refusal is, as some protocols say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The caller's.
    Sender,
    /// The service's.
    Receiver,
}

/// A refusal: nothing that the call changed remains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// HTTP status.
    pub status: StatusCode,
    /// AWS's error code as it goes over the wire.
    pub code: String,
    /// AWS's message.
    pub message: String,
    /// Whose fault.
    pub kind: FaultKind,
    /// More fields of the error, such as S3's `BucketName`.
    pub details: Vec<(String, String)>,
    /// What was asked for, if it is an operation that the sandbox does not have.
    pub unknown: Option<String>,
}

impl Fault {
    /// A refusal with this status; below 500 it is the caller's fault.
    #[must_use]
    pub fn new(status: StatusCode, code: impl Into<String>, message: impl Into<String>) -> Self {
        let kind = if status.is_server_error() {
            FaultKind::Receiver
        } else {
            FaultKind::Sender
        };
        Self {
            status,
            code: code.into(),
            message: message.into(),
            kind,
            details: Vec::new(),
            unknown: None,
        }
    }

    /// With one more field.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.details.push((name.into(), value.into()));
        self
    }

    /// An operation that the sandbox does not have, refused as AWS refuses what it does not know. The text names the
    /// sandbox besides, so that nobody takes it for AWS's.
    #[must_use]
    pub fn unknown_operation(call: &Call) -> Self {
        let title = call.title();
        let ours = format!("the sandbox has no operation {title} of {}", call.service);
        let missing = |version: &str| format!("Could not find operation {title} for version {version} ({ours})");
        let (status, code, message) = match call.service {
            Service::Iam => (StatusCode::BAD_REQUEST, "InvalidAction", missing("2010-05-08")),
            Service::Sts => (StatusCode::BAD_REQUEST, "InvalidAction", missing("2011-06-15")),
            Service::S3 => (StatusCode::NOT_IMPLEMENTED, "NotImplemented", ours),
            Service::Lambda => (StatusCode::NOT_FOUND, "UnknownOperationException", ours),
            Service::Events | Service::Trail => (StatusCode::BAD_REQUEST, "UnknownOperationException", ours),
        };
        Self {
            unknown: Some(title),
            ..Self::new(status, code, message)
        }
    }

    /// A body larger than the sandbox takes.
    pub(super) fn too_large(service: Service) -> Self {
        let (status, code, message) = match service {
            Service::S3 => (
                StatusCode::BAD_REQUEST,
                "EntityTooLarge",
                "Your proposed upload exceeds the maximum allowed size",
            ),
            Service::Lambda => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestEntityTooLargeException",
                "Request must be smaller than 70167211 bytes",
            ),
            Service::Iam | Service::Sts | Service::Events | Service::Trail => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestEntityTooLarge",
                "The request is larger than the service accepts.",
            ),
        };
        Self::new(status, code, message)
    }

    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "ServiceFailure", message)
    }

    /// The refusal as the call's protocol writes it.
    #[must_use]
    pub fn render(&self, call: &Call) -> Reply {
        match call.service {
            Service::Iam => self.query("https://iam.amazonaws.com/doc/2010-05-08/", &call.request_id),
            Service::Sts => self.query("https://sts.amazonaws.com/doc/2011-06-15/", &call.request_id),
            Service::S3 => self.rest_xml(call),
            Service::Lambda => self.rest_json(),
            Service::Events | Service::Trail => self.json11(),
        }
    }

    fn query(&self, namespace: &str, request_id: &str) -> Reply {
        let document = Xml::document("ErrorResponse", namespace, |xml| {
            xml.element("Error", |xml| {
                xml.text(
                    "Type",
                    if self.kind == FaultKind::Sender {
                        "Sender"
                    } else {
                        "Receiver"
                    },
                );
                xml.text("Code", &self.code);
                // A few of IAM's refusals come without words.
                xml.optional("Message", Some(&self.message).filter(|message| !message.is_empty()));
                for (name, value) in &self.details {
                    xml.text(name, value);
                }
            });
            xml.text("RequestId", request_id);
        });
        Reply::body(self.status, "text/xml", document)
    }

    fn rest_xml(&self, call: &Call) -> Reply {
        let mut xml = Xml::new();
        xml.element("Error", |xml| {
            xml.text("Code", &self.code).text("Message", &self.message);
            for (name, value) in &self.details {
                xml.text(name, value);
            }
            let (request, host) = s3_ids(&call.request_id);
            xml.text("RequestId", request).text("HostId", host);
        });
        let document = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{xml}");
        Reply::body(self.status, "application/xml", document)
    }

    /// Lambda's errors have the members of their shapes in the service model: most a `Type`, and a message whose name is
    /// spelled in two ways. What comes from in front of the service has no shape and no type.
    fn rest_json(&self) -> Reply {
        const CAPITAL: [&str; 6] = [
            "ResourceNotFoundException",
            "CodeSigningConfigNotFoundException",
            "ResourceInUseException",
            "CodeVerificationFailedException",
            "ServiceException",
            "AccessDeniedException",
        ];
        const IN_FRONT: [&str; 4] = [
            "ValidationException",
            "AccessDeniedException",
            "RequestEntityTooLargeException",
            "UnknownOperationException",
        ];
        let name = if CAPITAL.contains(&self.code.as_str()) {
            "Message"
        } else {
            "message"
        };
        let mut body = json!({ name: self.message });
        if let (false, Some(body)) = (IN_FRONT.contains(&self.code.as_str()), body.as_object_mut()) {
            let kind = if self.kind == FaultKind::Sender {
                "User"
            } else {
                "Service"
            };
            body.insert("Type".to_owned(), json!(kind));
        }
        self.add_details(&mut body);
        Reply::json(self.status, &body).header("x-amzn-errortype", &self.code)
    }

    fn json11(&self) -> Reply {
        let mut body = json!({ "__type": self.code, "message": self.message });
        self.add_details(&mut body);
        Reply {
            status: self.status,
            ..Reply::json11(&body)
        }
        .header("x-amzn-errortype", &self.code)
    }

    fn add_details(&self, body: &mut serde_json::Value) {
        if let Some(body) = body.as_object_mut() {
            body.extend(self.details.iter().map(|(name, value)| (name.clone(), json!(value))));
        }
    }
}

/// An answer of the query protocol; an operation without output has no result element.
pub(super) fn query(call: &Call, namespace: &str, action: &str, result: Option<Xml>) -> Reply {
    let document = Xml::document(&format!("{action}Response"), namespace, |xml| {
        if let Some(result) = result {
            xml.element(&format!("{action}Result"), |xml| {
                xml.append(&result);
            });
        }
        xml.element("ResponseMetadata", |xml| {
            xml.text("RequestId", &call.request_id);
        });
    });
    Reply::body(StatusCode::OK, "text/xml", document)
}

/// A request's id as S3 writes it, and the longer one that says which host answered.
fn s3_ids(request_id: &str) -> (String, String) {
    let digest = Sha256::digest(request_id);
    let letters: &[u8; 32] = b"ABCDEFGHJKMNPQRSTVWXYZ0123456789";
    let short = digest
        .iter()
        .take(16)
        .filter_map(|byte| letters.get(usize::from(byte % 32)));
    let long: Vec<u8> = digest.iter().chain(digest.iter().rev()).take(56).copied().collect();
    (short.map(|letter| char::from(*letter)).collect(), STANDARD.encode(long))
}

/// The finished response: request ids added.
pub(super) fn finish(call: &Call, reply: Reply) -> Response<Bytes> {
    let Reply {
        status,
        mut headers,
        body,
    } = reply;
    let (short, host) = s3_ids(&call.request_id);
    let added: &[(&'static str, &str)] = match call.service {
        Service::S3 => &[
            ("x-amz-request-id", &short),
            ("x-amz-id-2", &host),
            ("server", "AmazonS3"),
        ],
        Service::Iam | Service::Sts | Service::Lambda | Service::Events | Service::Trail => {
            &[("x-amzn-requestid", &call.request_id)]
        }
    };
    for (name, value) in added {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response(&call.method, Reply { status, headers, body })
}

/// The response as it goes over the wire; an answer to HEAD loses its body and keeps its headers.
pub(super) fn response(method: &Method, reply: Reply) -> Response<Bytes> {
    let body = if method == Method::HEAD {
        Bytes::new()
    } else {
        reply.body
    };
    let mut response = Response::new(body);
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}
