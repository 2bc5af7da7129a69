//! What of a report is worth an alert.
//!
//! Invariant: changes that a plan would make are none; mistakes, refusals, what differs by hand and what could not be read
//! are.

use crate::access::delta::{Shift, Sort, Way, Widens};
use crate::fields::Shown;
use crate::plan::Refusal;
use crate::render::access::{self, Voice};
use crate::report::{Class, Command, Field, Finding, Region, Report, Status, Thing};
use crate::spec::codes::meaning;
use crate::spec::finding::Severity;
use crate::spec::source::Place;

/// How grave it is; the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Error,
    Warning,
    Note,
}

/// One alert.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) rule: String,
    /// What the rule is about.
    pub(super) about: &'static str,
    pub(super) level: Level,
    pub(super) message: String,
    pub(super) region: Option<Region>,
    pub(super) place: Option<Place>,
    /// What it is said of and what is said, without lines.
    pub(super) identity: Vec<String>,
    /// Set where a list accepts it.
    pub(super) accepted: Option<String>,
}

/// The file that is named first.
pub(super) fn first_file(report: &Report) -> Option<String> {
    let found = report.findings.iter().filter_map(|finding| finding.region.as_ref());
    let things = report.things.iter().filter_map(|thing| thing.place.as_ref());
    let mut places = found.map(|region| &region.start).chain(things);
    places.next().map(|place| place.file.clone())
}

/// Every alert of a report and of its members.
pub(super) fn all(report: &Report) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = report.findings.iter().map(finding).collect();
    outcomes.extend(report.refusals.iter().map(refusal));
    for thing in &report.things {
        outcomes.extend(of_thing(thing));
    }
    outcomes.extend(report.access.shifts.iter().filter_map(|shift| of_shift(report, shift)));
    let unlisted = report.unlisted.iter();
    outcomes.extend(unlisted.map(|(kind, reason)| Outcome {
        message: format!("the {kind} resources could not be listed: {reason}"),
        identity: vec!["unlisted".into(), kind.to_string()],
        ..bare("unknown", UNKNOWN, Level::Warning)
    }));
    for member in &report.members {
        for mut outcome in all(&member.report) {
            outcome.message = format!("{}: {}", member.name, outcome.message);
            outcome.identity.insert(0, member.name.clone());
            outcomes.push(outcome);
        }
    }
    outcomes
}

const UNKNOWN: &str = "Something could not be read, so it is not known whether it is as written";

fn bare(rule: &str, about: &'static str, level: Level) -> Outcome {
    Outcome {
        rule: rule.to_owned(),
        about,
        level,
        message: String::new(),
        region: None,
        place: None,
        identity: Vec::new(),
        accepted: None,
    }
}

fn finding(finding: &Finding) -> Outcome {
    let about = meaning(finding.code).or_else(|| crate::lint::rule(finding.code).map(|rule| rule.title));
    let level = match finding.severity {
        Severity::Error => Level::Error,
        Severity::Security | Severity::Warning => Level::Warning,
        Severity::Info => Level::Note,
    };
    let advice = [Some(finding.label.as_str()), finding.help.as_deref()];
    let advice = advice.into_iter().flatten().filter(|text| !text.is_empty());
    let parts: Vec<&str> = std::iter::once(finding.message.as_str()).chain(advice).collect();
    let file = finding.region.as_ref().map(|region| region.start.file.clone());
    let line = finding.region.as_ref().map(|region| region.line.trim().to_owned());
    Outcome {
        message: parts.join("; "),
        region: finding.region.clone(),
        identity: [Some(finding.code.to_owned()), file, line, Some(finding.message.clone())]
            .into_iter()
            .flatten()
            .collect(),
        ..bare(finding.code, about.unwrap_or("a mistake in a file"), level)
    }
}

fn refusal(refusal: &Refusal) -> Outcome {
    let address = refusal.address.as_ref().map(ToString::to_string);
    Outcome {
        message: format!("{}; {}", refusal.message, refusal.hint),
        place: refusal.place.clone(),
        identity: std::iter::once(format!("refused/{}", refusal.guard))
            .chain(address.or_else(|| Some(refusal.message.clone())))
            .collect(),
        ..bare(
            &format!("refused/{}", refusal.guard),
            "A guard refuses what the file asks for",
            Level::Error,
        )
    }
}

fn of_thing(thing: &Thing) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = Vec::new();
    if let Some((rule, about, level)) = whole(thing) {
        let says = thing.remark().map_or(thing.status.counted(), |remark| remark);
        let notes = thing.notes.iter().map(|note| format!("; {note}"));
        outcomes.push(Outcome {
            message: format!("{} {says}{}", thing.address, notes.collect::<String>()),
            ..of(thing, "", bare(rule, about, level))
        });
    }
    let unmet = thing.unmet.iter().map(|(field, _)| field);
    let fields = thing.fields.iter().chain(unmet);
    outcomes.extend(fields.filter_map(|field| differing(thing, field)));
    for (field, remedy) in thing.unmet.iter().filter(|(field, _)| field.class.is_none()) {
        outcomes.push(Outcome {
            message: format!("{}, {}: {remedy}", thing.address, said(field)),
            place: field.place.clone().or_else(|| thing.place.clone()),
            ..of(thing, &field.path.to_string(), bare("unmet", UNMET, Level::Warning))
        });
    }
    outcomes.extend(thing.unknown.iter().map(|(path, reason)| Outcome {
        message: format!("{}, {}: unknown: {reason}", thing.address, path.brief()),
        ..of(thing, &path.to_string(), bare("unknown", UNKNOWN, Level::Warning))
    }));
    outcomes
}

/// What nobody should miss of a change of access, and in a drift whatever the account gives beyond the file.
fn of_shift(report: &Report, shift: &Shift) -> Option<Outcome> {
    let voice = match report.command {
        Command::Drift => Voice::Standing,
        _ => Voice::Change,
    };
    let (rule, about) = match shift {
        _ if shift.widens() == Widens::No => return None,
        _ if shift.who.sort == Sort::Anyone => ("access/public", "Everybody can do something"),
        _ if shift.admin == Some(Way::Gains) || !shift.escalations.is_empty() => (
            "access/escalation",
            "Somebody becomes as good as an administrator, or gains a way to more access than was given",
        ),
        _ if report.command == Command::Drift => ("access/drift", "The account gives more access than the file"),
        _ => return None,
    };
    let gained = shift.rights.iter().filter(|right| right.way != Way::Loses);
    let ways = shift.escalations.iter().map(access::way_up);
    let said = ways.chain(gained.map(|right| format!("{} {}", voice.verb(right.way), access::said(right))));
    let said: Vec<String> = said.collect();
    let is_it = |thing: &&Thing| thing.address.to_string() == shift.who.shown;
    Some(Outcome {
        message: format!("{}: {}", shift.who.shown, said.join("; ")),
        place: report.things.iter().find(is_it).and_then(|thing| thing.place.clone()),
        identity: vec![rule.to_owned(), shift.who.id.clone()],
        ..bare(rule, about, Level::Warning)
    })
}

const UNMET: &str = "Something is not as written, and only a person can change it";

/// What is said of a resource as a whole.
fn whole(thing: &Thing) -> Option<(&'static str, &'static str, Level)> {
    match thing.status {
        Status::Unmanaged | Status::Accepted => Some((
            "unmanaged",
            "Something exists in the account that no file declares",
            if thing.status == Status::Accepted {
                Level::Note
            } else {
                Level::Warning
            },
        )),
        Status::Conflict => thing.remark().map(|_| rule(Class::Conflict)),
        Status::Drift => thing.remark().map(|_| rule(Class::Drift)),
        Status::Difference => thing.remark().map(|_| rule(Class::Difference)),
        Status::Pending => thing.remark().map(|_| rule(Class::Pending)),
        Status::Create
        | Status::Update
        | Status::Replace
        | Status::Delete
        | Status::Adopt
        | Status::Refuse
        | Status::Unknown
        | Status::Added
        | Status::Removed
        | Status::Changed
        | Status::Keep => None,
    }
}

fn rule(class: Class) -> (&'static str, &'static str, Level) {
    match class {
        Class::Conflict => (
            "conflict",
            "The file and the account were both changed, to different ends",
            Level::Error,
        ),
        Class::Drift => (
            "drift",
            "The account was changed behind the file's back",
            Level::Warning,
        ),
        Class::Difference => ("difference", "The account is not as the file says", Level::Warning),
        Class::Pending => ("pending", "The file was changed and is not applied yet", Level::Note),
    }
}

fn differing(thing: &Thing, field: &Field) -> Option<Outcome> {
    let (id, about, level) = rule(field.class?);
    let by = thing
        .traces
        .iter()
        .map(|trace| format!("; {} by {}, {}", trace.event, trace.actor, trace.time));
    Some(Outcome {
        message: format!("{}, {}{}", thing.address, said(field), by.collect::<String>()),
        place: field.place.clone().or_else(|| thing.place.clone()),
        ..of(thing, &field.path.to_string(), bare(id, about, level))
    })
}

/// "description: the account has a, the file says b".
fn said(field: &Field) -> String {
    let value = |shown: &Option<Shown>| shown.as_ref().map_or("nothing".to_owned(), Shown::to_line);
    let (before, after) = (value(&field.before), value(&field.after));
    format!(
        "{}: the account has {before}, the file says {after}",
        field.path.brief()
    )
}

fn of(thing: &Thing, path: &str, outcome: Outcome) -> Outcome {
    let accepted = thing.status == Status::Accepted;
    let reason = thing.notes.last().cloned();
    Outcome {
        place: thing.place.clone(),
        identity: vec![outcome.rule.clone(), thing.address.to_string(), path.to_owned()],
        accepted: accepted.then(|| reason.unwrap_or_else(|| "the list of what is accepted names it".to_owned())),
        ..outcome
    }
}
