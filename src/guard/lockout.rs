//! Lock-out: a plan must not take from whoever runs it what undoing it needs, nor from everybody what a bucket or the
//! account is administered with.
//!
//! Invariant: it errs on the safe side. A step that narrows, or may narrow, the caller's own user or role, its groups,
//! boundary, trust or policies is refused, unless every policy that has a say was read and the caller keeps, whatever the
//! request says, all that brings the former state back. Other steps are refused where they take from the caller, for
//! certain, what undoing needs and the caller had; that is told with the statement that does it.

mod needs;

use std::collections::BTreeSet;

use crate::access::World;
use crate::access::delta::Source;
use crate::access::delta::hold::{Standing, Sure, administrators, shut, standing};
use crate::address::Address;
use crate::kind::{Access, Object, Rank, Seen};
use crate::kinds::{Member, Visit};
use crate::names::Arn;
use crate::plan::consent::Danger;
use crate::plan::{Refusal, Step};

use super::{GuardCx, Rule};

/// Fields that say what policies let somebody do. A trust policy says who becomes the caller at all, which nobody can
/// prove from the policies of the caller.
const POLICY_FIELDS: &[&str] = &[
    "policies",
    "inline_policies",
    "permissions_boundary",
    "groups",
    "members",
    "document",
];

/// What it takes to mend the policy of a bucket.
const MENDING: &[&str] = &["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"];

pub(super) struct Lockout;

impl Rule for Lockout {
    fn judge(&self, cx: &GuardCx<'_>) -> Vec<Refusal> {
        let own = own_arns(cx);
        let steps = &cx.plan.steps;
        // What only gives, or makes something new, takes from nobody.
        if !steps.iter().any(narrows) {
            return Vec::new();
        }
        let told = cx.worlds.and_then(|(before, after)| {
            let needs = needs::of(steps, &own);
            standing(before, after, cx.caller, &needs)
        });
        let told = told.unwrap_or_default();
        let is_own = |step: &&Step| narrows(step) && own.contains(step.action.arn());
        let (own_steps, others): (Vec<&Step>, Vec<&Step>) = steps.iter().partition(is_own);
        let mut refusals: Vec<Refusal> = own_steps
            .iter()
            .filter(|step| !is_proved_harmless(step, &told))
            .map(|step| refusal(step, loss(&told)))
            .collect();
        if own_steps.is_empty() {
            refusals.extend(blamed(cx, &others, &told));
        }
        refusals.extend(cx.worlds.into_iter().flat_map(|worlds| shut_buckets(steps, worlds)));
        refusals.extend(cx.worlds.and_then(|worlds| last_administrator(cx, worlds)));
        refusals.retain(|refusal| !cx.consents.allows(Danger::Lockout, refusal.address.as_ref()));
        // The first reason for a thing is the nearest to what the file does to it.
        let mut told = BTreeSet::new();
        refusals.retain(|refusal| {
            refusal
                .address
                .as_ref()
                .is_none_or(|address| told.insert(address.clone()))
        });
        refusals.sort();
        refusals
    }
}

/// Whether the caller keeps, for certain, what takes a step back, and loses nothing else that undoing needs.
fn is_proved_harmless(step: &Step, told: &[Standing]) -> bool {
    let fields = &step.facts.fields;
    let is_policy = !fields.is_empty() && fields.iter().all(|path| POLICY_FIELDS.contains(&path.field));
    let arn = step.action.arn().as_str();
    let mut own = told.iter().filter(|standing| standing.need.resource == arn).peekable();
    let is_kept = own.peek().is_some() && own.all(|standing| standing.after == Sure::Yes);
    let is_whole = |standing: &Standing| match (standing.before, standing.after) {
        (_, Sure::Yes) | (Sure::No, Sure::No) | (Sure::Depends | Sure::No, Sure::Depends) => true,
        (Sure::Yes | Sure::Depends, Sure::No) | (Sure::Yes, Sure::Depends) => false,
    };
    is_policy && is_kept && told.iter().all(is_whole)
}

/// What is lost for certain, if anything.
fn loss(told: &[Standing]) -> Option<&Standing> {
    told.iter().find(|standing| standing.is_lost())
}

fn refusal(step: &Step, loss: Option<&Standing>) -> Refusal {
    let what = match loss {
        Some(loss) => format!(
            "takes from the identity that runs this what undoing it needs: {}",
            said(loss)
        ),
        None => "may take access from the identity that runs this".to_owned(),
    };
    Refusal {
        guard: Danger::Lockout.word(),
        address: Some(step.address.clone()),
        message: format!("{} ({}) {what}", step.address, step.summary),
        place: step.origin.clone(),
        hint: hint(&step.address),
    }
}

fn hint(address: &Address) -> String {
    format!("to go on: --allow lockout:{address}")
}

/// "s3:PutBucketPolicy on arn:aws:s3:::b (bucket policy of bucket/b, Shut)".
fn said(standing: &Standing) -> String {
    let because = standing.because.as_ref();
    let because = because
        .map(|source| format!(" ({})", named(source)))
        .unwrap_or_default();
    format!("{} on {}{because}", standing.need.action, standing.need.resource)
}

fn named(source: &Source) -> String {
    match &source.statement {
        Some(statement) => format!("{}, {statement}", source.policy),
        None => source.policy.clone(),
    }
}

/// Steps about other things that take from the caller, for certain, what undoing needs: those of the resource whose
/// administration is lost.
fn blamed(cx: &GuardCx<'_>, others: &[&Step], told: &[Standing]) -> Vec<Refusal> {
    let lost: Vec<&Standing> = told.iter().filter(|standing| standing.is_lost()).collect();
    let mut refusals = Vec::new();
    for standing in lost {
        let of_it = others.iter().find(|step| {
            step.access != Access::Widens
                && !deletes_all_of(step)
                && needs::resource(step.action.arn()) == standing.need.resource
        });
        // What is deleted is gone for everybody, and its deletion is a matter for other guards.
        let is_gone = cx
            .plan
            .steps
            .iter()
            .any(|step| deletes_all_of(step) && needs::resource(step.action.arn()) == standing.need.resource);
        if let Some(step) = of_it.filter(|_| !is_gone) {
            refusals.push(refusal(step, Some(standing)));
        }
    }
    refusals
}

fn deletes_all_of(step: &Step) -> bool {
    step.rank == Rank::Delete
}

/// Buckets whose policy would deny everybody the mending of it.
fn shut_buckets(steps: &[Step], (before, after): (&World, &World)) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for step in steps.iter().filter(|step| step.action.arn().bucket_name().is_some()) {
        let Some(source) = shut(before, after, step.action.arn(), MENDING) else {
            continue;
        };
        let message = format!(
            "nobody but the account's root user could mend the policy of {} any more: {}",
            step.address,
            named(&source)
        );
        refusals.push(Refusal {
            guard: Danger::Lockout.word(),
            address: Some(step.address.clone()),
            message,
            place: step.origin.clone(),
            hint: format!("leave somebody out of the Deny, or, {}", hint(&step.address)),
        });
    }
    refusals
}

/// Where the last one who is as good as an administrator goes, and the caller is none, as far as that is known.
fn last_administrator(cx: &GuardCx<'_>, (before, after): (&World, &World)) -> Option<Refusal> {
    let (were, are) = (administrators(before), administrators(after));
    let is_caller_known = before.principals().any(|one| one.arn.names_same_principal(cx.caller));
    if were.is_empty() || !are.is_empty() || !is_caller_known {
        return None;
    }
    let is_about = |step: &&Step| were.contains(&step.address.to_string());
    let step = cx.plan.steps.iter().find(is_about);
    Some(Refusal {
        guard: Danger::Lockout.word(),
        address: step.map(|step| step.address.clone()),
        message: format!(
            "nobody who is known here could administer the account any more; {} could",
            were.join(", ")
        ),
        place: step.and_then(|step| step.origin.clone()),
        hint: "to go on: --allow lockout".into(),
    })
}

fn narrows(step: &Step) -> bool {
    match step.access {
        Access::Restricts => true,
        // A new thing has nothing that could be narrowed.
        Access::Either => step.rank != Rank::Create,
        Access::Neutral => step.rank == Rank::Delete,
        Access::Widens => false,
    }
}

/// The caller and everything that its access hangs on.
fn own_arns(cx: &GuardCx<'_>) -> BTreeSet<Arn> {
    let mut own = BTreeSet::new();
    let mut todo: Vec<Arn> = cx
        .objects
        .iter()
        .filter_map(|object| object.visit(IsCaller(cx)))
        .collect();
    while let Some(arn) = todo.pop() {
        if own.insert(arn.clone()) {
            todo.extend(
                cx.objects
                    .iter()
                    .filter_map(|object| object.visit(Refs(cx, &arn)))
                    .flatten(),
            );
        }
    }
    own
}

struct IsCaller<'a>(&'a GuardCx<'a>);

impl Visit for IsCaller<'_> {
    type Out = Option<Arn>;

    fn visit<K: Member>(self, object: &Object<K>) -> Option<Arn> {
        let arn = live_arn(object, self.0)?;
        arn.names_same_principal(self.0.caller).then_some(arn)
    }
}

/// What a resource with this ARN names: its groups, policies, boundary.
struct Refs<'a>(&'a GuardCx<'a>, &'a Arn);

impl Visit for Refs<'_> {
    type Out = Option<Vec<Arn>>;

    fn visit<K: Member>(self, object: &Object<K>) -> Option<Vec<Arn>> {
        let Seen::There(live) = &object.seen else { return None };
        (live_arn(object, self.0)? == *self.1).then(|| K::refs(&object.id, &live.state, self.0.home))
    }
}

fn live_arn<K: Member>(object: &Object<K>, cx: &GuardCx<'_>) -> Option<Arn> {
    match &object.seen {
        Seen::There(live) => Some(K::arn(&object.id, Some(&live.state), cx.home)),
        Seen::Absent | Seen::Unread | Seen::Unknown(_) => None,
    }
}
