//! P206: sets of actions with which a principal gets more rights than it was given.
//!
//! Invariant: a set is told where it comes together: at a policy or group that holds it by itself, else at the user or
//! role. Who may do everything anyhow is not told again.

use std::collections::{BTreeMap, BTreeSet};

use super::holdings::{self, Boundary, Grant, Held, Holdings};
use super::{Thing, told};
use crate::catalogue::{self, Action, ActionSet, ESCALATIONS, Escalation};
use crate::lint::Told;
use crate::policy_doc::{Effect, Glob, Sense, Statement, matches};
use crate::spec::finding::Severity;
use crate::spec::source::Span;

/// How far a right goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Breadth {
    /// Named resources only.
    Named,
    /// The holder itself, or a policy or group of its own.
    Own,
    /// Every resource of its type.
    Wide,
}

/// A set that somebody holds.
struct Hit<'a> {
    set: &'static Escalation,
    /// Where the file gives the action that matters most.
    place: Option<Span>,
    /// The roles that may be passed, where they are named.
    limits: Vec<&'a str>,
    /// Whether one of its statements holds under circumstances only.
    is_guarded: bool,
}

pub(super) fn check(holdings: &Holdings<'_>, told: &mut Vec<Told>) {
    let mut said: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let by_principal: BTreeMap<&str, Vec<Hit<'_>>> = holdings
        .principals()
        .map(|thing| (thing.address.as_str(), hits(&holdings.held(thing), Some(thing))))
        .collect();
    for thing in holdings
        .whole
        .things
        .iter()
        .filter(|one| matches!(one.kind, "policy" | "group"))
    {
        let mut found = hits(&holdings.held(thing), None);
        let holders = holdings.holders(thing);
        let in_force = |hit: &Hit<'_>| {
            let holds = |one: &&Thing<'_>| {
                by_principal
                    .get(one.address.as_str())
                    .is_some_and(|all| has(all, hit.set))
            };
            holders.is_empty() && !is_boundary(holdings, thing) || holders.iter().any(holds)
        };
        found.retain(in_force);
        if thing.kind == "group" {
            let elsewhere = |hit: &Hit<'_>| {
                thing
                    .managed
                    .iter()
                    .any(|(arn, _)| was_said(holdings, &said, arn, hit.set))
            };
            found.retain(|hit| !elsewhere(hit));
        }
        said.insert(&thing.address, found.iter().map(|hit| hit.set.id).collect());
        told.extend(tell(thing, &found));
    }
    for thing in holdings.principals() {
        let groups: Vec<&Thing<'_>> = holdings.groups(thing).collect();
        let from = |arn: &String, set| was_said(holdings, &said, arn, set);
        let elsewhere = |set: &'static Escalation| {
            let of_groups = groups
                .iter()
                .flat_map(|group| group.managed.iter().map(|(arn, _)| arn).chain([&group.arn]));
            thing
                .managed
                .iter()
                .map(|(arn, _)| arn)
                .chain(of_groups)
                .any(|arn| from(arn, set))
        };
        let all = by_principal.get(thing.address.as_str()).into_iter().flatten();
        let own: Vec<&Hit<'_>> = all.filter(|hit| !elsewhere(hit.set)).collect();
        told.extend(tell_those(thing, &own));
    }
}

fn has(hits: &[Hit<'_>], set: &Escalation) -> bool {
    hits.iter().any(|hit| hit.set.id == set.id)
}

fn was_said(holdings: &Holdings<'_>, said: &BTreeMap<&str, BTreeSet<&str>>, arn: &str, set: &Escalation) -> bool {
    let ids = holdings.thing(arn).and_then(|thing| said.get(thing.address.as_str()));
    ids.is_some_and(|ids| ids.contains(set.id))
}

/// Whether a policy is somebody's boundary: then it gives nothing.
fn is_boundary(holdings: &Holdings<'_>, thing: &Thing<'_>) -> bool {
    let all = &holdings.whole.things;
    all.iter().any(|one| one.boundary.as_ref() == Some(&thing.arn))
}

/// The sets that are held, in the order of the catalogue.
fn hits<'a>(held: &Held<'a>, who: Option<&'a Thing<'a>>) -> Vec<Hit<'a>> {
    let Some(left) = effective(held).filter(|left| !left.is_empty()) else {
        return Vec::new();
    };
    ESCALATIONS
        .iter()
        .filter_map(|set| hit(set, held, &left, who))
        .collect()
}

/// The actions that denials and the boundary leave; nothing for who holds all of them, or may hold none.
fn effective(held: &Held<'_>) -> Option<ActionSet> {
    let allows = held
        .grants
        .iter()
        .filter(|grant| grant.statement.effect == Effect::Allow);
    let mut all = ActionSet::none();
    for grant in allows {
        if grant.actions.len() == catalogue::stamp().actions && holdings::is_about_everything(grant.statement) {
            return None;
        }
        all = all.union(&grant.actions);
    }
    let left = all.difference(&holdings::denied(held.grants.iter().map(|grant| grant.statement)));
    match &held.boundary {
        None => Some(left),
        Some(Boundary::Known(document)) => Some(left.intersection(&holdings::allowed(document))),
        Some(Boundary::Unread) => None,
    }
}

fn hit<'a>(set: &'static Escalation, held: &Held<'a>, left: &ActionSet, who: Option<&'a Thing<'a>>) -> Option<Hit<'a>> {
    let actions: Vec<&Action> = set.actions.iter().filter_map(|name| catalogue::action(name)).collect();
    if actions.len() != set.actions.len() || !actions.iter().all(|action| left.contains(action)) {
        return None;
    }
    let mut limits = Vec::new();
    let mut place = None;
    let mut is_guarded = false;
    for action in &actions {
        let (breadth, grant) = widest(action, set, held, who)?;
        let is_pass = action.name == "PassRole";
        let enough = set.passes_role() || breadth == Breadth::Wide || breadth == Breadth::Own && changes_rights(set);
        if !enough {
            return None;
        }
        is_guarded |= !grant.statement.conditions.is_empty();
        if is_pass && breadth != Breadth::Wide {
            limits = named_roles(grant);
        }
        if is_pass || place.is_none() {
            place = grant.place_of(action);
        }
    }
    Some(Hit {
        set,
        place,
        limits,
        is_guarded,
    })
}

/// Whether the method gives its holder more where it is allowed for the holder itself. One's own password gives nothing.
fn changes_rights(set: &Escalation) -> bool {
    [
        "attach-",
        "put-",
        "delete-",
        "create-policy-version",
        "set-default-policy-version",
    ]
    .iter()
    .any(|start| set.id.starts_with(start))
}

fn named_roles<'a>(grant: &Grant<'a>) -> Vec<&'a str> {
    let items = grant.statement.resource.iter().flat_map(|clause| &clause.items);
    items
        .map(|word| word.text.as_str())
        .filter(|text| text.contains(":role/"))
        .collect()
}

/// The statement that gives an action on most.
fn widest<'g, 'a>(
    action: &Action,
    set: &Escalation,
    held: &'g Held<'a>,
    who: Option<&Thing<'_>>,
) -> Option<(Breadth, &'g Grant<'a>)> {
    held.grants
        .iter()
        .filter(|grant| grant.statement.effect == Effect::Allow && grant.actions.contains(action))
        .filter(|grant| action.name != "PassRole" || may_pass_to(grant.statement, set))
        .filter_map(|grant| Some((breadth(grant.statement, action, who)?, grant)))
        .max_by_key(|(breadth, _)| *breadth)
}

/// How far a statement allows an action; nothing where none of its resources is one of the action's.
fn breadth(statement: &Statement, action: &Action, who: Option<&Thing<'_>>) -> Option<Breadth> {
    let clause = statement.resource.as_ref()?;
    if clause.sense == Sense::AllBut || holdings::is_about_everything(statement) {
        return Some(Breadth::Wide);
    }
    let forms: Vec<Glob> = holdings::forms(action).collect();
    let fitting = clause.items.iter().filter(|word| {
        let pattern = Glob::arn(&word.text);
        forms.iter().any(|form| form.meets(&pattern))
    });
    fitting.map(|word| breadth_of(&word.text, who)).max()
}

fn breadth_of(pattern: &str, who: Option<&Thing<'_>>) -> Breadth {
    let name = pattern.splitn(6, ':').nth(5).unwrap_or(pattern);
    let rest = name.split_once(['/', ':']).map_or(name, |(_, rest)| rest);
    if rest.bytes().all(|byte| matches!(byte, b'*' | b'/' | b':')) {
        return Breadth::Wide;
    }
    match who.is_some_and(|who| is_own(pattern, who)) {
        true => Breadth::Own,
        false => Breadth::Named,
    }
}

fn is_own(pattern: &str, who: &Thing<'_>) -> bool {
    let name = who.arn.rsplit('/').next().unwrap_or("");
    let glob = Glob::arn(&pattern.replace("${aws:username}", name));
    let policies = who.managed.iter().map(|(arn, _)| arn);
    let groups = who.names.iter().filter(|arn| arn.contains(":group/"));
    policies.chain(groups).chain([&who.arn]).any(|arn| glob.matches(arn))
}

/// Whether `iam:PassedToService` leaves one of the services that a set needs.
fn may_pass_to(statement: &Statement, set: &Escalation) -> bool {
    let wanted: Vec<String> = set
        .actions
        .iter()
        .filter_map(|name| name.split_once(':'))
        .filter(|(prefix, _)| *prefix != "iam")
        .flat_map(|(prefix, _)| recipients(prefix))
        .collect();
    let conditions = statement.conditions.iter();
    conditions
        .filter(|one| one.key.text.eq_ignore_ascii_case("iam:PassedToService") && !one.operator.test.is_negated())
        .all(|one| {
            let fits = |value: &str| wanted.iter().any(|service| matches(value, service));
            one.values.iter().any(|value| fits(value.text.trim_end_matches(".cn")))
        })
}

/// The principals to which the actions of a service pass roles.
fn recipients(prefix: &str) -> Vec<String> {
    let names: &[&str] = match prefix {
        "autoscaling" => &["ec2", "autoscaling"],
        "apprunner" => &["tasks.apprunner", "build.apprunner"],
        "batch" => &["batch", "ecs-tasks"],
        "datapipeline" => &["datapipeline", "ec2", "elasticmapreduce"],
        "ecs" => &["ecs", "ecs-tasks"],
        "elasticmapreduce" => &["elasticmapreduce", "ec2"],
        other => return vec![format!("{other}.amazonaws.com")],
    };
    names.iter().map(|name| format!("{name}.amazonaws.com")).collect()
}

fn tell(thing: &Thing<'_>, hits: &[Hit<'_>]) -> Option<Told> {
    tell_those(thing, &hits.iter().collect::<Vec<_>>())
}

/// One finding for a resource: the first set that nothing limits, and how many more there are.
fn tell_those(thing: &Thing<'_>, hits: &[&Hit<'_>]) -> Option<Told> {
    let first = hits.iter().find(|hit| hit.limits.is_empty()).or(hits.first())?;
    let actions = join(first.set.actions.iter().map(|action| format!("`{action}`")).collect());
    let word = if first.set.actions.len() == 1 {
        "gives"
    } else {
        "together give"
    };
    let message = format!("{actions} {word} more rights than {} was given", thing.address);
    let severity = match first.limits.is_empty() {
        true => Severity::Security,
        false => Severity::Info,
    };
    let label = match first.limits.is_empty() {
        true => format!("whoever holds this {}", first.set.how),
        false => format!(
            "whoever holds this {}: {}",
            first.set.how,
            join(first.limits.iter().map(|one| format!("`{one}`")).collect())
        ),
    };
    let finding = told("P206", first.place.or(thing.span), message).label(label);
    Some(Told {
        address: Some(thing.address.clone()),
        finding: finding.severity(severity).help(help(first, hits)),
    })
}

fn help(first: &Hit<'_>, hits: &[&Hit<'_>]) -> String {
    let fix = match (first.set.passes_role(), first.limits.is_empty()) {
        (true, true) => {
            "name the roles that may be passed, with `iam:PassedToService`, or leave out what starts things"
        }
        (true, false) => "make sure that these roles hold no more than their passer",
        (false, _) => "name the resources that it is needed for, or put a permissions boundary on the holder",
    };
    let guard = match first.is_guarded {
        true => " (their conditions may stop it; that should be meant)",
        false => "",
    };
    let fix = format!("{fix}{guard}");
    let others: Vec<String> = hits
        .iter()
        .filter(|hit| hit.set.id != first.set.id)
        .map(|hit| hit.set.actions.join(" + "))
        .collect();
    match others.as_slice() {
        [] => fix,
        [one] => format!("{fix}; so does {one}"),
        several => format!(
            "{fix}; so do {} more sets, such as {}",
            several.len(),
            several.iter().take(3).cloned().collect::<Vec<_>>().join(", ")
        ),
    }
}

/// "a, b and c".
fn join(words: Vec<String>) -> String {
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
