//! From sets of actions back to the patterns that people wrote.
//!
//! Invariant: what is printed is exactly what was found: a pattern stands for its actions, without those that it excepts.
//! An action that can never be used on the resources (their type does not fit) is in no list, unless nothing else is.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{self, Action, ActionSet};
use crate::policy_doc::matches_ignoring_case;

use super::book::Book;
use super::compare::{Piece, Region, Share};
use super::{Actions, Level, Right, Source, Way};

/// The most patterns or actions that one pattern may except.
const MOST_EXCEPT: usize = 4;

/// Sets of at least this many actions may be told as `*` without some.
const MANY: usize = 1_000;

/// What actions are told by.
pub(super) struct Folding<'a> {
    /// Patterns of the policies, of both states.
    pub(super) patterns: &'a BTreeSet<String>,
    /// Actions that are a step to more access than was given.
    pub(super) steps: &'a ActionSet,
    pub(super) book: &'a mut Book,
}

impl Folding<'_> {
    /// A difference as people read it, by service.
    pub(super) fn rights(&mut self, piece: Piece) -> Vec<Right> {
        let fit = Fit::of(&piece.region);
        let useful = fit.useful(&piece.actions, self.book);
        let actions = match (useful.is_empty(), piece.way) {
            // What was of no use is no loss; what is given is told in doubt.
            (true, Way::Loses) if piece.strange.is_empty() => return Vec::new(),
            (true, _) => piece.actions.clone(),
            (false, _) => useful,
        };
        let mut items = self.items(&actions, &fit);
        // What a pattern says already needs no name of its own.
        let is_said = |name: &String| {
            let mut plain = items.iter().filter(|item| item.except.is_empty());
            plain.any(|item| matches_ignoring_case(&item.pattern, name))
        };
        let strange: Vec<&String> = piece.strange.iter().filter(|name| !is_said(name)).collect();
        items.extend(strange.into_iter().map(|name| Actions {
            pattern: name.clone(),
            except: Vec::new(),
            levels: BTreeMap::from([(Level::Unknown, 1)]),
            is_escalation: false,
        }));
        let mut services: BTreeMap<String, Vec<Actions>> = BTreeMap::new();
        for item in items {
            let service = item.pattern.split(':').next().unwrap_or_default().to_ascii_lowercase();
            services.entry(service).or_default().push(item);
        }
        services.into_values().map(|items| self.right(&piece, items)).collect()
    }

    fn items(&mut self, actions: &ActionSet, fit: &Fit<'_>) -> Vec<Actions> {
        let mut left = actions.clone();
        let mut items = Vec::new();
        for (pattern, set) in self.candidates(actions, fit) {
            if left.is_empty() {
                break;
            }
            if set.intersection(&left).is_empty() {
                continue;
            }
            let missing = set.difference(actions);
            let Some(except) = self.except(&missing, fit) else {
                continue;
            };
            let meant = set.difference(&missing);
            left = left.difference(&meant);
            items.push(self.item(pattern, except, &meant));
        }
        let single: Vec<&'static Action> = left.iter().collect();
        for action in single {
            let mut one = ActionSet::none();
            one.insert(action);
            items.push(self.item(action.full_name(), Vec::new(), &one));
        }
        items
    }

    /// Patterns that meet the actions, each with those of its actions that can be used; the widest first.
    fn candidates(&mut self, actions: &ActionSet, fit: &Fit<'_>) -> Vec<(String, ActionSet)> {
        let mut patterns: BTreeSet<String> = self.patterns.clone();
        if actions.len() >= MANY {
            patterns.insert("*".to_owned());
        } else {
            let services: BTreeSet<&str> = actions.iter().map(|action| action.service).collect();
            patterns.extend(services.iter().map(|service| format!("{service}:*")));
        }
        let mut found: Vec<(String, ActionSet)> = Vec::new();
        for pattern in patterns {
            let whole = self.book.pattern(&pattern).clone();
            let is_far = actions.len() < MANY && whole.len() >= MANY;
            if is_far || whole.intersection(actions).is_empty() {
                continue;
            }
            let useful = fit.useful(&whole, self.book);
            let set = if useful.is_empty() { whole } else { useful };
            found.push((pattern, set));
        }
        // Of patterns of one meaning the author's single name is the shortest.
        found.sort_by(|(one, left), (other, right)| {
            (right.len(), one.len(), one).cmp(&(left.len(), other.len(), other))
        });
        found
    }

    /// What a pattern holds too much, if that can be said in a few words.
    fn except(&mut self, missing: &ActionSet, fit: &Fit<'_>) -> Option<Vec<String>> {
        if missing.is_empty() {
            return Some(Vec::new());
        }
        let mut left = missing.clone();
        let mut except = Vec::new();
        let patterns: Vec<String> = self.patterns.iter().cloned().collect();
        let mut sets: Vec<(String, ActionSet)> = Vec::new();
        for pattern in patterns {
            let whole = self.book.pattern(&pattern).clone();
            if whole.intersection(missing).is_empty() {
                continue;
            }
            let set = fit.useful(&whole, self.book);
            if !set.is_empty() && set.is_subset(missing) {
                sets.push((pattern, set));
            }
        }
        sets.sort_by_key(|(_, set)| std::cmp::Reverse(set.len()));
        for (pattern, set) in sets {
            if !set.intersection(&left).is_empty() {
                left = left.difference(&set);
                except.push(pattern);
            }
        }
        if left.len() + except.len() > MOST_EXCEPT {
            return None;
        }
        except.extend(left.iter().map(Action::full_name));
        Some(except)
    }

    fn right(&mut self, piece: &Piece, mut items: Vec<Actions>) -> Right {
        let rank = |item: &Actions| (!item.is_escalation, item.levels.keys().next().copied());
        items.sort_by(|one, other| (rank(one), &one.pattern).cmp(&(rank(other), &other.pattern)));
        let mut resources: Vec<String> = piece.region.within.iter().map(|pattern| pattern.text.clone()).collect();
        resources.sort();
        resources.dedup();
        Right {
            way: piece.way,
            resources,
            except: piece.region.except.clone(),
            when: piece.when.clone(),
            from: self.from(piece, &items),
            actions: items,
        }
    }

    /// The statements that say something of these actions.
    fn from(&mut self, piece: &Piece, items: &[Actions]) -> Vec<Source> {
        let mut meant = ActionSet::none();
        for item in items {
            meant = meant.union(self.book.pattern(&item.pattern));
        }
        let meant = meant.intersection(&piece.actions);
        let is_named = |name: &String| items.iter().any(|item| matches_ignoring_case(&item.pattern, name));
        let says = |share: &Share| !share.actions.intersection(&meant).is_empty() || share.strange.iter().any(is_named);
        let saying = piece.sources.iter().filter(|(_, share)| says(share));
        saying.map(|(source, _)| source.clone()).collect()
    }

    fn item(&self, pattern: String, except: Vec<String>, meant: &ActionSet) -> Actions {
        let mut levels = BTreeMap::new();
        for action in meant.iter() {
            *levels.entry(Level::of(action.level)).or_default() += 1;
        }
        Actions {
            pattern,
            except,
            levels,
            is_escalation: !meant.intersection(self.steps).is_empty(),
        }
    }
}

impl Level {
    fn of(level: catalogue::Level) -> Self {
        match level {
            catalogue::Level::PermissionsManagement => Self::Permissions,
            catalogue::Level::Write => Self::Write,
            catalogue::Level::Tagging => Self::Tagging,
            catalogue::Level::Read => Self::Read,
            catalogue::Level::List => Self::List,
        }
    }
}

/// Which actions can be used on the resources of a region.
struct Fit<'a> {
    region: &'a Region,
    /// All of them can.
    is_everything: bool,
}

impl<'a> Fit<'a> {
    fn of(region: &'a Region) -> Self {
        Self {
            is_everything: region.within.iter().any(|pattern| pattern.glob.is_everything()),
            region,
        }
    }

    fn useful(&self, set: &ActionSet, book: &mut Book) -> ActionSet {
        if self.is_everything {
            return set.clone();
        }
        let mut forms: BTreeMap<&'static str, bool> = BTreeMap::new();
        let mut fits = |form: &'static str| self.region.within.iter().any(|pattern| book.fits(form, pattern));
        let mut services: BTreeMap<&'static str, bool> = BTreeMap::new();
        let mut useful = ActionSet::none();
        for action in set.iter() {
            let near = services
                .entry(action.service)
                .or_insert_with(|| self.reaches(action.service));
            let mut arns = action.resource_types().flat_map(|kind| kind.arns.iter().copied());
            if *near && arns.any(|form| *forms.entry(form).or_insert_with(|| fits(form))) {
                useful.insert(action);
            }
        }
        useful
    }

    /// Whether any resource type of a service is in the region: most services are told apart by a part of the ARN.
    fn reaches(&self, service: &str) -> bool {
        let Some(service) = catalogue::service(service) else {
            return true;
        };
        let parts: BTreeSet<&str> = service
            .resources
            .iter()
            .flat_map(|kind| &kind.arns)
            .filter_map(|arn| service_of(arn))
            .collect();
        self.region
            .within
            .iter()
            .any(|pattern| match service_of(&pattern.text) {
                Some(own) if !own.contains(['*', '?', '$']) => {
                    parts.iter().any(|part| *part == own || part.contains('$'))
                }
                _ => true,
            })
    }
}

fn service_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(2)
}
