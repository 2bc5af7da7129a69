//! Who may ask.
//!
//! Invariant: naming an account delegates, naming a role is limited by its boundary, and naming a user, a session or
//! everybody is not (IAM user guide, "Resource-based policies and implicit denies"): an `Allow` of one kind never passes
//! for one of another. A `Deny` reaches all of them.

use std::collections::BTreeSet;

use crate::policy_doc::document::{Effect, PrincipalClause, PrincipalEntry, PrincipalType, Sense, Statement, Who};
use crate::policy_doc::queries::is_account_id;

use super::Ruled;
use super::dimension::Dimension;
use super::marks::Marks;

/// Somebody, as far as clauses can tell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Somebody {
    /// Whoever the document is attached to.
    Attached,
    /// A user, a federated session, or a principal that is known by its name alone; in an account, if the name tells.
    Named { name: String, account: Option<String> },
    /// A session of a role; with its own name, if a clause has it.
    Session {
        role: String,
        name: Option<String>,
        account: String,
    },
    /// The root user.
    Root { account: String },
    /// Somebody else of an account.
    Member { account: String },
    /// By type and name: a service, a provider, a canonical id. No name stands for any other.
    Typed(PrincipalType, Option<String>),
    /// Anybody else.
    Stranger,
}

/// How strong an `Allow` must be for what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// An identity policy allows, too.
    Account,
    /// No identity policy allows; a boundary does.
    Limited,
    /// Nothing else allows.
    Direct,
}

/// Who asks, and what must be granted.
struct Asker {
    who: Somebody,
    need: Need,
    has_boundary: bool,
}

/// Everybody that clauses tell apart.
pub(super) fn principals(statements: &[Ruled<'_>]) -> Dimension {
    let mut everybody = BTreeSet::new();
    for one in statements {
        match &one.statement.principal {
            None => drop(everybody.insert(Somebody::Attached)),
            Some(clause) => {
                everybody.insert(Somebody::Stranger);
                clause.entries().iter().for_each(|entry| note(entry, &mut everybody));
            }
        }
    }
    let askers = everybody.into_iter().flat_map(askers);
    let atoms = askers.map(|asker| {
        let fits = Marks::of(statements.len(), |index| {
            statements.get(index).is_some_and(|one| fits(one.statement, &asker))
        });
        (fits, asker.who.label())
    });
    Dimension::new(statements.len(), atoms)
}

fn askers(who: Somebody) -> Vec<Asker> {
    let needs: &[Need] = match &who {
        Somebody::Named { account: Some(_), .. } | Somebody::Member { .. } => &[Need::Account, Need::Direct],
        Somebody::Session { .. } => &[Need::Account, Need::Limited, Need::Direct],
        _ => &[Need::Direct],
    };
    let with = |need: Need, has_boundary: bool| Asker {
        who: who.clone(),
        need,
        has_boundary,
    };
    needs
        .iter()
        .flat_map(|need| [with(*need, false), with(*need, true)])
        .collect()
}

/// Adds whom a name tells apart.
fn note(entry: &PrincipalEntry, everybody: &mut BTreeSet<Somebody>) {
    let name = entry.name.text.clone();
    match entry.kind {
        PrincipalType::Aws if name == "*" => {}
        PrincipalType::Aws => note_aws(name, everybody),
        kind => {
            everybody.insert(Somebody::Typed(kind, None));
            everybody.insert(Somebody::Typed(kind, Some(name)));
        }
    }
}

fn note_aws(name: String, everybody: &mut BTreeSet<Somebody>) {
    let Some((account, _)) = parts_of(&name) else {
        everybody.insert(Somebody::Named { name, account: None });
        return;
    };
    for other in [
        Somebody::Root {
            account: account.clone(),
        },
        Somebody::Member {
            account: account.clone(),
        },
    ] {
        everybody.insert(other);
    }
    if let Some(role) = role_of(&name) {
        let session = |name: Option<String>| Somebody::Session {
            role: role.clone(),
            name,
            account: account.clone(),
        };
        everybody.insert(session(None));
        if is_session(&name) {
            everybody.insert(session(Some(name)));
        }
    } else if root_account(&name).is_none() {
        let account = Some(account);
        everybody.insert(Somebody::Named { name, account });
    }
}

/// The partition and account that a name is of, `aws:111122223333`, and what follows it in an ARN.
fn parts_of(name: &str) -> Option<(String, &str)> {
    if is_account_id(name) {
        return Some((format!("aws:{name}"), ROOT));
    }
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    let [_, partition, _, _, account, resource] = parts.as_slice() else {
        return None;
    };
    is_account_id(account).then(|| (format!("{partition}:{account}"), *resource))
}

const ROOT: &str = "root";

/// The account that a name is all of.
fn root_account(name: &str) -> Option<String> {
    parts_of(name)
        .filter(|(_, resource)| *resource == ROOT)
        .map(|(account, _)| account)
}

fn is_session(name: &str) -> bool {
    name.contains(":assumed-role/")
}

/// `partition:account name`, without the role's path: names of roles are unique in an account.
fn role_of(name: &str) -> Option<String> {
    let (account, resource) = parts_of(name)?;
    let (kind, rest) = resource.split_once('/')?;
    let role = match kind {
        "role" => rest.rsplit('/').next()?,
        "assumed-role" => rest.split('/').next()?,
        _ => return None,
    };
    Some(format!("{account} {role}"))
}

fn fits(statement: &Statement, asker: &Asker) -> bool {
    let Some(clause) = &statement.principal else {
        return asker.who == Somebody::Attached;
    };
    if asker.who == Somebody::Attached {
        return false;
    }
    let strength = strength(clause, &asker.who);
    match (clause.sense, statement.effect) {
        (Sense::Only, Effect::Allow) => strength >= Some(asker.need),
        (Sense::Only, Effect::Deny) => strength.is_some(),
        (Sense::AllBut, Effect::Allow) => strength.is_none(),
        (Sense::AllBut, Effect::Deny) => asker.has_boundary || !is_spared(clause, &asker.who),
    }
}

/// How strongly a clause names somebody.
fn strength(clause: &PrincipalClause, who: &Somebody) -> Option<Need> {
    match &clause.who {
        Who::Everyone => Some(Need::Direct),
        Who::Named(entries) => entries.iter().filter_map(|entry| strength_of(entry, who)).max(),
    }
}

fn strength_of(entry: &PrincipalEntry, who: &Somebody) -> Option<Need> {
    let name = entry.name.text.as_str();
    if entry.kind != PrincipalType::Aws {
        let Somebody::Typed(kind, own) = who else { return None };
        let is_it = *kind == entry.kind && (name == "*" || own.as_deref() == Some(name));
        return is_it.then_some(Need::Direct);
    }
    if name == "*" {
        return Some(Need::Direct);
    }
    if let Some(account) = root_account(name) {
        return match who {
            Somebody::Root { account: own } => (*own == account).then_some(Need::Direct),
            _ => (who.account() == Some(account.as_str())).then_some(Need::Account),
        };
    }
    match who {
        Somebody::Named { name: own, .. } => (own == name).then_some(Need::Direct),
        Somebody::Session { name: own, .. } if is_session(name) => {
            (own.as_deref() == Some(name)).then_some(Need::Direct)
        }
        Somebody::Session { role, .. } => (role_of(name).as_ref() == Some(role)).then_some(Need::Limited),
        _ => None,
    }
}

/// Whether `NotPrincipal` with `Deny` names somebody in every form that AWS may look at (IAM user guide, "NotPrincipal").
fn is_spared(clause: &PrincipalClause, who: &Somebody) -> bool {
    let entries = match &clause.who {
        Who::Everyone => return true,
        Who::Named(entries) => entries,
    };
    let is_named = |need: Need| entries.iter().any(|entry| strength_of(entry, who) == Some(need));
    let is_everybody = entries
        .iter()
        .any(|entry| entry.kind == PrincipalType::Aws && entry.name.text == "*");
    is_everybody
        || match who {
            Somebody::Named { account: Some(_), .. } => is_named(Need::Direct) && is_named(Need::Account),
            Somebody::Session { name: None, .. } => is_named(Need::Limited) && is_named(Need::Account),
            Somebody::Session { .. } => [Need::Direct, Need::Limited, Need::Account].into_iter().all(is_named),
            _ => is_named(Need::Direct),
        }
}

impl Somebody {
    fn account(&self) -> Option<&str> {
        match self {
            Self::Named { account, .. } => account.as_deref(),
            Self::Session { account, .. } | Self::Root { account } | Self::Member { account } => Some(account),
            Self::Attached | Self::Typed(..) | Self::Stranger => None,
        }
    }

    fn label(&self) -> String {
        match self {
            Self::Attached => "whoever it is attached to".to_owned(),
            Self::Named { name, .. } => name.clone(),
            Self::Session { name: Some(name), .. } => name.clone(),
            Self::Session { role, account, .. } => {
                let name = role.split(' ').nth(1).unwrap_or_default();
                let partition = account.split(':').next().unwrap_or_default();
                format!("arn:{partition}:iam::{}:role/{name}", id_of(account))
            }
            Self::Root { account } => format!("the root user of {}", id_of(account)),
            Self::Member { account } => format!("account {}", id_of(account)),
            Self::Typed(_, Some(name)) => name.clone(),
            Self::Typed(kind, None) => format!("any other {}", kind.as_str()),
            Self::Stranger => "everyone".to_owned(),
        }
    }
}

fn id_of(account: &str) -> &str {
    account.split(':').nth(1).unwrap_or(account)
}
