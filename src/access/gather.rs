//! From resources of an environment to a world.
//!
//! Invariant: no kind is named; what a kind gives and to whom comes from [`Kind::grants`], [`Kind::groups`] and
//! [`Kind::held_document`]. A field that could not be read leaves an unread part in the world.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::address::Address;
use crate::fields::FieldPath;
use crate::kind::{Grant, Home, Kind, Object, Seen, Wanted};
use crate::kinds::{AnyObject, Member, Visit};
use crate::names::Arn;
use crate::plan::level::{TagRules, level};
use crate::policy_doc::{Document, Policy, Version};
use crate::spec::source::{Place, Sources};

use super::managed;
use super::model::{Attached, Group, Principal, Resource, Sort, Text, World, key};

/// Of which states a world is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// What the file says, and nothing else.
    File,
    /// What was read from the account.
    Account,
    /// What the account will have when the plan has been executed: the file over what was read.
    Planned,
}

impl World {
    /// The world that a file wants.
    #[must_use]
    pub fn wanted(objects: &[AnyObject], home: &Home, sources: &Sources) -> Self {
        Self::made(objects, home, sources, Basis::File, &TagRules::new(Vec::new()))
    }

    /// The world that was read from an account; what was not read is unknown.
    #[must_use]
    pub fn live(objects: &[AnyObject], home: &Home) -> Self {
        let rules = TagRules::new(Vec::new());
        Self::made(objects, home, &Sources::default(), Basis::Account, &rules)
    }

    /// The world as it will be when a plan has been executed.
    #[must_use]
    pub fn planned(objects: &[AnyObject], home: &Home, sources: &Sources, tags: &TagRules) -> Self {
        Self::made(objects, home, sources, Basis::Planned, tags)
    }

    fn made(objects: &[AnyObject], home: &Home, sources: &Sources, basis: Basis, tags: &TagRules) -> Self {
        let whole = objects.iter().filter_map(|object| object.visit(Whole(home))).collect();
        let gathering = Gathering {
            basis,
            home,
            tags,
            whole: &whole,
        };
        let found: Vec<Found> = objects.iter().filter_map(|object| object.visit(&gathering)).collect();
        let documents = documents(&found);
        let mut world = Self {
            basis,
            home: home.clone(),
            sources: sources.clone(),
            principals: BTreeMap::new(),
            groups: BTreeMap::new(),
            resources: BTreeMap::new(),
            tagged: BTreeMap::new(),
            buckets: BTreeSet::new(),
            delegation: Arc::new(super::layers::delegation(home)),
            stranger: crate::evaluate::Principal::Anonymous,
        };
        for one in found {
            world.take_in(one, &documents);
        }
        world.fold_groups();
        world.stranger = super::ask::stranger(&world);
        world
    }

    fn take_in(&mut self, found: Found, documents: &Documents) {
        let sort = sort_of(&found.arn);
        if found.arn.bucket_name().is_some() {
            self.buckets.insert(found.arn.clone());
        }
        if let Some(tags) = &found.tags {
            self.tagged.insert(key(&found.arn), tags.clone());
        }
        self.take_resource(&found);
        match sort {
            Some(Holder::Group) => drop(self.groups.insert(key(&found.arn), found.group(documents))),
            Some(Holder::Principal(sort)) => {
                drop(
                    self.principals
                        .insert(key(&found.arn), found.principal(sort, documents)),
                );
            }
            None => {}
        }
    }

    /// Statements of several declarations about one resource are one policy.
    fn take_resource(&mut self, found: &Found) {
        let Some((what, text)) = found.resource_text() else {
            return;
        };
        let own = Resource {
            arn: found.arn.clone(),
            address: found.address.clone(),
            what,
            text,
            place: found.resource_place(),
            tags: found.tags.clone(),
            shut: found.shut.map(str::to_owned),
        };
        let own = match self.resources.remove(&key(&found.arn)) {
            Some(other) => Resource {
                text: joined(other.text, own.text),
                shut: other.shut.or(own.shut),
                ..other
            },
            None => own,
        };
        self.resources.insert(key(&found.arn), own);
    }

    fn fold_groups(&mut self) {
        for principal in self.principals.values_mut() {
            for arn in principal.groups.clone() {
                match self.groups.get(&key(&arn)) {
                    Some(group) => principal.identity.extend(group.policies.iter().cloned()),
                    None => principal.identity.push(unread_group(arn)),
                }
            }
        }
    }
}

/// A membership in a group that no one has read.
fn unread_group(arn: Arn) -> Attached {
    let name = super::model::short(&arn);
    Attached {
        text: Text::Unread(format!("{name} has not been read")),
        name: "whatever is attached".to_owned(),
        through: Some(arn),
        managed: None,
        place: None,
    }
}

/// What one resource gives.
struct Found {
    address: Address,
    arn: Arn,
    grants: Vec<Grant>,
    groups: Vec<Arn>,
    held: Option<(Arn, Text)>,
    tags: Option<BTreeMap<String, String>>,
    /// Fields that are not known, with the reason.
    unknown: Vec<(&'static str, String)>,
    /// Others may add to it.
    open: Option<String>,
    /// Why nobody from outside gets in.
    shut: Option<&'static str>,
    place: Option<Place>,
    places: BTreeMap<FieldPath, Place>,
}

/// Whether all of a resource is unknown.
const ALL: &str = "";

/// Customer managed documents by their ARNs.
type Documents = BTreeMap<Arn, Text>;

fn documents(found: &[Found]) -> Documents {
    let held = found.iter().filter_map(|one| one.held.clone());
    held.collect()
}

/// Who holds identity policies.
enum Holder {
    Group,
    Principal(Sort),
}

fn sort_of(arn: &Arn) -> Option<Holder> {
    let user = arn.user_name().map(|_| Holder::Principal(Sort::User));
    let role = || arn.role_name().map(|_| Holder::Principal(Sort::Role));
    user.or_else(role).or_else(|| arn.group_name().map(|_| Holder::Group))
}

impl Found {
    fn is_unknown(&self, fields: &[&str]) -> Option<&str> {
        let matching = |(field, _): &&(&'static str, String)| *field == ALL || fields.contains(field);
        self.unknown.iter().find(matching).map(|(_, why)| why.as_str())
    }

    fn place_of(&self, field: &FieldPath) -> Option<Place> {
        let whole = FieldPath::whole(field.field);
        let known = self.places.get(field).or_else(|| self.places.get(&whole));
        known.or(self.place.as_ref()).cloned()
    }

    /// Identity policies of a user, group or role; `through` the group.
    fn attached(&self, documents: &Documents, through: Option<&Arn>) -> Vec<Attached> {
        let own = self
            .grants
            .iter()
            .filter(|grant| grant.holder.is_some() && !grant.limits);
        let mut attached: Vec<Attached> = own.map(|grant| self.one(grant, documents, through)).collect();
        let more = |text: Text| Attached {
            name: "whatever else is attached".to_owned(),
            through: through.cloned(),
            managed: None,
            text,
            place: self.place.clone(),
        };
        let fields = ["policies", "inline_policies", "groups"];
        attached.extend(self.is_unknown(&fields).map(|why| more(Text::Unread(why.to_owned()))));
        attached.extend(self.open.clone().map(|why| more(Text::Open(why))));
        attached
    }

    fn one(&self, grant: &Grant, documents: &Documents, through: Option<&Arn>) -> Attached {
        let text = match (&grant.document, &grant.managed) {
            (Some(document), _) => of_policy(document),
            (None, Some(arn)) => match documents.get(arn) {
                Some(text) => text.clone(),
                None => managed::text(arn),
            },
            (None, None) => Text::Unread("it could not be read".to_owned()),
        };
        let catalogued = grant.managed.as_ref().filter(|arn| !documents.contains_key(arn));
        let name = match catalogued.and_then(managed::edition) {
            Some(edition) => format!("{} ({edition})", grant.what),
            None => grant.what.clone(),
        };
        Attached {
            name,
            through: through.cloned(),
            managed: grant.managed.clone(),
            text,
            place: self.place_of(&grant.field),
        }
    }

    fn group(&self, documents: &Documents) -> Group {
        Group {
            arn: self.arn.clone(),
            address: self.address.clone(),
            policies: self.attached(documents, Some(&self.arn)),
            place: self.place.clone(),
        }
    }

    fn principal(&self, sort: Sort, documents: &Documents) -> Principal {
        let bounding = self.grants.iter().find(|grant| grant.limits);
        let boundary = bounding.map(|grant| self.one(grant, documents, None)).or_else(|| {
            let why = self.is_unknown(&["permissions_boundary"])?;
            Some(Attached {
                name: "boundary".to_owned(),
                through: None,
                managed: None,
                text: Text::Unread(why.to_owned()),
                place: self.place.clone(),
            })
        });
        Principal {
            arn: self.arn.clone(),
            address: self.address.clone(),
            sort,
            identity: self.attached(documents, None),
            boundary,
            groups: self.groups.clone(),
            tags: self.tags.clone(),
            place: self.place.clone(),
        }
    }

    /// The resource's own policy and what it is called; `None` where it has none.
    fn resource_text(&self) -> Option<(String, Text)> {
        let own: Vec<&Grant> = self.grants.iter().filter(|grant| grant.holder.is_none()).collect();
        let what = match own.as_slice() {
            [only] if only.field.key.is_none() => only.what.clone(),
            _ => format!("policy of {}", self.address),
        };
        let fields = ["policy", "permissions", "Statement", "trust"];
        if let Some(why) = self.is_unknown(&fields) {
            return Some((what, Text::Unread(why.to_owned())));
        }
        let texts = own.iter().map(|grant| match &grant.document {
            Some(document) => of_policy(document),
            None => Text::Unread(format!("{} could not be read", grant.what)),
        });
        texts.reduce(joined).map(|text| (what, text))
    }

    fn resource_place(&self) -> Option<Place> {
        let own = self.grants.iter().find(|grant| grant.holder.is_none());
        own.map_or_else(|| self.place.clone(), |grant| self.place_of(&grant.field))
    }
}

fn of_policy(policy: &Policy) -> Text {
    match policy.document() {
        Some(document) => Text::Known(Arc::new(document.clone())),
        None => Text::Unread("AWS holds a document that can't be read".to_owned()),
    }
}

/// The statements of both, since AWS has one policy of them.
fn joined(one: Text, other: Text) -> Text {
    match (one, other) {
        (Text::Known(one), Text::Known(other)) => {
            let mut all = Document::clone(&one);
            all.statements.extend(other.statements.iter().cloned());
            // Variables work in 2012 only; where the two differ, what would be read is no longer what was written.
            if one.version != other.version {
                all.version = Version::V2012;
            }
            Text::Known(Arc::new(all))
        }
        (unread @ (Text::Unread(_) | Text::Open(_)), _) | (_, unread) => unread,
    }
}

/// The ARN of a live thing for all of which the file speaks.
struct Whole<'a>(&'a Home);

impl Visit for Whole<'_> {
    type Out = Option<Arn>;

    fn visit<K: Member>(self, object: &Object<K>) -> Option<Arn> {
        let Seen::There(live) = &object.seen else { return None };
        let declared = object.wanted.as_ref().is_some_and(|wanted| !wanted.shared);
        (declared || object.doom.is_some()).then(|| K::arn(&object.id, Some(&live.state), self.0))
    }
}

struct Gathering<'a> {
    basis: Basis,
    home: &'a Home,
    tags: &'a TagRules,
    whole: &'a BTreeSet<Arn>,
}

/// What of a resource is in the world.
enum Picked<S> {
    /// Nothing: there is none.
    Nothing,
    /// This state; fields that are not known; whether others may add to it.
    State(Box<S>, Vec<(&'static str, String)>, Option<String>),
    /// It could not be read.
    Unread(String),
}

impl Gathering<'_> {
    fn pick<K: Kind>(&self, object: &Object<K>) -> Picked<K::State> {
        match self.basis {
            Basis::File => match &object.wanted {
                Some(wanted) => as_written(wanted),
                None => Picked::Nothing,
            },
            Basis::Account => as_seen(&object.seen),
            Basis::Planned => self.as_planned(object),
        }
    }

    fn as_planned<K: Kind>(&self, object: &Object<K>) -> Picked<K::State> {
        match (&object.wanted, &object.doom, &object.seen) {
            (None, Some(_), _) => Picked::Nothing,
            (Some(wanted), _, Seen::There(live)) => {
                let levelled = level(wanted, live, self.tags, self.whole);
                let unknown = levelled.unknown.into_iter().map(|(path, why)| (path.field, why));
                Picked::State(Box::new(levelled.state), unknown.collect(), None)
            }
            (Some(wanted), _, Seen::Absent) => match as_written(wanted) {
                Picked::State(state, unknown, _) => Picked::State(state, unknown, None),
                other => other,
            },
            (_, _, seen) => as_seen(seen),
        }
    }
}

fn as_written<K: Kind>(wanted: &Wanted<K>) -> Picked<K::State> {
    let unknown = wanted.unknown.iter().map(|(path, why)| (path.field, why.clone()));
    let open = wanted
        .shared
        .then(|| "it is `shared`: others may attach more than the file says".to_owned());
    Picked::State(Box::new(wanted.state.clone()), unknown.collect(), open)
}

fn as_seen<K: Kind>(seen: &Seen<K>) -> Picked<K::State> {
    match seen {
        Seen::Absent => Picked::Nothing,
        Seen::There(live) => {
            let unknown = live.unknown.iter().map(|(path, why)| (path.field, why.clone()));
            Picked::State(Box::new(live.state.clone()), unknown.collect(), None)
        }
        Seen::Unread => Picked::Unread("it has not been read".to_owned()),
        Seen::Unknown(why) => Picked::Unread(why.clone()),
    }
}

impl Visit for &Gathering<'_> {
    type Out = Option<Found>;

    fn visit<K: Member>(self, object: &Object<K>) -> Option<Found> {
        let found = |arn: Arn| Found {
            address: object.address.clone(),
            held: None,
            arn,
            grants: Vec::new(),
            groups: Vec::new(),
            tags: None,
            unknown: Vec::new(),
            open: None,
            shut: None,
            place: object.wanted.as_ref().map(|wanted| wanted.origin.clone()),
            places: object
                .wanted
                .as_ref()
                .map(|wanted| wanted.places.clone())
                .unwrap_or_default(),
        };
        let arn = |state: Option<&K::State>| K::arn(&object.id, state, self.home);
        match self.pick(object) {
            Picked::Nothing => None,
            Picked::Unread(why) => Some(Found {
                unknown: vec![(ALL, why)],
                ..found(arn(None))
            }),
            Picked::State(state, unknown, open) => {
                let arn = arn(Some(&state));
                let is_tagless = unknown.iter().any(|(field, _)| *field == "tags");
                Some(Found {
                    held: K::held_document(&state).map(|policy| (arn.clone(), of_policy(policy))),
                    grants: K::grants(&object.id, &state, self.home),
                    groups: K::groups(&state),
                    shut: K::shut(&state),
                    tags: K::tags(&state).filter(|_| !is_tagless).cloned(),
                    unknown,
                    open,
                    ..found(arn)
                })
            }
        }
    }
}
