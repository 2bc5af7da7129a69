//! Reads the members of JSON request bodies, refusing wrong types as the services' deserialisers do.
//!
//! Invariant: `null` counts as absent. What a value means is not judged here.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use http::StatusCode;

use super::{Call, Fault};

/// The members of a request's JSON body; no body is an empty object.
///
/// # Errors
/// `SerializationException` when the body is no JSON object.
pub fn body(call: &Call) -> Result<Map<String, Value>, Fault> {
    if call.body.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(&call.body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) | Err(_) => Err(undecodable("the body")),
    }
}

/// A member of the wrong type.
#[must_use]
pub fn undecodable(member: &str) -> Fault {
    let message = format!("Could not parse request body: unexpected value for {member}");
    Fault::new(StatusCode::BAD_REQUEST, "SerializationException", message)
}

/// The members of one JSON object. Each reader gives nothing for an absent member and a fault for one of another type.
pub struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// A reader of these members.
    pub fn new(members: &'a Map<String, Value>) -> Self {
        Self(members)
    }

    /// All members.
    pub fn whole(&self) -> &'a Map<String, Value> {
        self.0
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn typed<T>(&self, name: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> Result<Option<T>, Fault> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        read(value).map(Some).ok_or_else(|| undecodable(name))
    }

    /// A text.
    pub fn text(&self, name: &str) -> Result<Option<&'a str>, Fault> {
        self.typed(name, Value::as_str)
    }

    /// A whole number.
    pub fn number(&self, name: &str) -> Result<Option<i64>, Fault> {
        self.typed(name, Value::as_i64)
    }

    /// A boolean; absent is false.
    pub fn flag(&self, name: &str) -> Result<bool, Fault> {
        Ok(self.typed(name, Value::as_bool)?.unwrap_or(false))
    }

    /// A list of anything.
    pub fn list(&self, name: &str) -> Result<Option<&'a Vec<Value>>, Fault> {
        self.typed(name, Value::as_array)
    }

    /// An object within.
    pub fn object(&self, name: &str) -> Result<Option<Self>, Fault> {
        Ok(self.typed(name, Value::as_object)?.map(Self))
    }

    /// A list of texts.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Fault> {
        let all = |list: &Vec<Value>| list.iter().map(|item| item.as_str().map(String::from)).collect();
        self.typed(name, |value| value.as_array().and_then(all))
    }

    /// An object whose members are texts.
    pub fn texts_by_name(&self, name: &str) -> Result<Option<BTreeMap<String, String>>, Fault> {
        let all = |members: &Map<String, Value>| {
            members
                .iter()
                .map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                .collect()
        };
        self.typed(name, |value| value.as_object().and_then(all))
    }
}
