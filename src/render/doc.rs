//! Text with meaning: pieces under labels, coloured (or not) at the very end.
//!
//! Invariant: nobody but this file knows a colour, and every control character of a piece is made visible.

use anstyle::{AnsiColor, Style};

use super::snippet::{Colour, visible};

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// Running text.
    Plain,
    /// The name of the thing that a paragraph is about.
    Heading,
    /// Something that is new.
    Added,
    /// Something that goes.
    Removed,
    /// Something that changes.
    Changed,
    /// Something that needs a decision.
    Alarm,
    /// Something worth knowing, but not now.
    Dim,
}

impl Label {
    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Heading => Style::new().bold(),
            Self::Added => AnsiColor::Green.on_default(),
            Self::Removed => AnsiColor::Red.on_default(),
            Self::Changed => AnsiColor::Yellow.on_default(),
            Self::Alarm => AnsiColor::Red.on_default().bold(),
            Self::Dim => Style::new().dimmed(),
        }
    }
}

/// Lines of labelled pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Doc {
    lines: Vec<Vec<(Label, String)>>,
}

impl Doc {
    /// Begins a new line with these pieces.
    pub fn line(&mut self, pieces: impl IntoIterator<Item = (Label, String)>) {
        self.lines.push(
            pieces
                .into_iter()
                .map(|(label, text)| (label, harmless(&text)))
                .collect(),
        );
    }

    /// A line of one piece.
    pub fn text(&mut self, label: Label, text: impl Into<String>) {
        self.line([(label, text.into())]);
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.lines.push(Vec::new());
    }

    /// Adds the lines of another text.
    pub fn append(&mut self, other: &Self) {
        self.lines.extend(other.lines.iter().cloned());
    }

    /// Whether nothing was written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The text, each line ended, without trailing blanks.
    #[must_use]
    pub fn render(&self, colour: Colour) -> String {
        self.lines.iter().map(|line| render_line(line, colour)).collect()
    }
}

fn render_line(line: &[(Label, String)], colour: Colour) -> String {
    let mut text = String::new();
    for (label, piece) in line {
        let style = label.style();
        match colour {
            Colour::Always if *label != Label::Plain && !piece.trim().is_empty() => {
                text.push_str(&format!("{style}{piece}{style:#}"));
            }
            Colour::Always | Colour::Never => text.push_str(piece),
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// Control characters and what turns the direction of writing, made visible.
fn harmless(text: &str) -> String {
    text.chars().map(visible).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_added_at_the_end_and_only_when_asked_for() {
        let mut doc = Doc::default();
        doc.line([(Label::Added, "+".into()), (Label::Plain, " role/ci   ".into())]);
        assert_eq!(doc.render(Colour::Never), "+ role/ci\n");
        assert_eq!(doc.render(Colour::Always), "\u{1b}[32m+\u{1b}[0m role/ci\n");
    }

    #[test]
    fn text_of_others_cannot_steer_the_terminal() {
        let mut doc = Doc::default();
        doc.text(Label::Plain, "a\u{1b}[2Jb\rc\n");
        assert!(!doc.render(Colour::Never).trim_end().contains(|c: char| c.is_control()));
    }
}
