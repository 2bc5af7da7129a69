//! Who asks.
//!
//! Invariant: an ARN of a principal is taken apart once, here. A role is not a caller in AWS: [`Principal::Role`] stands
//! for a session of that role whose name nobody mentions.

use crate::policy_doc::is_account_id;

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// An IAM user.
    User {
        /// With its path.
        arn: String,
        /// Twelve digits.
        account: String,
        /// Without its path.
        name: String,
    },
    /// A session of a role.
    Session {
        /// `arn:aws:sts::…:assumed-role/name/session`, which never has the role's path.
        arn: String,
        /// Twelve digits.
        account: String,
        /// The role's name without its path; unique in its account.
        role: String,
        /// The role's ARN with its path, where it is known.
        role_arn: Option<String>,
    },
    /// Some session of a role.
    Role {
        /// With its path.
        arn: String,
        /// Twelve digits.
        account: String,
        /// Without its path.
        name: String,
    },
    /// The root user of an account.
    Root {
        /// `aws`, `aws-cn`, `aws-us-gov` …
        partition: String,
        /// Twelve digits.
        account: String,
    },
    /// A session of `GetFederationToken`.
    FederatedUser {
        /// `arn:aws:sts::…:federated-user/name`.
        arn: String,
        /// Twelve digits.
        account: String,
    },
    /// Somebody known to an identity provider: who calls `AssumeRoleWithWebIdentity` or `AssumeRoleWithSAML`.
    Federated {
        /// As policies name it: an ARN of a provider, or a host such as `accounts.google.com`.
        provider: String,
    },
    /// An AWS service by its service principal.
    Service {
        /// Such as `cloudtrail.amazonaws.com`.
        name: String,
    },
    /// Somebody who signs no request.
    Anonymous,
}

/// A text that names no principal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no principal")]
pub struct PrincipalError {
    /// The text.
    pub text: String,
}

/// Web identity providers that policies name by their host alone (IAM user guide, "Principal").
const WEB_PROVIDERS: &[&str] = &[
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
];

/// Where the ARNs of origin access identities have an account.
const CLOUDFRONT: &str = "cloudfront";

/// The account whose root ARN this is, or which is written as a bare id; with its partition, where it is written.
pub(super) fn account_of_root(text: &str) -> Option<(Option<&str>, &str)> {
    if is_account_id(text) {
        return Some((None, text));
    }
    let arn = ArnParts::of(text)?;
    let is_root = arn.service == "iam" && arn.resource == "root" && is_account_id(arn.account);
    is_root.then_some((Some(arn.partition), arn.account))
}

/// The parts of a principal's ARN.
pub(super) struct ArnParts<'a> {
    pub(super) partition: &'a str,
    pub(super) service: &'a str,
    pub(super) account: &'a str,
    pub(super) resource: &'a str,
}

impl<'a> ArnParts<'a> {
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let is_arn = parts.next()? == "arn";
        let partition = parts.next()?;
        let service = parts.next()?;
        parts.next()?;
        let account = parts.next()?;
        let resource = parts.next()?;
        is_arn.then_some(Self {
            partition,
            service,
            account,
            resource,
        })
    }
}

/// The name at the end of a path.
pub(super) fn last_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl Principal {
    /// Reads an ARN, an account id (its root user), a service principal, a web identity provider, `*` or `anonymous`.
    ///
    /// # Errors
    /// If the text names nobody who can ask.
    pub fn parse(text: &str) -> Result<Self, PrincipalError> {
        let error = || PrincipalError { text: text.to_owned() };
        if text == "*" || text.eq_ignore_ascii_case("anonymous") {
            return Ok(Self::Anonymous);
        }
        if let Some((partition, account)) = account_of_root(text) {
            return Ok(Self::Root {
                partition: partition.unwrap_or("aws").to_owned(),
                account: account.to_owned(),
            });
        }
        if WEB_PROVIDERS.contains(&text) {
            return Ok(Self::Federated {
                provider: text.to_owned(),
            });
        }
        if is_service_name(text) {
            return Ok(Self::Service { name: text.to_owned() });
        }
        let arn = ArnParts::of(text).ok_or_else(error)?;
        Self::of_arn(text, &arn).ok_or_else(error)
    }

    fn of_arn(text: &str, arn: &ArnParts<'_>) -> Option<Self> {
        let (kind, rest) = arn.resource.split_once('/')?;
        let is_origin_access = arn.account == CLOUDFRONT && kind == "user";
        if rest.is_empty() || !(is_account_id(arn.account) || is_origin_access) {
            return None;
        }
        let (own, account) = (text.to_owned(), arn.account.to_owned());
        match (arn.service, kind) {
            ("iam", "user") => Some(Self::User {
                arn: own,
                account,
                name: last_name(rest).to_owned(),
            }),
            ("iam", "role") => Some(Self::Role {
                arn: own,
                account,
                name: last_name(rest).to_owned(),
            }),
            ("iam", "saml-provider" | "oidc-provider") => Some(Self::Federated { provider: own }),
            ("sts", "federated-user") => Some(Self::FederatedUser { arn: own, account }),
            ("sts", "assumed-role") => {
                let (role, session) = rest.split_once('/')?;
                (!role.is_empty() && !session.is_empty()).then(|| Self::Session {
                    arn: own,
                    account,
                    role: role.to_owned(),
                    role_arn: None,
                })
            }
            _ => None,
        }
    }

    /// A session of a role whose ARN, with its path, is known; `None` if that is no ARN of a role.
    #[must_use]
    pub fn session_of(role_arn: &str, session: &str) -> Option<Self> {
        let arn = ArnParts::of(role_arn)?;
        let Self::Role { account, name, .. } = Self::of_arn(role_arn, &arn)? else {
            return None;
        };
        Some(Self::Session {
            arn: format!("arn:{}:sts::{account}:assumed-role/{name}/{session}", arn.partition),
            account,
            role: name,
            role_arn: Some(role_arn.to_owned()),
        })
    }

    /// The account that it belongs to; none for services, identity providers and anonymous requests, nor for the origin
    /// access identities of CloudFront, which have ARNs of users.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::User { account, .. } if account == CLOUDFRONT => None,
            Self::User { account, .. }
            | Self::Session { account, .. }
            | Self::Role { account, .. }
            | Self::Root { account, .. }
            | Self::FederatedUser { account, .. } => Some(account),
            Self::Federated { .. } | Self::Service { .. } | Self::Anonymous => None,
        }
    }

    /// As people know it.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::User { arn, .. }
            | Self::Session { arn, .. }
            | Self::Role { arn, .. }
            | Self::FederatedUser { arn, .. } => arn.clone(),
            Self::Root { partition, account } => format!("arn:{partition}:iam::{account}:root"),
            Self::Federated { provider } => provider.clone(),
            Self::Service { name } => name.clone(),
            Self::Anonymous => "anonymous".to_owned(),
        }
    }

    /// The name of the role that it acts as.
    #[must_use]
    pub fn role_name(&self) -> Option<&str> {
        match self {
            Self::Session { role, .. } => Some(role),
            Self::Role { name, .. } => Some(name),
            _ => None,
        }
    }

    /// Whether it is a user or acts as a role: who can have a permissions boundary.
    #[must_use]
    pub const fn is_iam_entity(&self) -> bool {
        matches!(
            self,
            Self::User { .. } | Self::Session { .. } | Self::Role { .. } | Self::FederatedUser { .. }
        )
    }

    /// Whether it acts as a service-linked role, which neither SCPs nor RCPs limit (AWS Organizations user guide).
    ///
    /// The path tells; a session's ARN has none, and there the name that IAM gives such roles must do.
    #[must_use]
    pub fn is_service_linked(&self) -> bool {
        match self {
            Self::Role { arn, .. } => arn.contains(SERVICE_LINKED),
            Self::Session {
                role_arn: Some(arn), ..
            } => arn.contains(SERVICE_LINKED),
            Self::Session { role, .. } => role.starts_with("AWSServiceRoleFor"),
            _ => false,
        }
    }
}

/// The path of service-linked roles, which IAM gives to no other.
const SERVICE_LINKED: &str = ":role/aws-service-role/";

fn is_service_name(text: &str) -> bool {
    let stem = text
        .strip_suffix(".amazonaws.com")
        .or_else(|| text.strip_suffix(".amazonaws.com.cn"))
        .or_else(|| text.strip_suffix(".aws.internal"));
    stem.is_some_and(|stem| {
        !stem.is_empty()
            && stem
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
    })
}
