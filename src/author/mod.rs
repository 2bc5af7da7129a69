//! From states to the text of an environment file: the way back of [`crate::spec`].
//!
//! Invariant: pure; the same states give the same bytes. What is written means, when it is read again, the states that it
//! was written from; what a file can't say is said in a remark beside it and never left out in silence. No secret gets
//! in: states have none.

pub mod accept;
mod allow;
mod documents;
pub mod edit;
#[cfg(test)]
mod edit_tests;
mod escape;
mod ids;
mod piece;
mod sections;
mod short;
#[cfg(test)]
mod tests;
mod yaml;

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::address::Address;
use crate::kind::Home;
use crate::kinds::AnyObject;
use crate::names::{AccountId, Region};
use crate::plan::level::TagRules;

use self::piece::Piece;
pub use self::piece::spelled;

/// Who owns what the file declares, and where.
#[derive(Debug, Clone)]
pub struct Heading {
    /// The environment's name.
    pub environment: String,
    /// The account that the file is pinned to.
    pub account: Option<AccountId>,
    /// The default region.
    pub region: Region,
    /// The account that ARNs are made for.
    pub home: Home,
    /// Which tags are whose; the file repeats the patterns and a key of its own.
    pub tags: TagRules,
    /// What stands above the first key, line by line.
    pub remarks: Vec<String>,
}

/// How the text looks.
#[derive(Debug, Clone)]
pub struct Style {
    /// Where editors find the schema.
    pub schema: String,
    /// One file or several.
    pub layout: Layout,
    /// Documents of more lines than this stand in files of their own; `None` for none.
    pub document_lines: Option<usize>,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            layout: Layout::File("environment.yaml".to_owned()),
            document_lines: Some(40),
        }
    }
}

/// The schema of environment files, as `evenkeel schema` prints it.
pub const SCHEMA: &str = "./environment.schema.json";

/// One file or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// Everything in one file of this name.
    File(String),
    /// `environment.yaml` with the header and a file for each section.
    Folder,
}

/// One thing that the file shall speak of.
#[derive(Debug, Clone)]
pub struct Written<'a> {
    /// The thing, with what was read of it, or else with what is wanted of it.
    pub object: &'a AnyObject,
    /// What the file says of it.
    pub stance: Stance,
    /// Fields that are written otherwise than the state says, such as where its code lies; for what must not exist the
    /// words beside its name, `empty` and `detach`.
    pub instead: BTreeMap<&'static str, Json>,
    /// What is kept as it is, `ignore:`; what it names is not written.
    pub ignore: Vec<String>,
    /// What stands above it, line by line.
    pub remarks: Vec<String>,
}

/// What a file says of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stance {
    /// It is declared whole.
    Declared,
    /// What is listed is ensured, the rest is somebody else's: `shared: true`.
    Shared,
    /// It must not exist.
    Absent,
}

impl<'a> Written<'a> {
    /// A thing with nothing special about it.
    #[must_use]
    pub fn new(object: &'a AnyObject, stance: Stance) -> Self {
        Self {
            object,
            stance,
            instead: BTreeMap::new(),
            ignore: Vec::new(),
            remarks: Vec::new(),
        }
    }
}

/// Something that the file could not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsaid {
    /// Of which thing, as the file calls it.
    pub address: Address,
    /// What, as a sentence fragment.
    pub what: String,
}

/// What was written.
#[derive(Debug, Clone)]
pub struct Authored {
    /// The files by their paths, which have forward slashes and are relative to the folder of the first one.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What could not be said; the same stands in the text as remarks.
    pub unsaid: Vec<Unsaid>,
    /// How the file calls each thing, in the order given; `None` for what was neither read nor wanted.
    pub addresses: Vec<Option<Address>>,
}

/// Writes an environment.
#[must_use]
pub fn environment(heading: &Heading, things: &[Written<'_>], style: &Style) -> Authored {
    let mut pieces: Vec<Option<Piece>> = things.iter().map(|thing| piece::of(thing, heading)).collect();
    let mut known: Vec<&mut Piece> = pieces.iter_mut().flatten().collect();
    ids::assign(&mut known, heading);
    short::implied(&mut known);
    short::references(&mut known, heading);
    let tags = short::common_tags(&mut known, heading);
    let mut files = BTreeMap::new();
    let mut unsaid = Vec::new();
    for piece in &mut known {
        piece.finish(heading);
        let what = piece.unsaid.iter().cloned();
        unsaid.extend(what.map(|what| Unsaid {
            address: piece.address(),
            what,
        }));
    }
    documents::move_out(&mut known, style, &mut files);
    let addresses = pieces.iter().map(|piece| piece.as_ref().map(Piece::address)).collect();
    let pieces: Vec<Piece> = pieces.into_iter().flatten().collect();
    files.extend(sections::write(heading, &tags, pieces, style));
    Authored {
        files,
        unsaid,
        addresses,
    }
}
