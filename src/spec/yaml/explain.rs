//! The parser's syntax errors in words that help an author.
//!
//! Invariant: every syntax error becomes exactly one finding, and it says that there may be more.

use saphyr_parser::ScanError;

use super::offsets::Offsets;
use crate::spec::finding::Finding;
use crate::spec::source::Span;

const ONE_AT_A_TIME: &str = "YAML syntax errors come one at a time: there may be more below this one";

/// Fragments of the parser's messages, what is wrong, and what to do about it.
const MEANINGS: &[(&str, &str, &str)] = &[
    (
        "tabs disallowed",
        "a tab stands where YAML wants spaces",
        "indent with spaces",
    ),
    ("found a tab", "a tab stands where YAML wants spaces", "use spaces"),
    (
        "tab cannot be used as indentation",
        "a tab stands where YAML wants spaces",
        "indent with spaces",
    ),
    (
        "cannot start with a tab",
        "a tab stands where YAML wants spaces",
        "indent with spaces",
    ),
    (
        "invalid indentation in quoted scalar",
        "the text in these quotes goes on in a line that is not indented",
        "is the closing quote missing?",
    ),
    (
        "unexpected document indicator",
        "the document ends inside quotes",
        "is the closing quote missing?",
    ),
    (
        "invalid indentation in flow construct",
        "this stands in brackets or braces that are still open",
        "close them above, or indent this further",
    ),
    (
        "scanning a block scalar, did not find expected comment",
        "text can't follow `|` or `>` on its line",
        "begin it on the next line, indented; or quote text that begins with `|` or `>`",
    ),
    (
        "did not find expected <document start>",
        "this can't follow what stands before it",
        "the file is one mapping: check the indentation",
    ),
    (
        "mapping values are not allowed",
        "a `: ` stands where no key can be",
        "quote the text before it, or check the indentation",
    ),
    (
        "illegal placement of ':'",
        "a `:` stands where no key can be",
        "is a `]` missing above? Otherwise quote the text",
    ),
    (
        "simple key expect",
        "this line is no `key: value`",
        "a `:` is missing, or the indentation is off",
    ),
    (
        "did not find expected key",
        "this does not fit the mapping that it stands in",
        "check the indentation: keys of one mapping stand below each other",
    ),
    (
        "did not find expected '-'",
        "this does not fit the list that it stands in",
        "check the indentation: the `-` of one list stand below each other",
    ),
    (
        "block sequence entries are not allowed",
        "a list item can't begin here",
        "begin the list on a line of its own",
    ),
    (
        "expected ',' or ']'",
        "a list in brackets goes on without `,` or `]`",
        "add `,` before this, or `]` above",
    ),
    (
        "expected ',' or '}'",
        "a mapping in braces goes on without `,` or `}`",
        "add `,` before this, or `}` above",
    ),
    (
        "misplaced bracket",
        "this bracket or brace closes nothing",
        "remove it, or open it first",
    ),
    (
        "unexpected end of stream",
        "the text ends inside quotes",
        "add the closing quote",
    ),
    (
        "unexpected eof",
        "the text ends in the middle of a value",
        "close what was opened",
    ),
    (
        "unknown anchor",
        "this alias names an anchor that is not defined above it",
        "define it first with `&name`, or quote the text if it is no alias",
    ),
    (
        "expected alphabetic or numeric",
        "`*` and `&` begin an alias or an anchor",
        "quote text that begins with them, such as \"*\"",
    ),
    (
        "unknown escape character",
        "double-quoted text has no such escape",
        "write `\\\\` for a backslash, or use single quotes",
    ),
    (
        "trailing content after double-quoted",
        "text goes on after the closing quote",
        "quote all of it",
    ),
    (
        "recursion limit",
        "brackets and braces stand too deep in one another",
        "at most 128 levels",
    ),
    (
        "unexpected character",
        "this character can't begin a value",
        "quote the text",
    ),
    (
        "unprintable character",
        "this character is not allowed in YAML",
        "remove it, or write it as an escape in double quotes",
    ),
    (
        "byte order mark",
        "a byte order mark stands inside the text",
        "remove this invisible character",
    ),
    ("invalid indentation", "the indentation is wrong", "indent it further"),
    (
        "wrongly indented line",
        "a line of this block of text is indented less than its first",
        "indent all of them alike",
    ),
    (
        "handle wasn't declared",
        "this tag was never declared",
        "tags are not needed here: remove it",
    ),
    (
        "did not find expected node content",
        "a value is missing here",
        "write one, or quote what stands here",
    ),
];

/// One finding for the error that stopped the parser.
pub(super) fn syntax_error(error: &ScanError, text: &str, offsets: &Offsets<'_>) -> Finding {
    let info = error.info();
    let start = offending(offsets.byte(error.marker().index()), info, text);
    let known = MEANINGS.iter().find(|(fragment, ..)| info.contains(fragment));
    let (message, label) = match known {
        Some((_, message, label)) => ((*message).to_owned(), *label),
        None => (format!("this is not YAML: {}", plain_words(info)), ""),
    };
    Finding::error("E0201", one_character(start, text, offsets), message)
        .label(label)
        .help(ONE_AT_A_TIME)
}

/// The parser points behind a tab that it does not want.
fn offending(at: usize, info: &str, text: &str) -> usize {
    let tab = info.contains("tab") && text.get(..at).is_some_and(|before| before.ends_with('\t'));
    if tab { at - 1 } else { at }
}

/// The parser's own message without its view of what it was doing.
fn plain_words(info: &str) -> &str {
    info.strip_prefix("while ")
        .and_then(|rest| rest.split_once(", "))
        .map_or(info, |(_, what)| what)
}

fn one_character(start: usize, text: &str, offsets: &Offsets<'_>) -> Span {
    let width = text
        .get(start..)
        .and_then(|rest| rest.chars().next())
        .filter(|c| !matches!(c, '\n' | '\r'))
        .map_or(0, char::len_utf8);
    offsets.at(start, start + width)
}
