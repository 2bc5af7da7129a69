//! How a principal clause names somebody.
//!
//! Invariant: an `Allow` never reaches further than AWS lets it; a `Deny` with `NotPrincipal` spares only who is named in
//! every form that AWS may look at.

use super::context::{Asked, Lookup};
use super::principal::{ArnParts, Principal, account_of_root, last_name};
use super::truth::Truth;
use crate::policy_doc::{Effect, PrincipalClause, PrincipalEntry, PrincipalType, Sense, Who, is_unique_id};

/// How a clause names somebody, by how far its allowing reaches (IAM user guide, "Resource-based policies and implicit
/// denies in other policy types").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Naming {
    /// The user, the session, the service, or everybody: no other policy has to allow, and none limits.
    pub direct: Truth,
    /// The role of a session, or the user of a federated session: a boundary and a session policy limit.
    pub limited: Truth,
    /// The account: an identity policy has to allow.
    pub account: Truth,
}

impl Naming {
    /// Not at all.
    pub const NOBODY: Self = Self {
        direct: Truth::False,
        limited: Truth::False,
        account: Truth::False,
    };
    const DIRECT: Self = Self::direct(Truth::True);

    const fn direct(direct: Truth) -> Self {
        Self { direct, ..Self::NOBODY }
    }

    const fn limited(limited: Truth) -> Self {
        Self {
            limited,
            ..Self::NOBODY
        }
    }

    const fn account(account: Truth) -> Self {
        Self {
            account,
            ..Self::NOBODY
        }
    }

    /// Whether it is named in any way.
    #[must_use]
    pub fn any(self) -> Truth {
        self.direct.or(self.limited).or(self.account)
    }

    /// Named by either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            direct: self.direct.or(other.direct),
            limited: self.limited.or(other.limited),
            account: self.account.or(other.account),
        }
    }

    /// Named, where a condition holds as well.
    #[must_use]
    pub fn and(self, truth: Truth) -> Self {
        Self {
            direct: self.direct.and(truth),
            limited: self.limited.and(truth),
            account: self.account.and(truth),
        }
    }
}

/// Whether the caller has a permissions boundary, which `NotPrincipal` with `Deny` never spares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Boundary {
    Attached,
    Unread,
    None,
}

/// How the clause of a statement names who asks.
pub(super) fn naming(clause: &PrincipalClause, effect: Effect, asked: &Asked<'_>, boundary: Boundary) -> Naming {
    match (clause.sense, effect) {
        (Sense::Only, _) => named(clause, asked),
        (Sense::AllBut, Effect::Allow) => Naming::direct(!named(clause, asked).any()),
        (Sense::AllBut, Effect::Deny) => {
            let has_boundary = match boundary {
                Boundary::Attached => Truth::True,
                Boundary::Unread => Truth::Unknown,
                Boundary::None => Truth::False,
            };
            let is_entity = Truth::from(asked.request.principal.is_iam_entity());
            Naming::direct(has_boundary.and(is_entity).or(!is_spared(clause, asked)))
        }
    }
}

fn named(clause: &PrincipalClause, asked: &Asked<'_>) -> Naming {
    match &clause.who {
        Who::Everyone => Naming::DIRECT,
        Who::Named(entries) => entries
            .iter()
            .map(|entry| of_entry(entry, asked))
            .fold(Naming::NOBODY, Naming::or),
    }
}

fn of_entry(entry: &PrincipalEntry, asked: &Asked<'_>) -> Naming {
    let name = entry.name.text.as_str();
    let principal = &asked.request.principal;
    match entry.kind {
        PrincipalType::Aws => of_aws(name, asked),
        PrincipalType::Service => match principal {
            Principal::Service { name: own } => Naming::direct((name == own || name == "*").into()),
            _ => Naming::NOBODY,
        },
        PrincipalType::Federated => match principal {
            Principal::Federated { provider } => Naming::direct((name == provider || name == "*").into()),
            _ => Naming::NOBODY,
        },
        // Which account has a canonical id is in no ARN and in no key.
        PrincipalType::CanonicalUser => match principal.account() {
            Some(_) => Naming::account(Truth::Unknown),
            None => Naming::NOBODY,
        },
    }
}

fn of_aws(name: &str, asked: &Asked<'_>) -> Naming {
    if name == "*" {
        return Naming::DIRECT;
    }
    if let Some((partition, account)) = account_of_root(name) {
        return of_account(partition, account, &asked.request.principal);
    }
    if is_unique_id(name) {
        return of_unique_id(name, asked);
    }
    match &asked.request.principal {
        Principal::User { arn, .. } => Naming::direct((name == arn).into()),
        Principal::Role { arn, .. } => Naming::limited((name == arn).into()),
        Principal::Session { arn, role_arn, .. } if name == arn || role_arn.as_deref() == Some(name) => {
            match name == arn {
                true => Naming::DIRECT,
                false => Naming::limited(Truth::True),
            }
        }
        Principal::Session {
            arn,
            account,
            role,
            role_arn: None,
        } => Naming::limited(is_role_of(name, arn, account, role).into()),
        Principal::FederatedUser { arn, .. } if name == arn => Naming::DIRECT,
        // Its name is the caller's choice, so the ARN does not tell whose session it is.
        Principal::FederatedUser { account, .. } => Naming::limited(match is_user_of(name, account) {
            true => Truth::Unknown,
            false => Truth::False,
        }),
        Principal::Session { .. }
        | Principal::Root { .. }
        | Principal::Federated { .. }
        | Principal::Service { .. }
        | Principal::Anonymous => Naming::NOBODY,
    }
}

fn of_account(partition: Option<&str>, account: &str, principal: &Principal) -> Naming {
    let is_own = principal.account() == Some(account) && partition.is_none_or(|partition| is_in(principal, partition));
    match principal {
        Principal::Root { .. } => Naming::direct(is_own.into()),
        _ => Naming::account(is_own.into()),
    }
}

fn is_in(principal: &Principal, partition: &str) -> bool {
    match principal {
        Principal::Root { partition: own, .. } => own == partition,
        Principal::User { arn, .. }
        | Principal::Role { arn, .. }
        | Principal::Session { arn, .. }
        | Principal::FederatedUser { arn, .. } => ArnParts::of(arn).is_some_and(|parts| parts.partition == partition),
        Principal::Federated { .. } | Principal::Service { .. } | Principal::Anonymous => false,
    }
}

/// AWS shows a principal that was deleted by its unique id; one that lives has it in `aws:userid`.
fn of_unique_id(id: &str, asked: &Asked<'_>) -> Naming {
    let Lookup::Values([user_id]) = asked.lookup("aws:userid") else {
        return Naming::NOBODY;
    };
    let is_own = user_id.split(':').next() == Some(id);
    match &asked.request.principal {
        Principal::User { .. } => Naming::direct(is_own.into()),
        Principal::Session { .. } | Principal::Role { .. } => Naming::limited(is_own.into()),
        _ => Naming::NOBODY,
    }
}

/// Names of roles are unique in an account, so the path, which a session's ARN does not have, tells nothing more.
fn is_role_of(name: &str, session: &str, account: &str, role: &str) -> bool {
    let (Some(named), Some(own)) = (ArnParts::of(name), ArnParts::of(session)) else {
        return false;
    };
    named.service == "iam"
        && named.partition == own.partition
        && named.account == account
        && named
            .resource
            .strip_prefix("role/")
            .is_some_and(|path| last_name(path) == role)
}

fn is_user_of(name: &str, account: &str) -> bool {
    ArnParts::of(name)
        .is_some_and(|parts| parts.service == "iam" && parts.account == account && parts.resource.starts_with("user/"))
}

/// Whether `NotPrincipal` with `Deny` names somebody in every form: "you must also specify the account ARN", and for a
/// role's session AWS may look at the account, then the role, then the session (IAM user guide, "NotPrincipal").
fn is_spared(clause: &PrincipalClause, asked: &Asked<'_>) -> Truth {
    let entries = match &clause.who {
        Who::Everyone => return Truth::True,
        Who::Named(entries) => entries,
    };
    let is_named = |how: fn(Naming) -> Truth| Truth::any(entries.iter().map(|entry| how(of_entry(entry, asked))));
    let (direct, limited, account) = (
        is_named(|naming| naming.direct),
        is_named(|naming| naming.limited),
        is_named(|naming| naming.account),
    );
    let is_everyone = entries
        .iter()
        .any(|entry| entry.kind == PrincipalType::Aws && entry.name.text == "*");
    let forms = match &asked.request.principal {
        Principal::User { .. } | Principal::FederatedUser { .. } => direct.and(account),
        Principal::Role { .. } => limited.and(account),
        Principal::Session { .. } => direct.and(limited).and(account),
        Principal::Root { .. } | Principal::Service { .. } | Principal::Federated { .. } => direct,
        Principal::Anonymous => Truth::False,
    };
    forms.or(is_everyone.into())
}
