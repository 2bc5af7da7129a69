//! Making text that others wrote safe to print.
//!
//! Invariant: what comes out holds no control character but the line breaks that were asked for, and no character that
//! changes the direction of the text around it.

/// The text on one line, at most `longest` characters.
pub(super) fn harmless(text: &str, longest: usize) -> String {
    let mut safe: String = text.chars().take(longest).map(visible).collect();
    if text.chars().nth(longest).is_some() {
        safe.push('…');
    }
    safe
}

/// The same with its line breaks kept.
pub(super) fn harmless_lines(text: &str, longest: usize) -> String {
    text.lines()
        .map(|line| harmless(line, longest))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A picture in place of what would steer the terminal.
pub(in crate::render) fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        '\u{0}'..='\u{1F}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{FFFD}'),
        '\u{7F}' => '␡',
        // C1 controls, line and paragraph separators, marks and overrides of direction, invisible tags.
        '\u{80}'..='\u{9F}'
        | '\u{61C}'
        | '\u{200B}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E007F}' => '\u{FFFD}',
        c => c,
    }
}
