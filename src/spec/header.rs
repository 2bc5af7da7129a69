//! The header of an environment: who owns what, in which account and region; and its variables.
//!
//! Invariant: only variables are interpolated into the header, for everything else follows from it.

use std::collections::BTreeMap;

use super::finding::Finding;
use super::index::BUILT_IN;
use super::interpolate::{Names, Scalar, Unresolved, interpolate};
use super::load::{Inputs, Texts};
use super::lower::name_finding;
use super::node::{Key, Node, Value};
use super::rules::Settings;
use super::source::Span;
use super::table::{self, Reading, Table};
use crate::names::{AccountId, NameError, Region, TagKey, TagValue, nearest};
use crate::shape::{self, Part, Shape, items, part};

/// A variable: its value where nobody gives another, or more of it.
const VARIABLE: Shape = Shape::AnyOf(&[Shape::Scalar, Shape::Nothing, shape::table(&DEFAULTED, &[])]);

const DEFAULTED: [Part; 2] = [
    part("default", Shape::Scalar, "Its value where nobody gives another."),
    part("description", shape::TEXT, "What it is for."),
];

/// The keys of the header.
pub const PARTS: [Part; 9] = [
    part(
        "version",
        Shape::AnyOf(&[shape::number("", 1, 1), Shape::Words(&[VERSION])]),
        "The version of this format: 1.",
    ),
    part(
        "environment",
        shape::WRITTEN,
        "Who owns what is declared: the value of the ownership tag.",
    ),
    part(
        "account",
        shape::text("twelve digits in quotes", "^[0-9]{12}$"),
        "The account that this is for; every other one is refused.",
    ),
    part(
        "region",
        shape::REGION,
        "Where regional things are, unless they say otherwise themselves.",
    ),
    part(
        "variables",
        Shape::AnyOf(&[Shape::Map(&items("variables", VARIABLE)), Shape::Nothing]),
        "Names for `$(name)`, each with a default or without.",
    ),
    part(
        "tags",
        shape::TAGS,
        "Tags of everything that can carry some; a resource's own win.",
    ),
    part(
        "ignore_tags",
        Shape::Texts(&items("patterns", shape::TEXT)),
        "Patterns of tags that are other people's business; `aws:*` always is.",
    ),
    part(
        "ownership_tag",
        shape::WRITTEN,
        "The key of the ownership tag, if it shall not be `evenkeel:environment`.",
    ),
    part(
        "lint",
        super::rules::LINT,
        "What the rules for policies shall make of this file.",
    ),
];

/// The format's version.
const VERSION: &str = "1";

/// The key of the ownership mark, unless `ownership_tag:` names another.
const OWNERSHIP_TAG: &str = "evenkeel:environment";

/// The 50 that AWS takes on one resource (the same for IAM, Lambda and EventBridge), without the marks of ownership and protection.
const MOST_COMMON_TAGS: usize = 48;

/// The header, checked.
#[derive(Debug, Clone)]
pub struct Header {
    /// The environment's name.
    pub environment: String,
    /// The only account that it may be applied to.
    pub account: Option<AccountId>,
    /// The default region.
    pub region: Option<Region>,
    /// Tags of every taggable resource.
    pub tags: BTreeMap<String, String>,
    /// Patterns of other people's tags.
    pub ignore_tags: Vec<String>,
    /// The key of the ownership mark.
    pub ownership_tag: String,
    /// What the rules for policies shall make of it.
    pub lint: Settings,
    /// The values of the variables.
    pub variables: Variables,
}

/// Variables with their values.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    values: BTreeMap<String, Scalar>,
    unset: BTreeMap<String, String>,
}

impl Variables {
    /// The names, set or not.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().chain(self.unset.keys()).map(String::as_str)
    }

    /// The names of those that have other values there, as far as both know them.
    #[must_use]
    pub fn differing(&self, other: &Self) -> Vec<&str> {
        let differs = |(name, value): &(&String, &Scalar)| other.values.get(*name).is_some_and(|there| there != *value);
        self.values
            .iter()
            .filter(differs)
            .map(|(name, _)| name.as_str())
            .collect()
    }
}

impl Names for Variables {
    fn lookup(&self, name: &str) -> Result<Scalar, Unresolved> {
        if let Some(help) = self.unset.get(name) {
            return Err(Unresolved::Unset { help: help.clone() });
        }
        self.values.lookup(name)
    }
}

/// Reads the header; what is wrong goes into the texts' findings.
pub fn read(texts: &mut Texts, inputs: &Inputs<'_>) -> Option<Header> {
    let mut findings = Vec::new();
    let variables = variables(texts, inputs, &mut findings);
    let header = {
        let mut reader = Reader {
            texts,
            variables: &variables,
            findings: &mut findings,
        };
        let version = reader.version();
        let environment = reader.environment();
        let account = reader.constrained("account", AccountId::parse);
        let region = reader.constrained("region", Region::parse);
        reader.doubtful_region(region.as_ref());
        let tags = reader.tags();
        let ignore_tags = reader.ignore_tags();
        let ownership_tag = reader.constrained("ownership_tag", TagKey::parse);
        let lint = reader.node("lint");
        let lint = lint.map(|node| Settings::read(&node, &mut reader.reading()));
        version.zip(environment).map(|((), environment)| Header {
            environment,
            account,
            region,
            tags,
            ignore_tags,
            ownership_tag: ownership_tag.map_or(OWNERSHIP_TAG.to_owned(), |key| key.to_string()),
            lint: lint.unwrap_or_default(),
            variables: Variables::default(),
        })
    };
    texts.findings.extend(findings);
    header.map(|header| Header { variables, ..header })
}

struct Reader<'a> {
    texts: &'a Texts,
    variables: &'a Variables,
    findings: &'a mut Vec<Finding>,
}

impl Reader<'_> {
    /// A header key's value; none, too, where a name in it has no meaning, for more can't be told then.
    fn node(&mut self, key: &str) -> Option<Node> {
        let (_, node) = self.texts.header.get(key)?;
        let (node, findings) = interpolate(node, self.variables, &self.texts.sources);
        let known = findings.is_empty();
        self.findings.extend(findings);
        known.then_some(node)
    }

    fn reading(&mut self) -> Reading<'_> {
        Reading {
            sources: &self.texts.sources,
            findings: self.findings,
        }
    }

    fn missing(&mut self, key: &str, label: &str) {
        let written = self.texts.header.contains_key(key) || self.texts.meant.contains(key);
        if written || self.texts.unread > 0 {
            return;
        }
        let message = format!("this environment has no `{key}`");
        self.findings.push(match self.texts.start {
            Some(span) => Finding::error("E0304", span, message).label(label),
            None => Finding::placeless("E0304", message).help(label),
        });
    }

    fn version(&mut self) -> Option<()> {
        let Some(node) = self.node("version") else {
            self.missing("version", "write `version: 1` at the top");
            return None;
        };
        let text = match &node.value {
            Value::Number(text) | Value::Text(text) => text.clone(),
            _ => String::new(),
        };
        if text != VERSION {
            let shown = if text.is_empty() {
                node.type_name().to_owned()
            } else {
                format!("`{text}`")
            };
            let finding = Finding::error(
                "E0403",
                node.span,
                format!("`version`: {shown} is not a version of this format"),
            );
            self.findings.push(finding.label("write `version: 1`"));
            return None;
        }
        Some(())
    }

    fn environment(&mut self) -> Option<String> {
        let Some(node) = self.node("environment") else {
            self.missing("environment", "write `environment: NAME`: it marks what this file owns");
            return None;
        };
        let text = table::written_text(&node, "environment", &mut self.reading())?.to_owned();
        match TagValue::parse(&text) {
            Ok(_) => Some(text),
            Err(error) => {
                self.findings.push(name_finding(node.span, "environment", &error));
                None
            }
        }
    }

    fn constrained<T>(&mut self, key: &'static str, parse: impl FnOnce(&str) -> Result<T, NameError>) -> Option<T> {
        let node = self.node(key)?;
        let text = table::quoted_text(&node, key, &mut self.reading())?.to_owned();
        match parse(&text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.findings.push(name_finding(node.span, key, &error));
                None
            }
        }
    }

    /// AWS opens regions faster than tools are updated, so that an unknown one is only a warning.
    fn doubtful_region(&mut self, region: Option<&Region>) {
        let place = self.texts.header.get("region").map(|(_, node)| node.span);
        if let (Some(doubt), Some(span)) = (region.and_then(Region::doubt), place) {
            self.findings.push(Finding::warning("E0416", span, doubt));
        }
    }

    fn tags(&mut self) -> BTreeMap<String, String> {
        let Some(node) = self.node("tags") else {
            return BTreeMap::new();
        };
        let mut tags = BTreeMap::new();
        let entries = table::entries(&node, "tags", "names to text", &mut self.reading()).unwrap_or_default();
        for (key, value) in entries {
            let Some(text) = table::text(value, &key.text, &mut self.reading()).map(str::to_owned) else {
                continue;
            };
            match (TagKey::parse(&key.text), TagValue::parse(&text)) {
                (Ok(key), Ok(value)) => drop(tags.insert(key.to_string(), value.to_string())),
                (Err(error), _) => self.findings.push(name_finding(key.span, "tag key", &error)),
                (_, Err(error)) => self.findings.push(name_finding(value.span, "tag value", &error)),
            }
        }
        if tags.len() > MOST_COMMON_TAGS {
            let message = format!(
                "{} tags for every resource, and AWS takes at most 50 on one",
                tags.len()
            );
            let label = format!("at most {MOST_COMMON_TAGS}: evenkeel adds two of its own");
            self.findings
                .push(Finding::error("E0413", node.span, message).label(label));
        }
        tags
    }

    fn ignore_tags(&mut self) -> Vec<String> {
        let Some(node) = self.node("ignore_tags") else {
            return Vec::new();
        };
        let texts = table::texts(&node, "ignore_tags", &mut self.reading()).unwrap_or_default();
        texts.into_iter().map(|(text, _)| text.to_owned()).collect()
    }
}

/// Values from the command line, then from files, then from the process's environment, then the defaults.
fn variables(texts: &Texts, inputs: &Inputs<'_>, findings: &mut Vec<Finding>) -> Variables {
    let mut variables = Variables::default();
    let mut reading = Reading {
        sources: &texts.sources,
        findings,
    };
    let declared = texts.header.get("variables");
    let declared = declared.and_then(|(_, node)| table::section(node, "variables", "names to variables", &mut reading));
    for (key, node) in declared.unwrap_or_default() {
        findings.extend(unusable(key));
        let default = default_of(node, texts, findings);
        let given = given(&key.text, texts, inputs);
        match given.or(default) {
            Some(value) => drop(variables.values.insert(key.text.clone(), value)),
            None => {
                let help = format!(
                    "give it one with --var {0}=… or EVENKEEL_VAR_{0}, or write a `default:`",
                    key.text
                );
                variables.unset.insert(key.text.clone(), help);
            }
        }
    }
    undeclared(&variables, texts, inputs, findings);
    variables
}

/// A variable that could never be used: `$(…)` would mean something else, or end too soon.
fn unusable(key: &Key) -> Option<Finding> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let message = if BUILT_IN.contains(&key.text.as_str()) {
        format!("`$({})` has a meaning already", key.text)
    } else if key.text.is_empty() || !key.text.chars().all(plain) {
        format!("`{}` can't be the name of a variable", key.text)
    } else {
        return None;
    };
    let label = "choose another name, of letters, digits, `_` and `-`";
    Some(Finding::error("E0225", key.span, message).label(label))
}

fn default_of(node: &Node, texts: &Texts, findings: &mut Vec<Finding>) -> Option<Scalar> {
    if let Some(short) = Scalar::of(node) {
        return Some(short);
    }
    if matches!(node.value, Value::Null) {
        return None;
    }
    let mut reading = Reading {
        sources: &texts.sources,
        findings,
    };
    let mut table = Table::new(node, "variable", const { &shape::names(&DEFAULTED) }, &mut reading)?;
    let _ = table.text("description", &mut reading);
    let default = table.take("default")?;
    let value = Scalar::of(default);
    if value.is_none() {
        reading.report(table::wrong_type(default, "default", A_SCALAR));
    }
    value
}

fn given(name: &str, texts: &Texts, inputs: &Inputs<'_>) -> Option<Scalar> {
    let line = inputs
        .vars
        .iter()
        .rev()
        .find(|(key, _)| key == name)
        .map(|(_, value)| Scalar::Text(value.clone()));
    let file = || {
        texts
            .vars
            .iter()
            .rev()
            .find(|(key, _)| key.text == name)
            .and_then(|(_, node)| Scalar::of(node))
    };
    let env = || (inputs.env)(&format!("EVENKEEL_VAR_{name}")).map(Scalar::Text);
    line.or_else(file).or_else(env)
}

/// What a variable may be.
const A_SCALAR: &str = "text, a number, or true or false";

/// A value for a variable that nobody declares is a slip of the pen, and one that is no value is none.
fn undeclared(variables: &Variables, texts: &Texts, inputs: &Inputs<'_>, findings: &mut Vec<Finding>) {
    let known: Vec<&str> = variables.names().collect();
    let label = |name: &str| match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "this environment declares no variables".to_owned(),
        None => format!("its variables: {}", known.join(", ")),
    };
    for (name, _) in inputs.vars.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
        findings.push(Finding::placeless("E0221", format!("--var: there is no variable `{name}`")).help(label(name)));
    }
    for (key, node) in texts.vars.iter().filter(|(_, node)| Scalar::of(node).is_none()) {
        findings.push(table::wrong_type(node, &key.text, A_SCALAR));
    }
    for (key, _) in texts.vars.iter().filter(|(key, _)| !known.contains(&key.text.as_str())) {
        let span: Span = key.span;
        findings.push(
            Finding::error("E0221", span, format!("there is no variable `{}`", key.text)).label(label(&key.text)),
        );
    }
}
