//! The parts of the page around the resources: the verdict, the counts, what stands in the way, the remarks.
//!
//! Invariant: refusals, mistakes and what can't come back are said at every level.

use std::fmt::Write as _;

use crate::kind::Loss;
use crate::report::{Command, End, Finding, Report, Status, Word};
use crate::spec::finding::Severity;
use crate::spec::source::Place;

use super::Level;
use super::text::{clipped, code, prose};

/// The longest message of a finding or refusal where space is short.
const SHORT: usize = 200;

/// The longest message at all.
const LONG: usize = 2_000;

/// "**evenkeel plan** of `imaging`: **refused**, 1 to create".
pub(super) fn headline(report: &Report) -> String {
    let of = report.context.environment.as_deref();
    let of = of
        .map(|name| format!(" of {}", code(&clipped(name, SHORT))))
        .unwrap_or_default();
    let verdict = said(report);
    let summary = prose(&report.summary());
    format!("**evenkeel {}**{of}: **{verdict}**, {summary}", report.command.word())
}

fn said(report: &Report) -> &'static str {
    match (report.verdict.word, report.command) {
        (Word::Clean, Command::Check) => "no mistakes found",
        (Word::Clean, Command::Diff) => "no difference",
        (Word::Clean, Command::Plan | Command::Apply) => "nothing to do",
        (Word::Clean, Command::Drift | Command::Fleet) => "as written",
        (Word::Changes, Command::Drift | Command::Diff | Command::Fleet) => "differences",
        (Word::Changes, Command::Check | Command::Plan | Command::Apply) => "changes",
        (Word::Done, _) => "done",
        (Word::Incomplete, _) => "incomplete",
        (Word::Refused, _) => "refused",
        (Word::Error, _) => "error",
        (Word::Interrupted, _) => "interrupted",
    }
}

/// Where, as whom, against what.
pub(super) fn context(page: &mut String, report: &Report) {
    let context = &report.context;
    let named = |word: &str, value: &Option<String>| {
        let value = value.as_ref()?;
        Some(format!("{word} {}", code(&clipped(value, SHORT))))
    };
    let mut pieces: Vec<String> = [
        named("account", &context.account),
        named("of", &context.compared),
        named("in", &context.region),
        named("as", &context.identity),
    ]
    .into_iter()
    .flatten()
    .collect();
    let listed = |values: &[String]| -> Vec<String> { values.iter().map(|one| code(&clipped(one, SHORT))).collect() };
    if !context.bases.is_empty() {
        pieces.push(format!("against {}", listed(&context.bases).join(" and ")));
    }
    if !context.consents.is_empty() {
        pieces.push(format!("**with consent** {}", listed(&context.consents).join(" ")));
    }
    if !pieces.is_empty() {
        let _ = writeln!(page, "\n{}", pieces.join(" · "));
    }
}

/// What this level leaves out.
pub(super) fn omission(page: &mut String, level: Level) {
    let left_out = match level {
        Level::Full => return,
        Level::Brief => "what is kept is left out, and long values are cut",
        Level::Names => "the values are left out",
        Level::Lines => "what differs in each resource is left out",
        Level::Addresses => "everything but the addresses is left out, and long messages are cut",
    };
    let _ = writeln!(
        page,
        "\n> To fit into a comment, {left_out}. The whole is in the text and JSON reports."
    );
}

/// A table of what there is.
pub(super) fn counts(page: &mut String, report: &Report) {
    let counts = report.counts();
    if counts.is_empty() {
        return;
    }
    let cells = |cell: &dyn Fn((&Status, &usize)) -> String| -> String {
        let cells: Vec<String> = counts.iter().map(cell).collect();
        format!("| {} |", cells.join(" | "))
    };
    let _ = writeln!(page, "\n{}", cells(&|(status, _)| status.counted().to_owned()));
    let _ = writeln!(page, "{}", cells(&|_| "---:".to_owned()));
    let _ = writeln!(page, "{}", cells(&|(_, count)| count.to_string()));
}

/// As a heading above the addresses.
pub(super) fn title(status: Status) -> String {
    let word = status.counted();
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Why the command could not do its work.
pub(super) fn failure(page: &mut String, report: &Report) {
    let Some(failure) = &report.failure else { return };
    let _ = writeln!(page, "\n**Error**: {}", prose(&clipped(&failure.message, LONG)));
    if !failure.hints.is_empty() {
        page.push('\n');
    }
    for hint in failure.hints.iter().take(50) {
        let _ = writeln!(page, "- {}", prose(&clipped(hint, SHORT)));
    }
}

/// What differs between the headers of two files.
pub(super) fn header(page: &mut String, report: &Report) {
    if report.header.is_empty() {
        return;
    }
    let _ = writeln!(page, "\n**The header changes**\n");
    let said = |value: &Option<String>| {
        value
            .as_ref()
            .map_or("nothing".to_owned(), |one| code(&clipped(one, SHORT)))
    };
    for change in &report.header {
        let (before, after) = (said(&change.before), said(&change.after));
        let _ = writeln!(page, "- {}: {before} → {after}", code(change.key));
    }
}

/// What stands in the way, each with what would allow it.
pub(super) fn refusals(page: &mut String, report: &Report, level: Level) {
    if report.refusals.is_empty() {
        return;
    }
    let _ = writeln!(page, "\n**Refused**\n");
    for refusal in &report.refusals {
        let message = prose(&clipped(&refusal.message, most(level)));
        let _ = writeln!(page, "- {message}{}", at(refusal.place.as_ref()));
        if level < Level::Addresses {
            let _ = writeln!(page, "  {}", prose(&clipped(&refusal.hint, most(level))));
        }
    }
}

fn most(level: Level) -> usize {
    if level == Level::Full { LONG } else { SHORT }
}

/// " (`environment.yaml:12`)".
pub(super) fn at(place: Option<&Place>) -> String {
    place
        .map(|place| format!(" ({})", code(&clipped(&place.to_string(), SHORT))))
        .unwrap_or_default()
}

/// Kinds of which nobody knows what there is.
pub(super) fn unlisted(page: &mut String, report: &Report) {
    if report.unlisted.is_empty() {
        return;
    }
    let _ = writeln!(page, "\n**Could not be listed**\n");
    for (kind, reason) in &report.unlisted {
        let _ = writeln!(page, "- {}: {}", code(kind.name()), prose(&clipped(reason, SHORT)));
    }
}

/// Findings in files, errors first.
pub(super) fn findings(page: &mut String, report: &Report, level: Level) {
    for severity in Severity::ALL {
        let title = match severity {
            Severity::Error => "Errors",
            Severity::Security => "Security",
            Severity::Warning => "Warnings",
            Severity::Info => "Remarks",
        };
        let of_it = || report.findings.iter().filter(|finding| finding.severity == severity);
        if of_it().next().is_none() {
            continue;
        }
        let _ = writeln!(page, "\n**{title}**\n");
        of_it().for_each(|finding| self::finding(page, finding, level));
    }
}

fn finding(page: &mut String, finding: &Finding, level: Level) {
    let message = prose(&clipped(&finding.message, most(level)));
    let place = finding.region.as_ref().map(|region| &region.start);
    let _ = writeln!(page, "- {} {message}{}", code(finding.code), at(place));
    let advice = [Some(finding.label.as_str()), finding.help.as_deref()];
    for advice in advice
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty() && level < Level::Addresses)
    {
        let _ = writeln!(page, "  {}", prose(&clipped(advice, most(level))));
    }
}

/// Deletions and replacements: what can't come back.
pub(super) fn dangers(page: &mut String, report: &Report) {
    let is_loss = |loss: Loss| matches!(loss, Loss::Object | Loss::Store);
    let lost: Vec<_> = report.steps.iter().filter(|step| is_loss(step.loss)).collect();
    if lost.is_empty() {
        return;
    }
    let _ = writeln!(page, "\n**What can't come back**\n");
    for step in lost {
        let _ = writeln!(
            page,
            "- {}: {}{}",
            code(&clipped(&step.address.to_string(), SHORT)),
            prose(&clipped(&step.summary, SHORT)),
            at(step.place.as_ref())
        );
    }
}

/// What an apply could not do.
pub(super) fn ends(page: &mut String, report: &Report) {
    let mut begun = false;
    for step in &report.steps {
        let said = match &step.end {
            Some(End::Failed { message, .. }) => format!("failed: {}", prose(&clipped(message, SHORT))),
            Some(End::Held(root)) => format!("not tried, because step {root} was not done"),
            Some(End::Stopped) => "not tried, because the run was stopped".to_owned(),
            Some(End::Done { .. }) | None => continue,
        };
        if !begun {
            let _ = writeln!(page, "\n**Not done**\n");
            begun = true;
        }
        let address = code(&clipped(&step.address.to_string(), SHORT));
        let _ = writeln!(page, "- {address}: {}; {said}", prose(&clipped(&step.summary, SHORT)));
    }
}

/// Remarks on the whole.
pub(super) fn notes(page: &mut String, report: &Report, level: Level) {
    if report.notes.is_empty() || level == Level::Addresses {
        return;
    }
    page.push('\n');
    for note in &report.notes {
        let _ = writeln!(page, "- {}", prose(&clipped(note, most(level))));
    }
}
