//! The form in which two documents of one meaning are equal.
//!
//! Invariant: documents with equal forms grant and deny the same. The reverse does not hold: wildcards are not expanded,
//! statements not merged or split, and where AWS's rule is not documented two texts count as different.

use std::collections::BTreeSet;

use super::document::{
    Clause, Condition, Document, Effect, PrincipalClause, PrincipalEntry, PrincipalType, Sense, Statement, Version,
    Who, Word,
};
use super::operator::{Family, Operator};
use super::policy::Policy;
use super::queries::is_account_id;

/// A document's meaning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Canonical {
    /// One that could be read.
    Known {
        /// The language version: 2008 switches variables off, so it is never equal to 2012.
        version: Version,
        /// `Id`, without meaning for permissions.
        id: Option<String>,
        /// Sorted; a statement that stands twice is there twice.
        statements: Vec<CanonicalStatement>,
    },
    /// One that could not be read: equal to the same text only, so never to a written policy.
    Unreadable(String),
}

/// A statement's meaning and its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CanonicalStatement {
    /// `Sid`, without meaning for permissions; an empty one is none.
    pub sid: Option<String>,
    /// All that has a meaning for permissions.
    pub body: Body,
}

/// What a statement does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Body {
    /// Allow or deny.
    pub effect: Effect,
    /// A missing clause never equals `*`.
    pub principal: Option<(Sense, BTreeSet<Member>)>,
    /// Lower case: actions have none.
    pub action: (Sense, BTreeSet<String>),
    /// As written: resources have case.
    pub resource: Option<(Sense, BTreeSet<String>)>,
    /// All must hold. Two entries of one operator and key are not one entry with the values of both.
    pub conditions: BTreeSet<(Operator, String, BTreeSet<String>)>,
}

/// One principal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Member {
    /// The bare `*` of `NotPrincipal`. Under `Principal` it is the same as `AWS: "*"`, and is written so.
    Everyone,
    /// A principal by type and name; accounts by their root ARN.
    Named(PrincipalType, String),
}

impl Canonical {
    /// A document's meaning where bare account ids are in `partition`.
    #[must_use]
    pub fn of(document: &Document, partition: &str) -> Self {
        let mut statements: Vec<_> = document
            .statements
            .iter()
            .map(|one| statement(one, partition))
            .collect();
        statements.sort();
        Self::Known {
            version: document.version,
            id: document.id.as_ref().map(|id| id.text.clone()),
            statements,
        }
    }
}

/// Whether two documents are the same: each is what AWS would hold for the other, names that one leaves out apart.
pub(super) fn same_documents(left: &Document, right: &Document) -> bool {
    let (left, right) = (Canonical::of(left, "aws"), Canonical::of(right, "aws"));
    same_forms(&left, &right) || same_forms(&right, &left)
}

/// Whether AWS already holds what is wanted.
///
/// As equality, but for an `Id` or a `Sid` that the wanted policy leaves out: AWS may hold any there.
#[must_use]
pub fn same(wanted: &Policy, live: &Policy) -> bool {
    same_forms(wanted.canonical(), live.canonical())
}

fn same_forms(wanted: &Canonical, live: &Canonical) -> bool {
    match (wanted, live) {
        (
            Canonical::Known {
                version,
                id,
                statements,
            },
            Canonical::Known {
                version: live_version,
                id: live_id,
                statements: live_statements,
            },
        ) => version == live_version && (id.is_none() || id == live_id) && same_statements(statements, live_statements),
        (wanted, live) => wanted == live,
    }
}

/// Named statements find their equals first; what is left must agree as multisets without names.
fn same_statements(wanted: &[CanonicalStatement], live: &[CanonicalStatement]) -> bool {
    let mut left: Vec<&CanonicalStatement> = live.iter().collect();
    for named in wanted.iter().filter(|statement| statement.sid.is_some()) {
        match left.iter().position(|candidate| *candidate == named) {
            Some(at) => drop(left.swap_remove(at)),
            None => return false,
        }
    }
    let mut wanted: Vec<&Body> = wanted
        .iter()
        .filter(|one| one.sid.is_none())
        .map(|one| &one.body)
        .collect();
    let mut left: Vec<&Body> = left.into_iter().map(|one| &one.body).collect();
    wanted.sort();
    left.sort();
    wanted == left
}

/// One statement's meaning.
pub(super) fn statement(statement: &Statement, partition: &str) -> CanonicalStatement {
    CanonicalStatement {
        sid: statement.sid.as_ref().map(|sid| sid.text.clone()),
        body: Body {
            effect: statement.effect,
            principal: statement.principal.as_ref().map(|clause| principal(clause, partition)),
            action: clause(&statement.action, action),
            resource: statement.resource.as_ref().map(|one| clause(one, str::to_owned)),
            conditions: statement.conditions.iter().map(condition).collect(),
        },
    }
}

fn clause(clause: &Clause, form: fn(&str) -> String) -> (Sense, BTreeSet<String>) {
    (clause.sense, clause.items.iter().map(|item| form(&item.text)).collect())
}

/// Actions and their prefixes have no case.
pub(super) fn action(text: &str) -> String {
    text.to_ascii_lowercase()
}

fn principal(clause: &PrincipalClause, partition: &str) -> (Sense, BTreeSet<Member>) {
    let members = match &clause.who {
        Who::Everyone => BTreeSet::from([everyone(clause.sense)]),
        Who::Named(entries) => entries.iter().map(|entry| member(entry, partition)).collect(),
    };
    (clause.sense, members)
}

/// The bare `*`, which is the same as `AWS: "*"` where it grants, but not where it exempts.
pub(super) fn everyone(sense: Sense) -> Member {
    match sense {
        Sense::Only => Member::Named(PrincipalType::Aws, "*".to_owned()),
        Sense::AllBut => Member::Everyone,
    }
}

/// One principal's form.
pub(super) fn member(PrincipalEntry { kind, name }: &PrincipalEntry, partition: &str) -> Member {
    let text = match kind {
        PrincipalType::Aws if is_account_id(&name.text) => format!("arn:{partition}:iam::{}:root", name.text),
        PrincipalType::Aws | PrincipalType::Service | PrincipalType::Federated | PrincipalType::CanonicalUser => {
            name.text.clone()
        }
    };
    Member::Named(*kind, text)
}

/// One condition's form.
pub(super) fn condition(condition: &Condition) -> (Operator, String, BTreeSet<String>) {
    let values = condition
        .values
        .iter()
        .map(|one| value(condition.operator, one))
        .collect();
    (condition.operator, key(&condition.key.text), values)
}

/// Condition keys have no case. What follows a slash is a tag's key or a provider's path, where the case of one may
/// tell it from another, so it is kept.
pub(super) fn key(text: &str) -> String {
    match text.split_once('/') {
        Some((name, rest)) => format!("{}/{rest}", name.to_ascii_lowercase()),
        None => text.to_ascii_lowercase(),
    }
}

/// One value's form: only booleans and numbers have several spellings.
pub(super) fn value(operator: Operator, word: &Word) -> String {
    let text = word.text.as_str();
    match operator.test.family() {
        Family::Boolean if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") => {
            text.to_ascii_lowercase()
        }
        Family::Number => number(text).unwrap_or_else(|| text.to_owned()),
        Family::Boolean
        | Family::Text
        | Family::Date
        | Family::Binary
        | Family::Address
        | Family::Arn
        | Family::Presence => text.to_owned(),
    }
}

/// A decimal number by its value, whatever its length: `1.50`, `15e-1` and `01.5` are one number.
fn number(text: &str) -> Option<String> {
    let (sign, unsigned) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_end_matches('0');
    let dropped = i64::try_from(digits.len() - significant.len()).ok()?;
    let scale = i64::from(exponent) - i64::try_from(fraction.len()).ok()? + dropped;
    let significant = significant.trim_start_matches('0');
    Some(match (significant.is_empty(), scale) {
        (true, _) => "0".to_owned(),
        (false, 0) => format!("{sign}{significant}"),
        (false, _) => format!("{sign}{significant}e{scale}"),
    })
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_agree_by_value_without_rounding() {
        for (left, right) in [
            ("1", "1.0"),
            ("10", "1e1"),
            ("0", "-0.00"),
            ("007", "7"),
            ("1.50", "15e-1"),
            ("-2", "-2."),
            ("100", "100.000"),
        ] {
            assert_eq!(number(left).unwrap(), number(right).unwrap(), "{left} {right}");
        }
        for (left, right) in [
            ("9007199254740992", "9007199254740993"),
            ("0.1", "0.10000000000000001"),
            ("1", "-1"),
            ("1", "10"),
            ("1e400", "1e401"),
        ] {
            assert_ne!(number(left).unwrap(), number(right).unwrap(), "{left} {right}");
        }
        for text in ["", ".", "-", "1e", "1e99999999999", "+1", " 1", "0x10", "1.2.3", "NaN"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
