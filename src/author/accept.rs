//! What a text must say otherwise so that it says what the account has.
//!
//! Invariant: only what differs is edited. What a text can't say is an error, never an edit of something else.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::address::Address;
use crate::fields::FieldPath;
use crate::kind::{Object, Seen};
use crate::kinds::{AnyObject, Member, Visit, VisitMut};

use super::edit::{Change, Edit};
use super::{Heading, Stance, Written, escape, ids, piece, short, yaml};

/// How a resource's text comes to say its live state.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// As little as possible.
    pub fine: Vec<Edit>,
    /// Whole fields, where the text says the same in another form.
    pub coarse: Vec<Edit>,
    /// The fields that differ as one would write them, for people to paste.
    pub patch: String,
}

/// What brings one resource's text to its live state. `objects` are those of the whole environment, with what was read;
/// `paths` are what differs; `header` are the tags of the header. `None` for what is not declared or was not read.
#[must_use]
pub fn acceptance(
    heading: &Heading,
    objects: &[AnyObject],
    header: &BTreeMap<String, String>,
    address: &Address,
    paths: &[FieldPath],
) -> Option<Acceptance> {
    let live = body(heading, objects, header, address)?;
    let mut unread: Vec<AnyObject> = objects.to_vec();
    let own = unread.iter_mut().find(|object| object.address() == address)?;
    own.visit_mut(Forget);
    let wanted = body(heading, &unread, header, address)?;
    let above = [address.kind.section().key.to_owned(), escape::text(&address.name)];
    let mut acceptance = Acceptance {
        fine: Vec::new(),
        coarse: Vec::new(),
        patch: String::new(),
    };
    let mut fields: Vec<&str> = Vec::new();
    for path in paths {
        // The mark of protection is a word of the file.
        let is_protection = path.field == "tags" && path.key.as_ref() == Some(&heading.tags.protect_key);
        let field = if is_protection { "protect" } else { path.field };
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    fields.push("ignore");
    for field in fields {
        let (old, new) = (wanted.get(field), live.get(field));
        let path: Vec<String> = above.iter().cloned().chain([field.to_owned()]).collect();
        difference(old, new, &path, &mut acceptance.fine);
        let change = match (old == new, new) {
            (true, _) => continue,
            (false, Some(value)) => {
                yaml::entry(&mut acceptance.patch, 4, field, value);
                Change::Set(value.clone())
            }
            (false, None) => {
                yaml::comment(&mut acceptance.patch, 4, &format!("without `{field}`"));
                Change::Remove
            }
        };
        acceptance.coarse.push(Edit { path, change });
    }
    Some(acceptance)
}

struct Forget;

impl VisitMut for Forget {
    type Out = ();
    fn visit<K: Member>(self, object: &mut Object<K>) {
        object.seen = Seen::Unread;
    }
}

/// What the whole of a resource would be if it were written anew.
fn body(
    heading: &Heading,
    objects: &[AnyObject],
    header: &BTreeMap<String, String>,
    address: &Address,
) -> Option<Json> {
    let things: Vec<Written<'_>> = objects
        .iter()
        .filter_map(|object| {
            let (stance, ignore) = object.visit(Declaration)?;
            Some(Written {
                ignore,
                ..Written::new(object, stance)
            })
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

/// How a file declares a thing, and what it ignores of it.
struct Declaration;

impl Visit for Declaration {
    type Out = Option<(Stance, Vec<String>)>;
    fn visit<K: Member>(self, object: &Object<K>) -> Self::Out {
        let wanted = object.wanted.as_ref()?;
        let stance = if wanted.shared {
            Stance::Shared
        } else {
            Stance::Declared
        };
        Some((stance, wanted.ignore.clone()))
    }
}

/// The smallest edits from one value to another.
fn difference(old: Option<&Json>, new: Option<&Json>, path: &[String], edits: &mut Vec<Edit>) {
    let mut put = |change: Change| {
        edits.push(Edit {
            path: path.to_vec(),
            change,
        });
    };
    let below = |key: &str| path.iter().cloned().chain([key.to_owned()]).collect::<Vec<String>>();
    match (old, new) {
        (old, new) if old == new => {}
        (_, None) => put(Change::Remove),
        (Some(Json::Object(old)), Some(Json::Object(new))) if old.keys().any(|key| new.contains_key(key)) => {
            let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
            for key in keys {
                difference(old.get(key), new.get(key), &below(key), edits);
            }
        }
        (Some(Json::Array(old)), Some(Json::Array(new))) if old.iter().any(|item| new.contains(item)) => {
            for item in new.iter().filter(|item| !old.contains(item)) {
                put(Change::Add(item.clone()));
            }
            // From the end, so that the places of the others stay.
            for (place, item) in old.iter().enumerate().rev().filter(|(_, item)| !new.contains(item)) {
                match item {
                    Json::String(text) => edits.push(Edit {
                        path: path.to_vec(),
                        change: Change::Drop(text.clone()),
                    }),
                    _ => edits.push(Edit {
                        path: below(&place.to_string()),
                        change: Change::Remove,
                    }),
                }
            }
        }
        (Some(Json::Array(old)), Some(Json::Array(new)))
            if old.len() == new.len() && old.iter().all(Json::is_object) =>
        {
            for (place, (old, new)) in old.iter().zip(new).enumerate() {
                difference(Some(old), Some(new), &below(&place.to_string()), edits);
            }
        }
        (_, Some(new)) => put(Change::Set(new.clone())),
    }
}
