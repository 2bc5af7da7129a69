//! What differs between two forms of one statement.
//!
//! Invariant: an element whose canonical forms differ always gives a part, even if no single item is new or gone.

use std::collections::BTreeSet;

use super::{Element, PartChange};
use crate::policy_doc::canonical::{self, Member};
use crate::policy_doc::document::{
    Clause, Condition, Document, PrincipalClause, PrincipalType, Sense, Statement, Who, Word,
};
use crate::policy_doc::operator::Operator;

/// One item in two forms: as it is compared and as it is shown.
type Item<F> = (F, String);

pub(super) fn of_documents(before: &Document, after: &Document) -> Vec<PartChange> {
    let version = single(
        Element::Version,
        Some(before.version.as_str()),
        Some(after.version.as_str()),
    );
    let id = named(Element::Id, before.id.as_ref(), after.id.as_ref());
    version.into_iter().chain(id).collect()
}

pub(super) fn of_statements(before: &Statement, after: &Statement, partition: &str) -> Vec<PartChange> {
    let mut parts = Vec::new();
    parts.extend(named(Element::Sid, before.sid.as_ref(), after.sid.as_ref()));
    parts.extend(single(
        Element::Effect,
        Some(before.effect.as_str()),
        Some(after.effect.as_str()),
    ));
    parts.extend(principals(
        before.principal.as_ref(),
        after.principal.as_ref(),
        partition,
    ));
    parts.extend(clauses(
        Element::Action,
        canonical::action,
        Some(&before.action),
        Some(&after.action),
    ));
    parts.extend(clauses(
        Element::Resource,
        str::to_owned,
        before.resource.as_ref(),
        after.resource.as_ref(),
    ));
    parts.extend(conditions(&before.conditions, &after.conditions));
    parts
}

/// A name that the later text leaves out is no difference: AWS may hold any.
fn named(element: Element, before: Option<&Word>, after: Option<&Word>) -> Option<PartChange> {
    let after = after?;
    single(element, before.map(|word| word.text.as_str()), Some(&after.text))
}

fn single(element: Element, before: Option<&str>, after: Option<&str>) -> Option<PartChange> {
    let owned = |text: Option<&str>| text.map(str::to_owned).into_iter().collect();
    (before != after).then(|| PartChange {
        element,
        removed: owned(before),
        added: owned(after),
    })
}

fn clauses(
    element: fn(Sense) -> Element,
    form: fn(&str) -> String,
    before: Option<&Clause>,
    after: Option<&Clause>,
) -> Vec<PartChange> {
    let items = |clause: Option<&Clause>, sense: Sense| {
        let clause = clause.filter(|clause| clause.sense == sense)?;
        Some(
            clause
                .items
                .iter()
                .map(|word| (form(&word.text), word.text.clone()))
                .collect(),
        )
    };
    let part = |sense| items_change(element(sense), items(before, sense), items(after, sense));
    [Sense::Only, Sense::AllBut].into_iter().filter_map(part).collect()
}

/// `None` stands for an element that is not there, which is not the same as an empty one.
fn items_change<F: Ord>(
    element: Element,
    before: Option<Vec<Item<F>>>,
    after: Option<Vec<Item<F>>>,
) -> Option<PartChange> {
    let (old, new) = (before.as_deref().map(forms), after.as_deref().map(forms));
    (old != new).then(|| PartChange {
        element,
        removed: shown_without(before.as_deref().unwrap_or(&[]), new.as_ref()),
        added: shown_without(after.as_deref().unwrap_or(&[]), old.as_ref()),
    })
}

fn forms<F: Ord>(items: &[Item<F>]) -> BTreeSet<&F> {
    items.iter().map(|(form, _)| form).collect()
}

fn shown_without<F: Ord>(items: &[Item<F>], others: Option<&BTreeSet<&F>>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    items
        .iter()
        .filter(|(form, _)| !others.is_some_and(|others| others.contains(form)) && seen.insert(form))
        .map(|(_, shown)| shown.clone())
        .collect()
}

fn principals(before: Option<&PrincipalClause>, after: Option<&PrincipalClause>, partition: &str) -> Vec<PartChange> {
    let mut parts = Vec::new();
    for sense in [Sense::Only, Sense::AllBut] {
        let (old, new) = (members(before, sense, partition), members(after, sense, partition));
        if old.as_deref().map(forms) == new.as_deref().map(forms) {
            continue;
        }
        let of_kind = |kind: Option<PrincipalType>| {
            let pick = |items: &Option<Vec<Item<Member>>>| {
                Some(
                    items
                        .iter()
                        .flatten()
                        .filter(|(form, _)| kind_of(form) == kind)
                        .cloned()
                        .collect(),
                )
            };
            items_change(Element::Principal(sense, kind), pick(&old), pick(&new))
        };
        let kinds = PrincipalType::ALL.into_iter().map(Some).chain([None]);
        let found: Vec<PartChange> = kinds.filter_map(of_kind).collect();
        match found.is_empty() {
            // A clause that names nobody came or went.
            true => parts.push(PartChange {
                element: Element::Principal(sense, None),
                removed: vec![],
                added: vec![],
            }),
            false => parts.extend(found),
        }
    }
    parts
}

fn members(clause: Option<&PrincipalClause>, sense: Sense, partition: &str) -> Option<Vec<Item<Member>>> {
    let clause = clause.filter(|clause| clause.sense == sense)?;
    Some(match &clause.who {
        Who::Everyone => vec![(canonical::everyone(sense), "*".to_owned())],
        Who::Named(entries) => entries
            .iter()
            .map(|entry| (canonical::member(entry, partition), entry.name.text.clone()))
            .collect(),
    })
}

const fn kind_of(member: &Member) -> Option<PrincipalType> {
    match member {
        Member::Everyone => None,
        Member::Named(kind, _) => Some(*kind),
    }
}

fn conditions(before: &[Condition], after: &[Condition]) -> Vec<PartChange> {
    let mut tests: Vec<(Operator, String)> = Vec::new();
    for condition in after.iter().chain(before) {
        let test = (condition.operator, canonical::key(&condition.key.text));
        if !tests.contains(&test) {
            tests.push(test);
        }
    }
    tests.iter().filter_map(|test| values(test, before, after)).collect()
}

fn values(test: &(Operator, String), before: &[Condition], after: &[Condition]) -> Option<PartChange> {
    let of_test = |all: &[Condition]| -> Vec<Condition> {
        let is_it = |one: &&Condition| one.operator == test.0 && canonical::key(&one.key.text) == test.1;
        all.iter().filter(is_it).cloned().collect()
    };
    let (old, new) = (of_test(before), of_test(after));
    let forms = |all: &[Condition]| all.iter().map(canonical::condition).collect::<BTreeSet<_>>();
    if forms(&old) == forms(&new) {
        return None;
    }
    let spelled = new.first().or(old.first())?;
    let element = Element::Condition {
        operator: spelled.spelled.text.clone(),
        key: spelled.key.text.clone(),
    };
    let items = |all: &[Condition]| -> Vec<Item<String>> {
        let words = all.iter().flat_map(|one| &one.values);
        words
            .map(|word| (canonical::value(test.0, word), word.text.clone()))
            .collect()
    };
    let unchanged = PartChange {
        element: element.clone(),
        removed: Vec::new(),
        added: Vec::new(),
    };
    Some(items_change(element, Some(items(&old)), Some(items(&new))).unwrap_or(unchanged))
}
