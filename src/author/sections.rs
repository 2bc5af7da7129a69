//! The header and the sections as text.
//!
//! Invariant: sections stand in the order of kinds and resources in the order of their ids.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::kind::Form;
use crate::kinds::KindName;
use crate::plan::level::TagRules;

use super::piece::Piece;
use super::{Heading, Layout, Stance, Style, escape, yaml};

/// The files of the text by path.
pub(super) fn write(
    heading: &Heading,
    tags: &BTreeMap<String, String>,
    mut pieces: Vec<Piece>,
    style: &Style,
) -> BTreeMap<String, Vec<u8>> {
    pieces.sort_by_key(Piece::address);
    let (absent, declared): (Vec<Piece>, Vec<Piece>) =
        pieces.into_iter().partition(|piece| piece.stance == Stance::Absent);
    let mut whole = header(heading, tags, style);
    let mut files = BTreeMap::new();
    for kind in KindName::ALL {
        let of_kind: Vec<&Piece> = declared.iter().filter(|piece| piece.kind == *kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        let text = section(*kind, &of_kind);
        match style.layout {
            Layout::File(_) => whole.extend(["\n", &text]),
            Layout::Folder => {
                let text = format!("{}\n{text}", modeline(style));
                files.insert(format!("{}.yaml", kind.section().key), text.into_bytes());
            }
        }
    }
    whole.push_str(&absences(&absent, heading));
    let name = match &style.layout {
        Layout::File(name) => name.clone(),
        Layout::Folder => "environment.yaml".to_owned(),
    };
    files.insert(name, whole.into_bytes());
    files
}

fn modeline(style: &Style) -> String {
    let mut line = String::new();
    yaml::comment(&mut line, 0, &format!("yaml-language-server: $schema={}", style.schema));
    line
}

fn header(heading: &Heading, tags: &BTreeMap<String, String>, style: &Style) -> String {
    let mut text = modeline(style);
    for remark in &heading.remarks {
        yaml::comment(&mut text, 0, remark);
    }
    text.push('\n');
    let mut keys = Map::new();
    let mut put = |key: &str, value: Json| drop(keys.insert(key.to_owned(), escape::value(value)));
    put("version", json!(1));
    put("environment", json!(heading.environment));
    if let Some(account) = &heading.account {
        put("account", json!(account.as_str()));
    }
    put("region", json!(heading.region.as_str()));
    if heading.tags.owner_key != TagRules::new(Vec::new()).owner_key {
        put("ownership_tag", json!(heading.tags.owner_key));
    }
    if !tags.is_empty() {
        put("tags", json!(tags));
    }
    if !heading.tags.ignored.is_empty() {
        put("ignore_tags", json!(heading.tags.ignored));
    }
    yaml::entries(&mut text, 0, &keys);
    text
}

fn section(kind: KindName, pieces: &[&Piece]) -> String {
    let mut text = format!("{}:\n", kind.section().key);
    for piece in pieces {
        for remark in piece.remarks.iter().chain(&piece.unsaid) {
            yaml::comment(&mut text, 2, remark);
        }
        match kind.section().form {
            Form::Listed { field, .. } => yaml::item(&mut text, 2, &listed(&piece.body, field)),
            Form::Named => resource(&mut text, piece),
            Form::Settings => yaml::entry(&mut text, 2, &escape::text(&piece.id), &piece.body),
        }
    }
    text
}

/// A resource's fields stand on lines of their own, so that a change of one is a change of one line.
fn resource(text: &mut String, piece: &Piece) {
    let key = escape::text(&piece.id);
    match &piece.body {
        Json::Object(body) if !body.is_empty() => {
            text.push_str(&format!("  {}:\n", yaml::scalar(&key)));
            yaml::entries(text, 4, body);
        }
        other => yaml::entry(text, 2, &key, other),
    }
}

/// An entry that says nothing but its name is the name.
fn listed(body: &Json, field: &str) -> Json {
    let alone = body
        .as_object()
        .filter(|body| body.len() == 1)
        .and_then(|body| body.get(field));
    alone.unwrap_or(body).clone()
}

fn absences(pieces: &[Piece], heading: &Heading) -> String {
    if pieces.is_empty() {
        return String::new();
    }
    let mut text = "\nabsent:\n".to_owned();
    for kind in KindName::ALL {
        let of_kind: Vec<&Piece> = pieces.iter().filter(|piece| piece.kind == *kind).collect();
        let names = of_kind.iter().map(|piece| absence(piece, heading)).collect();
        if of_kind.is_empty() {
            continue;
        }
        for remark in of_kind.iter().flat_map(|piece| &piece.remarks) {
            yaml::comment(&mut text, 2, remark);
        }
        yaml::entry(&mut text, 2, kind.section().key, &Json::Array(names));
    }
    text
}

fn absence(piece: &Piece, heading: &Heading) -> Json {
    let naming = &piece.naming;
    let region = naming.region.as_ref().filter(|region| **region != heading.region);
    let name = escape::text(&naming.name);
    let words = ["detach", "empty"];
    let words = words.map(|word| Some((word.to_owned(), piece.body.get(word)?.clone())));
    let words: Vec<_> = words.into_iter().flatten().collect();
    if region.is_none() && naming.bus.is_none() && words.is_empty() {
        return json!(name);
    }
    let mut entry = Map::new();
    entry.insert("name".into(), json!(name));
    entry.extend(region.map(|region| ("region".to_owned(), json!(region.as_str()))));
    entry.extend(
        naming
            .bus
            .as_ref()
            .map(|bus| ("bus".to_owned(), json!(escape::text(bus)))),
    );
    entry.extend(words);
    Json::Object(entry)
}
