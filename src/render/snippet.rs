//! Findings as people read them: the message, the place, the line with carets under the offending text.
//!
//! Invariant: never a panic, whatever the spans and texts; no control character or escape sequence of a text reaches the
//! terminal; the order and the bytes depend on the findings alone.

mod excerpt;
mod harmless;
#[cfg(test)]
mod tests;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use self::excerpt::{Columns, Excerpt, Mark};
pub(in crate::render) use self::harmless::visible;
use self::harmless::{harmless, harmless_lines};
use crate::spec::finding::{Finding, Severity};
use crate::spec::source::{FileId, Sources, Span};

/// Whether the output may hold colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Never,
    /// ANSI colours.
    Always,
}

/// The longest message or label, in characters.
const LONGEST_TEXT: usize = 600;

/// How many findings are shown; a generated file may hold one mistake half a million times.
const MOST_SHOWN: usize = 1000;

/// All findings by file and place, each once, then the summary. Nothing for no findings.
///
/// Beyond the first thousand only their number is shown.
#[must_use]
pub fn render(findings: &[Finding], sources: &Sources, colour: Colour) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let renderer = match colour {
        Colour::Never => Renderer::plain(),
        Colour::Always => Renderer::styled(),
    };
    let sorted = sorted(findings);
    let mut text = String::new();
    for finding in sorted.iter().take(MOST_SHOWN) {
        text.push_str(&one(finding, sources, &renderer));
        text.push_str("\n\n");
    }
    if let Some(more) = sorted.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
        text.push_str(&format!("... and {more} more\n\n"));
    }
    text.push_str(&summary(sorted.iter().copied()));
    text.push('\n');
    text
}

/// "2 errors, 3 warnings"; nothing for none.
pub fn summary<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> String {
    let severities: Vec<Severity> = findings.into_iter().map(|finding| finding.severity).collect();
    Severity::summary(severities.iter().copied())
}

/// By file and place, what has no place first; equal ones once.
fn sorted(findings: &[Finding]) -> Vec<&Finding> {
    let mut sorted: Vec<_> = findings.iter().collect();
    // The sort is stable and must bring equal findings together, so everything that tells them apart takes part.
    sorted.sort_by(|one, other| key(one).cmp(&key(other)));
    sorted.dedup();
    sorted
}

type SortKey<'a> = (
    Option<Span>,
    Severity,
    &'static str,
    &'a str,
    &'a str,
    &'a [(Span, String)],
    &'a Option<String>,
);

fn key(finding: &Finding) -> SortKey<'_> {
    let Finding {
        code,
        severity,
        message,
        span,
        label,
        related,
        help,
    } = finding;
    (*span, *severity, code, message, label, related, help)
}

fn one(finding: &Finding, sources: &Sources, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Security => Level::WARNING.with_name("security"),
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let title = level
        .primary_title(harmless(&finding.message, LONGEST_TEXT))
        .id(finding.code);
    let mut group = Group::with_title(title).elements(excerpts(finding, sources));
    if finding.span.is_none() && !finding.label.is_empty() {
        group = group.element(Level::NOTE.message(harmless(&finding.label, LONGEST_TEXT)));
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(harmless_lines(help, LONGEST_TEXT)));
    }
    renderer.render(&[group])
}

/// The excerpts of a finding: that of its own place first, then one for each other file or distant place.
fn excerpts(finding: &Finding, sources: &Sources) -> Vec<Element<'static>> {
    let own = finding
        .span
        .map(|span| (span, AnnotationKind::Primary, finding.label.as_str()));
    let related = finding
        .related
        .iter()
        .map(|(span, label)| (*span, AnnotationKind::Context, label.as_str()));
    let mut groups: Vec<(FileId, Vec<Mark>)> = Vec::new();
    for (span, kind, label) in own.into_iter().chain(related) {
        let mark = Mark::new(sources, span, kind, harmless(label, LONGEST_TEXT));
        match groups
            .iter_mut()
            .find(|(file, marks)| *file == span.file && mark.is_near(marks))
        {
            Some((_, marks)) => marks.push(mark),
            None => groups.push((span.file, vec![mark])),
        }
    }
    groups
        .iter()
        .flat_map(|(file, marks)| excerpt(sources, *file, marks))
        .collect()
}

fn excerpt(sources: &Sources, file: FileId, marks: &[Mark]) -> Vec<Element<'static>> {
    let source = sources.get(file);
    let Some(first) = marks.first() else {
        return Vec::new();
    };
    let name = harmless(&source.name, LONGEST_TEXT);
    let Excerpt {
        text,
        line_start,
        annotations,
        columns,
    } = Excerpt::cut(&source.text, marks);
    let snippet = Snippet::source(text).line_start(line_start).annotations(annotations);
    match columns {
        Columns::Kept => vec![snippet.path(name).into()],
        Columns::Lost => {
            let place = sources.place(first.span);
            let (line, column) = (place.line as usize, place.column as usize);
            vec![Origin::path(name).line(line).char_column(column).into(), snippet.into()]
        }
    }
}
