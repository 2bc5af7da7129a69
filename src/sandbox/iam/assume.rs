//! What STS asks of IAM: which roles let whom in, and what is known of principals and identity providers.
//!
//! Invariant: nothing is changed here. A trust policy is read with its conditions; a `Deny` that applies wins.

use serde_json::Value;

use super::super::condition::{self, Context};
use super::super::{Due, Fault};
use super::State;
use super::document::{Place, parse, statements, texts};

/// A role as STS sees it.
#[derive(Debug, Clone)]
pub(in crate::sandbox) struct Assumable {
    pub(in crate::sandbox) id: String,
    pub(in crate::sandbox) name: String,
    /// The longest session, in seconds.
    pub(in crate::sandbox) longest: i64,
    /// When STS knows the role.
    pub(in crate::sandbox) visible: Option<Due>,
    trust: Value,
}

/// Whom a trust policy is asked about.
pub(in crate::sandbox) enum Principal<'a> {
    /// A principal of AWS by all the names that policies may call it.
    Aws(&'a [String]),
    /// An identity provider by its ARN.
    Federated(&'a str),
}

impl Assumable {
    /// Whether the trust policy lets the principal do this, such as `sts:AssumeRole`.
    pub(in crate::sandbox) fn lets(&self, principal: &Principal<'_>, action: &str, context: &Context) -> bool {
        let listed = self.trust.as_object().and_then(statements).unwrap_or_default();
        let of = |effect: &str| {
            listed.iter().any(|statement| {
                statement.get("Effect").and_then(Value::as_str) == Some(effect)
                    && names_action(statement, action)
                    && names_principal(statement.get("Principal"), principal)
                    && condition::holds(statement.get("Condition"), context)
            })
        };
        of("Allow") && !of("Deny")
    }
}

fn names_action(statement: &Value, action: &str) -> bool {
    let covered = |member: &str| {
        let listed = statement.get(member).and_then(texts)?;
        let is = |pattern: &&str| condition::covers(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase());
        Some(listed.iter().any(is))
    };
    covered("Action").unwrap_or(false) || covered("NotAction").is_some_and(|covered| !covered)
}

fn names_principal(listed: Option<&Value>, principal: &Principal<'_>) -> bool {
    let of = |kind: &str| match listed {
        Some(Value::String(text)) => vec![text.as_str()],
        Some(Value::Object(kinds)) => kinds.get(kind).and_then(texts).unwrap_or_default(),
        Some(_) | None => Vec::new(),
    };
    match principal {
        Principal::Aws(names) => {
            let listed = of("AWS");
            listed
                .iter()
                .any(|name| *name == "*" || names.iter().any(|known| known == name))
        }
        Principal::Federated(arn) => of("Federated").iter().any(|name| name == arn),
    }
}

impl State {
    /// The role with this ARN; path and case must be exact.
    pub(in crate::sandbox) fn assumable(&self, arn: &str) -> Option<Assumable> {
        let role = self.role_of(arn)?;
        Some(Assumable {
            id: role.id.clone(),
            name: role.name.as_str().to_owned(),
            longest: i64::from(role.max_session_seconds),
            visible: role.visible,
            trust: role.trust.clone(),
        })
    }

    /// The tags of the user or role with this unique id.
    pub(in crate::sandbox) fn tags_of(&self, id: &str) -> Vec<(String, String)> {
        let user = self.users.values().find(|user| user.id == id).map(|user| &user.tags);
        let role = || self.roles.values().find(|role| role.id == id).map(|role| &role.tags);
        let tags = user.or_else(role).into_iter().flatten();
        tags.map(|tag| {
            let (key, value) = tag.pair();
            (key.to_owned(), value.to_owned())
        })
        .collect()
    }

    /// The ARN and the audiences of the OpenID Connect provider with this address, without its scheme.
    pub(in crate::sandbox) fn audiences(&self, url: &str) -> Option<(String, Vec<String>)> {
        let provider = self.providers.get(&url.to_owned())?;
        Some(provider.audiences(&self.account))
    }
}

/// Refuses what can't be the policy of a session (`MalformedPolicyDocument`).
pub(in crate::sandbox) fn check_session_policy(text: &str) -> Result<(), Fault> {
    parse(text, Place::Inline).map(drop)
}
