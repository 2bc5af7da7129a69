//! The members of IAM's requests as its API model has them: which must be there, how long or large they can be, and which
//! values there are.
//!
//! Invariant: what a request breaks of it is told all at once, before anything else is looked at. The letters that names
//! and paths can have are not of the model; their refusals come later and one at a time.

use super::super::{Fault, constraint};
use super::ask::{Ask, camel};
use super::refusal::validation;
use super::tag;

/// One row for each operation: its members, `!` for those that must be there, and after `=` the length (`1..64`), the range
/// of a number (`#1..1000`), the values (`Active|Inactive`) or that it is a list of tags. From the service model of IAM.
const MEMBERS: &str = include_str!("members.txt");

/// Members that no answer repeats.
const SECRETS: [&str; 5] = ["Password", "OldPassword", "NewPassword", "PrivateKey", "AddPrivateKey"];

/// Refuses a request that breaks the model (`ValidationError`), with all that it breaks.
pub(super) fn check(ask: Ask<'_>, action: &str) -> Result<(), Fault> {
    let row = MEMBERS
        .lines()
        .find_map(|row| row.strip_prefix(action)?.strip_prefix(' '));
    let members = row.unwrap_or_default().split(' ').filter(|word| !word.is_empty());
    let broken: Vec<String> = members.flat_map(|member| violations(ask, member)).collect();
    constraint::told(&broken).map_or(Ok(()), |message| Err(validation(message)))
}

fn violations(ask: Ask<'_>, member: &str) -> Vec<String> {
    let (name, rule) = member.split_once('=').unwrap_or((member, ".."));
    if rule == "tags" {
        return tag_violations(ask);
    }
    let required = name.ends_with('!');
    let name = name.trim_end_matches('!');
    let told = match ask.text(name) {
        None if required => Some(("null".to_owned(), "not be null".to_owned())),
        None => None,
        Some(_) if SECRETS.contains(&name) => broken(rule, ask, name).map(|must| ("'*****'".to_owned(), must)),
        Some(text) => broken(rule, ask, name).map(|must| (format!("'{text}'"), must)),
    };
    told.map(|(value, must)| constraint::failed(&camel(name), &value, &format!("Member must {must}")))
        .into_iter()
        .collect()
}

/// What a member must be and is not.
fn broken(rule: &str, ask: Ask<'_>, name: &str) -> Option<String> {
    let text = ask.text(name)?;
    let Some((least, most)) = rule.split_once("..") else {
        let is_one = rule.split('|').any(|value| value == text);
        return (!is_one).then(|| format!("satisfy enum value set: [{}]", rule.replace('|', ", ")));
    };
    match least.strip_prefix('#') {
        Some(least) => out_of("value", text.parse().ok()?, least, most),
        None => out_of("length", u64::try_from(text.chars().count()).ok()?, least, most),
    }
}

fn out_of(what: &str, found: u64, least: &str, most: &str) -> Option<String> {
    if least.parse().is_ok_and(|least: u64| found < least) {
        return Some(format!("have {what} greater than or equal to {least}"));
    }
    if most.parse().is_ok_and(|most: u64| found > most) {
        return Some(format!("have {what} less than or equal to {most}"));
    }
    None
}

fn tag_violations(ask: Ask<'_>) -> Vec<String> {
    let mut told = Vec::new();
    for (nth, (key, value)) in (1usize..).zip(ask.tag_pairs()) {
        let broken = [
            ("key", key, tag::key_rule(key)),
            ("value", value, tag::value_rule(value)),
        ];
        for (part, text, must) in broken {
            told.extend(must.map(|must| constraint::broken(&format!("tags.{nth}.member.{part}"), text, &must)));
        }
    }
    told
}
