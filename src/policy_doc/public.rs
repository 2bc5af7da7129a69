//! Which statements open a resource to everybody.
//!
//! Invariant: a statement is only called restricted for a condition that AWS itself counts as a restriction: a positive
//! test of one of a few keys against fixed values (S3 user guide, "The meaning of public"). In doubt it is public.

use super::document::{Condition, Document, Effect, PrincipalClause, Statement};
use super::operator::{Quantifier, Test, WhenAbsent};

/// Keys whose fixed values make a statement not public.
const RESTRICTING: &[&str] = &[
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
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
];

/// AWS calls wider address ranges public (S3 user guide).
const WIDEST_IPV4: u8 = 8;
const WIDEST_IPV6: u8 = 32;

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
            .all(|value| is_fixed(operator.test, &value.text))
}

fn is_fixed(test: Test, value: &str) -> bool {
    match test {
        Test::IpAddress => is_narrow(value),
        Test::StringEquals | Test::StringEqualsIgnoreCase => !has_variable(value),
        Test::StringLike | Test::ArnEquals | Test::ArnLike => {
            !has_variable(value) && (!has_wildcard(value) || is_arn_of_one_account(value))
        }
        _ => false,
    }
}

fn has_variable(value: &str) -> bool {
    value.contains("${")
}

fn has_wildcard(value: &str) -> bool {
    value.contains(['*', '?'])
}

/// A wildcard before the account could move it to another field of the ARN.
fn is_arn_of_one_account(value: &str) -> bool {
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
