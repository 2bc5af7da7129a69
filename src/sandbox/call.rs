//! What a request asks for: which service, which Region, whose.
//!
//! Invariant: every request becomes a call; what can't be told from it is taken from the account's defaults. Nothing
//! is decided here about who the caller is and what it may do.

use std::fmt;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST};
use http::{HeaderMap, Method, Request};
use percent_encoding::percent_decode_str;

use super::route::{self, Clues};

/// The services of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// IAM.
    Iam,
    /// STS.
    Sts,
    /// S3.
    S3,
    /// Lambda.
    Lambda,
    /// EventBridge.
    Events,
    /// CloudTrail.
    Trail,
}

impl Service {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "iam" => Some(Self::Iam),
            "sts" => Some(Self::Sts),
            "s3" | "s3express" => Some(Self::S3),
            "lambda" => Some(Self::Lambda),
            "events" => Some(Self::Events),
            "cloudtrail" => Some(Self::Trail),
            _ => None,
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Iam => "iam",
            Self::Sts => "sts",
            Self::S3 => "s3",
            Self::Lambda => "lambda",
            Self::Events => "events",
            Self::Trail => "cloudtrail",
        })
    }
}

/// What sort of caller one is, as AWS tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Whoever holds a key that the sandbox did not make.
    Administrator,
    /// A user with a key of its own.
    User,
    /// A user's temporary session, of `GetSessionToken`.
    Session,
    /// A session of a role.
    Role,
    /// A federated user, of `GetFederationToken`.
    Federated,
    /// A request without a signature.
    Nobody,
}

/// Who makes the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// As `GetCallerIdentity` shows it.
    pub arn: String,
    /// As `GetCallerIdentity` shows it: a unique id, with `:SESSION` for a role.
    pub user_id: String,
    /// The name of the IAM user, for operations that act on the caller when no user is named.
    pub user_name: Option<String>,
    /// What sort.
    pub standing: Standing,
}

/// Names and values of a query string or a form, decoded, in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// From `a=b&c`; `+` and percent signs are decoded.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (form_decode(name), form_decode(value))
        });
        Self(pairs.collect())
    }

    /// The first value of this name; an empty one counts.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether the name is there, with or without a value.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// All values of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// All names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn form_decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

/// One request, taken apart.
#[derive(Debug, Clone)]
pub struct Call {
    /// Which service.
    pub service: Service,
    /// Which Region it was signed for; the account's own when unsigned.
    pub region: String,
    /// `Action` of the query protocol, or what follows the dot in `X-Amz-Target`. REST services go by method and path.
    pub operation: Option<String>,
    /// HTTP method.
    pub method: Method,
    /// Host with port, lower case; empty when the request names none.
    pub host: String,
    /// Path as it came, still percent-encoded.
    pub path: String,
    /// Query string, decoded.
    pub query: Params,
    /// The query protocol's parameters, from the form body or, for GET, the query string.
    pub form: Params,
    /// Headers.
    pub headers: HeaderMap,
    /// Body as it came (S3 uploads may be `aws-chunked`).
    pub body: Bytes,
    /// The access key id; absent from an unsigned request.
    pub access_key: Option<String>,
    /// Who calls.
    pub caller: Caller,
    /// The id that this call's answer carries.
    pub request_id: String,
}

impl Call {
    /// The path's segments, percent-decoded; empty ones are left out.
    #[must_use]
    pub fn segments(&self) -> Vec<String> {
        let parts = self.path.split('/').filter(|part| !part.is_empty());
        parts
            .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect()
    }

    /// What is asked for, in a few words that name no resource: the operation, or method, place and what of it.
    #[must_use]
    pub fn title(&self) -> String {
        title(
            self.service,
            self.operation.as_deref(),
            &self.method,
            &self.path,
            &self.query,
        )
    }

    /// A header's text, if it is there and is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

fn title(service: Service, operation: Option<&str>, method: &Method, path: &str, query: &Params) -> String {
    if let Some(operation) = operation {
        return operation.to_owned();
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if service != Service::S3 {
        // What stands at every second place is the name of something: `/2015-03-31/functions/*/versions`.
        let shown = |(at, part): (usize, &&str)| {
            if at >= 2 && at % 2 == 0 {
                "*".to_owned()
            } else {
                (*part).to_owned()
            }
        };
        let parts: Vec<String> = parts.iter().enumerate().map(shown).collect();
        return format!("{method} /{}", parts.join("/"));
    }
    let place = match parts.len() {
        0 => "/",
        1 => "/BUCKET",
        _ => "/BUCKET/KEY",
    };
    let is_detail =
        |name: &str| name.starts_with("X-Amz-") || name.contains('-') || name == "prefix" || name == "delimiter";
    let details: Vec<&str> = query
        .iter()
        .map(|(name, _)| name)
        .filter(|name| !is_detail(name))
        .collect();
    match (query.get("x-id"), details.is_empty()) {
        (Some(id), _) => id.to_owned(),
        (None, true) => format!("{method} {place}"),
        (None, false) => format!("{method} {place}?{}", details.join("&")),
    }
}

/// What can be told from the request before the account is asked who the caller is.
pub(super) struct Envelope {
    pub(super) service: Service,
    /// The name of a service that the sandbox does not have; `service` says nothing then.
    pub(super) stranger: Option<String>,
    pub(super) region: Option<String>,
    pub(super) operation: Option<String>,
    pub(super) access_key: Option<String>,
    pub(super) query: Params,
    pub(super) form: Params,
    pub(super) host: String,
}

impl Envelope {
    pub(super) fn read(request: &Request<Bytes>) -> Self {
        let query = Params::parse(request.uri().query().unwrap_or_default());
        let header = |name: http::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
        let host = header(HOST).or_else(|| request.uri().authority().map(|host| host.as_str()));
        let host = host.unwrap_or_default().to_ascii_lowercase();
        let scope = header(AUTHORIZATION)
            .and_then(header_scope)
            .or_else(|| query.get("X-Amz-Credential").and_then(scope));
        let target = request
            .headers()
            .get("x-amz-target")
            .and_then(|value| value.to_str().ok());
        let form = if is_form(request) {
            Params::parse(&String::from_utf8_lossy(request.body()))
        } else {
            Params::default()
        };
        let action = form.get("Action").or_else(|| query.get("Action"));
        let operation = target
            .map(|target| target.rsplit('.').next().unwrap_or(target))
            .or(action);
        let service = route::service(Clues {
            scope: scope.as_ref().map(|scope| scope.service.as_str()),
            target,
            host: &host,
            action,
            version: form.get("Version").or_else(|| query.get("Version")),
            path: request.uri().path(),
        });
        let (service, stranger) = match service {
            Ok(service) => (service, None),
            Err(name) => (Service::S3, Some(name)),
        };
        let operation = operation.map(str::to_owned);
        let (region, access_key) = scope.map(|scope| (scope.region, scope.access_key)).unzip();
        Self {
            service,
            stranger,
            region,
            operation,
            access_key,
            query,
            form,
            host,
        }
    }
}

struct Scope {
    access_key: String,
    region: String,
    service: String,
}

/// `AWS4-HMAC-SHA256 Credential=AKID/20260131/us-east-1/iam/aws4_request, SignedHeaders=..., Signature=...`
fn header_scope(authorization: &str) -> Option<Scope> {
    let (_, rest) = authorization.split_once("Credential=")?;
    scope(rest.split([',', ' ']).next()?)
}

fn scope(credential: &str) -> Option<Scope> {
    let mut parts = credential.rsplitn(5, '/');
    let (_, service, region, _) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let access_key = parts.next()?.to_owned();
    Some(Scope {
        access_key,
        region: region.to_owned(),
        service: service.to_owned(),
    })
}

fn is_form(request: &Request<Bytes>) -> bool {
    let kind = request
        .headers()
        .get(http::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    request.method() == Method::POST && kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(method: Method, uri: &str, headers: &[(&str, &str)], body: &'static str) -> Envelope {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Envelope::read(&request.body(Bytes::from_static(body.as_bytes())).unwrap())
    }

    const SIGNED: &str =
        "AWS4-HMAC-SHA256 Credential=AKIA1/20260131/eu-west-1/lambda/aws4_request, SignedHeaders=host, Signature=0";

    #[test]
    fn the_credential_scope_decides_over_the_host() {
        let found = read(
            Method::GET,
            "http://iam.amazonaws.com/x",
            &[("authorization", SIGNED)],
            "",
        );
        assert_eq!(found.service, Service::Lambda);
        assert_eq!(found.region.as_deref(), Some("eu-west-1"));
        assert_eq!(found.access_key.as_deref(), Some("AKIA1"));
    }

    #[test]
    fn presigned_requests_carry_their_scope_in_the_query() {
        let found = read(
            Method::GET,
            "http://h/b?X-Amz-Credential=AK%2F20260131%2Fus-west-2%2Fs3%2Faws4_request",
            &[],
            "",
        );
        assert_eq!(
            (found.service, found.region.as_deref()),
            (Service::S3, Some("us-west-2"))
        );
    }

    #[test]
    fn forms_are_decoded() {
        let kind = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
        let found = read(
            Method::POST,
            "http://h/",
            &kind,
            "Action=GetUser&UserName=a%2Bb+c&Empty=",
        );
        assert_eq!(found.form.get("UserName"), Some("a+b c"));
        assert_eq!(found.form.get("Empty"), Some(""));
        assert_eq!(found.operation.as_deref(), Some("GetUser"));
    }
}
