//! Requests for the sandbox's own tests, made by hand as clients make them.

use bytes::Bytes;
use http::{Request, Response};

use super::{Account, Options};

/// An account in memory.
pub(crate) fn account() -> Account {
    Account::open(None, Options::default()).unwrap()
}

/// A signed request of a service, `key` naming the caller.
pub(crate) fn signed(
    service: &str,
    key: &str,
    method: &str,
    uri: &str,
    kind: &str,
    body: impl Into<Bytes>,
) -> Request<Bytes> {
    let scope = format!("Credential={key}/20260131/us-east-1/{service}/aws4_request");
    Request::builder()
        .method(method)
        .uri(uri)
        .header(
            "authorization",
            format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"),
        )
        .header("content-type", kind)
        .body(body.into())
        .unwrap()
}

/// A query-protocol call with `Action` and parameters as a form; values are encoded here.
pub(crate) fn query(account: &Account, service: &str, key: &str, fields: &[(&str, &str)]) -> Response<Bytes> {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect();
    let kind = "application/x-www-form-urlencoded; charset=utf-8";
    account.answer(signed(service, key, "POST", "http://127.0.0.1/", kind, pairs.join("&")))
}

/// The body as text.
pub(crate) fn text(response: &Response<Bytes>) -> String {
    String::from_utf8(response.body().to_vec()).unwrap()
}
