//! The condition keys of requests, each with all that its values can be.
//!
//! Invariant: keys are taken to be independent of each other and of who asks, which only makes two documents more
//! different. What a value matches is asked of the evaluator; where values can't be told apart completely, each condition
//! may hold or not.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::condition_key;
use crate::evaluate::{Asked, Compiled, Context, Principal, Request, Truth};
use crate::policy_doc::document::{At, Clause, Condition, Document, Effect, Sense, Statement, Version, Word};
use crate::policy_doc::operator::{Family, Operator, Quantifier, Test};
use crate::policy_doc::pattern::TooMany;

use super::Ruled;
use super::candidates::{Candidate, Wanted, candidates};
use super::dimension::Dimension;
use super::marks::Marks;

/// A condition on a key, told apart by what it means.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Guard {
    operator: Operator,
    values: BTreeSet<Wanted>,
}

/// Whether a guard holds for a state of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Holds {
    No,
    Yes,
    /// AWS does not say.
    Unsaid,
}

impl From<bool> for Holds {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// What all guards of a key make of one state of it.
type Vector = Vec<Holds>;

/// The keys, each a dimension of requests; a condition that can't be looked into is a dimension by itself.
pub(super) fn contexts(statements: &[Ruled<'_>]) -> Result<Vec<Dimension>, TooMany> {
    let mut keys: BTreeMap<String, (&str, BTreeMap<Guard, Marks>)> = BTreeMap::new();
    for (index, one) in statements.iter().enumerate() {
        for condition in &one.statement.conditions {
            let spelled = condition.key.text.as_str();
            let (_, guards) = keys
                .entry(spelled.to_ascii_lowercase())
                .or_insert_with(|| (spelled, BTreeMap::new()));
            let marks = guards.entry(guard(condition, one.version));
            marks.or_insert_with(|| Marks::none(statements.len())).set(index);
        }
    }
    if keys.len() > KEYS {
        return Err(TooMany);
    }
    let of_key = |(key, guards): (&str, BTreeMap<Guard, Marks>)| of_key(key, &guards, statements.len());
    Ok(keys.into_values().flat_map(of_key).collect())
}

/// So many keys are borne.
const KEYS: usize = 200;

fn guard(condition: &Condition, version: Version) -> Guard {
    let test = positive(condition.operator.test);
    let wanted = |word: &Word| Wanted {
        test,
        text: word.text.clone(),
        version: if word.text.contains("${") {
            version
        } else {
            Version::V2012
        },
    };
    Guard {
        operator: condition.operator,
        values: condition.values.iter().map(wanted).collect(),
    }
}

/// The test that a negated one turns round.
const fn positive(test: Test) -> Test {
    match test {
        Test::StringNotEquals => Test::StringEquals,
        Test::StringNotEqualsIgnoreCase => Test::StringEqualsIgnoreCase,
        Test::StringNotLike => Test::StringLike,
        Test::NumericNotEquals => Test::NumericEquals,
        Test::DateNotEquals => Test::DateEquals,
        Test::NotIpAddress => Test::IpAddress,
        Test::ArnNotEquals | Test::ArnNotLike | Test::ArnEquals => Test::ArnLike,
        other => other,
    }
}

fn of_key(key: &str, guards: &BTreeMap<Guard, Marks>, count: usize) -> Vec<Dimension> {
    let domain = domain(guards);
    let is_told = |guard: &Guard| {
        let own = Wanted::domain(guard.operator.test);
        own == domain || own == Family::Presence
    };
    let (told, untold): (Vec<_>, Vec<_>) = guards.iter().partition(|(guard, _)| is_told(guard));
    let mut dimensions: Vec<Dimension> = untold.iter().map(|one| either(key, one.1, count)).collect();
    let asker = Asker { key, domain };
    match asker.states(&told.iter().map(|one| one.0).collect::<Vec<_>>()) {
        Ok(states) => dimensions.push(known(states, &told, count)),
        Err(TooMany) => dimensions.extend(told.iter().map(|one| either(key, one.1, count))),
    }
    dimensions
}

/// What most conditions on a key take its values for.
fn domain(guards: &BTreeMap<Guard, Marks>) -> Family {
    let mut counts: BTreeMap<Family, usize> = BTreeMap::new();
    for guard in guards.keys() {
        let own = Wanted::domain(guard.operator.test);
        if own != Family::Presence {
            *counts.entry(own).or_default() += 1;
        }
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.map_or(Family::Presence, |(family, _)| family)
}

/// A condition that may hold or not.
fn either(key: &str, guarded: &Marks, count: usize) -> Dimension {
    let holds = Marks::of(count, |_| true);
    let fails = Marks::of(count, |index| !guarded.has(index));
    let label = |word: &str| format!("a condition on {key} {word}");
    Dimension::new(count, [(holds, label("holds")), (fails, label("fails"))])
}

fn known(states: Vec<(Vector, String)>, guards: &[(&Guard, &Marks)], count: usize) -> Dimension {
    let atoms = states.into_iter().map(|(vector, label)| {
        let fails = |index: usize| {
            let of_statement = guards.iter().zip(&vector).filter(|((_, marks), _)| marks.has(index));
            of_statement.into_iter().any(|(_, holds)| *holds != Holds::Yes)
        };
        (Marks::of(count, |index| !fails(index)), label)
    });
    Dimension::new(count, atoms)
}

/// Asks about the values of one key.
struct Asker<'a> {
    key: &'a str,
    domain: Family,
}

/// So many states of a key with several values are borne.
const STATES: usize = 3_000;

impl Asker<'_> {
    /// All that a key can be, as far as its guards tell.
    fn states(&self, guards: &[&Guard]) -> Result<Vec<(Vector, String)>, TooMany> {
        let wanted: BTreeSet<Wanted> = guards.iter().flat_map(|guard| guard.values.clone()).collect();
        let wanted = wanted.into_iter().filter(|one| one.test != Test::Null).collect();
        let mut candidates = candidates(self.domain, &wanted)?;
        if candidates.iter().all(|candidate| !candidate.value.is_empty()) {
            let (value, open) = (String::new(), Vec::new());
            candidates.push(Candidate { value, open });
        }
        let matchers: Vec<(Wanted, Compiled)> = wanted
            .iter()
            .map(|one| (one.clone(), Compiled::new(&self.document(one))))
            .collect();
        let mut states: BTreeMap<Vector, String> = BTreeMap::new();
        let absent = guards.iter().map(|guard| self.absent(guard)).collect();
        states.insert(absent, format!("no {}", self.key));
        let mut single = BTreeMap::new();
        for candidate in &candidates {
            let matched = self.matched(candidate, &matchers);
            let label = format!("{} {:?}", self.key, candidate.value);
            let of_value: Vector = guards.iter().map(|guard| of_value(guard, &matched)).collect();
            let alone = match candidate.value.is_empty() {
                true => guards
                    .iter()
                    .zip(&of_value)
                    .map(|(guard, holds)| of_nothing(guard, *holds))
                    .collect(),
                false => of_value.clone(),
            };
            states.entry(alone).or_insert_with(|| label.clone());
            single.entry(of_value).or_insert(label);
        }
        if self.may_be_many(guards) {
            several(guards, &single, &mut states)?;
        }
        spelled_out(states)
    }

    /// Whether a request may hold several values: as the catalogue says, or as the conditions suppose.
    fn may_be_many(&self, guards: &[&Guard]) -> bool {
        let supposed = || {
            guards
                .iter()
                .any(|guard| guard.operator.quantifier != Quantifier::Single)
        };
        condition_key(self.key).map_or_else(supposed, |known| known.is_multivalued)
    }

    fn absent(&self, guard: &Guard) -> Holds {
        let condition = Condition {
            operator: guard.operator,
            spelled: Word::placeless(guard.operator.to_string()),
            key: Word::placeless(self.key),
            values: guard
                .values
                .iter()
                .map(|one| Word::placeless(one.text.clone()))
                .collect(),
        };
        let compiled = Compiled::new(&document(condition, Version::V2012));
        self.holds(&compiled, Vec::new()).into()
    }

    fn matched(&self, candidate: &Candidate, matchers: &[(Wanted, Compiled)]) -> BTreeSet<Wanted> {
        let matches = |wanted: &Wanted, compiled: &Compiled| match wanted.has_variables() {
            true => candidate.open.iter().any(|(open, holds)| open == wanted && *holds),
            false => self.holds(compiled, vec![candidate.value.clone()]),
        };
        let held = matchers.iter().filter(|(wanted, compiled)| matches(wanted, compiled));
        held.map(|(wanted, _)| wanted.clone()).collect()
    }

    fn holds(&self, compiled: &Compiled, values: Vec<String>) -> bool {
        let request = Request {
            principal: Principal::Anonymous,
            action: "service:Action".to_owned(),
            resource: "*".to_owned(),
            resource_account: None,
            context: Context::complete().with(self.key, values),
        };
        compiled.applies(0, &Asked::new(&request)) == Truth::True
    }

    fn document(&self, wanted: &Wanted) -> Document {
        let condition = Condition::placeless(Operator::plain(wanted.test), self.key, &[&wanted.text]);
        document(condition, wanted.version)
    }
}

/// A document that allows everything under one condition.
fn document(condition: Condition, version: Version) -> Document {
    let all = || Clause {
        sense: Sense::Only,
        items: vec![Word::placeless("*")],
        at: At(None),
    };
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        effect_at: At(None),
        principal: None,
        action: all(),
        resource: Some(all()),
        conditions: vec![condition],
        at: At(None),
    };
    Document {
        version,
        id: None,
        statements: vec![statement],
        at: At(None),
    }
}

/// One value: any of the wanted ones matches it, or none does.
fn of_value(guard: &Guard, matched: &BTreeSet<Wanted>) -> Holds {
    if guard.operator.test == Test::Null {
        // A value is there, so that only "false" holds.
        return guard
            .values
            .iter()
            .any(|one| one.text.eq_ignore_ascii_case("false"))
            .into();
    }
    let matches = guard.values.iter().any(|one| matched.contains(one));
    (matches != guard.operator.test.is_negated()).into()
}

/// An empty value alone is no value to set operators ("Multivalued context keys").
fn of_nothing(guard: &Guard, of_value: Holds) -> Holds {
    match guard.operator.quantifier {
        _ if guard.operator.test == Test::Null => of_value,
        Quantifier::AllValues => Holds::Yes,
        Quantifier::AnyValue => Holds::No,
        Quantifier::Single => of_value,
    }
}

/// Adds the states of several values.
fn several(
    guards: &[&Guard],
    single: &BTreeMap<Vector, String>,
    states: &mut BTreeMap<Vector, String>,
) -> Result<(), TooMany> {
    let mut seen: BTreeMap<Vector, String> = single.clone();
    let mut todo: Vec<(Vector, String)> = single.clone().into_iter().collect();
    while let Some((vector, label)) = todo.pop() {
        for (other, other_label) in single {
            let joined: Vector = guards
                .iter()
                .zip(vector.iter().zip(other))
                .map(|(guard, (left, right))| join(guard, *left, *right))
                .collect();
            if seen.contains_key(&joined) {
                continue;
            }
            if seen.len() >= STATES {
                return Err(TooMany);
            }
            let label = format!("{label} and {other_label}");
            seen.insert(joined.clone(), label.clone());
            todo.push((joined, label));
        }
    }
    for (vector, label) in seen {
        states.entry(vector).or_insert(label);
    }
    Ok(())
}

fn join(guard: &Guard, left: Holds, right: Holds) -> Holds {
    match guard.operator.quantifier {
        _ if left == right => left,
        Quantifier::AnyValue => Holds::Yes,
        Quantifier::AllValues => Holds::No,
        Quantifier::Single => Holds::Unsaid,
    }
}

/// So many conditions may be unsaid at once.
const UNSAID: usize = 8;

/// What AWS does not say may be so or so.
fn spelled_out(states: BTreeMap<Vector, String>) -> Result<Vec<(Vector, String)>, TooMany> {
    let mut all = Vec::new();
    for (vector, label) in states {
        if vector.iter().filter(|holds| **holds == Holds::Unsaid).count() > UNSAID {
            return Err(TooMany);
        }
        let mut ways: Vec<Vector> = vec![Vec::new()];
        for holds in vector {
            let said: &[Holds] = match holds {
                Holds::Unsaid => &[Holds::No, Holds::Yes],
                Holds::No => &[Holds::No],
                Holds::Yes => &[Holds::Yes],
            };
            let longer = |way: Vector| said.iter().map(move |one| way.iter().copied().chain([*one]).collect());
            ways = ways.into_iter().flat_map(longer).collect();
        }
        all.extend(ways.into_iter().map(|way| (way, label.clone())));
    }
    Ok(all)
}
