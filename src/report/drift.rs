//! From a drift to a report.
//!
//! Invariant: everything that a drift says to a person is in the report; a thing has the status of the gravest that is
//! said of it, in the order in which the drift counts.

use crate::drift::unmanaged::Unmanaged;
use crate::drift::{self, Class as DriftClass, Difference, Drift, Outcome, Standing};

use crate::trail::Deed;

use super::{Base, Class, Command, Context, Field, Report, Status, Thing, Trace, Verdict};

impl Report {
    /// What a drift says.
    #[must_use]
    pub fn of_drift(drift: &Drift, verdict: Verdict) -> Self {
        let Drift {
            header,
            bases,
            things,
            unmanaged,
            unlisted,
            refusals,
            access,
            notes,
        } = drift;
        let context = Context {
            bases: bases.clone(),
            ..Context::of(header)
        };
        let has_base = if bases.is_empty() { HasBase::No } else { HasBase::Yes };
        let mut report = Self::new(Command::Drift, context, verdict);
        report.things = things.iter().map(|thing| Thing::of_drift(thing, has_base)).collect();
        report.things.extend(unmanaged.iter().map(Thing::of_unmanaged));
        report.unlisted.clone_from(unlisted);
        report.refusals.clone_from(refusals);
        report.access.clone_from(access);
        report.notes.clone_from(notes);
        report
    }
}

/// Whether the account was compared with a base, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HasBase {
    Yes,
    No,
}

impl Trace {
    fn of(deed: &Deed) -> Self {
        let Deed {
            actor,
            event,
            time,
            ago: _,
            id: _,
        } = deed;
        Self {
            actor: actor.clone(),
            event: event.clone(),
            time: time.clone(),
        }
    }
}

impl Thing {
    fn of_drift(thing: &drift::Thing, has_base: HasBase) -> Self {
        let status = status(thing);
        let drift::Thing {
            address,
            standing,
            class: _,
            doomed,
            origin,
            differences,
            held,
            unknown,
            by,
            to_adopt: _,
            notes,
        } = thing;
        let mut told = Self::new(address.clone(), status, origin.clone());
        told.standing = Some(*standing);
        told.doomed = *doomed;
        for difference in differences {
            let field = Field::of_difference(difference, has_base);
            match difference.remedy {
                Some(remedy) => told.unmet.push((field, remedy)),
                None => told.fields.push(field),
            }
        }
        told.held = held.iter().map(Field::of).collect();
        told.unknown.clone_from(unknown);
        told.notes.clone_from(notes);
        told.traces = by.iter().map(Trace::of).collect();
        told
    }

    fn of_unmanaged(unmanaged: &Unmanaged) -> Self {
        let Unmanaged {
            address,
            owner,
            accepted,
        } = unmanaged;
        let status = match accepted {
            None if !owner.is_elsewhere() => Status::Unmanaged,
            Some(_) | None => Status::Accepted,
        };
        let mut thing = Self::new(address.clone(), status, None);
        let reason = accepted.as_ref();
        let reason = reason.map(|entry| format!("accepted by {}: {}", entry.place, entry.reason));
        thing.notes.extend(owner.words().into_iter().chain(reason));
        thing
    }
}

fn status(thing: &drift::Thing) -> Status {
    match thing.outcome() {
        Outcome::Conflict => Status::Conflict,
        Outcome::Drift => Status::Drift,
        Outcome::Difference => Status::Difference,
        Outcome::Unknown => Status::Unknown,
        Outcome::Pending => Status::Pending,
        Outcome::ToAdopt => Status::Adopt,
        Outcome::AsWritten => Status::Keep,
    }
}

impl Field {
    fn of_difference(difference: &Difference, has_base: HasBase) -> Self {
        let Difference {
            path,
            class,
            base,
            live,
            file,
            place,
            remedy: _,
        } = difference;
        Self {
            path: path.clone(),
            before: live.clone(),
            after: file.clone(),
            base: match (has_base, base) {
                (HasBase::No, _) => Base::Unasked,
                (HasBase::Yes, None) => Base::Nothing,
                (HasBase::Yes, Some(value)) => Base::Value(value.clone()),
            },
            class: Some(match class {
                DriftClass::Drift => Class::Drift,
                DriftClass::Pending => Class::Pending,
                DriftClass::Conflict => Class::Conflict,
                DriftClass::Difference => Class::Difference,
            }),
            place: place.clone(),
        }
    }
}

/// As a sentence names it.
#[must_use]
pub(super) fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::AsWritten => "as written",
        Standing::Differs => "differs",
        Standing::Missing => "is declared and not there",
        Standing::Extra => "is there and shall not be",
        Standing::Unknown => "could not be read",
    }
}
