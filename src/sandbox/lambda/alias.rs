//! Aliases: names for versions.
//!
//! Invariant: an alias points to a version that exists, and so does the second version that its routing may name.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::fault::{self, Fault};
use super::function::Function;
use super::reference::{Form, Reference, is_number};
use super::{listing, model, ok};
use crate::sandbox::members::{self, Fields};
use crate::sandbox::{Call, Reply, World, constraint};

/// An alias of one function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Alias {
    version: String,
    description: String,
    /// The share of calls that goes to another version.
    routing: BTreeMap<String, f64>,
    pub(super) revision: String,
}

impl Alias {
    /// The number of the version that it points to; none is `$LATEST`.
    pub(super) fn number(&self) -> Option<u64> {
        self.version.parse().ok()
    }

    /// Whether it sends calls to this version.
    pub(super) fn points_to(&self, number: u64) -> bool {
        self.number() == Some(number) || self.routing.contains_key(&number.to_string())
    }

    fn describe(&self, function: &Function, name: &str) -> Value {
        let mut shown = json!({
            "AliasArn": format!("{}:{name}", function.arn),
            "Name": name,
            "FunctionVersion": self.version,
            "Description": self.description,
            "RevisionId": self.revision,
        });
        if let (false, Some(shown)) = (self.routing.is_empty(), shown.as_object_mut()) {
            let weights = json!({ "AdditionalVersionWeights": self.routing });
            shown.insert("RoutingConfig".into(), weights);
        }
        shown
    }

    /// Takes over what the body mentions.
    fn apply(&mut self, function: &Function, fields: &Fields<'_>) -> Result<(), Fault> {
        if let Some(version) = fields.text("FunctionVersion")? {
            function.qualifier(Some(version))?;
            self.version = version.into();
        }
        if let Some(description) = fields.text("Description")? {
            self.description = description.into();
        }
        if let Some(routing) = fields.object("RoutingConfig")? {
            let weights = routing.object("AdditionalVersionWeights")?;
            self.routing = match weights {
                Some(weights) => checked_weights(function, &self.version, weights.whole())?,
                None => BTreeMap::new(),
            };
        }
        Ok(())
    }
}

fn checked_weights(
    function: &Function,
    version: &str,
    weights: &Map<String, Value>,
) -> Result<BTreeMap<String, f64>, Fault> {
    let path = "routingConfig.additionalVersionWeights";
    let mut checked = BTreeMap::new();
    for (other, weight) in weights {
        let weight = weight.as_f64().ok_or_else(|| fault::undecodable(path))?;
        let shown = format!("'{{{other}={weight:?}}}'");
        if !is_number(other) {
            let must = "Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member \
                        must have length greater than or equal to 1, Member must satisfy regular expression pattern: \
                        [0-9]+]";
            return Err(breach(&constraint::failed(path, &shown, must)));
        }
        if !(0.0..=1.0).contains(&weight) {
            let must = "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member \
                        must have value greater than or equal to 0.0, Member must not be null]";
            return Err(breach(&constraint::failed(path, &shown, must)));
        }
        checked.insert(other.clone(), weight);
    }
    if checked.len() > 1 {
        return Err(fault::invalid(
            "Number of items in AdditionalVersionWeights cannot be greater than 1",
        ));
    }
    for other in checked.keys() {
        if other == version {
            return Err(fault::invalid(format!(
                "Invalid function version {version}. Function version {version} is already included in routing \
                 configuration."
            )));
        }
        if version == "$LATEST" {
            return Err(fault::invalid(
                "$LATEST is not supported for an alias pointing to more than 1 version",
            ));
        }
        function.qualifier(Some(other))?;
    }
    Ok(checked)
}

fn breach(found: &str) -> Fault {
    constraint::exception(constraint::told_alone(found))
}

fn reference(world: &World, call: &Call, name: &str) -> Result<Reference, Fault> {
    Reference::read_as(world, call, name, Form::Plain)
}

pub(super) fn create(world: &mut World, call: &Call, function: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    model::check(&body, model::NEW_ALIAS)?;
    let fields = Fields::new(&body);
    let reference = reference(world, call, function)?;
    let name = fields.text("Name")?.unwrap_or_default();
    let wanted = fields.text("FunctionVersion")?.unwrap_or_default();
    let revision = world.ids.uuid();
    let Some(function) = world.lambda.functions.get_mut(&reference.key(call)) else {
        // AWS looks for the version, and so names it.
        let arn = reference.arn(world, call);
        return Err(fault::no_function(&format!("{arn}:{wanted}")));
    };
    if function.aliases.contains_key(name) {
        let arn = format!("{}:{name}", function.arn);
        return Err(fault::conflict(format!("Alias already exists: {arn}")));
    }
    let mut alias = Alias {
        version: String::new(),
        description: String::new(),
        routing: BTreeMap::new(),
        revision,
    };
    alias.apply(function, &fields)?;
    let shown = alias.describe(function, name);
    function.aliases.insert(name.into(), alias);
    Ok(Reply::json(StatusCode::CREATED, &shown))
}

pub(super) fn update(world: &mut World, call: &Call, function: &str, name: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    model::check(&body, model::ALIAS)?;
    let fields = Fields::new(&body);
    let reference = reference(world, call, function)?;
    let revision = world.ids.uuid();
    let function = reference.find_mut(world, call)?;
    let Some(mut alias) = function.aliases.get(name).cloned() else {
        let arn = format!("{}:{name}", function.arn);
        return Err(fault::not_found(format!("Alias not found: {arn}")));
    };
    if fields
        .text("RevisionId")?
        .is_some_and(|wanted| wanted != alias.revision)
    {
        return Err(fault::precondition("GetFunction/GetAlias"));
    }
    alias.apply(function, &fields)?;
    alias.revision = revision;
    let shown = alias.describe(function, name);
    function.aliases.insert(name.into(), alias);
    Ok(ok(&shown))
}

pub(super) fn get(world: &World, call: &Call, function: &str, name: &str) -> Result<Reply, Fault> {
    let reference = reference(world, call, function)?;
    let arn = format!("{}:{name}", reference.arn(world, call));
    let function = reference.find(world, call)?;
    let alias = function.aliases.get(name).ok_or_else(|| fault::no_alias(&arn))?;
    Ok(ok(&alias.describe(function, name)))
}

pub(super) fn list(world: &World, call: &Call, function: &str) -> Result<Reply, Fault> {
    let function = reference(world, call, function)?.find(world, call)?;
    let version = call.query.get("FunctionVersion");
    let aliases = function.aliases.iter();
    let wanted = aliases.filter(|(_, alias)| version.is_none_or(|version| alias.version == version));
    let shown = wanted.map(|(name, alias)| (name.clone(), alias.describe(function, name)));
    listing::page(call, "Aliases", shown, 10000)
}

/// Deletes an alias; one that isn't there is deleted already.
pub(super) fn delete(world: &mut World, call: &Call, function: &str, name: &str) -> Result<Reply, Fault> {
    let reference = reference(world, call, function)?;
    let function = reference.find_mut(world, call)?;
    function.aliases.remove(name);
    function.policies.remove(name);
    function.urls.remove(name);
    function.tuning.forget(name);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
