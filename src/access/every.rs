//! Every action and every resource that a question means.
//!
//! Invariant: what holds for the cases that are answered holds for all that the question means: actions that no
//! statement tells apart and resources that no pattern tells apart are asked once. Where there are too many, the answer
//! is not known.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::ActionSet;
use crate::evaluate::{Answer, Context, Decision, Layers, Prepared, Principal, Request};
use crate::policy_doc::{Glob, Statement, cells};

/// A question to layers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) principal: &'a Principal,
    pub(super) actions: &'a [String],
    pub(super) resource: &'a str,
    pub(super) resource_account: Option<&'a str>,
    pub(super) context: &'a Context,
}

/// Steps of all patterns together before a question is given up.
const LIMIT: usize = 50_000;

/// An example of each decision that occurs: action, resource, answer.
pub(super) fn every(asking: &Asking<'_>, layers: &Layers<'_>) -> Vec<(String, String, Answer)> {
    let statements = statements(layers);
    let prepared = Prepared::new(layers);
    let mut found: BTreeMap<Decision, (String, String, Answer)> = BTreeMap::new();
    for action in actions(asking.actions, &statements) {
        let about: Vec<&Statement> = statements
            .iter()
            .filter(|one| one.action.covers_action(&action))
            .copied()
            .collect();
        let Some(witnesses) = witnesses(asking, &about) else {
            found
                .entry(Decision::Unknown)
                .or_insert_with(|| too_many(&action, asking.resource));
            continue;
        };
        for resource in witnesses {
            let answer = prepared.decide(&request(asking, &action, &resource));
            let is_better = found
                .get(&answer.decision)
                .is_none_or(|(_, _, known)| known.statement.is_none() && answer.statement.is_some());
            if is_better {
                found.insert(answer.decision, (action.clone(), resource, answer));
            }
        }
    }
    found.into_values().collect()
}

fn request(asking: &Asking<'_>, action: &str, resource: &str) -> Request {
    Request {
        principal: asking.principal.clone(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        resource_account: asking.resource_account.map(str::to_owned),
        context: asking.context.clone(),
    }
}

fn statements<'a>(layers: &Layers<'a>) -> Vec<&'a Statement> {
    let Layers {
        identity,
        boundary,
        session,
        resource,
        scps,
        rcps,
        endpoints,
        unread: _,
    } = layers;
    let optional = [boundary, session, endpoints].into_iter().flatten().flatten();
    let levels = scps.iter().chain(rcps).flatten();
    let all = identity.iter().chain(optional).chain(resource).chain(levels);
    all.flat_map(|named| &named.document.statements).collect()
}

/// One action of each sort that no statement tells apart, service by service.
fn actions(patterns: &[String], statements: &[&Statement]) -> Vec<String> {
    let mut sorts: BTreeMap<(String, Vec<bool>), String> = BTreeMap::new();
    let mut alone: BTreeSet<String> = BTreeSet::new();
    for pattern in patterns {
        if !pattern.contains(['*', '?']) {
            alone.insert(pattern.clone());
            continue;
        }
        for action in ActionSet::of_pattern(pattern).iter() {
            let name = action.full_name();
            // Rules of single actions are told apart by nothing in the documents.
            if matches!(action.service, "sts" | "iam" | "kms") {
                alone.insert(name);
                continue;
            }
            let told: Vec<bool> = statements.iter().map(|one| one.action.covers_action(&name)).collect();
            let service = match action.is_wildcard_only() {
                true => format!("{} on everything", action.service),
                false => action.service.to_owned(),
            };
            sorts.entry((service, told)).or_insert(name);
        }
    }
    alone.extend(sorts.into_values());
    alone.into_iter().collect()
}

/// A resource of each sort that no statement tells apart; `None` where there are too many.
fn witnesses(asking: &Asking<'_>, statements: &[&Statement]) -> Option<Vec<String>> {
    let clauses = statements.iter().filter_map(|one| one.resource.as_ref());
    let items = clauses.flat_map(|clause| &clause.items);
    let patterns: BTreeSet<Glob> = items.map(|item| Glob::arn(&filled(&item.text, asking))).collect();
    let patterns: Vec<Glob> = patterns.into_iter().collect();
    let universe = match asking.resource {
        "*" => Glob::text("*"),
        pattern => Glob::arn(pattern),
    };
    if universe.is_literal() {
        return Some(vec![asking.resource.to_owned()]);
    }
    let found = cells(&universe, &patterns, LIMIT).ok()?;
    Some(found.into_iter().map(|cell| cell.witness).collect())
}

/// With the values of variables that are known; the others may stand for anything.
fn filled(text: &str, asking: &Asking<'_>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, variable)) = rest.split_once("${") {
        filled.push_str(before);
        let Some((name, after)) = variable.split_once('}') else {
            filled.push_str("${");
            rest = variable;
            continue;
        };
        let key = name.split(',').next().unwrap_or(name).trim().to_ascii_lowercase();
        match (asking.context.get(&key), asking.principal) {
            (Some([value]), _) => filled.push_str(value),
            (None, Principal::User { name, .. }) if key == "aws:username" => filled.push_str(name),
            _ => filled.push('*'),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

fn too_many(action: &str, resource: &str) -> (String, String, Answer) {
    let answer = Answer {
        decision: Decision::Unknown,
        layer: None,
        policy: None,
        statement: None,
        because: "the patterns overlap in too many ways to be decided".to_owned(),
        missing: Vec::new(),
    };
    (action.to_owned(), resource.to_owned(), answer)
}
