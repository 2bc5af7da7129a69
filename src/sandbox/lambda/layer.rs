//! Layers and their versions.
//!
//! Invariant: every publication makes a version with a number of its own, even of equal bytes; a deleted version can't be
//! added to functions any more, and those that have it keep it.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::fault::{self, Fault};
use super::permissions::{self, Policy};
use super::reference::{is_account, is_name, is_region};
use super::{listing, model, ok, runtime, source};
use crate::sandbox::members::{self, Fields};
use crate::sandbox::{Blob, Call, Moment, Reply, World};

const MAX_PER_FUNCTION: usize = 5;

/// A layer: its versions, and what is left of deleted ones.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Layer {
    versions: BTreeMap<u64, Version>,
    /// By number, for functions that still have the version.
    sizes: BTreeMap<u64, usize>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Version {
    digest: String,
    sha256: String,
    size: usize,
    description: String,
    created: Moment,
    runtimes: Option<Vec<String>>,
    architectures: Option<Vec<String>>,
    license: Option<String>,
    policy: Policy,
    revision: String,
}

impl Version {
    fn describe(&self, arn: &str, number: u64) -> Map<String, Value> {
        let mut shown = Map::new();
        let mut put = |name: &str, value: Value| drop(shown.insert(name.into(), value));
        put("LayerVersionArn", json!(format!("{arn}:{number}")));
        put("Version", json!(number));
        put("Description", json!(self.description));
        put("CreatedDate", json!(self.created.lambda()));
        if let Some(runtimes) = &self.runtimes {
            put("CompatibleRuntimes", json!(runtimes));
        }
        if let Some(architectures) = &self.architectures {
            put("CompatibleArchitectures", json!(architectures));
        }
        if let Some(license) = &self.license {
            put("LicenseInfo", json!(license));
        }
        shown
    }

    fn describe_whole(&self, call: &Call, layer: &Named, number: u64) -> Value {
        let mut shown = self.describe(&layer.arn, number);
        shown.insert("LayerArn".into(), json!(layer.arn));
        let location = source::link(
            call,
            &format!("{}/{}", layer.region, layer.folder(number)),
            &self.digest,
        );
        let content = json!({ "Location": location, "CodeSha256": self.sha256, "CodeSize": self.size });
        shown.insert("Content".into(), content);
        Value::Object(shown)
    }

    /// Whether the version is said to fit, as the lists' query asks.
    fn fits(&self, call: &Call) -> bool {
        let holds = |list: &Option<Vec<String>>, wanted: &str| {
            list.as_ref().is_some_and(|list| list.iter().any(|item| item == wanted))
        };
        let runtime = call.query.get("CompatibleRuntime");
        let architecture = call.query.get("CompatibleArchitecture");
        runtime.is_none_or(|wanted| holds(&self.runtimes, wanted))
            && architecture.is_none_or(|wanted| holds(&self.architectures, wanted))
    }
}

/// A layer as a request names it.
struct Named {
    region: String,
    name: String,
    arn: String,
}

impl Named {
    /// From a name or an ARN without a version.
    fn read(world: &World, call: &Call, text: &str) -> Result<Self, Fault> {
        let parts: Vec<&str> = text.split(':').collect();
        let (region, account, name) = match parts.as_slice() {
            [name] => (call.region.as_str(), world.account.as_str(), *name),
            ["arn", _, "lambda", region, account, "layer", name] if is_region(region) && is_account(account) => {
                (*region, *account, *name)
            }
            _ => ("", "", ""),
        };
        if !is_name(name) || name.len() > 140 {
            let pattern = r"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]{1,140}|[a-zA-Z0-9-_]{1,140})";
            return Err(fault::pattern("layerName", text, pattern));
        }
        Ok(Self {
            region: region.to_owned(),
            name: name.to_owned(),
            arn: format!("arn:aws:lambda:{region}:{account}:layer:{name}"),
        })
    }

    fn key(&self) -> String {
        format!("{}/{}", self.region, self.name)
    }

    /// Where the bytes of a version are kept; no function has a name with colons.
    fn folder(&self, number: u64) -> String {
        format!("layer:{}:{number}", self.name)
    }
}

fn version_number(text: &str) -> Result<u64, Fault> {
    let number: i64 = text.parse().map_err(|_| fault::undecodable("VersionNumber"))?;
    u64::try_from(number)
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| fault::invalid("Layer Version Cannot be less than 1"))
}

fn find<'a>(world: &'a World, layer: &Named, number: u64) -> Option<&'a Version> {
    world.lambda.layers.get(&layer.key())?.versions.get(&number)
}

fn find_mut<'a>(world: &'a mut World, layer: &Named, number: u64) -> Result<&'a mut Version, Fault> {
    let found = world.lambda.layers.get_mut(&layer.key());
    let found = found.and_then(|layer| layer.versions.get_mut(&number));
    found.ok_or_else(|| absent(layer, number))
}

fn absent(layer: &Named, number: u64) -> Fault {
    fault::not_found(format!("Layer version {}:{number} does not exist.", layer.arn))
}

pub(super) fn publish(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    model::check(&body, model::LAYER)?;
    let fields = Fields::new(&body);
    let layer = Named::read(world, call, name)?;
    let content = fields.object("Content")?.ok_or_else(|| fault::missing("content"))?;
    let bytes = source::zip_bytes(world, call, &content)?;
    super::package::check(&bytes)?;
    let sha256 = super::package::sha256(&bytes);
    let digest = source::hexadecimal(&sha256).unwrap_or_default();
    let version = Version {
        digest: digest.clone(),
        sha256,
        size: bytes.len(),
        description: fields.text("Description")?.unwrap_or_default().into(),
        created: world.clock.now(),
        runtimes: fields.texts("CompatibleRuntimes")?,
        architectures: fields.texts("CompatibleArchitectures")?,
        license: fields.text("LicenseInfo")?.map(String::from),
        policy: Policy::default(),
        revision: world.ids.uuid(),
    };
    let mut kept = world.lambda.layers.get(&layer.key()).cloned().unwrap_or_default();
    let number = kept
        .sizes
        .last_key_value()
        .map_or(1, |(last, _)| last.saturating_add(1));
    let shown = version.describe_whole(call, &layer, number);
    kept.sizes.insert(number, version.size);
    kept.versions.insert(number, version);
    world.lambda.layers.insert(layer.key(), kept);
    let key = format!("{}/{}/{digest}", layer.region, layer.folder(number));
    world.lambda.code.insert(key, Blob(bytes));
    Ok(Reply::json(StatusCode::CREATED, &shown))
}

pub(super) fn get(world: &World, call: &Call, name: &str, number: &str) -> Result<Reply, Fault> {
    let layer = Named::read(world, call, name)?;
    let number = version_number(number)?;
    let version = find(world, &layer, number).ok_or_else(fault::no_resource)?;
    Ok(ok(&version.describe_whole(call, &layer, number)))
}

pub(super) fn get_by_arn(world: &World, call: &Call) -> Result<Reply, Fault> {
    let arn = call.query.get("Arn").ok_or_else(|| fault::missing("arn"))?;
    let (name, number) = arn.rsplit_once(':').unwrap_or_default();
    if !model::is_layer_version(arn) {
        return Err(fault::pattern("arn", arn, model::LAYER_VERSION));
    }
    get(world, call, name, number)
}

pub(super) fn list(world: &World, call: &Call) -> Result<Reply, Fault> {
    check_query(call)?;
    let prefix = format!("{}/", call.region);
    let layers = world.lambda.layers.from(&prefix);
    let here = layers.take_while(|(key, _)| key.starts_with(&prefix));
    let shown = here.filter_map(|(key, layer)| {
        let name = key.strip_prefix(&prefix)?;
        let arn = format!("arn:aws:lambda:{}:{}:layer:{name}", call.region, world.account);
        let (number, latest) = layer.versions.iter().rev().find(|(_, version)| version.fits(call))?;
        let latest = latest.describe(&arn, *number);
        let shown = json!({ "LayerName": name, "LayerArn": arn, "LatestMatchingVersion": latest });
        Some((key.clone(), shown))
    });
    listing::page(call, "Layers", shown, 50)
}

fn check_query(call: &Call) -> Result<(), Fault> {
    if let Some(name) = call.query.get("CompatibleRuntime") {
        let names: Vec<&str> = runtime::known().collect();
        fault::one_of("compatibleRuntime", name, &names)?;
    }
    if let Some(name) = call.query.get("CompatibleArchitecture") {
        fault::one_of("compatibleArchitecture", name, &["x86_64", "arm64"])?;
    }
    Ok(())
}

pub(super) fn list_versions(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    check_query(call)?;
    let layer = Named::read(world, call, name)?;
    let versions = world.lambda.layers.get(&layer.key()).map(|layer| &layer.versions);
    let fitting = versions
        .into_iter()
        .flatten()
        .rev()
        .filter(|(_, version)| version.fits(call));
    // The newest comes first, and keys have to rise.
    let shown = fitting.map(|(number, version)| {
        let shown = Value::Object(version.describe(&layer.arn, *number));
        (format!("{:020}", u64::MAX - number), shown)
    });
    listing::page(call, "LayerVersions", shown, 50)
}

/// Deletes a version; one that isn't there is deleted already.
pub(super) fn delete(world: &mut World, call: &Call, name: &str, number: &str) -> Result<Reply, Fault> {
    let layer = Named::read(world, call, name)?;
    let number = version_number(number)?;
    if let Some(kept) = world.lambda.layers.get_mut(&layer.key())
        && let Some(version) = kept.versions.remove(&number)
    {
        let key = format!("{}/{}/{}", layer.region, layer.folder(number), version.digest);
        world.lambda.code.remove(&key);
    }
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

pub(super) fn policy(world: &World, call: &Call, name: &str, number: &str) -> Result<Reply, Fault> {
    let layer = Named::read(world, call, name)?;
    let number = version_number(number)?;
    let version = find(world, &layer, number).ok_or_else(|| absent(&layer, number))?;
    if version.policy.is_empty() {
        return Err(fault::not_found("No policy is associated with the given resource."));
    }
    let document = version.policy.document(|_| None);
    Ok(ok(&json!({ "Policy": document, "RevisionId": version.revision })))
}

fn check_revision(call: &Call, version: &Version) -> Result<(), Fault> {
    match call.query.get("RevisionId") {
        Some(wanted) if wanted != version.revision => Err(fault::precondition("GetLayerPolicy")),
        Some(_) | None => Ok(()),
    }
}

pub(super) fn permit(world: &mut World, call: &Call, name: &str, number: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    model::check(&body, model::LAYER_PERMISSION)?;
    let fields = Fields::new(&body);
    let layer = Named::read(world, call, name)?;
    let number = version_number(number)?;
    let revision = world.ids.uuid();
    let version = find_mut(world, &layer, number)?;
    check_revision(call, version)?;
    let id = fields.text("StatementId")?.unwrap_or_default();
    let statement = permissions::layer_statement(id, &format!("{}:{number}", layer.arn), &fields)?;
    version.policy.add(id, statement.clone())?;
    version.revision.clone_from(&revision);
    let shown = json!({ "Statement": statement.to_string(), "RevisionId": revision });
    Ok(Reply::json(StatusCode::CREATED, &shown))
}

pub(super) fn forbid(world: &mut World, call: &Call, name: &str, number: &str, id: &str) -> Result<Reply, Fault> {
    let layer = Named::read(world, call, name)?;
    let number = version_number(number)?;
    let revision = world.ids.uuid();
    let version = find_mut(world, &layer, number)?;
    check_revision(call, version)?;
    version.policy.remove(id)?;
    version.revision = revision;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Refuses layers that a function can't have, but for those that it has.
pub(super) fn check(world: &World, call: &Call, wanted: &[String], current: &[String]) -> Result<(), Fault> {
    if wanted.len() > MAX_PER_FUNCTION {
        return Err(fault::invalid("Cannot reference more than 5 layers."));
    }
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for arn in wanted {
        let (layer, number) = arn.rsplit_once(':').unwrap_or_default();
        if let Some(other) = seen.insert(layer, arn) {
            return Err(fault::invalid(format!(
                "Two different versions of the same layer are not allowed to be referenced in the same function. {other} \
                 and {arn} are versions of the same layer."
            )));
        }
        if current.contains(arn) {
            continue;
        }
        let parts: Vec<&str> = layer.split(':').collect();
        let ["arn", _, _, region, account, _, name] = parts.as_slice() else {
            continue;
        };
        if *region != call.region {
            let here = &call.region;
            return Err(fault::invalid(format!(
                "Layers are not in the same region as the function. Layers are expected to be in region {here}."
            )));
        }
        // Layers of other accounts are taken on trust: many are public, and none can be looked at from here.
        let is_there = *account != world.account || {
            let found = world.lambda.layers.get(&format!("{region}/{name}"));
            let number = number.parse().unwrap_or_default();
            found.is_some_and(|layer| layer.versions.contains_key(&number))
        };
        if !is_there {
            return Err(fault::invalid(format!("Layer version {arn} does not exist.")));
        }
    }
    Ok(())
}

/// The size of a layer that a function has, in bytes; layers of other accounts count as one KiB.
pub(super) fn size(world: &World, arn: &str) -> usize {
    let known = || {
        let (layer, number) = arn.rsplit_once(':')?;
        let parts: Vec<&str> = layer.split(':').collect();
        let ["arn", _, _, region, account, _, name] = parts.as_slice() else {
            return None;
        };
        let kept = world.lambda.layers.get(&format!("{region}/{name}"))?;
        let number = number.parse().ok()?;
        (*account == world.account).then(|| kept.sizes.get(&number).copied())?
    };
    known().unwrap_or(1024)
}
