//! Short forms: ids in place of ARNs, what another resource implies, tags that everything has.
//!
//! Invariant: a short form means what the long one meant.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::catalogue;
use crate::kind::Scope;
use crate::kinds::KindName;
use crate::names::Region;

use super::piece::Piece;
use super::{Heading, Stance};

/// The ids of what the file declares.
#[derive(Default)]
struct Ids {
    by_arn: BTreeMap<(KindName, String), String>,
    by_name: BTreeMap<(KindName, Option<Region>, String), String>,
}

/// Calls declared things by their ids.
pub(super) fn references(pieces: &mut [&mut Piece], heading: &Heading) {
    let mut ids = Ids::default();
    for piece in pieces.iter().filter(|piece| piece.is_declared()) {
        ids.by_arn.insert((piece.kind, piece.arn.to_string()), piece.id.clone());
        let name = (piece.kind, piece.naming.region.clone(), piece.naming.name.clone());
        ids.by_name.insert(name, piece.id.clone());
    }
    for piece in pieces {
        let region = piece.naming.region.clone();
        for (pattern, kind) in piece.names {
            let steps: Vec<&str> = pattern.split('.').collect();
            at(&mut piece.body, &steps, &mut |place| {
                if let Some(short) = place
                    .as_str()
                    .and_then(|text| ids.short(*kind, text, region.as_ref(), heading))
                {
                    *place = short;
                }
            });
        }
    }
}

impl Ids {
    /// The shorter way to name a thing; `None` where it stays as it is.
    fn short(&self, kind: KindName, text: &str, region: Option<&Region>, heading: &Heading) -> Option<Json> {
        if text.starts_with("arn:") {
            return self.by_arn.get(&(kind, text.to_owned())).map(|id| json!(id));
        }
        if kind.section().scope == Scope::Regional {
            let id = self.by_name.get(&(kind, region.cloned(), text.to_owned()));
            return Some(id.map_or_else(|| json!({ "existing": text }), |id| json!(id)));
        }
        // A declared policy may bear the name of one of AWS's.
        let is_taken = self.by_name.iter().any(|((of, ..), id)| *of == kind && id == text);
        let managed = catalogue::managed_policy(text).filter(|_| is_taken)?;
        Some(json!(managed.arn(heading.home.partition.as_str())))
    }
}

/// Visits the values that a path leads to, where `*` is every entry or item.
fn at(value: &mut Json, steps: &[&str], visit: &mut dyn FnMut(&mut Json)) {
    let Some((step, rest)) = steps.split_first() else {
        return visit(value);
    };
    match (value, *step) {
        (Json::Array(items), "*") => items.iter_mut().for_each(|item| at(item, rest, visit)),
        (Json::Object(entries), "*") => entries.values_mut().for_each(|entry| at(entry, rest, visit)),
        (Json::Object(entries), key) => {
            if let Some(entry) = entries.get_mut(key) {
                at(entry, rest, visit);
            }
        }
        _ => {}
    }
}

/// Leaves out what another resource of the file implies. What it implies and is not so must be kept from being made.
pub(super) fn implied(pieces: &mut [&mut Piece]) {
    let implied: Vec<_> = pieces
        .iter()
        .filter(|piece| piece.is_declared())
        .flat_map(|piece| piece.implies.clone())
        .collect();
    for (arn, path, value) in implied {
        let target = pieces.iter_mut().find(|piece| piece.arn == arn && piece.is_declared());
        let (Some(target), Some(key)) = (target, path.key.as_deref()) else {
            continue;
        };
        let Json::Object(body) = &mut target.body else { continue };
        let entries = body.get_mut(path.field).and_then(Json::as_object_mut);
        let found = entries.as_ref().and_then(|entries| entries.get(key)) == Some(&value);
        let serves = entries
            .as_ref()
            .is_some_and(|entries| entries.values().any(|entry| *entry == value));
        match entries {
            Some(entries) if found => {
                entries.shift_remove(key);
                if entries.is_empty() {
                    body.shift_remove(path.field);
                }
            }
            _ if serves || target.ignore.contains(&path.to_string()) => {}
            _ => {
                target.ignore.push(path.to_string());
                target
                    .unsaid
                    .push(format!("{path} is not there, although something of this file needs it"));
            }
        }
    }
}

/// Takes the tags that all taggable things of the file have, for the header.
pub(super) fn common_tags(pieces: &mut [&mut Piece], heading: &Heading) -> BTreeMap<String, String> {
    let mut tagged: Vec<&mut &mut Piece> = pieces
        .iter_mut()
        .filter(|piece| piece.taggable && piece.stance == Stance::Declared)
        .collect();
    let [first, _, ..] = tagged.as_slice() else {
        return BTreeMap::new();
    };
    let mut common = first.tags.clone();
    common.retain(|key, value| {
        let has = |piece: &&mut &mut Piece| piece.tags.get(key) == Some(value);
        tagged.iter().all(has) && *key != heading.tags.owner_key
    });
    for piece in &mut tagged {
        piece.tags.retain(|key, _| !common.contains_key(key));
    }
    common
}
