//! Names, paths and provider addresses of IAM.
//!
//! Invariant: lengths and characters are those of IAM's API model; whether two names are one identity is asked here,
//! because IAM compares names without case while ARNs keep it.

use super::error::NameError;
use super::text::{TextRule, text_newtype, text_value};

const TAKES: &str = "letters a-z and A-Z, digits and `_+=,.@-`";

fn allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)
}

/// A name that IAM compares without case.
macro_rules! iam_name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $most:literal) => {
        text_newtype!($(#[$doc])* $name, |text| {
            TextRule { what: $what, least: 1, most: $most, allowed, takes: TAKES }.check(text)
        });

        impl $name {
            /// Whether both name one thing: IAM refuses a second name that differs by case alone (EntityAlreadyExists).
            #[must_use]
            pub fn same_identity(&self, other: &Self) -> bool {
                self.0.eq_ignore_ascii_case(&other.0)
            }

            /// A text that is equal for names of one identity, for use as a map key.
            #[must_use]
            pub fn identity(&self) -> String {
                self.0.to_ascii_lowercase()
            }
        }
    };
}

iam_name!(
    /// A user's name: up to 64 characters.
    UserName,
    "a user name",
    64
);
iam_name!(
    /// A role's name: up to 64 characters.
    RoleName,
    "a role name",
    64
);
iam_name!(
    /// A group's name: up to 128 characters.
    GroupName,
    "a group name",
    128
);
iam_name!(
    /// A managed policy's name: up to 128 characters.
    PolicyName,
    "a policy name",
    128
);
iam_name!(
    /// An instance profile's name: up to 128 characters.
    InstanceProfileName,
    "an instance profile name",
    128
);
iam_name!(
    /// An inline policy's name: up to 128 characters, of its user, group or role only.
    InlinePolicyName,
    "an inline policy name",
    128
);

text_newtype!(
    /// A path of IAM: `/`, or text that begins and ends with `/`, up to 512 characters.
    ///
    /// A path is part of the ARN and not of the identity: `/a/x` and `/b/x` cannot both exist.
    IamPath,
    |text| check_path(text, |c| ('!'..='~').contains(&c), "visible ASCII characters")
);

impl Default for IamPath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl IamPath {
    /// A path for a managed policy, for which IAM takes fewer characters than for other things.
    ///
    /// # Errors
    /// As [`IamPath::parse`], and for characters outside the policy set or an empty step (`//`).
    pub fn parse_for_policy(text: &str) -> Result<Self, NameError> {
        check_path(
            text,
            |c| c == '/' || allowed(c),
            "letters a-z and A-Z, digits, `/` and `_+=,.@-`",
        )?;
        if text.contains("//") {
            let right = collapse_slashes(text);
            return Err(NameError::mendable(text, "a policy's path has no empty step", right));
        }
        Ok(Self(text.to_owned()))
    }

    /// Whether AWS itself makes what lies here (service-linked and SSO roles); only its service may change it
    /// (UnmodifiableEntity).
    #[must_use]
    pub fn is_aws_made(&self) -> bool {
        ["/aws-service-role/", "/aws-reserved/"]
            .iter()
            .any(|reserved| self.0.starts_with(reserved))
    }
}

fn check_path(text: &str, fits: fn(char) -> bool, takes: &'static str) -> Result<(), NameError> {
    let rule = TextRule {
        what: "a path",
        least: 1,
        most: 512,
        allowed: fits,
        takes,
    };
    rule.check(text)?;
    let ends = text == "/" || (text.len() > 2 && text.starts_with('/') && text.ends_with('/'));
    if ends {
        return Ok(());
    }
    let right = collapse_slashes(&format!("/{text}/"));
    Err(NameError::mendable(text, "a path begins and ends with `/`", right))
}

fn collapse_slashes(text: &str) -> String {
    let steps: Vec<&str> = text.split('/').filter(|step| !step.is_empty()).collect();
    if steps.is_empty() {
        return "/".to_owned();
    }
    format!("/{}/", steps.join("/"))
}

text_newtype!(
    /// The address of an OIDC provider: `https://`, a host, perhaps a path; no port and no query, up to 255 characters.
    OidcUrl,
    check_oidc_url
);

impl OidcUrl {
    /// The address without `https://`: the provider's identity in its ARN and in the condition keys of trust policies.
    #[must_use]
    pub fn host_and_path(&self) -> &str {
        self.0.strip_prefix("https://").unwrap_or(&self.0)
    }
}

fn check_oidc_url(text: &str) -> Result<(), NameError> {
    let rule = TextRule {
        what: "the url of an oidc provider",
        least: 1,
        most: 255,
        allowed: |c| ('!'..='~').contains(&c),
        takes: "`https://`, a host and perhaps a path",
    };
    rule.check(text)?;
    let Some(rest) = text.strip_prefix("https://") else {
        let bare = text.strip_prefix("http://").unwrap_or(text);
        let right = format!("https://{bare}");
        return Err(NameError::mendable(
            text,
            "an oidc provider's url begins with `https://`",
            right,
        ));
    };
    let host = rest.split('/').next().unwrap_or_default();
    if host.is_empty() {
        return Err(NameError::refused(text, "a host is missing after `https://`"));
    }
    if let Some((name, _port)) = host.split_once(':') {
        let right = text.replacen(host, name, 1);
        return Err(NameError::mendable(text, "an oidc provider's url has no port", right));
    }
    if let Some((before, _)) = text.split_once(['?', '#']) {
        return Err(NameError::mendable(text, "an oidc provider's url has no query", before));
    }
    if let Some(bare) = text.strip_suffix('/') {
        return Err(NameError::mendable(
            text,
            "an oidc provider's url has no `/` at its end",
            bare,
        ));
    }
    Ok(())
}

text_newtype!(
    /// An audience of an OIDC provider, which the API calls a client id: up to 255 characters (botocore, `clientIDType`).
    ClientId,
    |text| {
        let rule = TextRule {
            what: "an audience",
            least: 1,
            most: 255,
            allowed: |c| !c.is_control(),
            takes: "up to 255 characters",
        };
        rule.check(text)
    }
);

/// The SHA-1 of the certificate of an OIDC provider's authority: 40 hexadecimal digits (botocore, `thumbprintType`).
///
/// Kept in small letters, since two spellings are one certificate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thumbprint(String);

impl Thumbprint {
    /// The value that `text` spells.
    ///
    /// # Errors
    /// Says what is wrong with `text` and what would be right.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let bare: String = text.chars().filter(|c| *c != ':').collect();
        let is_hex = |text: &str| text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex(text) {
            return Ok(Self(text.to_ascii_lowercase()));
        }
        let reason = "a thumbprint is 40 hexadecimal digits, the SHA-1 of a certificate";
        Err(if is_hex(&bare) {
            NameError::mendable(text, reason, bare.to_ascii_lowercase())
        } else {
            NameError::refused(text, reason)
        })
    }

    /// The text, as AWS takes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text_value!(Thumbprint);

text_newtype!(
    /// A service as it is named for its service-linked role, `spot.amazonaws.com`: up to 128 characters.
    LinkingService,
    check_linking_service
);

fn check_linking_service(text: &str) -> Result<(), NameError> {
    let rule = TextRule {
        what: "a service",
        least: 1,
        most: 128,
        allowed: |c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c),
        takes: "lower-case letters, digits, `.` and `-`",
    };
    rule.check(text)?;
    if text.contains('.') {
        return Ok(());
    }
    let right = format!("{text}.amazonaws.com");
    Err(NameError::mendable(text, "a service is named by its host", right))
}

text_newtype!(
    /// What tells two service-linked roles of one service apart: up to 64 characters (botocore, `customSuffixType`).
    RoleSuffix,
    |text| {
        TextRule { what: "a suffix", least: 1, most: 64, allowed, takes: TAKES }.check(text)
    }
);
