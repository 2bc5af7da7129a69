//! Conditions.
//!
//! Invariant: as AWS documents "Condition operators" and "Multivalued context keys"; values are typed once, when the
//! condition is read, and a value of the wrong type matches nothing.

mod address;
mod binary;
mod date;
mod number;
mod value;

pub(crate) use date::parse as instant;

use super::context::{Asked, Lookup};
use super::truth::Truth;
use crate::policy_doc::{Condition, Operator, Quantifier, Test, Version, WhenAbsent};

use value::Value;

/// A condition, read once.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Check {
    operator: Operator,
    key: String,
    values: Vec<Value>,
}

impl Check {
    pub(super) fn new(condition: &Condition, version: Version) -> Self {
        let values = condition.values.iter();
        Self {
            operator: condition.operator,
            key: condition.key.text.to_ascii_lowercase(),
            values: values
                .map(|value| Value::new(condition.operator.test, &value.text, version))
                .collect(),
        }
    }

    /// Whether it holds.
    pub(super) fn holds(&self, asked: &Asked<'_>) -> Truth {
        let given = asked.lookup(&self.key);
        if self.operator.test == Test::Null {
            return self.null(given);
        }
        match given {
            Lookup::Unknown => Truth::Unknown,
            Lookup::Absent => self.absent().into(),
            Lookup::Values(values) => self.present(values, asked),
        }
    }

    /// The keys that it needs and that are not given.
    pub(super) fn missing(&self, asked: &Asked<'_>) -> Vec<String> {
        let variables = self.values.iter().flat_map(Value::keys);
        std::iter::once(self.key.as_str())
            .chain(variables)
            .filter(|key| asked.lookup(key) == Lookup::Unknown)
            .map(str::to_owned)
            .collect()
    }

    fn null(&self, given: Lookup<'_>) -> Truth {
        let is_absent = match given {
            Lookup::Unknown => return Truth::Unknown,
            Lookup::Absent => true,
            Lookup::Values(_) => false,
        };
        self.values
            .iter()
            .any(|value| value.wants_null() == Some(is_absent))
            .into()
    }

    /// "If the key is not present, the values do not match"; a set operator asks about the values of no set.
    fn absent(&self) -> bool {
        self.operator.when_absent == WhenAbsent::Holds
            || match self.operator.quantifier {
                Quantifier::AllValues => true,
                Quantifier::AnyValue => false,
                Quantifier::Single => self.operator.test.is_negated(),
            }
    }

    fn present(&self, given: &[String], asked: &Asked<'_>) -> Truth {
        let of_each = || given.iter().map(|value| self.of_value(value, asked));
        // "… or if the key values resolve to a null data set, such as an empty string."
        let is_null_set = given.iter().all(String::is_empty);
        match self.operator.quantifier {
            Quantifier::AllValues if is_null_set => Truth::True,
            Quantifier::AnyValue if is_null_set => Truth::False,
            Quantifier::AllValues => Truth::all(of_each()),
            Quantifier::AnyValue => Truth::any(of_each()),
            Quantifier::Single => unanimous(of_each()),
        }
    }

    /// One value of the request: any of the policy's values matches it, or none does.
    fn of_value(&self, given: &str, asked: &Asked<'_>) -> Truth {
        let matches = Truth::any(self.values.iter().map(|value| value.matches(given, asked)));
        match self.operator.test.is_negated() {
            true => !matches,
            false => matches,
        }
    }
}

/// AWS documents no answer for a plain operator on several values, so they must all agree.
fn unanimous(mut truths: impl Iterator<Item = Truth>) -> Truth {
    let first = truths.next().unwrap_or(Truth::False);
    match truths.all(|truth| truth == first) {
        true => first,
        false => Truth::Unknown,
    }
}
