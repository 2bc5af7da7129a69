//! JSON strings: escapes, surrogates, control characters.
//!
//! Invariant: what comes out is what RFC 8259 says the escapes mean; half a surrogate pair is an error.

use super::{Read, Reader};

impl Reader<'_> {
    /// Reads the string that begins with the `"` here.
    pub(super) fn string(&mut self) -> Read<String> {
        let open = self.at;
        self.skip('"');
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let stop = rest
                .find(|c: char| matches!(c, '"' | '\\') || c < ' ')
                .unwrap_or(rest.len());
            text.push_str(rest.get(..stop).unwrap_or(""));
            self.at += stop;
            match self.peek() {
                Some('"') => {
                    self.skip('"');
                    return Ok(text);
                }
                Some('\\') => text.push(self.escape()?),
                Some('\n' | '\r') | None => {
                    return Err(self.wrong(
                        open,
                        "this text has no closing quote on its line",
                        "add the closing `\"`, or write a line break as `\\n`",
                    ));
                }
                Some(control) => {
                    let message = format!("a control character (U+{:04X}) stands in the text", u32::from(control));
                    let fix = format!("write `\\u{:04x}`", u32::from(control));
                    return Err(self.wrong(self.at, message, fix));
                }
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        let start = self.at;
        self.skip('\\');
        let named = self.peek();
        self.at += named.map_or(0, char::len_utf8);
        match named {
            Some(c @ ('"' | '\\' | '/')) => Ok(c),
            Some('b') => Ok('\u{8}'),
            Some('f') => Ok('\u{c}'),
            Some('n') => Ok('\n'),
            Some('r') => Ok('\r'),
            Some('t') => Ok('\t'),
            Some('u') => self.unicode(start),
            _ => Err(self.wrong(start, "JSON has no such escape", "write `\\\\` for a backslash")),
        }
    }

    fn unicode(&mut self, start: usize) -> Read<char> {
        let first = self.four_digits(start)?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first).ok_or_else(|| self.half_pair(start));
        }
        if !self.rest().starts_with("\\u") {
            return Err(self.half_pair(start));
        }
        self.at += 2;
        let second = self.four_digits(start)?;
        if !(0xDC00..0xE000).contains(&second) {
            return Err(self.half_pair(start));
        }
        let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        char::from_u32(code).ok_or_else(|| self.half_pair(start))
    }

    fn half_pair(&self, start: usize) -> Box<crate::spec::finding::Finding> {
        self.wrong(
            start,
            "this escape is half of a surrogate pair",
            "write both halves, or the character itself",
        )
    }

    fn four_digits(&mut self, start: usize) -> Read<u32> {
        let digits = self
            .rest()
            .get(..4)
            .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        match digits.map(|digits| u32::from_str_radix(digits, 16)) {
            Some(Ok(code)) => {
                self.at += 4;
                Ok(code)
            }
            _ => Err(self.wrong(start, "`\\u` needs four hexadecimal digits", "such as `\\u00e9`")),
        }
    }
}
