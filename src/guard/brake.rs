//! The brake: many deletions and detachments at once are more often a slip than a wish.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::kind::{Kind, Loss, Object, Seen};
use crate::kinds::{KindName, Member, Visit};
use crate::plan::consent::Danger;
use crate::plan::{Refusal, Verb};

use super::{GuardCx, Rule};

/// Up to this many losses never need a word.
const FEW: usize = 3;

/// Beyond this share of the environment, in percent, they do.
const SHARE: usize = 30;

pub(super) struct Brake;

impl Rule for Brake {
    fn judge(&self, cx: &GuardCx<'_>) -> Vec<Refusal> {
        if cx.consents.allows(Danger::MassChange, None) {
            return Vec::new();
        }
        let losses = cx.plan.steps.iter().filter(|step| step.loss != Loss::None).count();
        let things: usize = cx.objects.iter().map(|object| object.visit(Counting)).sum();
        let mut refusals: Vec<Refusal> = stores(cx).collect();
        if losses > FEW && losses * 100 > things * SHARE {
            refusals.push(refusal(format!(
                "{losses} of {things} things and links would be deleted or detached"
            )));
        }
        refusals.extend(
            all_of_a_kind(cx)
                .into_iter()
                .map(|(kind, count)| refusal(format!("every {kind} of this environment would be deleted ({count})"))),
        );
        refusals
    }
}

fn refusal(message: String) -> Refusal {
    Refusal {
        guard: Danger::MassChange.word(),
        address: None,
        message,
        place: None,
        hint: "to go on: --allow mass-change".into(),
    }
}

/// What holds other people's things never goes without a word, however few go with it.
fn stores<'a>(cx: &'a GuardCx<'_>) -> impl Iterator<Item = Refusal> + 'a {
    let steps = cx.plan.steps.iter().filter(|step| step.loss == Loss::Store);
    steps.map(|step| refusal(format!("{} would be deleted", step.address)))
}

/// Kinds of which the account has several of this environment and nothing of them would be left.
fn all_of_a_kind(cx: &GuardCx<'_>) -> Vec<(KindName, usize)> {
    let live: BTreeSet<&Address> = cx
        .objects
        .iter()
        .filter(|object| object.visit(Counting) > 0)
        .map(|object| object.address())
        .collect();
    let mut counts: BTreeMap<KindName, (usize, usize)> = BTreeMap::new();
    for change in cx.plan.changes.iter().filter(|change| live.contains(&change.address)) {
        let (gone, all) = counts.entry(change.address.kind).or_default();
        *all += 1;
        *gone += usize::from(change.verb == Verb::Delete);
    }
    counts
        .into_iter()
        .filter(|(_, (gone, all))| gone == all && *all > 1)
        .map(|(kind, (gone, _))| (kind, gone))
        .collect()
}

/// A live thing and the links that hang on it.
struct Counting;

impl Visit for Counting {
    type Out = usize;

    fn visit<K: Member>(self, object: &Object<K>) -> usize {
        let ours = object.wanted.is_some() || object.doom.is_some();
        match &object.seen {
            Seen::There(live) if ours => 1 + links::<K>(&live.state),
            Seen::There(_) | Seen::Absent | Seen::Unread | Seen::Unknown(_) => 0,
        }
    }
}

fn links<K: Kind>(state: &K::State) -> usize {
    use crate::fields::Fields as _;
    state
        .present()
        .iter()
        .filter(|path| path.key.is_some() && path.field != "tags")
        .count()
}
