//! From the file to a function's normal form, and back.
//!
//! Invariant: what is left out gets the value that AWS reads back when nothing was asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use serde_json::{Map, Value as Json, json};

use crate::fields::FieldPath;
use crate::kinds::Member as _;
use crate::kinds::decode::{duration, key_of, none_or, region, text_within};
use crate::kinds::role::Role;
use crate::names::limits::{LAMBDA_DESCRIPTION_CHARACTERS, LAMBDA_ENVIRONMENT_BYTES, LAMBDA_LAYERS};
use crate::names::{
    Architecture, Arn, EnvironmentName, EphemeralStorage, Handler, LayerVersionArn, LogGroupName, Memory, NameError,
    Region, Runtime, Timeout,
};
use crate::shape::{self, Choice, Part, Shape, needed, part, some_items};
use crate::spec::finding::Finding;
use crate::spec::lower::{Lowered, Lowering, name_finding};
use crate::spec::node::{Node, Value};
use crate::spec::table::{self, Table};
use crate::vault::Secret;

use super::values::{LogFormat, LogLevel, Logging, PackageType, Tracing, Variable, Vpc};
use super::{Id, Lambda, State, code, permission};

pub(super) fn lower(id: &Id, node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Lambda>> {
    let mut table = cx.table::<Lambda>(node)?;
    if let Some(node) = table.take("region") {
        region(node, cx);
    }
    let role = table.required("role", &mut cx.reading());
    let role = role
        .and_then(|node| cx.reference(node, Role::KIND, &[]))
        .map(|found| found.arn().clone());
    let code_node = table.required("code", &mut cx.reading());
    let (runtime, handler) = (table.take("runtime"), table.take("handler"));
    // Only zips have them.
    let otherwise = match (runtime, handler) {
        (None, None) => PackageType::Image,
        (Some(_), _) | (_, Some(_)) => PackageType::Zip,
    };
    let code = code_node.and_then(|node| code::lower(node, otherwise, cx));
    let package = code.as_ref().map(|code| code.code.package());
    let program = program(node, runtime, handler, package, cx);
    package_agrees(table.take("package_type"), package, cx);
    let sizes = sizes(&mut table, cx);
    let architectures = table.take("architectures").map(|node| architecture(node, cx));
    let environment = environment(table.take("environment"), cx);
    let layers = layers(table.take("layers"), &id.region, cx);
    let description = table.take("description").map(|node| description(node, cx));
    let tracing = table.take("tracing");
    let tracing = tracing.map(|node| table::one_of(node, "tracing", Tracing::WORDS, &mut cx.reading()));
    let dead_letter = none_or(table.take("dead_letter"), cx, |node, cx| {
        cx.parse(node, "dead_letter", Arn::parse)
    });
    let kms_key = none_or(table.take("kms_key"), cx, |node, cx| {
        cx.parse(node, "kms_key", Arn::parse)
    });
    let vpc = none_or(table.take("vpc"), cx, vpc);
    let logging = logging(id, table.take("logging"), cx);
    let reserved = none_or(table.take("reserved_concurrency"), cx, |node, cx| {
        table::integer(node, "reserved_concurrency", 0..=u32::MAX, "", &mut cx.reading())
    });
    let permissions = permission::lower(table.take("permissions"), cx);
    let tags = cx.tags(table.take("tags"));
    let (runtime, handler) = program?;
    let (memory, timeout, storage) = sizes?;
    let Environment { variables, live, unset } = environment;
    let code = code?;
    let kept = code.kept.iter().map(|field| (*field).to_owned());
    let ignore = live.into_iter().chain(kept).collect();
    let state = State {
        package_type: code.code.package(),
        runtime,
        handler,
        role: role?,
        code: code.code,
        architectures: architectures.map_or(Some(Architecture::default()), |written| written)?,
        memory,
        timeout,
        storage,
        environment: variables,
        kms_key: kms_key?,
        layers: layers?,
        description: description.map_or(Some(String::new()), |written| written)?,
        tracing: tracing.map_or(Some(Tracing::PassThrough), |written| written)?,
        dead_letter: dead_letter?,
        vpc: vpc?,
        logging: logging?,
        reserved_concurrency: reserved?,
        permissions,
        tags,
    };
    let mut lowered = Lowered::new(state);
    lowered.unknown = unset;
    lowered
        .unknown
        .extend(code.unknown.map(|why| (FieldPath::whole("code"), why)));
    lowered.ignore = ignore;
    // A change between zip and image must be told from silence, although it is `code` that says it.
    lowered.implied.insert("package_type");
    Some(lowered)
}

fn description(node: &Node, cx: &mut Lowering<'_>) -> Option<String> {
    text_within(node, "description", LAMBDA_DESCRIPTION_CHARACTERS.value, cx)
}

/// Zips need a runtime and a handler, images bring their own.
fn program(
    whole: &Node,
    runtime: Option<&Node>,
    handler: Option<&Node>,
    package: Option<PackageType>,
    cx: &mut Lowering<'_>,
) -> Option<(Option<Runtime>, Option<Handler>)> {
    if package == Some(PackageType::Image) {
        for node in [runtime, handler].into_iter().flatten() {
            let message = "an image brings its own runtime and handler (InvalidParameterValueException)";
            cx.report(Finding::error("E0432", node.span, message).label("leave it out"));
        }
        return Some((None, None));
    }
    for (key, node) in [("runtime", runtime), ("handler", handler)] {
        if node.is_none() && package == Some(PackageType::Zip) {
            let message = format!("this lambda has no `{key}`");
            let label = format!("code in a zip needs a `{key}`");
            cx.report(Finding::error("E0304", whole.span, message).label(label));
        }
    }
    let runtime_value = runtime.and_then(|node| cx.parse(node, "runtime", Runtime::parse));
    if let (Some(node), Some(runtime)) = (runtime, &runtime_value) {
        // The day counts, because AWS publishes the days from which it refuses a runtime.
        let today = time::OffsetDateTime::now_utc().date();
        let doubt = runtime
            .doubt(today)
            .map(|doubt| Finding::warning("E0433", node.span, doubt));
        cx.findings.extend(doubt);
    }
    let handler_value = handler.and_then(|node| cx.parse(node, "handler", Handler::parse));
    let complete = runtime_value.is_some() && handler_value.is_some();
    complete.then_some((runtime_value, handler_value))
}

fn package_agrees(node: Option<&Node>, package: Option<PackageType>, cx: &mut Lowering<'_>) {
    let Some(node) = node else { return };
    let written = table::one_of(node, "package_type", PackageType::WORDS, &mut cx.reading());
    if let (Some(written), Some(package)) = (written, package)
        && written != package
    {
        let message = format!(
            "`package_type` can't be `{}`: `code` makes it `{}`",
            written.as_str(),
            package.as_str()
        );
        cx.report(Finding::error("E0432", node.span, message).label("leave it out"));
    }
}

fn sizes(table: &mut Table<'_>, cx: &mut Lowering<'_>) -> Option<(Memory, Timeout, EphemeralStorage)> {
    let memory_node = table.take("memory");
    let memory = memory_node.map_or(Memory::of_mib(128).ok(), |node| {
        mib(node, "memory", 128..=32_768, Memory::of_mib, cx)
    });
    let doubt = memory.and_then(Memory::doubt);
    if let (Some(node), Some(doubt)) = (memory_node, doubt) {
        cx.report(Finding::warning("E0415", node.span, doubt));
    }
    let timeout = table.take("timeout");
    let timeout = timeout.map_or(Timeout::of_seconds(3).ok(), |node| {
        duration(node, "timeout", 1..=900, Timeout::of_seconds, cx)
    });
    let storage = table.take("storage");
    let storage = storage.map_or(EphemeralStorage::of_mib(512).ok(), |node| {
        mib(node, "storage", 512..=10_240, EphemeralStorage::of_mib, cx)
    });
    Some((memory?, timeout?, storage?))
}

fn mib<T>(
    node: &Node,
    what: &str,
    range: RangeInclusive<u32>,
    of: impl FnOnce(u64) -> Result<T, NameError>,
    cx: &mut Lowering<'_>,
) -> Option<T> {
    let mib = table::mebibytes(node, what, range, &mut cx.reading())?;
    of(u64::from(mib))
        .map_err(|error| cx.report(name_finding(node.span, what, &error)))
        .ok()
}

/// A list, because the API has one; it takes exactly one entry.
fn architecture(node: &Node, cx: &mut Lowering<'_>) -> Option<Architecture> {
    let item = match &node.value {
        Value::List(items) => match items.as_slice() {
            [one] => one,
            _ => {
                let message = format!("a function runs on one architecture, and this lists {}", items.len());
                cx.report(Finding::error("E0413", node.span, message).label("write `[x86_64]` or `[arm64]`"));
                return None;
            }
        },
        _ => node,
    };
    cx.parse(item, "architectures", Architecture::parse)
}

/// The environment, as far as the file and this run say it.
const HIDDEN: [Part; 2] = [
    part(
        "from_env",
        shape::WRITTEN,
        "The variable of this run's environment that holds it; shown to nobody.",
    ),
    part("live", Shape::True, "Keep what is there."),
];

pub(super) const VARIABLE: Shape = Shape::AnyOf(&[
    shape::TEXT,
    shape::table(&HIDDEN, &[Choice::One(&["from_env", "live"])]),
]);

const NETWORK: [Part; 2] = [
    needed(
        "subnets",
        Shape::Texts(&some_items("subnets", shape::text("subnet", "^subnet-"))),
        "Its subnets.",
    ),
    needed(
        "security_groups",
        Shape::Texts(&some_items("security groups", shape::text("security group", "^sg-"))),
        "Its security groups.",
    ),
];

pub(super) const VPC: Shape = Shape::AnyOf(&[shape::table(&NETWORK, &[]), shape::NONE]);

const LOGS: [Part; 4] = [
    part("format", crate::words_of!(LogFormat::WORDS), "Text or JSON."),
    part(
        "application_level",
        crate::words_of!(LogLevel::WORDS),
        "The least level of the function's own lines; only with `format: JSON`.",
    ),
    part(
        "system_level",
        crate::words_of!(SYSTEM_LEVELS),
        "The least level of Lambda's lines; only with `format: JSON`.",
    ),
    part("group", shape::WRITTEN, "The log group."),
];

pub(super) const LOGGING: Shape = shape::table(&LOGS, &[]);

/// One processor, in a list as AWS has it or alone.
pub(super) const ARCHITECTURES: Shape = Shape::Called(
    "[x86_64] or [arm64]",
    &Shape::Texts(&some_items("processors", Shape::Words(&["x86_64", "arm64"]))),
);

struct Environment {
    variables: BTreeMap<String, Variable>,
    /// Patterns of what is kept as it is.
    live: Vec<String>,
    unset: BTreeMap<FieldPath, String>,
}

fn environment(node: Option<&Node>, cx: &mut Lowering<'_>) -> Environment {
    let mut environment = Environment {
        variables: BTreeMap::new(),
        live: Vec::new(),
        unset: BTreeMap::new(),
    };
    let Some(node) = node else { return environment };
    let entries = table::entries(node, "environment", "names to values", &mut cx.reading()).unwrap_or_default();
    for (key, value) in entries {
        if let Some(name) = key_of(key, "environment", EnvironmentName::parse, cx) {
            variable(name.as_str(), value, &mut environment, cx);
        }
    }
    let bytes: usize = environment
        .variables
        .iter()
        .map(|(name, value)| name.len() + value.reveal().len())
        .sum();
    let most = LAMBDA_ENVIRONMENT_BYTES.value;
    if bytes as u64 > most {
        let message = format!("this environment has {bytes} bytes in sum, and AWS takes {most}");
        cx.report(
            Finding::error("E0412", node.span, message).label("put large values into a file or a parameter store"),
        );
    }
    environment
}

/// Text; `{ from_env: NAME }`, which nobody sees; or `{ live: true }`, which keeps what is there.
fn variable(name: &str, value: &Node, environment: &mut Environment, cx: &mut Lowering<'_>) {
    let path = FieldPath::entry("environment", name);
    if !matches!(value.value, Value::Map(_)) {
        let text = table::text(value, name, &mut cx.reading()).map(Variable::written);
        environment.variables.extend(text.map(|text| (name.to_owned(), text)));
        return;
    }
    let Some(mut table) = Table::new(value, "variable", const { &shape::names(&HIDDEN) }, &mut cx.reading()) else {
        return;
    };
    let (from_env, live) = (table.take("from_env"), table.take("live"));
    match (from_env, live) {
        (Some(node), None) => {
            let Some(source) = table::written_text(node, "from_env", &mut cx.reading()) else {
                return;
            };
            match (cx.env)(source) {
                Some(value) => {
                    let value = Variable::hidden(Secret::new(value));
                    environment.variables.insert(name.to_owned(), value);
                }
                None => drop(
                    environment
                        .unset
                        .insert(path, format!("the environment variable `{source}` is not set")),
                ),
            }
        }
        (None, Some(node)) => match table::boolean(node, "live", &mut cx.reading()) {
            Some(true) => environment.live.push(path.to_string()),
            Some(false) => {
                let finding = Finding::error("E0402", node.span, "`live` can only be `true`");
                cx.report(finding.label("leave the variable out to remove it"));
            }
            None => {}
        },
        _ => {
            let message = format!("`{name}` takes exactly one of `from_env` and `live`");
            cx.report(Finding::error("E0432", value.span, message).label("write one of them, or text"));
        }
    }
}

/// In the author's order, since later layers cover earlier ones.
fn layers(node: Option<&Node>, region: &Region, cx: &mut Lowering<'_>) -> Option<Vec<LayerVersionArn>> {
    let Some(node) = node else { return Some(Vec::new()) };
    let items = table::list(node, "layers", "layers", &mut cx.reading())?;
    let mut layers = Vec::new();
    for item in items {
        let layer = cx.parse(item, "layers", LayerVersionArn::parse)?;
        if layer.region().as_ref() != Some(region) {
            let message = format!("layer `{layer}` is not in {region}, where the function is");
            cx.report(Finding::error("E0411", item.span, message));
        }
        layers.push(layer);
    }
    let most = LAMBDA_LAYERS.value;
    if layers.len() as u64 > most {
        let message = format!("{} layers, and AWS takes at most {most}", layers.len());
        cx.report(Finding::error("E0413", node.span, message));
    }
    Some(layers)
}

fn vpc(node: &Node, cx: &mut Lowering<'_>) -> Option<Vpc> {
    let mut table = Table::new(node, "vpc", const { &shape::names(&NETWORK) }, &mut cx.reading())?;
    let mut set = |key: &str, prefix: &str| -> Option<BTreeSet<String>> {
        let node = table.required(key, &mut cx.reading())?;
        let texts = table::texts(node, key, &mut cx.reading())?;
        if texts.is_empty() {
            let message = format!("`{key}` is empty");
            cx.report(Finding::error("E0401", node.span, message).label("write `vpc: none` to leave the network"));
        }
        let fits = |text: &str| {
            text.strip_prefix(prefix)
                .is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric()))
        };
        for (text, span) in texts.iter().filter(|(text, _)| !fits(text)) {
            let message = format!("`{text}` is no id for `{key}`");
            cx.report(Finding::error("E0411", *span, message).label(format!("it looks like `{prefix}0a1b2c3d`")));
        }
        Some(texts.into_iter().map(|(text, _)| text.to_owned()).collect())
    };
    let (subnets, security_groups) = (set("subnets", "subnet-"), set("security_groups", "sg-"));
    Some(Vpc {
        subnets: subnets?,
        security_groups: security_groups?,
    })
}

const SYSTEM_LEVELS: &[(&str, LogLevel)] = &[
    ("DEBUG", LogLevel::Debug),
    ("INFO", LogLevel::Info),
    ("WARN", LogLevel::Warn),
];

fn logging(id: &Id, node: Option<&Node>, cx: &mut Lowering<'_>) -> Option<Logging> {
    let default_group = LogGroupName::of_function(&id.name);
    let Some(node) = node else {
        return Some(Logging::new(LogFormat::Text, default_group));
    };
    let keys = const { &shape::names(&LOGS) };
    let mut table = Table::new(node, "logging", keys, &mut cx.reading())?;
    let format = table.take("format").map_or(Some(LogFormat::Text), |node| {
        table::one_of(node, "format", LogFormat::WORDS, &mut cx.reading())
    });
    let group = table
        .take("group")
        .map_or(Some(default_group), |node| cx.parse(node, "group", LogGroupName::parse));
    let mut logging = Logging::new(format?, group?);
    for (key, words) in [("application_level", LogLevel::WORDS), ("system_level", SYSTEM_LEVELS)] {
        let Some(node) = table.take(key) else { continue };
        if logging.format == LogFormat::Text {
            let message = format!("`{key}` can only be set with `format: JSON`");
            cx.report(Finding::error("E0432", node.span, message).label("add `format: JSON`, or leave it out"));
            continue;
        }
        let level = table::one_of(node, key, words, &mut cx.reading())?;
        let slot = if key == "system_level" {
            &mut logging.system_level
        } else {
            &mut logging.application_level
        };
        *slot = Some(level);
    }
    Some(logging)
}

pub(super) fn spell(id: &Id, state: &State) -> Json {
    let mut spelled = Map::new();
    let mut put = |key: &str, value: Json| drop(spelled.insert(key.to_owned(), value));
    if let Some(runtime) = &state.runtime {
        put("runtime", json!(runtime));
    }
    if let Some(handler) = &state.handler {
        put("handler", json!(handler));
    }
    put("role", json!(state.role));
    put("code", state.code.spell(id.name.as_str()));
    if state.architectures != Architecture::default() {
        put("architectures", json!([state.architectures]));
    }
    if state.memory.mib() != 128 {
        put("memory", json!(state.memory.mib()));
    }
    if state.timeout.seconds() != 3 {
        put("timeout", json!(state.timeout));
    }
    if state.storage.mib() != 512 {
        put("storage", json!(state.storage.mib()));
    }
    spell_surroundings(id, state, &mut put);
    Json::Object(spelled)
}

fn spell_surroundings(id: &Id, state: &State, put: &mut impl FnMut(&str, Json)) {
    if !state.environment.is_empty() {
        put("environment", spell_environment(&state.environment));
    }
    if !state.layers.is_empty() {
        put("layers", json!(state.layers));
    }
    if !state.description.is_empty() {
        put("description", json!(state.description));
    }
    if state.tracing != Tracing::PassThrough {
        put("tracing", json!(state.tracing));
    }
    for (key, arn) in [("dead_letter", &state.dead_letter), ("kms_key", &state.kms_key)] {
        if let Some(arn) = arn {
            put(key, json!(arn));
        }
    }
    if let Some(vpc) = &state.vpc {
        put("vpc", json!(vpc));
    }
    if state.logging != Logging::new(LogFormat::Text, LogGroupName::of_function(&id.name)) {
        put("logging", spell_logging(id, &state.logging));
    }
    if let Some(reserved) = state.reserved_concurrency {
        put("reserved_concurrency", json!(reserved));
    }
    if !state.permissions.is_empty() {
        let permissions: Map<String, Json> = state
            .permissions
            .iter()
            .map(|(id, one)| (id.clone(), permission::spell(one)))
            .collect();
        put("permissions", Json::Object(permissions));
    }
    if !state.tags.is_empty() {
        put("tags", json!(state.tags));
    }
}

/// Values that nobody is shown stay where they are.
fn spell_environment(environment: &BTreeMap<String, Variable>) -> Json {
    let spelled = environment.iter().map(|(name, value)| {
        let value = value
            .as_written()
            .map_or_else(|| json!({ "live": true }), |text| json!(text));
        (name.clone(), value)
    });
    Json::Object(spelled.collect())
}

fn spell_logging(id: &Id, logging: &Logging) -> Json {
    let mut spelled = Map::new();
    let default = Logging::new(logging.format, LogGroupName::of_function(&id.name));
    if logging.format != LogFormat::Text {
        spelled.insert("format".into(), json!(logging.format));
    }
    if logging.application_level != default.application_level {
        spelled.insert("application_level".into(), json!(logging.application_level));
    }
    if logging.system_level != default.system_level {
        spelled.insert("system_level".into(), json!(logging.system_level));
    }
    if logging.group != default.group {
        spelled.insert("group".into(), json!(logging.group));
    }
    Json::Object(spelled)
}
