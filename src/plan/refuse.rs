//! What must not happen to a resource without the user's word, and what must not happen at all.
//!
//! Invariant: nothing here changes a plan; every refusal says what would allow it. What can't be read allows nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::fields::{FieldPath, Fields as _};
use crate::kind::{Doom, DoomedBy, Kind, Loss, Object, Observed, Obstacle, Wanted};
use crate::kinds::{AnyAction, Member};
use crate::spec::source::Place;

use super::consent::Danger;
use super::draft::DraftCx;
use super::level::Levelled;
use super::{FieldChange, Refusal};

/// A refusal about one resource.
fn about<K: Kind>(guard: &'static str, object: &Object<K>, place: &Place, message: String, hint: String) -> Refusal {
    Refusal {
        guard,
        address: Some(object.address.clone()),
        message,
        place: Some(place.clone()),
        hint,
    }
}

/// Why AWS would refuse what is to be done, whoever wants it.
pub(super) fn blocked<K: Member>(
    object: &Object<K>,
    wanted: &Wanted<K>,
    live: &Observed<K>,
    actions: &[AnyAction],
) -> Option<Refusal> {
    let Obstacle { guard, what, remedy } = K::obstacle(&object.id, live).filter(|_| !actions.is_empty())?;
    Some(about(
        guard,
        object,
        &wanted.origin,
        format!("{}: {what}", object.address),
        remedy,
    ))
}

/// Why what was found may not be changed: it is somebody else's, or nobody's and would lose what it is.
pub(super) fn not_ours<K: Member>(
    object: &Object<K>,
    wanted: &Wanted<K>,
    live: &Observed<K>,
    actions: &[AnyAction],
    fields: &[FieldChange],
    cx: &DraftCx<'_>,
) -> Option<Refusal> {
    if cx.consents.adopts(&object.address) {
        return None;
    }
    let adds_only = wanted.shared || K::tags(&live.state).is_none();
    if adds_only
        && !actions.is_empty()
        && let Some(refusal) = adding_to_theirs(object, wanted, live, cx)
    {
        return Some(refusal);
    }
    if wanted.shared {
        return not_added(object, wanted, fields);
    }
    let Some(tags) = K::tags(&live.state) else {
        return untaggable(object, wanted, actions, cx);
    };
    // What was handed over is where the file wants it; to do more to it is to take it back.
    let wished = K::tags(&wanted.state).and_then(|tags| tags.get(&cx.tags.owner_key));
    let is_given_up = wished.is_none_or(|owner| owner != cx.environment) && actions.is_empty();
    if let Some(owner) = other_owner(tags, cx).filter(|_| !is_given_up) {
        return Some(contested(object, &wanted.origin, &owner));
    }
    (!is_ours(tags, cx) && !fields.is_empty() && !K::pristine(live)).then(|| {
        let (address, fields) = (&object.address, list(fields));
        let message = format!("{address} exists and is not this environment's; {fields} would change");
        let hint = format!("to take it over and change it: --adopt {address}");
        about("adopt", object, &wanted.origin, message, hint)
    })
}

/// Adding to what another environment keeps whole would only be taken away again, and added again. Whoever can't be told
/// may be another one.
fn adding_to_theirs<K: Member>(
    object: &Object<K>,
    wanted: &Wanted<K>,
    live: &Observed<K>,
    cx: &DraftCx<'_>,
) -> Option<Refusal> {
    let address = &object.address;
    if let Some((path, why)) = live.unknown.iter().find(|(path, _)| path.field == "tags") {
        let message = format!("whose {address} is can't be told while its {path} are unknown: {why}");
        let hint = "make them readable first".to_owned();
        return Some(about("unknown", object, &wanted.origin, message, hint));
    }
    let tags = K::tags(&live.state).or(K::host_tags(live))?;
    let owner = other_owner(tags, cx)?;
    let hint = format!("to add to it all the same: --adopt {address}");
    Some(Refusal {
        hint,
        ..contested(object, &wanted.origin, &owner)
    })
}

/// What is shared is added to; what would replace what is there is no addition.
fn not_added<K: Member>(object: &Object<K>, wanted: &Wanted<K>, fields: &[FieldChange]) -> Option<Refusal> {
    let replaced = |field: &&FieldChange| field.before.is_some();
    let replaced: Vec<String> = fields.iter().filter(replaced).map(|field| field.path.brief()).collect();
    (!replaced.is_empty()).then(|| {
        let (address, fields) = (&object.address, replaced.join(", "));
        let message = format!("{address} is shared, and {fields} of it would be another than it is");
        let hint = format!("leave that out, or to change it all the same: --adopt {address}");
        about("adopt", object, &wanted.origin, message, hint)
    })
}

fn is_ours(tags: &BTreeMap<String, String>, cx: &DraftCx<'_>) -> bool {
    tags.get(&cx.tags.owner_key)
        .is_some_and(|owner| owner == cx.environment)
}

/// Whether it could carry our mark, has none, and the user hasn't given it to us.
pub(super) fn is_unclaimed<K: Member>(
    object: &Object<K>,
    wanted: &Wanted<K>,
    live: &Observed<K>,
    cx: &DraftCx<'_>,
) -> bool {
    let is_free = !wanted.shared && !cx.consents.adopts(&object.address);
    is_free && K::tags(&live.state).is_some_and(|tags| !is_ours(tags, cx))
}

fn list(fields: &[FieldChange]) -> String {
    let names: Vec<String> = fields.iter().map(|field| field.path.brief()).collect();
    names.join(", ")
}

/// What can't be tagged can't say whose it is: adding to it harms nobody, taking away needs the user's word.
fn untaggable<K: Member>(
    object: &Object<K>,
    wanted: &Wanted<K>,
    actions: &[AnyAction],
    cx: &DraftCx<'_>,
) -> Option<Refusal> {
    if cx.known.contains(&object.address) {
        return None;
    }
    let removals: Vec<String> = actions
        .iter()
        .map(|action| action.facts(cx.home))
        .filter(|facts| facts.loss != Loss::None)
        .map(|facts| facts.summary)
        .collect();
    (!removals.is_empty()).then(|| {
        let (address, removals) = (&object.address, removals.join(", "));
        let message = format!("{address} can't carry a mark of ownership, and this takes away: {removals}");
        about(
            "adopt",
            object,
            &wanted.origin,
            message,
            format!("to do it: --adopt {address}"),
        )
    })
}

fn other_owner(tags: &BTreeMap<String, String>, cx: &DraftCx<'_>) -> Option<String> {
    cx.tags.other_owner(tags, cx.environment)
}

fn contested<K: Kind>(object: &Object<K>, place: &Place, owner: &str) -> Refusal {
    let message = format!("{} belongs to {owner}", object.address);
    let hint = format!("to take it from there: --adopt {}", object.address);
    about("contested", object, place, message, hint)
}

/// Why a thing may not be deleted and made anew although the user has said so.
pub(super) fn replacement<K: Member>(
    object: &Object<K>,
    wanted: &Wanted<K>,
    live: &Observed<K>,
    cx: &DraftCx<'_>,
) -> Option<Refusal> {
    let (address, place) = (&object.address, &wanted.origin);
    let refuse = |guard, message: String, hint: String| Some(about(guard, object, place, message, hint));
    if let Some(refusal) = may_not_go(object, place, live, cx) {
        return Some(refusal);
    }
    if wanted.shared {
        let message = format!("{address} is shared, and a new one would lack what others have put there");
        return refuse("replace", message, "leave that field out".into());
    }
    if is_unclaimed(object, wanted, live, cx) && !K::pristine(live) {
        let message = format!("{address} exists and is not this environment's; it would be deleted and made anew");
        return refuse("adopt", message, format!("to take it over as well: --adopt {address}"));
    }
    if let Some((path, why)) = live.unknown.iter().chain(&wanted.unknown).next() {
        let message = format!("{address} can't be made anew while its {path} is unknown: {why}");
        return refuse("unknown", message, "make it readable first".into());
    }
    if let Some(contents) = K::contents(live) {
        let message = format!("{address} holds {contents}, which would be lost");
        return refuse(
            "data-loss",
            message,
            "empty it first, or leave that field as it is".into(),
        );
    }
    let users = unsettled_users(live, cx);
    if !users.is_empty() {
        let message = format!(
            "{address} would be taken from what this file does not declare: {}",
            users.join(", ")
        );
        return refuse("in-use", message, "declare them, or detach it from them first".into());
    }
    let bounds = bounded(object, live, cx)?;
    let message = format!("{address} is the boundary of {bounds}, who would have none while it is made anew");
    refuse(
        "in-use",
        message,
        "make it under another name, and set that as the boundary first".into(),
    )
}

/// Whose boundary it is, other than of what goes itself.
fn bounded<K: Member>(object: &Object<K>, live: &Observed<K>, cx: &DraftCx<'_>) -> Option<String> {
    let arn = K::arn(&object.id, Some(&live.state), cx.home);
    cx.around.bounds.get(&arn).map(spelled)
}

fn spelled(addresses: &BTreeSet<Address>) -> String {
    let addresses: Vec<String> = addresses.iter().map(Address::to_string).collect();
    addresses.join(", ")
}

/// Why a thing that `absent:` names may not be deleted.
pub(super) fn deletion<K: Member>(
    object: &Object<K>,
    doom: &Doom,
    live: &Observed<K>,
    cx: &DraftCx<'_>,
) -> Option<Refusal> {
    may_not_go(object, &doom.origin, live, cx)
        .or_else(|| unmarked(object, doom, live, cx))
        .or_else(|| still_named(object, doom, live, cx))
        .or_else(|| still_used(object, doom, live, cx))
        .or_else(|| still_full(object, doom, live, cx))
}

/// Whether a thing is marked as ours, or can't be marked at all.
pub(super) fn carries_mark<K: Member>(live: &Observed<K>, cx: &DraftCx<'_>) -> bool {
    K::tags(&live.state).is_none_or(|tags| is_ours(tags, cx))
}

/// That a base declared it is one proof of two; what can't carry our mark lacks the other one.
fn unmarked<K: Member>(object: &Object<K>, doom: &Doom, live: &Observed<K>, cx: &DraftCx<'_>) -> Option<Refusal> {
    let address = &object.address;
    let is_proved = doom.by == DoomedBy::Absent || K::tags(&live.state).is_some();
    (!is_proved && !cx.consents.allows(Danger::Delete, Some(address))).then(|| {
        let message = format!("{address} is no longer declared, and nothing on it says whose it is");
        let hint = format!("to delete it: --allow delete:{address}");
        about(Danger::Delete.word(), object, &doom.origin, message, hint)
    })
}

/// Why a thing may not be deleted with what people have put into it.
fn still_full<K: Member>(object: &Object<K>, doom: &Doom, live: &Observed<K>, cx: &DraftCx<'_>) -> Option<Refusal> {
    let contents = K::contents(live)?;
    let address = &object.address;
    let refuse = |guard, message, hint: String| Some(about(guard, object, &doom.origin, message, hint));
    if !doom.empty {
        let name = &object.id;
        let hint = format!("to delete them with it: `{{ name: {name}, empty: true }}` and --allow data-loss:{address}");
        return refuse("data-loss", format!("{address} holds {contents}"), hint);
    }
    if K::tags(&live.state).is_some_and(|tags| !is_ours(tags, cx)) {
        let message = format!("{address} holds {contents} and does not carry this environment's mark");
        let hint = "empty it by hand, or declare it and adopt it first".to_owned();
        return refuse("data-loss", message, hint);
    }
    let is_allowed = cx.consents.allows(Danger::DataLoss, Some(address));
    let message = format!("{address} would lose {contents} for good");
    let hint = format!("to go on: --allow data-loss:{address}");
    if is_allowed {
        None
    } else {
        refuse("data-loss", message, hint)
    }
}

/// What everybody may do can't be told while a part of it can't be read, and then the rest of it stays as it is.
pub(super) fn blind<K: Member>(
    object: &Object<K>,
    wanted: &Wanted<K>,
    levelled: &Levelled<K::State>,
    actions: &[AnyAction],
    cx: &DraftCx<'_>,
) -> Option<Refusal> {
    let bears = |path: &FieldPath| K::EXPOSING.contains(&path.field);
    let (unread, why) = levelled.unknown.iter().find(|(path, _)| bears(path))?;
    let touched = actions
        .iter()
        .any(|action| action.facts(cx.home).fields.iter().any(bears));
    touched.then(|| {
        let address = &object.address;
        let message =
            format!("what everybody may do with {address} can't be told while its {unread} is unknown: {why}");
        about(
            "public",
            object,
            &wanted.origin,
            message,
            "make it readable first".into(),
        )
    })
}

/// What would be opened to everybody and neither the file nor the user has consented to.
pub(super) fn publication<K: Member>(
    object: &Object<K>,
    wanted: &Wanted<K>,
    state: &K::State,
    live: Option<&K::State>,
    cx: &DraftCx<'_>,
) -> Option<Refusal> {
    let address = &object.address;
    let exposed = |state: &K::State| K::exposes(&object.id, state, cx.home);
    let before = live.map(exposed).unwrap_or_default();
    let opened: Vec<String> = exposed(state)
        .into_iter()
        .filter(|what| !is_among(&before, what) && !is_among(&wanted.public, what))
        .collect();
    if opened.is_empty() || cx.consents.allows(Danger::Public, Some(address)) {
        return None;
    }
    let message = format!("{address} would give everybody {}", opened.join(", "));
    let hint = format!("to go on: --allow public:{address}");
    let hint = match K::FIELDS.iter().any(|field| field.name == "public") {
        true => {
            format!("to go on: write what may be read by everybody as `public:` on it, or --allow public:{address}")
        }
        false => hint,
    };
    Some(about("public", object, &wanted.origin, message, hint))
}

/// Actions have no case; what they are done to may have.
fn is_among(phrases: &BTreeSet<String>, what: &str) -> bool {
    let folded = |phrase: &str| match phrase.split_once(' ') {
        Some((action, rest)) => format!("{} {rest}", action.to_ascii_lowercase()),
        None => phrase.to_ascii_lowercase(),
    };
    phrases.iter().any(|phrase| folded(phrase) == folded(what))
}

/// AWS can't change something in place, and the user hasn't said that it may go.
pub(super) fn needs_replacement<K: Member>(
    object: &Object<K>,
    wanted: &Wanted<K>,
    live: &Observed<K>,
    levelled: &Levelled<K::State>,
) -> Refusal {
    let fields: Vec<String> = levelled
        .replace
        .iter()
        .map(|path| {
            let value = |state: &K::State| state.show(path).map_or("nothing".to_owned(), |shown| shown.to_line());
            format!("{path} from {} to {}", value(&live.state), value(&levelled.state))
        })
        .collect();
    let place = levelled.replace.iter().find_map(|path| wanted.places.get(path));
    let message = format!("AWS can't change {} of {} in place", fields.join(", "), object.address);
    let hint = if K::REPLACEABLE {
        format!("to delete it and make it anew: --replace {}", object.address)
    } else {
        format!("write it as it is, or leave it out; a {} is never made anew", K::NAME)
    };
    about("replace", object, place.unwrap_or(&wanted.origin), message, hint)
}

/// What is to be made has a part that only keeps what is there.
pub(super) fn unmakeable<K: Member>(object: &Object<K>, wanted: &Wanted<K>) -> Option<Refusal> {
    let why = K::unmakeable(&wanted.state)?;
    let message = format!("{} can't be made: {why}", object.address);
    let hint = "say in the file what it shall be".to_owned();
    Some(about("missing", object, &wanted.origin, message, hint))
}

/// What must never be deleted, whoever asks.
fn may_not_go<K: Member>(object: &Object<K>, place: &Place, live: &Observed<K>, cx: &DraftCx<'_>) -> Option<Refusal> {
    let (arn, address) = (K::arn(&object.id, Some(&live.state), cx.home), &object.address);
    let refuse = |guard, message: String, hint: &str| Some(about(guard, object, place, message, hint.into()));
    if arn.is_aws_made() {
        let hint = "delete it through the service that owns it";
        return refuse("reserved", format!("{address} was made by AWS"), hint);
    }
    if arn.names_same_principal(cx.caller) {
        let message = format!("{address} is the identity that runs this");
        return refuse("lockout", message, "run it as somebody else");
    }
    let tags = K::tags(&live.state);
    let is_marked = tags.is_some_and(|tags| tags.get(&cx.tags.protect_key).is_some_and(|value| value == "true"));
    if is_marked || object.wanted.as_ref().is_some_and(|wanted| wanted.protect) {
        let hint = "declare it with `protect: false`, apply that, and delete it then";
        return refuse("protect", format!("{address} is protected"), hint);
    }
    tags.filter(|_| !cx.consents.adopts(address))
        .and_then(|tags| other_owner(tags, cx))
        .map(|owner| contested(object, place, &owner))
}

/// The file names it elsewhere, or something holds, ignores or shares it there.
fn still_named<K: Member>(object: &Object<K>, doom: &Doom, live: &Observed<K>, cx: &DraftCx<'_>) -> Option<Refusal> {
    let arn = K::arn(&object.id, Some(&live.state), cx.home);
    let by = spelled(cx.around.named.get(&arn)?);
    let message = format!("{} is still named by {by}", object.address);
    let hint = "take it out there in words; what is held, ignored or shared is not taken away";
    Some(about("in-use", object, &doom.origin, message, hint.into()))
}

fn unsettled_users<K: Member>(live: &Observed<K>, cx: &DraftCx<'_>) -> Vec<String> {
    K::users(live)
        .into_iter()
        .filter(|arn| !cx.around.settled.contains(&arn.pathless()))
        .map(|arn| arn.to_string())
        .collect()
}

fn still_used<K: Member>(object: &Object<K>, doom: &Doom, live: &Observed<K>, cx: &DraftCx<'_>) -> Option<Refusal> {
    let users = unsettled_users(live, cx);
    let can_let_go = doom.detach && K::DETACHABLE;
    (!users.is_empty() && !can_let_go).then(|| {
        let users = users.join(", ");
        let message = format!("{} is used by what this file does not declare: {users}", object.address);
        let hint = match K::DETACHABLE {
            true => "to unlink them first, write `detach: true` beside its name under `absent:`",
            false => "delete them first, or name them under `absent:` as well",
        };
        about("in-use", object, &doom.origin, message, hint.into())
    })
}
