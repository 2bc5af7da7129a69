//! Which statements open a resource to everybody.
//!
//! Invariant: a statement is only called restricted for a condition that AWS itself counts as a restriction: a positive
//! test of one of a few keys against fixed values (S3 user guide, "The meaning of public"). In doubt it is public.

use std::collections::BTreeSet;

use super::document::{Clause, Condition, Document, Effect, PrincipalClause, Sense, Statement};
use super::operator::{Quantifier, Test, WhenAbsent};
use super::policy::Policy;

/// Keys whose fixed values make a statement not public.
const RESTRICTING: &[&str] = &[
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    ORGANISATION_PATHS,
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

/// Its values begin with the organisation's id.
const ORGANISATION_PATHS: &str = "aws:principalorgpaths";

/// AWS calls wider address ranges public (S3 user guide).
const WIDEST_IPV4: u8 = 8;
const WIDEST_IPV6: u8 = 32;

/// What a statement lets everybody do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The statement's name, where it has one.
    pub sid: Option<String>,
    /// Its place among the statements, from 0.
    pub index: usize,
    /// Actions as they are written, each once and sorted; "everything but …" for `NotAction`.
    pub actions: Vec<String>,
    /// Resources likewise; none in a trust policy.
    pub resources: Vec<String>,
    /// What narrows it, though not enough: a narrowing that goes is an opening of its own.
    pub conditions: String,
}

impl Opened {
    /// Each action on each resource: "s3:GetObject on arn:aws:s3:::status/*", or "sts:AssumeRole" where there is none.
    #[must_use]
    pub fn phrases(&self) -> BTreeSet<String> {
        if self.resources.is_empty() {
            return self
                .actions
                .iter()
                .map(|action| format!("{action}{}", self.conditions))
                .collect();
        }
        let on = |action: &String| {
            let each = self.resources.iter();
            each.map(|resource| format!("{action} on {resource}{}", self.conditions))
                .collect::<Vec<_>>()
        };
        self.actions.iter().flat_map(on).collect()
    }
}

impl Document {
    /// The statements that allow everybody something, without a restricting condition.
    #[must_use]
    pub fn public_statements(&self) -> Vec<&Statement> {
        self.statements
            .iter()
            .filter(|statement| statement.is_public())
            .collect()
    }
}

impl Policy {
    /// What each statement opens to everybody; nothing is known of an unreadable document.
    #[must_use]
    pub fn opened(&self) -> Vec<Opened> {
        let statements = self.document().map(|document| document.statements.as_slice());
        let numbered = statements.unwrap_or_default().iter().enumerate();
        numbered
            .filter(|(_, statement)| statement.is_public())
            .map(|(index, statement)| Opened {
                sid: statement.sid.as_ref().map(|sid| sid.text.clone()),
                index,
                actions: items(&statement.action),
                resources: statement.resource.as_ref().map(items).unwrap_or_default(),
                conditions: statement.conditions.iter().map(Condition::brief).collect(),
            })
            .collect()
    }
}

impl Condition {
    /// " if StringEquals aws:SourceVpc vpc-1".
    #[must_use]
    pub fn brief(&self) -> String {
        let values: Vec<&str> = self.values.iter().map(|value| value.text.as_str()).collect();
        format!(" if {} {} {}", self.spelled, self.key, values.join(", "))
    }
}

fn items(clause: &Clause) -> Vec<String> {
    let texts: BTreeSet<&str> = clause.items.iter().map(|item| item.text.as_str()).collect();
    let texts: Vec<&str> = texts.into_iter().collect();
    match clause.sense {
        Sense::Only => texts.into_iter().map(str::to_owned).collect(),
        Sense::AllBut => vec![format!("everything but {}", texts.join(", "))],
    }
}

impl Statement {
    /// Whether it allows everybody something, without a restricting condition.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.effect == Effect::Allow
            && self.principal.as_ref().is_some_and(PrincipalClause::includes_everyone)
            && !self.conditions.iter().any(restricts)
    }
}

fn restricts(condition: &Condition) -> bool {
    let operator = condition.operator;
    let key = condition.key.text.to_ascii_lowercase();
    let is_strict = operator.quantifier != Quantifier::AllValues && operator.when_absent == WhenAbsent::Tested;
    is_strict
        && RESTRICTING.contains(&key.as_str())
        && !condition.values.is_empty()
        && condition
            .values
            .iter()
            .all(|value| is_fixed(operator.test, &key, &value.text))
}

fn is_fixed(test: Test, key: &str, value: &str) -> bool {
    match test {
        Test::IpAddress => is_narrow(value),
        Test::StringEquals | Test::StringEqualsIgnoreCase => !has_variable(value),
        Test::StringLike | Test::ArnEquals | Test::ArnLike => {
            let is_bound = is_arn_of_one_account(value) || (key == ORGANISATION_PATHS && is_in_one_organisation(value));
            !has_variable(value) && (!has_wildcard(value) || is_bound)
        }
        _ => false,
    }
}

fn is_in_one_organisation(path: &str) -> bool {
    let organisation = path.split_once('/').map(|(organisation, _)| organisation);
    organisation.is_some_and(|id| id.starts_with("o-") && !has_wildcard(id))
}

fn has_variable(value: &str) -> bool {
    value.contains("${")
}

pub(super) fn has_wildcard(value: &str) -> bool {
    value.contains(['*', '?'])
}

/// A wildcard before the account could move it to another field of the ARN.
pub(super) fn is_arn_of_one_account(value: &str) -> bool {
    let mut fields = value.split(':');
    let before_is_plain = fields.by_ref().take(4).all(|field| !has_wildcard(field));
    before_is_plain && fields.next().is_some_and(super::queries::is_account_id)
}

fn is_narrow(value: &str) -> bool {
    let (address, length) = value
        .split_once('/')
        .map_or((value, None), |(address, length)| (address, Some(length)));
    let (widest, longest) = match address.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(_)) => (WIDEST_IPV4, 32),
        Ok(std::net::IpAddr::V6(_)) => (WIDEST_IPV6, 128),
        Err(_) => return false,
    };
    match length.map(str::parse::<u8>) {
        None => true,
        Some(Ok(length)) => (widest..=longest).contains(&length),
        Some(Err(_)) => false,
    }
}
