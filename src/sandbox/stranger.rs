//! Answers to calls of services that the sandbox does not have.
//!
//! Invariant: the client fails at once, with an error that it can read in its own protocol and that names the sandbox;
//! the status is one that no SDK tries again.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::reply::Reply;
use super::xml::Xml;

/// What a protocol calls an operation that is not there.
const JSON_CODE: &str = "UnknownOperationException";

/// What is known of the call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stranger<'a> {
    /// The service's name, as the request tells it.
    pub(super) service: &'a str,
    /// Its headers.
    pub(super) headers: &'a HeaderMap,
    /// Whether it has the query protocol's `Action`.
    pub(super) is_query: IsQuery,
    /// The id of the answer.
    pub(super) request_id: &'a str,
}

/// Whether a call has the query protocol's `Action`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IsQuery {
    Yes,
    No,
}

impl Stranger<'_> {
    /// The refusal in the call's protocol.
    pub(super) fn refusal(&self) -> Reply {
        let message = format!("the sandbox has no service {}", self.service);
        let header = |name: &str| self.headers.get(name).and_then(|value| value.to_str().ok());
        let reply = if header("smithy-protocol") == Some("rpc-v2-cbor") {
            Reply::body(StatusCode::BAD_REQUEST, "application/cbor", cbor(&message))
                .header("smithy-protocol", "rpc-v2-cbor")
        } else if header("x-amz-target").is_some() {
            let body = json!({ "__type": JSON_CODE, "message": message });
            let kind = header(CONTENT_TYPE.as_str()).unwrap_or("application/x-amz-json-1.1");
            Reply::body(StatusCode::BAD_REQUEST, "application/x-amz-json-1.1", body.to_string())
                .header("content-type", kind)
                .header("x-amzn-errortype", JSON_CODE)
        } else if self.is_query == IsQuery::Yes || ["route53", "cloudfront", "s3-outposts"].contains(&self.service) {
            Reply::body(StatusCode::BAD_REQUEST, "text/xml", self.xml(&message))
        } else {
            Reply::json(StatusCode::NOT_FOUND, &json!({ "message": message })).header("x-amzn-errortype", JSON_CODE)
        };
        reply.header("x-amzn-requestid", self.request_id)
    }

    fn xml(&self, message: &str) -> String {
        let mut xml = Xml::new();
        let error = |xml: &mut Xml| {
            xml.element("Error", |xml| {
                xml.text("Type", "Sender")
                    .text("Code", "InvalidAction")
                    .text("Message", message);
            });
        };
        // EC2 has a form of its own.
        if self.service == "ec2" {
            xml.element("Response", |xml| {
                xml.element("Errors", error);
                xml.text("RequestID", self.request_id);
            });
        } else {
            xml.element("ErrorResponse", |xml| {
                error(xml);
                xml.text("RequestId", self.request_id);
            });
        }
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{xml}")
    }
}

/// A map of two texts in CBOR, as CloudWatch's newer clients expect it.
fn cbor(message: &str) -> Bytes {
    let mut body = vec![0xa2];
    for text in ["__type", JSON_CODE, "message", message] {
        let cut: String = text.chars().take(200).filter(char::is_ascii).collect();
        body.extend([0x78, u8::try_from(cut.len()).unwrap_or_default()]);
        body.extend(cut.bytes());
    }
    body.into()
}
