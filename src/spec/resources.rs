//! From united texts to an environment: every resource lowered, contributions merged, `absent:` and `expect:` read.
//!
//! Invariant: pure but for `file:` and `code:`; the same texts, account and learned facts give the same environment.

mod expect;
mod lint;

use std::collections::{BTreeMap, BTreeSet};

pub use self::expect::EXPECTATION;
use self::expect::expectations;
pub use self::lint::Site;
use self::lint::{Sited, Sites};
use super::expectation::Expectation;
use super::finding::{Finding, Severity};
use super::header::Header;
use super::index::{self, EnvironmentNames};
use super::interpolate::interpolate;
use super::load::{Inputs, Texts};
use super::lower::{Contribution, Declared, Existing, Index, Learned, Lowering, name_finding};
use super::node::{Key, Node, Value};
use super::rules::{self, Allowance};
use super::source::{Place, Span};
use super::table::{self, Reading, Table};
use crate::address::Address;
use crate::fields::FieldPath;
use crate::kind::{Depth, Doom, DoomedBy, Form, Home, Object, Seen, Wanted};
use crate::kinds::{AnyObject, COMMON, KindName, Member, Visit, VisitKind, VisitMut};
use crate::names::{NameError, Region, TagValue, nearest};
use crate::plan::level::TagRules;
use crate::shape::{self, Part, Shape, needed, part};

/// What a file wants of an account.
#[derive(Debug)]
pub struct Environment {
    /// The environment's name.
    pub name: String,
    /// Which tags are whose.
    pub tags: TagRules,
    /// Every declared or absent resource, unread.
    pub objects: Vec<AnyObject>,
    /// What must exist outside of the file.
    pub existing: BTreeSet<Existing>,
    /// The assertions of `expect:` that are of a right form, in the order of the file.
    pub expectations: Vec<Expectation>,
    /// The assertions, each on a line that says the same for the same meaning; in order.
    pub expected: Vec<String>,
    /// Errors and warnings, those of reading included.
    pub findings: Vec<Finding>,
    /// What the rules for policies found beyond errors.
    pub lint: Vec<Finding>,
    /// The texts, for excerpts.
    pub sources: super::source::Sources,
    /// IAM things whose path the file leaves open, by kind and AWS name.
    pub open_paths: BTreeSet<(KindName, String)>,
}

impl Environment {
    /// What declares nothing, under the same header.
    #[must_use]
    pub fn empty(header: &Header) -> Self {
        Self {
            name: header.environment.clone(),
            tags: tag_rules(header),
            objects: Vec::new(),
            existing: BTreeSet::new(),
            expectations: Vec::new(),
            expected: Vec::new(),
            findings: Vec::new(),
            lint: Vec::new(),
            sources: super::source::Sources::default(),
            open_paths: BTreeSet::new(),
        }
    }

    /// Whether anything stands in the way.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// Lowers united texts for an account.
#[must_use]
pub fn lower(
    texts: &Texts,
    header: &Header,
    home: &Home,
    region: &Region,
    learned: &Learned,
    inputs: &Inputs<'_>,
) -> Environment {
    let mut names = index::names(header, home, region);
    let index = index::index(texts, &names, region);
    index::add_attributes(&mut names, &index, learned, home);
    let mut environment = Environment {
        findings: texts.findings.clone(),
        sources: texts.sources.clone(),
        open_paths: open_paths(&index),
        ..Environment::empty(header)
    };
    environment.findings.extend(index::clashes(&index));
    let cx = Cx {
        texts,
        header,
        home,
        region,
        learned,
        inputs,
        names: &names,
        index: &index,
    };
    let mut sites = Sites::new();
    let contributions = declared(&cx, &mut environment, &mut sites);
    contribute(&mut environment, contributions);
    absent(&cx, &mut environment);
    environment.expectations = expectations(&cx, &mut environment);
    super::interpolate::drop_consequences(&mut environment.findings, &environment.sources);
    environment.objects.sort_by(|a, b| a.address().cmp(b.address()));
    lint::run(&mut environment, &mut sites, header, home, region);
    environment
}

fn tag_rules(header: &Header) -> TagRules {
    TagRules {
        owner_key: header.ownership_tag.clone(),
        ..TagRules::new(header.ignore_tags.clone())
    }
}

fn open_paths(index: &Index) -> BTreeSet<(KindName, String)> {
    let has_path = |kind: &KindName| kind.fields().iter().any(|field| field.name == "path");
    let open = |kind: KindName| {
        let ids = index.get(&kind).into_iter().flat_map(BTreeMap::values);
        ids.filter(|declared| declared.path.is_none())
            .map(move |declared| (kind, declared.name.to_lowercase()))
    };
    KindName::ALL
        .iter()
        .filter(|kind| kind.is_iam() && has_path(kind))
        .flat_map(|kind| open(*kind))
        .collect()
}

/// What every step of lowering needs.
struct Cx<'a> {
    texts: &'a Texts,
    header: &'a Header,
    home: &'a Home,
    region: &'a Region,
    learned: &'a Learned,
    inputs: &'a Inputs<'a>,
    names: &'a EnvironmentNames<'a>,
    index: &'a Index,
}

fn declared(cx: &Cx<'_>, environment: &mut Environment, sites: &mut Sites) -> Vec<Contribution> {
    let mut contributions = Vec::new();
    let mut claims = BTreeMap::new();
    for (kind, entries) in &cx.texts.resources {
        let mut ids = BTreeMap::new();
        for (key, node) in entries {
            let (node, findings) = interpolate(node, cx.names, &environment.sources);
            environment.findings.extend(findings);
            let (id, findings) =
                super::interpolate::interpolate_text(&key.text, key.span, cx.names, &environment.sources);
            environment.findings.extend(findings);
            // Two keys may become one only now.
            if let Some(first) = ids.insert(id.clone(), key.span) {
                let finding = Finding::error("E0306", key.span, format!("{kind} `{id}` is declared twice"));
                environment.findings.push(finding.related(first, "first declared here"));
                continue;
            }
            let mut sited = Sited {
                span: Some(key.span),
                ..Sited::default()
            };
            let mut before = std::mem::take(&mut environment.findings);
            let address = Address::new(*kind, id.clone());
            let lowering = One {
                cx,
                environment,
                contributions: &mut contributions,
                claims: &mut claims,
                sited: &mut sited,
                key,
                id,
                node: &node,
            };
            kind.visit(lowering);
            before.extend(lint::of_references(
                std::mem::take(&mut environment.findings),
                &mut sited.allowed,
                &cx.header.lint,
            ));
            environment.findings = before;
            sites.insert(address, sited);
        }
    }
    contributions
}

/// One resource on its way.
struct One<'a, 'b> {
    cx: &'a Cx<'a>,
    environment: &'b mut Environment,
    contributions: &'b mut Vec<Contribution>,
    claims: &'b mut BTreeMap<String, Span>,
    sited: &'b mut Sited,
    key: &'a Key,
    id: String,
    node: &'a Node,
}

impl VisitKind for One<'_, '_> {
    type Out = ();

    fn visit<K: Member>(self) {
        let Self {
            cx,
            environment,
            contributions,
            claims,
            sited,
            key,
            id,
            node,
        } = self;
        let Some(declared) = cx.index.get(&K::KIND).and_then(|ids| ids.get(&id)) else {
            return;
        };
        let mut common = common::<K>(node, environment);
        sited.allowed = std::mem::take(&mut common.allowed);
        let tags = common_tags(cx.header, &environment.tags, &environment.name, &common);
        let region = declared.region.clone();
        let mut lowering = Lowering {
            home: cx.home,
            environment: &cx.header.environment,
            region: &region,
            common_tags: &tags,
            index: cx.index,
            learned: cx.learned,
            names: cx.names,
            files: cx.inputs.files,
            env: cx.inputs.env,
            sources: &mut environment.sources,
            findings: &mut environment.findings,
            existing: &mut environment.existing,
            documents: &mut sited.sites,
            attached: &mut sited.attached,
            claims,
        };
        let identity = match K::identify(declared) {
            _ if is_nameless::<K>(node) => {
                unnamed::<K>(declared, node, &mut lowering);
                None
            }
            Ok(identity) => Some(identity),
            Err(error) => {
                unidentified::<K>(declared, &error, node, &mut lowering);
                None
            }
        };
        let lowered = identity.and_then(|identity| K::lower(&identity, node, &mut lowering).map(|low| (identity, low)));
        let Some((identity, lowered)) = lowered else { return };
        contributions.extend(lowered.contributions);
        let mut places = field_places::<K>(node, environment);
        places.extend(
            lowered
                .spans
                .into_iter()
                .map(|(path, span)| (path, environment.sources.place(span))),
        );
        sited.is_public = !lowered.public.is_empty();
        let mut mentioned = mentioned::<K>(node);
        mentioned.extend(lowered.implied);
        let mut ignore = common.ignore;
        ignore.extend(lowered.ignore);
        let wanted = Wanted {
            state: lowered.state,
            mentioned,
            unknown: lowered.unknown,
            ignore,
            shared: common.shared,
            protect: common.protect,
            origin: environment.sources.place(key.span),
            places,
            notes: lowered.notes,
            public: lowered.public,
        };
        environment.objects.push(K::object(Object {
            address: Address::new(K::KIND, id),
            id: identity,
            wanted: Some(wanted),
            doom: None,
            seen: Seen::Unread,
            depth: Depth::Compare,
        }));
    }
}

/// A resource that AWS can't have: what else is wrong with it is told all the same. Where the fault is not in its name,
/// the field that is at fault has its own place.
fn unidentified<K: Member>(declared: &Declared, error: &NameError, node: &Node, lowering: &mut Lowering<'_>) {
    let named = K::identify(&Declared {
        bus: None,
        ..declared.clone()
    });
    if named.is_err() {
        lowering.report(name_finding(declared.span, K::NAME, error));
    }
    match named {
        Ok(identity) => drop(K::lower(&identity, node, lowering)),
        Err(_) => unnamed::<K>(declared, node, lowering),
    }
}

/// Whether the kind's own field for the name is missing or no text: the key is no name then.
fn is_nameless<K: Member>(node: &Node) -> bool {
    let own = K::KIND.named_by().filter(|field| *field != "name");
    own.is_some_and(|field| node.get(field).and_then(Node::text).is_none())
}

/// What is wrong with the fields of a resource without a name that AWS would take.
fn unnamed<K: Member>(declared: &Declared, node: &Node, lowering: &mut Lowering<'_>) {
    if let Ok(identity) = K::identify(&Declared::bare(K::STAND_IN, &declared.region, declared.span)) {
        let _ = K::lower(&identity, node, lowering);
    }
}

/// The fields that every resource may have.
struct Common {
    allowed: Vec<Allowance>,
    ignore: Vec<String>,
    owner: Owner,
    protect: bool,
    shared: bool,
}

/// Whose mark a resource shall carry.
enum Owner {
    /// This environment's.
    Own,
    /// Another environment's, to which it is handed over.
    Other(String),
    /// Nobody's.
    Nobody,
}

fn common<K: Member>(node: &Node, environment: &mut Environment) -> Common {
    let mut common = Common {
        allowed: Vec::new(),
        ignore: Vec::new(),
        owner: Owner::Own,
        protect: false,
        shared: false,
    };
    if K::SECTION.form == Form::Settings {
        // The setting itself refuses these keys as it does any other that it doesn't know.
        return common;
    }
    let Environment {
        name,
        sources,
        findings,
        tags,
        ..
    } = environment;
    let mut reading = Reading { sources, findings };
    if let Some(node) = node.get("name") {
        let _ = table::written_text(node, "name", &mut reading);
    }
    for (key, value) in node.get("tags").map(Node::entries).unwrap_or_default() {
        reading.findings.extend(foreign_mark(key, value, tags, name));
    }
    if let Some(node) = node.get("ignore") {
        for (pattern, span) in table::texts(node, "ignore", &mut reading).unwrap_or_default() {
            match unknown_field::<K>(pattern, span) {
                Some(finding) => reading.report(finding),
                None => common.ignore.push(pattern.to_owned()),
            }
        }
    }
    if let Some(node) = node.get("allow") {
        common.allowed = rules::allowances(node, &mut reading);
    }
    if let Some(node) = node.get("owner") {
        common.owner = owner::<K>(node, &mut reading).unwrap_or(Owner::Own);
    }
    let mut flag = |key: &str| {
        node.get(key)
            .and_then(|node| table::boolean(node, key, &mut reading))
            .unwrap_or(false)
    };
    common.protect = flag("protect");
    common.shared = flag("shared");
    common
}

/// Whose it shall be, in words.
fn owner<K: Member>(node: &Node, reading: &mut Reading<'_>) -> Option<Owner> {
    let text = table::written_text(node, "owner", reading)?;
    if !K::TAGGABLE {
        let message = format!("{} can't carry a mark of ownership", table::with_article(K::NAME));
        reading.report(Finding::error("E0411", node.span, message).label("remove this"));
        return None;
    }
    if text == "none" {
        return Some(Owner::Nobody);
    }
    let refuse = |error| reading.report(name_finding(node.span, "owner", &error));
    let name = TagValue::parse(text).map_err(refuse).ok()?;
    Some(Owner::Other(name.to_string()))
}

/// The marks of ownership and protection are evenkeel's to write: others by hand would give a resource away. What is
/// spelled from a live resource has them, and says the same.
fn foreign_mark(key: &Key, value: &Node, rules: &TagRules, environment: &str) -> Option<Finding> {
    let (own, label) = if key.text == rules.owner_key {
        (environment, "remove it: `environment:` at the top says it")
    } else if key.text == rules.protect_key {
        ("true", "write `protect: true`, or remove it")
    } else {
        return None;
    };
    let message = format!("the tag `{}` is written by evenkeel itself", key.text);
    (value.text() != Some(own)).then(|| Finding::error("E0411", key.span, message).label(label))
}

fn unknown_field<K: Member>(pattern: &str, span: Span) -> Option<Finding> {
    let field = pattern.split('.').next().unwrap_or(pattern);
    if K::FIELDS.iter().any(|known| known.name == field) {
        return None;
    }
    let known = K::FIELDS.iter().map(|field| field.name);
    let kind = table::with_article(K::NAME);
    let label = match nearest(field, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the fields of {kind}: {}", known.collect::<Vec<_>>().join(", ")),
    };
    Some(Finding::error("E0505", span, format!("`ignore`: {kind} has no field `{field}`")).label(label))
}

fn common_tags(header: &Header, rules: &TagRules, environment: &str, common: &Common) -> BTreeMap<String, String> {
    if common.shared {
        return BTreeMap::new();
    }
    let mut tags = header.tags.clone();
    let owner = match &common.owner {
        Owner::Own => Some(environment.to_owned()),
        Owner::Other(name) => Some(name.clone()),
        Owner::Nobody => None,
    };
    tags.extend(owner.map(|owner| (rules.owner_key.clone(), owner)));
    if common.protect {
        tags.insert(rules.protect_key.clone(), "true".to_owned());
    }
    tags
}

fn mentioned<K: Member>(node: &Node) -> BTreeSet<&'static str> {
    let fields = K::FIELDS.iter().chain(COMMON).map(|field| field.name);
    fields.filter(|name| node.get(name).is_some()).collect()
}

/// Where each field, and each entry of a written mapping, stands.
fn field_places<K: Member>(node: &Node, environment: &Environment) -> BTreeMap<FieldPath, Place> {
    let mut places = BTreeMap::new();
    for field in K::FIELDS.iter().chain(COMMON) {
        let Some((key, value)) = node.entries().iter().find(|(key, _)| key.text == field.name) else {
            continue;
        };
        places.insert(FieldPath::whole(field.name), environment.sources.place(key.span));
        for (entry, _) in value.entries() {
            places.insert(
                FieldPath::entry(field.name, &entry.text),
                environment.sources.place(entry.span),
            );
        }
    }
    places
}

fn contribute(environment: &mut Environment, contributions: Vec<Contribution>) {
    struct Give(crate::kinds::AnyPart);
    impl VisitMut for Give {
        type Out = ();
        fn visit<K: Member>(self, object: &mut Object<K>) {
            if let (Some(wanted), Some(part)) = (&mut object.wanted, K::part_of(self.0)) {
                K::contribute(&mut wanted.state, part);
            }
        }
    }
    let addresses = environment.objects.iter().enumerate();
    let places: BTreeMap<Address, usize> = addresses.map(|(at, object)| (object.address().clone(), at)).collect();
    for Contribution { to, part } in contributions {
        let owner = places.get(&to).and_then(|at| environment.objects.get_mut(*at));
        if let Some(owner) = owner {
            owner.visit_mut(Give(part));
        }
    }
}

fn absent(cx: &Cx<'_>, environment: &mut Environment) {
    for (key, node) in &cx.texts.absent {
        let Some(kind) = KindName::of_section(&key.text) else {
            let known: Vec<&str> = KindName::ALL.iter().map(|kind| kind.section().key).collect();
            let label = match nearest(&key.text, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("sections: {}", known.join(", ")),
            };
            let message = format!("`absent`: unknown section `{}`", key.text);
            environment
                .findings
                .push(Finding::error("E0303", key.span, message).label(label));
            continue;
        };
        let (node, findings) = interpolate(node, cx.names, &environment.sources);
        environment.findings.extend(findings);
        let mut reading = Reading {
            sources: &environment.sources,
            findings: &mut environment.findings,
        };
        let items = table::list(&node, "absent", "names", &mut reading)
            .unwrap_or_default()
            .to_vec();
        for item in items {
            kind.visit(Dooming {
                cx,
                environment,
                item: &item,
            });
        }
    }
}

/// Where to turn with what AWS makes and deletes itself.
const MADE_BY_AWS: &str = "AWS made it: remove this, and delete it through the service that owns it";

/// One entry of `absent:`.
struct Dooming<'a, 'b> {
    cx: &'a Cx<'a>,
    environment: &'b mut Environment,
    item: &'a Node,
}

impl VisitKind for Dooming<'_, '_> {
    type Out = ();

    fn visit<K: Member>(self) {
        let Self { cx, environment, item } = self;
        let Some((mut declared, doom)) = doomed(cx, environment, item) else {
            return;
        };
        K::resolve(&mut declared, cx.index);
        let identity = index::identity(K::KIND, &declared);
        let declared_ids = cx.index.get(&K::KIND).into_iter().flatten();
        let clash = declared_ids
            .filter(|(_, known)| index::identity(K::KIND, known) == identity)
            .map(|(_, known)| known.span)
            .next();
        if let Some(first) = clash {
            let message = format!(
                "{} `{}` is declared and under `absent:` at once",
                K::NAME,
                declared.name
            );
            environment
                .findings
                .push(Finding::error("E0506", declared.span, message).related(first, "declared here"));
            return;
        }
        let id = match K::identify(&declared) {
            Ok(id) => id,
            Err(error) => {
                environment.findings.push(name_finding(declared.span, K::NAME, &error));
                return;
            }
        };
        let made_by_aws = || K::arn(&id, None, cx.home).is_aws_made().then_some(MADE_BY_AWS);
        if let Some(why) = K::undeletable(&id).or_else(made_by_aws) {
            let message = format!("{} `{}` can't be deleted", K::NAME, declared.name);
            environment
                .findings
                .push(Finding::error("E0508", declared.span, message).label(why));
            return;
        }
        let Some(address) = free_address::<K>(&declared.name, &id, environment) else {
            let message = format!("`{}/{}` is listed twice under `absent:`", K::NAME, declared.name);
            let finding = Finding::error("E0414", declared.span, message).label("remove one of them");
            environment.findings.push(finding);
            return;
        };
        environment.objects.push(K::object(Object {
            doom: Some(doom),
            depth: Depth::Remove,
            ..Object::bare(address, id)
        }));
    }
}

/// The address of what shall go: its name, or all of its identity where another one of that name, on another bus or in
/// another region, has it already. `None` when it is the same thing.
fn free_address<K: Member>(name: &str, id: &K::Id, environment: &Environment) -> Option<Address> {
    struct IdOf;
    impl Visit for IdOf {
        type Out = String;
        fn visit<K: Member>(self, object: &Object<K>) -> String {
            object.id.to_string()
        }
    }
    let of_kind = environment
        .objects
        .iter()
        .filter(|object| object.address().kind == K::KIND);
    let taken: Vec<(&Address, String)> = of_kind.map(|object| (object.address(), object.visit(IdOf))).collect();
    if taken.iter().any(|(_, known)| *known == id.to_string()) {
        return None;
    }
    let short = Address::new(K::KIND, name);
    let is_free = taken.iter().all(|(known, _)| **known != short);
    Some(if is_free {
        short
    } else {
        Address::new(K::KIND, id.to_string())
    })
}

const DOOM: [Part; 5] = [
    needed("name", shape::WRITTEN, "Its name in AWS."),
    part("detach", Shape::Boolean, "Undeclared users of it may be unlinked."),
    part("empty", Shape::Boolean, "What it holds may be deleted with it."),
    part(
        "region",
        shape::REGION,
        "Where it is, if not in the environment's region.",
    ),
    part("bus", shape::TEXT, "The bus that a rule is on."),
];

/// An entry of `absent:`.
pub const ABSENT: Shape = Shape::AnyOf(&[shape::WRITTEN, shape::table(&DOOM, &[])]);

/// A name, or `{ name: x, detach: true, empty: true, region: …, bus: … }`.
fn doomed(cx: &Cx<'_>, environment: &mut Environment, item: &Node) -> Option<(Declared, Doom)> {
    let mut reading = Reading {
        sources: &environment.sources,
        findings: &mut environment.findings,
    };
    let plain = |name: &str, span| Declared::bare(name, cx.region, span);
    if !matches!(item.value, Value::Map(_)) {
        let name = table::written_text(item, "absent", &mut reading)?;
        let doom = Doom {
            by: DoomedBy::Absent,
            origin: environment.sources.place(item.span),
            detach: false,
            empty: false,
        };
        return Some((plain(name, item.span), doom));
    }
    let mut table = Table::new(item, "absent entry", const { &shape::names(&DOOM) }, &mut reading)?;
    let name_node = table.required("name", &mut reading)?;
    let name = table::written_text(name_node, "name", &mut reading)?;
    let detach = table.boolean("detach", &mut reading).unwrap_or(false);
    let empty = table.boolean("empty", &mut reading).unwrap_or(false);
    let bus = table.text("bus", &mut reading).map(str::to_owned);
    let region = table.take("region").and_then(|node| {
        let text = table::text(node, "region", &mut reading)?;
        let refuse = |error| reading.report(name_finding(node.span, "region", &error));
        Region::parse(text).map_err(refuse).ok()
    });
    let declared = plain(name, name_node.span);
    let doom = Doom {
        by: DoomedBy::Absent,
        origin: environment.sources.place(name_node.span),
        detach,
        empty,
    };
    Some((
        Declared {
            bus,
            region: region.unwrap_or_else(|| cx.region.clone()),
            ..declared
        },
        doom,
    ))
}
