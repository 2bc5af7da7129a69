//! Whether a caller may do what it asks for: the one place where calls are permitted or refused.
//!
//! Invariant: every call of every service passes here once, after its caller is known and before anything is changed.
//! First come the rules that no policy can change, then, where the account is so opened, the policies of the caller and of
//! what it acts on. The administrator may do everything.

mod asked;
mod events;
mod iam;
mod judge;
mod lambda;
mod persona;
mod refusal;
mod s3;
#[cfg(test)]
mod tests;

use http::StatusCode;

use super::call::{Call, Service, Standing};
use super::{Fault, World};

pub(super) use persona::stand_in;
pub(super) use refusal::veiled;

/// Whether the caller may list a function's tags; GetFunction tells them only to who may (`TagsError`).
pub(super) fn may_list_tags(world: &World, call: &Call, function: &str) -> bool {
    judge::may(world, call, &asked::Asked::new("lambda:ListTags", function))
}

/// Operations that AWS answers without a signature: whoever calls shows a token of an identity provider instead.
const UNSIGNED: [&str; 2] = ["AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"];
/// What a session of a user may ask STS for (`GetSessionToken`, API reference).
const OF_SESSIONS: [&str; 2] = ["AssumeRole", "GetCallerIdentity"];

/// The action as policies name it, such as `iam:CreateUser`; S3 and Lambda tell theirs by method and path.
pub(super) fn action(call: &Call) -> Option<String> {
    let operation = call.operation.as_ref()?;
    Some(format!("{}:{operation}", call.service))
}

/// Refuses what the caller may not do.
///
/// # Errors
/// The service's refusal.
pub(super) fn permits(world: &World, call: &Call) -> Result<(), Fault> {
    match call.caller.standing {
        Standing::Administrator => return Ok(()),
        Standing::User | Standing::Role => {}
        Standing::Session | Standing::Federated => bounds_of_sessions(call)?,
        Standing::Nobody => return bounds_of_nobody(world, call),
    }
    judge::permits(world, call)
}

/// Sessions of `GetSessionToken` and `GetFederationToken` can't call IAM, and of STS little (API reference of both). None
/// of them carries a second factor here.
fn bounds_of_sessions(call: &Call) -> Result<(), Fault> {
    let operation = call.operation.as_deref().unwrap_or_default();
    match call.service {
        Service::Iam => Err(Fault::new(
            StatusCode::FORBIDDEN,
            "InvalidClientTokenId",
            "The security token included in the request is invalid",
        )),
        Service::Sts if operation == "GetCallerIdentity" => Ok(()),
        Service::Sts if call.caller.standing == Standing::Session && OF_SESSIONS.contains(&operation) => Ok(()),
        Service::Sts if matches!(operation, "GetSessionToken" | "GetFederationToken") => {
            Err(denied(format!("Cannot call {operation} with session credentials")))
        }
        Service::Sts if call.caller.standing == Standing::Federated => Err(denied(format!(
            "User: {} is not authorized to perform: {}",
            call.caller.arn,
            action(call).unwrap_or_default()
        ))),
        Service::Sts | Service::S3 | Service::Lambda | Service::Events | Service::Trail => Ok(()),
    }
}

fn denied(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::FORBIDDEN, "AccessDenied", message)
}

fn bounds_of_nobody(world: &World, call: &Call) -> Result<(), Fault> {
    let operation = call.operation.as_deref().unwrap_or_default();
    match call.service {
        Service::Sts if UNSIGNED.contains(&operation) => Ok(()),
        Service::Iam | Service::Sts => Err(Fault::new(
            StatusCode::FORBIDDEN,
            "MissingAuthenticationToken",
            "Request is missing Authentication Token",
        )),
        // The link to a function's code carries its own proof.
        Service::Lambda if call.path.starts_with("/evenkeel-sandbox/code/") => Ok(()),
        Service::Lambda => Err(Fault::new(
            StatusCode::FORBIDDEN,
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        )),
        Service::Events | Service::Trail => Err(Fault::new(
            StatusCode::BAD_REQUEST,
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        )),
        Service::S3 => super::s3::open_to_all(world, call),
    }
}
