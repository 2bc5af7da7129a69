//! From the SDK's errors to ours.
//!
//! Invariant: no SDK type and no debug dump leaves this file.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId as _;

use crate::engine::error::Nature;
use crate::engine::{CallError, Receipt};
use crate::kind::NOT_SHOWN;

/// AWS's codes for "more slowly, please". `LimitExceededException` is in the SDK's list, but EventBridge means a quota by
/// it, and IAM's `LimitExceeded` is one, too.
const THROTTLING: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
];

/// Classifies a failed call.
pub fn call_error<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> CallError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error {
        SdkError::ServiceError(context) => {
            let code = context.err().code().map(str::to_owned);
            let status = context.raw().status().as_u16();
            CallError {
                operation,
                nature: nature(code.as_deref(), status),
                message: context.err().message().unwrap_or_default().to_owned(),
                request_id: context.err().meta().request_id().map(str::to_owned),
                code: code.or_else(|| Some(format!("HTTP {status}"))),
            }
        }
        SdkError::TimeoutError(_) => unanswered(operation, "no answer in time"),
        SdkError::ResponseError(_) => unanswered(operation, &chain(error)),
        SdkError::DispatchFailure(failure) if failure.is_io() || failure.is_timeout() => {
            unanswered(operation, &chain(error))
        }
        _ => CallError::local(operation, chain(error)),
    }
}

fn nature(code: Option<&str>, status: u16) -> Nature {
    match code {
        Some(code) if THROTTLING.contains(&code) => Nature::Throttled,
        _ if status == 429 => Nature::Throttled,
        _ if status >= 500 => Nature::Ambiguous,
        _ => Nature::Refused,
    }
}

fn unanswered(operation: &'static str, why: &str) -> CallError {
    CallError {
        operation,
        code: None,
        message: why.to_owned(),
        request_id: None,
        nature: Nature::Ambiguous,
    }
}

/// The causes of an error, outermost first, without what repeats.
fn chain(error: &dyn std::error::Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if texts.last().is_none_or(|last| !last.contains(&text)) {
            texts.push(text);
        }
        next = cause.source();
    }
    if texts.is_empty() {
        error.to_string()
    } else {
        texts.join(": ")
    }
}

/// Whether AWS says that there is no such thing.
#[must_use]
pub fn is_absent(error: &CallError) -> bool {
    ["NoSuchEntity", "ResourceNotFoundException", "NoSuchBucket", "NotFound"]
        .iter()
        .any(|code| error.is(code))
}

/// What is to go and isn't there is gone.
///
/// # Errors
/// Whatever else AWS answered.
pub fn gone_is_done(error: CallError) -> Result<Receipt, CallError> {
    if is_absent(&error) {
        Ok(Receipt::already())
    } else {
        Err(error)
    }
}

/// A creation was refused because the thing is there: made by a run of ours that was cut off, and not shown when this one
/// was planned; then it is as good as made. Another's is an error, and one that is not shown yet is looked at again.
///
/// # Errors
/// Whatever AWS answered, with more to say.
pub fn found_there<T>(
    error: CallError,
    found: Result<T, CallError>,
    is_ours: impl FnOnce(&T) -> bool,
) -> Result<Receipt, CallError> {
    let more = match &found {
        Ok(found) if is_ours(found) => return Ok(Receipt::already()),
        Ok(_) => "it has appeared since the plan was made; plan again",
        Err(read) if is_absent(read) => NOT_SHOWN,
        Err(_) => return Err(error),
    };
    Err(CallError {
        message: format!("{} ({more})", error.message.trim_end_matches('.')),
        ..error
    })
}

/// AWS's id of an answered request.
pub fn request_id(answer: &impl aws_types::request_id::RequestId) -> Option<&str> {
    answer.request_id()
}

/// A classifier for one operation, to be given to `map_err`.
pub fn failed<E>(operation: &'static str) -> impl FnOnce(SdkError<E, HttpResponse>) -> CallError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    move |error| call_error(operation, &error)
}
