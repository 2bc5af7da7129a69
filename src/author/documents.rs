//! Policy documents: without what says itself, and the long ones in files of their own.
//!
//! Invariant: the author's order of statements, keys and items stays.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::piece::Piece;
use super::{Style, yaml};

/// The version that is meant where none is written.
const USUAL_VERSION: &str = "2012-10-17";

/// Moves documents above the style's size into files beside the text, and shortens the others.
pub(super) fn move_out(pieces: &mut [&mut Piece], style: &Style, files: &mut BTreeMap<String, Vec<u8>>) {
    let mut taken = BTreeSet::new();
    for piece in pieces {
        let (section, id) = (piece.kind.section().key, piece.id.clone());
        let Json::Object(body) = &mut piece.body else { continue };
        for (field, value) in body.iter_mut() {
            let name = if field == "document" {
                id.clone()
            } else {
                format!("{id}-{field}")
            };
            if is_document(value) {
                place(
                    value,
                    &format!("{section}/{}", file_name(&name)),
                    style,
                    &mut taken,
                    files,
                );
                continue;
            }
            let Json::Object(entries) = value else { continue };
            for (entry, value) in entries.iter_mut().filter(|(_, value)| is_document(value)) {
                let path = format!("{section}/{}", file_name(&format!("{id}-{entry}")));
                place(value, &path, style, &mut taken, files);
            }
        }
    }
}

fn is_document(value: &Json) -> bool {
    value
        .get("Statement")
        .is_some_and(|statements| statements.is_array() || statements.is_object())
}

fn place(
    value: &mut Json,
    path: &str,
    style: &Style,
    taken: &mut BTreeSet<String>,
    files: &mut BTreeMap<String, Vec<u8>>,
) {
    if style.document_lines.is_some_and(|most| lines(value) > most) {
        let path = free(path, taken);
        let text = serde_json::to_string_pretty(value).unwrap_or_default() + "\n";
        *value = json!({ "file": path });
        files.insert(path, text.into_bytes());
        return;
    }
    let Json::Object(document) = value else { return };
    let first = document.iter().next();
    if first.is_some_and(|(key, version)| key == "Version" && version == USUAL_VERSION) {
        document.shift_remove("Version");
    }
}

/// How long it would be in the text.
fn lines(value: &Json) -> usize {
    let mut text = String::new();
    yaml::entries(&mut text, 0, value.as_object().unwrap_or(&Map::new()));
    text.lines().count()
}

/// A name that every file system takes.
fn file_name(name: &str) -> String {
    let tame = |c: char| {
        if c.is_ascii_alphanumeric() || "_-.@+=,".contains(c) {
            c
        } else {
            '_'
        }
    };
    name.chars()
        .map(tame)
        .collect::<String>()
        .trim_start_matches('.')
        .to_owned()
}

/// Some file systems know no case.
fn free(path: &str, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{path}-{number}"));
    let mut all = std::iter::once(path.to_owned()).chain(numbered);
    let free = all.find(|path| taken.insert(path.to_lowercase()));
    format!("{}.json", free.unwrap_or_else(|| path.to_owned()))
}
