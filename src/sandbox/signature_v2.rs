//! Signatures of version 2, which S3 still takes in links: boto3 makes them in the older Regions unless told otherwise.
//!
//! Invariant: as [`super::signature`]. Source: S3 user guide, "Signing and authenticating REST requests".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Request;
use sha1::Sha1;
use time::OffsetDateTime;

use super::call::Params;

/// Parameters that are part of what is signed.
const SIGNED: [&str; 25] = [
    "accelerate",
    "acl",
    "cors",
    "delete",
    "lifecycle",
    "location",
    "logging",
    "notification",
    "partNumber",
    "policy",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "tagging",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
];

/// A link of version 2.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) access_key: String,
    /// The session token, if one came along.
    pub(super) token: Option<String>,
    given: String,
    expires: String,
}

impl Link {
    pub(super) fn read(query: &Params) -> Option<Self> {
        let text = |name: &str| query.get(name).map(str::to_owned);
        Some(Self {
            access_key: text("AWSAccessKeyId")?,
            token: text("x-amz-security-token"),
            given: text("Signature")?,
            expires: text("Expires")?,
        })
    }

    /// When the link stops working.
    pub(super) fn ends(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp(self.expires.parse().ok()?).ok()
    }

    /// Whether this secret made the signature. `bucket` is the one that the host names, if it does.
    pub(super) fn is_made_with(&self, secret: &str, bucket: Option<&str>, request: &Request<Bytes>) -> bool {
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else {
            return false;
        };
        mac.update(self.string_to_sign(bucket, request).as_bytes());
        let given = STANDARD.decode(&self.given);
        given.is_ok_and(|given| mac.verify_slice(&given).is_ok())
    }

    fn string_to_sign(&self, bucket: Option<&str>, request: &Request<Bytes>) -> String {
        let query = Params::parse(request.uri().query().unwrap_or_default());
        let header = |name: &str| {
            let header = request.headers().get(name).and_then(|value| value.to_str().ok());
            // What the signer had as a header stands in the link as a parameter.
            query.get(name).or(header).unwrap_or_default().to_owned()
        };
        let own = |name: &str| name.starts_with("x-amz-");
        let headers = request.headers().keys().map(|name| name.as_str());
        let mut names: Vec<&str> = headers
            .chain(query.iter().map(|(name, _)| name))
            .filter(|name| own(name))
            .collect();
        names.sort_unstable();
        names.dedup();
        let amazon: String = names
            .iter()
            .map(|name| format!("{name}:{}\n", header(name).trim()))
            .collect();
        let mut parameters: Vec<String> = query
            .iter()
            .filter(|(name, _)| SIGNED.contains(name))
            .map(|(name, value)| {
                if value.is_empty() {
                    name.to_owned()
                } else {
                    format!("{name}={value}")
                }
            })
            .collect();
        parameters.sort();
        let start = bucket.map(|bucket| format!("/{bucket}")).unwrap_or_default();
        let asked = if parameters.is_empty() { "" } else { "?" };
        format!(
            "{}\n{}\n{}\n{}\n{amazon}{start}{}{asked}{}",
            request.method(),
            header("content-md5"),
            header("content-type"),
            self.expires,
            request.uri().path(),
            parameters.join("&")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guides_link_is_borne_out() {
        let uri = "https://awsexamplebucket1.us-west-1.s3.amazonaws.com/photos/puppy.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE\
                   &Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620";
        let request = Request::get(uri).body(Bytes::new()).unwrap();
        let link = Link::read(&Params::parse(request.uri().query().unwrap())).unwrap();
        assert_eq!(link.ends().map(OffsetDateTime::unix_timestamp), Some(1_175_139_620));
        assert!(!link.is_made_with("another", Some("awsexamplebucket1"), &request));
    }
}
