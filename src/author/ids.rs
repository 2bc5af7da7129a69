//! How the file calls each thing.
//!
//! Invariant: within a kind no two things have one id; the id is the name in AWS wherever one thing alone has it.

use std::collections::{BTreeMap, BTreeSet};

use crate::kind::Form;
use crate::kinds::KindName;

use super::Heading;
use super::piece::Piece;

/// Makes the ids of declared things unique. What is at home, in the default region and on the default bus, keeps its name.
pub(super) fn assign(pieces: &mut [&mut Piece], heading: &Heading) {
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    let is_abroad = |piece: &Piece| {
        let elsewhere = piece
            .naming
            .region
            .as_ref()
            .is_some_and(|region| *region != heading.region);
        (elsewhere, piece.naming.bus.is_some())
    };
    order.sort_by_key(|at| pieces.get(*at).map(|piece| is_abroad(piece)));
    let mut taken: BTreeMap<KindName, BTreeSet<String>> = BTreeMap::new();
    for at in order {
        let Some(piece) = pieces.get_mut(at) else { continue };
        if !piece.is_declared() || !matches!(piece.kind.section().form, Form::Named) {
            continue;
        }
        let taken = taken.entry(piece.kind).or_default();
        // What is named by an address on the web is called by its host.
        if let Some(host) = piece.id.strip_prefix("https://") {
            piece.id = host.to_owned();
        }
        piece.id = free(piece, taken);
        taken.insert(piece.id.clone());
    }
}

fn free(piece: &Piece, taken: &BTreeSet<String>) -> String {
    let id = &piece.id;
    let bus = piece.naming.bus.iter().map(|bus| format!("{id}-{bus}"));
    let region = piece.naming.region.iter().map(|region| format!("{id}-{region}"));
    let both = piece.naming.bus.iter().zip(&piece.naming.region);
    let both = both.map(|(bus, region)| format!("{id}-{bus}-{region}"));
    let numbered = (2..).map(|number| format!("{id}-{number}"));
    let mut all = std::iter::once(id.clone())
        .chain(bus)
        .chain(region)
        .chain(both)
        .chain(numbered);
    all.find(|id| !taken.contains(id)).unwrap_or_else(|| id.clone())
}
