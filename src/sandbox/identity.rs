//! Who calls: the key of a request, and whether its signature is that key's.
//!
//! Invariant: a key that this account made acts for its owner alone and only with its secret. Keys that it did not make
//! are the administrator's with any secret, so that clients need no keys to begin with.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Request, StatusCode};
use time::{Duration, OffsetDateTime};

use super::call::{Caller, Envelope, Service, Standing};
use super::signature::{Claim, Signature};
use super::signature_v2::Link;
use super::{Fault, Moment, Time, World, iam, s3};

/// How far a signature's time may be from the account's.
const SKEW: Duration = Duration::minutes(15);

/// Why a request's caller is not taken for who it says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Refusal {
    /// The header lacks parts; the text says which.
    Incomplete(String),
    /// A header of version 2.
    Outdated,
    /// No such key, or an inactive one.
    Unknown,
    /// The session token is missing, wrong, or there although the key needs none.
    Token,
    /// The session is over.
    Expired,
    /// The secret is not the key's.
    Mismatch,
    /// Signed too long ago or too far ahead.
    Skewed(String),
    /// The link is over.
    LinkOver,
}

/// The last use of a key or role, as `AccessKeyLastUsed` and `RoleLastUsed` show it.
#[derive(Debug, Clone)]
pub(super) struct Use {
    /// When.
    pub(super) at: Moment,
    /// Where.
    pub(super) region: String,
    /// By which service's name in signatures.
    pub(super) service: String,
}

/// Last uses by access key id or unique id of a role; in memory only, since a file for each call would cost too much and
/// AWS too shows them late.
pub(super) type Uses = BTreeMap<String, Use>;

/// Who makes the request.
///
/// # Errors
/// As the service words it.
pub(super) fn identify(world: &World, envelope: &Envelope, request: &Request<Bytes>) -> Result<Caller, Fault> {
    let service = envelope.service;
    if envelope.region.as_deref().is_some_and(is_of_another_partition) {
        return Err(Refusal::Unknown.fault(service, envelope.access_key.as_deref().unwrap_or_default()));
    }
    let key = envelope.access_key.as_deref().unwrap_or_default();
    let claimed = Claim::read(request, &envelope.query);
    let told = match claimed {
        Claim::Unsigned => return Ok(nobody()),
        Claim::Incomplete(told) => Err(Refusal::Incomplete(told)),
        Claim::Outdated => Err(Refusal::Outdated),
        Claim::OldLink(link) => old_link(world, &link, envelope, request),
        Claim::Signed(signature) => signed(world, service, &signature, request),
    };
    told.map_err(|refusal| refusal.fault(service, key))
}

/// The keys of the account are of the partition `aws`; another partition has never heard of them.
fn is_of_another_partition(region: &str) -> bool {
    ["cn-", "us-gov-", "us-iso", "eu-isoe-", "eusc-"]
        .iter()
        .any(|start| region.starts_with(start))
}

fn nobody() -> Caller {
    Caller {
        arn: "anonymous".to_owned(),
        user_id: "anonymous".to_owned(),
        user_name: None,
        standing: Standing::Nobody,
    }
}

/// The owner of a key of this account, and its secret; nobody for a key that the account did not make.
fn owner<'a>(world: &'a World, key: &str, token: Option<&str>) -> Result<Option<(Caller, Option<&'a str>)>, Refusal> {
    if !iam::key::is_ours(key) {
        return Ok(None);
    }
    Ok(Some(match world.sts.session(key) {
        Some(session) if session.token() != token => return Err(Refusal::Token),
        Some(session) if session.is_over(world.clock.now()) => return Err(Refusal::Expired),
        Some(session) => (session.caller(world).ok_or(Refusal::Unknown)?, session.secret()),
        None if token.is_some_and(|token| !token.is_empty()) => return Err(Refusal::Token),
        None => (world.iam.caller(key).ok_or(Refusal::Unknown)?, world.iam.secret(key)),
    }))
}

fn old_link(world: &World, link: &Link, envelope: &Envelope, request: &Request<Bytes>) -> Result<Caller, Refusal> {
    if link.ends().is_some_and(|end| Moment::new(end) < world.clock.now()) {
        return Err(Refusal::LinkOver);
    }
    let bucket = s3::bucket_of_host(&envelope.host);
    match owner(world, &link.access_key, link.token.as_deref())? {
        None => Ok(world.administrator()),
        Some((_, Some(secret))) if !link.is_made_with(secret, bucket, request) => Err(Refusal::Mismatch),
        Some((caller, _)) => Ok(caller),
    }
}

fn signed(world: &World, service: Service, signature: &Signature, request: &Request<Bytes>) -> Result<Caller, Refusal> {
    if signature
        .link_ends()
        .is_some_and(|end| Moment::new(end) < world.clock.now())
    {
        return Err(Refusal::LinkOver);
    }
    let found = owner(world, &signature.access_key, signature.token.as_deref())?;
    let Some((caller, secret)) = found else {
        return Ok(world.administrator());
    };
    if let Some(secret) = secret {
        if !signature.is_made_with(secret, service, request) {
            return Err(Refusal::Mismatch);
        }
        check_time(world, signature)?;
    }
    Ok(caller)
}

fn check_time(world: &World, signature: &Signature) -> Result<(), Refusal> {
    let (Some(at), None, Time::Real) = (signature.signed_at(), signature.link_ends(), world.options.time) else {
        return Ok(());
    };
    let now = OffsetDateTime::now_utc();
    if (now - at).abs() <= SKEW {
        return Ok(());
    }
    let format = time::macros::format_description!("[year][month][day]T[hour][minute][second]Z");
    let written = |at: OffsetDateTime| at.format(&format).unwrap_or_default();
    let told = if at < now {
        format!(
            "Signature expired: {} is now earlier than {} ({} - 15 min.)",
            written(at),
            written(now.saturating_sub(SKEW)),
            written(now)
        )
    } else {
        format!(
            "Signature not yet current: {} is still later than {} ({} + 15 min.)",
            written(at),
            written(now.saturating_add(SKEW)),
            written(now)
        )
    };
    Err(Refusal::Skewed(told))
}

const OUTDATED: &str = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.";
const UNKNOWN: &str = "The security token included in the request is invalid.";
const EXPIRED: &str = "The security token included in the request is expired";
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS \
                        Secret Access Key and signing method. Consult the service documentation for details.";

impl Refusal {
    /// The same refusal in each protocol. The services of JSON 1.1 answer 400 where the others answer 403, as those who
    /// met it report (`StatusCode: 400, api error AccessDeniedException` of EventBridge).
    fn fault(self, service: Service, key: &str) -> Fault {
        match service {
            Service::Iam | Service::Sts => {
                let (code, told) = self.query();
                Fault::new(StatusCode::FORBIDDEN, code, told)
            }
            Service::Lambda => {
                let (code, told) = self.json();
                Fault::new(StatusCode::FORBIDDEN, code, told)
            }
            Service::Events | Service::Trail => {
                let (code, told) = self.json();
                Fault::new(StatusCode::BAD_REQUEST, code, told)
            }
            Service::S3 => self.s3(key),
        }
    }

    fn query(self) -> (&'static str, String) {
        match self {
            Self::Incomplete(told) => ("IncompleteSignature", told),
            Self::Outdated => ("IncompleteSignature", OUTDATED.to_owned()),
            Self::Unknown | Self::Token => ("InvalidClientTokenId", UNKNOWN.to_owned()),
            Self::Expired => ("ExpiredToken", EXPIRED.to_owned()),
            Self::Mismatch => ("SignatureDoesNotMatch", MISMATCH.to_owned()),
            Self::Skewed(told) => ("SignatureDoesNotMatch", told),
            Self::LinkOver => ("AccessDenied", "Request has expired".to_owned()),
        }
    }

    fn json(self) -> (&'static str, String) {
        match self {
            Self::Incomplete(told) => ("IncompleteSignatureException", told),
            Self::Outdated => ("IncompleteSignatureException", OUTDATED.to_owned()),
            Self::Unknown | Self::Token => ("UnrecognizedClientException", UNKNOWN.to_owned()),
            Self::Expired => ("ExpiredTokenException", EXPIRED.to_owned()),
            Self::Mismatch => ("InvalidSignatureException", MISMATCH.to_owned()),
            Self::Skewed(told) => ("InvalidSignatureException", told),
            Self::LinkOver => ("AccessDeniedException", "Request has expired".to_owned()),
        }
    }

    /// S3 API reference, "Error responses".
    fn s3(self, key: &str) -> Fault {
        let (status, code, told) = match self {
            Self::Incomplete(told) => (400, "AuthorizationHeaderMalformed", told),
            Self::Outdated => (400, "InvalidRequest", OUTDATED.to_owned()),
            Self::Unknown => (
                403,
                "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.".to_owned(),
            ),
            Self::Token => (
                400,
                "InvalidToken",
                "The provided token is malformed or otherwise invalid.".to_owned(),
            ),
            Self::Expired => (400, "ExpiredToken", "The provided token has expired.".to_owned()),
            Self::Mismatch => (
                403,
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided. Check your key and \
                 signing method."
                    .to_owned(),
            ),
            Self::Skewed(_) => (
                403,
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.".to_owned(),
            ),
            Self::LinkOver => (403, "AccessDenied", "Request has expired".to_owned()),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
        let fault = Fault::new(status, code, told);
        if matches!(code, "InvalidAccessKeyId" | "SignatureDoesNotMatch") {
            return fault.with("AWSAccessKeyId", key);
        }
        fault
    }
}
