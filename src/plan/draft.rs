//! What happens to one resource: ownership, adoption, levelling, diff, in this order.
//!
//! Invariant: a resource is either brought wholly to what the file says, or not touched at all and a refusal says why.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::fields::{FieldPath, Fields};
use crate::kind::{DiffCx, Doom, DoomedBy, Home, Kind, Object, Observed, Pair, Seen, Wanted};
use crate::kinds::{AnyAction, Member, Visit};
use crate::names::Arn;

use super::consent::Consents;
use super::level::{Levelled, TagRules, level};
use super::{Change, FieldChange, Presence, Refusal, Unmet, Verb, refuse};

/// What a draft may know.
#[derive(Debug)]
pub struct DraftCx<'a> {
    /// The environment's name, the value of the ownership mark.
    pub environment: &'a str,
    /// The account.
    pub home: &'a Home,
    /// Which tags are whose.
    pub tags: &'a TagRules,
    /// The user's word.
    pub consents: &'a Consents,
    /// See [`DiffCx`].
    pub replaced: &'a BTreeSet<Arn>,
    /// See [`DiffCx`].
    pub entangled: &'a BTreeSet<Arn>,
    /// What the other resources of the plan mean for this one.
    pub around: &'a Around,
    /// The live things that the file declares whole, not `shared`, or names under `absent:`.
    pub whole: &'a BTreeSet<Arn>,
    /// Who runs the tool.
    pub caller: &'a Arn,
    /// What a base declared: its removals need no other word, although it may carry no mark.
    pub known: &'a BTreeSet<Address>,
}

/// What the other resources of a plan mean for one that shall go.
#[derive(Debug, Default)]
pub struct Around {
    /// What was read and will be as the file says, users, groups and roles without their paths.
    pub settled: BTreeSet<Arn>,
    /// Who names a thing when the plan has been executed.
    pub named: BTreeMap<Arn, BTreeSet<Address>>,
    /// Whose boundary a policy is now.
    pub bounds: BTreeMap<Arn, BTreeSet<Address>>,
}

/// What happens to one resource, before order.
#[derive(Debug)]
pub struct Draft {
    /// For the reader.
    pub change: Change,
    /// For the executor.
    pub actions: Vec<AnyAction>,
    /// What stands in the way.
    pub refusals: Vec<Refusal>,
    /// The digest of the live state.
    pub fingerprint: String,
}

impl Draft {
    fn refuse(&mut self, refusal: Refusal) {
        self.change.verb = Verb::Refuse;
        self.refusals.push(refusal);
    }
}

/// The visitor that drafts.
pub struct Drafting<'a>(pub &'a DraftCx<'a>);

impl Visit for Drafting<'_> {
    type Out = Draft;

    fn visit<K: Member>(self, object: &Object<K>) -> Draft {
        let mut draft = Draft {
            change: blank(object),
            actions: Vec::new(),
            refusals: Vec::new(),
            fingerprint: super::fingerprint::of(object),
        };
        match (&object.wanted, &object.doom, &object.seen) {
            (_, _, Seen::Unknown(why)) => unread(&mut draft, why),
            (Some(wanted), _, Seen::Absent) => create(&mut draft, object, wanted, self.0),
            (Some(wanted), _, Seen::There(live)) => change(&mut draft, object, wanted, live, self.0),
            (None, Some(doom), Seen::There(live)) => delete(&mut draft, object, doom, live, self.0),
            (Some(_), _, Seen::Unread) | (None, Some(_), Seen::Unread) => unread(&mut draft, "it was not read"),
            (None, Some(_), Seen::Absent) | (None, None, Seen::Absent | Seen::Unread | Seen::There(_)) => {}
        }
        draft
    }
}

fn blank<K: Member>(object: &Object<K>) -> Change {
    let origin = object
        .wanted
        .as_ref()
        .map(|wanted| &wanted.origin)
        .or(object.doom.as_ref().map(|doom| &doom.origin));
    let live = match object.seen {
        Seen::Absent => Presence::Absent,
        Seen::There(_) => Presence::There,
        Seen::Unread | Seen::Unknown(_) => Presence::Unread,
    };
    Change {
        origin: origin.cloned(),
        doomed: object.doom.as_ref().map(|doom| doom.by),
        ..Change::new(object.address.clone(), Verb::Keep, live)
    }
}

fn unread(draft: &mut Draft, why: &str) {
    draft.change.verb = Verb::Unknown;
    draft
        .change
        .unknown
        .push((FieldPath::whole("everything"), why.to_owned()));
}

fn create<K: Member>(draft: &mut Draft, object: &Object<K>, wanted: &Wanted<K>, cx: &DraftCx<'_>) {
    draft.change.fields = wanted
        .state
        .present()
        .into_iter()
        .filter(|path| !is_mark(path, cx.tags))
        // AWS's defaults are not worth a line.
        .filter(|path| path.key.is_some() || wanted.mentioned.contains(path.field))
        .map(|path| field_change(path, None, Some(&wanted.state), wanted))
        .collect();
    if wanted.unknown.is_empty() {
        if let Some(refusal) = refuse::unmakeable(object, wanted) {
            return draft.refuse(refusal);
        }
        if let Some(refusal) = refuse::publication(object, wanted, &wanted.state, None, cx) {
            return draft.refuse(refusal);
        }
        draft.change.verb = Verb::Create;
        draft.change.notes.clone_from(&wanted.notes);
        let actions = K::diff(&object.id, Pair::Create(&wanted.state), &cx.diff());
        draft.actions = erase(object, &wanted.state, actions, cx);
    } else {
        draft.change.verb = Verb::Unknown;
        draft.change.unknown = wanted
            .unknown
            .iter()
            .map(|(path, why)| (path.clone(), why.clone()))
            .collect();
    }
}

fn change<K: Member>(draft: &mut Draft, object: &Object<K>, wanted: &Wanted<K>, live: &Observed<K>, cx: &DraftCx<'_>) {
    let levelled = level(wanted, live, cx.tags, cx.whole);
    describe(&mut draft.change, wanted, live, &levelled, cx);
    if replacing(object, &levelled, cx) {
        return replace(draft, object, wanted, live, &levelled, cx);
    }
    if !levelled.replace.is_empty() {
        return draft.refuse(refuse::needs_replacement(object, wanted, live, &levelled));
    }
    let pair = Pair::Change {
        wanted: &levelled.state,
        live,
    };
    let actions = erase(object, &live.state, K::diff(&object.id, pair, &cx.diff()), cx);
    if let Some(refusal) = refuse::blocked(object, wanted, live, &actions) {
        return draft.refuse(refusal);
    }
    if let Some(refusal) = refuse::not_ours(object, wanted, live, &actions, &draft.change.fields, cx) {
        return draft.refuse(refusal);
    }
    let exposing = refuse::publication(object, wanted, &levelled.state, Some(&live.state), cx);
    if let Some(refusal) = exposing.or_else(|| refuse::blind(object, wanted, &levelled, &actions, cx)) {
        return draft.refuse(refusal);
    }
    if !levelled.unknown.is_empty() && refuse::is_unclaimed(object, wanted, live, cx) {
        // What can't be read might differ, and then taking it over would need the user's word.
        draft.change.verb = Verb::Unknown;
        return;
    }
    draft.change.verb = match (actions.is_empty(), draft.change.fields.is_empty()) {
        (true, _) if !levelled.unknown.is_empty() => Verb::Unknown,
        (true, _) => Verb::Keep,
        (false, true) if only_marks(&levelled, live, cx) => Verb::Adopt,
        (false, _) => Verb::Update,
    };
    if draft.change.verb == Verb::Adopt {
        let open = K::exposes(&object.id, &levelled.state, cx.home).into_iter();
        draft
            .change
            .notes
            .extend(open.map(|what| format!("everybody has {what} already")));
    }
    if draft.change.verb == Verb::Update {
        draft.change.notes.extend(wanted.notes.iter().cloned());
    }
    if draft.change.verb == Verb::Update && draft.change.fields.is_empty() {
        let again: Vec<String> = actions.iter().map(|action| action.facts(cx.home).summary).collect();
        draft.change.notes.push(format!(
            "again, because what it names is made anew: {}",
            again.join(", ")
        ));
    }
    draft.actions = actions;
}

/// Whether the file and the user want it deleted and made anew.
pub(super) fn replacing<K: Member>(object: &Object<K>, levelled: &Levelled<K::State>, cx: &DraftCx<'_>) -> bool {
    K::REPLACEABLE && !levelled.replace.is_empty() && cx.consents.replaces(&object.address)
}

fn replace<K: Member>(
    draft: &mut Draft,
    object: &Object<K>,
    wanted: &Wanted<K>,
    live: &Observed<K>,
    levelled: &Levelled<K::State>,
    cx: &DraftCx<'_>,
) {
    if let Some(refusal) = refuse::replacement(object, wanted, live, cx) {
        return draft.refuse(refusal);
    }
    let state = made_anew(wanted, levelled);
    if let Some(refusal) = refuse::publication(object, wanted, &state, Some(&live.state), cx) {
        return draft.refuse(refusal);
    }
    draft.change.verb = Verb::Replace;
    draft.change.notes.extend(wanted.notes.iter().cloned());
    let gone = K::diff(&object.id, Pair::Delete(live), &cx.diff());
    draft.actions = erase(object, &live.state, gone, cx);
    let made = K::diff(&object.id, Pair::Create(&state), &cx.diff());
    draft.actions.extend(erase(object, &state, made, cx));
}

/// What is made in the place of the old one: also what the file leaves to AWS, such as a boundary that is held. AWS's own
/// tags can't be written.
fn made_anew<K: Member>(wanted: &Wanted<K>, levelled: &Levelled<K::State>) -> K::State {
    let mut state = levelled.state.clone();
    let tags = K::tags(&levelled.state).into_iter().flatten();
    for (key, _) in tags.filter(|(key, _)| key.starts_with("aws:")) {
        state.take(&wanted.state, &FieldPath::entry("tags", key));
    }
    state
}

fn delete<K: Member>(draft: &mut Draft, object: &Object<K>, doom: &Doom, live: &Observed<K>, cx: &DraftCx<'_>) {
    draft.change.fields = live
        .state
        .present()
        .into_iter()
        .filter(|path| !is_mark(path, cx.tags))
        .map(|path| FieldChange {
            before: live.state.show(&path),
            path,
            after: None,
            place: None,
        })
        .collect();
    draft.change.notes = K::unmodelled(&live.evidence);
    let lost = K::contents(live).map(|contents| format!("{contents} are deleted with it, for good"));
    draft.change.notes.extend(lost);
    // Where the tags can't be read nobody can say whose it is, and below it is told as unknown.
    let is_told = !live.unknown.keys().any(|path| path.field == "tags");
    if doom.by == DoomedBy::Dropped && is_told && !refuse::carries_mark(live, cx) {
        let note = "no longer declared, and stays: it does not carry this environment's mark";
        return draft.change.notes.push(note.to_owned());
    }
    if let Some(refusal) = refuse::deletion(object, doom, live, cx) {
        return draft.refuse(refusal);
    }
    // An entry that can't be told in full goes with its thing; a field that could not be read may hold what forbids it.
    if live.unknown.keys().any(|path| path.key.is_none()) {
        // What can't be read might protect it, or say that it is somebody else's.
        draft.change.verb = Verb::Unknown;
        draft.change.unknown = live.unknown.clone().into_iter().collect();
        return;
    }
    draft.change.verb = Verb::Delete;
    draft.actions = erase(
        object,
        &live.state,
        K::diff(&object.id, Pair::Delete(live), &cx.diff()),
        cx,
    );
}

fn erase<K: Member>(object: &Object<K>, state: &K::State, actions: Vec<K::Action>, cx: &DraftCx<'_>) -> Vec<AnyAction> {
    let arn = K::arn(&object.id, Some(state), cx.home);
    actions
        .into_iter()
        .map(|action| K::action(object.id.clone(), arn.clone(), action))
        .collect()
}

fn describe<K: Member>(
    change: &mut Change,
    wanted: &Wanted<K>,
    live: &Observed<K>,
    levelled: &Levelled<K::State>,
    cx: &DraftCx<'_>,
) {
    let paths = levelled
        .state
        .apart(&live.state)
        .into_iter()
        .filter(|path| !is_mark(path, cx.tags) || gives_up(wanted, cx));
    change.fields = paths
        .map(|path| field_change(path, Some(&live.state), Some(&levelled.state), wanted))
        .collect();
    let kept = |paths: &[FieldPath]| {
        paths
            .iter()
            .map(|path| field_change(path.clone(), Some(&live.state), Some(&wanted.state), wanted))
            .collect()
    };
    change.held = kept(&levelled.held);
    change.ignored = kept(&levelled.ignored);
    let unmet = levelled.unmet.iter().map(|path| Unmet {
        remedy: K::remedy(path),
        field: field_change(path.clone(), Some(&live.state), Some(&wanted.state), wanted),
    });
    change.unmet = unmet.collect();
    change.unknown = levelled.unknown.clone();
    change.notes = K::unmodelled(&live.evidence);
}

fn field_change<K: Kind>(
    path: FieldPath,
    before: Option<&K::State>,
    after: Option<&K::State>,
    wanted: &Wanted<K>,
) -> FieldChange {
    let place = wanted
        .places
        .get(&path)
        .or_else(|| wanted.places.get(&FieldPath::whole(path.field)));
    FieldChange {
        before: before.and_then(|state| state.show(&path)),
        after: after.and_then(|state| state.show(&path)),
        place: place.cloned(),
        path,
    }
}

fn is_mark(path: &FieldPath, tags: &TagRules) -> bool {
    path.field == "tags" && path.key.as_deref() == Some(&tags.owner_key)
}

/// Whether the file gives a thing up: then its mark is no matter of course but what changes.
fn gives_up<K: Kind>(wanted: &Wanted<K>, cx: &DraftCx<'_>) -> bool {
    let owner = K::tags(&wanted.state).map(|tags| tags.get(&cx.tags.owner_key));
    !wanted.shared && owner.is_some_and(|owner| owner.is_none_or(|owner| owner != cx.environment))
}

fn only_marks<S: Fields>(levelled: &Levelled<S>, live: &Observed<impl Kind<State = S>>, cx: &DraftCx<'_>) -> bool {
    let apart = levelled.state.apart(&live.state);
    !apart.is_empty() && apart.iter().all(|path| is_mark(path, cx.tags))
}

impl DraftCx<'_> {
    fn diff(&self) -> DiffCx<'_> {
        DiffCx {
            home: self.home,
            replaced: self.replaced,
            entangled: self.entangled,
            owner_key: &self.tags.owner_key,
        }
    }
}
