//! P301: statements that allow nothing in the end.
//!
//! Invariant: a statement is told only if it is without effect for everyone who holds it. What is denied only under
//! circumstances, or partly, is not told.

use super::holdings::{self, Boundary, Grant, Holdings};
use super::{Thing, Written, cover, told};
use crate::catalogue::ActionSet;
use crate::lint::Told;
use crate::policy_doc::{Document, Effect, Flavour, Sense, Statement};
use crate::spec::source::Span;

/// Why a statement has no effect.
enum Why<'a> {
    /// A denial, with its place.
    Denied(Option<Span>),
    /// It is outside of the boundary of this principal.
    Outside(&'a str),
}

pub(super) fn check(holdings: &Holdings<'_>, told: &mut Vec<Told>) {
    for thing in &holdings.whole.things {
        for written in &thing.documents {
            for statement in allows(written.document) {
                let why = own(statement, written).or_else(|| elsewhere(holdings, thing, written, statement));
                if let Some(why) = why {
                    told.push(tell(thing, written, statement, &why));
                }
            }
        }
    }
}

fn allows(document: &Document) -> impl Iterator<Item = &Statement> {
    document.statements.iter().filter(|one| one.effect == Effect::Allow)
}

/// Shadowed by a denial of the same document.
fn own<'a>(statement: &Statement, written: &Written<'a>) -> Option<Why<'a>> {
    let denies = written
        .document
        .statements
        .iter()
        .filter(|one| one.effect == Effect::Deny);
    let binding = denies.filter(|deny| match written.flavour {
        Flavour::Identity | Flavour::Boundary | Flavour::Session | Flavour::Scp => true,
        _ => is_for_everyone(deny),
    });
    let shadow = shadow(statement, binding.map(|deny| (deny, holdings::actions(deny))))?;
    Some(Why::Denied(shadow.effect_at.0.or(shadow.at.0).or(Some(written.span))))
}

fn is_for_everyone(deny: &Statement) -> bool {
    let clause = deny.principal.as_ref().filter(|clause| clause.sense == Sense::Only);
    clause.is_some_and(|clause| {
        matches!(clause.who, crate::policy_doc::Who::Everyone)
            || clause.entries().iter().any(|entry| holdings::is_star(&entry.name.text))
    })
}

/// Without effect for every holder, by a denial in another policy or by the boundary.
fn elsewhere<'a>(
    holdings: &Holdings<'a>,
    thing: &'a Thing<'a>,
    written: &Written<'a>,
    statement: &Statement,
) -> Option<Why<'a>> {
    if written.flavour != Flavour::Identity {
        return None;
    }
    let mut found = None;
    for holder in holdings.holders(thing) {
        let held = holdings.held(holder);
        let denies = held
            .grants
            .iter()
            .filter(|grant| grant.statement.effect == Effect::Deny);
        let shadow = shadow(
            statement,
            denies.clone().map(|grant| (grant.statement, grant.actions.clone())),
        );
        let why = match (shadow, held.boundary) {
            (Some(deny), _) => Why::Denied(
                denies
                    .clone()
                    .find(|grant| std::ptr::eq(grant.statement, deny))
                    .and_then(place),
            ),
            (None, Some(Boundary::Known(document))) if is_outside(statement, document) => Why::Outside(&holder.address),
            (None, _) => return None,
        };
        found = Some(why);
    }
    found
}

fn place(grant: &Grant<'_>) -> Option<Span> {
    let own = grant.home.and(grant.statement.effect_at.0.or(grant.statement.at.0));
    own.or(grant.span)
}

/// The first of the denials that together cover all of a statement.
fn shadow<'s>(
    statement: &Statement,
    denies: impl Iterator<Item = (&'s Statement, ActionSet)>,
) -> Option<&'s Statement> {
    let mut left = holdings::actions(statement);
    let knows_all = statement
        .action
        .items
        .iter()
        .all(|word| !ActionSet::of_pattern(&word.text).is_empty());
    if left.is_empty() || !knows_all {
        return None;
    }
    let mut first = None;
    for (deny, actions) in denies {
        let covers = cover::resources(deny.resource.as_ref(), statement.resource.as_ref());
        if covers && cover::conditions(deny, statement) && !left.intersection(&actions).is_empty() {
            left = left.difference(&actions);
            first = first.or(Some(deny));
        }
    }
    first.filter(|_| left.is_empty())
}

/// Whether a boundary allows none of a statement's actions on any of its resources.
fn is_outside(statement: &Statement, boundary: &Document) -> bool {
    let wanted = holdings::actions(statement);
    let knows_all = statement
        .action
        .items
        .iter()
        .all(|word| !ActionSet::of_pattern(&word.text).is_empty());
    let meets = |allow: &Statement| {
        !wanted.intersection(&holdings::actions(allow)).is_empty()
            && cover::may_meet(allow.resource.as_ref(), statement.resource.as_ref())
    };
    !wanted.is_empty() && knows_all && !allows(boundary).any(meets)
}

fn tell(thing: &Thing<'_>, written: &Written<'_>, statement: &Statement, why: &Why<'_>) -> Told {
    let name = statement.sid.as_ref().map_or("the statement".to_owned(), |sid| {
        format!("the statement `{}`", sid.text)
    });
    let place = statement.effect_at.0.or(statement.at.0).or(Some(written.span));
    let finding = match why {
        Why::Denied(at) => {
            let finding = told(
                "P301",
                place,
                format!("{name} has no effect: all that it allows is denied"),
            )
            .label("allowed here, and denied whatever this says")
            .help("take it away, or except from the `Deny` what shall be allowed");
            match at {
                Some(span) => finding.related(*span, "denied here"),
                None => finding,
            }
        }
        Why::Outside(holder) => told(
            "P301",
            place,
            format!("{name} has no effect: the permissions boundary allows none of it"),
        )
        .label(format!("outside of the boundary of {holder}"))
        .help("take it away, or allow the actions in the boundary, too"),
    };
    Told {
        address: Some(thing.address.clone()),
        finding,
    }
}
