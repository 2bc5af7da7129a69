//! P302: what is said twice.
//!
//! Invariant: without what is told here, the document means the same. Of two that are alike, the later one is told.

use super::{Thing, Written, cover, told};
use crate::lint::Told;
use crate::policy_doc::{Clause, Glob, Sense, Statement, Word};
use crate::spec::finding::Finding;
use crate::spec::source::Span;

pub(super) fn check(things: &[Thing<'_>], told: &mut Vec<Told>) {
    for thing in things {
        for written in &thing.documents {
            let found = document(written).into_iter().map(|finding| Told {
                address: Some(thing.address.clone()),
                finding,
            });
            told.extend(found);
        }
    }
}

fn document(written: &Written<'_>) -> Vec<Finding> {
    let statements = &written.document.statements;
    let mut findings = Vec::new();
    for (number, statement) in statements.iter().enumerate() {
        let others: Vec<(usize, &Statement)> = statements.iter().enumerate().filter(|(other, _)| *other != number).collect();
        match elsewhere(number, statement, &others, written.span) {
            Some(finding) if is_whole(number, statement, &others) => {
                findings.push(finding);
                continue;
            }
            found => findings.extend(found),
        }
        findings.extend(in_clause(&statement.action, "action", Glob::action));
        findings.extend(statement.resource.iter().flat_map(|clause| in_clause(clause, "resource", Glob::arn)));
    }
    findings
}

/// Items of a list that another item of it holds.
fn in_clause(clause: &Clause, what: &str, read: fn(&str) -> Glob) -> Vec<Finding> {
    let globs: Vec<Glob> = clause.items.iter().map(|word| read(&word.text)).collect();
    let mut findings = Vec::new();
    for (number, (word, glob)) in clause.items.iter().zip(&globs).enumerate() {
        let holder = globs.iter().zip(&clause.items).enumerate().find(|(other, (wide, _))| {
            *other != number && (glob != *wide || *other < number) && glob.within(wide)
        });
        if let Some((_, (wide, other))) = holder {
            let message = match glob == wide {
                true => format!("the {what} `{}` stands twice", word.text),
                false => format!("the {what} `{}` is in `{}` already", word.text, other.text),
            };
            findings.push(with_other(told("P302", word.at.0, message), other.at.0));
        }
    }
    findings
}

fn with_other(finding: Finding, other: Option<Span>) -> Finding {
    let finding = finding.label("take this away");
    match other {
        Some(span) => finding.related(span, "said here"),
        None => finding,
    }
}

/// The actions of a statement that other statements hold for the same resources and circumstances.
fn elsewhere(number: usize, statement: &Statement, others: &[(usize, &Statement)], span: Span) -> Option<Finding> {
    let mut held: Vec<(&Word, &Statement)> = Vec::new();
    for word in items(statement) {
        let holder = others.iter().find(|(other, wide)| holds(*other, wide, number, statement, word));
        held.extend(holder.map(|(_, wide)| (word, *wide)));
    }
    let (first, wide) = held.first()?;
    let names: Vec<String> = held.iter().map(|(word, _)| format!("`{}`", word.text)).collect();
    let message = match held.len() == statement.action.items.len() {
        true => format!("{} says nothing that another statement does not say", name(statement)),
        false => format!("another statement says {} already", names.join(", ")),
    };
    let place = match held.len() == statement.action.items.len() {
        true => statement.effect_at.0.or(statement.at.0),
        false => first.at.0,
    };
    Some(with_other(told("P302", place.or(Some(span)), message), wide.effect_at.0.or(wide.at.0)))
}

fn is_whole(number: usize, statement: &Statement, others: &[(usize, &Statement)]) -> bool {
    let mut words = items(statement).peekable();
    words.peek().is_some() && words.all(|word| others.iter().any(|(other, wide)| holds(*other, wide, number, statement, word)))
}

/// Of `NotAction` nothing is told: taking an item away allows more.
fn items(statement: &Statement) -> impl Iterator<Item = &Word> {
    let clause = &statement.action;
    clause.items.iter().filter(|_| clause.sense == Sense::Only)
}

fn name(statement: &Statement) -> String {
    let sid = statement.sid.as_ref();
    sid.map_or("this statement".to_owned(), |sid| format!("the statement `{}`", sid.text))
}

/// Whether a statement says a word of another one, and is not itself the later of two that say it alike.
fn holds(other: usize, wide: &Statement, number: usize, narrow: &Statement, word: &Word) -> bool {
    let around = |wide: &Statement, narrow: &Statement| {
        wide.effect == narrow.effect
            && wide.principal == narrow.principal
            && cover::resources(wide.resource.as_ref(), narrow.resource.as_ref())
            && cover::conditions(wide, narrow)
    };
    if !around(wide, narrow) || !cover::action(&wide.action, word) {
        return false;
    }
    let alike = |item: &Word| item.text.eq_ignore_ascii_case(&word.text);
    let is_mutual = wide.action.sense == Sense::Only && wide.action.items.iter().any(alike) && around(narrow, wide);
    !is_mutual || other < number
}
