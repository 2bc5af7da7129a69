//! Settings of which a bucket can have many, each by an id: analytics, inventory, metrics, intelligent tiering.

use http::Method;

use super::bucket::{self, Bucket};
use super::xml::Element;
use super::{body, document, done, fault, gone};
use crate::sandbox::{Call, Fault, Reply, World, paging};

const PAGE: usize = 100;
const MOST: usize = 1000;

/// One sort of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    name: &'static str,
    root: &'static str,
    list: &'static str,
}

const ALL: [Listed; 4] = [
    Listed {
        name: "analytics",
        root: "AnalyticsConfiguration",
        list: "ListBucketAnalyticsConfigurationsResult",
    },
    Listed {
        name: "inventory",
        root: "InventoryConfiguration",
        list: "ListInventoryConfigurationsResult",
    },
    Listed {
        name: "metrics",
        root: "MetricsConfiguration",
        list: "ListMetricsConfigurationsResult",
    },
    Listed {
        name: "intelligent-tiering",
        root: "IntelligentTieringConfiguration",
        list: "ListBucketIntelligentTieringConfigurationsResult",
    },
];

impl Listed {
    /// The sort that a call's query names.
    pub(super) fn of(call: &Call) -> Option<Self> {
        ALL.into_iter().find(|listed| call.query.has(listed.name))
    }
}

fn absent(name: &str) -> Fault {
    fault::absent("NoSuchConfiguration", "The specified configuration does not exist.").with("BucketName", name)
}

fn id(call: &Call) -> Result<&str, Fault> {
    let id = call.query.get("id").unwrap_or_default();
    let is_id =
        !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    match is_id {
        true => Ok(id),
        false => Err(fault::bad(
            "InvalidConfigurationId",
            "The specified configuration id is invalid.",
        )),
    }
}

pub(super) fn get(bucket: &Bucket, call: &Call, name: &str, listed: Listed) -> Result<Reply, Fault> {
    let all = bucket.listed.get(listed.name);
    if call.query.has("id") {
        let found = all.and_then(|all| all.get(id(call).ok()?));
        return found.map(document).ok_or_else(|| absent(name));
    }
    let all = all
        .into_iter()
        .flatten()
        .map(|(id, element)| (id.clone(), element.clone()));
    let token = call.query.get("continuation-token");
    let page = paging::cut(all, token, PAGE);
    let message = "The continuation token provided is incorrect";
    let page = page.map_err(|_| fault::invalid_argument("continuation-token", message))?;
    let answer = Element::new(listed.list)
        .with_all(page.items)
        .with_leaf("IsTruncated", page.next.is_some())
        .with_all(token.map(|token| Element::leaf("ContinuationToken", token)))
        .with_all(page.next.map(|next| Element::leaf("NextContinuationToken", next)));
    Ok(document(&answer))
}

pub(super) fn change(world: &mut World, call: &Call, name: &str, listed: Listed) -> Result<Reply, Fault> {
    match call.method {
        Method::PUT => put(world, call, name, listed),
        Method::DELETE => {
            let all = bucket::find_mut(world, call, name)?.listed.get_mut(listed.name);
            all.and_then(|all| all.remove(call.query.get("id")?))
                .ok_or_else(|| absent(name))?;
            Ok(gone())
        }
        _ => Err(fault::not_allowed(call.method.as_str(), "BUCKET")),
    }
}

fn put(world: &mut World, call: &Call, name: &str, listed: Listed) -> Result<Reply, Fault> {
    let mut element = body(call, listed.root)?;
    let id = id(call)?;
    if element.get("Id") != Some(id) {
        return Err(fault::malformed_xml());
    }
    // Values that are no more than their filter's frame are dropped on the way.
    element
        .children
        .retain(|child| child.name != "Filter" || !child.children.is_empty());
    if let Some(filter) = element.child("Filter")
        && filter.children.len() != 1
    {
        return Err(fault::malformed_xml());
    }
    let all = bucket::find_mut(world, call, name)?
        .listed
        .entry(listed.name.to_owned())
        .or_default();
    all.insert(id.to_owned(), element);
    if all.len() > MOST {
        let message =
            "You are attempting to create a new configuration but have already reached the 1,000-configuration limit.";
        return Err(fault::bad("TooManyConfigurations", message));
    }
    Ok(done())
}
