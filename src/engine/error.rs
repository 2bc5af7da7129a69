//! Errors of calls, free of the SDK's types.

use std::fmt;

/// A call that failed, as far as anybody needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    /// The operation, `iam:CreateRole`.
    pub operation: &'static str,
    /// AWS's wire code; `None` when no answer came or it made no sense.
    pub code: Option<String>,
    /// AWS's message, or what went wrong on the way.
    pub message: String,
    /// AWS's id of the request.
    pub request_id: Option<String>,
    /// What kind of failure it is.
    pub nature: Nature,
}

/// What a failure means for the next try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// AWS has refused the call; nothing was changed.
    Refused,
    /// AWS asks to be called more slowly; nothing was changed.
    Throttled,
    /// It isn't known whether the call took effect: a time-out, a broken connection, an error of the server.
    Ambiguous,
    /// Something on this side: no credentials, a store that can't be written.
    Local,
}

impl CallError {
    /// A failure on this side.
    #[must_use]
    pub fn local(operation: &'static str, message: impl Into<String>) -> Self {
        Self { operation, code: None, message: message.into(), request_id: None, nature: Nature::Local }
    }

    /// Whether AWS answered with this wire code.
    #[must_use]
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether AWS answered with this wire code and a message that contains `fragment`, in any case.
    #[must_use]
    pub fn says(&self, code: &str, fragment: &str) -> bool {
        self.is(code) && self.message.to_lowercase().contains(&fragment.to_lowercase())
    }

    /// Whether the identity lacks a permission.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"]
            .iter()
            .any(|code| self.is(code))
    }

    /// Whether the credentials have run out: nothing will succeed any more.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        ["ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId", "RequestExpired"]
            .iter()
            .any(|code| self.is(code))
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.operation)?;
        match &self.code {
            Some(code) if self.message.is_empty() => write!(f, "{code}")?,
            Some(code) => write!(f, "{code}: {}", self.message)?,
            None => f.write_str(&self.message)?,
        }
        match &self.request_id {
            Some(id) => write!(f, " (request {id})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for CallError {}
