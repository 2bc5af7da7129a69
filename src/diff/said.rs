//! What one file says of one thing, and what differs between two such sayings.
//!
//! Invariant: a field that differs is shown by its kind's own rules, as a plan shows it.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::fields::{FieldPath, Fields as _, Shown};
use crate::kind::{Object, OnChange};
use crate::kinds::{AnyState, KindName, Member, Visit, VisitKind};
use crate::plan::FieldChange;
use crate::plan::dropped::{Identity, identity};
use crate::spec::resources::Environment;
use crate::spec::source::Place;

/// What a file says of a thing.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) address: Address,
    /// How AWS knows it.
    pub(super) id: String,
    /// What tells it apart from others there.
    pub(super) identity: Identity,
    pub(super) origin: Place,
    pub(super) wish: Wish,
}

/// Whether it shall be there.
#[derive(Debug)]
pub(super) enum Wish {
    /// It shall, like this.
    There(Box<Declared>),
    /// `absent:` names it.
    Gone(Doomed),
}

/// How a thing shall be.
#[derive(Debug)]
pub(super) struct Declared {
    state: AnyState,
    kind: KindName,
    mentioned: BTreeSet<&'static str>,
    unknown: BTreeSet<FieldPath>,
    ignore: BTreeSet<String>,
    public: BTreeSet<String>,
    protect: bool,
    shared: bool,
    places: BTreeMap<FieldPath, Place>,
}

/// What `absent:` says of a thing.
#[derive(Debug)]
pub(super) struct Doomed {
    pub(super) detach: bool,
    pub(super) empty: bool,
}

/// All that a file says.
pub(super) fn all(environment: Option<&Environment>) -> Vec<Said> {
    let objects = environment.into_iter().flat_map(|environment| &environment.objects);
    objects
        .filter_map(|object| object.visit(Say(identity(object))))
        .collect()
}

struct Say(Identity);

impl Visit for Say {
    type Out = Option<Said>;

    fn visit<K: Member>(self, object: &Object<K>) -> Option<Said> {
        let (origin, wish) = match (&object.wanted, &object.doom) {
            (Some(wanted), _) => (
                &wanted.origin,
                Wish::There(Box::new(Declared {
                    state: K::any_state(wanted.state.clone()),
                    kind: K::KIND,
                    mentioned: wanted.mentioned.clone(),
                    unknown: wanted.unknown.keys().cloned().collect(),
                    ignore: wanted.ignore.iter().cloned().collect(),
                    public: wanted.public.clone(),
                    protect: wanted.protect,
                    shared: wanted.shared,
                    places: wanted.places.clone(),
                })),
            ),
            (None, Some(doom)) => (
                &doom.origin,
                Wish::Gone(Doomed {
                    detach: doom.detach,
                    empty: doom.empty,
                }),
            ),
            (None, None) => return None,
        };
        Some(Said {
            address: object.address.clone(),
            id: object.id.to_string(),
            identity: self.0,
            origin: origin.clone(),
            wish,
        })
    }
}

/// What differs between two declarations, or all of one.
pub(super) fn fields(before: Option<&Declared>, after: Option<&Declared>) -> Vec<FieldChange> {
    let Some(kind) = after.or(before).map(|declared| declared.kind) else {
        return Vec::new();
    };
    let mut fields = kind.visit(Compare { before, after });
    fields.extend(words(before, after));
    for field in &mut fields {
        field.place = after.and_then(|declared| declared.place(&field.path));
    }
    fields
}

struct Compare<'a> {
    before: Option<&'a Declared>,
    after: Option<&'a Declared>,
}

impl VisitKind for Compare<'_> {
    type Out = Vec<FieldChange>;

    fn visit<K: Member>(self) -> Vec<FieldChange> {
        let state = |declared: Option<&Declared>| declared.and_then(|declared| K::state_of(declared.state.clone()));
        let (before, after) = (state(self.before), state(self.after));
        let paths = match (&before, &after) {
            (Some(before), Some(after)) => after.apart(before),
            (Some(one), None) | (None, Some(one)) => {
                let written = |path: &FieldPath| path.key.is_some() || self.writes(path.field);
                // AWS's defaults are not worth a line.
                one.present().into_iter().filter(written).collect()
            }
            (None, None) => Vec::new(),
        };
        let shown = |state: &Option<K::State>, path: &FieldPath| state.as_ref().and_then(|state| state.show(path));
        let change = |path: FieldPath| FieldChange {
            before: shown(&before, &path),
            after: shown(&after, &path),
            path,
            place: None,
        };
        paths.into_iter().map(change).collect()
    }
}

impl Compare<'_> {
    fn writes(&self, field: &str) -> bool {
        let declared = self.after.or(self.before);
        declared.is_some_and(|declared| declared.mentioned.contains(field))
    }
}

impl Declared {
    fn place(&self, path: &FieldPath) -> Option<Place> {
        let whole = || self.places.get(&FieldPath::whole(path.field));
        self.places.get(path).or_else(whole).cloned()
    }

    /// What is said beside the state.
    fn words(&self) -> BTreeMap<FieldPath, Shown> {
        let flag = |name, set: bool| set.then(|| (FieldPath::whole(name), Shown::text("true")));
        let listed = |name, texts: &BTreeSet<String>| -> Vec<(FieldPath, Shown)> {
            let entry = |text: &String| (FieldPath::entry(name, text), Shown::text(text));
            texts.iter().map(entry).collect()
        };
        let unknown = self.unknown.iter().map(|path| (path.clone(), Shown::Secret));
        let mut words: BTreeMap<FieldPath, Shown> = unknown.collect();
        words.extend(flag("protect", self.protect));
        words.extend(flag("shared", self.shared));
        words.extend(listed("ignore", &self.ignore));
        words.extend(listed("public", &self.public));
        words
    }
}

fn words(before: Option<&Declared>, after: Option<&Declared>) -> Vec<FieldChange> {
    let words = |declared: Option<&Declared>| declared.map(Declared::words).unwrap_or_default();
    let (before, after) = (words(before), words(after));
    let paths: BTreeSet<&FieldPath> = before.keys().chain(after.keys()).collect();
    let differing = paths.into_iter().filter(|path| before.get(path) != after.get(path));
    let change = |path: &FieldPath| FieldChange {
        path: path.clone(),
        before: before.get(path).cloned(),
        after: after.get(path).cloned(),
        place: None,
    };
    differing.map(change).collect()
}

/// Fields of which the state is the same and the meaning is not: what is written is enforced, what is not may be kept.
pub(super) fn remarks(before: &Declared, after: &Declared) -> Vec<String> {
    let states = fields(Some(before), Some(after));
    let differs = |name: &str| states.iter().any(|field| field.path.field == name);
    let keeps = |name: &str| {
        let field = after.kind.fields().iter().find(|field| field.name == name);
        field.is_some_and(|field| matches!(field.on_change, OnChange::Held | OnChange::Replace | OnChange::Watched))
    };
    let names = before.mentioned.symmetric_difference(&after.mentioned);
    let telling = names.filter(|name| keeps(name) && !differs(name));
    let remark = |name: &&'static str| match after.mentioned.contains(*name) {
        true => format!("`{name}` is written now, so it no longer stays as the account has it"),
        false => format!("`{name}` is no longer written, so it stays as the account has it"),
    };
    telling.map(remark).collect()
}
