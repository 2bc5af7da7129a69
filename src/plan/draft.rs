//! What happens to one resource: ownership, adoption, levelling, diff, in this order.
//!
//! Invariant: a resource is either brought wholly to what the file says, or not touched at all and a refusal says why.

use std::collections::BTreeSet;

use crate::fields::{FieldPath, Fields};
use crate::kind::{DiffCx, Doom, Home, Kind, Loss, Object, Observed, Pair, Seen, Wanted};
use crate::kinds::{AnyAction, Member, Visit};
use crate::names::Arn;
use crate::spec::source::Place;

use super::consent::Consents;
use super::level::{Levelled, TagRules, level};
use super::{Change, FieldChange, Refusal, Verb};

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
    /// Everything that the file declares or names under `absent:`, users, groups and roles without their paths.
    pub declared: &'a BTreeSet<Arn>,
    /// Of these, those that the file declares whole, not `shared`, or names under `absent:`.
    pub whole: &'a BTreeSet<Arn>,
    /// Who runs the tool.
    pub caller: &'a Arn,
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
            (Some(_), _, Seen::Unread) => unread(&mut draft, "it was not read"),
            (None, _, Seen::Absent | Seen::Unread | Seen::There(_)) => {}
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
    Change {
        address: object.address.clone(),
        verb: Verb::Keep,
        origin: origin.cloned(),
        fields: Vec::new(),
        held: Vec::new(),
        ignored: Vec::new(),
        unknown: Vec::new(),
        notes: Vec::new(),
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
        return replace(draft, object, wanted, live, cx);
    }
    if !levelled.replace.is_empty() {
        draft.change.verb = Verb::Refuse;
        draft.refusals.push(needs_replacement(object, wanted, live, &levelled));
        return;
    }
    let actions = K::diff(
        &object.id,
        Pair::Change {
            wanted: &levelled.state,
            live,
        },
        &cx.diff(),
    );
    let erased = erase(object, &live.state, actions, cx);
    if let Some(refusal) = ownership(object, wanted, live, &erased, &draft.change.fields, cx) {
        draft.change.verb = Verb::Refuse;
        draft.refusals.push(refusal);
        return;
    }
    draft.change.verb = match (erased.is_empty(), draft.change.fields.is_empty()) {
        (true, _) => Verb::Keep,
        (false, true) if only_marks(&levelled, live, cx) => Verb::Adopt,
        (false, _) => Verb::Update,
    };
    if draft.change.verb == Verb::Update {
        draft.change.notes.extend(wanted.notes.iter().cloned());
    }
    if draft.change.verb == Verb::Update && draft.change.fields.is_empty() {
        let again: Vec<String> = erased.iter().map(|action| action.facts(cx.home).summary).collect();
        draft.change.notes.push(format!(
            "again, because what it names is made anew: {}",
            again.join(", ")
        ));
    }
    draft.actions = erased;
}

fn replacing<K: Member>(object: &Object<K>, levelled: &Levelled<K::State>, cx: &DraftCx<'_>) -> bool {
    !levelled.replace.is_empty() && cx.consents.replaces(&object.address)
}

fn replace<K: Member>(draft: &mut Draft, object: &Object<K>, wanted: &Wanted<K>, live: &Observed<K>, cx: &DraftCx<'_>) {
    if let Some(refusal) = may_not_go(object, &wanted.origin, live, cx) {
        draft.change.verb = Verb::Refuse;
        draft.refusals.push(refusal);
        return;
    }
    draft.change.verb = Verb::Replace;
    draft.change.notes.extend(wanted.notes.iter().cloned());
    draft.actions = erase(
        object,
        &live.state,
        K::diff(&object.id, Pair::Delete(live), &cx.diff()),
        cx,
    );
    let made = K::diff(&object.id, Pair::Create(&wanted.state), &cx.diff());
    draft.actions.extend(erase(object, &wanted.state, made, cx));
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
    let refusal = may_not_go(object, &doom.origin, live, cx).or_else(|| still_used(object, doom, live, cx));
    if let Some(refusal) = refusal {
        draft.change.verb = Verb::Refuse;
        draft.refusals.push(refusal);
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
        .filter(|path| !is_mark(path, cx.tags));
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

fn only_marks<S: Fields>(levelled: &Levelled<S>, live: &Observed<impl Kind<State = S>>, cx: &DraftCx<'_>) -> bool {
    let apart = levelled.state.apart(&live.state);
    !apart.is_empty() && apart.iter().all(|path| is_mark(path, cx.tags))
}

/// Whether what was found may be changed at all: somebody else's, nobody's, or ours.
fn ownership<K: Member>(
    object: &Object<K>,
    wanted: &Wanted<K>,
    live: &Observed<K>,
    actions: &[AnyAction],
    fields: &[FieldChange],
    cx: &DraftCx<'_>,
) -> Option<Refusal> {
    if wanted.shared || cx.consents.adopts(&object.address) {
        return None;
    }
    let Some(tags) = K::tags(&live.state) else {
        return untaggable(object, wanted, actions, cx);
    };
    if let Some(owner) = other_owner(tags, cx) {
        return Some(contested(object, &wanted.origin, &owner));
    }
    let ours = tags
        .get(&cx.tags.owner_key)
        .is_some_and(|owner| owner == cx.environment);
    (!ours && !fields.is_empty() && !K::pristine(live)).then(|| Refusal {
        guard: "adopt",
        address: Some(object.address.clone()),
        message: format!(
            "{} exists and is not this environment's; {} would change",
            object.address,
            list(fields)
        ),
        place: Some(wanted.origin.clone()),
        hint: format!("to take it over and change it: --adopt {}", object.address),
    })
}

fn list(fields: &[FieldChange]) -> String {
    let names: Vec<String> = fields.iter().map(|field| field.path.to_string()).collect();
    names.join(", ")
}

/// What can't be tagged can't say whose it is: adding to it harms nobody, taking away needs the user's word.
fn untaggable<K: Member>(
    object: &Object<K>,
    wanted: &Wanted<K>,
    actions: &[AnyAction],
    cx: &DraftCx<'_>,
) -> Option<Refusal> {
    let removals: Vec<String> = actions
        .iter()
        .map(|action| action.facts(cx.home))
        .filter(|facts| facts.loss != Loss::None)
        .map(|facts| facts.summary)
        .collect();
    (!removals.is_empty()).then(|| Refusal {
        guard: "adopt",
        address: Some(object.address.clone()),
        message: format!(
            "{} can't carry a mark of ownership, and this takes away: {}",
            object.address,
            removals.join(", ")
        ),
        place: Some(wanted.origin.clone()),
        hint: format!("to do it: --adopt {}", object.address),
    })
}

fn other_owner(tags: &std::collections::BTreeMap<String, String>, cx: &DraftCx<'_>) -> Option<String> {
    let stack = tags
        .get("aws:cloudformation:stack-name")
        .map(|stack| format!("the CloudFormation stack `{stack}`"));
    let environment = tags.get(&cx.tags.owner_key).filter(|owner| *owner != cx.environment);
    stack.or(environment.map(|owner| format!("the environment `{owner}`")))
}

fn contested<K: Kind>(object: &Object<K>, place: &Place, owner: &str) -> Refusal {
    Refusal {
        guard: "contested",
        address: Some(object.address.clone()),
        message: format!("{} belongs to {owner}", object.address),
        place: Some(place.clone()),
        hint: format!("to take it from there: --adopt {}", object.address),
    }
}

fn needs_replacement<K: Member>(
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
    Refusal {
        guard: "replace",
        address: Some(object.address.clone()),
        message: format!("AWS can't change {} of {} in place", fields.join(", "), object.address),
        place: Some(place.unwrap_or(&wanted.origin).clone()),
        hint: format!("to delete it and make it anew: --replace {}", object.address),
    }
}

/// What must never be deleted, whoever asks.
fn may_not_go<K: Member>(object: &Object<K>, place: &Place, live: &Observed<K>, cx: &DraftCx<'_>) -> Option<Refusal> {
    let arn = K::arn(&object.id, Some(&live.state), cx.home);
    let refuse = |guard, message: String, hint: &str| {
        Some(Refusal {
            guard,
            address: Some(object.address.clone()),
            message,
            place: Some(place.clone()),
            hint: hint.into(),
        })
    };
    if arn.is_aws_made() {
        return refuse(
            "reserved",
            format!("{} was made by AWS", object.address),
            "delete it through the service that owns it",
        );
    }
    if arn.names_same_principal(cx.caller) {
        return refuse(
            "lockout",
            format!("{} is the identity that runs this", object.address),
            "run it as somebody else",
        );
    }
    let tags = K::tags(&live.state);
    if tags.is_some_and(|tags| tags.get(&cx.tags.protect_key).is_some_and(|value| value == "true"))
        || object.wanted.as_ref().is_some_and(|wanted| wanted.protect)
    {
        let message = format!("{} is protected", object.address);
        return refuse(
            "protect",
            message,
            "write `protect: false`, apply that, and delete it then",
        );
    }
    tags.filter(|_| !cx.consents.adopts(&object.address))
        .and_then(|tags| other_owner(tags, cx))
        .map(|owner| contested(object, place, &owner))
}

fn still_used<K: Member>(object: &Object<K>, doom: &Doom, live: &Observed<K>, cx: &DraftCx<'_>) -> Option<Refusal> {
    let users: Vec<String> = K::users(live)
        .into_iter()
        .filter(|arn| !cx.declared.contains(&arn.pathless()))
        .map(|arn| arn.to_string())
        .collect();
    (!users.is_empty() && !doom.detach).then(|| Refusal {
        guard: "in-use",
        address: Some(object.address.clone()),
        message: format!(
            "{} is used by what this file does not declare: {}",
            object.address,
            users.join(", ")
        ),
        place: Some(doom.origin.clone()),
        hint: "to unlink them first, write `detach: true` beside its name under `absent:`".into(),
    })
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
