//! `--fail-on` of the commands that tell findings.

use clap::ValueEnum;

use crate::spec::finding::Severity;

/// From which severity on findings make a run fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Nothing beyond what AWS refuses, which exits with 1 anyway.
    Error,
    /// Access that hardly anybody means to give.
    Security,
    /// Whatever is worth a look.
    Warning,
    /// Everything.
    Info,
}

impl FailOn {
    /// The lightest severity that fails.
    pub(crate) const fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Security => Severity::Security,
            Self::Warning => Severity::Warning,
            Self::Info => Severity::Info,
        }
    }
}
