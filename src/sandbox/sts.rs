//! STS of the simulated account: who the caller is, and sessions of roles.
//!
//! Invariant: a session's key acts as the session of its role and nobody else's. Whether a caller may assume a role is
//! decided by the role's trust policy alone, conditions aside.

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::iam::key;
use super::{Call, Caller, Fault, Moment, Reply, Stored, Table, World, Xml};

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// A session that was given out.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    arn: String,
    user_id: String,
    expires: Moment,
}

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
    #[must_use]
    pub fn caller(&self, key: &str) -> Option<Caller> {
        let session = self.sessions.get(&key.to_owned())?;
        Some(Caller {
            arn: session.arn.clone(),
            user_id: session.user_id.clone(),
            user_name: None,
        })
    }

    /// Whether a temporary key was good once and is no more.
    pub(super) fn is_expired(&self, key: &str, now: Moment) -> bool {
        self.sessions
            .get(&key.to_owned())
            .is_some_and(|session| session.expires <= now)
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
    let action = call.operation.as_deref().unwrap_or_default();
    let result = match action {
        "GetCallerIdentity" => identity(world, &call.caller),
        "AssumeRole" => assume_role(world, call)?,
        "GetSessionToken" => session_token(world, call)?,
        "GetAccessKeyInfo" => {
            let mut xml = Xml::new();
            xml.text("Account", &world.account);
            xml
        }
        _ => return Err(Fault::unknown_operation(call)),
    };
    Ok(super::reply::query(call, NAMESPACE, action, Some(result)))
}

fn identity(world: &World, caller: &Caller) -> Xml {
    let mut xml = Xml::new();
    xml.text("Arn", &caller.arn)
        .text("UserId", &caller.user_id)
        .text("Account", &world.account);
    xml
}

fn invalid(message: String) -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, "ValidationError", message)
}

fn required<'a>(call: &'a Call, name: &str, spelled: &str) -> Result<&'a str, Fault> {
    call.form.get(name).filter(|value| !value.is_empty()).ok_or_else(|| {
        invalid(format!(
            "1 validation error detected: Value null at '{spelled}' failed to satisfy constraint: Member must not be null"
        ))
    })
}

/// How long the session shall last, in seconds.
fn duration(call: &Call, default: i64, most: i64) -> Result<i64, Fault> {
    let Some(text) = call.form.get("DurationSeconds") else {
        return Ok(default.min(most));
    };
    let seconds = text.parse::<i64>().ok().filter(|seconds| *seconds >= 900);
    let seconds = seconds.ok_or_else(|| {
        invalid(format!(
            "1 validation error detected: Value '{text}' at 'durationSeconds' failed to satisfy constraint: Member must \
             have value greater than or equal to 900"
        ))
    })?;
    if seconds > most {
        return Err(invalid(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.".to_owned(),
        ));
    }
    Ok(seconds)
}

fn assume_role(world: &mut World, call: &Call) -> Result<Xml, Fault> {
    let role_arn = required(call, "RoleArn", "roleArn")?;
    let session = required(call, "RoleSessionName", "roleSessionName")?;
    let plain = session
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte));
    if !plain || !(2..=64).contains(&session.len()) {
        return Err(invalid(format!(
            "1 validation error detected: Value '{session}' at 'roleSessionName' failed to satisfy constraint: Member \
             must satisfy regular expression pattern: [\\w+=,.@-]*"
        )));
    }
    let root = format!("arn:aws:iam::{}:root", world.account);
    let caller_id = call.caller.user_id.split(':').next().unwrap_or_default();
    let principals = [root.as_str(), caller_id, call.caller.arn.as_str()];
    let Some((role_id, role_name, longest)) = world.iam.role_for_session(role_arn, &principals) else {
        let who = &call.caller.arn;
        let message = format!("User: {who} is not authorized to perform: sts:AssumeRole on resource: {role_arn}");
        return Err(Fault::new(StatusCode::FORBIDDEN, "AccessDenied", message));
    };
    // A session that takes on a further role gets an hour at most, whatever the role allows.
    let chained = call.caller.arn.contains(":assumed-role/");
    let most = if chained { 3600 } else { i64::from(longest) };
    let seconds = duration(call, 3600, most)?;
    let kept = Session {
        // The role's path is missing from the session's ARN.
        arn: format!("arn:aws:sts::{}:assumed-role/{role_name}/{session}", world.account),
        user_id: format!("{role_id}:{session}"),
        expires: world.clock.now().plus_seconds(seconds),
    };
    let mut xml = credentials(world, kept.clone());
    xml.element("AssumedRoleUser", |xml| {
        xml.text("AssumedRoleId", &kept.user_id).text("Arn", &kept.arn);
    });
    Ok(xml)
}

fn session_token(world: &mut World, call: &Call) -> Result<Xml, Fault> {
    let seconds = duration(call, 43200, 129_600)?;
    let Caller {
        arn,
        user_id,
        user_name: _,
    } = call.caller.clone();
    let expires = world.clock.now().plus_seconds(seconds);
    Ok(credentials(world, Session { arn, user_id, expires }))
}

/// A new temporary key for the session.
fn credentials(world: &mut World, session: Session) -> Xml {
    let (id, secret) = key::draw(world, "ASIA");
    let token = world.ids.secret(200);
    let mut xml = Xml::new();
    xml.element("Credentials", |xml| {
        xml.text("AccessKeyId", &id)
            .text("SecretAccessKey", secret)
            .text("SessionToken", token)
            .text("Expiration", session.expires.seconds());
    });
    world.sts.sessions.insert(id, session);
    xml
}
