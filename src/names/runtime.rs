//! Runtimes of Lambda functions, and how long AWS takes them.
//!
//! Invariant: a runtime that this table does not know is never refused, because AWS adds runtimes faster than tools
//! are updated. What is past its date is AWS's to refuse; here it is only said.

use time::Date;
use time::macros::date;

use super::nearest::nearest;
use super::text::{TextRule, text_newtype};

text_newtype!(
    /// A runtime's identifier, such as `python3.13`; [`Runtime::status`] says what is known of it.
    Runtime,
    |text| {
        let rule = TextRule {
            what: "a runtime",
            least: 1,
            most: 64,
            allowed: |c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c),
            takes: "an identifier such as `python3.13`",
        };
        rule.check(text)
    }
);

/// What is known of a runtime on a day. Dates are those that AWS has published; those ahead have been moved before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuntimeStatus {
    /// Maintained, and taken for new functions.
    Supported,
    /// No longer maintained; still taken for new functions until `create_block`.
    Deprecated {
        /// The day on which it was deprecated.
        since: Date,
        /// The day from which new functions are refused (InvalidParameterValueException).
        create_block: Date,
        /// What AWS points to instead.
        successor: Option<&'static str>,
    },
    /// Refused for new functions.
    CreateBlocked {
        /// The day from which new functions are refused.
        since: Date,
        /// The day from which every change of existing functions is refused as well.
        update_block: Date,
        /// What AWS points to instead.
        successor: Option<&'static str>,
    },
    /// Refused for new functions and for every change of existing ones.
    UpdateBlocked {
        /// The day from which changes are refused.
        since: Date,
        /// What AWS points to instead.
        successor: Option<&'static str>,
    },
    /// Not in the table: newer than the table, or a slip.
    Unknown {
        /// The nearest supported runtime.
        nearest: Option<&'static str>,
    },
}

impl Runtime {
    /// What is known of this runtime on the day `on`.
    #[must_use]
    pub fn status(&self, on: Date) -> RuntimeStatus {
        let Some(row) = RUNTIMES.iter().find(|row| row.name == self.as_str()) else {
            let living = RUNTIMES.iter().filter(|row| on < row.deprecated).map(|row| row.name);
            return RuntimeStatus::Unknown {
                nearest: nearest(self.as_str(), living),
            };
        };
        row.status(on)
    }

    /// The status as a warning; nothing for a supported runtime.
    #[must_use]
    pub fn doubt(&self, on: Date) -> Option<String> {
        let instead = |successor: Option<&str>| successor.map_or_else(String::new, |next| format!("; use `{next}`"));
        match self.status(on) {
            RuntimeStatus::Supported => None,
            RuntimeStatus::Deprecated {
                since,
                create_block,
                successor,
            } => Some(format!(
                "`{self}`: deprecated since {since}, AWS refuses new functions from {create_block}{}",
                instead(successor)
            )),
            RuntimeStatus::CreateBlocked {
                since,
                update_block,
                successor,
            } => Some(format!(
                "`{self}`: AWS refuses new functions since {since}, and changes of existing ones from {update_block}{}",
                instead(successor)
            )),
            RuntimeStatus::UpdateBlocked { since, successor } => Some(format!(
                "`{self}`: AWS refuses new functions and changes of existing ones since {since}{}",
                instead(successor)
            )),
            RuntimeStatus::Unknown { nearest: None } => Some(format!("`{self}` is not a known runtime")),
            RuntimeStatus::Unknown { nearest: Some(near) } => {
                Some(format!("`{self}` is not a known runtime; did you mean `{near}`"))
            }
        }
    }
}

struct Row {
    name: &'static str,
    deprecated: Date,
    create_block: Date,
    update_block: Date,
    successor: Option<&'static str>,
}

impl Row {
    fn status(&self, on: Date) -> RuntimeStatus {
        let Self {
            name: _,
            deprecated,
            create_block,
            update_block,
            successor,
        } = *self;
        if on >= update_block {
            let since = update_block;
            return RuntimeStatus::UpdateBlocked { since, successor };
        }
        if on >= create_block {
            let since = create_block;
            return RuntimeStatus::CreateBlocked {
                since,
                update_block,
                successor,
            };
        }
        if on >= deprecated {
            let since = deprecated;
            return RuntimeStatus::Deprecated {
                since,
                create_block,
                successor,
            };
        }
        RuntimeStatus::Supported
    }
}

const fn row(
    name: &'static str,
    deprecated: Date,
    create_block: Date,
    update_block: Date,
    successor: Option<&'static str>,
) -> Row {
    Row {
        name,
        deprecated,
        create_block,
        update_block,
        successor,
    }
}

/// Identifiers: `Runtime` in botocore 1.43.11. Days of deprecation, create block and update block: the Lambda developer
/// guide's tables, by way of cfn-lint 1.58.0.
const RUNTIMES: [Row; 46] = [
    row(
        "dotnet6",
        date!(2024 - 12 - 20),
        date!(2027 - 02 - 01),
        date!(2027 - 03 - 03),
        Some("dotnet10"),
    ),
    row(
        "dotnet8",
        date!(2026 - 11 - 10),
        date!(2027 - 02 - 01),
        date!(2027 - 03 - 03),
        Some("dotnet10"),
    ),
    row(
        "dotnet10",
        date!(2028 - 11 - 14),
        date!(2028 - 12 - 14),
        date!(2029 - 01 - 15),
        None,
    ),
    row(
        "dotnetcore1.0",
        date!(2019 - 06 - 27),
        date!(2019 - 06 - 30),
        date!(2019 - 07 - 30),
        Some("dotnet10"),
    ),
    row(
        "dotnetcore2.0",
        date!(2019 - 05 - 30),
        date!(2019 - 04 - 30),
        date!(2019 - 05 - 30),
        Some("dotnet10"),
    ),
    row(
        "dotnetcore2.1",
        date!(2022 - 01 - 05),
        date!(2022 - 01 - 05),
        date!(2022 - 04 - 13),
        Some("dotnet10"),
    ),
    row(
        "dotnetcore3.1",
        date!(2023 - 04 - 03),
        date!(2023 - 04 - 03),
        date!(2023 - 05 - 03),
        Some("dotnet10"),
    ),
    row(
        "go1.x",
        date!(2024 - 01 - 08),
        date!(2024 - 02 - 08),
        date!(2027 - 03 - 03),
        Some("provided.al2023"),
    ),
    row(
        "java8",
        date!(2024 - 01 - 08),
        date!(2024 - 02 - 08),
        date!(2027 - 03 - 03),
        Some("java25"),
    ),
    row(
        "java8.al2",
        date!(2027 - 06 - 30),
        date!(2027 - 07 - 31),
        date!(2027 - 08 - 31),
        Some("java25"),
    ),
    row(
        "java11",
        date!(2027 - 06 - 30),
        date!(2027 - 07 - 31),
        date!(2027 - 08 - 31),
        Some("java25"),
    ),
    row(
        "java17",
        date!(2027 - 06 - 30),
        date!(2027 - 07 - 31),
        date!(2027 - 08 - 31),
        Some("java25"),
    ),
    row(
        "java21",
        date!(2029 - 06 - 30),
        date!(2029 - 07 - 31),
        date!(2029 - 08 - 31),
        Some("java25"),
    ),
    row(
        "java25",
        date!(2029 - 06 - 30),
        date!(2029 - 07 - 31),
        date!(2029 - 08 - 31),
        None,
    ),
    row(
        "nodejs",
        date!(2016 - 08 - 30),
        date!(2016 - 09 - 30),
        date!(2016 - 10 - 31),
        Some("nodejs24.x"),
    ),
    row(
        "nodejs4.3",
        date!(2020 - 03 - 05),
        date!(2020 - 02 - 03),
        date!(2020 - 03 - 05),
        Some("nodejs24.x"),
    ),
    row(
        "nodejs4.3-edge",
        date!(2020 - 03 - 05),
        date!(2019 - 03 - 31),
        date!(2019 - 04 - 30),
        Some("nodejs24.x"),
    ),
    row(
        "nodejs6.10",
        date!(2019 - 08 - 12),
        date!(2019 - 07 - 12),
        date!(2019 - 08 - 12),
        Some("nodejs24.x"),
    ),
    row(
        "nodejs8.10",
        date!(2020 - 03 - 06),
        date!(2020 - 02 - 04),
        date!(2020 - 03 - 06),
        Some("nodejs24.x"),
    ),
    row(
        "nodejs10.x",
        date!(2021 - 07 - 30),
        date!(2021 - 07 - 30),
        date!(2022 - 02 - 14),
        Some("nodejs24.x"),
    ),
    row(
        "nodejs12.x",
        date!(2023 - 03 - 31),
        date!(2023 - 03 - 31),
        date!(2023 - 04 - 30),
        Some("nodejs24.x"),
    ),
    row(
        "nodejs14.x",
        date!(2023 - 12 - 04),
        date!(2024 - 01 - 09),
        date!(2027 - 03 - 03),
        Some("nodejs24.x"),
    ),
    row(
        "nodejs16.x",
        date!(2024 - 06 - 12),
        date!(2027 - 02 - 01),
        date!(2027 - 03 - 03),
        Some("nodejs24.x"),
    ),
    row(
        "nodejs18.x",
        date!(2025 - 09 - 01),
        date!(2027 - 02 - 01),
        date!(2027 - 03 - 03),
        Some("nodejs24.x"),
    ),
    row(
        "nodejs20.x",
        date!(2026 - 04 - 30),
        date!(2027 - 02 - 01),
        date!(2027 - 03 - 03),
        Some("nodejs24.x"),
    ),
    row(
        "nodejs22.x",
        date!(2027 - 04 - 30),
        date!(2027 - 06 - 01),
        date!(2027 - 07 - 01),
        Some("nodejs24.x"),
    ),
    row(
        "nodejs24.x",
        date!(2028 - 04 - 30),
        date!(2028 - 06 - 01),
        date!(2028 - 07 - 01),
        None,
    ),
    row(
        "provided",
        date!(2024 - 01 - 08),
        date!(2024 - 02 - 08),
        date!(2027 - 03 - 03),
        Some("provided.al2023"),
    ),
    row(
        "provided.al2",
        date!(2026 - 07 - 31),
        date!(2027 - 02 - 01),
        date!(2027 - 03 - 03),
        Some("provided.al2023"),
    ),
    row(
        "provided.al2023",
        date!(2029 - 06 - 30),
        date!(2029 - 07 - 31),
        date!(2029 - 08 - 31),
        None,
    ),
    row(
        "python2.7",
        date!(2021 - 07 - 15),
        date!(2021 - 07 - 15),
        date!(2022 - 05 - 30),
        Some("python3.14"),
    ),
    row(
        "python3.6",
        date!(2022 - 07 - 18),
        date!(2022 - 07 - 18),
        date!(2022 - 08 - 29),
        Some("python3.14"),
    ),
    row(
        "python3.7",
        date!(2023 - 12 - 04),
        date!(2024 - 01 - 09),
        date!(2027 - 03 - 03),
        Some("python3.14"),
    ),
    row(
        "python3.8",
        date!(2024 - 10 - 14),
        date!(2027 - 02 - 01),
        date!(2027 - 03 - 03),
        Some("python3.14"),
    ),
    row(
        "python3.9",
        date!(2025 - 12 - 15),
        date!(2027 - 02 - 01),
        date!(2027 - 03 - 03),
        Some("python3.14"),
    ),
    row(
        "python3.10",
        date!(2026 - 10 - 31),
        date!(2027 - 02 - 01),
        date!(2027 - 03 - 03),
        Some("python3.14"),
    ),
    row(
        "python3.11",
        date!(2027 - 06 - 30),
        date!(2027 - 07 - 31),
        date!(2027 - 08 - 31),
        Some("python3.14"),
    ),
    row(
        "python3.12",
        date!(2028 - 10 - 31),
        date!(2028 - 11 - 30),
        date!(2029 - 01 - 10),
        Some("python3.14"),
    ),
    row(
        "python3.13",
        date!(2029 - 06 - 30),
        date!(2029 - 07 - 31),
        date!(2029 - 08 - 31),
        Some("python3.14"),
    ),
    row(
        "python3.14",
        date!(2029 - 06 - 30),
        date!(2029 - 07 - 31),
        date!(2029 - 08 - 31),
        None,
    ),
    row(
        "ruby2.5",
        date!(2021 - 07 - 30),
        date!(2021 - 07 - 30),
        date!(2022 - 03 - 31),
        Some("ruby4.0"),
    ),
    row(
        "ruby2.7",
        date!(2023 - 12 - 07),
        date!(2024 - 01 - 09),
        date!(2027 - 03 - 03),
        Some("ruby4.0"),
    ),
    row(
        "ruby3.2",
        date!(2026 - 03 - 31),
        date!(2027 - 02 - 01),
        date!(2027 - 03 - 03),
        Some("ruby4.0"),
    ),
    row(
        "ruby3.3",
        date!(2027 - 03 - 31),
        date!(2027 - 04 - 30),
        date!(2027 - 05 - 31),
        Some("ruby4.0"),
    ),
    row(
        "ruby3.4",
        date!(2028 - 03 - 31),
        date!(2028 - 04 - 30),
        date!(2028 - 05 - 31),
        Some("ruby4.0"),
    ),
    row(
        "ruby4.0",
        date!(2029 - 03 - 31),
        date!(2029 - 04 - 30),
        date!(2029 - 05 - 31),
        None,
    ),
];
