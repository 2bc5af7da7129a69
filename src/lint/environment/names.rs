//! P305: names in statements that fit nothing of what is declared.
//!
//! Invariant: told only where the name is nearly that of something declared, or is the name of another kind of thing: a
//! file need not declare everything that it gives rights to.

use super::{Whole, Written, told};
use crate::lint::Told;
use crate::policy_doc::{Flavour, Glob, Sense, Word};
use crate::spec::finding::Finding;

/// A kind of resource that statements name, and how its name stands in an ARN behind the account.
struct Form {
    kind: &'static str,
    what: &'static str,
    service: &'static str,
    before: &'static str,
}

const FORMS: &[Form] = &[
    Form {
        kind: "lambda",
        what: "function",
        service: "logs",
        before: "log-group:/aws/lambda/",
    },
    Form {
        kind: "lambda",
        what: "function",
        service: "lambda",
        before: "function:",
    },
    Form {
        kind: "rule",
        what: "rule",
        service: "events",
        before: "rule/",
    },
    Form {
        kind: "role",
        what: "role",
        service: "iam",
        before: "role/",
    },
    Form {
        kind: "user",
        what: "user",
        service: "iam",
        before: "user/",
    },
];

pub(super) fn check(whole: &Whole<'_>, told: &mut Vec<Told>) {
    for thing in &whole.things {
        for written in thing
            .documents
            .iter()
            .filter(|written| written.flavour != Flavour::Trust)
        {
            let clauses = written
                .document
                .statements
                .iter()
                .filter_map(|one| one.resource.as_ref());
            let words = clauses
                .filter(|clause| clause.sense == Sense::Only)
                .flat_map(|clause| &clause.items);
            told.extend(
                words
                    .filter_map(|word| misfit(whole, written, word))
                    .map(|finding| Told {
                        address: Some(thing.address.clone()),
                        finding,
                    }),
            );
        }
    }
}

fn misfit(whole: &Whole<'_>, written: &Written<'_>, word: &Word) -> Option<Finding> {
    let mut parts = word.text.splitn(6, ':').skip(2);
    let (service, _, account, rest) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let form = FORMS
        .iter()
        .find(|form| form.service == service && rest.starts_with(form.before))?;
    if !is_own(whole, account) || word.text.contains("${") {
        return None;
    }
    let name = name_in(form, rest.strip_prefix(form.before)?);
    let fixed = name.trim_end_matches('*');
    let glob = Glob::text(name);
    let mut declared = whole
        .things
        .iter()
        .filter(|thing| thing.kind == form.kind)
        .map(|thing| last(&thing.arn))
        .peekable();
    if fixed.len() < 3 || fixed.contains(['*', '?']) || declared.peek().is_none() {
        return None;
    }
    let names: Vec<&str> = declared.collect();
    if names.iter().any(|known| glob.matches(known)) {
        return None;
    }
    let meant = meant(whole, form, fixed, &names)?;
    Some(tell(written, word, form, name, &meant))
}

/// What was probably meant.
enum Meant<'a> {
    /// The name belongs to a thing of another kind.
    Other(&'a str),
    /// A declared name is nearly the same.
    Near(&'a str),
}

fn meant<'a>(whole: &'a Whole<'_>, form: &Form, name: &str, names: &[&'a str]) -> Option<Meant<'a>> {
    let near = names.iter().copied().find(|known| is_near(known, name));
    let other = whole
        .things
        .iter()
        .filter(|thing| thing.kind != form.kind && matches!(thing.kind, "role" | "lambda" | "rule" | "user"));
    let namesake = other
        .filter(|thing| last(&thing.arn) == name)
        .map(|thing| thing.address.as_str())
        .next();
    namesake.map(Meant::Other).or(near.map(Meant::Near))
}

/// Nearly alike: but for case, for two typing errors, or one inside of the other.
fn is_near(known: &str, name: &str) -> bool {
    let (known, name) = (known.to_lowercase(), name.to_lowercase());
    let limit = (name.len() / 6).clamp(1, 2);
    let shorter = known.len().min(name.len());
    strsim::osa_distance(&known, &name) <= limit || shorter >= 6 && (known.contains(&name) || name.contains(&known))
}

/// The name without a log stream, a function's version, or the bus before a rule.
fn name_in<'t>(form: &Form, rest: &'t str) -> &'t str {
    match form.kind {
        "lambda" => rest.split(':').next().unwrap_or(rest),
        _ => last(rest),
    }
}

fn last(arn: &str) -> &str {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    name.rsplit(':').next().unwrap_or(name)
}

fn is_own(whole: &Whole<'_>, account: &str) -> bool {
    matches!(account, "" | "*") || whole.account.as_deref().is_none_or(|own| own == account)
}

fn tell(written: &Written<'_>, word: &Word, form: &Form, name: &str, meant: &Meant<'_>) -> Finding {
    let message = format!("no {} of the file is called `{name}`", form.what);
    let finding = told("P305", word.at.0.or(Some(written.span)), message);
    match meant {
        Meant::Other(address) => finding
            .label(format!("the name of {address}"))
            .help(format!("name the {} here, not what goes with it", form.what)),
        Meant::Near(known) => finding
            .label(format!("nearly `{known}`"))
            .help(format!("write `{known}` if that is meant")),
    }
}
