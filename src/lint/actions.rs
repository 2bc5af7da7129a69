//! P101 to P104: actions that are none.
//!
//! Invariant: the catalogue may be older than an action, so all of these are warnings.

use super::judge::{Judge, Judged, is_star};
use crate::catalogue::{self, ActionSet, retired};
use crate::policy_doc::Word;

pub(super) fn statement(judge: &mut Judge<'_>, judged: &Judged<'_>) {
    for item in &judged.statement.action.items {
        action(judge, item);
    }
}

fn action(judge: &mut Judge<'_>, item: &Word) {
    let text = item.text.as_str();
    let Some((prefix, name)) = text.split_once(':') else {
        return;
    };
    if prefix.contains(['*', '?']) || is_star(name) && catalogue::service(prefix).is_some_and(|_| !is_gone(text)) {
        return;
    }
    if catalogue::service(prefix).is_none() {
        return unknown_service(judge, item, prefix);
    }
    if is_gone(text) {
        return gone(judge, item);
    }
    let is_pattern = name.contains(['*', '?']);
    if is_pattern && ActionSet::of_pattern(text).is_empty() {
        let message = format!("`{text}` matches no action of {prefix}");
        return judge.tell("P103", item.at, message, "this line has no effect");
    }
    if !is_pattern && catalogue::action(text).is_none() {
        let message = format!("{prefix} has no action `{name}`");
        let label = match catalogue::meant(text) {
            Some(meant) => format!("write `{meant}`"),
            None => format!("not among the actions as of {}", catalogue::stamp().actions_as_of()),
        };
        judge.tell("P102", item.at, message, label);
    }
}

fn unknown_service(judge: &mut Judge<'_>, item: &Word, prefix: &str) {
    if retired(&item.text).is_some() {
        return gone(judge, item);
    }
    let message = format!("no service has the prefix `{prefix}`");
    let meant = catalogue::meant(&item.text).or_else(|| catalogue::meant_prefix(prefix).map(str::to_owned));
    let label = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("not among the services as of {}", catalogue::stamp().actions_as_of()),
    };
    judge.tell("P101", item.at, message, label);
}

/// Whether all, or nearly all, that a pattern means is retired.
fn is_gone(text: &str) -> bool {
    if retired(text).is_some() {
        return true;
    }
    if !text.contains(['*', '?']) {
        return false;
    }
    let meant = ActionSet::of_pattern(text);
    let gone = meant
        .iter()
        .filter(|action| retired(&action.full_name()).is_some())
        .count();
    gone * 2 > meant.len()
}

fn gone(judge: &mut Judge<'_>, item: &Word) {
    let text = item.text.as_str();
    let (since, instead) = match retired(text) {
        Some(retired) => (format!(" in {}", retired.since), some(retired.replacements)),
        None => (String::new(), String::new()),
    };
    let message = format!("AWS has retired `{text}`{since}");
    let label = match instead.is_empty() {
        true => "it grants nothing any more".to_owned(),
        false => format!("use {instead}"),
    };
    judge.tell("P104", item.at, message, label);
}

/// The first few, and how many more there are.
fn some(replacements: &[&str]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<&str> = replacements.iter().copied().take(SHOWN).collect();
    match replacements.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
