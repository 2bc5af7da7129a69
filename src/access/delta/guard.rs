//! Conditions as guards: what has to hold that a statement applies, and how two such demands relate.
//!
//! Invariant: one guard is only said to imply another one where every request that meets the first meets the second.
//! What is known of the principal decides a test; everything else of a request stays open.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::policy_doc::{Condition, Glob, Operator, Quantifier, Test, WhenAbsent, matches};

/// What has to hold: all of its tests. Without any it always holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Guard(BTreeSet<Demand>);

/// One test of a request.
#[derive(Debug, Clone)]
struct Demand {
    operator: Option<Operator>,
    /// In lower case up to a slash.
    key: String,
    values: BTreeSet<String>,
    /// As it was written.
    shown: String,
}

impl Demand {
    fn sense(&self) -> (&Option<Operator>, &String, &BTreeSet<String>) {
        (&self.operator, &self.key, &self.values)
    }
}

impl PartialEq for Demand {
    fn eq(&self, other: &Self) -> bool {
        self.sense() == other.sense()
    }
}

impl Eq for Demand {}

impl PartialOrd for Demand {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Demand {
    fn cmp(&self, other: &Self) -> Ordering {
        self.sense().cmp(&other.sense())
    }
}

/// What is known of whoever asks.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// Keys in lower case with the one value that they have; `None` for keys that are never there.
    pub(super) keys: std::collections::BTreeMap<&'static str, Option<String>>,
}

impl Guard {
    /// The guard of a statement for somebody; `None` if it can't hold.
    pub(super) fn of(conditions: &[Condition], known: &Known) -> Option<Self> {
        let mut demands = BTreeSet::new();
        for condition in conditions {
            match known.decides(condition) {
                Some(true) => {}
                Some(false) => return None,
                None => {
                    demands.insert(Demand::of(condition));
                }
            }
        }
        Some(Self(demands))
    }

    /// The same, where also something has to hold that no condition says.
    pub(super) fn and_also(mut self, what: &str) -> Self {
        self.0.insert(Demand {
            operator: None,
            key: what.to_owned(),
            values: BTreeSet::new(),
            shown: what.to_owned(),
        });
        self
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }

    pub(super) fn is_always(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every request that meets this one meets the other.
    pub(super) fn implies(&self, other: &Self) -> bool {
        let is_met = |wanted: &Demand| self.0.iter().any(|given| given.implies(wanted));
        other.0.iter().all(is_met)
    }

    fn shown(&self) -> String {
        let tests: Vec<&str> = self.0.iter().map(|demand| demand.shown.as_str()).collect();
        tests.join(" and ")
    }
}

impl Demand {
    fn of(condition: &Condition) -> Self {
        let key = condition.key.text.as_str();
        let key = match key.split_once('/') {
            Some((name, rest)) => format!("{}/{rest}", name.to_ascii_lowercase()),
            None => key.to_ascii_lowercase(),
        };
        let values: Vec<&str> = condition.values.iter().map(|value| value.text.as_str()).collect();
        Self {
            operator: Some(condition.operator),
            key,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            shown: format!("{} {} {}", condition.spelled, condition.key, values.join(", ")),
        }
    }

    fn implies(&self, other: &Self) -> bool {
        if self == other {
            return true;
        }
        let (Some(given), Some(wanted)) = (self.operator, other.operator) else {
            return false;
        };
        let same_test = given.test == wanted.test && given.quantifier == wanted.quantifier && self.key == other.key;
        // A plain test demands the key that one with IfExists lets go; for negated ones absence meets both.
        let absence = given.when_absent == wanted.when_absent || wanted.when_absent == WhenAbsent::Holds;
        if !same_test || !absence || given.test == Test::Null || other.values.is_empty() || self.values.is_empty() {
            return false;
        }
        match (given.quantifier, given.test.is_negated()) {
            (_, false) => self.values.is_subset(&other.values),
            (Quantifier::Single, true) => self.values.is_superset(&other.values),
            (Quantifier::AnyValue | Quantifier::AllValues, true) => false,
        }
    }
}

impl Known {
    /// Whether a condition holds, where what is known decides it.
    fn decides(&self, condition: &Condition) -> Option<bool> {
        let Operator {
            quantifier,
            test,
            when_absent,
        } = condition.operator;
        let key = condition.key.text.to_ascii_lowercase();
        let value = self.keys.get(key.as_str())?;
        let has_variable = condition.values.iter().any(|value| value.text.contains("${"));
        if quantifier != Quantifier::Single || has_variable {
            return None;
        }
        let Some(value) = value else {
            return match (test, when_absent) {
                (Test::Null, _) => is_one_word(condition).map(|word| word.eq_ignore_ascii_case("true")),
                (_, WhenAbsent::Holds) => Some(true),
                (test, WhenAbsent::Tested) => Some(test.is_negated()),
            };
        };
        let texts = || condition.values.iter().map(|value| value.text.as_str());
        let is_among = match test {
            Test::StringEquals | Test::StringNotEquals => texts().any(|text| text == value),
            Test::StringEqualsIgnoreCase | Test::StringNotEqualsIgnoreCase => {
                texts().any(|text| text.eq_ignore_ascii_case(value))
            }
            Test::StringLike | Test::StringNotLike => texts().any(|text| matches(text, value)),
            Test::ArnEquals | Test::ArnLike | Test::ArnNotEquals | Test::ArnNotLike => {
                texts().any(|text| Glob::arn(text).matches(value))
            }
            Test::Bool => texts().any(|text| text.eq_ignore_ascii_case(value)),
            Test::Null => return is_one_word(condition).map(|word| word.eq_ignore_ascii_case("false")),
            _ => return None,
        };
        Some(is_among != test.is_negated())
    }
}

fn is_one_word(condition: &Condition) -> Option<&str> {
    match condition.values.as_slice() {
        [one] => Some(&one.text),
        _ => None,
    }
}

/// When something is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Never.
    Never,
    /// Whatever the request says.
    Always,
    /// Where one of the paths is open and no ban holds.
    Sometimes {
        paths: BTreeSet<Guard>,
        bans: BTreeSet<Guard>,
    },
}

impl Outcome {
    /// From what allows, each a way of its own, and what denies.
    pub(super) fn of(paths: impl IntoIterator<Item = Guard>, bans: impl IntoIterator<Item = Guard>) -> Self {
        let bans = weakest(bans.into_iter().collect());
        if bans.iter().any(Guard::is_always) {
            return Self::Never;
        }
        let open = paths
            .into_iter()
            .filter(|path| !bans.iter().any(|ban| path.implies(ban)));
        let paths = weakest(open.collect());
        match (paths.is_empty(), bans.is_empty()) {
            (true, _) => Self::Never,
            (false, true) if paths.iter().any(Guard::is_always) => Self::Always,
            (false, _) => Self::Sometimes { paths, bans },
        }
    }

    /// Whether everything that this allows the other one allows.
    pub(super) fn within(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Never, _) | (_, Self::Always) => true,
            (_, Self::Never) | (Self::Always, _) => false,
            (
                Self::Sometimes { paths, bans },
                Self::Sometimes {
                    paths: wider,
                    bans: fewer,
                },
            ) => {
                paths.iter().all(|path| wider.iter().any(|other| path.implies(other)))
                    && fewer.iter().all(|ban| bans.iter().any(|own| ban.implies(own)))
            }
        }
    }

    /// "if Bool aws:MultiFactorAuthPresent false", where that alone is denied and all else is allowed.
    pub(super) fn banned(&self) -> Option<String> {
        let Self::Sometimes { paths, bans } = self else {
            return None;
        };
        let bans: Vec<String> = bans.iter().map(Guard::shown).collect();
        let is_open = paths.iter().any(Guard::is_always);
        is_open.then(|| format!("if {}", bans.join(" or ")))
    }

    /// "if Bool aws:MultiFactorAuthPresent true, unless StringNotEquals aws:SourceVpc vpc-1".
    pub(super) fn shown(&self) -> String {
        let Self::Sometimes { paths, bans } = self else {
            return String::new();
        };
        let paths: Vec<String> = paths
            .iter()
            .filter(|path| !path.is_always())
            .map(Guard::shown)
            .collect();
        let bans: Vec<String> = bans.iter().map(Guard::shown).collect();
        let part = |word: &str, of: Vec<String>| (!of.is_empty()).then(|| format!("{word} {}", of.join(" or ")));
        let parts = [part("if", paths), part("unless", bans)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// Without those that hold only where another one holds, too.
fn weakest(all: BTreeSet<Guard>) -> BTreeSet<Guard> {
    let mut kept: Vec<Guard> = Vec::new();
    for guard in all {
        if kept.iter().any(|other| guard.implies(other)) {
            continue;
        }
        kept.retain(|other| !other.implies(&guard));
        kept.push(guard);
    }
    kept.into_iter().collect()
}
