//! What one principal gains and loses when its rules become others.
//!
//! Invariant: actions are cut into classes and resources into cells that no rule tells apart, so that an answer for one
//! holds for all; nothing is sampled. Where the patterns overlap in too many ways, all that changed is gained and lost.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::ActionSet;
use crate::policy_doc::{Effect, Glob, Sense, cells};

use super::book::{Book, Class, Relation};
use super::guard::{Guard, Outcome};
use super::rules::{Layer, Meaning, Pattern, Rule};
use super::{Source, Way, When};

/// What cutting patterns may cost, in steps; beyond it nothing is decided.
const LIMIT: usize = 20_000;

/// The resources of a piece.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Region {
    /// These.
    pub(super) within: Vec<Pattern>,
    /// But not these.
    pub(super) except: Vec<String>,
}

/// A difference in some actions on some resources.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) way: Way,
    pub(super) when: When,
    pub(super) region: Region,
    pub(super) actions: ActionSet,
    /// Actions that the catalogue does not know.
    pub(super) strange: BTreeSet<String>,
    /// The statements that say so, each with the actions for which it does.
    pub(super) sources: BTreeMap<Source, Share>,
}

/// Actions of a piece.
#[derive(Debug, Clone)]
pub(super) struct Share {
    pub(super) actions: ActionSet,
    pub(super) strange: BTreeSet<String>,
}

impl Share {
    fn join(&mut self, other: Self) {
        self.actions = self.actions.union(&other.actions);
        self.strange.extend(other.strange);
    }
}

impl Piece {
    fn join_sources(&mut self, sources: BTreeMap<Source, Share>) {
        for (source, share) in sources {
            match self.sources.get_mut(&source) {
                Some(own) => own.join(share),
                None => drop(self.sources.insert(source, share)),
            }
        }
    }
}

/// The rules before and after.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) before: &'a [Rule],
    pub(super) after: &'a [Rule],
}

/// A rule and on which sides it stands.
struct Sided<'a> {
    rule: &'a Rule,
    before: bool,
    after: bool,
}

impl Sided<'_> {
    fn is_changed(&self) -> bool {
        self.before != self.after
    }
}

/// Every rule once.
fn sided<'a>(pair: &Pair<'a>) -> Vec<Sided<'a>> {
    let mut all: BTreeMap<&Meaning, Sided<'a>> = BTreeMap::new();
    for rule in pair.before {
        all.entry(&rule.means).or_insert(Sided {
            rule,
            before: true,
            after: false,
        });
    }
    for rule in pair.after {
        let sided = all.entry(&rule.means).or_insert(Sided {
            rule,
            before: false,
            after: true,
        });
        sided.after = true;
    }
    all.into_values().collect()
}

/// All differences.
pub(super) fn pieces(pair: Pair<'_>, book: &mut Book) -> Vec<Piece> {
    let all = sided(&pair);
    let changed: Vec<&Rule> = all.iter().filter(|one| one.is_changed()).map(|one| one.rule).collect();
    let rules: Vec<&Rule> = all.iter().map(|one| one.rule).collect();
    let mut pieces = Vec::new();
    for class in book.classes(&changed, &rules) {
        let own: Vec<&Sided<'_>> = all.iter().filter(|one| book.applies(one.rule, &class)).collect();
        for asked in asked(&own, book) {
            pieces.extend(within(&asked, &own, &class, book));
        }
    }
    merged(pieces)
}

/// The patterns in which something may differ; none is within another one.
fn asked(own: &[&Sided<'_>], book: &mut Book) -> Vec<Pattern> {
    let mut patterns: Vec<Pattern> = Vec::new();
    for rule in own.iter().filter(|one| one.is_changed()).map(|one| one.rule) {
        match rule.places.sense {
            Sense::Only => patterns.extend(rule.places.patterns.iter().cloned()),
            Sense::AllBut => patterns.push(Pattern::everything()),
        }
    }
    patterns.sort();
    patterns.dedup_by(|one, other| one.glob == other.glob);
    let mut kept: Vec<Pattern> = Vec::new();
    for pattern in patterns {
        if kept
            .iter()
            .any(|other| book.relation(other, &pattern) == Relation::Covers)
        {
            continue;
        }
        kept.retain(|other| book.relation(&pattern, other) != Relation::Covers);
        kept.push(pattern);
    }
    kept
}

/// What of a pattern the patterns of rules hold, for one cell of it.
struct Cut<'a> {
    cutting: Vec<&'a Pattern>,
    cells: Vec<Vec<bool>>,
}

/// Where a pattern lies within what is asked about.
#[derive(Debug, Clone, Copy)]
enum Lies {
    Everywhere,
    Nowhere,
    /// In the cells of this cutting pattern.
    In(usize),
}

impl Cut<'_> {
    fn lies(&self, rule: &Rule, asked: &Pattern, book: &mut Book) -> Vec<Lies> {
        let lies = |pattern: &Pattern| match self.cutting.iter().position(|one| one.glob == pattern.glob) {
            Some(at) => Lies::In(at),
            None if book.relation(pattern, asked) == Relation::Covers => Lies::Everywhere,
            None => Lies::Nowhere,
        };
        rule.places.patterns.iter().map(lies).collect()
    }
}

fn cut<'a>(asked: &Pattern, own: &[&Sided<'a>], book: &mut Book) -> Option<Cut<'a>> {
    let mut cutting: Vec<&Pattern> = Vec::new();
    for pattern in own.iter().flat_map(|one| &one.rule.places.patterns) {
        let is_new = !cutting.iter().any(|one| one.glob == pattern.glob);
        if is_new && book.relation(pattern, asked) == Relation::Cuts {
            cutting.push(pattern);
        }
    }
    let globs: Vec<Glob> = cutting.iter().map(|one| one.glob.clone()).collect();
    let found = match globs.is_empty() {
        true => vec![Vec::new()],
        false => {
            let found = cells(&asked.glob, &globs, LIMIT).ok()?;
            found.into_iter().map(|cell| cell.members).collect()
        }
    };
    Some(Cut { cutting, cells: found })
}

/// Cells in which access moves alike: under which condition, their numbers, and what says so.
type Alike = (When, Vec<usize>, BTreeSet<Source>);

fn within(asked: &Pattern, own: &[&Sided<'_>], class: &Class, book: &mut Book) -> Vec<Piece> {
    let Some(cut) = cut(asked, own, book) else {
        return undecided(asked, own, class);
    };
    let mut found: BTreeMap<(Way, String), Alike> = BTreeMap::new();
    let lies: Vec<Vec<Lies>> = own.iter().map(|one| cut.lies(one.rule, asked, book)).collect();
    for (index, cell) in cut.cells.iter().enumerate() {
        let numbered = own.iter().zip(&lies);
        let matching: Vec<&Sided<'_>> = numbered
            .filter(|(one, lies)| is_in(one.rule, lies, cell))
            .map(|(one, _)| *one)
            .collect();
        let side =
            |is_on: &dyn Fn(&Sided<'_>) -> bool| outcome(matching.iter().filter(|one| is_on(one)).map(|one| one.rule));
        let (before, after) = (side(&|one| one.before), side(&|one| one.after));
        let Some((way, when)) = moved(&before, &after) else {
            continue;
        };
        let key = (way, format!("{when:?}"));
        let entry = found.entry(key).or_insert_with(|| (when, Vec::new(), BTreeSet::new()));
        entry.1.push(index);
        entry.2.extend(sources(&matching, way));
    }
    let piece = |((way, _), (when, cells, sources)): ((Way, String), Alike)| {
        let piece = bare(way, when, class, sources);
        Piece {
            region: region(asked, &cut, &cells),
            ..piece
        }
    };
    found.into_iter().map(piece).collect()
}

fn bare(way: Way, when: When, class: &Class, sources: BTreeSet<Source>) -> Piece {
    let share = match class {
        Class::Known(set) => Share {
            actions: set.clone(),
            strange: BTreeSet::new(),
        },
        Class::Strange(name) => Share {
            actions: ActionSet::none(),
            strange: BTreeSet::from([name.clone()]),
        },
    };
    Piece {
        way,
        when,
        region: Region {
            within: Vec::new(),
            except: Vec::new(),
        },
        sources: sources.into_iter().map(|source| (source, share.clone())).collect(),
        actions: share.actions,
        strange: share.strange,
    }
}

/// Whether a rule is about a cell.
fn is_in(rule: &Rule, lies: &[Lies], cell: &[bool]) -> bool {
    let is_named = lies.iter().any(|one| match one {
        Lies::Everywhere => true,
        Lies::Nowhere => false,
        Lies::In(at) => cell.get(*at) == Some(&true),
    });
    is_named == (rule.places.sense == Sense::Only)
}

/// What the rules that are about a cell allow there.
pub(super) fn outcome<'a>(rules: impl Iterator<Item = &'a Rule>) -> Outcome {
    let (mut given, mut limits, mut beside, mut bans) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for rule in rules {
        let Meaning {
            layer, effect, guard, ..
        } = &rule.means;
        match (effect, layer) {
            (Effect::Deny, _) => bans.push(guard.clone()),
            (Effect::Allow, Layer::Identity) => given.push(guard),
            (Effect::Allow, Layer::Boundary) => limits.push(guard),
            (Effect::Allow, Layer::Beside) => beside.push(guard.clone()),
        }
    }
    let both = |one: &&Guard| limits.iter().map(|limit| one.and(limit)).collect::<Vec<_>>();
    let paths = given.iter().flat_map(both).chain(beside);
    Outcome::of(paths.collect::<Vec<_>>(), bans)
}

/// The direction from one outcome to the other; `None` where they are the same.
fn moved(before: &Outcome, after: &Outcome) -> Option<(Way, When)> {
    let (narrower, wider) = (after.within(before), before.within(after));
    let way = match (wider, narrower) {
        (true, true) => return None,
        (true, false) => Way::Gains,
        (false, true) => Way::Loses,
        (false, false) => Way::Changes,
    };
    let when = match (before, after) {
        (Outcome::Never, Outcome::Always) | (Outcome::Always, Outcome::Never) => When::Always,
        (Outcome::Never, some) | (some, Outcome::Never) => When::If(some.shown()),
        (Outcome::Always, some) | (some, Outcome::Always) => match some.banned() {
            // What is denied where something holds moves just there.
            Some(bans) => When::If(bans),
            None => When::Unless(some.shown()),
        },
        (one, other) => When::Other {
            before: one.shown(),
            after: other.shown(),
        },
    };
    Some((way, when))
}

/// The changed rules that move access in this direction.
fn sources(matching: &[&Sided<'_>], way: Way) -> BTreeSet<Source> {
    let gives = |one: &&&Sided<'_>| (one.rule.means.effect == Effect::Allow) == one.after;
    let changed = matching.iter().filter(|one| one.is_changed());
    let fitting = changed.filter(|one| match way {
        Way::Gains => gives(one),
        Way::Loses => !gives(one),
        Way::Changes => true,
    });
    let said = |one: &&Sided<'_>| {
        let mut source = one.rule.source.clone();
        let is_limit = one.rule.means.layer == Layer::Boundary;
        let words = match (one.rule.means.effect, one.after) {
            (Effect::Deny, true) => "denied by ",
            (Effect::Deny, false) => "no longer denied by ",
            (Effect::Allow, true) if is_limit => "now within ",
            (Effect::Allow, false) if is_limit => "no longer within ",
            (Effect::Allow, _) => "",
        };
        source.policy.insert_str(0, words);
        source
    };
    let found: BTreeSet<Source> = fitting.map(said).collect();
    // Where a boundary goes on, it is the rule that no longer is there: all was within no boundary.
    found.into_iter().map(without_boundary).collect()
}

fn without_boundary(source: Source) -> Source {
    let said = match source.policy.as_str() {
        "no longer within no boundary" => "a boundary is set",
        "now within no boundary" => "the boundary is taken off",
        _ => return source,
    };
    Source {
        policy: said.to_owned(),
        statement: None,
    }
}

/// The cells by the patterns of whoever wrote the policies: the narrowest one that holds them all, without others in it; or
/// several that together hold just them.
fn region(asked: &Pattern, cut: &Cut<'_>, mine: &[usize]) -> Region {
    let mine: BTreeSet<usize> = mine.iter().copied().collect();
    let every: BTreeSet<usize> = (0..cut.cells.len()).collect();
    let cells_of = |at: usize| -> BTreeSet<usize> {
        let numbered = cut.cells.iter().enumerate();
        let held = numbered.filter(|(_, cell)| cell.get(at) == Some(&true));
        held.map(|(index, _)| index).collect()
    };
    // Only what lies within what is asked about may stand for it.
    let inner = cut
        .cutting
        .iter()
        .enumerate()
        .filter(|(_, one)| one.glob.within(&asked.glob));
    let mut bases: Vec<(&Pattern, BTreeSet<usize>)> = inner.map(|(at, one)| (*one, cells_of(at))).collect();
    bases.push((asked, every));
    bases.retain(|(_, cells)| mine.is_subset(cells));
    bases.sort_by_key(|(_, cells)| cells.len());
    for (base, cells) in &bases {
        let others: BTreeSet<usize> = cells.difference(&mine).copied().collect();
        let inside = |at: usize| cells_of(at).intersection(cells).copied().collect();
        if let Some(chosen) = cover(&others, &inside, cut.cutting.len()) {
            return Region {
                within: vec![(*base).clone()],
                except: chosen.iter().filter_map(|at| text(cut, *at)).collect(),
            };
        }
    }
    if let Some(chosen) = cover(&mine, &cells_of, cut.cutting.len()) {
        let within = chosen
            .iter()
            .filter_map(|at| cut.cutting.get(*at).map(|one| (*one).clone()));
        return Region {
            within: within.collect(),
            except: Vec::new(),
        };
    }
    let cutting = cut.cutting.iter();
    Region {
        within: vec![asked.clone()],
        except: cutting.map(|one| format!("parts of {}", one.text)).collect(),
    }
}

fn text(cut: &Cut<'_>, at: usize) -> Option<String> {
    cut.cutting.get(at).map(|one| one.text.clone())
}

/// The patterns that together hold exactly these cells, the widest first.
fn cover(wanted: &BTreeSet<usize>, cells_of: &dyn Fn(usize) -> BTreeSet<usize>, patterns: usize) -> Option<Vec<usize>> {
    let mut usable: Vec<(usize, BTreeSet<usize>)> = (0..patterns).map(|at| (at, cells_of(at))).collect();
    usable.retain(|(_, cells)| !cells.is_empty() && cells.is_subset(wanted));
    usable.sort_by_key(|(_, cells)| std::cmp::Reverse(cells.len()));
    let mut left = wanted.clone();
    let mut chosen = Vec::new();
    for (at, cells) in usable {
        if cells.intersection(&left).next().is_some() {
            left.retain(|cell| !cells.contains(cell));
            chosen.push(at);
        }
    }
    left.is_empty().then_some(chosen)
}

/// Where it can't be decided, whatever may have been given is gained, and whatever may have been taken is lost.
fn undecided(asked: &Pattern, own: &[&Sided<'_>], class: &Class) -> Vec<Piece> {
    let when = || When::If("as far as overlapping patterns tell".to_owned());
    let ways = [Way::Gains, Way::Loses].into_iter();
    let piece = |way: Way| Piece {
        region: Region {
            within: vec![asked.clone()],
            except: Vec::new(),
        },
        ..bare(way, when(), class, sources(own, way))
    };
    ways.map(piece).filter(|piece| !piece.sources.is_empty()).collect()
}

/// Classes that differ in the same way on the same resources are one, and so are resources of the same actions.
fn merged(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut by_region: BTreeMap<(Way, String, Region), Piece> = BTreeMap::new();
    for piece in pieces {
        let key = (piece.way, format!("{:?}", piece.when), piece.region.clone());
        match by_region.get_mut(&key) {
            None => drop(by_region.insert(key, piece)),
            Some(other) => {
                other.actions = other.actions.union(&piece.actions);
                other.strange.extend(piece.strange);
                other.join_sources(piece.sources);
            }
        }
    }
    let mut merged: Vec<Piece> = Vec::new();
    for piece in by_region.into_values() {
        let is_same = |other: &Piece| {
            let plain = other.region.except.is_empty() && piece.region.except.is_empty();
            let same = other.way == piece.way && other.when == piece.when;
            plain && same && other.actions == piece.actions && other.strange == piece.strange
        };
        match merged.iter_mut().find(|other| is_same(other)) {
            None => merged.push(piece),
            Some(other) => {
                other.region.within.extend(piece.region.within);
                other.join_sources(piece.sources);
            }
        }
    }
    merged
}
