//! Lists, page by page, and what the account has in sum.

use serde_json::{Value, json};

use super::concurrency::CONCURRENT_EXECUTIONS;
use super::fault::{self, Fault};
use super::function::{Function, Qualifier, View};
use super::reference::Reference;
use super::{ok, shown};
use crate::sandbox::{Call, Reply, World, paging};

/// However many are asked for, no more come at once.
const PAGE: usize = 50;
const LARGE_PAGE: usize = 100;

/// One page of a list whose `MaxItems` may be at most `most`; items come with their keys, in the keys' order.
pub(super) fn page(
    call: &Call,
    name: &str,
    all: impl Iterator<Item = (String, Value)>,
    most: u64,
) -> Result<Reply, Fault> {
    let largest = if name == "EventSourceMappings" {
        LARGE_PAGE
    } else {
        PAGE
    };
    let size = match call.query.get("MaxItems") {
        Some(text) => {
            let number = text.parse().map_err(|_| fault::undecodable("MaxItems"))?;
            let number = fault::within("maxItems", number, 1..=most.max(10000))?;
            usize::try_from(number).map_or(largest, |number| number.min(largest))
        }
        None => largest,
    };
    let marker = call.query.get("Marker").filter(|text| !text.is_empty());
    let page = paging::cut(all, marker, size).map_err(|_| fault::invalid("Invalid pagination token"))?;
    let mut answer = json!({ name: page.items });
    if let (Some(next), Some(answer)) = (page.next, answer.as_object_mut()) {
        answer.insert("NextMarker".into(), json!(next));
    }
    Ok(ok(&answer))
}

/// One page of editions, without their state.
fn editions_page<'a>(
    world: &'a World,
    call: &Call,
    name: &str,
    all: impl Iterator<Item = (&'a Function, Qualifier)>,
) -> Result<Reply, Fault> {
    let described = all.map(|(function, qualifier)| {
        let item = shown(world, function, &qualifier, View::Listed);
        (key(function, &qualifier), item)
    });
    page(call, name, described, 10000)
}

/// Editions in order: by name, `$LATEST` first, then by number.
fn key(function: &Function, qualifier: &Qualifier) -> String {
    let number = qualifier.version().unwrap_or_default();
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
    if let Some(text) = call.query.get("FunctionVersion") {
        fault::one_of("functionVersion", text, &["ALL"])?;
        return editions_page(world, call, "Functions", functions.flat_map(editions));
    }
    let latest = functions.map(|function| (function, Qualifier::Unqualified));
    editions_page(world, call, "Functions", latest)
}

pub(super) fn versions(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let function = Reference::read(world, call, name)?.find(world, call)?;
    editions_page(world, call, "Versions", editions(function))
}

pub(super) fn account_settings(world: &World, call: &Call) -> Reply {
    let functions: Vec<_> = world.lambda.in_region(&call.region).collect();
    let reserved: u64 = functions
        .iter()
        .filter_map(|function| function.reserved_concurrency)
        .sum();
    let editions = functions.iter().flat_map(|function| function.editions());
    let size: usize = editions.map(|edition| edition.code.size).sum();
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
