//! Signatures of requests, version 4: what a request claims, and whether a secret bears it out.
//!
//! Invariant: nothing is known here of accounts or of whose a key is. Source of the algorithm: IAM user guide, "Create a
//! signed AWS API request"; S3 API reference, "Authenticating Requests: Using Query Parameters".

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Request;
use http::header::{AUTHORIZATION, HOST};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use super::call::{Params, Service};
use super::signature_v2::Link;

/// What stays as it is in a canonical request.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const PLAIN_PATH: &AsciiSet = &PLAIN.remove(b'/');
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What a request shows for its caller.
#[derive(Debug)]
pub(super) enum Claim {
    /// Nothing.
    Unsigned,
    /// An `Authorization` header that says no key; the text says what it lacks.
    Incomplete(String),
    /// A key in a header of version 2, which no Region takes any more.
    Outdated,
    /// A link of version 2.
    OldLink(Link),
    /// A signature of version 4.
    Signed(Signature),
}

/// A signature of version 4, from the header or the query string.
#[derive(Debug)]
pub(super) struct Signature {
    pub(super) access_key: String,
    /// Date, Region, service and `aws4_request`.
    scope: String,
    signed_headers: String,
    given: String,
    /// `X-Amz-Date` as it came.
    date: Option<String>,
    /// The session token, if one came along.
    pub(super) token: Option<String>,
    place: Place,
}

/// Where a signature stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Header,
    /// A link, good for so many seconds.
    Query(i64),
}

impl Claim {
    pub(super) fn read(request: &Request<Bytes>, query: &Params) -> Self {
        if let Some(header) = header(request, AUTHORIZATION.as_str()) {
            return Self::of_header(&header, request);
        }
        if query.has("X-Amz-Credential") {
            return Self::of_link(query);
        }
        match Link::read(query) {
            Some(link) => Self::OldLink(link),
            None => Self::Unsigned,
        }
    }

    fn of_header(text: &str, request: &Request<Bytes>) -> Self {
        let (algorithm, rest) = text.split_once(' ').unwrap_or((text, ""));
        if algorithm == "AWS" {
            return Self::Outdated;
        }
        let part = |name: &str| {
            rest.split(',')
                .filter_map(|part| part.trim().split_once('='))
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.to_owned())
        };
        let (credential, signed_headers, given) = (part("Credential"), part("SignedHeaders"), part("Signature"));
        let (Some((access_key, scope)), Some(signed_headers), Some(given)) = (
            credential.as_deref().and_then(split_credential),
            &signed_headers,
            &given,
        ) else {
            let parts = [
                ("Credential", credential.is_some()),
                ("Signature", given.is_some()),
                ("SignedHeaders", signed_headers.is_some()),
            ];
            let lacking = parts.iter().filter(|(_, there)| !there);
            let told: Vec<String> = lacking
                .map(|(name, _)| format!("Authorization header requires '{name}' parameter."))
                .collect();
            return Self::Incomplete(format!("{} Authorization={text}", told.join(" ")));
        };
        Self::Signed(Signature {
            access_key,
            scope,
            signed_headers: signed_headers.clone(),
            given: given.clone(),
            date: header(request, "x-amz-date"),
            token: header(request, "x-amz-security-token"),
            place: Place::Header,
        })
    }

    fn of_link(query: &Params) -> Self {
        let text = |name: &str| query.get(name).map(str::to_owned);
        let credential = query.get("X-Amz-Credential").and_then(split_credential);
        let (Some((access_key, scope)), Some(given)) = (credential, text("X-Amz-Signature")) else {
            return Self::Incomplete(
                "Query-string authentication requires X-Amz-Credential and X-Amz-Signature".into(),
            );
        };
        let seconds = query.get("X-Amz-Expires").and_then(|seconds| seconds.parse().ok());
        Self::Signed(Signature {
            access_key,
            scope,
            signed_headers: text("X-Amz-SignedHeaders").unwrap_or_else(|| "host".to_owned()),
            given,
            date: text("X-Amz-Date"),
            token: text("X-Amz-Security-Token"),
            place: Place::Query(seconds.unwrap_or(604_800)),
        })
    }
}

/// `AKID/20260131/us-east-1/iam/aws4_request` as key and scope.
fn split_credential(text: &str) -> Option<(String, String)> {
    let (key, scope) = text.split_once('/')?;
    (scope.split('/').count() == 4).then(|| (key.to_owned(), scope.to_owned()))
}

fn header(request: &Request<Bytes>, name: &str) -> Option<String> {
    let value = request.headers().get(name)?;
    value.to_str().ok().map(str::to_owned)
}

impl Signature {
    /// When the request was signed, if it says so in the way that it should.
    pub(super) fn signed_at(&self) -> Option<OffsetDateTime> {
        let format = format_description!("[year][month][day]T[hour][minute][second]Z");
        let date = PrimitiveDateTime::parse(self.date.as_deref()?, &format).ok()?;
        Some(date.assume_utc())
    }

    /// When a link stops working; a header has no such moment.
    pub(super) fn link_ends(&self) -> Option<OffsetDateTime> {
        match self.place {
            Place::Header => None,
            Place::Query(seconds) => self.signed_at()?.checked_add(time::Duration::seconds(seconds)),
        }
    }

    /// Whether this secret made the signature. Clients differ in how they write paths and queries that hold odd
    /// characters, so every canonical form that the guide can be read to mean is tried.
    pub(super) fn is_made_with(&self, secret: &str, service: Service, request: &Request<Bytes>) -> bool {
        let Some(key) = self.key(secret) else { return false };
        let Ok(given) = decode_hex(&self.given) else {
            return false;
        };
        let payloads = self.payloads(service, request);
        paths(service, request.uri().path()).iter().any(|path| {
            self.queries(request.uri().query().unwrap_or_default())
                .iter()
                .any(|query| {
                    payloads.iter().any(|payload| {
                        let canonical = self.canonical(request, path, query, payload);
                        let text = self.string_to_sign(&canonical);
                        mac(&key, text.as_bytes()).is_some_and(|mac| mac.verify_slice(&given).is_ok())
                    })
                })
        })
    }

    fn key(&self, secret: &str) -> Option<Vec<u8>> {
        let mut key = format!("AWS4{secret}").into_bytes();
        for part in self.scope.split('/') {
            key = mac(&key, part.as_bytes())?.finalize().into_bytes().to_vec();
        }
        Some(key)
    }

    /// What the client may have hashed the body to.
    fn payloads(&self, service: Service, request: &Request<Bytes>) -> Vec<String> {
        let computed = hex(&Sha256::digest(request.body()));
        let told = header(request, "x-amz-content-sha256");
        match (service, self.place) {
            // S3 takes the header's word, be it a hash, UNSIGNED-PAYLOAD or STREAMING-…; the body is looked at elsewhere.
            (Service::S3, Place::Header) => vec![told.unwrap_or(computed)],
            (Service::S3, Place::Query(_)) => told.into_iter().chain(["UNSIGNED-PAYLOAD".to_owned()]).collect(),
            (_, Place::Header) => vec![computed],
            (_, Place::Query(_)) => vec![computed, hex(&Sha256::digest(b""))],
        }
    }

    /// The canonical query as it came, sorted, and the same with each part encoded anew.
    fn queries(&self, query: &str) -> Vec<String> {
        let is_kept = |name: &str| self.place == Place::Header || name != "X-Amz-Signature";
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pairs: Vec<(&str, &str)> = pairs
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .filter(|(name, _)| is_kept(name))
            .collect();
        let written = |encode: &dyn Fn(&str) -> String| {
            let mut pairs: Vec<(String, String)> = pairs
                .iter()
                .map(|(name, value)| (encode(name), encode(value)))
                .collect();
            pairs.sort();
            let pairs: Vec<String> = pairs
                .into_iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            pairs.join("&")
        };
        let anew = |text: &str| {
            let plain = percent_decode_str(text).decode_utf8_lossy().into_owned();
            utf8_percent_encode(&plain, PLAIN).to_string()
        };
        let mut forms = vec![written(&|text| text.to_owned()), written(&anew)];
        forms.dedup();
        forms
    }

    fn canonical(&self, request: &Request<Bytes>, path: &str, query: &str, payload: &str) -> String {
        let mut headers = String::new();
        for name in self.signed_headers.split(';') {
            headers.push_str(&format!("{name}:{}\n", canonical_header(request, name)));
        }
        let (method, signed) = (request.method(), &self.signed_headers);
        format!("{method}\n{path}\n{query}\n{headers}\n{signed}\n{payload}")
    }

    fn string_to_sign(&self, canonical: &str) -> String {
        let date = self.date.as_deref().unwrap_or_default();
        let hash = hex(&Sha256::digest(canonical.as_bytes()));
        format!("{ALGORITHM}\n{date}\n{}\n{hash}", self.scope)
    }
}

#[cfg(test)]
impl Signature {
    /// The signature that the request should have had.
    pub(super) fn wanted(&self, secret: &str, service: Service, request: &Request<Bytes>) -> String {
        let path = paths(service, request.uri().path()).swap_remove(0);
        let query = self.queries(request.uri().query().unwrap_or_default()).swap_remove(0);
        let payload = self.payloads(service, request).swap_remove(0);
        let text = self.string_to_sign(&self.canonical(request, &path, &query, &payload));
        let mac = self.key(secret).and_then(|key| mac(&key, text.as_bytes()));
        mac.map(|mac| hex(&mac.finalize().into_bytes())).unwrap_or_default()
    }
}

/// S3 signs the path as it is; all others encode what is encoded once more.
fn paths(service: Service, path: &str) -> Vec<String> {
    let plain = percent_decode_str(path).decode_utf8_lossy().into_owned();
    let once = utf8_percent_encode(&plain, PLAIN_PATH).to_string();
    let twice = |text: &str| utf8_percent_encode(text, PLAIN_PATH).to_string();
    let mut forms = match service {
        Service::S3 => vec![path.to_owned(), once],
        _ => vec![twice(path), twice(&once), path.to_owned()],
    };
    forms.dedup();
    forms
}

/// A header's values, blanks squeezed; the host may stand in the address instead.
fn canonical_header(request: &Request<Bytes>, name: &str) -> String {
    let values = request.headers().get_all(name);
    let squeezed = values.iter().filter_map(|value| value.to_str().ok()).map(|value| {
        let words: Vec<&str> = value.split_whitespace().collect();
        words.join(" ")
    });
    let joined = squeezed.collect::<Vec<_>>().join(",");
    if joined.is_empty() && name == HOST.as_str() {
        return request.uri().authority().map(ToString::to_string).unwrap_or_default();
    }
    joined
}

fn mac(key: &[u8], text: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text);
    Some(mac)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn decode_hex(text: &str) -> Result<Vec<u8>, std::num::ParseIntError> {
    let digits: Vec<char> = text.chars().collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    fn signed_list_users(body: &'static str) -> Request<Bytes> {
        Request::builder()
            .method("GET")
            .uri("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08")
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            .header("host", "iam.amazonaws.com")
            .header("x-amz-date", "20150830T123600Z")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
                 SignedHeaders=content-type;host;x-amz-date, \
                 Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            )
            .body(Bytes::from_static(body.as_bytes()))
            .unwrap()
    }

    fn signature(request: &Request<Bytes>) -> Signature {
        match Claim::read(request, &Params::parse(request.uri().query().unwrap_or_default())) {
            Claim::Signed(signature) => signature,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_guides_example_is_borne_out_by_its_secret_alone() {
        let request = signed_list_users("");
        let signature = signature(&request);
        assert_eq!(signature.access_key, "AKIDEXAMPLE");
        assert!(signature.is_made_with(SECRET, Service::Iam, &request));
        assert!(!signature.is_made_with("another", Service::Iam, &request));
        let changed = signed_list_users("changed");
        assert!(!signature.is_made_with(SECRET, Service::Iam, &changed));
    }

    #[test]
    fn the_references_link_is_borne_out_and_ends() {
        let uri = "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
                   &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
                   &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
                   &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
        let request = Request::get(uri).body(Bytes::new()).unwrap();
        let signature = signature(&request);
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        assert!(signature.is_made_with(secret, Service::S3, &request));
        assert_eq!(
            signature.link_ends().map(OffsetDateTime::unix_timestamp),
            Some(1_369_440_000)
        );
    }

    #[test]
    fn a_header_without_its_parts_says_which() {
        let request = Request::get("https://h/")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AK/20150830/us-east-1/iam/aws4_request",
            )
            .body(Bytes::new())
            .unwrap();
        let Claim::Incomplete(told) = Claim::read(&request, &Params::default()) else {
            panic!("taken");
        };
        assert!(
            told.starts_with("Authorization header requires 'Signature' parameter."),
            "{told}"
        );
    }
}
