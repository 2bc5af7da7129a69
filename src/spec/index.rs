//! What is declared: ids, AWS names, paths, regions; and the names that `$(…)` may use.
//!
//! Invariant: ARNs follow from account, region and name alone, so an interpolated ARN is no order between resources.

use std::collections::BTreeMap;

use super::finding::Finding;
use super::header::{Header, Variables};
use super::interpolate::{Names, Scalar, Unresolved, interpolate, interpolate_text};
use super::load::Texts;
use super::lower::{Declared, Index, Learned, arn_of};
use super::node::{Key, Node, Value};
use super::source::Sources;
use crate::kind::{Form, Home, OnChange, Scope};
use crate::kinds::{KindName, Member, VisitKind};
use crate::names::{IamPath, Region, nearest};

/// What `$(…)` stands for in a resource.
pub struct EnvironmentNames<'a> {
    variables: &'a Variables,
    built_in: BTreeMap<String, Scalar>,
    attributes: BTreeMap<String, Scalar>,
}

impl Names for EnvironmentNames<'_> {
    fn lookup(&self, name: &str) -> Result<Scalar, Unresolved> {
        if let Some(known) = self.built_in.get(name).or_else(|| self.attributes.get(name)) {
            return Ok(known.clone());
        }
        match self.variables.lookup(name) {
            Err(Unresolved::Unknown { suggestion: _ }) => {
                let known = self.built_in.keys().chain(self.attributes.keys()).map(String::as_str);
                let near = nearest(name, known.chain(self.variables.names()));
                Err(Unresolved::Unknown {
                    suggestion: near.map(str::to_owned),
                })
            }
            found => found,
        }
    }
}

/// What `$(…)` can always say.
pub const BUILT_IN: &[&str] = &["account", "region", "partition", "environment"];

/// The names that need no resource: variables, account, region, partition, environment.
#[must_use]
pub fn names<'a>(header: &'a Header, home: &Home, region: &Region) -> EnvironmentNames<'a> {
    let text = |value: &str| Scalar::Text(value.to_owned());
    let built_in = BTreeMap::from([
        ("account".to_owned(), text(home.account.as_str())),
        ("region".to_owned(), text(region.as_str())),
        ("partition".to_owned(), text(home.partition.as_str())),
        ("environment".to_owned(), text(&header.environment)),
    ]);
    EnvironmentNames {
        variables: &header.variables,
        built_in,
        attributes: BTreeMap::new(),
    }
}

/// Indexes every declared resource; mistakes in names are found when the resource itself is read.
pub fn index(texts: &Texts, names: &dyn Names, region: &Region) -> Index {
    let mut index = Index::new();
    for (kind, entries) in &texts.resources {
        for (key, node) in entries {
            let (id, mut declared) = declared(*kind, key, node, names, region, &texts.sources);
            if declared.path.is_none() && is_path_certain(*kind, node) {
                declared.path = Some(IamPath::default().to_string());
            }
            index.entry(*kind).or_default().insert(id, declared);
        }
    }
    resolve(&mut index);
    index
}

/// What names a declared thing by its id has its AWS name from here on.
fn resolve(index: &mut Index) {
    let known = index.clone();
    for (kind, ids) in index {
        for declared in ids.values_mut() {
            kind.visit(Resolving(declared, &known));
        }
    }
}

struct Resolving<'a>(&'a mut Declared, &'a Index);

impl VisitKind for Resolving<'_> {
    type Out = ();

    fn visit<K: Member>(self) {
        K::resolve(self.0, self.1);
    }
}

/// A path that AWS changes in place is what the file says, `/` where it says nothing; other paths, and those of shared
/// things, are left as they are, which AWS must be asked for.
fn is_path_certain(kind: KindName, node: &Node) -> bool {
    let path = kind.fields().iter().find(|field| field.name == "path");
    let shared = node
        .get("shared")
        .is_some_and(|shared| matches!(shared.value, Value::Bool(true)));
    path.is_some_and(|path| path.on_change == OnChange::InPlace) && !shared
}

fn declared(
    kind: KindName,
    key: &Key,
    node: &Node,
    names: &dyn Names,
    region: &Region,
    sources: &Sources,
) -> (String, Declared) {
    let (id, _) = interpolate_text(&key.text, key.span, names, sources);
    // A thing outside of the file is named as `{ existing: NAME }`.
    let field = |name: &str| {
        let written = node.get(name)?;
        let (value, _) = interpolate(written.get("existing").unwrap_or(written), names, sources);
        value.text().map(|text| (text.to_owned(), value.span))
    };
    let named = kind.named_by().and_then(field);
    let declared = Declared {
        name: named.as_ref().map_or_else(|| id.clone(), |(name, _)| name.clone()),
        span: named.map_or(key.span, |(_, span)| span),
        path: field("path").map(|(path, _)| path),
        region: field("region")
            .and_then(|(text, _)| Region::parse(&text).ok())
            .unwrap_or_else(|| region.clone()),
        bus: field("bus").map(|(bus, _)| bus),
    };
    (id, declared)
}

/// Adds the attributes of declared resources: `$(roles.NAME.arn)`, `.name`.
pub fn add_attributes(names: &mut EnvironmentNames<'_>, index: &Index, learned: &Learned, home: &Home) {
    let resources = index.iter().filter(|(kind, _)| kind.section().form != Form::Settings);
    for (kind, ids) in resources {
        for (id, declared) in ids {
            for section in sections(*kind) {
                names
                    .attributes
                    .insert(format!("{section}.{id}.name"), Scalar::Text(declared.name.clone()));
                if let Some(arn) = arn_of(*kind, declared, learned, home) {
                    names
                        .attributes
                        .insert(format!("{section}.{id}.arn"), Scalar::Text(arn.to_string()));
                }
            }
        }
    }
}

fn sections(kind: KindName) -> impl Iterator<Item = &'static str> {
    let section = kind.section();
    std::iter::once(section.key).chain(section.aliases.iter().copied())
}

/// Two resources of one identity: kind, AWS name without regard to case for IAM, region, bus.
#[must_use]
pub fn clashes(index: &Index) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (kind, ids) in index {
        let mut seen: BTreeMap<(String, String, String), &Declared> = BTreeMap::new();
        let mut in_order: Vec<&Declared> = ids.values().collect();
        in_order.sort_by_key(|declared| declared.span);
        for declared in in_order {
            if let Some(first) = seen.get(&identity(*kind, declared)) {
                let message = format!("two declarations of {kind} `{}` in AWS", declared.name);
                findings.push(Finding::error("E0306", declared.span, message).related(first.span, "the other one"));
            } else {
                seen.insert(identity(*kind, declared), declared);
            }
        }
    }
    findings
}

/// What AWS tells two things of a kind apart by.
pub(super) fn identity(kind: KindName, declared: &Declared) -> (String, String, String) {
    if kind.is_iam() {
        return (declared.name.to_lowercase(), String::new(), String::new());
    }
    if kind.section().scope == Scope::Global {
        return (declared.name.clone(), String::new(), String::new());
    }
    let bus = declared.bus.clone().unwrap_or_else(|| "default".to_owned());
    (declared.name.clone(), declared.region.to_string(), bus)
}
