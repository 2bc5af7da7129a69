//! Lambda of the simulated account: functions with all that hangs on them, layers, mappings, per Region.
//!
//! Invariant: every write draws a new RevisionId; bytes of code exist exactly as long as something refers to them.
//! Nothing is ever run here.

mod alias;
mod concurrency;
mod create;
mod event_invoke;
mod fault;
mod function;
mod invoke;
mod layer;
mod listing;
mod mapping;
mod model;
mod package;
mod permissions;
mod policy;
mod reference;
mod runtime;
mod settings;
mod signing;
mod source;
mod tags;
mod tuning;
mod update;
mod url;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Blob, Call, Fault, Reply, Stored, Table, World};
use event_invoke::Writing;
use function::{Function, Qualifier, View};
use layer::Layer;
use mapping::Mapping;
use reference::Reference;
use signing::Signing;

/// Lambda's state. Keys begin with the Region, since nothing is shared between Regions.
#[derive(Debug)]
pub struct State {
    functions: Table<Function>,
    code: Table<Blob>,
    layers: Table<Layer>,
    mappings: Table<Mapping>,
    signing: Table<Signing>,
}

impl State {
    /// No functions.
    #[must_use]
    pub fn new() -> Self {
        Self {
            functions: Table::new("lambda/functions"),
            code: Table::new("lambda/code"),
            layers: Table::new("lambda/layers"),
            mappings: Table::new("lambda/mappings"),
            signing: Table::new("lambda/signing"),
        }
    }

    /// The tables that the core loads and saves.
    pub fn tables(&mut self) -> Vec<&mut dyn Stored> {
        vec![
            &mut self.functions,
            &mut self.code,
            &mut self.layers,
            &mut self.mappings,
            &mut self.signing,
        ]
    }

    /// Whether the function with this ARN lets a service invoke it.
    #[must_use]
    pub fn admits(&self, arn: &str, service: &str) -> bool {
        let function = self.functions.values().find(|function| function.arn == arn);
        let policy = function.and_then(|function| function.policies.get(""));
        policy.is_some_and(|policy| policy.admits(service))
    }

    /// The policy of the function, version or alias with this ARN.
    pub(super) fn policy_of(&self, arn: &str, principal: impl Fn(&str) -> Option<String>) -> Option<String> {
        let is_of = |function: &&Function| {
            let rest = arn.strip_prefix(function.arn.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        };
        let function = self.functions.values().find(is_of)?;
        let qualifier = arn.strip_prefix(function.arn.as_str())?.trim_start_matches(':');
        let policy = function.policies.get(qualifier)?;
        Some(policy.document(principal))
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

/// Answers one call.
///
/// # Errors
/// Every refusal, as AWS words it.
pub fn answer(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    let segments = call.segments();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    // The dates in the paths are the API's versions; each operation stands under one of them.
    let [version, rest @ ..] = path.as_slice() else {
        return Err(Fault::unknown_operation(call));
    };
    let answered = match call.method {
        Method::GET => get(world, call, version, rest),
        Method::POST => post(world, call, version, rest),
        Method::PUT => put(world, call, version, rest),
        Method::DELETE => delete(world, call, version, rest),
        _ => None,
    };
    answered.unwrap_or_else(|| Err(Fault::unknown_operation(call)))
}

/// Nothing where there is no such operation.
type Answer = Option<Result<Reply, Fault>>;

fn get(world: &World, call: &Call, version: &str, path: &[&str]) -> Answer {
    Some(match (version, path) {
        ("evenkeel-sandbox", ["code", region, name, digest]) => source::download(world, region, name, digest),
        ("2015-03-31", ["functions"]) => listing::functions(world, call),
        ("2015-03-31", ["functions", name]) => show(world, call, name),
        ("2015-03-31", ["functions", name, "configuration"]) => configuration(world, call, name),
        ("2015-03-31", ["functions", name, "policy"]) => policy::get(world, call, name),
        ("2015-03-31", ["functions", name, "versions"]) => listing::versions(world, call, name),
        ("2015-03-31", ["functions", name, "aliases"]) => alias::list(world, call, name),
        ("2015-03-31", ["functions", name, "aliases", alias]) => alias::get(world, call, name, alias),
        ("2015-03-31", ["event-source-mappings"]) => mapping::list(world, call),
        ("2015-03-31", ["event-source-mappings", uuid]) => mapping::get(world, call, uuid),
        ("2016-08-19", ["account-settings"]) => Ok(listing::account_settings(world, call)),
        ("2017-03-31", ["tags", arn]) => tags::list(world, call, arn),
        ("2018-10-31", ["layers"]) if call.query.get("find") == Some("LayerVersion") => layer::get_by_arn(world, call),
        ("2018-10-31", ["layers"]) => layer::list(world, call),
        ("2018-10-31", ["layers", name, "versions"]) => layer::list_versions(world, call, name),
        ("2018-10-31", ["layers", name, "versions", number]) => layer::get(world, call, name, number),
        ("2018-10-31", ["layers", name, "versions", number, "policy"]) => layer::policy(world, call, name, number),
        ("2020-04-22", ["code-signing-configs"]) => signing::list(world, call),
        ("2020-04-22", ["code-signing-configs", arn]) => signing::get(world, call, arn),
        ("2020-04-22", ["code-signing-configs", arn, "functions"]) => signing::functions(world, call, arn),
        // None of these can be made here.
        ("2025-11-30", ["capacity-providers"]) => Ok(ok(&json!({ "CapacityProviders": [] }))),
        (version, ["functions", name, rest @ ..]) => return get_beside(world, call, version, name, rest),
        _ => return None,
    })
}

fn get_beside(world: &World, call: &Call, version: &str, name: &str, path: &[&str]) -> Answer {
    Some(match (version, path) {
        ("2019-09-30", ["concurrency"]) => concurrency::reserved(world, call, name),
        ("2019-09-30", ["provisioned-concurrency"]) if call.query.has("List") => {
            concurrency::list_provisioned(world, call, name)
        }
        ("2019-09-30", ["provisioned-concurrency"]) => concurrency::provisioned(world, call, name),
        ("2019-09-25", ["event-invoke-config"]) => event_invoke::get(world, call, name),
        ("2019-09-25", ["event-invoke-config", "list"]) => event_invoke::list(world, call, name),
        ("2020-06-30", ["code-signing-config"]) => signing::of_function(world, call, name),
        ("2021-07-20", ["runtime-management-config"]) => tuning::runtime(world, call, name),
        ("2021-10-31", ["url"]) => url::get(world, call, name),
        ("2021-10-31", ["urls"]) => url::list(world, call, name),
        ("2024-08-31", ["recursion-config"]) => tuning::recursion(world, call, name),
        _ => return None,
    })
}

fn post(world: &mut World, call: &Call, version: &str, path: &[&str]) -> Answer {
    Some(match (version, path) {
        ("2015-03-31", ["functions"]) => create::create(world, call),
        ("2015-03-31", ["functions", name, "versions"]) => update::publish(world, call, name),
        ("2015-03-31", ["functions", name, "policy"]) => policy::add(world, call, name),
        ("2015-03-31", ["functions", name, "aliases"]) => alias::create(world, call, name),
        ("2015-03-31", ["functions", name, "invocations"]) => invoke::invoke(world, call, name),
        ("2014-11-13", ["functions", name, "invoke-async"]) => invoke::invoke_async(world, call, name),
        ("2015-03-31", ["event-source-mappings"]) => mapping::create(world, call),
        ("2017-03-31", ["tags", arn]) => tags::tag(world, call, arn),
        ("2018-10-31", ["layers", name, "versions"]) => layer::publish(world, call, name),
        ("2018-10-31", ["layers", name, "versions", number, "policy"]) => layer::permit(world, call, name, number),
        ("2019-09-25", ["functions", name, "event-invoke-config"]) => {
            event_invoke::put(world, call, name, Writing::Update)
        }
        ("2020-04-22", ["code-signing-configs"]) => signing::create(world, call),
        ("2021-10-31", ["functions", name, "url"]) => url::create(world, call, name),
        _ => return None,
    })
}

fn put(world: &mut World, call: &Call, version: &str, path: &[&str]) -> Answer {
    Some(match (version, path) {
        ("2015-03-31", ["functions", name, "code"]) => update::code(world, call, name),
        ("2015-03-31", ["functions", name, "configuration"]) => update::configuration(world, call, name),
        ("2015-03-31", ["functions", name, "aliases", alias]) => alias::update(world, call, name, alias),
        ("2015-03-31", ["event-source-mappings", uuid]) => mapping::update(world, call, uuid),
        ("2017-10-31", ["functions", name, "concurrency"]) => concurrency::reserve(world, call, name),
        ("2019-09-25", ["functions", name, "event-invoke-config"]) => {
            event_invoke::put(world, call, name, Writing::Put)
        }
        ("2019-09-30", ["functions", name, "provisioned-concurrency"]) => {
            concurrency::put_provisioned(world, call, name)
        }
        ("2020-04-22", ["code-signing-configs", arn]) => signing::update(world, call, arn),
        ("2020-06-30", ["functions", name, "code-signing-config"]) => signing::put_on_function(world, call, name),
        ("2021-07-20", ["functions", name, "runtime-management-config"]) => tuning::put_runtime(world, call, name),
        ("2021-10-31", ["functions", name, "url"]) => url::update(world, call, name),
        ("2024-08-31", ["functions", name, "recursion-config"]) => tuning::put_recursion(world, call, name),
        _ => return None,
    })
}

fn delete(world: &mut World, call: &Call, version: &str, path: &[&str]) -> Answer {
    Some(match (version, path) {
        ("2015-03-31", ["functions", name]) => update::delete(world, call, name),
        ("2015-03-31", ["functions", name, "policy", id]) => policy::remove(world, call, name, id),
        ("2015-03-31", ["functions", name, "aliases", alias]) => alias::delete(world, call, name, alias),
        ("2015-03-31", ["event-source-mappings", uuid]) => mapping::delete(world, call, uuid),
        ("2017-03-31", ["tags", arn]) => tags::untag(world, call, arn),
        ("2017-10-31", ["functions", name, "concurrency"]) => concurrency::unreserve(world, call, name),
        ("2018-10-31", ["layers", name, "versions", number]) => layer::delete(world, call, name, number),
        ("2018-10-31", ["layers", name, "versions", number, "policy", id]) => {
            layer::forbid(world, call, name, number, id)
        }
        ("2019-09-25", ["functions", name, "event-invoke-config"]) => event_invoke::delete(world, call, name),
        ("2019-09-30", ["functions", name, "provisioned-concurrency"]) => {
            concurrency::delete_provisioned(world, call, name)
        }
        ("2020-04-22", ["code-signing-configs", arn]) => signing::delete(world, call, arn),
        ("2020-06-30", ["functions", name, "code-signing-config"]) => signing::delete_from_function(world, call, name),
        ("2021-10-31", ["functions", name, "url"]) => url::delete(world, call, name),
        _ => return None,
    })
}

fn ok(value: &Value) -> Reply {
    Reply::json(StatusCode::OK, value)
}

/// The FunctionConfiguration of one edition.
fn shown(world: &World, function: &Function, qualifier: &Qualifier, view: View) -> Value {
    let mut shown = Value::Object(function.describe(qualifier, view, &world.clock));
    for layer in shown
        .get_mut("Layers")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        let size = layer
            .get("Arn")
            .and_then(Value::as_str)
            .map(|arn| layer::size(world, arn));
        if let Some(fields) = layer.as_object_mut() {
            fields.insert("CodeSize".into(), json!(size));
        }
    }
    shown
}

fn show(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = Reference::read(world, call, name)?;
    let function = reference.find_qualified(world, call)?;
    let qualifier = function.qualifier(reference.qualifier.as_deref())?;
    let mut answer = json!({
        "Configuration": shown(world, function, &qualifier, View::Whole),
        "Code": source::location(call, function, function.code(&qualifier)),
    });
    if let Some(answer) = answer.as_object_mut() {
        // API reference, `GetFunction`: "The function's tags. Lambda returns tag data only if you have explicit allow
        // permissions for lambda:ListTags."
        if !super::permission::may_list_tags(world, call, &function.arn) {
            let message = format!(
                "User: {} is not authorized to perform: lambda:ListTags",
                call.caller.arn
            );
            let error = json!({ "ErrorCode": "AccessDeniedException", "Message": message });
            answer.insert("TagsError".into(), error);
        } else if !function.tags.is_empty() {
            answer.insert("Tags".into(), json!(function.tags));
        }
        if let Some(reserved) = function.reserved_concurrency {
            answer.insert(
                "Concurrency".into(),
                json!({ "ReservedConcurrentExecutions": reserved }),
            );
        }
    }
    Ok(ok(&answer))
}

fn configuration(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = Reference::read(world, call, name)?;
    let function = reference.find_qualified(world, call)?;
    let qualifier = function.qualifier(reference.qualifier.as_deref())?;
    Ok(ok(&shown(world, function, &qualifier, View::Whole)))
}

#[cfg(test)]
mod tests;
