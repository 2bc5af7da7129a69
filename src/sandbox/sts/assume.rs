//! Sessions of roles: who is let in, for how long, and what the session carries.

use http::StatusCode;

use super::ask::{
    Ask, EXTERNAL_ID, POLICY, POLICY_ARN, ROLE_ARN, SERIAL, SESSION_NAME, SOURCE_IDENTITY, TAG_KEY, TAG_VALUE,
    TOKEN_CODE, TRANSITIVE, invalid,
};
use super::session::{Session, Sort, credentials};
use crate::sandbox::condition::Context;
use crate::sandbox::iam::assume::{Assumable, Principal, check_session_policy};
use crate::sandbox::{Call, Fault, Standing, World, Xml};

/// Keys and values of session tags.
type Tags = Vec<(String, String)>;

pub(super) const LONGEST: i64 = 43_200;
/// A session that takes on a further role gets an hour at most, whatever the role allows.
const CHAINED: i64 = 3600;

pub(super) fn denied(message: String) -> Fault {
    Fault::new(StatusCode::FORBIDDEN, "AccessDenied", message)
}

fn parameter(message: &str) -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, "InvalidParameterValue", message)
}

/// What a session is bounded by and told by: policies and tags.
pub(super) struct Bounds<'a> {
    policy: Option<&'a str>,
    policy_arns: Vec<&'a str>,
    pub(super) tags: Vec<(String, String)>,
    transitive: Vec<&'a str>,
}

impl<'a> Bounds<'a> {
    pub(super) fn read(ask: &mut Ask<'a>) -> Self {
        let keys = ask.list("Tags", ".Key", TAG_KEY, 50);
        let values = ask.list("Tags", ".Value", TAG_VALUE, 50);
        let tags = keys.iter().zip(values);
        Self {
            policy: ask.text("Policy", POLICY),
            policy_arns: ask.list("PolicyArns", ".arn", POLICY_ARN, usize::MAX),
            tags: tags.map(|(key, value)| ((*key).to_owned(), value.to_owned())).collect(),
            transitive: ask.list("TransitiveTagKeys", "", TRANSITIVE, 50),
        }
    }

    /// How much of the packed form is used, in percent; nothing when nothing was given.
    pub(super) fn check(&self) -> Result<Option<usize>, Fault> {
        if let Some(policy) = self.policy {
            check_session_policy(policy)?;
        }
        // API reference, AssumeRole: up to ten managed session policies.
        if self.policy_arns.len() > 10 {
            return Err(invalid("The number of session policies must not exceed 10."));
        }
        for arn in &self.policy_arns {
            if !arn.starts_with("arn:aws") || !arn.contains(":policy/") {
                return Err(invalid(format!("{arn} is invalid")));
            }
        }
        for (nth, (key, _)) in self.tags.iter().enumerate() {
            let before = self.tags.iter().take(nth);
            if before.into_iter().any(|(other, _)| other.eq_ignore_ascii_case(key)) {
                return Err(parameter(
                    "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
                ));
            }
            if key.to_ascii_lowercase().starts_with("aws:") {
                return Err(parameter("Tag keys must not start with 'aws:'."));
            }
        }
        self.packed()
    }

    /// AWS packs policies and tags together into a form of its own; this is a likeness of its size.
    fn packed(&self) -> Result<Option<usize>, Fault> {
        let tags: usize = self.tags.iter().map(|(key, value)| key.len() + value.len() + 4).sum();
        let policies = self.policy.map_or(0, str::len) + self.policy_arns.iter().map(|arn| arn.len()).sum::<usize>();
        if tags + policies == 0 {
            return Ok(None);
        }
        if self.policy.map_or(0, str::len) + self.policy_arns.iter().map(|arn| arn.len()).sum::<usize>() > 2048 {
            return Err(too_large());
        }
        match (tags + policies).div_ceil(64).max(1) {
            percent if percent > 100 => Err(too_large()),
            percent => Ok(Some(percent)),
        }
    }

    /// Puts the session policies where those who judge its calls find them.
    pub(super) fn keep(&self, session: &mut Session) {
        session.policy = self.policy.map(str::to_owned);
        session.policy_arns = self.policy_arns.iter().map(|arn| (*arn).to_owned()).collect();
    }

    /// The tags that come along from the calling session and those of the request, and the keys of those that go on.
    fn joined(&self, caller: Option<&Session>) -> Result<(Tags, Vec<String>), Fault> {
        let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
        let asked = |key: &str| self.tags.iter().any(|(tag, _)| same(tag, key));
        if !self.transitive.iter().all(|key| asked(key)) {
            return Err(parameter(
                "The specified transitive tag key must be included in the requested tags.",
            ));
        }
        let mut keys: Vec<String> = caller.map(|session| session.transitive.clone()).unwrap_or_default();
        if keys.iter().any(|key| asked(key)) {
            return Err(parameter(
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key \
                 from the calling session.",
            ));
        }
        let inherited = caller.into_iter().flat_map(|session| &session.tags);
        let inherited = inherited.filter(|(tag, _)| keys.iter().any(|key| same(key, tag)));
        let tags = inherited.chain(&self.tags).cloned().collect();
        keys.extend(self.transitive.iter().map(|key| (*key).to_owned()));
        Ok((tags, keys))
    }
}

fn too_large() -> Fault {
    Fault::new(
        StatusCode::BAD_REQUEST,
        "PackedPolicyTooLarge",
        "Serialized token too large for session",
    )
}

pub(super) fn role(world: &mut World, call: &Call) -> Result<Xml, Fault> {
    let mut ask = Ask::new(&call.form);
    let arn = ask.required("RoleArn", ROLE_ARN);
    let name = ask.required("RoleSessionName", SESSION_NAME);
    let seconds = ask.number("DurationSeconds", "durationSeconds", 900, LONGEST)?;
    let external = ask.text("ExternalId", EXTERNAL_ID);
    let source = ask.text("SourceIdentity", SOURCE_IDENTITY);
    let factor = ask.text("SerialNumber", SERIAL);
    ask.text("TokenCode", TOKEN_CODE);
    let bounds = Bounds::read(&mut ask);
    ask.finish()?;
    check_arn(arn)?;
    let calling = call
        .access_key
        .as_deref()
        .and_then(|key| world.sts.session(key))
        .cloned();
    let (tags, transitive) = bounds.joined(calling.as_ref())?;
    let mut context = of_call(world, call, calling.as_ref());
    of_request(&mut context, name, &bounds);
    if let Some(external) = external {
        context.set("sts:ExternalId", external);
    }
    if let Some(source) = source {
        context.set("sts:SourceIdentity", source);
    }
    if factor.is_some() {
        context.set("aws:MultiFactorAuthPresent", "true");
    }
    let actions = [
        Some("sts:AssumeRole"),
        (!bounds.tags.is_empty()).then_some("sts:TagSession"),
        source.map(|_| "sts:SetSourceIdentity"),
    ];
    let role = let_in(world, call, arn, &context, actions.into_iter().flatten())?;
    let packed = bounds.check()?;
    let is_chained = call.caller.standing == Standing::Role;
    let seconds = duration(seconds, role.longest, is_chained)?;
    let mut session = session(world, &role, name, seconds);
    session.tags = tags;
    session.transitive = transitive;
    bounds.keep(&mut session);
    let inherited = calling.and_then(|session| session.source_identity);
    session.source_identity = inherited.or_else(|| source.map(str::to_owned));
    Ok(written(world, session, packed))
}

/// An ARN has six parts, of which partition, service and resource can't be empty.
pub(super) fn check_arn(arn: &str) -> Result<(), Fault> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", partition, service, _, _, resource]
            if !partition.is_empty() && !service.is_empty() && !resource.is_empty() =>
        {
            Ok(())
        }
        _ => Err(invalid(format!("{arn} is invalid"))),
    }
}

/// What conditions may ask of any call.
pub(super) fn of_call(world: &World, call: &Call, calling: Option<&Session>) -> Context {
    let mut context = Context::default();
    let id = call.caller.user_id.split(':').next().unwrap_or_default();
    let arn = world.iam.principal_arn(id).unwrap_or_else(|| call.caller.arn.clone());
    context
        .set("aws:PrincipalArn", arn)
        .set("aws:PrincipalAccount", &world.account)
        .set("aws:userid", &call.caller.user_id)
        .set("aws:CurrentTime", world.clock.now().seconds())
        .set("aws:EpochTime", world.clock.now().epoch().to_string())
        .set("aws:RequestedRegion", &call.region)
        .set("aws:SecureTransport", "true")
        .set("aws:SourceIp", "127.0.0.1")
        .set("aws:ViaAWSService", "false");
    let (sort, name) = match call.caller.standing {
        Standing::Role => ("AssumedRole", None),
        Standing::Federated => ("FederatedUser", None),
        Standing::Nobody => ("Anonymous", None),
        Standing::Administrator | Standing::User | Standing::Session => {
            ("User", call.caller.arn.rsplit('/').next().map(str::to_owned))
        }
    };
    context.set("aws:PrincipalType", sort).all("aws:username", name);
    if calling.is_some() {
        context.set("aws:MultiFactorAuthPresent", "false");
    }
    let own = world.iam.tags_of(id);
    for (key, value) in own.iter().chain(calling.into_iter().flat_map(|session| &session.tags)) {
        context.set(&format!("aws:PrincipalTag/{key}"), value);
    }
    context.all(
        "aws:SourceIdentity",
        calling.and_then(|session| session.source_identity.clone()),
    );
    context
}

/// What conditions may ask of a request for a role.
pub(super) fn of_request(context: &mut Context, session: &str, bounds: &Bounds<'_>) {
    context.set("sts:RoleSessionName", session);
    context.all("aws:TagKeys", bounds.tags.iter().map(|(key, _)| key.clone()));
    for (key, value) in &bounds.tags {
        context.set(&format!("aws:RequestTag/{key}"), value);
    }
    context.all(
        "sts:TransitiveTagKeys",
        bounds.transitive.iter().map(|key| (*key).to_owned()),
    );
}

/// The role, if its trust policy lets the caller do all of this. A role that isn't there is told in the same words.
fn let_in(
    world: &World,
    call: &Call,
    arn: &str,
    context: &Context,
    actions: impl IntoIterator<Item = &'static str>,
) -> Result<Assumable, Fault> {
    let refused = |action: &str| {
        let who = &call.caller.arn;
        denied(format!(
            "User: {who} is not authorized to perform: {action} on resource: {arn}"
        ))
    };
    let role = world.iam.assumable(arn).filter(|role| world.has_spread(role.visible));
    let role = role.ok_or_else(|| refused("sts:AssumeRole"))?;
    let id = call.caller.user_id.split(':').next().unwrap_or_default();
    let names = [
        id.to_owned(),
        call.caller.arn.clone(),
        format!("arn:aws:iam::{}:root", world.account),
        world.account.clone(),
    ];
    let principal = Principal::Aws(&names);
    match actions
        .into_iter()
        .find(|action| !role.lets(&principal, action, context))
    {
        Some(action) => Err(refused(action)),
        None => Ok(role),
    }
}

/// How long the session lasts, in seconds.
pub(super) fn duration(asked: Option<i64>, longest: i64, is_chained: bool) -> Result<i64, Fault> {
    match asked {
        Some(seconds) if is_chained && seconds > CHAINED => Err(invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        )),
        Some(seconds) if seconds > longest => Err(invalid(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )),
        Some(seconds) => Ok(seconds),
        None => Ok(CHAINED.min(longest)),
    }
}

/// The role's path is missing from the session's ARN.
pub(super) fn session(world: &World, role: &Assumable, name: &str, seconds: i64) -> Session {
    Session::new(
        format!("arn:aws:sts::{}:assumed-role/{}/{name}", world.account, role.name),
        format!("{}:{name}", role.id),
        world.clock.now().plus_seconds(seconds),
        Sort::Role,
    )
}

/// The session's credentials with all that the answer tells of it.
pub(super) fn written(world: &mut World, session: Session, packed: Option<usize>) -> Xml {
    let (id, arn, source) = (
        session.user_id.clone(),
        session.arn.clone(),
        session.source_identity.clone(),
    );
    let mut xml = credentials(world, session);
    xml.element("AssumedRoleUser", |xml| {
        xml.text("AssumedRoleId", id).text("Arn", arn);
    });
    xml.optional("PackedPolicySize", packed);
    xml.optional("SourceIdentity", source);
    xml
}
