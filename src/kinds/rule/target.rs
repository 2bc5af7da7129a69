//! Targets of a rule.
//!
//! Invariant: a target is written whole, so one with parameters that this program doesn't know is never written.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::address::Address;
use crate::fields::{FieldPath, FieldValue, Shown};
use crate::kind::{Home, Kind as _};
use crate::kinds::decode::{duration, key_of, text_within};
use crate::kinds::lambda::{Invocation, Lambda, Permission};
use crate::kinds::role::Role;
use crate::kinds::{AnyPart, Member as _};
use crate::names::limits::{TARGET_INPUT_CHARACTERS, TARGETS_PER_RULE};
use crate::names::{Arn, Length, StatementId, TargetId, TargetInput};
use crate::shape::{self, Choice, Part, Shape, items, needed, part};
use crate::spec::finding::Finding;
use crate::spec::lower::{Contribution, Lowering, Referent, name_finding};
use crate::spec::node::Node;
use crate::spec::table::{self, Table};

use super::{Id, Rule};

/// EventBridge's own service principal.
const EVENTS: &str = "events.amazonaws.com";

/// One target.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Target {
    /// What is called.
    pub arn: Arn,
    /// The role that EventBridge takes on for it.
    pub role: Option<Arn>,
    /// What it is sent.
    pub feed: Feed,
    /// How often and how long it is tried.
    pub retry: Retry,
    /// Where events go that could not be delivered.
    pub dead_letter: Option<Arn>,
}

/// What a target is sent.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Feed {
    /// The event.
    Event,
    /// Always the same JSON.
    Input(TargetInput),
    /// A part of the event, by JSON path.
    InputPath(String),
    /// A text made of parts of the event.
    InputTransformer {
        /// Names to JSON paths.
        input_paths_map: BTreeMap<String, String>,
        /// The text with `<NAME>`.
        input_template: String,
    },
}

/// How often and how long a delivery is tried. AWS shows its defaults only where they were set, so both read alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Retry {
    /// Attempts after the first one.
    pub attempts: u32,
    /// Seconds.
    pub max_age_s: u32,
}

impl Default for Retry {
    /// EventBridge's own: 185 attempts within a day.
    fn default() -> Self {
        Self {
            attempts: 185,
            max_age_s: 86_400,
        }
    }
}

impl FieldValue for Target {
    fn show(&self) -> Option<Shown> {
        let mut parts = vec![self.arn.to_string()];
        parts.push(match &self.feed {
            Feed::Event => "the event".to_owned(),
            Feed::Input(input) => format!("input {input}"),
            Feed::InputPath(path) => format!("input path {path}"),
            Feed::InputTransformer {
                input_paths_map,
                input_template,
            } => format!("input {} of {}", json!(input_template), json!(input_paths_map)),
        });
        parts.extend(self.role.as_ref().map(|role| format!("as {role}")));
        if self.retry != Retry::default() {
            let age = Length::of_seconds(self.retry.max_age_s.into());
            parts.push(format!("{} attempts within {age}", self.retry.attempts));
        }
        parts.extend(
            self.dead_letter
                .as_ref()
                .map(|queue| format!("dead letters to {queue}")),
        );
        Some(Shown::Text(parts.join(", ")))
    }
}

/// What lowering made of `targets:`.
#[derive(Default)]
pub(super) struct Targets {
    pub(super) targets: BTreeMap<String, Target>,
    /// What functions of this file are asked for.
    pub(super) contributions: Vec<Contribution>,
    /// What the owners of other functions have to do.
    pub(super) notes: Vec<String>,
}

pub(super) fn lower(id: &Id, node: Option<&Node>, cx: &mut Lowering<'_>) -> Targets {
    let mut targets = Targets::default();
    let Some(node) = node else { return targets };
    let entries = table::entries(node, "targets", "ids to targets", &mut cx.reading()).unwrap_or_default();
    for (key, node) in entries {
        let target_id = key_of(key, "target", TargetId::parse, cx);
        let target = lower_one(id, node, &mut targets, cx);
        if let (Some(target_id), Some(target)) = (target_id, target) {
            targets.targets.insert(target_id.to_string(), target);
        }
    }
    let (most, count) = (TARGETS_PER_RULE.value, entries.len());
    if count as u64 > most {
        let message = format!("{count} targets, and AWS takes at most {most} on one rule (LimitExceededException)");
        cx.report(Finding::error("E0413", node.span, message).label("make a second rule of it"));
    }
    targets
}

const PARTS: [Part; 8] = [
    part(
        "lambda",
        Shape::Reference("lambda"),
        "A function of this file by id, or any by ARN.",
    ),
    part("arn", shape::ARN, "Something else by its ARN."),
    part(
        "role",
        Shape::Reference("role"),
        "The role that EventBridge takes to reach it.",
    ),
    part(
        "input",
        Shape::Anything,
        "What it is given in place of the event: a mapping, a list, or JSON text.",
    ),
    part("input_path", JSON_PATH, "The part of the event that it is given."),
    part(
        "input_transformer",
        shape::table(&TRANSFORMER, &[]),
        "A text made from parts of the event.",
    ),
    part(
        "retry",
        shape::table(&RETRY, &[]),
        "How often and how long a call is tried.",
    ),
    part("dead_letter", shape::ARN, "The queue for what could not be delivered."),
];

const KEYS: &[&str] = &shape::names(&PARTS);

const JSON_PATH: Shape = shape::text("JSON path", r"^\$");

const TRANSFORMER: [Part; 2] = [
    part(
        "input_paths_map",
        Shape::Map(&items("JSON paths", JSON_PATH)),
        "Names for parts of the event.",
    ),
    needed(
        "input_template",
        shape::text("text", "."),
        "The text, with the names in `<…>`.",
    ),
];

const RETRY: [Part; 2] = [
    part("attempts", shape::number("", 0, 185), "How often at most."),
    part(
        "max_age",
        Shape::Duration {
            least: 60,
            most: 86_400,
        },
        "How long at most.",
    ),
];

pub(super) const SHAPE: Shape = shape::table(
    &PARTS,
    &[
        Choice::One(&["lambda", "arn"]),
        Choice::AtMostOne(&["input", "input_path", "input_transformer"]),
    ],
);

fn lower_one(id: &Id, node: &Node, all: &mut Targets, cx: &mut Lowering<'_>) -> Option<Target> {
    let mut table = Table::new(node, "target", KEYS, &mut cx.reading())?;
    let arn = called(id, node, table.take("lambda"), table.take("arn"), all, cx);
    let role = table.take("role").map(|node| cx.reference(node, Role::KIND, &[]));
    let feed = feed(node, &mut table, cx);
    let retry = table
        .take("retry")
        .map_or(Some(Retry::default()), |node| retry(node, cx));
    let dead_letter = table
        .take("dead_letter")
        .map(|node| cx.parse(node, "dead_letter", Arn::parse));
    let (arn, role) = (
        arn?,
        role.map_or(Some(None), |role| role.map(|role| Some(role.arn().clone())))?,
    );
    if role.is_none() && wants_role(&arn) {
        let message = format!("EventBridge needs a `role` to reach `{arn}`");
        cx.report(Finding::error("E0304", node.span, message).label("add `role: …`"));
    }
    Some(Target {
        arn,
        role,
        feed: feed?,
        retry: retry?,
        dead_letter: dead_letter.map_or(Some(None), |queue| queue.map(Some))?,
    })
}

/// Targets without a resource policy of their own (EventBridge's PutTargets: "RoleArn is required").
fn wants_role(arn: &Arn) -> bool {
    let services = [
        "states",
        "kinesis",
        "firehose",
        "ecs",
        "batch",
        "ssm",
        "codebuild",
        "codepipeline",
    ];
    services.contains(&arn.service()) || (arn.service() == "events" && arn.resource().starts_with("api-destination/"))
}

fn called(
    id: &Id,
    node: &Node,
    lambda: Option<&Node>,
    arn: Option<&Node>,
    all: &mut Targets,
    cx: &mut Lowering<'_>,
) -> Option<Arn> {
    match (lambda, arn) {
        (Some(node), None) => function(id, node, all, cx),
        (None, Some(node)) => {
            let arn = cx.parse(node, "arn", Arn::parse)?;
            if arn.function_name().is_some() {
                function(id, node, all, cx)
            } else {
                Some(arn)
            }
        }
        _ => {
            let message = "a target has exactly one of `lambda` and `arn`";
            cx.report(Finding::error("E0432", node.span, message).label("write one of them"));
            None
        }
    }
}

/// A function of this file is asked to let the rule in; of others the owner is told.
fn function(id: &Id, node: &Node, all: &mut Targets, cx: &mut Lowering<'_>) -> Option<Arn> {
    let referent = cx.reference(node, Lambda::KIND, &[])?;
    let arn = referent.arn().clone();
    if arn.region().as_ref() != Some(&id.region) {
        let message = format!("`{arn}` is not in {}, where the rule is", id.region);
        cx.report(Finding::error("E0411", node.span, message).label("a rule calls functions of its own region"));
        return None;
    }
    let rule = Rule::arn(id, None, cx.home);
    let (statement, permission) = (statement_id(id, &rule)?, Permission::of_service(EVENTS, &rule));
    match referent {
        Referent::Declared { id: function, arn: _ } => {
            let part = AnyPart::Lambda(Invocation {
                id: statement,
                permission,
            });
            let to = Address::new(Lambda::KIND, function);
            all.contributions.push(Contribution { to, part });
        }
        Referent::Foreign(arn) => all.notes.push(format!(
            "the owner of {arn} must let the rule in: aws lambda add-permission --function-name {arn} --statement-id \
             {statement} --action lambda:InvokeFunction --principal {EVENTS} --source-arn {rule}"
        )),
    }
    Some(arn)
}

/// What a rule gives the functions that it calls.
pub(super) fn invocations<'a>(
    id: &Id,
    targets: impl Iterator<Item = &'a Target>,
    home: &Home,
) -> Vec<(Arn, FieldPath, Json)> {
    let rule = Rule::arn(id, None, home);
    let Some(statement) = statement_id(id, &rule) else {
        return Vec::new();
    };
    let invocation = Invocation {
        id: statement,
        permission: Permission::of_service(EVENTS, &rule),
    };
    let functions = targets.filter(|target| target.arn.function_name().is_some());
    functions.map(|target| invocation.implied(&target.arn)).collect()
}

/// `evenkeel-BUS-RULE`. Statement ids take fewer characters than names of rules and buses; where some are replaced, a
/// piece of the ARN's hash keeps ids apart.
fn statement_id(id: &Id, rule: &Arn) -> Option<StatementId> {
    use sha2::Digest as _;
    let plain = format!("evenkeel-{}-{}", id.bus, id.name);
    if let Ok(id) = StatementId::parse(&plain) {
        return Some(id);
    }
    let hash: String = sha2::Sha256::digest(rule.as_str())
        .iter()
        .take(5)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let fits = |c: char| {
        if c.is_ascii_alphanumeric() || "-_".contains(c) {
            c
        } else {
            '_'
        }
    };
    let start: String = plain.chars().map(fits).take(89).collect();
    StatementId::parse(&format!("{start}-{hash}")).ok()
}

fn feed(node: &Node, table: &mut Table<'_>, cx: &mut Lowering<'_>) -> Option<Feed> {
    let (input, path) = (table.take("input"), table.take("input_path"));
    let transformer = table.take("input_transformer");
    match (input, path, transformer) {
        (None, None, None) => Some(Feed::Event),
        (Some(node), None, None) => match TargetInput::of_node(node) {
            Ok(input) => Some(Feed::Input(input)),
            Err(error) => {
                cx.report(name_finding(node.span, "input", &error));
                None
            }
        },
        (None, Some(node), None) => json_path(node, "input_path", cx).map(Feed::InputPath),
        (None, None, Some(node)) => input_transformer(node, cx),
        _ => {
            let message = "a target has at most one of `input`, `input_path` and `input_transformer`";
            cx.report(Finding::error("E0432", node.span, message).label("leave the others out"));
            None
        }
    }
}

fn json_path(node: &Node, what: &str, cx: &mut Lowering<'_>) -> Option<String> {
    let text = text_within(node, what, 256, cx)?;
    if !text.starts_with('$') {
        let message = format!("`{text}` is no JSON path");
        cx.report(Finding::error("E0411", node.span, message).label("it begins with `$`, as in `$.detail`"));
        return None;
    }
    Some(text)
}

fn input_transformer(node: &Node, cx: &mut Lowering<'_>) -> Option<Feed> {
    let keys = const { &shape::names(&TRANSFORMER) };
    let mut table = Table::new(node, "input_transformer", keys, &mut cx.reading())?;
    let mut input_paths_map = BTreeMap::new();
    if let Some(node) = table.take("input_paths_map") {
        let entries = table::entries(node, "input_paths_map", "names to JSON paths", &mut cx.reading())?;
        for (key, node) in entries {
            if let Some(path) = json_path(node, &key.text, cx) {
                input_paths_map.insert(key.text.clone(), path);
            }
        }
    }
    let template = table.required("input_template", &mut cx.reading())?;
    let input_template = text_within(template, "input_template", TARGET_INPUT_CHARACTERS.value, cx)?;
    if input_template.is_empty() {
        cx.report(Finding::error("E0401", template.span, "`input_template` is empty"));
        return None;
    }
    Some(Feed::InputTransformer {
        input_paths_map,
        input_template,
    })
}

fn retry(node: &Node, cx: &mut Lowering<'_>) -> Option<Retry> {
    let mut table = Table::new(node, "retry", const { &shape::names(&RETRY) }, &mut cx.reading())?;
    let default = Retry::default();
    let attempts = table.take("attempts").map_or(Some(default.attempts), |node| {
        table::integer(node, "attempts", 0..=185, "attempts", &mut cx.reading())
    });
    let max_age_s = table.take("max_age").map_or(Some(default.max_age_s), |node| {
        let length = duration(
            node,
            "max_age",
            60..=86_400,
            |seconds| Ok(Length::of_seconds(seconds)),
            cx,
        )?;
        u32::try_from(length.seconds()).ok()
    });
    Some(Retry {
        attempts: attempts?,
        max_age_s: max_age_s?,
    })
}

/// The target in the form of the file.
pub(super) fn spell(target: &Target) -> Json {
    let mut spelled = Map::new();
    let mut put = |key: &str, value: Json| drop(spelled.insert(key.to_owned(), value));
    let key = if target.arn.function_name().is_some() {
        "lambda"
    } else {
        "arn"
    };
    put(key, json!(target.arn));
    if let Some(role) = &target.role {
        put("role", json!(role));
    }
    match &target.feed {
        Feed::Event => {}
        Feed::Input(input) => put("input", spell_input(input)),
        Feed::InputPath(path) => put("input_path", json!(path)),
        Feed::InputTransformer {
            input_paths_map,
            input_template,
        } => put(
            "input_transformer",
            json!({ "input_paths_map": input_paths_map, "input_template": input_template }),
        ),
    }
    if target.retry != Retry::default() {
        let age = Length::of_seconds(target.retry.max_age_s.into());
        put("retry", json!({ "attempts": target.retry.attempts, "max_age": age }));
    }
    if let Some(queue) = &target.dead_letter {
        put("dead_letter", json!(queue));
    }
    Json::Object(spelled)
}

/// JSON that is a mapping or list stands as such; a JSON text must stay JSON text, with its quotes.
fn spell_input(input: &TargetInput) -> Json {
    match serde_json::from_str::<Json>(input.as_str()) {
        Ok(value @ (Json::Object(_) | Json::Array(_))) => value,
        _ => json!(input.as_str()),
    }
}

/// The fields that a change of these targets is about.
pub(super) fn paths<'a>(ids: impl IntoIterator<Item = &'a String>) -> Vec<FieldPath> {
    ids.into_iter().map(|id| FieldPath::entry("targets", id)).collect()
}
