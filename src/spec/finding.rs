//! What can be wrong with a text, said so that its author can mend it.
//!
//! Invariant: a finding names the offending text and what would be right; it never holds a secret.

use super::source::Span;

/// How bad it is; the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is done until it is mended.
    Error,
    /// It gives access that hardly anybody means to give; does not stop anything.
    Security,
    /// Worth a look; does not stop anything.
    Warning,
    /// Good to know.
    Info,
}

impl Severity {
    /// All of them, the gravest first.
    pub const ALL: [Self; 4] = [Self::Error, Self::Security, Self::Warning, Self::Info];

    /// As it is written in files, on the command line and in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Security => "security",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }

    /// So many of them, in words: "2 errors".
    #[must_use]
    pub fn counted(self, count: usize) -> String {
        let what = match (self, count) {
            (Self::Error, 1) => "error",
            (Self::Error, _) => "errors",
            (Self::Security, 1) => "security finding",
            (Self::Security, _) => "security findings",
            (Self::Warning, 1) => "warning",
            (Self::Warning, _) => "warnings",
            (Self::Info, 1) => "remark",
            (Self::Info, _) => "remarks",
        };
        format!("{count} {what}")
    }

    /// "2 errors, 3 warnings"; nothing for none.
    #[must_use]
    pub fn summary(severities: impl Iterator<Item = Self> + Clone) -> String {
        let count = |severity: &Self| severities.clone().filter(|one| one == severity).count();
        let counted = Self::ALL.iter().map(|severity| (severity, count(severity)));
        let parts = counted
            .filter(|(_, count)| *count > 0)
            .map(|(severity, count)| severity.counted(count));
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A stable code. `E0101`: the hundreds say the room (01 files, 02 YAML, 03 shape, 04 values, 05 references).
    /// `P202`: a rule about policies, see [`crate::lint`].
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence fragment: lower case, no final period, names the offending text in backquotes.
    pub message: String,
    /// Where; `None` only for what has no text, such as a missing file.
    pub span: Option<Span>,
    /// What is written under the carets: the fix, or what is wrong just there.
    pub label: String,
    /// Other places that matter, each with its own label ("first declared here").
    pub related: Vec<(Span, String)>,
    /// What to do, where the label is too short for it.
    pub help: Option<String>,
}

impl Finding {
    /// An error at a place.
    #[must_use]
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            span: Some(span),
            label: String::new(),
            related: Vec::new(),
            help: None,
        }
    }

    /// An error of something that has no text, such as a missing file.
    #[must_use]
    pub fn placeless(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            span: None,
            label: String::new(),
            related: Vec::new(),
            help: None,
        }
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, span, message)
        }
    }

    /// The same with another severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same with a text under the carets.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same with another place.
    #[must_use]
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
