//! Event source mappings: from queues and streams to functions.
//!
//! Invariant: a mapping's function exists when the mapping is made and may go afterwards. Sources are outside of the
//! sandbox, so only the look of their ARNs is judged, and no record is ever read.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::fault::{self, Fault};
use super::reference::{self, Reference};
use super::{listing, model, ok};
use crate::sandbox::members::{self, Fields};
use crate::sandbox::{Call, Due, Moment, Reply, Tempo, World};

/// One mapping.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Mapping {
    uuid: String,
    arn: String,
    function: String,
    enabled: bool,
    /// What the state is called until the change is done.
    change: String,
    settled: Due,
    modified: Moment,
    pub(super) tags: std::collections::BTreeMap<String, String>,
    /// The members that read back as they were written, with their defaults.
    members: Map<String, Value>,
}

/// What reads the source: its defaults differ.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Queue,
    Stream,
    Other,
}

impl Source {
    fn of(arn: Option<&str>) -> Self {
        match arn.and_then(|arn| arn.split(':').nth(2)) {
            Some("sqs") => Self::Queue,
            Some("kinesis" | "dynamodb") => Self::Stream,
            _ => Self::Other,
        }
    }

    fn defaults(self) -> Value {
        match self {
            Self::Queue => json!({
                "BatchSize": 10,
                "MaximumBatchingWindowInSeconds": 0,
                "FunctionResponseTypes": [],
                "StateTransitionReason": "USER_INITIATED",
            }),
            Self::Stream => json!({
                "BatchSize": 100,
                "MaximumBatchingWindowInSeconds": 0,
                "ParallelizationFactor": 1,
                "MaximumRecordAgeInSeconds": -1,
                "MaximumRetryAttempts": -1,
                "BisectBatchOnFunctionError": false,
                "TumblingWindowInSeconds": 0,
                "DestinationConfig": { "OnFailure": {} },
                "FunctionResponseTypes": [],
                "LastProcessingResult": "No records processed",
                "StateTransitionReason": "User action",
            }),
            Self::Other => json!({ "BatchSize": 100, "StateTransitionReason": "USER_INITIATED" }),
        }
    }
}

/// Members that read back as they came.
const KEPT: &[&str] = &[
    "EventSourceArn",
    "BatchSize",
    "FilterCriteria",
    "KMSKeyArn",
    "MetricsConfig",
    "ScalingConfig",
    "MaximumBatchingWindowInSeconds",
    "ParallelizationFactor",
    "StartingPosition",
    "StartingPositionTimestamp",
    "DestinationConfig",
    "MaximumRecordAgeInSeconds",
    "BisectBatchOnFunctionError",
    "MaximumRetryAttempts",
    "TumblingWindowInSeconds",
    "Topics",
    "Queues",
    "SourceAccessConfigurations",
    "SelfManagedEventSource",
    "FunctionResponseTypes",
    "AmazonManagedKafkaEventSourceConfig",
    "SelfManagedKafkaEventSourceConfig",
    "DocumentDBEventSourceConfig",
    "ProvisionedPollerConfig",
];

impl Mapping {
    fn take(&mut self, body: &Map<String, Value>) {
        for name in KEPT {
            match body.get(*name) {
                Some(value) if !value.is_null() => drop(self.members.insert((*name).into(), value.clone())),
                _ => {}
            }
        }
        let no_filters = self.members.get("FilterCriteria").is_some_and(|criteria| {
            let filters = criteria.get("Filters").and_then(Value::as_array);
            filters.is_none_or(Vec::is_empty)
        });
        if no_filters {
            self.members.remove("FilterCriteria");
        }
    }

    fn describe(&self, state: &str) -> Value {
        let mut shown = self.members.clone();
        let mut put = |name: &str, value: Value| drop(shown.insert(name.into(), value));
        put("UUID", json!(self.uuid));
        put("EventSourceMappingArn", json!(self.arn));
        put("FunctionArn", json!(self.function));
        put("LastModified", json!(self.modified.epoch()));
        put("State", json!(state));
        Value::Object(shown)
    }

    fn shown(&self, world: &World) -> Value {
        let state = if !self.settled.has_come(&world.clock) {
            self.change.as_str()
        } else if self.enabled {
            "Enabled"
        } else {
            "Disabled"
        };
        self.describe(state)
    }
}

fn key(call: &Call, uuid: &str) -> String {
    format!("{}/{uuid}", call.region)
}

/// The qualified ARN of the function that a mapping names.
fn function_arn(world: &World, call: &Call, text: &str) -> Result<String, Fault> {
    let reference = Reference::read(world, call, text)?;
    let nobody = || fault::invalid("Function does not exist");
    let function = reference.find(world, call).map_err(|_| nobody())?;
    let qualifier = function
        .qualifier(reference.qualifier.as_deref())
        .map_err(|_| nobody())?;
    Ok(qualifier.arn(&function.arn))
}

pub(super) fn create(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    model::check(&body, model::NEW_MAPPING)?;
    model::check(&body, model::MAPPING)?;
    let fields = Fields::new(&body);
    let arn = fields.text("EventSourceArn")?;
    let source = Source::of(arn);
    if arn.is_none() && fields.object("SelfManagedEventSource")?.is_none() {
        return Err(fault::invalid("Unrecognized event source."));
    }
    if source == Source::Stream && fields.text("StartingPosition")?.is_none() {
        return Err(fault::invalid(
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not \
             be null.",
        ));
    }
    let function = function_arn(world, call, fields.text("FunctionName")?.unwrap_or_default())?;
    check_new(world, call, arn, &function)?;
    let uuid = world.ids.uuid();
    let mut mapping = Mapping {
        arn: format!(
            "arn:aws:lambda:{}:{}:event-source-mapping:{uuid}",
            call.region, world.account
        ),
        uuid,
        function,
        enabled: fields.whole().get("Enabled") != Some(&Value::Bool(false)),
        change: "Creating".to_owned(),
        settled: world.clock.after(Tempo::Calls, 0),
        modified: world.clock.now(),
        tags: fields.texts_by_name("Tags")?.unwrap_or_default(),
        members: source.defaults().as_object().cloned().unwrap_or_default(),
    };
    mapping.take(&body);
    let shown = mapping.describe("Creating");
    world.lambda.mappings.insert(key(call, &mapping.uuid), mapping);
    Ok(Reply::json(StatusCode::ACCEPTED, &shown))
}

fn check_new(world: &World, call: &Call, arn: Option<&str>, function: &str) -> Result<(), Fault> {
    let Some(arn) = arn else {
        return Ok(());
    };
    let same = in_region(world, call).find(|mapping| {
        mapping.function == function && mapping.members.get("EventSourceArn").and_then(Value::as_str) == Some(arn)
    });
    let Some(Mapping { uuid, .. }) = same else {
        return Ok(());
    };
    let what = match Source::of(Some(arn)) {
        Source::Queue => {
            format!(
                "An event source mapping with SQS arn (\" {arn} \") and function (\" {function} \") already exists."
            )
        }
        Source::Stream | Source::Other => {
            format!(
                "The event source arn (\" {arn} \") and function (\" {function} \") provided mapping already exists."
            )
        }
    };
    Err(fault::conflict(format!(
        "{what} Please update or delete the existing mapping with UUID {uuid}"
    )))
}

fn in_region<'a>(world: &'a World, call: &Call) -> impl Iterator<Item = &'a Mapping> + use<'a> {
    let prefix = format!("{}/", call.region);
    let mappings = world.lambda.mappings.from(&prefix);
    mappings
        .take_while(move |(key, _)| key.starts_with(&prefix))
        .map(|(_, mapping)| mapping)
}

pub(super) fn get(world: &World, call: &Call, uuid: &str) -> Result<Reply, Fault> {
    let mapping = world.lambda.mappings.get(&key(call, uuid));
    Ok(ok(&mapping.ok_or_else(fault::no_resource)?.shown(world)))
}

pub(super) fn list(world: &World, call: &Call) -> Result<Reply, Fault> {
    let function = match call.query.get("FunctionName") {
        Some(text) => {
            let reference = Reference::read(world, call, text)?;
            Some(reference.qualified_arn(world, call))
        }
        None => None,
    };
    let source = call.query.get("EventSourceArn");
    let wanted = in_region(world, call).filter(|mapping| {
        let arn = mapping.members.get("EventSourceArn").and_then(Value::as_str);
        function.as_ref().is_none_or(|function| *function == mapping.function)
            && source.is_none_or(|source| arn == Some(source))
    });
    let shown = wanted.map(|mapping| (mapping.uuid.clone(), mapping.shown(world)));
    listing::page(call, "EventSourceMappings", shown, 100)
}

pub(super) fn update(world: &mut World, call: &Call, uuid: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    model::check(&body, model::MAPPING)?;
    let fields = Fields::new(&body);
    let mapping = world.lambda.mappings.get(&key(call, uuid));
    let mut mapping = mapping.cloned().ok_or_else(fault::no_resource)?;
    if let Some(text) = fields.text("FunctionName")? {
        mapping.function = function_arn(world, call, text)?;
    }
    let was_enabled = mapping.enabled;
    if let Some(enabled) = fields.whole().get("Enabled").and_then(Value::as_bool) {
        mapping.enabled = enabled;
    }
    mapping.change = match (was_enabled, mapping.enabled) {
        (false, true) => "Enabling",
        (true, false) => "Disabling",
        _ => "Updating",
    }
    .to_owned();
    mapping.settled = world.clock.after(Tempo::Calls, 0);
    mapping.modified = world.clock.now();
    mapping.take(&body);
    let shown = mapping.shown(world);
    world.lambda.mappings.insert(key(call, uuid), mapping);
    Ok(Reply::json(StatusCode::ACCEPTED, &shown))
}

pub(super) fn delete(world: &mut World, call: &Call, uuid: &str) -> Result<Reply, Fault> {
    let mapping = world.lambda.mappings.remove(&key(call, uuid));
    let mapping = mapping.ok_or_else(fault::no_resource)?;
    Ok(Reply::json(StatusCode::ACCEPTED, &mapping.describe("Deleting")))
}

/// The mapping with this ARN, to read or write its tags.
pub(super) fn key_of(call: &Call, arn: &str) -> Option<String> {
    let (_, uuid) = arn.rsplit_once(":event-source-mapping:")?;
    Some(reference::key(&call.region, uuid))
}
