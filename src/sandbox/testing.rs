//! Requests for the sandbox's own tests, made by hand as clients make them.

use bytes::Bytes;
use http::{Request, Response};

use super::signature::Claim;
use super::{Account, Options, Params};

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
    let request = signed(service, key, "POST", "http://127.0.0.1/", kind, pairs.join("&"));
    account.answer(signed_truly(account, key, request))
}

/// The request with the signature and the token that a key of the account's own making needs.
pub(crate) fn signed_truly(account: &Account, key: &str, mut request: Request<Bytes>) -> Request<Bytes> {
    let known = account.inspect(|world| {
        let session = world.sts.session(key);
        let secret = session.and_then(|session| session.secret()).or(world.iam.secret(key))?;
        let token = session.and_then(|session| session.token());
        Some((secret.to_owned(), token.map(str::to_owned)))
    });
    let (Some((secret, token)), query) = (known, Params::default()) else {
        return request;
    };
    if let Some(token) = token {
        request
            .headers_mut()
            .insert("x-amz-security-token", token.parse().unwrap());
    }
    let Claim::Signed(signature) = Claim::read(&request, &query) else {
        return request;
    };
    let header = request.headers()["authorization"].to_str().unwrap().to_owned();
    let service = crate::sandbox::call::Envelope::read(&request).service;
    let right = format!("Signature={}", signature.wanted(&secret, service, &request));
    let header = header.replace("Signature=0", &right);
    request.headers_mut().insert("authorization", header.parse().unwrap());
    request
}

/// The body as text.
pub(crate) fn text(response: &Response<Bytes>) -> String {
    String::from_utf8(response.body().to_vec()).unwrap()
}
