//! P107 to P109: actions and resources that have nothing to do with each other.
//!
//! Invariant: a resource is called unfit only if no ARN that it stands for has any of the forms that the action's
//! resource types have; in doubt it fits.

use std::collections::BTreeMap;

use super::arns::{Parts, is_odd};
use super::judge::{Judge, Judged, is_star};
use crate::catalogue::{Action, ActionSet, ResourceType, readable};
use crate::policy_doc::{Flavour, Word};

/// Needs no permission, whatever a policy says (IAM API reference of STS).
const ALWAYS_GRANTED: &str = "sts:GetCallerIdentity";

pub(super) fn statement(judge: &mut Judge<'_>, judged: &Judged<'_>) {
    let resources = judged.resources();
    if resources.is_empty() || matches!(judge.flavour(), Flavour::Trust) || judged.everything().is_some() {
        return;
    }
    let mut fits = Fits::of(resources);
    let mut is_whole = true;
    for (item, meant) in &judged.actions {
        is_whole &= !meant.is_empty();
        action(judge, item, meant, &mut fits);
    }
    if is_whole && !judged.actions.is_empty() {
        idle(judge, judged, resources, &mut fits);
    }
}

fn action(judge: &mut Judge<'_>, item: &Word, meant: &ActionSet, fits: &mut Fits<'_>) {
    if meant.is_empty() || fits.resources.iter().any(|one| one.is_odd) || item.text.eq_ignore_ascii_case(ALWAYS_GRANTED)
    {
        return;
    }
    if meant.iter().all(Action::is_wildcard_only) {
        let message = format!("`{}` is about no resource: only `Resource: \"*\"` grants it", item.text);
        let label = "put it into a statement of its own, on `*`";
        return judge.tell("P109", item.at, message, label);
    }
    if !meant.iter().any(|action| fits.any_fits(action)) {
        let message = format!("no resource of this statement fits `{}`", item.text);
        judge.tell("P107", item.at, message, wanted(meant));
    }
}

/// What ARN would be right.
fn wanted(meant: &ActionSet) -> String {
    let types = meant.iter().flat_map(Action::resource_types);
    let mut forms: Vec<&str> = types.map(|kind| kind.arn).collect();
    forms.sort_unstable_by_key(|form| (form.len(), *form));
    forms.dedup();
    let shown: Vec<String> = forms.iter().take(2).map(|form| readable(form)).collect();
    format!("it is about {}", shown.join(" or "))
}

/// Resources that no action of the statement can use, while others are used.
fn idle(judge: &mut Judge<'_>, judged: &Judged<'_>, resources: &[Word], fits: &mut Fits<'_>) {
    if resources.len() < 2 {
        return;
    }
    let is_used = |(number, resource): (usize, &Word)| {
        let mut actions = judged.actions.iter().flat_map(|(_, meant)| meant.iter());
        is_odd(resource) || actions.any(|action| fits.fit(action, number))
    };
    let used: Vec<bool> = resources.iter().enumerate().map(is_used).collect();
    if !used.contains(&true) {
        return;
    }
    for (resource, _) in resources.iter().zip(&used).filter(|(_, used)| !**used) {
        let message = format!("no action of this statement can use `{}`", resource.text);
        judge.tell(
            "P108",
            resource.at,
            message,
            "take it out, or add the action that was meant",
        );
    }
}

/// Which resource patterns fit which resource types; asked again and again in one statement.
struct Fits<'a> {
    resources: Vec<Asked<'a>>,
    known: BTreeMap<(&'static str, &'static str, usize), bool>,
}

/// A resource pattern; without parts it is taken to fit anything.
struct Asked<'a> {
    parts: Option<(Parts<'a>, [Vec<Mark>; 5])>,
    is_odd: bool,
}

impl<'a> Fits<'a> {
    fn of(resources: &'a [Word]) -> Self {
        let asked = |word: &'a Word| {
            let parts = Parts::of(&word.text).filter(|_| !is_star(&word.text));
            Asked {
                parts: parts.map(|parts| {
                    let marks = parts.all().map(marks_of_pattern);
                    (parts, marks)
                }),
                is_odd: is_odd(word),
            }
        };
        Self {
            resources: resources.iter().map(asked).collect(),
            known: BTreeMap::new(),
        }
    }

    /// Whether the resource of this number fits an action.
    fn fit(&mut self, action: &Action, number: usize) -> bool {
        let Some(Asked {
            parts: Some((parts, marks)),
            ..
        }) = self.resources.get(number)
        else {
            return true;
        };
        action.resource_types().any(|kind| {
            let key = (action.service, kind.name, number);
            *self.known.entry(key).or_insert_with(|| has_form(kind, parts, marks))
        })
    }

    fn any_fits(&mut self, action: &Action) -> bool {
        (0..self.resources.len()).any(|number| self.fit(action, number))
    }
}

fn has_form(kind: &ResourceType, asked: &Parts<'_>, marks: &[Vec<Mark>; 5]) -> bool {
    kind.arns.iter().any(|form| {
        let Some(form) = Parts::of(form) else { return true };
        let is_plain = |text: &str| !text.contains(['*', '?', '$']);
        if is_plain(form.service) && is_plain(asked.service) && form.service != asked.service {
            return false;
        }
        let mut pairs = form.all().into_iter().zip(marks);
        pairs.all(|(form, asked)| meet(&marks_of_form(form), asked))
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Is(char),
    One,
    Many,
    /// Any characters but a slash: the name of a bucket.
    Name,
}

/// A template: what stands in `${…}` may be anything, but the name of a bucket has no slash.
fn marks_of_form(form: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut rest = form;
    while let Some((before, after)) = rest.split_once("${") {
        marks.extend(before.chars().map(of_character));
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        marks.push(if name == "BucketName" { Mark::Name } else { Mark::Many });
        rest = after;
    }
    marks.extend(rest.chars().map(of_character));
    marks
}

/// A pattern of a policy: a variable may stand for anything.
fn marks_of_pattern(pattern: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        marks.extend(before.chars().map(of_character));
        marks.push(Mark::Many);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    marks.extend(rest.chars().map(of_character));
    marks
}

fn of_character(character: char) -> Mark {
    match character {
        '*' => Mark::Many,
        '?' => Mark::One,
        other => Mark::Is(other),
    }
}

/// Whether there is a text that both stand for: `reached[i]` says whether the rest of one from `i` on and the rest of the
/// other from the current place on can meet.
fn meet(one: &[Mark], other: &[Mark]) -> bool {
    let mut below = vec![false; one.len() + 1];
    for at in (0..=other.len()).rev() {
        let mut row = vec![false; one.len() + 1];
        for from in (0..=one.len()).rev() {
            let right = row.get(from + 1).copied().unwrap_or(false);
            let down = below.get(from).copied().unwrap_or(false);
            let both = below.get(from + 1).copied().unwrap_or(false);
            let met = match (one.get(from), other.get(at)) {
                (None, None) => true,
                (None, Some(mark)) => mark.may_be_empty() && down,
                (Some(mark), None) => mark.may_be_empty() && right,
                (Some(one), Some(other)) => step(*one, *other, right, down, both),
            };
            if let Some(cell) = row.get_mut(from) {
                *cell = met;
            }
        }
        below = row;
    }
    below.first().copied().unwrap_or(false)
}

fn step(one: Mark, other: Mark, right: bool, down: bool, both: bool) -> bool {
    let skip = one.may_be_empty() && right || other.may_be_empty() && down;
    let character = |mark: Mark| {
        if let Mark::Is(character) = mark {
            Some(character)
        } else {
            None
        }
    };
    let eats = match (one.may_be_empty(), other.may_be_empty()) {
        // Of two runs one may end first, which the skips say.
        (true, true) => false,
        (true, false) => one.takes(character(other)) && down,
        (false, true) => other.takes(character(one)) && right,
        (false, false) => match (character(one), character(other)) {
            (Some(one), Some(other)) => one == other && both,
            _ => both,
        },
    };
    skip || eats
}

impl Mark {
    const fn may_be_empty(self) -> bool {
        matches!(self, Self::Many | Self::Name)
    }

    /// Whether a run goes over this character, or over any one.
    fn takes(self, character: Option<char>) -> bool {
        !(self == Self::Name && character == Some('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_meet_forms() {
        for (form, pattern, expected) in [
            ("${BucketName}", "b", true),
            ("${BucketName}", "b/*", false),
            ("${BucketName}", "b*", true),
            ("${BucketName}/${ObjectName}", "b", false),
            ("${BucketName}/${ObjectName}", "b*", true),
            ("${BucketName}/${ObjectName}", "*", true),
            ("${BucketName}/${ObjectName}", "b/${aws:username}/*", true),
            ("role/${RoleNameWithPath}", "role/a/b", true),
            ("role/${RoleNameWithPath}", "user/a", false),
            ("role/${RoleNameWithPath}", "*e/x?", true),
            ("log-group:${LogGroupName}", "log-group:/aws/lambda/x:*", true),
            ("a", "", false),
            ("", "*", true),
            ("", "eu-west-1", false),
        ] {
            assert_eq!(
                meet(&marks_of_form(form), &marks_of_pattern(pattern)),
                expected,
                "{form} {pattern}"
            );
        }
    }
}
