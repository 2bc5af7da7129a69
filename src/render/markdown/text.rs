//! Text that others wrote, made harmless in Markdown.
//!
//! Invariant: what comes out is one line without mark-up of its own: plain words, or code between enough backticks. Nothing
//! in it is a mention, a link, a reference, an image, HTML or a cell's end, as CommonMark and GitHub read it.

use crate::render::snippet::visible;

/// Letters at most, of which a word that looks like a hash of git may still consist.
const SHORTEST_HASH: usize = 7;

/// Text as it stands, in a code span.
pub(super) fn code(text: &str) -> String {
    let text: String = text.chars().map(visible).collect();
    if text.trim().is_empty() {
        return "` `".replace(' ', "\u{2423}");
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let is_tight = !text.starts_with(['`', ' ']) && !text.ends_with(['`', ' ']);
    if is_tight {
        format!("{fence}{text}{fence}")
    } else {
        format!("{fence} {text} {fence}")
    }
}

/// The longest run of backticks.
pub(super) fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or_default()
}

/// A sentence: plain words stay words, all else becomes code, and so does what stands between backquotes.
pub(super) fn prose(text: &str) -> String {
    let mut pieces: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('`') {
        let Some((quoted, after)) = behind.split_once('`') else {
            break;
        };
        pieces.push(words(before));
        pieces.push(code(quoted));
        rest = after;
    }
    pieces.push(words(rest));
    joined(&pieces)
}

/// Two code spans that touch would be read as one.
fn joined(pieces: &[String]) -> String {
    let mut text = String::new();
    for piece in pieces {
        if text.ends_with('`') && piece.starts_with('`') {
            text.push(' ');
        }
        text.push_str(piece);
    }
    text
}

fn words(text: &str) -> String {
    // Two spaces at the end of a line would break it.
    let mut single = String::new();
    for c in text.chars() {
        match c.is_whitespace() {
            true if single.ends_with(' ') => {}
            true => single.push(' '),
            false => single.push(visible(c)),
        }
    }
    let words: Vec<String> = single.split(' ').map(word).collect();
    words.join(" ")
}

/// A word with the punctuation around it.
fn word(word: &str) -> String {
    const BEFORE: &[char] = &['(', '"', '\''];
    const BEHIND: &[char] = &[',', '.', ';', ':', '!', '?', ')', '"', '\''];
    let core = word.trim_start_matches(BEFORE);
    let before = &word[..word.len() - core.len()];
    let trimmed = core.trim_end_matches(BEHIND);
    let behind = &core[trimmed.len()..];
    match trimmed {
        // ": x" would begin a definition for some readers.
        "" if word.starts_with(':') => escaped(word),
        "" => word.to_owned(),
        // "1." would begin a list.
        number if is_number(number) => format!("{before}{number}{}", escaped(behind)),
        plain if is_plain(plain) => word.to_owned(),
        odd => format!("{before}{}{behind}", code(odd)),
    }
}

/// A number that is too short for a hash of git.
fn is_number(word: &str) -> bool {
    word.len() < SHORTEST_HASH && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Letters with an apostrophe or hyphen between them: nothing that anybody makes a link of.
fn is_plain(word: &str) -> bool {
    let is_hash = word.len() >= SHORTEST_HASH && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_letters = |part: &str| !part.is_empty() && part.chars().all(char::is_alphabetic);
    !is_hash && word.split(['\'', '-']).all(is_letters)
}

/// Every ASCII punctuation may stand behind a backslash in CommonMark.
fn escaped(punctuation: &str) -> String {
    punctuation.chars().flat_map(|c| ['\\', c]).collect()
}

/// Text within HTML that the page itself writes.
pub(super) fn html(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars().map(visible) {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// At most so many characters, on one line.
pub(super) fn clipped(text: &str, most: usize) -> String {
    let mut clipped: String = text.chars().take(most).map(visible).collect();
    if text.chars().nth(most).is_some() {
        clipped.push('…');
    }
    clipped
}
