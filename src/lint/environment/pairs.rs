//! P304: rights of which one is little use without the other.
//!
//! Invariant: what any statement of the document gives, or of all policies of everyone who holds it, is not missed.

use super::holdings::{self, Grant, Holdings};
use super::{Thing, Written, told};
use crate::catalogue;
use crate::lint::Told;
use crate::policy_doc::{Clause, Effect, Flavour, Glob, Sense, Statement, Word};
use crate::spec::finding::{Finding, Severity};

/// An action, what it needs beside it, and why.
const PAIRS: &[(&str, &str, &str)] = &[
    (
        "logs:PutLogEvents",
        "logs:CreateLogStream",
        "events are written to a stream, which somebody has to make first",
    ),
    (
        "ecr:BatchGetImage",
        "ecr:GetAuthorizationToken",
        "an image is pulled only after signing in to the registry",
    ),
];

pub(super) fn check(holdings: &Holdings<'_>, told: &mut Vec<Told>) {
    for thing in &holdings.whole.things {
        for written in &thing.documents {
            let statements = written
                .document
                .statements
                .iter()
                .filter(|one| one.effect == Effect::Allow);
            let mut findings: Vec<Finding> = statements.filter_map(|one| objects_only(written, one)).collect();
            if written.flavour == Flavour::Identity {
                findings.extend(PAIRS.iter().filter_map(|pair| half(holdings, thing, written, pair)));
            }
            told.extend(findings.into_iter().map(|finding| Told {
                address: Some(thing.address.clone()),
                finding,
            }));
        }
    }
}

/// A pattern that means listing, on objects alone.
fn objects_only(written: &Written<'_>, statement: &Statement) -> Option<Finding> {
    if !matches!(written.flavour, Flavour::Identity | Flavour::Resource) {
        return None;
    }
    let list = catalogue::action("s3:ListBucket")?;
    let clause = statement
        .resource
        .as_ref()
        .filter(|clause| clause.sense == Sense::Only)?;
    let means = |word: &&Word| {
        word.text.contains('*') && crate::policy_doc::matches_ignoring_case(&word.text, &list.full_name())
    };
    let pattern = statement
        .action
        .items
        .iter()
        .filter(|_| statement.action.sense == Sense::Only)
        .find(means)?;
    let item = clause.items.iter().find(|word| bucket_of(&word.text).is_some())?;
    if clause.items.iter().any(|word| is_bucket_or_more(&word.text)) {
        return None;
    }
    let bucket = bucket_of(&item.text)?;
    let lists = |one: &&Statement| {
        one.effect == Effect::Allow && holdings::actions(one).contains(list) && names(one.resource.as_ref(), bucket)
    };
    if written.document.statements.iter().any(|one| lists(&one)) {
        return None;
    }
    let message = format!("`{}` on objects alone: listing the bucket is not allowed", pattern.text);
    let finding = told("P304", item.at.0.or(statement.at.0).or(Some(written.span)), message)
        .label(format!("`s3:ListBucket` needs `{bucket}`"))
        .help(format!(
            "add `{bucket}` to the resources, or name the actions on objects that are meant, such as `s3:GetObject`"
        ));
    Some(finding)
}

/// `arn:aws:s3:::b` of `arn:aws:s3:::b/*`.
fn bucket_of(resource: &str) -> Option<&str> {
    let name = resource.split_once(":s3:::")?.1;
    let slash = resource.len() - name.len() + name.find('/')?;
    resource.get(..slash)
}

fn is_bucket_or_more(resource: &str) -> bool {
    match resource.splitn(6, ':').nth(5) {
        Some(name) => Glob::arn(resource).meets(&Glob::arn("arn:*:s3:::*")) && !name.contains('/'),
        None => holdings::is_star(resource),
    }
}

fn names(clause: Option<&Clause>, bucket: &str) -> bool {
    let Some(clause) = clause else { return false };
    let bucket = Glob::arn(&holdings::without_variables(bucket));
    let named = clause.items.iter().any(|word| Glob::arn(&word.text).meets(&bucket));
    match clause.sense {
        Sense::Only => named,
        Sense::AllBut => !named,
    }
}

/// An action without the one that it needs, in the document and for one of those who hold it.
fn half(
    holdings: &Holdings<'_>,
    thing: &Thing<'_>,
    written: &Written<'_>,
    (has, needs, why): &(&str, &str, &str),
) -> Option<Finding> {
    let (has, needs) = (catalogue::action(has)?, catalogue::action(needs)?);
    let gives = |statement: &Statement, action| {
        statement.effect == Effect::Allow && holdings::actions(statement).contains(action)
    };
    let statement = written.document.statements.iter().find(|one| gives(one, has))?;
    if written.document.statements.iter().any(|one| gives(one, needs)) {
        return None;
    }
    let things = &holdings.whole.things;
    let own = things.iter().find(|one| std::ptr::eq(*one, thing))?;
    let holders = holdings.holders(own);
    let lacks = |one: &&Thing<'_>| {
        !things.iter().filter(|other| std::ptr::eq(*other, *one)).any(|one| {
            holdings
                .held(one)
                .grants
                .iter()
                .any(|grant: &Grant<'_>| gives(grant.statement, needs))
        })
    };
    if !holders.is_empty() && !holders.iter().any(lacks) {
        return None;
    }
    let word = statement
        .action
        .items
        .iter()
        .find(|word| crate::policy_doc::matches_ignoring_case(&word.text, &has.full_name()));
    let place = word
        .and_then(|word| word.at.0)
        .or(statement.at.0)
        .or(Some(written.span));
    let finding = told(
        "P304",
        place,
        format!("`{}` without `{}`", has.full_name(), needs.full_name()),
    )
    .label(*why)
    .help(format!(
        "allow `{}`, too, unless somebody else sees to it",
        needs.full_name()
    ));
    Some(finding.severity(Severity::Info))
}
