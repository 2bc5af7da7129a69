//! Saved plans: what was reviewed, and whether it still is what would be done.
//!
//! Invariant: a saved plan is never executed. The plan is made anew from the file and the live account, and only if both
//! say the same are the new one's steps executed; so a tampered file can do nothing that it doesn't show. Where in the
//! YAML something stands is the only thing that may have moved.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Plan;

/// The version of the file format.
pub const FORMAT: u32 = 1;

/// What was given on the command line when the plan was made; given again when it is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// `-f`.
    pub files: Vec<String>,
    /// `--var`, as `name=value`.
    pub vars: Vec<String>,
    /// `--vars`.
    pub vars_files: Vec<String>,
    /// `--adopt`.
    pub adopt: Vec<String>,
    /// `--replace`.
    pub replace: Vec<String>,
    /// `--allow`.
    pub allow: Vec<String>,
    /// `--base`, revisions by the ids of their commits.
    #[serde(default)]
    pub base: Vec<String>,
    /// `--prune`.
    #[serde(default)]
    pub prune: bool,
}

/// The file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedPlan {
    /// See [`FORMAT`].
    pub format: u32,
    /// The command line.
    pub given: Given,
    /// The plan, as data.
    pub plan: serde_json::Value,
}

/// Why a saved plan can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SavedError {
    /// It is no plan.
    #[error("this is no saved plan: {0}")]
    Unreadable(String),
    /// It was written by another version.
    #[error("this plan has format {0}, and this version reads {FORMAT}; plan again")]
    Format(u32),
}

impl SavedPlan {
    /// A plan as it is written to a file.
    #[must_use]
    pub fn new(given: Given, plan: &Plan) -> Self {
        Self {
            format: FORMAT,
            given,
            plan: value(plan),
        }
    }

    /// Reads what [`SavedPlan::to_text`] has written.
    ///
    /// # Errors
    /// A text that is no plan, or one of another format.
    pub fn parse(text: &str) -> Result<Self, SavedError> {
        #[derive(Deserialize)]
        struct Head {
            format: u32,
        }
        let unreadable = |error: serde_json::Error| SavedError::Unreadable(error.to_string());
        let head: Head = serde_json::from_str(text).map_err(unreadable)?;
        if head.format != FORMAT {
            return Err(SavedError::Format(head.format));
        }
        serde_json::from_str(text).map_err(unreadable)
    }

    /// The file's text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// What has moved since; empty when a new plan says the same.
    #[must_use]
    pub fn moved(&self, now: &Plan) -> Vec<String> {
        let (then, now) = (comparable(self.plan.clone()), comparable(value(now)));
        if then == now && now.is_object() {
            return Vec::new();
        }
        let mut moved = moved_header(&then, &now);
        moved.extend(moved_parts(&then, &now));
        if moved.is_empty() {
            moved.push("the order of the steps, or something else that no summary shows; compare the two plans".into());
        }
        moved
    }
}

/// A plan as data; nothing that equals a plan where that fails.
fn value(plan: &Plan) -> serde_json::Value {
    serde_json::to_value(plan).unwrap_or_default()
}

/// Without the places in the YAML: a comment more or less changes no meaning. Only where the plan keeps places, for a
/// policy document or a tag may have keys of the same name. Without the identity: a pipeline plans as a reader and applies
/// as a writer; what the identity has a bearing on, such as locking itself out, is judged anew and shows as a refusal.
fn comparable(mut plan: serde_json::Value) -> serde_json::Value {
    if let Some(header) = plan.get_mut("header") {
        forget(header, "identity");
    }
    for (list, key) in [("changes", "origin"), ("steps", "origin"), ("refusals", "place")] {
        for part in parts_mut(&mut plan, list) {
            forget(part, key);
            for fields in ["fields", "held", "ignored"] {
                parts_mut(part, fields).for_each(|field| forget(field, "place"));
            }
        }
    }
    plan
}

fn parts_mut<'a>(whole: &'a mut serde_json::Value, key: &str) -> impl Iterator<Item = &'a mut serde_json::Value> {
    let parts = whole.get_mut(key).and_then(serde_json::Value::as_array_mut);
    parts.into_iter().flatten()
}

fn forget(part: &mut serde_json::Value, key: &str) {
    if let Some(object) = part.as_object_mut() {
        object.remove(key);
    }
}

fn moved_header(before: &serde_json::Value, now: &serde_json::Value) -> Vec<String> {
    let words = [
        ("account", "the account"),
        ("environment", "the environment"),
        ("region", "the region"),
        (
            "digest",
            "what the file says (its meaning, not its spelling), or the code it names",
        ),
    ];
    let differs = |key: &str| before["header"][key] != now["header"][key];
    let moved = words.iter().filter(|(key, _)| differs(key));
    let mut moved: Vec<String> = moved
        .map(|(key, what)| match *key {
            "digest" => (*what).to_owned(),
            _ => format!("{what}: {} then, {} now", before["header"][key], now["header"][key]),
        })
        .collect();
    if before["consents"] != now["consents"] {
        let (then, now) = (&before["consents"], &now["consents"]);
        moved.push(format!("the consents: {then} then, {now} now"));
    }
    moved
}

/// Resources whose change, steps or live state differ.
fn moved_parts(before: &serde_json::Value, now: &serde_json::Value) -> Vec<String> {
    let (then, now) = (by_address(before), by_address(now));
    let addresses: std::collections::BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    addresses
        .into_iter()
        .filter(|address| then.get(*address) != now.get(*address))
        .map(|address| match (live(&then, address), live(&now, address)) {
            (Some(a), Some(b)) if a != b => format!("{address}: AWS has something else than when this was planned"),
            _ => format!("{address}: other changes would be made than were planned"),
        })
        .collect()
}

type Parts = BTreeMap<String, Vec<serde_json::Value>>;

fn by_address(plan: &serde_json::Value) -> Parts {
    let mut parts = Parts::new();
    for list in ["changes", "steps", "refusals"] {
        for part in plan[list].as_array().into_iter().flatten() {
            let address = part["address"].as_str().unwrap_or("the plan").to_owned();
            let mut part = part.clone();
            // Numbers move when anything else moves; what is done in which order is compared by the rest.
            if let Some(object) = part.as_object_mut() {
                object.remove("id");
                object.remove("after");
            }
            parts.entry(address).or_default().push(part);
        }
    }
    parts
}

fn live<'a>(parts: &'a Parts, address: &str) -> Option<&'a serde_json::Value> {
    parts.get(address)?.iter().find_map(|part| part.get("before"))
}
