//! A report as Markdown for the comment of a pull request or the summary of a workflow.
//!
//! Invariant: at most [`MOST`] characters; what is left out for that is said, and it is detail before it is a resource, and
//! never a refusal before a resource. What others wrote stands in code or as plain words: it makes no mark-up, no link, no
//! mention, no HTML.

mod access;
mod detail;
mod parts;
#[cfg(test)]
mod tests;
mod text;

use std::fmt::Write as _;

use crate::report::{Member, Report, Status, Thing};

use self::text::{code, prose};

/// The longest comment, in characters of UTF-16; GitHub takes 65,536.
pub const MOST: usize = 65_000;

/// How much is said, from all to hardly anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// Each resource with all that is said of it.
    Full,
    /// Each resource with its differences; values and documents cut, what is kept left out.
    Brief,
    /// Each resource with the names of the fields that differ.
    Names,
    /// Each resource on a line.
    Lines,
    /// The addresses, by what happens to them.
    Addresses,
}

const LEVELS: &[Level] = &[Level::Full, Level::Brief, Level::Names, Level::Lines, Level::Addresses];

/// The report as Markdown.
#[must_use]
pub fn markdown(report: &Report) -> String {
    for level in LEVELS {
        let page = page(report, *level);
        if size(&page) <= MOST {
            return page;
        }
    }
    cut(&page(report, Level::Addresses))
}

/// Characters as GitHub counts them, at the most.
fn size(text: &str) -> usize {
    text.encode_utf16().count()
}

const CUT: &str = "\n\n> **Cut here**: the rest does not fit. The whole is in the JSON report.\n";

/// The lines that fit. At the last level there is no block that a cut could leave open.
fn cut(page: &str) -> String {
    let mut room = MOST.saturating_sub(size(CUT));
    let mut kept = String::new();
    for line in page.split_inclusive('\n') {
        let Some(rest) = room.checked_sub(size(line)) else {
            break;
        };
        room = rest;
        kept.push_str(line);
    }
    kept.truncate(kept.trim_end().len());
    kept.push_str(CUT);
    kept
}

fn page(report: &Report, level: Level) -> String {
    let mut page = format!("{}\n", marker(report));
    let _ = writeln!(page, "{}", parts::headline(report));
    parts::context(&mut page, report);
    parts::omission(&mut page, level);
    body(&mut page, report, level);
    page
}

/// What a bot finds its comment by.
fn marker(report: &Report) -> String {
    let of = report.context.environment.as_deref().unwrap_or_default();
    let harmless = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    let of: String = of.chars().filter(harmless).take(100).collect();
    let parts = ["evenkeel", report.command.word(), &of];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("<!-- {} -->", parts.join(":"))
}

fn body(page: &mut String, report: &Report, level: Level) {
    parts::counts(page, report);
    parts::failure(page, report);
    parts::header(page, report);
    parts::refusals(page, report, level);
    parts::findings(page, report, level);
    parts::unlisted(page, report);
    access::access(page, report, level);
    parts::dangers(page, report);
    parts::ends(page, report);
    let shown: Vec<&Thing> = report.things.iter().filter(|thing| thing.is_worth_showing()).collect();
    match level {
        Level::Addresses => addresses(page, &shown),
        Level::Full | Level::Brief | Level::Names | Level::Lines => {
            for thing in &shown {
                detail::thing(page, thing, level);
            }
        }
    }
    parts::notes(page, report, level);
    for member in &report.members {
        self::member(page, member, level);
    }
}

fn addresses(page: &mut String, things: &[&Thing]) {
    let mut statuses: Vec<Status> = things.iter().map(|thing| thing.status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    for status in statuses {
        let _ = writeln!(page, "\n**{}**\n", parts::title(status));
        for thing in things.iter().filter(|thing| thing.status == status) {
            let _ = writeln!(page, "- {}", code(&thing.address.to_string()));
        }
    }
}

/// One account of a fleet: a line for what needs no look.
fn member(page: &mut String, member: &Member, level: Level) {
    let Member { name, report } = member;
    let word = report.verdict.word.word();
    let _ = writeln!(
        page,
        "\n---\n\n{}: **{word}**, {}",
        code(name),
        prose(&report.summary())
    );
    parts::context(page, report);
    body(page, report, level);
}
