//! P113, P207, P208 and P213: whom a document lets in.
//!
//! Invariant: everybody is recognised as in [`crate::policy_doc`], so that a guard of a plan and a finding agree.

use super::judge::{Judge, Judged};
use crate::catalogue;
use crate::policy_doc::{At, Condition, Effect, Flavour, PrincipalClause, PrincipalEntry, PrincipalType, Sense, Who};
use crate::spec::finding::Severity;

/// Services that assume roles for their own account alone and send no source.
const OWN_ACCOUNT: [&str; 3] = ["lambda", "edgelambda", "ec2"];

/// Keys that tie a call of a service to an account.
const SOURCES: [&str; 5] = [
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
];

pub(super) fn statement(judge: &mut Judge<'_>, judged: &Judged<'_>) {
    let Some(clause) = &judged.statement.principal else {
        return;
    };
    for entry in clause.entries() {
        form(judge, entry);
    }
    if judged.statement.effect == Effect::Deny || judge.flavour() == Flavour::Endpoint {
        return;
    }
    everybody(judge, judged, clause);
    if clause.sense == Sense::AllBut {
        return;
    }
    services(judge, judged, clause);
    if judge.flavour() == Flavour::Trust {
        accounts(judge, judged, clause);
        federated(judge, judged, clause);
    }
}

/// What AWS refuses as "Invalid principal in policy" (`MalformedPolicyDocument`, `MalformedPolicy`).
fn form(judge: &mut Judge<'_>, PrincipalEntry { kind, name }: &PrincipalEntry) {
    let text = name.text.as_str();
    let has_wildcard = text.contains(['*', '?']);
    match kind {
        PrincipalType::Aws if has_wildcard && text != "*" => {
            let message = format!("the principal `{text}` has a wildcard");
            let label = "name each one, or the account with a condition on `aws:PrincipalArn`";
            judge.tell("P113", name.at, message, label);
        }
        PrincipalType::Service if has_wildcard && text != "*" => {
            let message = format!("the service principal `{text}` has a wildcard");
            judge.tell("P113", name.at, message, "name each service");
        }
        PrincipalType::Service if text != "*" && !catalogue::is_service_principal(text) => {
            let message = format!("no service is known to act as `{text}`");
            let label = match text.strip_suffix(".amazonaws.com").and_then(catalogue::meant_prefix) {
                Some(meant) => format!("did you mean `{meant}.amazonaws.com`?"),
                None => "AWS refuses a service that there is not".to_owned(),
            };
            judge.tell_as(Severity::Warning, "P113", name.at, message, label);
        }
        PrincipalType::Aws | PrincipalType::Service | PrincipalType::Federated | PrincipalType::CanonicalUser => {}
    }
}

fn everybody(judge: &mut Judge<'_>, judged: &Judged<'_>, clause: &PrincipalClause) {
    if !judged.statement.is_public() {
        return;
    }
    let conditions: String = judged.statement.conditions.iter().map(Condition::brief).collect();
    let at = place_of_everybody(clause);
    match judge.flavour() {
        Flavour::Trust => {
            let message = format!("everybody can assume this role{conditions}");
            judge.tell("P213", at, message, "name who may");
        }
        _ => {
            let message = format!("everybody is let in{conditions}");
            let label = "name who may, or add a condition on an organisation, account or network";
            judge.tell("P207", at, message, label);
        }
    }
}

fn place_of_everybody(clause: &PrincipalClause) -> At {
    match &clause.who {
        Who::Everyone => clause.at,
        Who::Named(entries) => {
            let wide = entries.iter().find(|entry| entry.name.text.contains('*'));
            wide.map_or(clause.at, |entry| entry.name.at)
        }
    }
}

fn services(judge: &mut Judge<'_>, judged: &Judged<'_>, clause: &PrincipalClause) {
    if judged.has_key(|key| SOURCES.contains(&key)) {
        return;
    }
    for entry in clause
        .entries()
        .iter()
        .filter(|entry| entry.kind == PrincipalType::Service)
    {
        let name = entry.name.text.as_str();
        let service = name.split('.').next().unwrap_or(name);
        if judge.flavour() == Flavour::Trust && OWN_ACCOUNT.contains(&service) {
            continue;
        }
        let message = format!("`{name}` is let in on behalf of any account");
        let label = "add a condition on `aws:SourceAccount` or `aws:SourceArn`";
        judge.tell("P208", entry.name.at, message, label);
    }
}

/// Other accounts that need no external id.
fn accounts(judge: &mut Judge<'_>, judged: &Judged<'_>, clause: &PrincipalClause) {
    let Some(home) = judge.cx.account else { return };
    let narrowing = ["sts:externalid", "aws:principalorgid", "aws:principalorgpaths"];
    if judged.has_key(|key| narrowing.contains(&key)) {
        return;
    }
    for entry in clause.entries().iter().filter(|entry| entry.kind == PrincipalType::Aws) {
        let Some(account) = account_of(&entry.name.text) else {
            continue;
        };
        if account == home || judge.cx.accounts.contains(account) {
            continue;
        }
        let message = format!("account {account} can assume this role without an external id");
        let label = "add `sts:ExternalId`, or declare the account as your own: `lint: { accounts: [\"…\"] }`";
        judge.tell("P213", entry.name.at, message, label);
    }
}

fn account_of(principal: &str) -> Option<&str> {
    let account = match principal.starts_with("arn:") {
        true => principal.split(':').nth(4)?,
        false => principal,
    };
    let is_number = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(account)
}

/// A provider of web identities speaks for everybody whom it knows.
fn federated(judge: &mut Judge<'_>, judged: &Judged<'_>, clause: &PrincipalClause) {
    let is_web = |text: &str| {
        text.contains(":oidc-provider/")
            || [
                "accounts.google.com",
                "www.amazon.com",
                "graph.facebook.com",
                "cognito-identity.amazonaws.com",
            ]
            .contains(&text)
    };
    let of_web = clause
        .entries()
        .iter()
        .filter(|entry| entry.kind == PrincipalType::Federated);
    for entry in of_web.filter(|entry| is_web(&entry.name.text)) {
        let name = entry.name.text.as_str();
        let host = name.split_once(":oidc-provider/").map_or(name, |(_, host)| host);
        // The audience of Cognito is one pool of identities.
        let claims = match host.starts_with("cognito-identity.") {
            true => [":aud", ":sub", ":sub"],
            false => [":sub", ":amr", ":user_id"],
        };
        if !claims.iter().any(|claim| narrows(judged, claim)) {
            let message = format!("everybody whom `{host}` knows can assume this role");
            judge.tell(
                "P213",
                entry.name.at,
                message,
                format!("add a condition on `{host}{}`", claims[0]),
            );
        } else if !judged.has_key(|key| key.ends_with(":aud") || key.ends_with(":app_id")) {
            let message = format!("tokens of `{host}` for any audience are taken");
            judge.tell_as(
                Severity::Info,
                "P213",
                entry.name.at,
                message,
                format!("add a condition on `{host}:aud`"),
            );
        }
    }
}

/// Whether a claim is tested against something that is not everything.
fn narrows(judged: &Judged<'_>, claim: &str) -> bool {
    let mut conditions = judged.statement.conditions.iter();
    conditions.any(|condition| {
        let is_it = condition.key.text.to_ascii_lowercase().ends_with(claim);
        let is_wide = |text: &str| text.bytes().all(|byte| matches!(byte, b'*' | b':' | b'/')) || text == "repo:*";
        is_it && !condition.values.is_empty() && !condition.values.iter().any(|value| is_wide(&value.text))
    })
}
