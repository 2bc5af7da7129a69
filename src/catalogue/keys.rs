//! Condition keys: which exist, of what type, with how many values.
//!
//! Invariant: names are compared without regard to case, as AWS does. A key that AWS lists as global is of the type
//! that the IAM User Guide gives it, whatever a service's own list says.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::service::{ConditionKey, KeyType};
use super::{glob, table};

/// What is known of a condition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyInfo {
    /// AWS's spelling, with `${…}` where the author's text stands.
    pub name: &'static str,
    /// The type of its values.
    pub kind: KeyType,
    /// Whether AWS documents it for requests to every service.
    pub is_global: bool,
    /// Whether a request may hold several values of it.
    pub is_multivalued: bool,
}

const fn one(name: &'static str, kind: KeyType) -> KeyInfo {
    KeyInfo {
        name,
        kind,
        is_global: true,
        is_multivalued: false,
    }
}

const fn several(name: &'static str) -> KeyInfo {
    KeyInfo {
        name,
        kind: KeyType::String,
        is_global: true,
        is_multivalued: true,
    }
}

/// The global condition keys (IAM User Guide, "AWS global condition context keys"), with those of single services that
/// go into requests to others.
pub static GLOBAL_KEYS: &[KeyInfo] = &[
    one("aws:AssumedRoot", KeyType::Bool),
    several("aws:CalledVia"),
    one("aws:CalledViaAWSMCP", KeyType::String),
    one("aws:CalledViaFirst", KeyType::String),
    one("aws:CalledViaLast", KeyType::String),
    one("aws:ChatbotSourceArn", KeyType::Arn),
    one("aws:CurrentTime", KeyType::Date),
    one("aws:Ec2InstanceSourcePrivateIPv4", KeyType::Ip),
    one("aws:Ec2InstanceSourceVpc", KeyType::String),
    one("aws:EpochTime", KeyType::Date),
    one("aws:FederatedProvider", KeyType::String),
    one("aws:IsMcpServiceAction", KeyType::Bool),
    one("aws:MultiFactorAuthAge", KeyType::Numeric),
    one("aws:MultiFactorAuthPresent", KeyType::Bool),
    one("aws:PrincipalAccount", KeyType::String),
    one("aws:PrincipalArn", KeyType::Arn),
    one("aws:PrincipalIsAWSService", KeyType::Bool),
    one("aws:PrincipalOrgID", KeyType::String),
    several("aws:PrincipalOrgPaths"),
    one("aws:PrincipalServiceName", KeyType::String),
    several("aws:PrincipalServiceNamesList"),
    one("aws:PrincipalTag/${TagKey}", KeyType::String),
    one("aws:PrincipalType", KeyType::String),
    one("aws:referer", KeyType::String),
    one("aws:RequestedRegion", KeyType::String),
    one("aws:RequestTag/${TagKey}", KeyType::String),
    one("aws:ResourceAccount", KeyType::String),
    one("aws:ResourceOrgID", KeyType::String),
    several("aws:ResourceOrgPaths"),
    one("aws:ResourceTag/${TagKey}", KeyType::String),
    one("aws:SecureTransport", KeyType::Bool),
    one("aws:SourceAccount", KeyType::String),
    one("aws:SourceArn", KeyType::Arn),
    one("aws:SourceIdentity", KeyType::String),
    one("aws:SourceIp", KeyType::Ip),
    one("aws:SourceOrgID", KeyType::String),
    several("aws:SourceOrgPaths"),
    one("aws:SourceOwner", KeyType::String),
    one("aws:SourceVpc", KeyType::String),
    one("aws:SourceVpcArn", KeyType::Arn),
    one("aws:SourceVpce", KeyType::String),
    several("aws:TagKeys"),
    one("aws:TokenIssueTime", KeyType::Date),
    one("aws:UserAgent", KeyType::String),
    one("aws:userid", KeyType::String),
    one("aws:username", KeyType::String),
    one("aws:ViaAWSMCPService", KeyType::Bool),
    one("aws:ViaAWSService", KeyType::Bool),
    one("aws:VpceAccount", KeyType::String),
    one("aws:VpceOrgID", KeyType::String),
    several("aws:VpceOrgPaths"),
    one("aws:VpcSourceIp", KeyType::Ip),
    one("ec2:RoleDelivery", KeyType::Numeric),
    one("ec2:SourceInstanceArn", KeyType::Arn),
    one("glue:CredentialIssuingService", KeyType::String),
    one("glue:RoleAssumedBy", KeyType::String),
    one("identitystore:UserId", KeyType::String),
    one("lambda:SourceFunctionArn", KeyType::Arn),
    one("ssm:SourceInstanceArn", KeyType::Arn),
];

/// What an OIDC provider's claims are called in a role's trust policy (IAM User Guide, "Available keys for AWS OIDC
/// federation"). Any provider's host stands before the colon.
static CLAIMS: &[KeyInfo] = &[
    claim("${Provider}:amr", Values::Several),
    claim("${Provider}:aud", Values::One),
    claim("${Provider}:email", Values::One),
    claim("${Provider}:oaud", Values::One),
    claim("${Provider}:sub", Values::One),
];

enum Values {
    One,
    Several,
}

const fn claim(name: &'static str, values: Values) -> KeyInfo {
    KeyInfo {
        name,
        kind: KeyType::String,
        is_global: false,
        is_multivalued: matches!(values, Values::Several),
    }
}

struct Index {
    exact: BTreeMap<String, KeyInfo>,
    templates: Vec<(String, KeyInfo)>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index {
        exact: BTreeMap::new(),
        templates: Vec::new(),
    };
    // The global keys come last, because they win.
    for info in table::keys().iter().map(of_service).chain(GLOBAL_KEYS.iter().copied()) {
        index.exact.insert(info.name.to_ascii_lowercase(), info);
    }
    let templates = index.exact.values().filter(|info| info.name.contains("${"));
    index.templates = templates.map(|info| (template_pattern(info.name), *info)).collect();
    index
});

fn of_service(key: &ConditionKey) -> KeyInfo {
    KeyInfo {
        name: key.name,
        kind: key.kind,
        is_global: false,
        is_multivalued: key.is_multivalued,
    }
}

/// What is known of a condition key. In a template such as `aws:RequestTag/${TagKey}` any text but an empty one stands
/// for the `${…}`; the template itself is known too.
#[must_use]
pub fn condition_key(key: &str) -> Option<KeyInfo> {
    let lower = key.to_ascii_lowercase();
    let exact = INDEX.exact.get(&lower).copied();
    exact.or_else(|| by_template(&lower)).or_else(|| by_claim(&lower))
}

fn by_template(lower: &str) -> Option<KeyInfo> {
    let fitting = |(pattern, _): &&(String, KeyInfo)| glob::covers(pattern.as_bytes(), lower.as_bytes());
    INDEX.templates.iter().find(fitting).map(|(_, info)| *info)
}

fn by_claim(lower: &str) -> Option<KeyInfo> {
    let (provider, claim) = lower.rsplit_once(':')?;
    let is_host = provider.split('/').next().is_some_and(|host| host.contains('.'));
    let found = CLAIMS.iter().find(|info| info.name.rsplit(':').next() == Some(claim));
    found.filter(|_| is_host).copied()
}

/// Whether a key is what a template of AWS's lists stands for.
pub(super) fn fits(template: &str, key: &str) -> bool {
    template.eq_ignore_ascii_case(key)
        || template.contains("${") && {
            glob::covers(
                template_pattern(template).as_bytes(),
                key.to_ascii_lowercase().as_bytes(),
            )
        }
}

/// `aws:RequestTag/${TagKey}` as the pattern `aws:requesttag/?*`.
fn template_pattern(template: &str) -> String {
    super::form::filled(template, |_| "?*").to_ascii_lowercase()
}
