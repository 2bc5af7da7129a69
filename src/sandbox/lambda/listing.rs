//! Lists, page by page, and the answers for what the sandbox doesn't model.

use serde_json::{Value, json};

use super::fault::{self, Fault};
use super::function::{Qualifier, View};
use super::ok;
use super::reference::Reference;
use super::update::CONCURRENT_EXECUTIONS;
use crate::sandbox::{Call, Reply, World, paging};

const PAGE: usize = 50;

fn page(call: &Call, name: &str, all: Vec<Value>) -> Result<Reply, Fault> {
    let most = match call.query.get("MaxItems") {
        Some(text) => {
            let number = text.parse().map_err(|_| fault::undecodable("MaxItems"))?;
            fault::within("maxItems", number, 1..=10000)?
        }
        None => 50,
    };
    let size = usize::try_from(most).map_or(PAGE, |most| most.min(PAGE));
    let page = paging::cut(all, call.query.get("Marker"), size);
    let page = page.map_err(|_| fault::invalid("Invalid pagination token"))?;
    let mut answer = json!({ name: page.items });
    if let (Some(next), Some(answer)) = (page.next, answer.as_object_mut()) {
        answer.insert("NextMarker".into(), json!(next));
    }
    Ok(ok(&answer))
}

pub(super) fn functions(world: &World, call: &Call) -> Result<Reply, Fault> {
    let every_version = call.query.get("FunctionVersion") == Some("ALL");
    let mut shown = Vec::new();
    for function in world.lambda.in_region(&call.region) {
        if !every_version {
            shown.push(function.describe(Qualifier::Unqualified, View::Listed, &world.clock));
            continue;
        }
        shown.push(function.describe(Qualifier::Latest, View::Listed, &world.clock));
        let versions = function.versions.keys().map(|number| Qualifier::Version(*number));
        shown.extend(versions.map(|version| function.describe(version, View::Listed, &world.clock)));
    }
    page(call, "Functions", shown)
}

pub(super) fn versions(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let function = Reference::read(call, name)?.find(world, call)?;
    let numbered = function.versions.keys().map(|number| Qualifier::Version(*number));
    let all = [Qualifier::Latest].into_iter().chain(numbered);
    page(
        call,
        "Versions",
        all.map(|version| function.describe(version, View::Listed, &world.clock))
            .collect(),
    )
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
