//! From what is wanted and what is there to a plan.
//!
//! Invariant: pure. Two passes, because a thing that is deleted and made anew gets a new unique id, so whatever names it
//! must be written again even where its text is equal.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::World;
use crate::access::delta::Delta;
use crate::address::Address;
use crate::guard::{self, GuardCx};
use crate::kind::{Home, Object, Rank, Seen};
use crate::kinds::{AnyAction, AnyObject, Member, Visit};
use crate::names::Arn;
use crate::spec::source::Sources;

use super::consent::Consents;
use super::draft::{Around, Draft, DraftCx, Drafting, replacing};
use super::level::{TagRules, level};
use super::order::{Bonds, order};
use super::{Header, Plan, Refusal, Step, refuse};

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
    /// What a base declared, by the addresses of today.
    pub known: &'a BTreeSet<Address>,
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
        known,
        mut refusals,
    } = input;
    let whole: BTreeSet<Arn> = objects
        .iter()
        .filter_map(|object| object.visit(Whole { home }))
        .collect();
    let knowing = |object: &AnyObject| {
        object.visit(Knowing {
            home,
            tags,
            whole: &whole,
        })
    };
    let mut facts: Vec<Known> = objects.iter().map(knowing).collect();
    let (around, nothing) = (around(&facts), BTreeSet::new());
    let mut cx = DraftCx {
        environment: &header.environment,
        home,
        tags,
        consents,
        replaced: &nothing,
        entangled: &nothing,
        around: &around,
        whole: &whole,
        caller,
        known,
    };
    for (known, object) in facts.iter_mut().zip(objects) {
        known.replaced = object.visit(Replacing(&cx));
    }
    let replaced = facts.iter().filter(|known| known.replaced);
    let replaced = replaced.filter_map(|known| known.live.clone()).collect();
    let entangled = entangled(&facts);
    (cx.replaced, cx.entangled) = (&replaced, &entangled);
    let mut drafts: Vec<Draft> = objects.iter().map(|object| object.visit(Drafting(&cx))).collect();
    // What is neither wanted nor to go was read for its context only.
    drafts.retain(|draft| draft.change.origin.is_some());
    drafts.sort_by(|a, b| a.change.address.cmp(&b.change.address));
    refusals.extend(drafts.iter_mut().flat_map(|draft| std::mem::take(&mut draft.refusals)));
    let mut steps = steps(&drafts, home);
    let_boundaries_go(&mut steps, &facts);
    let mut steps = one_per_link(steps);
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
        access: Delta::default(),
    };
    let planned = || World::planned(objects, home, &Sources::default(), tags);
    let worlds = (!plan.steps.is_empty()).then(|| (World::live(objects, home), planned()));
    if let Some((before, after)) = &worlds {
        plan.access = Delta::between(before, after);
    }
    let found = guard::judge(&GuardCx {
        plan: &plan,
        objects,
        home,
        caller,
        worlds: worlds.as_ref().map(|(before, after)| (before, after)),
        consents,
    });
    with_refusals(plan, found)
}

/// A plan with what the guards say of it, each once.
fn with_refusals(mut plan: Plan, found: Vec<Refusal>) -> Plan {
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
    /// Its ARN in AWS.
    live: Option<Arn>,
    /// Its ARN when the plan has been executed.
    wanted: Option<Arn>,
    /// What it names in AWS.
    live_refs: BTreeSet<Arn>,
    /// What it will name.
    wanted_refs: BTreeSet<Arn>,
    /// What limits it in AWS.
    bounds: BTreeSet<Arn>,
    role: Part,
    replaced: bool,
}

/// The part of a resource in a plan.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// It shall be as the file says, and it is there.
    Kept,
    /// It shall be as the file says, and there is none.
    New,
    /// It shall go.
    Doomed,
    /// It was read for its context, or could not be read.
    Aside,
}

struct Knowing<'a> {
    home: &'a Home,
    tags: &'a TagRules,
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
        let live = match &object.seen {
            Seen::There(live) => Some(live),
            Seen::Absent | Seen::Unread | Seen::Unknown(_) => None,
        };
        let wanted = object.wanted.as_ref().map(|wanted| match live {
            Some(live) => level(wanted, live, self.tags, self.whole).state,
            None => wanted.state.clone(),
        });
        let arn = |state: &K::State| K::arn(&object.id, Some(state), self.home);
        let refs = |state: &K::State| K::refs(&object.id, state, self.home);
        let limits = |state: &K::State| {
            let grants = K::grants(&object.id, state, self.home).into_iter();
            grants.filter(|grant| grant.limits).filter_map(|grant| grant.managed)
        };
        let live = live.map(|live| &live.state);
        Known {
            address: object.address.clone(),
            live: live.map(arn),
            wanted: wanted.as_ref().map(arn),
            live_refs: live.into_iter().flat_map(refs).collect(),
            wanted_refs: wanted.iter().flat_map(refs).collect(),
            bounds: live.into_iter().flat_map(limits).collect(),
            role: match (&object.wanted, &object.doom, &object.seen) {
                (Some(_), _, Seen::There(_)) => Part::Kept,
                (Some(_), _, Seen::Absent) => Part::New,
                (None, Some(_), Seen::There(_)) => Part::Doomed,
                _ => Part::Aside,
            },
            replaced: false,
        }
    }
}

/// Whether a resource is deleted and made anew.
struct Replacing<'a>(&'a DraftCx<'a>);

impl Visit for Replacing<'_> {
    type Out = bool;

    fn visit<K: Member>(self, object: &Object<K>) -> bool {
        match (&object.wanted, &object.seen) {
            (Some(wanted), Seen::There(live)) => {
                let levelled = level(wanted, live, self.0.tags, self.0.whole);
                replacing(object, &levelled, self.0) && refuse::replacement(object, wanted, live, self.0).is_none()
            }
            _ => false,
        }
    }
}

fn around(known: &[Known]) -> Around {
    let mut around = Around::default();
    for one in known {
        if one.role != Part::Aside {
            around.settled.extend(one.live.as_ref().map(Arn::pathless));
        }
        for arn in &one.wanted_refs {
            around.named.entry(arn.clone()).or_default().insert(one.address.clone());
        }
        for arn in &one.bounds {
            around
                .bounds
                .entry(arn.clone())
                .or_default()
                .insert(one.address.clone());
        }
    }
    around
}

/// The new resources that name each other in a circle.
fn entangled(known: &[Known]) -> BTreeSet<Arn> {
    let is_made = |one: &&Known| one.role == Part::New || one.replaced;
    let made: BTreeMap<&Arn, &Known> = known
        .iter()
        .filter(is_made)
        .filter_map(|one| Some((one.wanted.as_ref()?, one)))
        .collect();
    let reaches_itself = |start: &Arn| {
        let mut seen = BTreeSet::new();
        let mut stack: Vec<&Arn> = made.get(start).into_iter().flat_map(|one| &one.wanted_refs).collect();
        while let Some(arn) = stack.pop() {
            if arn == start {
                return true;
            }
            if let Some(next) = made.get(arn)
                && seen.insert(arn)
            {
                stack.extend(next.wanted_refs.iter());
            }
        }
        false
    };
    made.keys()
        .filter(|arn| reaches_itself(arn))
        .map(|arn| (*arn).clone())
        .collect()
}

/// Pairs of resources of which one names the other, now or later.
fn bonds(known: &[Known]) -> Bonds {
    let addresses: BTreeMap<&Arn, &Address> = known
        .iter()
        .flat_map(|one| one.live.iter().chain(&one.wanted).map(|arn| (arn, &one.address)))
        .collect();
    let pairs = known.iter().flat_map(|one| {
        let refs = one.live_refs.iter().chain(&one.wanted_refs);
        refs.filter_map(|arn| addresses.get(arn))
            .map(|to| (one.address.clone(), (*to).clone()))
    });
    pairs.collect()
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
    let written = |path: crate::fields::FieldPath| {
        draft
            .change
            .fields
            .iter()
            .find(|field| field.path == path || (path.key.is_none() && field.path.field == path.field))
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

/// Marks the steps that stand on something that this plan makes. The making itself isn't one: what it doesn't find isn't
/// late but missing.
fn mark_fresh(steps: &mut [Step]) {
    let made: BTreeSet<Arn> = steps.iter().flat_map(|step| step.facts.makes.iter().cloned()).collect();
    let making: BTreeSet<Address> = steps
        .iter()
        .filter(|step| step.rank == Rank::Create)
        .map(|step| step.address.clone())
        .collect();
    for step in steps {
        let is_behind = step.rank > Rank::Create && making.contains(&step.address);
        step.fresh = is_behind || step.facts.needs.iter().any(|arn| made.contains(arn));
    }
}

/// Who is deleted keeps the boundary up to the end, since nobody is unbounded on the way; only then its policy can go
/// (`DeleteConflict` before).
fn let_boundaries_go(steps: &mut [Step], known: &[Known]) {
    let bounds: BTreeMap<&Address, &BTreeSet<Arn>> = known.iter().map(|one| (&one.address, &one.bounds)).collect();
    for step in steps.iter_mut().filter(|step| !step.facts.deletes.is_empty()) {
        for bound in bounds.get(&step.address).into_iter().copied().flatten() {
            step.facts.frees.push(bound.clone());
            let link = (step.action.arn().clone(), bound.clone());
            step.facts.unlinks.get_or_insert(link);
        }
    }
}

/// Steps that break the same link are one: the holder's own, if it has one, else the first.
fn one_per_link(steps: Vec<Step>) -> Vec<Step> {
    let link = |step: &Step| {
        let (holder, held) = step.facts.unlinks.as_ref()?;
        Some((holder.pathless(), held.pathless()))
    };
    let is_own = |step: &Step, (holder, _): &(Arn, Arn)| step.action.arn().pathless() == *holder;
    let mut broken: BTreeSet<(Arn, Arn)> = BTreeSet::new();
    for step in &steps {
        broken.extend(link(step).filter(|link| is_own(step, link)));
    }
    let mut kept = steps;
    kept.retain(|step| link(step).is_none_or(|link| is_own(step, &link) || broken.insert(link)));
    kept
}
