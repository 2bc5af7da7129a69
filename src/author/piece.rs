//! One thing on its way into the text.
//!
//! Invariant: all that depends on a kind is asked of it here, once; what follows works on names, ARNs and JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use crate::address::{Address, glob_match};
use crate::fields::FieldPath;
use crate::kind::{Naming, Object, Seen};
use crate::kinds::{AnyObject, KindName, Member, Visit};
use crate::names::Arn;

use super::{Heading, Stance, Written, allow, escape};

/// One thing, spelled.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) kind: KindName,
    /// Its id in the file.
    pub(super) id: String,
    pub(super) naming: Naming,
    pub(super) arn: Arn,
    pub(super) stance: Stance,
    /// Its value in the file.
    pub(super) body: Json,
    /// Where the body names others.
    pub(super) names: &'static [(&'static str, KindName)],
    /// What others need not say because of it.
    pub(super) implies: Vec<(Arn, FieldPath, Json)>,
    /// Its own tags; they are no part of the body until the end.
    pub(super) tags: BTreeMap<String, String>,
    pub(super) taggable: bool,
    pub(super) protect: bool,
    pub(super) ignore: Vec<String>,
    /// Rules that it breaks as it is.
    pub(super) allow: BTreeSet<&'static str>,
    pub(super) remarks: Vec<String>,
    /// What could not be said of it.
    pub(super) unsaid: Vec<String>,
}

/// A thing as a piece; `None` for what was neither read nor wanted, unless it shall be absent.
pub(super) fn of(thing: &Written<'_>, heading: &Heading) -> Option<Piece> {
    thing.object.visit(Spelling { thing, heading })
}

/// How the file would say a thing, before any short form.
#[must_use]
pub fn spelled(object: &AnyObject) -> Option<Json> {
    struct Plain;
    impl Visit for Plain {
        type Out = Option<Json>;
        fn visit<K: Member>(self, object: &Object<K>) -> Option<Json> {
            match &object.seen {
                Seen::There(live) => Some(K::spell(&object.id, &live.state)),
                Seen::Unread | Seen::Absent | Seen::Unknown(_) => None,
            }
        }
    }
    object.visit(Plain)
}

struct Spelling<'a, 'b> {
    thing: &'a Written<'b>,
    heading: &'a Heading,
}

impl Visit for Spelling<'_, '_> {
    type Out = Option<Piece>;

    fn visit<K: Member>(self, object: &Object<K>) -> Option<Piece> {
        let Self { thing, heading } = self;
        let live = match &object.seen {
            Seen::There(live) => Some(live),
            Seen::Unread | Seen::Absent | Seen::Unknown(_) => None,
        };
        let state = live
            .map(|live| &live.state)
            .or(object.wanted.as_ref().map(|wanted| &wanted.state));
        let absent = thing.stance == Stance::Absent;
        if state.is_none() && !absent {
            return None;
        }
        let mut piece = Piece {
            kind: K::KIND,
            id: object.address.name.clone(),
            naming: K::naming(&object.id),
            arn: K::arn(&object.id, state, &heading.home),
            stance: thing.stance,
            body: Json::Object(Map::new()),
            names: K::NAMES,
            implies: Vec::new(),
            tags: BTreeMap::new(),
            taggable: K::TAGGABLE,
            protect: false,
            ignore: thing.ignore.clone(),
            allow: BTreeSet::new(),
            remarks: thing.remarks.clone(),
            unsaid: Vec::new(),
        };
        let Some(state) = state.filter(|_| !absent) else {
            thing
                .instead
                .iter()
                .for_each(|(word, value)| piece.put(word, value.clone()));
            return Some(piece);
        };
        piece.body = K::spell(&object.id, state);
        piece.implies = K::implies(&object.id, state, &heading.home);
        piece.take_tags(heading);
        for (field, value) in &thing.instead {
            piece.put(field, value.clone());
        }
        if let Some(live) = live {
            piece.allow = allow::broken::<K>(&object.id, state, &heading.home);
            let unmodelled = K::unmodelled(&live.evidence).into_iter();
            piece
                .unsaid
                .extend(unmodelled.map(|what| format!("AWS holds what a file can't say: {what}")));
            let unread = live.unknown.iter();
            piece
                .unsaid
                .extend(unread.map(|(path, why)| format!("{path} could not be read: {why}")));
        }
        Some(piece)
    }
}

impl Piece {
    pub(super) fn address(&self) -> Address {
        Address::new(self.kind, self.id.clone())
    }

    /// Whether the file declares it, whole or shared.
    pub(super) fn is_declared(&self) -> bool {
        self.stance != Stance::Absent
    }

    pub(super) fn put(&mut self, field: &str, value: Json) {
        if let Json::Object(body) = &mut self.body {
            body.insert(field.to_owned(), value);
        }
    }

    /// The marks of ownership and protection are said in other words; AWS's own tags and other people's not at all.
    fn take_tags(&mut self, heading: &Heading) {
        let Json::Object(body) = &mut self.body else { return };
        let Some(Json::Object(tags)) = body.remove("tags") else {
            return;
        };
        let rules = &heading.tags;
        for (key, value) in tags {
            let value = value.as_str().unwrap_or_default().to_owned();
            if key == rules.protect_key {
                self.protect = value == "true";
            } else if key != rules.owner_key && !rules.foreign(&key) {
                self.tags.insert(key, value);
            }
        }
    }

    /// Puts the fields into their order, with what every resource may have.
    pub(super) fn finish(&mut self, heading: &Heading) {
        let Json::Object(body) = &mut self.body else {
            self.body = escape::value(std::mem::take(&mut self.body));
            return;
        };
        let mut rest = std::mem::take(body);
        if self.kind.named_by() == Some("name") {
            rest.remove("name");
            if self.id != self.naming.name {
                body.insert("name".into(), Json::from(self.naming.name.as_str()));
            }
        }
        let region = rest.remove("region");
        let region = region.or_else(|| self.naming.region.as_ref().map(|region| Json::from(region.as_str())));
        let elsewhere = region.filter(|region| region.as_str() != Some(heading.region.as_str()));
        rest.extend(elsewhere.map(|region| ("region".to_owned(), region)));
        if self.stance == Stance::Declared && !self.tags.is_empty() {
            rest.insert("tags".into(), serde_json::json!(self.tags));
        }
        leave_out(self.kind, &mut rest, &self.ignore);
        for field in self.kind.fields() {
            body.extend(
                rest.shift_remove(field.name)
                    .map(|value| (field.name.to_owned(), value)),
            );
        }
        body.extend(rest);
        if !self.ignore.is_empty() {
            body.insert("ignore".into(), serde_json::json!(self.ignore));
        }
        if !self.allow.is_empty() && self.kind.known_keys().contains(&"allow") {
            let allowed = self.allow.iter().map(|id| serde_json::json!({ *id: allow::REASON }));
            body.insert("allow".into(), allowed.collect());
        }
        if self.protect {
            body.insert("protect".into(), Json::Bool(true));
        }
        if self.stance == Stance::Shared {
            body.insert("shared".into(), Json::Bool(true));
        }
        self.body = escape::value(std::mem::take(&mut self.body));
    }
}

/// What is kept as it is need not be written, unless the resource can't do without it.
fn leave_out(kind: KindName, body: &mut Map<String, Json>, ignore: &[String]) {
    let is_required = |name: &str| {
        let field = kind.fields().iter().find(|field| field.name == name);
        field.is_some_and(|field| field.default == "required")
    };
    for field in ignore
        .iter()
        .filter(|pattern| !pattern.contains('.') && !is_required(pattern))
    {
        body.shift_remove(field.as_str());
    }
    for (field, entry) in ignore.iter().filter_map(|pattern| pattern.split_once('.')) {
        let gone =
            |key: &str| glob_match(entry, key) || key.rsplit('/').next().is_some_and(|last| glob_match(entry, last));
        match body.get_mut(field) {
            Some(Json::Object(entries)) => entries.retain(|key, _| !gone(key)),
            Some(Json::Array(items)) => items.retain(|item| !item.as_str().is_some_and(gone)),
            _ => {}
        }
        let is_empty = body.get(field).is_some_and(|value| match value {
            Json::Object(entries) => entries.is_empty(),
            Json::Array(items) => items.is_empty(),
            _ => false,
        });
        if is_empty {
            body.shift_remove(field);
        }
    }
}
