//! Who called, in a few words.
//!
//! Invariant: a session is told with the role behind it and its own name, since the role is shared and the name is a
//! person's or a job's.

use serde_json::Value;

/// From an event's `userIdentity` (CloudTrail user guide, "CloudTrail userIdentity element"); `user` is what the lookup
/// itself calls the caller.
pub(super) fn of(record: &Value, user: &str) -> String {
    let who = record.get("userIdentity").unwrap_or(&Value::Null);
    let text = |name: &str| who.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let arn = text("arn").unwrap_or_default();
    let last = || arn.rsplit('/').next().filter(|name| !name.is_empty());
    let named = match text("type") {
        Some("Root") => Some("root".to_owned()),
        Some("IAMUser") => text("userName").or_else(last).map(|name| format!("user/{name}")),
        Some("AssumedRole" | "Role") => session(who, arn),
        Some("FederatedUser") => last().map(|name| format!("federated user {name}")),
        Some("IdentityCenterUser") => Some(format!("Identity Center user {user}")),
        Some("SAMLUser" | "WebIdentityUser") => text("userName").map(|name| format!("{name} (web or SAML identity)")),
        Some("AWSService") => text("invokedBy").map(str::to_owned),
        Some("AWSAccount") => text("accountId").map(|account| format!("account {account}")),
        _ => None,
    };
    let named = named.or_else(|| (!user.is_empty()).then(|| user.to_owned()));
    let named = named.unwrap_or_else(|| "somebody unknown".to_owned());
    match via(record, who) {
        Some(service) if !named.contains(service) => format!("{named} through {service}"),
        _ => named,
    }
}

/// `role/admin (erika)`, from the issuer and the session's ARN.
fn session(who: &Value, arn: &str) -> Option<String> {
    let issuer = who
        .pointer("/sessionContext/sessionIssuer/userName")
        .and_then(Value::as_str);
    let mut parts = arn.splitn(3, '/').skip(1);
    let (role, session) = (parts.next(), parts.next());
    let role = issuer.or(role)?;
    Some(match session {
        Some(session) => format!("role/{role} ({session})"),
        None => format!("role/{role}"),
    })
}

/// The service that called for somebody, such as CloudFormation.
fn via<'a>(record: &'a Value, who: &'a Value) -> Option<&'a str> {
    let invoked = who.get("invokedBy").and_then(Value::as_str);
    let from = record.get("sourceIPAddress").and_then(Value::as_str);
    invoked
        .or(from)
        .filter(|text| text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn"))
}
