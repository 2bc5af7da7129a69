//! What a text must say otherwise so that it says what the account has.
//!
//! Invariant: only what differs is edited. What a text can't say is an error, never an edit of something else.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::address::Address;
use crate::fields::FieldPath;
use crate::kinds::{AnyObject, Visit};
use crate::spec::node::{Node, Value};

use super::edit::{Change, Edit, Unedited};
use super::{Heading, Stance, Written, escape, ids, piece, short};

/// The edits that bring one resource's text to its live state. `objects` are those of the whole environment, with what was
/// read; `paths` are what differs; `header` are the tags of the header; `root` is the text's tree.
///
/// # Errors
/// What the text can't say.
pub fn accepted(
    heading: &Heading,
    objects: &[AnyObject],
    header: &BTreeMap<String, String>,
    address: &Address,
    paths: &[FieldPath],
    root: &Node,
) -> Result<Vec<Edit>, Unedited> {
    let missing = || Unedited::NotHere(address.to_string());
    let body = body(heading, objects, header, address).ok_or_else(missing)?;
    let above = [escape::text(address.kind.section().key), escape::text(&address.name)];
    let section = |entry: &&(crate::spec::node::Key, Node)| {
        crate::kinds::KindName::of_section(&entry.0.text) == Some(address.kind)
    };
    let section = root.entries().iter().find(section).ok_or_else(missing)?;
    let node = section.1.get(&above[1]).ok_or_else(missing)?;
    let mut edits: Vec<Edit> = Vec::new();
    for path in paths {
        let mut put = |below: Vec<String>, change: Change| {
            let path = above.iter().cloned().chain(below).collect();
            let edit = Edit { path, change };
            if !edits.contains(&edit) {
                edits.push(edit);
            }
        };
        one(path, &body, node, heading, &mut put);
    }
    Ok(edits)
}

/// What the whole of the resource would be if it were written anew.
#[must_use]
pub fn body(
    heading: &Heading,
    objects: &[AnyObject],
    header: &BTreeMap<String, String>,
    address: &Address,
) -> Option<Json> {
    let things: Vec<Written<'_>> = objects
        .iter()
        .filter(|object| object.visit(Declared))
        .map(|object| Written {
            ignore: object.visit(Ignored),
            ..Written::new(object, object.visit(StanceOf))
        })
        .collect();
    let mut pieces: Vec<piece::Piece> = things.iter().filter_map(|thing| piece::of(thing, heading)).collect();
    let mut known: Vec<&mut piece::Piece> = pieces.iter_mut().collect();
    ids::assign(&mut known, heading);
    short::implied(&mut known);
    short::references(&mut known, heading);
    let own = known.into_iter().find(|piece| piece.address() == *address)?;
    own.tags.retain(|key, value| header.get(key) != Some(value));
    own.finish(heading);
    Some(own.body.clone())
}

struct Declared;

impl Visit for Declared {
    type Out = bool;
    fn visit<K: crate::kinds::Member>(self, object: &crate::kind::Object<K>) -> bool {
        object.wanted.is_some()
    }
}

struct StanceOf;

impl Visit for StanceOf {
    type Out = Stance;
    fn visit<K: crate::kinds::Member>(self, object: &crate::kind::Object<K>) -> Stance {
        match object.wanted.as_ref().is_some_and(|wanted| wanted.shared) {
            true => Stance::Shared,
            false => Stance::Declared,
        }
    }
}

struct Ignored;

impl Visit for Ignored {
    type Out = Vec<String>;
    fn visit<K: crate::kinds::Member>(self, object: &crate::kind::Object<K>) -> Vec<String> {
        object
            .wanted
            .as_ref()
            .map(|wanted| wanted.ignore.clone())
            .unwrap_or_default()
    }
}

fn one(path: &FieldPath, body: &Json, node: &Node, heading: &Heading, put: &mut impl FnMut(Vec<String>, Change)) {
    // The mark of protection is a word of the file.
    let is_protection = path.field == "tags" && path.key.as_ref() == Some(&heading.tags.protect_key);
    let field = if is_protection { "protect" } else { path.field };
    let there = node.get(field);
    let key = path.key.as_deref().filter(|_| !is_protection).map(escape::text);
    match (body.get(field), key) {
        (Some(Json::Object(live)), Some(key))
            if live.contains_key(&key) || there.is_some_and(|there| there.get(&key).is_some()) =>
        {
            match (live.get(&key), there.map(|there| &there.value)) {
                (Some(value), Some(Value::Map(_))) => put(vec![field.to_owned(), key], Change::Set(value.clone())),
                (None, Some(Value::Map(entries))) if entries.len() > 1 => {
                    put(vec![field.to_owned(), key], Change::Remove)
                }
                _ => put(vec![field.to_owned()], Change::Set(Json::Object(live.clone()))),
            }
        }
        (Some(Json::Array(live)), Some(_)) => items(field, live, there, put),
        (Some(value), _) => put(vec![field.to_owned()], Change::Set(value.clone())),
        (None, Some(key)) if there.is_some_and(|there| there.entries().len() > 1 && there.get(&key).is_some()) => {
            put(vec![field.to_owned(), key], Change::Remove);
        }
        (None, _) if there.is_some() => put(vec![field.to_owned()], Change::Remove),
        (None, _) => {}
    }
}

/// A list of names is edited by its items, so that remarks on the others stay.
fn items(field: &str, live: &[Json], there: Option<&Node>, put: &mut impl FnMut(Vec<String>, Change)) {
    let path = || vec![field.to_owned()];
    let written = match there.map(|there| &there.value) {
        Some(Value::List(items)) if !items.is_empty() && items.iter().all(|item| item.text().is_some()) => items,
        _ => return put(path(), Change::Set(Json::Array(live.to_vec()))),
    };
    let has = |item: &Json| written.iter().any(|one| one.text() == item.as_str());
    for item in live.iter().filter(|item| !has(item)) {
        put(path(), Change::Add(item.clone()));
    }
    for item in written.iter().filter_map(Node::text) {
        if !live.iter().any(|one| one.as_str() == Some(item)) {
            put(path(), Change::Drop(item.to_owned()));
        }
    }
}
