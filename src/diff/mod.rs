//! What a change of the file means: two environments compared by what they want, not by how they are spelled.
//!
//! Invariant: pure, and of the lowered states alone; so what moves within a file, is formatted anew or said by another
//! anchor is no difference, and a default that changes is one in everything that it touches.

mod said;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::access::delta::Delta;
use crate::address::Address;
use crate::fields::{FieldPath, Shown};
use crate::kind::DoomedBy;
use crate::plan::{Change, FieldChange, Presence, Verb};
use crate::report::HeaderChange;
use crate::spec::header::Header;
use crate::spec::resources::Environment;

use said::{Doomed, Said, Wish};

/// What two environments differ in.
#[derive(Debug, Clone, PartialEq)]
pub struct Diff {
    /// What the two are called: files, folders, revisions.
    pub names: (String, String),
    /// The later environment's name.
    pub environment: String,
    /// What differs at the top of the files.
    pub header: Vec<HeaderChange>,
    /// The resources that differ, by address: made for those that only the later file has, deleted for those that only the
    /// earlier one has, updated for all others.
    pub changes: Vec<Change>,
    /// Assertions that are new.
    pub expected: Vec<String>,
    /// Assertions that are gone.
    pub unexpected: Vec<String>,
    /// Who gains and who loses which access when the later file is applied in the place of the earlier one.
    pub access: Delta,
    /// How many resources do not differ.
    pub same: usize,
}

impl Diff {
    /// Whether the files mean the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.header.is_empty() && self.changes.is_empty() && self.expected.is_empty() && self.unexpected.is_empty()
    }
}

/// One side of the comparison.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// As the user names it.
    pub name: &'a str,
    /// Its header; none where there is no file yet.
    pub header: Option<&'a Header>,
    /// What it wants; none where there is no file yet.
    pub environment: Option<&'a Environment>,
}

/// Compares two environments that were lowered for the same account.
#[must_use]
pub fn compare(old: Side<'_>, new: Side<'_>) -> Diff {
    let (before, after) = (said::all(old.environment), said::all(new.environment));
    let pairs = pairs(&before, &after);
    let changes: Vec<Change> = pairs.iter().filter_map(|pair| change(pair, old, new)).collect();
    let (expected_before, expected_after) = (expected(old), expected(new));
    let missing = |of: &[String], from: &[String]| {
        let new = of.iter().filter(|one| !from.contains(one));
        new.cloned().collect()
    };
    Diff {
        names: (old.name.to_owned(), new.name.to_owned()),
        environment: [new, old]
            .iter()
            .find_map(|side| Some(side.environment?.name.clone()))
            .unwrap_or_default(),
        header: header(old.header, new.header),
        expected: missing(&expected_after, &expected_before),
        unexpected: missing(&expected_before, &expected_after),
        same: pairs.len() - changes.len(),
        changes,
        access: Delta::default(),
    }
}

fn expected(side: Side<'_>) -> Vec<String> {
    side.environment
        .map(|environment| environment.expected.clone())
        .unwrap_or_default()
}

/// What stands at the top of both files in different forms. Where there is only one file, nothing is said of it.
fn header(old: Option<&Header>, new: Option<&Header>) -> Vec<HeaderChange> {
    let (Some(old), Some(new)) = (old, new) else {
        return Vec::new();
    };
    let sides = |header: &Header| {
        let mut ignored = header.ignore_tags.clone();
        ignored.sort();
        [
            ("account", header.account.as_ref().map(ToString::to_string)),
            ("environment", Some(header.environment.clone())),
            ("region", header.region.as_ref().map(ToString::to_string)),
            ("ownership_tag", Some(header.ownership_tag.clone())),
            ("ignore_tags", (!ignored.is_empty()).then(|| ignored.join(", "))),
        ]
    };
    let both = sides(old).into_iter().zip(sides(new));
    both.filter(|((_, before), (_, after))| before != after)
        .map(|((key, before), (_, after))| HeaderChange { key, before, after })
        .collect()
}

/// What the two files say of one thing.
#[derive(Debug)]
struct Pair<'a> {
    before: Option<&'a Said>,
    after: Option<&'a Said>,
}

/// By address; what is left on both sides by its identity in AWS.
fn pairs<'a>(before: &'a [Said], after: &'a [Said]) -> Vec<Pair<'a>> {
    let old: BTreeMap<&Address, &Said> = before.iter().map(|said| (&said.address, said)).collect();
    let new: BTreeSet<&Address> = after.iter().map(|said| &said.address).collect();
    let mut gone: BTreeMap<_, &Said> = before
        .iter()
        .filter(|said| !new.contains(&said.address))
        .map(|said| (&said.identity, said))
        .collect();
    let mut pairs: Vec<Pair<'_>> = Vec::new();
    for said in after {
        let partner = old.get(&said.address).copied();
        let partner = partner.or_else(|| gone.remove(&said.identity));
        pairs.push(Pair {
            before: partner,
            after: Some(said),
        });
    }
    pairs.extend(gone.into_values().map(|said| Pair {
        before: Some(said),
        after: None,
    }));
    pairs.sort_by(|one, other| one.address().cmp(&other.address()));
    pairs
}

impl Pair<'_> {
    fn address(&self) -> Option<&Address> {
        self.after.or(self.before).map(|said| &said.address)
    }
}

fn change(pair: &Pair<'_>, old: Side<'_>, new: Side<'_>) -> Option<Change> {
    let either = pair.after.or(pair.before)?;
    let mut change = Change {
        origin: Some(either.origin.clone()),
        ..Change::new(either.address.clone(), Verb::Update, Presence::Unread)
    };
    let wishes = (pair.before.map(|said| &said.wish), pair.after.map(|said| &said.wish));
    match wishes {
        (None | Some(Wish::Gone(_)), Some(Wish::There(after))) => {
            change.verb = Verb::Create;
            change.fields = said::fields(None, Some(after));
            let was_absent = pair.before.is_some();
            change
                .notes
                .extend(was_absent.then(|| "`absent:` named it before".to_owned()));
        }
        (Some(Wish::There(before)), None | Some(Wish::Gone(_))) => {
            change.verb = Verb::Delete;
            change.fields = said::fields(Some(before), None);
            change.doomed = pair.after.map(|_| DoomedBy::Absent);
        }
        (Some(Wish::There(before)), Some(Wish::There(after))) => {
            change.fields = said::fields(Some(before), Some(after));
            change.notes = said::remarks(before, after);
        }
        (None, Some(Wish::Gone(_))) => change.notes.push("`absent:` names it now: an apply deletes it".into()),
        (Some(Wish::Gone(_)), None) => change.notes.push("`absent:` no longer names it".into()),
        (Some(Wish::Gone(before)), Some(Wish::Gone(after))) => change.fields = words(before, after),
        (None, None) => return None,
    }
    change.notes.extend(names(pair));
    hide_marks(&mut change.fields, old, new);
    let says_something = !change.fields.is_empty() || !change.notes.is_empty() || change.verb != Verb::Update;
    says_something.then_some(change)
}

/// `detach` and `empty` of what shall go.
fn words(before: &Doomed, after: &Doomed) -> Vec<FieldChange> {
    let word = |name: &'static str, before: bool, after: bool| {
        let shown = |set: bool| set.then(|| Shown::text("true"));
        (before != after).then(|| FieldChange {
            path: FieldPath::whole(name),
            before: shown(before),
            after: shown(after),
            place: None,
        })
    };
    let detach = word("detach", before.detach, after.detach);
    detach
        .into_iter()
        .chain(word("empty", before.empty, after.empty))
        .collect()
}

/// The same thing in AWS by another id, or another thing in AWS by the same id.
fn names(pair: &Pair<'_>) -> Option<String> {
    let (before, after) = (pair.before?, pair.after?);
    if before.address != after.address {
        return Some(format!(
            "was called {}; in AWS it still is {}",
            before.address, after.id
        ));
    }
    (before.id != after.id).then(|| {
        format!(
            "another thing in AWS: {} instead of {}, which stays in the account",
            after.id, before.id
        )
    })
}

/// The marks of ownership and protection follow from the header and from `protect`, which are told themselves.
fn hide_marks(fields: &mut Vec<FieldChange>, old: Side<'_>, new: Side<'_>) {
    let rules: Vec<_> = [old, new]
        .iter()
        .filter_map(|side| Some(&side.environment?.tags))
        .collect();
    let is_mark = |key: &str| {
        rules
            .iter()
            .any(|rules| key == rules.owner_key || key == rules.protect_key)
    };
    fields.retain(|field| field.path.field != "tags" || !field.path.key.as_deref().is_some_and(is_mark));
}
