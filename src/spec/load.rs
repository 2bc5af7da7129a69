//! From arguments to texts to one united tree of sections.
//!
//! Invariant: everything that is wrong with the texts is found in one go; nothing is lowered here.

use std::collections::{BTreeMap, BTreeSet};

use super::files::{self, Files};
use super::finding::{Finding, Severity};
use super::node::{Key, Node, Value};
use super::source::{Sources, Span};
use super::{table, yaml};
use crate::kind::Form;
use crate::kinds::KindName;
use crate::names::nearest;

/// Header keys: they stand once, or agree.
pub const HEADER: &[&str] = &crate::shape::names(&super::header::PARTS);

/// What a run is given.
pub struct Inputs<'a> {
    /// Where files are.
    pub files: &'a dyn Files,
    /// The `-f` arguments.
    pub arguments: &'a [String],
    /// `--var name=value`.
    pub vars: &'a [(String, String)],
    /// `--vars FILE`, later ones win.
    pub vars_files: &'a [String],
    /// The process's environment.
    pub env: &'a dyn Fn(&str) -> Option<String>,
}

/// The united texts.
#[derive(Debug, Default, Clone)]
pub struct Texts {
    /// Where everything was read from.
    pub sources: Sources,
    /// What was wrong, and warnings.
    pub findings: Vec<Finding>,
    /// Header keys with their values.
    pub header: BTreeMap<&'static str, (Key, Node)>,
    /// The resources of each kind, in the order of the files.
    pub resources: BTreeMap<KindName, Vec<(Key, Node)>>,
    /// The entries of `absent:` by section.
    pub absent: Vec<(Key, Node)>,
    /// The entries of `expect:`.
    pub expect: Vec<Node>,
    /// Values of variables from files.
    pub vars: Vec<(Key, Node)>,
    /// How many files could not be read; what seems to be missing may stand in them.
    pub unread: usize,
    /// The first key of the first file, for what is missing as a whole.
    pub start: Option<Span>,
    /// Header keys that were written with a slip.
    pub meant: BTreeSet<&'static str>,
}

impl Texts {
    /// Whether anything stands in the way.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// Reads and unites.
#[must_use]
pub fn read(inputs: &Inputs<'_>) -> Texts {
    let mut texts = Texts::default();
    let (ids, findings) = files::load(inputs.files, inputs.arguments, &mut texts.sources);
    texts.unread += findings.len();
    texts.findings.extend(findings);
    for id in ids {
        match yaml::parse_on(&texts.sources, id) {
            Ok((tree, findings)) => {
                texts.findings.extend(findings);
                unite(&mut texts, &tree);
            }
            Err(findings) => {
                texts.unread += 1;
                texts.findings.extend(findings);
            }
        }
    }
    let (ids, findings) = files::load(inputs.files, inputs.vars_files, &mut texts.sources);
    if !inputs.vars_files.is_empty() {
        texts.findings.extend(findings);
        for id in ids {
            match yaml::parse(&texts.sources, id) {
                Ok(tree) => {
                    let entries = entries_of(&mut texts, &tree, "values", "variables to values");
                    texts.vars.extend(entries);
                }
                Err(findings) => texts.findings.extend(findings),
            }
        }
    }
    texts
}

fn unite(texts: &mut Texts, tree: &Node) {
    let mut findings = Vec::new();
    let mut reading = table::Reading {
        sources: &texts.sources,
        findings: &mut findings,
    };
    let entries = table::entries(tree, "environment", "sections", &mut reading);
    texts.findings.extend(findings);
    texts.unread += usize::from(entries.is_none());
    let entries = entries.unwrap_or_default();
    texts.start = texts.start.or(entries.first().map(|(key, _)| key.span));
    for (key, node) in entries {
        section(texts, key, node);
    }
}

fn section(texts: &mut Texts, key: &Key, node: &Node) {
    if let Some(known) = HEADER.iter().find(|known| **known == key.text) {
        return header(texts, known, key, node);
    }
    if let Some(kind) = KindName::of_section(&key.text) {
        return resources(texts, kind, key, node);
    }
    match key.text.as_str() {
        "absent" => {
            let entries = entries_of(texts, node, "absent", "sections to names");
            texts.absent.extend(entries);
        }
        "expect" => {
            let mut findings = Vec::new();
            let mut reading = table::Reading {
                sources: &texts.sources,
                findings: &mut findings,
            };
            let items = table::list(node, "expect", "assertions", &mut reading).unwrap_or_default();
            texts.expect.extend(items.iter().cloned());
            texts.findings.extend(findings);
        }
        _ => {
            texts.meant.extend(nearest(&key.text, HEADER.iter().copied()));
            texts.findings.push(unknown(key));
        }
    }
}

fn unknown(key: &Key) -> Finding {
    let kinds = KindName::ALL.iter().flat_map(|kind| {
        [kind.section().key]
            .into_iter()
            .chain(kind.section().aliases.iter().copied())
    });
    let known: Vec<&str> = HEADER
        .iter()
        .copied()
        .chain(kinds)
        .chain(["absent", "expect"])
        .collect();
    let label = match nearest(&key.text, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the keys of an environment: {}", known.join(", ")),
    };
    Finding::error(
        "E0303",
        key.span,
        format!("unknown key `{}` in this environment", key.text),
    )
    .label(label)
}

fn header(texts: &mut Texts, known: &'static str, key: &Key, node: &Node) {
    if known == "variables"
        && let Some((_, before)) = texts.header.get_mut(known)
        && let (Value::Map(all), Value::Map(more)) = (&mut before.value, &node.value)
    {
        texts.findings.extend(add_variables(all, more));
        return;
    }
    match texts.header.get(known) {
        Some((first, before)) if !says_the_same(before, node) => {
            let finding = Finding::error("E0305", key.span, format!("`{known}` differs from another file's"))
                .label("header keys stand in one file, or agree")
                .related(first.span, "the other one");
            texts.findings.push(finding);
        }
        Some(_) => {}
        None => {
            texts.header.insert(known, (key.clone(), node.clone()));
        }
    }
}

/// Variables of several files are united; one that stands twice must be the same.
fn add_variables(all: &mut Vec<(Key, Node)>, more: &[(Key, Node)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (key, node) in more {
        match all.iter().find(|(known, _)| known.text == key.text) {
            Some((first, before)) if !says_the_same(before, node) => {
                let message = format!("the variable `{}` differs from another file's", key.text);
                let finding = Finding::error("E0305", key.span, message).label("declare it once, or alike");
                findings.push(finding.related(first.span, "the other one"));
            }
            Some(_) => {}
            None => all.push((key.clone(), node.clone())),
        }
    }
    findings
}

fn says_the_same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| says_the_same(a, b)),
        (Value::Map(a), Value::Map(_)) => {
            a.len() == b.entries().len()
                && a.iter()
                    .all(|(key, one)| b.get(&key.text).is_some_and(|two| says_the_same(one, two)))
        }
        (a, b) => a == b,
    }
}

fn entries_of(texts: &mut Texts, node: &Node, what: &str, of: &str) -> Vec<(Key, Node)> {
    let mut findings = Vec::new();
    let mut reading = table::Reading {
        sources: &texts.sources,
        findings: &mut findings,
    };
    let entries = table::section(node, what, of, &mut reading)
        .unwrap_or_default()
        .to_vec();
    texts.findings.extend(findings);
    entries
}

/// The resources of a section as ids with mappings, however they are written.
fn entries_of_form(texts: &mut Texts, form: Form, section: &Key, node: &Node) -> Vec<(Key, Node)> {
    match form {
        Form::Named => entries_of(texts, node, &section.text, "names to resources"),
        Form::Settings => {
            let entries = entries_of(texts, node, &section.text, "settings to values");
            entries.into_iter().map(|(key, node)| setting(key, node)).collect()
        }
        Form::Listed { field, further } => {
            let mut findings = Vec::new();
            let mut reading = table::Reading {
                sources: &texts.sources,
                findings: &mut findings,
            };
            let items = match node.value {
                Value::Null => &[],
                _ => table::list(node, &section.text, "names", &mut reading).unwrap_or_default(),
            };
            let listed = items
                .iter()
                .filter_map(|item| listed(item, field, further, &mut reading));
            let listed = listed.collect();
            texts.findings.extend(findings);
            listed
        }
    }
}

/// A value that is no mapping stands for the field of its own name.
fn setting(key: Key, node: Node) -> (Key, Node) {
    if let Value::Map(_) = node.value {
        return (key, node);
    }
    let whole = Node {
        span: node.span,
        value: Value::Map(vec![(key.clone(), node)]),
    };
    (key, whole)
}

/// An entry of a list: its id as a key, and what else it says.
fn listed(
    item: &Node,
    field: &'static str,
    further: Option<&'static str>,
    reading: &mut table::Reading<'_>,
) -> Option<(Key, Node)> {
    let named = match (&item.value, item.get(field)) {
        (Value::Map(_), None) => {
            let missing = Finding::error("E0304", item.span, format!("this entry has no `{field}`"));
            reading.report(missing.label(format!("`{field}` is required")));
            return None;
        }
        (_, Some(named)) => named,
        (_, None) => item,
    };
    let mut text = table::written_text(named, field, reading)?.to_owned();
    if let Some((further, node)) = further.and_then(|further| Some((further, item.get(further)?))) {
        text = format!("{text}_{}", table::written_text(node, further, reading)?);
    }
    let key = Key { span: named.span, text };
    let fields = match &item.value {
        Value::Map(_) => item.clone(),
        _ => Node {
            span: item.span,
            value: Value::Map(Vec::new()),
        },
    };
    Some((key, fields))
}

fn resources(texts: &mut Texts, kind: KindName, section: &Key, node: &Node) {
    for (key, node) in entries_of_form(texts, kind.section().form, section, node) {
        let known = texts.resources.entry(kind).or_default();
        match known.iter().find(|(other, _)| other.text == key.text) {
            Some((first, _)) => {
                let finding = Finding::error("E0306", key.span, format!("{kind} `{}` is declared twice", key.text))
                    .related(first.span, "first declared here");
                texts.findings.push(finding);
            }
            None => known.push((key, node)),
        }
    }
}
