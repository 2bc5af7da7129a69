//! P115: policy variables.
//!
//! Invariant: only texts in which AWS looks for variables are read: resources and condition values of a document of 2012.

use super::judge::{Judge, Judged};
use crate::catalogue;
use crate::policy_doc::{Version, Word};
use crate::spec::finding::Severity;

pub(super) fn statement(judge: &mut Judge<'_>, judged: &Judged<'_>) {
    if judge.document.version == Version::V2008 {
        return;
    }
    let statement = judged.statement;
    let resources = statement.resource.iter().flat_map(|clause| &clause.items);
    let values = statement.conditions.iter().flat_map(|condition| &condition.values);
    for word in resources.chain(values) {
        variables(judge, word);
    }
}

fn variables(judge: &mut Judge<'_>, word: &Word) {
    let mut rest = word.text.as_str();
    while let Some((_, after)) = rest.split_once("${") {
        let Some((inside, after)) = after.split_once('}') else {
            let message = format!("a variable in `{}` is not closed", word.text);
            return judge.tell("P115", word.at, message, "a `}` is missing");
        };
        variable(judge, word, inside);
        rest = after;
    }
}

fn variable(judge: &mut Judge<'_>, word: &Word, inside: &str) {
    let (name, default) = match inside.split_once(',') {
        Some((name, default)) => (name.trim_end(), Some(default.trim())),
        None => (inside, None),
    };
    if matches!(name, "*" | "?" | "$") {
        return;
    }
    let whole = format!("${{{inside}}}");
    if name.is_empty() || name.contains(char::is_whitespace) || name.contains("${") {
        let message = format!("`{whole}` names no variable");
        return judge.tell(
            "P115",
            word.at,
            message,
            "write the key without blanks: `${aws:username}`",
        );
    }
    if default.is_some_and(|text| text.len() < 2 || !text.starts_with('\'') || !text.ends_with('\'')) {
        let message = format!("the default in `{whole}` stands in no quotes");
        return judge.tell("P115", word.at, message, format!("write `${{{name}, 'default'}}`"));
    }
    if catalogue::condition_key(name).is_some() || name.split(':').next().is_some_and(|host| host.contains('.')) {
        return;
    }
    let severity = match name.to_ascii_lowercase().starts_with("aws:") || !name.contains(':') {
        true => Severity::Error,
        false => Severity::Warning,
    };
    let message = format!("there is no variable `{whole}`");
    let label = match nearest(name) {
        Some(near) => format!("did you mean `${{{near}}}`?"),
        None => "no request has such a key".to_owned(),
    };
    judge.tell_as(severity, "P115", word.at, message, label);
}

/// The global key that is spelled most like it.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let globals = catalogue::GLOBAL_KEYS.iter().map(|key| key.name);
    let distance = |key: &str| {
        let key = key.to_ascii_lowercase();
        match key.starts_with(&lower) {
            true => 1,
            false => strsim::osa_distance(&key, &lower),
        }
    };
    let best = globals.min_by_key(|key| distance(key))?;
    (distance(best) <= (name.len() / 4).clamp(1, 4)).then_some(best)
}
