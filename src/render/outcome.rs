//! What an apply has done: what is true now, what failed and why, what was not tried.
//!
//! Invariant: every step of the plan is accounted for.

use crate::engine::apply::End;
use crate::engine::{CallError, Receipt};
use crate::plan::{Plan, Step};
use crate::spec::source::Place;

use super::{Doc, Label};

/// The report on a run; `remaining` are the addresses that AWS doesn't show as written yet.
#[must_use]
pub fn outcome(plan: &Plan, ends: &[End], remaining: &[String]) -> Doc {
    let mut doc = Doc::default();
    let pairs: Vec<(&Step, &End)> = plan.steps.iter().zip(ends).collect();
    for (_, receipt) in pairs
        .iter()
        .filter_map(|(step, end)| done(end).map(|receipt| (step, receipt)))
    {
        receipt
            .told
            .iter()
            .for_each(|told| doc.text(Label::Plain, told.clone()));
    }
    for (step, end) in &pairs {
        match end {
            End::Done(_) => {}
            End::Failed(error) => failed(&mut doc, step, error),
            End::Held(root) => held(&mut doc, step, &plan.steps[*root]),
            End::Stopped => stopped(&mut doc, step),
        }
    }
    for address in remaining {
        let text = format!("{address}: AWS does not show it as written yet; `evenkeel plan` tells what differs");
        doc.line([(Label::Changed, "unsettled: ".into()), (Label::Plain, text)]);
    }
    doc.text(Label::Heading, counts(ends, remaining));
    doc
}

fn done(end: &End) -> Option<&Receipt> {
    match end {
        End::Done(receipt) => Some(receipt),
        End::Failed(_) | End::Held(_) | End::Stopped => None,
    }
}

fn failed(doc: &mut Doc, step: &Step, error: &CallError) {
    let place = step
        .origin
        .as_ref()
        .map(|place: &Place| format!(" ({place})"))
        .unwrap_or_default();
    doc.line([
        (Label::Alarm, "failed: ".into()),
        (Label::Plain, format!("{}: {}{place}", step.address, step.summary)),
    ]);
    doc.text(Label::Plain, format!("    {error}"));
    doc.text(Label::Plain, format!("    {}", advice(step, error)));
}

fn advice(step: &Step, error: &CallError) -> String {
    if error.is_denied() {
        return format!("the identity that runs this needs {}", step.call);
    }
    if error.is_expired() {
        return "the credentials have run out: sign in again and apply again; what is done stays done".into();
    }
    "apply again when the cause is mended; what is done stays done".into()
}

fn held(doc: &mut Doc, step: &Step, root: &Step) {
    let text = format!(
        "{}: {}, because {} ({}) failed",
        step.address, step.summary, root.address, root.summary
    );
    doc.line([(Label::Changed, "not tried: ".into()), (Label::Plain, text)]);
}

fn stopped(doc: &mut Doc, step: &Step) {
    let text = format!("{}: {}, because the run was stopped", step.address, step.summary);
    doc.line([(Label::Changed, "not tried: ".into()), (Label::Plain, text)]);
}

fn counts(ends: &[End], remaining: &[String]) -> String {
    let count = |test: fn(&End) -> bool| ends.iter().filter(|end| test(end)).count();
    let done = count(|end| matches!(end, End::Done(_)));
    let failed = count(|end| matches!(end, End::Failed(_)));
    let untried = count(|end| matches!(end, End::Held(_) | End::Stopped));
    let mut text = format!("{done} of {} done", ends.len());
    if failed > 0 {
        text.push_str(&format!(", {failed} failed"));
    }
    if untried > 0 {
        text.push_str(&format!(", {untried} not tried"));
    }
    match (failed + untried, remaining.is_empty()) {
        (0, true) => text.push_str("; the account is as the file says."),
        _ => text.push('.'),
    }
    text
}
