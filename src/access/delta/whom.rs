//! Whom the statements of a resource's policy are about.
//!
//! Invariant: a clause that may be about somebody is said to be; a `*` is everybody, and never one more name of each.

use std::collections::BTreeSet;

use crate::policy_doc::{Effect, PrincipalClause, PrincipalType, Sense, Statement, Who as Named};

use super::scene::Scene;
use super::{Sort, Who};

/// How a clause names a user or role of this account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// Not at all.
    Nobody,
    /// By its own name.
    Itself,
    /// With all of its account: its own policies decide.
    Account,
    /// With everybody.
    Everybody,
}

/// How a clause names a user or role of this account.
pub(super) fn names(clause: Option<&PrincipalClause>, arn: &str, scene: &Scene<'_>) -> Names {
    let Some(clause) = clause else { return Names::Nobody };
    let found = match &clause.who {
        Named::Everyone => Names::Everybody,
        Named::Named(entries) => {
            let aws = entries.iter().filter(|entry| entry.kind == PrincipalType::Aws);
            let texts: Vec<&str> = aws.map(|entry| entry.name.text.as_str()).collect();
            let account = |text: &&str| *text == scene.account || **text == root(scene);
            match () {
                () if texts.contains(&"*") => Names::Everybody,
                () if texts.iter().any(|text| is_it(text, arn)) => Names::Itself,
                () if texts.iter().any(account) => Names::Account,
                () => Names::Nobody,
            }
        }
    };
    match (clause.sense, found) {
        (Sense::Only, found) => found,
        // Everybody but those that are named.
        (Sense::AllBut, Names::Itself | Names::Everybody) => Names::Nobody,
        (Sense::AllBut, Names::Account | Names::Nobody) => Names::Everybody,
    }
}

fn root(scene: &Scene<'_>) -> String {
    format!("arn:{}:iam::{}:root", scene.partition, scene.account)
}

/// The principal itself, or a session of it.
fn is_it(text: &str, arn: &str) -> bool {
    text == arn || session_of(text).is_some_and(|(account, role)| is_role(arn, account, role))
}

/// Account and role of `arn:aws:sts::1:assumed-role/ci/session`.
fn session_of(text: &str) -> Option<(&str, &str)> {
    let mut parts = text.splitn(6, ':');
    let account = parts.nth(4)?;
    let rest = parts.next()?.strip_prefix("assumed-role/")?;
    Some((account, rest.split('/').next()?))
}

fn is_role(arn: &str, account: &str, name: &str) -> bool {
    let mut parts = arn.splitn(6, ':');
    let own_account = parts.nth(4);
    let resource = parts.next().unwrap_or_default();
    own_account == Some(account) && resource.starts_with("role/") && resource.rsplit('/').next() == Some(name)
}

/// Everybody whom the statements of a policy give something, but for the users and roles that the scene holds.
pub(super) fn strangers<'a>(statements: impl Iterator<Item = &'a Statement>, scene: &Scene<'_>) -> BTreeSet<Who> {
    let mut found = BTreeSet::new();
    for statement in statements.filter(|statement| statement.effect == Effect::Allow) {
        let Some(clause) = &statement.principal else { continue };
        match (&clause.who, clause.sense) {
            (Named::Everyone, Sense::Only) | (Named::Named(_), Sense::AllBut) => {
                found.insert(anyone());
            }
            (Named::Everyone, Sense::AllBut) => {}
            (Named::Named(entries), Sense::Only) => {
                let each = entries
                    .iter()
                    .filter_map(|entry| stranger(entry.kind, &entry.name.text, scene));
                found.extend(each);
            }
        }
    }
    found
}

/// Everybody.
pub(super) fn anyone() -> Who {
    Who {
        sort: Sort::Anyone,
        id: "*".to_owned(),
        shown: "anyone".to_owned(),
    }
}

fn stranger(kind: PrincipalType, name: &str, scene: &Scene<'_>) -> Option<Who> {
    let who = |sort: Sort, id: &str, shown: String| {
        Some(Who {
            sort,
            id: id.to_owned(),
            shown,
        })
    };
    match kind {
        PrincipalType::Service => who(Sort::Service, name, name.to_owned()),
        PrincipalType::CanonicalUser => who(Sort::Canonical, name, format!("canonical user {name}")),
        PrincipalType::Federated => {
            let provider = name.rsplit_once("-provider/").map_or(name, |(_, provider)| provider);
            who(Sort::Federated, name, format!("whoever {provider} vouches for"))
        }
        PrincipalType::Aws if name == "*" => Some(anyone()),
        PrincipalType::Aws => {
            let is_held = scene.holders.keys().any(|arn| is_it(name, arn));
            let account = name.split(':').nth(4).unwrap_or(name);
            let is_whole = name == account || name.ends_with(":root");
            let resource = name.splitn(6, ':').nth(5).unwrap_or(name);
            match (account == scene.account, is_whole) {
                _ if is_held => None,
                (true, true) => who(Sort::Local, name, "all of this account".to_owned()),
                (true, false) => who(Sort::Local, name, resource.to_owned()),
                (false, true) => who(Sort::Account, account, format!("account {account}")),
                (false, false) => who(Sort::Elsewhere, name, name.to_owned()),
            }
        }
    }
}

/// Whether a statement's clause is about a stranger, as far as the clause tells.
pub(super) fn is_about(statement: &Statement, who: &Who, scene: &Scene<'_>) -> bool {
    let Some(clause) = &statement.principal else {
        return false;
    };
    let is_named = match &clause.who {
        Named::Everyone => true,
        Named::Named(entries) => {
            let mut each = entries
                .iter()
                .filter_map(|entry| stranger(entry.kind, &entry.name.text, scene));
            each.any(|one| one == *who || (one.sort == Sort::Anyone && statement.effect == Effect::Deny))
        }
    };
    match (clause.sense, statement.effect, &clause.who) {
        // What is given to everybody is told of everybody, once.
        (Sense::Only, Effect::Allow, Named::Everyone) => who.sort == Sort::Anyone,
        (Sense::Only, ..) => is_named,
        (Sense::AllBut, Effect::Allow, _) => who.sort == Sort::Anyone,
        (Sense::AllBut, Effect::Deny, _) => !is_named,
    }
}
