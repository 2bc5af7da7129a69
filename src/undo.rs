//! From a plan to the file that undoes it: what it touches, as it is before.
//!
//! Invariant: pure, and it speaks of nothing but what the plan touches. What a file can't bring back is said in it. No
//! value of a function's environment is in it.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use crate::address::Address;
use crate::author::{self, Authored, Heading, Layout, Stance, Style, Written};
use crate::fields::{FieldPath, Fields as _};
use crate::kind::{Form, Home, Kind, Object, Observed, Regained, Seen};
use crate::kinds::{AnyObject, Member, Visit};
use crate::names::{AccountId, Arn, Region};
use crate::plan::level::TagRules;
use crate::plan::{Plan, Step, Verb};

/// The name of the file.
pub const FILE: &str = "environment.yaml";

/// What the undo of a plan is made from.
#[derive(Debug)]
pub struct Input<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The resources that it was made from, with what AWS has of them.
    pub objects: &'a [AnyObject],
    /// Who lose a link by it although the file does not speak of them; see [`strangers`].
    pub strangers: &'a [AnyObject],
    /// Which tags are whose.
    pub tags: &'a TagRules,
    /// The account.
    pub home: &'a Home,
    /// The default region.
    pub region: &'a Region,
}

/// What the file will say of one resource.
#[derive(Debug)]
pub struct Entry<'a> {
    object: &'a AnyObject,
    stance: Stance,
    instead: BTreeMap<&'static str, Json>,
    ignore: Vec<String>,
    /// What can't come back, each as a sentence fragment.
    lost: Vec<String>,
}

impl Entry<'_> {
    /// The saved code that it needs, as a path beside the file.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.instead.get("code")?.get("zip")?.as_str()
    }

    /// Whether nothing can be said of it but that it stays.
    fn is_left(&self) -> bool {
        self.stance == Stance::Shared && self.instead.is_empty()
    }

    /// The code could not be saved, so it is not replaced either: what is there is kept.
    pub fn keep_code(&mut self) {
        self.instead.insert("code", json!({ "live": true }));
        self.lost.push("its code, which could not be saved".to_owned());
    }
}

/// Who lose a link to a thing by the plan and are not touched by it otherwise: users taken out of a group, roles from which
/// a policy that goes is detached. They have to be read before [`entries`].
#[must_use]
pub fn strangers(plan: &Plan, objects: &[AnyObject], home: &Home) -> BTreeSet<Arn> {
    let touched = touched(plan);
    let known: BTreeSet<Arn> = objects
        .iter()
        .filter(|object| touched.contains_key(object.address()))
        .map(|object| object.visit(ArnOf(home)).pathless())
        .collect();
    let holders = plan.steps.iter().filter_map(|step| step.facts.unlinks.as_ref());
    holders
        .map(|(holder, _)| holder.clone())
        .filter(|holder| !known.contains(&holder.pathless()))
        .collect()
}

struct ArnOf<'a>(&'a Home);

impl Visit for ArnOf<'_> {
    type Out = Arn;

    fn visit<K: Member>(self, object: &Object<K>) -> Arn {
        let state = match &object.seen {
            Seen::There(live) => Some(&live.state),
            Seen::Unread | Seen::Absent | Seen::Unknown(_) => None,
        };
        K::arn(&object.id, state, self.0)
    }
}

fn touched(plan: &Plan) -> BTreeMap<&Address, Vec<&Step>> {
    let mut touched: BTreeMap<&Address, Vec<&Step>> = BTreeMap::new();
    for step in &plan.steps {
        touched.entry(&step.address).or_default().push(step);
    }
    touched
}

/// What the file will say, resource by resource.
#[must_use]
pub fn entries<'a>(input: &Input<'a>) -> Vec<Entry<'a>> {
    let touched = touched(input.plan);
    let verbs: BTreeMap<&Address, Verb> = input
        .plan
        .changes
        .iter()
        .map(|change| (&change.address, change.verb))
        .collect();
    let own = input.objects.iter().filter_map(|object| {
        let steps = touched.get(object.address())?;
        let verb = verbs.get(object.address()).copied().unwrap_or(Verb::Update);
        Some((object, object.visit(Former { input, steps, verb })?))
    });
    let strangers = input
        .strangers
        .iter()
        .filter_map(|object| Some((object, object.visit(Relinked { input })?)));
    let all = own.chain(strangers);
    all.map(|(object, said)| {
        let Said {
            stance,
            instead,
            ignore,
            lost,
        } = said;
        Entry {
            object,
            stance,
            instead,
            ignore,
            lost,
        }
    })
    .collect()
}

/// What is said of a resource.
struct Said {
    stance: Stance,
    instead: BTreeMap<&'static str, Json>,
    ignore: Vec<String>,
    lost: Vec<String>,
}

impl Said {
    fn new(stance: Stance) -> Self {
        Self {
            stance,
            instead: BTreeMap::new(),
            ignore: Vec::new(),
            lost: Vec::new(),
        }
    }
}

/// A resource that the plan touches, as it was.
struct Former<'a, 'b> {
    input: &'a Input<'b>,
    steps: &'a [&'a Step],
    verb: Verb,
}

impl Visit for Former<'_, '_> {
    type Out = Option<Said>;

    fn visit<K: Member>(self, object: &Object<K>) -> Option<Said> {
        let before = match &object.seen {
            Seen::There(live) => Some(live),
            Seen::Absent => None,
            Seen::Unread | Seen::Unknown(_) => return None,
        };
        let state = before.map(|live| K::any_state(live.state.clone()));
        let after = self.steps.iter().fold(state, |state, step| step.action.after(state));
        let after = after.and_then(K::state_of);
        Some(match before {
            None => self.made(object, after.as_ref()),
            Some(before) => self.changed(object, before, after.as_ref()),
        })
    }
}

impl Former<'_, '_> {
    /// What is made now must not be then.
    fn made<K: Member>(&self, object: &Object<K>, after: Option<&K::State>) -> Said {
        let mut said = Said::new(Stance::Absent);
        let made_by_aws = || {
            let arn = K::arn(&object.id, after, self.input.home);
            arn.is_aws_made().then_some("the service that owns it deletes it")
        };
        if let Some(why) = K::undeletable(&object.id).or_else(made_by_aws) {
            said.stance = Stance::Shared;
            said.lost.push(format!("that it was not there: {why}"));
            return said;
        }
        if after.is_some_and(K::is_filled) {
            said.instead.insert("empty", json!(true));
        }
        let protected = after
            .and_then(K::tags)
            .is_some_and(|tags| tags.contains_key(&self.input.tags.protect_key));
        if protected {
            said.lost
                .push("that it was not there, while it is protected".to_owned());
        }
        said
    }

    fn changed<K: Member>(&self, object: &Object<K>, before: &Observed<K>, after: Option<&K::State>) -> Said {
        let mut said = Said::new(Stance::Declared);
        let gone = K::regain(&object.id, before, None);
        let Regained { instead, lost } = match (after, self.verb) {
            (Some(_), Verb::Replace) | (None, _) => gone,
            (Some(after), _) => K::regain(&object.id, before, Some(after)),
        };
        (said.instead, said.lost) = (instead, lost);
        self.own(before, &mut said);
        let Some(after) = after else { return said };
        self.take_off(object, before, after, &mut said);
        let wanted = object.wanted.as_ref();
        said.ignore = wanted.map(|wanted| wanted.ignore.clone()).unwrap_or_default();
        // What is only taken over, or shared with others, stays theirs but for what is changed on it.
        if self.verb == Verb::Adopt || wanted.is_some_and(|wanted| wanted.shared) {
            let changed: BTreeSet<&str> = before.state.apart(after).iter().map(|path| path.field).collect();
            let untouched = K::FIELDS
                .iter()
                .map(|field| field.name)
                .filter(|name| !changed.contains(name));
            let known = |name: &&str| K::State::NAMES.contains(name);
            said.ignore.extend(untouched.filter(known).map(str::to_owned));
        }
        // What could not be read can't be written, and its absence would take it away.
        let is_field = |path: &&FieldPath| K::FIELDS.iter().any(|field| field.name == path.field);
        let unread = before.unknown.keys().filter(is_field);
        said.ignore.extend(unread.map(ToString::to_string));
        said.ignore.sort();
        said.ignore.dedup();
        said
    }

    /// Whose it was, where it was not this environment's.
    fn own<K: Kind>(&self, before: &Observed<K>, said: &mut Said) {
        let Some(tags) = K::tags(&before.state) else { return };
        let owner = tags.get(&self.input.tags.owner_key);
        match owner {
            Some(owner) if *owner == self.input.plan.header.environment => {}
            Some(owner) => drop(said.instead.insert("owner", json!(owner))),
            None => drop(said.instead.insert("owner", json!("none"))),
        }
    }

    /// What absence would keep is taken off in words.
    fn take_off<K: Kind>(&self, object: &Object<K>, before: &Observed<K>, after: &K::State, said: &mut Said) {
        let spelled = K::spell(&object.id, &before.state);
        let changed: BTreeSet<&str> = before.state.apart(after).iter().map(|path| path.field).collect();
        for (field, key, word) in K::OFF {
            if changed.contains(field) && spelled.get(key).is_none() {
                said.instead.entry(key).or_insert_with(|| json!(word));
            }
        }
        let is_protected =
            |state: &K::State| K::tags(state).is_some_and(|tags| tags.contains_key(&self.input.tags.protect_key));
        if is_protected(after) && !is_protected(&before.state) && K::SECTION.form != Form::Settings {
            said.instead.insert("protect", json!(false));
        }
    }
}

/// Somebody of whom the file did not speak, with the links that the plan breaks.
struct Relinked<'a, 'b> {
    input: &'a Input<'b>,
}

impl Visit for Relinked<'_, '_> {
    type Out = Option<Said>;

    fn visit<K: Member>(self, object: &Object<K>) -> Option<Said> {
        let Seen::There(live) = &object.seen else { return None };
        let arn = K::arn(&object.id, Some(&live.state), self.input.home).pathless();
        let links = self
            .input
            .plan
            .steps
            .iter()
            .filter_map(|step| step.facts.unlinks.as_ref());
        let broken: BTreeSet<&Arn> = links
            .filter(|(holder, _)| holder.pathless() == arn)
            .map(|(_, held)| held)
            .collect();
        let mut said = Said::new(Stance::Shared);
        for (field, is_held) in LINKS {
            let held: Vec<&Arn> = broken.iter().copied().filter(|held| is_held(held)).collect();
            if !held.is_empty() && K::State::NAMES.contains(field) {
                said.instead.insert(field, json!(held));
            }
        }
        let others = K::State::NAMES.iter().filter(|name| !said.instead.contains_key(*name));
        let others = others.filter(|name| K::FIELDS.iter().any(|field| field.name == **name));
        said.ignore = others.map(|name| (*name).to_owned()).collect();
        Some(said)
    }
}

/// Whether something is what a field links to.
type IsLinked = fn(&Arn) -> bool;

/// The fields that hold a link to something, and how to know it.
const LINKS: &[(&str, IsLinked)] = &[
    ("groups", |arn| arn.group_name().is_some()),
    ("policies", |arn| arn.policy_name().is_some()),
];

/// What no file can bring back: `bucket/imagery: the objects in it`.
#[must_use]
pub fn lost(entries: &[Entry<'_>]) -> Vec<String> {
    let of = |entry: &Entry<'_>| {
        let address = entry.object.address().clone();
        let lost = entry.lost.iter().map(move |lost| format!("{address}: {lost}"));
        lost.collect::<Vec<String>>()
    };
    entries.iter().flat_map(of).collect()
}

/// The file, and what lies beside it; `why` stands at its head.
#[must_use]
pub fn write(input: &Input<'_>, entries: &[Entry<'_>], why: &[String]) -> Authored {
    let header = &input.plan.header;
    let mut remarks = why.to_vec();
    let lost = lost(entries);
    if !lost.is_empty() {
        remarks.push(String::new());
        remarks.push("What can't come back:".to_owned());
        remarks.extend(lost.iter().map(|lost| format!("  {lost}")));
    }
    let heading = Heading {
        environment: header.environment.clone(),
        account: AccountId::parse(&header.account).ok(),
        region: input.region.clone(),
        home: input.home.clone(),
        tags: input.tags.clone(),
        remarks,
    };
    // Who can't be deleted stays: nothing is said of it.
    let said = entries.iter().filter(|entry| !entry.is_left());
    let things: Vec<Written<'_>> = said
        .map(|entry| Written {
            object: entry.object,
            stance: entry.stance,
            instead: entry.instead.clone(),
            ignore: entry.ignore.clone(),
            remarks: Vec::new(),
        })
        .collect();
    let style = Style {
        layout: Layout::File(FILE.to_owned()),
        document_lines: None,
        ..Style::default()
    };
    author::environment(&heading, &things, &style)
}
