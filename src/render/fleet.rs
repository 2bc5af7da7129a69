//! A fleet's report: a line for each account, then what there is to say of those that are not as written.
//!
//! Invariant: the order is that of the accounts' names, whichever finished first; equal ends give equal text.

use super::{Doc, Label};

/// How an account's run ended, the gravest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// As the file says.
    AsWritten,
    /// Not as the file says.
    Differs,
    /// Something could not be read.
    Incomplete,
    /// A guard refused.
    Refused,
    /// It could not be looked at.
    Failed,
    /// It was not looked at, because the run was interrupted.
    NotStarted,
}

/// What is said of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name in the fleet's file.
    pub name: String,
    /// The twelve digits.
    pub account: String,
    /// How it ended.
    pub ending: Ending,
    /// A line on it.
    pub summary: String,
    /// Its whole report, where there is more to say than the line.
    pub report: Option<Doc>,
}

impl Ending {
    fn mark(self) -> (Label, &'static str) {
        match self {
            Self::AsWritten => (Label::Dim, " "),
            Self::Differs => (Label::Changed, "~"),
            Self::Incomplete => (Label::Alarm, "?"),
            Self::Refused | Self::Failed => (Label::Alarm, "!"),
            Self::NotStarted => (Label::Dim, "-"),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::AsWritten => "as written",
            Self::Differs => "not as written",
            Self::Incomplete => "incomplete",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::NotStarted => "not started",
        }
    }
}

/// The whole report; `title` says of what: "fleet plan · shard 1/4".
#[must_use]
pub fn fleet(title: &str, members: &[Member]) -> Doc {
    let mut doc = Doc::default();
    doc.text(Label::Heading, title);
    doc.gap();
    let width = members
        .iter()
        .map(|member| member.name.chars().count())
        .max()
        .unwrap_or(0);
    for member in members {
        let Member {
            name,
            account,
            ending,
            summary,
            report: _,
        } = member;
        let (label, mark) = ending.mark();
        let room = " ".repeat(width.saturating_sub(name.chars().count()));
        doc.line([
            (label, mark.to_owned()),
            (Label::Plain, " ".into()),
            (Label::Heading, name.clone()),
            (Label::Plain, format!("{room}  {account}  {summary}")),
        ]);
    }
    for member in members {
        if let Some(report) = &member.report {
            doc.gap();
            doc.text(Label::Heading, format!("== {} ==", member.name));
            doc.append(report);
        }
    }
    doc.gap();
    doc.text(Label::Heading, counts(members));
    doc
}

/// "4 accounts: 2 as written, 1 not as written, 1 failed."
fn counts(members: &[Member]) -> String {
    let all = [
        Ending::AsWritten,
        Ending::Differs,
        Ending::Incomplete,
        Ending::Refused,
        Ending::Failed,
        Ending::NotStarted,
    ];
    let counted = all.into_iter().map(|ending| {
        let count = members.iter().filter(|member| member.ending == ending).count();
        (count, ending.words())
    });
    let parts: Vec<String> = counted
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    let noun = if members.len() == 1 { "account" } else { "accounts" };
    if parts.is_empty() {
        return "0 accounts.".to_owned();
    }
    format!("{} {noun}: {}.", members.len(), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::Colour;
    use super::*;

    fn member(name: &str, ending: Ending, summary: &str, report: Option<&str>) -> Member {
        let report = report.map(|text| {
            let mut doc = Doc::default();
            doc.text(Label::Plain, text);
            doc
        });
        Member {
            name: name.into(),
            account: "123456789012".into(),
            ending,
            summary: summary.into(),
            report,
        }
    }

    #[test]
    fn each_account_has_a_line_and_those_that_differ_a_part() {
        let members = [
            member("a", Ending::AsWritten, "Nothing to do: 3 as written.", None),
            member("team-b", Ending::Differs, "1 to change.", Some("~ role/ci")),
            member("c", Ending::Failed, "error: no credentials", None),
        ];
        let text = fleet("fleet plan", &members).render(Colour::Never);
        let wanted = "fleet plan\n\n  a       123456789012  Nothing to do: 3 as written.\n~ team-b  123456789012  1 to \
                      change.\n! c       123456789012  error: no credentials\n\n== team-b ==\n~ role/ci\n\n3 accounts: 1 \
                      as written, 1 not as written, 1 failed.\n";
        assert_eq!(text, wanted);
    }
}
