//! Invocations, as far as they go without running code.
//!
//! Invariant: nothing is run. A dry run and an event are answered as AWS answers them; a call that waits for the result
//! gets `null`, what a handler that returns nothing gives.

use http::StatusCode;
use serde_json::Value;

use super::fault::{self, Fault};
use super::function::{Progress, Qualifier};
use super::reference::Reference;
use crate::sandbox::{Call, Reply, World};

const LARGEST: usize = 6_291_456;
const LARGEST_EVENT: usize = 1_048_576;

pub(super) fn invoke(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = Reference::read(world, call, name)?;
    let kind = call.header("x-amz-invocation-type").unwrap_or("RequestResponse");
    fault::one_of("invocationType", kind, &["Event", "RequestResponse", "DryRun"])?;
    let Ok(function) = reference.find(world, call) else {
        let qualifier = reference.qualifier.as_deref().unwrap_or("$LATEST");
        let arn = reference.arn(world, call);
        return Err(fault::no_function(&format!("{arn}:{qualifier}")));
    };
    let qualifier = function.qualifier(reference.qualifier.as_deref())?;
    check_payload(call, kind)?;
    if kind == "DryRun" {
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    }
    if let Progress::Creating(due) = function.progress
        && !due.has_come(&world.clock)
    {
        function.check_settled(&world.clock)?;
    }
    if function.reserved_concurrency == Some(0) {
        let refused = Fault::new(
            StatusCode::TOO_MANY_REQUESTS,
            "TooManyRequestsException",
            "Rate Exceeded.",
        );
        return Err(refused.with("Reason", "ReservedFunctionConcurrentInvocationLimitExceeded"));
    }
    if kind == "Event" {
        return Ok(Reply::empty(StatusCode::ACCEPTED));
    }
    let executed = match qualifier {
        Qualifier::Version(number) | Qualifier::Alias(_, Some(number)) => number.to_string(),
        Qualifier::Unqualified | Qualifier::Latest | Qualifier::Alias(_, None) => "$LATEST".to_owned(),
    };
    Ok(Reply::json(StatusCode::OK, &Value::Null).header("x-amz-executed-version", &executed))
}

fn check_payload(call: &Call, kind: &str) -> Result<(), Fault> {
    let largest = if kind == "Event" { LARGEST_EVENT } else { LARGEST };
    if call.body.len() > largest {
        let size = call.body.len();
        let message =
            format!("{size} byte payload is too large for the {kind} invocation type (limit {largest} bytes)");
        return Err(Fault::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestTooLargeException",
            message,
        ));
    }
    if call.body.is_empty() {
        return Ok(());
    }
    serde_json::from_slice::<Value>(&call.body).map(drop).map_err(|error| {
        let message = format!("Could not parse request body into json: Could not parse payload into json: {error}");
        Fault::new(StatusCode::BAD_REQUEST, "InvalidRequestContentException", message)
    })
}

/// The old way to send an event; its answer has nothing but the status.
pub(super) fn invoke_async(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    Reference::read(world, call, name)?.find(world, call)?;
    check_payload(call, "Event")?;
    Ok(Reply::empty(StatusCode::ACCEPTED))
}
