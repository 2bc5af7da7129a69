//! Reads the members of a JSON request body, refusing wrong types as Lambda's deserialiser does.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::fault::{self, Fault};

/// The members of one JSON object; `null` counts as absent.
pub(super) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    pub(super) fn new(members: &'a Map<String, Value>) -> Self {
        Self(members)
    }

    pub(super) fn whole(&self) -> &'a Map<String, Value> {
        self.0
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn typed<T>(&self, name: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> Result<Option<T>, Fault> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        read(value).map(Some).ok_or_else(|| fault::undecodable(name))
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, Fault> {
        self.typed(name, Value::as_str)
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Fault> {
        self.typed(name, Value::as_i64)
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, Fault> {
        Ok(self.typed(name, Value::as_bool)?.unwrap_or(false))
    }

    pub(super) fn list(&self, name: &str) -> Result<Option<&'a Vec<Value>>, Fault> {
        self.typed(name, Value::as_array)
    }

    pub(super) fn object(&self, name: &str) -> Result<Option<Self>, Fault> {
        Ok(self.typed(name, Value::as_object)?.map(Self))
    }

    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Fault> {
        let all = |list: &Vec<Value>| list.iter().map(|item| item.as_str().map(String::from)).collect();
        self.typed(name, |value| value.as_array().and_then(all))
    }

    pub(super) fn texts_by_name(&self, name: &str) -> Result<Option<BTreeMap<String, String>>, Fault> {
        let all = |members: &Map<String, Value>| {
            members.iter().map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
        };
        self.typed(name, |value| value.as_object().and_then(all))
    }
}
