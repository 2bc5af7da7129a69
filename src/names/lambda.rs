//! Small values of Lambda functions.
//!
//! Invariant: lengths, characters and ranges are those of Lambda's API model; sizes are whole MiB.

use super::duration::bounded_length;
use super::error::NameError;
use super::nearest::did_you_mean;
use super::text::{TextRule, text_newtype, text_value};

fn word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_".contains(c)
}

const WORD: &str = "letters a-z and A-Z, digits, `-` and `_`";

text_newtype!(
    /// A function's name: up to 64 characters.
    FunctionName,
    |text| {
        let rule = TextRule {
            what: "a function name",
            least: 1,
            most: 64,
            allowed: word,
            takes: WORD,
        };
        rule.check(text)
    }
);

text_newtype!(
    /// The id of a statement in a function's policy: up to 100 characters.
    StatementId,
    |text| {
        let rule = TextRule {
            what: "a statement id",
            least: 1,
            most: 100,
            allowed: word,
            takes: WORD,
        };
        rule.check(text)
    }
);

text_newtype!(
    /// What a runtime calls: up to 128 characters without white space.
    Handler,
    |text| {
        let rule = TextRule {
            what: "a handler",
            least: 1,
            most: 128,
            allowed: |c| !c.is_whitespace() && !c.is_control(),
            takes: "text without white space, such as `module.function`",
        };
        rule.check(text)
    }
);

text_newtype!(
    /// The name of a log group: up to 512 characters.
    LogGroupName,
    |text| {
        let rule = TextRule {
            what: "a log group name",
            least: 1,
            most: 512,
            allowed: |c| c.is_ascii_alphanumeric() || ".-_/#".contains(c),
            takes: "letters a-z and A-Z, digits and `.-_/#`",
        };
        rule.check(text)
    }
);

impl LogGroupName {
    /// The group that Lambda writes to unless the function says otherwise.
    #[must_use]
    pub fn of_function(name: &FunctionName) -> Self {
        Self(format!("/aws/lambda/{name}"))
    }
}

text_newtype!(
    /// The name of an environment variable: a letter, then one or more letters, digits or `_`; none that Lambda sets.
    EnvironmentName,
    check_environment_name
);

/// Variables that Lambda sets itself; a request with one fails with InvalidParameterValueException ("contains reserved
/// keys"). `AWS_LAMBDA_EXEC_WRAPPER`, `PATH`, `TZ` and the like may be set. Source: developer guide, "defined runtime
/// environment variables".
const RESERVED: [&str; 20] = [
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_MAX_CONCURRENCY",
    "AWS_LAMBDA_METADATA_API",
    "AWS_LAMBDA_METADATA_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

fn check_environment_name(text: &str) -> Result<(), NameError> {
    if RESERVED.contains(&text) || ["_HANDLER", "_X_AMZN_TRACE_ID"].contains(&text) {
        return Err(NameError::refused(
            text,
            "Lambda sets this variable itself; choose another name",
        ));
    }
    let rule = TextRule {
        what: "the name of an environment variable",
        least: 2,
        most: usize::MAX,
        allowed: |c| c.is_ascii_alphanumeric() || c == '_',
        takes: "letters a-z and A-Z, digits and `_`",
    };
    rule.check(text)?;
    if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(NameError::refused(
            text,
            "the name of an environment variable begins with a letter",
        ));
    }
    Ok(())
}

/// A size in MiB within what one setting takes.
macro_rules! mebibytes {
    ($(#[$doc:meta])* $name:ident, $what:literal, $least:literal, $most:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "u64", into = "u64")]
        pub struct $name(u32);

        impl $name {
            /// So many MiB.
            ///
            /// # Errors
            /// Outside of what AWS takes.
            pub fn of_mib(mib: u64) -> Result<Self, NameError> {
                u32::try_from(mib)
                    .ok()
                    .filter(|mib| ($least..=$most).contains(mib))
                    .map(Self)
                    .ok_or_else(|| {
                        let reason = format!("{} lies between {} and {} MiB", $what, $least, $most);
                        NameError::refused(&mib.to_string(), reason)
                    })
            }

            /// The size that `text` spells: a whole number of MiB without a unit.
            ///
            /// # Errors
            /// For what is no whole number, and outside of what AWS takes.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                Self::of_mib(whole_mib(text, $what)?)
            }

            /// In MiB, as the API takes it.
            #[must_use]
            pub const fn mib(self) -> u32 {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl TryFrom<u64> for $name {
            type Error = NameError;

            fn try_from(mib: u64) -> Result<Self, NameError> {
                Self::of_mib(mib)
            }
        }

        impl From<$name> for u64 {
            fn from(size: $name) -> Self {
                Self::from(size.0)
            }
        }
    };
}

mebibytes!(
    /// A function's memory: 128 to 32,768 MiB, of which 10,240 are the default quota.
    Memory,
    "memory",
    128,
    32768
);
mebibytes!(
    /// The size of a function's `/tmp`: 512 to 10,240 MiB.
    EphemeralStorage,
    "ephemeral storage",
    512,
    10240
);

impl Memory {
    /// A warning above 10,240 MiB: the model takes it, most accounts do not.
    #[must_use]
    pub fn doubt(self) -> Option<String> {
        let most = super::limits::LAMBDA_MEMORY_MIB.value;
        (u64::from(self.0) > most)
            .then(|| format!("`{self}`: memory above {most} MiB is refused unless AWS has raised the account's limit"))
    }
}

fn whole_mib(text: &str, what: &'static str) -> Result<u64, NameError> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let unit = text.get(digits.len()..).unwrap_or_default().trim().to_ascii_lowercase();
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let reason = format!("{what} is a whole number of MiB without a unit");
    match (digits.parse::<u64>(), unit.as_str()) {
        (Ok(mib), "") if is_number && text == digits => Ok(mib),
        (Ok(mib), "m" | "mb" | "mib") if is_number => Err(NameError::mendable(text, reason, mib.to_string())),
        (Ok(gib), "g" | "gb" | "gib") if is_number => {
            let mib = gib.saturating_mul(1024).to_string();
            Err(NameError::mendable(text, reason, mib))
        }
        _ => Err(NameError::refused(text, reason)),
    }
}

bounded_length!(
    /// How long one invocation may last: 1 to 900 seconds.
    Timeout,
    "a function's timeout",
    1,
    900
);

/// The processors that a function runs on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Architecture {
    /// AWS's default.
    #[default]
    X86_64,
    /// Graviton.
    Arm64,
}

text_value!(Architecture);

impl Architecture {
    /// The architecture that `text` names.
    ///
    /// # Errors
    /// For any other text; other tools' names of the two are answered with AWS's.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let reason = "an architecture is `x86_64` or `arm64`";
        match text {
            "x86_64" => Ok(Self::X86_64),
            "arm64" => Ok(Self::Arm64),
            "amd64" | "x86-64" | "x64" => Err(NameError::mendable(text, "AWS calls this architecture", "x86_64")),
            "aarch64" | "graviton" => Err(NameError::mendable(text, "AWS calls this architecture", "arm64")),
            _ => {
                let near = did_you_mean(text, ["x86_64", "arm64"]);
                Err(NameError::refused(text, format!("{reason}{near}")))
            }
        }
    }

    /// The name as the API takes it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }
}
