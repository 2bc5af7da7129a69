//! Drift as the reader of a scheduled run sees it: what moved, on which side, and where the file says otherwise.
//!
//! Invariant: what drifted is shown from the file to the account, what is pending from the account to the file; so the
//! last value of a line is always the newer one.

#[cfg(test)]
mod tests;

use crate::drift::unmanaged::Unmanaged;
use crate::drift::{Class, Difference, Drift, Standing, Thing};
use crate::fields::Shown;
use crate::kind::DoomedBy;
use crate::plan::{Change, FieldChange, Presence, Unmet, Verb};
use crate::spec::source::Place;

use super::access::{self, Voice};
use super::plan::{self, PLACE_COLUMN};
use super::{Doc, Label};

/// The column at which the class stands.
const CLASS_COLUMN: usize = 34;

/// The whole report.
#[must_use]
pub fn drift(drift: &Drift) -> Doc {
    let mut doc = Doc::default();
    plan::heading(&mut doc, &drift.header);
    if !drift.bases.is_empty() {
        doc.text(Label::Plain, format!("compared with {}", drift.bases.join(" and ")));
    }
    for thing in drift.things.iter().filter(|thing| is_worth_showing(thing)) {
        doc.gap();
        one(&mut doc, thing);
    }
    unmanaged(&mut doc, drift);
    access::section(&mut doc, &drift.access, Voice::Standing);
    doc.gap();
    doc.text(Label::Heading, counts(drift));
    for refusal in &drift.refusals {
        plan::refused(&mut doc, refusal);
    }
    for note in &drift.notes {
        doc.line([(Label::Changed, "note: ".into()), (Label::Plain, note.clone())]);
    }
    doc
}

fn is_worth_showing(thing: &Thing) -> bool {
    thing.standing != Standing::AsWritten || !thing.held.is_empty() || !thing.notes.is_empty()
}

fn one(doc: &mut Doc, thing: &Thing) {
    match thing.standing {
        Standing::Missing | Standing::Extra => whole(doc, thing),
        Standing::AsWritten => head(doc, thing, " ", Label::Dim, ""),
        Standing::Differs | Standing::Unknown => {}
    }
    for class in [Class::Conflict, Class::Drift, Class::Difference, Class::Pending] {
        let own: Vec<&Difference> = thing.differences.iter().filter(|one| one.class == class).collect();
        if !own.is_empty() {
            differing(doc, thing, class, &own);
        }
    }
    if thing.standing == Standing::Unknown {
        head(doc, thing, "?", Label::Alarm, "unknown");
    }
    let mut rest = blank(thing);
    rest.held.clone_from(&thing.held);
    rest.unknown.clone_from(&thing.unknown);
    rest.notes.clone_from(&thing.notes);
    plan::rows(doc, &rest);
    for deed in &thing.by {
        doc.text(Label::Plain, format!("    {deed}"));
    }
}

fn head(doc: &mut Doc, thing: &Thing, mark: &str, label: Label, class: &str) {
    headed(doc, thing, thing.origin.as_ref(), mark, label, class);
}

fn headed(doc: &mut Doc, thing: &Thing, place: Option<&Place>, mark: &str, label: Label, class: &str) {
    let place = place.map(Place::to_string).unwrap_or_default();
    let name = format!("{mark} {}", thing.address);
    let room = CLASS_COLUMN.saturating_sub(name.chars().count()).max(2);
    let class = if class.is_empty() {
        String::new()
    } else {
        format!("{}{class}", " ".repeat(room))
    };
    let used = name.chars().count() + class.chars().count();
    let room = PLACE_COLUMN.saturating_sub(used).max(2);
    doc.line([
        (label, name),
        (Label::Heading, class),
        (Label::Dim, format!("{}{place}", " ".repeat(room))),
    ]);
}

/// What is missing, or there although it should not be.
fn whole(doc: &mut Doc, thing: &Thing) {
    let class = thing.class.unwrap_or(Class::Difference);
    let (mark, label, text) = match (thing.standing, class, thing.doomed) {
        (Standing::Missing, Class::Pending, _) => ("+", Label::Added, "pending, to be made"),
        (Standing::Missing, Class::Drift, _) => ("-", Label::Removed, "drift, it is gone"),
        (Standing::Missing, _, _) => ("-", Label::Removed, "is not there"),
        (_, Class::Pending, Some(DoomedBy::Dropped)) => ("-", Label::Removed, "pending, no longer declared"),
        (_, Class::Pending, _) => ("-", Label::Removed, "pending, to be deleted"),
        (_, Class::Drift, _) => ("+", Label::Added, "drift, it is there again"),
        (_, _, _) => ("+", Label::Added, "is there, and should not be"),
    };
    head(doc, thing, mark, label, text);
}

fn differing(doc: &mut Doc, thing: &Thing, class: Class, own: &[&Difference]) {
    let (word, label) = match class {
        Class::Drift => ("drift", Label::Changed),
        Class::Pending => ("pending", Label::Dim),
        Class::Conflict => ("conflict", Label::Alarm),
        Class::Difference => ("differs", Label::Changed),
    };
    let place = own.iter().find_map(|one| one.place.as_ref());
    headed(doc, thing, place.or(thing.origin.as_ref()), "~", label, word);
    let mut change = blank(thing);
    match class {
        Class::Pending => change.fields = own.iter().map(|one| moved(one, &one.live, &one.file)).collect(),
        Class::Drift | Class::Difference => {
            let (unmet, plain): (Vec<&&Difference>, Vec<&&Difference>) =
                own.iter().partition(|one| one.remedy.is_some());
            change.fields = plain.iter().map(|one| moved(one, &one.file, &one.live)).collect();
            change.unmet = unmet.iter().map(|one| person(one)).collect();
        }
        Class::Conflict => return conflicting(doc, change, own),
    }
    plan::rows(doc, &change);
}

/// Both sides of a conflict, each against what was applied once.
fn conflicting(doc: &mut Doc, mut change: Change, own: &[&Difference]) {
    doc.text(Label::Dim, "    in the account:");
    change.fields = own.iter().map(|one| moved(one, &one.base, &one.live)).collect();
    plan::rows(doc, &change);
    doc.text(Label::Dim, "    in the file:");
    change.fields = own.iter().map(|one| moved(one, &one.base, &one.file)).collect();
    plan::rows(doc, &change);
}

fn moved(one: &Difference, before: &Option<Shown>, after: &Option<Shown>) -> FieldChange {
    FieldChange {
        path: one.path.clone(),
        before: before.clone(),
        after: after.clone(),
        place: one.place.clone(),
    }
}

fn person(one: &Difference) -> Unmet {
    Unmet {
        field: moved(one, &one.live, &one.file),
        remedy: one.remedy.unwrap_or_default(),
    }
}

/// A change that says nothing yet, for the rows of a plan.
fn blank(thing: &Thing) -> Change {
    Change {
        origin: thing.origin.clone(),
        ..Change::new(thing.address.clone(), Verb::Update, Presence::There)
    }
}

fn unmanaged(doc: &mut Doc, drift: &Drift) {
    let open: Vec<&Unmanaged> = drift.unmanaged.iter().filter(|one| one.accepted.is_none()).collect();
    if !open.is_empty() || !drift.unlisted.is_empty() {
        doc.gap();
    }
    for one in open {
        let owner = one.owner.words().map(|words| format!(", {words}")).unwrap_or_default();
        let word = if one.owner.is_elsewhere() {
            "elsewhere"
        } else {
            "unmanaged"
        };
        let name = format!("  {}", one.address);
        let room = CLASS_COLUMN.saturating_sub(name.chars().count()).max(2);
        doc.line([
            (Label::Changed, name),
            (Label::Heading, format!("{}{word}", " ".repeat(room))),
            (Label::Plain, owner),
        ]);
    }
    for (kind, why) in &drift.unlisted {
        let text = format!("? every {kind}: could not be listed: {why}");
        doc.text(Label::Alarm, text);
    }
}

/// "1 drifted, 1 pending, 1 unknown, 1 unmanaged, 210 as written."
#[must_use]
pub fn counts(drift: &Drift) -> String {
    let counts = drift.counts();
    let accepted = drift.unmanaged.iter().filter(|one| one.accepted.is_some()).count();
    let words = [
        (counts.conflicting, "in conflict"),
        (counts.drifted, "drifted"),
        (counts.different, "different"),
        (counts.pending, "pending"),
        (counts.unknown, "unknown"),
        (counts.unmanaged, "unmanaged"),
        (accepted, "accepted"),
        (counts.to_adopt, "to adopt"),
        (counts.as_written, "as written"),
    ];
    let told = words.iter().filter(|(count, word)| *count > 0 || *word == "as written");
    let told: Vec<String> = told.map(|(count, word)| format!("{count} {word}")).collect();
    format!("{}.", told.join(", "))
}
