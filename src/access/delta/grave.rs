//! What nobody should miss: who becomes as good as an administrator, and who gains a way to more than was given.
//!
//! Invariant: in doubt it is so. A way counts where all of its actions may be used afterwards and one of them is gained.

use std::sync::LazyLock;

use crate::catalogue::{ActionSet, ESCALATIONS};
use crate::policy_doc::{Effect, Sense};

use super::Escalation;
use super::book::Book;
use super::rules::{Layer, Rule};

/// All actions that are in some set.
pub(super) static STEPS: LazyLock<ActionSet> = LazyLock::new(|| {
    let actions = ESCALATIONS.iter().flat_map(|one| one.actions.iter().copied());
    ActionSet::of_patterns(actions)
});

/// Each set's actions.
static SETS: LazyLock<Vec<ActionSet>> = LazyLock::new(|| {
    let sets = ESCALATIONS
        .iter()
        .map(|one| ActionSet::of_patterns(one.actions.iter().copied()));
    sets.collect()
});

/// Writing IAM policies, without which nobody is an administrator.
static IAM_STEPS: LazyLock<ActionSet> = LazyLock::new(|| STEPS.intersection(&ActionSet::of_pattern("iam:*")));

/// Whether the rules let one do anything with everybody's policies, so that all else follows.
pub(super) fn is_admin(rules: &[Rule], book: &mut Book) -> bool {
    let mut everywhere = |layer: Layer, effect: Effect| {
        let mut all = ActionSet::none();
        for rule in rules
            .iter()
            .filter(|rule| (rule.means.layer, rule.means.effect) == (layer, effect))
        {
            let is_sure = effect == Effect::Allow || rule.means.guard.is_always();
            if is_sure && is_about_everything(rule) {
                all = all.union(book.clause(&rule.actions));
            }
        }
        all
    };
    let given = everywhere(Layer::Identity, Effect::Allow).intersection(&everywhere(Layer::Boundary, Effect::Allow));
    let denied = everywhere(Layer::Identity, Effect::Deny).union(&everywhere(Layer::Boundary, Effect::Deny));
    let whole = ActionSet::of_pattern("iam:*");
    whole.is_subset(&given) && !IAM_STEPS.is_subset(&denied)
}

fn is_about_everything(rule: &Rule) -> bool {
    rule.places.sense == Sense::Only && rule.places.patterns.iter().any(|pattern| pattern.glob.is_everything())
}

/// The actions that may be used on something.
pub(super) fn possible(rules: &[Rule], book: &mut Book) -> ActionSet {
    let mut of = |layers: &[Layer], effect: Effect| {
        let mut all = ActionSet::none();
        for rule in rules {
            let meaning = &rule.means;
            let is_sure = effect == Effect::Allow || (meaning.guard.is_always() && is_about_everything(rule));
            if layers.contains(&meaning.layer) && meaning.effect == effect && is_sure {
                all = all.union(book.clause(&rule.actions));
            }
        }
        all
    };
    let given = of(&[Layer::Identity], Effect::Allow).intersection(&of(&[Layer::Boundary], Effect::Allow));
    let denied = of(&[Layer::Identity, Layer::Boundary, Layer::Beside], Effect::Deny);
    given.union(&of(&[Layer::Beside], Effect::Allow)).difference(&denied)
}

/// The sets that may be used afterwards, one action of which is gained.
pub(super) fn ways(possible: &ActionSet, gained: &ActionSet) -> Vec<Escalation> {
    let sets = ESCALATIONS.iter().zip(SETS.iter());
    let found = sets.filter(|(one, set)| {
        // A set of which the catalogue does not know all actions can't be told to be complete.
        set.len() == one.actions.len() && set.is_subset(possible) && !set.intersection(gained).is_empty()
    });
    let told = found.map(|(one, _)| Escalation {
        id: one.id.to_owned(),
        actions: one.actions.iter().map(|action| (*action).to_owned()).collect(),
        how: one.how.to_owned(),
    });
    told.collect()
}
