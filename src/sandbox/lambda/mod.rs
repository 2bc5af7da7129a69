//! Lambda of the simulated account: functions, their versions, permissions and tags, per Region.
//!
//! Invariant: every write draws a new RevisionId; bytes of code exist exactly as long as an edition refers to them.
//! Nothing is ever run here, and aliases, layers, function URLs and event sources can't be made: they read as none.

mod create;
mod fault;
mod function;
mod listing;
mod package;
mod permissions;
mod policy;
mod reference;
mod runtime;
mod settings;
mod source;
mod tags;
mod update;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Blob, Call, Fault, Reply, Stored, Table, World};
use function::{Function, View};
use reference::Reference;

/// Lambda's state. Keys begin with the Region, since nothing is shared between Regions.
#[derive(Debug)]
pub struct State {
    functions: Table<Function>,
    code: Table<Blob>,
}

impl State {
    /// No functions.
    #[must_use]
    pub fn new() -> Self {
        Self {
            functions: Table::new("lambda/functions"),
            code: Table::new("lambda/code"),
        }
    }

    /// The tables that the core loads and saves.
    pub fn tables(&mut self) -> Vec<&mut dyn Stored> {
        vec![&mut self.functions, &mut self.code]
    }

    /// Whether the function with this ARN lets a service invoke it.
    #[must_use]
    pub fn admits(&self, arn: &str, service: &str) -> bool {
        let function = self.functions.values().find(|function| function.arn == arn);
        let policy = function.and_then(|function| function.policies.get(""));
        policy.is_some_and(|policy| policy.admits(service))
    }

    /// The functions of one Region by name.
    fn in_region<'a>(&'a self, region: &str) -> impl Iterator<Item = &'a Function> + use<'a> {
        let prefix = format!("{region}/");
        let functions = self.functions.from(&prefix);
        functions
            .take_while(move |(key, _)| key.starts_with(&prefix))
            .map(|(_, function)| function)
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}

const V2015: &str = "2015-03-31";
const TAGS: &str = "2017-03-31";
const CONCURRENCY: &str = "2017-10-31";

/// Answers one call.
///
/// # Errors
/// Every refusal, as AWS words it.
pub fn answer(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    let segments = call.segments();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match call.method {
        Method::GET => get(world, call, &path),
        Method::POST => post(world, call, &path),
        Method::PUT => put(world, call, &path),
        Method::DELETE => delete(world, call, &path),
        _ => Err(Fault::unknown_operation(call)),
    }
}

fn get(world: &World, call: &Call, path: &[&str]) -> Result<Reply, Fault> {
    match path {
        ["evenkeel-sandbox", "code", region, name, digest] => source::download(world, region, name, digest),
        [V2015, "functions"] => listing::functions(world, call),
        [V2015, "functions", name] => show(world, call, name),
        [V2015, "functions", name, "configuration"] => configuration(world, call, name),
        [V2015, "functions", name, "policy"] => policy::get(world, call, name),
        [V2015, "functions", name, "versions"] => listing::versions(world, call, name),
        [TAGS, "tags", arn] => tags::list(world, call, arn),
        ["2019-09-30", "functions", name, "concurrency"] => concurrency(world, call, name),
        ["2016-08-19", "account-settings"] => Ok(listing::account_settings(world, call)),
        _ => listing::unmodelled(world, call, path),
    }
}

fn post(world: &mut World, call: &Call, path: &[&str]) -> Result<Reply, Fault> {
    match path {
        [V2015, "functions"] => create::create(world, call),
        [V2015, "functions", name, "versions"] => update::publish(world, call, name),
        [V2015, "functions", name, "policy"] => policy::add(world, call, name),
        [TAGS, "tags", arn] => tags::tag(world, call, arn),
        _ => Err(Fault::unknown_operation(call)),
    }
}

fn put(world: &mut World, call: &Call, path: &[&str]) -> Result<Reply, Fault> {
    match path {
        [V2015, "functions", name, "code"] => update::code(world, call, name),
        [V2015, "functions", name, "configuration"] => update::configuration(world, call, name),
        [CONCURRENCY, "functions", name, "concurrency"] => update::reserve(world, call, name),
        _ => Err(Fault::unknown_operation(call)),
    }
}

fn delete(world: &mut World, call: &Call, path: &[&str]) -> Result<Reply, Fault> {
    match path {
        [V2015, "functions", name] => update::delete(world, call, name),
        [V2015, "functions", name, "policy", id] => policy::remove(world, call, name, id),
        [TAGS, "tags", arn] => tags::untag(world, call, arn),
        [CONCURRENCY, "functions", name, "concurrency"] => update::unreserve(world, call, name),
        _ => Err(Fault::unknown_operation(call)),
    }
}

fn ok(value: &Value) -> Reply {
    Reply::json(StatusCode::OK, value)
}

fn show(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = Reference::read(call, name)?;
    let function = reference.find(world, call)?;
    let qualifier = function.qualifier(reference.qualifier.as_deref())?;
    let mut shown = json!({
        "Configuration": function.describe(qualifier, View::Whole, &world.clock),
        "Code": source::location(call, function, function.code(qualifier)),
    });
    if let Some(shown) = shown.as_object_mut() {
        if !function.tags.is_empty() {
            shown.insert("Tags".into(), json!(function.tags));
        }
        if let Some(reserved) = function.reserved_concurrency {
            shown.insert(
                "Concurrency".into(),
                json!({ "ReservedConcurrentExecutions": reserved }),
            );
        }
    }
    Ok(ok(&shown))
}

fn configuration(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = Reference::read(call, name)?;
    let function = reference.find(world, call)?;
    let qualifier = function.qualifier(reference.qualifier.as_deref())?;
    Ok(ok(&function.describe(qualifier, View::Whole, &world.clock)))
}

fn concurrency(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let function = Reference::read(call, name)?.find(world, call)?;
    Ok(ok(&match function.reserved_concurrency {
        Some(reserved) => json!({ "ReservedConcurrentExecutions": reserved }),
        None => json!({}),
    }))
}

#[cfg(test)]
mod tests;
