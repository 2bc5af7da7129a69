//! Sessions: what is kept of them, and those that users take for themselves or for others.

use serde::{Deserialize, Serialize};

use super::ask::{Ask, FEDERATED_NAME, SERIAL, TOKEN_CODE, invalid};
use super::assume::Bounds;
use crate::sandbox::iam::key;
use crate::sandbox::{Call, Caller, Fault, Moment, Standing, World, Xml};

/// How all session tokens of AWS begin.
const TOKEN_START: &str = "IQoJb3JpZ2luX2VjE";

/// A session that was given out.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    pub(super) arn: String,
    /// The unique id of its principal, with `:SESSION` for a role, or `ACCOUNT:NAME` of a federated user.
    pub(super) user_id: String,
    pub(super) expires: Moment,
    #[serde(default)]
    pub(super) sort: Sort,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Vec<(String, String)>,
    /// The keys of tags that go on to sessions which this one takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) transitive: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) source_identity: Option<String>,
    /// Who took it out, where that tells whose policies count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    taken_by: Option<String>,
    /// The session policy that was given as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) policy: Option<String>,
    /// The managed policies that bound it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) policy_arns: Vec<String>,
}

/// Whose session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) enum Sort {
    #[default]
    Role,
    User,
    /// A user's, with a second factor.
    UserWithFactor,
    Federated,
}

impl Session {
    /// A session without a key yet.
    pub(super) fn new(arn: String, user_id: String, expires: Moment, sort: Sort) -> Self {
        Self {
            arn,
            user_id,
            expires,
            sort,
            secret: None,
            token: None,
            tags: Vec::new(),
            transitive: Vec::new(),
            source_identity: None,
            taken_by: None,
            policy: None,
            policy_arns: Vec::new(),
        }
    }

    /// The ARN of the user who took out a federated session.
    pub(in crate::sandbox) fn federated_by(&self) -> Option<String> {
        self.taken_by.clone()
    }

    /// What limits it beside the policies of its principal: a text, and managed policies by ARN; `None` where nothing does.
    pub(in crate::sandbox) fn limits(&self) -> Option<(Option<&str>, &[String])> {
        let is_limited = self.policy.is_some() || !self.policy_arns.is_empty() || self.sort == Sort::Federated;
        is_limited.then_some((self.policy.as_deref(), self.policy_arns.as_slice()))
    }

    /// The unique id of the principal.
    fn principal(&self) -> &str {
        self.user_id.split(':').next().unwrap_or_default()
    }

    /// Who calls with the session's key; nobody any more once its principal is gone.
    pub(in crate::sandbox) fn caller(&self, world: &World) -> Option<Caller> {
        let (arn, standing) = match self.sort {
            Sort::Role => (self.arn.clone(), Standing::Role),
            Sort::Federated => (self.arn.clone(), Standing::Federated),
            Sort::User => (world.iam.principal_arn(self.principal())?, Standing::Session),
            Sort::UserWithFactor => (world.iam.principal_arn(self.principal())?, Standing::User),
        };
        if self.sort == Sort::Role {
            world.iam.principal_arn(self.principal())?;
        }
        Some(Caller {
            arn,
            user_id: self.user_id.clone(),
            user_name: None,
            standing,
        })
    }

    /// Whether the session is over.
    pub(in crate::sandbox) fn is_over(&self, now: Moment) -> bool {
        self.expires <= now
    }

    /// What its requests are signed with.
    pub(in crate::sandbox) fn secret(&self) -> Option<&str> {
        self.secret.as_deref()
    }

    /// What its requests have to carry.
    pub(in crate::sandbox) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }
}

/// A new temporary key for the session.
pub(super) fn credentials(world: &mut World, mut session: Session) -> Xml {
    let (id, secret) = key::draw(world, "ASIA");
    let token = format!("{TOKEN_START}{}", world.ids.secret(340));
    let mut xml = Xml::new();
    xml.element("Credentials", |xml| {
        xml.text("AccessKeyId", &id)
            .text("SecretAccessKey", &secret)
            .text("SessionToken", &token)
            .text("Expiration", session.expires.seconds());
    });
    session.secret = Some(secret);
    session.token = Some(token);
    world.sts.sessions.insert(id, session);
    xml
}

/// From a quarter of an hour to a day and a half (service model, `durationSecondsType`).
const LONGEST: i64 = 129_600;
const USUAL: i64 = 43_200;

pub(super) fn of_user(world: &mut World, call: &Call) -> Result<Xml, Fault> {
    let mut ask = Ask::new(&call.form);
    let seconds = ask.number("DurationSeconds", "durationSeconds", 900, LONGEST)?;
    let factor = (ask.text("SerialNumber", SERIAL), ask.text("TokenCode", TOKEN_CODE));
    ask.finish()?;
    let sort = match factor {
        (None, None) => Sort::User,
        // The sandbox can't tell a right code from a wrong one.
        (Some(_), Some(_)) => Sort::UserWithFactor,
        _ => return Err(invalid("SerialNumber and TokenCode must be specified together.")),
    };
    let expires = world.clock.now().plus_seconds(seconds.unwrap_or(USUAL));
    let caller = &call.caller;
    let session = Session::new(caller.arn.clone(), caller.user_id.clone(), expires, sort);
    Ok(credentials(world, session))
}

pub(super) fn of_federated(world: &mut World, call: &Call) -> Result<Xml, Fault> {
    let mut ask = Ask::new(&call.form);
    let name = ask.required("Name", FEDERATED_NAME);
    let seconds = ask.number("DurationSeconds", "durationSeconds", 900, LONGEST)?;
    let bounds = Bounds::read(&mut ask);
    ask.finish()?;
    if call.caller.standing == Standing::Role {
        return Err(super::assume::denied(
            "Cannot call GetFederationToken with session credentials".to_owned(),
        ));
    }
    let packed = bounds.check()?;
    let expires = world.clock.now().plus_seconds(seconds.unwrap_or(USUAL));
    let (arn, id) = (
        format!("arn:aws:sts::{}:federated-user/{name}", world.account),
        format!("{}:{name}", world.account),
    );
    let mut session = Session::new(arn.clone(), id.clone(), expires, Sort::Federated);
    bounds.keep(&mut session);
    session.taken_by = Some(call.caller.arn.clone());
    session.tags = bounds.tags;
    let mut xml = credentials(world, session);
    xml.element("FederatedUser", |xml| {
        xml.text("FederatedUserId", id).text("Arn", arn);
    });
    xml.text("PackedPolicySize", packed.unwrap_or(0));
    Ok(xml)
}
