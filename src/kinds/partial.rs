//! A part of a state: what one call that sets several fields brings to their wanted value.
//!
//! Invariant: only the named fields are ever taken or serialised, so that a plan shows exactly what the call is about.

use crate::fields::{FieldPath, Fields};

/// Some fields of a state.
#[derive(Debug, Clone, PartialEq)]
pub struct Partial<S> {
    fields: Vec<&'static str>,
    whole: Box<S>,
}

impl<S: Fields> Partial<S> {
    /// These fields of a state, in the order of its declaration; names that it doesn't have are left out.
    #[must_use]
    pub fn new(fields: &[&'static str], whole: &S) -> Self {
        Self {
            fields: S::NAMES.iter().copied().filter(|name| fields.contains(name)).collect(),
            whole: Box::new(whole.clone()),
        }
    }

    /// The names of the fields.
    #[must_use]
    pub fn fields(&self) -> &[&'static str] {
        &self.fields
    }

    /// Whether it is about this field.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.fields.contains(&field)
    }

    /// What the field is to be, read by `get`; nothing for a field that it is not about.
    pub fn of<T>(&self, field: &str, get: impl FnOnce(&S) -> T) -> Option<T> {
        self.has(field).then(|| get(&self.whole))
    }

    /// The state that the fields come from.
    #[must_use]
    pub fn whole(&self) -> &S {
        &self.whole
    }

    /// The model of the call.
    pub fn apply(&self, state: &mut S) {
        for field in &self.fields {
            state.take(&self.whole, &FieldPath::whole(field));
        }
    }
}

impl<S: Fields> serde::Serialize for Partial<S> {
    fn serialize<Z: serde::Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let whole = serde_json::to_value(&self.whole).map_err(serde::ser::Error::custom)?;
        let entries = self
            .fields
            .iter()
            .filter_map(|field| Some((*field, whole.get(*field)?.clone())));
        serializer.collect_map(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::state! {
        /// Two fields.
        #[expect(unreachable_pub, reason = "the macro makes states of kinds, which are public")]
        pub struct Pair {
            /// One.
            one: u32,
            /// Another.
            two: String,
        }
    }

    #[test]
    fn nothing_but_the_named_fields_is_taken_or_told() {
        let wanted = Pair {
            one: 1,
            two: "hidden".into(),
        };
        let part = Partial::new(&["one", "three"], &wanted);
        let mut state = Pair {
            one: 7,
            two: "kept".into(),
        };
        part.apply(&mut state);
        assert_eq!((state.one, state.two.as_str()), (1, "kept"));
        assert_eq!(serde_json::to_string(&part).unwrap(), r#"{"one":1}"#);
        assert_eq!(
            (part.of("one", |pair| pair.one), part.of("two", |pair| pair.one)),
            (Some(1), None)
        );
    }
}
