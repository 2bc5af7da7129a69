//! From what is wanted and what is there to a plan.
//!
//! Invariant: pure. Two passes, because a thing that is deleted and made anew gets a new unique id, so whatever names it
//! must be written again even where its text is equal.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::guard::{self, GuardCx};
use crate::kind::{Home, Object, Rank, Seen};
use crate::kinds::{AnyAction, AnyObject, Member, Visit};
use crate::names::Arn;

use super::consent::Consents;
use super::draft::{Draft, DraftCx, Drafting};
use super::level::{TagRules, level};
use super::order::{Bonds, order};
use super::{Header, Plan, Refusal, Step};

/// Everything that a plan is made of.
#[derive(Debug)]
pub struct Input<'a> {
    /// What it is made for.
    pub header: Header,
    /// The account.
    pub home: &'a Home,
    /// Which tags are whose.
    pub tags: &'a TagRules,
    /// The user's word.
    pub consents: &'a Consents,
    /// The identity that runs the tool.
    pub caller: &'a Arn,
    /// The resources, with what AWS has of them.
    pub objects: &'a [AnyObject],
    /// What stood in the way before, such as a reference that leads nowhere.
    pub refusals: Vec<Refusal>,
}

/// Makes the plan.
#[must_use]
pub fn build(input: Input<'_>) -> Plan {
    let Input {
        header,
        home,
        tags,
        consents,
        caller,
        objects,
        mut refusals,
    } = input;
    let whole: BTreeSet<Arn> = objects.iter().filter_map(|object| object.visit(Whole { home })).collect();
    let facts: Vec<Known> = objects
        .iter()
        .map(|object| object.visit(Knowing { home, tags, consents, whole: &whole }))
        .collect();
    let declared: BTreeSet<Arn> = facts
        .iter()
        .filter(|known| known.ours)
        .map(|known| known.arn.pathless())
        .collect();
    let replaced = facts
        .iter()
        .filter(|known| known.replaced)
        .map(|known| known.arn.clone())
        .collect();
    let entangled = entangled(&facts);
    let cx = DraftCx {
        environment: &header.environment,
        home,
        tags,
        consents,
        replaced: &replaced,
        entangled: &entangled,
        declared: &declared,
        whole: &whole,
        caller,
    };
    let mut drafts: Vec<Draft> = objects.iter().map(|object| object.visit(Drafting(&cx))).collect();
    // What is neither wanted nor to go was read for its context only.
    drafts.retain(|draft| draft.change.origin.is_some());
    drafts.sort_by(|a, b| a.change.address.cmp(&b.change.address));
    refusals.extend(drafts.iter_mut().flat_map(|draft| std::mem::take(&mut draft.refusals)));
    let mut steps = one_per_link(steps(&drafts, home));
    mark_fresh(&mut steps);
    let steps = match order(steps, &bonds(&facts)) {
        Ok(steps) => steps,
        Err(cycle) => {
            refusals.push(circular(&cycle));
            Vec::new()
        }
    };
    let mut plan = Plan {
        header,
        changes: drafts.into_iter().map(|draft| draft.change).collect(),
        steps,
        refusals,
        consents: consents.spelled(),
    };
    let found = guard::judge(&GuardCx {
        plan: &plan,
        objects,
        home,
        caller,
        consents,
    });
    plan.refusals.extend(found);
    plan.refusals.sort();
    plan.refusals.dedup();
    plan
}

fn circular(cycle: &super::order::Cycle) -> Refusal {
    Refusal {
        guard: "cycle",
        address: None,
        message: cycle.to_string(),
        place: None,
        hint: "declare one of them without naming the other, apply, and add it then".into(),
    }
}

/// What the second pass must know of each resource.
struct Known {
    address: Address,
    arn: Arn,
    refs: BTreeSet<Arn>,
    ours: bool,
    made: bool,
    replaced: bool,
}

struct Knowing<'a> {
    home: &'a Home,
    tags: &'a TagRules,
    consents: &'a Consents,
    whole: &'a BTreeSet<Arn>,
}

/// The ARN of a live thing for all of which the file speaks.
struct Whole<'a> {
    home: &'a Home,
}

impl Visit for Whole<'_> {
    type Out = Option<Arn>;

    fn visit<K: Member>(self, object: &Object<K>) -> Option<Arn> {
        let Seen::There(live) = &object.seen else { return None };
        let declared = object.wanted.as_ref().is_some_and(|wanted| !wanted.shared);
        (declared || object.doom.is_some()).then(|| K::arn(&object.id, Some(&live.state), self.home))
    }
}

impl Visit for Knowing<'_> {
    type Out = Known;

    fn visit<K: Member>(self, object: &Object<K>) -> Known {
        let wanted = object.wanted.as_ref().map(|wanted| &wanted.state);
        let live = match &object.seen {
            Seen::There(live) => Some(&live.state),
            Seen::Absent | Seen::Unread | Seen::Unknown(_) => None,
        };
        let refs = [wanted, live]
            .into_iter()
            .flatten()
            .flat_map(|state| K::refs(&object.id, state, self.home));
        let replaced = replaced(object, &self) && self.consents.replaces(&object.address);
        Known {
            address: object.address.clone(),
            arn: K::arn(&object.id, live.or(wanted), self.home),
            refs: refs.collect(),
            ours: object.wanted.is_some() || object.doom.is_some(),
            made: replaced || (wanted.is_some() && matches!(object.seen, Seen::Absent)),
            replaced,
        }
    }
}

fn replaced<K: Member>(object: &Object<K>, cx: &Knowing<'_>) -> bool {
    match (&object.wanted, &object.seen) {
        (Some(wanted), Seen::There(live)) => !level(wanted, live, cx.tags, cx.whole).replace.is_empty(),
        _ => false,
    }
}

/// The new resources that name each other in a circle.
fn entangled(known: &[Known]) -> BTreeSet<Arn> {
    let made: BTreeMap<&Arn, &Known> = known.iter().filter(|one| one.made).map(|one| (&one.arn, one)).collect();
    let reaches_itself = |start: &Arn| {
        let mut seen = BTreeSet::new();
        let mut stack: Vec<&Arn> = made.get(start).map(|one| one.refs.iter().collect()).unwrap_or_default();
        while let Some(arn) = stack.pop() {
            if arn == start {
                return true;
            }
            if let Some(next) = made.get(arn)
                && seen.insert(arn)
            {
                stack.extend(next.refs.iter());
            }
        }
        false
    };
    made.keys()
        .filter(|arn| reaches_itself(arn))
        .map(|arn| (*arn).clone())
        .collect()
}

/// Pairs of resources of which one names the other.
fn bonds(known: &[Known]) -> Bonds {
    let addresses: BTreeMap<&Arn, &Address> = known.iter().map(|one| (&one.arn, &one.address)).collect();
    known
        .iter()
        .flat_map(|one| {
            one.refs
                .iter()
                .filter_map(|arn| addresses.get(arn))
                .map(|to| (one.address.clone(), (*to).clone()))
        })
        .collect()
}

fn steps(drafts: &[Draft], home: &Home) -> Vec<Step> {
    let numbered = drafts
        .iter()
        .flat_map(|draft| draft.actions.iter().map(move |action| (draft, action)));
    numbered
        .enumerate()
        .map(|(id, (draft, action))| step(id, draft, action, home))
        .collect()
}

fn step(id: usize, draft: &Draft, action: &AnyAction, home: &Home) -> Step {
    let facts = action.facts(home);
    let written = |path| {
        draft
            .change
            .fields
            .iter()
            .find(|field| field.path == path)
            .and_then(|field| field.place.clone())
    };
    Step {
        id,
        address: draft.change.address.clone(),
        action: action.clone(),
        after: Vec::new(),
        call: facts.call,
        summary: facts.summary.clone(),
        access: facts.access,
        rank: facts.rank,
        loss: facts.loss,
        origin: facts
            .fields
            .iter()
            .cloned()
            .find_map(written)
            .or_else(|| draft.change.origin.clone()),
        before: draft.fingerprint.clone(),
        fresh: false,
        facts,
    }
}

/// Marks the steps that stand on something that this plan makes.
fn mark_fresh(steps: &mut [Step]) {
    let made: BTreeSet<Arn> = steps.iter().flat_map(|step| step.facts.makes.iter().cloned()).collect();
    let making: BTreeSet<Address> = steps
        .iter()
        .filter(|step| step.rank == Rank::Create)
        .map(|step| step.address.clone())
        .collect();
    for step in steps {
        step.fresh = making.contains(&step.address) || step.facts.needs.iter().any(|arn| made.contains(arn));
    }
}

/// Two steps that break the same link are one: the holder's own, if it has one, else the first.
fn one_per_link(steps: Vec<Step>) -> Vec<Step> {
    let link = |step: &Step| {
        step.facts
            .unlinks
            .as_ref()
            .map(|(holder, held)| (holder.pathless(), held.pathless()))
    };
    let mut keep: BTreeMap<(Arn, Arn), usize> = BTreeMap::new();
    for step in &steps {
        let Some(link) = link(step) else { continue };
        let better = keep
            .get(&link)
            .is_none_or(|at| steps[*at].rank == Rank::Unlink && step.rank != Rank::Unlink);
        if better {
            keep.insert(link, step.id);
        }
    }
    steps
        .into_iter()
        .filter(|step| link(step).is_none_or(|link| keep.get(&link) == Some(&step.id)))
        .collect()
}
