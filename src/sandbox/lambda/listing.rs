//! Lists, page by page, and the answers for what the sandbox doesn't model.

use serde_json::{Value, json};

use super::fault::{self, Fault};
use super::function::{Function, Qualifier, View};
use super::ok;
use super::reference::Reference;
use super::update::CONCURRENT_EXECUTIONS;
use crate::sandbox::{Call, Reply, World, paging};

const PAGE: usize = 50;

/// One page of editions, without their state.
fn page<'a>(
    world: &World,
    call: &Call,
    name: &str,
    all: impl Iterator<Item = (&'a Function, Qualifier)>,
) -> Result<Reply, Fault> {
    let most = match call.query.get("MaxItems") {
        Some(text) => {
            let number = text.parse().map_err(|_| fault::undecodable("MaxItems"))?;
            fault::within("maxItems", number, 1..=10000)?
        }
        None => 50,
    };
    let size = usize::try_from(most).map_or(PAGE, |most| most.min(PAGE));
    let keyed = all.map(|(function, qualifier)| (key(function, qualifier), (function, qualifier)));
    let page = paging::cut(keyed, call.query.get("Marker"), size);
    let page = page.map_err(|_| fault::invalid("Invalid pagination token"))?;
    let describe =
        |(function, qualifier): (&Function, Qualifier)| function.describe(qualifier, View::Listed, &world.clock);
    let shown: Vec<Value> = page.items.into_iter().map(describe).collect();
    let mut answer = json!({ name: shown });
    if let (Some(next), Some(answer)) = (page.next, answer.as_object_mut()) {
        answer.insert("NextMarker".into(), json!(next));
    }
    Ok(ok(&answer))
}

/// Editions in order: by name, `$LATEST` first, then by number.
fn key(function: &Function, qualifier: Qualifier) -> String {
    let number = match qualifier {
        Qualifier::Unqualified | Qualifier::Latest => 0,
        Qualifier::Version(number) => number,
    };
    format!("{}\0{number:020}", function.name)
}

fn editions(function: &Function) -> impl Iterator<Item = (&Function, Qualifier)> {
    let numbered = function.versions.keys().map(|number| Qualifier::Version(*number));
    [Qualifier::Latest]
        .into_iter()
        .chain(numbered)
        .map(move |qualifier| (function, qualifier))
}

pub(super) fn functions(world: &World, call: &Call) -> Result<Reply, Fault> {
    let functions = world.lambda.in_region(&call.region);
    if call.query.get("FunctionVersion") == Some("ALL") {
        return page(world, call, "Functions", functions.flat_map(editions));
    }
    page(
        world,
        call,
        "Functions",
        functions.map(|function| (function, Qualifier::Unqualified)),
    )
}

pub(super) fn versions(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let function = Reference::read(call, name)?.find(world, call)?;
    page(world, call, "Versions", editions(function))
}

pub(super) fn account_settings(world: &World, call: &Call) -> Reply {
    let functions: Vec<_> = world.lambda.in_region(&call.region).collect();
    let reserved: u64 = functions
        .iter()
        .filter_map(|function| function.reserved_concurrency)
        .sum();
    let size: usize = functions.iter().map(|function| function.latest.code.size).sum();
    ok(&json!({
        "AccountLimit": {
            "TotalCodeSize": 80_530_636_800_u64,
            "CodeSizeUnzipped": 262_144_000,
            "CodeSizeZipped": 52_428_800,
            "ConcurrentExecutions": CONCURRENT_EXECUTIONS,
            "UnreservedConcurrentExecutions": CONCURRENT_EXECUTIONS.saturating_sub(reserved),
        },
        "AccountUsage": { "TotalCodeSize": size, "FunctionCount": functions.len() },
    }))
}

/// What exists in Lambda and can't be made here: lists are empty, single things are not there.
pub(super) fn unmodelled(world: &World, call: &Call, path: &[&str]) -> Result<Reply, Fault> {
    match path {
        ["2015-03-31", "event-source-mappings"] => return Ok(ok(&json!({ "EventSourceMappings": [] }))),
        ["2018-10-31", "layers"] => return Ok(ok(&json!({ "Layers": [] }))),
        ["2020-04-22", "code-signing-configs"] => return Ok(ok(&json!({ "CodeSigningConfigs": [] }))),
        _ => {}
    }
    let [version, "functions", name, what @ ..] = path else {
        return Err(Fault::unknown_operation(call));
    };
    let function = Reference::read(call, name)?.find(world, call)?;
    let absent = || fault::not_found("The resource you requested does not exist.");
    Ok(ok(&match (*version, what) {
        ("2015-03-31", ["aliases"]) => json!({ "Aliases": [] }),
        ("2015-03-31", ["aliases", alias]) => {
            return Err(fault::not_found(format!(
                "Cannot find alias arn: {}:{alias}",
                function.arn
            )));
        }
        ("2021-10-31", ["urls"]) => json!({ "FunctionUrlConfigs": [] }),
        ("2021-10-31", ["url"]) => return Err(absent()),
        ("2020-06-30", ["code-signing-config"]) => json!({ "FunctionName": function.name }),
        ("2019-09-25", ["event-invoke-config"]) => {
            let message = format!("The function {} doesn't have an EventInvokeConfig", function.arn);
            return Err(fault::not_found(message));
        }
        ("2019-09-25", ["event-invoke-config", "list"]) => json!({ "FunctionEventInvokeConfigs": [] }),
        ("2019-09-30", ["provisioned-concurrency"]) => json!({ "ProvisionedConcurrencyConfigs": [] }),
        ("2021-07-20", ["runtime-management-config"]) => {
            json!({ "UpdateRuntimeOn": "Auto", "FunctionArn": function.arn })
        }
        ("2024-08-31", ["recursion-config"]) => json!({ "RecursiveLoop": "Terminate" }),
        _ => return Err(Fault::unknown_operation(call)),
    }))
}
