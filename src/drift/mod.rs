//! Drift: where the account is not as the file says, and on which side it moved.
//!
//! Invariant: pure. The same levelling and comparison as a plan's, read the other way round; so what drift calls as
//! written, plan calls so, too. What could not be read is never as written.

pub mod accepted;
#[cfg(test)]
mod tests;
pub mod unmanaged;

use std::collections::BTreeMap;

use crate::access::World;
use crate::access::delta::Delta;
use crate::address::Address;
use crate::fields::{FieldPath, Shown};
use crate::kind::{DoomedBy, Home};
use crate::kinds::{AnyObject, KindName};
use crate::plan::level::TagRules;
use crate::plan::{Change, FieldChange, Header, Plan, Presence, Refusal, Verb};
use crate::spec::source::{Place, Sources};
use crate::trail::Deed;

use unmanaged::Unmanaged;

/// On which side something moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// The account moved away from what was applied.
    Drift,
    /// The file moved on, and has not been applied.
    Pending,
    /// Both moved, to different ends.
    Conflict,
    /// They differ; without a base nobody can tell who moved.
    Difference,
}

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// As the file says.
    AsWritten,
    /// There, and not as the file says.
    Differs,
    /// Declared, and not there.
    Missing,
    /// There, although `absent:` names it or the file no longer declares it.
    Extra,
    /// It could not be read.
    Unknown,
}

/// As what a thing counts, by the gravest that is true of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Something of it is a conflict.
    Conflict,
    /// Something of it drifted.
    Drift,
    /// Something of it differs, and nobody can tell who moved.
    Difference,
    /// Not all of it could be read.
    Unknown,
    /// It waits to be applied.
    Pending,
    /// It only lacks the mark of ownership.
    ToAdopt,
    /// It is as the file says.
    AsWritten,
}

/// One field that is not as the file says.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The field or entry.
    pub path: FieldPath,
    /// Who moved.
    pub class: Class,
    /// What the base said; `None` for nothing, and without a base.
    pub base: Option<Shown>,
    /// What the account has.
    pub live: Option<Shown>,
    /// What the file says.
    pub file: Option<Shown>,
    /// Where it says so.
    pub place: Option<Place>,
    /// What a person has to do where no call can mend it.
    pub remedy: Option<&'static str>,
}

/// All that is said of one declared thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Thing {
    /// The thing.
    pub address: Address,
    /// How it stands.
    pub standing: Standing,
    /// Who moved, where that is one answer for the whole: what is missing or extra.
    pub class: Option<Class>,
    /// Who says that it shall go, where it shall.
    pub doomed: Option<DoomedBy>,
    /// Where the file or a base declares it.
    pub origin: Option<Place>,
    /// What differs.
    pub differences: Vec<Difference>,
    /// What differs and is no difference, because absence never weakens.
    pub held: Vec<FieldChange>,
    /// What could not be read, with the reason.
    pub unknown: Vec<(FieldPath, String)>,
    /// Who made it so, as far as somebody has looked.
    pub by: Vec<Deed>,
    /// Whether an apply would mark it as this environment's.
    pub to_adopt: bool,
    /// Remarks, and what stands in the way of mending it.
    pub notes: Vec<String>,
}

/// The whole report.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// What it was asked of.
    pub header: Header,
    /// The bases, as the user named them.
    pub bases: Vec<String>,
    /// Every declared thing, in the order of addresses.
    pub things: Vec<Thing>,
    /// What no file declares; empty unless asked for.
    pub unmanaged: Vec<Unmanaged>,
    /// Kinds whose things could not be listed, with the reason.
    pub unlisted: BTreeMap<KindName, String>,
    /// What stands in the way of the whole: a reference that leads nowhere.
    pub refusals: Vec<Refusal>,
    /// Who has more, and who less, access than the file gives.
    pub access: Delta,
    /// What should be known of the comparison itself.
    pub notes: Vec<String>,
}

/// How many things are how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// With drift.
    pub drifted: usize,
    /// With pending changes and neither drift nor conflict.
    pub pending: usize,
    /// With conflicts.
    pub conflicting: usize,
    /// Different, and nobody can tell who moved.
    pub different: usize,
    /// Not or not wholly read, kinds that could not be listed among them.
    pub unknown: usize,
    /// Undeclared and not accepted.
    pub unmanaged: usize,
    /// As written.
    pub as_written: usize,
    /// As written but for the mark of ownership.
    pub to_adopt: usize,
}

/// What compares the file of today, planned, with bases that were planned against the same account.
#[must_use]
pub fn compare(today: &Plan, bases: &[(String, Plan)]) -> Drift {
    let befores: Vec<Before<'_>> = bases.iter().map(|(_, plan)| Before::new(plan)).collect();
    let things = today
        .changes
        .iter()
        .map(|change| thing(change, today, &befores))
        .collect();
    Drift {
        header: today.header.clone(),
        bases: bases.iter().map(|(name, _)| name.clone()).collect(),
        things,
        unmanaged: Vec::new(),
        unlisted: BTreeMap::new(),
        refusals: today
            .refusals
            .iter()
            .filter(|refusal| refusal.address.is_none())
            .cloned()
            .collect(),
        access: Delta::default(),
        notes: Vec::new(),
    }
}

/// What access the account gives beyond the file, and what it lacks: what an apply would take and give, read the other way
/// round.
#[must_use]
pub fn access(plan: &Plan, objects: &[AnyObject], home: &Home, tags: &TagRules) -> Delta {
    if plan.steps.is_empty() {
        return Delta::default();
    }
    let file = World::planned(objects, home, &Sources::default(), tags);
    Delta::between(&file, &World::live(objects, home))
}

/// What a base says of the account as it is.
struct Before<'a>(BTreeMap<&'a Address, &'a Change>);

/// What a base says of one field.
enum Said<'a> {
    /// The account is as the base says, or the base leaves it to the account.
    AsLive,
    /// Something else than the account has.
    Other(Option<&'a Shown>),
    /// It could not be told, or the base does not know the thing at all: nobody can say who moved.
    Unknown,
}

impl<'a> Before<'a> {
    fn new(plan: &'a Plan) -> Self {
        Self(plan.changes.iter().map(|change| (&change.address, change)).collect())
    }

    fn of(&self, address: &Address) -> Option<&'a Change> {
        self.0.get(address).copied()
    }

    fn says(&self, address: &Address, path: &FieldPath) -> Said<'a> {
        let Some(change) = self.of(address).filter(|change| change.doomed.is_none()) else {
            return Said::Unknown;
        };
        let unmet = change.unmet.iter().map(|unmet| &unmet.field);
        if let Some(field) = change.fields.iter().chain(unmet).find(|field| field.path == *path) {
            return Said::Other(field.after.as_ref());
        }
        let is_unknown =
            |(unknown, _): &(FieldPath, String)| unknown.field == path.field || unknown.field == "everything";
        if change.unknown.iter().any(is_unknown) {
            return Said::Unknown;
        }
        Said::AsLive
    }
}

/// One answer from the answers of several bases: what any of them explains as pending was a failed apply's rest.
fn united(classes: impl IntoIterator<Item = Class>) -> Class {
    let classes: Vec<Class> = classes.into_iter().collect();
    let order = [Class::Pending, Class::Drift, Class::Difference, Class::Conflict];
    order
        .into_iter()
        .find(|class| classes.contains(class))
        .unwrap_or(Class::Difference)
}

fn thing(change: &Change, plan: &Plan, bases: &[Before<'_>]) -> Thing {
    let fields = change.fields.iter().map(|field| (field, None));
    let unmet = change.unmet.iter().map(|unmet| (&unmet.field, Some(unmet.remedy)));
    let standing = standing(change);
    let (telling, held): (Vec<&FieldChange>, Vec<&FieldChange>) =
        change.held.iter().partition(|field| is_telling(change, field));
    let class = match standing {
        Standing::Missing => Some(united(bases.iter().map(|base| missing(base.of(&change.address))))),
        Standing::Extra => Some(extra(change, bases)),
        Standing::AsWritten | Standing::Differs | Standing::Unknown => None,
    };
    let differs = matches!(standing, Standing::Differs | Standing::Unknown);
    let differences = fields.chain(unmet).filter(|_| differs);
    Thing {
        address: change.address.clone(),
        standing,
        class,
        doomed: change.doomed,
        origin: change.origin.clone(),
        differences: differences
            .map(|(field, remedy)| difference(&change.address, field, remedy, bases))
            .chain(telling.into_iter().map(|field| told(field, bases)))
            .collect(),
        held: held.into_iter().cloned().collect(),
        unknown: change.unknown.clone(),
        by: Vec::new(),
        to_adopt: change.verb == Verb::Adopt,
        notes: notes(change, plan),
    }
}

/// Whether something that an apply keeps is drift all the same.
fn is_telling(change: &Change, field: &FieldChange) -> bool {
    change.address.kind.telling().contains(&field.path.field)
}

fn standing(change: &Change) -> Standing {
    let is_telling = |field: &FieldChange| is_telling(change, field);
    let differs = !change.fields.is_empty() || !change.unmet.is_empty() || change.held.iter().any(is_telling);
    match (change.live, change.doomed) {
        (Presence::Unread, _) => Standing::Unknown,
        (Presence::Absent, None) => Standing::Missing,
        (Presence::There, Some(_)) => Standing::Extra,
        (Presence::There, None) if !change.unknown.is_empty() => Standing::Unknown,
        (Presence::There, None) if differs => Standing::Differs,
        (Presence::Absent, Some(_)) | (Presence::There, None) => Standing::AsWritten,
    }
}

/// Why a thing that the file declares is not there, as one base tells it.
fn missing(base: Option<&Change>) -> Class {
    match base {
        Some(change) if change.doomed.is_none() => Class::Drift,
        Some(_) | None => Class::Pending,
    }
}

/// Why a thing that shall not be there is.
fn extra(change: &Change, bases: &[Before<'_>]) -> Class {
    if change.doomed == Some(DoomedBy::Dropped) {
        return Class::Pending;
    }
    united(bases.iter().map(|base| match base.of(&change.address) {
        Some(before) if before.doomed.is_some() => Class::Drift,
        Some(_) | None => Class::Pending,
    }))
}

fn difference(
    address: &Address,
    field: &FieldChange,
    remedy: Option<&'static str>,
    bases: &[Before<'_>],
) -> Difference {
    let said: Vec<Said<'_>> = bases.iter().map(|base| base.says(address, &field.path)).collect();
    let class = united(said.iter().map(|said| match said {
        Said::AsLive => Class::Pending,
        Said::Other(value) if *value == field.after.as_ref() => Class::Drift,
        Said::Other(_) => Class::Conflict,
        Said::Unknown => Class::Difference,
    }));
    // The last one given is the newest.
    let base = said.last().and_then(|said| match said {
        Said::AsLive => field.before.as_ref(),
        Said::Other(value) => *value,
        Said::Unknown => None,
    });
    Difference {
        path: field.path.clone(),
        class,
        base: base.cloned(),
        live: field.before.clone(),
        file: field.after.clone(),
        place: field.place.clone(),
        remedy,
    }
}

/// What no file says and an apply keeps: it can only have come by hand.
fn told(field: &FieldChange, bases: &[Before<'_>]) -> Difference {
    Difference {
        path: field.path.clone(),
        class: if bases.is_empty() {
            Class::Difference
        } else {
            Class::Drift
        },
        base: None,
        live: field.before.clone(),
        file: field.after.clone(),
        place: field.place.clone(),
        remedy: None,
    }
}

/// The thing's own remarks, and what an apply would say to mending it.
fn notes(change: &Change, plan: &Plan) -> Vec<String> {
    let own = |refusal: &&Refusal| refusal.address.as_ref() == Some(&change.address);
    let refusals = plan.refusals.iter().filter(own);
    let told = refusals.map(|refusal| format!("apply refuses: {}; {}", refusal.message, refusal.hint));
    change.notes.iter().cloned().chain(told).collect()
}

impl Thing {
    /// The classes that occur in it, each once.
    #[must_use]
    pub fn classes(&self) -> std::collections::BTreeSet<Class> {
        self.class
            .into_iter()
            .chain(self.differences.iter().map(|one| one.class))
            .collect()
    }

    /// The gravest of its classes.
    #[must_use]
    pub fn gravest(&self) -> Option<Class> {
        let classes = self.classes();
        let order = [Class::Conflict, Class::Drift, Class::Difference, Class::Pending];
        order.into_iter().find(|class| classes.contains(class))
    }

    /// As what it counts.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self.gravest() {
            Some(Class::Conflict) => Outcome::Conflict,
            Some(Class::Drift) => Outcome::Drift,
            Some(Class::Difference) => Outcome::Difference,
            Some(Class::Pending) | None if self.is_unknown() => Outcome::Unknown,
            Some(Class::Pending) => Outcome::Pending,
            None if self.to_adopt => Outcome::ToAdopt,
            None => Outcome::AsWritten,
        }
    }

    /// Whether something of it could not be read.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.standing == Standing::Unknown || !self.unknown.is_empty()
    }
}

impl Drift {
    /// How many things are how; each thing counts once, by the gravest.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts {
            unmanaged: self.unmanaged.iter().filter(|one| one.is_finding()).count(),
            unknown: self.unlisted.len(),
            ..Counts::default()
        };
        for thing in &self.things {
            *counts.of(thing) += 1;
        }
        counts
    }
}

impl Counts {
    fn of(&mut self, thing: &Thing) -> &mut usize {
        match thing.outcome() {
            Outcome::Conflict => &mut self.conflicting,
            Outcome::Drift => &mut self.drifted,
            Outcome::Difference => &mut self.different,
            Outcome::Unknown => &mut self.unknown,
            Outcome::Pending => &mut self.pending,
            Outcome::ToAdopt => &mut self.to_adopt,
            Outcome::AsWritten => &mut self.as_written,
        }
    }

    /// Whether somebody has to look at it: pending changes alone are what a pull request is for.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.drifted + self.conflicting + self.different + self.unmanaged > 0
    }
}
