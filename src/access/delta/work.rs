//! Two worlds compared: every principal whose policies differ, and everybody whom a changed policy of a resource names.
//!
//! Invariant: who is the same on both sides, with the same policies of resources around, is not looked at; everybody else
//! is.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::World;
use crate::catalogue::ActionSet;
use crate::policy_doc::{Effect, Statement};

use super::book::Book;
use super::compare::{Pair, Piece, pieces};
use super::fold::Folding;
use super::grave::{STEPS, is_admin, possible, ways};
use super::rules::{Layer, Reader, Rule, of_holder};
use super::scene::{Attached, Held, Holder, Scene};
use super::whom::{is_about, strangers};
use super::{Delta, Escalation, Right, Shift, Sort, Way, Who, Widens};

impl Delta {
    /// What becomes possible and impossible to whom when one world becomes the other.
    #[must_use]
    pub fn between(before: &World, after: &World) -> Self {
        let (before, after) = (Scene::of(before), Scene::of(after));
        let mut work = Work {
            before: &before,
            after: &after,
            book: Book::default(),
            changed: changed(&before, &after),
            admins: BTreeMap::new(),
        };
        let mut shifts = work.holders();
        shifts.extend(work.strangers());
        shifts.extend(work.unread());
        shifts.sort_by(|one, other| (gravity(one), &one.who).cmp(&(gravity(other), &other.who)));
        Self { shifts }
    }
}

/// The gravest first.
fn gravity(shift: &Shift) -> u8 {
    let widens = shift.widens() != Widens::No;
    match () {
        () if widens && shift.who.sort == Sort::Anyone => 0,
        () if shift.admin == Some(Way::Gains) => 1,
        () if !shift.escalations.is_empty() => 2,
        () if widens => 3,
        () => 4,
    }
}

/// Resources whose policies differ.
fn changed(before: &Scene<'_>, after: &Scene<'_>) -> BTreeSet<String> {
    let all: BTreeSet<&String> = before.resources.keys().chain(after.resources.keys()).collect();
    let differs = |arn: &&String| before.resources.get(*arn) != after.resources.get(*arn);
    all.into_iter().filter(differs).cloned().collect()
}

struct Work<'a> {
    before: &'a Scene<'a>,
    after: &'a Scene<'a>,
    book: Book,
    changed: BTreeSet<String>,
    /// Roles that are as good as administrators afterwards, as far as that was asked.
    admins: BTreeMap<String, bool>,
}

impl Work<'_> {
    fn holders(&mut self) -> Vec<Shift> {
        let (before, after) = (self.before, self.after);
        let all: BTreeSet<&String> = before.holders.keys().chain(after.holders.keys()).collect();
        let shifts = all.into_iter().filter_map(|arn| {
            let sides = (before.holders.get(arn), after.holders.get(arn));
            let is_same = matches!(sides, (Some(one), Some(other)) if same(one, other));
            let mut shift = match is_same && self.changed.is_empty() {
                true => return None,
                false => self.holder(arn, sides)?,
            };
            shift.unknown = unknown(sides);
            Some(shift)
        });
        shifts.filter(says_something).collect()
    }

    fn holder(&mut self, arn: &str, sides: (Option<&Holder<'_>>, Option<&Holder<'_>>)) -> Option<Shift> {
        let shown = sides.1.or(sides.0)?.shown.clone();
        let rules = |scene: &Scene<'_>, holder: Option<&Holder<'_>>| {
            holder.map(|holder| of_holder(scene, arn, holder)).unwrap_or_default()
        };
        let (mut before, mut after) = (rules(self.before, sides.0), rules(self.after, sides.1));
        // Of somebody who comes or goes, the boundary is no difference: without policies it limits nothing.
        match sides {
            (None, Some(_)) => before.extend(limits(&after)),
            (Some(_), None) => after.extend(limits(&before)),
            (Some(_), Some(_)) | (None, None) => {}
        }
        let who = Who {
            sort: Sort::Local,
            id: arn.to_owned(),
            shown,
        };
        Some(self.shift(who, &before, &after))
    }

    fn shift(&mut self, who: Who, before: &[Rule], after: &[Rule]) -> Shift {
        let pieces = pieces(Pair { before, after }, &mut self.book);
        let mut gained = ActionSet::none();
        for piece in pieces.iter().filter(|piece| piece.way != Way::Loses) {
            gained = gained.union(&piece.actions);
        }
        let was = is_admin(before, &mut self.book);
        let is = is_admin(after, &mut self.book);
        let admin = match (was, is) {
            (false, true) => Some(Way::Gains),
            (true, false) => Some(Way::Loses),
            (true, true) | (false, false) => None,
        };
        let possible = possible(after, &mut self.book);
        // Whoever is an administrator has all ways, and had or gains them as one.
        let mut escalations = match is {
            true => Vec::new(),
            false => ways(&possible, &gained),
        };
        escalations.extend(self.taking_on(&who, &pieces));
        let in_reach: Vec<&str> = escalations
            .iter()
            .flat_map(|one| &one.actions)
            .map(String::as_str)
            .collect();
        let steps = match admin {
            Some(Way::Gains) => STEPS.clone(),
            _ => ActionSet::of_patterns(in_reach),
        };
        let patterns: BTreeSet<String> = before
            .iter()
            .chain(after)
            .flat_map(|rule| rule.actions.patterns.iter().cloned())
            .collect();
        let mut folding = Folding {
            patterns: &patterns,
            steps: &steps,
            book: &mut self.book,
        };
        let mut rights: Vec<Right> = pieces.into_iter().flat_map(|piece| folding.rights(piece)).collect();
        rights.sort_by_cached_key(order);
        Shift {
            who,
            rights,
            escalations,
            admin,
            unknown: Vec::new(),
        }
    }

    /// Whoever may take on a role that is as good as an administrator is as good as one, too.
    fn taking_on(&mut self, who: &Who, pieces: &[Piece]) -> Vec<Escalation> {
        let assume = ActionSet::of_pattern("sts:AssumeRole*");
        let gains = pieces.iter().filter(|piece| piece.way != Way::Loses);
        let gains = gains.filter(|piece| !piece.actions.intersection(&assume).is_empty());
        let globs: Vec<_> = gains
            .flat_map(|piece| &piece.region.within)
            .map(|pattern| &pattern.glob)
            .collect();
        let (after, mut found) = (self.after, Vec::new());
        for (arn, holder) in after.holders.iter().filter(|(arn, _)| **arn != who.id) {
            if globs.iter().any(|glob| !glob.is_everything() && glob.matches(arn)) && self.is_admin(arn, holder) {
                found.push(Escalation {
                    id: "assume-administrator".to_owned(),
                    actions: vec!["sts:AssumeRole".to_owned()],
                    how: format!("{} is as good as an administrator", holder.shown),
                });
            }
        }
        found
    }

    fn is_admin(&mut self, arn: &str, holder: &Holder<'_>) -> bool {
        if let Some(known) = self.admins.get(arn) {
            return *known;
        }
        let is = is_admin(&of_holder(self.after, arn, holder), &mut self.book);
        self.admins.insert(arn.to_owned(), is);
        is
    }

    /// Everybody else whom a changed policy of a resource gives or gave something.
    fn strangers(&mut self) -> Vec<Shift> {
        let (before, after) = (self.before, self.after);
        let statements = |scene: &Scene<'_>| -> BTreeSet<Who> {
            let changed = scene.resources.iter().filter(|(arn, _)| self.changed.contains(*arn));
            let documents = changed.filter_map(|(_, attached)| attached.document.as_ref().ok());
            strangers(documents.flat_map(|document| &document.statements), scene)
        };
        let all: BTreeSet<Who> = statements(before).into_iter().chain(statements(after)).collect();
        let shifts: Vec<Shift> = all
            .into_iter()
            .map(|who| {
                let (before, after) = (self.rules_for(before, &who), self.rules_for(after, &who));
                self.shift(who, &before, &after)
            })
            .collect();
        shifts.into_iter().filter(says_something).collect()
    }

    fn rules_for(&self, scene: &Scene<'_>, who: &Who) -> Vec<Rule> {
        let reader = match who.sort {
            Sort::Service => Reader::service(),
            _ => Reader::stranger(),
        };
        let changed = scene.resources.iter().filter(|(arn, _)| self.changed.contains(*arn));
        let rules = changed.flat_map(|(own, attached)| {
            // To a bucket, its own account as a whole is nobody: their own policies decide. A role must let it in.
            let is_account = who.sort == Sort::Local && who.id.ends_with(&scene.account) || who.id.ends_with(":root");
            let is_role = own.contains(":role/");
            let says = |statement: &Statement| match statement.effect {
                Effect::Allow if is_account && who.sort == Sort::Local && !is_role => None,
                Effect::Allow | Effect::Deny => is_about(statement, who, scene).then_some(Layer::Beside),
            };
            let mut rules = match &attached.document {
                Ok(document) => reader.of_resource(&attached.name, document, own, says),
                Err(_) => Vec::new(),
            };
            if is_account && who.sort == Sort::Local {
                for rule in &mut rules {
                    rule.means.guard = rule.means.guard.clone().and_also("their own policies allow it");
                }
            }
            rules
        });
        rules.collect()
    }

    /// Policies of resources that are known on one side alone.
    fn unread(&self) -> Vec<Shift> {
        let said = |attached: Option<&Attached<'_>>| {
            Some((attached?.name.clone(), attached?.document.as_ref().err()?.clone()))
        };
        let mut unknown = Vec::new();
        for arn in &self.changed {
            let (before, after) = (
                said(self.before.resources.get(arn)),
                said(self.after.resources.get(arn)),
            );
            match (before, after) {
                (None, Some((name, why))) => unknown.push((Way::Gains, format!("{name}: {why}"))),
                (Some((name, why)), None) => unknown.push((Way::Loses, format!("{name}: {why}"))),
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
        let nobody = unknown.is_empty();
        let shift = Shift {
            who: super::whom::anyone(),
            rights: Vec::new(),
            escalations: Vec::new(),
            admin: None,
            unknown,
        };
        (!nobody).then_some(shift).into_iter().collect()
    }
}

fn order(right: &Right) -> (Way, bool, Option<super::Level>, Vec<String>, Vec<String>) {
    let escalates = right.actions.iter().any(|item| item.is_escalation);
    let gravest = right
        .actions
        .iter()
        .filter_map(|item| item.levels.keys().next().copied())
        .min();
    let patterns = right.actions.iter().map(|item| item.pattern.clone()).collect();
    (right.way, !escalates, gravest, patterns, right.resources.clone())
}

fn says_something(shift: &Shift) -> bool {
    let Shift {
        who: _,
        rights,
        escalations: _,
        admin,
        unknown,
    } = shift;
    !rights.is_empty() || admin.is_some() || !unknown.is_empty()
}

fn limits(rules: &[Rule]) -> Vec<Rule> {
    let limits = rules.iter().filter(|rule| rule.means.layer == Layer::Boundary);
    limits.cloned().collect()
}

/// Whether somebody has the same policies, whatever they are called.
fn same(one: &Holder<'_>, other: &Holder<'_>) -> bool {
    one.identity == other.identity && one.boundary == other.boundary
}

/// Policies that were not read and that are there on one side alone.
fn unknown(sides: (Option<&Holder<'_>>, Option<&Holder<'_>>)) -> Vec<(Way, String)> {
    let identity = |holder: Option<&Holder<'_>>| -> BTreeSet<String> {
        let held = holder.into_iter().flat_map(|holder| &holder.identity);
        held.filter_map(unread).collect()
    };
    let boundary = |holder: Option<&Holder<'_>>| -> BTreeSet<String> {
        let held = holder.and_then(|holder| holder.boundary.as_ref());
        held.and_then(unread).into_iter().collect()
    };
    let (given_before, given_after) = (identity(sides.0), identity(sides.1));
    let (limit_before, limit_after) = (boundary(sides.0), boundary(sides.1));
    let news = |from: &BTreeSet<String>, to: &BTreeSet<String>, way: Way| -> Vec<(Way, String)> {
        to.difference(from).map(|text| (way, text.clone())).collect()
    };
    [
        news(&given_before, &given_after, Way::Gains),
        news(&given_after, &given_before, Way::Loses),
        news(&limit_before, &limit_after, Way::Loses),
        news(&limit_after, &limit_before, Way::Gains),
    ]
    .concat()
}

fn unread(held: &Held<'_>) -> Option<String> {
    let why = held.document.as_ref().err()?;
    Some(format!("{}: {why}", held.name))
}
