//! P302: what is said twice.
//!
//! Invariant: without what is told here, the document means the same. Of two that are alike, the later one is told.

use std::collections::BTreeMap;

use super::cover::{self, Pattern, Patterns};
use super::{Thing, Written, told};
use crate::lint::Told;
use crate::policy_doc::{Clause, Sense, Statement, Word};
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
        let wider: Vec<Wider<'_>> = wider(number, statement, statements);
        let held: Vec<(&Word, &Statement)> = items(statement)
            .filter_map(|word| Some((word, wider.iter().find(|one| one.says(word))?.statement)))
            .collect();
        let is_whole = !held.is_empty() && held.len() == statement.action.items.len();
        if let Some((first, other)) = held.first() {
            let finding = match is_whole {
                true => told(
                    "P302",
                    place(statement, written),
                    format!("{} says nothing that is not said elsewhere", name(statement)),
                ),
                false => {
                    let names: Vec<String> = held.iter().map(|(word, _)| format!("`{}`", word.text)).collect();
                    told(
                        "P302",
                        first.at.0.or(Some(written.span)),
                        format!("another statement says {} already", names.join(", ")),
                    )
                }
            };
            findings.push(with_other(finding, other.effect_at.0.or(other.at.0)));
        }
        if !is_whole {
            findings.extend(in_clause(&statement.action, "action", Pattern::action));
            let resources = statement.resource.iter();
            findings.extend(resources.flat_map(|clause| in_clause(clause, "resource", Pattern::resource)));
        }
    }
    findings
}

fn place(statement: &Statement, written: &Written<'_>) -> Option<Span> {
    statement.effect_at.0.or(statement.at.0).or(Some(written.span))
}

/// Items of a list that another item of it holds.
fn in_clause(clause: &Clause, what: &str, read: fn(&str) -> Pattern) -> Vec<Finding> {
    let patterns: Vec<Pattern> = clause.items.iter().map(|word| read(&word.text)).collect();
    let wild: Vec<(&Pattern, &Word)> = patterns
        .iter()
        .zip(&clause.items)
        .filter(|(one, _)| one.is_wild())
        .collect();
    let mut seen: BTreeMap<&str, &Word> = BTreeMap::new();
    let mut findings = Vec::new();
    for (word, pattern) in clause.items.iter().zip(&patterns) {
        if let Some(first) = seen.get(pattern.text()) {
            let message = format!("the {what} `{}` stands twice", word.text);
            findings.push(with_other(told("P302", word.at.0, message), first.at.0));
            continue;
        }
        seen.insert(pattern.text(), word);
        if let Some((_, wide)) = wild.iter().find(|(wide, _)| !pattern.is(wide) && pattern.within(wide)) {
            let message = format!("the {what} `{}` is in `{}` already", word.text, wide.text);
            findings.push(with_other(told("P302", word.at.0, message), wide.at.0));
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

/// A statement that speaks of at least the same resources and circumstances.
struct Wider<'s> {
    statement: &'s Statement,
    /// Whether the two speak of the same, and the other one comes later: then what both say is told there.
    is_later_twin: bool,
    actions: Patterns,
}

impl Wider<'_> {
    fn says(&self, word: &Word) -> bool {
        let pattern = Pattern::action(&word.text);
        match self.statement.action.sense {
            Sense::Only => !(self.is_later_twin && self.actions.name(&pattern)) && self.actions.hold(&pattern),
            Sense::AllBut => !self.actions.meet_action(&pattern),
        }
    }
}

fn wider<'s>(number: usize, statement: &Statement, statements: &'s [Statement]) -> Vec<Wider<'s>> {
    let others = statements.iter().enumerate().filter(|(other, _)| *other != number);
    others
        .filter(|(_, wide)| is_around(wide, statement))
        .map(|(other, wide)| Wider {
            statement: wide,
            actions: Patterns::of(wide.action.items.iter().map(|word| Pattern::action(&word.text))),
            is_later_twin: other > number && is_around(statement, wide),
        })
        .collect()
}

fn is_around(wide: &Statement, narrow: &Statement) -> bool {
    wide.effect == narrow.effect
        && wide.principal == narrow.principal
        && cover::conditions(wide, narrow)
        && cover::resources(wide.resource.as_ref(), narrow.resource.as_ref())
}

/// Of `NotAction` nothing is told: taking an item away allows more.
fn items(statement: &Statement) -> impl Iterator<Item = &Word> {
    let clause = &statement.action;
    clause.items.iter().filter(|_| clause.sense == Sense::Only)
}

fn name(statement: &Statement) -> String {
    let sid = statement.sid.as_ref();
    sid.map_or("this statement".to_owned(), |sid| {
        format!("the statement `{}`", sid.text)
    })
}
