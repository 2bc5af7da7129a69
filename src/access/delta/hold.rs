//! What somebody keeps and loses of what they need, and who can still administer a bucket or an account: the questions of
//! a guard.
//!
//! Invariant: an answer is only given as sure where every policy that has a say was read and no condition is open. What is
//! not sure is said so, and the guard decides.

use crate::access::World;
use crate::names::Arn;
use crate::policy_doc::Effect;

use super::Source;
use super::book::{Book, Class};
use super::compare::outcome;
use super::grave::is_admin;
use super::guard::Outcome;
use super::rules::{Layer, Reader, Rule, of_holder_as};
use super::scene::{Held, Holder, Scene};
use super::whom::{anyone, is_about};

/// An action on a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// The action: `iam:AttachUserPolicy`.
    pub action: String,
    /// The ARN.
    pub resource: String,
}

/// Whether something is possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sure {
    /// Whatever the request says.
    Yes,
    /// It depends on the request.
    Depends,
    /// Never.
    No,
}

/// What becomes of one need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The need.
    pub need: Need,
    /// Whether it was met.
    pub before: Sure,
    /// Whether it is met afterwards.
    pub after: Sure,
    /// The statement that denies it afterwards, or that allowed it before.
    pub because: Option<Source>,
}

impl Standing {
    /// Whether it was possible and is not any more, for certain.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.before != Sure::No && self.after == Sure::No
    }
}

/// What becomes of somebody's needs; `None` where not all of their policies are known on both sides.
#[must_use]
pub fn standing(before: &World, after: &World, who: &Arn, needs: &[Need]) -> Option<Vec<Standing>> {
    let (before, after) = (Rules::of(before, who)?, Rules::of(after, who)?);
    let mut book = Book::default();
    let standing = |need: &Need| {
        let (was, is) = (before.outcome(need, &mut book), after.outcome(need, &mut book));
        let banned = after.deciding(need, Effect::Deny, &mut book);
        Standing {
            need: need.clone(),
            before: sure(&was),
            after: sure(&is),
            because: banned.or_else(|| before.deciding(need, Effect::Allow, &mut book)),
        }
    };
    Some(needs.iter().map(standing).collect())
}

fn sure(outcome: &Outcome) -> Sure {
    match outcome {
        Outcome::Always => Sure::Yes,
        Outcome::Sometimes { .. } => Sure::Depends,
        Outcome::Never => Sure::No,
    }
}

/// What has a say in what somebody may do; nothing of somebody who is not there.
struct Rules(Vec<Rule>);

impl Rules {
    fn of(world: &World, who: &Arn) -> Option<Self> {
        let scene = Scene::of(world);
        let found = world.principals().find(|one| one.arn.names_same_principal(who));
        let Some(arn) = found.map(|one| one.arn.to_string()) else {
            return Some(Self(Vec::new()));
        };
        let holder = scene.holders.get(&arn)?;
        if !is_known(holder) {
            return None;
        }
        // This program speaks to AWS over TLS.
        let reader = Reader::holder(&arn, &scene.account, holder.kind).over_tls();
        Some(Self(of_holder_as(&reader, &scene, &arn, holder)))
    }

    fn matching<'a>(&'a self, need: &Need, book: &mut Book) -> Vec<&'a Rule> {
        let set = book.pattern(&need.action).clone();
        let class = match set.is_empty() {
            true => Class::Strange(need.action.clone()),
            false => Class::Known(set),
        };
        let is_about = |rule: &&Rule| rule.places.hold(&need.resource) && book.applies(rule, &class);
        self.0.iter().filter(is_about).collect()
    }

    fn outcome(&self, need: &Need, book: &mut Book) -> Outcome {
        outcome(self.matching(need, book).into_iter())
    }

    fn deciding(&self, need: &Need, effect: Effect, book: &mut Book) -> Option<Source> {
        let is_it = |rule: &&&Rule| {
            let layer = rule.means.layer;
            rule.means.effect == effect && (effect == Effect::Deny || layer != Layer::Boundary)
        };
        let matching = self.matching(need, book);
        matching.iter().find(is_it).map(|rule| rule.source.clone())
    }
}

fn is_known(holder: &Holder<'_>) -> bool {
    let is_read = |held: &Held<'_>| held.document.is_ok();
    holder.identity.iter().all(is_read) && holder.boundary.as_ref().is_none_or(is_read)
}

/// The statement by which, afterwards and not before, nobody at all can do any of these actions on a resource: a Deny for
/// everybody, without an exception.
#[must_use]
pub fn shut(before: &World, after: &World, resource: &Arn, actions: &[&str]) -> Option<Source> {
    let bans = |world: &World| -> Option<Source> {
        let scene = Scene::of(world);
        let attached = scene.resources.get(resource.as_str())?;
        let document = attached.document.as_ref().ok()?;
        let says = |statement: &crate::policy_doc::Statement| {
            let is_ban = statement.effect == Effect::Deny && is_about(statement, &anyone(), &scene);
            is_ban.then_some(Layer::Beside)
        };
        let reader = Reader::stranger().over_tls();
        let rules = Rules(reader.of_resource(&attached.name, document, resource.as_str(), says));
        let mut book = Book::default();
        let mut found = None;
        for action in actions {
            let need = Need {
                action: (*action).to_owned(),
                resource: resource.to_string(),
            };
            let matching = rules.matching(&need, &mut book);
            let ban = matching.iter().find(|rule| rule.means.guard.is_always())?;
            found.get_or_insert_with(|| ban.source.clone());
        }
        found
    };
    if bans(before).is_some() {
        return None;
    }
    bans(after)
}

/// Users and roles that are as good as administrators, by how the file calls them.
#[must_use]
pub fn administrators(world: &World) -> Vec<String> {
    let scene = Scene::of(world);
    let mut book = Book::default();
    let holders = scene.holders.iter();
    let admins = holders.filter(|(arn, holder)| {
        let reader = Reader::holder(arn, &scene.account, holder.kind);
        is_admin(&of_holder_as(&reader, &scene, arn, holder), &mut book)
    });
    admins.map(|(_, holder)| holder.shown.clone()).collect()
}
