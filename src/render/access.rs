//! Who gains and who loses which access, as a reviewer reads it: the gravest first, a line for each service.
//!
//! Invariant: nothing is printed where nobody's access moves; principals whose access moves in the same way share their
//! lines, and each of them is named or counted.

#[cfg(test)]
mod tests;

use crate::access::delta::{Actions, Delta, Escalation, Level, Right, Shift, Source, Way, When, Widens};

use super::{Doc, Label};

/// The narrowest column of principals.
const WHO_WIDTH: usize = 30;

/// The column of principals is never wider.
const WHO_WIDEST: usize = 46;

/// The most actions, resources or principals that are named in one line.
const MOST_NAMED: usize = 6;

/// From which side a difference of access is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// What a change does.
    Change,
    /// What the account has beyond the file, and what it lacks.
    Standing,
}

impl Voice {
    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Change => "Access",
            Self::Standing => "Access, the account beside the file",
        }
    }

    pub(super) fn verb(self, way: Way) -> &'static str {
        match (self, way) {
            (Self::Change, Way::Gains) => "gains",
            (Self::Change, Way::Changes) => "changes",
            (Self::Change, Way::Loses) => "loses",
            (Self::Standing, Way::Gains) => "has",
            (Self::Standing, Way::Changes) => "differs",
            (Self::Standing, Way::Loses) => "lacks",
        }
    }

    /// The line that says what it comes to.
    #[must_use]
    pub fn verdict(self, delta: &Delta) -> String {
        let verdict = delta.verdict();
        match self {
            Self::Change => format!("widens access: {verdict}"),
            Self::Standing => format!("more access than the file gives: {verdict}"),
        }
    }

    pub(super) fn admin(self, way: Way) -> &'static str {
        match (self, way) {
            (Self::Change, Way::Gains | Way::Changes) => "becomes as good as an administrator",
            (Self::Change, Way::Loses) => "is no longer as good as an administrator",
            (Self::Standing, Way::Gains | Way::Changes) => "is as good as an administrator",
            (Self::Standing, Way::Loses) => "would be as good as an administrator",
        }
    }
}

/// Adds the section, if there is anything to say.
pub fn section(doc: &mut Doc, delta: &Delta, voice: Voice) {
    if delta.is_empty() {
        return;
    }
    doc.gap();
    doc.text(Label::Heading, voice.heading());
    let groups = alike(&delta.shifts);
    let names: Vec<String> = groups.iter().map(|(names, _)| listed(names)).collect();
    let widest = names.iter().map(|name| name.chars().count() + 2).max();
    let width = widest.unwrap_or_default().clamp(WHO_WIDTH, WHO_WIDEST);
    for (name, (_, shift)) in names.iter().zip(&groups) {
        one(doc, name, shift, width, voice);
    }
    let label = match delta.verdict().widens {
        Widens::No => Label::Plain,
        Widens::Yes | Widens::Unknown => Label::Changed,
    };
    doc.text(label, format!("  {}", voice.verdict(delta)));
}

/// Principals whose access moves in the same way, in the order of the first of them.
pub(super) fn alike(shifts: &[Shift]) -> Vec<(Vec<&str>, &Shift)> {
    let mut groups: Vec<(Vec<&str>, &Shift)> = Vec::new();
    for shift in shifts {
        let same = |other: &Shift| {
            let Shift {
                who,
                rights,
                escalations,
                admin,
                unknown,
            } = other;
            (who.sort, rights, escalations, admin, unknown)
                == (
                    shift.who.sort,
                    &shift.rights,
                    &shift.escalations,
                    &shift.admin,
                    &shift.unknown,
                )
        };
        match groups.iter_mut().find(|(_, other)| same(other)) {
            Some((names, _)) => names.push(&shift.who.shown),
            None => groups.push((vec![&shift.who.shown], shift)),
        }
    }
    groups
}

fn one(doc: &mut Doc, name: &str, shift: &Shift, width: usize, voice: Voice) {
    let is_grave = is_grave(shift);
    let mark = if is_grave { "  ! " } else { "    " };
    let mut head = Some(name);
    let mut row = |label: Label, verb: &str, text: String, aside: String| {
        let name = head.take().unwrap_or_default();
        let room = width.saturating_sub(name.chars().count()).max(1);
        let mark = if name.is_empty() { "    " } else { mark };
        let who = if is_grave { Label::Alarm } else { Label::Plain };
        doc.line([
            (who, format!("{mark}{name}")),
            (Label::Plain, " ".repeat(room)),
            (label, format!("{verb:<9}")),
            (Label::Plain, text),
            (Label::Dim, aside),
        ]);
    };
    if let Some(way) = shift.admin {
        let label = if way == Way::Loses {
            Label::Removed
        } else {
            Label::Alarm
        };
        row(label, "", voice.admin(way).to_owned(), String::new());
    }
    for escalation in &shift.escalations {
        row(Label::Alarm, "", way_up(escalation), String::new());
    }
    for right in &shift.rights {
        row(
            label(right.way),
            voice.verb(right.way),
            said(right),
            format!("  {}", levels(right)),
        );
    }
    for (way, why) in &shift.unknown {
        let text = unknown(voice, *way, why);
        row(Label::Alarm, "unknown", text, String::new());
    }
}

/// "what it gains: policy x was not read".
pub(super) fn unknown(voice: Voice, way: Way, why: &str) -> String {
    match way {
        Way::Changes => why.to_owned(),
        Way::Gains | Way::Loses => format!("what it {}: {why}", voice.verb(way)),
    }
}

/// What a reader must not miss.
pub(super) fn is_grave(shift: &Shift) -> bool {
    let is_gain = shift.widens() != Widens::No;
    let is_far = shift.who.sort == crate::access::delta::Sort::Anyone;
    shift.admin == Some(Way::Gains) || !shift.escalations.is_empty() || (is_gain && is_far)
}

fn label(way: Way) -> Label {
    match way {
        Way::Gains => Label::Added,
        Way::Changes => Label::Changed,
        Way::Loses => Label::Removed,
    }
}

/// "can make itself more: iam:PassRole + glue:CreateJob: …".
pub(super) fn way_up(escalation: &Escalation) -> String {
    let Escalation { id: _, actions, how } = escalation;
    format!("can get further with {}: {how}", actions.join(" + "))
}

/// "s3:GetObject, s3:PutObject on rmi-360/* if …  (policy monitoring)".
pub(super) fn said(right: &Right) -> String {
    let Right {
        way,
        actions,
        resources,
        except,
        when,
        from,
    } = right;
    let names: Vec<String> = actions.iter().map(named).collect();
    let mut text = format!("{} on {}", listed(&names), listed(&short_all(resources)));
    if !except.is_empty() {
        text.push_str(&format!(", but not {}", listed(&short_all(except))));
    }
    match when {
        When::Always => {}
        When::If(condition) => text.push_str(&format!(", {condition}")),
        When::Unless(condition) => match way {
            Way::Gains | Way::Changes => text.push_str(&format!(", until now only {condition}")),
            Way::Loses => text.push_str(&format!(", from now on only {condition}")),
        },
        When::Other { before, after } => text.push_str(&format!(", {before} -> {after}")),
    }
    if let Some(sources) = sources(from) {
        text.push_str(&format!("  ({sources})"));
    }
    text
}

fn sources(from: &[Source]) -> Option<String> {
    let named: Vec<String> = from
        .iter()
        .map(|Source { policy, statement }| match statement {
            Some(statement) => format!("{policy}, {statement}"),
            None => policy.clone(),
        })
        .collect();
    (!named.is_empty()).then(|| match named.as_slice() {
        [one, two, three, _, ..] => format!("{one}; {two}; {three} and {} more", named.len() - 3),
        few => few.join("; "),
    })
}

fn named(actions: &Actions) -> String {
    match actions.except.as_slice() {
        [] => actions.pattern.clone(),
        except => format!("{} but not {}", actions.pattern, except.join(", ")),
    }
}

/// The levels of a right's actions, the gravest first: "write, read".
fn levels(right: &Right) -> String {
    let levels: std::collections::BTreeSet<Level> = right
        .actions
        .iter()
        .flat_map(|one| one.levels.keys().copied())
        .collect();
    let words: Vec<&str> = levels.into_iter().map(Level::word).collect();
    words.join(", ")
}

fn listed<T: AsRef<str>>(items: &[T]) -> String {
    let texts: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match texts.get(..MOST_NAMED) {
        Some(first) if texts.len() > MOST_NAMED + 1 => {
            format!("{} and {} more", first.join(", "), texts.len() - MOST_NAMED)
        }
        _ => texts.join(", "),
    }
}

fn short_all(resources: &[String]) -> Vec<&str> {
    resources.iter().map(|resource| short(resource)).collect()
}

/// What people call it: buckets and objects by name, IAM's things without the account.
pub(super) fn short(resource: &str) -> &str {
    let mut parts = resource.splitn(6, ':');
    let parts: [Option<&str>; 6] = std::array::from_fn(|_| parts.next());
    match parts {
        [Some("arn"), Some(_), Some("s3"), Some(""), Some(""), Some(rest)] if rest != "*" => rest,
        [Some("arn"), Some(_), Some("iam"), Some(""), Some(account), Some(rest)]
            if account.bytes().all(|byte| byte.is_ascii_digit()) && rest != "*" =>
        {
            rest
        }
        _ => resource,
    }
}
