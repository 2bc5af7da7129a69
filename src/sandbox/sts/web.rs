//! Sessions of roles for whoever shows a token of an OpenID Connect provider.
//!
//! Invariant: the token's claims are weighed, its signature is not: the sandbox can't ask the provider for its keys.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::Value;

use super::ask::{Ask, ROLE_ARN, SESSION_NAME, WEB_TOKEN};
use super::assume::{Bounds, LONGEST, check_arn, denied, duration, of_request, session, written};
use crate::sandbox::condition::Context;
use crate::sandbox::iam::assume::Principal;
use crate::sandbox::{Call, Fault, World, Xml};

fn bad_token(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, "InvalidIdentityToken", message)
}

/// The claims of a token.
struct Claims(Value);

impl Claims {
    fn read(token: &str) -> Result<Self, Fault> {
        let parts: Vec<&str> = token.split('.').collect();
        let claims = match parts.as_slice() {
            [_, claims, _] => URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok(),
            _ => None,
        };
        let claims = claims.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        claims.filter(Value::is_object).map(Self).ok_or_else(|| {
            bad_token("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
        })
    }

    fn required(&self, name: &str) -> Result<&str, Fault> {
        let text = self.0.get(name).and_then(Value::as_str);
        text.ok_or_else(|| bad_token(format!("Missing a required claim: {name}")))
    }

    fn audiences(&self) -> Vec<&str> {
        match self.0.get("aud") {
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(one)) => vec![one],
            Some(_) | None => Vec::new(),
        }
    }

    /// The claims as condition keys below the provider's address.
    fn tell(&self, context: &mut Context, provider: &str) {
        for (name, value) in self.0.as_object().into_iter().flatten() {
            let values = match value {
                Value::String(text) => vec![text.clone()],
                Value::Bool(_) | Value::Number(_) => vec![value.to_string()],
                Value::Array(all) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                Value::Null | Value::Object(_) => Vec::new(),
            };
            context.all(&format!("{provider}:{name}"), values);
        }
    }
}

pub(super) fn role(world: &mut World, call: &Call) -> Result<Xml, Fault> {
    let mut ask = Ask::new(&call.form);
    let arn = ask.required("RoleArn", ROLE_ARN);
    let name = ask.required("RoleSessionName", SESSION_NAME);
    let token = ask.required("WebIdentityToken", WEB_TOKEN);
    let seconds = ask.number("DurationSeconds", "durationSeconds", 900, LONGEST)?;
    let bounds = Bounds::read(&mut ask);
    ask.finish()?;
    check_arn(arn)?;
    let claims = Claims::read(token)?;
    let issuer = claims.required("iss")?;
    let url = issuer.strip_prefix("https://").unwrap_or(issuer).trim_end_matches('/');
    let known = world.iam.audiences(url);
    let (provider, audiences) =
        known.ok_or_else(|| bad_token(format!("No OpenIDConnect provider found in your account for {issuer}")))?;
    let subject = claims.required("sub")?.to_owned();
    let audience = audience(&claims, &audiences)?;
    check_end(world, &claims)?;
    let mut context = Context::default();
    context.set("aws:RequestedRegion", &call.region);
    claims.tell(&mut context, url);
    context.set(&format!("{url}:aud"), &audience);
    of_request(&mut context, name, &bounds);
    let role = world.iam.assumable(arn).filter(|role| world.has_spread(role.visible));
    let admits = |role: &_| {
        let role: &crate::sandbox::iam::assume::Assumable = role;
        role.lets(
            &Principal::Federated(&provider),
            "sts:AssumeRoleWithWebIdentity",
            &context,
        )
    };
    let refused = || denied("Not authorized to perform sts:AssumeRoleWithWebIdentity".to_owned());
    let role = role.filter(admits).ok_or_else(refused)?;
    let packed = bounds.check()?;
    let seconds = duration(seconds, role.longest, false)?;
    let mut session = session(world, &role, name, seconds);
    bounds.keep(&mut session);
    let mut xml = written(world, session, packed);
    xml.text("SubjectFromWebIdentityToken", subject)
        .text("Audience", audience)
        .text("Provider", provider);
    Ok(xml)
}

/// `azp` counts before `aud` when a token has it (IAM user guide, condition keys of OIDC federation).
fn audience(claims: &Claims, known: &[String]) -> Result<String, Fault> {
    let party = claims.0.get("azp").and_then(Value::as_str);
    let shown: Vec<&str> = match party {
        Some(party) => vec![party],
        None => claims.audiences(),
    };
    if shown.is_empty() {
        return Err(bad_token("Missing a required claim: aud"));
    }
    let found = shown.into_iter().find(|shown| known.iter().any(|known| known == shown));
    found
        .map(str::to_owned)
        .ok_or_else(|| bad_token("Incorrect token audience"))
}

fn check_end(world: &World, claims: &Claims) -> Result<(), Fault> {
    let end = claims.0.get("exp").and_then(Value::as_i64);
    let end = end.ok_or_else(|| bad_token("Missing a required claim: exp"))?;
    let now = world.clock.now().epoch();
    if end > now {
        return Ok(());
    }
    Err(Fault::new(
        StatusCode::BAD_REQUEST,
        "ExpiredTokenException",
        format!("Token expired: current date/time {now} must be before the expiration date/time {end}"),
    ))
}
