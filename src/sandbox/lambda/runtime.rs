//! Runtimes and the environment names that belong to Lambda itself.

use sha2::{Digest, Sha256};

use super::fault::{self, Fault};

/// Runtimes that a function can be created with or moved to, in the order in which AWS's refusal lists them; what the
/// service model has beyond that list comes last.
const CURRENT: &[&str] = &[
    "nodejs20.x",
    "python3.14",
    "provided.al2023",
    "python3.12",
    "python3.13",
    "nodejs24.x",
    "nodejs22.x",
    "java25",
    "python3.10",
    "python3.11",
    "java21",
    "ruby3.3",
    "ruby3.4",
    "ruby3.2",
    "python3.8",
    "python3.9",
    "java17",
    "nodejs16.x",
    "dotnet10",
    "dotnet8",
    "java11",
    "dotnet6",
    "nodejs18.x",
    "provided.al2",
    "java8.al2",
    "ruby4.0",
    "nodejs26.x",
    "python3.15",
    "java8.al2023",
    "java11.al2023",
    "java17.al2023",
];

/// Runtimes past the second phase of their deprecation: neither create nor update.
const WITHDRAWN: &[&str] = &[
    "dotnetcore1.0",
    "dotnetcore2.0",
    "dotnetcore2.1",
    "dotnetcore3.1",
    "go1.x",
    "java8",
    "nodejs",
    "nodejs10.x",
    "nodejs12.x",
    "nodejs14.x",
    "nodejs4.3",
    "nodejs4.3-edge",
    "nodejs6.10",
    "nodejs8.10",
    "provided",
    "python2.7",
    "python3.6",
    "python3.7",
    "ruby2.5",
    "ruby2.7",
];

/// All runtimes that Lambda knows, supported or not.
pub(super) fn known() -> impl Iterator<Item = &'static str> {
    CURRENT.iter().chain(WITHDRAWN).copied()
}

/// Whether Lambda knows the runtime, supported or not.
pub(super) fn is_known(name: &str) -> bool {
    CURRENT.contains(&name) || WITHDRAWN.contains(&name)
}

/// Names that the developer guide lists as reserved.
const RESERVED: &[&str] = &[
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
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
];

pub(super) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// The runtime, if Lambda still takes it.
pub(super) fn checked(name: &str) -> Result<&str, Fault> {
    if CURRENT.contains(&name) {
        return Ok(name);
    }
    if WITHDRAWN.contains(&name) {
        return Err(fault::invalid(format!(
            "The runtime parameter of {name} is no longer supported for creating or updating AWS Lambda functions. We \
             recommend you use a supported runtime while creating or updating functions."
        )));
    }
    Err(fault::invalid(format!(
        "Value {name} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{}] or be a valid \
         ARN",
        CURRENT.join(", ")
    )))
}

/// The ARN of the runtime version that reads back; the same one for ever, since nothing is patched here.
pub(super) fn version_arn(region: &str, runtime: &str) -> String {
    let digest: String = Sha256::digest(runtime)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("arn:aws:lambda:{region}::runtime:{digest}")
}
