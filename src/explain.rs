//! Why a thing stands as it does: who declares it, whose it is, what is kept and why, what the next apply does with it.
//!
//! Invariant: pure; it tells what the plan has decided and decides nothing itself.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::address::Address;
use crate::fields::FieldPath;
use crate::kind::{DoomedBy, Home, Kind, Object, Observed, Seen, Wanted};
use crate::kinds::{AnyObject, Member, Visit};
use crate::names::Arn;
use crate::plan::level::{TagRules, ignored_by};
use crate::plan::{Change, FieldChange, Plan, Refusal, Verb};
use crate::spec::source::Place;

/// What is known around one resource.
#[derive(Debug)]
pub struct Around<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Everything that it was made from.
    pub objects: &'a [AnyObject],
    /// Which tags are whose.
    pub tags: &'a TagRules,
    /// The account.
    pub home: &'a Home,
}

/// What is told of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The resource.
    pub address: Address,
    /// What is told: the subject, the words, and the place in the file that says so.
    pub lines: Vec<(&'static str, String, Option<Place>)>,
    /// Whether AWS has it.
    pub found: Found,
}

/// Whether AWS has a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It has.
    There,
    /// It hasn't.
    Absent,
    /// It could not be read, or not all of it.
    Unread,
}

/// Explains one resource; its users in AWS are told where they were read.
#[must_use]
pub fn explain(object: &AnyObject, around: &Around<'_>) -> Explanation {
    object.visit(Explaining(around))
}

struct Explaining<'a>(&'a Around<'a>);

impl Visit for Explaining<'_> {
    type Out = Explanation;

    fn visit<K: Member>(self, object: &Object<K>) -> Explanation {
        let mut telling = Telling {
            around: self.0,
            address: &object.address,
            lines: Vec::new(),
        };
        let live = match &object.seen {
            Seen::There(live) => Some(live.as_ref()),
            Seen::Unread | Seen::Absent | Seen::Unknown(_) => None,
        };
        let arn = K::arn(&object.id, live.map(|live| &live.state), self.0.home);
        telling.say("in AWS", existence(&object.seen, &arn), None);
        telling.declared(object);
        telling.standing(object, live, &arn);
        telling.protection(object, live);
        telling.kept(object.wanted.as_ref());
        telling.next();
        telling.refusals();
        telling.named_by(&arn);
        telling.used(live);
        let unread = live.is_none_or(|live| !live.unknown.is_empty());
        let found = match &object.seen {
            Seen::There(_) if !unread => Found::There,
            Seen::Absent => Found::Absent,
            Seen::There(_) | Seen::Unread | Seen::Unknown(_) => Found::Unread,
        };
        Explanation {
            address: object.address.clone(),
            lines: telling.lines,
            found,
        }
    }
}

fn existence<K: Kind>(seen: &Seen<K>, arn: &Arn) -> String {
    match seen {
        Seen::There(_) => arn.to_string(),
        Seen::Absent => "there is none".to_owned(),
        Seen::Unread => "nobody has looked".to_owned(),
        Seen::Unknown(why) => format!("could not be read: {why}"),
    }
}

struct Telling<'a> {
    around: &'a Around<'a>,
    address: &'a Address,
    lines: Vec<(&'static str, String, Option<Place>)>,
}

impl Telling<'_> {
    fn say(&mut self, subject: &'static str, words: impl Into<String>, place: Option<&Place>) {
        self.lines.push((subject, words.into(), place.cloned()));
    }

    fn change(&self) -> Option<&Change> {
        let changes = &self.around.plan.changes;
        changes.iter().find(|change| change.address == *self.address)
    }

    fn declared<K: Member>(&mut self, object: &Object<K>) {
        match (&object.wanted, &object.doom) {
            (Some(wanted), _) => {
                let shared = match wanted.shared {
                    true => "shared: what is listed is ensured, the rest is others'",
                    false => "whole",
                };
                self.say("declared", shared, Some(&wanted.origin));
            }
            (None, Some(doom)) => {
                let words = match doom.by {
                    DoomedBy::Absent => "planned for deletion: `absent:` names it",
                    DoomedBy::Dropped => "planned for deletion: it was declared here, and no longer is",
                };
                self.say("declared", words, Some(&doom.origin));
            }
            (None, None) => self.say("declared", "no file names it", None),
        }
    }

    /// Whose it is, and what says so.
    fn standing<K: Member>(&mut self, object: &Object<K>, live: Option<&Observed<K>>, arn: &Arn) {
        if arn.is_aws_made() {
            self.say(
                "standing",
                "made by AWS, and only the service that owns it deletes it",
                None,
            );
        }
        let Some(live) = live else { return };
        if let Some((path, why)) = live.unknown.iter().find(|(path, _)| path.field == "tags") {
            let words = format!("whose it is can't be told, because its {path} could not be read: {why}");
            return self.say("standing", words, None);
        }
        let words = self.whose(object, live);
        let place = object
            .wanted
            .as_ref()
            .and_then(|wanted| place_of(wanted, "shared").filter(|_| wanted.shared));
        self.say("standing", words, place);
    }

    fn whose<K: Member>(&self, object: &Object<K>, live: &Observed<K>) -> String {
        let environment = &self.around.plan.header.environment;
        let key = &self.around.tags.owner_key;
        let wanted = object.wanted.as_ref();
        let (Some(tags), false) = (K::tags(&live.state), wanted.is_some_and(|wanted| wanted.shared)) else {
            return self.unmarked(object, live);
        };
        if let Some(owner) = self.around.tags.other_owner(tags, environment) {
            let said = tags.get(key).filter(|value| *value != environment);
            let by = said.map_or("its tags aws:cloudformation:*".to_owned(), |value| {
                format!("tag {key} = {value}")
            });
            let owner = format!("{owner} ({by})");
            return match wanted.is_some() || object.doom.is_some() {
                true => format!(
                    "contested: it belongs to {owner}; to take it from there: --adopt {}",
                    self.address
                ),
                false => format!("it belongs to {owner}"),
            };
        }
        if tags.contains_key(key) {
            return match wanted.is_some() || object.doom.is_some() {
                true => format!("managed: tag {key} = {environment}"),
                false => format!("unmanaged: tag {key} = {environment}, and the file does not declare it"),
            };
        }
        match (wanted, self.change().map(|change| change.verb)) {
            (None, _) if object.doom.is_some() => format!("nobody's: no tag {key}"),
            (None, _) => format!("unmanaged: no tag {key}"),
            (Some(_), Some(Verb::Adopt)) => format!("to be adopted: no tag {key}, and it is as the file says"),
            (Some(_), Some(Verb::Keep)) => format!("given up: no tag {key}, as the file says"),
            (Some(_), _) if K::pristine(live) => format!("to be adopted: no tag {key}, and it is as newly made"),
            (Some(_), _) => {
                format!(
                    "to be adopted: no tag {key}, and something on it would change, so that it needs --adopt {}",
                    self.address
                )
            }
        }
    }

    /// What carries no mark of ours.
    fn unmarked<K: Member>(&self, object: &Object<K>, live: &Observed<K>) -> String {
        let environment = &self.around.plan.header.environment;
        let tags = K::tags(&live.state).or(K::host_tags(live));
        let owner = tags.and_then(|tags| self.around.tags.other_owner(tags, environment));
        let owner = owner
            .map(|owner| format!("; it belongs to {owner}"))
            .unwrap_or_default();
        match (&object.wanted, &object.doom) {
            (Some(wanted), _) if wanted.shared => format!("shared with others: no tag is written{owner}"),
            (Some(_), _) => format!("declared, and can't carry a tag: what takes something away needs --adopt{owner}"),
            (None, Some(_)) => format!("can't carry a tag{owner}"),
            (None, None) => format!("unmanaged{owner}"),
        }
    }

    fn protection<K: Member>(&mut self, object: &Object<K>, live: Option<&Observed<K>>) {
        if let Some(wanted) = object.wanted.as_ref().filter(|wanted| wanted.protect) {
            let place = place_of(wanted, "protect").unwrap_or(&wanted.origin).clone();
            self.say("protected", "`protect: true`", Some(&place));
        }
        let key = &self.around.tags.protect_key;
        let tags = live.and_then(|live| K::tags(&live.state));
        if let Some(value) = tags.and_then(|tags| tags.get(key)) {
            self.say("protected", format!("tag {key} = {value}"), None);
        }
    }

    /// What is not as written and stays so.
    fn kept<K: Member>(&mut self, wanted: Option<&Wanted<K>>) {
        let Some(change) = self.change().cloned() else { return };
        let place = wanted.and_then(|wanted| place_of(wanted, "ignore"));
        let by = |field: &FieldChange| ignored_by(wanted?, &field.path);
        for field in &change.ignored {
            let pattern = by(field)
                .map(|pattern| format!(" because of `ignore: {pattern}`"))
                .unwrap_or_default();
            self.say(
                "ignored",
                format!("{}{pattern}", difference(field)),
                place.or(field.place.as_ref()),
            );
        }
        let told: BTreeSet<&str> = change.ignored.iter().filter_map(by).collect();
        let patterns = wanted.into_iter().flat_map(|wanted| &wanted.ignore);
        for pattern in patterns.filter(|pattern| !told.contains(pattern.as_str())) {
            self.say(
                "ignored",
                format!("{pattern}: as written now, and kept whatever becomes of it"),
                place,
            );
        }
        for field in &change.held {
            let words = format!(
                "{}: absence takes no protection away, only a word does",
                difference(field)
            );
            self.say("held", words, field.place.as_ref());
        }
        for unmet in &change.unmet {
            self.say(
                "unmet",
                format!("{}: {}", difference(&unmet.field), unmet.remedy),
                unmet.field.place.as_ref(),
            );
        }
        for (path, why) in &change.unknown {
            self.say("unknown", format!("{path}: {why}"), None);
        }
        for note in &change.notes {
            self.say("note", note.clone(), None);
        }
    }

    fn next(&mut self) {
        let Some(change) = self.change().cloned() else {
            return self.say("next apply", "leaves it alone", None);
        };
        let words = match change.verb {
            Verb::Create => "makes it",
            Verb::Update => "changes it",
            Verb::Replace => "deletes it and makes it anew",
            Verb::Delete => "deletes it",
            Verb::Adopt => "takes it over as it is",
            Verb::Keep => "does nothing with it",
            Verb::Refuse => "refuses",
            Verb::Unknown => "leaves it alone, because not all of it is known",
        };
        self.say("next apply", words, None);
        let is_list = matches!(change.verb, Verb::Update | Verb::Replace | Verb::Refuse | Verb::Unknown);
        for field in change.fields.iter().filter(|_| is_list) {
            self.say("", difference(field), field.place.as_ref());
        }
        let steps = self
            .around
            .plan
            .steps
            .iter()
            .filter(|step| step.address == *self.address);
        let steps: Vec<String> = steps.map(|step| format!("{} ({})", step.summary, step.call)).collect();
        for step in steps {
            self.say("  step", step, None);
        }
    }

    fn refusals(&mut self) {
        let refusals = self.around.plan.refusals.iter();
        let own: Vec<Refusal> = refusals
            .filter(|refusal| refusal.address.as_ref().is_none_or(|address| address == self.address))
            .cloned()
            .collect();
        for refusal in own {
            let subject = if refusal.address.is_some() {
                "refused"
            } else {
                "plan refused"
            };
            self.say(subject, refusal.message, refusal.place.as_ref());
            self.say("  to go on", refusal.hint, None);
        }
    }

    fn named_by(&mut self, arn: &Arn) {
        let arn = arn.pathless();
        let naming: Vec<(Address, Place)> = self
            .around
            .objects
            .iter()
            .filter(|other| other.address() != self.address)
            .filter_map(|other| {
                Some((
                    other.address().clone(),
                    other.visit(Naming {
                        arn: &arn,
                        home: self.around.home,
                    })?,
                ))
            })
            .collect();
        for (address, place) in naming {
            self.say("named by", address.to_string(), Some(&place));
        }
    }

    fn used<K: Member>(&mut self, live: Option<&Observed<K>>) {
        let users: BTreeSet<String> = live.into_iter().flat_map(K::users).map(|arn| arn.to_string()).collect();
        for user in users {
            self.say("used by", user, None);
        }
    }
}

/// Where the file names a thing, if this resource does.
struct Naming<'a> {
    arn: &'a Arn,
    home: &'a Home,
}

impl Visit for Naming<'_> {
    type Out = Option<Place>;

    fn visit<K: Member>(self, object: &Object<K>) -> Option<Place> {
        let wanted = object.wanted.as_ref()?;
        let named = K::refs(&object.id, &wanted.state, self.home);
        named
            .iter()
            .any(|arn| arn.pathless() == *self.arn)
            .then(|| wanted.origin.clone())
    }
}

fn place_of<'a, K: Kind>(wanted: &'a Wanted<K>, field: &'static str) -> Option<&'a Place> {
    wanted.places.get(&FieldPath::whole(field))
}

/// A field with both of its values.
fn difference(field: &FieldChange) -> String {
    let value =
        |shown: &Option<crate::fields::Shown>| shown.as_ref().map_or("nothing".to_owned(), |shown| shown.to_line());
    format!(
        "{}: AWS has {}, the file {}",
        field.path.brief(),
        value(&field.before),
        value(&field.after)
    )
}
