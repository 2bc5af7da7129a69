//! P303: regions around actions of services that are in none.
//!
//! Invariant: only a condition on `aws:RequestedRegion` that shuts us-east-1 out is told, and only for services that answer
//! from there alone; what another statement of the document allows without it is not missed.

use super::holdings;
use super::{Thing, Written, told};
use crate::catalogue::ActionSet;
use crate::lint::Told;
use crate::policy_doc::{Condition, Document, Effect, Family, Statement, matches};
use crate::spec::finding::Finding;

/// Services whose requests carry us-east-1 as their region (IAM User Guide, "aws:RequestedRegion"; AWS Organizations User
/// Guide, "Deny access to AWS based on the requested AWS Region").
const GLOBAL: &[&str] = &[
    "account",
    "aws-portal",
    "artifact",
    "billing",
    "budgets",
    "ce",
    "cloudfront",
    "consolidatedbilling",
    "cur",
    "ecr-public",
    "freetier",
    "health",
    "iam",
    "invoicing",
    "organizations",
    "payments",
    "purchase-orders",
    "route53",
    "route53domains",
    "shield",
    "support",
    "tax",
    "trustedadvisor",
    "waf",
];

/// Actions of regional services that are about the account as a whole.
const GLOBAL_ACTIONS: &[&str] = &["s3:ListAllMyBuckets", "s3:GetAccountPublicAccessBlock"];

const HOME: &str = "us-east-1";

pub(super) fn check(things: &[Thing<'_>], partition: &str, told: &mut Vec<Told>) {
    if !matches!(partition, "aws" | "") {
        return;
    }
    let global = ActionSet::of_patterns(
        GLOBAL
            .iter()
            .map(|prefix| format!("{prefix}:*"))
            .collect::<Vec<_>>()
            .iter()
            .map(String::as_str),
    )
    .union(&ActionSet::of_patterns(GLOBAL_ACTIONS.iter().copied()));
    for thing in things {
        for written in &thing.documents {
            let found = written
                .document
                .statements
                .iter()
                .filter_map(|one| statement(written, one, &global));
            told.extend(found.map(|finding| Told {
                address: Some(thing.address.clone()),
                finding,
            }));
        }
    }
}

fn statement(written: &Written<'_>, statement: &Statement, global: &ActionSet) -> Option<Finding> {
    let guard = statement
        .conditions
        .iter()
        .find(|one| shuts_out(one, statement.effect))?;
    let is_lone = statement.effect == Effect::Allow || statement.conditions.len() == 1;
    let mut hit = holdings::actions(statement).intersection(global);
    if statement.effect == Effect::Allow {
        hit = hit.difference(&allowed_at_home(written.document));
    }
    if hit.is_empty() || !is_lone {
        return None;
    }
    let services = services(&hit);
    let shown = match services.as_slice() {
        [] => String::new(),
        few if few.len() <= 4 => few.join(", "),
        many => format!(
            "{} and {} more",
            many.iter().take(4).cloned().collect::<Vec<_>>().join(", "),
            many.len() - 4
        ),
    };
    let message = match statement.effect {
        Effect::Allow => format!("{shown} answer as {HOME}, which this region shuts out: never allowed"),
        Effect::Deny => format!("{shown} answer as {HOME}, which this region denies everywhere"),
    };
    let fix = match statement.effect {
        Effect::Allow => {
            "allow them in a statement of their own without the region, or with us-east-1 among the regions"
        }
        Effect::Deny => "except them with `NotAction`, or name us-east-1 among the regions",
    };
    Some(
        told(
            "P303",
            guard.key.at.0.or(statement.at.0).or(Some(written.span)),
            message,
        )
        .label("the region that is asked for")
        .help(fix),
    )
}

/// Whether an allowance never, or a denial always, applies to a request that carries us-east-1.
fn shuts_out(condition: &Condition, effect: Effect) -> bool {
    let is_region = condition.key.text.eq_ignore_ascii_case("aws:RequestedRegion");
    let names_home = condition
        .values
        .iter()
        .any(|value| value.text.contains("${") || matches(&value.text.to_ascii_lowercase(), HOME));
    let negated = condition.operator.test.is_negated();
    let applies = match effect {
        Effect::Allow => !negated && !names_home || negated && names_home,
        Effect::Deny => negated && !names_home,
    };
    is_region && condition.operator.test.family() == Family::Text && applies
}

/// What other statements allow to requests that carry us-east-1.
fn allowed_at_home(document: &Document) -> ActionSet {
    let allows = document.statements.iter().filter(|one| one.effect == Effect::Allow);
    let open = allows.filter(|one| {
        !one.conditions
            .iter()
            .any(|condition| shuts_out(condition, Effect::Allow))
    });
    open.fold(ActionSet::none(), |all, one| all.union(&holdings::actions(one)))
}

/// What is concerned: whole services by prefix, single actions by name.
fn services(hit: &ActionSet) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for action in hit.iter() {
        let full = action.full_name();
        let name = match GLOBAL_ACTIONS.contains(&full.as_str()) {
            true => full,
            false => action.service.to_owned(),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    // What people use most is told first.
    names.sort_by_key(|name| {
        !matches!(
            name.as_str(),
            "iam" | "route53" | "cloudfront" | "organizations" | "budgets"
        )
    });
    names
}
