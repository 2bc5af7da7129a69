//! Writing XML answers.
//!
//! Invariant: what is written is well formed; every text is escaped. Reading XML is not done here.

use std::fmt::{self, Display, Write as _};

/// A piece of XML that grows by elements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Xml(String);

impl Xml {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A whole document: the declaration and one root element with a namespace.
    pub fn document(root: &str, namespace: &str, inside: impl FnOnce(&mut Self)) -> String {
        let mut xml = Self("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned());
        xml.element_with(root, &[("xmlns", namespace)], inside);
        xml.0
    }

    /// An element with elements inside.
    pub fn element(&mut self, name: &str, inside: impl FnOnce(&mut Self)) -> &mut Self {
        self.element_with(name, &[], inside)
    }

    /// An element with attributes and elements inside.
    pub fn element_with(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        inside: impl FnOnce(&mut Self),
    ) -> &mut Self {
        self.0.push('<');
        self.0.push_str(name);
        for (key, value) in attributes {
            for part in [" ", key, "=\""] {
                self.0.push_str(part);
            }
            escape_into(&mut self.0, value);
            self.0.push('"');
        }
        self.0.push('>');
        inside(self);
        self.end(name);
        self
    }

    /// An element with text inside.
    pub fn text(&mut self, name: &str, value: impl Display) -> &mut Self {
        for part in ["<", name, ">"] {
            self.0.push_str(part);
        }
        // Writing to a string never fails.
        let _ = write!(Escaping(&mut self.0), "{value}");
        self.end(name);
        self
    }

    fn end(&mut self, name: &str) {
        for part in ["</", name, ">"] {
            self.0.push_str(part);
        }
    }

    /// An element with text inside, or none.
    pub fn optional(&mut self, name: &str, value: Option<impl Display>) -> &mut Self {
        if let Some(value) = value {
            self.text(name, value);
        }
        self
    }

    /// What was written elsewhere, after what is here.
    pub fn append(&mut self, other: &Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    /// What has been written.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Escapes what is written through it.
struct Escaping<'a>(&'a mut String);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escape_into(self.0, text);
        Ok(())
    }
}

/// Text as it stands in XML. Long lists are mostly this, so it copies whole stretches.
pub(super) fn escape_into(out: &mut String, text: &str) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            b'"' => "&quot;",
            // A raw carriage return would be read back as a line feed.
            b'\r' => "&#13;",
            _ => continue,
        };
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str(escaped);
        from = at + 1;
    }
    out.push_str(text.get(from..).unwrap_or_default());
}

impl Display for Xml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_are_escaped() {
        let text = Xml::document("A", "urn:\"x\"", |xml| {
            xml.text("B", "a<b&c\r\n").optional("C", None::<String>);
        });
        assert!(
            text.ends_with("<A xmlns=\"urn:&quot;x&quot;\"><B>a&lt;b&amp;c&#13;\n</B></A>"),
            "{text}"
        );
    }
}
