//! STS of the simulated account: who the caller is, and sessions of roles and users.
//!
//! Invariant: a session's key acts as the session of its principal and nobody else's, and stops with the session or its
//! principal. Whether a caller may assume a role is decided by the role's trust policy alone.

mod ask;
mod assume;
mod session;
mod web;

use http::StatusCode;

use super::condition::Context;
use super::{Call, Caller, Fault, Reply, Stored, Table, World, Xml};
use ask::Ask;
pub use session::Session;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// The sessions by access key id.
#[derive(Debug)]
pub struct State {
    sessions: Table<Session>,
}

impl State {
    /// No sessions.
    #[must_use]
    pub fn new() -> Self {
        Self {
            sessions: Table::new("sts/sessions"),
        }
    }

    /// The tables that the core loads and saves.
    pub fn tables(&mut self) -> Vec<&mut dyn Stored> {
        vec![&mut self.sessions]
    }

    /// The session that a temporary key belongs to.
    pub(super) fn session(&self, key: &str) -> Option<&Session> {
        self.sessions.get(&key.to_owned())
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}

/// Answers one call.
///
/// # Errors
/// Every refusal, as AWS words it.
pub fn answer(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    let Some(action) = call.operation.as_deref() else {
        return Err(Fault::new(
            StatusCode::BAD_REQUEST,
            "MissingAction",
            "The request has no Action.",
        ));
    };
    let result = match action {
        "GetCallerIdentity" => identity(world, &call.caller),
        "AssumeRole" => assume::role(world, call)?,
        "AssumeRoleWithWebIdentity" => web::role(world, call)?,
        "GetSessionToken" => session::of_user(world, call)?,
        "GetFederationToken" => session::of_federated(world, call)?,
        "GetAccessKeyInfo" => key_info(world, call)?,
        "DecodeAuthorizationMessage" => return Err(undecodable(call)),
        _ => return Err(Fault::unknown_operation(call)),
    };
    Ok(super::reply::query(call, NAMESPACE, action, Some(result)))
}

/// What conditions may ask of any call.
pub(super) fn context_of(world: &World, call: &Call) -> Context {
    let session = call.access_key.as_deref().and_then(|key| world.sts.session(key));
    assume::of_call(world, call, session)
}

fn identity(world: &World, caller: &Caller) -> Xml {
    let mut xml = Xml::new();
    xml.text("Arn", &caller.arn)
        .text("UserId", &caller.user_id)
        .text("Account", &world.account);
    xml
}

/// Every key that is shaped like one is this account's: the sandbox knows no other.
fn key_info(world: &World, call: &Call) -> Result<Xml, Fault> {
    let mut ask = Ask::new(&call.form);
    ask.required("AccessKeyId", ask::ACCESS_KEY);
    ask.finish()?;
    let mut xml = Xml::new();
    xml.text("Account", &world.account);
    Ok(xml)
}

/// No refusal of the sandbox carries an encoded message, so none can be read.
fn undecodable(call: &Call) -> Fault {
    let mut ask = Ask::new(&call.form);
    ask.required("EncodedMessage", ask::MESSAGE);
    match ask.finish() {
        Ok(()) => Fault::new(
            StatusCode::BAD_REQUEST,
            "InvalidAuthorizationMessageException",
            "The message could not be decoded.",
        ),
        Err(fault) => fault,
    }
}

#[cfg(test)]
mod tests;
