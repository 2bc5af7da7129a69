//! P005, P006, P008: version, empty `Sid`s, size.
//!
//! Invariant: what the grammar refuses never gets here.

use super::Source;
use super::judge::{Judge, written_statements};
use crate::policy_doc::{At, Flavour, Policy, Version};
use crate::spec::finding::Severity;
use crate::spec::source::Span;

pub(super) fn document(judge: &mut Judge<'_>) {
    if judge.document.version == Version::V2008 {
        let message = match judge.cx.source {
            Source::Bare => "the document has no `Version`, or the old one, 2008-10-17",
            Source::File => "the document has the old version of the language, 2008-10-17",
        };
        let at = begin(judge.document.at);
        let label = "write `\"Version\": \"2012-10-17\"`";
        judge.tell_as(Severity::Warning, "P005", at, message, label);
    }
}

pub(super) fn text(judge: &mut Judge<'_>, policy: &Policy) {
    let document = judge.document;
    for (written, statement) in written_statements(policy).into_iter().zip(&document.statements) {
        if written.get("Sid").is_some_and(|sid| sid == "") {
            let message = "the `Sid` is empty";
            let label = "leave it out, or name the statement";
            judge.tell_as(Severity::Info, "P006", begin(statement.at), message, label);
        }
    }
    if judge.cx.source == Source::Bare {
        size(judge, policy.size());
    }
}

/// A place for what concerns a whole: its first character.
fn begin(at: At) -> At {
    At(at.0.map(|span| Span {
        end: span.start.saturating_add(1).min(span.end),
        ..span
    }))
}

/// What AWS takes at once, and what at most (IAM and Organizations quotas).
fn size(judge: &mut Judge<'_>, size: usize) {
    let (usual, most, where_more) = match judge.flavour() {
        Flavour::Identity | Flavour::Boundary => (
            6_144,
            10_240,
            "a managed policy takes 6,144, the inline policies of a role 10,240",
        ),
        Flavour::Trust => (2_048, 8_192, "a trust policy takes 2,048, unless the quota was raised"),
        Flavour::Session => (2_048, 2_048, "a session policy takes 2,048"),
        Flavour::Scp | Flavour::Rcp => (5_120, 10_240, "an organisation's policy takes 5,120"),
        Flavour::Resource | Flavour::Endpoint => (20_480, usize::MAX, "a bucket policy takes 20,480"),
    };
    let severity = match size {
        _ if size > most => Severity::Error,
        _ if size > usual => Severity::Warning,
        _ => return,
    };
    let message = format!("the document is {size} characters long without white space; {where_more}");
    judge.tell_as(
        severity,
        "P008",
        begin(judge.document.at),
        message,
        "split it, or say less",
    );
}
