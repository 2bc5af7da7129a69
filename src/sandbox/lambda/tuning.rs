//! Settings that hang on a function beside its configuration: runtime updates, recursion.
//!
//! Invariant: what belongs to a version or an alias stands under its name and goes with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::concurrency::Provisioned;
use super::event_invoke::EventInvoke;
use super::fault::Fault;
use super::function::Qualifier;
use super::reference::Reference;
use super::{model, ok};
use crate::sandbox::members::{self, Fields};
use crate::sandbox::{Call, Reply, World};

/// What is set on a function and its editions, by qualifier.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Tuning {
    pub(super) provisioned: BTreeMap<String, Provisioned>,
    pub(super) event_invoke: BTreeMap<String, EventInvoke>,
    runtime: BTreeMap<String, RuntimeUpdates>,
    recursion: Option<String>,
    /// The ARN of the function's code signing configuration.
    pub(super) signing: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct RuntimeUpdates {
    mode: String,
    version: Option<String>,
}

impl Tuning {
    /// Drops what belongs to a version or an alias that goes.
    pub(super) fn forget(&mut self, place: &str) {
        self.provisioned.remove(place);
        self.event_invoke.remove(place);
        self.runtime.remove(place);
    }
}

pub(super) fn recursion(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let function = Reference::unqualified(world, call, name)?.find(world, call)?;
    let mode = function.tuning.recursion.as_deref().unwrap_or("Terminate");
    Ok(ok(&json!({ "RecursiveLoop": mode })))
}

pub(super) fn put_recursion(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    model::check(&body, model::RECURSION)?;
    let mode = Fields::new(&body).text("RecursiveLoop")?.unwrap_or_default();
    let reference = Reference::unqualified(world, call, name)?;
    reference.find_mut(world, call)?.tuning.recursion = Some(mode.into());
    Ok(ok(&json!({ "RecursiveLoop": mode })))
}

fn described(arn: &str, qualifier: &Qualifier, updates: Option<&RuntimeUpdates>) -> Value {
    let qualifier = match qualifier {
        Qualifier::Unqualified => &Qualifier::Latest,
        other => other,
    };
    let mut shown = json!({
        "UpdateRuntimeOn": updates.map_or("Auto", |updates| &updates.mode),
        "FunctionArn": qualifier.arn(arn),
    });
    if let (Some(version), Some(shown)) = (
        updates.and_then(|updates| updates.version.as_ref()),
        shown.as_object_mut(),
    ) {
        shown.insert("RuntimeVersionArn".into(), json!(version));
    }
    shown
}

pub(super) fn runtime(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = Reference::read(world, call, name)?;
    let function = reference.find_qualified(world, call)?;
    let qualifier = function.qualifier(reference.qualifier.as_deref())?;
    let updates = function.tuning.runtime.get(&qualifier.place());
    Ok(ok(&described(&function.arn, &qualifier, updates)))
}

pub(super) fn put_runtime(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    model::check(&body, model::RUNTIME_MANAGEMENT)?;
    let fields = Fields::new(&body);
    let mode = fields.text("UpdateRuntimeOn")?.unwrap_or_default();
    let version = fields.text("RuntimeVersionArn")?;
    if (mode == "Manual") != version.is_some() {
        // The exact words are not known; the rule is the API reference's.
        return Err(super::fault::invalid(
            "RuntimeVersionArn is required when UpdateRuntimeOn is Manual, and not allowed otherwise.",
        ));
    }
    let reference = Reference::read(world, call, name)?;
    let qualifier = reference
        .find_qualified(world, call)?
        .qualifier(reference.qualifier.as_deref())?;
    let updates = RuntimeUpdates {
        mode: mode.into(),
        version: version.map(String::from),
    };
    let function = reference.find_mut(world, call)?;
    let shown = described(&function.arn, &qualifier, Some(&updates));
    function.tuning.runtime.insert(qualifier.place(), updates);
    Ok(ok(&shown))
}
