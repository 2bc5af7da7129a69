//! From a plan to a report.
//!
//! Invariant: everything that a plan says to a person is in the report; nothing is left out here.

use crate::plan::{Change, FieldChange, Header, Plan, Step as PlanStep, Unmet, Verb};

use super::{Base, Command, Context, Field, Report, Status, Step, Thing, Verdict};

impl Report {
    /// What a plan says.
    #[must_use]
    pub fn of_plan(command: Command, plan: &Plan, verdict: Verdict) -> Self {
        let Plan {
            header,
            changes,
            steps,
            refusals,
            consents,
            access,
        } = plan;
        let context = Context {
            consents: consents.clone(),
            ..Context::of(header)
        };
        let mut report = Self::new(command, context, verdict);
        report.things = changes.iter().map(Thing::of).collect();
        report.refusals.clone_from(refusals);
        report.access.clone_from(access);
        report.steps = steps.iter().map(Step::of).collect();
        report
    }
}

impl Context {
    /// What a plan was made for.
    #[must_use]
    pub fn of(header: &Header) -> Self {
        let Header {
            environment,
            account,
            region,
            identity,
            digest,
        } = header;
        Self {
            environment: Some(environment.clone()),
            account: Some(account.clone()),
            region: Some(region.clone()),
            identity: Some(identity.clone()),
            digest: Some(digest.clone()),
            bases: Vec::new(),
            compared: None,
            consents: Vec::new(),
        }
    }
}

impl Thing {
    /// What a plan says of a resource.
    #[must_use]
    pub fn of(change: &Change) -> Self {
        let Change {
            address,
            verb,
            live: _,
            origin,
            doomed,
            fields,
            held,
            ignored,
            unmet,
            unknown,
            notes,
        } = change;
        let all = |fields: &[FieldChange]| fields.iter().map(Field::of).collect();
        let unmet = unmet.iter().map(|Unmet { field, remedy }| (Field::of(field), *remedy));
        Self {
            address: address.clone(),
            status: Status::of(*verb),
            standing: None,
            doomed: *doomed,
            place: origin.clone(),
            fields: all(fields),
            held: all(held),
            ignored: all(ignored),
            unmet: unmet.collect(),
            unknown: unknown.clone(),
            notes: notes.clone(),
            traces: Vec::new(),
        }
    }
}

impl Status {
    /// What a plan does to a resource.
    #[must_use]
    pub fn of(verb: Verb) -> Self {
        match verb {
            Verb::Create => Self::Create,
            Verb::Update => Self::Update,
            Verb::Replace => Self::Replace,
            Verb::Delete => Self::Delete,
            Verb::Adopt => Self::Adopt,
            Verb::Keep => Self::Keep,
            Verb::Refuse => Self::Refuse,
            Verb::Unknown => Self::Unknown,
        }
    }
}

impl Field {
    /// A difference that a plan shows.
    #[must_use]
    pub fn of(change: &FieldChange) -> Self {
        let FieldChange {
            path,
            before,
            after,
            place,
        } = change;
        Self {
            path: path.clone(),
            before: before.clone(),
            after: after.clone(),
            base: Base::Unasked,
            class: None,
            place: place.clone(),
        }
    }
}

impl Step {
    fn of(step: &PlanStep) -> Self {
        let PlanStep {
            id,
            address,
            action: _,
            after,
            call,
            summary,
            access,
            rank: _,
            loss,
            origin,
            before: _,
            fresh: _,
            facts: _,
        } = step;
        Self {
            id: *id,
            address: address.clone(),
            call,
            summary: summary.clone(),
            access: *access,
            loss: *loss,
            after: after.clone(),
            place: origin.clone(),
            end: None,
        }
    }
}
